#include "check.hpp"

#include <asman/v1/batch.pb.h>

namespace asman::wire {
namespace {

using base::Errc;
using base::fail;

std::string text(picture::State s) {
    return std::string(s.text());
}

template <class Out>
void put_lineage(const picture::Lineage& lineage, Out& out) {
    for (const auto& entry : lineage) {
        auto* e = out.add_lineage();
        e->set_state(text(entry.state));
        e->set_sensor(entry.sensor.value);
        e->set_first(entry.first.ns);
        e->set_last(entry.last.ns);
        e->set_reports(entry.reports);
    }
}

void put(const picture::Kinematics& k, v1::Kinematics& out) {
    out.set_time(k.time.ns);
    out.set_latitude(k.at.lat);
    out.set_longitude(k.at.lon);
    out.set_velocity_east(k.velocity.x());
    out.set_velocity_north(k.velocity.y());
    for (int i = 0; i < 4; ++i)
        for (int j = i; j < 4; ++j) out.add_covariance(k.covariance(i, j));
    if (k.pressure_altitude) out.set_pressure_altitude(k.pressure_altitude->m);
    out.set_sigma_pressure_altitude(k.sigma_pressure_altitude);
    if (k.geometric_height) out.set_geometric_height(k.geometric_height->m);
    out.set_sigma_geometric_height(k.sigma_geometric_height);
    if (k.vertical_rate) out.set_vertical_rate(*k.vertical_rate);
    out.set_turn_rate(k.turn_rate);
}

void put(const picture::ReportedIdentity& i, v1::Identity& out) {
    if (i.address) out.set_address(*i.address);
    if (i.mode_3a) out.set_mode_3a(*i.mode_3a);
    out.set_mode_3a_doubtful(!i.mode_3a_valid);
    out.set_callsign(i.callsign);
    out.set_special_position(i.special_position);
    out.set_emergency(i.emergency);
}

void put(const picture::Track& t, v1::Track& out) {
    out.set_number(t.number);
    put(t.kinematics, *out.mutable_kinematics());
    out.set_first_seen(t.first_seen.ns);
    out.set_last_report(t.last_report.ns);
    out.set_existence(t.existence);
    out.set_confirmed(t.confirmed);
    out.set_coasting(t.coasting);
    out.set_simulated(t.simulated);
    out.set_primary_only(t.primary_only);
    if (std::ranges::any_of(t.mode_probabilities, [](float p) { return p != 0; }))
        for (const float p : t.mode_probabilities) out.add_mode_probabilities(p);
    put(t.identity, *out.mutable_identity());
    for (const auto code : t.recent_codes) out.add_recent_codes(code);
    out.set_flight_class(static_cast<std::uint32_t>(t.flight_class));
    out.set_standard_identity(static_cast<std::uint32_t>(t.standard_identity));
    put_lineage(t.lineage, out);
}

template <class Out>
void put_clauses(const std::vector<picture::ClauseRef>& clauses, Out& out) {
    for (const auto& clause : clauses) {
        auto* to = out.add_clauses();
        to->set_accord(clause.accord);
        to->set_clause(clause.clause);
        to->set_version(clause.version);
        to->set_digest(clause.digest.value.data(), clause.digest.value.size());
    }
}

template <class Out>
void put_coarsening(const picture::Coarsening& c, Out& out) {
    if (c.none()) return;
    auto* to = out.mutable_coarsening();
    to->set_grid(c.grid);
    to->set_delay(c.delay.ns);
    to->set_identity_removed(c.identity_removed);
    to->set_height_removed(c.height_removed);
}

void put(const picture::Contribution& c, v1::Contribution& out) {
    out.set_originator(text(c.originator));
    out.set_via(text(c.via));
    out.set_number(c.number);
    put_clauses(c.clauses, out);
    put_coarsening(c.coarsening, out);
    for (const auto& assumed : c.assumed) out.add_assumed(assumed);
    out.set_valid_until(c.valid_until.ns);
    put(c.track, *out.mutable_track());
}

void put(const Drop& drop, v1::Drop& out) {
    out.set_originator(text(drop.originator));
    out.set_number(drop.number);
}

template <class Bytes>
std::string raw(const Bytes& b) {
    return {reinterpret_cast<const char*>(b.data()), b.size()};
}

void put(const picture::Leave& l, v1::Leave& out) {
    out.set_originator(text(l.originator));
    out.set_via(text(l.via));
    put_clauses(l.clauses, out);
    put_coarsening(l.coarsening, out);
    for (const auto& assumed : l.assumed) out.add_assumed(assumed);
    out.set_valid_until(l.valid_until.ns);
}

void put(const picture::ReleasedReport& r, v1::Report& out) {
    put(r.leave, *out.mutable_leave());
    out.set_track(r.track);
    const auto& p = r.report;
    out.set_sensor(p.sensor.value);
    out.set_time(p.time.ns);
    out.set_kind(static_cast<std::uint32_t>(p.kind));
    out.set_simulated(p.simulated);
    if (p.polar()) {
        auto& polar = *out.mutable_polar();
        polar.set_range(p.range);
        polar.set_azimuth(p.azimuth);
        polar.set_sigma_range(p.sigma_range);
        polar.set_sigma_azimuth(p.sigma_azimuth);
        polar.set_latitude(r.sensor_at->at.lat);
        polar.set_longitude(r.sensor_at->at.lon);
        polar.set_height(r.sensor_at->height.m);
    } else {
        auto& geodetic = *out.mutable_geodetic();
        geodetic.set_latitude(p.point->lat);
        geodetic.set_longitude(p.point->lon);
        geodetic.set_variance_east(r.covariance(0, 0));
        geodetic.set_covariance(r.covariance(0, 1));
        geodetic.set_variance_north(r.covariance(1, 1));
    }
    if (p.pressure_altitude) out.set_pressure_altitude(p.pressure_altitude->m);
    if (p.geometric_height) out.set_geometric_height(p.geometric_height->m);
    put(p.identity, *out.mutable_identity());
}

void put(const picture::Notice& n, v1::Notice& out) {
    out.set_kind(static_cast<std::uint32_t>(n.kind));
    put(n.leave, *out.mutable_leave());
    out.set_number(n.number);
    out.set_time(n.time.ns);
    out.set_placed(n.at.has_value());
    if (n.at) {
        out.set_latitude(n.at->lat);
        out.set_longitude(n.at->lon);
    }
    out.set_track(n.track);
    out.set_open(n.open);
    out.set_what(n.what);
    out.set_detail(n.detail);
    out.set_radius(n.radius);
    put_lineage(n.lineage, out);
}

void put(const Handed& h, v1::Handed& out) {
    out.set_accord(h.accord);
    out.set_number(h.number);
    out.set_salt(raw(h.salt));
}

void put(const AuditHead& h, v1::AuditHead& out) {
    out.set_accord(h.accord);
    out.set_first(h.first);
    for (const auto& e : h.entries) {
        auto& entry = *out.add_entries();
        entry.set_at(e.at.ns);
        entry.set_kind(e.kind);
        entry.set_text(e.text);
    }
    out.set_link(raw(h.link.value));
}

void put(const Countersignature& c, v1::Countersignature& out) {
    out.set_accord(c.accord);
    out.set_number(c.number);
    out.set_link(raw(c.link.value));
    out.set_remarks(c.remarks);
}

void put(const Refusal& r, v1::Refusal& out) {
    out.set_accord(r.accord);
    out.set_number(r.number);
    out.set_count(r.count);
    out.set_reason(r.reason);
}

void put(const LawActText& act, v1::LawAct& out) {
    out.set_name(act.name);
    out.set_text(act.text);
}

/// Puts each record that passes its check; without `left_out` the first that does not ends it.
template <class List, class Add>
base::Result<void> put_all(const List& list, std::size_t most, std::string_view what, std::uint32_t* left_out,
                           Add add) {
    if (list.size() > most)
        return fail(Errc::full, {{}, 0, 0, std::string(what)}, "more than " + std::to_string(most) + " in one message");
    for (const auto& record : list) {
        if (auto ok = check(record); !ok) {
            if (!left_out) return ok;
            ++*left_out;
            continue;
        }
        put(record, *add());
    }
    return {};
}

}  // namespace

base::Result<std::vector<std::byte>> encode(const Batch& batch, std::uint32_t* left_out) {
    ASMAN_CHECK(check_time(batch.tick, "tick"));
    ASMAN_CHECK(check_time(batch.law_time, "law time"));
    if (left_out) *left_out = 0;
    v1::Batch out;
    out.set_version(version);
    out.set_tick(batch.tick.ns);
    out.set_law_time(batch.law_time.ns);
    ASMAN_CHECK(put_all(batch.contributions, max_contributions, "contributions", left_out,
                        [&] { return out.add_contributions(); }));
    ASMAN_CHECK(put_all(batch.drops, max_drops, "drops", left_out, [&] { return out.add_drops(); }));
    ASMAN_CHECK(put_all(batch.law_acts, max_law_acts, "law acts", left_out, [&] { return out.add_law_acts(); }));

    ASMAN_CHECK(put_all(batch.reports, max_reports, "reports", left_out, [&] { return out.add_reports(); }));
    ASMAN_CHECK(put_all(batch.notices, max_notices, "notices", left_out, [&] { return out.add_notices(); }));
    ASMAN_CHECK(put_all(batch.handed, max_audited, "handed", left_out, [&] { return out.add_handed(); }));
    ASMAN_CHECK(put_all(batch.heads, max_audited, "audit heads", left_out, [&] { return out.add_audit_heads(); }));
    ASMAN_CHECK(put_all(batch.countersignatures, max_audited, "countersignatures", left_out,
                        [&] { return out.add_countersignatures(); }));
    ASMAN_CHECK(put_all(batch.refusals, max_refusals, "refusals", left_out, [&] { return out.add_refusals(); }));

    const std::size_t size = out.ByteSizeLong();
    if (size > max_bytes) return fail(Errc::full, "message larger than " + std::to_string(max_bytes) + " bytes");
    std::vector<std::byte> bytes(size);
    // No maps in the schema, fields in order of number: the same batch gives the same bytes.
    out.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(bytes.data()));
    return bytes;
}

}  // namespace asman::wire
