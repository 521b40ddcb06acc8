// Which plots registration uses, and what a new estimate does to the tracks that rest on the old one.
#include "manage/state.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace asman::track {

namespace {

constexpr double kWindow = 16;                            ///< s
constexpr std::size_t kSamples = 16;                      ///< of a window
constexpr double kToldInterval = 4;                       ///< s between two reports of an aircraft's own place
constexpr double kToldSigma = 10;                         ///< m: what they do not say of their errors
constexpr double kHighest = 16'000, kAnyHeight = 30'000;  ///< m
/// Heights by ranges alone are less certain than the filter thinks, which takes what is left of the biases for noise:
/// squared errors are 1.4 to 2.2 of its variance (simulated).
constexpr double kUntold = 2;
constexpr double kSteep = 0.2;        ///< sine of elevation beyond which height matters too much
constexpr double kAirRegion = 500e3;  ///< m: the edge of cubes in which the air is off about alike
constexpr double kAirReach = 1250e3;  ///< m: over which weather is no longer alike: correlation exp(−d²/reach²)
constexpr double kAirOffsetShare = 0.6, kAirSlopeShare = 0.8;  ///< of what geometric and pressure height differ by
constexpr double kOwnHeightShare = 0.2;                        ///< and an aircraft's own part in it

std::uint64_t region_of(const Eigen::Vector3d& place) {
    std::uint64_t out = 0;
    for (int k = 0; k < 3; ++k)
        out = out << 8 |
              (static_cast<std::uint64_t>(static_cast<std::int64_t>(std::floor(place[k] / kAirRegion))) & 0xff);
    return out;
}

/// Reports that carry their place come every second: one in some seconds is enough.
bool told_lately(const TrackState& k, double t) {
    return std::any_of(k.samples.begin(), k.samples.end(),
                       [&](const Sample& s) { return s.told && t - s.t < kToldInterval; });
}

}  // namespace

void Tracker::Impl::sample(Work& w, TrackState& k, const Plot& p) const {
    if (!config.registration || !k.confirmed || k.existence < 0.95) return;
    if (p.polar ? !sensors[p.sensor].sweeps : told_lately(k, p.stamp)) return;
    Sample s;
    s.t = p.stamp;
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
    if (k.samples.empty()) k.samples.reserve(kSamples);
    k.samples.push_back(s);
    if (k.samples.size() >= kSamples || p.stamp - k.samples.front().t >= kWindow) use_window(w, k);
}

void Tracker::Impl::use_window(Work& w, TrackState& k) const {
    w.window.clear();
    Effects& out = *w.effects;
    std::uint32_t air = Registrar::kNoAir;
    double height_sigma = config.unknown_height_sigma;
    if (k.pressure_based && !ground_range) {
        air = air_about(k.place);
        height_sigma = (air == Registrar::kNoAir ? 1 : kOwnHeightShare) * config.pressure_offset_sigma;
        if (air == Registrar::kNoAir) out.airs.push_back(k.place);
    }
    // A height that nobody tells is whatever the plots say. What is assumed of it before (hardly anything is known of
    // how high traffic flies) would speak of range biases instead, by the aircraft that fly low: a metre of range is
    // most metres of their height. The window is made linear about what the track's own plots have told by now; the
    // error of that is the same in all its windows, so each counts for less than the one before.
    const bool blind = !k.vertical.valid() && !ground_range;
    const double times = blind ? (k.blind_windows + 1.0) * (k.blind_windows + 2.0) : 1;
    k.blind_windows += blind;
    const double assumed = config.unknown_height_sigma * config.unknown_height_sigma,  // m²
        told = blind ? std::clamp(k.f.mean(iE), -config.unknown_height, kHighest - config.unknown_height) : 0,
                 told_variance = blind ? kUntold * k.f.variance(iE, iE) : 0;
    double height_variance = height_sigma * height_sigma;
    if (blind) height_variance = kAnyHeight * kAnyHeight;
    if (ground_range) height_variance = 0;
    const double vx = k.f.mean(iVx), vy = k.f.mean(iVy);
    for (const Sample& sample : k.samples) {
        const SensorState& sensor = sensors[sample.sensor];
        const ParameterVector& b = registrar.of(sample.sensor).value;
        Sighting s;
        s.t = sample.t - b[kTime];
        s.sensor = sample.sensor;
        s.by[kTime][0] = -vx;
        s.by[kTime][1] = -vy;
        if (sample.told) {
            const Eigen::Vector2d z = k.anchor.to_tangent(sample.place, sample.height);
            s.z[0] = z.x();
            s.z[1] = z.y();
            s.r00 = s.r11 = sample.variance_range;
            w.window.push_back(s);
            continue;
        }
        const double height = sample.height + told + registrar.air_offset(air, sample.height);
        const Polar polar = corrected(sample.range, sample.azimuth, b, sample.variance_range, sample.variance_azimuth);
        const Located at = locate(sensor.site, polar, height, ground_range);
        if (at.sin_arrival > kSteep) continue;
        const Measurement m = measure(sensor.site, polar, height, ground_range, k.anchor);
        const Eigen::Vector3d ray =
            sensor.site.axes.transpose() * Eigen::Vector3d(polar.sin_azimuth, polar.cos_azimuth, 0);
        const Eigen::Vector2d along = k.anchor.axes.topRows<2>() * ray, u = along.normalized();
        const double stretch = 1 / std::sqrt(1 - at.sin_arrival * at.sin_arrival);
        s.z[0] = m.z[0];
        s.z[1] = m.z[1];
        s.r00 = m.r00;
        s.r01 = m.r01;
        s.r11 = m.r11;
        if (blind) {
            // To second order, heights that scatter lay the plot nearer on average, and scatter it. What the track
            // tells of its height it tells with the radars' range biases in it.
            const double slope = m.j1[0] * m.j1[0] + m.j1[1] * m.j1[1],
                         range = registrar.of(sample.sensor).covariance(kRange, kRange),
                         spread = std::min(assumed, told_variance + range / std::max(slope, 1e-6));
            const double nearer[2] = {0.5 * spread * m.j2[0], 0.5 * spread * m.j2[1]};
            s.z[0] += nearer[0];
            s.z[1] += nearer[1];
            s.r00 += 2 * times * nearer[0] * nearer[0];
            s.r01 += 2 * times * nearer[0] * nearer[1];
            s.r11 += 2 * times * nearer[1] * nearer[1];
        }
        s.by[kRange][0] = stretch * u.x();
        s.by[kRange][1] = stretch * u.y();
        s.by[kGain][0] = polar.range * s.by[kRange][0];
        s.by[kGain][1] = polar.range * s.by[kRange][1];
        s.by[kAzimuth][0] = at.ground * u.y();
        s.by[kAzimuth][1] = -at.ground * u.x();
        // The plot lies at z + j1 e for height error e, so the flight shows as flight − j1 e.
        s.by_height[0] = -m.j1[0];
        s.by_height[1] = -m.j1[1];
        s.height = sample.height + told;
        w.window.push_back(s);
    }
    k.samples.clear();
    if (out.fits.size() <= out.n_fits) out.fits.emplace_back();
    out.n_fits += registrar.fit(w.window, height_variance, out.fits[out.n_fits], air);
}

