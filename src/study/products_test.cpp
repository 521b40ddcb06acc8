// Everything that is no track, over whole nodes: plots, alerts, identity decisions, incidents, the state of sensors and
// their coverage go by their clauses alone, and show nothing of data that nobody consented to pass on.
#include "federation_for_tests.hpp"

namespace asman::study {
namespace {

using namespace testing_world;
using picture::NoticeKind;

std::size_t of_kind(const core::Engine& e, NoticeKind kind) {
    return static_cast<std::size_t>(std::ranges::count(e.notices(), kind, &picture::Notice::kind));
}

TEST(Products, EachGoesByItsClause) {
    auto nodes = Nodes::make(everything());
    nodes.run(150);
    const auto& c = nodes.federation.engine(2);
    EXPECT_GT(c.foreign_reports().size(), 10u);
    for (const auto& r : c.foreign_reports()) {
        EXPECT_EQ(r.leave.clauses.at(0).text(), "B-C/target_reports");
        EXPECT_TRUE(r.report.point);
    }
    EXPECT_GT(std::ranges::count_if(c.foreign_reports(), [](const auto& r) { return r.track != 0; }), 5);
    ASSERT_EQ(of_kind(c, NoticeKind::sensor_status), 1u);
    ASSERT_EQ(of_kind(c, NoticeKind::coverage), 1u);
    EXPECT_GT(of_kind(c, NoticeKind::alert), 0u);
    for (const auto& n : c.notices()) {
        if (n.kind != NoticeKind::coverage) continue;
        EXPECT_GT(n.radius, 100'000);
        EXPECT_LT(geo::distance(*n.at, geo::Point::degrees(44.0, 76.5)), 20'000);
    }
    EXPECT_EQ(c.counters().at("audit_faults"), 0u);
    EXPECT_EQ(nodes.federation.engine(1).counters().at("audit_refusals_received"), 0u);
    // A stop takes them too, in the same step.
    ASSERT_TRUE(nodes.federation.give(
        2, core::LawAct{"s.toml",
                        "format = 1\n[[act]]\naccord = \"B-C\"\nkind = \"suspension\"\nby = \"CCC\"\neffective_at = " +
                            base::format_time(nodes.now) + "\ncertainty = \"public\"\nsource = \"\"\n"}));
    EXPECT_TRUE(c.notices().empty());
    EXPECT_TRUE(c.foreign_reports().empty());
}

TEST(Products, ADecisionGoesOnlyWhereAllThatThePersonWasShownMayGo) {
    for (const bool consent : {false, true}) {
        auto nodes = Nodes::make(everything(consent));
        nodes.run(100);
        const auto own = track_of_b(nodes, false), with_a = track_of_b(nodes, true);
        ASSERT_NE(own, 0u);
        ASSERT_NE(with_a, 0u);
        const auto give = [&](core::Command c) { ASSERT_TRUE(nodes.federation.give(1, std::move(c))); };
        give(command("identify", {{"track", std::to_string(own)}, {"identity", "neutral"}, {"reason", "spoken to"}}));
        give(command("incident", {{"incident", "own"}, {"tracks", std::to_string(own)}, {"text", "lost on the way"}}));
        nodes.run(2);
        const auto& c = nodes.federation.engine(2);
        EXPECT_EQ(of_kind(c, NoticeKind::identity), 1u);
        EXPECT_EQ(of_kind(c, NoticeKind::incident), 1u);
        // The owner's word is C's identity of that track.
        EXPECT_EQ(std::ranges::count_if(
                      c.joint(), [](const auto& t) { return t.fused.standard_identity == picture::Identity::neutral; }),
                  1);
        give(command("identify", {{"track", std::to_string(with_a)}, {"identity", "suspect"}}));
        give(
            command("incident", {{"incident", "two"}, {"tracks", std::to_string(with_a) + "," + std::to_string(own)}}));
        nodes.run(2);
        EXPECT_EQ(of_kind(c, NoticeKind::identity), consent ? 2u : 1u);
        EXPECT_EQ(of_kind(c, NoticeKind::incident), consent ? 2u : 1u);
    }
}

TEST(Products, OnlyTheOwnerOfTheAirspaceDecidesAndOnlyWhoMay) {
    auto nodes = Nodes::make(everything());
    nodes.run(100);
    const auto refused = [&](std::size_t who, core::Command c) {
        (void)nodes.federation.take_events(who);
        EXPECT_TRUE(nodes.federation.give(who, std::move(c)));
        const auto events = nodes.federation.take_events(who);
        return std::ranges::any_of(events, [](const auto& e) { return e.kind == "command.refused"; });
    };
    const auto own = std::to_string(track_of_b(nodes, false));
    EXPECT_TRUE(refused(1, command("identify", {{"track", own}, {"identity", "neutral"}}, "watch")));
    EXPECT_TRUE(refused(1, command("identify", {{"track", own}, {"identity", "nice"}})));
    EXPECT_TRUE(refused(1, command("identify", {{"track", "999999"}, {"identity", "neutral"}})));
    EXPECT_TRUE(refused(1, command("incident", {{"incident", "x"}, {"tracks", ""}})));
    EXPECT_TRUE(refused(1, command("launch", {})));
    EXPECT_FALSE(refused(1, command("identify", {{"track", own}, {"identity", "neutral"}})));
    std::uint64_t abroad = 0;
    for (const auto& t : nodes.federation.engine(2).joint())
        if (t.airspace == State("BBB")) abroad = t.number;
    ASSERT_NE(abroad, 0u);
    EXPECT_TRUE(refused(2, command("identify", {{"track", std::to_string(abroad)}, {"identity", "neutral"}})));
}

TEST(Products, WhatAHasChangesNothingThatCIsTold) {
    std::vector<std::string> told;
    for (const auto alter : {Alter::nothing, Alter::absent, Alter::garbled, Alter::repeated}) {
        auto nodes = Nodes::make(everything());
        std::string all;
        for (int s = 0; s < 15; ++s) {
            nodes.run(10, alter);
            const auto& c = nodes.federation.engine(2);
            base::Writer w;
            for (const auto& n : c.notices()) picture::put(w, n);
            for (const auto& r : c.foreign_reports()) picture::put(w, r);
            all += base::digest(w.bytes()).hex();
        }
        all += nodes.federation.engine(2).digest().hex();
        told.push_back(all);
    }
    for (const auto& t : told) EXPECT_EQ(t, told.front());
}

}  // namespace
}  // namespace asman::study
