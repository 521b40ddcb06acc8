#include "check.hpp"

#include <asman/v1/batch.pb.h>
#include <google/protobuf/stubs/logging.h>

#include <numbers>

namespace asman::wire {
namespace {

using base::Errc;
using base::fail;

/// A malformed name becomes the empty state, which check() refuses where a state must stand.
picture::State state(const std::string& s) {
    return picture::State::well_formed(s) ? picture::State(s) : picture::State();
}

template <class E>
base::Result<void> enumerator(std::uint32_t value, E last, E& out, std::string_view what) {
    if (value > static_cast<std::uint32_t>(last)) return bad(what, "unknown value " + std::to_string(value));
    out = static_cast<E>(value);
    return {};
}

/// Both ends of the antimeridian are one meridian: π.
geo::Point point(double lat, double lon) {
    return {lat, lon == -std::numbers::pi ? std::numbers::pi : lon};
}

template <class In>
picture::Lineage get_lineage(const In& in) {
    picture::Lineage out;
    out.reserve(static_cast<std::size_t>(in.lineage_size()));
    for (const auto& e : in.lineage())
        out.push_back({state(e.state()), {e.sensor()}, {e.first()}, {e.last()}, e.reports()});
    return out;
}

base::Result<void> get(const v1::Kinematics& in, picture::Kinematics& k) {
    k.time.ns = in.time();
    k.at = point(in.latitude(), in.longitude());
    k.velocity = {in.velocity_east(), in.velocity_north()};
    if (in.covariance_size() != 10) return bad("covariance", "not ten numbers");
    for (int i = 0, n = 0; i < 4; ++i)
        for (int j = i; j < 4; ++j, ++n) k.covariance(i, j) = k.covariance(j, i) = in.covariance(n);
    if (in.has_pressure_altitude()) k.pressure_altitude = geo::PressureAltitude{in.pressure_altitude()};
    k.sigma_pressure_altitude = in.sigma_pressure_altitude();
    if (in.has_geometric_height()) k.geometric_height = geo::EllipsoidalHeight{in.geometric_height()};
    k.sigma_geometric_height = in.sigma_geometric_height();
    if (in.has_vertical_rate()) k.vertical_rate = in.vertical_rate();
    k.turn_rate = in.turn_rate();
    return {};
}

base::Result<void> get(const v1::Identity& in, picture::ReportedIdentity& i) {
    if (in.has_address()) i.address = in.address();
    if (in.has_mode_3a()) {
        if (in.mode_3a() > 07777) return bad("mode 3/A", "more than 12 bits");
        i.mode_3a = static_cast<picture::Mode3A>(in.mode_3a());
    }
    i.mode_3a_valid = !in.mode_3a_doubtful();
    i.callsign = in.callsign();
    i.special_position = in.special_position();
    if (in.emergency() > 255) return bad("emergency", "more than 8 bits");
    i.emergency = static_cast<std::uint8_t>(in.emergency());
    return {};
}

base::Result<void> get(const v1::Track& in, picture::Track& t) {
    t.number = in.number();
    ASMAN_CHECK(get(in.kinematics(), t.kinematics));
    t.first_seen.ns = in.first_seen();
    t.last_report.ns = in.last_report();
    t.existence = in.existence();
    t.confirmed = in.confirmed();
    t.coasting = in.coasting();
    t.simulated = in.simulated();
    t.primary_only = in.primary_only();
    if (in.mode_probabilities_size() != 0 && in.mode_probabilities_size() != 4)
        return bad("mode probabilities", "not four numbers");
    std::ranges::copy(in.mode_probabilities(), t.mode_probabilities.begin());
    ASMAN_CHECK(get(in.identity(), t.identity));
    if (in.recent_codes_size() > 3) return bad("recent codes", "more than three");
    for (const auto code : in.recent_codes()) {
        if (code > 07777) return bad("recent codes", "more than 12 bits");
        t.recent_codes.push_back(static_cast<picture::Mode3A>(code));
    }
    ASMAN_CHECK(enumerator(in.flight_class(), picture::FlightClass::state, t.flight_class, "flight class"));
    ASMAN_CHECK(
        enumerator(in.standard_identity(), picture::Identity::hostile, t.standard_identity, "standard identity"));
    t.lineage = get_lineage(in);
    return {};
}

template <class In>
base::Result<void> get_clauses(const In& in, std::vector<picture::ClauseRef>& out) {
    for (const auto& clause : in.clauses()) {
        picture::ClauseRef ref{clause.accord(), clause.clause(), clause.version(), {}};
        if (clause.digest().size() != ref.digest.value.size()) return bad("digest", "not 32 bytes");
        std::ranges::transform(clause.digest(), ref.digest.value.begin(),
                               [](char b) { return static_cast<std::uint8_t>(b); });
        out.push_back(std::move(ref));
    }
    return {};
}

picture::Coarsening get_coarsening(const v1::Coarsening& in) {
    return {in.grid(), {in.delay()}, in.identity_removed(), in.height_removed()};
}

base::Result<void> get(const v1::Contribution& in, picture::Contribution& c) {
    c.originator = state(in.originator());
    c.via = state(in.via());
    if (c.via.text() != in.via()) return bad("via", "not three capital letters");
    c.number = in.number();
    ASMAN_CHECK(get_clauses(in, c.clauses));
    c.coarsening = get_coarsening(in.coarsening());
    c.assumed.assign(in.assumed().begin(), in.assumed().end());
    c.valid_until.ns = in.valid_until();
    return get(in.track(), c.track);
}

base::Result<void> get(const v1::Drop& in, Drop& drop) {
    drop = {state(in.originator()), in.number()};
    return {};
}

template <class To>
base::Result<void> get_bytes(const std::string& in, To& out, std::string_view what) {
    if (in.size() != out.size()) return bad(what, "not " + std::to_string(out.size()) + " bytes");
    std::ranges::transform(in, out.begin(), [](char b) { return static_cast<std::uint8_t>(b); });
    return {};
}

base::Result<void> get(const v1::Leave& in, picture::Leave& l) {
    l.originator = state(in.originator());
    l.via = state(in.via());
    if (l.via.text() != in.via()) return bad("via", "not three capital letters");
    ASMAN_CHECK(get_clauses(in, l.clauses));
    l.coarsening = get_coarsening(in.coarsening());
    l.assumed.assign(in.assumed().begin(), in.assumed().end());
    l.valid_until.ns = in.valid_until();
    return {};
}

base::Result<void> get(const v1::Report& in, picture::ReleasedReport& r) {
    ASMAN_CHECK(get(in.leave(), r.leave));
    r.track = in.track();
    auto& p = r.report;
    p.sensor.value = in.sensor();
    p.time.ns = in.time();
    ASMAN_CHECK(enumerator(in.kind(), picture::SensorKind::tracker, p.kind, "kind"));
    p.simulated = in.simulated();
    if (in.has_polar()) {
        const auto& polar = in.polar();
        p.range = polar.range();
        p.azimuth = polar.azimuth();
        p.sigma_range = polar.sigma_range();
        p.sigma_azimuth = polar.sigma_azimuth();
        r.sensor_at = geo::Position{point(polar.latitude(), polar.longitude()), {polar.height()}};
    }
    if (in.has_geodetic()) {
        const auto& geodetic = in.geodetic();
        p.point = point(geodetic.latitude(), geodetic.longitude());
        r.covariance << geodetic.variance_east(), geodetic.covariance(), geodetic.covariance(),
            geodetic.variance_north();
    }
    if (in.has_pressure_altitude()) p.pressure_altitude = geo::PressureAltitude{in.pressure_altitude()};
    if (in.has_geometric_height()) p.geometric_height = geo::EllipsoidalHeight{in.geometric_height()};
    return get(in.identity(), p.identity);
}

base::Result<void> get(const v1::Notice& in, picture::Notice& n) {
    ASMAN_CHECK(enumerator(in.kind(), picture::NoticeKind::coverage, n.kind, "kind of notice"));
    ASMAN_CHECK(get(in.leave(), n.leave));
    n.number = in.number();
    n.time.ns = in.time();
    if (in.placed()) n.at = point(in.latitude(), in.longitude());
    n.track = in.track();
    n.open = in.open();
    n.what = in.what();
    n.detail = in.detail();
    n.radius = in.radius();
    n.lineage = get_lineage(in);
    return {};
}

base::Result<void> get(const v1::Handed& in, Handed& h) {
    h.accord = in.accord();
    h.number = in.number();
    return get_bytes(in.salt(), h.salt, "salt");
}

base::Result<void> get(const v1::AuditHead& in, AuditHead& h) {
    h.accord = in.accord();
    h.first = in.first();
    for (const auto& e : in.entries()) h.entries.push_back({{e.at()}, e.kind(), e.text()});
    return get_bytes(in.link(), h.link.value, "link");
}

base::Result<void> get(const v1::Countersignature& in, Countersignature& c) {
    c.accord = in.accord();
    c.number = in.number();
    c.remarks = in.remarks();
    return get_bytes(in.link(), c.link.value, "link");
}

base::Result<void> get(const v1::Refusal& in, Refusal& r) {
    r = {in.accord(), in.number(), in.count(), in.reason()};
    return {};
}

base::Result<void> get(const v1::LawAct& in, LawActText& act) {
    act = {in.name(), in.text()};
    return {};
}

template <class In, class Out>
void get_all(const In& in, std::vector<Out>& out, Received& received) {
    out.reserve(static_cast<std::size_t>(in.size()));
    for (const auto& record : in) {
        Out noun;
        auto ok = get(record, noun);
        if (ok) ok = check(noun);
        if (ok)
            out.push_back(std::move(noun));
        else if (received.refused++ == 0)
            received.first_refusal = std::move(ok).error();
    }
}

}  // namespace

base::Result<Received> decode(base::Bytes bytes) {
    ASMAN_CHECK(check_bounds(bytes));
    // protobuf would write to standard error about texts that are not UTF-8; the error below says it.
    const google::protobuf::LogSilencer silence;
    v1::Batch in;
    if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
        return fail(Errc::syntax, "not a message of asman.v1.Batch");
    if (in.version() != version)
        return fail(Errc::bad_value, {{}, 0, 0, "version"},
                    "message version " + std::to_string(in.version()) + ", this node reads " + std::to_string(version));
    Received out;
    out.batch.tick.ns = in.tick();
    out.batch.law_time.ns = in.law_time();
    ASMAN_CHECK(check_time(out.batch.tick, "tick"));
    ASMAN_CHECK(check_time(out.batch.law_time, "law time"));
    get_all(in.contributions(), out.batch.contributions, out);
    get_all(in.drops(), out.batch.drops, out);
    get_all(in.law_acts(), out.batch.law_acts, out);
    get_all(in.reports(), out.batch.reports, out);
    get_all(in.notices(), out.batch.notices, out);
    get_all(in.handed(), out.batch.handed, out);
    get_all(in.audit_heads(), out.batch.heads, out);
    get_all(in.countersignatures(), out.batch.countersignatures, out);
    get_all(in.refusals(), out.batch.refusals, out);
    return out;
}

}  // namespace asman::wire
