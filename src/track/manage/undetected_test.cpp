#include "manage/undetected.hpp"

#include <Eigen/Geometry>

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace asman::track {
namespace {

TEST(Undetected, WhatNoLookHasShownAgreesWithASimulation) {
    // Aircraft appear at random times; three sensors look at their own periods. How many has none of them shown?
    const Looks looks[3] = {{4, 4, 0.8, 1e6}, {1.5, 5, 0.7, 1e6}, {6, 10, 0.9, 1e6}};
    const double rate = 0.01;
    std::mt19937 g(5);
    std::uniform_real_distribution<double> u;
    double left = 0;
    constexpr int kTrials = 200'000;
    constexpr double kSpan = 120;
    for (int i = 0; i < kTrials; ++i) {
        const double age = kSpan * u(g);
        bool shown = false;
        for (const Looks& l : looks)
            for (double back = l.latest; back <= age; back += l.period) shown |= u(g) < l.detection;
        left += !shown;
    }
    const double simulated = rate * kSpan * left / kTrials;
    const auto d = Undetected(0, rate).density(rate, looks);
    EXPECT_NEAR(d.born, simulated, 0.03 * simulated);
    EXPECT_EQ(d.old, 0);
}

TEST(Undetected, WhatWasThereFromTheStartFadesWithEveryLook) {
    const Undetected sky(1e-3, 0);
    for (int turns = 1; turns < 6; ++turns) {
        const Looks one[1] = {{4, 4, 0.9, 4.0 * turns}};
        EXPECT_NEAR(sky.density(0, one).old, 1e-3 * std::pow(0.1, turns), 1e-9) << turns;
    }
    const Looks first[1] = {{4, 4, 0.9, 0}};
    EXPECT_NEAR(sky.density(0, first).old, 1e-3, 1e-12);
}

TEST(Undetected, PlacesWhereTracksBeginBeginMore) {
    Undetected sky(3e-10, 2e-13);
    const auto up = [] { return Eigen::Vector3d(0, 0, 1); };
    const Eigen::Vector3d field(5e3, 5e3, 0), elsewhere(105e3, 5e3, 0);
    sky.cell(field, 0, up);
    sky.cell(elsewhere, 0, up);
    const double before = sky.rate(sky.find(field), Rim::kUnknown, 0);
    EXPECT_NEAR(before, 2e-13, 1e-18);
    for (int tenth = 1; tenth <= 36000; ++tenth) sky.probe(Frontier(), 0.1 * tenth);
    for (int i = 0; i < 20; ++i) sky.began(field, Rim::kUnknown, 1, 3600);
    const double there = sky.rate(sky.find(field), Rim::kUnknown, 3600),
                 quiet = sky.rate(sky.find(elsewhere), Rim::kUnknown, 3600);
    EXPECT_GT(there, 10 * quiet);
    EXPECT_NEAR(there, 20.0 / (Undetected::kSize * Undetected::kSize * 2 * 3600), 0.25 * there);
}

TEST(Undetected, TheAreaOfACubesCutDoesNotDependOnThePlace) {
    // The same rate is learnt from the same beginnings wherever on earth the cells lie.
    const auto rate_at = [](const Eigen::Vector3d& up) {
        Undetected sky(3e-10, 2e-13);
        const Eigen::Vector3d a = up.unitOrthogonal(), b = up.cross(a), origin = 6.4e6 * up;
        for (int i = -100; i < 100; ++i)
            for (int j = -100; j < 100; ++j) sky.cell(origin + 2e3 * (i * a + j * b), 0, [&] { return up; });
        for (int i = 0; i < 100; ++i) sky.began(origin, Rim::kUnknown, 1, 3600);
        return sky.rate(nullptr, Rim::kUnknown, 3600);
    };
    const double level = rate_at({0, 0, 1});
    for (const Eigen::Vector3d& up :
         {Eigen::Vector3d(1, 1, 1), Eigen::Vector3d(0.3, -0.2, 0.9), Eigen::Vector3d(-1, 2, 0.1)})
        EXPECT_NEAR(rate_at(up.normalized()), level, 0.15 * level);
}

TEST(Companions, ShareIsLearntAndThoseSeenApartAreGone) {
    Companions none, some;
    for (int k = 0; k < 1000; ++k) {
        none.learn(false);
        some.learn(k % 10 == 0);
    }
    EXPECT_LT(none.unseen(0), 1e-3);
    EXPECT_NEAR(some.unseen(0), 0.1, 0.01);
    EXPECT_GT(Companions().unseen(0), 10 * none.unseen(0));
    EXPECT_LT(some.unseen(10), 0.35 * some.unseen(0));
    EXPECT_GT(some.unseen(1e6), 0);  // who flies in another's plots stays unseen
}

TEST(Silent, ShareIsLearntAndRepliesGoUnheardAtTimes) {
    Silent all, none;
    for (int k = 0; k < 1000; ++k) {
        all.learn(true);
        none.learn(false);
    }
    EXPECT_GT(all.share(), 0.95);
    EXPECT_LT(none.share(), 0.04);
    EXPECT_GT(none.share(), 0.02);
    EXPECT_GT(Silent().share(), 2 * none.share());
}

TEST(Speeds, TheFactorIsOneOverTheGaussianPriorItself) {
    // The expectation of learnt/Gaussian over the Gaussian is the integral of the learnt density.
    const Speeds speeds(160);
    std::mt19937 g(3);
    std::normal_distribution<double> n(0, 160);
    double sum = 0;
    constexpr int kDraws = 200'000;
    for (int i = 0; i < kDraws; ++i) sum += speeds.factor(n(g), n(g), 1e-6, 0, 1e-6);
    EXPECT_NEAR(sum / kDraws, 1, 0.03);
}

TEST(Speeds, WhatIsFlownBecomesLikely) {
    Speeds speeds(160);
    const double before = speeds.factor(220, 0, 400, 0, 400), slow = speeds.factor(20, 10, 400, 0, 400);
    for (int i = 0; i < 500; ++i) speeds.learn(200 + i % 40, 1);
    speeds.settle();
    EXPECT_GT(speeds.factor(220, 0, 400, 0, 400), 2 * before);
    EXPECT_LT(speeds.factor(20, 10, 400, 0, 400), 0.3 * slow);
    // Direction plays no part.
    EXPECT_NEAR(speeds.factor(0, -220, 400, 0, 400), speeds.factor(220, 0, 400, 0, 400), 1e-9);
}

}  // namespace
}  // namespace asman::track
