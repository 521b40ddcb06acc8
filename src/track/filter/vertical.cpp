#include "filter/vertical.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::track {

namespace {

constexpr int kSteady = 0, kChanging = 1, kSteep = 2;
constexpr double kWhite[3] = {0.01, 4, 100};      ///< white acceleration, m²/s³
constexpr double kStay[3] = {60, 12, 6};          ///< mean stay, s
constexpr double kSteepShare = 0.1;               ///< of the changes that begin
constexpr double kStart[3] = {0.6, 0.3, 0.1};     ///< of a new track
constexpr double kStartSigma[3] = {5, 12, 40};    ///< its vertical rate, m/s
constexpr double kFirstSigma = 12;                ///< m: its first height
constexpr double kMaxRate = 120;                  ///< m/s
constexpr double kSpan = 13000;                   ///< m: what wrong heights spread over
constexpr double kSure = 0.97;                    ///< beyond this only one account is kept
constexpr double kMoved = 0.01;                   ///< below this a height right by motion is not thought of
constexpr double kDoubtful = 0.6;                 ///< share of wrong heights among those of replies garbled elsewhere
constexpr double kMemory = 0.96, kNoticed = 0.5;  ///< fading, a height; what a garbled reply says of others
constexpr int kBelied = 5;
constexpr double kNews = 1e-4,
                 kFirstWrong = 0.2;  ///< chance that a height far off is news; the same where only one speaks

}  // namespace

void Vertical::Mode::move(double dt, double q) {
    h += v * dt;
    p00 += 2 * dt * p01 + dt * dt * p11 + q * dt * dt * dt / 3;
    p01 += dt * p11 + q * dt * dt / 2;
    p11 += q * dt;
}

double Vertical::Mode::density(double z, double r) const {
    const double s = p00 + r, nu = z - h;
    return std::exp(-0.5 * nu * nu / s) / std::sqrt(2 * std::numbers::pi * s);
}

void Vertical::Mode::absorb(double z, double r, double share) {
    // Moment-matched between "right" with probability `share` and "wrong": probabilistic data association of one
    // height.
    const double s = p00 + r, k0 = p00 / s, k1 = p01 / s, nu = z - h,
                 spread = share * (1 - share) * nu * nu - share * s;
    h += share * k0 * nu;
    v = std::clamp(v + share * k1 * nu, -kMaxRate, kMaxRate);
    p00 += spread * k0 * k0;
    p01 += spread * k0 * k1;
    p11 += spread * k1 * k1;
}

Vertical::Path Vertical::Path::begin(double h) {
    Path p;
    for (int i = 0; i < kModes; ++i)
        p.mode[i] = {.h = h,
                     .v = 0,
                     .p00 = kFirstSigma * kFirstSigma,
                     .p01 = 0,
                     .p11 = kStartSigma[i] * kStartSigma[i],
                     .mu = kStart[i]};
    return p;
}

void Vertical::Path::mix(double dt) {
    double leave[kModes];
    for (int i = 0; i < kModes; ++i) leave[i] = 1 - std::exp(-dt / kStay[i]);
    // From steady mostly to changing; from either of the others mostly back to steady.
    const double to[kModes][kModes] = {
        {1 - leave[kSteady], (1 - kSteepShare) * leave[kSteady], kSteepShare * leave[kSteady]},
        {0.9 * leave[kChanging], 1 - leave[kChanging], 0.1 * leave[kChanging]},
        {0.7 * leave[kSteep], 0.3 * leave[kSteep], 1 - leave[kSteep]}};
    Mode out[kModes];
    for (int j = 0; j < kModes; ++j) {
        Mode& m = out[j];
        double w[kModes];
        for (int i = 0; i < kModes; ++i) m.mu += w[i] = mode[i].mu * to[i][j];
        for (int i = 0; i < kModes; ++i) {
            w[i] /= m.mu;
            m.h += w[i] * mode[i].h;
            m.v += w[i] * mode[i].v;
        }
        for (int i = 0; i < kModes; ++i) {
            const double dh = mode[i].h - m.h, dv = mode[i].v - m.v;
            m.p00 += w[i] * (mode[i].p00 + dh * dh);
            m.p01 += w[i] * (mode[i].p01 + dh * dv);
            m.p11 += w[i] * (mode[i].p11 + dv * dv);
        }
    }
    std::copy(out, out + kModes, mode);
}

void Vertical::Path::predict(double dt) {
    if (dt <= 0) return;
    mix(dt);
    for (int i = 0; i < kModes; ++i) mode[i].move(dt, kWhite[i]);
}

double Vertical::Path::right(double z, double r) const {
    double sum = 0;
    for (const Mode& m : mode) sum += m.mu * m.density(z, r);
    return sum;
}

void Vertical::Path::absorb(double z, double r, double stray) {
    double total = 0;
    const double wrong = stray / kSpan;
    for (Mode& m : mode) {
        const double mine = (1 - stray) * m.density(z, r);
        if (mine + wrong > 0) m.absorb(z, r, mine / (mine + wrong));
        m.mu = m.mu * (mine + wrong) + 1e-300;
        total += m.mu;
    }
    double floored = 0;
    for (Mode& m : mode) floored += m.mu = std::max(m.mu / total, 1e-6);
    for (Mode& m : mode) m.mu /= floored;
}

