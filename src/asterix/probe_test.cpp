#include <asman/asterix/cat021.hpp>
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/cat247.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/asterix/probe.hpp>

#include "recordings_for_tests.hpp"

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

#include <filesystem>

namespace asman::asterix {
namespace {

std::vector<EditionGuess> guess(const std::string& file) {
    std::string problem;
    auto frames = FrameReader::open(recordings_folder + file, problem);
    return frames ? probe(*frames).guesses() : std::vector<EditionGuess>{};
}

TEST(Probe, EditionsAreToldFromEachOtherInRecordings) {
    ASMAN_NEED(std::filesystem::exists(recordings_folder), recordings_folder);
    const auto old_tracks = guess("cc_asterix.pcap");
    ASSERT_FALSE(old_tracks.empty());
    for (const auto& g : old_tracks) {
        EXPECT_EQ(g.edition->number, "0.17") << g.text();
        EXPECT_GT(g.certainty, 0.9) << g.text();
        EXPECT_FALSE(g.doubtful()) << g.text();
    }
    const auto ads_b = guess("jasterix_tests/cat021ed0.26.bin");
    ASSERT_EQ(ads_b.size(), 1u);
    EXPECT_TRUE(ads_b[0].edition->number.starts_with("0.2")) << ads_b[0].text();
    EXPECT_FALSE(ads_b[0].newest);
    for (const char* file : {"jade_final_frame_062_30min.ff", "jahorina.raw", "cc_cat_034_048.pcap"})
        for (const auto& g : guess(file)) EXPECT_TRUE(g.newest) << file << " " << g.text();
}

std::vector<std::byte> bytes_of(Bytes b) {
    return {b.begin(), b.end()};
}

/// A version number exchange of source 1/2: 021 in edition `main`.`sub`.
std::vector<std::byte> exchange(std::uint8_t main, std::uint8_t sub) {
    BlockWriter block(cat247::category);
    cat247::Fields f;
    f.i010 = {.sac = 1, .sic = 2};
    f.i140 = 1;
    f.i550.emplace();
    f.i550->push_back({.cat = 21, .main = main, .sub = sub});
    f.i550->push_back({.cat = 30, .main = 7, .sub = 0});
    EXPECT_TRUE(block.add(f));
    return bytes_of(block.finish());
}

/// A report that every edition from 2.1 on reads.
std::vector<std::byte> report() {
    BlockWriter block(cat021::category);
    cat021::Fields f;
    f.i010 = {.sac = 1, .sic = 2};
    f.i131 = {.lat = 42.5, .lon = 74.25};
    f.i080 = 0x600001;
    f.i073 = 3600;
    EXPECT_TRUE(block.add(f)) << block.problem().text();
    return bytes_of(block.finish());
}

TEST(Probe, Category247SaysTheEditionOfItsSender) {
    EditionProbe probe;
    probe.add(exchange(2, 1));
    probe.add(report());
    const auto editions = probe.apply({});
    EXPECT_EQ(editions.find(21, Source{1, 2})->number, "2.1");
    EXPECT_EQ(editions.find(21, Source{1, 3}), find_edition(21)) << "another source";
    for (const auto& g : probe.guesses()) EXPECT_TRUE(g.category != 21 || g.said) << g.text();
}

TEST(Probe, Category247IsNotBelievedAgainstTheData) {
    EditionProbe probe;
    probe.add(exchange(0, 26));
    probe.add(report());
    for (const auto& g : probe.guesses()) {
        if (g.category != 21) continue;
        EXPECT_FALSE(g.said) << g.text();
        EXPECT_EQ(g.mistaken->number, "0.26");
        EXPECT_EQ(g.edition, find_edition(21)) << g.text();
    }
}

TEST(Editions_, LearnFromCategory247AndLeaveWhatTheyDoNotKnow) {
    const auto datagram = exchange(2, 4);
    Editions editions;
    DatagramReader reader(datagram, editions);
    const Event* e = reader.next();
    ASSERT_TRUE(e && e->what == What::record);
    const auto said = announced(e->record);
    ASSERT_EQ(said.size(), 2u);
    EXPECT_EQ(said[1].number, "7.0");
    EXPECT_EQ(said[1].edition, nullptr);
    EXPECT_EQ(editions.learn(e->record), 1u);
    EXPECT_EQ(editions.find(21, Source{1, 2})->number, "2.4");
    EXPECT_EQ(editions.find(30, Source{1, 2}), nullptr);
}

TEST(Editions_, ASourceCanBeLeftAsItIs) {
    const auto datagram = report();
    Editions editions;
    editions.set_opaque(21, Source{1, 2});
    DatagramReader reader(datagram, editions);
    const Event* e = reader.next();
    ASSERT_TRUE(e && e->what == What::opaque);
    EXPECT_EQ(e->source, (Source{1, 2}));
    EXPECT_EQ(e->bytes.size(), datagram.size() - 3);
    editions.set_opaque(21, Source{9, 9});
    editions.set(21, Source{1, 2}, "2.1");
    DatagramReader again(datagram, editions);
    EXPECT_EQ(again.next()->what, What::record);
}

TEST(Probe, WhatAllEditionsReadAlikeIsReadByTheNewest) {
    BlockWriter block(cat048::category);
    cat048::Fields f;
    f.i010 = {.sac = 1, .sic = 2};
    f.i140 = 1.5;
    ASSERT_TRUE(block.add(f));
    EditionProbe probe;
    probe.add(block.finish());
    const auto g = probe.guesses();
    ASSERT_EQ(g.size(), 1u);
    EXPECT_EQ(g[0].edition, find_edition(48));
    EXPECT_TRUE(g[0].newest);
    EXPECT_EQ(g[0].rival, nullptr);
}

}  // namespace
}  // namespace asman::asterix
