// Whole nodes over a simulated sky: determinism, replay, and non-interference (accords.md, case 1), through real bytes.
#include "federation_for_tests.hpp"

#include <unistd.h>

#include <filesystem>

namespace asman::study {
namespace {

using namespace testing_world;

class Sky : public testing::Test {
  protected:
    static Outcome run(Alter alter, bool consent, unsigned threads = 1, const std::string& record = {},
                       int seconds = 90) {
        auto nodes = Nodes::make({.consent = consent, .threads = threads, .record = record});
        nodes.run(seconds, alter);
        Outcome out;
        for (std::size_t i = 0; i < 3; ++i) {
            out.digests.push_back(nodes.federation.engine(i).digest());
            out.counters.push_back(nodes.federation.engine(i).counters());
            // Events are expected only where bytes were spoilt on purpose.
            for (const auto& e : nodes.federation.take_events(i))
                if (alter != Alter::garbled) ADD_FAILURE() << e.kind << ": " << e.text;
        }
        out.from_b_at_c = nodes.held_by_c("BBB");
        out.from_a_at_c = nodes.held_by_c("AAA");
        return out;
    }
};

TEST_F(Sky, what_a_state_gets_does_not_depend_on_data_that_nobody_consented_to_pass_on) {
    const auto plain = run(Alter::nothing, false);
    EXPECT_GT(plain.from_b_at_c, 0u);
    EXPECT_EQ(plain.from_a_at_c, 0u);
    EXPECT_GT(plain.counters[1].at("contributions_received"), 0u);  // B does hold A's data
    for (const auto alter : {Alter::absent, Alter::repeated, Alter::garbled, Alter::late}) {
        const auto other = run(alter, false);
        EXPECT_EQ(other.digests[2], plain.digests[2]) << static_cast<int>(alter);
        EXPECT_EQ(other.counters[2], plain.counters[2]) << static_cast<int>(alter);
        EXPECT_EQ(other.from_b_at_c, plain.from_b_at_c);
    }
    // The alteration was real: A's own picture, and what B holds, did change.
    const auto absent = run(Alter::absent, false);
    EXPECT_NE(absent.digests[0], plain.digests[0]);
    EXPECT_NE(absent.digests[1], plain.digests[1]);
}

TEST_F(Sky, with_consent_the_same_data_arrives) {
    const auto plain = run(Alter::nothing, true);
    EXPECT_GT(plain.from_a_at_c, 0u);
    EXPECT_GT(plain.from_b_at_c, 0u);
    EXPECT_NE(run(Alter::absent, true).digests[2], plain.digests[2]);
}

TEST_F(Sky, one_thread_or_three_and_a_replay_give_the_same_bytes) {
    const auto folder = std::filesystem::temp_directory_path() / ("asman-sky-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const auto one = run(Alter::nothing, true, 1, folder.string(), 60);
    const auto three = run(Alter::nothing, true, 3, {}, 60);
    EXPECT_EQ(one.digests, three.digests);
    std::size_t i = 0;
    for (const auto* s : {"AAA", "BBB", "CCC"}) {
        const auto replayed = node::replay((folder / (std::string(s) + ".asmanlog")).string());
        ASSERT_TRUE(replayed) << replayed.error().text();
        EXPECT_EQ(replayed->digest, one.digests[i++]) << s;
        EXPECT_FALSE(replayed->unfinished);
    }
    std::filesystem::remove_all(folder);
}

/// An act that only its doer's own node has recorded: what the others do is not the importers' doing.
core::LawAct suspension(std::string_view accord_id, std::string_view by, base::Time at) {
    return {"suspension.toml", "format = 1\n[[act]]\naccord = \"" + std::string(accord_id) +
                                   "\"\nkind = \"suspension\"\nby = \"" + std::string(by) + "\"\neffective_at = " +
                                   base::format_time(at) + "\ncertainty = \"public\"\nsource = \"test\"\n"};
}

TEST(Link, what_waited_while_it_was_down_never_arrives_after_a_suspension) {
    for (const bool suspended : {false, true}) {
        auto nodes = Nodes::make({});
        nodes.run(60);
        ASSERT_GT(nodes.held_by_c("BBB"), 0u);
        nodes.federation.exchange().cut(State("BBB"), State("CCC"));
        nodes.run(10);
        const auto before = nodes.received_by_c();
        ASSERT_GT(nodes.federation.exchange().end(State("BBB")).counters().at(State("CCC")).waiting, 5u);
        if (suspended) {
            ASSERT_TRUE(nodes.federation.give(1, suspension("B-C", "BBB", nodes.now)));
        }
        for (const auto& e : nodes.federation.take_events(1)) EXPECT_EQ(e.kind, "law.act") << e.text;
        nodes.federation.exchange().restore(State("BBB"), State("CCC"));
        nodes.run(30);
        // Case 12 of accords.md: none arrives. Without the suspension they do, so the link was the only hindrance.
        if (suspended) {
            EXPECT_EQ(nodes.received_by_c(), before);
            EXPECT_EQ(nodes.held_by_c("BBB"), 0u);
        } else {
            EXPECT_GT(nodes.received_by_c(), before);
            EXPECT_GT(nodes.held_by_c("BBB"), 0u);
        }
    }
}

TEST(Link, a_consent_that_stops_takes_what_waits_for_those_it_named) {
    auto nodes = Nodes::make({.consent = true});
    nodes.run(60);
    ASSERT_GT(nodes.held_by_c("AAA"), 0u);
    nodes.federation.exchange().cut(State("BBB"), State("CCC"));
    nodes.run(10);
    // B learns that A has suspended towards it; C does not.
    ASSERT_TRUE(nodes.federation.give(1, suspension("A-B", "AAA", nodes.now)));
    const auto counters = nodes.federation.exchange().end(State("BBB")).counters().at(State("CCC"));
    EXPECT_LE(counters.waiting, 1u);  // an audit's head, which says nothing of objects, may wait
    EXPECT_GT(counters.purged, 0u);
    nodes.federation.exchange().restore(State("BBB"), State("CCC"));
    nodes.run(30);
    EXPECT_EQ(nodes.held_by_c("AAA"), 0u);
    EXPECT_GT(nodes.held_by_c("BBB"), 0u);
}

TEST(Law, what_was_received_goes_in_the_same_step_as_the_clause) {
    auto nodes = Nodes::make({.consent = true});
    nodes.run(60);
    ASSERT_GT(nodes.held_by_c("BBB"), 0u);
    ASSERT_TRUE(nodes.federation.give(2, suspension("B-C", "BBB", nodes.now)));
    EXPECT_EQ(nodes.held_by_c("BBB"), 0u);  // no tick in between
    EXPECT_EQ(nodes.held_by_c("AAA"), 0u);
    EXPECT_GT(nodes.held_by_c("CCC") + nodes.federation.engine(2).local().size(), 0u);
}

/// Rule 20, at a running node: the grantor's own people get the reasoning, also for what is withheld; the receiver gets
/// it for what it got, and one fixed answer for all else.
TEST(Law, the_grantors_own_people_are_told_why_and_the_receiver_only_of_what_it_got) {
    auto nodes = Nodes::make({});
    nodes.run(60);
    const auto text = [](const std::vector<std::string>& lines) {
        std::string out;
        for (const auto& line : lines) out += line + "\n";
        return out;
    };
    const auto& b = nodes.federation.engine(1);
    const auto own = std::ranges::find_if(b.joint(), [](const auto& t) {
        return std::ranges::any_of(t.contributions, [](const auto& c) { return c.clauses.empty(); });
    });
    ASSERT_NE(own, b.joint().end());
    const auto number = own->number;
    const auto released = text(b.explain_release(number, State("CCC")));
    EXPECT_NE(released.find("released under B-C/tracks"), std::string::npos) << released;
    ASSERT_TRUE(nodes.federation.give(1, suspension("B-C", "BBB", nodes.now)));
    const auto withheld = text(nodes.federation.engine(1).explain_release(number, State("CCC")));
    EXPECT_NE(withheld.find("withheld"), std::string::npos) << withheld;
    EXPECT_NE(withheld.find("suspen"), std::string::npos) << withheld;
    // C: what it has, and what it has not, exists or was made up.
    nodes.run(1);
    const auto& c = nodes.federation.engine(2);
    EXPECT_EQ(c.explain_joint(1'000'000), c.explain_joint(1'000'001));
    EXPECT_EQ(c.explain_joint(1'000'000).size(), 1u);
}

}  // namespace
}  // namespace asman::study
