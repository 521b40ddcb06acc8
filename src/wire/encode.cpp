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

void put(const picture::Contribution& c, v1::Contribution& out) {
    out.set_originator(text(c.originator));
    out.set_via(text(c.via));
    out.set_number(c.number);
    for (const auto& clause : c.clauses) {
        auto* to = out.add_clauses();
        to->set_accord(clause.accord);
        to->set_clause(clause.clause);
        to->set_version(clause.version);
        to->set_digest(clause.digest.value.data(), clause.digest.value.size());
    }
    if (!c.coarsening.none()) {
        auto* to = out.mutable_coarsening();
        to->set_grid(c.coarsening.grid);
        to->set_delay(c.coarsening.delay.ns);
        to->set_identity_removed(c.coarsening.identity_removed);
        to->set_height_removed(c.coarsening.height_removed);
    }
    for (const auto& assumed : c.assumed) out.add_assumed(assumed);
    out.set_valid_until(c.valid_until.ns);
    put(c.track, *out.mutable_track());
}

void put(const Drop& drop, v1::Drop& out) {
    out.set_originator(text(drop.originator));
    out.set_number(drop.number);
}

void put(const picture::Alert& a, v1::Alert& out) {
    out.set_number(a.number);
    out.set_kind(static_cast<std::uint32_t>(a.kind));
    out.set_raised(a.raised.ns);
    out.set_joint_track(a.joint_track);
    out.set_latitude(a.at.lat);
    out.set_longitude(a.at.lon);
    out.set_detail(a.detail);
    if (a.warning) out.set_warning(a.warning->ns);
    put_lineage(a.lineage, out);
    out.set_open(a.open);
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
    ASMAN_CHECK(put_all(batch.alerts, max_alerts, "alerts", left_out, [&] { return out.add_alerts(); }));
    ASMAN_CHECK(put_all(batch.law_acts, max_law_acts, "law acts", left_out, [&] { return out.add_law_acts(); }));

    const std::size_t size = out.ByteSizeLong();
    if (size > max_bytes) return fail(Errc::full, "message larger than " + std::to_string(max_bytes) + " bytes");
    std::vector<std::byte> bytes(size);
    // No maps in the schema, fields in order of number: the same batch gives the same bytes.
    out.SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(bytes.data()));
    return bytes;
}

}  // namespace asman::wire
