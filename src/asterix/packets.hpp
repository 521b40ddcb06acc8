// Link, network and transport headers of a captured packet.
#pragma once

#include <asman/asterix/frames.hpp>

#include <deque>
#include <vector>

namespace asman::asterix {

/// Finds the UDP payload of a packet; puts fragments together. Bounded: at most 64 datagrams are in the making.
class Packets {
  public:
    /// The payload, empty where there is none (yet). Valid until the next call.
    Bytes payload(std::uint32_t link_type, Bytes packet, FrameCounters& counters);
    std::uint16_t port() const { return port_; }

  private:
    struct Partial {
        std::vector<std::byte> key;  ///< addresses and identification
        std::vector<std::byte> data;
        std::vector<bool> have;  ///< by units of 8 octets
        std::size_t length = 0;  ///< known once the last fragment is there
        std::uint64_t pieces = 0;
    };
    Bytes ip(Bytes packet, FrameCounters& counters);
    Bytes ip4(Bytes packet, FrameCounters& counters);
    Bytes ip6(Bytes packet, FrameCounters& counters);
    Bytes udp(Bytes datagram, FrameCounters& counters);
    Bytes gather(Bytes key, Bytes piece, std::size_t offset, bool more, FrameCounters& counters);

    std::deque<Partial> partial_;
    std::vector<std::byte> whole_;
    std::uint16_t port_ = 0;
};

inline std::uint32_t octet_at(Bytes b, std::size_t i) {
    return static_cast<std::uint8_t>(b[i]);
}
inline std::uint32_t big16(Bytes b, std::size_t i) {
    return octet_at(b, i) << 8 | octet_at(b, i + 1);
}
inline std::uint32_t big32(Bytes b, std::size_t i) {
    return big16(b, i) << 16 | big16(b, i + 2);
}
inline std::uint32_t little16(Bytes b, std::size_t i) {
    return octet_at(b, i) | octet_at(b, i + 1) << 8;
}
inline std::uint32_t little32(Bytes b, std::size_t i) {
    return little16(b, i) | little16(b, i + 2) << 16;
}

}  // namespace asman::asterix
