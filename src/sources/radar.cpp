// Monoradar reports: 048 and its predecessor 001.
#include "derived.hpp"

#include <asman/asterix/cat001.hpp>
#include <asman/asterix/cat048.hpp>
#include <asman/modes/message.hpp>

#include <algorithm>

namespace asman::sources {
namespace {

using picture::SensorKind;
using picture::TargetReport;

/// The time that a plot without one had: when the beam passed it.
std::optional<base::Time> estimated_time(const Context& c, double azimuth) {
    const auto t = c.sensor.beam.passed(azimuth, c.received);
    if (!t) ++c.count().no_time;
    return t;
}

/// 048/020 TYP and 001/020 SSRPSR.
SensorKind kind_048(unsigned typ) {
    switch (typ) {
        case 1:
            return SensorKind::primary;
        case 2:
            return SensorKind::secondary;
        case 4:
        case 5:
            return SensorKind::mode_s;
        default:
            return SensorKind::combined;
    }
}
SensorKind kind_001(unsigned ssr_psr) {
    return ssr_psr == 1 ? SensorKind::primary : ssr_psr == 2 ? SensorKind::secondary : SensorKind::combined;
}

/// What a radar's warnings mean for tracking. Reflection, side lobe, second time around, phantom: no aircraft is there.
struct Warnings {
    bool doubtful = false, split = false, code = false, height = false;
};

Warnings warnings_048(const asterix::cat048::View& v) {
    Warnings w;
    const auto item = v.i030();
    for (std::size_t i = 0; item && i < item->size(); ++i) {
        const unsigned code = (*item)[i];
        w.doubtful |= code == 1 || code == 2 || code == 4 || code == 10;
        w.split |= code == 3;
        w.code |= code == 11;
        w.height |= code == 12 || code == 18;
    }
    return w;
}

Warnings warnings_001(const asterix::cat001::View& v) {
    Warnings w;
    const auto item = v.i030();
    for (std::size_t i = 0; item && i < item->size(); ++i) {
        const unsigned code = (*item)[i];
        w.doubtful |= code == 2 || code == 3 || code == 5 || code == 66;
        w.split |= code == 4;
        w.code |= code == 64;
        w.height |= code == 65;
    }
    return w;
}

/// Slant range (metres) and azimuth; a split plot's errors are doubled.
void set_polar(TargetReport& r, const Context& c, double range, double azimuth, const Warnings& w) {
    r.range = range;
    r.azimuth = azimuth;
    if (!w.split) return;
    r.sigma_range = 2 * c.sensor.state.sensor.sigma_range;
    r.sigma_azimuth = 2 * c.sensor.state.sensor.sigma_azimuth;
    ++c.count().split_plots;
}

/// Ground vector from registers 5,0, whose number 048/250 says.
void set_motion(TargetReport& r, const asterix::cat048::View& v) {
    const auto item = v.i250();
    for (std::size_t i = 0; item && i < item->size(); ++i) {
        const auto data = (*item)[i];
        std::array<std::byte, 7> bytes{};
        for (std::size_t k = 0; k < 7; ++k) bytes[k] = static_cast<std::byte>(data.mbdata() >> (48 - 8 * k) & 0xFF);
        if (data.bds1() == 5 && data.bds2() == 0) {
            const auto motion = modes::decode_bds50(bytes);
            if (motion && motion->ground_speed) r.ground_speed = *motion->ground_speed * geo::knot;
            if (motion && motion->true_track) r.track_angle = *motion->true_track * geo::deg;
            if (motion && motion->track_rate) r.turn_rate = *motion->track_rate * geo::deg;
        } else if (data.bds1() == 6 && data.bds2() == 0) {
            const auto motion = modes::decode_bds60(bytes);
            const auto rate = !motion                          ? std::nullopt
                              : motion->inertial_vertical_rate ? motion->inertial_vertical_rate
                                                               : motion->baro_vertical_rate;
            if (rate) r.vertical_rate = *rate * geo::foot / 60;
        }
    }
}

void set_derived(TargetReport& r, const asterix::cat048::View& v, const Context& c) {
    Teller teller(r, c);
    tell_communications(teller, v.i230());
    if (const auto advisory = v.i260()) teller.mode_s_register(acas_register, *advisory);
    tell_registers(teller, v.i250());
}

void set_identity(TargetReport& r, const asterix::cat048::View& v, const Warnings& w) {
    if (const auto code = v.i070()) {
        r.identity.mode_3a = code->mode3a();
        r.identity.mode_3a_valid = !code->v() && !code->g() && !code->l() && !w.code;
    }
    if (const auto fl = v.i090()) {
        r.pressure_altitude = geo::PressureAltitude::from_flight_level(fl->fl());
        r.pressure_altitude_valid = !fl->v() && !fl->g() && !w.height;
    } else if (const auto old = v.i090_1_31()) {
        // Until edition 1.31 the table calls these 14 bits unsigned; radars send two's complement below level 0.
        const double level = old->fl();
        r.pressure_altitude = geo::PressureAltitude::from_flight_level(level >= 2048 ? level - 4096 : level);
        r.pressure_altitude_valid = !old->v() && !old->g() && !w.height;
    }
    r.identity.address = v.i220();
    if (const auto id = v.i240()) r.identity.callsign = callsign_of(id->view());
    const auto descriptor = v.i020();
    const auto status = v.i230();
    r.identity.special_position =
        (descriptor && descriptor->spi()) || (status && (status->stat() == 4 || status->stat() == 5));
    if (descriptor && descriptor->me().value_or(false)) r.identity.emergency = 1;
}

}  // namespace

void take_048(const asterix::Record& record, const Context& c) {
    const asterix::cat048::View v(record);
    auto& n = c.count();
    const auto d = v.i020();
    const bool simulated = d && d->sim();
    if (!c.admits(simulated, d && d->rab(), d && d->tst().value_or(false))) return;
    const auto w = warnings_048(v);
    const auto status = v.i170();
    if (w.doubtful || (status && status->gho().value_or(false))) return void(++n.doubtful);
    const auto place = v.i040();
    // No detection: the radar's own tracker coasts.
    if ((d && d->typ() == 0) || (status && status->tre().value_or(false) && !place)) return void(++n.ended);
    if (!place || !c.sensor.state.sensor.position) return void(++n.no_position);

    const double azimuth = place->theta() * geo::deg;
    const auto tod = v.i140();
    const auto time = tod ? c.time_of_day(*tod) : estimated_time(c, azimuth);
    if (!time) return;
    auto r = c.report(*time, kind_048(d ? d->typ() : 3), simulated);
    r.time_estimated = !tod;
    set_polar(r, c, place->rho() * geo::nautical_mile, azimuth, w);
    // 048/170 TCC speaks of 042, the tracker's own coordinates: 040 is slant range always, so it is corrected once.
    n.corrected_range += status && status->tcc().value_or(false);
    set_identity(r, v, w);
    set_motion(r, v);
    set_derived(r, v, c);
    if (const auto number = v.i161()) r.source_track = number->trn();
    c.give(std::move(r));
}

void take_001(const asterix::Record& record, const Context& c) {
    const asterix::cat001::View v(record);
    auto& n = c.count();
    const auto d = v.i020();
    const bool simulated = d && d->sim();
    if (!c.admits(simulated, d && d->rab(), d && d->tst().value_or(false))) return;
    const auto w = warnings_001(v);
    const auto status = v.i170();
    if (w.doubtful || (status && status->gho())) return void(++n.doubtful);
    const auto place = v.i040();
    if ((d && d->ssrpsr() == 0) || (status && status->tre().value_or(false) && !place)) return void(++n.ended);
    if (!place || !c.sensor.state.sensor.position) return void(++n.no_position);

    const double azimuth = place->theta() * geo::deg;
    const auto truncated = v.i141();
    const auto time = truncated ? std::optional(unwrap_512(*truncated, c.received)) : estimated_time(c, azimuth);
    if (!time) return;
    auto r = c.report(*time, kind_001(d ? d->ssrpsr() : 3), simulated);
    r.time_estimated = !truncated;
    set_polar(r, c, place->rho() * geo::nautical_mile, azimuth, w);
    if (const auto code = v.i070()) {
        r.identity.mode_3a = code->mode3a();
        r.identity.mode_3a_valid = !code->v() && !code->g() && !code->l() && !w.code;
    }
    if (const auto height = v.i090()) {
        r.pressure_altitude = geo::PressureAltitude::from_flight_level(height->hgt());
        r.pressure_altitude_valid = !height->v() && !height->g() && !w.height;
    }
    r.identity.special_position = d && d->spi();
    if (d && d->me().value_or(false)) r.identity.emergency = 1;
    if (d && d->typ()) r.source_track = v.i161();
    c.give(std::move(r));
}

}  // namespace asman::sources
