// ADS-B target reports: 021, editions 0.23 to 0.26 and 2.1 onwards.
#include "adsb_derived.hpp"
#include "quality.hpp"

#include <asman/asterix/cat021.hpp>

#include <numbers>

namespace asman::sources {
namespace {

using asterix::cat021::View;

/// The flags of both families of editions.
struct Descriptor {
    bool simulated = false, test = false, field_monitor = false, failed_checks = false, icao = true;
};

Descriptor descriptor(const View& v) {
    if (const auto d = v.i040())
        return {d->sim().value_or(false), d->tst().value_or(false), d->rab(),
                d->nogo().value_or(false) || d->cpr().value_or(false) || d->ldpj().value_or(false), d->atp() == 0};
    if (const auto d = v.i040_0_26()) return {d->sim(), d->tst(), d->rab(), false, d->atp() != 0};
    return {};
}

std::optional<geo::Point> position(const View& v) {
    const auto point = [](const auto& p) { return geo::Point::degrees(p.lat(), p.lon() == -180 ? 180 : p.lon()); };
    if (const auto p = v.i131()) return point(*p);
    if (const auto p = v.i130()) return point(*p);
    if (const auto p = v.i130_0_26()) return point(*p);
    return std::nullopt;
}

/// When the position was true: by the aircraft's clock, else when it was received, else when it was sent on.
std::optional<double> time_of_position(const View& v) {
    for (const auto t : {v.i071(), v.i073(), v.i030(), v.i077()})
        if (t) return t;
    return std::nullopt;
}

double sigma(const View& v) {
    if (const auto q = v.i090()) {
        if (const auto nac = q->nacp())
            if (const auto s = sigma_of_nac_p(*nac)) return *s;
        const auto version = v.i210();
        const bool first_version = version && version->vn() == 0;
        if (const auto s = first_version ? sigma_of_nuc_p(q->nucpnic()) : sigma_of_nic(q->nucpnic())) return *s;
    } else if (const auto old = v.i090_0_26()) {
        // Four bits, called signed in the old table; a figure as NACp.
        if (const auto s = sigma_of_nac_p(static_cast<unsigned>(static_cast<int>(old->pa()) & 15))) return *s;
    }
    return unknown_sigma;
}

void set_motion(picture::TargetReport& r, const View& v) {
    const auto ground = [&](double nm_per_s, double degrees) {
        r.ground_speed = nm_per_s * geo::nautical_mile;
        r.track_angle = degrees * geo::deg;
    };
    if (const auto g = v.i160(); g && !g->re()) ground(g->gs(), g->ta());
    if (const auto g = v.i160_0_26(); g && g->gs() >= 0) ground(g->gs(), g->ta());
    constexpr double per_minute = geo::foot / 60;
    if (const auto rate = v.i157(); rate && !rate->re()) r.vertical_rate = rate->gvr() * per_minute;
    if (const auto rate = v.i157_0_26()) r.vertical_rate = *rate * per_minute;
    if (const auto rate = v.i155(); rate && !rate->re()) r.vertical_rate = rate->bvr() * per_minute;
    if (const auto rate = v.i155_0_26()) r.vertical_rate = *rate * per_minute;
}

void set_identity(picture::TargetReport& r, const View& v, const Descriptor& d) {
    auto& i = r.identity;
    if (d.icao) i.address = v.i080();
    if (const auto code = v.i070()) {
        i.mode_3a = code->mode3a();
        i.mode_3a_valid = !code->v() && !code->g() && !code->l();
    }
    if (const auto id = v.i170()) i.callsign = callsign_of(id->view());
    if (const auto s = v.i200()) {
        i.emergency = s->ps();
        i.special_position = s->ss() == 3;
    } else if (const auto old = v.i200_0_26(); old && *old <= 5) {
        i.emergency = *old;
    }
}

}  // namespace

void take_021(const asterix::Record& record, const Context& c) {
    const View v(record);
    auto& n = c.count();
    const auto d = descriptor(v);
    if (!c.admits(d.simulated, d.field_monitor, d.test)) return;
    if (d.failed_checks) return void(++n.doubtful);
    // 20 to 24: vehicles on the ground and obstacles.
    if (const auto emitter = v.i020(); emitter && *emitter >= 20 && *emitter <= 24) return void(++n.other);
    const auto point = position(v);
    if (!point) return void(++n.no_position);
    const auto tod = time_of_position(v);
    if (!tod) return void(++n.no_time);
    const auto time = c.time_of_day(*tod);
    if (!time) return;
    auto r = c.report(*time, picture::SensorKind::ads_b, d.simulated);
    r.point = point;
    r.sigma_horizontal = sigma(v);
    if (const auto fl = v.i145()) r.pressure_altitude = geo::PressureAltitude::from_flight_level(*fl);
    if (const auto h = v.i140()) r.geometric_height = geo::EllipsoidalHeight{*h * geo::foot};
    set_motion(r, v);
    if (const auto q = v.i090()) {
        if (const auto s = sigma_of_nac_v(q->nucrnacv())) r.sigma_velocity = *s;
        if (const auto gva = q->gva())
            if (const auto s = sigma_of_gva(*gva)) r.sigma_geometric_height = *s;
    }
    set_identity(r, v, d);
    tell_adsb(r, v, *tod, c);
    if (const auto number = v.i161()) r.source_track = number->trnum();
    c.give(std::move(r));
}

}  // namespace asman::sources
