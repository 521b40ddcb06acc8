#include <asman/coverage/joint.hpp>

#include <algorithm>
#include <cmath>

namespace asman::coverage {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// Bearing of the line between two points at `to`, on a sphere.
double bearing_at(geo::Point to, geo::Point from) {
    const double d = from.lon - to.lon;
    return std::atan2(std::cos(from.lat) * std::sin(d),
                      std::cos(to.lat) * std::sin(from.lat) - std::sin(to.lat) * std::cos(from.lat) * std::cos(d));
}

}  // namespace

std::string_view name(Blind why) {
    constexpr std::string_view names[] = {"seen", "range", "terrain", "cone", "no_data", "beam"};
    return names[static_cast<std::size_t>(why)];
}

std::optional<std::size_t> Joint::window(std::size_t sensor, std::size_t cell) const {
    const Footprint& f = footprints_[sensor];
    const std::size_t row = cell / grid_.columns, column = cell % grid_.columns;
    const std::size_t across =
        column >= f.first_column ? column - f.first_column : column + grid_.columns - f.first_column;
    if (row < f.first_row || row >= f.first_row + f.rows || across >= f.columns) return std::nullopt;
    return (row - f.first_row) * f.columns + across;
}

Eigen::Vector3d Joint::local(std::size_t sensor, std::size_t cell, double altitude) const {
    constexpr double e2 = 6.69437999014131699614e-3;
    const auto& parallel = parallels_[cell / grid_.columns];
    const auto& meridian = meridians_[cell % grid_.columns];
    const auto& antenna = antennas_[sensor];
    const double height = altitude + undulation_[cell], out = (parallel.normal + height) * parallel.cos;
    const Eigen::Vector3d d{out * meridian[0] - antenna.centre.x(), out * meridian[1] - antenna.centre.y(),
                            (parallel.normal * (1 - e2) + height) * parallel.sin - antenna.centre.z()};
    return {antenna.east.dot(d), antenna.north.dot(d), antenna.up.dot(d)};
}

Joint::Look Joint::look(std::size_t sensor, std::size_t cell, double altitude, const Target& target) const {
    const Footprint& f = footprints_[sensor];
    const auto w = window(sensor, cell);
    if (!w || std::isnan(f.lowest[*w])) return {};
    return look_over(sensor, cell, altitude, target, f.lowest[*w]);
}

Joint::Look Joint::look_over(std::size_t sensor, std::size_t cell, double altitude, const Target& target,
                             float lowest) const {
    const Footprint& f = footprints_[sensor];
    auto out = judge(f.instrument, target, local(sensor, cell, altitude), altitude - lowest, antennas_[sensor].lift);
    if (out.why != Blind::seen && out.range <= f.instrument.sensor.max_range && std::isnan(ground_[cell]))
        out.why = Blind::no_data;
    return out;
}

Joint::Look Joint::judge(const Instrument& instrument, const Target& target, const Eigen::Vector3d& enu, double above,
                         double lift) {
    Look out;
    out.range = enu.norm();
    if (out.range > reach_for(instrument, target)) return out;
    const double rho = std::hypot(enu.x(), enu.y()), elevation = std::atan2(enu.z(), rho);
    const double apparent = std::atan2(enu.z() + lift * rho * rho, rho), margin = above / std::max(rho, 1.0);
    out.why = margin <= 0                            ? Blind::terrain
              : elevation > instrument.max_elevation ? Blind::cone
              : apparent < instrument.min_elevation  ? Blind::beam
                                                     : Blind::range;
    out.probability = look_probability(instrument, target, out.range, elevation, margin, apparent);
    if (out.probability >= 0.5) out.why = Blind::seen;
    return out;
}

