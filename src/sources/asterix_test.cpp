#include "clock.hpp"

#include <asman/asterix/cat001.hpp>
#include <asman/asterix/cat002.hpp>
#include <asman/asterix/cat010.hpp>
#include <asman/asterix/cat020.hpp>
#include <asman/asterix/cat021.hpp>
#include <asman/asterix/cat034.hpp>
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/cat062.hpp>
#include <asman/asterix/cat247.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/sources/asterix.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <numbers>

namespace asman::sources {
namespace {

using namespace asterix;
using picture::SensorKind;
const base::Time noon{*base::parse_time("2023-11-02T12:00:00Z")};
constexpr double noon_tod = 43'200;

picture::Sensor sensor(std::uint32_t id, SensorKind kind, bool placed = true) {
    picture::Sensor s;
    s.id = {id};
    s.name = "S" + std::to_string(id);
    s.sac = 41;
    s.sic = 7;
    s.kind = kind;
    s.scan_period = base::seconds(10);
    if (placed) s.position = geo::Position{geo::Point::degrees(43, 74), {800}};
    return s;
}

AsterixSource source(std::vector<picture::Sensor> sensors, Simulation simulation = Simulation::refuse) {
    AsterixConfig config;
    config.sensors = std::move(sensors);
    config.simulation = simulation;
    return std::move(*AsterixSource::make(std::move(config)));
}
AsterixSource radar(Simulation simulation = Simulation::refuse) {
    return source({sensor(1, SensorKind::combined)}, simulation);
}

template <class Fields>
std::vector<std::byte> block(std::initializer_list<Fields> records) {
    BlockWriter writer(Fields::category, 60'000);
    for (const auto& f : records) EXPECT_TRUE(writer.add(f)) << writer.problem().text();
    const auto bytes = writer.finish();
    return {bytes.begin(), bytes.end()};
}

template <class Fields>
Decoded give(AsterixSource& s, const Fields& fields, base::Time received = noon) {
    Decoded out;
    s.decode("feed", block({fields}), received, out);
    s.finish(out);  // one report is all that most of these give
    return out;
}

cat048::Fields plot() {
    cat048::Fields f;
    f.i010 = {.sac = 41, .sic = 7};
    f.i140 = noon_tod;
    f.i020.emplace().typ = 5;
    f.i040 = {.rho = 100, .theta = 90};
    f.i070 = {.v = false, .g = false, .l = false, .mode3a = 07600};
    f.i090 = {.v = false, .g = false, .fl = 350.25};
    f.i220 = 0xABCDEF;
    f.i240 = Text<8>("KGA123");
    return f;
}

const SensorCounters& counters(const AsterixSource& s) {
    static std::vector<SensorState> states;
    states = s.sensors();
    return states.front().counters;
}

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

TEST(Simulation, EachModeTakesItsOwn) {
    const auto count = [](Simulation mode, bool simulated) {
        auto s = radar(mode);
        auto f = plot();
        f.i020->sim = simulated;
        const auto out = give(s, f);
        if (!out.reports.empty()) {
            EXPECT_EQ(out.reports[0].simulated, simulated);
        }
        return out.reports.size();
    };
    EXPECT_EQ(count(Simulation::refuse, false), 1u);
    EXPECT_EQ(count(Simulation::refuse, true), 0u);
    EXPECT_EQ(count(Simulation::only, false), 0u);
    EXPECT_EQ(count(Simulation::only, true), 1u);
    EXPECT_EQ(count(Simulation::accept, false), 1u);
    EXPECT_EQ(count(Simulation::accept, true), 1u);
}

TEST(Sensors, WithoutPositionIsListedAndNotTracked) {
    auto s = source({sensor(1, SensorKind::combined, false)});
    EXPECT_TRUE(give(s, plot()).reports.empty());
    EXPECT_EQ(counters(s).no_position, 1u);
}

TEST(Sensors, UnknownOnesAreLearnedOnceByFamily) {
    auto s = source({});
    auto out = give(s, plot());
    ASSERT_EQ(out.learned.size(), 1u);
    EXPECT_EQ(out.learned[0].sac, 41);
    EXPECT_EQ(out.learned[0].name, "learned/41/7/combined");
    EXPECT_FALSE(out.learned[0].position);
    EXPECT_TRUE(give(s, plot()).learned.empty());
    cat034::Fields mark;
    mark.i000 = std::uint8_t{1};
    mark.i010 = {.sac = 41, .sic = 7};
    mark.i030 = noon_tod;
    out = give(s, mark);
    EXPECT_TRUE(out.learned.empty()) << "048 and 034 speak of one radar";
    EXPECT_EQ(out.services.size(), 1u);
    cat062::Fields track;
    track.i010 = {.sac = 41, .sic = 7};
    EXPECT_EQ(give(s, track).learned.size(), 1u) << "a tracker is another source";
    EXPECT_EQ(s.sensors().size(), 2u);
}

TEST(Sensors, OneSacSicOnTwoFeedsIsTwoSensors) {
    auto a = sensor(1, SensorKind::combined), b = sensor(2, SensorKind::combined);
    a.feed = "north";
    b.feed = "south";
    auto s = source({a, b});
    Decoded out;
    s.decode("south", block({plot()}), noon, out);
    s.decode("north", block({plot()}), noon, out);
    s.decode("other", block({plot()}), noon, out);
    ASSERT_EQ(out.reports.size(), 2u);
    EXPECT_EQ(out.reports[0].sensor.value, 2u);
    EXPECT_EQ(out.reports[1].sensor.value, 1u);
    EXPECT_EQ(out.learned.size(), 1u);
    AsterixConfig twice;
    twice.sensors = {a, a};
    EXPECT_EQ(AsterixSource::make(twice).error().code, base::Errc::duplicate);
}

TEST(Sensors, AFloodOfUnknownOnesIsBounded) {
    AsterixConfig config;
    config.max_learned = 10;
    auto s = std::move(*AsterixSource::make(config));
    std::size_t learned = 0;
    for (int i = 0; i < 100; ++i) {
        auto f = plot();
        f.i010->sic = static_cast<std::uint8_t>(i);
        learned += give(s, f).learned.size();
    }
    EXPECT_EQ(learned, 10u);
}

TEST(Editions, UnknownOnesAreRefusedByName) {
    for (const auto& [category, edition] : {std::pair("048", "9.9"), {"999", "1.0"}, {"", "1.0"}, {"4x", "1"}}) {
        AsterixConfig config;
        config.editions["radar"][category] = edition;
        const auto s = AsterixSource::make(config);
        ASSERT_FALSE(s) << category;
        EXPECT_EQ(s.error().code, base::Errc::unknown_name);
        EXPECT_EQ(s.error().place.source, "radar");
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

/// A report as edition 0.26 lays it out.
std::vector<std::byte> old_report() {
    cat021::Fields f;
    f.i010 = {.sac = 41, .sic = 7};
    f.i040_0_26 = {.atp = 1, .arc = 1};
    f.i030 = noon_tod;
    f.i130_0_26 = {.lat = 43.5, .lon = 74.5};
    f.i080 = 0x600001;
    f.i145 = 350;
    BlockWriter writer(21, 60'000, find_edition(21, "0.26"));
    EXPECT_TRUE(writer.add(f)) << writer.problem().text();
    const auto bytes = writer.finish();
    return {bytes.begin(), bytes.end()};
}

TEST(Editions, AreJudgedFromTheFeed) {
    AsterixConfig config;
    config.sensors = {sensor(1, SensorKind::ads_b)};
    auto s = std::move(*AsterixSource::make(std::move(config)));
    Decoded out;
    s.decode("feed", old_report(), noon, out);
    s.decode("feed", old_report(), noon, out);
    EXPECT_TRUE(out.reports.empty() && out.editions.empty()) << "too few to tell";
    EXPECT_EQ(s.feeds().at("feed").waiting, 2u);
    s.decode("feed", old_report(), noon + base::seconds(86'400), out);
    EXPECT_EQ(s.feeds().at("feed").bad_records, 0u);
    EXPECT_EQ(s.feeds().at("feed").waiting, 0u);
    EXPECT_EQ(s.feeds().at("feed").records, 3u) << "three records, not six wrong ones";
    ASSERT_EQ(out.reports.size(), 3u);
    EXPECT_EQ(out.reports[1].time, noon) << "what waited is of its own day";
    EXPECT_EQ(out.reports[2].time, noon + base::seconds(86'400));
    ASSERT_EQ(out.editions.size(), 1u);
    const auto& note = out.editions[0];
    EXPECT_EQ(note.edition, "0.26") << note.text;
    EXPECT_EQ(note.source, std::pair(std::uint8_t{41}, std::uint8_t{7}));
    EXPECT_EQ(note.records, 3u);
    EXPECT_FALSE(note.odd || note.told);
}

TEST(Editions, WhatWaitsAtTheEndIsDecoded) {
    auto s = std::move(*AsterixSource::make({}));
    Decoded out;
    s.decode("feed", old_report(), noon, out);
    EXPECT_EQ(s.feeds().at("feed").records, 0u);
    s.finish(out);
    EXPECT_EQ(s.feeds().at("feed").records, 1u);
    EXPECT_EQ(out.editions.size(), 1u);
}

TEST(Editions, ThoseThatAreConfiguredAreNotReadWhereTheDataRefuteThem) {
    AsterixConfig config;
    config.sensors = {sensor(1, SensorKind::ads_b)};
    config.editions["feed"]["021"] = "2.6";
    auto s = std::move(*AsterixSource::make(std::move(config)));
    Decoded out;
    for (int i = 0; i < 300; ++i) s.decode("feed", old_report(), noon, out);
    EXPECT_EQ(s.feeds().at("feed").refuted_editions, 1u);
    EXPECT_EQ(s.feeds().at("feed").records, 0u);
    EXPECT_EQ(s.feeds().at("feed").unknown_category, 300u);
    ASSERT_EQ(out.editions.size(), 1u);
    EXPECT_TRUE(out.editions[0].odd && out.editions[0].told && out.editions[0].edition.empty());
    EXPECT_NE(out.editions[0].text.find("edition 2.6 does not fit"), std::string::npos) << out.editions[0].text;
}

TEST(Editions, OnesThatAreInsistedOnAreReadThoughTheDataRefuteThem) {
    AsterixConfig config;
    config.sensors = {sensor(1, SensorKind::ads_b)};
    config.editions["feed"]["021"] = "2.6";
    config.insist = {"feed"};
    auto s = std::move(*AsterixSource::make(std::move(config)));
    Decoded out;
    for (int i = 0; i < 30; ++i) s.decode("feed", old_report(), noon, out);
    EXPECT_EQ(s.feeds().at("feed").unknown_category, 0u);
    ASSERT_EQ(out.editions.size(), 1u);
    EXPECT_TRUE(out.editions[0].odd);
    EXPECT_EQ(out.editions[0].edition, "2.6");
}

TEST(Editions, AreLearnedFromCategory247) {
    auto s = source({sensor(1, SensorKind::combined)});
    Decoded out;
    for (int i = 0; i < 300; ++i) s.decode("feed", block({plot()}), noon, out);
    cat247::Fields exchange;
    exchange.i010 = {.sac = 41, .sic = 7};
    exchange.i140 = noon_tod;
    exchange.i550.emplace().push_back({.cat = 48, .main = 1, .sub = 15});
    s.decode("feed", block({exchange}), noon, out);
    // In 1.15 bit 10 of item 230 is spare and flight levels have a sign.
    auto below = plot();
    below.i090 = {.v = false, .g = false, .fl = -5};
    out.clear();
    s.decode("feed", block({below}), noon, out);
    ASSERT_EQ(out.reports.size(), 1u);
    EXPECT_EQ(s.feeds().at("feed").by_category.at(247), 1u);
    EXPECT_EQ(s.feeds().at("feed").bad_records, 0u);
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

cat021::Fields squitter() {
    cat021::Fields f;
    f.i010 = {.sac = 41, .sic = 7};
    f.i040.emplace();
    f.i080 = 0x60100Fu;
    f.i071 = noon_tod;
    f.i131 = {.lat = 42.5, .lon = 74.25};
    f.i145 = 310.0;
    f.i140 = 32'000.0;
    f.i160 = {.re = false, .gs = 400.0 / 3600, .ta = 270};
    f.i155 = {.re = false, .bvr = -1000};
    auto& quality = f.i090.emplace();
    quality.nucpnic = 8;
    quality.nicbaro = true;
    quality.sil = std::uint8_t{3};
    quality.nacp = std::uint8_t{9};
    f.i170 = Text<8>("KGA77");
    f.i200.emplace().ps = 5;
    return f;
}

TEST(Adsb021, BecomesAPointWithItsOwnAccuracy) {
    auto s = source({sensor(3, SensorKind::ads_b, false)});
    const auto out = give(s, squitter());
    ASSERT_EQ(out.reports.size(), 1u) << "needs no position of the receiver";
    const auto& r = out.reports[0];
    EXPECT_EQ(r.kind, SensorKind::ads_b);
    EXPECT_EQ(r.time, noon);
    EXPECT_FALSE(r.polar());
    EXPECT_NEAR(r.point->lat_deg(), 42.5, 1e-6);
    EXPECT_NEAR(r.point->lon_deg(), 74.25, 1e-6);
    EXPECT_NEAR(r.sigma_horizontal, 15, 0.1) << "30 m for 95 %, and no better than its time is known";
    EXPECT_DOUBLE_EQ(r.pressure_altitude->flight_level(), 310);
    EXPECT_DOUBLE_EQ(r.geometric_height->m, 32'000 * geo::foot);
    EXPECT_NEAR(*r.ground_speed, 400 * geo::knot, 0.1);
    EXPECT_NEAR(*r.track_angle, 1.5 * std::numbers::pi, 1e-4);
    EXPECT_NEAR(*r.vertical_rate, -1000 * geo::foot / 60, 0.02);
    EXPECT_EQ(r.identity.address, 0x60100Fu);
    EXPECT_EQ(r.identity.callsign, "KGA77");
    EXPECT_EQ(r.identity.emergency, 5);
    EXPECT_EQ(r.sigma_velocity, 0) << "not said";
}

TEST(Adsb021, WithoutNacpTheProtectionLimitIsTaken) {
    auto s = source({sensor(3, SensorKind::ads_b, false)});
    auto f = squitter();
    f.i090 = cat021::I090::Value{.nucrnacv = 2, .nucpnic = 8};
    const auto r = give(s, f).reports.at(0);
    EXPECT_NEAR(r.sigma_horizontal, 0.1 * 1852 / 4, 0.1) << "NIC 8: 0.1 NM";
    EXPECT_NEAR(r.sigma_velocity, 3 / 2.4477, 1e-3) << "NACv 2: 3 m/s for 95 %";
}

TEST(Adsb021, WhatFailedItsChecksIsDoubtful) {
    for (int i = 0; i < 3; ++i) {
        auto s = source({sensor(3, SensorKind::ads_b)});
        auto f = squitter();
        auto& d = *f.i040;
        d.dcr = d.gbs = d.sim = d.tst = d.saa = false;
        d.cl = std::uint8_t{0};
        d.llc = d.ipc = d.nogo = d.cpr = d.ldpj = d.rcf = false;
        (i == 0 ? d.nogo : i == 1 ? d.cpr : d.ldpj) = true;
        EXPECT_TRUE(give(s, f).reports.empty());
        EXPECT_EQ(counters(s).doubtful, 1u);
    }
    auto s = source({sensor(3, SensorKind::ads_b)});
    auto vehicle = squitter();
    vehicle.i020 = std::uint8_t{21};
    EXPECT_TRUE(give(s, vehicle).reports.empty());
    EXPECT_EQ(counters(s).other, 1u);
}

TEST(Surface010, PlaneCoordinatesFromTheReferencePoint) {
    auto s = source({sensor(4, SensorKind::primary)});
    cat010::Fields f;
    f.i000 = std::uint8_t{1};
    f.i010 = {.sac = 41, .sic = 7};
    f.i020.emplace().typ = 3;
    f.i042 = {.x = 1000, .y = -500};
    f.i140 = noon_tod;
    const auto out = give(s, f);
    ASSERT_EQ(out.reports.size(), 1u);
    const auto inverse = geo::inverse(geo::Point::degrees(43, 74), *out.reports[0].point);
    EXPECT_NEAR(inverse.distance, std::hypot(1000, 500), 0.5);
    EXPECT_NEAR(geo::wrap_2pi(inverse.azimuth_at_a), std::atan2(1000, -500), 1e-3);
    auto update = f;
    update.i000 = std::uint8_t{2};
    EXPECT_TRUE(give(s, update).reports.empty());
}

TEST(Surface010, DeviationsAreAnEllipse) {
    auto s = source({sensor(4, SensorKind::multilateration)});
    cat010::Fields f;
    f.i000 = std::uint8_t{1};
    f.i010 = {.sac = 41, .sic = 7};
    f.i020.emplace().typ = 1;
    f.i042 = {.x = 1000, .y = -500};
    f.i140 = noon_tod;
    f.i500 = {.devx = 20, .devy = 5, .covxy = -6};
    const auto out = give(s, f);
    ASSERT_EQ(out.reports.size(), 1u);
    EXPECT_EQ(out.reports[0].horizontal_covariance, (std::array<double, 3>{400, 25, -36}));
}

cat020::Fields located() {
    cat020::Fields f;
    f.i010 = {.sac = 41, .sic = 7};
    f.i020.emplace();
    f.i041 = {.lat = 43.1, .lon = 74.2};
    f.i070 = {.v = false, .g = false, .l = false, .mode3a = 01234};
    f.i090 = {.v = false, .g = false, .fl = 120};
    f.i105 = 12'500;
    f.i140 = noon_tod;
    f.i220 = 0x60100F;
    f.i500.emplace().sdp = {.x = 30, .y = 10, .xy = 0.5};
    return f;
}

TEST(Multilateration020, BecomesAPointWithItsEllipse) {
    auto s = source({sensor(4, SensorKind::multilateration)});
    auto f = located();
    const auto out = give(s, f);
    ASSERT_EQ(out.reports.size(), 1u);
    const auto& r = out.reports[0];
    EXPECT_EQ(r.kind, SensorKind::multilateration);
    EXPECT_EQ(r.time, noon);
    EXPECT_NEAR(r.point->lat_deg(), 43.1, 1e-5);
    EXPECT_NEAR(r.point->lon_deg(), 74.2, 1e-5);
    EXPECT_EQ(r.horizontal_covariance, (std::array<double, 3>{900, 100, 150}));
    EXPECT_NEAR(r.sigma_horizontal, std::sqrt(500.0), 1e-9);
    EXPECT_DOUBLE_EQ(r.pressure_altitude->flight_level(), 120);
    EXPECT_NEAR(r.geometric_height->m, 12'500 * geo::foot, 1);
    EXPECT_EQ(r.identity.address, 0x60100Fu);
    EXPECT_EQ(r.identity.mode_3a, 01234);
    f.i500.reset();
    EXPECT_EQ(give(s, f).reports.at(0).horizontal_covariance, std::nullopt);
}

TEST(Multilateration020, WhatIsNotTrackedIsCountedByReason) {
    auto s = source({sensor(4, SensorKind::multilateration)});
    auto f = located();
    auto& d = *f.i020;
    d.rab = true;
    d.spi = d.chn = d.gbs = d.crt = d.sim = d.tst = false;
    EXPECT_TRUE(give(s, f).reports.empty());
    EXPECT_EQ(counters(s).field_monitors, 1u);
    f = located();
    f.i170.emplace().cst = true;
    EXPECT_TRUE(give(s, f).reports.empty());
    EXPECT_EQ(counters(s).ended, 1u);
    f = located();
    f.i041.reset();
    f.i042 = {.x = 3000, .y = 4000};
    EXPECT_NEAR(geo::distance(geo::Point::degrees(43, 74), *give(s, f).reports.at(0).point), 5000, 5);
}

TEST(System062, TracksAreReportsOfATracker) {
    auto s = source({});
    cat062::Fields f;
    f.i010 = {.sac = 41, .sic = 7};
    f.i040 = std::uint16_t{99};
    f.i070 = noon_tod;
    f.i080.emplace();
    f.i105 = {.lat = -33.5, .lon = -180};
    f.i185 = {.vx = -100, .vy = 0};
    f.i136 = 100.25;
    f.i060 = {.v = false, .g = false, .ch = false, .mode3a = 02000};
    f.i500.emplace().apc = {.x = 40, .y = 30};
    const auto out = give(s, f);
    ASSERT_EQ(out.reports.size(), 1u);
    const auto& r = out.reports[0];
    EXPECT_EQ(r.kind, SensorKind::tracker);
    EXPECT_EQ(r.source_track, 99u);
    EXPECT_DOUBLE_EQ(r.point->lon, std::numbers::pi) << "one name for the antimeridian";
    EXPECT_NEAR(r.sigma_horizontal, std::hypot(40, 30) / std::sqrt(2), 1e-9);
    EXPECT_DOUBLE_EQ(*r.ground_speed, 100);
    EXPECT_DOUBLE_EQ(*r.track_angle, 1.5 * std::numbers::pi);
    f.i080->tse = true;
    EXPECT_TRUE(give(s, f).reports.empty());
}

TEST(Datagram, OneBadRecordLosesItsBlockOnly) {
    auto s = radar();
    auto bytes = block({plot()});
    auto broken = block({plot()});
    broken.back() = std::byte{0xFF};
    broken.pop_back();
    broken[2] = static_cast<std::byte>(broken.size());
    const auto good = block({plot()});
    bytes.insert(bytes.end(), broken.begin(), broken.end());
    bytes.insert(bytes.end(), good.begin(), good.end());
    Decoded out;
    s.decode("feed", bytes, noon, out);
    s.finish(out);
    EXPECT_EQ(out.reports.size(), 2u);
    const auto& feed = s.feeds().at("feed");
    EXPECT_EQ(feed.bad_records, 1u);
    ASSERT_TRUE(feed.first_error);
    EXPECT_EQ(feed.first_error->code, base::Errc::syntax);
}

RC_GTEST_PROP(Datagram, EveryRecordIsCountedOnce, (const std::string& noise)) {
    auto s = source({sensor(1, SensorKind::combined), sensor(3, SensorKind::ads_b)}, Simulation::accept);
    auto bytes = block({plot(), plot()});
    const auto more = block({squitter()});
    bytes.insert(bytes.end(), more.begin(), more.end());
    for (std::size_t i = 0; i < noise.size(); ++i)
        bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = static_cast<std::byte>(noise[i]);
    Decoded out;
    s.decode("feed", bytes, noon, out);
    std::uint64_t records = 0;
    for (const auto& state : s.sensors()) {
        const auto& n = state.counters;
        records += n.records;
        RC_ASSERT(n.records == n.reports + n.service + n.field_monitors + n.test_targets + n.wrong_simulation +
                                   n.no_position + n.no_time + n.bad_time + n.doubtful + n.ended + n.other);
    }
    RC_ASSERT(records <= s.feeds().at("feed").records);
    for (const auto& r : out.reports)
        RC_ASSERT(std::isfinite(r.polar() ? r.range + r.azimuth : r.point->lat + r.point->lon));
}

// ------------------------------------------------------------------------------------------------------------- clocks

RC_GTEST_PROP(Clock, ATimeOfDayComesBackFromHalfADayAround, ()) {
    const base::Time t{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000) * 1'000'000'000 +
                       *rc::gen::inRange<std::int64_t>(0, 128) * 7'812'500};
    const auto near = t + base::seconds(*rc::gen::inRange(-43'199, 43'200));
    const double tod = static_cast<double>(t.ns % 86'400'000'000'000) * 1e-9;
    RC_ASSERT(unwrap_day(tod, near) == t);
}

RC_GTEST_PROP(Clock, ATruncatedTimeComesBackFromFourMinutesAround, ()) {
    const base::Time t{*rc::gen::inRange<std::int64_t>(86'400, 4'000'000'000) * 1'000'000'000};
    const auto near = t + base::seconds(*rc::gen::inRange(-180, 181));
    const double tod = static_cast<double>(t.ns % 86'400'000'000'000) * 1e-9;
    // Around midnight the turns of both days meet: nearer than half of the last, shorter turn (384 s).
    RC_ASSERT(unwrap_512(std::fmod(tod, 512), near) == t);
}

TEST(Clock, TheBeamPassesEachAzimuthOnceATurn) {
    Beam beam;
    EXPECT_FALSE(beam.passed(1, noon));
    beam.mark(noon, 0, std::nullopt);
    EXPECT_FALSE(beam.passed(1, noon)) << "how fast does it turn?";
    beam.mark(noon, 0, base::seconds(4));
    EXPECT_EQ(beam.passed(std::numbers::pi, noon + base::seconds(3)), noon + base::seconds(2));
    EXPECT_EQ(beam.passed(std::numbers::pi, noon + base::seconds(1)), noon - base::seconds(2));
    EXPECT_EQ(beam.passed(std::numbers::pi, noon + base::seconds(7)), noon + base::seconds(6));
    EXPECT_FALSE(beam.passed(1, noon + base::seconds(9)));
}

}  // namespace
}  // namespace asman::sources
