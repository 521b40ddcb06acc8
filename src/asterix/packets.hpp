// Link, network and transport headers of a captured packet.
#pragma once

#include <asman/asterix/frames.hpp>

#include "tcp.hpp"

#include <deque>
#include <vector>

namespace asman::asterix {

/// Finds the UDP payload of a packet, or the data blocks that a TCP segment completes; puts fragments together.
/// Bounded: at most 64 datagrams are in the making, and 64 streams are followed.
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
    Bytes transport(std::uint32_t protocol, Bytes addresses, Bytes data, FrameCounters& counters);
    Bytes udp(Bytes datagram, FrameCounters& counters);
    Bytes gather(std::uint32_t protocol, Bytes key, Bytes piece, std::size_t offset, bool more,
                 FrameCounters& counters);

    std::deque<Partial> partial_;
    TcpStreams streams_;
    std::vector<std::byte> whole_;
    std::uint16_t port_ = 0;
};

}  // namespace asman::asterix
