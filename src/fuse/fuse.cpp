#include "estimate.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace asman::fuse {
namespace {

using picture::FlightClass;
using picture::Identity;

bool shares_a_sensor(const picture::Lineage& a, const picture::Lineage& b) {
    // Lineages are sorted by (state, sensor).
    auto i = a.begin();
    auto j = b.begin();
    while (i != a.end() && j != b.end()) {
        const auto left = std::tie(i->state, i->sensor);
        const auto right = std::tie(j->state, j->sensor);
        if (left == right) return true;
        if (left < right) {
            ++i;
        } else {
            ++j;
        }
    }
    return false;
}

void unite(picture::Lineage& into, const picture::Lineage& from) {
    for (const auto& e : from) {
        const auto it = std::ranges::lower_bound(into, std::tie(e.state, e.sensor), {},
                                                 [](const auto& x) { return std::tie(x.state, x.sensor); });
        if (it == into.end() || std::tie(it->state, it->sensor) != std::tie(e.state, e.sensor)) {
            into.insert(it, e);
            continue;
        }
        it->first = std::min(it->first, e.first);
        it->last = std::max(it->last, e.last);
        it->reports = std::max(it->reports, e.reports);  // the same reports, told twice
    }
}

/// The most precise reading: all come from one altimeter, so averaging them would promise what it cannot hold.
void take_height(picture::Kinematics& into, const picture::Kinematics& from) {
    if (from.pressure_altitude &&
        (!into.pressure_altitude || from.sigma_pressure_altitude < into.sigma_pressure_altitude)) {
        into.pressure_altitude = from.pressure_altitude;
        into.sigma_pressure_altitude = from.sigma_pressure_altitude;
        if (from.vertical_rate) into.vertical_rate = from.vertical_rate;
    }
    if (from.geometric_height &&
        (!into.geometric_height || from.sigma_geometric_height < into.sigma_geometric_height)) {
        into.geometric_height = from.geometric_height;
        into.sigma_geometric_height = from.sigma_geometric_height;
    }
    if (!into.vertical_rate) into.vertical_rate = from.vertical_rate;
}

/// The newest source that tells a thing is believed; own data first among equals (the order given).
void take_identity(Track& into, std::vector<const Track*> sources) {
    std::ranges::stable_sort(sources, std::greater{}, [](const Track* t) { return t->last_report; });
    into.identity = {};
    into.recent_codes.clear();
    const auto take = [](auto& to, const auto& from) {
        if (!to) to = from;
    };
    for (const auto* t : sources) {
        const auto& id = t->identity;
        take(into.identity.address, id.address);
        if (id.mode_3a && (!into.identity.mode_3a || (!into.identity.mode_3a_valid && id.mode_3a_valid))) {
            into.identity.mode_3a = id.mode_3a;
            into.identity.mode_3a_valid = id.mode_3a_valid;
        }
        if (into.identity.callsign.empty()) into.identity.callsign = id.callsign;
        into.identity.special_position = into.identity.special_position || id.special_position;
        into.identity.emergency = std::max(into.identity.emergency, id.emergency);
        if (into.recent_codes.size() < t->recent_codes.size()) into.recent_codes = t->recent_codes;
    }
}

/// From least to most cautious; a decision (anything but pending) outweighs none.
int caution(Identity i) {
    switch (i) {
        case Identity::pending:
            return 0;
        case Identity::unknown:
            return 1;
        case Identity::assumed_friend:
            return 2;
        case Identity::friendly:
            return 3;
        case Identity::neutral:
            return 4;
        case Identity::suspect:
            return 5;
        case Identity::hostile:
            return 6;
    }
    return 0;
}

void unite(picture::LatestReports& a, const picture::LatestReports& b) {
    a.primary = std::max(a.primary, b.primary);
    a.secondary = std::max(a.secondary, b.secondary);
    a.mode_s = std::max(a.mode_s, b.mode_s);
    a.multilateration = std::max(a.multilateration, b.multilateration);
    a.ads_b = std::max(a.ads_b, b.ads_b);
    a.pressure_altitude = std::max(a.pressure_altitude, b.pressure_altitude);
    a.mode_3a = std::max(a.mode_3a, b.mode_3a);
}

/// The latest of each kind; own tracks alone have any.
void unite(std::vector<picture::HeldDerived>& into, const std::vector<picture::HeldDerived>& from) {
    for (const auto& d : from) {
        const auto held = std::ranges::find_if(into, [&](const auto& o) { return d.told.replaces(o.told); });
        if (held == into.end())
            into.push_back(d);
        else if (held->at < d.at)
            *held = d;
    }
}

int weight(FlightClass c) {
    return c == FlightClass::state ? 2 : c == FlightClass::civil ? 1 : 0;
}

/// The fields of a fused track that are not kinematics, from all sources (own first).
void merge(Track& out, const std::vector<const Track*>& sources) {
    out.first_seen = Time::max();
    out.last_report = Time::min();
    out.latest = {};
    out.measured.reset();
    out.derived.clear();
    double absent = 1;
    out.confirmed = false;
    out.coasting = true;
    out.simulated = false;
    out.primary_only = true;
    out.flight_class = FlightClass::unknown;
    out.standard_identity = Identity::pending;
    for (const auto* t : sources) {
        out.first_seen = std::min(out.first_seen, t->first_seen);
        out.last_report = std::max(out.last_report, t->last_report);
        unite(out.latest, t->latest);
        unite(out.derived, t->derived);
        if (t->measured && (!out.measured || out.measured->time < t->measured->time)) out.measured = t->measured;
        absent *= 1 - std::clamp(t->existence, 0.0, 1.0);
        out.confirmed = out.confirmed || t->confirmed;
        out.coasting = out.coasting && t->coasting;
        out.simulated = out.simulated || t->simulated;
        out.primary_only = out.primary_only && t->primary_only;
        // A state aircraft that one side knows of is a state aircraft; terms that protect it must see it.
        if (weight(t->flight_class) > weight(out.flight_class)) out.flight_class = t->flight_class;
        if (caution(t->standard_identity) > caution(out.standard_identity))
            out.standard_identity = t->standard_identity;
        unite(out.lineage, t->lineage);
    }
    out.existence = 1 - absent;
    take_identity(out, sources);
}

bool own_part(const Contribution& c, State own) {
    return c.originator == own && c.via.empty();
}

}  // namespace

