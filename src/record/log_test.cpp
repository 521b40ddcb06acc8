#include <asman/record/log.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace asman::record {
namespace {

namespace fs = std::filesystem;

/// A path that no other test has; removed at the end.
struct Scratch {
    std::string path;
    Scratch() {
        static int count = 0;
        path =
            (fs::temp_directory_path() / ("asman-record-" + std::to_string(::getpid()) + "-" + std::to_string(count++)))
                .string();
        fs::remove(path);
    }
    ~Scratch() { fs::remove(path); }
};

struct Given {
    std::uint8_t kind;
    std::int64_t time;
    std::uint64_t number;
    std::string payload;
};

std::vector<Given> some_frames() {
    return {{1, 100, 1, "alpha"}, {2, 200, 2, ""}, {0, 200, 3, std::string(5000, 'x')}, {255, 300, 9, "omega"}};
}

base::Digest write(const std::string& path, const std::vector<Given>& frames, WriterOptions options = {}) {
    auto w = Writer::create(path, {{"state", "KGZ"}}, options);
    EXPECT_TRUE(w) << w.error().text();
    for (const auto& f : frames) EXPECT_TRUE(w->append(f.kind, {f.time}, f.number, base::as_bytes(f.payload)));
    EXPECT_TRUE(w->sync());
    EXPECT_EQ(w->bytes(), fs::file_size(path));
    return w->chain();
}

struct Outcome {
    std::vector<Frame> frames;
    std::optional<base::Error> error;
    std::optional<std::uint64_t> unfinished;
    base::Digest chain;
};

Outcome read(const std::string& path) {
    Outcome out;
    auto r = Reader::open(path);
    if (!r) {
        out.error = r.error();
        return out;
    }
    while (true) {
        auto frame = r->next();
        if (!frame) {
            out.error = frame.error();
            break;
        }
        if (!*frame) break;
        out.frames.push_back(std::move(**frame));
    }
    out.unfinished = r->unfinished();
    out.chain = r->chain();
    return out;
}

std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void replace(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

RC_GTEST_PROP(Log, WhatIsWrittenIsRead, ()) {
    const auto count = *rc::gen::inRange(0, 20);
    std::vector<Given> given;
    for (int i = 0; i < count; ++i)
        given.push_back({*rc::gen::arbitrary<std::uint8_t>(), *rc::gen::arbitrary<std::int64_t>(),
                         *rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::string>()});
    Scratch s;
    const auto chain = write(s.path, given, {*rc::gen::arbitrary<bool>()});
    const auto out = read(s.path);
    RC_ASSERT(!out.error && !out.unfinished);
    RC_ASSERT(out.chain == chain);
    RC_ASSERT(out.frames.size() == given.size());
    for (std::size_t i = 0; i < given.size(); ++i) {
        RC_ASSERT(out.frames[i].kind == given[i].kind);
        RC_ASSERT(out.frames[i].time.ns == given[i].time);
        RC_ASSERT(out.frames[i].number == given[i].number);
        RC_ASSERT(std::ranges::equal(out.frames[i].payload, base::as_bytes(given[i].payload)));
    }
}

TEST(Log, EveryChangedByteIsFoundAtItsFrame) {
    Scratch s;
    write(s.path, some_frames());
    const auto whole = contents(s.path);
    const auto good = read(s.path);
    ASSERT_EQ(good.frames.size(), 4u);
    for (std::size_t at = 0; at < whole.size(); ++at) {
        auto changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0x10);
        replace(s.path, changed);
        const auto out = read(s.path);
        ASSERT_TRUE(out.error) << "byte " << at;
        // The frame that holds the byte, or the header.
        std::uint64_t holder = 0;
        for (const auto& f : good.frames)
            if (f.offset <= at) holder = f.offset;
        EXPECT_EQ(out.error->place.item, "offset " + std::to_string(holder)) << "byte " << at;
        EXPECT_FALSE(out.unfinished);
    }
}

TEST(Log, CutAnywhereLosesAtMostTheLastFrame) {
    Scratch s;
    write(s.path, some_frames());
    const auto whole = contents(s.path);
    const auto good = read(s.path);
    const auto first = good.frames.front().offset;
    for (std::size_t length = first; length < whole.size(); ++length) {
        replace(s.path, whole.substr(0, length));
        const auto out = read(s.path);
        ASSERT_FALSE(out.error) << out.error->text();
        const auto kept = std::ranges::count_if(
            good.frames, [&](const Frame& f) { return f.offset + 26 + f.payload.size() + 16 <= length; });
        ASSERT_EQ(out.frames.size(), static_cast<std::size_t>(kept)) << length;
        const bool on_edge = std::ranges::any_of(good.frames, [&](const Frame& f) { return f.offset == length; });
        EXPECT_EQ(out.unfinished.has_value(), !on_edge) << length;
    }
}

TEST(Log, ResumeGoesOnWhereTheFileIsWhole) {
    const auto all = some_frames();
    Scratch once, twice;
    const auto chain = write(once.path, all);
    write(twice.path, {all[0], all[1]});
    {
        std::ofstream(twice.path, std::ios::binary | std::ios::app) << "left over by a crash";
        // Shorter than a frame's head: an unfinished frame.
    }
    auto w = Writer::resume(twice.path);
    ASSERT_TRUE(w) << w.error().text();
    EXPECT_EQ(w->last_number(), all[1].number);
    for (const auto* f : {&all[2], &all[3]})
        ASSERT_TRUE(w->append(f->kind, {f->time}, f->number, base::as_bytes(f->payload)));
    EXPECT_EQ(w->chain(), chain);
    EXPECT_EQ(contents(once.path), contents(twice.path));
}

TEST(Log, ZerosAfterLossOfPowerAreAnUnfinishedFrame) {
    Scratch s;
    write(s.path, some_frames());
    const auto whole = contents(s.path);
    replace(s.path, whole + std::string(100'000, '\0'));
    const auto out = read(s.path);
    EXPECT_FALSE(out.error);
    EXPECT_EQ(out.frames.size(), 4u);
    EXPECT_EQ(out.unfinished, whole.size());
    replace(s.path, whole + std::string(100'000, '\0') + "x");
    EXPECT_TRUE(read(s.path).error);
}

TEST(Log, AFrameLeftOutOrMovedIsFound) {
    Scratch s;
    write(s.path, some_frames());
    const auto whole = contents(s.path);
    const auto f = read(s.path).frames;
    replace(s.path, whole.substr(0, f[0].offset) + whole.substr(f[1].offset));
    ASSERT_TRUE(read(s.path).error);
    EXPECT_EQ(read(s.path).error->code, base::Errc::bad_signature);
}

TEST(Log, NeverOverwritesAndNamesWhatItCannotRead) {
    Scratch s;
    write(s.path, some_frames());
    EXPECT_EQ(Writer::create(s.path, {}).error().code, base::Errc::duplicate);
    EXPECT_EQ(Reader::open(s.path + ".absent").error().code, base::Errc::io);
    replace(s.path, "something else entirely");
    EXPECT_EQ(Reader::open(s.path).error().code, base::Errc::syntax);
    replace(s.path, std::string("ASMANLOG\x02\0\0\0\0\0\0\0", 16) + std::string(16, 'c'));
    EXPECT_EQ(Reader::open(s.path).error().code, base::Errc::bad_value);
    replace(s.path, std::string("ASMANLOG\x01\0\0\0\xff\xff\xff\xff", 16));
    EXPECT_EQ(Reader::open(s.path).error().code, base::Errc::syntax);
}

TEST(Log, RandomBytesNeverDoMoreThanFail) {
    Scratch s;
    write(s.path, some_frames(), {true});
    const auto whole = contents(s.path);
    EXPECT_TRUE(rc::check("mutated recordings", [&] {
        auto bytes = whole;
        for (int i = *rc::gen::inRange(1, 12); i > 0; --i)
            bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<char>();
        replace(s.path, bytes);
        const auto out = read(s.path);
        RC_ASSERT(out.frames.size() <= 4u);
    }));
}

TEST(Log, AttributesNameTheMachine) {
    const auto m = machine();
    EXPECT_TRUE(m.at("libc").starts_with("glibc 2."));
    EXPECT_FALSE(m.at("compiler").empty());
    Scratch s;
    { ASSERT_TRUE(Writer::create(s.path, m)); }
    auto r = Reader::open(s.path);
    ASSERT_TRUE(r);
    EXPECT_EQ(r->attributes(), m);
}

}  // namespace
}  // namespace asman::record
