#include <asman/asterix/cat001.hpp>
#include <asman/asterix/cat002.hpp>
#include <asman/asterix/cat034.hpp>

#include "records_for_tests.hpp"

#include <cmath>
#include <numbers>

namespace asman::sources {
namespace {

TEST(Plot048, BecomesATargetReportInSi) {
    auto s = radar();
    auto f = plot();
    f.i161 = {.trn = 1234};
    const auto out = give(s, f, noon + base::seconds(1.5));
    ASSERT_EQ(out.reports.size(), 1u);
    const auto& r = out.reports[0];
    EXPECT_EQ(r.sensor.value, 1u);
    EXPECT_EQ(r.time, noon);
    EXPECT_EQ(r.kind, SensorKind::mode_s);
    EXPECT_DOUBLE_EQ(r.range, 100 * geo::nautical_mile);
    EXPECT_DOUBLE_EQ(r.azimuth, std::numbers::pi / 2);
    EXPECT_EQ(r.identity.mode_3a, 07600);
    EXPECT_TRUE(r.identity.mode_3a_valid && r.pressure_altitude_valid);
    EXPECT_DOUBLE_EQ(r.pressure_altitude->flight_level(), 350.25);
    EXPECT_EQ(r.identity.address, 0xABCDEFu);
    EXPECT_EQ(r.identity.callsign, "KGA123");
    EXPECT_EQ(r.source_track, 1234u);
    EXPECT_FALSE(r.simulated || r.time_estimated);
    EXPECT_EQ(counters(s).reports, 1u);
    EXPECT_EQ(counters(s).records, 1u);
}

TEST(Plot048, RegistersFiveAndSixAreMotion) {
    auto f = plot();
    auto& registers = f.i250.emplace();
    registers.push_back({.mbdata = 0x81951536E024D4, .bds1 = 5, .bds2 = 0});
    registers.push_back({.mbdata = 0x8F39F91A7E27C4, .bds1 = 6, .bds2 = 0});
    auto s = radar();
    const auto out = give(s, f);
    ASSERT_EQ(out.reports.size(), 1u);
    const auto& r = out.reports[0];
    EXPECT_NEAR(*r.ground_speed, 438 * geo::knot, 0.1);
    EXPECT_NEAR(*r.track_angle, 114.258 * geo::deg, 1e-4);
    EXPECT_NEAR(*r.turn_rate, 0.125 * geo::deg, 1e-4);
    EXPECT_NEAR(*r.vertical_rate, -1920 * geo::foot / 60, 0.02);
}

TEST(Plot048, BelowFlightLevelZeroInEveryEdition) {
    for (const char* edition : {"1.27", "1.31", "1.32"}) {
        AsterixConfig config;
        config.sensors = {sensor(1, SensorKind::combined)};
        config.editions[""]["048"] = edition;
        auto s = std::move(*AsterixSource::make(config));
        auto f = plot();
        f.i090 = {.v = false, .g = false, .fl = -5.25};  // written as 1.32 has it: the same bits in each
        const auto out = give(s, f);
        ASSERT_EQ(out.reports.size(), 1u) << edition;
        EXPECT_DOUBLE_EQ(out.reports[0].pressure_altitude->flight_level(), -5.25) << edition;
    }
}

TEST(Plot048, PrimaryHasNeitherHeightNorCode) {
    auto s = radar();
    cat048::Fields f;
    f.i010 = {.sac = 41, .sic = 7};
    f.i140 = noon_tod;
    f.i020.emplace().typ = 1;
    f.i040 = {.rho = 20, .theta = 10};
    const auto out = give(s, f);
    ASSERT_EQ(out.reports.size(), 1u);
    EXPECT_EQ(out.reports[0].kind, SensorKind::primary);
    EXPECT_FALSE(out.reports[0].pressure_altitude || out.reports[0].identity.mode_3a);
}

TEST(Plot048, QualityFlagsAreKeptAndCounted) {
    auto s = radar();
    auto f = plot();
    f.i070->g = true;
    f.i090->v = true;
    f.i030 = std::vector<std::uint8_t>{3};
    const auto out = give(s, f);
    ASSERT_EQ(out.reports.size(), 1u);
    EXPECT_FALSE(out.reports[0].identity.mode_3a_valid);
    EXPECT_FALSE(out.reports[0].pressure_altitude_valid);
    EXPECT_DOUBLE_EQ(out.reports[0].sigma_range, 140);
    EXPECT_EQ(counters(s).garbled_code, 1u);
    EXPECT_EQ(counters(s).garbled_height, 1u);
    EXPECT_EQ(counters(s).split_plots, 1u);
}

/// What is not tracked, each with the counter that it ends in.
TEST(Plot048, WhatIsNotTrackedIsCountedByReason) {
    struct Case {
        const char* name;
        void (*change)(cat048::Fields&);
        std::uint64_t SensorCounters::*counter;
    };
    const Case cases[] = {
        {"field monitor", [](auto& f) { f.i020->rab = true; }, &SensorCounters::field_monitors},
        {"test target", [](auto& f) { f.i020->tst = true; }, &SensorCounters::test_targets},
        {"simulated", [](auto& f) { f.i020->sim = true; }, &SensorCounters::wrong_simulation},
        {"no detection", [](auto& f) { f.i020->typ = 0; }, &SensorCounters::ended},
        {"reflection", [](auto& f) { f.i030 = std::vector<std::uint8_t>{1}; }, &SensorCounters::doubtful},
        {"phantom",
         [](auto& f) {
             f.i030 = std::vector<std::uint8_t>{17, 10};
         },
         &SensorCounters::doubtful},
        {"ghost", [](auto& f) { f.i170.emplace().gho = true; }, &SensorCounters::doubtful},
        {"no position", [](auto& f) { f.i040.reset(); }, &SensorCounters::no_position},
        {"no time", [](auto& f) { f.i140.reset(); }, &SensorCounters::no_time},
        {"an hour off", [](auto& f) { f.i140 = noon_tod - 3600; }, &SensorCounters::bad_time},
        {"no time of day", [](auto& f) { f.i140 = 86'400.0 + 100; }, &SensorCounters::bad_time},
    };
    for (const auto& c : cases) {
        auto s = radar();
        auto f = plot();
        c.change(f);
        EXPECT_TRUE(give(s, f).reports.empty()) << c.name;
        EXPECT_EQ(counters(s).*c.counter, 1u) << c.name;
        EXPECT_EQ(counters(s).reports, 0u) << c.name;
    }
}

cat034::Fields mark(std::uint8_t type, double tod, double sector = 0) {
    cat034::Fields f;
    f.i000 = type;
    f.i010 = {.sac = 41, .sic = 7};
    f.i030 = tod;
    if (type == 2) f.i020 = sector;
    return f;
}

TEST(Service034, MarksAndHealth) {
    auto s = radar();
    auto north = mark(1, noon_tod);
    north.i041 = 5.0;
    north.i050 = cat034::I050::Value{.com = cat034::I050::Com::Value{}};
    auto out = give(s, north);
    ASSERT_EQ(out.services.size(), 1u);
    EXPECT_TRUE(out.services[0].north && out.services[0].healthy);
    EXPECT_EQ(out.services[0].time, noon);
    EXPECT_EQ(out.services[0].rotation_period, base::seconds(5));

    out = give(s, mark(2, noon_tod, 45));
    EXPECT_NEAR(out.services[0].azimuth, std::numbers::pi / 4, 1e-12);
    EXPECT_TRUE(out.services[0].healthy) << "what was said last holds";

    for (int fault = 0; fault < 4; ++fault) {
        auto ill = mark(1, noon_tod);
        ill.i050 = cat034::I050::Value{.com = cat034::I050::Com::Value{}};
        auto& com = *ill.i050->com;
        (fault == 0 ? com.nogo : fault == 1 ? com.ovlrdp : fault == 2 ? com.ovlxmt : com.tsv) = true;
        EXPECT_FALSE(give(s, ill).services[0].healthy) << fault;
        EXPECT_FALSE(give(s, mark(2, noon_tod, 90)).services[0].healthy) << "still";
        EXPECT_FALSE(s.sensors()[0].healthy);
        EXPECT_TRUE(give(s, north).services[0].healthy) << "and well again";
    }
    EXPECT_TRUE(give(s, mark(4, noon_tod)).services.empty()) << "a jamming strobe is no mark";
}

TEST(Service034, DatesPlotsThatCarryNoTime) {
    auto s = radar();
    auto north = mark(1, noon_tod);
    north.i041 = 8.0;
    give(s, north);
    auto f = plot();  // at 90°: a quarter turn later
    f.i140.reset();
    const auto out = give(s, f, noon + base::seconds(3));
    ASSERT_EQ(out.reports.size(), 1u);
    EXPECT_EQ(out.reports[0].time, noon + base::seconds(2));
    EXPECT_TRUE(out.reports[0].time_estimated);
    EXPECT_EQ(counters(s).time_estimated, 1u);
    EXPECT_TRUE(give(s, f, noon + base::seconds(60)).reports.empty()) << "the marks are too old";
}

TEST(Service002, NorthAndSectors) {
    auto s = radar();
    cat002::Fields f;
    f.i000 = std::uint8_t{2};
    f.i010 = {.sac = 41, .sic = 7};
    f.i020 = 90.0;
    f.i030 = noon_tod;
    const auto out = give(s, f);
    ASSERT_EQ(out.services.size(), 1u);
    EXPECT_FALSE(out.services[0].north);
    EXPECT_NEAR(out.services[0].azimuth, std::numbers::pi / 2, 1e-12);
}

TEST(Plot001, TruncatedTimeAndOneSourceForABlock) {
    auto s = radar();
    cat001::Fields first, second;
    first.i010 = {.sac = 41, .sic = 7};
    first.i020.emplace().ssrpsr = 2;
    first.i040 = {.rho = 50, .theta = 180};
    first.i070 = {.v = false, .g = false, .l = false, .mode3a = 01234};
    first.i090 = {.v = false, .g = false, .hgt = 120};
    first.i141 = std::fmod(noon_tod, 512);
    second = first;
    second.i010.reset();
    Decoded out;
    s.decode("feed", block({first, second}), noon + base::seconds(1), out);
    ASSERT_EQ(out.reports.size(), 2u);
    for (const auto& r : out.reports) {
        EXPECT_EQ(r.time, noon);
        EXPECT_EQ(r.kind, SensorKind::secondary);
        EXPECT_DOUBLE_EQ(r.range, 50 * geo::nautical_mile);
        EXPECT_EQ(r.identity.mode_3a, 01234);
        EXPECT_DOUBLE_EQ(r.pressure_altitude->flight_level(), 120);
    }
}

}  // namespace
}  // namespace asman::sources
