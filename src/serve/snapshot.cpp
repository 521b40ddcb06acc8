#include <asman/serve/snapshot.hpp>

#include "json.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numbers>
#include <optional>

namespace asman::serve {
namespace {

using picture::Contribution;
using picture::JointTrack;
using picture::SensorId;
using picture::Track;

/// Positions to 5 decimals: about a metre.
constexpr int degree_decimals = 5;

/// Trend: a climb or descent of less than this is level flight (Mode C steps of 100 ft make small rates noise).
constexpr double level_rate = 1.5;  // m/s, about 300 ft/min

std::string clause_text(const picture::ClauseRef& clause) {
    return fmt::format("{} v{}", clause.text(), clause.version);
}

void write_clauses(JsonWriter& out, std::string_view key, const std::vector<picture::ClauseRef>& clauses) {
    out.key(key).open_array();
    for (const auto& clause : clauses) out.value(std::string_view(clause_text(clause)));
    out.close_array();
}

/// Names of sensors by id, for lineages; an id that no line has is shown as its number.
class SensorNames {
  public:
    explicit SensorNames(const std::vector<SensorLine>& lines) {
        for (const auto& line : lines) names_.emplace_back(line.sensor.id, line.sensor.name);
        std::ranges::sort(names_);
    }
    std::string operator()(SensorId id) const {
        const auto it = std::ranges::lower_bound(names_, id, {}, &std::pair<SensorId, std::string>::first);
        return it != names_.end() && it->first == id ? it->second : fmt::format("sensor {}", id.value);
    }