double Vertical::clamp_dt(double t) const {
    return std::clamp(t - t_, -10.0, 30.0);
}

double Vertical::height(double t) const {
    const double dt = clamp_dt(t);
    double a = 0, b = 0;
    for (const Mode& m : path_.mode) a += m.mu * (m.h + m.v * dt);
    if (other_weight_ == 0) return a;
    for (const Mode& m : other_.mode) b += m.mu * (m.h + m.v * dt);
    return (1 - other_weight_) * a + other_weight_ * b;
}

double Vertical::rate() const {
    double v = 0;
    for (const Mode& m : best().mode) v += m.mu * m.v;
    return v;
}

double Vertical::rate_variance() const {
    const double mean = rate();
    double out = 0;
    for (const Mode& m : best().mode) out += m.mu * (m.p11 + (m.v - mean) * (m.v - mean));
    return out;
}

double Vertical::variance(double t) const {
    const double dt = clamp_dt(t), mean = height(t);
    double out = 0;
    const auto add = [&](const Path& p, double weight) {
        for (int i = 0; i < kModes; ++i) {
            Mode m = p.mode[i];
            m.move(dt, dt >= 0 ? kWhite[i] : 0);
            out += weight * m.mu * (std::max(m.p00, 1.0) + (m.h - mean) * (m.h - mean));
        }
    };
    add(path_, 1 - other_weight_);
    if (other_weight_ > 0) add(other_, other_weight_);
    return out;
}

double Vertical::likelihood(double t, double h, double sigma) const {
    const double dt = clamp_dt(t);
    const auto right = [&](const Path& p) {
        double sum = 0;
        for (int i = 0; i < kModes; ++i) {
            Mode m = p.mode[i];
            m.move(dt, dt >= 0 ? kWhite[i] : 0);
            m.p00 = std::max(m.p00, 1.0);
            sum += m.mu * m.density(h, sigma * sigma);
        }
        return sum;
    };
    double sum = (1 - other_weight_) * right(path_);
    if (other_weight_ > 0) sum += other_weight_ * right(other_);
    return (1 - stray()) * sum + stray() / kSpan;
}

/// z is doubtful: right with probability `share` if the path is true.
void Vertical::fork(double z, double r, double share) {
    if (share >= kMoved) {
        other_ = path_;
        other_.absorb(z, r, 0);
        other_weight_ = share;
    } else {
        other_ = Path::begin(z);
        other_weight_ = support_ < 2 ? kFirstWrong : kNews;
    }
}

void Vertical::garbled() {
    wrong_ = kMemory * wrong_ + kNoticed;
    heights_ = kMemory * heights_ + 1;
}

bool Vertical::update(double t, double h, double sigma, bool doubtful) {
    const double r = sigma * sigma;
    if (!valid_) {
        *this = {};
        valid_ = true;
        t_ = t;
        support_ = 1;
        path_ = Path::begin(h);
        return true;
    }
    const double dt = std::max(clamp_dt(t), 0.0);
    t_ = std::max(t_, t);
    path_.predict(dt);
    if (other_weight_ > 0) other_.predict(dt);
    const bool believed = decide(h, r, doubtful ? std::max(kDoubtful, stray()) : stray());
    heights_ = kMemory * heights_ + 1;
    wrong_ = kMemory * wrong_ + (believed ? 0 : 1);
    if (believed) support_ = std::min(support_ + 1, 10);
    belied_ = believed ? 0 : belied_ + 1;
    return believed;
}

bool Vertical::decide(double z, double r, double stray) {
    const double wrong = stray / kSpan, a = (1 - stray) * path_.right(z, r);
    if (other_weight_ == 0) {
        const double share = a / (a + wrong);
        if (share > kSure)
            path_.absorb(z, r, stray);
        else
            fork(z, r, share);
        return share > 0.5;
    }
    const double b = (1 - stray) * other_.right(z, r);
    const double mine = (1 - other_weight_) * (a + wrong), its = other_weight_ * (b + wrong);
    other_weight_ = its / (mine + its);
    if (a / (a + wrong) < kMoved && b / (b + wrong) < kMoved) {  // neither foresaw it
        // A path of one height, or one that many heights have belied, gives way to the newer one.
        path_ = support_ < 2 || belied_ >= kBelied ? other_ : best();
        fork(z, r, 0);
        return false;
    }
    path_.absorb(z, r, stray);
    other_.absorb(z, r, stray);
    const bool believed = (other_weight_ > 0.5 ? b : a) > wrong;
    if (other_weight_ > kSure) path_ = other_;
    if (other_weight_ > kSure || other_weight_ < 1 - kSure) other_weight_ = 0;
    return believed;
}

void Vertical::loosen(double sigma) {
    if (!valid_) return;
    path_ = best();
    other_weight_ = 0;
    support_ = 1;
    for (Mode& m : path_.mode) m.p00 += sigma * sigma;
}

void Vertical::update_rate(double rate, double sigma) {
    if (!valid_ || std::abs(rate) > kMaxRate) return;
    for (Path* p : {&path_, &other_})
        for (Mode& m : p->mode) {
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
