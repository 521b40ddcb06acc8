// Whole nodes over a simulated sky: determinism, replay, and non-interference (accords.md, case 1), through real bytes.
#include <asman/node/federation.hpp>
#include <asman/simulate/world.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace asman::study {
namespace {

using picture::State;

const std::string scenario_text = R"(format = 1
name = "three states"
start = 2024-01-15T23:58:00Z
seed = 11
[traffic]
aircraft = 12
max_leg_km = 500
[[state]]
code = "AAA"
[[state]]
code = "BBB"
[[state]]
code = "CCC"
[[airport]]
icao = "XAAA"
state = "AAA"
lat = 43.0
lon = 74.5
elevation_m = 100
[[airport]]
icao = "XBBB"
state = "BBB"
lat = 44.0
lon = 76.5
elevation_m = 100
[[airport]]
icao = "XCCC"
state = "CCC"
lat = 41.8
lon = 72.5
elevation_m = 100
[[sensor]]
name = "a"
owner = "AAA"
kind = "combined"
sac = 1
sic = 1
airport = "XAAA"
primary_reference_range_km = 250
[[sensor]]
name = "b"
owner = "BBB"
kind = "combined"
sac = 2
sic = 1
airport = "XBBB"
primary_reference_range_km = 250
[[sensor]]
name = "c"
owner = "CCC"
kind = "combined"
sac = 3
sic = 1
airport = "XCCC"
primary_reference_range_km = 250
)";

constexpr std::string_view law_text = R"(format = 1
signatures = "none"
[[state]]
code = "AAA"
name = "A"
[[state]]
code = "BBB"
name = "B"
[[state]]
code = "CCC"
name = "C"
)";

/// From one state to another: tracks anywhere within 900 km, at once, exact.
std::string accord(std::string_view id, std::string_view from, std::string_view to, std::string_view more) {
    std::string parties = from < to ? "\"" + std::string(from) + "\", \"" + std::string(to) + "\""
                                    : "\"" + std::string(to) + "\", \"" + std::string(from) + "\"";
    return "format = 1\nid = \"" + std::string(id) + "\"\ntitle = \"made for a test\"\nparties = [" + parties +
           "]\n[signed]\non = 2020-01-01\ncertainty = \"public\"\nsource = \"made\"\n[entry]\nconsent = "
           "\"signature\"\nrule = \"on_signature\"\n[[region]]\nname = \"here\"\ncircle = [43.0, 74.5]\nradius_km = "
           "900\n[[clause]]\nid = \"tracks\"\ntitle = \"tracks\"\ncertainty = \"public\"\nsource = \"made\"\nfrom = "
           "[\"" +
           std::string(from) + "\"]\nto = [\"" + std::string(to) +
           "\"]\nproduct = \"tracks\"\narea = \"here\"\nfields = [\"velocity\", \"height\", \"mode_3a\", \"address\", "
           "\"callsign\", \"accuracy\"]\nvalidity_s = 15\n" +
           std::string(more);
}

enum class Alter { nothing, absent, repeated, garbled, late };

struct Outcome {
    std::vector<base::Digest> digests;
    std::vector<std::map<std::string, std::uint64_t>> counters;
    std::size_t from_b_at_c = 0, from_a_at_c = 0;
};

const std::vector<State> states{State("AAA"), State("BBB"), State("CCC")};

base::KeyPair key(State s) {
    return base::KeyPair::from_seed("test " + std::string(s.text()));
}

/// A→B, B→C with everything that may be passed on; `consent`: A lets B hand its tracks to C.
struct Nodes {
    simulate::World world;
    node::Federation federation;
    base::Time now;

    static core::Bundle bundle(const simulate::World& world, State s, bool consent) {
        core::NodeConfig c;
        c.state = s;
        c.mode = core::Mode::simulated;
        for (const auto& sensor : world.sensors())
            if (sensor.owner == s) c.sensors.push_back(sensor);
        for (const auto& other : states)
            if (other != s) c.partners.push_back({other, key(other).public_key});
        core::Bundle out;
        out.files["node.toml"] = core::print_node_config(c);
        out.files["accords/law.toml"] = law_text;
        out.files["accords/A-B.toml"] = accord("A-B", "AAA", "BBB", consent ? "[clause.onward]\nto = [\"CCC\"]\n" : "");
        out.files["accords/B-C.toml"] = accord("B-C", "BBB", "CCC", "includes_onward = true\n");
        return out;
    }

