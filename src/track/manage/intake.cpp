// Reports come in: refused and counted, or queued; and laid down at the next batch.
#include "manage/state.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::track {

namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;
constexpr std::size_t kMaxWaiting = 4096;    ///< plots of one sensor that wait for its beam
constexpr std::size_t kMaxQueued = 1 << 16;  ///< reports of all sensors between two advances
constexpr double kCalm = 5;         ///< s: a sensor that floods is set aside until it has been quiet for so long
constexpr double kBeside = 24'000;  ///< m: what lies farther from a plot is not drawn into its cluster

bool finite(double v) {
    return std::isfinite(v);
}
bool sane(const std::optional<double>& v, double low, double high) {
    return !v || (finite(*v) && *v >= low && *v <= high);
}

double wrap(double a) {
    return a - kTwoPi * std::floor((a + std::numbers::pi) / kTwoPi);
}

/// A plot whose beam has not passed yet, near one whose beam has.
bool waits_beside(const SensorState& s, const Plot& p) {
    if (!s.sweeps) return false;
    return std::any_of(s.pending.begin(), s.pending.begin() + static_cast<std::ptrdiff_t>(s.ripe),
                       [&](const Plot& ripe) { return (ripe.place - p.place).squaredNorm() < kBeside * kBeside; });
}

}  // namespace

void Beam::see(Seconds time, double seen) {
    if (!known) {
        known = true;
        t = time;
        azimuth = seen;
        return;
    }
    const double dt = time - t;
    if (dt < 0) return;  // a straggler
    const double e = wrap(seen - at(time));
    error = 0.97 * error + 0.03 * std::abs(e);
    const double gain = std::abs(e) > 0.5 ? 0.3 : 0.1;
    azimuth = std::fmod(at(time) + gain * e, kTwoPi);
    // A slow hold on the rate: declared periods are nominal.
    if (dt > 1e-4 && std::abs(e) < 0.2) rate += 2e-4 * e * rate;
    t = time;
}

void SensorState::forget_taken() {
    std::erase_if(pending, [](const Plot& p) { return p.taken; });
    if (told.empty()) return;
    std::size_t kept = 0;
    for (Plot& p : pending) {
        const auto from = told.begin() + p.told_first;
        std::copy(from, from + p.told_count, told.begin() + static_cast<std::ptrdiff_t>(kept));
        p.told_first = static_cast<std::uint32_t>(kept);
        kept += p.told_count;
    }
    told.resize(kept);
}

bool Tracker::Impl::begin(base::Time t) {
    constexpr std::int64_t sane = 4'000'000'000'000'000'000;  // years 1844 to 2096: differences do not overflow
    if (t.ns > sane || t.ns < -sane) return false;
    if (!started) {
        started = true;
        epoch = t;
    }
    return true;
}

bool Tracker::Impl::refuse(const picture::TargetReport& r, SensorState& s) {
    const auto count = [](std::uint64_t& c) {
        ++c;
        return true;
    };
    const bool polar = r.polar();
    // Where the report itself says the place (ADS-B, system tracks), nobody needs the sensor's.
    if (!s.placed && (polar || !r.point)) return count(counters.refused_no_position);
    if (!s.healthy) return count(counters.refused_unhealthy);
    if (!polar && !r.point) return count(counters.refused_malformed);
    if (polar && (!finite(r.range) || r.range <= 1 || !finite(r.azimuth) || std::abs(r.azimuth) > 4 * kTwoPi))
        return count(counters.refused_malformed);
    if (!polar && (!finite(r.point->lat) || !finite(r.point->lon) || std::abs(r.point->lat) > std::numbers::pi / 2 ||
                   std::abs(r.point->lon) > kTwoPi))
        return count(counters.refused_malformed);
    if (const auto& c = r.horizontal_covariance; c && !(finite((*c)[0]) && finite((*c)[1]) && (*c)[0] > 0 &&
                                                        (*c)[1] > 0 && (*c)[2] * (*c)[2] < (*c)[0] * (*c)[1]))
        return count(counters.refused_malformed);
    if (!finite(r.sigma_range) || !finite(r.sigma_azimuth) || !finite(r.sigma_horizontal) || r.sigma_range < 0 ||
        r.sigma_azimuth < 0 || r.sigma_horizontal < 0)
        return count(counters.refused_malformed);
    const double reach = s.max_range > 0 ? 1.1 * s.max_range + 5000 : 1e6;
    if (polar && r.range > reach) return count(counters.refused_out_of_range);
    const Seconds t = seconds(r.time);
    if (t < now - config.max_lateness.seconds()) return count(counters.refused_late);
    if (t > now + config.max_future.seconds()) return count(counters.refused_future);
    // Counted by the tracker's time: what the sensor says of time may jump about.
    const auto second = static_cast<std::int64_t>(std::floor(now));
    if (second != s.second) {
        s.second = second;
        s.in_second = 0;
    }
    if (++s.in_second > config.max_reports_per_second_per_sensor) s.calm_at = now + kCalm;
    if (now < s.calm_at) return count(counters.refused_flood);
    const double a = polar ? r.range : r.point->lat, b = polar ? r.azimuth : r.point->lon;
    for (const auto& old : s.recent)
        if (old.t == t && old.a == a && old.b == b) return count(counters.refused_duplicate);
    s.recent[s.recent_next++ % std::size(s.recent)] = {t, a, b};
    return false;
}

