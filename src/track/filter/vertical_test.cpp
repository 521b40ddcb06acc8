#include "filter/vertical.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace asman::track {
namespace {

double quantised(double h) {
    return std::round(h / 30.48) * 30.48;
}

TEST(Vertical, LevelFlightSettlesBelowTheStepOfTheEncoder) {
    Vertical v;
    for (double t = 0; t < 120; t += 4) v.update(t, quantised(10'050), 9);
    EXPECT_NEAR(v.height(120), 10'050, 16);
    EXPECT_NEAR(v.rate(), 0, 0.3);
    EXPECT_LT(std::sqrt(v.variance(116)), 9);
}

TEST(Vertical, FollowsAClimbAndItsEnd) {
    Vertical v;
    const auto truth = [](double t) { return t < 60 ? 3000.0 : t < 160 ? 3000 + 15 * (t - 60) : 4500.0; };
    double worst = 0, sum = 0;
    int n = 0;
    for (double t = 0; t < 260; t += 5) {
        v.update(t, quantised(truth(t)), 9);
        const double e = v.height(t + 2.5) - truth(t + 2.5);
        worst = std::max(worst, std::abs(e));
        sum += e * e;
        ++n;
    }
    EXPECT_LT(worst, 60);
    EXPECT_LT(std::sqrt(sum / n), 20);
}

TEST(Vertical, WrongHeightsAreSetAsideAndALastingChangeIsNews) {
    Vertical v;
    for (double t = 0; t < 60; t += 4) v.update(t, 9000, 9);
    EXPECT_FALSE(v.update(60, 12'900, 9));
    EXPECT_NEAR(v.height(60), 9000, 5);
    EXPECT_TRUE(v.update(64, 9000, 9));
    EXPECT_FALSE(v.update(68, 5000, 9));
    EXPECT_FALSE(v.update(72, 5000, 9));
    EXPECT_TRUE(v.update(76, 5000, 9));
    EXPECT_NEAR(v.height(76), 5000, 5);
}

TEST(Vertical, TheLikelihoodIsADensityWithAFloor) {
    Vertical v;
    v.update(0, 8000, 9);
    v.update(4, 8000, 9);
    double sum = 0;
    for (double h = 1500; h < 14'500; h += 1) sum += v.likelihood(8, h, 9);
    EXPECT_NEAR(sum, 1, 0.01);
    EXPECT_GT(v.likelihood(8, 12'000, 9), 1e-6);
}

TEST(Vertical, ADownlinkedRateHelps) {
    Vertical with, without;
    for (double t = 0; t < 12; t += 4) {
        with.update(t, 5000 + 12 * t, 9);
        with.update_rate(12, 0.5);
        without.update(t, 5000 + 12 * t, 9);
    }
    EXPECT_LT(with.variance(16), without.variance(16));
    EXPECT_NEAR(with.rate(), 12, 0.5);
}

TEST(Vertical, AFastJetsClimbIsFollowedThroughLooksTenSecondsApart) {
    // Level, then 50 m/s within ten seconds, then level again.
    const auto truth = [](double t) {
        const auto ramp = [](double s) { return s <= 0 ? 0 : s < 10 ? 2.5 * s * s : 250 + 50 * (s - 10); };
        return 3000 + ramp(t - 60) - ramp(t - 120);
    };
    Vertical v;
    double sum = 0;
    int n = 0;
    for (double t = 0; t < 200; t += 8) {
        v.update(t, quantised(truth(t)), 9);
        const double e = v.height(t) - truth(t);
        sum += e * e;
        ++n;
    }
    EXPECT_LT(std::sqrt(sum / n), 40);
}

TEST(Vertical, GarbledHeightsHardlyMoveIt) {
    std::mt19937 g(2);
    std::uniform_real_distribution<double> u;
    double sum = 0;
    int n = 0;
    for (int k = 0; k < 50; ++k) {
        Vertical v;
        for (double t = 0; t < 300; t += 4) {
            const bool garbled = u(g) < 0.05;
            v.update(t, quantised(8000) + (garbled ? 30.48 * (1 << static_cast<int>(8 * u(g))) : 0), 9);
            if (t < 20) continue;
            const double e = v.height(t) - 8000;
            sum += e * e;
            ++n;
        }
    }
    EXPECT_LT(std::sqrt(sum / n), 30);
}

TEST(Vertical, AGarbledFirstHeightIsCorrectedByTheNextTwo) {
    Vertical v;
    v.update(0, 11'900, 9);
    EXPECT_FALSE(v.proven());
    v.update(4, 8000, 9);
    v.update(8, 8000, 9);
    EXPECT_TRUE(v.proven());
    EXPECT_NEAR(v.height(8), 8000, 10);
}

}  // namespace
}  // namespace asman::track
