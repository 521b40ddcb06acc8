#include <asman/simulate/instruments.hpp>

#include <asman/coverage/horizon.hpp>

namespace asman::simulate {

std::vector<coverage::Instrument> instruments(const Scenario& scenario, const geo::Terrain& terrain,
                                              const geo::Geoid& geoid) {
    std::vector<coverage::Instrument> out;
    for (const auto& s : scenario.sensors) {
        coverage::Instrument i{s.sensor, s.max_elevation, s.primary_range, s.primary_reference_range};
        i.sensor.position = coverage::antenna_over(terrain, geoid, s.at, s.elevation, s.mast);
        out.push_back(std::move(i));
    }
    return out;
}

}  // namespace asman::simulate
