#include "estimate.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>

namespace asman::fuse {
namespace {

constexpr double earth_radius = 6.371e6;

geo::LocalFrame frame_at(geo::Point p) {
    return geo::LocalFrame(geo::Position{p, {0}});
}

/// East and north of one frame expressed in another's: near each other almost a rotation by the meridians' convergence.
Eigen::Matrix2d turn(const geo::LocalFrame& to, const geo::LocalFrame& from) {
    return (to.rotation() * from.rotation().transpose()).topLeftCorner<2, 2>();
}

Eigen::Matrix4d both(const Eigen::Matrix2d& j) {
    Eigen::Matrix4d t = Eigen::Matrix4d::Zero();
    t.topLeftCorner<2, 2>() = j;
    t.bottomRightCorner<2, 2>() = j;
    return t;
}

Eigen::Matrix4d symmetric(const Eigen::Matrix4d& m) {
    return 0.5 * (m + m.transpose());
}

/// b's covariance in coordinates in which a's is the identity: its eigenvalues tell all that the best weight needs.
Eigen::Array4d relative_spread(const Eigen::Matrix4d& a, const Eigen::Matrix4d& b) {
    const Eigen::LLT<Eigen::Matrix4d> llt(a);
    const Eigen::Matrix4d half = llt.matrixL().solve(b);
    const Eigen::Matrix4d whole = llt.matrixL().solve(half.transpose());
    return Eigen::SelfAdjointEigenSolver<Eigen::Matrix4d>(symmetric(whole), Eigen::EigenvaluesOnly)
        .eigenvalues()
        .array()
        .max(1e-12);
}

/// The weight in [0, 1] that makes the determinant of the fused information largest: golden section, to 0.003.
template <class Determinant>
double best_weight(Determinant determinant) {
    constexpr double ratio = 0.6180339887498949;
    double low = 0;
    double high = 1;
    double a = high - ratio * (high - low);
    double b = low + ratio * (high - low);
    double at_a = determinant(a);
    double at_b = determinant(b);
    for (int i = 0; i < 12; ++i) {
        if (at_a >= at_b) {
            high = b;
            b = a;
            at_b = at_a;
            a = high - ratio * (high - low);
            at_a = determinant(a);
        } else {
            low = a;
            a = b;
            at_a = at_b;
            b = low + ratio * (high - low);
            at_b = determinant(b);
        }
    }
    double best = 0.5 * (low + high);
    // One estimate alone may be the best that can be promised: the ends are never quite reached by halving.
    for (const double end : {0.0, 1.0}) {
        if (determinant(end) > determinant(best)) best = end;
    }
    return best;
}

}  // namespace

Estimate in_frame(const geo::LocalFrame& frame, const picture::Kinematics& k) {
    const auto own = frame_at(k.at);
    const Eigen::Matrix2d j = turn(frame, own);
    Estimate out;
    out.mean.head<2>() = frame.to_local(geo::Position{k.at, {0}}).head<2>();
    out.mean.tail<2>() = j * k.velocity;
    const Eigen::Matrix4d t = both(j);
    out.covariance = symmetric(t * k.covariance * t.transpose());
    return out;
}

void from_frame(const geo::LocalFrame& frame, const Estimate& estimate, picture::Kinematics& out) {
    const Eigen::Vector2d p = estimate.mean.head<2>();
    out.at = frame.from_local({p.x(), p.y(), -p.squaredNorm() / (2 * earth_radius)}).at;
    const Eigen::Matrix2d j = turn(frame_at(out.at), frame);
    const Eigen::Matrix4d t = both(j);
    out.velocity = j * estimate.mean.tail<2>();
    out.covariance = symmetric(t * estimate.covariance * t.transpose());
}

Estimate intersect(const Estimate& a, const Estimate& b, double share) {
    const Eigen::Matrix4d ia = a.covariance.inverse();
    const Eigen::Matrix4d ib = b.covariance.inverse();
    // The common part is divided by its weight, the rest is not: what remains of an estimate's information.
    const auto left = [share](double w) { return w / (share + (1 - share) * w); };
    const Eigen::Array4d d = relative_spread(a.covariance, b.covariance);
    const double w = share > 0 ? best_weight([&](double x) { return (left(x) + left(1 - x) / d).prod(); }) : 0.5;
    const double of_a = share > 0 ? left(w) : 1;
    const double of_b = share > 0 ? left(1 - w) : 1;
    Estimate out;
    out.covariance = symmetric((of_a * ia + of_b * ib).inverse());
    // The means are combined relative to a's, so that large coordinates do not cost precision.
    out.mean = a.mean + of_b * out.covariance * ib * (b.mean - a.mean);
    return out;
}

Eigen::Matrix4d with_cell(Eigen::Matrix4d covariance, double grid) {
    const double cell = grid * grid / 12;
    // The exporter adds the cell's variance (accords, rule 14); one that forgot it must not be taken as exact.
    for (int i = 0; i < 2; ++i) {
        if (covariance(i, i) < cell) covariance(i, i) += cell;
    }
    return covariance;
}

bool sound(const picture::Kinematics& k) {
    if (!std::isfinite(k.at.lat) || !std::isfinite(k.at.lon) || std::abs(k.at.lat) > std::numbers::pi / 2) return false;
    if (std::abs(k.at.lon) > 2 * std::numbers::pi) return false;
    if (!k.velocity.allFinite() || k.velocity.norm() > 3'000) return false;
    if (!k.covariance.allFinite() || k.covariance.diagonal().maxCoeff() > 1e12) return false;
    if (!std::isfinite(k.turn_rate) || !std::isfinite(k.vertical_rate.value_or(0))) return false;
    if (!std::isfinite(k.pressure_altitude.value_or(geo::PressureAltitude{}).m)) return false;
    if (!std::isfinite(k.geometric_height.value_or(geo::EllipsoidalHeight{}).m)) return false;
    if (!std::isfinite(k.sigma_pressure_altitude) || !std::isfinite(k.sigma_geometric_height)) return false;
    const Eigen::LLT<Eigen::Matrix4d> llt(k.covariance);
    return llt.info() == Eigen::Success && llt.matrixLLT().diagonal().minCoeff() > 1e-6;
}

picture::Kinematics predict(const picture::Kinematics& from, Time to, double acceleration_density) {
    const double dt = (to - from.time).seconds();
    picture::Kinematics out = from;
    out.time = to;
    if (dt == 0) return out;
    const double span = std::abs(dt);
    // A turn is believed for ten seconds, then the course is held.
    const double turning = std::clamp(dt, -10.0, 10.0);
    const auto rotate = [&](double angle) {  // clockwise
        const double s = std::sin(angle);
        const double c = std::cos(angle);
        return Eigen::Vector2d(c * from.velocity.x() + s * from.velocity.y(),
                               -s * from.velocity.x() + c * from.velocity.y());
    };
    const Eigen::Vector2d last = rotate(from.turn_rate * turning);
    const Eigen::Vector2d way = rotate(from.turn_rate * turning / 2) * turning + last * (dt - turning);

    Estimate moved;
    moved.mean << way, last;
    Eigen::Matrix4d f = Eigen::Matrix4d::Identity();
    f(0, 2) = f(1, 3) = dt;
    // White acceleration (Bar-Shalom, Li and Kirubarajan 2001, 6.2.2), symmetric in time for the small steps back.
    const double q = acceleration_density;
    Eigen::Matrix4d noise = Eigen::Matrix4d::Zero();
    noise(0, 0) = noise(1, 1) = q * span * span * span / 3;
    noise(0, 2) = noise(2, 0) = noise(1, 3) = noise(3, 1) = q * dt * span / 2;
    noise(2, 2) = noise(3, 3) = q * span;
    moved.covariance = f * from.covariance * f.transpose() + noise;
    from_frame(frame_at(from.at), moved, out);

    const double climb = from.vertical_rate.value_or(0) * dt;
    const double climb_sigma = (from.vertical_rate ? 3.0 : 8.0) * span;
    if (out.pressure_altitude) {
        out.pressure_altitude->m += climb;
        out.sigma_pressure_altitude = std::hypot(from.sigma_pressure_altitude, climb_sigma);
    }
    if (out.geometric_height) {
        out.geometric_height->m += climb;
        out.sigma_geometric_height = std::hypot(from.sigma_geometric_height, climb_sigma);
    }
    return out;
}

}  // namespace asman::fuse