std::vector<bool> evidence(std::span<const Contribution> contributions, State own) {
    std::vector<bool> out(contributions.size(), false);
    // Finest first, then newest, then the shorter way.
    const auto rank = [](const Contribution& c) {
        return std::tuple(c.coarsening.grid, -c.track.kinematics.time.ns, c.clauses.size(), c.via, c.number);
    };
    for (std::size_t i = 0; i < contributions.size(); ++i) {
        const auto& c = contributions[i];
        if (c.originator == own) {
            out[i] = c.via.empty();
            continue;
        }
        out[i] = std::ranges::none_of(contributions, [&](const Contribution& other) {
            return other.originator == c.originator && rank(other) < rank(c);
        });
    }
    return out;
}

Track fuse(std::span<const Contribution> contributions, State own, Time now, const Config& config) {
    const auto counts = evidence(contributions, own);
    std::vector<const Contribution*> used;
    for (std::size_t i = 0; i < contributions.size(); ++i) {
        if (counts[i]) used.push_back(&contributions[i]);
    }
    // Only copies: they are then all there is.
    if (used.empty()) used.push_back(&contributions.front());
    std::ranges::stable_sort(used, {}, [&](const Contribution* c) { return !own_part(*c, own); });

    std::vector<picture::Kinematics> states;
    for (const auto* c : used) {
        auto k = c->track.kinematics;
        k.covariance = with_cell(k.covariance, c->coarsening.grid);
        states.push_back(predict(k, now, config.acceleration_density));
    }
    Track out;
    out.kinematics = states.front();
    if (states.size() > 1) {
        const geo::LocalFrame frame(geo::Position{states.front().at, {0}});
        auto estimate = in_frame(frame, states.front());
        picture::Lineage seen = used.front()->track.lineage;
        for (std::size_t i = 1; i < states.size(); ++i) {
            const auto next = in_frame(frame, states[i]);
            // Different sensors share no more than the aircraft's motion; the same sensor may share anything.
            const bool same_sensor = shares_a_sensor(seen, used[i]->track.lineage);
            estimate = intersect(estimate, next, same_sensor ? 1 : config.common_share);
            unite(seen, used[i]->track.lineage);
            take_height(out.kinematics, states[i]);
        }
        from_frame(frame, estimate, out.kinematics);
    }
    std::vector<const Track*> sources;
    for (const auto* c : used) sources.push_back(&c->track);
    // Turn and manoeuvre belong to whoever saw the aircraft last.
    const auto newest = std::ranges::max_element(sources, {}, [](const Track* t) { return t->last_report; });
    out.kinematics.turn_rate = (*newest)->kinematics.turn_rate;
    out.kinematics.acceleration = (*newest)->kinematics.acceleration;
    out.mode_probabilities = (*newest)->mode_probabilities;
    merge(out, sources);
    return out;
}

}  // namespace asman::fuse
