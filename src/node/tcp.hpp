// TCP: a connection that is made again and again, or peers that are listened for.
#pragma once

#include <asman/asterix/frames.hpp>
#include <asman/node/receiver.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <list>
#include <utility>

namespace asman::node {

/// A file descriptor that closes itself.
class Socket {
  public:
    explicit Socket(int descriptor = -1) : fd_(descriptor) {}
    ~Socket() { close(); }
    Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    explicit operator bool() const { return fd_ >= 0; }
    int get() const { return fd_; }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    template <class T>
    bool set(int level, int option, const T& value) const {
        return ::setsockopt(fd_, level, option, &value, sizeof value) == 0;
    }

  private:
    int fd_;
};

class TcpFeed {
  public:
    static base::Result<TcpFeed> open(const Endpoint& endpoint);
    int descriptor() const { return epoll_.get(); }
    /// What has come, from one peer; empty: nothing.
    std::span<const std::byte> receive(ReceiverCounters& counters);

  private:
    using Clock = std::chrono::steady_clock;
    struct Peer {
        Socket socket;
        asterix::BlockSplitter blocks;
        bool connecting = false;
    };
    explicit TcpFeed(const Endpoint& endpoint) : endpoint_(endpoint) {}
    base::Result<void> listen();
    void connect();
    void accept(ReceiverCounters& counters);
    bool watch(const Socket& socket, std::uint32_t events, bool again = false);
    void drop(std::list<Peer>::iterator peer);
    std::span<const std::byte> read(std::list<Peer>::iterator peer, ReceiverCounters& counters);

    Endpoint endpoint_;
    Socket epoll_, listener_;
    std::list<Peer> peers_;
    Clock::time_point next_attempt_{};
    std::vector<std::byte> buffer_ = std::vector<std::byte>(65536);
};

}  // namespace asman::node
