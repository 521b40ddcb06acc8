#include "scenery.hpp"

#include <asman/coverage/horizon.hpp>
#include <asman/serve/cover.hpp>

#include <fmt/format.h>

namespace asman::cli {
namespace {

/// As fine as the outline is drawn.
constexpr double azimuth_step = 3 * geo::deg;

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

std::vector<serve::LawChange> law_changes(const accord::Law& law) {
    std::vector<serve::LawChange> changes;
    for (const auto& change : law.timeline())
        changes.push_back({base::date_of(change.at), change.accord, change.what, change.assumed});
    return changes;
}

}  // namespace asman::cli
