#include <asman/node/receiver.hpp>
#include <asman/node/udp_sender.hpp>

#include <gtest/gtest.h>
#include <poll.h>

namespace asman::node {
namespace {

/// A receiver on a port that nobody else has, and its address.
std::optional<std::pair<Receiver, std::string>> any_receiver() {
    for (std::uint16_t port = 38'000; port < 38'200; ++port) {
        const auto address = "127.0.0.1:" + std::to_string(port);
        if (auto r = Receiver::open(*parse_endpoint(false, address))) return std::pair{std::move(*r), address};
    }
    return std::nullopt;
}

TEST(UdpSender, WhatIsSentArrives) {
    auto receiver = any_receiver();
    ASSERT_TRUE(receiver);
    auto sender = UdpSender::open(receiver->second);
    ASSERT_TRUE(sender) << sender.error().text();
    EXPECT_FALSE(receiver->first.receive()) << "nothing yet, and no waiting";
    const std::vector<std::byte> longest(65'507, std::byte{7});
    ASSERT_TRUE(sender->send(longest));
    pollfd p{receiver->first.descriptor(), POLLIN, 0};
    ASSERT_EQ(::poll(&p, 1, 10'000), 1);
    const auto got = receiver->first.receive();
    ASSERT_TRUE(got);
    EXPECT_EQ(got->size(), longest.size());
    EXPECT_FALSE(sender->send(std::vector<std::byte>(65'508))) << "longer than a datagram can be";
}

TEST(UdpSender, NobodyListeningEndsNothing) {
    std::string address;
    {
        auto receiver = any_receiver();
        ASSERT_TRUE(receiver);
        address = receiver->second;
    }
    auto sender = UdpSender::open(address);
    ASSERT_TRUE(sender);
    const std::byte one[1]{};
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(sender->send(one)) << i;
}

TEST(UdpSender, BadAddressesAreNamed) {
    for (const char* address : {"", "127.0.0.1", ":8600", "127.0.0.1:", "127.0.0.1:port", "no.such.host.invalid:1"}) {
        const auto sender = UdpSender::open(address);
        ASSERT_FALSE(sender) << address;
        EXPECT_EQ(sender.error().place.source, address);
    }
    EXPECT_TRUE(UdpSender::open("[::1]:8600"));
}

}  // namespace
}  // namespace asman::node
