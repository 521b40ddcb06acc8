// Framings, on recordings made here.
#include <asman/asterix/frames.hpp>

#include <gtest/gtest.h>

namespace asman::asterix {
namespace {

using Octets = std::vector<std::uint8_t>;

const Octets block{48, 0, 6, 0x80, 25, 13};

Octets operator+(Octets a, const Octets& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}
Octets big(std::uint64_t v, int n) {
    Octets out;
    while (n--) out.push_back(static_cast<std::uint8_t>(v >> 8 * n));
    return out;
}
Octets little(std::uint64_t v, int n) {
    Octets out;
    for (int i = 0; i < n; ++i) out.push_back(static_cast<std::uint8_t>(v >> 8 * i));
    return out;
}

Octets udp(const Octets& payload) {
    return big(4000, 2) + big(8600, 2) + big(payload.size() + 8, 2) + big(0, 2) + payload;
}

/// `fragment`: the flags and offset field.
Octets ip4(const Octets& data, unsigned fragment = 0) {
    return Octets{0x45, 0} + big(data.size() + 20, 2) + big(7, 2) + big(fragment, 2) +
           Octets{1, 17, 0, 0, 10, 0, 0, 1, 239, 1, 1, 1} + data;
}
Octets ip6(const Octets& data, std::uint8_t next = 17) {
    return Octets{0x60, 0, 0, 0} + big(data.size(), 2) + Octets{next, 1} + Octets(32, 0xFE) + data;
}
Octets ethernet(const Octets& packet, unsigned type, bool vlan = false) {
    return Octets(12, 2) + (vlan ? Octets{0x81, 0, 0, 5} : Octets{}) + big(type, 2) + packet;
}
Octets pcap(const std::vector<Octets>& packets, unsigned link = 1) {
    Octets out =
        little(0xA1B2C3D4, 4) + little(2, 2) + little(4, 2) + little(0, 8) + little(65535, 4) + little(link, 4);
    for (const auto& p : packets)
        out = out + little(1'600'000'000, 4) + little(250'000, 4) + little(p.size(), 4) + little(p.size(), 4) + p;
    return out;
}

struct Result {
    std::string framing, problem;
    std::vector<Octets> payloads;
    std::vector<std::optional<std::int64_t>> received;
    std::vector<std::optional<double>> clock;
    FrameCounters counters;
};

Result read(const Octets& file) {
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
    const auto r = read(pcap({ethernet(v4, 0x0800), ethernet(v4, 0x0800, true), ethernet(v6, 0x86DD),
                              ethernet(extended6, 0x86DD), ethernet(v4, 0x0806)}));
    EXPECT_EQ(r.framing, "pcap");
    EXPECT_EQ(r.payloads, std::vector<Octets>(4, block));
    EXPECT_EQ(r.received[0], 1'600'000'000'250'000'000);
    EXPECT_EQ(r.counters.other, 1u);
    EXPECT_EQ(read(pcap({v4}, 101)).payloads.size(), 1u);
    EXPECT_EQ(read(pcap({little(2, 4) + v4}, 0)).payloads.size(), 1u);
    EXPECT_EQ(read(pcap({Octets(14, 0) + big(0x0800, 2) + v4}, 113)).payloads.size(), 1u);
    EXPECT_EQ(read(pcap({big(0x0800, 2) + Octets(18, 0) + v4}, 276)).payloads.size(), 1u);
}

TEST(Frames, FragmentsInAnyOrderMakeOneDatagram) {
    Octets payload;
    for (int i = 0; i < 10; ++i) payload = payload + block;
    const auto whole = udp(payload);
    const Octets a(whole.begin(), whole.begin() + 24), b(whole.begin() + 24, whole.begin() + 48),
        c(whole.begin() + 48, whole.end());
    const auto r =
        read(pcap({ethernet(ip4(c, 6), 0x0800), ethernet(ip4(a, 0x2000), 0x0800), ethernet(ip4(b, 0x2003), 0x0800)}));
    EXPECT_EQ(r.payloads, std::vector<Octets>{payload});
    const auto lost = read(pcap({ethernet(ip4(a, 0x2000), 0x0800), ethernet(ip4(c, 6), 0x0800)}));
    EXPECT_TRUE(lost.payloads.empty());
    const auto six = [&](const Octets& piece, unsigned place) {
        return ethernet(ip6(Octets{17, 0} + big(place, 2) + big(99, 4) + piece, 44), 0x86DD);
    };
    EXPECT_EQ(read(pcap({six(a, 1), six(b, 24 | 1), six(c, 48)})).payloads, std::vector<Octets>{payload});
}

TEST(Frames, PcapngWithItsClock) {
    const auto packet = ethernet(ip4(udp(block)), 0x0800);
    const auto wrap = [](std::uint32_t type, const Octets& body) {
        return little(type, 4) + little(body.size() + 12, 4) + body + little(body.size() + 12, 4);
    };
    const Octets padded = packet + Octets((4 - packet.size() % 4) % 4, 0);
    const Octets nanoseconds = little(9, 2) + little(1, 2) + Octets{9, 0, 0, 0} + little(0, 4);
    const std::uint64_t ticks = 1'600'000'000'000'000'123;
    const auto r = read(wrap(0x0A0D0D0A, little(0x1A2B3C4D, 4) + little(1, 4) + little(~std::uint64_t{0}, 8)) +
                        wrap(1, little(1, 4) + little(65535, 4) + nanoseconds) +
                        wrap(6, little(0, 4) + little(ticks >> 32, 4) + little(ticks & 0xFFFFFFFF, 4) +
                                    little(packet.size(), 4) + little(packet.size(), 4) + padded));
    EXPECT_EQ(r.framing, "pcapng");
    ASSERT_EQ(r.payloads, std::vector<Octets>{block});
    EXPECT_EQ(r.received[0], 1'600'000'000'000'000'123);
}

TEST(Frames, TheOthers) {
    const auto raw = read(block + block);
    EXPECT_EQ(raw.framing, "raw");
    EXPECT_EQ(raw.payloads.size(), 2u);
    const auto ff = big(block.size() + 12, 2) + big(0, 2) + big(360000, 4) + block + Octets(4, 0xA5);
    const auto final_format = read(ff + ff);
    EXPECT_EQ(final_format.framing, "ff");
    EXPECT_EQ(final_format.payloads, std::vector<Octets>(2, block));
    EXPECT_EQ(final_format.clock[0], 3600.0);
    const auto stamped = block + Octets(6, 0x11) + big(128, 4);
    const auto gps = read(Octets(2200, 0xCD) + stamped + stamped);
    EXPECT_EQ(gps.framing, "gps");
    EXPECT_EQ(gps.payloads, std::vector<Octets>(2, block));
    EXPECT_EQ(gps.clock[1], 1.0);
    const auto one = little(block.size(), 4) + little(1500, 4) + block;
    const auto rply = read(one + one);
    EXPECT_EQ(rply.framing, "rply");
    EXPECT_EQ(rply.clock[0], 1.5);
}

Octets oradis(const Octets& data) {
    return big(data.size() + 6, 2) + big(123456, 4) + data;
}

TEST(Frames, Oradis) {
    const auto file = read(oradis(block) + oradis(block + block));
    EXPECT_EQ(file.framing, "oradis");
    EXPECT_EQ(file.payloads, (std::vector<Octets>{block, block + block}));
    // Frames of 256 octets and more begin like a block of category 1.
    Octets many;
    for (int i = 0; i < 50; ++i) many = many + block;
    EXPECT_EQ(read(oradis(many) + oradis(block)).framing, "oradis");
    // In datagrams: several of them are several payloads, with the port of all.
    const auto captured =
        read(pcap({ethernet(ip4(udp(oradis(block) + oradis(block))), 0x0800), ethernet(ip4(udp(block)), 0x0800)}));
    EXPECT_EQ(captured.payloads, std::vector<Octets>(3, block));
    EXPECT_EQ(captured.counters.frames, 3u);
    EXPECT_EQ(read(oradis(block) + Octets{0, 5, 1}).counters.junk, 3u);
}

/// CRC of ISO/IEC 13239, bit by bit.
Octets hdlc(const Octets& data) {
    const auto frame = Octets{1, 3} + data;
    unsigned fcs = 0xFFFF;
    for (const auto o : frame)
        for (int k = 0; k < 8; ++k) {
            const bool one = ((fcs ^ o >> k) & 1) != 0;
            fcs = one ? fcs >> 1 ^ 0x8408 : fcs >> 1;
        }
    return frame + little(fcs ^ 0xFFFF, 2);
}
Octets stuffed(const Octets& frame) {
    Octets out{0x7E};
    for (const auto o : frame) {
        if (o == 0x7E || o == 0x7D) out.push_back(0x7D);
        out.push_back(o == 0x7E || o == 0x7D ? o ^ 0x20 : o);
    }
    return out;
}

TEST(Frames, HdlcBareAndBetweenFlags) {
    const Octets difficult{48, 0, 9, 0x80, 0x7E, 0x7D, 0x7E, 3, 1};
    const auto bare = read(hdlc(block) + hdlc(block + difficult));
    EXPECT_EQ(bare.framing, "hdlc");
    EXPECT_EQ(bare.payloads, (std::vector<Octets>{block, block + difficult}));
    const auto flagged = read(stuffed(hdlc(difficult)) + stuffed(hdlc(block)) + Octets{0x7E});
    EXPECT_EQ(flagged.framing, "hdlc");
    EXPECT_EQ(flagged.payloads, (std::vector<Octets>{difficult, block}));
    EXPECT_EQ(flagged.counters.junk, 0u);
    // A damaged frame is passed over, its octets counted.
    auto damaged = hdlc(block);
    damaged[5] ^= 1;
    const auto r = read(hdlc(block) + damaged + hdlc(block));
    EXPECT_EQ(r.payloads, std::vector<Octets>(2, block));
    EXPECT_EQ(r.counters.junk, damaged.size());
}

Octets tcp(std::uint32_t number, const Octets& data, unsigned flags = 0x18, unsigned from = 8600) {
    return big(from, 2) + big(40000, 2) + big(number, 4) + big(0, 4) + Octets{0x50, static_cast<std::uint8_t>(flags)} +
           big(8192, 2) + big(0, 4) + data;
}
Octets segment(const Octets& t, bool six = false) {
    auto packet = six ? ip6(t, 6) : ip4(t);
    if (!six) packet[9] = 6;
    return ethernet(packet, six ? 0x86DD : 0x0800);
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
        const auto r = read(
            pcap({segment(tcp(99, {}, 2), six), segment(tcp(100, a), six), segment(tcp(102, b), six),
                  segment(tcp(100, a), six), segment(tcp(118, block), six), segment(tcp(106, block + block), six)}));
        EXPECT_EQ(r.payloads.size(), 2u);
        EXPECT_EQ(flat(r), block + block + block + block);
        EXPECT_EQ(r.counters.lost + r.counters.junk + r.counters.damaged, 0u);
    }
    // Two connections at once, over the wrap of sequence numbers, from the middle on.
    const auto two = read(pcap({segment(tcp(0xFFFFFFFE, a)), segment(tcp(5, a, 0x18, 9000)), segment(tcp(0, b)),
                                segment(tcp(7, b, 0x18, 9000))}));
    EXPECT_EQ(flat(two), block + block);
}

TEST(Frames, WhatATcpStreamLacksIsSkippedAndCounted) {
    std::vector<Octets> packets{segment(tcp(100, block))};
    for (std::uint32_t i = 0; i < 80; ++i) packets.push_back(segment(tcp(112 + 6 * i, block)));
    const auto r = read(pcap(packets));
    EXPECT_EQ(flat(r).size(), 81 * block.size());
    EXPECT_EQ(r.counters.lost, 1u);
    // Another protocol is none of ours.
    const auto other = read(pcap({segment(tcp(1, {'G', 0, 0, 'T'})), segment(tcp(5, {0, 0, 0, 0}))}));
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
        taken += !read(noise).framing.empty();
    }
    EXPECT_LE(taken, 4);
}

TEST(Frames, WhatIsNoFrameIsCounted) {
    EXPECT_EQ(read({}).problem, "nothing in it");
    EXPECT_NE(read(Octets(100, 0)).problem, "");
    EXPECT_EQ(read(block + Octets{48, 0xFF, 0xFF, 1}).counters.junk, 4u);
    auto cut = pcap({ethernet(ip4(udp(block)), 0x0800)});
    cut.pop_back();
    EXPECT_EQ(read(cut).payloads.size(), 0u);
    EXPECT_GT(read(cut).counters.junk, 0u);
    auto wrong = ethernet(ip4(udp(block)), 0x0800);
    wrong[16] = 0xFF;  // an IP length beyond the packet
    EXPECT_EQ(read(pcap({wrong})).counters.damaged, 1u);
}

}  // namespace
}  // namespace asman::asterix
