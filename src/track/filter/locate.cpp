#include "filter/locate.hpp"

#include <algorithm>
#include <cmath>

namespace asman::track {

namespace {

constexpr double kSteepest = 0.97;  ///< sine of elevation beyond which a plot's ground range means nothing

double along_curvature(const Site& s, const Polar& p) {
    return s.curvature_east * p.sin_azimuth * p.sin_azimuth + s.curvature_north * p.cos_azimuth * p.cos_azimuth;
}

}  // namespace

Located locate(const Site& site, const Polar& polar, double h, bool ground_range) {
    Located out;
    const double r = polar.range;
    if (ground_range) {
        out.ground = r;
        out.place =
            site.place + site.axes.transpose() * Eigen::Vector3d(r * polar.sin_azimuth, r * polar.cos_azimuth, 0);
        return out;
    }
    // Law of cosines in the triangle of earth's centre, site and target, written so that a plane is curvature 0.
    const double k = along_curvature(site, polar), hs = site.height, rise = (h - hs) * (1 + 0.5 * k * (h + hs));
    const double bend = 0.5 * k * r * r;
    const double s = std::clamp((rise - bend) / (r * (1 + k * hs)), -kSteepest, kSteepest), c = std::sqrt(1 - s * s);
    out.ground = r * c;
    out.sin_arrival = std::clamp((rise + bend) / (r * (1 + k * h)), -kSteepest, kSteepest);
    out.place = site.place + site.axes.transpose() *
                                 Eigen::Vector3d(out.ground * polar.sin_azimuth, out.ground * polar.cos_azimuth, r * s);
    return out;
}

Measurement measure(const Site& site, const Polar& polar, double h, bool ground_range, const Anchor& anchor) {
    const Located at = locate(site, polar, h, ground_range);
    const Eigen::Vector2d z = anchor.to_tangent(at.place, ground_range ? 0 : h);
    Eigen::Vector3d ray = site.axes.transpose() * Eigen::Vector3d(polar.sin_azimuth, polar.cos_azimuth, 0);
    double ux = anchor.axes.row(0).dot(ray), uy = anchor.axes.row(1).dot(ray);
    const double n = 1 / std::sqrt(std::max(ux * ux + uy * uy, 1e-12));
    ux *= n;
    uy *= n;
    const double c = std::sqrt(1 - at.sin_arrival * at.sin_arrival), stretch = std::min(1 / c, 3.0);
    const double va = polar.variance_range * stretch * stretch, vc = polar.variance_azimuth * at.ground * at.ground;
    Measurement m;
    m.z[0] = z.x();
    m.z[1] = z.y();
    m.r00 = va * ux * ux + vc * uy * uy;
    m.r01 = (va - vc) * ux * uy;
    m.r11 = va * uy * uy + vc * ux * ux;
    if (!ground_range) {
        const double j = -at.sin_arrival / c, jj = -1 / (polar.range * c * c * c);
        m.j1[0] = j * ux;
        m.j1[1] = j * uy;
        m.j2[0] = jj * ux;
        m.j2[1] = jj * uy;
    }
    return m;
}

Sight sight(const Site& site, const Eigen::Vector3d& place, bool ground_range) {
    const Eigen::Vector3d d = site.axes * (place - site.place);
    const double g2 = d.x() * d.x() + d.y() * d.y();
    return {std::sqrt(ground_range ? g2 : g2 + d.z() * d.z()), std::atan2(d.x(), d.y())};
}

}  // namespace asman::track
