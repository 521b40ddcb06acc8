#include "manage/hull.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

namespace asman::track {
namespace {

using Place = Eigen::Vector2d;

double cross(const Place& a, const Place& b) {
    return a.x() * b.y() - a.y() * b.x();
}

/// Corners of the convex hull, counterclockwise (Andrew, "Another efficient algorithm for convex hulls in two
/// dimensions", Inform. Process. Lett. 9, 1979).
std::vector<Place> hull_of(std::vector<Place> p) {
    std::ranges::sort(
        p, [](const Place& a, const Place& b) { return a.x() < b.x() || (a.x() == b.x() && a.y() < b.y()); });
    std::vector<Place> out;
    for (int pass = 0; pass < 2; ++pass) {
        const std::size_t start = out.size();
        for (const Place& at : p) {
            while (out.size() >= start + 2 && cross(out.back() - out[out.size() - 2], at - out[out.size() - 2]) <= 0)
                out.pop_back();
            out.push_back(at);
        }
        out.pop_back();
        std::ranges::reverse(p);
    }
    return out;
}

/// Distance from the rim of a convex polygon, negative outside.
double depth_in(const std::vector<Place>& corners, const Place& p) {
    double nearest = 1e18;
    bool inside = true;
    for (std::size_t i = 0; i < corners.size(); ++i) {
        const Place a = corners[i], e = corners[(i + 1) % corners.size()] - a;
        const double f = std::clamp(e.dot(p - a) / e.squaredNorm(), 0.0, 1.0);
        nearest = std::min(nearest, (p - a - f * e).norm());
        inside &= cross(e, p - a) >= 0;
    }
    return inside ? nearest : -nearest;
}

Hull::Depth depth(const Hull& h, const Eigen::Vector2f& p) {
    return Sides(h).depth(h, p);
}

RC_GTEST_PROP(Hull, IsTheConvexHullOfWhatCame, ()) {
    std::mt19937 g(*rc::gen::arbitrary<unsigned>());
    std::uniform_real_distribution<double> u(-1, 1);
    const int n = *rc::gen::inRange(3, 60);
    Hull h;
    std::vector<Place> places;
    for (int i = 0; i < n; ++i) {
        places.emplace_back(200e3 * u(g), 60e3 * u(g));
        // Some come again, some lie on a line.
        if (i % 5 == 4) places.back() = 0.5 * (places[static_cast<std::size_t>(i) - 1] + places[0]);
        h.add(places.back().cast<float>());
    }
    const std::vector<Place> corners = hull_of(places);
    RC_ASSERT(h.size() <= Hull::kCorners);
    // What stands out least of more than 24 corners is left out.
    const double lost = corners.size() > 18 ? 3000 : 300;
    for (int i = 0; i < 40; ++i) {
        const Place p(300e3 * u(g), 100e3 * u(g));
        const double truth = depth_in(corners, p);
        const Hull::Depth d = depth(h, p.cast<float>());
        RC_ASSERT(d.depth < truth + 150);  // the first place is a square of 200 m
        RC_ASSERT(d.depth > truth - lost);
        RC_ASSERT(std::abs(d.outward.norm() - 1) < 1e-3F);
        // Across the rim and back.
        const Eigen::Vector2f rim = p.cast<float>() + d.depth * d.outward;
        RC_ASSERT(std::abs(depth(h, rim).depth) < 30);
    }
    for (const Place& p : places) RC_ASSERT(depth(h, p.cast<float>()).depth > -lost);
}

TEST(Hull, OfADiscLosesNextToNothingHoweverManyCome) {
    Hull h;
    std::mt19937 g(3);
    std::uniform_real_distribution<double> u(0, 2 * std::numbers::pi);
    for (int i = 0; i < 20'000; ++i) {
        const double a = u(g);
        h.add({static_cast<float>(150e3 * std::cos(a)), static_cast<float>(150e3 * std::sin(a))});
    }
    EXPECT_EQ(h.size(), Hull::kCorners);
    for (int i = 0; i < 1000; ++i) {
        const double a = u(g),
                     d = depth(h, {static_cast<float>(150e3 * std::cos(a)), static_cast<float>(150e3 * std::sin(a))})
                             .depth;
        EXPECT_GT(d, -0.013 * 150e3);  // of 24 equal sides: 0.0086
        EXPECT_LE(d, 110);             // the first place is a square of 200 m
    }
}

TEST(Hull, OfOnePlaceIsThatPlace) {
    Hull h;
    EXPECT_TRUE(h.beyond({0, 0}, 1e9F));
    EXPECT_TRUE(h.add({1000, 2000}));
    EXPECT_FALSE(h.add({1000, 2000}));
    EXPECT_FALSE(h.beyond({1000, 2140}, 50));
    EXPECT_TRUE(h.beyond({1000, 2160}, 50));
    EXPECT_NEAR(depth(h, {1000, 2000}).depth, 100, 1);
    EXPECT_NEAR(depth(h, {4000, 6000}).depth, -5000, 150);
    EXPECT_NEAR((depth(h, {4000, 6000}).outward - Eigen::Vector2f(0.6F, 0.8F)).norm(), 0, 0.02);
    // A line of two: its ends, and beside it.
    EXPECT_TRUE(h.add({11'000, 2000}));
    EXPECT_NEAR(depth(h, {14'000, 6000}).depth, -5000, 1);
    EXPECT_NEAR(depth(h, {6000, 1000}).depth, -1000, 150);
}

}  // namespace
}  // namespace asman::track
