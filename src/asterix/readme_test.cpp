// The code of README.md.
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/asterix/frames.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

namespace asman::asterix {
namespace {

struct Reader {
    std::vector<std::string> notes;
    std::vector<double> ranges;
    int simulated = 0, codes = 0;
    void note(std::string text) { notes.push_back(std::move(text)); }
    void use(double rho, double) { ranges.push_back(rho); }
    void use_code(int) { ++codes; }

    std::string read(const std::string& path) {
        std::string problem;
        auto frames = FrameReader::open(path, problem);
        if (!frames) return problem;
        Editions editions;
        editions.set(62, "1.18");
        editions.set(48, Source{25, 13}, "1.27");
        while (const Frame* frame = frames->next()) {
            DatagramReader reader(frame->payload, editions, frame->number);
            while (const Event* event = reader.next()) {
                if (event->what == What::problem) note(event->problem.text());
                if (event->what != What::record || event->category != cat048::category) continue;
                const cat048::View plot(event->record);
                if (const auto polar = plot.i040()) use(polar->rho(), polar->theta());
                if (const auto code = plot.i070(); code && !code->g() && !code->v()) use_code(code->mode3a());
                if (plot.i020() && plot.i020()->sim()) ++simulated;
            }
        }
        return {};
    }
};

std::string write(std::vector<std::byte>& out) {
    BlockWriter block(cat048::category);
    cat048::Fields f;
    f.i010 = {.sac = 25, .sic = 13};
    f.i140 = 3600.5;
    f.i020 = {.typ = 5, .sim = true};
    f.i040 = {.rho = 100.5, .theta = 45.0};
    f.i130 = {.sam = -50};
    if (!block.add(f)) return block.problem().text();
    const Bytes datagram = block.finish();
    out.assign(datagram.begin(), datagram.end());
    return {};
}

TEST(ReadMe, WhatItWritesItReads) {
    std::vector<std::byte> bytes;
    ASSERT_EQ(write(bytes), "");
    const std::string path = testing::TempDir() + "asterix_readme.raw";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    Reader reader;
    EXPECT_EQ(reader.read(path), "");
    std::remove(path.c_str());
    EXPECT_EQ(reader.ranges, std::vector<double>{100.5});
    EXPECT_EQ(reader.simulated, 1);
    EXPECT_TRUE(reader.notes.empty());
    EXPECT_EQ(reader.read(path), "cannot be opened");
}

}  // namespace
}  // namespace asman::asterix
