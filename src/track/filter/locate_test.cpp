#include "filter/locate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace asman::track {
namespace {

// Kazakhstan, the antimeridian, near the pole, the southern hemisphere.
const geo::Point kPlaces[] = {geo::Point::degrees(43.35, 77.04), geo::Point::degrees(64.7, 179.4),
                              geo::Point::degrees(82.0, -40.0), geo::Point::degrees(-33.9, 151.2)};

Polar polar(double range, double azimuth) {
    return {range, std::sin(azimuth), std::cos(azimuth), 2500, 2e-6};
}

TEST(Locate, PlotsLieWhereTheirSightIs) {
    const EllipsoidFrame frame;
    std::mt19937 g(1);
    std::uniform_real_distribution<double> u(0, 1);
    for (const geo::Point& p : kPlaces) {
        const Site site = frame.site({p, {300}});
        for (int round = 0; round < 200; ++round) {
            const double h = 500 + 12'000 * u(g), azimuth = 6.28 * u(g), ground = 20'000 + 350'000 * u(g);
            const geo::Point at = geo::direct(p, azimuth, ground);
            const Eigen::Vector3d truth = frame.global({at, {h}});
            const Sight s = sight(site, truth, false);
            const Located found = locate(site, polar(s.range, s.azimuth), h, false);
            EXPECT_LT((found.place - truth).norm(), 15) << "height off by the ellipsoid's shape";
            const Anchor anchor = frame.anchor(truth);
            const Measurement m = measure(site, polar(s.range, s.azimuth), h, false, anchor);
            EXPECT_LT(std::hypot(m.z[0], m.z[1]), 1.0);
        }
    }
}

TEST(Locate, HeightDerivativesAreTheNumericalOnes) {
    const EllipsoidFrame frame;
    for (const geo::Point& p : kPlaces)
        for (double range : {15e3, 40e3, 120e3, 350e3})
            for (double azimuth : {0.3, 2.0, 4.5}) {
                const Site site = frame.site({p, {500}});
                const Anchor anchor = frame.anchor(locate(site, polar(range, azimuth), 8000, false).place);
                const auto z = [&](double h) {
                    const Measurement m = measure(site, polar(range, azimuth), h, false, anchor);
                    return Eigen::Vector2d(m.z[0], m.z[1]);
                };
                const Measurement m = measure(site, polar(range, azimuth), 8000, false, anchor);
                const Eigen::Vector2d j1 = (z(8050) - z(7950)) / 100, j2 = (z(8300) - 2 * z(8000) + z(7700)) / 90'000;
                EXPECT_NEAR(m.j1[0], j1.x(), 3e-3 * (1 + std::abs(j1.x())));
                EXPECT_NEAR(m.j1[1], j1.y(), 3e-3 * (1 + std::abs(j1.y())));
                EXPECT_NEAR(m.j2[0], j2.x(), 0.05 * j2.norm() + 1e-7);
                EXPECT_NEAR(m.j2[1], j2.y(), 0.05 * j2.norm() + 1e-7);
            }
}

TEST(Locate, CovarianceIsThatOfRangeAndAzimuth) {
    const PlaneFrame frame(true);
    const Site site = frame.site({PlaneFrame::label(0, 0), {0}});
    const Anchor anchor = frame.anchor({0, 100e3, 0});
    const Measurement m = measure(site, polar(100e3, 0), 0, true, anchor);
    EXPECT_NEAR(m.r11, 2500, 1e-6);         // along, north
    EXPECT_NEAR(m.r00, 2e-6 * 1e10, 1e-6);  // across, east
    EXPECT_NEAR(m.r01, 0, 1e-6);
}

TEST(Anchor, MotionIsTheSameInAnyTangentFrame) {
    const EllipsoidFrame frame;
    for (const geo::Point& p : kPlaces) {
        const Anchor a = frame.anchor(frame.global({p, {0}}));
        const Eigen::Vector3d place = a.to_global(14'000, -9'000, 9'000);
        const Eigen::Vector2d back = a.to_tangent(place, 9'000);
        EXPECT_NEAR(back.x(), 14'000, 0.05);
        EXPECT_NEAR(back.y(), -9'000, 0.05);
        const Anchor b = frame.anchor(place);
        EXPECT_NEAR(geo::distance(frame.point(place), frame.point(b.origin)), 0, 0.01);
        // Ten seconds of flight, reckoned in both frames.
        const Eigen::Vector3d v = a.velocity_to_global(14'000, -9'000, 200, 100);
        const Eigen::Vector3d via_a = a.to_global(14'000 + 2000, -9'000 + 1000, 9'000);
        const Eigen::Vector3d via_b = b.to_global(10 * b.axes.row(0).dot(v), 10 * b.axes.row(1).dot(v), 9'000);
        EXPECT_LT((via_a - via_b).norm(), 4) << "the ground speed at height differs by h/R";
    }
}

}  // namespace
}  // namespace asman::track
