#include "notice_desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace asman::core {
namespace {

using picture::Notice;
using picture::NoticeKind;
using picture::State;

constexpr std::size_t most_held = 8192, most_identities = 4096;
constexpr double coverage_step = 10'000;  ///< metres: ranges are told rounded up

std::string secret_of(const NodeConfig& config, const Bundle& bundle) {
    const auto it = bundle.files.find("numbers.secret");
    return it != bundle.files.end() ? it->second : "notices of " + std::string(config.state.text());
}

const std::string& argument(const Command& c, const std::string& key) {
    static const std::string none;
    const auto it = c.arguments.find(key);
    return it == c.arguments.end() ? none : it->second;
}

base::Result<std::uint64_t> track_number(const std::string& text) {
    if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
        return base::fail(base::Errc::bad_value, "'" + text + "' is not a track's number");
    return std::stoull(text);
}

base::Result<const picture::JointTrack*> find(std::span<const picture::JointTrack> joint, const std::string& text) {
    ASMAN_TRY(const auto number, track_number(text));
    const auto it = std::ranges::lower_bound(joint, number, {}, &picture::JointTrack::number);
    if (it == joint.end() || it->number != number)
        return base::fail(base::Errc::unknown_name, fmt::format("no joint track {}", number));
    return &*it;
}

release::Exporter::SensorOf sensors_of(const NodeConfig& config) {
    return [&config](picture::SensorId id) -> const picture::Sensor* {
        const auto it = std::ranges::find(config.sensors, id, &picture::Sensor::id);
        return it == config.sensors.end() ? nullptr : &*it;
    };
}

std::vector<release::LocalView> local_views(const Ingest& ingest) {
    std::vector<release::LocalView> out;
    for (const auto& part : ingest.views()) out.push_back({{part.clauses.begin(), part.clauses.end()}, part.tracks});
    return out;
}

/// Which values a receiver gets.
std::uint16_t values_in(const picture::ReleasedReport& r) {
    const auto& t = r.report;
    std::uint16_t out = 0;
    for (const bool there :
         {t.pressure_altitude.has_value(), t.geometric_height.has_value(), t.identity.mode_3a.has_value(),
          t.identity.address.has_value(), !t.identity.callsign.empty(),
          t.identity.emergency != picture::ReportedIdentity{}.emergency, t.identity.special_position,
          r.sensor_at.has_value(), t.sensor.value != 0})
        out = static_cast<std::uint16_t>(out << 1 | there);
    return out;
}

}  // namespace

NoticeDesk::NoticeDesk(const NodeConfig& config, const Bundle& bundle, airspace::Config watch,
                       std::shared_ptr<const geo::Borders> borders)
    : config_(&config),
      secret_(secret_of(config, bundle)),
      watch_config_(std::move(watch)),
      borders_(std::move(borders)),
      sensor_of_(sensors_of(config)),
      gate_({.self = config.state, .secret = secret_}, sensor_of_),
      reports_gate_({.self = config.state, .secret = secret_}, sensor_of_) {}

release::Basis NoticeDesk::basis_of(const picture::JointTrack& track) const {
    release::Basis out;
    for (const auto& c : track.contributions) {
        if (c.clauses.empty())
            out.own.push_back(c.track);
        else
            out.held.push_back(c);
    }
    return out;
}

std::uint64_t NoticeDesk::number_of(const Now& now, State to, std::uint64_t clause_view, std::uint64_t track) const {
    for (const auto& v : now.ingest.views())
        if (std::ranges::find(v.clauses, clause_view) != v.clauses.end())
            return now.exporter.number_of(to, v.clauses.front(), track);
    return 0;
}

std::uint64_t NoticeDesk::number_of(const Now& now, State to, const picture::JointTrack& track) const {
    // Only where the local picture itself serves the receiver: a view numbers its tracks for itself.
    for (const auto& c : track.contributions) {
        if (!c.clauses.empty()) continue;
        for (const auto& v : now.ingest.views()) {
            const bool same = std::ranges::any_of(v.tracks, [&](const auto& t) {
                return t.number == c.number && t.kinematics.at == c.track.kinematics.at;
            });
            if (const auto n = now.exporter.number_of(to, v.clauses.front(), c.number); same && n != 0) return n;
        }
    }
    return 0;
}

