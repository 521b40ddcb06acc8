#include "tcp.hpp"

#include <netdb.h>
#include <sys/epoll.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace asman::node {

namespace {

constexpr std::size_t most_peers = 16;
constexpr auto pause = std::chrono::seconds(2);

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const Endpoint& e, bool passive) {
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = passive ? AI_PASSIVE : 0;
    const auto port = std::to_string(e.port);
    if (getaddrinfo(e.host.empty() ? nullptr : e.host.c_str(), port.c_str(), &hints, &found) != 0) found = nullptr;
    return {found, &freeaddrinfo};
}

}  // namespace

base::Result<TcpFeed> TcpFeed::open(const Endpoint& endpoint) {
    TcpFeed out(endpoint);
    out.epoll_ = Socket(::epoll_create1(EPOLL_CLOEXEC));
    if (!out.epoll_) return base::fail(base::Errc::io, endpoint.place, endpoint.text() + ": epoll");
    if (endpoint.host.empty()) {
        ASMAN_CHECK(out.listen());
    } else {
        out.connect();
    }
    return out;
}

base::Result<void> TcpFeed::listen() {
    const auto addresses = resolve(endpoint_, true);
    for (const addrinfo* a = addresses.get(); a; a = a->ai_next) {
        Socket s(::socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (!s) continue;
        s.set(SOL_SOCKET, SO_REUSEADDR, 1);
        if (::bind(s.get(), a->ai_addr, a->ai_addrlen) != 0 || ::listen(s.get(), most_peers) != 0) continue;
        listener_ = std::move(s);
        watch(listener_, EPOLLIN);
        return {};
    }
    return base::fail(base::Errc::io, endpoint_.place, endpoint_.text() + ": listen: " + std::strerror(errno));
}

/// Begins to connect; what fails is tried again later.
void TcpFeed::connect() {
    next_attempt_ = Clock::now() + pause;
    const auto addresses = resolve(endpoint_, false);
    for (const addrinfo* a = addresses.get(); a; a = a->ai_next) {
        Socket s(::socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        if (!s || (::connect(s.get(), a->ai_addr, a->ai_addrlen) != 0 && errno != EINPROGRESS)) continue;
        peers_.push_back({std::move(s), {}, true});
        watch(peers_.back().socket, EPOLLIN | EPOLLOUT);
        return;
    }
}

bool TcpFeed::watch(const Socket& socket, std::uint32_t events, bool again) {
    epoll_event event{};
    event.events = events;
    event.data.fd = socket.get();
    return ::epoll_ctl(epoll_.get(), again ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket.get(), &event) == 0;
}

void TcpFeed::accept(ReceiverCounters& counters) {
    for (;;) {
        Socket s(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!s) return;
        if (peers_.size() >= most_peers) {
            ++counters.refused;
            continue;
        }
        ++counters.connections;
        peers_.push_back({std::move(s), {}, false});
        watch(peers_.back().socket, EPOLLIN);
    }
}

void TcpFeed::drop(std::list<Peer>::iterator peer) {
    peers_.erase(peer);  // closing takes it out of the set, too
    next_attempt_ = Clock::now() + pause;
}

std::span<const std::byte> TcpFeed::read(std::list<Peer>::iterator peer, ReceiverCounters& counters) {
    for (;;) {
        const auto n = ::recv(peer->socket.get(), buffer_.data(), buffer_.size(), 0);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return {};
        if (n <= 0) {
            ++counters.ended;
            drop(peer);
            return {};
        }
        const auto got = std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(n));
        if (!endpoint_.blocks) return got;
        peer->blocks.add(got);
        if (const auto blocks = peer->blocks.next(); !blocks.empty()) return blocks;
        if (peer->blocks.lost()) {
            ++counters.no_blocks;
            drop(peer);
            return {};
        }
    }
}

std::span<const std::byte> TcpFeed::receive(ReceiverCounters& counters) {
    if (!endpoint_.host.empty() && peers_.empty() && Clock::now() >= next_attempt_) connect();
    epoll_event events[most_peers + 1];
    const int n = ::epoll_wait(epoll_.get(), events, most_peers + 1, 0);
    for (int i = 0; i < n; ++i) {
        const int fd = events[i].data.fd;
        if (listener_ && fd == listener_.get()) {
            accept(counters);
            continue;
        }
        auto peer = peers_.begin();
        while (peer != peers_.end() && peer->socket.get() != fd) ++peer;
        if (peer == peers_.end()) continue;
        if (peer->connecting) {
            int error = 0;
            socklen_t size = sizeof error;
            ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
            if (error != 0) {
                drop(peer);
                continue;
            }
            peer->connecting = false;
            ++counters.connections;
            watch(peer->socket, EPOLLIN, true);
        }
        if (const auto got = read(peer, counters); !got.empty()) return got;
    }
    return {};
}

}  // namespace asman::node
