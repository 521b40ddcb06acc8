#include "display.hpp"

#include <asman/node/editions.hpp>
#include <asman/outputs/outputs.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace asman::cli {
namespace {

constexpr std::size_t closed_alerts_shown = 20;

/// Counts as silent when nothing came for two turns and a little, or half a minute where the turn is unknown.
serve::SensorHealth health_of(const core::SensorStanding& s, const picture::Sensor* sensor, base::Time now) {
    if (s.excluded) return serve::SensorHealth::excluded;
    if (!s.healthy) return serve::SensorHealth::degraded;
    const base::Duration patience =
        sensor && sensor->scan_period.ns > 0 ? sensor->scan_period * 2 + base::seconds(2) : base::seconds(30);
    if (s.last == base::Time::min() || now - s.last > patience) return serve::SensorHealth::silent;
    return serve::SensorHealth::operating;
}

serve::Mode mode_of(core::Mode mode) {
    switch (mode) {
        case core::Mode::simulated:
            return serve::Mode::simulated;
        case core::Mode::recording:
            return serve::Mode::recording;
        case core::Mode::live:
            break;
    }
    return serve::Mode::live;
}

}  // namespace

Display::Display(node::Show& show, serve::Server& server)
    : show_(show),
      server_(server),
      sensors_(show.sensors()),
      numbers_(show.states().size()),
      alerts_(show.states().size()),
      rates_(show.states().size()) {}

void Display::publish_scenes(const std::vector<serve::Cover>& cover, const std::vector<serve::LawChange>& law_changes,
                             bool coverage, const std::string& timeline) {
    for (const auto& state : show_.states()) {
        serve::Scene scene;
        scene.state = state;
        scene.title = show_.title();
        scene.cover = cover;
        scene.law_changes = law_changes;
        scene.timeline = timeline;
        scene.may_look_as = scene.may_move_law = show_.simulated();
        scene.may_pace = show_.mode() != core::Mode::live;
        scene.coverage = coverage;
        server_.publish_scene(state, std::make_shared<const std::string>(serve::scene_json(scene)));
    }
}

/// Keeps open alerts as they are now, and the latest closed ones as they were last seen.
void Display::follow_alerts(std::size_t member) {
    auto& kept = alerts_[member];
    const auto open = show_.federation().engine(member).alerts();
    for (auto& alert : kept)
        alert.open = std::ranges::any_of(open, [&](const auto& a) { return a.number == alert.number; });
    for (const auto& alert : open) {
        const auto it = std::ranges::find(kept, alert.number, &picture::Alert::number);
        if (it == kept.end())
            kept.push_back(alert);
        else
            *it = alert;
    }
    auto closed = static_cast<std::size_t>(std::ranges::count(kept, false, &picture::Alert::open));
    for (auto it = kept.begin(); closed > closed_alerts_shown && it != kept.end();) {
        if (it->open) {
            ++it;
        } else {
            it = kept.erase(it);
            --closed;
        }
    }
}

std::vector<serve::StateLine> Display::lines() const {
    std::vector<serve::StateLine> out;
    for (std::size_t i = 0; i < show_.states().size(); ++i) {
        const auto& engine = show_.federation().engine(i);
        serve::StateLine line;
        line.state = show_.states()[i];
        for (const auto& s : engine.sensors()) {
            const auto it = std::ranges::find(sensors_, s.sensor, &picture::Sensor::id);
            const auto health = health_of(s, it == sensors_.end() ? nullptr : &*it, engine.now());
            line.sensors += health == serve::SensorHealth::operating;
        }
        line.reports_per_second = rates_[i].per_second;
        line.local_tracks = static_cast<std::uint32_t>(engine.local().size());
        for (const auto& track : engine.joint()) {
            if (!track.fused.confirmed) continue;
            ++line.joint_tracks;
            line.through_accords +=
                std::ranges::none_of(track.contributions, [](const auto& c) { return c.clauses.empty(); });
        }
        line.open_alerts = static_cast<std::uint32_t>(engine.alerts().size());
        out.push_back(line);
    }
    return out;
}

serve::Snapshot Display::snapshot(std::size_t member, const Pace& pace) {
    const auto& engine = show_.federation().engine(member);
    serve::Snapshot s;
    s.number = ++numbers_[member];
    s.time = engine.now();
    s.law_time = engine.law_time();
    s.mode = mode_of(show_.mode());
    s.state = show_.states()[member];
    s.states = show_.states();
    s.paused = pace.paused;
    s.speed = pace.speed;
    s.terrain = show_.terrain_source();
    const auto standings = engine.sensors();
    std::map<picture::SensorId, std::vector<picture::ClauseRef>> via;
    for (const auto& track : engine.joint())
        for (const auto& c : track.contributions) {
            if (c.clauses.empty()) continue;
            for (const auto& entry : c.track.lineage) {
                auto& clauses = via[entry.sensor];
                if (std::ranges::find(clauses, c.clauses.back()) == clauses.end()) clauses.push_back(c.clauses.back());
            }
        }
    for (const auto& sensor : sensors_) {
        serve::SensorLine line;
        line.sensor = sensor;
        const auto it = std::ranges::find(standings, sensor.id, &core::SensorStanding::sensor);
        if (it != standings.end()) line.health = health_of(*it, &sensor, engine.now());
        if (const auto v = via.find(sensor.id); v != via.end()) line.via = v->second;
        s.sensors.push_back(std::move(line));
    }
    s.tracks = engine.joint();
    for (const auto& a : engine.law()) s.accords.push_back({a.id, a.title, a.state, a.certainty, a.parties});
    s.lines = lines();
    for (const auto& [name, value] : engine.counters()) s.counters.push_back({name, value});
    return s;
}