  private:
    std::vector<std::pair<SensorId, std::string>> names_;
};

/// By which clauses each state's data reaches the looking state, as far as its picture shows: a released track seldom
/// names its sensors (they are pseudonymous), but always its originator.
using ReachedBy = std::map<picture::State, std::vector<picture::ClauseRef>>;
ReachedBy reached_by(std::span<const JointTrack> tracks) {
    ReachedBy reached;
    for (const auto& track : tracks)
        for (const auto& c : track.contributions) {
            if (c.clauses.empty()) continue;
            auto& clauses = reached[c.originator];
            if (std::ranges::find(clauses, c.clauses.back()) == clauses.end()) clauses.push_back(c.clauses.back());
        }
    for (auto& [state, clauses] : reached) std::ranges::sort(clauses);
    return reached;
}

void write_sensor(JsonWriter& out, const SensorLine& line, picture::State looking, const ReachedBy& reached) {
    const auto& s = line.sensor;
    out.open_object()
        .field("id", s.id.value)
        .field("name", s.name)
        .field("owner", s.owner.text())
        .field("operator", s.operated_by.text())
        .field("host", s.host.text())
        .field("accord", s.accord)
        .field("kind", picture::name(s.kind))
        .field("health", name(line.health))
        .field("mine", s.owner == looking)
        .field("range_m", s.max_range, 0);
    if (s.position)
        out.field("lat", s.position->at.lat_deg(), degree_decimals)
            .field("lon", s.position->at.lon_deg(), degree_decimals);
    const auto by_owner = reached.find(s.owner);
    const bool derive = line.via.empty() && s.owner != looking && by_owner != reached.end();
    write_clauses(out, "via", derive ? by_owner->second : line.via);
    out.close_object();
}

/// "5 km grid, 60 s late, identity removed"; empty when exact.
std::string coarsening_text(const picture::Coarsening& c) {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (c.grid > 0) add(fmt::format("{:g} km grid", c.grid / 1000));
    if (c.delay.ns > 0) add(fmt::format("{:g} s late", c.delay.seconds()));
    if (c.identity_removed) add("identity removed");
    if (c.height_removed) add("height removed");
    return text;
}

void write_source(JsonWriter& out, const Contribution& c, const SensorNames& names) {
    out.open_object()
        .field("originator", c.originator.text())
        .field("via", c.via.text())
        .field("n", c.number)
        .field("coarsening", coarsening_text(c.coarsening));
    write_clauses(out, "clauses", c.clauses);
    out.key("assumed").open_array();
    for (const auto& text : c.assumed) out.value(std::string_view(text));
    out.close_array();
    out.key("sensors").open_array();
    for (const auto& entry : c.track.lineage)
        if (entry.sensor != SensorId{}) out.value(std::string_view(names(entry.sensor)));  // 0: not named
    out.close_array().field("last", base::format_time(c.track.last_report, 1)).close_object();
}

std::string_view trend_of(const picture::Kinematics& k) {
    if (!k.vertical_rate) return "";
    if (*k.vertical_rate > level_rate) return "up";
    return *k.vertical_rate < -level_rate ? "down" : "level";
}

void write_kinematics(JsonWriter& out, const picture::Kinematics& k) {
    out.field("lat", k.at.lat_deg(), degree_decimals)
        .field("lon", k.at.lon_deg(), degree_decimals)
        .field("ve", k.velocity.x(), 1)
        .field("vn", k.velocity.y(), 1);
    // 1σ of the less certain horizontal axis: the root of the larger eigenvalue of the 2×2 position block.
    const double a = k.covariance(0, 0), b = k.covariance(0, 1), d = k.covariance(1, 1);
    out.field("sigma_m", std::sqrt(std::max(0.0, (a + d) / 2 + std::hypot((a - d) / 2, b))), 0);
    if (k.pressure_altitude) out.field("fl", k.pressure_altitude->flight_level(), 1);
    if (k.geometric_height) out.field("gh", k.geometric_height->m, 0);
    if (k.vertical_rate) out.field("vr", *k.vertical_rate, 1);
    out.field("trend", trend_of(k));
}

void write_identity(JsonWriter& out, const Track& t) {
    out.field("identity", picture::name(t.standard_identity))
        .field("class", picture::name(t.flight_class))
        .field("callsign", t.identity.callsign);
    if (t.identity.mode_3a) out.field("mode3a", fmt::format("{:04o}", *t.identity.mode_3a & 07777));
    if (t.identity.address) out.field("address", fmt::format("{:06X}", *t.identity.address & 0xFFFFFF));
    if (const auto emergency = emergency_of(t); !emergency.empty()) out.field("emergency", emergency);
    out.field("primary_only", t.primary_only).field("coasting", t.coasting).field("simulated", t.simulated);
}

void write_track(JsonWriter& out, const JointTrack& joint, const SensorNames& names) {
    out.open_object().field("n", joint.number);
    write_kinematics(out, joint.fused.kinematics);
    write_identity(out, joint.fused);
    out.field("airspace", joint.airspace.text())
        .field("since", base::format_time(joint.fused.first_seen))
        .key("sources")
        .open_array();
    for (const auto& c : joint.contributions) write_source(out, c, names);
    out.close_array().close_object();
}

void write_alert(JsonWriter& out, const picture::Alert& a) {
    out.open_object()
        .field("n", a.number)
        .field("kind", picture::name(a.kind))
        .field("raised", base::format_time(a.raised))
        .field("track", a.joint_track)
        .field("lat", a.at.lat_deg(), degree_decimals)
        .field("lon", a.at.lon_deg(), degree_decimals)
        .field("detail", a.detail)
        .field("open", a.open);
    if (a.warning) out.field("warning_s", a.warning->seconds(), 0);
    out.close_object();
}

void write_line(JsonWriter& out, const StateLine& line) {
    out.open_object()
        .field("state", line.state.text())
        .field("sensors", line.sensors)
        .field("reports_per_s", line.reports_per_second, 1)
        .field("local_tracks", line.local_tracks)
        .field("joint_tracks", line.joint_tracks)
        .field("through_accords", line.through_accords)
        .field("open_alerts", line.open_alerts)
        .close_object();
}

void write_accord(JsonWriter& out, const AccordLine& accord) {
    out.open_object()
        .field("id", accord.id)
        .field("title", accord.title)
        .field("state", accord.state)
        .field("certainty", accord.certainty)
        .key("parties")
        .open_array();
    for (const auto& party : accord.parties) out.value(party.text());
    out.close_array().close_object();
}

template <class Range, class Write>
void write_all(JsonWriter& out, std::string_view key, const Range& range, Write write) {
    out.key(key).open_array();
    for (const auto& item : range) write(item);
    out.close_array();
}

void open_message(JsonWriter& out, std::string_view type) {
    out.open_object().field("v", protocol_version).field("type", type);
}

}  // namespace

std::string_view name(Mode mode) {
    constexpr std::array<std::string_view, 3> names{"simulated", "recording", "live"};
    return names.at(static_cast<std::size_t>(mode));
}

std::string_view name(SensorHealth health) {
    constexpr std::array<std::string_view, 5> names{"operating", "degraded", "silent", "excluded", "unknown"};
    return names.at(static_cast<std::size_t>(health));
}

std::string emergency_of(const Track& track) {
    constexpr std::array<std::pair<picture::Mode3A, std::string_view>, 3> codes{
        {{07500, "7500"}, {07600, "7600"}, {07700, "7700"}}};
    for (const auto& [code, text] : codes)
        if (std::ranges::count(track.recent_codes, code) >= 2) return std::string(text);
    // Emergency/priority status, DO-260B 2.2.3.2.7.8.1.1; 7 is reserved.
    constexpr std::array<std::string_view, 7> statuses{
        "", "general", "lifeguard", "minimum fuel", "no communications", "unlawful interference", "downed"};
    const std::size_t status = track.identity.emergency;
    return status < statuses.size() ? std::string(statuses[status]) : std::string();
}

std::string snapshot_json(const Snapshot& s) {
    JsonWriter out;
    open_message(out, "snapshot");
    out.field("number", s.number)
        .field("time", base::format_time(s.time, 3))
        .field("law_time", base::format_time(s.law_time))
        .field("mode", name(s.mode))
        .field("state", s.state.text())
        .field("paused", s.paused)
        .field("speed", s.speed, 2)
        .field("terrain", s.terrain);
    write_all(out, "states", s.states, [&](picture::State state) { out.value(state.text()); });
    const auto reached = reached_by(s.tracks);
    write_all(out, "sensors", s.sensors, [&](const SensorLine& line) { write_sensor(out, line, s.state, reached); });
    const SensorNames names(s.sensors);
    write_all(out, "tracks", s.tracks, [&](const JointTrack& t) {
        if (t.fused.confirmed) write_track(out, t, names);
    });
    write_all(out, "alerts", s.alerts, [&](const picture::Alert& a) { write_alert(out, a); });
    write_all(out, "accords", s.accords, [&](const AccordLine& a) { write_accord(out, a); });
    write_all(out, "lines", s.lines, [&](const StateLine& line) { write_line(out, line); });
    out.key("counters").open_object();
    for (const auto& counter : s.counters) out.field(counter.name, counter.value);
    out.close_object().close_object();
    return out.text();
}

std::string scene_json(const Scene& scene) {
    JsonWriter out;
    open_message(out, "scene");
    out.field("state", scene.state.text())
        .field("title", scene.title)
        .field("may_look_as", scene.may_look_as)
        .field("may_move_law", scene.may_move_law)
        .field("may_pace", scene.may_pace)
        .field("coverage", scene.coverage)
        .field("timeline", scene.timeline);
    write_all(out, "cover", scene.cover, [&](const Cover& cover) {
        out.open_object().field("sensor", cover.sensor.value).field("label", cover.label).key("outline").open_array();
        for (const auto& p : cover.outline) out.open_array().value(p.lon_deg(), 3).value(p.lat_deg(), 3).close_array();
        out.close_array().close_object();
    });
    write_all(out, "law_changes", scene.law_changes, [&](const LawChange& change) {
        out.open_object()
            .field("date", base::format_date(change.date))
            .field("accord", change.accord)
            .field("what", change.what)
            .field("assumed", change.assumed)
            .close_object();
    });
    out.close_object();
    return out.text();
}

std::string explanation_json(const Explanation& e) {
    JsonWriter out;
    open_message(out, "explanation");
    out.field("request", e.request).field("state", e.state.text()).field("track", e.track);
    if (e.to) out.field("to", e.to->text());
    write_all(out, "lines", e.lines, [&](const std::string& line) { out.value(std::string_view(line)); });
    out.close_object();
    return out.text();
}

}  // namespace asman::serve
