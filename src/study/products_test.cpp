// Everything that is no track, over whole nodes: plots, alerts, identity decisions, incidents, the state of sensors and
// their coverage go by their clauses alone, and show nothing of data that nobody consented to pass on.
#include "federation_for_tests.hpp"

namespace asman::study {
namespace {

using namespace testing_world;
using picture::NoticeKind;

std::string more_clause(const std::string& product, const std::string& more = "") {
    return "[[clause]]\nid = \"" + product +
           "\"\ncertainty = \"public\"\nsource = \"made\"\nfrom = [\"BBB\"]\nto = [\"CCC\"]\nproduct = \"" + product +
           "\"\narea = \"here\"\nfields = [\"velocity\", \"height\", \"mode_3a\", \"address\", \"callsign\", "
           "\"standard_identity\", \"emergency\", \"sensor_position\", \"accuracy\"]\nvalidity_s = 20\n" +
           more;
}

/// B releases everything to C but what A has not consented to; an intruder without transponder flies from C's side into
/// B's land.
Setting everything(bool consent = false) {
    Setting o;
    o.scenario = scenario_text + R"([[intruder]]
name = "x"
route = ["42.6,73.6", "44.2,76.8"]
start_s = -100
speed_mps = 250
rcs_m2 = 20
clearance_m = 300
[[intruder.level]]
name = "high"
altitude_m = 8000
)";
    auto& ab = o.accords["A-B.toml"];
    ab = accord("A-B", "AAA", "BBB", consent ? "[clause.onward]\nto = [\"CCC\"]\n" : "");
    ab.replace(ab.find("radius_km = 900"), 15, "radius_km = 130");
    o.accords["B-C.toml"] =
        accord("B-C", "BBB", "CCC", "includes_onward = true\n") +
        more_clause("target_reports", "unassociated = \"release\"\nform = \"geodetic\"\n") +
        more_clause("alerts", "includes_onward = true\n") + more_clause("identity", "includes_onward = true\n") +
        more_clause("incidents", "includes_onward = true\n") + more_clause("sensor_status") + more_clause("coverage");
    o.borders = R"({"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"iso3":"AAA","name":"A"},"geometry":{"type":"Polygon","coordinates":[[[70,39],[74.6,39],[74.6,43.2],[70,43.2],[70,39]]]}},
{"type":"Feature","properties":{"iso3":"BBB","name":"B"},"geometry":{"type":"Polygon","coordinates":[[[74.8,39],[80,39],[80,47],[74.8,47],[74.8,39]]]}},
{"type":"Feature","properties":{"iso3":"CCC","name":"C"},"geometry":{"type":"Polygon","coordinates":[[[66,39],[69.9,39],[69.9,43.2],[66,43.2],[66,39]]]}}]})";
    return o;
}

std::size_t of_kind(const core::Engine& e, NoticeKind kind) {
    return static_cast<std::size_t>(std::ranges::count(e.notices(), kind, &picture::Notice::kind));
}

core::Command command(const std::string& action, std::map<std::string, std::string> arguments,
                      const std::string& role = "lead") {
    return {"ada", role, action, std::move(arguments)};
}

/// A joint track of B over its own land that has what A released, or has not.
std::uint64_t track_of_b(const Nodes& nodes, bool with_a) {
    for (const auto& t : nodes.federation.engine(1).joint()) {
        const auto from = [&](const char* s) {
            return std::ranges::any_of(t.contributions, [&](const auto& c) { return c.originator == State(s); });
        };
        const bool held_by_c =
            std::ranges::any_of(t.contributions, [&](const auto& c) { return c.originator == State("BBB"); });
        if (t.airspace == State("BBB") && held_by_c && from("AAA") == with_a) return t.number;
    }
    return 0;
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
