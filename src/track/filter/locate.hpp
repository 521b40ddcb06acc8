// From a radar's slant range and azimuth to the tangent plane of a track.
#pragma once

#include "filter/imm.hpp"

#include <asman/track/frame.hpp>

namespace asman::track {

/// A polar plot, corrected for the sensor's known bias.
struct Polar {
    double range = 0;  ///< m, slant (or horizontal on a ground-range frame)
    double sin_azimuth = 0, cos_azimuth = 1;
    double variance_range = 1;    ///< m²
    double variance_azimuth = 1;  ///< rad²
    template <class Archive>
    void fields(Archive& a) {
        a(range, sin_azimuth, cos_azimuth, variance_range, variance_azimuth);
    }
};

/// Where a polar plot lies in space if its height is `h`: the sphere of the site's curvature in the plot's direction
/// stands for the ellipsoid (error below 0.5 m of ground range at 400 km).
struct Located {
    Eigen::Vector3d place;
    double ground = 0;       ///< horizontal distance at the site, m
    double sin_arrival = 0;  ///< sine of the line of sight's elevation at the target
};
Located locate(const Site& site, const Polar& polar, double h, bool ground_range);

/// The same as a measurement in a tangent frame, with the plot's covariance and its dependence on height.
Measurement measure(const Site& site, const Polar& polar, double h, bool ground_range, const Anchor& anchor);

/// Slant range and azimuth at which a site sees a point in space (horizontal range with ground_range).
struct Sight {
    double range = 0, azimuth = 0;  ///< m, rad in [−π, π]
};
Sight sight(const Site& site, const Eigen::Vector3d& place, bool ground_range);

}  // namespace asman::track