void NoticeDesk::advance(const Now& now) {
    const auto& view = now.releasing;
    const bool wanted = std::ranges::any_of(now.partners, [&](State to) {
        return std::ranges::any_of(view.grants(config_->state, to), [](const accord::Grant& g) {
            return g.clause().product == accord::Product::target_reports;
        });
    });
    now.ingest.keep_reports(wanted);
    fresh_ = now.ingest.take_reports();
    alerts(now);
    sensors(now);
}

void NoticeDesk::alerts(const Now& now) {
    const auto& view = now.releasing;
    std::set<std::pair<State, picture::ClauseRef>> wanted;
    for (const auto& to : now.partners) {
        for (const auto& g : view.grants(config_->state, to)) {
            if (g.clause().product != accord::Product::alerts) continue;
            const std::pair id(to, g.reference());
            wanted.insert(id);
            auto it = views_.find(id);
            if (it == views_.end()) {
                release::Config c{.self = config_->state, .secret = secret_ + " alerts"};
                c.product = accord::Product::alerts;
                c.only = g.reference();
                AlertView fresh{next_view_++,
                                release::Exporter(std::move(c), sensor_of_),
                                fuse::Joint(config_->state, fuse::Config{}, borders_),
                                airspace::Watch(watch_config_),
                                {}};
                it = views_.emplace(id, std::move(fresh)).first;
            }
            watch_view(it->second, g, now);
        }
    }
    std::erase_if(views_, [&](const auto& v) { return !wanted.contains(v.first); });
}

void NoticeDesk::watch_view(AlertView& v, const accord::Grant& grant, const Now& now) {
    const auto local = local_views(now.ingest);
    std::vector<picture::Contribution> foreign;
    for (const auto& t : now.joint)
        for (const auto& c : t.contributions)
            if (!c.clauses.empty()) foreign.push_back(c);
    const auto to = grant.receiver();
    const auto law_now = now.law_time;
    std::vector<picture::Track> own;
    for (auto& batch : v.exporter.release(local, foreign, now.releasing, now.time, law_now, std::span(&to, 1))) {
        for (const auto& d : batch.drops)
            if (d.originator != config_->state) v.joint.drop_foreign(d.originator, config_->state, d.number);
        for (auto& c : batch.contributions) {
            if (c.originator == config_->state)
                own.push_back(std::move(c.track));
            else
                v.joint.put_foreign(std::move(c));
        }
    }
    (void)v.exporter.take_changes();
    v.joint.set_local(own);
    v.joint.advance(now.time);
    // Which own track it is, and under which number the receiver has that.
    const auto track_of = [&](std::uint64_t joint) -> std::uint64_t {
        const auto* t = v.joint.find(joint);
        if (!t) return 0;
        for (const auto& c : t->contributions)
            for (const auto& part : local)
                for (const auto& l : part.tracks)
                    if (c.clauses.empty() && v.exporter.number_of(to, part.views.front(), l.number) == c.number)
                        return now.exporter.number_of(to, part.views.front(), l.number);
        return 0;
    };
    const auto say = [&](const picture::Alert& a) {
        Notice n;
        n.kind = NoticeKind::alert;
        n.time = now.time;
        n.at = a.at;
        n.open = a.open;
        n.what = std::string(picture::name(a.kind));
        n.detail = a.detail.substr(0, wire::max_text);
        n.track = track_of(a.joint_track);
        n.lineage = {{config_->state, {}, now.time, now.time, 0}};
        gate_.pass(std::move(n), v.index << 32 | a.number, grant, now.time, law_now);
    };
    for (const auto& a : v.watch.update(v.joint.tracks(), now.time)) {
        say(a);
        if (a.open)
            v.told[a.number] = now.time;
        else
            v.told.erase(a.number);
    }
    // What stays open is said again before it expires at the receiver.
    for (const auto& a : v.watch.open()) {
        auto& told = v.told[a.number];
        if ((now.time - told).ns * 2 < grant.clause().validity.ns) continue;
        told = now.time;
        say(a);
    }
}

void NoticeDesk::sensors(const Now& now) {
    for (const auto& to : now.partners) {
        for (const auto kind : {NoticeKind::sensor_status, NoticeKind::coverage}) {
            base::Duration validity{0};
            for (const auto& g : now.releasing.grants(config_->state, to))
                if (g.clause().product == release::product_of(kind))
                    validity = validity.ns == 0 ? g.clause().validity : std::min(validity, g.clause().validity);
            if (validity.ns > 0) sensor_to(to, kind, validity, now);
        }
    }
}

