// A scenario's sensors as coverage sees them: the same figures and the same antenna positions as the simulator uses.
#pragma once

#include <asman/coverage/detection.hpp>
#include <asman/simulate/scenario.hpp>

#include <asman/geo/terrain.hpp>

namespace asman::simulate {

/// What decides a sensor's detection; its position is that of the specification.
coverage::Instrument instrument_of(const SensorSpec& spec);
/// Antennas stand as World puts them. Of a store only the terrain round each sensor is read.
base::Result<std::vector<coverage::Instrument>> instruments(const Scenario& scenario, const geo::TerrainStore& terrain,
                                                            const geo::Geoid& geoid);

}  // namespace asman::simulate
