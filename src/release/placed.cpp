#include <asman/release/gates.hpp>

#include <cmath>

namespace asman::release {
namespace {

// Height of an aircraft that tells none, above the ellipsoid, and its spread (as the tracker assumes them).
constexpr double unknown_height = 6500, unknown_height_sigma = 3000;
constexpr double pressure_height_sigma = 250;  ///< pressure altitude taken as height

std::pair<double, double> height_of(const picture::TargetReport& r) {
    if (r.geometric_height) return {r.geometric_height->m, 50};
    if (r.pressure_altitude && r.pressure_altitude_valid) return {r.pressure_altitude->m, pressure_height_sigma};
    return {unknown_height, unknown_height_sigma};
}

}  // namespace

std::optional<Placed> placed(const picture::TargetReport& r, const picture::Sensor& sensor,
                             const ReportGate::Bias& bias) {
    if (r.point) {
        const double v = r.sigma_horizontal > 0 ? r.sigma_horizontal * r.sigma_horizontal : 100.0 * 100;
        return Placed{*r.point, Eigen::Matrix2d::Identity() * v};
    }
    if (!r.polar() || !sensor.position) return std::nullopt;
    const double range = (r.range - bias.range) / (1 + bias.gain), azimuth = r.azimuth - bias.azimuth;
    const auto [height, height_sigma] = height_of(r);
    const double up = height - sensor.position->height.m;
    if (!(range > 0) || !std::isfinite(azimuth)) return std::nullopt;
    // The way along the ellipsoid whose chord at this height is the slant range: a few steps of a fixed point.
    double ground = std::sqrt(std::max(0.0, range * range - up * up));
    geo::Point at = sensor.position->at;
    const auto antenna = geo::to_ecef(*sensor.position);
    for (int i = 0; i < 4 && ground > 0; ++i) {
        at = geo::direct(sensor.position->at, azimuth, ground);
        const double slant = (geo::to_ecef({at, {height}}) - antenna).norm();
        ground = std::max(0.0, ground + (range - slant) * range / std::max(ground, range / 4));
    }
    if (ground > 0) at = geo::direct(sensor.position->at, azimuth, ground);
    const double sigma_range = r.sigma_range > 0 ? r.sigma_range : sensor.sigma_range;
    const double sigma_azimuth = r.sigma_azimuth > 0 ? r.sigma_azimuth : sensor.sigma_azimuth;
    const double slope = range / std::max(ground, range / 10);
    const double along = std::hypot(sigma_range * slope, std::abs(up) / std::max(ground, range / 10) * height_sigma);
    const double across = std::max(range * sigma_azimuth, 1.0);
    const double heading = geo::inverse(sensor.position->at, at).azimuth_at_b;
    const Eigen::Vector2d line(std::sin(heading), std::cos(heading)), side(std::cos(heading), -std::sin(heading));
    return Placed{at, along * along * line * line.transpose() + across * across * side * side.transpose()};
}

}  // namespace asman::release
