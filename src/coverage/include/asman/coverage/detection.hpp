// Whether a sensor detects a target that stands in its line of sight: one model for the simulator and for predictions.
#pragma once

#include <asman/picture/nouns.hpp>

namespace asman::coverage {

/// What is looked for.
struct Target {
    bool transponder = true;
    bool ads_b = true;
    double rcs = 30;  ///< radar cross-section, m²
};

/// A sensor with what decides its detection. `sensor.position` must be set.
struct Instrument {
    picture::Sensor sensor;
    double max_elevation = 45 * geo::deg;  ///< above: the cone of silence
    double primary_range = 0;              ///< instrumented range of the primary channel, metres; 0: none
    double primary_reference_range = 0;    ///< where 1 m² is detected with probability 0.5 on one scan
};

/// SNR of a primary echo; 1 m² at the reference range gives what Swerling I needs for 0.5.
double primary_snr(double range, double rcs, double elevation, double reference_range);

/// Probability that a primary radar detects a fluctuating target (Swerling I) on one scan: Pfa^(1/(1+SNR)), Pfa = 1e-6.
/// SNR falls with the fourth power of range, grows with the cross-section, and falls with the square of the
/// antenna's cosecant-squared gain above 8° of elevation.
double primary_detection(double range, double rcs, double elevation, double reference_range);

/// Probability that one look detects a target at a slant range (m) and elevation (rad) that stands `margin` radians
/// above the horizon. 0 beyond ranges, in the cone of silence, or masked.
double look_probability(const Instrument& instrument, const Target& target, double range, double elevation,
                        double margin);

/// Seconds between looks: a turn, or 1 s for ADS-B.
double look_period(const Instrument& instrument);

}  // namespace asman::coverage
