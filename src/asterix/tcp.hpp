// TCP segments of a capture to data blocks.
#pragma once

#include <asman/asterix/frames.hpp>

#include <deque>
#include <vector>

namespace asman::asterix {

/// Puts the segments of each direction of a connection in order. A connection that was begun before the capture is
/// taken from its first segment on; what stays missing is skipped once 64 segments wait for it. Bounded: 64 streams,
/// the one that was idle longest goes first.
class TcpStreams {
  public:
    /// `key`: addresses and ports. Blocks that are whole with this segment; empty: none. Valid until the next call.
    Bytes segment(Bytes key, Bytes header, Bytes data, FrameCounters& counters);

  private:
    struct Waiting {
        std::uint32_t number = 0;
        std::vector<std::byte> data;
    };
    struct Stream {
        std::vector<std::byte> key;
        std::uint32_t next = 0;  ///< sequence number of the next octet
        bool begun = false, other = false;
        std::vector<Waiting> waiting;
        BlockSplitter blocks;
    };
    Stream& stream(Bytes key);
    void take(Stream& s, Bytes data, FrameCounters& counters);
    void catch_up(Stream& s, FrameCounters& counters);

    std::deque<Stream> streams_;  ///< the most recent last
};

}  // namespace asman::asterix
