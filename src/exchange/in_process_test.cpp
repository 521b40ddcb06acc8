#include <asman/exchange/in_process.hpp>

#include "messages_for_tests.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>

namespace asman::exchange {
namespace {

using picture::State;

std::vector<std::string> texts(const std::vector<Bytes>& messages) {
    std::vector<std::string> out;
    for (const auto& m : messages) out.emplace_back(reinterpret_cast<const char*>(m.data()), m.size());
    return out;
}
using Texts = std::vector<std::string>;

TEST(InProcess, WhatIsSentInOneTickArrivesInTheNextInOrder) {
    InProcess hub({kgz, kaz, arm});
    auto &a = hub.end(arm), &b = hub.end(kaz), &c = hub.end(kgz);
    ASSERT_TRUE(b.send(kgz, Delivery::state, message("b1")));
    ASSERT_TRUE(a.send(kgz, Delivery::state, message("a1")));
    ASSERT_TRUE(b.send(kgz, Delivery::log, message("b-log")));
    ASSERT_TRUE(a.send(kgz, Delivery::state, message("a2")));
    EXPECT_TRUE(c.receive().empty());
    hub.advance();
    EXPECT_EQ(texts(c.receive()), (Texts{"a1", "a2", "b-log", "b1"}));
    EXPECT_TRUE(c.receive().empty());
    EXPECT_EQ(a.counters().at(kgz).delivered, 2u);
    EXPECT_EQ(a.counters().at(kaz), Counters{});
}

TEST(InProcess, StateKeepsTheNewestLogRefuses) {
    InProcess hub({kaz, kgz}, {.state_messages = 2, .log_messages = 2});
    auto& from = hub.end(kaz);
    for (const char* m : {"1", "2", "3"}) EXPECT_TRUE(from.send(kgz, Delivery::state, message(m)));
    for (const char* m : {"A", "B"}) EXPECT_TRUE(from.send(kgz, Delivery::log, message(m)));
    EXPECT_EQ(from.send(kgz, Delivery::log, message("C")).error().code, base::Errc::full);
    const auto counters = from.counters().at(kgz);
    EXPECT_EQ(counters, (Counters{.sent = 5, .delivered = 0, .dropped = 1, .refused = 1, .purged = 0, .waiting = 4}));
    hub.advance();
    EXPECT_EQ(texts(hub.end(kgz).receive()), (Texts{"A", "B", "2", "3"}));
}

TEST(InProcess, BoundsHoldInBytesToo) {
    InProcess hub({kaz, kgz}, {.state_messages = 100, .log_messages = 100, .bytes = 10});
    auto& from = hub.end(kaz);
    EXPECT_TRUE(from.send(kgz, Delivery::state, message("123456")));
    EXPECT_TRUE(from.send(kgz, Delivery::state, message("abcdef")));
    EXPECT_TRUE(from.send(kgz, Delivery::state, message("longer than all the room there is")));
    EXPECT_EQ(from.send(kgz, Delivery::log, message("longer than all")).error().code, base::Errc::full);
    EXPECT_EQ(from.counters().at(kgz).dropped, 2u);
    hub.advance();
    EXPECT_EQ(texts(hub.end(kgz).receive()), (Texts{"abcdef"}));
}

TEST(InProcess, ACutLinkHoldsBackItsPairAlone) {
    InProcess hub({arm, kaz, kgz}, {.state_messages = 1});
    hub.cut(kgz, kaz);
    EXPECT_FALSE(hub.end(kaz).linked(kgz));
    EXPECT_FALSE(hub.end(kgz).linked(kaz));
    EXPECT_TRUE(hub.end(arm).linked(kgz));
    for (const char* m : {"old", "new"}) ASSERT_TRUE(hub.end(kaz).send(kgz, Delivery::state, message(m)));
    ASSERT_TRUE(hub.end(kaz).send(kgz, Delivery::log, message("log")));
    ASSERT_TRUE(hub.end(arm).send(kgz, Delivery::state, message("arm")));
    hub.advance();
    EXPECT_EQ(texts(hub.end(kgz).receive()), (Texts{"arm"}));
    hub.restore(kaz, kgz);
    hub.advance();
    EXPECT_EQ(texts(hub.end(kgz).receive()), (Texts{"log", "new"}));
}

TEST(InProcess, LinkDownAThousandWaitThePurgeLeavesNone) {  // case 12 of accords.md
    InProcess hub({kaz, kgz}, {.state_messages = 1000});
    hub.cut(kaz, kgz);
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(hub.end(kaz).send(kgz, Delivery::state, message(std::to_string(i))));
    EXPECT_EQ(hub.end(kaz).purge(kgz, Delivery::state), 1000u);
    hub.restore(kaz, kgz);
    hub.advance();
    EXPECT_TRUE(hub.end(kgz).receive().empty());
    EXPECT_EQ(hub.end(kaz).counters().at(kgz).purged, 1000u);
}

TEST(InProcess, StrangersAndOneselfAreNoReceivers) {
    InProcess hub({kaz, kgz});
    EXPECT_EQ(hub.end(kaz).send(arm, Delivery::log, {}).error().code, base::Errc::unknown_name);
    EXPECT_EQ(hub.end(kaz).send(kaz, Delivery::log, {}).error().code, base::Errc::unknown_name);
    EXPECT_EQ(hub.end(arm).send(kaz, Delivery::state, {}).error().code, base::Errc::unknown_name);
    hub.advance();
    EXPECT_TRUE(hub.end(kaz).receive().empty());
}

TEST(InProcess, ANodeThatDoesNotReadGrowsNothing) {
    InProcess hub({kaz, kgz}, {.state_messages = 3});
    for (int i = 0; i < 50; ++i) {
        ASSERT_TRUE(hub.end(kaz).send(kgz, Delivery::state, message(std::to_string(i))));
        hub.advance();
    }
    EXPECT_EQ(texts(hub.end(kgz).receive()), (Texts{"0"}));
    hub.advance();
    EXPECT_EQ(texts(hub.end(kgz).receive()), (Texts{"47", "48", "49"}));
}

/// Against a model: what one pair sees does not depend on what others send.
RC_GTEST_PROP(InProcess, AThirdStatesTrafficChangesNothingForAPair, ()) {
    const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 6));
    const auto play = [&](bool third) {
        InProcess hub({arm, kaz, kgz}, {.state_messages = 3, .log_messages = 3});
        std::vector<std::string> seen;
        int n = 0;
        for (const int step : steps) {
            const auto m = message(std::to_string(n++));
            if (step == 0) hub.advance();
            if (step == 1) (void)hub.end(kaz).send(kgz, Delivery::state, m);
            if (step == 2) (void)hub.end(kaz).send(kgz, Delivery::log, m);
            if (step == 3 && third) (void)hub.end(arm).send(kgz, Delivery::state, message("arm"));
            if (step == 4 && third) hub.cut(arm, kgz);
            if (step == 5 && third) hub.restore(arm, kaz);
            for (auto& t : texts(hub.end(kgz).receive()))
                if (t != "arm") seen.push_back(t);
        }
        return std::pair(seen, hub.end(kaz).counters());
    };
    RC_ASSERT(play(false) == play(true));
}

}  // namespace
}  // namespace asman::exchange
