// Generators of well-formed nouns, for property tests.
#pragma once

#include <asman/wire/batch.hpp>

#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <string>

namespace asman::wire::gen {

inline picture::State state() {
    std::string s;
    for (int i = 0; i < 3; ++i) s.push_back(*rc::gen::inRange<char>('A', 'Z' + 1));
    return picture::State(s);
}
inline base::Time time() {
    return {*rc::gen::inRange<std::int64_t>(0, 7'258'118'400'000'000'000)};
}
/// Uniform in [low, high].
inline double number(double low, double high) {
    return low +
           (high - low) * static_cast<double>(*rc::gen::inRange<std::int64_t>(0, (1LL << 52) + 1)) / double(1LL << 52);
}
inline std::string text() {
    return *rc::gen::container<std::string>(rc::gen::inRange<char>(' ', '~'));
}
inline geo::Point point() {
    // π itself stands for both ends of the antimeridian.
    return {number(-std::numbers::pi / 2, std::numbers::pi / 2), number(-3.14159, std::numbers::pi)};
}
inline std::optional<double> maybe(double low, double high) {
    return *rc::gen::arbitrary<bool>() ? std::optional(number(low, high)) : std::nullopt;
}

inline picture::Lineage lineage() {
    std::map<std::pair<picture::State, picture::SensorId>, picture::LineageEntry> entries;
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
        auto a = time(), b = time();
        const picture::LineageEntry e{state(),
                                      {*rc::gen::arbitrary<std::uint32_t>()},
                                      std::min(a, b),
                                      std::max(a, b),
                                      *rc::gen::arbitrary<std::uint32_t>()};
        entries[{e.state, e.sensor}] = e;
    }
    picture::Lineage out;
    for (const auto& [key, e] : entries) out.push_back(e);
    return out;
}

