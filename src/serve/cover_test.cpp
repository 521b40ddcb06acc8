#include <asman/serve/cover.hpp>

#include <gtest/gtest.h>

namespace asman::serve {
namespace {

constexpr auto antenna = geo::Point::degrees(42.9, 74.8);

TEST(Outline, IsTheRingOfTheRangeWhereNothingHides) {
    const auto ring = outline(antenna, 250e3, {3000}, [](auto, auto) { return true; });
    ASSERT_EQ(ring.size(), 120U);
    for (const auto& p : ring) EXPECT_NEAR(geo::distance(antenna, p), 250e3, 1);
    EXPECT_GT(ring.front().lat, antenna.lat);  // north first, then clockwise
    EXPECT_GT(ring[30].lon, antenna.lon);
}

TEST(Outline, DrawsInWhereTheRidgeHidesAndLooksOverIt) {
    // A ridge between 60 km and 100 km to the south hides what lies behind it below 5000 m.
    const auto sees = [](geo::Point p, geo::EllipsoidalHeight h) {
        const auto to = geo::inverse(antenna, p);
        return std::cos(to.azimuth_at_a) > -0.5 || to.distance < 60e3 || h.m > 5000;
    };
    const auto low = outline(antenna, 250e3, {3000}, sees);
    EXPECT_NEAR(geo::distance(antenna, low[0]), 250e3, 1);
    EXPECT_NEAR(geo::distance(antenna, low[60]), 60e3, 4000);
    const auto high = outline(antenna, 250e3, {6000}, sees);
    EXPECT_NEAR(geo::distance(antenna, high[60]), 250e3, 1);
}

TEST(Outline, OfASensorThatSeesNothingIsEmpty) {
    EXPECT_TRUE(outline(antenna, 250e3, {100}, [](auto, auto) { return false; }).empty());
    EXPECT_TRUE(outline(antenna, 0, {100}, [](auto, auto) { return true; }).empty());
}

}  // namespace
}  // namespace asman::serve
