// Surface movement radar and multilateration: 010.
#include "records.hpp"

#include <asman/asterix/cat010.hpp>

#include <cmath>

namespace asman::sources {
namespace {

using asterix::cat010::View;
using picture::SensorKind;

enum : std::uint8_t { target_report = 1 };

std::optional<SensorKind> kind_of(unsigned typ) {
    switch (typ) {
        case 0:
        case 1:
            return SensorKind::multilateration;
        case 2:
            return SensorKind::ads_b;
        case 3:
            return SensorKind::primary;
        default:
            return std::nullopt;
    }
}

/// On the ellipsoid where the record says it, else from the plane of the system's reference point.
std::optional<geo::Point> position(const View& v, const Context& c) {
    if (const auto p = v.i041()) return geo::Point::degrees(p->lat(), p->lon() == -180 ? 180 : p->lon());
    if (!c.sensor.state.sensor.position) return std::nullopt;
    Eigen::Vector3d enu = Eigen::Vector3d::Zero();
    if (const auto xy = v.i042()) {
        enu.x() = xy->x();
        enu.y() = xy->y();
    } else if (const auto polar = v.i040()) {
        enu.x() = polar->rho() * std::sin(polar->th() * geo::deg);
        enu.y() = polar->rho() * std::cos(polar->th() * geo::deg);
    } else {
        return std::nullopt;
    }
    return c.sensor.frame.from_local(enu).at;
}

}  // namespace

void take_010(const asterix::Record& record, const Context& c) {
    const View v(record);
    auto& n = c.count();
    if (v.i000().value_or(target_report) != target_report) return void(++n.other);
    const auto d = v.i020();
    const bool simulated = d && d->sim().value_or(false);
    if (!c.admits(simulated)) return;
    if (d && d->rab().value_or(false)) return void(++n.field_monitors);
    if (d && d->tst().value_or(false)) return void(++n.test_targets);
    const auto kind = kind_of(d ? d->typ() : 7);
    if (!kind) return void(++n.other);
    const auto status = v.i170();
    if (status && status->gho().value_or(false)) return void(++n.doubtful);
    // An extrapolated place is no measurement.
    if (status && (status->tre() || status->cst() != 0)) return void(++n.ended);
    const auto point = position(v, c);
    if (!point) return void(++n.no_position);
    const auto tod = v.i140();
    if (!tod) return void(++n.no_time);
    const auto time = c.time_of_day(*tod);
    if (!time) return;
    auto r = c.report(*time, *kind, simulated);
    r.point = point;
    const auto deviation = v.i500();
    if (deviation) {
        // COVXY is a root with a sign, in metres as the deviations are.
        const double root = deviation->covxy(), x = std::max(deviation->devx(), 1.0),
                     y = std::max(deviation->devy(), 1.0);
        const double most = 0.95 * x * y;
        r.horizontal_covariance = {x * x, y * y, std::clamp(std::copysign(root * root, root), -most, most)};
    }
    r.sigma_horizontal =
        deviation ? std::max(1.0, std::hypot(deviation->devx(), deviation->devy()) / std::sqrt(2.0)) : 10;
    if (const auto code = v.i060()) {
        r.identity.mode_3a = code->mode3a();
        r.identity.mode_3a_valid = !code->v() && !code->g() && !code->l();
    }
    if (const auto fl = v.i090()) {
        r.pressure_altitude = geo::PressureAltitude::from_flight_level(fl->fl());
        r.pressure_altitude_valid = !fl->v() && !fl->g();
    }
    r.identity.address = v.i220();
    if (const auto id = v.i245()) r.identity.callsign = callsign_of(id->chr().view());
    if (d) r.identity.special_position = d->spi().value_or(false);
    if (const auto number = v.i161()) r.source_track = number->trk();
    c.give(std::move(r));
}

}  // namespace asman::sources
