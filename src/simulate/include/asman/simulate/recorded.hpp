// Predicted coverage against what recorded radars really reported.
#pragma once

#include <asman/asterix/decode.hpp>
#include <asman/simulate/calibration.hpp>
#include <asman/simulate/scenario.hpp>

#include <set>
#include <string>
#include <vector>

namespace asman::simulate {

/// One plot of category 048 with position, Mode S address and flight level.
struct RecordedPlot {
    std::uint8_t sac = 0, sic = 0;
    double time = 0;  ///< seconds of the day, UTC
    double range = 0, azimuth = 0;
    double altitude = 0;  ///< of its flight level in the standard atmosphere, metres
    std::uint32_t address = 0;
};

/// Gathers what a recording says, datagram by datagram.
struct RecordedPlots {
    std::vector<RecordedPlot> plots;
    /// Records of category 048 that tell no aircraft's place: of test targets and field monitors; and those without
    /// address, position, time or valid flight level.
    std::size_t not_aircraft = 0, incomplete = 0;
    std::size_t simulated = 0;  ///< of the plots, marked so
    void add(asterix::Bytes datagram, const asterix::Editions& editions);
};

struct RecordedOptions {
    double cell = 5e3;        ///< metres of the map that predicts
    double longest_gap = 60;  ///< seconds between two reports of an aircraft over which its place is interpolated
    int beyond = 3;  ///< turns before its first and after its last report for which it is taken to fly on straight
};

/// One radar's part.
struct RecordedSensor {
    std::string name;
    double period = 0;  ///< seconds of a turn, from the plots
    std::size_t aircraft = 0, looks = 0, detected = 0;
    double predicted = 0;              ///< mean of the predictions
    std::size_t seen_where_blind = 0;  ///< detected where the map says that terrain or range hide it
};

struct RecordedCalibration {
    Calibration calibration;
    std::vector<RecordedSensor> sensors;  ///< in the scenario's order; those without plots are left out
    std::set<std::string> unknown;        ///< "SAC/SIC" in the recording that no radar of the scenario has
    std::size_t gaps = 0;                 ///< stretches in which an aircraft was lost for longer than longest_gap
};

/// Trajectories are made of all radars' plots of one Mode S address, straight between two reports; each radar's turns
/// are then looks at every aircraft that is there, seen or not. An aircraft that no radar ever saw is not known, so
/// shares of detection are too high where all are blind. Altitudes are the reported flight levels in the standard
/// atmosphere. Errors: no plot of a radar of the scenario; what coverage::Joint::make refuses.
base::Result<RecordedCalibration> calibrate_recorded(const RecordedPlots& recorded, const Scenario& scenario,
                                                     const geo::TerrainStore& terrain, const geo::Geoid& geoid,
                                                     const RecordedOptions& options = {});

}  // namespace asman::simulate
