#include "filter/vertical.hpp"

#include <algorithm>
#include <cmath>

namespace asman::track {

namespace {

constexpr double kCalm = 0.02, kRestless = 1.5;  ///< white acceleration, m²/s³, level and in transition
constexpr double kMaxRate = 100;                 ///< m/s
constexpr double kStray = 0.03, kSpan = 13000;   ///< share of wrong heights, and what they spread over

}  // namespace

double Vertical::clamp_dt(double t) const {
    return std::clamp(t - t_, -10.0, 30.0);
}

double Vertical::variance(double t) const {
    const double dt = clamp_dt(t), a = std::abs(dt);
    return std::max(p00_ + 2 * dt * p01_ + dt * dt * p11_, 1.0) + 0.3 * a * a * a / 3;
}

double Vertical::likelihood(double t, double h, double sigma) const {
    const double s = variance(t) + sigma * sigma, d = h - height(t);
    return (1 - kStray) * std::exp(-0.5 * d * d / s) / std::sqrt(2 * 3.14159265358979 * s) + kStray / kSpan;
}

void Vertical::predict(double t) {
    const double dt = clamp_dt(t);
    if (dt <= 0) return;
    const double q = kCalm + (kRestless - kCalm) * std::clamp(unrest_, 0.0, 1.0);
    h_ += v_ * dt;
    p00_ += 2 * dt * p01_ + dt * dt * p11_ + q * dt * dt * dt / 3;
    p01_ += dt * p11_ + q * dt * dt / 2;
    p11_ += q * dt;
    t_ = t;
}

void Vertical::absorb(double h, double r) {
    const double s = p00_ + r, k0 = p00_ / s, k1 = p01_ / s, nu = h - h_;
    unrest_ = 0.7 * unrest_ + 0.3 * std::clamp((nu * nu / s - 1.5) / 3, 0.0, 3.0);
    h_ += k0 * nu;
    v_ = std::clamp(v_ + k1 * nu, -kMaxRate, kMaxRate);
    p11_ -= k1 * p01_;
    p01_ -= k0 * p01_;
    p00_ -= k0 * p00_;
}

bool Vertical::update(double t, double h, double sigma) {
    const double r = sigma * sigma;
    if (!valid_) {
        *this = {};
        valid_ = true;
        t_ = t;
        h_ = h;
        p00_ = r;
        p11_ = 100;
        return true;
    }
    const double d = h - height(t), s = variance(t) + r;
    if (std::abs(d) > 60 + 4 * std::sqrt(s)) {
        if (strays_ == 3) {
            std::copy(stray_t_ + 1, stray_t_ + 3, stray_t_);
            std::copy(stray_h_ + 1, stray_h_ + 3, stray_h_);
            strays_ = 2;
        }
        stray_t_[strays_] = t;
        stray_h_[strays_++] = h;
        const auto near = [&](int i) {
            return std::abs(stray_h_[i + 1] - stray_h_[i]) < 100 + 70 * std::abs(stray_t_[i + 1] - stray_t_[i]);
        };
        if (strays_ < 3 || !near(0) || !near(1)) return false;
        valid_ = false;
        return update(t, h, sigma);
    }
    strays_ = 0;
    predict(t);
    absorb(h, r);
    return true;
}

void Vertical::update_rate(double rate, double sigma) {
    if (!valid_ || std::abs(rate) > kMaxRate) return;
    const double s = p11_ + sigma * sigma, k0 = p01_ / s, k1 = p11_ / s, nu = rate - v_;
    if (nu * nu > 16 * s) return;
    h_ += k0 * nu;
    v_ += k1 * nu;
    p00_ -= k0 * p01_;
    p01_ -= k1 * p01_;
    p11_ -= k1 * p11_;
}

}  // namespace asman::track
