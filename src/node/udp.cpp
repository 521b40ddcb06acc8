#include "udp.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace asman::node {
namespace {

struct Target {
    in_addr address{};
    std::uint16_t port = 0;
};

base::Result<in_addr> parse_ipv4(const std::string& text, const base::Place& place) {
    in_addr a{};
    if (inet_pton(AF_INET, text.c_str(), &a) != 1)
        return base::fail(base::Errc::bad_value, place, "'" + text + "' is not an IPv4 address");
    return a;
}

/// "239.1.2.3:8600" or ":8600" (any address).
base::Result<Target> parse_target(const core::FeedConfig& feed) {
    const auto colon = feed.udp.rfind(':');
    Target t;
    t.address.s_addr = htonl(INADDR_ANY);
    unsigned port = 0;
    const char* end = feed.udp.data() + feed.udp.size();
    if (colon == std::string::npos || std::from_chars(feed.udp.data() + colon + 1, end, port).ptr != end || port == 0 ||
        port > 65535)
        return base::fail(base::Errc::bad_value, feed.place,
                          "udp = \"" + feed.udp + "\" of feed '" + feed.name + "': ADDRESS:PORT or :PORT is expected");
    t.port = static_cast<std::uint16_t>(port);
    if (colon > 0) {
        ASMAN_TRY(t.address, parse_ipv4(feed.udp.substr(0, colon), feed.place));
    }
    return t;
}

std::unexpected<base::Error> system_error(const core::FeedConfig& feed, const char* what) {
    return base::fail(base::Errc::io, feed.place,
                      "feed '" + feed.name + "' (" + feed.udp + "): " + what + ": " + std::strerror(errno));
}

base::Result<void> join(int fd, const Target& target, const core::FeedConfig& feed) {
    in_addr interface {};
    interface.s_addr = htonl(INADDR_ANY);
    if (!feed.interface.empty()) {
        ASMAN_TRY(interface, parse_ipv4(feed.interface, feed.place));
    }
    if (feed.source.empty()) {
        ip_mreq request{target.address, interface};
        if (setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) != 0)
            return system_error(feed, "join");
        return {};
    }
    ip_mreq_source request{};
    request.imr_multiaddr = target.address;
    request.imr_interface = interface;
    ASMAN_TRY(request.imr_sourceaddr, parse_ipv4(feed.source, feed.place));
    if (setsockopt(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &request, sizeof request) != 0)
        return system_error(feed, "join");
    return {};
}

}  // namespace

base::Result<UdpReceiver> UdpReceiver::open(const core::FeedConfig& feed) {
    ASMAN_TRY(const auto target, parse_target(feed));
    UdpReceiver out(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (out.fd_ < 0) return system_error(feed, "socket");
    const int on = 1, buffer = 4 << 20;
    const bool multicast = IN_MULTICAST(ntohl(target.address.s_addr));
    if (multicast) setsockopt(out.fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    // A bigger buffer is a wish: the system's limit may be lower, and reading goes on every tick.
    (void)setsockopt(out.fd_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(target.port);
    address.sin_addr = target.address;
    if (::bind(out.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return system_error(feed, "bind");
    if (multicast) ASMAN_CHECK(join(out.fd_, target, feed));
    return out;
}

UdpReceiver::~UdpReceiver() {
    if (fd_ >= 0) ::close(fd_);
}
UdpReceiver::UdpReceiver(UdpReceiver&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
UdpReceiver& UdpReceiver::operator=(UdpReceiver&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

std::optional<std::span<const std::byte>> UdpReceiver::receive(std::vector<std::byte>& buffer) {
    buffer.resize(65536);
    const auto n = ::recv(fd_, buffer.data(), buffer.size(), 0);
    if (n < 0) return std::nullopt;
    return std::span<const std::byte>(buffer).first(static_cast<std::size_t>(n));
}

}  // namespace asman::node
