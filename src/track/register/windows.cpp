// Which plots registration uses, and what a new estimate does to the tracks that rest on the old one.
#include "manage/state.hpp"

#include <algorithm>
#include <cmath>

namespace asman::track {

namespace {

constexpr double kWindow = 16;                          ///< s
constexpr std::size_t kSamples = 16;                    ///< of a window
constexpr double kToldInterval = 4;                     ///< s between two reports of an aircraft's own place
constexpr double kToldSigma = 30;                       ///< m: their time stamps and delays
constexpr double kSteep = 0.2;                          ///< sine of elevation beyond which height matters too much
constexpr double kLearning = 2, kSettledInterval = 10;  ///< s between solutions, while learning and later

/// Reports that carry their place come every second: one in some seconds is enough.
bool told_lately(const TrackState& k, double t) {
    return std::any_of(k.samples.begin(), k.samples.end(),
                       [&](const Sample& s) { return s.told && t - s.t < kToldInterval; });
}

}  // namespace

void Tracker::Impl::sample(Work& w, TrackState& k, const Plot& p) const {
    if (!config.registration || !k.confirmed || k.existence < 0.95) return;
    if (p.polar ? !sensors[p.sensor].sweeps : told_lately(k, p.t)) return;
    Sample s;
    s.t = p.t;
    s.sensor = p.sensor;
    s.range = p.raw_range;
    s.azimuth = p.raw_azimuth;
    s.variance_range = p.noise_range;
    s.variance_azimuth = p.noise_azimuth;
    s.height = k.height(p.t, config.unknown_height);
    s.told = !p.polar;
    if (s.told) {
        s.place = frame->global({p.point, {s.height}});
        s.variance_range = p.variance + kToldSigma * kToldSigma;
    }
    k.samples.push_back(s);
    if (k.samples.size() >= kSamples || p.t - k.samples.front().t >= kWindow) use_window(w, k);
}

void Tracker::Impl::use_window(Work& out, TrackState& k) const {
    auto& all = out.effects->sightings;
    const std::size_t first = all.size();
    const double height_sigma = k.pressure_based ? config.pressure_offset_sigma : config.unknown_height_sigma;
    for (const Sample& s : k.samples) {
        const SensorState& sensor = sensors[s.sensor];
        if (s.told) {
            const Eigen::Vector2d z = k.anchor.to_tangent(s.place, s.height);
            Sighting& w = all.emplace_back();
            w.t = s.t;
            w.sensor = s.sensor;
            w.z[0] = z.x();
            w.z[1] = z.y();
            w.r00 = w.r11 = s.variance_range;
            continue;
        }
        const Registrar::Bias& b = registrar.of(s.sensor);
        const double azimuth = s.azimuth - b.azimuth;
        Polar polar{std::max(s.range - b.range, 10.0), std::sin(azimuth), std::cos(azimuth), s.variance_range,
                    s.variance_azimuth};
        const Located at = locate(sensor.site, polar, s.height, ground_range);
        if (at.sin_arrival > kSteep) continue;
        const Measurement m = measure(sensor.site, polar, s.height, ground_range, k.anchor);
        const Eigen::Vector3d ray =
            sensor.site.axes.transpose() * Eigen::Vector3d(polar.sin_azimuth, polar.cos_azimuth, 0);
        const Eigen::Vector2d along = k.anchor.axes.topRows<2>() * ray, u = along.normalized();
        const double stretch = 1 / std::sqrt(1 - at.sin_arrival * at.sin_arrival);
        Sighting& w = all.emplace_back();
        w.t = s.t;
        w.sensor = s.sensor;
        w.z[0] = m.z[0];
        w.z[1] = m.z[1];
        w.r00 = m.r00;
        w.r01 = m.r01;
        w.r11 = m.r11;
        w.by_range[0] = stretch * u.x();
        w.by_range[1] = stretch * u.y();
        w.by_azimuth[0] = at.ground * u.y();
        w.by_azimuth[1] = -at.ground * u.x();
        // The plot lies at z + j1 e for height error e, so the flight shows as flight − j1 e.
        w.by_height[0] = -m.j1[0];
        w.by_height[1] = -m.j1[1];
    }
    out.effects->windows.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(all.size() - first),
                                    ground_range ? 0 : height_sigma * height_sigma});
    k.samples.clear();
}

void Tracker::Impl::run_registration() {
    if (!config.registration || now - registered < (registrar.converged() ? kSettledInterval : kLearning)) return;
    registered = now;
    std::vector<Registrar::Bias> before;
    for (std::uint32_t s = 0; s < registrar.size(); ++s) before.push_back(registrar.of(s));
    if (!registrar.solve(now)) return;
    // Tracks stand where the old biases put them: they are less certain by what the new ones move their plots.
    for (TrackState& k : tracks) {
        if (!k.alive) continue;
        double moved = 0, share = 0;
        for (const Link& l : k.links) {
            if (l.reports == 0 || !sensors[l.sensor].sweeps || now - l.last_hit > 3 * sensors[l.sensor].period)
                continue;
            const Registrar::Bias &a = before[l.sensor], &b = registrar.of(l.sensor);
            const double range = (k.place - sensors[l.sensor].site.place).norm();
            moved += std::hypot(b.range - a.range, (b.azimuth - a.azimuth) * range);
            share += 1;
        }
        if (share < 1 || moved / share < 5) continue;
        const V4 more(moved * moved / (share * share));
        k.f.p[packed(iX, iX)] += more;
        k.f.p[packed(iY, iY)] += more;
        k.spread = std::hypot(k.spread, 1.5 * moved / share);
    }
}

}  // namespace asman::track
