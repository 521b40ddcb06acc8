// Recordings that lie beside the project: the counts on which several decoders agree, and the way there and back.
#include <asman/asterix/decode.hpp>
#include <asman/asterix/frames.hpp>
#include <asman/asterix/json.hpp>

#include "recordings_for_tests.hpp"

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

namespace asman::asterix {
namespace {

struct Counts {
    std::map<int, std::size_t> records;
    std::size_t problems = 0, opaque = 0, trailers = 0, same = 0;
    std::map<std::string, std::size_t> irregular;  ///< records by what keeps them from being canonical
    std::string framing, first;
    FrameCounters frames;
};

Counts count(const std::string& file, const Editions& editions) {
    Counts c;
    std::string problem;
    auto frames = FrameReader::open(recordings_folder + file, problem);
    if (!frames) return c.first = problem, c;
    c.framing = std::string(asterix::name(frames->framing()));
    std::string json, reason;
    FromJson back;
    while (const Frame* frame = frames->next()) {
        DatagramReader reader(frame->payload, editions, frame->number);
        while (const Event* e = reader.next()) {
            c.opaque += e->what == What::opaque;
            c.trailers += e->what == What::trailer;
            if (e->what == What::problem && c.problems++ == 0) c.first = e->problem.text();
            if (e->what != What::record) continue;
            ++c.records[e->category];
            json.clear();
            to_json(e->record, frame->number, json);
            const bool same = from_json(json, back, reason) && std::ranges::equal(back.bytes, e->record.bytes);
            c.same += same;
            const auto why = irregularity(e->record);
            if (why.what != Irregular::none) ++c.irregular[std::string(why.item) + " " + std::string(name(why.what))];
            // Canonical: the same. Not canonical: the same record in other bytes.
            EXPECT_EQ(same, why.what == Irregular::none) << reason << " " << json;
            std::string again;
            Record canonical;
            Problem fault;
            canonical.expansion = e->record.expansion;
            EXPECT_TRUE(index_record(*e->record.edition, back.bytes, canonical, fault)) << fault.text();
            EXPECT_EQ(irregularity(canonical).what, Irregular::none);
            items_to_json(canonical, again);
            EXPECT_NE(json.find(again), std::string::npos) << json;
        }
    }
    c.frames = frames->counters();
    return c;
}

struct Expected {
    const char* file;
    const char* framing;
    std::map<int, std::size_t> records;
    std::map<std::string, std::size_t> irregular = {};  ///< records that do not come back byte for byte, and why
    std::pair<int, const char*> edition = {};           ///< where it is not the newest
    std::size_t opaque = 0;
};

class Recording : public testing::TestWithParam<Expected> {};

TEST_P(Recording, HasTheRecordsThatOthersCountAndComesBackByteForByte) {
    ASMAN_NEED(std::filesystem::exists(recordings_folder), recordings_folder);
    const auto& want = GetParam();
    Editions editions;
    if (want.edition.second) {
        ASSERT_TRUE(editions.set(static_cast<std::uint8_t>(want.edition.first), want.edition.second));
    }
    if (std::string(want.file).ends_with("cat010ed0.24_sensis.bin")) editions.set_opaque(10);
    const auto c = count(want.file, editions);
    EXPECT_EQ(c.framing, want.framing);
    EXPECT_EQ(c.records, want.records);
    EXPECT_EQ(c.problems, 0u) << c.first;
    EXPECT_EQ(c.irregular, want.irregular);
    EXPECT_EQ(c.opaque, want.opaque);
    std::printf("%s: %zu byte for byte, %zu blocks kept as they are\n", want.file, c.same, c.opaque);
    EXPECT_EQ(c.frames.junk, 0u);
    EXPECT_EQ(c.frames.damaged, 0u);
}

const Expected recordings[] = {
    {"cc_asterix.pcap", "pcap", {{62, 100}}, {}, {62, "0.17"}},
    {"cc_cat_034_048.pcap", "pcap", {{34, 34}, {48, 128}}},
    {"cc_cat_062_065.pcap", "pcap", {{62, 2}, {65, 1}}},
    {"cc_parsegps.gps", "gps", {{34, 3}, {48, 15}}},
    {"cc_cat048.raw", "raw", {{48, 1}}},
    {"cc_cat034.raw", "raw", {{34, 1}}},
    {"cc_cat21_re.ast", "raw", {{21, 2}}},
    {"jade_final_frame_062_30min.ff", "ff", {{62, 34957}}},
    {"jade_final_frame_cat062_one_packet.ff", "ff", {{62, 1}}},
    {"jahorina.raw", "raw", {{34, 20}, {48, 2099}}},
    {"lebl_smr.ast", "raw", {{10, 52659}}},
    {"zr_asterix_cat21.ast", "raw", {{21, 11}}, {{"271 spare bits that are set", 1}}},
    {"jasterix_tests/cat001ed1.1.bin", "raw", {{1, 1}}, {}, {1, "1.2"}},
    {"jasterix_tests/cat002ed1.0.bin", "raw", {{2, 1}}, {}, {2, "1.0"}},
    {"jasterix_tests/cat010ed0.24_sensis.bin", "raw", {}, {}, {}, 1},
    {"jasterix_tests/cat019ed1.3.bin", "raw", {{19, 1}}},
    {"jasterix_tests/cat021ed0.26.bin", "raw", {{21, 1}}, {}, {21, "0.26"}},
    {"jasterix_tests/cat030ed7.0.bin", "raw", {}, {}, {}, 1},
    {"jasterix_tests/cat048ed1.15.bin", "raw", {{48, 1}}, {}, {48, "1.15"}},
    {"jasterix_tests/cat062ed1.12.bin", "raw", {{62, 1}}, {}, {62, "1.12"}},
    {"jasterix_tests/cat063ed1.0.bin", "raw", {{63, 1}}, {}, {63, "1.0"}},
    {"jasterix_tests/cat247ed1.2.bin", "raw", {{247, 1}}, {}, {247, "1.2"}},
};

INSTANTIATE_TEST_SUITE_P(All, Recording, testing::ValuesIn(recordings), [](const auto& test) {
    std::string name = test.param.file;
    for (char& ch : name)
        if (!std::isalnum(static_cast<unsigned char>(ch))) ch = '_';
    return name;
});

}  // namespace
}  // namespace asman::asterix
