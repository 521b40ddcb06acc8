// Multilateration target reports: 020.
#include "derived.hpp"
#include "surface.hpp"

#include <asman/asterix/cat020.hpp>

#include <algorithm>
#include <cmath>

namespace asman::sources {
namespace {

using asterix::cat020::View;

constexpr double unsaid_sigma = 30;  ///< metres, for systems that say nothing of their accuracy

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

void set_derived(picture::TargetReport& r, const View& v, const Context& c) {
    Teller teller(r, c);
    tell_communications(teller, v.i230());
    if (const auto advisory = v.i260()) teller.mode_s_register(acas_register, *advisory);
    tell_registers(teller, v.i250());
    tell_registers(teller, v.i250_1_10());
    tell_registers(teller, v.i250_1_9());
}

}  // namespace

void take_020(const asterix::Record& record, const Context& c) {
    const View v(record);
    const auto xy = v.i042();
    auto r = located(v, c, picture::SensorKind::multilateration,
                     on_ellipsoid_or(v, c, xy ? std::optional(Eigen::Vector2d(xy->x(), xy->y())) : std::nullopt));
    if (!r) return;
    set_error(*r, v);
    if (const auto h = v.i105()) r->geometric_height = geo::EllipsoidalHeight{*h * geo::foot};
    set_code(*r, v.i070());
    set_derived(*r, v, c);
    if (const auto number = v.i161()) r->source_track = number->trn();
    c.give(std::move(*r));
}

}  // namespace asman::sources
