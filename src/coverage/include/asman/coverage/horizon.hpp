// What one antenna sees over terrain, made once and asked often.
//
// Geometry: the antenna's tangent frame (east, north, up) on the ellipsoid, in which a ray without refraction is a
// straight line. Refraction is the effective-earth model (ITU-R P.834, k = 4/3): a point at horizontal distance ρ is
// lifted by ρ²·(1 − 1/k)/(2R), R the earth's mean radius of curvature at the antenna.
#pragma once

#include <asman/base/result.hpp>
#include <asman/geo/point.hpp>
#include <asman/geo/terrain.hpp>

#include <cmath>
#include <string>
#include <vector>

namespace asman::coverage {

/// Effective-earth factor for the standard atmosphere.
inline constexpr double standard_k = 4.0 / 3.0;
/// Effective-earth factor for a vertical gradient of radio refractivity near the ground, N-units a kilometre (negative;
/// −39 gives 4/3): k = 1/(1 + R·dN/dh·10⁻⁶) (ITU-R P.834-9, §3). Not positive where rays are trapped (below −157).
double k_of_gradient(double per_km);
/// The gradient in the lowest kilometre for the refractivity at the ground: −7.32·exp(0.005577·N) (Bean and Dutton,
/// Radio Meteorology, 1966, equation 1.21).
double gradient_of_refractivity(double surface_n);

struct HorizonOptions {
    double range = 470e3;                   ///< metres, in the tangent plane
    double azimuth_step = 0.25 * geo::deg;  ///< between rays
    double range_step = 0;  ///< metres; 0: half a terrain cell, between 100 m and 2 km (1 km over flat terrain)
    double k = standard_k;  ///< effective-earth factor, > 0
    /// Terrain nearer than this does not mask: a cell as coarse as the terrain cannot tell the mound that an antenna
    /// stands on from its foreground. 0: one terrain cell.
    double near_field = 0;
    double clearance = 0;  ///< √metres: see fresnel_clearance()
};

/// The horizon's elevation tangent along every azimuth and range. Immutable, safe to share between threads.
class Horizon {
  public:
    /// Errors: an antenna that is not a finite position, k or range that is not positive. Where the terrain has no
    /// data the sea's surface is assumed, and `assumed_sea()` says on what share of the samples.
    static base::Result<Horizon> make(const geo::Terrain& terrain, const geo::Geoid& geoid,
                                      const geo::Position& antenna, const HorizonOptions& options = {});

    /// True when the straight (refracted) line from the antenna reaches the target over the terrain. Beyond the range
    /// that the horizon was made for: false.
    bool visible(const geo::Position& target) const { return margin(target) > 0; }
    /// How far the target stands above the horizon, radians (small-angle); negative: masked. Grows with height.
    double margin(const geo::Position& target) const;
    /// The same for a target in the antenna's tangent frame, metres.
    double margin_local(const Eigen::Vector3d& enu) const;
    /// Elevation with refraction of a target in the antenna's tangent frame, radians.
    double apparent_elevation(const Eigen::Vector3d& enu) const {
        const double rho = std::hypot(enu.x(), enu.y());
        return std::atan2(enu.z() + lift_ * rho * rho, rho);
    }
    /// Height in the tangent frame's vertical above the ellipsoid of the lowest visible point at a place.
    geo::EllipsoidalHeight lowest_visible(geo::Point at) const;

    const geo::LocalFrame& frame() const { return frame_; }
    const geo::Position& antenna() const { return frame_.origin(); }
    double range() const { return range_step_ * static_cast<double>(ranges_); }
    double k() const { return k_; }
    /// The terrain it rests on, with its resolution.
    const std::string& terrain_source() const { return source_; }
    /// Share of terrain samples without data.
    double assumed_sea() const { return assumed_sea_; }

  private:
    geo::LocalFrame frame_;
    std::vector<float> tangent_;  ///< [azimuth][range]: largest elevation tangent of the terrain up to that range
    std::size_t azimuths_ = 0, ranges_ = 0;
    double range_step_ = 1, k_ = standard_k, lift_ = 0, assumed_sea_ = 0;
    std::string source_;

    double tangent_at(double azimuth, double rho) const;
};

/// The antenna of a sensor that stands `mast` metres above the ground. The ground is the published elevation, or, where
/// the terrain says that all within one cell lies higher, the lowest of that: a coarse cell cannot tell a valley's
/// floor from its slopes, but an antenna is never buried.
geo::Position antenna_over(const geo::Terrain& terrain, const geo::Geoid& geoid, geo::Point at, double elevation_msl,
                           double mast);

}  // namespace asman::coverage
