#include "manage/frontier.hpp"
#include "manage/undetected.hpp"

#include <asman/geo/point.hpp>
#include <asman/track/frame.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace asman::track {
namespace {

constexpr double kPi = std::numbers::pi;

Eigen::Matrix3d flat(const Eigen::Vector3d&) {
    return Eigen::Matrix3d::Identity();
}

/// Depth by its definition: the least, over sixteen directions, of how far traffic extends beyond the place.
double depth(const std::vector<Eigen::Vector2d>& traffic, const Eigen::Vector2d& at, Eigen::Vector2d& inward) {
    double least = 1e18;
    for (int i = 0; i < 16; ++i) {
        const Eigen::Vector2d way(std::cos(i * kPi / 8), std::sin(i * kPi / 8));
        double most = -1e18;
        for (const Eigen::Vector2d& p : traffic) most = std::max(most, way.dot(p - at));
        if (most >= least) continue;
        least = most;
        inward = -way;
    }
    return least;
}

RC_GTEST_PROP(Frontier, DepthIsWhatItsDefinitionSays, ()) {
    // All within reach of one another, wherever on earth: the bands agree with a count of all.
    const auto seed = *rc::gen::arbitrary<unsigned>();
    std::mt19937 g(seed);
    std::uniform_real_distribution<double> u(-1, 1), where(-75, 75);
    const EllipsoidFrame earth;
    const geo::Position centre{geo::Point::degrees(where(g), 2 * where(g)), {0}};
    const Anchor a = earth.anchor(earth.global(centre));
    Frontier f;
    std::vector<Eigen::Vector2d> traffic;
    for (int i = 0; i < 12; ++i) {
        traffic.emplace_back(15e3 * u(g), 15e3 * u(g));
        f.pass(a.to_global(traffic.back().x(), traffic.back().y(), 9000 * std::abs(u(g))), 1,
               [&](const Eigen::Vector3d& at) { return earth.anchor(at).axes; });
    }
    for (int i = 0; i < 20; ++i) {
        const Eigen::Vector2d at(30e3 * u(g), 30e3 * u(g));
        const Rim rim = f.at(a.to_global(at.x(), at.y(), 5000));
        RC_ASSERT(rim.band != Rim::kUnknown);
        Eigen::Vector2d inward;
        // Axes turn a little from cube to cube, and what extends traffic by less than 100 m may go untold.
        const double d = depth(traffic, at, inward);
        constexpr double kEdges[] = {-60e3, -40e3, -20e3, -10e3, -5e3, -2e3, 2e3, 5e3, 10e3, 20e3, 40e3, 60e3};
        int band = 0;
        double margin = 1e9;
        for (const double e : kEdges) {
            band += d >= e;
            margin = std::min(margin, std::abs(d - e));
        }
        if (margin > 2500) RC_ASSERT(rim.band == band);
        RC_ASSERT(std::abs(rim.inward.norm() - 1) < 1e-4F);
    }
}

TEST(Frontier, InwardPointsIntoTheTraffic) {
    Frontier f;
    EXPECT_EQ(f.at({0, 0, 0}).band, Rim::kUnknown);
    for (int i = -20; i <= 20; ++i)
        for (int j = 0; j <= 20; ++j) f.pass({4e3 * i, 4e3 * j, 3000}, 1, flat);
    const Rim edge = f.at({0, 500, 0}), inside = f.at({0, 40e3, 0}), beyond = f.at({0, -30e3, 0});
    EXPECT_GT(edge.inward.y(), 0.99F);
    EXPECT_GT(beyond.inward.y(), 0.99F);
    EXPECT_LT(beyond.band, edge.band);
    EXPECT_LT(edge.band, inside.band);
}

TEST(Frontier, FarTrafficSaysNothing) {
    Frontier f;
    f.pass({0, 0, 0}, 1, flat);
    EXPECT_NE(f.at({150e3, 0, 0}).band, Rim::kUnknown);
    EXPECT_EQ(f.at({400e3, 0, 0}).band, Rim::kUnknown);
}

TEST(Frontier, TrafficIsForgottenAfterTwoMemoriesAtMost) {
    Frontier f;
    for (const double x : {-30e3, 30e3})
        for (const double y : {-30e3, 30e3}) f.pass({x, y, 0}, 1, flat);
    const int before = f.at({0, 0, 0}).band;
    f.pass({1e3, 1e3, 0}, Frontier::kMemory + 2, flat);
    EXPECT_EQ(f.at({0, 0, 0}).band, before);
    f.pass({1e3, 1e3, 0}, 2 * Frontier::kMemory + 3, flat);
    EXPECT_LT(f.at({0, 0, 0}).band, before);
}

TEST(Headings, RatiosAreADensityOverTheUniformOne) {
    Headings h;
    std::mt19937 g(7);
    std::normal_distribution<double> n(0, 0.5);
    for (int i = 0; i < 400; ++i) h.learn(5, std::cos(n(g)), 1);
    h.settle();
    double learnt = 0, other = 0;
    constexpr int kSteps = 3600;
    for (int i = 0; i < kSteps; ++i) {
        const double c = std::cos(kPi * (i + 0.5) / kSteps);
        learnt += h.ratio(5, c) / kSteps;
        other += std::abs(h.ratio(4, c) - 1) / kSteps;
    }
    EXPECT_NEAR(learnt, 1, 0.05);
    EXPECT_NEAR(other, 0, 1e-12);  // a band of which nothing is known
    EXPECT_GT(h.ratio(5, 1), 3);
    EXPECT_LT(h.ratio(5, -1), 0.05);
    EXPECT_GT(h.ratio(5, -1), 0);  // never ruled out
}

TEST(Speeds, TheWayInwardMattersToNewbornsOnly) {
    Headings h;
    for (int i = 0; i < 200; ++i) h.learn(6, 0.9, 1);
    h.settle();
    const Speeds speeds(160);
    const auto with = [&](double vx, double share) {
        return speeds.factor(vx, 0, 100, 0, 100, Bound{&h, 6, 1, 0, share});
    };
    const double plain = speeds.factor(200, 0, 100, 0, 100);
    EXPECT_NEAR(with(200, 0), plain, 1e-12);
    EXPECT_GT(with(200, 1), 2 * plain);
    EXPECT_LT(with(-200, 1), 0.1 * plain);
    EXPECT_NEAR(with(-200, 0.5), 0.5 * plain + 0.5 * with(-200, 1), 1e-9 * plain);
    EXPECT_GT(with(-200, 1), 0);
}

TEST(Undetected, WhereTrafficEndsMoreBeginAlsoWhereNoneHasBegunYet) {
    // Aircraft cross the rim of a square and none appear inside. A part of the rim where nobody came in yet is learnt
    // with the rest of it.
    Frontier f;
    Undetected sky(3e-10, 2e-13);
    const auto up = [] { return Eigen::Vector3d(0, 0, 1); };
    for (int i = -10; i <= 10; ++i)
        for (int j = -10; j <= 10; ++j) {
            f.pass({10e3 * i, 10e3 * j, 0}, 1, flat);
            sky.cell({10e3 * i + 1, 10e3 * j + 1, 0}, 0, up);
        }
    for (int tenth = 1; tenth <= 6000; ++tenth) sky.probe(f, 0.1 * tenth);
    for (int i = 0; i < 30; ++i) {
        const Eigen::Vector3d place(-100e3, 100e3 * (i - 15) / 15.0, 0);
        sky.began(place, f.at(place).band, 1, 600);
    }
    const Eigen::Vector3d rim(100e3, 5e3, 0), inside(5e3, 5e3, 0);
    const double there = sky.rate(sky.find(rim), f.at(rim).band, 600),
                 here = sky.rate(sky.find(inside), f.at(inside).band, 600);
    EXPECT_GT(there, 4 * here);
    EXPECT_GT(here, 0);
}

TEST(Undetected, HowManyWouldComeOverTheRimIsToldByTheTrafficInside) {
    // 100 aircraft in a square of 200 km, 200 m/s in all directions: they cross a line of 1 m at 100/A · 200/π a
    // second; two aircraft's worth of a usual density is assumed beside them.
    Frontier f;
    Undetected sky(3e-10, 2e-13);
    const auto up = [] { return Eigen::Vector3d(0, 0, 1); };
    for (int i = -12; i <= 12; ++i)
        for (int j = -12; j <= 12; ++j) {
            if (std::max(std::abs(i), std::abs(j)) <= 10) f.pass({10e3 * i, 10e3 * j, 0}, 1, flat);
            sky.cell({10e3 * i + 1, 10e3 * j + 1, 0}, 0, up);
        }
    for (int tenth = 1; tenth <= 6000; ++tenth) {
        for (int k = 0; k < 100; ++k) sky.flew(200, 0.1);
        sky.probe(f, 0.1 * tenth);
    }
    const double expected = (100 + 2) / (200e3 * 200e3 + 2 / 3e-10) * 200 / kPi;
    EXPECT_NEAR(sky.crossing(), expected, 0.25 * expected);
    EXPECT_NEAR(sky.mean_speed(), 200, 1e-9);
    EXPECT_NEAR(sky.rim_watched(), 800e3 * 570, 0.15 * 800e3 * 570);  // the last three rounds wait
}

TEST(Frontier, DepthsByDirectionAreThoseOfASquare) {
    Frontier f;
    for (int i = -10; i <= 10; ++i)
        for (int j = -10; j <= 10; ++j) f.pass({10e3 * i, 10e3 * j, 0}, 1, flat);
    const Eigen::Vector3d corner(99e3, 97e3, 0);
    Frontier::Depths depths;
    const Rim rim = f.at(corner, depths);
    EXPECT_EQ(rim.band, Rim::kEdge);
    EXPECT_NEAR(depths[0], 1e3, 1);  // east
    EXPECT_NEAR(depths[4], 3e3, 1);  // north
    EXPECT_NEAR(depths[8], 199e3, 1);
    EXPECT_NEAR((f.inward(corner, 0) - Eigen::Vector3f(-1, 0, 0)).norm(), 0, 1e-6);
    EXPECT_NEAR((f.inward(corner, 4) - Eigen::Vector3f(0, -1, 0)).norm(), 0, 1e-6);
}

TEST(Undetected, AccountsThatForesawBetterCarryTheRate) {
    // Aircraft appear at one field deep inside, not by depth: the cells' own accounts take over.
    Undetected sky(3e-10, 2e-13);
    const auto up = [] { return Eigen::Vector3d(0, 0, 1); };
    for (int i = 0; i < 400; ++i) sky.cell({20e3 * (i % 20) + 1, 20e3 * (i / 20) + 1, 0}, 0, up);
    const Eigen::Vector3d field(1, 1, 0), same_band(200e3 + 1, 1, 0);
    for (int i = 1; i <= 40; ++i) sky.began(field, 10, 1, 90.0 * i);
    const double size = Undetected::kSize, observed = 40 / (size * size * 2 * 3600);
    EXPECT_GT(sky.rate(sky.find(field), 10, 3600), 0.7 * observed);
    EXPECT_LT(sky.rate(sky.find(same_band), 10, 3600), 0.1 * observed);
}

}  // namespace
}  // namespace asman::track
