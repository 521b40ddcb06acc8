#include "scenario_nodes.hpp"

#include <asman/geo/region.hpp>
#include <asman/study/demonstration.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace asman::study {
namespace {

using nlohmann::ordered_json;
using picture::State;

/// Keys of simulated nodes come from the scenario's seed: a run is repeatable, and nobody may take them for secret.
base::KeyPair key_of(const simulate::Scenario& scenario, State state) {
    return base::KeyPair::from_seed("simulated " + std::to_string(scenario.seed) + " " + std::string(state.text()));
}

ordered_json number_or_null(const std::optional<double>& v) {
    if (!v) return nullptr;
    return std::round(*v * 10) / 10;
}

}  // namespace

struct Demonstration::Impl {
    DemonstrationOptions options;
    simulate::World world;
    std::optional<node::Federation> federation;
    std::vector<State> states;
    std::vector<evaluate::FirstWarning> watches;
    std::vector<std::string> intruders;
    struct Sum {
        std::uint64_t pictures = 0, local = 0, joint = 0;
        std::uint64_t alerts = 0;
    };
    std::vector<Sum> sums;
    base::Time start, now, end;

    explicit Impl(simulate::World w) : world(std::move(w)) {}

    core::NodeConfig configuration(const simulate::StateSpec& spec) const {
        auto c = scenario_node(world, spec);
        c.accords_dir = "accords";
        c.borders_file = "borders.geojson";
        c.without = options.without;
        for (const auto& other : world.scenario().states)
            if (other.code != spec.code)
                c.partners.push_back({other.code, key_of(world.scenario(), other.code).public_key});
        return c;
    }

    base::Result<void> start_nodes() {
        core::Bundle common;
        ASMAN_TRY(auto borders_text, base::read_file(options.borders));
        ASMAN_TRY(const auto borders, geo::Borders::parse(borders_text, options.borders));
        common.files["borders.geojson"] = std::move(borders_text);
        ASMAN_CHECK(node::add_accords(common, options.accords));
        std::vector<node::MemberOptions> members;
        for (const auto& spec : world.scenario().states) {
            const auto* land = borders.find(spec.code.text());
            if (!land)
                return base::fail(base::Errc::unknown_name, {.source = options.borders},
                                  "no state " + std::string(spec.code.text()) + " among the borders");
            watches.emplace_back(land->land);
            node::MemberOptions m;
            m.bundle = common;
            m.bundle.files["node.toml"] = core::print_node_config(configuration(spec));
            m.key = key_of(world.scenario(), spec.code);
            if (!options.record.empty())
                m.record =
                    (std::filesystem::path(options.record) / (std::string(spec.code.text()) + ".asmanlog")).string();
            if (!options.audit.empty())
                m.audit = (std::filesystem::path(options.audit) / std::string(spec.code.text())).string();
            m.about = {{"scenario", world.scenario().name}, {"terrain", world.terrain_source()}};
            members.push_back(std::move(m));
            states.push_back(spec.code);
        }
        sums.resize(states.size());
        ASMAN_TRY(auto f, node::Federation::start(std::move(members), start, options.threads));
        federation = std::move(f);
        if (options.law_date) ASMAN_CHECK(federation->give_all(core::SetLawTime{*options.law_date}));
        return {};
    }

    /// A datagram goes to the node of the sensor's owner.
    std::vector<std::vector<node::FeedFrame>> frames_until(base::Time until) {
        std::vector<std::vector<node::FeedFrame>> out(states.size());
        for (auto& d : world.step(until)) {
            const auto it = std::ranges::find(states, d.owner);
            if (it == states.end()) continue;
            out[static_cast<std::size_t>(it - states.begin())].push_back(
                {d.received, std::move(d.feed), std::move(d.bytes)});
        }
        return out;
    }

    void observe() {
        std::optional<std::vector<evaluate::TruthPoint>> truth;
        for (std::size_t i = 0; i < states.size(); ++i) {
            if (!federation->picture_made(i)) continue;
            const auto& engine = federation->engine(i);
            if (!truth) {
                truth.emplace();
                for (const auto& id : intruders)
                    if (const auto t = world.truth(id, now)) truth->push_back({id, t->position, t->velocity.head<2>()});
            }
            watches[i].update(now, *truth, engine.joint());
            auto& sum = sums[i];
            ++sum.pictures;
            sum.local += engine.local().size();
            sum.joint += engine.joint().size();
            for (const auto& alert : engine.alerts()) sum.alerts = std::max(sum.alerts, alert.number);
        }
    }
};

