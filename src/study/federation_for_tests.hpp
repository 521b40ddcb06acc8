// Three whole nodes over a simulated sky: A to B, B to C with everything that may be passed on.
#pragma once

#include <asman/node/federation.hpp>
#include <asman/simulate/world.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace asman::study::testing_world {

using picture::State;

inline const std::string scenario_text = R"(format = 1
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

inline constexpr std::string_view law_text = R"(format = 1
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
inline std::string accord(std::string_view id, std::string_view from, std::string_view to, std::string_view more) {
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

inline const std::vector<State> states{State("AAA"), State("BBB"), State("CCC")};

inline base::KeyPair key(State s) {
    return base::KeyPair::from_seed("test " + std::string(s.text()));
}

struct Setting {
    bool consent = false;  ///< A lets B hand its tracks to C
    unsigned threads = 1;
    std::string record{};  ///< folder of the input logs
    std::string audit{};   ///< folder of the audits, a folder a state
    std::string scenario = scenario_text;
    std::string borders{};                           ///< GeoJSON
    std::map<std::string, std::string> accords{};    ///< in place of A-B and B-C
    std::map<std::string, std::string> accord_of{};  ///< sensor's name → the accord that its site stands under
    std::function<void(core::NodeConfig&)> configure = [](auto&) {};
};

/// A→B, B→C with everything that may be passed on.
struct Nodes {
    simulate::World world;
    node::Federation federation;
    base::Time now;

    static core::Bundle bundle(const simulate::World& world, State s, const Setting& o) {
        core::NodeConfig c;
        c.state = s;
        c.mode = core::Mode::simulated;
        for (auto sensor : world.sensors()) {
            if (const auto it = o.accord_of.find(sensor.name); it != o.accord_of.end()) sensor.accord = it->second;
            if (sensor.owner == s) c.sensors.push_back(sensor);
        }
        for (const auto& other : states)
            if (other != s) c.partners.push_back({other, key(other).public_key});
        o.configure(c);
        core::Bundle out;
        out.files["node.toml"] = core::print_node_config(c);
        out.files["accords/law.toml"] = law_text;
        if (o.accords.empty()) {
            out.files["accords/A-B.toml"] =
                accord("A-B", "AAA", "BBB", o.consent ? "[clause.onward]\nto = [\"CCC\"]\n" : "");
            out.files["accords/B-C.toml"] = accord("B-C", "BBB", "CCC", "includes_onward = true\n");
        }
        if (!o.borders.empty()) out.files["borders.geojson"] = o.borders;
        for (const auto& [name, text] : o.accords) out.files["accords/" + name] = text;
        return out;
    }

    static Nodes make(const Setting& o) {
        auto scenario = simulate::Scenario::parse(o.scenario, "three.toml");
        EXPECT_TRUE(scenario) << scenario.error().text();
        auto world = simulate::World::make(*scenario, geo::Terrain::flat(), geo::Geoid::open());
        EXPECT_TRUE(world) << world.error().text();
        std::vector<node::MemberOptions> members;
        for (const auto& s : states) {
            node::MemberOptions m;
            m.key = key(s);
            m.bundle = bundle(*world, s, o);
            if (!o.record.empty()) m.record = o.record + "/" + std::string(s.text()) + ".asmanlog";
            if (!o.audit.empty()) m.audit = o.audit + "/" + std::string(s.text());
            members.push_back(std::move(m));
        }
        auto federation = node::Federation::start(std::move(members), scenario->start, o.threads);
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

    /// Which datagrams are altered: all of A's, unless said otherwise.
    std::function<bool(const simulate::Datagram&)> altered = [](const simulate::Datagram& d) {
        return d.owner == State("AAA");
    };

    /// What arrives until now; altered as asked.
    std::vector<std::vector<node::FeedFrame>> frames(Alter alter) {
        std::vector<std::vector<node::FeedFrame>> out(3);
        for (auto& d : world.step(now)) {
            const auto who = static_cast<std::size_t>(std::ranges::find(states, d.owner) - states.begin());
            const bool changed = altered(d);
            if (changed && alter == Alter::absent) continue;
            if (changed && alter == Alter::garbled)
                for (std::size_t k = 8; k < d.bytes.size(); k += 5) d.bytes[k] ^= std::byte{0x41};
            if (changed && alter == Alter::late) d.received = now;
            out[who].push_back({d.received, d.feed, d.bytes});
            if (changed && alter == Alter::repeated) out[who].push_back({d.received, d.feed, d.bytes});
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

inline std::string more_clause(const std::string& product, const std::string& more = "") {
    return "[[clause]]\nid = \"" + product +
           "\"\ncertainty = \"public\"\nsource = \"made\"\nfrom = [\"BBB\"]\nto = [\"CCC\"]\nproduct = \"" + product +
           "\"\narea = \"here\"\nfields = [\"velocity\", \"height\", \"mode_3a\", \"address\", \"callsign\", "
           "\"standard_identity\", \"emergency\", \"sensor_position\", \"accuracy\"]\nvalidity_s = 20\n" +
           more;
}

/// B releases everything to C but what A has not consented to; an intruder without transponder flies from C's side into
/// B's land.
inline Setting everything(bool consent = false) {
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

inline core::Command command(const std::string& action, std::map<std::string, std::string> arguments,
                             const std::string& role = "lead") {
    return {"ada", role, action, std::move(arguments)};
}

/// A joint track of B over its own land that has what A released, or has not.
inline std::uint64_t track_of_b(const Nodes& nodes, bool with_a) {
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

}  // namespace asman::study::testing_world
