// What 010 and 020 have in common: targets located by several receivers, or by a radar that looks at the ground.
#pragma once

#include "records.hpp"

#include <optional>

namespace asman::sources {

/// On the ellipsoid where the record says it, else from the plane of the system's reference point.
template <class View>
std::optional<geo::Point> on_ellipsoid_or(const View& v, const Context& c, std::optional<Eigen::Vector2d> in_plane) {
    if (const auto p = v.i041()) return geo::Point::degrees(p->lat(), p->lon() == -180 ? 180 : p->lon());
    if (!in_plane || !c.sensor.state.sensor.position) return std::nullopt;
    return c.sensor.frame.from_local(Eigen::Vector3d(in_plane->x(), in_plane->y(), 0)).at;
}

/// A report with its time and place; nothing, and counted, where the record is no measurement. `kind` of nothing: of a
/// kind that is not tracked.
template <class View>
std::optional<picture::TargetReport> located(const View& v, const Context& c, std::optional<picture::SensorKind> kind,
                                             std::optional<geo::Point> point) {
    auto& n = c.count();
    const auto counted = [](std::uint64_t& counter) {
        ++counter;
        return std::nullopt;
    };
    const auto d = v.i020();
    const bool simulated = d && d->sim().value_or(false);
    if (!c.admits(simulated, d && d->rab().value_or(false), d && d->tst().value_or(false))) return std::nullopt;
    if (!kind) return counted(n.other);
    const auto status = v.i170();
    if (status && status->gho().value_or(false)) return counted(n.doubtful);
    // An extrapolated place is no measurement.
    if (status && (status->tre() || status->cst() != 0)) return counted(n.ended);
    if (!point) return counted(n.no_position);
    const auto tod = v.i140();
    if (!tod) return counted(n.no_time);
    const auto time = c.time_of_day(*tod);
    if (!time) return std::nullopt;
    auto r = c.report(*time, *kind, simulated);
    r.point = point;
    if (const auto fl = v.i090()) {
        r.pressure_altitude = geo::PressureAltitude::from_flight_level(fl->fl());
        r.pressure_altitude_valid = !fl->v() && !fl->g();
    }
    r.identity.address = v.i220();
    if (const auto id = v.i245()) r.identity.callsign = callsign_of(id->chr().view());
    if (d) r.identity.special_position = d->spi().value_or(false);
    return r;
}

/// Item 010/060 or 020/070.
template <class Code>
void set_code(picture::TargetReport& r, const Code& code) {
    if (!code) return;
    r.identity.mode_3a = code->mode3a();
    r.identity.mode_3a_valid = !code->v() && !code->g() && !code->l();
}

}  // namespace asman::sources
