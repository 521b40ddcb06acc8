// A non-blocking UDP receiver: unicast, multicast, source-specific multicast.
#pragma once

#include <asman/base/result.hpp>
#include <asman/core/config.hpp>

#include <span>
#include <vector>

namespace asman::node {

class UdpReceiver {
  public:
    /// Binds and joins. The error names the feed's place in the configuration.
    static base::Result<UdpReceiver> open(const core::FeedConfig& feed);
    ~UdpReceiver();
    UdpReceiver(UdpReceiver&& other) noexcept;
    UdpReceiver& operator=(UdpReceiver&& other) noexcept;

    int descriptor() const { return fd_; }
    /// The next datagram waiting, into `buffer`; nothing when none waits. A datagram longer than the buffer is cut, and
    /// its decoding fails at the cut, counted.
    std::optional<std::span<const std::byte>> receive(std::vector<std::byte>& buffer);

  private:
    explicit UdpReceiver(int fd) : fd_(fd) {}
    int fd_ = -1;
};

}  // namespace asman::node
