#include <asman/picture/archive.hpp>

namespace asman::picture {
namespace {

using base::Reader;
using base::Writer;

void put_flag(Writer& out, bool v) {
    out.put(static_cast<std::uint8_t>(v ? 1 : 0));
}
bool get_flag(Reader& in) {
    return in.get<std::uint8_t>() != 0;
}

/// An enum of `last + 1` values; anything else becomes the first.
template <class E>
void get_enum(Reader& in, E& v, E last) {
    const auto raw = in.get<std::uint8_t>();
    v = raw <= static_cast<std::uint8_t>(last) ? static_cast<E>(raw) : E{};
}
template <class E>
void put_enum(Writer& out, E v) {
    out.put(static_cast<std::uint8_t>(v));
}

template <class T, class Put>
void put_optional(Writer& out, const std::optional<T>& v, Put put_value) {
    put_flag(out, v.has_value());
    if (v) put_value(*v);
}
template <class T, class Get>
void get_optional(Reader& in, std::optional<T>& v, Get get_value) {
    v.reset();
    if (get_flag(in)) v.emplace(get_value());
}

template <class Matrix>
void put_matrix(Writer& out, const Matrix& m) {
    for (Eigen::Index i = 0; i < m.size(); ++i) out.put(m.data()[i]);
}
template <class Matrix>
void get_matrix(Reader& in, Matrix& m) {
    for (Eigen::Index i = 0; i < m.size(); ++i) m.data()[i] = in.get<double>();
}

void put(Writer& out, Duration v) {
    out.put(v.ns);
}
void get(Reader& in, Duration& v) {
    v.ns = in.get<std::int64_t>();
}

}  // namespace

void put(Writer& out, const State& v) {
    for (const char c : v.code) out.put(c);
}
void get(Reader& in, State& v) {
    for (char& c : v.code) c = in.get<char>();
}

void put(Writer& out, Time v) {
    out.put(v.ns);
}
void get(Reader& in, Time& v) {
    v.ns = in.get<std::int64_t>();
}

void put(Writer& out, const geo::Point& v) {
    out.put(v.lat);
    out.put(v.lon);
}
void get(Reader& in, geo::Point& v) {
    v.lat = in.get<double>();
    v.lon = in.get<double>();
}

void put(Writer& out, const ReportedIdentity& v) {
    put_optional(out, v.address, [&](auto x) { out.put(x); });
    put_optional(out, v.mode_3a, [&](auto x) { out.put(x); });
    put_flag(out, v.mode_3a_valid);
    out.text(v.callsign);
    put_flag(out, v.special_position);
    out.put(v.emergency);
}
void get(Reader& in, ReportedIdentity& v) {
    get_optional(in, v.address, [&] { return in.get<std::uint32_t>(); });
    get_optional(in, v.mode_3a, [&] { return in.get<Mode3A>(); });
    v.mode_3a_valid = get_flag(in);
    v.callsign = in.text();
    v.special_position = get_flag(in);
    v.emergency = in.get<std::uint8_t>();
}

void put(Writer& out, const Kinematics& v) {
    put(out, v.time);
    put(out, v.at);
    put_matrix(out, v.velocity);
    put_matrix(out, v.covariance);
    put_optional(out, v.pressure_altitude, [&](auto x) { out.put(x.m); });
    out.put(v.sigma_pressure_altitude);
    put_optional(out, v.geometric_height, [&](auto x) { out.put(x.m); });
    out.put(v.sigma_geometric_height);
    put_optional(out, v.vertical_rate, [&](auto x) { out.put(x); });
    out.put(v.turn_rate);
    out.put(v.acceleration);
    out.put(v.sigma_vertical_rate);
    out.put(v.sigma_acceleration);
    out.put(v.sigma_turn_rate);
}
void get(Reader& in, Kinematics& v) {
    get(in, v.time);
    get(in, v.at);
    get_matrix(in, v.velocity);
    get_matrix(in, v.covariance);
    get_optional(in, v.pressure_altitude, [&] { return geo::PressureAltitude{in.get<double>()}; });
    v.sigma_pressure_altitude = in.get<double>();
    get_optional(in, v.geometric_height, [&] { return geo::EllipsoidalHeight{in.get<double>()}; });
    v.sigma_geometric_height = in.get<double>();
    get_optional(in, v.vertical_rate, [&] { return in.get<double>(); });
    v.turn_rate = in.get<double>();
    v.acceleration = in.get<double>();
    v.sigma_vertical_rate = in.get<double>();
    v.sigma_acceleration = in.get<double>();
    v.sigma_turn_rate = in.get<double>();
}

static void put(Writer& out, const LineageEntry& v) {
    put(out, v.state);
    out.put(v.sensor.value);
    put(out, v.first);
    put(out, v.last);
    out.put(v.reports);
}
static void get(Reader& in, LineageEntry& v) {
    get(in, v.state);
    v.sensor.value = in.get<std::uint32_t>();
    get(in, v.first);
    get(in, v.last);
    v.reports = in.get<std::uint32_t>();
}
void put(Writer& out, const Lineage& v) {
    out.put(static_cast<std::uint64_t>(v.size()));
    for (const auto& e : v) put(out, e);
}
void get(Reader& in, Lineage& v) {
    v.clear();
    const auto n = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < n && in.ok(); ++i) get(in, v.emplace_back());
}