void NoticeDesk::sensor_to(State to, NoticeKind kind, base::Duration validity, const Now& now) {
    const auto standings = now.ingest.sensors();
    for (const auto& sensor : config_->sensors) {
        const auto s = std::ranges::find(standings, sensor.id, &SensorStanding::sensor);
        Notice n;
        n.kind = kind;
        n.time = now.time;
        n.what = std::string(picture::name(sensor.kind));
        if (sensor.position) n.at = sensor.position->at;
        n.open = s != standings.end() && s->healthy && !s->excluded;
        if (kind == NoticeKind::sensor_status)
            n.detail = n.open ? "works" : "not in use";
        else
            n.radius = std::ceil(sensor.max_range / coverage_step) * coverage_step;
        auto& told = sensors_told_[{to, sensor.id, kind}];
        const auto words = fmt::format("{} {}", n.detail, n.open);
        if (told.words == words && (now.time - told.at).ns * 2 < validity.ns) continue;
        told = {words, now.time};
        release::Basis basis;
        basis.sensor = &sensor;
        gate_.offer(n, basis, sensor.id.value, now.releasing, now.time, now.law_time, std::span(&to, 1));
    }
}

void NoticeDesk::collect(const Now& now, std::map<State, wire::Batch>& state, std::map<State, wire::Batch>& log) {
    auto notices = gate_.take(now.releasing, now.time, now.law_time);
    for (std::size_t i = 0; i < notices.size(); ++i) {
        auto& [to, n] = notices[i];
        auto& batch = log[to];
        if (batch.notices.size() >= wire::max_notices) {
            ++dropped_;
            continue;
        }
        ++notices_out_;
        if (keep_handed_)
            handed_.push_back({to, release::product_of(n.kind), gate_.origins()[i], n.time, n.leave, n.what, 0});
        batch.notices.push_back(std::move(n));
    }
    std::map<std::uint64_t, std::vector<track::Registration>> registrations;  // of each view, asked once
    const auto bias = [&](std::uint64_t clause_view, picture::SensorId sensor) -> release::ReportGate::Bias {
        auto it = registrations.find(clause_view);
        if (it == registrations.end())
            it = registrations.emplace(clause_view, now.ingest.tracker_of(clause_view).registration()).first;
        const auto r = std::ranges::find(it->second, sensor, &track::Registration::sensor);
        if (r == it->second.end()) return {};
        const auto of = [](const auto& e) { return e.observable ? e.value : 0.0; };
        return {of(r->range), of(r->gain), of(r->azimuth)};
    };
    const auto numbers = [&](State to, std::uint64_t clause_view, std::uint64_t track) {
        return number_of(now, to, clause_view, track);
    };
    const auto local = local_views(now.ingest);
    auto reports =
        reports_gate_.release(fresh_, local, now.releasing, now.time, now.law_time, now.partners, bias, numbers);
    for (std::size_t i = 0; i < reports.size(); ++i) {
        auto& [to, r] = reports[i];
        auto& batch = state[to];
        if (batch.reports.size() >= wire::max_reports) {
            ++dropped_;
            continue;
        }
        ++reports_out_;
        if (keep_handed_)
            handed_.push_back({to,
                               accord::Product::target_reports,
                               reports_gate_.origins()[i],
                               r.report.time,
                               r.leave,
                               {},
                               values_in(r)});
        batch.reports.push_back(std::move(r));
    }
    fresh_.clear();
}

base::Result<void> NoticeDesk::identify(const Command& command, const Now& now) {
    ASMAN_TRY(const auto* const track, find(now.joint, argument(command, "track")));
    const auto identity = picture::identity_of(argument(command, "identity"));
    if (!identity)
        return base::fail(base::Errc::bad_value, "'" + argument(command, "identity") + "' is not an identity");
    // Only the owner of the airspace sets the final identity of a track in it.
    if (track->airspace != config_->state)
        return base::fail(base::Errc::refused,
                          fmt::format("track {} is not in the airspace of {}", track->number, config_->state.text()));
    if (identities_.size() >= most_identities) identities_.erase(identities_.begin());
    identities_[track->number] = *identity;
    Notice n;
    n.kind = NoticeKind::identity;
    n.time = now.time;
    n.at = track->fused.kinematics.at;
    n.what = std::string(picture::name(*identity));
    n.detail = argument(command, "reason").substr(0, wire::max_text);
    gate_.offer(n, basis_of(*track), track->number, now.releasing, now.time, now.law_time, now.partners,
                [&](State to) { return number_of(now, to, *track); });
    return {};
}

