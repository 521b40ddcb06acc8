#include "manage/crossings.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace asman::track {
namespace {

constexpr double kRate = 4e-8;  // aircraft a metre and second

/// Aircraft that come over a rim in all directions, seen at the first look of a sensor after it: where.
class Comers {
  public:
    explicit Comers(unsigned seed) : g_(seed) {}
    double depth(double rim, double period, double detection, double sigma) {
        const double speed = 200 * std::sqrt(1 - std::pow(u_(g_), 2));
        double age = period * u_(g_);
        while (u_(g_) > detection) age += period;
        return rim + speed * age + sigma * n_(g_);
    }

  private:
    std::mt19937 g_;
    std::uniform_real_distribution<double> u_{0, 1};
    std::normal_distribution<double> n_;
};

double over_all_depths(const Crossings& c, double sigma, std::span<const Looks> looks, double from = -70e3) {
    double sum = 0;
    for (double d = from; d < Crossings::kDeepest; d += 100) sum += 100 * c.density(d, sigma, looks).unseen;
    return sum;
}

TEST(Crossings, WhoCameSinceTheLastLookIsSomewhereBehindTheRim) {
    // Whatever the rim's place: all who came in the time for which nobody has looked.
    Crossings c;
    c.settle(0, kRate, 200);
    for (const double period : {2.0, 4.0, 10.0}) {
        const Looks sure[1] = {{period, period, 0.999, 1e6}};
        EXPECT_NEAR(over_all_depths(c, 300, sure), kRate * period, 0.06 * kRate * period) << period;
    }
    const Looks one[1] = {{4, 4, 0.8, 1e6}}, two[2] = {{4, 4, 0.8, 1e6}, {1, 6, 0.9, 1e6}};
    EXPECT_NEAR(over_all_depths(c, 300, one), kRate * 4 / 0.8, 0.08 * kRate * 5);
    EXPECT_LT(over_all_depths(c, 300, two), 0.5 * over_all_depths(c, 300, one));
}

TEST(Crossings, TheRimIsFoundAndNewAircraftAreExpectedBehindItAsASimulationSays) {
    constexpr double kRim = -700, kSigma = 250, kPeriod = 5, kDetection = 0.9;
    const Looks looks[1] = {{kPeriod, kPeriod, kDetection, 1e6}};
    Comers comers(3);
    Crossings c;
    c.settle(0, kRate, 200);
    constexpr int kCame = 300;
    for (int i = 0; i < kCame; ++i) {
        const double depth = comers.depth(kRim, kPeriod, kDetection, kSigma);
        const Crossings::Density d = c.density(depth, kSigma, looks);
        c.came({1, static_cast<float>(depth), static_cast<float>(kSigma), static_cast<float>(d.way)}, 1);
        c.settle((i + 1) / kRate, kRate, 200);
    }
    EXPECT_LT(c.within(kRim - 1000), 0.1);
    EXPECT_GT(c.within(kRim + 1000), 0.9);
    // Depths at the first plot, in kilometres: counted in the simulation, and as expected.
    constexpr int kDraws = 100'000, kBins = 5;
    double counted[kBins] = {}, expected[kBins] = {}, all = 0;
    for (int i = 0; i < kDraws; ++i) {
        const int b = static_cast<int>(std::floor(comers.depth(kRim, kPeriod, kDetection, kSigma) / 1000)) + 2;
        if (b >= 0 && b < kBins) counted[b] += 1.0 / kDraws;
    }
    for (double d = -2000; d < 3000; d += 50) {
        const double here = c.density(d + 25, kSigma, looks).unseen;
        expected[static_cast<int>(std::floor((d + 25) / 1000)) + 2] += here;
        all += here;
    }
    // The rim is learnt in steps of 500 m from plots that err by half of that.
    for (int b = 0; b < kBins; ++b) EXPECT_NEAR(expected[b] / all, counted[b], 0.12) << b;
}

TEST(Crossings, PartsOfTheRimTogetherAreTheRim) {
    Crossings c;
    c.settle(0, kRate, 200);
    const Looks looks[2] = {{4, 1, 0.9, 1e6}, {10, 7, 0.8, 1e6}};
    for (const double depth : {-3000.0, 0.0, 700.0, 2500.0}) {
        const double whole = c.density(depth, 300, looks).unseen;
        double sum = 0, last = -1;
        for (const double to : {-0.9, -0.35, -0.1, 0.3, 0.31, 0.77, 1.0}) {
            const double part = c.density(depth, 300, looks, last, to).unseen;
            EXPECT_GT(part, 0);
            EXPECT_NEAR(part, c.density(depth, 300, looks, -to, -last).unseen, 1e-12 * whole);
            sum += part;
            last = to;
        }
        EXPECT_NEAR(sum, whole, 1e-9 * whole);
        // Who comes straight in is gone deeper by now than who comes aslant.
        EXPECT_GT(c.density(depth, 300, looks, -0.25, 0.25).way, c.density(depth, 300, looks, 0.75, 1).way);
    }
}

TEST(Crossings, BeforeAnythingIsLearntTheRimMayLieFarBeyond) {
    Crossings c;
    c.settle(0, kRate, 200);
    EXPECT_GT(c.within(-10e3), 0.02);
    EXPECT_GT(c.within(0), 0.4);
    EXPECT_GT(c.within(2000), 0.95);
    const Looks looks[1] = {{4, 4, 0.9, 1e6}};
    EXPECT_GT(c.density(-5000, 200, looks).unseen, 0);
    EXPECT_EQ(c.density(Crossings::kDeepest + 1, 200, looks).unseen, 0);
}

TEST(Crossings, WhereNobodyComesNobodyIsExpectedInTheEnd) {
    Crossings c;
    const Looks looks[1] = {{4, 4, 0.9, 1e6}};
    c.settle(0, kRate, 200);
    const double before = c.density(300, 200, looks).unseen;
    c.settle(1000 / kRate, kRate, 200);
    EXPECT_LT(c.density(300, 200, looks).unseen, 0.01 * before);
    EXPECT_GT(c.density(300, 200, looks).unseen, 0);
}

}  // namespace
}  // namespace asman::track
