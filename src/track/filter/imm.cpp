#include "filter/imm.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <type_traits>
#include <utility>

namespace asman::track {

namespace {

/// Share of each manoeuvre among those that start.
constexpr double kTurnShare = 0.375, kSpeedShare = 0.25;

[[gnu::always_inline]] inline V4 prior_mean(const Motion& m) {
    return {0, m.turn_rate, -m.turn_rate, 0};
}
[[gnu::always_inline]] inline V4 prior_variance(const Motion& m) {
    const double w = m.turn_rate_sigma * m.turn_rate_sigma;
    return {1e-12, w, w, m.acceleration_sigma * m.acceleration_sigma};
}

/// Rows are "from", lanes are "to".
[[gnu::always_inline]] inline void transitions(const Motion& m, double dt, V4 (&pi)[4]) {
    const double out = 1 - std::exp(-dt / m.straight_time), back = 1 - std::exp(-dt / m.manoeuvre_time);
    const double home = 0.9 * back, other = 0.05 * back;
    pi[0] = {1 - out, kTurnShare * out, kTurnShare * out, kSpeedShare * out};
    pi[1] = {home, 1 - back, other, other};
    pi[2] = {home, other, 1 - back, other};
    pi[3] = {home, other, other, 1 - back};
}

/// f(0), f(1) … as constants: without loops, every element of a small array stays in its register.
template <int n, class F>
[[gnu::always_inline]] inline void constant(F&& f) {
    [&]<int... i> [[gnu::always_inline]] (std::integer_sequence<int, i...>) {
        (f(std::integral_constant<int, i>{}), ...);
    }(std::make_integer_sequence<int, n>{});
}

/// f(a, b, index) for the packed upper triangle.
template <class F>
[[gnu::always_inline]] inline void triangle(F&& f) {
    constant<kStates>([&] [[gnu::always_inline]] (auto a) {
        constant<kStates>([&] [[gnu::always_inline]] (auto b) {
            if constexpr (b >= a) f(a, b, std::integral_constant<int, packed(a, b)>{});
        });
    });
}

/// Σ over "from" of its weight (lanes: "to") times its value.
[[gnu::always_inline]] inline V4 combine(const V4 (&weight)[4], const V4& from) {
    return (weight[0] * from.all<0>() + weight[1] * from.all<1>()) +
           (weight[2] * from.all<2>() + weight[3] * from.all<3>());
}

}  // namespace

Imm Imm::start(const Motion& motion, const Measurement& m, double sigma_v, double sigma_e) {
    Imm f;
    f.x[iX] = V4(m.z[0]);
    f.x[iY] = V4(m.z[1]);
    const double ve = sigma_e * sigma_e;
    f.p[packed(iX, iX)] = V4(m.r00 + ve * m.j1[0] * m.j1[0]);
    f.p[packed(iX, iY)] = V4(m.r01 + ve * m.j1[0] * m.j1[1]);
    f.p[packed(iY, iY)] = V4(m.r11 + ve * m.j1[1] * m.j1[1]);
    f.p[packed(iX, iE)] = V4(ve * m.j1[0]);
    f.p[packed(iY, iE)] = V4(ve * m.j1[1]);
    f.p[packed(iE, iE)] = V4(ve);
    f.p[packed(iVx, iVx)] = f.p[packed(iVy, iVy)] = V4(sigma_v * sigma_v);
    f.x[iP] = prior_mean(motion);
    f.p[packed(iP, iP)] = prior_variance(motion);
    f.mu = motion.single_mode ? V4(1, 0, 0, 0) : V4(0.85, 0.05, 0.05, 0.05);
    return f;
}

void Imm::set_velocity(double vx, double vy, double variance) {
    x[iVx] = V4(vx);
    x[iVy] = V4(vy);
    p[packed(iVx, iVx)] = p[packed(iVy, iVy)] = V4(variance);
    p[packed(iVx, iVy)] = V4(0);
}

void Imm::predict(const Motion& motion, double dt) {
    if (dt <= 0) return;
    if (!motion.single_mode) mix(motion, dt);
    move(motion, dt);
}

ASMAN_WIDE void Imm::mix(const Motion& motion, double dt) {
    V4 weight[4];
    transitions(motion, dt, weight);
    V4 to(0);
    for (int i = 0; i < 4; ++i) {
        weight[i] *= V4(mu[i]);
        to += weight[i];
    }
    const V4 inverse = V4(1) / to;
    for (auto& w : weight) w *= inverse;
    // A mode's own parameter stays with who stays; who enters has its prior. As the deviations from the mixed mean add
    // up to nothing, those who stay tell the covariance with it.
    const V4 stay(weight[0][0], weight[1][1], weight[2][2], weight[3][3]), enter = prior_mean(motion);
    const V4 unlike = x[iP] - enter, enter_variance = prior_variance(motion);
    V4 apart[kStates], moved[kStates];
    constant<kStates>([&] [[gnu::always_inline]] (auto k) {
        if constexpr (k != iP) {
            const V4 about = x[k].template all<0>(), mean = combine(weight, x[k]);
            apart[k] = x[k] - about;
            moved[k] = mean - about;
            V4& own = p[packed(k, iP)];
            own = stay * (own + (x[k] - mean) * unlike);
            x[k] = mean;
        }
    });
    V4& own = p[packed(iP, iP)];
    own = enter_variance + stay * (own - enter_variance + (V4(1) - stay) * (unlike * unlike));
    x[iP] = enter + stay * unlike;
    // The rest: second moments about the straight mode, mixed, less those of the mixed means.
    triangle([&] [[gnu::always_inline]] (auto a, auto b, auto n) {
        if constexpr (a != iP && b != iP) p[n] = combine(weight, p[n] + apart[a] * apart[b]) - moved[a] * moved[b];
    });
    mu = to;
}

ASMAN_WIDE void Imm::move(const Motion& motion, double dt) {
    // Motion per lane: position += B velocity + gp p, velocity = C velocity + gv p.
    V4 s1(dt), c1(0), c(1), s(0), gx(0), gy(0), gvx(0), gvy(0);
    const V4 vx = x[iVx], vy = x[iVy];
    for (int m = 1; m <= 2 && !motion.single_mode; ++m) {
        const double w0 = x[iP][m], w = std::abs(w0) < 1e-5 ? 1e-5 : w0;
        const double sn = std::sin(w * dt), cs = std::cos(w * dt), a1 = sn / w, b1 = (1 - cs) / w;
        s1.set(m, a1);
        c1.set(m, b1);
        c.set(m, cs);
        s.set(m, sn);
        const double da = (cs * dt - a1) / w, db = (sn * dt - b1) / w, ux = vx[m], uy = vy[m];
        gx.set(m, da * ux - db * uy);
        gy.set(m, db * ux + da * uy);
        gvx.set(m, -dt * (sn * ux + cs * uy));
        gvy.set(m, dt * (cs * ux - sn * uy));
    }
    V4 px(0), py(0), pvx(0), pvy(0);
    if (!motion.single_mode) {
        const double v = std::max(std::sqrt(vx[3] * vx[3] + vy[3] * vy[3]), 1.0), ux = vx[3] / v, uy = vy[3] / v;
        gx.set(3, 0.5 * dt * dt * ux);
        gy.set(3, 0.5 * dt * dt * uy);
        gvx.set(3, dt * ux);
        gvy.set(3, dt * uy);
        const double a = x[iP][3];
        px.set(3, a * gx[3]);
        py.set(3, a * gy[3]);
        pvx.set(3, a * gvx[3]);
        pvy.set(3, a * gvy[3]);
    }
    x[iX] += s1 * vx - c1 * vy + px;
    x[iY] += c1 * vx + s1 * vy + py;
    x[iVx] = c * vx - s * vy + pvx;
    x[iVy] = s * vx + c * vy + pvy;

    // Rows of F P, then columns.
    V4 f[4][kStates];
    constant<kStates>([&] [[gnu::always_inline]] (auto k) {
        const V4 &a = p[packed(iX, k)], &b = p[packed(iY, k)], &u = p[packed(iVx, k)], &v = p[packed(iVy, k)],
                 &w = p[packed(iP, k)];
        f[0][k] = a + s1 * u - c1 * v + gx * w;
        f[1][k] = b + c1 * u + s1 * v + gy * w;
        f[2][k] = c * u - s * v + gvx * w;
        f[3][k] = s * u + c * v + gvy * w;
    });
    constant<4>([&] [[gnu::always_inline]] (auto i) {
        if (i <= 0) p[packed(i, 0)] = f[i][0] + s1 * f[i][2] - c1 * f[i][3] + gx * f[i][4];
        if (i <= 1) p[packed(i, 1)] = f[i][1] + c1 * f[i][2] + s1 * f[i][3] + gy * f[i][4];
        if (i <= 2) p[packed(i, 2)] = c * f[i][2] - s * f[i][3] + gvx * f[i][4];
        p[packed(i, 3)] = s * f[i][2] + c * f[i][3] + gvy * f[i][4];
        p[packed(i, iP)] = f[i][iP];
        p[packed(i, iE)] = f[i][iE];
    });
    const V4 q =
        motion.single_mode ? V4(motion.q_single) : V4(motion.q_straight, motion.q_turn, motion.q_turn, motion.q_speed);
    const V4 q1 = dt * q, q2 = (0.5 * dt * dt) * q, q3 = (dt * dt * dt / 3) * q;
    p[packed(iX, iX)] += q3;
    p[packed(iY, iY)] += q3;
    p[packed(iX, iVx)] += q2;
    p[packed(iY, iVy)] += q2;
    p[packed(iVx, iVx)] += q1;
    p[packed(iVy, iVy)] += q1;
    p[packed(iP, iP)] += dt * V4(0, motion.turn_drift, motion.turn_drift, motion.acceleration_drift);
    p[packed(iE, iE)] += V4(dt * motion.height_walk);
}

void Imm::loosen(double dt, double sigma) {
    const double v = sigma * dt, x2 = 0.5 * v * dt;
    for (const int axis : {0, 1}) {
        p[packed(iX + axis, iX + axis)] += V4(x2 * x2);
        p[packed(iX + axis, iVx + axis)] += V4(x2 * v);
        p[packed(iVx + axis, iVx + axis)] += V4(v * v);
    }
}

ASMAN_WIDE void Imm::blend(const Imm& other, double share) {
    const V4 mine = share * mu, its = (1 - share) * other.mu, both = mine + its + V4(1e-300);
    const V4 a = mine / both, b = its / both;
    V4 d[kStates];
    for (int i = 0; i < kStates; ++i) d[i] = x[i] - other.x[i];
    int n = 0;
    for (int i = 0; i < kStates; ++i)
        for (int j = i; j < kStates; ++j, ++n) p[n] = a * p[n] + b * other.p[n] + a * b * d[i] * d[j];
    for (int i = 0; i < kStates; ++i) x[i] = other.x[i] + a * d[i];
    mu = both;
}

namespace {

constexpr double kStraightLag = 0.3;  ///< s: no mode bends its path by a metre in this

/// The inverse of the innovation's covariance, and what follows from it.
[[gnu::always_inline]] inline void conclude(const V4& s00, const V4& s01, const V4& s11, Innovation& out) {
    const V4 det = s00 * s11 - s01 * s01, inv = V4(1) / det;
    out.i00 = s11 * inv;
    out.i01 = -(s01 * inv);
    out.i11 = s00 * inv;
    out.distance2 = out.i00 * out.nu0 * out.nu0 + 2.0 * (out.i01 * out.nu0 * out.nu1) + out.i11 * out.nu1 * out.nu1;
    out.likelihood = exp(-0.5 * out.distance2) * sqrt(inv) * V4(0.5 / std::numbers::pi);
}

}  // namespace

ASMAN_WIDE void Imm::innovate_late(const Measurement& m, Innovation& out) const {
    // Back along each mode's own path: position before = position + a (vx, vy) + b (−vy, vx) + g p.
    V4 a(-m.lag), b(0), gx(0), gy(0), px(0), py(0);
    const V4 vx = x[iVx], vy = x[iVy];
    for (int lane = 1; lane <= 2; ++lane) {
        const double w0 = x[iP][lane], w = std::abs(w0) < 1e-5 ? 1e-5 : w0, l = -m.lag;
        const double sn = std::sin(w * l), cs = std::cos(w * l), s1 = sn / w, c1 = (1 - cs) / w;
        const double da = (cs * l - s1) / w, db = (sn * l - c1) / w, ux = vx[lane], uy = vy[lane];
        a.set(lane, s1);
        b.set(lane, c1);
        gx.set(lane, da * ux - db * uy);
        gy.set(lane, db * ux + da * uy);
    }
    const double v = std::max(std::sqrt(vx[3] * vx[3] + vy[3] * vy[3]), 1.0), half = 0.5 * m.lag * m.lag;
    gx.set(3, half * vx[3] / v);
    gy.set(3, half * vy[3] / v);
    px.set(3, x[iP][3] * gx[3]);
    py.set(3, x[iP][3] * gy[3]);

    const V4 e = x[iE] - V4(m.e0);
    const V4 h0 = -(V4(m.j1[0]) + m.j2[0] * e), h1 = -(V4(m.j1[1]) + m.j2[1] * e), half_e2 = 0.5 * (e * e);
    out.nu0 = V4(m.z[0]) + m.j1[0] * e + m.j2[0] * half_e2 - x[iX] - a * vx + b * vy - px;
    out.nu1 = V4(m.z[1]) + m.j1[1] * e + m.j2[1] * half_e2 - x[iY] - b * vx - a * vy - py;
    constant<kStates>([&] [[gnu::always_inline]] (auto k) {
        const V4 &pu = p[packed(k, iVx)], &pv = p[packed(k, iVy)], &pp = p[packed(k, iP)], &pe = p[packed(k, iE)];
        out.ph0[k] = p[packed(k, iX)] + a * pu - b * pv + gx * pp + pe * h0;
        out.ph1[k] = p[packed(k, iY)] + b * pu + a * pv + gy * pp + pe * h1;
    });
    const auto row0 = [&](const V4* ph) { return ph[iX] + a * ph[iVx] - b * ph[iVy] + gx * ph[iP] + h0 * ph[iE]; };
    const auto row1 = [&](const V4* ph) { return ph[iY] + b * ph[iVx] + a * ph[iVy] + gy * ph[iP] + h1 * ph[iE]; };
    conclude(row0(out.ph0) + V4(m.r00), row1(out.ph0) + V4(m.r01), row1(out.ph1) + V4(m.r11), out);
}

ASMAN_WIDE void Imm::innovate(const Measurement& m, Innovation& out) const {
    if (m.lag > kStraightLag) return innovate_late(m, out);
    const V4 e = x[iE] - V4(m.e0);
    const V4 h0 = -(V4(m.j1[0]) + m.j2[0] * e), h1 = -(V4(m.j1[1]) + m.j2[1] * e), half_e2 = 0.5 * (e * e);
    const V4 lag(m.lag);
    out.nu0 = V4(m.z[0]) + m.j1[0] * e + m.j2[0] * half_e2 - x[iX] + lag * x[iVx];
    out.nu1 = V4(m.z[1]) + m.j1[1] * e + m.j2[1] * half_e2 - x[iY] + lag * x[iVy];
    constant<kStates>([&] [[gnu::always_inline]] (auto k) {
        const V4& pe = p[packed(k, iE)];
        out.ph0[k] = p[packed(k, iX)] - lag * p[packed(k, iVx)] + pe * h0;
        out.ph1[k] = p[packed(k, iY)] - lag * p[packed(k, iVy)] + pe * h1;
    });
    const V4 s00 = out.ph0[iX] - lag * out.ph0[iVx] + h0 * out.ph0[iE] + V4(m.r00);
    const V4 s01 = out.ph0[iY] - lag * out.ph0[iVy] + h1 * out.ph0[iE] + V4(m.r01);
    const V4 s11 = out.ph1[iY] - lag * out.ph1[iVy] + h1 * out.ph1[iE] + V4(m.r11);
    conclude(s00, s01, s11, out);
}

ASMAN_WIDE void Imm::update(const Motion& motion, std::span<const Innovation> innovations,
                            std::span<const double> beta) {
    V4 weight[16];
    const std::size_t n = std::min<std::size_t>(innovations.size(), std::size(weight));
    double none = 1;
    for (std::size_t j = 0; j < n; ++j) none -= beta[j];
    none = std::max(none, 0.0);
    // Probability of hypothesis j in mode m, before modes are renormalised: mu beta_j L_jm / L_j.
    V4 total(none);
    for (std::size_t j = 0; j < n; ++j) {
        const double all = dot(mu, innovations[j].likelihood);
        weight[j] = all > 0 ? (beta[j] / all) * innovations[j].likelihood : V4(beta[j]);
        total += weight[j];
    }
    const bool mixture = n > 1 || none > 1e-9;
    V4 shift[kStates];
    for (std::size_t j = 0; j < n; ++j) {
        const Innovation& in = innovations[j];
        // w K = w P Hᵀ S⁻¹, d = w K ν, and w K S Kᵀ = w K (P Hᵀ)ᵀ; what the hypotheses lie apart is d dᵀ / w.
        const V4 w = weight[j] / total, w00 = w * in.i00, w01 = w * in.i01, w11 = w * in.i11;
        V4 k0[kStates], k1[kStates], d[kStates];
        constant<kStates>([&] [[gnu::always_inline]] (auto a) {
            k0[a] = in.ph0[a] * w00 + in.ph1[a] * w01;
            k1[a] = in.ph0[a] * w01 + in.ph1[a] * w11;
            d[a] = k0[a] * in.nu0 + k1[a] * in.nu1;
            shift[a] += d[a];
        });
        triangle(
            [&] [[gnu::always_inline]] (auto a, auto b, auto i) { p[i] -= k0[a] * in.ph0[b] + k1[a] * in.ph1[b]; });
        if (!mixture) continue;
        const V4 spread = V4(1) / (w + V4(1e-300));
        constant<kStates>([&] [[gnu::always_inline]] (auto a) {
            const V4 apart = spread * d[a];
            constant<kStates>([&] [[gnu::always_inline]] (auto b) {
                if constexpr (b >= a) p[packed(a, b)] += apart * d[b];
            });
        });
    }
    constant<kStates>([&] [[gnu::always_inline]] (auto a) { x[a] += shift[a]; });
    if (mixture) triangle([&] [[gnu::always_inline]] (auto a, auto b, auto i) { p[i] -= shift[a] * shift[b]; });
    if (motion.single_mode) return;
    mu = mu * total + V4(1e-9);
    mu = (1 / sum(mu)) * mu;
    for (int m = 1; m <= 2; ++m) x[iP].set(m, std::clamp(x[iP][m], -motion.max_turn_rate, motion.max_turn_rate));
}

namespace {

/// Scalar measurement of state component k in every mode.
void scalar_update(Imm& f, int k, double value, double variance) {
    V4 column[kStates], gain[kStates];
    for (int a = 0; a < kStates; ++a) column[a] = f.p[packed(a, k)];
    const V4 inv = V4(1) / (column[k] + V4(variance)), nu = V4(value) - f.x[k];
    constant<kStates>([&] [[gnu::always_inline]] (auto a) {
        gain[a] = column[a] * inv;
        f.x[a] += gain[a] * nu;
    });
    triangle([&] [[gnu::always_inline]] (auto a, auto b, auto i) { f.p[i] -= gain[a] * column[b]; });
}

/// Mode probabilities weighed by the likelihood of a scalar measurement.
V4 scalar_likelihood(const Imm& f, int k, double value, double variance) {
    const V4 s = f.p[packed(k, k)] + V4(variance), nu = V4(value) - f.x[k];
    return exp(-0.5 * (nu * nu / s)) / sqrt(s);
}

}  // namespace

void Imm::update_height_error(double e, double variance) {
    scalar_update(*this, iE, e, variance);
}

void Imm::update_velocity(double vx, double vy, double variance) {
    const V4 before = mu;
    V4 w = mu * scalar_likelihood(*this, iVx, vx, variance);
    scalar_update(*this, iVx, vx, variance);
    w *= scalar_likelihood(*this, iVy, vy, variance);
    scalar_update(*this, iVy, vy, variance);
    const double total = sum(w);
    mu = total > 1e-300 ? (1 / total) * w : before;
    mu += V4(1e-9);
    mu = (1 / sum(mu)) * mu;
}

void Imm::update_turn_rate(double rate, double variance) {
    constexpr double kStraight = 0.003;  // rad/s, 1σ: who flies straight wanders so much
    // In the modes that do not turn p means something else: there only the likelihood counts.
    const V4 turns(0, 1, 1, 0), own = p[packed(iP, iP)];
    const V4 s = turns * own + (V4(1) - turns) * V4(kStraight * kStraight) + V4(variance);
    const V4 nu = V4(rate) - turns * x[iP];
    const V4 w = mu * (exp(-0.5 * (nu * nu / s)) / sqrt(s));
    V4 column[kStates], gain[kStates];
    for (int a = 0; a < kStates; ++a) column[a] = turns * p[packed(a, iP)];
    for (int a = 0; a < kStates; ++a) {
        gain[a] = column[a] / s;
        x[a] += gain[a] * nu;
    }
    triangle([&] [[gnu::always_inline]] (auto a, auto b, auto i) { p[i] -= gain[a] * column[b]; });
    const double total = sum(w);
    if (total > 1e-300) mu = (1 / total) * w;
    mu += V4(1e-9);
    mu = (1 / sum(mu)) * mu;
}

void Imm::shift_height_error(double shift) {
    x[iE] += V4(shift);
}

double Imm::variance(int i, int j) const {
    const double mi = mean(i), mj = mean(j);
    return dot(mu, p[packed(i, j)] + (x[i] - V4(mi)) * (x[j] - V4(mj)));
}

ASMAN_WIDE Moments Imm::moments() const {
    Moments m;
    V4 off[4];
    for (int i = 0; i < 4; ++i) {
        m.mean(i) = mean(i);
        off[i] = x[i] - V4(m.mean(i));
    }
    triangle([&] [[gnu::always_inline]] (auto i, auto j, auto n) {
        constexpr int row = i, column = j;  // to Eigen a constant is another kind of index
        if constexpr (column < 4)
            m.covariance(row, column) = m.covariance(column, row) = dot(mu, p[n] + off[i] * off[j]);
    });
    return m;
}

void Imm::transform(double x0, double y0, const Eigen::Matrix2d& m) {
    x[iX] -= V4(x0);
    x[iY] -= V4(y0);
    const auto turn = [&](V4& a, V4& b) {
        const V4 u = m(0, 0) * a + m(0, 1) * b, v = m(1, 0) * a + m(1, 1) * b;
        a = u;
        b = v;
    };
    turn(x[iX], x[iY]);
    turn(x[iVx], x[iVy]);
    // P ← T P Tᵀ with T = diag(m, m, 1, 1): full rows, then columns.
    V4 full[kStates][kStates];
    for (int a = 0; a < kStates; ++a)
        for (int b = 0; b < kStates; ++b) full[a][b] = p[packed(a, b)];
    for (int b = 0; b < kStates; ++b) turn(full[iX][b], full[iY][b]), turn(full[iVx][b], full[iVy][b]);
    for (int a = 0; a < kStates; ++a) turn(full[a][iX], full[a][iY]), turn(full[a][iVx], full[a][iVy]);
    for (int a = 0; a < kStates; ++a)
        for (int b = a; b < kStates; ++b) p[packed(a, b)] = 0.5 * (full[a][b] + full[b][a]);
}

}  // namespace asman::track
