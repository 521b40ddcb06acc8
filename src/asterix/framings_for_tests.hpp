// Recordings made by hand, octet by octet: for tests of the framings, and for fuzzing.
#pragma once

#include <cstdint>
#include <vector>

namespace asman::asterix::framings_for_tests {

using Octets = std::vector<std::uint8_t>;

inline const Octets block{48, 0, 6, 0x80, 25, 13};

inline Octets operator+(Octets a, const Octets& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}
inline Octets big(std::uint64_t v, int n) {
    Octets out;
    while (n--) out.push_back(static_cast<std::uint8_t>(v >> 8 * n));
    return out;
}
inline Octets little(std::uint64_t v, int n) {
    Octets out;
    for (int i = 0; i < n; ++i) out.push_back(static_cast<std::uint8_t>(v >> 8 * i));
    return out;
}

inline Octets udp(const Octets& payload) {
    return big(8600, 2) + big(8600, 2) + big(payload.size() + 8, 2) + big(0, 2) + payload;
}

/// `fragment`: the flags and offset field.
inline Octets ip4(const Octets& data, unsigned fragment = 0) {
    return Octets{0x45, 0} + big(data.size() + 20, 2) + big(7, 2) + big(fragment, 2) +
           Octets{1, 17, 0, 0, 10, 0, 0, 1, 239, 1, 1, 1} + data;
}
inline Octets ip6(const Octets& data, std::uint8_t next = 17) {
    return Octets{0x60, 0, 0, 0} + big(data.size(), 2) + Octets{next, 1} + Octets(32, 0xFE) + data;
}
inline Octets ethernet(const Octets& packet, unsigned type, bool vlan = false) {
    return Octets(12, 2) + (vlan ? Octets{0x81, 0, 0, 5} : Octets{}) + big(type, 2) + packet;
}
inline Octets pcap(const std::vector<Octets>& packets, unsigned link = 1) {
    Octets out =
        little(0xA1B2C3D4, 4) + little(2, 2) + little(4, 2) + little(0, 8) + little(65535, 4) + little(link, 4);
    for (const auto& p : packets) {
        const auto packet =
            little(1'600'000'000, 4) + little(250'000, 4) + little(p.size(), 4) + little(p.size(), 4) + p;
        out.insert(out.end(), packet.begin(), packet.end());
    }
    return out;
}

/// A block of the newer container.
inline Octets pcapng_block(std::uint32_t type, const Octets& body) {
    const Octets padded = body + Octets((4 - body.size() % 4) % 4, 0);
    return little(type, 4) + little(padded.size() + 12, 4) + padded + little(padded.size() + 12, 4);
}
inline Octets pcapng_start(unsigned link = 1) {
    const Octets nanoseconds = little(9, 2) + little(1, 2) + Octets{9, 0, 0, 0} + little(0, 4);
    return pcapng_block(0x0A0D0D0A, little(0x1A2B3C4D, 4) + little(1, 4) + little(~std::uint64_t{0}, 8)) +
           pcapng_block(1, little(link, 2) + little(0, 2) + little(65535, 4) + nanoseconds);
}
inline Octets pcapng_packet(const Octets& packet, std::uint64_t ticks = 1'600'000'000'000'000'123) {
    return pcapng_block(6, little(0, 4) + little(ticks >> 32, 4) + little(ticks & 0xFFFFFFFF, 4) +
                               little(packet.size(), 4) + little(packet.size(), 4) + packet);
}

inline Octets ff(const Octets& data) {
    return big(data.size() + 12, 2) + big(0, 2) + big(360000, 4) + data + Octets(4, 0xA5);
}
inline Octets gps(const Octets& one_block) {
    return one_block + Octets(6, 0x11) + big(128, 4);
}
inline Octets rply(const Octets& data) {
    return little(data.size(), 4) + little(1500, 4) + data;
}

inline Octets oradis(const Octets& data) {
    return big(data.size() + 6, 2) + big(123456, 4) + data;
}

/// CRC of ISO/IEC 13239, bit by bit.
inline Octets hdlc(const Octets& data) {
    const auto frame = Octets{1, 3} + data;
    unsigned fcs = 0xFFFF;
    for (const auto o : frame)
        for (int k = 0; k < 8; ++k) {
            const bool one = ((fcs ^ o >> k) & 1) != 0;
            fcs = one ? fcs >> 1 ^ 0x8408 : fcs >> 1;
        }
    return frame + little(fcs ^ 0xFFFF, 2);
}
inline Octets stuffed(const Octets& frame) {
    Octets out{0x7E};
    for (const auto o : frame) {
        if (o == 0x7E || o == 0x7D) out.push_back(0x7D);
        out.push_back(o == 0x7E || o == 0x7D ? o ^ 0x20 : o);
    }
    return out;
}

inline Octets tcp(std::uint32_t number, const Octets& data, unsigned flags = 0x18, unsigned from = 8600) {
    return big(from, 2) + big(40000, 2) + big(number, 4) + big(0, 4) + Octets{0x50, static_cast<std::uint8_t>(flags)} +
           big(8192, 2) + big(0, 4) + data;
}
inline Octets segment(const Octets& t, bool six = false) {
    auto packet = six ? ip6(t, 6) : ip4(t);
    if (!six) packet[9] = 6;
    return ethernet(packet, six ? 0x86DD : 0x0800);
}

/// A recording of `payloads` (whole blocks; one each where the framing has no other) in the framing of that number in
/// Framing; pcap and pcapng mix transports, so that a stream's blocks may come in other portions.
inline Octets recording(std::size_t framing, const std::vector<Octets>& payloads) {
    Octets out = framing == 3 ? pcapng_start() : framing == 5 ? Octets(2200, 0xCD) : Octets{};
    std::vector<Octets> packets;
    std::uint32_t number = 0xFFFFFFF0;
    for (const auto& p : payloads) {
        switch (framing) {
            case 2:
            case 3: {
                const bool stream = packets.size() % 3 == 2;
                packets.push_back(stream ? segment(tcp(number, p)) : ethernet(ip4(udp(p)), 0x0800, packets.size() % 2));
                if (stream) number += static_cast<std::uint32_t>(p.size());
                if (framing == 3) out = out + pcapng_packet(packets.back());
                break;
            }
            case 4:
                out = out + ff(p);
                break;
            case 5:
                out = out + gps(p);
                break;
            case 6:
                out = out + rply(p);
                break;
            case 7:
                out = out + oradis(p);
                break;
            case 8:
                out = out + hdlc(p);
                break;
            default:
                out = out + p;
                break;
        }
    }
    return framing == 2 ? pcap(packets) : out;
}

}  // namespace asman::asterix::framings_for_tests
