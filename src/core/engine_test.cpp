#include <asman/core/engine.hpp>
#include <asman/wire/batch.hpp>
#include <asman/wire/envelope.hpp>

#include <gtest/gtest.h>

namespace asman::core {
namespace {

using picture::State;

const base::Time t0 = *base::parse_time("2024-01-15T06:00:00Z");

base::KeyPair key(std::string_view who) {
    return base::KeyPair::from_seed(who);
}

NodeConfig config() {
    NodeConfig c;
    c.state = State("BBB");
    c.mode = Mode::simulated;
    c.partners.push_back({State("AAA"), key("AAA").public_key});
    picture::Sensor s;
    s.id = {1};
    s.name = "BBB/one";
    s.owner = s.operated_by = s.host = State("BBB");
    s.feed = "f";
    s.sac = 1;
    s.sic = 2;
    s.position = geo::Position{geo::Point::degrees(42, 74), {800}};
    c.sensors.push_back(s);
    FeedConfig f;
    f.name = "f";
    c.feeds.push_back(f);
    return c;
}

Bundle bundle() {
    return {{{"node.toml", print_node_config(config())}}};
}

/// An engine with its sequence of inputs.
struct Session {
    Engine engine;
    std::uint64_t n = 0;
    base::Time now = t0;
    Outputs give(InputBody body) {
        auto r = engine.step({now, ++n, std::move(body)});
        EXPECT_TRUE(r) << r.error().text();
        return r ? std::move(*r) : Outputs{};
    }
    void tick(int n_ticks) {
        for (int i = 0; i < n_ticks; ++i) {
            now = now + base::milliseconds(100);
            give(Tick{});
        }
    }
};

std::vector<std::byte> sealed_batch(std::string_view from, base::Time tick) {
    wire::Batch b;
    b.tick = b.law_time = tick;
    b.drops.push_back({State(from), 7});
    wire::Sealer sealer(State(from), key(from));
    return *sealer.seal(State("BBB"), wire::Delivery::state, tick, *wire::encode(b));
}

TEST(Engine, wants_start_first_and_once) {
    Engine e;
    EXPECT_FALSE(e.step({t0, 1, Tick{}}));
    EXPECT_TRUE(e.step({t0, 2, Start{bundle()}}));
    EXPECT_FALSE(e.step({t0, 3, Start{bundle()}}));
}

TEST(Engine, a_bad_configuration_stops_the_start_with_its_place) {
    Engine e;
    auto b = bundle();
    b.files["node.toml"] += "\nsac = 3\n";  // lands in the last table
    const auto r = e.step({t0, 1, Start{b}});
    ASSERT_FALSE(r);
    EXPECT_EQ(r.error().place.source, "node.toml");
    EXPECT_GT(r.error().place.line, 0u);
}

TEST(Engine, bad_law_seals_itself_and_the_node_goes_on) {
    Session run;
    auto b = bundle();
    b.files["accords/broken.toml"] = "id = \"X\"\nparties = [\"AAA\", \"NOWHERE\"]\n";
    const auto out = run.give(Start{b});
    bool alarmed = false;
    for (const auto& e : out.events)
        alarmed = alarmed || (e.kind == "law.alarm" && e.text.find("broken.toml") != std::string::npos);
    EXPECT_TRUE(alarmed);
    run.tick(20);
    EXPECT_EQ(run.engine.counters().at("pictures"), 2u);
}

TEST(Engine, takes_a_partner_once_and_refuses_forgers_strangers_and_replays) {
    Session run;
    run.give(Start{bundle()});
    const auto good = sealed_batch("AAA", run.now);
    EXPECT_TRUE(run.give(PartnerMessage{good}).events.empty());
    EXPECT_EQ(run.engine.counters().at("drops_received"), 1u);
    EXPECT_EQ(run.give(PartnerMessage{good}).events.size(), 1u);  // replayed
    auto forged = sealed_batch("AAA", run.now);
    forged.back() ^= std::byte{1};
    EXPECT_EQ(run.give(PartnerMessage{forged}).events.size(), 1u);
    EXPECT_EQ(run.give(PartnerMessage{sealed_batch("CCC", run.now)}).events.size(), 1u);
    EXPECT_EQ(run.give(PartnerMessage{{std::byte{0xff}}}).events.size(), 1u);
    EXPECT_EQ(run.engine.counters().at("drops_received"), 1u);
}

TEST(Engine, a_contribution_without_a_clause_is_refused) {
    Session run;
    run.give(Start{bundle()});
    wire::Batch b;
    b.tick = b.law_time = run.now;
    picture::Contribution c;
    c.originator = State("AAA");
    c.number = 5;
    c.clauses.push_back({"NO-SUCH", "clause", 1, {}});
    c.track.kinematics.time = run.now;
    c.track.kinematics.at = geo::Point::degrees(42, 74);
    c.track.kinematics.covariance = Eigen::Matrix4d::Identity() * 100;
    c.track.confirmed = true;
    c.valid_until = run.now + base::seconds(10);
    b.contributions.push_back(c);
    wire::Sealer sealer(State("AAA"), key("AAA"));
    const auto payload = wire::encode(b);
    ASSERT_TRUE(payload) << payload.error().text();
    run.give(PartnerMessage{*sealer.seal(State("BBB"), wire::Delivery::state, run.now, *payload)});
    EXPECT_EQ(run.engine.counters().at("contributions_refused"), 1u);
    run.tick(11);
    EXPECT_TRUE(run.engine.joint().empty());
}

TEST(Engine, garbage_on_a_feed_is_counted_and_told_once) {
    Session run;
    run.give(Start{bundle()});
    std::size_t told = 0;
    for (int i = 0; i < 50; ++i) {
        std::vector<std::byte> junk;
        for (int k = 0; k < i; ++k) junk.push_back(static_cast<std::byte>(k * 37 + i));
        told += run.give(Frame{"f", junk}).events.size();
    }
    EXPECT_LE(told, 1u);
    EXPECT_EQ(run.engine.counters().at("frames"), 50u);
    run.tick(10);
    EXPECT_EQ(run.engine.counters().at("pictures"), 1u);
}

TEST(Engine, the_law_clock_moves_only_where_everything_is_simulated) {
    Session run;
    run.give(Start{bundle()});
    const auto then = *base::parse_time("2030-01-01T00:00:00Z");
    EXPECT_TRUE(run.give(SetLawTime{then}).events.empty());
    EXPECT_EQ(run.engine.law_time(), then);
    run.tick(10);
    EXPECT_EQ(run.engine.law_time(), then + base::seconds(1));
    Session live;
    auto c = config();
    c.mode = Mode::live;
    live.give(Start{Bundle{{{"node.toml", print_node_config(c)}}}});
    EXPECT_EQ(live.give(SetLawTime{then}).events.size(), 1u);
    EXPECT_EQ(live.engine.law_time(), live.now);
}

TEST(Engine, the_same_inputs_give_the_same_digest) {
    const auto digest = [](int junk) {
        Session run;
        run.give(Start{bundle()});
        run.give(Frame{"f", {std::byte(junk), std::byte{9}}});
        run.give(PartnerMessage{sealed_batch("AAA", run.now)});
        run.tick(50);
        return run.engine.digest();
    };
    EXPECT_EQ(digest(1), digest(1));
    EXPECT_NE(digest(1), base::Digest{});
}

}  // namespace
}  // namespace asman::core
