// Sockets on this machine alone: what is sent is received, and what is not meant for us is not.
#include <asman/node/receiver.hpp>

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace asman::node {
namespace {

using Octets = std::vector<std::uint8_t>;

/// Ports that another run of these tests at the same time does not use.
std::uint16_t port(int n) {
    return static_cast<std::uint16_t>(20000 + ::getpid() % 4000 * 8 + n);
}
std::string at_port(const std::string& start, int n, const std::string& end = {}) {
    return start + ":" + std::to_string(port(n)) + end;
}

const Octets block{48, 0, 6, 0x80, 25, 13};

class Sender {
  public:
    Sender(int type, int family) : fd_(::socket(family, type, 0)) {}
    ~Sender() { ::close(fd_); }
    bool bind(const char* address) {
        return with(address, 0, [&](auto* a, auto n) { return ::bind(fd_, a, n); });
    }
    bool connect(const char* address, std::uint16_t port) {
        return with(address, port, [&](auto* a, auto n) { return ::connect(fd_, a, n); });
    }
    bool listen(const char* address, std::uint16_t port) {
        const int on = 1;
        ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        return with(address, port, [&](auto* a, auto n) { return ::bind(fd_, a, n); }) && ::listen(fd_, 4) == 0;
    }
    int accept() { return ::accept(fd_, nullptr, nullptr); }
    void loop_through(const char* address) {
        in_addr local{};
        inet_pton(AF_INET, address, &local);
        ::setsockopt(fd_, IPPROTO_IP, IP_MULTICAST_IF, &local, sizeof local);
    }
    bool send(const Octets& o) { return ::send(fd_, o.data(), o.size(), 0) == static_cast<ssize_t>(o.size()); }

  private:
    template <class F>
    bool with(const char* address, std::uint16_t port, F f) {
        sockaddr_in v4{};
        sockaddr_in6 v6{};
        v4.sin_family = AF_INET;
        v6.sin6_family = AF_INET6;
        v4.sin_port = v6.sin6_port = htons(port);
        if (inet_pton(AF_INET, address, &v4.sin_addr) == 1)
            return f(reinterpret_cast<sockaddr*>(&v4), static_cast<socklen_t>(sizeof v4)) == 0;
        inet_pton(AF_INET6, address, &v6.sin6_addr);
        return f(reinterpret_cast<sockaddr*>(&v6), static_cast<socklen_t>(sizeof v6)) == 0;
    }
    int fd_;
};

/// The next piece, waited for up to `ms`; empty where none comes.
Octets next(Receiver& r, int ms = 2000) {
    for (int waited = 0; waited <= ms; waited += 10) {
        if (const auto got = r.receive()) {
            Octets out(got->size());
            std::memcpy(out.data(), got->data(), got->size());
            return out;
        }
        pollfd p{r.descriptor(), POLLIN, 0};
        ::poll(&p, 1, 10);
    }
    return {};
}

Receiver open(const std::string& url) {
    auto endpoint = parse_endpoint(url);
    EXPECT_TRUE(endpoint) << url;
    auto r = Receiver::open(*endpoint);
    if (!r) throw std::runtime_error(r.error().text());
    return std::move(*r);
}

TEST(Endpoint, IsReadAndWritten) {
    for (const char* text : {"udp://239.1.2.3:8600", "udp://10.0.0.1@239.1.2.3:8600", "udp://:8600",
                             "udp://[ff15::1]:8600?interface=eth0", "tcp://radar.example:8601", "tcp://:8601"})
        EXPECT_EQ(parse_endpoint(text)->text(), text);
    for (const char* text : {"239.1.2.3:8600", "udp://239.1.2.3", "udp://:0", "udp://:70000", "udp://ff15::1:8600",
                             "tcp://x:1?unknown=2", "http://x:1"})
        EXPECT_FALSE(parse_endpoint(text)) << text;
    EXPECT_FALSE(Receiver::open(*parse_endpoint("udp://not.an.address:8600")));
    EXPECT_FALSE(Receiver::open(*parse_endpoint("udp://10.0.0.1@127.0.0.1:8600")));
}

TEST(Receiver, TakesDatagrams) {
    for (const auto& [url, address, family] :
         {std::tuple{"udp://127.0.0.1", "127.0.0.1", AF_INET}, std::tuple{"udp://[::1]", "::1", AF_INET6}}) {
        if (family == AF_INET6 && !Sender(SOCK_DGRAM, AF_INET6).bind("::1")) continue;  // a machine without IPv6
        auto receiver = open(at_port(url, 1));
        Sender sender(SOCK_DGRAM, family);
        ASSERT_TRUE(sender.connect(address, port(1)));
        ASSERT_TRUE(sender.send(block));
        EXPECT_EQ(next(receiver), block);
        EXPECT_TRUE(next(receiver, 20).empty());
        EXPECT_EQ(receiver.counters().octets, block.size());
    }
}

TEST(Receiver, HearsAGroup_AndOfItTheSourceThatIsSaid) {
    auto any = open(at_port("udp://239.77.1.1", 2, "?interface=127.0.0.1"));
    auto said = open(at_port("udp://127.0.0.1@239.77.1.1", 2, "?interface=127.0.0.1"));
    auto another = open(at_port("udp://127.0.0.9@239.77.1.1", 2, "?interface=127.0.0.1"));
    Sender sender(SOCK_DGRAM, AF_INET);
    ASSERT_TRUE(sender.bind("127.0.0.1"));
    sender.loop_through("127.0.0.1");
    ASSERT_TRUE(sender.connect("239.77.1.1", port(2)));
    if (!sender.send(block)) GTEST_SKIP() << "no multicast on the loopback of this machine";
    if (next(any, 500).empty()) GTEST_SKIP() << "multicast does not come back on the loopback of this machine";
    EXPECT_EQ(next(said), block);
    EXPECT_TRUE(next(another, 50).empty());
}

TEST(Receiver, ListensForStreamsAndCutsThemIntoBlocks) {
    auto receiver = open(at_port("tcp://", 3));
    Sender first(SOCK_STREAM, AF_INET), second(SOCK_STREAM, AF_INET), no_asterix(SOCK_STREAM, AF_INET);
    const bool connected = first.connect("127.0.0.1", port(3)) || first.connect("::1", port(3));
    ASSERT_TRUE(connected);
    ASSERT_TRUE(second.connect("127.0.0.1", port(3)));
    ASSERT_TRUE(first.send({block.begin(), block.begin() + 4}));
    EXPECT_TRUE(next(receiver, 50).empty());
    ASSERT_TRUE(second.send(block));
    EXPECT_EQ(next(receiver), block);
    ASSERT_TRUE(first.send({block.begin() + 4, block.end()}));
    EXPECT_EQ(next(receiver), block);
    ASSERT_TRUE(no_asterix.connect("127.0.0.1", port(3)));
    ASSERT_TRUE(no_asterix.send({0, 0, 0, 0}));
    EXPECT_TRUE(next(receiver, 100).empty());
    EXPECT_EQ(receiver.counters().connections, 3u);
    EXPECT_EQ(receiver.counters().no_blocks, 1u);
}

TEST(Receiver, ConnectsAgainAfterAConnectionEnded) {
    Sender server(SOCK_STREAM, AF_INET);
    ASSERT_TRUE(server.listen("127.0.0.1", port(4)));
    auto receiver = open(at_port("tcp://127.0.0.1", 4));
    for (int i = 0; i < 2; ++i) {
        pollfd p{receiver.descriptor(), POLLIN, 0};
        for (int k = 0; k < 300 && receiver.counters().connections <= static_cast<unsigned>(i); ++k) {
            receiver.receive();
            ::poll(&p, 1, 10);
        }
        const int peer = server.accept();
        ASSERT_GE(peer, 0);
        ASSERT_EQ(::send(peer, block.data(), block.size(), 0), static_cast<ssize_t>(block.size()));
        EXPECT_EQ(next(receiver), block);
        ::close(peer);
        EXPECT_TRUE(next(receiver, 50).empty());
    }
    EXPECT_EQ(receiver.counters().connections, 2u);
}

}  // namespace
}  // namespace asman::node
