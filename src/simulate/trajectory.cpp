#include "trajectory.hpp"

#include <algorithm>
#include <cmath>

namespace asman::simulate {

Curvature curvature(double lat) {
    constexpr double a = 6378137.0, e2 = 6.69437999014131699614e-3;
    const double s = std::sin(lat), w2 = 1 - e2 * s * s, w = std::sqrt(w2);
    return {a * (1 - e2) / (w2 * w), a / w};
}

std::optional<Motion> Trajectory::at(Seconds t) const {
    if (empty() || !(t >= begin_ && t <= end())) return std::nullopt;
    const double x = (t - begin_) / step;
    const auto i = std::min(static_cast<std::size_t>(x), samples_.size() - 2);
    const double f = x - static_cast<double>(i);
    const Sample &a = samples_[i], &b = samples_[i + 1];
    // Cubic Hermite in latitude and longitude with the velocities as derivatives.
    const double f2 = f * f, f3 = f2 * f;
    const double h00 = 2 * f3 - 3 * f2 + 1, h10 = f3 - 2 * f2 + f, h01 = 3 * f2 - 2 * f3, h11 = f3 - f2;
    const double g00 = (6 * f2 - 6 * f) / step, g10 = 3 * f2 - 4 * f + 1, g11 = 3 * f2 - 2 * f;
    const auto [m, n] = curvature(0.5 * (a.lat + b.lat));
    const double height = h00 * a.height + h10 * step * a.up + h01 * b.height + h11 * step * b.up;
    const double north_scale = m + height, east_scale_a = (n + height) * std::cos(a.lat),
                 east_scale_b = (n + height) * std::cos(b.lat);
    const double va = a.north / north_scale, vb = b.north / north_scale;
    const double wa = a.east / east_scale_a, wb = b.east / east_scale_b;
    const double lat = h00 * a.lat + h10 * step * va + h01 * b.lat + h11 * step * vb;
    const double lon = h00 * a.lon + h10 * step * wa + h01 * b.lon + h11 * step * wb;
    const double lat_rate = g00 * (a.lat - b.lat) + g10 * va + g11 * vb;
    const double lon_rate = g00 * (a.lon - b.lon) + g10 * wa + g11 * wb;
    const double up = g00 * (a.height - b.height) + g10 * a.up + g11 * b.up;
    Motion out;
    out.position = {{lat, geo::wrap_pi(lon)}, {height}};
    out.velocity = {lon_rate * (n + height) * std::cos(lat), lat_rate * north_scale, up};
    out.pressure_altitude = {a.pressure + f * (b.pressure - a.pressure)};
    return out;
}

}  // namespace asman::simulate
