#include <asman/coverage/horizon.hpp>
#include <asman/coverage/viewshed.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace asman::coverage {
namespace {

using geo::deg;
using geo::Point;
using geo::Position;

/// A made ridge: 2,000 m high between 71.0 and 71.1°E, nought elsewhere.
geo::Terrain ridge() {
    const std::size_t rows = 400, columns = 600;
    std::vector<float> z(rows * columns, 0.0f);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 100; c <= 110; ++c) z[r * columns + c] = 2000.0f;
    return geo::Terrain::grid(Point::degrees(44, 70), 0.01 * deg, 0.01 * deg, rows, columns, z, "made ridge");
}

TEST(Horizon, FlatEarthsHorizonIsTheClosedForm) {
    // Over a smooth sphere of effective radius kR an antenna at h sees a target at H to √(2kRh) + √(2kRH).
    for (const double lat : {0.0, 43.0, 89.0}) {
        const Position antenna{Point::degrees(lat, 179.5), {30}};
        const auto h =
            Horizon::make(geo::Terrain::flat(), geo::Geoid{}, antenna, {.range_step = 500, .near_field = 100});
        ASSERT_TRUE(h);
        for (const double target : {500.0, 3000.0, 9000.0})
            for (const double azimuth : {0.0, 1.1, 2.5, 4.4}) {
                const double r = 6371000.0 * 4 / 3;
                const double limit = std::sqrt(2 * r * 30) + std::sqrt(2 * r * target);
                EXPECT_TRUE(h->visible({geo::direct(antenna.at, azimuth, limit * 0.98), {target}}))
                    << lat << ' ' << target;
                EXPECT_FALSE(h->visible({geo::direct(antenna.at, azimuth, limit * 1.02), {target}}))
                    << lat << ' ' << target;
                const auto lowest = h->lowest_visible(geo::direct(antenna.at, azimuth, limit));
                EXPECT_NEAR(lowest.m, target, 0.025 * target + 15);
            }
    }
}

TEST(Horizon, ARidgeCastsItsShadow) {
    const auto terrain = ridge();
    const Position antenna{Point::degrees(42, 70.4), {20}};
    const auto h = Horizon::make(terrain, geo::Geoid{}, antenna, {.range = 300e3, .range_step = 300});
    ASSERT_TRUE(h);
    const Point behind = Point::degrees(42, 72.4);
    const double d_ridge = geo::distance(antenna.at, Point::degrees(42, 71.0));
    const double d = geo::distance(antenna.at, behind), r = 6371000.0 * 4 / 3;
    // Line over the ridge's near edge on the effective earth.
    const double expected = (2000 - 20 - d_ridge * d_ridge / (2 * r)) / d_ridge * d + 20 + d * d / (2 * r);
    // The ridge's slope is one cell wide.
    EXPECT_NEAR(h->lowest_visible(behind).m, expected, 80 + 0.03 * expected);
    EXPECT_FALSE(h->visible({behind, {expected * 0.9}}));
    EXPECT_TRUE(h->visible({behind, {expected * 1.1}}));
    // Westward nothing stands in the way.
    EXPECT_TRUE(h->visible({Point::degrees(42, 70.02), {200}}));
}

TEST(Horizon, MarginGrowsWithHeight) {
    const auto h = Horizon::make(ridge(), geo::Geoid{}, {Point::degrees(42, 70.4), {20}});
    ASSERT_TRUE(h);
    double last = -2;
    for (double height = 0; height < 12000; height += 500) {
        const double m = h->margin({Point::degrees(41.7, 71.9), {height}});
        EXPECT_GT(m, last);
        last = m;
    }
    EXPECT_GT(h->assumed_sea(), 0);  // 470 km go beyond the made raster
}

TEST(Horizon, RefractivityGivesTheEffectiveEarth) {
    EXPECT_NEAR(k_of_gradient(-39.2), 4.0 / 3, 0.002);
    EXPECT_NEAR(k_of_gradient(0), 1, 1e-12);
    EXPECT_LT(k_of_gradient(-200), 0);                       // a duct
    EXPECT_NEAR(gradient_of_refractivity(301), -39.2, 0.1);  // the standard atmosphere's surface
    EXPECT_LT(gradient_of_refractivity(350), gradient_of_refractivity(300));
}

TEST(Horizon, AClearanceRaisesWhatMasks) {
    const auto terrain = ridge();
    const Position antenna{Point::degrees(42, 70.4), {20}};
    const Point behind = Point::degrees(42, 72.4);
    const double clear = fresnel_clearance(0.6, 0.23);
    EXPECT_NEAR(clear * std::sqrt(100e3), 91, 1);  // 0.6 of the first zone at 100 km in L band
    const auto bare = Horizon::make(terrain, {}, antenna, {.range = 300e3, .range_step = 300});
    const auto with = Horizon::make(terrain, {}, antenna, {.range = 300e3, .range_step = 300, .clearance = clear});
    ASSERT_TRUE(bare && with);
    const double d_ridge = geo::distance(antenna.at, Point::degrees(42, 71.0)), d = geo::distance(antenna.at, behind);
    const double expected = clear * std::sqrt(d_ridge) / d_ridge * d;
    EXPECT_NEAR(with->lowest_visible(behind).m - bare->lowest_visible(behind).m, expected, 0.05 * expected);
}

TEST(Horizon, RefusesNonsense) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(Horizon::make(geo::Terrain::flat(), {}, {{nan, 0}, {0}}));
    EXPECT_FALSE(Horizon::make(geo::Terrain::flat(), {}, {{0, 0}, {0}}, {.k = 0}));
    EXPECT_FALSE(Horizon::make(geo::Terrain::flat(), {}, {{0, 0}, {0}}, {.range = -1}));
}

TEST(Horizon, AntennaIsNeverBelowTheTerrain) {
    const auto terrain = ridge();
    EXPECT_NEAR(antenna_over(terrain, {}, Point::degrees(42, 71.05), 300, 15).height.m, 2015, 1);  // on the ridge
    EXPECT_NEAR(antenna_over(terrain, {}, Point::degrees(42, 71.0), 300, 15).height.m, 315, 1);    // beside it
    EXPECT_NEAR(antenna_over(terrain, {}, Point::degrees(42, 70.5), 300, 15).height.m, 315, 1);
    EXPECT_NEAR(antenna_over(geo::Terrain::flat(500), {}, Point::degrees(42, 70.5), 300, 15).height.m, 515, 1);
}

}  // namespace
}  // namespace asman::coverage
