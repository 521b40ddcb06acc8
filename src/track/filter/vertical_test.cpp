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

}  // namespace
}  // namespace asman::track
