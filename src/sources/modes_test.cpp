#include <asman/modes/cpr.hpp>
#include <asman/sources/modes.hpp>

#include "records_for_tests.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <asman_test/environment.hpp>

#include <fstream>
#include <sstream>

namespace asman::sources {
namespace {

ModesSource modes_source(std::optional<geo::Point> receiver = {}, Simulation simulation = Simulation::refuse) {
    picture::Sensor s;
    s.id = {7};
    s.name = "KGZ/Osh-ADSB";
    s.feed = "osh";
    s.kind = picture::SensorKind::ads_b;
    if (receiver) s.position = geo::Position{*receiver, {1000}};
    ModesConfig config;
    config.sensors = {s};
    config.simulation = simulation;
    return std::move(*ModesSource::make(config));
}

void hear(ModesSource& s, std::string_view line, base::Time at, Decoded& out) {
    s.decode("osh", ModesFormat::avr, base::as_bytes("*" + std::string(line) + ";\n"), at, out);
}

TEST(ModesSource, APairAndWhatWasHeardBeforeMakeAReport) {
    auto s = modes_source();
    Decoded out;
    hear(s, "8D40621D58C386435CC412692AD6", noon, out);
    EXPECT_TRUE(out.reports.empty());
    hear(s, "8D40621D58C382D690C8AC2863A7", noon + base::seconds(2), out);
    ASSERT_EQ(out.reports.size(), 1u);
    const auto& r = out.reports[0];
    EXPECT_EQ(r.sensor.value, 7u);
    EXPECT_EQ(r.kind, picture::SensorKind::ads_b);
    EXPECT_EQ(r.time, noon + base::seconds(2));
    EXPECT_NEAR(r.point->lat_deg(), 52.2572, 1e-4);
    EXPECT_NEAR(r.point->lon_deg(), 3.91937, 1e-4);
    EXPECT_NEAR(r.pressure_altitude->m, 38'000 * geo::foot, 1e-6);
    EXPECT_EQ(r.identity.address, 0x40621Du);
    EXPECT_NEAR(r.sigma_horizontal, 185.2 / 4, 0.1);  // type code 11
    EXPECT_FALSE(r.polar());
    EXPECT_EQ(s.counters().at("osh").unpaired, 1u);
    EXPECT_EQ(s.counters().at("osh").reports, 1u);
    // From now on one half is enough.
    hear(s, "8D40621D58C382D690C8AC2863A7", noon + base::seconds(3), out);
    EXPECT_EQ(out.reports.size(), 2u);
}

TEST(ModesSource, HalvesTooFarApartInTimeAreNoPair) {
    auto s = modes_source();
    Decoded out;
    hear(s, "8D40621D58C386435CC412692AD6", noon, out);
    hear(s, "8D40621D58C382D690C8AC2863A7", noon + base::seconds(11), out);
    EXPECT_TRUE(out.reports.empty());
}

TEST(ModesSource, BeyondTheReceiversReachIsImplausible) {
    auto s = modes_source(geo::Point::degrees(40.6, 72.8));  // Osh hears nothing over the North Sea
    Decoded out;
    hear(s, "8D40621D58C386435CC412692AD6", noon, out);
    hear(s, "8D40621D58C382D690C8AC2863A7", noon, out);
    EXPECT_TRUE(out.reports.empty());
    EXPECT_EQ(s.counters().at("osh").implausible, 1u);
}

TEST(ModesSource, RepliesCountOnlyForAddressesThatASquitterProved) {
    auto s = modes_source();
    Decoded out;
    hear(s, "a8000078c8280030a80000d3a847", noon, out);
    EXPECT_EQ(s.counters().at("osh").unknown_address, 1u);
    EXPECT_TRUE(out.reports.empty());
}

TEST(ModesSource, WhatTheAircraftToldComesWithItsAge) {
    auto s = modes_source();
    Decoded out;
    // Made for one address: a position pair of 40621D, its velocity (over the ground, type 19) and registers in DF 20.
    hear(s, "8D40621D58C386435CC412692AD6", noon, out);
    hear(s, "8D40621D58C382D690C8AC2863A7", noon + base::seconds(1), out);
    ASSERT_EQ(out.reports.size(), 1u);
    ASSERT_EQ(out.reports[0].derived.size(), 1u) << "its place alone";
    EXPECT_EQ(out.reports[0].derived.begin()->kind, picture::DerivedKind::position);
    EXPECT_LT(geo::distance(out.reports[0].derived.begin()->told().point(), *out.reports[0].point), 0.02);

    out.clear();
    const std::string text =
        "MSG,4,1,1,4840D6,1,,,,,,,159.2,182.9,,,-832,,,,,0\r\n"
        "MSG,3,1,1,4840D6,1,,,,,,38000,,,40.5,72.5,,,0,0,0,0\r\n";
    s.decode("osh", ModesFormat::sbs, base::as_bytes(text.substr(0, text.find("MSG,3"))), noon, out);
    s.decode("osh", ModesFormat::sbs, base::as_bytes(text.substr(text.find("MSG,3"))), noon + base::seconds(2), out);
    ASSERT_EQ(out.reports.size(), 1u);
    std::map<picture::DerivedKind, picture::DerivedValues::Value> told;
    for (const auto& v : out.reports[0].derived) told[v.kind] = v;
    EXPECT_NEAR(told.at(picture::DerivedKind::ground_speed).told().number(), 159.2 * geo::knot, 1e-9);
    EXPECT_EQ(told.at(picture::DerivedKind::ground_speed).age, 2);
    EXPECT_FALSE(told.contains(picture::DerivedKind::barometric_rate)) << "SBS does not say which rate it is";
    EXPECT_FALSE(told.contains(picture::DerivedKind::geometric_rate));
}

/// A DF 20 reply of an aircraft, with a register: the parity is laid over its address.
std::string reply(std::uint32_t address, std::uint64_t content) {
    std::array<std::byte, 14> m{std::byte{0xA0}, std::byte{0}, std::byte{0x15}, std::byte{0xB7}};
    for (int i = 0; i < 7; ++i) m[4 + i] = static_cast<std::byte>(content >> (48 - 8 * i) & 0xFF);
    const auto parity = modes::crc24(m) ^ address;
    for (int i = 0; i < 3; ++i) m[11 + i] = static_cast<std::byte>(parity >> (16 - 8 * i) & 0xFF);
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const std::byte b : m) {
        out += digits[std::to_integer<unsigned>(b >> 4)];
        out += digits[std::to_integer<unsigned>(b) & 15];
    }
    return out;
}

TEST(ModesSource, RegistersOfRepliesGoOnAsTheyAre) {
    auto s = modes_source();
    Decoded out;
    hear(s, "8D40621D58C386435CC412692AD6", noon, out);
    constexpr std::uint64_t bds50 = 0x81951536E024D4;
    hear(s, reply(0x40621D, bds50), noon + base::seconds(0.5), out);
    hear(s, "8D40621D58C382D690C8AC2863A7", noon + base::seconds(2), out);
    ASSERT_EQ(out.reports.size(), 1u);
    int found = 0;
    for (const auto& v : out.reports[0].derived) {
        if (v.kind != picture::DerivedKind::mode_s_register) continue;
        ++found;
        EXPECT_EQ(v.detail, 0x50);
        EXPECT_EQ(v.bits, bds50);
        EXPECT_EQ(v.age, 1.5F);
    }
    EXPECT_EQ(found, 1);
}

TEST(ModesSource, ASimulatedNodeRefusesWhatCannotSaySimulated) {
    auto s = modes_source({}, Simulation::only);
    Decoded out;
    hear(s, "8D40621D58C386435CC412692AD6", noon, out);
    hear(s, "8D40621D58C382D690C8AC2863A7", noon, out);
    EXPECT_TRUE(out.reports.empty());
    EXPECT_EQ(s.counters().at("osh").refused_simulated, 2u);
}

TEST(ModesSource, AnUnknownFeedIsLearnedOnce) {
    auto s = modes_source();
    Decoded out;
    for (int i = 0; i < 3; ++i) s.decode("other", ModesFormat::sbs, base::as_bytes("MSG,3\n"), noon, out);
    ASSERT_EQ(out.learned.size(), 1u);
    EXPECT_EQ(out.learned[0].feed, "other");
    EXPECT_EQ(s.sensors().size(), 2u);
}

TEST(ModesSource, SbsLinesCutAnywhere) {
    const std::string text =
        "MSG,4,1,1,4840D6,1,,,,,,,159.2,182.9,,,-832,,,,,0\r\n"
        "MSG,3,1,1,4840D6,1,,,,,,38000,,,40.5,72.5,,,0,0,0,0\r\n";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        auto s = modes_source();
        Decoded out;
        s.decode("osh", ModesFormat::sbs, base::as_bytes(text.substr(0, cut)), noon, out);
        s.decode("osh", ModesFormat::sbs, base::as_bytes(text.substr(cut)), noon, out);
        ASSERT_EQ(out.reports.size(), 1u) << cut;
        EXPECT_NEAR(*out.reports[0].ground_speed, 159.2 * geo::knot, 1e-9);
        EXPECT_NEAR(*out.reports[0].vertical_rate, -832 * geo::foot / 60, 1e-9);
    }
}

RC_GTEST_PROP(ModesSource, AnyBytesOfAnyFormatAreCounted, (const std::string& bytes)) {
    auto s = modes_source();
    Decoded out;
    for (const auto f : {ModesFormat::beast, ModesFormat::avr, ModesFormat::sbs})
        s.decode("osh", f, base::as_bytes(bytes), noon, out);
    RC_ASSERT(s.counters().at("osh").bytes == 3 * bytes.size());
}

TEST(ModesSource, ARecordedFlightIsOneSmoothSeriesOfReports) {
    std::ifstream in(ASMAN_SOURCE_DIR "/../shared/data/adsb/modes_adsb.csv");
    ASMAN_NEED(in, "../shared/data/adsb");
    auto s = modes_source();
    Decoded out;
    for (std::string line; std::getline(in, line);)
        hear(s, line.substr(line.find('"') + 1, 28), base::Time{std::stoll(line) * 1'000'000'000}, out);
    EXPECT_GT(out.reports.size(), 900u);
    std::map<std::uint32_t, const picture::TargetReport*> last;
    std::size_t with_speed = 0, with_rate = 0;
    for (const auto& r : out.reports) {
        auto& before = last[*r.identity.address];
        if (before) {
            EXPECT_LT(geo::distance(*before->point, *r.point), 340 * ((r.time - before->time).seconds() + 2));
        }
        before = &r;
        with_speed += r.ground_speed.has_value();
        for (const auto& v : r.derived) {
            EXPECT_GE(v.age, 0);
            EXPECT_LE(v.age, 60);
            with_rate +=
                v.kind == picture::DerivedKind::barometric_rate || v.kind == picture::DerivedKind::geometric_rate;
        }
    }
    EXPECT_GT(with_speed * 10, out.reports.size() * 8);
    EXPECT_GT(with_rate * 10, out.reports.size() * 8) << "of its own velocity, barometric or geometric as it says";
}

}  // namespace
}  // namespace asman::sources
