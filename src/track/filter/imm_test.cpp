#include "filter/imm.hpp"
#include "filter/flight_test.hpp"

#include <gtest/gtest.h>
#include <Eigen/Dense>

#include <cmath>
#include <random>
#include <vector>

namespace asman::track {
namespace {

Imm some_filter(unsigned seed) {
    std::mt19937 g(seed);
    std::normal_distribution<double> n;
    Imm f;
    for (int m = 0; m < 4; ++m) {
        const double state[kStates] = {500 * n(g),
                                       500 * n(g),
                                       180 + 30 * n(g),
                                       -90 + 30 * n(g),
                                       m == 3 ? 0.8 * n(g) : (m == 2 ? -0.03 : 0.03) + 0.01 * n(g),
                                       200 * n(g)};
        for (int a = 0; a < kStates; ++a) f.x[a].set(m, state[a]);
        Eigen::Matrix<double, kStates, kStates> A;
        for (int a = 0; a < kStates; ++a)
            for (int b = 0; b < kStates; ++b) A(a, b) = n(g);
        const double scale[kStates] = {80, 80, 9, 9, 0.01, 150};
        const Eigen::Matrix<double, kStates, kStates> P = A * A.transpose();
        for (int a = 0; a < kStates; ++a)
            for (int b = a; b < kStates; ++b) f.p[packed(a, b)].set(m, scale[a] * scale[b] * P(a, b));
    }
    f.mu = V4(0.4, 0.3, 0.2, 0.1);
    return f;
}

Eigen::Matrix<double, kStates, kStates> covariance(const Imm& f, int m) {
    Eigen::Matrix<double, kStates, kStates> P;
    for (int a = 0; a < kStates; ++a)
        for (int b = 0; b < kStates; ++b) P(a, b) = f.p[packed(a, b)][m];
    return P;
}

TEST(Imm, TheSameBitsWithAndWithoutWideRegisters) {
    for (unsigned seed = 1; seed <= 20; ++seed) ASSERT_EQ(fly<Imm>(seed), fly_narrow(seed)) << "seed " << seed;
}

TEST(Imm, JacobiansOfEveryModeAreTheNumericalOnes) {
    Motion motion;
    motion.q_straight = motion.q_turn = motion.q_speed = 0;
    motion.turn_drift = motion.acceleration_drift = 0;
    for (double dt : {0.05, 1.0, 4.0, 12.0}) {
        const Imm f = some_filter(3);
        Imm moved = f;
        moved.move(motion, dt);
        for (int m = 0; m < 4; ++m) {
            Eigen::Matrix<double, kStates, kStates> F;
            const double step[kStates] = {1, 1, 1e-2, 1e-2, m == 3 ? 1e-3 : 1e-6, 1};
            for (int b = 0; b < kStates; ++b) {
                Imm up = f, down = f;
                up.x[b].set(m, f.x[b][m] + step[b]);
                down.x[b].set(m, f.x[b][m] - step[b]);
                up.move(motion, dt);
                down.move(motion, dt);
                for (int a = 0; a < kStates; ++a) F(a, b) = (up.x[a][m] - down.x[a][m]) / (2 * step[b]);
            }
            if (m == 0) F.col(iP).setZero(), F(iP, iP) = 1;
            if (m == 3) F.block<4, 2>(0, 2) = (Eigen::Matrix<double, 4, 2>() << dt, 0, 0, dt, 1, 0, 0, 1).finished();
            const auto expected = (F * covariance(f, m) * F.transpose()).eval();
            const auto got = covariance(moved, m);
            for (int a = 0; a < kStates; ++a)
                for (int b = 0; b < kStates; ++b) {
                    const double size = std::sqrt(expected(a, a) * expected(b, b));
                    EXPECT_NEAR(got(a, b), expected(a, b), 2e-5 * size) << "mode " << m << " dt " << dt;
                }
        }
    }
}

// The turn of speed's direction with the velocity is left out of mode 3's Jacobian: dt a / v, a few per mille.

TEST(Imm, SteadyStateIsTheContinuousFiltersClosedForm) {
    // White acceleration q, position measured with spectral density r = R dt: P11 = √2 q^¼ r^¾, P12 = √(q r),
    // P22 = √2 q^¾ r^¼ (Kalman–Bucy filter of a double integrator).
    Motion motion;
    motion.single_mode = true;
    motion.q_single = 2.0;
    const double dt = 0.01, R = 90'000, r = R * dt;
    Measurement m;
    m.r00 = m.r11 = R;
    Imm f = Imm::start(motion, m, 100, 0);
    Innovation in;
    for (int k = 0; k < 60'000; ++k) {
        f.predict(motion, dt);
        f.innovate(m, in);
        const double one = 1;
        f.update(motion, {&in, 1}, {&one, 1});
    }
    const double q = motion.q_single;
    EXPECT_NEAR(f.variance(iX, iX) / (std::sqrt(2.0) * std::pow(q, 0.25) * std::pow(r, 0.75)), 1, 0.01);
    EXPECT_NEAR(f.variance(iX, iVx) / std::sqrt(q * r), 1, 0.01);
    EXPECT_NEAR(f.variance(iVx, iVx) / (std::sqrt(2.0) * std::pow(q, 0.75) * std::pow(r, 0.25)), 1, 0.01);
    EXPECT_NEAR(f.variance(iX, iY), 0, 1e-6);
}

/// One mode sequence of the unmerged mixture.
struct Branch {
    Imm f;  ///< every lane holds the branch's state
    int mode = 0;
    double weight = 0;
};

Imm all_lanes(const Imm& f, int m) {
    Imm out = f;
    for (auto& v : out.x) v = V4(v[m]);
    for (auto& v : out.p) v = V4(v[m]);
    return out;
}

TEST(Imm, StaysCloseToTheUnmergedMixture) {
    const Motion motion;
    std::mt19937 g(11);
    std::normal_distribution<double> n;
    Measurement m;
    m.r00 = m.r11 = 80 * 80;
    const Imm start = [&] {
        Imm f = Imm::start(motion, m, 8, 0);
        f.set_velocity(200, 0, 64);
        return f;
    }();
    Imm imm = start;
    std::vector<Branch> branches;
    for (int i = 0; i < 4; ++i) branches.push_back({all_lanes(start, i), i, start.mu[i]});
    // Transition probabilities as the filter's documentation gives them.
    const double dt = 4, out = 1 - std::exp(-dt / motion.straight_time),
                 back = 1 - std::exp(-dt / motion.manoeuvre_time);
    const double share[4] = {0, 0.375, 0.375, 0.25};
    const auto pi = [&](int i, int j) {
        if (i == 0) return j == 0 ? 1 - out : out * share[j];
        if (i == j) return 1 - back;
        return j == 0 ? 0.9 * back : 0.05 * back;
    };
    const double enter[4] = {0, motion.turn_rate, -motion.turn_rate, 0};
    const double w2 = motion.turn_rate_sigma * motion.turn_rate_sigma;
    const double enter_var[4] = {1e-12, w2, w2, motion.acceleration_sigma * motion.acceleration_sigma};
    const double turn = 0.04;
    for (int k = 1; k <= 5; ++k) {
        const double t = k * dt;
        m.z[0] = 200 / turn * std::sin(turn * t) + 80 * n(g);
        m.z[1] = 200 / turn * (1 - std::cos(turn * t)) + 80 * n(g);
        Innovation in;
        const double one = 1;
        imm.predict(motion, dt);
        imm.innovate(m, in);
        imm.update(motion, {&in, 1}, {&one, 1});
        std::vector<Branch> next;
        double total = 0;
        for (const Branch& b : branches)
            for (int j = 0; j < 4; ++j) {
                Branch c = b;
                c.mode = j;
                if (j != b.mode) {
                    c.f.x[iP] = V4(enter[j]);
                    for (int a = 0; a < kStates; ++a) c.f.p[packed(a, iP)] = V4(a == iP ? enter_var[j] : 0);
                }
                c.f.move(motion, dt);
                c.f = all_lanes(c.f, j);
                c.f.innovate(m, in);
                c.weight = b.weight * pi(b.mode, j) * in.likelihood[j];
                c.f.mu = V4(0.25);
                c.f.update(motion, {&in, 1}, {&one, 1});
                c.f = all_lanes(c.f, j);
                total += c.weight;
                next.push_back(c);
            }
        for (Branch& b : next) b.weight /= total;
        branches = std::move(next);
        double mean[4] = {}, mode[4] = {};
        for (const Branch& b : branches) {
            for (int a = 0; a < 4; ++a) mean[a] += b.weight * b.f.x[a][0];
            mode[b.mode] += b.weight;
        }
        const Moments mo = imm.moments();
        for (int a = 0; a < 4; ++a)
            EXPECT_NEAR(mo.mean(a), mean[a], 0.25 * std::sqrt(mo.covariance(a, a))) << "step " << k << " state " << a;
        for (int j = 0; j < 4; ++j) EXPECT_NEAR(imm.mu[j], mode[j], 0.12) << "step " << k << " mode " << j;
    }
    EXPECT_GT(imm.mu[1], 0.5) << "the turn was not recognised";
}

TEST(Imm, LatePositionIsHeldAgainstWhereTheTrackWas) {
    const Motion motion;
    Measurement m;
    m.r00 = m.r11 = 100;
    Imm f = Imm::start(motion, m, 5, 0);
    f.set_velocity(200, 0, 1);
    m.lag = 3;
    m.z[0] = -600;
    Innovation in;
    f.innovate(m, in);
    for (int lane : {0, 3}) EXPECT_NEAR(in.nu0[lane], 0, 1e-9);
    // Who turns was to the side of that by half v w t².
    for (int lane : {1, 2}) EXPECT_NEAR(in.nu1[lane], -0.5 * 200 * f.x[iP][lane] * 9, 0.5);
}

TEST(Imm, LatePositionIsHeldAgainstWhereEachModesOwnPathWas) {
    // Every mode taken back by its own motion: what move() does the other way.
    const Motion motion;
    for (unsigned seed = 1; seed <= 20; ++seed) {
        const Imm then = some_filter(seed);
        Imm now = then;
        const double lag = 0.5 + 0.4 * seed;
        now.move(motion, lag);
        Measurement m;
        m.lag = lag;
        m.e0 = 100;
        m.j1[0] = 0.2;
        m.j1[1] = -0.1;
        Innovation late;
        now.innovate(m, late);
        for (int lane = 0; lane < 4; ++lane) {
            const double e = then.x[iE][lane] - m.e0;
            const double speed = std::hypot(then.x[iVx][lane], then.x[iVy][lane]);
            const double bend =
                lane == 3 ? 0.02 * lag * speed : 1e-6 * speed;  // along the course at its end, not its start
            EXPECT_NEAR(late.nu0[lane], 0.2 * e - then.x[iX][lane], bend) << lane;
            EXPECT_NEAR(late.nu1[lane], -0.1 * e - then.x[iY][lane], bend) << lane;
        }
        // P Hᵀ and S by a numerical Jacobian.
        for (int lane = 0; lane < 4; ++lane) {
            Eigen::Matrix<double, 2, kStates> H;
            for (int k = 0; k < kStates; ++k) {
                const double step = k == iP ? 1e-6 : 1e-3;
                Imm up = now, down = now;
                up.x[k].set(lane, now.x[k][lane] + step);
                down.x[k].set(lane, now.x[k][lane] - step);
                Innovation a, b;
                up.innovate(m, a);
                down.innovate(m, b);
                H(0, k) = -(a.nu0[lane] - b.nu0[lane]) / (2 * step);
                H(1, k) = -(a.nu1[lane] - b.nu1[lane]) / (2 * step);
            }
            if (lane == 3) continue;  // how the course's direction turns with the velocity is left out
            const auto P = covariance(now, lane);
            const Eigen::Matrix<double, kStates, 2> PH = P * H.transpose();
            for (int k = 0; k < kStates; ++k) {
                EXPECT_NEAR(late.ph0[k][lane], PH(k, 0), 1e-4 * (1 + std::abs(PH(k, 0)))) << lane << ' ' << k;
                EXPECT_NEAR(late.ph1[k][lane], PH(k, 1), 1e-4 * (1 + std::abs(PH(k, 1)))) << lane << ' ' << k;
            }
            Eigen::Matrix2d S = H * PH;
            S.diagonal().array() += 1;
            EXPECT_NEAR(late.i00[lane], S.inverse()(0, 0), 1e-4 * S.inverse()(0, 0));
            EXPECT_NEAR(late.i01[lane], S.inverse()(0, 1), 1e-4 * S.inverse()(0, 0));
        }
    }
}

TEST(Imm, ALatePlotInATurnTellsWhatItWouldHaveToldInTime) {
    const Motion motion;
    Measurement m;
    m.r00 = m.r11 = 60 * 60;
    const auto place = [](double t) {
        return std::pair(200 / 0.05 * std::sin(0.05 * t), 200 / 0.05 * (1 - std::cos(0.05 * t)));
    };
    const double one[] = {1};
    const auto take = [&](Imm& f, double t, double lag) {
        std::tie(m.z[0], m.z[1]) = place(t);
        m.lag = lag;
        Innovation in[1];
        f.innovate(m, in[0]);
        f.update(motion, in, one);
    };
    Imm in_time = Imm::start(motion, m, 160, 0);
    for (int k = 1; k <= 8; ++k) {
        in_time.predict(motion, 4);
        take(in_time, 4 * k, 0);
    }
    // One more at 33 s, which comes before that of 38 s or after.
    Imm late = in_time;
    in_time.predict(motion, 1);
    take(in_time, 33, 0);
    in_time.predict(motion, 5);
    take(in_time, 38, 0);
    late.predict(motion, 6);
    take(late, 38, 0);
    take(late, 33, 5);
    const Moments a = in_time.moments(), b = late.moments();
    EXPECT_LT((a.mean - b.mean).head<2>().norm(), 12);
    EXPECT_LT((a.mean - b.mean).tail<2>().norm(), 3);
    for (int i = 0; i < 4; ++i) EXPECT_NEAR(std::sqrt(b.covariance(i, i) / a.covariance(i, i)), 1, 0.2);
}

TEST(Imm, ATurnRateTellsTheModesApartAndIsABayesUpdate) {
    Motion motion;
    Imm f = Imm::start(motion, {.z = {0, 0}, .r00 = 1e4, .r11 = 1e4}, 100, 0);
    f.set_velocity(200, 0, 100);
    for (int k = 0; k < 3; ++k) f.predict(motion, 5);
    Imm left = f;
    left.update_turn_rate(0.03, 0.0045 * 0.0045);
    EXPECT_GT(left.mu[1], 0.9);
    EXPECT_LT(left.mu[0], 0.05);
    EXPECT_NEAR(left.x[iP][1], 0.03, 0.004);
    // In the left turn: the scalar Kalman update of p and of what hangs on it.
    const double s = f.p[packed(iP, iP)][1] + 0.0045 * 0.0045, gain = f.p[packed(iP, iP)][1] / s;
    EXPECT_NEAR(left.x[iP][1], f.x[iP][1] + gain * (0.03 - f.x[iP][1]), 1e-12);
    EXPECT_NEAR(left.p[packed(iP, iP)][1], (1 - gain) * f.p[packed(iP, iP)][1], 1e-15);
    EXPECT_NEAR(left.x[iY][1], f.x[iY][1] + f.p[packed(iY, iP)][1] / s * (0.03 - f.x[iP][1]), 1e-9);
    // Who flies straight or changes speed keeps the state.
    for (int lane : {0, 3})
        for (int a = 0; a < kStates; ++a) EXPECT_EQ(left.x[a][lane], f.x[a][lane]);
    Imm straight = f;
    straight.update_turn_rate(0, 0.0045 * 0.0045);
    EXPECT_GT(straight.mu[0] + straight.mu[3], 0.9);
}

TEST(Imm, ABlendHasTheMomentsOfTheMixture) {
    const Imm a = some_filter(5), b = some_filter(6);
    Imm c = a;
    c.blend(b, 0.3);
    const Moments ma = a.moments(), mb = b.moments(), mc = c.moments();
    const Eigen::Vector4d mean = 0.3 * ma.mean + 0.7 * mb.mean, da = ma.mean - mean, db = mb.mean - mean;
    const Eigen::Matrix4d P = 0.3 * (ma.covariance + da * da.transpose()) + 0.7 * (mb.covariance + db * db.transpose());
    EXPECT_LT((mc.mean - mean).norm(), 1e-9 * mean.norm());
    EXPECT_LT((mc.covariance - P).norm(), 1e-9 * P.norm());
    EXPECT_NEAR(sum(c.mu), 1, 1e-12);
}

TEST(Imm, CovarianceStaysPositiveUnderHalfSureUpdates) {
    const Motion motion;
    std::mt19937 g(5);
    std::uniform_real_distribution<double> u(0, 1);
    std::normal_distribution<double> n;
    Measurement m;
    m.r00 = m.r11 = 2500;
    Imm f = Imm::start(motion, m, 160, 0);
    for (int k = 0; k < 3000; ++k) {
        f.predict(motion, 4 * u(g));
        Innovation in[2];
        for (auto& i : in) {
            m.z[0] = f.mean(iX) + 300 * n(g);
            m.z[1] = f.mean(iY) + 300 * n(g);
            f.innovate(m, i);
        }
        const double a = u(g), beta[2] = {a * 0.9, (1 - a) * 0.9};
        f.update(motion, in, beta);
        for (int lane = 0; lane < 4; ++lane) {
            const Eigen::Matrix4d P = covariance(f, lane).topLeftCorner<4, 4>();
            ASSERT_GT(P.selfadjointView<Eigen::Lower>().ldlt().vectorD().minCoeff(), 0) << "step " << k;
        }
        ASSERT_NEAR(sum(f.mu), 1, 1e-9);
    }
}

}  // namespace
}  // namespace asman::track
