#include "scenery.hpp"

#include <asman/coverage/horizon.hpp>
#include <asman/serve/cover.hpp>

#include <fmt/format.h>

namespace asman::cli {
namespace {

/// As fine as the outline is drawn.
constexpr double azimuth_step = 3 * geo::deg;
/// Of a terrain that is held in memory: half a GiB.
constexpr double most_cells = 134'217'728;

}  // namespace

std::vector<serve::Cover> cover_of(const std::vector<picture::Sensor>& sensors, const geo::Terrain& terrain,
                                   const geo::Geoid& geoid, double flight_level) {
    std::vector<serve::Cover> covers;
    const auto altitude = geo::MslAltitude{geo::PressureAltitude::from_flight_level(flight_level).m};
    for (const auto& sensor : sensors) {
        if (!sensor.position || sensor.max_range <= 0) continue;
        coverage::HorizonOptions options;
        options.range = sensor.max_range;
        options.azimuth_step = azimuth_step;
        const auto horizon = coverage::Horizon::make(terrain, geoid, *sensor.position, options);
        if (!horizon) continue;  // the display falls back to the ring of the range
        const auto sees = [&](geo::Point at, geo::EllipsoidalHeight height) { return horizon->visible({at, height}); };
        serve::OutlineOptions fine;
        fine.azimuth_step = azimuth_step;
        auto points = serve::outline(sensor.position->at, sensor.max_range,
                                     geoid.ellipsoidal(sensor.position->at, altitude), sees, fine);
        if (!points.empty()) covers.push_back({sensor.id, fmt::format("FL{:03.0f}", flight_level), std::move(points)});
    }
    return covers;
}

void say_what_lacks(const geo::Terrain& terrain, std::string_view instead) {
    for (const auto& note : terrain.notes()) fmt::print(stderr, "asman: terrain: {}\n", note);
    if (terrain.missing() > 0.0001)
        fmt::print(stderr, "asman: warning: {:.1f} % of the terrain asked for has no data ({}); {}\n",
                   terrain.missing() * 100, terrain.source(), instead);
}

base::Result<geo::TerrainStore> open_terrain(const std::string& path, geo::Point south_west, geo::Point north_east) {
    ASMAN_TRY(auto store, geo::TerrainStore::open_or_default(path));
    const double cell = store.resolution() / 6.371e6;
    double width = north_east.lon - south_west.lon;
    if (width <= 0) width += 2 * std::numbers::pi;
    if ((north_east.lat - south_west.lat) / cell * width / cell > most_cells) return store;
    ASMAN_TRY(auto terrain, store.box(south_west, north_east));
    say_what_lacks(terrain, "it is taken as sea");
    return geo::TerrainStore(std::move(terrain));
}

std::vector<serve::LawChange> law_changes(const accord::Law& law) {
    std::vector<serve::LawChange> changes;
    for (const auto& change : law.timeline())
        changes.push_back({base::date_of(change.at), change.accord, change.what, change.assumed});
    return changes;
}

}  // namespace asman::cli
