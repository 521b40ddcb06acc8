// Framings, on recordings made here.
#include <asman/asterix/frames.hpp>

#include "framings_for_tests.hpp"
#include "records_for_tests.hpp"

#include <gtest/gtest.h>

namespace asman::asterix {
namespace {

using namespace framings_for_tests;

struct Result {
    std::string framing, problem;
    std::vector<Octets> payloads;
    std::vector<std::optional<std::int64_t>> received;
    std::vector<std::optional<double>> clock;
    FrameCounters counters;
};

Result read_frames(const Octets& file) {
    Result r;
    auto reader = FrameReader::over(Bytes(reinterpret_cast<const std::byte*>(file.data()), file.size()), r.problem);
    if (!reader) return r;
    r.framing = std::string(name(reader->framing()));
    while (const Frame* f = reader->next()) {
        Octets payload;
        for (const std::byte b : f->payload) payload.push_back(std::to_integer<std::uint8_t>(b));
        r.payloads.push_back(payload);
        r.received.push_back(f->received);
        r.clock.push_back(f->clock);
    }
    r.counters = reader->counters();
    return r;
}

TEST(Frames, PcapOverEveryLink) {
    const auto datagram = udp(block);
    const auto v4 = ip4(datagram), v6 = ip6(datagram);
    const auto extended6 = ip6(Octets{17, 0, 1, 4, 0, 0, 0, 0} + datagram, 60);
    const auto r = read_frames(pcap({ethernet(v4, 0x0800), ethernet(v4, 0x0800, true), ethernet(v6, 0x86DD),
                                     ethernet(extended6, 0x86DD), ethernet(v4, 0x0806)}));
    EXPECT_EQ(r.framing, "pcap");
    EXPECT_EQ(r.payloads, std::vector<Octets>(4, block));
    EXPECT_EQ(r.received[0], 1'600'000'000'250'000'000);
    EXPECT_EQ(r.counters.other, 1u);
    EXPECT_EQ(read_frames(pcap({v4}, 101)).payloads.size(), 1u);
    EXPECT_EQ(read_frames(pcap({little(2, 4) + v4}, 0)).payloads.size(), 1u);
    EXPECT_EQ(read_frames(pcap({Octets(14, 0) + big(0x0800, 2) + v4}, 113)).payloads.size(), 1u);
    EXPECT_EQ(read_frames(pcap({big(0x0800, 2) + Octets(18, 0) + v4}, 276)).payloads.size(), 1u);
}

TEST(Frames, FragmentsInAnyOrderMakeOneDatagram) {
    Octets payload;
    for (int i = 0; i < 10; ++i) payload = payload + block;
    const auto whole = udp(payload);
    const Octets a(whole.begin(), whole.begin() + 24), b(whole.begin() + 24, whole.begin() + 48),
        c(whole.begin() + 48, whole.end());
    const auto r = read_frames(
        pcap({ethernet(ip4(c, 6), 0x0800), ethernet(ip4(a, 0x2000), 0x0800), ethernet(ip4(b, 0x2003), 0x0800)}));
    EXPECT_EQ(r.payloads, std::vector<Octets>{payload});
    const auto lost = read_frames(pcap({ethernet(ip4(a, 0x2000), 0x0800), ethernet(ip4(c, 6), 0x0800)}));
    EXPECT_TRUE(lost.payloads.empty());
    const auto six = [&](const Octets& piece, unsigned place) {
        return ethernet(ip6(Octets{17, 0} + big(place, 2) + big(99, 4) + piece, 44), 0x86DD);
    };
    EXPECT_EQ(read_frames(pcap({six(a, 1), six(b, 24 | 1), six(c, 48)})).payloads, std::vector<Octets>{payload});
}

TEST(Frames, PcapngWithItsClock) {
    const auto r = read_frames(pcapng_start() + pcapng_packet(ethernet(ip4(udp(block)), 0x0800)));
    EXPECT_EQ(r.framing, "pcapng");
    ASSERT_EQ(r.payloads, std::vector<Octets>{block});
    EXPECT_EQ(r.received[0], 1'600'000'000'000'000'123);
}

TEST(Frames, EveryFramingGivesBackWhatItWraps) {
    Dice dice(11);
    for (int round = 0; round < 200; ++round) {
        std::vector<Octets> payloads;
        const auto count = 1 + dice.below(6);
        for (std::uint64_t i = 0; i < count; ++i) {
            Octets data(dice.below(300));
            for (auto& o : data) o = static_cast<std::uint8_t>(dice.next() >> 30);
            payloads.push_back(Octets{static_cast<std::uint8_t>(dice.one_in(2) ? 48 : 62)} + big(data.size() + 3, 2) +
                               data);
        }
        for (std::size_t f = 1; f < framings; ++f) {
            const auto r = read_frames(recording(f, payloads));
            EXPECT_EQ(r.framing, name(static_cast<Framing>(f))) << round;
            EXPECT_EQ(r.payloads, payloads) << r.framing;
            EXPECT_EQ(r.counters.junk + r.counters.damaged + r.counters.lost, 0u) << r.framing;
        }
        if (HasFailure()) return;
    }
}

TEST(Frames, TheOthers) {
    const auto raw = read_frames(block + block);
    EXPECT_EQ(raw.framing, "raw");
    EXPECT_EQ(raw.payloads.size(), 2u);
    const auto final_format = read_frames(ff(block) + ff(block));
    EXPECT_EQ(final_format.framing, "ff");
    EXPECT_EQ(final_format.payloads, std::vector<Octets>(2, block));
    EXPECT_EQ(final_format.clock[0], 3600.0);
    const auto stamped = read_frames(Octets(2200, 0xCD) + gps(block) + gps(block));
    EXPECT_EQ(stamped.framing, "gps");
    EXPECT_EQ(stamped.payloads, std::vector<Octets>(2, block));
    EXPECT_EQ(stamped.clock[1], 1.0);
    const auto replayed = read_frames(rply(block) + rply(block));
    EXPECT_EQ(replayed.framing, "rply");
    EXPECT_EQ(replayed.clock[0], 1.5);
}

TEST(Frames, Oradis) {
    const auto file = read_frames(oradis(block) + oradis(block + block));
    EXPECT_EQ(file.framing, "oradis");
    EXPECT_EQ(file.payloads, (std::vector<Octets>{block, block + block}));
    // Frames of 256 octets and more begin like a block of category 1.
    Octets many;
    for (int i = 0; i < 50; ++i) many = many + block;
    EXPECT_EQ(read_frames(oradis(many) + oradis(block)).framing, "oradis");
    // In datagrams: several of them are several payloads, with the port of all.
    const auto captured = read_frames(
        pcap({ethernet(ip4(udp(oradis(block) + oradis(block))), 0x0800), ethernet(ip4(udp(block)), 0x0800)}));
    EXPECT_EQ(captured.payloads, std::vector<Octets>(3, block));
    EXPECT_EQ(captured.counters.frames, 3u);
    EXPECT_EQ(read_frames(oradis(block) + Octets{0, 5, 1}).counters.junk, 3u);
}

TEST(Frames, HdlcBareAndBetweenFlags) {
    const Octets difficult{48, 0, 9, 0x80, 0x7E, 0x7D, 0x7E, 3, 1};
    const auto bare = read_frames(hdlc(block) + hdlc(block + difficult));
    EXPECT_EQ(bare.framing, "hdlc");
    EXPECT_EQ(bare.payloads, (std::vector<Octets>{block, block + difficult}));
    const auto flagged = read_frames(stuffed(hdlc(difficult)) + stuffed(hdlc(block)) + Octets{0x7E});
    EXPECT_EQ(flagged.framing, "hdlc");
    EXPECT_EQ(flagged.payloads, (std::vector<Octets>{difficult, block}));
    EXPECT_EQ(flagged.counters.junk, 0u);
    // A damaged frame is passed over, its octets counted.
    auto damaged = hdlc(block);
    damaged[5] ^= 1;
    const auto r = read_frames(hdlc(block) + damaged + hdlc(block));
    EXPECT_EQ(r.payloads, std::vector<Octets>(2, block));
    EXPECT_EQ(r.counters.junk, damaged.size());
}

Octets flat(const Result& r) {
    Octets out;
    for (const auto& p : r.payloads) out = out + p;
    return out;
}

TEST(Frames, TcpStreamsAreCutIntoBlocks) {
    const Octets a(block.begin(), block.begin() + 2), b(block.begin() + 2, block.end());
    for (const bool six : {false, true}) {
        // A block over two segments; two in one; a segment sent again; two out of order.
        const auto r = read_frames(
            pcap({segment(tcp(99, {}, 2), six), segment(tcp(100, a), six), segment(tcp(102, b), six),
                  segment(tcp(100, a), six), segment(tcp(118, block), six), segment(tcp(106, block + block), six)}));
        EXPECT_EQ(r.payloads.size(), 2u);
        EXPECT_EQ(flat(r), block + block + block + block);
        EXPECT_EQ(r.counters.lost + r.counters.junk + r.counters.damaged, 0u);
    }
    // Two connections at once, over the wrap of sequence numbers, from the middle on.
    const auto two = read_frames(pcap({segment(tcp(0xFFFFFFFE, a)), segment(tcp(5, a, 0x18, 9000)), segment(tcp(0, b)),
                                       segment(tcp(7, b, 0x18, 9000))}));
    EXPECT_EQ(flat(two), block + block);
}

TEST(Frames, ATcpSegmentFromHalfOfTheNumbersAwayIsAnOldOne) {
    const auto r =
        read_frames(pcap({segment(tcp(100, block)), segment(tcp(106 + (1u << 31), block)), segment(tcp(106, block))}));
    EXPECT_EQ(flat(r), block + block);
}

TEST(Frames, WhatATcpStreamLacksIsSkippedAndCounted) {
    std::vector<Octets> packets{segment(tcp(100, block))};
    for (std::uint32_t i = 0; i < 80; ++i) packets.push_back(segment(tcp(112 + 6 * i, block)));
    const auto r = read_frames(pcap(packets));
    EXPECT_EQ(flat(r).size(), 81 * block.size());
    EXPECT_EQ(r.counters.lost, 1u);
    // Another protocol is none of ours.
    const auto other = read_frames(pcap({segment(tcp(1, {'G', 0, 0, 'T'})), segment(tcp(5, {0, 0, 0, 0}))}));
    EXPECT_TRUE(other.payloads.empty());
    EXPECT_GT(other.counters.other, 0u);
}

TEST(Frames, NoiseIsNotTakenForBlocks) {
    std::uint64_t state = 7;
    int taken = 0;
    for (int i = 0; i < 200; ++i) {
        Octets noise(1 + i * 500);
        for (auto& o : noise) {
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            o = static_cast<std::uint8_t>(state >> 20);
        }
        taken += !read_frames(noise).framing.empty();
    }
    EXPECT_LE(taken, 4);
}

/// A target report that is longer than a header, as recordings have them.
Octets report(std::uint8_t number) {
    return Octets{48, 0, 14, 0xF0, 90, number, 0x2A, 0x30, 0, 0xA0, 0x64, 0, 0x40, 0};
}
Octets some(std::uint8_t first, int count, Octets (*wrap)(const Octets&)) {
    Octets out;
    for (int i = 0; i < count; ++i) out = out + wrap(report(static_cast<std::uint8_t>(first + i)));
    return out;
}

TEST(Frames, ReadingGoesOnBehindWhatIsNoFrame) {
    const auto plain = +[](const Octets& o) { return o; };
    const std::pair<const char*, Octets (*)(const Octets&)> each[] = {
        {"raw", plain}, {"ff", ff}, {"rply", rply}, {"oradis", oradis}};
    for (const auto& [framing, wrap] : each) {
        const auto before = some(1, 10, wrap), after = some(11, 10, wrap);
        for (const auto& spoilt : {Octets(20, 0), Octets{0, 0}, Octets(3000, 0xFF), wrap(report(99)), Octets{}}) {
            auto damage = spoilt;
            if (damage.size() > 10 && damage.size() < 100) damage.resize(damage.size() - 3);  // a frame that was cut
            const auto r = read_frames(before + damage + after);
            EXPECT_EQ(r.framing, framing);
            ASSERT_GE(r.payloads.size(), 20u) << framing << " " << damage.size();
            EXPECT_EQ(Octets(r.payloads.front()), report(1));
            EXPECT_EQ(Octets(r.payloads.back()), report(20)) << framing << " " << damage.size();
            EXPECT_EQ(r.counters.junk, damage.size()) << framing;
            EXPECT_EQ(r.counters.junk_at.value_or(before.size()), before.size()) << framing;
        }
    }
    // A length that is wrong takes nothing of what follows; one of a category that nobody knows is believed.
    auto longer = report(50);
    longer[1] = 1;
    const auto r = read_frames(some(1, 10, plain) + longer + some(11, 30, plain));
    EXPECT_EQ(r.payloads.size(), 40u);
    EXPECT_EQ(r.counters.junk, longer.size());
    const Octets unknown{253, 0, 5, 1, 2}, other{252, 0, 4, 9};
    EXPECT_EQ(read_frames(some(1, 10, plain) + unknown + other + unknown + some(11, 10, plain)).payloads.size(), 23u);
}

TEST(Frames, WhatIsAheadStaysToBeRead) {
    const auto file = some(1, 20, ff);
    const Bytes bytes(reinterpret_cast<const std::byte*>(file.data()), file.size());
    std::string problem;
    auto reader = FrameReader::over(bytes, problem);
    ASSERT_TRUE(reader) << problem;
    EXPECT_EQ(reader->ahead().size(), file.size());
    std::size_t frames = 0;
    while (reader->next()) ++frames;
    EXPECT_EQ(frames, 20u);
}

TEST(Frames, WhatCannotBeReadIsNamed) {
    std::string problem;
    EXPECT_FALSE(FrameReader::open("/nowhere/at/all", problem));
    EXPECT_EQ(problem, "cannot be opened: No such file or directory");
    EXPECT_FALSE(FrameReader::open("/", problem));
    EXPECT_EQ(problem, "cannot be read: Is a directory");
}

TEST(Frames, WhatIsNoFrameIsCounted) {
    EXPECT_EQ(read_frames({}).problem, "nothing in it");
    EXPECT_NE(read_frames(Octets(100, 0)).problem, "");
    EXPECT_EQ(read_frames(block + Octets{48, 0xFF, 0xFF, 1}).counters.junk, 4u);
    auto cut = pcap({ethernet(ip4(udp(block)), 0x0800)});
    cut.pop_back();
    EXPECT_EQ(read_frames(cut).payloads.size(), 0u);
    EXPECT_GT(read_frames(cut).counters.junk, 0u);
    auto wrong = ethernet(ip4(udp(block)), 0x0800);
    wrong[16] = 0xFF;  // an IP length beyond the packet
    EXPECT_EQ(read_frames(pcap({wrong})).counters.damaged, 1u);
}

}  // namespace
}  // namespace asman::asterix