void Display::publish(const Pace& pace) {
    if (show_.federation().picture_made(0)) publish_status();
    for (std::size_t i = 0; i < show_.states().size(); ++i) {
        if (!show_.federation().picture_made(i)) continue;
        follow_alerts(i);
        const auto& engine = show_.federation().engine(i);
        const auto counters = engine.counters();
        auto& rate = rates_[i];
        if (const auto it = counters.find("reports"); it != counters.end()) {
            const double dt = rate.at == base::Time::min() ? 0 : (engine.now() - rate.at).seconds();
            // A radar turns in up to 12 s: smooth over about that long.
            if (dt > 0)
                rate.per_second +=
                    (static_cast<double>(it->second - rate.reports) / dt - rate.per_second) * std::min(1.0, dt / 12);
            rate.reports = it->second;
            rate.at = engine.now();
        }
        // Nobody looks: every tenth picture will do for whoever comes.
        if (!server_.watched(show_.states()[i]) && numbers_[i] % 10 != 0) {
            ++numbers_[i];
            continue;
        }
        send(i, pace);
    }
}

namespace {

/// Counters of the core with a term in their name ("released ACCORD/clause") become one metric with a label.
outputs::Metric metric(const std::string& name, std::uint64_t value, picture::State state) {
    outputs::Metric m;
    const auto space = name.find(' ');
    m.name = "asman_" + name.substr(0, space) + "_total";
    m.help = "Counted by the node since its start.";
    m.labels = {{"state", std::string(state.text())}};
    if (space != std::string::npos) m.labels.emplace_back("what", name.substr(space + 1));
    m.value = static_cast<double>(value);
    return m;
}

}  // namespace

void Display::publish_status() {
    const auto& first = show_.federation().engine(0);
    nlohmann::ordered_json j{{"v", serve::protocol_version},
                             {"title", show_.title()},
                             {"mode", core::name(show_.mode())},
                             {"time", base::format_time(first.now(), 1)},
                             {"law_time", base::format_time(first.law_time(), 1)}};
    for (const auto& l : lines())
        j["states"].push_back({{"state", l.state.text()},
                               {"sensors", l.sensors},
                               {"reports_per_second", l.reports_per_second},
                               {"local_tracks", l.local_tracks},
                               {"joint_tracks", l.joint_tracks},
                               {"through_accords", l.through_accords},
                               {"open_alerts", l.open_alerts}});
    // What a live node has found out of its feeds; of traffic that is simulated here there is nothing to find out.
    if (!show_.simulated()) j["editions"] = node::editions_json(first);
    server_.publish_status(std::make_shared<const std::string>(j.dump()));
    std::vector<outputs::Metric> metrics;
    for (std::size_t i = 0; i < show_.states().size(); ++i)
        for (const auto& [name, value] : show_.federation().engine(i).counters())
            metrics.push_back(metric(name, value, show_.states()[i]));
    // Metrics of one name stand together in the text format.
    std::ranges::stable_sort(metrics, {}, &outputs::Metric::name);
    server_.publish_metrics(std::make_shared<const std::string>(outputs::prometheus(metrics)));
}

void Display::publish_now(const Pace& pace) {
    publish_status();
    for (std::size_t i = 0; i < show_.states().size(); ++i) send(i, pace);
}

void Display::send(std::size_t member, const Pace& pace) {
    auto s = snapshot(member, pace);
    const std::vector<picture::Alert> alerts(alerts_[member].begin(), alerts_[member].end());
    s.alerts = alerts;
    server_.publish(s.state, std::make_shared<const std::string>(serve::snapshot_json(s)));
}

std::string Display::explain(const serve::Explain& question) const {
    serve::Explanation answer{question.request, question.state, question.track, question.to, {}};
    const auto& states = show_.states();
    if (const auto it = std::ranges::find(states, question.state); it != states.end()) {
        const auto& engine = show_.federation().engine(static_cast<std::size_t>(it - states.begin()));
        answer.lines =
            question.to ? engine.explain_release(question.track, *question.to) : engine.explain_joint(question.track);
    }
    return serve::explanation_json(answer);
}

std::string status_line(const serve::StateLine& l) {
    return fmt::format(
        "{}  {:>2} sensors  {:>7.1f} reports/s  {:>4} local  {:>4} joint  {:>4} only through accords  {:>2} alerts",
        l.state.text(), l.sensors, l.reports_per_second, l.local_tracks, l.joint_tracks, l.through_accords,
        l.open_alerts);
}

}  // namespace asman::cli
