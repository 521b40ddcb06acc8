#include "likeness.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

namespace asman::fuse {
namespace {

constexpr double log_2pi = 1.8378770664093453;

/// Velocities of unrelated aircraft: anywhere within 300 m/s.
const double log_velocity_density = -std::log(std::numbers::pi * 300.0 * 300.0);

/// What a manoeuvre that one filter has not yet followed adds, 1σ of each velocity component, m/s.
constexpr double velocity_slack = 6;

double height_log_ratio(const picture::Kinematics& a, const picture::Kinematics& b) {
    double difference = 0;
    double variance = 0;
    if (a.pressure_altitude && b.pressure_altitude) {
        difference = a.pressure_altitude->m - b.pressure_altitude->m;
        variance = a.sigma_pressure_altitude * a.sigma_pressure_altitude +
                   b.sigma_pressure_altitude * b.sigma_pressure_altitude;
    } else if (a.geometric_height && b.geometric_height) {
        difference = a.geometric_height->m - b.geometric_height->m;
        variance =
            a.sigma_geometric_height * a.sigma_geometric_height + b.sigma_geometric_height * b.sigma_geometric_height;
    } else {
        return 0;  // a pressure altitude and a height are not compared (invariant 2)
    }
    variance += 50.0 * 50.0;         // quantisation of two transponders' readings, and their age
    constexpr double spread = 8000;  // unrelated aircraft: somewhere within 8 km
    const double ratio =
        std::log(spread) - 0.5 * (log_2pi + std::log(variance)) - 0.5 * difference * difference / variance;
    return std::clamp(ratio, -12.0, 5.0);
}

/// Codes that many aircraft share (conspicuity, emergencies) say little.
bool discrete(picture::Mode3A code) {
    return (code & 077) != 0;
}

}  // namespace

double identity_log_ratio(const picture::ReportedIdentity& a, const picture::ReportedIdentity& b) {
    double ratio = 0;
    if (a.address && b.address) ratio += *a.address == *b.address ? 8 : -7;
    if (!a.callsign.empty() && !b.callsign.empty()) ratio += a.callsign == b.callsign ? 5 : -3;
    if (a.mode_3a && b.mode_3a && a.mode_3a_valid && b.mode_3a_valid) {
        if (*a.mode_3a == *b.mode_3a) {
            ratio += discrete(*a.mode_3a) ? 4 : 0.5;
        } else {
            ratio -= 2;  // codes are changed in flight, and one of the two may be late
        }
    }
    return ratio;
}

Likeness likeness(const Estimate& a, const Track& track_a, const Estimate& b, const Track& track_b,
                  const Config& config) {
    Eigen::Matrix4d s = a.covariance + b.covariance;
    s.topLeftCorner<2, 2>().diagonal().array() += 2 * config.registration_sigma * config.registration_sigma;
    s.bottomRightCorner<2, 2>().diagonal().array() += velocity_slack * velocity_slack;
    const Eigen::LLT<Eigen::Matrix4d> llt(s);
    const Eigen::Vector4d z = llt.matrixL().solve(a.mean - b.mean);
    double log_det = 0;
    for (int i = 0; i < 4; ++i) log_det += 2 * std::log(llt.matrixLLT()(i, i));
    Likeness out;
    out.distance2 = z.squaredNorm();
    const double together = -0.5 * (out.distance2 + 4 * log_2pi + log_det);
    const double apart = std::log(config.density_per_km2 * 1e-6) + log_velocity_density;
    out.log_ratio = together - apart + height_log_ratio(track_a.kinematics, track_b.kinematics) +
                    identity_log_ratio(track_a.identity, track_b.identity);
    return out;
}

}  // namespace asman::fuse
