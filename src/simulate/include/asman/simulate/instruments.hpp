// A scenario's sensors as coverage sees them: the same figures and the same antenna positions as the simulator uses.
#pragma once

#include <asman/coverage/detection.hpp>
#include <asman/simulate/scenario.hpp>

#include <asman/geo/terrain.hpp>

namespace asman::simulate {

std::vector<coverage::Instrument> instruments(const Scenario& scenario, const geo::Terrain& terrain,
                                              const geo::Geoid& geoid);

}  // namespace asman::simulate