Joint::Seen Joint::seen(std::size_t cell, double altitude, const Target& target,
                        const std::vector<bool>& chosen) const {
    Seen out;
    std::array<picture::State, 64> owners;  // more states than this are counted as this many
    double missed = 1, rate = 0, ee = 0, en = 0, nn = 0;
    const auto here = grid_.at(cell);
    for (std::size_t i = 0; i < footprints_.size(); ++i) {
        if (i < chosen.size() && !chosen[i]) continue;
        const auto& window_rows = footprints_[i];
        if (cell / grid_.columns - window_rows.first_row >= window_rows.rows) continue;
        const auto l = look(i, cell, altitude, target);
        constexpr int ranks[] = {0, 0, 4, 2, 1, 3};
        const auto rank = [&](Blind b) { return ranks[static_cast<std::size_t>(b)]; };
        if (l.why != Blind::seen && rank(l.why) > rank(out.why)) out.why = l.why;
        if (!(l.probability > 0)) continue;
        const auto& instrument = footprints_[i].instrument;
        missed *= 1 - l.probability;
        rate += l.probability / look_period(instrument);
        if (l.probability >= 0.5) {
            out.sensors++;
            const auto end = owners.begin() + out.states;
            if (std::find(owners.begin(), end, instrument.sensor.owner) == end && out.states < owners.size())
                owners[out.states++] = instrument.sensor.owner;
        }
        // Information of one look along and across the line of sight.
        const bool ads_b = instrument.sensor.kind == picture::SensorKind::ads_b;
        const double along = ads_b ? 10 : instrument.sensor.sigma_range;
        const double across = ads_b ? 10 : instrument.sensor.sigma_azimuth * l.range;
        const double b = bearing_at(here, instrument.sensor.position->at), s = std::sin(b), c = std::cos(b);
        const double wa = l.probability / (along * along), wc = l.probability / (across * across);
        ee += wa * s * s + wc * c * c, nn += wa * c * c + wc * s * s, en += (wa - wc) * s * c;
    }
    out.probability = 1 - missed;
    if (out.sensors > 0) out.why = Blind::seen;
    if (rate > 0) out.interval = 1 / rate;
    const double det = ee * nn - en * en;
    if (det > 0) out.sigma = std::sqrt(0.5 * (ee + nn) / det);
    return out;
}

float Joint::lowest_of(std::size_t sensor, std::size_t cell, const std::vector<float>& field, const Target& target,
                       double ceiling) const {
    const Footprint& f = footprints_[sensor];
    const auto w = window(sensor, cell);
    if (!w || field.empty() || std::isnan(field[*w])) return nan;
    const double ground = std::isnan(ground_[cell]) ? 0 : ground_[cell];
    double low = std::max<double>(field[*w], ground) + 1;
    const auto seen = [&](double altitude) {
        return look_over(sensor, cell, altitude, target, field[*w]).probability >= 0.5;
    };
    if (!seen(low)) {
        // Just above the horizon the primary beam is partly cut off, and a tilted beam passes overhead: what helps is
        // half a beam edge higher, or the beam's lower edge.
        const auto enu = local(sensor, cell, low);
        const double rho = std::hypot(enu.x(), enu.y()), lift = antennas_[sensor].lift * rho * rho;
        const double edge = std::max(0.0, rho * std::tan(f.instrument.min_elevation) - lift - enu.z());
        const double above = low + std::min(edge, ceiling) + rho * 0.1 * geo::deg;
        if (!seen(above)) return nan;
        double bad = low, good = above;
        for (int i = 0; i < 20 && good - bad > 1; ++i) {
            const double middle = 0.5 * (bad + good);
            (seen(middle) ? good : bad) = middle;
        }
        low = good;
    }
    return low <= ceiling ? static_cast<float>(low) : nan;
}

template <class Take>
void Joint::each_lowest(std::size_t cell, const std::vector<bool>& chosen, Take take) const {
    for (std::size_t i = 0; i < footprints_.size(); ++i) {
        if (i < chosen.size() && !chosen[i]) continue;
        if (cell / grid_.columns - footprints_[i].first_row < footprints_[i].rows) take(i);
    }
}

std::array<float, 3> Joint::lowest(std::size_t cell, const Target& target, const std::vector<bool>& chosen,
                                   double ceiling) const {
    std::array<float, 3> out{nan, nan, nan};
    each_lowest(cell, chosen, [&](std::size_t i) {
        float v = lowest_of(i, cell, footprints_[i].lowest, target, ceiling);
        for (float& slot : out)
            if (!std::isnan(v) && (std::isnan(slot) || v < slot)) std::swap(slot, v);
    });
    return out;
}

std::array<float, 2> Joint::bounds(std::size_t cell, const Target& target, const std::vector<bool>& chosen,
                                   double ceiling) const {
    std::array<float, 2> out{nan, nan};
    each_lowest(cell, chosen, [&](std::size_t i) {
        const auto& f = footprints_[i];
        const float v[] = {lowest_of(i, cell, f.if_lower, target, ceiling),
                           lowest_of(i, cell, f.if_higher, target, ceiling)};
        for (std::size_t k = 0; k < 2; ++k)
            if (std::isnan(out[k]) || v[k] < out[k]) out[k] = v[k];
    });
    return out;
}

}  // namespace asman::coverage
