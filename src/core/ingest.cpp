#include "ingest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace asman::core {
namespace {

constexpr std::size_t max_recent = 50'000;  ///< reports kept for release between two pictures

sources::Simulation simulation(Mode mode) {
    switch (mode) {
        case Mode::simulated:
            return sources::Simulation::only;
        case Mode::live:
            return sources::Simulation::refuse;
        case Mode::recording:
            break;
    }
    return sources::Simulation::accept;
}

sources::AsterixConfig source_config(const NodeConfig& config) {
    sources::AsterixConfig c;
    c.sensors = config.sensors;
    c.simulation = simulation(config.mode);
    for (const auto& feed : config.feeds) {
        c.editions[feed.name] = feed.editions;
        if (feed.insist) c.insist.insert(feed.name);
    }
    return c;
}

std::map<std::string, sources::ModesFormat> modes_feeds(const NodeConfig& config) {
    std::map<std::string, sources::ModesFormat> out;
    for (const auto& feed : config.feeds)
        if (const auto format = sources::modes_format(feed.format)) out[feed.name] = *format;
    return out;
}

sources::ModesConfig modes_config(const NodeConfig& config) {
    sources::ModesConfig c;
    c.simulation = simulation(config.mode);
    const auto feeds = modes_feeds(config);
    for (const auto& sensor : config.sensors)
        if (feeds.contains(sensor.feed)) c.sensors.push_back(sensor);
    return c;
}

}  // namespace

base::Result<Ingest> Ingest::make(const NodeConfig& config) {
    ASMAN_TRY(auto source, sources::AsterixSource::make(source_config(config)));
    ASMAN_TRY(auto modes, sources::ModesSource::make(modes_config(config)));
    Ingest out(config, std::move(source), std::move(modes));
    for (const auto& sensor : config.sensors) ASMAN_CHECK(out.tracker_.add_sensor(sensor));
    return out;
}

Ingest::Ingest(const NodeConfig& config, sources::AsterixSource source, sources::ModesSource modes)
    : config_(&config),
      source_(std::move(source)),
      modes_(std::move(modes)),
      modes_feeds_(modes_feeds(config)),
      known_(config.sensors) {}

void Ingest::frame(const Frame& frame, base::Time now) {
    decoded_.clear();
    if (const auto modes = modes_feeds_.find(frame.feed); modes != modes_feeds_.end())
        modes_.decode(frame.feed, modes->second, frame.bytes, now, decoded_);
    else
        source_.decode(frame.feed, frame.bytes, now, decoded_);
    hear_editions(now);
    for (const auto& sensor : decoded_.learned) {
        known_.push_back(sensor);
        // A sensor that the tracker cannot take is counted by it: a learned one has no position.
        (void)tracker_.add_sensor(sensor);
        for (auto& part : parts_)
            if (part.tracker) (void)part.tracker->add_sensor(sensor);
    }
    for (const auto& message : decoded_.services) {
        auto& last = last_heard_[message.sensor];
        last = std::max(last, message.time);
        const bool was = std::exchange(healthy_.try_emplace(message.sensor, true).first->second, message.healthy);
        if (was != message.healthy)
            events_.push_back(
                {now, message.healthy ? "sensor.healthy" : "sensor.unhealthy",
                 fmt::format("sensor {} says that it {}", message.sensor.value,
                             message.healthy ? "works again" : "must not be used (NOGO, overload or time)")});
        if (excluded_.contains(message.sensor)) continue;
        tracker_.service(message);
        for (auto& part : parts_)
            if (part.tracker && !part.wanted.uncovered.contains(message.sensor)) part.tracker->service(message);
    }
    for (auto& report : decoded_.reports) {
        report.number = next_report_++;
        auto& last = last_heard_[report.sensor];
        last = std::max(last, report.time);
        if (excluded_.contains(report.sensor)) {
            ++excluded_reports_;
            continue;
        }
        if (keep_reports_ && recent_.size() < max_recent) recent_.push_back(report);
        tracker_.report(report);
        for (auto& part : parts_)
            if (part.tracker && !part.wanted.uncovered.contains(report.sensor)) part.tracker->report(report);
    }
    const auto& feeds = source_.feeds();
    if (const auto it = feeds.find(frame.feed);
        it != feeds.end() && it->second.first_error && reported_errors_.insert(frame.feed).second)
        events_.push_back({now, "input.error", it->second.first_error->text()});
}

/// What a source speaks is told once; of what this program has simulated itself, only what is odd.
void Ingest::hear_editions(base::Time now) {
    for (auto& note : decoded_.editions) {
        if (note.odd || config_->mode != Mode::simulated)
            events_.push_back({now, note.odd ? "input.edition_odd" : "input.edition", note.feed + ": " + note.text});
        editions_[{note.feed, note.category, note.source}] = std::move(note);
    }
}

std::vector<sources::EditionNote> Ingest::editions() const {
    std::vector<sources::EditionNote> out;
    for (const auto& [key, note] : editions_) out.push_back(note);
    return out;
}

