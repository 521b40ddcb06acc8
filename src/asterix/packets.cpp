#include "packets.hpp"

#include "octets.hpp"

#include <algorithm>

namespace asman::asterix {

namespace {

constexpr std::uint32_t ethertype_ip4 = 0x0800, ethertype_ip6 = 0x86DD, vlan = 0x8100, vlan_service = 0x88A8;
constexpr std::uint32_t udp_protocol = 17, tcp_protocol = 6;
constexpr std::size_t most_partial = 64;

Bytes nothing(std::uint64_t& counter) {
    ++counter;
    return {};
}

}  // namespace

Bytes Packets::payload(std::uint32_t link_type, Bytes p, FrameCounters& counters) {
    std::size_t type_at = 0;
    switch (link_type) {
        case 0:    // BSD loopback: four octets of address family
        case 108:  // OpenBSD loopback
            if (p.size() < 4) return nothing(counters.damaged);
            return ip(p.subspan(4), counters);
        case 1:
            type_at = 12;
            break;  // Ethernet
        case 113:
            type_at = 14;
            break;  // Linux cooked
        case 276:   // Linux cooked, second version
            if (p.size() < 20) return nothing(counters.damaged);
            return big16(p, 0) == ethertype_ip4 || big16(p, 0) == ethertype_ip6 ? ip(p.subspan(20), counters)
                                                                                : nothing(counters.other);
        case 12:
        case 101:
        case 228:
        case 229:
            return ip(p, counters);  // IP itself
        default:
            return nothing(counters.other);
    }
    while (type_at + 2 <= p.size() && (big16(p, type_at) == vlan || big16(p, type_at) == vlan_service)) type_at += 4;
    if (type_at + 2 > p.size()) return nothing(counters.damaged);
    const auto type = big16(p, type_at);
    if (type != ethertype_ip4 && type != ethertype_ip6) return nothing(counters.other);
    return ip(p.subspan(type_at + 2), counters);
}

Bytes Packets::ip(Bytes p, FrameCounters& counters) {
    if (p.empty()) return nothing(counters.damaged);
    const auto version = octet_at(p, 0) >> 4;
    return version == 4 ? ip4(p, counters) : version == 6 ? ip6(p, counters) : nothing(counters.other);
}

Bytes Packets::ip4(Bytes p, FrameCounters& counters) {
    const std::size_t header = (octet_at(p, 0) & 15) * 4;
    if (header < 20 || p.size() < header) return nothing(counters.damaged);
    std::size_t total = big16(p, 2);
    if (total == 0) total = p.size();  // segmentation offload
    if (total < header || total > p.size()) return nothing(counters.damaged);
    const auto protocol = octet_at(p, 9);
    const auto data = p.subspan(header, total - header);
    const auto fragment = big16(p, 6);
    if ((fragment & 0x3FFF) == 0) return transport(protocol, p.subspan(12, 8), data, counters);
    std::vector<std::byte> key(p.begin() + 12, p.begin() + 20);
    key.insert(key.end(), {p[4], p[5]});
    return gather(protocol, key, data, (fragment & 0x1FFF) * 8u, (fragment & 0x2000) != 0, counters);
}

Bytes Packets::ip6(Bytes p, FrameCounters& counters) {
    if (p.size() < 40) return nothing(counters.damaged);
    std::size_t end = 40 + big16(p, 4), at = 40;
    if (end > p.size()) return nothing(counters.damaged);
    auto next = octet_at(p, 6);
    while (next != udp_protocol && next != tcp_protocol) {
        if (at + 8 > end)
            return nothing(next == 0 || next == 43 || next == 60 || next == 44 ? counters.damaged : counters.other);
        if (next == 44) {
            const auto place = big16(p, at + 2);
            std::vector<std::byte> key(p.begin() + 8, p.begin() + 40);
            key.insert(key.end(), p.begin() + static_cast<std::ptrdiff_t>(at) + 4,
                       p.begin() + static_cast<std::ptrdiff_t>(at) + 8);
            const auto data = p.subspan(at + 8, end - at - 8);
            if ((place & 0xFFF9) == 0) return transport(octet_at(p, at), p.subspan(8, 32), data, counters);
            return gather(octet_at(p, at), key, data, place & 0xFFF8, (place & 1) != 0, counters);
        }
        if (next != 0 && next != 43 && next != 60) return nothing(counters.other);
        next = octet_at(p, at);
        at += (octet_at(p, at + 1) + 1) * 8;
    }
    if (at > end) return nothing(counters.damaged);
    return transport(next, p.subspan(8, 32), p.subspan(at, end - at), counters);
}

Bytes Packets::transport(std::uint32_t protocol, Bytes addresses, Bytes d, FrameCounters& counters) {
    if (protocol == udp_protocol) return udp(d, counters);
    if (protocol != tcp_protocol) return nothing(counters.other);
    if (d.size() < 20) return nothing(counters.damaged);
    const std::size_t header = (octet_at(d, 12) >> 4) * 4;
    if (header < 20 || header > d.size()) return nothing(counters.damaged);
    port_ = static_cast<std::uint16_t>(std::min(big16(d, 0), big16(d, 2)));
    std::vector<std::byte> key(addresses.begin(), addresses.end());
    key.insert(key.end(), d.begin(), d.begin() + 4);
    return streams_.segment(key, d, d.subspan(header), counters);
}

Bytes Packets::udp(Bytes d, FrameCounters& counters) {
    if (d.size() < 8) return nothing(counters.damaged);
    const std::size_t length = big16(d, 4);
    if (length < 8 || length > d.size()) return nothing(counters.damaged);
    port_ = static_cast<std::uint16_t>(big16(d, 2));
    return d.subspan(8, length - 8);
}

/// What overlaps is written again: the last one stands.
Bytes Packets::gather(std::uint32_t protocol, Bytes key, Bytes piece, std::size_t offset, bool more,
                      FrameCounters& counters) {
    if (offset + piece.size() > 65535 || (more && piece.size() % 8 != 0) || piece.empty())
        return nothing(counters.damaged);
    auto it = std::find_if(partial_.begin(), partial_.end(),
                           [&](const Partial& p) { return std::ranges::equal(p.key, key); });
    if (it == partial_.end()) {
        if (partial_.size() >= most_partial) {
            counters.fragments += partial_.front().pieces;
            partial_.pop_front();
        }
        partial_.push_back({{key.begin(), key.end()}, {}, {}, 0, 0});
        it = partial_.end() - 1;
    }
    Partial& p = *it;
    ++p.pieces;
    if (p.data.size() < offset + piece.size()) p.data.resize(offset + piece.size());
    std::ranges::copy(piece, p.data.begin() + static_cast<std::ptrdiff_t>(offset));
    const std::size_t last = (offset + piece.size() + 7) / 8;
    if (p.have.size() < last) p.have.resize(last);
    for (std::size_t i = offset / 8; i < last; ++i) p.have[i] = true;
    if (!more) p.length = offset + piece.size();
    const bool whole =
        p.length && p.data.size() == p.length && std::find(p.have.begin(), p.have.end(), false) == p.have.end();
    if (!whole) return {};
    whole_ = std::move(p.data);
    partial_.erase(it);
    // Fragments are of one pair of addresses: 4 or 16 octets each, before the identification.
    return transport(protocol, key.first(key.size() > 16 ? 32 : 8), whole_, counters);
}

}  // namespace asman::asterix
