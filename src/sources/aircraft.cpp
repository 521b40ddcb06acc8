#include "aircraft.hpp"

#include <cmath>

namespace asman::sources {
namespace {

constexpr base::Duration pair_age = base::seconds(10);      // both halves of a position, DO-260B A.1.7.4
constexpr base::Duration position_age = base::seconds(60);  // for one half near the last position
constexpr base::Duration motion_age = base::seconds(5);
constexpr base::Duration turn_age = base::seconds(2);
constexpr base::Duration height_age = base::seconds(10);
constexpr base::Duration code_age = base::seconds(60);
constexpr int most_doubts = 3;

/// I062/380 EMC of a category as the squitter has it (0x13: A3), DO-260B table 2-22; 0: none of its classes. Of A the
/// small, large and high-vortex ones are medium there.
std::uint8_t emitter_class(std::uint8_t category) {
    constexpr std::array<std::uint8_t, 8> a{0, 1, 3, 3, 3, 5, 6, 10}, b{0, 11, 12, 16, 15, 0, 13, 14};
    const unsigned set = category >> 4, which = category & 7;
    return set == 1 ? a[which] : set == 2 ? b[which] : std::uint8_t{0};
}

/// Great-circle distance, metres, on a sphere: good to half a per cent.
double metres(modes::LatLon a, modes::LatLon b) {
    const double dlat = (a.lat - b.lat) * geo::deg, dlon = (a.lon - b.lon) * geo::deg;
    const double h = std::pow(std::sin(dlat / 2), 2) +
                     std::cos(a.lat * geo::deg) * std::cos(b.lat * geo::deg) * std::pow(std::sin(dlon / 2), 2);
    return 2 * 6.371e6 * std::asin(std::sqrt(std::min(1.0, h)));
}

}  // namespace

void Aircraft::hear(const modes::Message& m, base::Time now) {
    last_heard_ = now;
    if (m.altitude) altitude_.set(*m.altitude, now);
    if (m.geometric_height) height_.set(*m.geometric_height, now);
    if (m.squawk) squawk_.set(*m.squawk, now);
    if (m.emergency) emergency_.set(*m.emergency, now);
    if (m.spi) spi_.set(true, now);
    if (m.velocity) velocity_.set(*m.velocity, now);
    if (m.velocity && m.type_code == 19) squitter_velocity_.set(*m.velocity, now);
    if (const auto emitter = emitter_class(m.category)) emitter_.set(emitter, now);
    if (!m.callsign.empty()) callsign_ = m.callsign;
    if (m.nac_p) nac_p_ = m.nac_p;
    // Only where a reply can be no other register than this.
    if (m.comm_b.bds50 && m.comm_b.candidates() == 1) registers_50_.set(*m.comm_b.bds50, now);
}

void Aircraft::hear(const modes::SbsMessage& m, base::Time now) {
    last_heard_ = now;
    if (m.altitude) altitude_.set(*m.altitude, now);
    if (m.squawk) squawk_.set(*m.squawk, now);
    if (m.emergency) emergency_.set(1, now);
    if (m.spi) spi_.set(true, now);
    if (m.ground_speed && m.track) {
        modes::Velocity v;
        v.ground_speed = m.ground_speed;
        v.track = m.track;
        v.vertical_rate = m.vertical_rate;
        velocity_.set(v, now);
    }
    if (!m.callsign.empty()) callsign_ = m.callsign.substr(0, 8);
}

bool Aircraft::plausible(modes::LatLon at, base::Time now) const {
    const auto* last = position_.fresh(now, position_age);
    // 700 m/s, and a second of doubt about when each was sent.
    return !last || metres(*last, at) < 700 * ((now - position_.at).seconds() + 1);
}

Placing Aircraft::place(const modes::CprPosition& position, base::Time now, std::optional<modes::LatLon> reference,
                        modes::LatLon& out) {
    halves_[position.odd].set(position, now);
    const auto* even = halves_[0].fresh(now, pair_age);
    const auto* odd = halves_[1].fresh(now, pair_age);
    std::optional<modes::LatLon> at;
    if (const auto* last = position_.fresh(now, position_age)) {
        at = decode_near(position, *last);
    } else if (!position.surface) {
        if (even && odd) at = modes::decode_pair(*even, *odd, position.odd);
    } else if (reference) {
        at = decode_near(position, *reference);
    }
    if (!at) return Placing::unpaired;
    if (!plausible(*at, now)) {
        // Either this one is wrong or the one before was: after a few in a row begin again from a pair.
        if (++doubts_ >= most_doubts) {
            position_ = {};
            doubts_ = 0;
        }
        return Placing::implausible;
    }
    doubts_ = 0;
    position_.set(*at, now);
    out = *at;
    return Placing::placed;
}

void Aircraft::fill(picture::TargetReport& report) const {
    const auto now = report.time;
    if (const auto* v = velocity_.fresh(now, motion_age)) {
        if (v->ground_speed) report.ground_speed = *v->ground_speed * geo::knot;
        if (v->track) report.track_angle = *v->track * geo::deg;
        if (v->vertical_rate) report.vertical_rate = *v->vertical_rate * geo::foot / 60;
        if (const auto s = sigma_of_nac_v(v->nac_v)) report.sigma_velocity = *s;
    } else if (const auto* b50 = registers_50_.fresh(now, motion_age)) {
        if (b50->ground_speed) report.ground_speed = *b50->ground_speed * geo::knot;
        if (b50->true_track) report.track_angle = *b50->true_track * geo::deg;
    }
    if (const auto* b50 = registers_50_.fresh(now, turn_age); b50 && b50->track_rate)
        report.turn_rate = *b50->track_rate * geo::deg;
    if (const auto* a = altitude_.fresh(now, height_age))
        report.pressure_altitude = geo::PressureAltitude{*a * geo::foot};
    if (const auto* h = height_.fresh(now, height_age))
        report.geometric_height = geo::EllipsoidalHeight{*h * geo::foot};
    if (const auto* s = squawk_.fresh(now, code_age)) report.identity.mode_3a = *s;
    if (const auto* e = emergency_.fresh(now, code_age)) report.identity.emergency = *e;
    report.identity.special_position = spi_.fresh(now, base::seconds(18)) != nullptr;
    report.identity.callsign = callsign_;
}

void Aircraft::hear_register(std::uint8_t bds, std::uint64_t content, base::Time now) {
    constexpr std::uint8_t first = 4;
    if (const unsigned at = (bds >> 4) - first; at < registers_.size() && (bds & 15) == 0)
        registers_[at].set(content, now);
}

void Aircraft::tell(picture::TargetReport& report) const {
    using enum picture::DerivedKind;
    const auto now = report.time;
    const auto tell = [&](const picture::Derived& value, base::Time at) {
        report.derived.add(value, (now - at).seconds());
    };
    const auto number = [&](picture::DerivedKind kind, const std::optional<double>& v, double unit, base::Time at) {
        if (v) tell(picture::Derived::of(kind, *v * unit), at);
    };
    constexpr double per_minute = geo::foot / 60;
    if (const auto* v = velocity_.fresh(now, picture::derived_memory)) {
        number(ground_speed, v->ground_speed, geo::knot, velocity_.at);
        number(track_angle, v->track, geo::deg, velocity_.at);
    }
    if (const auto* v = squitter_velocity_.fresh(now, picture::derived_memory)) {
        const auto at = squitter_velocity_.at;
        number(v->airspeed_true ? true_airspeed : indicated_airspeed, v->airspeed, geo::knot, at);
        number(v->vertical_rate_barometric ? barometric_rate : geometric_rate, v->vertical_rate, per_minute, at);
        tell({v->nac_v, velocity_uncertainty, 0}, at);
    }
    if (const auto* e = emitter_.fresh(now, picture::derived_memory)) tell({*e, emitter_category, 0}, emitter_.at);
    if (const auto* e = emergency_.fresh(now, picture::derived_memory))
        tell({picture::AdsbStatus{.emergency = *e}.bits(), ads_b_status, 0}, emergency_.at);
    if (report.point) tell(picture::Derived::of(*report.point), now);
    if (const auto* h = height_.fresh(now, picture::derived_memory))
        tell(picture::Derived::of(geometric_height, *h * geo::foot), height_.at);
    for (std::size_t i = 0; i < registers_.size(); ++i)
        if (const auto* content = registers_[i].fresh(now, picture::derived_memory))
            tell({*content, mode_s_register, static_cast<std::uint8_t>(0x40 + 0x10 * i)}, registers_[i].at);
}

double Aircraft::sigma(unsigned type_code) const {
    if (nac_p_)
        if (const auto s = sigma_of_nac_p(*nac_p_)) return *s;
    std::optional<double> s;
    if (type_code >= 9 && type_code <= 18) s = sigma_of_nuc_p(18 - type_code);
    if (type_code >= 5 && type_code <= 8) s = sigma_of_nuc_p(14 - type_code);
    if (type_code == 20 || type_code == 21) s = sigma_of_nuc_p(29 - type_code);
    return s.value_or(unknown_sigma);
}

}  // namespace asman::sources