void Tracker::Impl::take(const picture::TargetReport& r) {
    ++counters.reports;
    const std::uint32_t id = find_sensor(r.sensor);
    if (id == kNobody) {
        ++counters.refused_unknown_sensor;
        return;
    }
    if (!begin(r.time)) {
        ++(r.time.ns > 0 ? counters.refused_future : counters.refused_late);
        return;
    }
    SensorState& s = sensors[id];
    if (refuse(r, s)) return;
    ++counters.used;
    const Seconds t = seconds(r.time);
    if (!s.alive) {
        s.alive = true;
        s.first = s.clock = t;
    }
    s.latest = std::max(s.latest, t);
    s.latency = std::max(s.latency * 0.999, now - t);
    if (++queued >= kMaxQueued) run_batch(false);
    bool again = false;
    const std::uint32_t message = keep_message(r, id, t, again);
    if (again) {
        ++counters.repeated;
        s.clock = std::max(s.clock, s.latest);
        return;
    }

    Plot& p = s.pending.emplace_back();
    ++waiting;
    mark(id);
    if (s.sweeps) s.fixes.push_back({t, r.azimuth});
    p.t = p.stamp = t;
    p.sensor = id;
    p.message = message;
    p.identity = r.identity;
    p.simulated = r.simulated;
    if (r.pressure_altitude && r.pressure_altitude_valid && finite(r.pressure_altitude->m) &&
        std::abs(r.pressure_altitude->m) < 40'000)
        p.pressure_height = r.pressure_altitude->m;
    p.garbled =
        (r.pressure_altitude && !r.pressure_altitude_valid) || (r.identity.mode_3a && !r.identity.mode_3a_valid);
    if (r.geometric_height && finite(r.geometric_height->m) && std::abs(r.geometric_height->m) < 40'000)
        p.geometric_height = r.geometric_height->m;
    if (finite(r.sigma_geometric_height) && r.sigma_geometric_height > 0)
        p.variance_geometric = std::max(r.sigma_geometric_height * r.sigma_geometric_height, 16.0);
    if (sane(r.ground_speed, 0, 1500)) p.ground_speed = r.ground_speed;
    if (sane(r.track_angle, -10, 10)) p.track_angle = r.track_angle;
    if (sane(r.vertical_rate, -150, 150)) p.vertical_rate = r.vertical_rate;
    if (sane(r.turn_rate, -0.5, 0.5)) p.turn_rate = r.turn_rate;
    if (finite(r.sigma_velocity) && r.sigma_velocity > 0)
        p.variance_velocity = std::max(r.sigma_velocity * r.sigma_velocity, 1.0);
    p.kind = r.kind;
    p.replied =
        r.kind != picture::SensorKind::primary &&
        (p.pressure_height || r.identity.address || r.identity.mode_3a || !r.polar() || !r.identity.callsign.empty());
    p.told_first = static_cast<std::uint32_t>(s.told.size());
    for (const auto& v : r.derived)
        if (std::abs(v.age) <= picture::derived_memory.seconds()) s.told.push_back({v.told(), v.age});
    p.told_count = static_cast<std::uint32_t>(s.told.size()) - p.told_first;
    p.polar = r.polar();
    if (p.polar) {
        const double sr = r.sigma_range > 0 ? r.sigma_range : s.info.sigma_range;
        const double sa = r.sigma_azimuth > 0 ? r.sigma_azimuth : s.info.sigma_azimuth;
        p.raw_range = r.range;
        p.raw_azimuth = r.azimuth;
        p.noise_range = sr * sr;
        p.noise_azimuth = sa * sa;
    } else {
        const double sigma = r.sigma_horizontal > 0 ? r.sigma_horizontal : 50;
        p.point = *r.point;
        constexpr double least = 4;  // m²
        p.east = p.north = std::max(sigma * sigma, least);
        if (const auto& c = r.horizontal_covariance) {
            p.east = std::max((*c)[0], least);
            p.north = std::max((*c)[1], least);
            p.both = (*c)[2];
        }
        p.variance = std::max(p.east, p.north);
        p.self_reported = r.kind == picture::SensorKind::ads_b;
    }
}

void Tracker::Impl::locate_plot(Plot& p, const SensorState& s) const {
    const double h = p.geometric_height.value_or(p.pressure_height.value_or(config.unknown_height));
    const Registrar::Bias& bias = registrar.of(p.sensor);
    p.t = p.stamp - bias.value[kTime];
    p.variance_time = bias.covariance(kTime, kTime);
    if (!p.polar) {
        p.place = frame->global({p.point, {h}});
        return;
    }
    const double r = p.raw_range;
    const auto& c = bias.covariance;
    p.at = corrected(r, p.raw_azimuth, bias.value,
                     p.noise_range + c(kRange, kRange) + 2 * r * c(kRange, kGain) + r * r * c(kGain, kGain),
                     p.noise_azimuth + c(kAzimuth, kAzimuth));
    p.place = locate(s.site, p.at, h, ground_range).place;
}

/// What one sensor has sent since the last batch is laid down, and what is ripe gets the tracks near it. Touches
/// nothing of other sensors and no track.
void Tracker::Impl::prepare(std::uint32_t id) {
    SensorState& s = sensors[id];
    for (const auto& fix : s.fixes) s.beam.see(fix.t, fix.azimuth);
    s.fixes.clear();
    for (; s.prepared < s.pending.size(); ++s.prepared) {
        Plot& p = s.pending[s.prepared];
        locate_plot(p, s);
        if (s.sweeps) {
            const Eigen::Vector3d d = s.site.axes * (p.place - s.site.place);
            p.false_density = (p.replied ? s.replies : s.echoes).density(d.x(), d.y(), p.t);
        } else {
            p.false_density = 1e-13;  // a reply with a position is hardly ever nobody's
        }
        s.clock = std::max(s.clock, s.sweeps ? p.stamp : s.latest);
    }
    const double hold = s.sweeps ? kHoldDegrees / 360 * s.period : 0;
    s.ripe = 0;
    while (s.ripe < s.pending.size() &&
           (s.pending[s.ripe].stamp + hold <= s.clock || s.pending.size() - s.ripe > kMaxWaiting))
        ++s.ripe;
    s.near.clear();
    for (std::size_t i = 0; i < s.pending.size() && s.ripe > 0; ++i) {
        Plot& p = s.pending[i];
        p.near_first = static_cast<std::uint32_t>(s.near.size());
        p.near_count = 0;
        if (i >= s.ripe && !waits_beside(s, p)) continue;
        const double gate = coarse_gate(s, p);
        index.near(p.place, [&](std::uint32_t slot) {
            if (in_reach(wheres[slot], p, gate, p.t)) s.near.push_back(slot);
        });
        std::sort(s.near.begin() + p.near_first, s.near.end());
        p.near_count = static_cast<std::uint32_t>(s.near.size()) - p.near_first;
    }
    s.due.clear();
    while (!s.visits.empty() && s.visits.front().ripe <= s.clock) {
        s.due.push_back(s.visits.front());
        std::pop_heap(s.visits.begin(), s.visits.end());
        s.visits.pop_back();
    }
    s.next_visit = s.visits.empty() ? 1e300 : s.visits.front().ripe;
}

void Tracker::Impl::service(const picture::ServiceMessage& m) {
    const std::uint32_t id = find_sensor(m.sensor);
    if (id == kNobody || !finite(m.azimuth)) return;
    if (!begin(m.time)) return;
    const Seconds t = seconds(m.time);
    if (t < now - config.max_lateness.seconds() || t > now + config.max_future.seconds()) return;
    SensorState& s = sensors[id];
    s.healthy = m.healthy;
    if (m.rotation_period && s.sweeps) {
        const double period = m.rotation_period->seconds();
        if (period > 0.5 && period < 60) {
            s.period = period;
            s.beam.rate = kTwoPi / period;
        }
    }
    s.alive = true;
    s.latest = std::max(s.latest, t);
    if (s.sweeps && s.healthy) {
        s.fixes.push_back({t, m.north ? 0.0 : m.azimuth});
        s.clock = std::max(s.clock, t);
        mark(id);
    }
}

}  // namespace asman::track
