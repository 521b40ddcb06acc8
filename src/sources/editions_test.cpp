#include <asman/asterix/cat021.hpp>
#include <asman/asterix/cat247.hpp>

#include "records_for_tests.hpp"

namespace asman::sources {
namespace {

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

}  // namespace
}  // namespace asman::sources
