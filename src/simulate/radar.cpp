#include "random.hpp"
#include "sensors.hpp"

#include <algorithm>
#include <cmath>

namespace asman::simulate {
namespace {

using std::numbers::pi;
constexpr int sectors = 32;

}  // namespace

Radar::Radar(const Sky& sky, const SensorSpec& spec, coverage::Horizon horizon)
    : spec_(spec),
      horizon_(std::move(horizon)),
      key_(mix(sky.seed, key("sensor/" + spec.sensor.name))),
      period_(spec.sensor.scan_period.seconds()) {
    Rng rng(key_, key("phase"));
    first_ = -rng.uniform() * period_;
}

std::optional<RadarPlot> Radar::meet(const Sky& sky, const Aircraft& a, Seconds begin) const {
    // A first look in the middle of the turn rejects what is far away.
    auto state = airborne(a, begin + period_ / 2);
    if (!state) return std::nullopt;
    Eigen::Vector3d enu = horizon_.frame().to_local(state->motion.position);
    if (enu.norm() > spec_.sensor.max_range + 400 * period_) return std::nullopt;
    // When the beam points at it: the target's azimuth moves little during a turn.
    Seconds t = begin;
    for (int i = 0; i < 3; ++i) {
        t = begin + geo::wrap_2pi(std::atan2(enu.x(), enu.y())) / (2 * pi) * period_;
        state = airborne(a, t);
        if (!state) return std::nullopt;
        enu = horizon_.frame().to_local(state->motion.position);
    }
    const double range = enu.norm(), ground = std::hypot(enu.x(), enu.y());
    const double elevation = std::atan2(enu.z(), ground);
    if (range > spec_.sensor.max_range || elevation > spec_.max_elevation) return std::nullopt;
    if (horizon_.apparent_elevation(enu) < spec_.min_elevation) return std::nullopt;
    const double margin = horizon_.margin_local(enu);
    if (margin <= 0) return std::nullopt;

    Rng rng(mix(key_, key("detect")), a.key, turn_);
    RadarPlot plot;
    const bool listens = spec_.sensor.kind != picture::SensorKind::primary;
    plot.secondary = listens && state->transponder && rng.chance(spec_.sensor.detection_probability);
    if (spec_.primary_range > 0 && range <= spec_.primary_range) {
        const double p = coverage::primary_detection(range, a.rcs, elevation, spec_.primary_reference_range);
        // Within 0.1° of the horizon the beam is partly cut off.
        const double cut = std::min(1.0, margin / (0.1 * geo::deg));
        plot.primary = rng.chance(p * cut);
        plot.amplitude =
            10 * std::log10(1 + coverage::primary_snr(range, a.rcs, elevation, spec_.primary_reference_range));
    }
    if (!plot.primary && !plot.secondary) return std::nullopt;
    plot.time = sky.at(t);
    plot.range = range + spec_.range_bias + spec_.sensor.sigma_range * rng.normal();
    plot.azimuth =
        geo::wrap_2pi(std::atan2(enu.x(), enu.y()) + spec_.azimuth_bias + spec_.sensor.sigma_azimuth * rng.normal());
    if (plot.range <= 0) return std::nullopt;
    if (plot.secondary) {
        plot.mode_s = a.mode_s && (spec_.sensor.kind == picture::SensorKind::mode_s ||
                                   spec_.sensor.kind == picture::SensorKind::combined);
        plot.mode_3a = state->mode_3a;
        const double level = state->motion.pressure_altitude.flight_level();
        plot.flight_level = plot.mode_s ? std::round(level * 4) / 4 : std::round(level);
        if (plot.mode_s) plot.address = a.address, plot.callsign = state->leg->callsign;
    }
    return plot;
}

void Radar::clutter(const Sky& sky, Seconds begin, std::vector<RadarPlot>& plots) const {
    if (!(spec_.clutter_per_scan > 0) || !(spec_.primary_range > 0)) return;
    Rng rng(key_, key("clutter"), turn_);
    for (std::uint32_t n = rng.poisson(spec_.clutter_per_scan); n > 0; --n) {
        RadarPlot p;
        p.primary = true;
        p.azimuth = rng.uniform(0, 2 * pi);
        p.range = std::max(1000.0, spec_.primary_range * std::sqrt(rng.uniform()));  // even over the area
        p.time = sky.at(begin + p.azimuth / (2 * pi) * period_);
        p.amplitude = 13 + 3 * rng.uniform();  // just over the threshold
        plots.push_back(p);
    }
}

/// Replies of Mode A/C that overlap at the receiver spoil each other: within 3 km in range and 1.5° in azimuth.
void Radar::garble(std::vector<RadarPlot>& plots) const {
    for (std::size_t i = 0; i < plots.size(); ++i)
        for (std::size_t j = i + 1; j < plots.size(); ++j) {
            if (plots[j].azimuth - plots[i].azimuth > 1.5 * geo::deg) break;
            if (!plots[i].secondary || !plots[j].secondary) continue;
            if (std::abs(plots[i].range - plots[j].range) > 3000) continue;
            if (!plots[i].mode_s) plots[i].garbled = true;
            if (!plots[j].mode_s) plots[j].garbled = true;
        }
}

std::vector<RadarPlot> Radar::detections(const Sky& sky, Seconds begin) const {
    std::vector<RadarPlot> plots;
    for (const auto& a : sky.aircraft)
        if (auto p = meet(sky, a, begin)) plots.push_back(std::move(*p));
    clutter(sky, begin, plots);
    std::ranges::stable_sort(plots, {}, &RadarPlot::time);
    garble(plots);
    return plots;
}

void Radar::turn(const Sky& sky, std::vector<Datagram>& out) {
    const Seconds begin = next_turn();
    const auto plots = detections(sky, begin);
    std::size_t next = 0;
    for (int k = 0; k < sectors; ++k) {
        // The sector's plots, then the mark of its end; the last sector ends with the north mark of the next turn.
        const Seconds end = begin + period_ * (k + 1) / sectors;
        const base::Time end_time = sky.at(end);
        std::vector<RadarPlot> sector;
        while (next < plots.size() && (plots[next].time < end_time || k == sectors - 1))
            sector.push_back(plots[next++]);
        std::vector<BeamMark> marks;
        if (k == sectors - 1) marks.push_back({end_time, true, 0});
        marks.push_back({end_time, false, k == sectors - 1 ? 0 : 2 * pi * (k + 1) / sectors});
        if (end < 0) continue;  // before the scenario's start
        auto bytes = encode_radar(spec_, sector, marks);
        if (!bytes.empty())
            out.push_back(
                {end_time + spec_.delay, spec_.sensor.id, spec_.sensor.owner, spec_.sensor.feed, std::move(bytes)});
    }
    ++turn_;
}

void Radar::run_until(Seconds t, const Sky& sky, std::vector<Datagram>& out) {
    while (next_turn() <= t) turn(sky, out);
}

}  // namespace asman::simulate