picture::FlightClass Ingest::classify(const picture::Track& track) const {
    if (track.identity.address && config_->state_aircraft.contains(*track.identity.address))
        return picture::FlightClass::state;
    // Who tells an address and a flight's name, and is not on the own list, flies as a civil flight; what tells nothing
    // stays unknown, a value of its own in every accord.
    if (track.identity.address && !track.identity.callsign.empty()) return picture::FlightClass::civil;
    return picture::FlightClass::unknown;
}

std::span<const picture::Track> Ingest::picture(base::Time now) {
    const auto tracks = tracker_.picture(now);
    local_.assign(tracks.begin(), tracks.end());
    for (auto& track : local_) track.flight_class = classify(track);
    for (auto& part : parts_) {
        if (!part.tracker) continue;
        const auto seen = part.tracker->picture(now);
        part.tracks.assign(seen.begin(), seen.end());
        for (auto& track : part.tracks) track.flight_class = classify(track);
    }
    return local_;
}

void Ingest::advance(base::Time now) {
    tracker_.advance(now);
    for (auto& part : parts_)
        if (part.tracker) part.tracker->advance(now);
}

base::Result<void> Ingest::want(std::vector<SensorView> views) {
    std::vector<Part> parts;
    for (auto& view : views) {
        const auto it =
            std::ranges::find_if(parts_, [&](const Part& p) { return p.wanted.uncovered == view.uncovered; });
        Part part;
        if (it != parts_.end()) part = std::move(*it);
        part.wanted = std::move(view);
        if (!part.wanted.uncovered.empty() && !part.tracker) {
            part.tracker.emplace();
            for (const auto& sensor : known_) ASMAN_CHECK(part.tracker->add_sensor(sensor));
        }
        parts.push_back(std::move(part));
    }
    parts_ = std::move(parts);
    return {};
}

std::vector<Ingest::View> Ingest::views() const {
    std::vector<View> out;
    for (const auto& part : parts_)
        out.push_back({part.wanted.clauses, part.tracker ? std::span(part.tracks) : std::span(local_)});
    return out;
}

const track::Tracker& Ingest::tracker_of(std::uint64_t clause_view) const {
    for (const auto& part : parts_)
        if (part.tracker && std::ranges::find(part.wanted.clauses, clause_view) != part.wanted.clauses.end())
            return *part.tracker;
    return tracker_;
}

std::vector<SensorStanding> Ingest::sensors() const {
    std::vector<SensorStanding> out;
    for (const auto& state : source_.sensors()) {
        SensorStanding s;
        s.sensor = state.sensor.id;
        s.name = state.sensor.name;
        s.reports = state.counters.reports;
        if (modes_feeds_.contains(state.sensor.feed))
            if (const auto n = modes_.counters().find(state.sensor.feed); n != modes_.counters().end())
                s.reports += n->second.reports;
        const auto heard = last_heard_.find(s.sensor);
        s.last = heard == last_heard_.end() ? base::Time::min() : heard->second;
        s.healthy = state.healthy;
        // Radars need their place; a sensor whose reports carry their own does not.
        s.no_position = state.counters.no_position;
        s.excluded = excluded_.contains(s.sensor) || (state.counters.no_position > 0 && state.counters.reports == 0);
        out.push_back(s);
    }
    return out;
}

void Ingest::count(std::map<std::string, std::uint64_t>& c) const {
    const auto& t = tracker_.counters();
    c["reports"] = t.reports;
    c["reports_used"] = t.used;
    c["reports_excluded_by_law"] = excluded_reports_;
    c["reports_refused"] = t.refused_unknown_sensor + t.refused_no_position + t.refused_unhealthy +
                           t.refused_malformed + t.refused_out_of_range + t.refused_late + t.refused_future +
                           t.refused_duplicate + t.refused_flood;
    c["reports_refused_no_position"] = t.refused_no_position;
    c["reports_refused_late"] = t.refused_late;
    c["tracks_started"] = t.tracks_started;
    c["tracks_confirmed"] = t.tracks_confirmed;
    c["tracks_dropped"] = t.tracks_dropped;
    c["labels_exchanged"] = t.labels_exchanged;
    for (const auto& [feed, f] : source_.feeds()) {
        c["frames"] += f.frames;
        c["records"] += f.records;
        c["records_bad"] += f.bad_records;
        c["blocks_unknown_category"] += f.unknown_category;
        c["trailing_bytes"] += f.trailing_bytes;
        c["editions_refuted"] += f.refuted_editions;
        c["datagrams_waiting_for_edition"] += f.waiting;
        for (const auto& [category, n] : f.by_category) c[fmt::format("records_cat{:03}", category)] += n;
    }
    for (const auto& [feed, m] : modes_.counters()) {
        c["modes_messages"] += m.messages;
        c["modes_bad_parity"] += m.bad_parity;
        c["modes_skipped_bytes"] += m.skipped_bytes;
        c["modes_implausible"] += m.implausible;
    }
    for (const auto& s : source_.sensors()) {
        c["reports_wrong_simulation"] += s.counters.wrong_simulation;
        c["reports_without_sensor_position"] += s.counters.no_position;
        c["field_monitors"] += s.counters.field_monitors;
        c["test_targets"] += s.counters.test_targets;
        c["service_messages"] += s.counters.service;
    }
}

std::vector<Event> Ingest::take_events() {
    return std::exchange(events_, {});
}

}  // namespace asman::core
