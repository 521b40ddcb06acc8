// Whether a sensor detects a target that stands in its line of sight: one model for the simulator and for predictions.
#pragma once

#include <asman/coverage/horizon.hpp>
#include <asman/picture/nouns.hpp>

#include <optional>

namespace asman::coverage {

/// What is looked for.
struct Target {
    bool transponder = true;
    bool ads_b = true;
    double rcs = 30;           ///< radar cross-section, m²
    double transmit_dbm = 54;  ///< of the transponder (250 W; ED-102A: 70 W at least in class A0, 125 W in A1 to A3)
};

/// What a 1090 MHz receiver hears: free space, a receiver's threshold, and how much the aircraft's antenna and fading
/// scatter it. Two position squitters a second (ED-102A), each readable with probability Φ(margin / scatter).
struct LinkBudget {
    double sensitivity_dbm = -88;  ///< at which half of the messages are readable (minimum triggering level)
    double gain_dbi = 6;           ///< of the ground antenna towards the horizon
    double loss_db = 3;            ///< cable, aircraft's antenna, polarisation
    double scatter_db = 4;
};

/// dB of free-space loss at a distance in metres, 1090 MHz (ITU-R P.525-4, equation 4).
double free_space_loss(double metres);
/// Probability that at least one of a second's two position squitters is readable.
double message_probability(const LinkBudget& link, double transmit_dbm, double metres);

/// A sensor with what decides its detection. `sensor.position` must be set.
struct Instrument {
    picture::Sensor sensor;
    double max_elevation = 45 * geo::deg;   ///< above: the cone of silence
    double primary_range = 0;               ///< instrumented range of the primary channel, metres; 0: none
    double primary_reference_range = 0;     ///< where 1 m² is detected with probability 0.5 on one scan
    double min_elevation = -90 * geo::deg;  ///< the beam's lower edge as the antenna is tilted: apparent elevation
    std::optional<LinkBudget> link{};       ///< of an ADS-B receiver; absent: fading towards its range
};

/// SNR of a primary echo; 1 m² at the reference range gives what Swerling I needs for 0.5.
double primary_snr(double range, double rcs, double elevation, double reference_range);

/// Probability that a primary radar detects a fluctuating target (Swerling I) on one scan: Pfa^(1/(1+SNR)), Pfa = 1e-6.
/// SNR falls with the fourth power of range, grows with the cross-section, and falls with the square of the
/// antenna's cosecant-squared gain above 8° of elevation.
double primary_detection(double range, double rcs, double elevation, double reference_range);

/// Probability that one look detects a target at a slant range (m) and elevation (rad) that stands `margin` radians
/// above the horizon; `apparent`: its elevation with refraction. 0 beyond ranges, in the cone of silence, below the
/// beam, or masked.
double look_probability(const Instrument& instrument, const Target& target, double range, double elevation,
                        double margin, double apparent);

/// The same for a target at `enu` metres in the antenna's tangent frame, over its horizon.
double look_probability(const Instrument& instrument, const Target& target, const Horizon& horizon,
                        const Eigen::Vector3d& enu);

/// How far a sensor may see such a target at all, metres; 0: it listens to nothing that the target has.
double reach_for(const Instrument& instrument, const Target& target);

/// Seconds between looks: a turn, or 1 s for ADS-B.
double look_period(const Instrument& instrument);

}  // namespace asman::coverage
