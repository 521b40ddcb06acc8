// Multilateration target reports: 020.
#include "records.hpp"

#include <asman/asterix/cat020.hpp>
#include <asman/modes/message.hpp>

#include <algorithm>
#include <cmath>

namespace asman::sources {
namespace {

using asterix::cat020::View;

constexpr double unsaid_sigma = 30;  ///< metres, for systems that say nothing of their accuracy

/// On the ellipsoid where the record says it, else from the plane of the system's reference point.
std::optional<geo::Point> position(const View& v, const Context& c) {
    if (const auto p = v.i041()) return geo::Point::degrees(p->lat(), p->lon() == -180 ? 180 : p->lon());
    const auto xy = v.i042();
    if (!xy || !c.sensor.state.sensor.position) return std::nullopt;
    return c.sensor.frame.from_local(Eigen::Vector3d(xy->x(), xy->y(), 0)).at;
}

/// Where the receivers stand makes the error an ellipse: 020/500 SDP, standard deviations and their correlation.
void set_error(picture::TargetReport& r, const View& v) {
    r.sigma_horizontal = unsaid_sigma;
    const auto quality = v.i500();
    const auto deviation = quality ? quality->sdp() : std::nullopt;
    if (!deviation) return;
    const double x = std::max(deviation->x(), 1.0), y = std::max(deviation->y(), 1.0);
    r.horizontal_covariance = {x * x, y * y, std::clamp(deviation->xy(), -0.95, 0.95) * x * y};
    r.sigma_horizontal = std::hypot(x, y) / std::sqrt(2.0);
}

void set_identity(picture::TargetReport& r, const View& v) {
    if (const auto code = v.i070()) {
        r.identity.mode_3a = code->mode3a();
        r.identity.mode_3a_valid = !code->v() && !code->g() && !code->l();
    }
    r.identity.address = v.i220();
    if (const auto id = v.i245()) r.identity.callsign = callsign_of(id->chr().view());
}

}  // namespace

void take_020(const asterix::Record& record, const Context& c) {
    const View v(record);
    auto& n = c.count();
    const auto d = v.i020();
    const bool simulated = d && d->sim().value_or(false);
    if (!c.admits(simulated)) return;
    if (d && d->rab().value_or(false)) return void(++n.field_monitors);
    if (d && d->tst().value_or(false)) return void(++n.test_targets);
    const auto status = v.i170();
    if (status && status->gho().value_or(false)) return void(++n.doubtful);
    // An extrapolated place is no measurement.
    if (status && (status->tre() || status->cst())) return void(++n.ended);
    const auto point = position(v, c);
    if (!point) return void(++n.no_position);
    const auto tod = v.i140();
    if (!tod) return void(++n.no_time);
    const auto time = c.time_of_day(*tod);
    if (!time) return;
    auto r = c.report(*time, picture::SensorKind::multilateration, simulated);
    r.point = point;
    set_error(r, v);
    if (const auto fl = v.i090()) {
        r.pressure_altitude = geo::PressureAltitude::from_flight_level(fl->fl());
        r.pressure_altitude_valid = !fl->v() && !fl->g();
    }
    if (const auto h = v.i105()) r.geometric_height = geo::EllipsoidalHeight{*h * geo::foot};
    set_identity(r, v);
    if (d) r.identity.special_position = d->spi().value_or(false);
    if (const auto number = v.i161()) r.source_track = number->trn();
    c.give(std::move(r));
}

}  // namespace asman::sources
