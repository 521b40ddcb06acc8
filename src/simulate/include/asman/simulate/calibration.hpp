// Predicted coverage against what the radars really reported: reliability and Brier score.
#pragma once

#include <asman/coverage/joint.hpp>
#include <asman/simulate/world.hpp>

#include <array>
#include <string>

namespace asman::simulate {

/// Looks whose predicted probability lies in [i/10, (i+1)/10).
struct CalibrationBin {
    std::size_t looks = 0, detected = 0;
    double predicted = 0;  ///< mean of the predictions
};

struct Calibration {
    std::array<CalibrationBin, 10> bins;
    std::size_t looks = 0;
    double brier = 0;           ///< mean of (prediction − outcome)²; 0 is perfect
    double brier_constant = 0;  ///< of always predicting the overall share: what has to be beaten
    std::string terrain;
};

/// Runs the world for `seconds`, decodes what its radars sent, and compares each turn's outcome for each aircraft
/// within the instrumented range with the probability that the coverage map of `cell` metres says for the place.
base::Result<Calibration> calibrate(World& world, const geo::Geoid& geoid, double seconds, double cell = 5e3);

/// A reliability diagram.
std::string calibration_svg(const Calibration& c, const std::string& title);

}  // namespace asman::simulate
