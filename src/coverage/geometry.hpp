// The earth under an antenna's tangent plane, as all files of this room take it.
#pragma once

#include <asman/geo/point.hpp>

#include <cmath>

namespace asman::coverage {

/// Mean radius of curvature of the ellipsoid at a latitude, metres: √(meridian · prime vertical).
inline double curvature_radius(double lat) {
    constexpr double a = 6378137.0, e2 = 6.69437999014131699614e-3;
    const double w2 = 1 - e2 * std::sin(lat) * std::sin(lat);
    const double meridian = a * (1 - e2) / (w2 * std::sqrt(w2)), normal = a / std::sqrt(w2);
    return std::sqrt(meridian * normal);
}

/// Refraction on the effective earth lifts a point at horizontal distance ρ by this times ρ², 1/m.
inline double refraction_lift(double lat, double k) {
    return (1 - 1 / k) / (2 * curvature_radius(lat));
}

}  // namespace asman::coverage