    static Nodes make(bool consent, unsigned threads = 1, const std::string& record = {}) {
        auto scenario = simulate::Scenario::parse(scenario_text, "three.toml");
        EXPECT_TRUE(scenario) << scenario.error().text();
        auto world = simulate::World::make(*scenario, geo::Terrain::flat(), geo::Geoid::open());
        EXPECT_TRUE(world) << world.error().text();
        std::vector<node::MemberOptions> members;
        for (const auto& s : states) {
            node::MemberOptions m;
            m.key = key(s);
            m.bundle = bundle(*world, s, consent);
            if (!record.empty()) m.record = record + "/" + std::string(s.text()) + ".asmanlog";
            members.push_back(std::move(m));
        }
        auto federation = node::Federation::start(std::move(members), scenario->start, threads);
        EXPECT_TRUE(federation) << federation.error().text();
        return {std::move(*world), std::move(*federation), scenario->start};
    }

    void run(int seconds, Alter alter = Alter::nothing) {
        for (int i = 0; i < seconds * 10; ++i) {
            now = now + node::tick_length;
            const auto done = federation.tick(now, frames(alter));
            ASSERT_TRUE(done) << done.error().text();
        }
    }

    /// What arrives until now; A's altered as asked.
    std::vector<std::vector<node::FeedFrame>> frames(Alter alter) {
        std::vector<std::vector<node::FeedFrame>> out(3);
        for (auto& d : world.step(now)) {
            const auto who = static_cast<std::size_t>(std::ranges::find(states, d.owner) - states.begin());
            if (who == 0 && alter == Alter::absent) continue;
            if (who == 0 && alter == Alter::garbled)
                for (std::size_t k = 8; k < d.bytes.size(); k += 5) d.bytes[k] ^= std::byte{0x41};
            if (who == 0 && alter == Alter::late) d.received = now;
            out[who].push_back({d.received, d.feed, d.bytes});
            if (who == 0 && alter == Alter::repeated) out[who].push_back({d.received, d.feed, d.bytes});
        }
        return out;
    }

    std::size_t held_by_c(std::string_view originator) const {
        std::size_t n = 0;
        for (const auto& track : federation.engine(2).joint())
            for (const auto& c : track.contributions) n += c.originator == State(originator);
        return n;
    }
    std::uint64_t received_by_c() const { return federation.engine(2).counters().at("contributions_received"); }
};

class Sky : public testing::Test {
  protected:
    static Outcome run(Alter alter, bool consent, unsigned threads = 1, const std::string& record = {},
                       int seconds = 90) {
        auto nodes = Nodes::make(consent, threads, record);
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
        auto nodes = Nodes::make(false);
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
    auto nodes = Nodes::make(true);
    nodes.run(60);
    ASSERT_GT(nodes.held_by_c("AAA"), 0u);
    nodes.federation.exchange().cut(State("BBB"), State("CCC"));
    nodes.run(10);
    // B learns that A has suspended towards it; C does not.
    ASSERT_TRUE(nodes.federation.give(1, suspension("A-B", "AAA", nodes.now)));
    const auto counters = nodes.federation.exchange().end(State("BBB")).counters().at(State("CCC"));
    EXPECT_EQ(counters.waiting, 0u);
    EXPECT_GT(counters.purged, 0u);
    nodes.federation.exchange().restore(State("BBB"), State("CCC"));
    nodes.run(30);
    EXPECT_EQ(nodes.held_by_c("AAA"), 0u);
    EXPECT_GT(nodes.held_by_c("BBB"), 0u);
}

TEST(Law, what_was_received_goes_in_the_same_step_as_the_clause) {
    auto nodes = Nodes::make(true);
    nodes.run(60);
    ASSERT_GT(nodes.held_by_c("BBB"), 0u);
    ASSERT_TRUE(nodes.federation.give(2, suspension("B-C", "BBB", nodes.now)));
    EXPECT_EQ(nodes.held_by_c("BBB"), 0u);  // no tick in between
    EXPECT_EQ(nodes.held_by_c("AAA"), 0u);
    EXPECT_GT(nodes.held_by_c("CCC") + nodes.federation.engine(2).local().size(), 0u);
}

}  // namespace
}  // namespace asman::study
