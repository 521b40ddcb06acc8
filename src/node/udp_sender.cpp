#include <asman/node/udp_sender.hpp>

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace asman::node {
base::Result<UdpSender> UdpSender::open(const std::string& address) {
    const auto colon = address.rfind(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == address.size())
        return base::fail(base::Errc::bad_value, {.source = address}, "HOST:PORT is expected");
    auto host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_DGRAM;
    if (const int error = getaddrinfo(host.c_str(), address.c_str() + colon + 1, &hints, &found); error != 0)
        return base::fail(base::Errc::bad_value, {.source = address}, gai_strerror(error));
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> to(found, &freeaddrinfo);
    UdpSender out(::socket(to->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (out.fd_ < 0 || ::connect(out.fd_, to->ai_addr, to->ai_addrlen) != 0)
        return base::fail(base::Errc::io, {.source = address}, std::strerror(errno));
    return out;
}

UdpSender::~UdpSender() {
    if (fd_ >= 0) ::close(fd_);
}
UdpSender::UdpSender(UdpSender&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
UdpSender& UdpSender::operator=(UdpSender&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

bool UdpSender::send(base::Bytes datagram) {
    ssize_t sent = -1;
    // An ICMP answer to an earlier datagram (nobody listens yet) is reported once by a later call.
    for (int tries = 0; tries < 2 && sent < 0; ++tries) {
        sent = ::send(fd_, datagram.data(), datagram.size(), 0);
        if (sent < 0 && errno != ECONNREFUSED) break;
    }
    return sent == static_cast<ssize_t>(datagram.size());
}

}  // namespace asman::node
