#include <asman/coverage/detection.hpp>

#include <algorithm>
#include <cmath>

namespace asman::coverage {
namespace {

constexpr double false_alarm = 1e-6;
constexpr double knee = 8 * geo::deg;    ///< elevation from which the beam is cosecant squared
constexpr double edge = 0.1 * geo::deg;  ///< above the horizon: the beam is partly cut off

}  // namespace

double primary_snr(double range, double rcs, double elevation, double reference_range) {
    static const double snr_half = std::log(false_alarm) / std::log(0.5) - 1;
    const double ratio = reference_range / std::max(range, 100.0);
    double gain = 1;
    if (elevation > knee) {
        const double g = std::sin(knee) / std::sin(elevation);
        gain = g * g * g * g;
    }
    return snr_half * rcs * ratio * ratio * ratio * ratio * gain;
}

double primary_detection(double range, double rcs, double elevation, double reference_range) {
    return std::pow(false_alarm, 1 / (1 + primary_snr(range, rcs, elevation, reference_range)));
}

double free_space_loss(double metres) {
    constexpr double wavelength = 299'792'458.0 / 1.09e9;
    return 20 * std::log10(4 * std::numbers::pi * std::max(metres, 1.0) / wavelength);
}

double message_probability(const LinkBudget& link, double transmit_dbm, double metres) {
    const double margin = transmit_dbm + link.gain_dbi - link.loss_db - free_space_loss(metres) - link.sensitivity_dbm;
    const double one = 0.5 * std::erfc(-margin / std::max(link.scatter_db, 0.01) / std::numbers::sqrt2);
    return 1 - (1 - one) * (1 - one);
}

double look_probability(const Instrument& i, const Target& target, double range, double elevation, double margin,
                        double apparent) {
    const auto& s = i.sensor;
    if (margin <= 0 || range > s.max_range || elevation > i.max_elevation || apparent < i.min_elevation) return 0;
    if (s.kind == picture::SensorKind::ads_b) {
        if (!target.ads_b) return 0;
        if (i.link) return s.detection_probability * message_probability(*i.link, target.transmit_dbm, range);
        // Fewer messages are readable as the signal fades towards the edge of the link budget.
        const double fade = range / s.max_range;
        return s.detection_probability * (1 - 0.7 * std::pow(fade, 8));
    }
    double missed = 1;
    if (target.transponder && s.kind != picture::SensorKind::primary) missed *= 1 - s.detection_probability;
    if (i.primary_range > 0 && range <= i.primary_range)
        missed *= 1 - primary_detection(range, target.rcs, elevation, i.primary_reference_range) *
                          std::min(1.0, margin / edge);
    return 1 - missed;
}

double look_probability(const Instrument& i, const Target& target, const Horizon& horizon, const Eigen::Vector3d& enu) {
    const double range = enu.norm();
    if (range > i.sensor.max_range) return 0;
    return look_probability(i, target, range, std::atan2(enu.z(), std::hypot(enu.x(), enu.y())),
                            horizon.margin_local(enu), horizon.apparent_elevation(enu));
}

double reach_for(const Instrument& i, const Target& target) {
    using K = picture::SensorKind;
    if (i.sensor.kind == K::ads_b) return target.ads_b ? i.sensor.max_range : 0;
    const double primary = std::min(i.primary_range, i.sensor.max_range);
    return target.transponder && i.sensor.kind != K::primary ? i.sensor.max_range : primary;
}

double look_period(const Instrument& i) {
    return i.sensor.scan_period.ns > 0 ? i.sensor.scan_period.seconds() : 1.0;
}

}  // namespace asman::coverage
