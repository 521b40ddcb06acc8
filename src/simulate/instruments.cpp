#include <asman/simulate/instruments.hpp>

#include <asman/coverage/horizon.hpp>

#include <algorithm>
#include <cmath>

namespace asman::simulate {

coverage::Instrument instrument_of(const SensorSpec& s) {
    return {s.sensor, s.max_elevation, s.primary_range, s.primary_reference_range, s.min_elevation, s.link};
}

base::Result<std::vector<coverage::Instrument>> instruments(const Scenario& scenario, const geo::TerrainStore& terrain,
                                                            const geo::Geoid& geoid) {
    std::vector<coverage::Instrument> out;
    for (const auto& s : scenario.sensors) {
        auto i = instrument_of(s);
        const double near = 3 * std::max(terrain.resolution(), 1.0) / 6.37e6,
                     wide = near / std::max(0.01, std::cos(s.at.lat));
        auto here = terrain.box({std::max(-std::numbers::pi / 2, s.at.lat - near), geo::wrap_pi(s.at.lon - wide)},
                                {std::min(std::numbers::pi / 2, s.at.lat + near), geo::wrap_pi(s.at.lon + wide)});
        // Outside the terrain its published elevation is all that is known.
        if (!here && here.error().code != base::Errc::missing) return std::unexpected(here.error());
        i.sensor.position = coverage::antenna_over(here ? *here : geo::Terrain{}, geoid, s.at, s.elevation, s.mast);
        out.push_back(std::move(i));
    }
    return out;
}

}  // namespace asman::simulate
