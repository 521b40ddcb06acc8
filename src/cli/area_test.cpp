// Where a record's target is, against the geodesic.
#include "area.hpp"

#include <asman/asterix/json.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace asman::cli {
namespace {

/// A record from its items as JSON.
struct Made {
    asterix::FromJson line;
    asterix::Record record;
    explicit Made(const std::string& text) {
        std::string reason;
        asterix::Problem problem;
        EXPECT_TRUE(asterix::from_json(text, line, reason)) << reason;
        EXPECT_TRUE(asterix::index_record(*line.edition, line.bytes, record, problem)) << problem.text();
    }
    Made(const Made&) = delete;
};

const geo::Point bishkek = geo::Point::degrees(43.06, 74.48);

double metres_off(const std::optional<geo::Point>& at, geo::Point expected) {
    return at ? geo::distance(*at, expected) : NAN;
}

TEST(Sites, APlotIsWhereTheGeodesicSays) {
    Sites sites;
    ASSERT_TRUE(sites.add("25/13=43.06,74.48"));
    // 80 NM along the slant at flight level 350, azimuth 45°.
    const double slant = 80 * geo::nautical_mile, h = 35'000 * geo::foot, ground = std::sqrt(slant * slant - h * h);
    const Made plot(R"({"category":48,"items":{"010":{"SAC":25,"SIC":13},"040":{"RHO":80,"THETA":45},)"
                    R"("090":{"V":0,"G":0,"FL":350}}})");
    const auto at = sites.position(plot.record, asterix::Source{25, 13});
    EXPECT_LT(metres_off(at, geo::direct(bishkek, 45 * geo::deg, ground)), 300);
    EXPECT_FALSE(sites.position(plot.record, asterix::Source{25, 14})) << "nobody said where that one is";
    // Overhead: most of the slant is height.
    const Made above(R"({"category":48,"items":{"010":{"SAC":25,"SIC":13},"040":{"RHO":6,"THETA":90},)"
                     R"("090":{"V":0,"G":0,"FL":350}}})");
    const double near = std::sqrt(36 * geo::nautical_mile * geo::nautical_mile - h * h);
    EXPECT_LT(
        metres_off(sites.position(above.record, asterix::Source{25, 13}), geo::direct(bishkek, 90 * geo::deg, near)),
        50);
}

TEST(Sites, ARadarSaysWhereItIsUnlessTold) {
    Sites sites;
    const Made north(
        R"({"category":34,"items":{"010":{"SAC":1,"SIC":2},"000":1,"120":{"HGT":800,"LAT":43,"LON":74}}})");
    const Made plot(R"({"category":48,"items":{"010":{"SAC":1,"SIC":2},"040":{"RHO":10,"THETA":180}}})");
    const asterix::Source source{1, 2};
    EXPECT_FALSE(sites.position(plot.record, source));
    sites.hear(north.record, source);
    const auto expected = geo::direct(geo::Point::degrees(43, 74), 180 * geo::deg, 10 * geo::nautical_mile);
    EXPECT_LT(metres_off(sites.position(plot.record, source), expected), 30);
    ASSERT_TRUE(sites.add("1/2=10,20"));
    sites.hear(north.record, source);
    EXPECT_NEAR(sites.position(plot.record, source)->lat_deg(), 10 - 1.0 / 6, 0.01);
}

TEST(Sites, WhatSaysItsPlaceNeedsNoSensor) {
    const Made track(R"({"category":62,"items":{"010":{"SAC":1,"SIC":2},"070":1,"105":{"LAT":40,"LON":70},"040":7,)"
                     R"("080":{"MON":0,"SPI":0,"MRH":0,"SRC":0,"CNF":0}}})");
    EXPECT_LT(metres_off(Sites().position(track.record, {}), geo::Point::degrees(40, 70)), 1);
}

TEST(Area, OverTheDateLineToo) {
    const auto area = Area::from({"-50", "170", "-30", "-170"});
    ASSERT_TRUE(area);
    EXPECT_TRUE(area->contains(geo::Point::degrees(-40, 175)));
    EXPECT_TRUE(area->contains(geo::Point::degrees(-40, -175)));
    EXPECT_FALSE(area->contains(geo::Point::degrees(-40, 0)));
    EXPECT_FALSE(area->contains(geo::Point::degrees(-60, 175)));
}

TEST(Area, SaysWhatItNeeds) {
    for (const auto& bad : std::vector<std::vector<std::string>>{{},
                                                                 {"1", "2", "3"},
                                                                 {"3", "0", "1", "5"},
                                                                 {"a", "0", "1", "5"},
                                                                 {"0", "0", "91", "5"},
                                                                 {"0", "0", "nan", "5"}})
        EXPECT_FALSE(Area::from(bad));
    Sites sites;
    for (const char* bad : {"", "25/13", "25/13=91,0", "25/13=1", "25=1,2", "25/13=1,2x"})
        EXPECT_FALSE(sites.add(bad)) << bad;
}

}  // namespace
}  // namespace asman::cli
