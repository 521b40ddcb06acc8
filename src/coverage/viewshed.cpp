#include "geometry.hpp"

#include <asman/coverage/viewshed.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace asman::coverage {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double max_cells = 1'073'741'824.0;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

}  // namespace

double fresnel_clearance(double fraction, double wavelength) {
    return fraction * std::sqrt(wavelength);
}

float Viewshed::at(const geo::Position& ground) const {
    const auto enu = frame.to_local(ground);
    const double column = static_cast<double>(half) + enu.x() / cell, row = static_cast<double>(half) - enu.y() / cell;
    const double last = static_cast<double>(side() - 1);
    if (!(enu.z() > -6.4e6) || !(row >= 0 && row <= last && column >= 0 && column <= last)) return nan;
    const auto r0 = std::min(static_cast<std::size_t>(row), side() - 2),
               c0 = std::min(static_cast<std::size_t>(column), side() - 2);
    const auto fr = static_cast<float>(row - static_cast<double>(r0)),
               fc = static_cast<float>(column - static_cast<double>(c0));
    const float *upper = above_ground.data() + r0 * side() + c0, *lower = upper + side();
    const float v = (upper[0] * (1 - fc) + upper[1] * fc) * (1 - fr) + (lower[0] * (1 - fc) + lower[1] * fc) * fr;
    if (!std::isnan(v)) return v;
    return (fr < 0.5f ? upper : lower)[fc < 0.5f ? 0 : 1];
}

double Viewshed::lowest_visible(const geo::Position& ground) const {
    const double above = at(ground);
    if (!(above > 0)) return std::isnan(above) ? above : ground.height.m;
    // A target higher over the same place stands farther out: up the ellipsoid's normal until it meets the horizon.
    const double lift = refraction_lift(frame.origin().at.lat, k);
    const auto place = [&](double height) {
        const auto enu = frame.to_local(geo::Position{ground.at, {ground.height.m + height}});
        const double rho = std::hypot(enu.x(), enu.y());
        return std::pair{rho, enu.z() + lift * rho * rho};
    };
    const auto [rho0, up0] = place(0);
    const auto [rho1, up1] = place(above);
    const double tangent = (up0 + above) / std::max(rho0, 1.0);
    // Both coordinates change linearly with the height.
    const double rise = (up1 - up0) - tangent * (rho1 - rho0);
    return ground.height.m + (rise > 0 ? above * (tangent * rho0 - up0) / rise : above);
}

base::Result<Viewshed> viewshed(const geo::TerrainStore& terrain, const geo::Geoid& geoid, const geo::Position& antenna,
                                const ViewshedOptions& options) {
    if (!std::isfinite(antenna.at.lat) || !std::isfinite(antenna.at.lon) || !std::isfinite(antenna.height.m) ||
        std::abs(antenna.at.lat) > pi / 2)
        return base::fail(base::Errc::bad_value, "the antenna's position is not one on the earth");
    if (!(options.range > 0) || !(options.k > 0) || !(options.cell >= 0))
        return base::fail(base::Errc::bad_value, "range and effective-earth factor must be positive");
    const double cell = options.cell > 0 ? options.cell : (terrain.resolution() > 0 ? terrain.resolution() : 1000.0);
    const double half = std::ceil(options.range / cell);
    if (!((2 * half + 1) * (2 * half + 1) <= max_cells))
        return base::fail(base::Errc::full, "more than 2^30 cells; choose a larger cell or a shorter range");
    // Terrain within one cell does not mask, so an antenna may stand below the peak that a coarse cell has beside it;
    // but not below all of it.
    const double near = 2 * std::max(terrain.resolution(), 1.0) / 6.37e6,
                 wide = near / std::max(0.01, std::cos(antenna.at.lat));
    const auto under = terrain.box({std::max(-pi / 2, antenna.at.lat - near), geo::wrap_pi(antenna.at.lon - wide)},
                                   {std::min(pi / 2, antenna.at.lat + near), geo::wrap_pi(antenna.at.lon + wide)});
    if (!under || !under->elevation(antenna.at))
        return base::fail(base::Errc::missing,
                          "the antenna stands where the terrain (" + terrain.source() + ") has no data");
    if (antenna_over(*under, geoid, antenna.at, -1e9, 0).height.m > antenna.height.m)
        return base::fail(base::Errc::refused,
                          "the antenna lies below the ground of the terrain (" + terrain.source() + ")");
    Viewshed out;
    out.frame = geo::LocalFrame(antenna);
    out.half = static_cast<std::size_t>(half);
    out.cell = cell, out.k = options.k;
    out.terrain = terrain.source();
    ASMAN_TRY(out.above_ground,
              lifted_surface(terrain, geoid, out.frame, out.half, cell, options.k, options.sweep.threads, out.missing));
    auto sweep_options = options.sweep;
    if (sweep_options.near_field == 0) sweep_options.near_field = static_cast<std::size_t>(terrain.resolution() / cell);
    sweep(out.above_ground, out.half, cell, sweep_options);
    return out;
}

}  // namespace asman::coverage
