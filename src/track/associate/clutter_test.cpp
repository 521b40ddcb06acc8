#include "associate/clutter.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

namespace asman::track {
namespace {

constexpr double kRange = 150e3, kPeriod = 4;

struct Sky {
    std::mt19937 g{11};
    std::uniform_real_distribution<double> u;
    ClutterMap map{20, kRange, kPeriod, 30};
    double t = 0;

    /// `mean` plots over the disc, and `patch` in a circle of 8 km at (60, 30) km.
    void turn(double mean, double patch) {
        for (int k = std::poisson_distribution<int>(mean)(g); k > 0; --k) {
            const double r = kRange * std::sqrt(u(g)), a = 2 * std::numbers::pi * u(g);
            map.add(r * std::sin(a), r * std::cos(a), t, 1);
        }
        for (int k = std::poisson_distribution<int>(patch > 0 ? patch : 1e-9)(g); k > 0; --k) {
            const double r = 8e3 * std::sqrt(u(g)), a = 2 * std::numbers::pi * u(g);
            map.add(60e3 + r * std::sin(a), 30e3 + r * std::cos(a), t, 1);
        }
        t += kPeriod;
    }
};

const double kDisc = std::numbers::pi * kRange * kRange;

TEST(ClutterMap, LearnsTheLevelWithoutTakingChanceForStructure) {
    Sky sky;
    for (int i = 0; i < 120; ++i) sky.turn(50, 0);  // 20 were declared
    double sum = 0, sum2 = 0;
    int n = 0;
    for (double x = -90e3; x <= 90e3; x += 10e3)
        for (double y = -90e3; y <= 90e3; y += 10e3, ++n) {
            const double d = sky.map.density(x, y, sky.t) * kDisc / 50;
            sum += d;
            sum2 += d * d;
        }
    EXPECT_NEAR(sum / n, 1, 0.15);
    EXPECT_LT(std::sqrt(sum2 / n - sum * sum / n / n), 0.35);
}

TEST(ClutterMap, APatchIsKnownAfterAFewTurnsAndForgotten) {
    Sky sky;
    for (int i = 0; i < 60; ++i) sky.turn(20, 0);
    const double plain = sky.map.density(60e3, 30e3, sky.t);
    EXPECT_NEAR(plain * kDisc / 20, 1, 0.5);
    const double patch = 30 * 20 / kDisc * std::numbers::pi * 64e6;
    for (int i = 0; i < 16; ++i) sky.turn(20, patch);
    EXPECT_GT(sky.map.density(60e3, 30e3, sky.t), 3 * plain);
    for (int i = 0; i < 60; ++i) sky.turn(20, patch);
    EXPECT_GT(sky.map.density(60e3, 30e3, sky.t), 6 * plain);
    EXPECT_NEAR(sky.map.density(-60e3, 30e3, sky.t) * kDisc / 20, 1, 0.5);
    for (int i = 0; i < 200; ++i) sky.turn(20, 0);
    EXPECT_NEAR(sky.map.density(60e3, 30e3, sky.t) * kDisc / 20, 1, 0.6);
}

TEST(ClutterMap, APlotWithdrawnLeavesNoTrace) {
    Sky a, b;
    for (int i = 0; i < 20; ++i) {
        a.turn(20, 0);
        b.turn(20, 0);
    }
    for (int i = 0; i < 10; ++i) b.map.add(60e3, 30e3, b.t, 0.9);
    const double with = b.map.density(60e3, 30e3, b.t + 8);
    for (int i = 0; i < 10; ++i) b.map.withdraw(60e3, 30e3, b.t, 0.9);
    const double without = b.map.density(60e3, 30e3, b.t + 8);
    EXPECT_GT(with, 1.5 * without);
    EXPECT_NEAR(without, a.map.density(60e3, 30e3, a.t + 8), 0.05 * without);
}

}  // namespace
}  // namespace asman::track
