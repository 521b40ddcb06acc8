// System tracks of another tracker: 062. They are shown and handed on as reports of kind `tracker`.
#include "records.hpp"

#include <asman/asterix/cat062.hpp>

#include <cmath>

namespace asman::sources {
namespace {

using asterix::cat062::View;

constexpr double unsaid_sigma = 150;  ///< metres, for trackers that say nothing of their accuracy

double sigma(const View& v) {
    const auto a = v.i500();
    if (!a) return unsaid_sigma;
    const auto root_mean = [](double x, double y) { return std::max(1.0, std::hypot(x, y) / std::sqrt(2.0)); };
    if (const auto plane = a->apc()) return root_mean(plane->x(), plane->y());
    constexpr double metres_per_degree = 111'320;
    if (const auto world = a->apw())
        return root_mean(world->lat() * metres_per_degree, world->lon() * metres_per_degree);
    return unsaid_sigma;
}

/// Address and callsign down-linked from the aircraft, whichever edition's item carries them.
template <class Derived>
void set_derived(picture::ReportedIdentity& i, const Derived& d) {
    if (!d) return;
    if (const auto address = d->adr()) i.address = *address;
    if (const auto id = d->id()) i.callsign = callsign_of(id->view());
}

void set_heights(picture::TargetReport& r, const View& v) {
    // Measured level first; a calculated one only where it is not corrected by a local pressure.
    if (const auto measured = v.i136())
        r.pressure_altitude = geo::PressureAltitude::from_flight_level(*measured);
    else if (const auto calculated = v.i135(); calculated && !calculated->qnh())
        r.pressure_altitude = geo::PressureAltitude::from_flight_level(calculated->ctb());
    if (const auto h = v.i130()) r.geometric_height = geo::EllipsoidalHeight{*h * geo::foot};
    if (const auto rate = v.i220()) r.vertical_rate = *rate * geo::foot / 60;
}

}  // namespace

void take_062(const asterix::Record& record, const Context& c) {
    const View v(record);
    auto& n = c.count();
    const auto status = v.i080();
    const bool simulated = status && status->sim().value_or(false);
    if (!c.admits(simulated)) return;
    if (status && (status->tse().value_or(false) || status->cst().value_or(false))) return void(++n.ended);
    const auto p = v.i105();
    // 062/100 is a place in a plane whose origin no record says.
    if (!p) return void(++n.no_position);
    const auto tod = v.i070();
    if (!tod) return void(++n.no_time);
    const auto time = c.time_of_day(*tod);
    if (!time) return;
    auto r = c.report(*time, picture::SensorKind::tracker, simulated);
    r.point = geo::Point::degrees(p->lat(), p->lon() == -180 ? 180 : p->lon());
    r.sigma_horizontal = sigma(v);
    if (const auto velocity = v.i185()) {
        r.ground_speed = std::hypot(velocity->vx(), velocity->vy());
        r.track_angle = geo::wrap_2pi(std::atan2(velocity->vx(), velocity->vy()));
    }
    set_heights(r, v);
    if (const auto code = v.i060()) {
        r.identity.mode_3a = code->mode3a();
        r.identity.mode_3a_valid = !code->v() && !code->g();
    }
    set_derived(r.identity, v.i380());
    set_derived(r.identity, v.i380_1_19());
    if (r.identity.callsign.empty())
        if (const auto id = v.i245()) r.identity.callsign = callsign_of(id->chr().view());
    r.identity.special_position = status && status->spi();
    r.source_track = v.i040();
    c.give(std::move(r));
}

}  // namespace asman::sources
