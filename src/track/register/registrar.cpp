#include "register/registrar.hpp"

#include <Eigen/Cholesky>
#include <Eigen/LU>

#include <algorithm>
#include <cmath>

namespace asman::track {

namespace {

constexpr int kFlight = 5;              ///< x, y, vx, vy, height error
constexpr int kMaxSensors = 8;          ///< of one window
constexpr double kAcceleration = 0.15;  ///< unmodelled acceleration of straight flight, 1σ, m/s²
constexpr double kMemory = 1800;        ///< s: biases drift slower
constexpr double kRecentMemory = 40;    ///< s
constexpr double kJump = 60;            ///< χ² with two degrees of freedom
constexpr double kSettled = 90;         ///< s of learning before a sensor can be said to have jumped

using Local = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, 2 * kMaxSensors, 2 * kMaxSensors>;
using LocalVector = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, 2 * kMaxSensors, 1>;

}  // namespace

void Registrar::add(double sigma_range, double sigma_azimuth) {
    Bias b;
    Prior p;
    if (sigma_range > 0 && sigma_azimuth > 0) {
        b.variance_range = sigma_range * sigma_range;
        b.variance_azimuth = sigma_azimuth * sigma_azimuth;
        p = {1 / b.variance_range, 1 / b.variance_azimuth};
    }
    bias_.push_back(b);
    prior_.push_back(p);
    recent_.emplace_back();
    learnt_since_.push_back(-1);
    const auto n = static_cast<Eigen::Index>(2 * bias_.size());
    information_.conservativeResizeLike(Eigen::MatrixXd::Zero(n, n));
    vector_.conservativeResizeLike(Eigen::VectorXd::Zero(n));
}

bool Registrar::add_window(std::span<const Sighting> window, double height_variance) {
    std::uint32_t ids[kMaxSensors];
    int sensors = 0;
    double middle = 0;
    for (const Sighting& s : window) {
        middle += s.t / static_cast<double>(window.size());
        if (std::find(ids, ids + sensors, s.sensor) != ids + sensors) continue;
        if (sensors == kMaxSensors) return false;
        ids[sensors++] = s.sensor;
    }
    if (sensors < 2 || window.size() < 5) return false;

    // Normal equations in (flight, biases): A, B, C and right sides a, c.
    Eigen::Matrix<double, kFlight, kFlight> A = Eigen::Matrix<double, kFlight, kFlight>::Zero();
    Eigen::Matrix<double, kFlight, Eigen::Dynamic, 0, kFlight, 2 * kMaxSensors> B(kFlight, 2 * sensors);
    Local C(2 * sensors, 2 * sensors);
    LocalVector c(2 * sensors);
    Eigen::Matrix<double, kFlight, 1> a = Eigen::Matrix<double, kFlight, 1>::Zero();
    B.setZero();
    C.setZero();
    c.setZero();
    double chi2 = 0;
    const Eigen::Vector2d origin(window[0].z[0], window[0].z[1]);
    for (const Sighting& s : window) {
        const double dt = s.t - middle, wander = 0.5 * kAcceleration * dt * dt;
        Eigen::Matrix2d R;
        R << s.r00 + wander * wander, s.r01, s.r01, s.r11 + wander * wander;
        const double det = R(0, 0) * R(1, 1) - R(0, 1) * R(0, 1);
        Eigen::Matrix2d W;
        W << R(1, 1) / det, -R(0, 1) / det, -R(0, 1) / det, R(0, 0) / det;
        Eigen::Matrix<double, 2, kFlight> H;
        H << 1, 0, dt, 0, s.by_height[0], 0, 1, 0, dt, s.by_height[1];
        Eigen::Matrix2d G;
        G << s.by_range[0], s.by_azimuth[0], s.by_range[1], s.by_azimuth[1];
        const Eigen::Vector2d y = Eigen::Vector2d(s.z[0], s.z[1]) - origin;
        const auto k = static_cast<Eigen::Index>(2 * (std::find(ids, ids + sensors, s.sensor) - ids));
        A += H.transpose() * W * H;
        B.middleCols<2>(k) += H.transpose() * W * G;
        C.block<2, 2>(k, k) += G.transpose() * W * G;
        a += H.transpose() * W * y;
        c.segment<2>(k) += G.transpose() * W * y;
        chi2 += y.dot(W * y);
    }
    A(4, 4) += height_variance > 0 ? 1 / height_variance : 1e12;
    A(2, 2) += 1e-6;  // speeds up to 1 km/s
    A(3, 3) += 1e-6;
    const Eigen::LDLT<Eigen::Matrix<double, kFlight, kFlight>> flight(A);
    const Local L = C - B.transpose() * flight.solve(B);
    const LocalVector e = c - B.transpose() * flight.solve(a);

    // Does straight flight explain the window, with the biases as uncertain as they are?
    Local P = L;
    for (int i = 0; i < sensors; ++i) {
        const Bias& b = bias_[ids[i]];
        P(2 * i, 2 * i) += b.variance_range > 0 ? 1 / b.variance_range : 1e12;
        P(2 * i + 1, 2 * i + 1) += b.variance_azimuth > 0 ? 1 / b.variance_azimuth : 1e18;
    }
    chi2 -= a.dot(flight.solve(a)) + e.dot(P.ldlt().solve(e));
    const double freedom = 2 * static_cast<double>(window.size()) - 4;
    if (!(chi2 < freedom + 2.5 * std::sqrt(2 * freedom))) return false;

    for (int i = 0; i < sensors; ++i) {
        const auto gi = static_cast<Eigen::Index>(2 * ids[i]);
        const Bias& bi = bias_[ids[i]];
        const Eigen::Vector2d now_i(bi.range, bi.azimuth);
        vector_.segment<2>(gi) += e.segment<2>(2 * i);
        for (int j = 0; j < sensors; ++j) {
            const auto gj = static_cast<Eigen::Index>(2 * ids[j]);
            const Bias& bj = bias_[ids[j]];
            information_.block<2, 2>(gi, gj) += L.block<2, 2>(2 * i, 2 * j);
            vector_.segment<2>(gi) += L.block<2, 2>(2 * i, 2 * j) * Eigen::Vector2d(bj.range, bj.azimuth);
        }
        recent_[ids[i]].information += L.block<2, 2>(2 * i, 2 * i);
        recent_[ids[i]].score += e.segment<2>(2 * i);
    }
    for (const Sighting& s : window) ++bias_[s.sensor].samples;
    fresh_ = true;
    return true;
}

void Registrar::forget(std::uint32_t sensor) {
    const auto g = static_cast<Eigen::Index>(2 * sensor);
    information_.middleRows<2>(g).setZero();
    information_.middleCols<2>(g).setZero();
    vector_.segment<2>(g).setZero();
    recent_[sensor] = {};
    bias_[sensor].variance_range = 1 / prior_[sensor].range;
    bias_[sensor].variance_azimuth = 1 / prior_[sensor].azimuth;
    learnt_since_[sensor] = -1;
    ++bias_[sensor].jumps;
}

void Registrar::find_jumps(double now) {
    std::uint32_t worst = 0;
    double most = kJump;
    for (std::uint32_t s = 0; s < bias_.size(); ++s) {
        if (prior_[s].range <= 0 || learnt_since_[s] < 0 || now - learnt_since_[s] < kSettled) continue;
        const Recent& r = recent_[s];
        const double det = r.information.determinant();
        if (!(det > 0)) continue;
        const double chi2 = r.score.dot(r.information.inverse() * r.score);
        if (chi2 > most) {
            most = chi2;
            worst = s + 1;
        }
    }
    if (worst > 0) forget(worst - 1);
}

bool Registrar::solve(double now) {
    if (!fresh_) return false;
    fresh_ = false;
    const double gap = std::clamp(now - solved_, 0.0, 60.0);
    solved_ = now;
    information_ *= std::exp(-gap / kMemory);
    vector_ *= std::exp(-gap / kMemory);
    for (auto& r : recent_) {
        r.information *= std::exp(-gap / kRecentMemory);
        r.score *= std::exp(-gap / kRecentMemory);
    }
    find_jumps(now);

    // Only sensors that learn and have plots: the matrix stays small in a large configuration.
    std::vector<std::uint32_t> active;
    for (std::uint32_t s = 0; s < bias_.size(); ++s)
        if (prior_[s].range > 0 && bias_[s].samples > 0) active.push_back(s);
    if (active.empty()) return false;
    const auto n = static_cast<Eigen::Index>(2 * active.size());
    Eigen::MatrixXd full(n, n);
    Eigen::VectorXd right(n);
    for (std::size_t i = 0; i < active.size(); ++i) {
        const auto a = static_cast<Eigen::Index>(2 * i), g = static_cast<Eigen::Index>(2 * active[i]);
        right.segment<2>(a) = vector_.segment<2>(g);
        for (std::size_t j = 0; j < active.size(); ++j)
            full.block<2, 2>(a, static_cast<Eigen::Index>(2 * j)) =
                information_.block<2, 2>(g, static_cast<Eigen::Index>(2 * active[j]));
        full(a, a) += prior_[active[i]].range;
        full(a + 1, a + 1) += prior_[active[i]].azimuth;
    }
    const Eigen::LDLT<Eigen::MatrixXd> ldlt(full);
    const Eigen::VectorXd b = ldlt.solve(right);
    const Eigen::MatrixXd covariance = ldlt.solve(Eigen::MatrixXd::Identity(n, n));
    if (!b.allFinite() || !covariance.allFinite()) return false;
    std::size_t known_sensors = 0;
    for (std::size_t i = 0; i < active.size(); ++i) {
        const std::uint32_t s = active[i];
        const auto g = static_cast<Eigen::Index>(2 * i);
        Bias& x = bias_[s];
        // The recent score is counted from the estimate: move it along.
        const Eigen::Vector2d step(b(g) - x.range, b(g + 1) - x.azimuth);
        recent_[s].score -= recent_[s].information * step;
        x.range = b(g);
        x.azimuth = b(g + 1);
        x.variance_range = std::max(covariance(g, g), 0.0);
        x.variance_azimuth = std::max(covariance(g + 1, g + 1), 0.0);
        const bool known = x.variance_azimuth * prior_[s].azimuth < 0.02;
        if (known && learnt_since_[s] < 0) learnt_since_[s] = now;
        known_sensors += known;
    }
    converged_ = 10 * known_sensors >= 9 * active.size();
    return true;
}

}  // namespace asman::track
