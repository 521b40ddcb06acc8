#include <asman/node/receiver.hpp>

#include "tcp.hpp"

#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <deque>

namespace asman::node {

namespace {

std::unexpected<base::Error> refused(const Endpoint& e, const std::string& what) {
    return base::fail(base::Errc::io, e.place, e.text() + ": " + what);
}
std::unexpected<base::Error> system_error(const Endpoint& e, const char* what) {
    return refused(e, std::string(what) + ": " + std::strerror(errno));
}

/// An address without asking a name server.
std::optional<sockaddr_storage> numeric(const std::string& host, std::uint16_t port) {
    sockaddr_storage out{};
    auto& v4 = reinterpret_cast<sockaddr_in&>(out);
    auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
    if (host.empty() || inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        return out;
    }
    if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) != 1) return std::nullopt;
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    return out;
}

socklen_t length(const sockaddr_storage& a) {
    return a.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

bool is_group(const sockaddr_storage& a) {
    if (a.ss_family == AF_INET) return IN_MULTICAST(ntohl(reinterpret_cast<const sockaddr_in&>(a).sin_addr.s_addr));
    return IN6_IS_ADDR_MULTICAST(&reinterpret_cast<const sockaddr_in6&>(a).sin6_addr) != 0;
}

/// The index of the interface that joins: 0 leaves it to the system.
base::Result<unsigned> interface_index(const Endpoint& e) {
    if (e.interface.empty()) return 0u;
    const unsigned index = if_nametoindex(e.interface.c_str());
    if (index == 0) return refused(e, "there is no interface '" + e.interface + "'");
    return index;
}

base::Result<void> join4(const Socket& s, const sockaddr_storage& group, const Endpoint& e) {
    in_addr local{};
    local.s_addr = htonl(INADDR_ANY);
    if (!e.interface.empty() && inet_pton(AF_INET, e.interface.c_str(), &local) != 1)
        return refused(e, "'" + e.interface + "' is not an IPv4 address");
    const auto address = reinterpret_cast<const sockaddr_in&>(group).sin_addr;
    if (e.source.empty()) {
        const ip_mreq request{address, local};
        if (!s.set(IPPROTO_IP, IP_ADD_MEMBERSHIP, request)) return system_error(e, "join");
        return {};
    }
    ip_mreq_source request{};
    request.imr_multiaddr = address;
    request.imr_interface = local;
    if (inet_pton(AF_INET, e.source.c_str(), &request.imr_sourceaddr) != 1)
        return refused(e, "'" + e.source + "' is not an IPv4 address");
    if (!s.set(IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, request)) return system_error(e, "join");
    return {};
}

base::Result<void> join6(const Socket& s, const sockaddr_storage& group, const Endpoint& e) {
    ASMAN_TRY(const auto index, interface_index(e));
    if (e.source.empty()) {
        ipv6_mreq request{};
        request.ipv6mr_multiaddr = reinterpret_cast<const sockaddr_in6&>(group).sin6_addr;
        request.ipv6mr_interface = index;
        if (!s.set(IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, request)) return system_error(e, "join");
        return {};
    }
    const auto source = numeric(e.source, 0);
    if (!source || source->ss_family != AF_INET6) return refused(e, "'" + e.source + "' is not an IPv6 address");
    group_source_req request{};
    request.gsr_interface = index;
    request.gsr_group = group;
    request.gsr_source = *source;
    if (!s.set(IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP, request)) return system_error(e, "join");
    return {};
}

base::Result<Socket> open_datagrams(const Endpoint& e) {
    const auto address = numeric(e.host, e.port);
    if (!address) return refused(e, "'" + e.host + "' is not an address");
    Socket s(::socket(address->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!s) return system_error(e, "socket");
    const bool group = is_group(*address);
    if (!group && !e.source.empty()) return refused(e, "a source is said of a multicast group only");
    if (group) s.set(SOL_SOCKET, SO_REUSEADDR, 1);
    // A bigger buffer is a wish: the system's limit may be lower, and reading goes on every tick.
    s.set(SOL_SOCKET, SO_RCVBUF, 4 << 20);
    if (::bind(s.get(), reinterpret_cast<const sockaddr*>(&*address), length(*address)) != 0)
        return system_error(e, "bind");
    // Only what this socket has joined: else it hears the groups of all others on the machine.
    if (group && address->ss_family == AF_INET) s.set(IPPROTO_IP, IP_MULTICAST_ALL, 0);
    if (group) ASMAN_CHECK(address->ss_family == AF_INET ? join4(s, *address, e) : join6(s, *address, e));
    return s;
}

}  // namespace

struct Receiver::Impl {
    ReceiverCounters counters;
    Socket datagrams;
    std::optional<TcpFeed> stream;
    std::vector<std::byte> buffer = std::vector<std::byte>(65536);
};

Receiver::Receiver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Receiver::~Receiver() = default;
Receiver::Receiver(Receiver&&) noexcept = default;
Receiver& Receiver::operator=(Receiver&&) noexcept = default;

base::Result<Receiver> Receiver::open(const Endpoint& endpoint) {
    auto impl = std::make_unique<Impl>();
    if (endpoint.tcp) {
        ASMAN_TRY(auto stream, TcpFeed::open(endpoint));
        impl->stream.emplace(std::move(stream));
    } else {
        ASMAN_TRY(impl->datagrams, open_datagrams(endpoint));
    }
    return Receiver(std::move(impl));
}

int Receiver::descriptor() const {
    return impl_->stream ? impl_->stream->descriptor() : impl_->datagrams.get();
}

const ReceiverCounters& Receiver::counters() const {
    return impl_->counters;
}

std::optional<std::span<const std::byte>> Receiver::receive() {
    auto& m = *impl_;
    std::span<const std::byte> got;
    if (m.stream) {
        got = m.stream->receive(m.counters);
        if (got.empty()) return std::nullopt;
    } else {
        const auto n = ::recv(m.datagrams.get(), m.buffer.data(), m.buffer.size(), 0);
        if (n < 0) return std::nullopt;
        got = std::span<const std::byte>(m.buffer).first(static_cast<std::size_t>(n));
    }
    ++m.counters.received;
    m.counters.octets += got.size();
    return got;
}

}  // namespace asman::node