inline picture::Kinematics kinematics() {
    picture::Kinematics k;
    k.time = time();
    k.at = point();
    k.velocity = {number(-900, 900), number(-900, 900)};
    Eigen::Matrix4d root;
    for (int i = 0; i < 16; ++i) root(i / 4, i % 4) = number(-300, 300);
    const Eigen::Matrix4d square = root * root.transpose();
    k.covariance = (square + square.transpose()) / 2;
    if (const auto h = maybe(-500, 40'000)) k.pressure_altitude = geo::PressureAltitude{*h};
    k.sigma_pressure_altitude = number(0, 500);
    if (const auto h = maybe(-500, 40'000)) k.geometric_height = geo::EllipsoidalHeight{*h};
    k.sigma_geometric_height = number(0, 500);
    k.vertical_rate = maybe(-100, 100);
    k.turn_rate = number(-0.2, 0.2);
    return k;
}

inline picture::ReportedIdentity identity() {
    picture::ReportedIdentity i;
    if (*rc::gen::arbitrary<bool>()) i.address = *rc::gen::inRange<std::uint32_t>(0, 1u << 24);
    if (*rc::gen::arbitrary<bool>()) i.mode_3a = *rc::gen::inRange<picture::Mode3A>(0, 010000);
    i.mode_3a_valid = *rc::gen::arbitrary<bool>();
    i.callsign = text().substr(0, 16);
    i.special_position = *rc::gen::arbitrary<bool>();
    i.emergency = *rc::gen::arbitrary<std::uint8_t>();
    return i;
}

inline picture::Track track() {
    picture::Track t;
    t.number = *rc::gen::arbitrary<std::uint64_t>();
    t.kinematics = kinematics();
    const auto a = time(), b = time();
    t.first_seen = std::min(a, b);
    t.last_report = std::max(a, b);
    t.existence = number(0, 1);
    t.confirmed = *rc::gen::arbitrary<bool>();
    t.coasting = *rc::gen::arbitrary<bool>();
    t.simulated = *rc::gen::arbitrary<bool>();
    t.primary_only = *rc::gen::arbitrary<bool>();
    for (auto& p : t.mode_probabilities) p = static_cast<float>(number(0, 1));
    t.identity = identity();
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
        t.recent_codes.push_back(*rc::gen::inRange<picture::Mode3A>(0, 010000));
    t.flight_class = static_cast<picture::FlightClass>(*rc::gen::inRange(0, 3));
    t.standard_identity = static_cast<picture::Identity>(*rc::gen::inRange(0, 7));
    t.lineage = lineage();
    return t;
}

inline picture::Contribution contribution() {
    picture::Contribution c;
    c.originator = state();
    if (*rc::gen::arbitrary<bool>()) c.via = state();
    c.number = *rc::gen::arbitrary<std::uint64_t>();
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
        c.clauses.push_back({text(), text(), *rc::gen::arbitrary<std::uint32_t>(), base::digest(text())});
    if (*rc::gen::arbitrary<bool>())
        c.coarsening = {number(0, 20'000), base::seconds(number(0, 600)), *rc::gen::arbitrary<bool>(),
                        *rc::gen::arbitrary<bool>()};
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) c.assumed.push_back(text());
    if (*rc::gen::arbitrary<bool>()) c.valid_until = time();
    c.track = track();
    return c;
}

inline picture::Leave leave() {
    auto c = contribution();
    return {c.originator, c.via, c.clauses, c.coarsening, c.assumed, c.valid_until};
}

inline picture::ReleasedReport report() {
    picture::ReleasedReport r;
    r.leave = leave();
    r.track = *rc::gen::arbitrary<std::uint64_t>();
    auto& p = r.report;
    p.sensor.value = *rc::gen::arbitrary<std::uint32_t>();
    p.time = time();
    p.kind = static_cast<picture::SensorKind>(*rc::gen::inRange(0, 7));
    p.simulated = *rc::gen::arbitrary<bool>();
    if (*rc::gen::arbitrary<bool>()) {
        p.range = number(0, 400'000);
        p.azimuth = number(0, 6.28);
        p.sigma_range = number(0, 500);
        p.sigma_azimuth = number(0, 0.1);
        r.sensor_at = geo::Position{point(), {number(-100, 5000)}};
    } else {
        p.point = point();
        const double a = number(1, 1e6), b = number(1, 1e6), c = number(-0.9, 0.9) * std::sqrt(a * b);
        r.covariance << a, c, c, b;
    }
    if (const auto h = maybe(-500, 40'000)) p.pressure_altitude = geo::PressureAltitude{*h};
    if (const auto h = maybe(-500, 40'000)) p.geometric_height = geo::EllipsoidalHeight{*h};
    p.identity = identity();
    return r;
}

inline picture::Notice notice() {
    picture::Notice n;
    n.kind = static_cast<picture::NoticeKind>(*rc::gen::inRange(0, 5));
    n.leave = leave();
    n.number = *rc::gen::arbitrary<std::uint64_t>();
    n.time = time();
    if (*rc::gen::arbitrary<bool>()) n.at = point();
    n.track = *rc::gen::arbitrary<std::uint64_t>();
    n.open = *rc::gen::arbitrary<bool>();
    n.what = text();
    n.detail = text();
    n.radius = number(0, 500'000);
    n.lineage = lineage();
    return n;
}

inline AuditHead head() {
    AuditHead h{text(), *rc::gen::arbitrary<std::uint64_t>(), {}, base::digest(text())};
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) h.entries.push_back({time(), text().substr(0, 32), text()});
    return h;
}

inline Batch batch() {
    Batch b;
    b.tick = time();
    b.law_time = time();
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i) b.contributions.push_back(contribution());
    for (int i = *rc::gen::inRange(0, 5); i > 0; --i)
        b.drops.push_back({state(), *rc::gen::arbitrary<std::uint64_t>()});
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) b.reports.push_back(report());
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) b.notices.push_back(notice());
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
        b.handed.push_back({text(), *rc::gen::arbitrary<std::uint64_t>(), {1, 2, 3}});
        b.heads.push_back(head());
        b.countersignatures.push_back({text(), 7, base::digest(text()), text()});
        b.refusals.push_back({text(), 8, 3, text()});
    }
    for (int i = *rc::gen::inRange(0, 2); i > 0; --i) b.law_acts.push_back({text(), text()});
    return b;
}

}  // namespace asman::wire::gen
