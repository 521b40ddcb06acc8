// The code of README.md.
#include <asman/asterix/bds.hpp>
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/asterix/frames.hpp>
#include <asman/asterix/json.hpp>
#include <asman/asterix/live.hpp>
#include <asman/asterix/views.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

namespace asman::asterix {
namespace {

struct Reader {
    std::vector<std::string> notes;
    std::vector<double> ranges;
    std::vector<double> machs;
    std::set<Source> sources;
    int simulated = 0, codes = 0;
    void note(std::string text) { notes.push_back(std::move(text)); }
    void use(double rho, double) { ranges.push_back(rho); }
    void use_code(int) { ++codes; }
    void use_mach(double mach) { machs.push_back(mach); }

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

    std::string find_out(const std::string& path, const Editions& told) {
        std::string problem;
        auto frames = FrameReader::open(path, problem);
        if (!frames) return problem;
        auto start = FrameReader::over(frames->ahead(), problem, frames->framing());
        const EditionProbe seen = probe(*start);
        for (const EditionGuess& guess : seen.guesses()) note(guess.text());
        const Editions found = seen.apply({});
        for (const Refuted& wrong : seen.refuted(told)) note(wrong.text());
        return std::string(found.find(48)->number);
    }

    void listen(const std::vector<Frame>& socket) {
        LiveEditions live;
        for (const Frame& datagram : socket) {
            live.add(datagram);
            for (const EditionDecision& said : live.take_decisions()) note(said.text());
            while (const Frame* ready = live.next()) read(*ready, live.editions());
        }
    }
    void read(const Frame& frame, const Editions& editions) {
        DatagramReader reader(frame.payload, editions, frame.number);
        while (const Event* event = reader.next())
            if (event->what == What::record) ++simulated;
    }

    std::string by_name(const Record& record, std::uint64_t datagram) {
        const auto type = element(record, "020/TYP");
        const auto range = quantity(record, "040/RHO");
        std::string line;
        to_json(record, datagram, line, {.text = true});
        with_view(record, [&](const auto& view) {
            if (const auto source = view.i010()) sources.insert({source->sac(), source->sic()});
        });
        for (const CarriedRegister& r : registers(record))
            if (const auto decoded = decode_bds(r.bds, r.bits); const auto* speed = std::get_if<Bds60>(&decoded))
                use_mach(speed->mach.value_or(0));
        return std::to_string(type.value_or(0)) + " " + std::to_string(range.value_or(0)) + " " + line;
    }
};

/// Item 140 of the record in `bytes`, or what is wrong with the table.
std::string read_by_own_table(const std::string& text, const std::vector<std::byte>& bytes) {
    Editions editions;
    SpecSet tables;
    const auto edition = tables.add("200.txt", text);
    if (!edition) return edition.error().text();
    editions.set(**edition);
    DatagramReader reader(bytes, editions);
    const Event* event = reader.next();
    return event && event->what == What::record ? std::to_string(quantity(event->record, "140").value_or(-1)) : "";
}

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

std::string written(Reader& reader, const std::function<void(const std::string&)>& use) {
    std::vector<std::byte> bytes;
    if (const auto problem = write(bytes); !problem.empty()) return problem;
    const std::string path = testing::TempDir() + "asterix_readme.raw";
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    use(path);
    std::remove(path.c_str());
    return reader.read(path);
}

TEST(ReadMe, WhatItWritesItReads) {
    Reader reader;
    const auto gone = written(reader, [&](const std::string& path) {
        EXPECT_EQ(reader.read(path), "");
        EXPECT_TRUE(reader.notes.empty());
        EXPECT_EQ(reader.find_out(path, {}), "1.32");
        Reader listener;
        std::string problem;
        auto frames = FrameReader::open(path, problem);
        ASSERT_TRUE(frames) << problem;
        const Frame* frame = frames->next();
        ASSERT_TRUE(frame);
        listener.listen({3, *frame});
        EXPECT_EQ(listener.simulated, 3);
        EXPECT_EQ(listener.notes.size(), 1u);
    });
    EXPECT_EQ(gone, "cannot be opened: No such file or directory");
    EXPECT_EQ(reader.ranges, std::vector<double>{100.5});
    EXPECT_EQ(reader.simulated, 1);
    ASSERT_EQ(reader.notes.size(), 1u);
    EXPECT_TRUE(reader.notes[0].starts_with("category 048 of 25/13: edition 1.32")) << reader.notes[0];
}

TEST(ReadMe, ByNameAndRegisters) {
    const std::string line =
        R"({"category":48,"items":{"010":{"SAC":1,"SIC":2},"020":{"TYP":5,"SIM":0,"RDP":0,"SPI":0,)"
        R"("RAB":0},"040":{"RHO":100.5,"THETA":45},)"
        R"("250":[{"MBDATA":"8bd9eb2fbfe400","BDS1":6,"BDS2":0}]}})";
    FromJson made;
    std::string reason;
    ASSERT_TRUE(from_json(line, made, reason)) << reason;
    Record record;
    Problem problem;
    ASSERT_TRUE(index_record(*made.edition, made.bytes, record, problem));
    Reader reader;
    const auto text = reader.by_name(record, 7);
    EXPECT_TRUE(text.starts_with(R"(5 100.500000 {"datagram":7,)")) << text;
    EXPECT_EQ(reader.sources, std::set<Source>({{1, 2}}));
    ASSERT_EQ(reader.machs.size(), 1u);
    EXPECT_NEAR(reader.machs[0], 0.78, 0.05);
}

TEST(ReadMe, ATableOfOnesOwn) {
    const std::string text =
        "category 200 \"Of One's Own\"\nedition 1.0\noracle no\n\n010 group\n  SAC 8\n  SIC 8\n\n"
        "140 24 unsigned 1/2^7 s \"Time\"\n\nuap\n  010 140\n";
    std::vector<std::byte> bytes;
    for (const int octet : {200, 0, 9, 0xC0, 25, 13, 0, 1, 0x40}) bytes.push_back(static_cast<std::byte>(octet));
    EXPECT_EQ(read_by_own_table(text, bytes), "2.500000");
    EXPECT_EQ(read_by_own_table("nonsense", bytes).substr(0, 10), "200.txt:1:");
}

/// Without comments and white space.
std::string bare(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.compare(i, 2, "//") == 0)
            i = std::min(text.find('\n', i), text.size());
        else if (!std::isspace(static_cast<unsigned char>(text[i])))
            out += text[i];
    }
    return out;
}
std::string contents(const char* name) {
    std::ifstream in(std::string(ASMAN_SOURCE_DIR) + "/src/asterix/" + name);
    return {std::istreambuf_iterator<char>(in), {}};
}

TEST(ReadMe, HasTheCodeThatIsCompiledHere) {
    const auto readme = contents("README.md"), here = bare(contents("readme_test.cpp"));
    int blocks = 0;
    for (auto at = readme.find("```cpp\n"); at != std::string::npos; at = readme.find("```cpp\n", at)) {
        const auto end = readme.find("```", at += 7);
        const auto block = readme.substr(at, end - at);
        EXPECT_NE(here.find(bare(block)), std::string::npos) << block;
        ++blocks;
    }
    EXPECT_EQ(blocks, 7);
}

}  // namespace
}  // namespace asman::asterix
