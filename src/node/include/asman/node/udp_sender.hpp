// Datagrams out: unicast or multicast.
#pragma once

#include <asman/base/digest.hpp>
#include <asman/base/result.hpp>

#include <string>

namespace asman::node {

class UdpSender {
  public:
    /// "host:port", "[::1]:port"; a multicast group is reached one hop far. Fails with bad_value (address) or io.
    static base::Result<UdpSender> open(const std::string& address);
    ~UdpSender();
    UdpSender(UdpSender&& other) noexcept;
    UdpSender& operator=(UdpSender&& other) noexcept;

    /// Waits while the system's queue is full. False where it did not take the datagram (too long, no way there).
    bool send(base::Bytes datagram);

  private:
    explicit UdpSender(int fd) : fd_(fd) {}
    int fd_ = -1;
};

}  // namespace asman::node