Demonstration::Demonstration(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Demonstration::~Demonstration() = default;

base::Result<std::unique_ptr<Demonstration>> Demonstration::make(DemonstrationOptions options) {
    ASMAN_TRY(auto scenario, simulate::Scenario::load(options.scenario));
    if (options.seed) scenario.seed = *options.seed;
    if (!options.terrain.empty()) scenario.terrain = options.terrain;
    ASMAN_TRY(auto world, simulate::World::make(scenario));
    auto impl = std::make_unique<Impl>(std::move(world));
    impl->options = std::move(options);
    impl->start = impl->now = scenario.start;
    impl->end = scenario.start + impl->options.length.value_or(scenario.duration);
    impl->intruders = impl->world.intruders();
    ASMAN_CHECK(impl->start_nodes());
    return std::unique_ptr<Demonstration>(new Demonstration(std::move(impl)));
}

base::Result<bool> Demonstration::tick() {
    auto& m = *impl_;
    if (m.now >= m.end) return false;
    const auto next = m.now + node::tick_length;
    ASMAN_CHECK(m.federation->tick(next, m.frames_until(next)));
    m.now = next;
    m.observe();
    return m.now < m.end;
}

base::Result<void> Demonstration::set_law_time(base::Time law_time) {
    return impl_->federation->give_all(core::SetLawTime{law_time});
}

base::Time Demonstration::now() const {
    return impl_->now;
}
base::Time Demonstration::start() const {
    return impl_->start;
}
base::Time Demonstration::end() const {
    return impl_->end;
}
const simulate::World& Demonstration::world() const {
    return impl_->world;
}
node::Federation& Demonstration::federation() {
    return *impl_->federation;
}
const std::vector<State>& Demonstration::states() const {
    return impl_->states;
}
std::vector<picture::Sensor> Demonstration::sensors() const {
    return impl_->world.sensors();
}
std::string Demonstration::title() const {
    return impl_->world.scenario().name;
}
std::string Demonstration::terrain_source() const {
    return impl_->world.terrain_source();
}

std::vector<NodeResult> Demonstration::results() const {
    const auto& m = *impl_;
    std::vector<NodeResult> out;
    for (std::size_t i = 0; i < m.states.size(); ++i) {
        const auto& engine = m.federation->engine(i);
        NodeResult r;
        r.state = m.states[i];
        r.local_tracks = engine.local().size();
        r.joint_tracks = engine.joint().size();
        const auto& sum = m.sums[i];
        if (sum.pictures) {
            r.mean_local = static_cast<double>(sum.local) / static_cast<double>(sum.pictures);
            r.mean_joint = static_cast<double>(sum.joint) / static_cast<double>(sum.pictures);
        }
        r.alerts = sum.alerts;
        r.digest = engine.digest();
        r.warnings = m.watches[i].result();
        r.counters = engine.counters();
        out.push_back(std::move(r));
    }
    return out;
}

std::string Demonstration::summary_json() const {
    const auto& m = *impl_;
    ordered_json j;
    j["format"] = 1;
    j["simulated"] = true;
    j["scenario"] = m.world.scenario().name;
    j["seed"] = m.world.scenario().seed;
    j["terrain"] = m.world.terrain_source();
    j["start"] = base::format_time(m.start);
    j["duration_s"] = (m.now - m.start).seconds();
    j["without"] = m.options.without;
    if (!m.states.empty()) {
        const auto& engine = m.federation->engine(0);
        j["law_time"] = base::format_time(engine.law_time());
        for (const auto& accord : engine.law()) {
            ordered_json parties = ordered_json::array();
            for (const auto& p : accord.parties) parties.push_back(p.text());
            j["law"].push_back(
                {{"id", accord.id}, {"state", accord.state}, {"certainty", accord.certainty}, {"parties", parties}});
        }
    }
    for (const auto& r : results()) {
        ordered_json node;
        node["local_tracks"] = r.local_tracks;
        node["joint_tracks"] = r.joint_tracks;
        node["mean_local_tracks"] = std::round(r.mean_local * 100) / 100;
        node["mean_joint_tracks"] = std::round(r.mean_joint * 100) / 100;
        node["alerts"] = r.alerts;
        node["digest"] = r.digest.hex();
        for (const auto& w : r.warnings) {
            std::optional<double> crossing;
            if (w.crossing) crossing = (*w.crossing - m.start).seconds();
            node["border_crossing_s"][w.id] = number_or_null(crossing);
            node["first_warning_s"][w.id] = number_or_null(w.seconds());
            const auto own = w.seconds_by("local");
            ordered_json causes = ordered_json::object(), gains = ordered_json::object();
            for (const auto& [cause, first] : w.by_cause) {
                const auto s = w.seconds_by(cause);
                causes[cause] = number_or_null(s);
                // Without a sight of its own, all of a cause's warning is gained by it.
                if (cause != "local" && s)
                    gains[cause] = number_or_null(std::max(0.0, *s - own.value_or(std::min(0.0, *s))));
            }
            node["first_warning_by_cause_s"][w.id] = causes;
            node["gain_by_cause_s"][w.id] = gains;
        }
        node["counters"] = r.counters;
        j["nodes"][std::string(r.state.text())] = std::move(node);
    }
    return j.dump(2) + "\n";
}

}  // namespace asman::study
