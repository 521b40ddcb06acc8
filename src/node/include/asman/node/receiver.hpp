// Where live data comes from: UDP, unicast or multicast (of one source, where that is said), IPv4 and IPv6; TCP,
// connected to or listened for.
#pragma once

#include <asman/base/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace asman::node {

struct Endpoint {
    bool tcp = false;
    std::string host;  ///< an address (UDP: own or a group; empty: any), or a name to connect to (TCP; empty: listen)
    std::uint16_t port = 0;
    std::string source;        ///< source-specific multicast: the address of the only sender that is heard
    std::string interface;     ///< multicast: the local IPv4 address, or for IPv6 the name, of what joins
    bool blocks = true;        ///< TCP: cut into ASTERIX data blocks; else octets as they come
    base::Place place = {};    ///< for errors
    std::string text() const;  ///< "udp://10.0.0.1@239.1.2.3:8600"
};

/// "udp://239.1.2.3:8600", "udp://SOURCE@GROUP:PORT", "udp://:8600", "tcp://HOST:PORT", "tcp://:PORT" (listen); IPv6
/// addresses in brackets; "?interface=ADDRESS" behind it.
base::Result<Endpoint> parse_endpoint(std::string_view url, base::Place place = {});
/// The part behind "udp://" or "tcp://".
base::Result<Endpoint> parse_endpoint(bool tcp, std::string_view text, base::Place place = {});

struct ReceiverCounters {
    std::uint64_t received = 0;  ///< datagrams, or pieces of streams
    std::uint64_t octets = 0;
    std::uint64_t connections = 0;  ///< TCP: made, or accepted
    std::uint64_t ended = 0;        ///< TCP: closed by the other side, or broken
    std::uint64_t no_blocks = 0;    ///< TCP: closed here, because what came was no ASTERIX
    std::uint64_t refused = 0;      ///< TCP: beyond the 16 peers that are heard
};

/// Non-blocking. A TCP connection that ends is made again after two seconds; peers that connect are heard until they
/// end.
class Receiver {
  public:
    /// Binds, joins, listens, or begins to connect. Fails for an address that is none, or what the system refuses.
    static base::Result<Receiver> open(const Endpoint& endpoint);
    ~Receiver();
    Receiver(Receiver&&) noexcept;
    Receiver& operator=(Receiver&&) noexcept;

    /// To poll for reading. Waits of more than a second delay a connection's renewal.
    int descriptor() const;
    /// The next datagram, or whole data blocks; nothing when none waits. Valid until the next call.
    std::optional<std::span<const std::byte>> receive();
    const ReceiverCounters& counters() const;

  private:
    struct Impl;
    explicit Receiver(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::node
