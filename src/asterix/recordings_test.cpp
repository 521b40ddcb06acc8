// Recordings that lie beside the project: the counts on which several decoders agree, and the way there and back.
#include <asman/asterix/decode.hpp>
#include <asman/asterix/frames.hpp>
#include <asman/asterix/json.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <map>

namespace asman::asterix {
namespace {

const std::string folder = ASMAN_SOURCE_DIR "/../shared/data/asterix/";

#define NEED_DATA()                                                              \
    if (!std::filesystem::exists(folder)) {                                      \
        if (std::getenv("ASMAN_REQUIRE_DATA")) FAIL() << folder << " is absent"; \
        GTEST_SKIP() << folder << " is absent";                                  \
    }

struct Counts {
    std::map<int, std::size_t> records;
    std::size_t problems = 0, opaque = 0, trailers = 0, round = 0, not_round = 0;
    std::string framing, first;
    FrameCounters frames;
};

Counts count(const std::string& name, const Editions& editions = {}) {
    Counts c;
    std::string problem;
    auto frames = FrameReader::open(folder + name, problem);
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
            ++(same ? c.round : c.not_round);
            if (!same && c.not_round == 1) c.first = reason + " " + json;
        }
    }
    c.frames = frames->counters();
    return c;
}

struct Expected {
    const char* file;
    const char* framing;
    std::map<int, std::size_t> records;
    std::size_t not_canonical = 0;  ///< records that cannot come back byte for byte: see docs/asterix.md
};

class Recording : public testing::TestWithParam<Expected> {};

TEST_P(Recording, HasTheRecordsThatOthersCountAndComesBackByteForByte) {
    NEED_DATA();
    const auto& want = GetParam();
    Editions editions;
    if (std::string(want.file) == "cc_asterix.pcap") {
        ASSERT_TRUE(editions.set(62, "0.17"));
    }
    const auto c = count(want.file, editions);
    EXPECT_EQ(c.framing, want.framing);
    EXPECT_EQ(c.records, want.records);
    EXPECT_EQ(c.problems, 0u) << c.first;
    EXPECT_EQ(c.not_round, want.not_canonical) << c.first;
    EXPECT_EQ(c.frames.junk, 0u);
    EXPECT_EQ(c.frames.damaged, 0u);
}

INSTANTIATE_TEST_SUITE_P(All, Recording,
                         testing::Values(Expected{"cc_asterix.pcap", "pcap", {{62, 100}}, 0},
                                         Expected{"cc_cat_034_048.pcap", "pcap", {{34, 34}, {48, 128}}, 0},
                                         Expected{"cc_cat_062_065.pcap", "pcap", {{62, 2}, {65, 1}}, 0},
                                         Expected{"cc_parsegps.gps", "gps", {{34, 3}, {48, 15}}, 0},
                                         Expected{"cc_cat048.raw", "raw", {{48, 1}}, 0},
                                         Expected{"cc_cat034.raw", "raw", {{34, 1}}, 0},
                                         Expected{"cc_cat21_re.ast", "raw", {{21, 2}}, 0},
                                         Expected{"jade_final_frame_062_30min.ff", "ff", {{62, 34957}}, 0},
                                         Expected{"jade_final_frame_cat062_one_packet.ff", "ff", {{62, 1}}, 0},
                                         Expected{"jahorina.raw", "raw", {{34, 20}, {48, 2099}}, 0},
                                         Expected{"lebl_smr.ast", "raw", {{10, 52659}}, 0},
                                         Expected{"zr_asterix_cat21.ast", "raw", {{21, 11}}, 1}),
                         [](const auto& test) {
                             std::string name = test.param.file;
                             for (char& ch : name)
                                 if (!std::isalnum(static_cast<unsigned char>(ch))) ch = '_';
                             return name;
                         });

}  // namespace
}  // namespace asman::asterix