static void put(Writer& out, const Measurement& v) {
    out.put(v.sensor.value);
    out.put(v.sac);
    out.put(v.sic);
    put(out, v.time);
    put_enum(out, v.kind);
    put_flag(out, v.replied);
    put_flag(out, v.simulated);
    out.put(v.range);
    out.put(v.azimuth);
    put_optional(out, v.pressure_altitude, [&](auto x) { out.put(x.m); });
    put_optional(out, v.mode_3a, [&](auto x) { out.put(x); });
    put_flag(out, v.mode_3a_valid);
    put_optional(out, v.address, [&](auto x) { out.put(x); });
}
static Measurement get_measurement(Reader& in) {
    Measurement v;
    v.sensor.value = in.get<std::uint32_t>();
    v.sac = in.get<std::uint8_t>();
    v.sic = in.get<std::uint8_t>();
    get(in, v.time);
    get_enum(in, v.kind, SensorKind::tracker);
    v.replied = get_flag(in);
    v.simulated = get_flag(in);
    v.range = in.get<double>();
    v.azimuth = in.get<double>();
    get_optional(in, v.pressure_altitude, [&] { return geo::PressureAltitude{in.get<double>()}; });
    get_optional(in, v.mode_3a, [&] { return in.get<Mode3A>(); });
    v.mode_3a_valid = get_flag(in);
    get_optional(in, v.address, [&] { return in.get<std::uint32_t>(); });
    return v;
}

static void put(Writer& out, const std::vector<HeldDerived>& v) {
    out.put(static_cast<std::uint64_t>(v.size()));
    for (const auto& d : v) {
        out.put(d.told.bits);
        put_enum(out, d.told.kind);
        out.put(d.told.detail);
        put(out, d.at);
    }
}
static void get(Reader& in, std::vector<HeldDerived>& v) {
    v.clear();
    const auto n = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < n && in.ok(); ++i) {
        auto& d = v.emplace_back();
        d.told.bits = in.get<std::uint64_t>();
        get_enum(in, d.told.kind, last_derived_kind);
        d.told.detail = in.get<std::uint8_t>();
        get(in, d.at);
    }
}