base::Result<void> NoticeDesk::incident(const Command& command, const Now& now) {
    const auto& name = argument(command, "incident");
    if (name.empty() || name.size() > 64)
        return base::fail(base::Errc::bad_value, "an incident has a name of 1 to 64 bytes");
    release::Basis basis;
    std::optional<geo::Point> at;
    std::string_view rest = argument(command, "tracks");
    while (!rest.empty()) {
        const auto end = std::min(rest.find(','), rest.size());
        ASMAN_TRY(const auto* const track, find(now.joint, std::string(rest.substr(0, end))));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        auto more = basis_of(*track);
        basis.own.insert(basis.own.end(), more.own.begin(), more.own.end());
        basis.held.insert(basis.held.end(), more.held.begin(), more.held.end());
        if (!at) at = track->fused.kinematics.at;
    }
    if (basis.own.empty() && basis.held.empty())
        return base::fail(base::Errc::missing, "an incident names the tracks that it is about");
    auto& number = incidents_[name];
    if (number == 0) number = next_number_++;
    Notice n;
    n.kind = NoticeKind::incident;
    n.time = now.time;
    n.at = at;
    n.what = name;
    n.detail = argument(command, "text").substr(0, wire::max_text);
    n.open = argument(command, "open") != "false";
    gate_.offer(n, basis, number, now.releasing, now.time, now.law_time, now.partners);
    if (!n.open) incidents_.erase(name);
    return {};
}

std::optional<picture::Identity> NoticeDesk::decided(const picture::JointTrack& track) const {
    if (const auto it = identities_.find(track.number); it != identities_.end() && track.airspace == config_->state)
        return it->second;
    for (const auto& n : held_) {
        if (n.kind != NoticeKind::identity || n.track == 0 || n.leave.originator != track.airspace) continue;
        const bool about = std::ranges::any_of(track.contributions, [&](const auto& c) {
            return c.via == n.leave.via && c.number == n.track && !c.clauses.empty();
        });
        if (about) return picture::identity_of(n.what);
    }
    return std::nullopt;
}

void NoticeDesk::put(Notice notice) {
    ++notices_in_;
    const auto same = [&](const Notice& h) {
        return h.kind == notice.kind && h.leave.via == notice.leave.via && h.number == notice.number;
    };
    const auto it = std::ranges::find_if(held_, same);
    if (it != held_.end())
        *it = std::move(notice);
    else if (held_.size() < most_held)
        held_.push_back(std::move(notice));
    else
        ++dropped_;
}

void NoticeDesk::put(picture::ReleasedReport report) {
    ++reports_in_;
    if (reports_.size() < most_held)
        reports_.push_back(std::move(report));
    else
        ++dropped_;
}

void NoticeDesk::expire(base::Time now, const LawDesk& law, bool law_changed) {
    const auto gone = [&](const picture::Leave& l) {
        return l.valid_until <= now || (law_changed && !law.still_granted(l) && !law.may_keep(l.clauses));
    };
    std::erase_if(held_, [&](const Notice& n) { return gone(n.leave); });
    std::erase_if(reports_, [&](const auto& r) { return gone(r.leave); });
}

void NoticeDesk::count(std::map<std::string, std::uint64_t>& c) const {
    c["notices_sent"] = notices_out_;
    c["notices_received"] = notices_in_;
    c["reports_sent"] = reports_out_;
    c["reports_received"] = reports_in_;
    c["notices_dropped"] = dropped_;
    for (const auto* counted : {&gate_.counted(), &reports_gate_.counted()}) {
        for (const auto& [clause, n] : counted->released) c["released " + clause.text()] += n;
        for (const auto& [reason, n] : counted->withheld) c["withheld " + std::string(accord::name(reason))] += n;
        c["release_destroyed"] += counted->destroyed;
        c["release_overflow"] += counted->overflow;
    }
}

}  // namespace asman::core
