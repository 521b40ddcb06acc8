#include <asman/geo/point.hpp>

#include "draw_for_tests.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <GeographicLib/Geocentric.hpp>
#include <asman_test/environment.hpp>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace asman::geo {
namespace {

using std::numbers::pi;

Point any_point() {
    return {real(-pi / 2, pi / 2), wrap_pi(real(-pi, pi))};
}

TEST(Angles, WrapIntoTheirHalfOpenRanges) {
    EXPECT_EQ(wrap_pi(-pi), pi);
    EXPECT_EQ(wrap_pi(pi), pi);
    EXPECT_EQ(wrap_2pi(2 * pi), 0);
    EXPECT_EQ(wrap_2pi(-1e-20), 0);
    EXPECT_FALSE(std::signbit(wrap_2pi(-0.0)));
    EXPECT_TRUE(std::isnan(wrap_pi(std::numeric_limits<double>::quiet_NaN())));
    EXPECT_TRUE(std::isnan(wrap_2pi(std::numeric_limits<double>::infinity())));
    EXPECT_TRUE(rc::check("wraps stay in range and keep the direction", [] {
        const double x = real(-1000, 1000);
        RC_ASSERT(wrap_pi(x) > -pi && wrap_pi(x) <= pi);
        RC_ASSERT(wrap_2pi(x) >= 0 && wrap_2pi(x) < 2 * pi);
        RC_ASSERT(std::abs(std::sin(wrap_pi(x)) - std::sin(x)) < 1e-10);
        RC_ASSERT(std::abs(std::cos(wrap_2pi(x)) - std::cos(x)) < 1e-10);
    }));
}

TEST(Ecef, KnownPlaces) {
    EXPECT_TRUE(to_ecef({{0, 0}, {0}}).isApprox(Ecef(6'378'137, 0, 0)));
    EXPECT_NEAR(to_ecef({{pi / 2, 1}, {0}}).z(), 6'356'752.3142, 1e-3);
    double x = 0, y = 0, z = 0;
    GeographicLib::Geocentric::WGS84().Forward(43.0613, 74.4776, 627, x, y, z);
    EXPECT_TRUE(to_ecef({Point::degrees(43.0613, 74.4776), {627}}).isApprox(Ecef(x, y, z), 1e-15));
}

TEST(Ecef, PolesAxesAndSignedZerosAreOrdinaryPoints) {
    for (const double z : {1.0, -1.0}) {
        const auto p = from_ecef({0.0, 0.0, z * 6'356'752.314245179});
        EXPECT_DOUBLE_EQ(p.at.lat, z * pi / 2);
        EXPECT_NEAR(p.height.m, 0, 1e-8);
        const auto n = from_ecef({-0.0, -0.0, z * 6'356'752.314245179});
        EXPECT_DOUBLE_EQ(n.at.lat, z * pi / 2);
    }
    EXPECT_EQ(from_ecef({-6'378'137.0, -0.0, 0}).at.lon, pi);
    EXPECT_EQ(from_ecef({-6'378'137.0, 0.0, -0.0}).at.lon, pi);
    EXPECT_TRUE(std::isnan(from_ecef({std::nan(""), 0, 0}).at.lat));
    EXPECT_TRUE(std::isfinite(from_ecef({0, 0, 0}).height.m));
}

TEST(Ecef, ThereAndBackWithinAMicrometre) {
    EXPECT_TRUE(rc::check("round trip", [] {
        const Position p{any_point(), {real(-5'000, 100'000)}};
        const auto q = from_ecef(to_ecef(p));
        RC_ASSERT((to_ecef(q) - to_ecef(p)).norm() < 1e-6);
        RC_ASSERT(std::abs(q.height.m - p.height.m) < 1e-6);
    }));
}

TEST(LocalFrame, AxesPointEastNorthAndUp) {
    EXPECT_TRUE(rc::check("small steps along the axes", [] {
        const Position origin{{real(-1.5, 1.5), wrap_pi(real(-pi, pi))}, {real(0, 10'000)}};
        const LocalFrame frame(origin);
        RC_ASSERT(frame.to_local(origin).norm() < 1e-6);
        const auto north = frame.to_local({{origin.at.lat + 1e-6, origin.at.lon}, origin.height});
        RC_ASSERT(north.y() > 6 && std::abs(north.x()) < 1e-6);
        const auto east = frame.to_local({{origin.at.lat, wrap_pi(origin.at.lon + 1e-6)}, origin.height});
        RC_ASSERT(east.x() > 0 && std::abs(east.y()) < 1e-3);
        const auto up = frame.to_local({origin.at, {origin.height.m + 5}});
        RC_ASSERT(std::abs(up.z() - 5) < 1e-6);
        RC_ASSERT((frame.rotation() * frame.rotation().transpose() - Eigen::Matrix3d::Identity()).norm() < 1e-12);
        const auto back = frame.from_local(east);
        RC_ASSERT(std::abs(wrap_pi(back.at.lon - origin.at.lon) - 1e-6) < 1e-12);
    }));
}

TEST(Geodesic, DirectUndoesInverse) {
    EXPECT_TRUE(rc::check("there and back", [] {
        const auto from = any_point(), to = any_point();
        const auto i = inverse(from, to);
        RC_ASSERT(distance(direct(from, i.azimuth_at_a, i.distance), to) < 1e-6);
        RC_ASSERT(std::abs(distance(from, to) - distance(to, from)) < 1e-6);
    }));
    // JFK to LHR, the usual check of a geodesic (GeographicLib's documentation): 5551.759 km.
    EXPECT_NEAR(distance(Point::degrees(40.6, -73.8), Point::degrees(51.6, -0.5)), 5'551'759.4, 1);
    EXPECT_NEAR(distance(Point::degrees(60, 179.9), Point::degrees(60, -179.9)), 11'160, 10);
}

/// The geoid where proj-data is installed, else a reason to skip (or fail where data is required).
TEST(Geoid, Egm96AtKnownPlaces) {
    const auto geoid = Geoid::open();
    ASMAN_NEED(geoid.available(), "proj-data's egm96_15.gtx");
    // NGA's test points of EGM96: 38.6281550°N 269.7791550°E −31.628 m; 14.6212170°S 305.0211140°E −2.969 m.
    EXPECT_NEAR(geoid.undulation(Point::degrees(38.628155, 269.779155 - 360)), -31.628, 0.3);
    EXPECT_NEAR(geoid.undulation(Point::degrees(-14.621217, 305.021114 - 360)), -2.969, 0.3);
    EXPECT_NEAR(geoid.undulation(Point::degrees(0, 180)), geoid.undulation(Point::degrees(0, -179.999999)), 1e-3);
    EXPECT_NEAR(geoid.undulation({pi / 2, 0}), geoid.undulation({pi / 2, 2}), 0.2);
    const auto p = Point::degrees(43.06, 74.48);
    EXPECT_DOUBLE_EQ(geoid.msl(p, geoid.ellipsoidal(p, {627})).m, 627);
    EXPECT_TRUE(std::isnan(geoid.undulation({std::nan(""), 0})));
    EXPECT_TRUE(rc::check("finite everywhere", [&] { RC_ASSERT(std::abs(geoid.undulation(any_point())) < 110); }));
}

TEST(Geoid, AbsentOrForeignFilesAreNotAvailable) {
    const auto none = Geoid::open("no/such/file.gtx");
    EXPECT_FALSE(none.available());
    EXPECT_EQ(none.undulation(Point::degrees(43, 74)), 0);
    EXPECT_FALSE(Geoid::open(ASMAN_SOURCE_DIR "/CMakeLists.txt").available());
}

}  // namespace
}  // namespace asman::geo
