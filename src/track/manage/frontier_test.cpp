#include "manage/frontier.hpp"
#include "manage/undetected.hpp"

#include <asman/geo/point.hpp>
#include <asman/track/frame.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <Eigen/Geometry>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <span>
#include <vector>

namespace asman::track {
namespace {

constexpr double kPi = std::numbers::pi;

Eigen::Matrix3d flat(const Eigen::Vector3d&) {
    return Eigen::Matrix3d::Identity();
}

constexpr double kDepths[] = {-60e3, -40e3, -20e3, -10e3, -5e3, -2e3, 2e3, 5e3, 10e3, 20e3, 40e3, 60e3};

RC_GTEST_PROP(Frontier, DepthIsTheDistanceFromWhereTrafficEnds, ()) {
    // Traffic over a rectangle turned by any angle, wherever on earth: what lies how deep in it is known.
    std::mt19937 g(*rc::gen::arbitrary<unsigned>());
    std::uniform_real_distribution<double> u(-1, 1), where(-85, 85);
    const EllipsoidFrame earth;
    const geo::Position centre{geo::Point::degrees(where(g), 2 * where(g)), {0}};
    const Anchor a = earth.anchor(earth.global(centre));
    const Eigen::Rotation2Dd turned(kPi * u(g));
    const Eigen::Vector2d half(60e3, 35e3);
    const auto place = [&](const Eigen::Vector2d& p, double height) {
        const Eigen::Vector2d q = turned * p;
        return a.to_global(q.x(), q.y(), height);
    };
    Frontier f;
    const auto pass = [&](const Eigen::Vector2d& p) {
        f.pass(place(p, 9000 * std::abs(u(g))), 1, [&](const Eigen::Vector3d& at) { return earth.anchor(at).axes; });
    };
    pass({0, 0});  // what a hull begins with has short sides of its own
    for (int i = -4; i <= 4; ++i)
        for (int j = -4; j <= 4; ++j) pass({half.x() * i / 4, half.y() * j / 4});
    for (int i = 0; i < 20; ++i) {
        const Eigen::Vector2d at(120e3 * u(g), 100e3 * u(g)), beyond = at.cwiseAbs() - half;
        const double depth = beyond.maxCoeff() > 0 ? -beyond.cwiseMax(0).norm() : -beyond.maxCoeff();
        const Rim rim = f.at(place(at, 5000));
        RC_ASSERT(rim.band != Rim::kUnknown);
        RC_ASSERT(std::abs(rim.inward.norm() - 1) < 1e-3F);
        int band = 0;
        double margin = 1e9;
        for (const double e : kDepths) {
            band += depth >= e;
            margin = std::min(margin, std::abs(depth - e));
        }
        // What extends traffic by less than 500 m may go untold.
        if (margin > 700) RC_ASSERT(rim.band == band);
        Frontier::Lines lines;
        for (const RimLine& l : std::span(lines).first(f.lines(place(at, 5000), 30e3, lines))) {
            const Eigen::Vector2d in = turned.inverse() * Eigen::Vector2d(a.axes.row(0).dot(l.inward.cast<double>()),
                                                                          a.axes.row(1).dot(l.inward.cast<double>()));
            const int k = std::abs(in.x()) > std::abs(in.y()) ? 0 : 1;
            RC_ASSERT(std::abs(std::abs(in[k]) - 1) < 0.03);
            // A short part that is aslant by 500 m speaks of what lies before it only.
            if (l.to - l.from > 0.5F)
                RC_ASSERT(std::abs(l.depth - (half[k] + std::copysign(1.0, in[k]) * at[k])) < 2000);
        }
    }
}

TEST(Frontier, WhoIsInsideHasComeOverOneOfTheLines) {
    // The ways on which the parts of the rim are seen from a place inside are all ways, each once.
    Frontier f;
    std::mt19937 g(5);
    std::uniform_real_distribution<double> u(-1, 1);
    for (int i = 0; i < 3000; ++i) {
        const Eigen::Vector2d p(u(g), u(g));
        if (p.norm() < 1) f.pass({90e3 * p.x(), 70e3 * p.y(), 0}, 1, flat);
    }
    for (int i = 0; i < 100; ++i) {
        const Eigen::Vector3d at(60e3 * u(g), 45e3 * u(g), 0);
        Frontier::Lines lines;
        double angle = 0;
        for (const RimLine& l : std::span(lines).first(f.lines(at, 1e6, lines))) {
            EXPECT_LE(l.from, l.to);
            EXPECT_LE(l.across, 150e3);
            angle += std::asin(l.to) - std::asin(l.from);
        }
        EXPECT_NEAR(angle, 2 * kPi, 0.01);
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

TEST(Frontier, LinesAboutACornerAreItsTwoSides) {
    Frontier f;
    for (int i = -10; i <= 10; ++i)
        for (int j = -10; j <= 10; ++j) f.pass({10e3 * i, 10e3 * j, 0}, 1, flat);
    const auto lines_at = [&](const Eigen::Vector3d& at) {
        EXPECT_EQ(f.at(at).band, Rim::kEdge);
        Frontier::Lines lines;
        std::size_t n = f.lines(at, 8000, lines);
        std::vector<RimLine> out(lines.begin(), lines.begin() + n);
        std::ranges::sort(out, {}, &RimLine::depth);
        return out;
    };
    const auto corner = lines_at({99e3, 97e3, 0});
    ASSERT_EQ(corner.size(), 2);
    EXPECT_NEAR(corner[0].depth, 1e3, 1);  // east
    EXPECT_NEAR(corner[1].depth, 3e3, 1);  // north
    EXPECT_NEAR((corner[0].inward - Eigen::Vector3f(-1, 0, 0)).norm(), 0, 1e-5);
    EXPECT_NEAR((corner[1].inward - Eigen::Vector3f(0, -1, 0)).norm(), 0, 1e-5);
    EXPECT_NEAR(corner[0].across, 3e3, 1);
    EXPECT_NEAR(corner[1].across, 1e3, 1);
    // Counterclockwise: the eastern side ends 3 km farther on, the northern one began 1 km before.
    EXPECT_NEAR(corner[0].to, 3 / std::sqrt(10), 1e-3);
    EXPECT_NEAR(corner[0].from, -1, 1e-3);
    EXPECT_NEAR(corner[1].from, -1 / std::sqrt(10), 1e-3);
    EXPECT_NEAR(corner[1].to, 1, 1e-3);
    // Beyond one side, the rim must lie farther out: the place is thought inside by a kilometre.
    const auto beyond = lines_at({101.5e3, 0, 0});
    ASSERT_EQ(beyond.size(), 1);
    EXPECT_NEAR(beyond[0].depth, -1.5e3, 1);
    EXPECT_GT(beyond[0].to - beyond[0].from, 1.99);
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
