#include <asman/track/frame.hpp>

#include <cmath>

namespace asman::track {

namespace {

constexpr double kA = 6378137.0, kF = 1 / 298.257223563, kE2 = kF * (2 - kF);

/// 1 / prime-vertical radius and 1 / meridional radius.
void curvature(double lat, double& east, double& north) {
    const double s = std::sin(lat), w2 = 1 - kE2 * s * s, w = std::sqrt(w2);
    east = w / kA;
    north = w * w2 / (kA * (1 - kE2));
}

}  // namespace

Eigen::Vector3d Anchor::to_global(double x, double y, double h) const {
    const double up = h - 0.5 * (x * x * curvature_east + y * y * curvature_north);
    return origin + axes.transpose() * Eigen::Vector3d(x * (1 + h * curvature_east), y * (1 + h * curvature_north), up);
}

Eigen::Vector2d Anchor::to_tangent(const Eigen::Vector3d& global, double h) const {
    const Eigen::Vector3d d = global - origin;
    return {axes.row(0).dot(d) / (1 + h * curvature_east), axes.row(1).dot(d) / (1 + h * curvature_north)};
}

Eigen::Vector3d Anchor::velocity_to_global(double x, double y, double vx, double vy) const {
    return axes.transpose() * Eigen::Vector3d(vx, vy, -(x * vx * curvature_east + y * vy * curvature_north));
}

Site EllipsoidFrame::site(const geo::Position& position) const {
    const geo::LocalFrame local(position);
    Site s;
    s.place = geo::to_ecef(position);
    s.axes = local.rotation();
    s.height = position.height.m;
    curvature(position.at.lat, s.curvature_east, s.curvature_north);
    return s;
}

Anchor EllipsoidFrame::anchor(const Eigen::Vector3d& global) const {
    geo::Position foot = geo::from_ecef(global);
    foot.height = {};
    const geo::LocalFrame local(foot);
    Anchor a;
    a.origin = geo::to_ecef(foot);
    a.axes = local.rotation();
    curvature(foot.at.lat, a.curvature_east, a.curvature_north);
    return a;
}

geo::Point EllipsoidFrame::point(const Eigen::Vector3d& global) const {
    return geo::from_ecef(global).at;
}

Eigen::Vector3d EllipsoidFrame::global(const geo::Position& position) const {
    return geo::to_ecef(position);
}

Site PlaneFrame::site(const geo::Position& position) const {
    Site s;
    s.place = global(position);
    s.height = position.height.m;
    return s;
}

Anchor PlaneFrame::anchor(const Eigen::Vector3d& global) const {
    Anchor a;
    a.origin = {global.x(), global.y(), 0};
    return a;
}

geo::Point PlaneFrame::point(const Eigen::Vector3d& global) const {
    return label(global.x(), global.y());
}

Eigen::Vector3d PlaneFrame::global(const geo::Position& position) const {
    const Eigen::Vector2d p = unlabel(position.at);
    return {p.x(), p.y(), position.height.m};
}

}  // namespace asman::track
