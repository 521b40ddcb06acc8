// Decoding and encoding, on bytes made here.
#include <asman/asterix/cat021.hpp>
#include <asman/asterix/cat034.hpp>
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/cat062.hpp>
#include <asman/asterix/cat065.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/asterix/json.hpp>

#include <gtest/gtest.h>

namespace asman::asterix {
namespace {

std::vector<std::byte> bytes(std::initializer_list<unsigned> list) {
    std::vector<std::byte> out;
    for (const unsigned v : list) out.push_back(static_cast<std::byte>(v));
    return out;
}

struct Seen {
    std::size_t records = 0, problems = 0, opaque = 0, trailers = 0;
    Problem first;
};
Seen read(Bytes datagram, const Editions& editions = {}) {
    Seen seen;
    DatagramReader reader(datagram, editions);
    while (const Event* e = reader.next()) {
        seen.records += e->what == What::record;
        seen.opaque += e->what == What::opaque;
        seen.trailers += e->what == What::trailer;
        if (e->what == What::problem && seen.problems++ == 0) seen.first = e->problem;
    }
    return seen;
}

TEST(Cat048, APlotIsWrittenAndRead) {
    cat048::Fields f;
    f.i010 = {.sac = 25, .sic = 13};
    f.i140 = 3600.5;
    f.i020 = {.typ = 5, .sim = true, .tst = false, .err = true};
    f.i040 = {.rho = 100.5, .theta = 45.0};
    f.i070 = {.mode3a = 07700};
    f.i090 = {.fl = 350.25};
    f.i220 = 0x4CA123;
    f.i240 = "KLM1023";
    f.i250.emplace();
    f.i250->push_back({.mbdata = 0x123456789ABCDE, .bds1 = 4, .bds2 = 0});
    f.i030 = {1, 2};
    f.i130 = {.sam = -50};
    BlockWriter block(cat048::category);
    ASSERT_TRUE(block.add(f)) << block.problem().text();
    ASSERT_TRUE(block.add(f));
    const auto datagram = block.finish();
    EXPECT_EQ(std::to_integer<int>(datagram[0]), 48);

    const Editions editions;
    DatagramReader reader(datagram, editions);
    for (int i = 0; i < 2; ++i) {
        const Event* e = reader.next();
        ASSERT_TRUE(e && e->what == What::record);
        const cat048::View view(e->record);
        EXPECT_EQ(view.i010()->sac(), 25);
        EXPECT_EQ(e->record.source(), (Source{25, 13}));
        EXPECT_DOUBLE_EQ(*view.i140(), 3600.5);
        EXPECT_EQ(view.i020()->typ(), 5);
        EXPECT_TRUE(view.i020()->sim());
        EXPECT_EQ(view.i020()->err(), true);
        EXPECT_EQ(view.i020()->adsb_ep(), std::nullopt);
        EXPECT_DOUBLE_EQ(view.i040()->rho(), 100.5);
        EXPECT_DOUBLE_EQ(view.i040()->theta(), 45.0);
        EXPECT_EQ(view.i070()->mode3a(), 07700);
        EXPECT_DOUBLE_EQ(view.i090()->fl(), 350.25);
        EXPECT_EQ(view.i220(), 0x4CA123u);
        EXPECT_EQ(view.i240()->view(), "KLM1023");
        ASSERT_EQ(view.i250()->size(), 1u);
        EXPECT_EQ((*view.i250())[0].mbdata(), 0x123456789ABCDEu);
        EXPECT_EQ((*view.i250())[0].bds1(), 4);
        ASSERT_EQ(view.i030()->size(), 2u);
        EXPECT_EQ((*view.i030())[1], 2);
        EXPECT_EQ(view.i130()->sam(), -50.0);
        EXPECT_FALSE(view.has(cat048::Item::i161));
        EXPECT_EQ(element(e->record, "020/TYP"), 5u);
    }
    EXPECT_EQ(reader.next(), nullptr);
}

TEST(Hostile, NothingReadsPastTheEnd) {
    EXPECT_EQ(read(bytes({})).problems, 0u);
    EXPECT_EQ(read(bytes({48})).first.fault, Fault::truncated_block);
    EXPECT_EQ(read(bytes({48, 0, 0})).first.fault, Fault::bad_length);
    EXPECT_EQ(read(bytes({48, 0, 200, 1})).first.fault, Fault::truncated_block);
    EXPECT_EQ(read(bytes({48, 0, 6, 0xFF, 0xFF, 0xFF})).first.fault, Fault::truncated_record);
    EXPECT_EQ(read(bytes({48, 0, 4, 0x80})).first.fault, Fault::truncated_item);
    EXPECT_EQ(read(bytes({48, 0, 8, 1, 1, 1, 2, 0})).first.fault, Fault::zero_length);  // an SP of length 0
    EXPECT_EQ(read(bytes({48, 0, 3})).records, 0u);
    EXPECT_EQ(read(bytes({250, 0, 5, 1, 2})).opaque, 1u);
    EXPECT_EQ(read(bytes({48, 0, 6, 0x80, 1, 2, 0, 9, 9})).trailers, 1u);
}

TEST(Hostile, NoBytesBreakAnyEdition) {
    std::uint64_t state = 1;
    const auto random = [&] {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        return state;
    };
    std::vector<std::byte> datagram;
    std::size_t records = 0;
    std::string json;
    for (const Edition* edition : editions()) {
        if (edition->expansion) continue;
        Editions one;
        one.set(*edition);
        for (int i = 0; i < 300; ++i) {
            const std::size_t size = 4 + random() % 200;
            datagram.assign(size, static_cast<std::byte>(edition->category));
            datagram[1] = std::byte{0};
            datagram[2] = static_cast<std::byte>(size);
            // All ones, few ones, or anything: field specifications of every length.
            for (std::size_t k = 3; k < size; ++k)
                datagram[k] = static_cast<std::byte>(i % 3 == 0   ? 0xFF
                                                     : i % 3 == 1 ? random() & random() & random()
                                                                  : random());
            DatagramReader reader(datagram, one);
            while (const Event* e = reader.next()) {
                if (e->what == What::problem) {
                    EXPECT_LE(e->problem.offset, datagram.size());
                }
                if (e->what != What::record) continue;
                ++records;
                json.clear();
                to_json(e->record, 0, json);
                EXPECT_EQ(json.back(), '}');
            }
        }
    }
    EXPECT_GT(records, 1000u);
}

TEST(Hostile, ARepetitionBeyondTheBlockIsAFaultNotAnAllocation) {
    // 240/052 repeats 256 octets up to 255 times: 64 KiB, of which nothing is there.
    EXPECT_EQ(read(bytes({48, 0, 7, 0x01, 0x20, 0xFF, 0x00})).first.fault, Fault::truncated_item);
    const auto seen = read(bytes({240, 0, 8, 0x01, 0x10, 0xFF, 0xFF, 0xFF}));
    EXPECT_EQ(seen.records, 0u);
    EXPECT_EQ(seen.problems, 1u);
}

TEST(Hostile, AnotherBlockIsReadAfterABadOne) {
    const auto seen = read(bytes({48, 0, 4, 0x80, 48, 0, 6, 0x80, 1, 2}));
    EXPECT_EQ(seen.problems, 1u);
    EXPECT_EQ(seen.records, 1u);
    EXPECT_EQ(seen.first.item, "010");
    EXPECT_EQ(seen.first.offset, 4u);
}

}  // namespace
}  // namespace asman::asterix
