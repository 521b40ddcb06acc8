#include "filter/vertical.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::track {

namespace {

constexpr double kWhite[2] = {0.01, 5};                 ///< white acceleration, m²/s³: steady, changing
constexpr double kSteadyTime = 60, kChangingTime = 12;  ///< mean stay, s
constexpr double kMaxRate = 100;                        ///< m/s
constexpr double kStray = 0.03, kSpan = 13000;          ///< share of wrong heights, and what they spread over

double density(double nu, double s) {
    return std::exp(-0.5 * nu * nu / s) / std::sqrt(2 * std::numbers::pi * s);
}

}  // namespace

void Vertical::Mode::move(double dt, double q) {
    h += v * dt;
    p00 += 2 * dt * p01 + dt * dt * p11 + q * dt * dt * dt / 3;
    p01 += dt * p11 + q * dt * dt / 2;
    p11 += q * dt;
}

double Vertical::Mode::absorb(double z, double r) {
    const double s = p00 + r, k0 = p00 / s, k1 = p01 / s, nu = z - h;
    h += k0 * nu;
    v = std::clamp(v + k1 * nu, -kMaxRate, kMaxRate);
    p11 -= k1 * p01;
    p01 -= k0 * p01;
    p00 -= k0 * p00;
    return density(nu, s);
}

double Vertical::clamp_dt(double t) const {
    return std::clamp(t - t_, -10.0, 30.0);
}

double Vertical::height(double t) const {
    const double dt = clamp_dt(t);
    double h = 0;
    for (const Mode& m : mode_) h += m.mu * (m.h + m.v * dt);
    return h;
}

double Vertical::rate() const {
    return mode_[0].mu * mode_[0].v + mode_[1].mu * mode_[1].v;
}

double Vertical::variance(double t) const {
    const double dt = clamp_dt(t), mean = height(t);
    double out = 0;
    for (int i = 0; i < 2; ++i) {
        Mode m = mode_[i];
        dt >= 0 ? m.move(dt, kWhite[i]) : m.move(dt, 0);
        out += m.mu * (std::max(m.p00, 1.0) + (m.h - mean) * (m.h - mean));
    }
    return out;
}

double Vertical::likelihood(double t, double h, double sigma) const {
    return (1 - kStray) * density(h - height(t), variance(t) + sigma * sigma) + kStray / kSpan;
}

void Vertical::start(double t, double h, double v, double sigma, double sigma_v) {
    *this = {};
    valid_ = true;
    t_ = t;
    for (Mode& m : mode_) {
        m.h = h;
        m.v = v;
        m.p00 = sigma * sigma;
        m.p11 = sigma_v * sigma_v;
    }
}

void Vertical::mix(double dt) {
    const double leave[2] = {1 - std::exp(-dt / kSteadyTime), 1 - std::exp(-dt / kChangingTime)};
    const Mode old[2] = {mode_[0], mode_[1]};
    for (int j = 0; j < 2; ++j) {
        const double stay = old[j].mu * (1 - leave[j]), come = old[1 - j].mu * leave[1 - j];
        Mode& m = mode_[j];
        m.mu = stay + come;
        const double a = stay / m.mu, b = come / m.mu;
        const Mode &x = old[j], &y = old[1 - j];
        const double dh = x.h - y.h, dv = x.v - y.v;
        m.h = a * x.h + b * y.h;
        m.v = a * x.v + b * y.v;
        m.p00 = a * x.p00 + b * y.p00 + a * b * dh * dh;
        m.p01 = a * x.p01 + b * y.p01 + a * b * dh * dv;
        m.p11 = a * x.p11 + b * y.p11 + a * b * dv * dv;
    }
}

bool Vertical::stands_out(double t, double h, double sigma) const {
    // A climb may end at any moment: all heights from the last one on to the prediction are expected.
    const double now = height(t), then = height(t_), margin = 60 + 4 * std::sqrt(variance(t) + sigma * sigma);
    return h < std::min(now, then) - margin || h > std::max(now, then) + margin;
}

bool Vertical::restart_from_strays(double t, double h, double sigma) {
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
    const double span = stray_t_[2] - stray_t_[0];
    const double v = span > 1 ? std::clamp((stray_h_[2] - stray_h_[0]) / span, -kMaxRate, kMaxRate) : 0;
    start(t, h, v, sigma, 10);
    return true;
}

bool Vertical::update(double t, double h, double sigma) {
    if (!valid_) {
        start(t, h, 0, sigma, 10);
        return true;
    }
    if (stands_out(t, h, sigma)) return restart_from_strays(t, h, sigma);
    strays_ = 0;
    const double dt = std::max(clamp_dt(t), 0.0);
    if (dt > 0) {
        mix(dt);
        t_ = t;
    }
    double total = 1e-12;
    for (int i = 0; i < 2; ++i) {
        mode_[i].move(dt, kWhite[i]);
        mode_[i].mu = mode_[i].mu * mode_[i].absorb(h, sigma * sigma) + 5e-13;
        total += mode_[i].mu;
    }
    for (Mode& m : mode_) m.mu /= total;
    const double rest = mode_[0].mu + mode_[1].mu;
    for (Mode& m : mode_) m.mu /= rest;
    return true;
}

void Vertical::update_rate(double rate, double sigma) {
    if (!valid_ || std::abs(rate) > kMaxRate) return;
    for (Mode& m : mode_) {
        const double s = m.p11 + sigma * sigma, k0 = m.p01 / s, k1 = m.p11 / s, nu = rate - m.v;
        if (nu * nu > 25 * s) continue;
        m.h += k0 * nu;
        m.v += k1 * nu;
        m.p00 -= k0 * m.p01;
        m.p01 -= k1 * m.p01;
        m.p11 -= k1 * m.p11;
    }
}

}  // namespace asman::track
