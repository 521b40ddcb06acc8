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

}  // namespace asman::study::testing_world
