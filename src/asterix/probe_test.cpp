#include <asman/asterix/cat048.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/asterix/probe.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace asman::asterix {
namespace {

const std::string folder = ASMAN_SOURCE_DIR "/../shared/data/asterix/";

std::vector<EditionGuess> guess(const std::string& file) {
    std::string problem;
    auto frames = FrameReader::open(folder + file, problem);
    return frames ? probe(*frames).guesses() : std::vector<EditionGuess>{};
}

TEST(Probe, EditionsAreToldFromEachOtherInRecordings) {
    if (!std::filesystem::exists(folder)) {
        if (std::getenv("ASMAN_REQUIRE_DATA")) FAIL() << folder << " is absent";
        GTEST_SKIP() << folder << " is absent";
    }
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
