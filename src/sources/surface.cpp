// Surface movement radar and multilateration: 010.
#include "surface.hpp"

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

/// Metres east and north of the system's reference point.
std::optional<Eigen::Vector2d> in_plane(const View& v) {
    if (const auto xy = v.i042()) return Eigen::Vector2d(xy->x(), xy->y());
    const auto polar = v.i040();
    if (!polar) return std::nullopt;
    return polar->rho() * Eigen::Vector2d(std::sin(polar->th() * geo::deg), std::cos(polar->th() * geo::deg));
}

}  // namespace

void take_010(const asterix::Record& record, const Context& c) {
    const View v(record);
    if (v.i000().value_or(target_report) != target_report) return void(++c.count().other);
    const auto d = v.i020();
    auto r = located(v, c, kind_of(d ? d->typ() : 7), on_ellipsoid_or(v, c, in_plane(v)));
    if (!r) return;
    const auto deviation = v.i500();
    if (deviation) {
        // COVXY is a root with a sign, in metres as the deviations are.
        const double root = deviation->covxy(), x = std::max(deviation->devx(), 1.0),
                     y = std::max(deviation->devy(), 1.0);
        const double most = 0.95 * x * y;
        r->horizontal_covariance = {x * x, y * y, std::clamp(std::copysign(root * root, root), -most, most)};
    }
    r->sigma_horizontal =
        deviation ? std::max(1.0, std::hypot(deviation->devx(), deviation->devy()) / std::sqrt(2.0)) : 10;
    set_code(*r, v.i060());
    if (const auto number = v.i161()) r->source_track = number->trk();
    c.give(std::move(*r));
}

}  // namespace asman::sources