std::uint32_t Tracker::Impl::air_about(const Eigen::Vector3d& place) const {
    return registrar.air_of(region_of(place));
}

void Tracker::Impl::learn_air(const Eigen::Vector3d& place) {
    std::uint32_t like = Registrar::kNoAir;
    double nearest = 1e300;
    for (int n = 0; n < 27; ++n) {
        const Eigen::Vector3d step(n / 9 - 1, n / 3 % 3 - 1, n % 3 - 1);
        const std::uint32_t air = registrar.air_of(region_of(place + kAirRegion * step));
        const double square = step.squaredNorm() * kAirRegion * kAirRegion;
        if (air == Registrar::kNoAir || square >= nearest) continue;
        like = air;
        nearest = square;
    }
    registrar.add_air(region_of(place), kAirOffsetShare * config.pressure_offset_sigma,
                      kAirSlopeShare * config.pressure_offset_sigma, like,
                      std::exp(-nearest / (kAirReach * kAirReach)));
}

/// Variance, m², of what geometric and pressure height differ by for all aircraft about here alike: what one track's
/// plots tell of its height they tell with its radars' range biases in them, and does not average out.
double Tracker::Impl::common_height_variance(const TrackState& k, double height) const {
    if (!config.registration || ground_range || !k.pressure_based) return 0;
    const std::uint32_t air = air_about(k.place);
    if (air != Registrar::kNoAir) return registrar.air_variance(air, height);
    const double slope = kAirSlopeShare * height / kAirHeight;
    return (kAirOffsetShare * kAirOffsetShare + slope * slope) * config.pressure_offset_sigma *
           config.pressure_offset_sigma;
}

/// A track stands where its sensors' old errors put it: it is less certain by what new estimates move its plots.
void Tracker::Impl::follow_registration(std::uint32_t slot) {
    TrackState& k = tracks[slot];
    const Seconds before = std::exchange(k.registered, now);
    if (std::ranges::none_of(k.links, [&](const Link& l) { return registrar.moved_at(l.sensor) >= before; })) return;
    double moved = 0, share = 0;
    for (const Link& l : k.links) {
        const SensorState& s = sensors[l.sensor];
        if (l.reports == 0 || now - l.last_hit > 3 * std::max(s.period, 2.0)) continue;
        share += 1;
        if (registrar.moved_at(l.sensor) < before) continue;
        const ParameterVector& step = registrar.of(l.sensor).step;
        const double range = s.distance(k.place), along = step[kTime] * k.velocity.norm();
        moved += s.sweeps ? std::hypot(step[kRange] + step[kGain] * range, step[kAzimuth] * range, along) : along;
    }
    if (share < 1 || std::abs(moved) / share < 5) return;
    const V4 more(moved * moved / (share * share));
    k.f.p[packed(iX, iX)] += more;
    k.f.p[packed(iY, iY)] += more;
    k.spread = std::hypot(k.spread, 1.5 * moved / share);
    note_where(slot);
}

}  // namespace asman::track
