// One aircraft of the globe: a point that moves over the ellipsoid, without poles or seams.
#pragma once

#include "random.hpp"

#include <asman/geo/point.hpp>
#include <asman/picture/nouns.hpp>

#include <Eigen/Geometry>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

namespace asman::simulate {

inline constexpr double semi_major = 6378137.0, eccentricity2 = 6.69437999014e-3;

/// The direction of the ellipsoid's normal: longitude and geodetic latitude without their poles.
inline Eigen::Vector3d normal_of(geo::Point p) {
    return {std::cos(p.lat) * std::cos(p.lon), std::cos(p.lat) * std::sin(p.lon), std::sin(p.lat)};
}
inline geo::Point point_of(const Eigen::Vector3d& n) {
    return {std::atan2(n.z(), std::hypot(n.x(), n.y())), std::atan2(n.y(), n.x())};
}
inline Eigen::Vector3d place_of(const Eigen::Vector3d& n, double h) {
    const double N = semi_major / std::sqrt(1 - eccentricity2 * n.z() * n.z());
    return {(N + h) * n.x(), (N + h) * n.y(), (N * (1 - eccentricity2) + h) * n.z()};
}
inline Eigen::Vector3d east_of(const Eigen::Vector3d& n) {
    const double r = std::max(std::hypot(n.x(), n.y()), 1e-12);
    return {-n.y() / r, n.x() / r, 0};
}
/// A direction at right angles to n.
inline Eigen::Vector3d level(const Eigen::Vector3d& n, const Eigen::Vector3d& d) {
    return (d - n * n.dot(d)).normalized();
}
inline Eigen::Vector3d anywhere(Rng& rng) {
    const double z = rng.uniform(-1, 1), a = rng.uniform(0, (2 * std::numbers::pi)), r = std::sqrt(1 - z * z);
    return {r * std::cos(a), r * std::sin(a), z};
}

struct GlobeFlight {
    Eigen::Vector3d n, d;  ///< normal and course, unit vectors
    double speed = 220, turn = 0, height = 10'000, climb = 0;
    double until = 0, level_until = 0;  ///< end of the present turn or straight, of the present level or climb
    int area = -1;                      ///< dense area that it stays in
    double next_message = 0;
    double error_phase[2] = {}, error_rate = 0.005;
    std::uint32_t address = 0;
    picture::Mode3A code = 0;
    std::string callsign;
    std::uint64_t key = 0;
};

/// Position and course of a flight `dt` seconds, at most some, after its state.
struct FlightNow {
    Eigen::Vector3d n, d, place;
    double height;
};
inline FlightNow now_of(const GlobeFlight& f, double dt) {
    const double N = semi_major / std::sqrt(1 - eccentricity2 * f.n.z() * f.n.z()),
                 M = N * (1 - eccentricity2) / (1 - eccentricity2 * f.n.z() * f.n.z());
    const double north2 = (1 - f.n.z() * f.n.z()) > 1e-9 ? f.d.z() * f.d.z() / (1 - f.n.z() * f.n.z()) : 0;
    const double R = 1 / (north2 / M + (1 - north2) / N) + f.height;
    const double w = f.turn * dt, s = f.speed * dt / R;
    // Along the course, and across it for a turn (clockwise positive).
    const Eigen::Vector3d right = f.d.cross(f.n);
    const double along = std::abs(w) < 1e-9 ? s : s * std::sin(w) / w;
    const double across = std::abs(w) < 1e-9 ? 0 : s * (1 - std::cos(w)) / w;
    FlightNow out;
    out.n = (f.n + along * f.d + across * right).normalized();
    out.d = level(out.n, std::cos(w) * f.d + std::sin(w) * right);
    out.height = f.height + f.climb * dt;
    out.place = place_of(out.n, out.height);
    return out;
}

}  // namespace asman::simulate
