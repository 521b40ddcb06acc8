#include <asman/airspace/watch.hpp>

#include "watch_impl.hpp"

#include <algorithm>
#include <cmath>

namespace asman::airspace {
namespace {

using picture::AlertKind;
using picture::Identity;

constexpr auto forget_after = base::seconds(120);      ///< a joint track that is gone
constexpr auto stay_before_alert = base::seconds(60);  ///< of `unidentified`
constexpr auto pending_for = base::seconds(10);        ///< before a silent track is called unknown

/// 1σ of the position, the larger axis, metres.
double position_sigma(const picture::Kinematics& k) {
    const double a = k.covariance(0, 0);
    const double d = k.covariance(1, 1);
    const double b = k.covariance(0, 1);
    return std::sqrt(std::max(0.0, 0.5 * (a + d) + std::hypot(0.5 * (a - d), b)));
}

bool below(const picture::Kinematics& k, const Zone& zone) {
    return !zone.below || !k.pressure_altitude || *k.pressure_altitude <= *zone.below;
}

/// "KAZ-KGZ", or "-KGZ" over no land.
std::string border_name(const std::string& from, State to) {
    return from + "-" + std::string(to.text());
}

/// What the machine may say (architecture.md, Words), strongest sign first.
Identity judged(const Past& past, const JointTrack& track, const Signs& signs, bool approaching, bool inside,
                Time now) {
    const bool friendly = signs.assumed_friend || signs.expected;
    if (signs.emergency == "7500") return Identity::suspect;
    if (friendly && track.fused.standard_identity != Identity::suspect) return Identity::assumed_friend;
    if (!signs.concern.empty() && (approaching || inside)) return Identity::suspect;
    if (!signs.identified && now - past.first < pending_for) return Identity::pending;
    return Identity::unknown;
}

}  // namespace

void Watch::Impl::propose(Past& past, const JointTrack& track, const Signs& signs, bool approaching, bool inside) {
    const auto wanted = judged(past, track, signs, approaching, inside, now);
    if (wanted != past.candidate) {
        past.candidate = wanted;
        past.candidate_since = now;
    }
    auto& p = past.proposal;
    // Suspicion comes after a moment and goes only after a while.
    const auto hold = p.identity == Identity::suspect ? config.close_after : config.raise_after;
    if (wanted != p.identity && (now - past.candidate_since >= hold || p.identity == Identity::pending)) {
        p.identity = wanted;
        p.since = now;
    }
    p.joint_track = track.number;
    p.evidence = signs.evidence;
    if (approaching) p.evidence.insert(p.evidence.begin(), "leads over the border");
    if (inside && past.crossed) p.evidence.insert(p.evidence.begin(), "has crossed the border");
}

void Watch::Impl::look(const JointTrack& track, std::vector<Finding>& findings) {
    const auto& k = track.fused.kinematics;
    const auto signs = signs_of(track, config);
    const double sigma = position_sigma(k);
    const double distance = config.land.signed_distance(k.at);  // negative inside
    const bool inside = distance < -(sigma + config.margin);
    const bool outside = distance > sigma;

    const auto [it, fresh] = pasts.try_emplace(track.number);
    Past& past = it->second;
    if (fresh) {
        past.first = past.candidate_since = past.proposal.since = now;
        past.was_outside = distance > -config.near_border;  // appeared near the border: it came over it
    }
    past.last = now;
    if (outside) {
        past.was_outside = true;
        past.crossed = false;
        past.inside_since = Time::max();
        past.outside_state = track.airspace == config.own ? "" : std::string(track.airspace.text());
    }
    if (inside && past.inside_since == Time::max()) {
        past.inside_since = now;
        past.crossed = past.was_outside;
    }

    const auto add = [&](AlertKind kind, std::string what, std::string detail, std::optional<base::Duration> warning,
                         bool at_once) {
        findings.push_back({{kind, track.number, std::move(what)}, std::move(detail), warning, at_once});
    };
    bool approaching = false;
    if (!signs.concern.empty()) {
        const auto border = border_name(past.outside_state, config.own) + ": " + signs.concern;
        if (distance > 0 && !inside) {
            if (const auto warning = time_to_region(k, config.land, config.horizon)) {
                approaching = true;
                add(AlertKind::border_approach, {}, border, warning, false);
            }
        }
        if (inside && past.crossed) add(AlertKind::border_crossed, {}, border, std::nullopt, false);
        if (inside && !past.crossed && now - past.inside_since >= stay_before_alert) {
            add(AlertKind::unidentified, {}, signs.concern, std::nullopt, false);
        }
    }
    if (!signs.emergency.empty()) add(AlertKind::emergency_code, signs.emergency, signs.emergency, std::nullopt, true);
    for (const auto& zone : config.zones) {
        const bool asked = zone.all_tracks || !(signs.assumed_friend || signs.expected);
        if (asked && below(k, zone) && zone.area.contains(k.at)) {
            add(AlertKind::zone_entry, zone.name, zone.name, std::nullopt, false);
        }
    }
    propose(past, track, signs, approaching, inside);
}

void Watch::Impl::find(const Finding& finding, const JointTrack& track, std::vector<Alert>& changed) {
    const auto [it, fresh] = reasons.try_emplace(finding.subject);
    Reason& r = it->second;
    if (fresh) r.since = now;
    r.last = now;
    auto& a = r.alert;
    a.at = track.fused.kinematics.at;
    a.warning = finding.warning;
    a.lineage = track.fused.lineage;
    if (r.raised || (!finding.at_once && now - r.since < config.raise_after)) return;
    r.raised = true;
    a.number = next_number++;
    a.kind = finding.subject.kind;
    a.raised = now;
    a.joint_track = track.number;
    a.detail = finding.detail;
    changed.push_back(a);
}

void Watch::Impl::close(std::vector<Alert>& changed) {
    for (auto it = reasons.begin(); it != reasons.end();) {
        const auto& [subject, reason] = *it;
        bool ends = reason.last < now && (!reason.raised || now - reason.last >= config.close_after);
        // An approach that has become a crossing is told as the crossing.
        if (reason.last < now && subject.kind == AlertKind::border_approach) {
            const auto crossing = reasons.find({AlertKind::border_crossed, subject.joint_track, {}});
            ends = ends || (crossing != reasons.end() && crossing->second.raised);
        }
        if (!ends) {
            ++it;
            continue;
        }
        if (reason.raised) {
            changed.push_back(reason.alert);
            changed.back().open = false;
        }
        it = reasons.erase(it);
    }
}

void Watch::Impl::derive() {
    open.clear();
    for (const auto& [subject, reason] : reasons) {
        if (reason.raised) open.push_back(reason.alert);
    }
    std::ranges::sort(open, {}, &Alert::number);
    proposals.clear();
    for (const auto& [number, past] : pasts) {
        if (past.last == now) proposals.push_back(past.proposal);
    }
}

Watch::Watch(Config config) : impl_(std::make_unique<Impl>()) {
    impl_->config = std::move(config);
}
Watch::~Watch() = default;
Watch::Watch(Watch&&) noexcept = default;
Watch& Watch::operator=(Watch&&) noexcept = default;

std::vector<Alert> Watch::update(std::span<const JointTrack> tracks, Time now) {
    auto& s = *impl_;
    std::vector<Alert> changed;
    if (now <= s.now) return changed;
    s.now = now;
    std::vector<Finding> findings;
    for (const auto& track : tracks) {
        findings.clear();
        s.look(track, findings);
        for (const auto& f : findings) s.find(f, track, changed);
    }
    s.close(changed);
    std::erase_if(s.pasts, [&](const auto& p) { return now - p.second.last >= forget_after; });
    s.derive();
    std::ranges::sort(changed, {}, &Alert::number);
    return changed;
}

std::span<const Alert> Watch::open() const {
    return impl_->open;
}
std::span<const Proposal> Watch::proposals() const {
    return impl_->proposals;
}
const Proposal* Watch::proposal(std::uint64_t joint_track) const {
    const auto& all = impl_->proposals;
    const auto it = std::ranges::lower_bound(all, joint_track, {}, &Proposal::joint_track);
    return it != all.end() && it->joint_track == joint_track ? &*it : nullptr;
}

}  // namespace asman::airspace