void put(Writer& out, const Track& v) {
    out.put(v.number);
    put(out, v.kinematics);
    put(out, v.first_seen);
    put(out, v.last_report);
    for (const Time t : {v.latest.primary, v.latest.secondary, v.latest.mode_s, v.latest.multilateration,
                         v.latest.ads_b, v.latest.pressure_altitude, v.latest.mode_3a})
        put(out, t);
    put_optional(out, v.measured, [&](const Measurement& m) { put(out, m); });
    put(out, v.derived);
    out.put(v.existence);
    for (const bool b : {v.confirmed, v.coasting, v.simulated, v.primary_only}) put_flag(out, b);
    for (const float p : v.mode_probabilities) out.put(p);
    put(out, v.identity);
    out.put(static_cast<std::uint8_t>(std::min<std::size_t>(v.recent_codes.size(), 255)));
    for (std::size_t i = 0; i < v.recent_codes.size() && i < 255; ++i) out.put(v.recent_codes[i]);
    put_enum(out, v.flight_class);
    put_enum(out, v.standard_identity);
    put(out, v.lineage);
}
void get(Reader& in, Track& v) {
    v.number = in.get<std::uint64_t>();
    get(in, v.kinematics);
    get(in, v.first_seen);
    get(in, v.last_report);
    for (Time* t : {&v.latest.primary, &v.latest.secondary, &v.latest.mode_s, &v.latest.multilateration,
                    &v.latest.ads_b, &v.latest.pressure_altitude, &v.latest.mode_3a})
        get(in, *t);
    get_optional(in, v.measured, [&] { return get_measurement(in); });
    get(in, v.derived);
    v.existence = in.get<double>();
    v.confirmed = get_flag(in);
    v.coasting = get_flag(in);
    v.simulated = get_flag(in);
    v.primary_only = get_flag(in);
    for (float& p : v.mode_probabilities) p = in.get<float>();
    get(in, v.identity);
    v.recent_codes.resize(in.get<std::uint8_t>());
    for (auto& code : v.recent_codes) code = in.get<Mode3A>();
    get_enum(in, v.flight_class, FlightClass::state);
    get_enum(in, v.standard_identity, Identity::hostile);
    get(in, v.lineage);
}

void put(Writer& out, const ClauseRef& v) {
    out.text(v.accord);
    out.text(v.clause);
    out.put(v.version);
    out.raw(std::as_bytes(std::span(v.digest.value)));
}
void get(Reader& in, ClauseRef& v) {
    v.accord = in.text();
    v.clause = in.text();
    v.version = in.get<std::uint32_t>();
    const auto bytes = in.take(v.digest.value.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) v.digest.value[i] = static_cast<std::uint8_t>(bytes[i]);
}

void put(Writer& out, const Contribution& v) {
    put(out, v.originator);
    put(out, v.via);
    out.put(v.number);
    put_all(out, v.clauses);
    out.put(v.coarsening.grid);
    put(out, v.coarsening.delay);
    put_flag(out, v.coarsening.identity_removed);
    put_flag(out, v.coarsening.height_removed);
    out.put(static_cast<std::uint64_t>(v.assumed.size()));
    for (const auto& s : v.assumed) out.text(s);
    put(out, v.valid_until);
    put(out, v.track);
}
void get(Reader& in, Contribution& v) {
    get(in, v.originator);
    get(in, v.via);
    v.number = in.get<std::uint64_t>();
    get_all(in, v.clauses);
    v.coarsening.grid = in.get<double>();
    get(in, v.coarsening.delay);
    v.coarsening.identity_removed = get_flag(in);
    v.coarsening.height_removed = get_flag(in);
    v.assumed.clear();
    const auto n = in.get<std::uint64_t>();
    for (std::uint64_t i = 0; i < n && in.ok(); ++i) v.assumed.emplace_back(in.text());
    get(in, v.valid_until);
    get(in, v.track);
}

void put(Writer& out, const Alert& v) {
    out.put(v.number);
    put_enum(out, v.kind);
    put(out, v.raised);
    out.put(v.joint_track);
    put(out, v.at);
    out.text(v.detail);
    put_optional(out, v.warning, [&](Duration d) { put(out, d); });
    put(out, v.lineage);
    put_flag(out, v.open);
}
void get(Reader& in, Alert& v) {
    v.number = in.get<std::uint64_t>();
    get_enum(in, v.kind, AlertKind::unidentified);
    get(in, v.raised);
    v.joint_track = in.get<std::uint64_t>();
    get(in, v.at);
    v.detail = in.text();
    get_optional(in, v.warning, [&] { return Duration{in.get<std::int64_t>()}; });
    get(in, v.lineage);
    v.open = get_flag(in);
}

}  // namespace asman::picture
