// Beams pass: what each sensor should have seen by now, and what follows where it has not.
#include "manage/state.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::track {

namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;
constexpr double kHoldDegrees = 1.5;             ///< a plot waits until the beam is so far past it
constexpr double kHidden = 0.003, kSeen = 0.02;  ///< chance a pass that a visible target hides, and a hidden one shows
constexpr double kDeclaredWeight = 30;           ///< passes that the declared detection probability counts for
constexpr double kRingWeight = 15;               ///< and the sensor's figure for the pair of sensor and aircraft
constexpr double kPairMemory = 0.95;             ///< fading of a pair's record, a pass
constexpr double kLifetime = 1500;               ///< mean time until an aircraft lands or leaves unseen, s
constexpr double kSurveyInterval = 10;           ///< s

double wrap(double a) {
    return a - kTwoPi * std::floor((a + std::numbers::pi) / kTwoPi);
}

}  // namespace

int SensorState::ring(double range) const {
    const double reach = info.max_range > 0 ? info.max_range : 4e5;
    return std::clamp(static_cast<int>(kRings * range / reach), 0, kRings - 1);
}

void SensorState::learn_detection(double range, double hit) {
    const int r = ring(range);
    passes[r] = 0.998 * passes[r] + 1;
    hits[r] = 0.998 * hits[r] + hit;
}

double Tracker::Impl::detection(const SensorState& s, double range, const Link& link) const {
    if (s.info.max_range > 0 && range > s.info.max_range) return 0;
    const int r = s.ring(range);
    const double declared = s.info.detection_probability;
    const double ring = (kDeclaredWeight * declared + s.hits[r]) / (kDeclaredWeight + s.passes[r]);
    return std::clamp((kRingWeight * ring + link.hits) / (kRingWeight + link.passes), 0.03, 0.97);
}

void Tracker::Impl::record_pass(SensorState& s, TrackState& k, Link& link, double range, double hit) {
    const double certain = detection(s, range, link);
    const double hidden = link.visible * (1 - certain) / (1 - link.visible * certain);
    const double v = hit + (1 - hit) * hidden;
    link.visible = v * (1 - kHidden) + (1 - v) * kSeen;
    // What a hidden aircraft does not show says nothing of detection.
    link.passes = kPairMemory * link.passes + v * k.existence;
    link.hits = kPairMemory * link.hits + hit;
    if (k.confirmed && k.existence > 0.9) {
        if (v > 0.5) s.learn_detection(range, hit);
    }
}

double Tracker::Impl::undetected_density(const SensorState& s, Seconds t) const {
    const double turn = s.period > 0 ? s.period : 1, age = std::max(0.0, t - s.first);
    const double per_km2 = config.initial_density_per_km2 * std::exp(-age / (1.5 * turn)) +
                           config.birth_rate_per_km2_s * std::min(turn, 5.0);
    return s.info.detection_probability * per_km2 * 1e-6;
}

void Tracker::Impl::survive(TrackState& k, Seconds to) const {
    if (to > k.existed) {
        k.existence *= std::exp(-(to - k.existed) / kLifetime);
        k.existed = to;
    }
}

Link& Tracker::Impl::link_to(TrackState& k, std::uint32_t sensor) {
    auto at = std::lower_bound(k.links.begin(), k.links.end(), sensor,
                               [](const Link& l, std::uint32_t id) { return l.sensor < id; });
    if (at == k.links.end() || at->sensor != sensor) {
        Link l;
        l.sensor = sensor;
        at = k.links.insert(at, l);
    }
    return *at;
}

bool Tracker::Impl::expected_pass(const SensorState& s, const TrackState& k, Seconds near, Seconds& pass,
                                  double& half_width, double& range) const {
    Sight at{};
    pass = near;
    for (int round = 0; round < 2; ++round) {
        at = sight(s.site, k.place + k.velocity * (pass - k.t), ground_range);
        if (!s.beam.steady()) break;
        const double late = wrap(at.azimuth - s.beam.at(near)) / s.beam.rate;
        const bool close = std::abs(near + late - pass) < 0.05 * s.period;
        pass = near + late;
        if (close) break;
    }
    range = at.range;
    const double dt = std::max(0.0, pass - k.t), sigma = k.spread + k.spread_rate * dt;
    half_width = std::min(4 * sigma / std::max(at.range, 1000.0), 0.5) * s.period / kTwoPi;
    return s.info.max_range <= 0 || range < s.info.max_range;
}

void Tracker::Impl::schedule(std::uint32_t id, std::uint32_t slot, Link& link, Seconds near) {
    SensorState& s = sensors[id];
    const TrackState& k = tracks[slot];
    Visit v;
    v.slot = slot;
    v.generation = k.generation;
    if (!s.sweeps) {
        v.pass = near;
        v.ripe = near + 0.5 * std::max(s.period, 1.0);
    } else {
        double half = 0, range = 0;
        if (!expected_pass(s, k, near, v.pass, half, range)) {
            link.scheduled = false;
            return;
        }
        v.ripe = v.pass + half + 2 * kHoldDegrees / 360 * s.period;
        if (!s.beam.steady()) v.ripe = v.pass + 0.3 * s.period;
    }
    link.scheduled = true;
    s.visits.push_back(v);
    std::push_heap(s.visits.begin(), s.visits.end());
}

void Tracker::Impl::run_sensor(std::uint32_t id) {
    SensorState& s = sensors[id];
    const double hold = s.sweeps ? kHoldDegrees / 360 * s.period : 0;
    while (!s.pending.empty() && s.pending.front().t + hold <= s.clock) associate(s, 0);
    run_visits(id);
}

void Tracker::Impl::run_visits(std::uint32_t id) {
    SensorState& s = sensors[id];
    while (!s.visits.empty() && s.visits.front().ripe <= s.clock) {
        const Visit v = s.visits.front();
        std::pop_heap(s.visits.begin(), s.visits.end());
        s.visits.pop_back();
        TrackState& k = tracks[v.slot];
        if (!k.alive || k.generation != v.generation) continue;
        Link& link = link_to(k, id);
        const double turn = s.sweeps ? s.period : std::max(s.period, 1.0);
        if (link.last_pass > v.pass - 0.45 * turn) {  // the pass has been taken account of with its plots
            schedule(id, v.slot, link, std::max(link.last_pass, v.pass - 0.1 * turn) + turn);
            continue;
        }
        if (s.sweeps && s.beam.steady()) {
            Visit again = v;
            double half = 0, range = 0;
            if (!expected_pass(s, k, v.pass, again.pass, half, range)) {
                link.scheduled = false;
                continue;
            }
            again.ripe = again.pass + half + 2 * kHoldDegrees / 360 * s.period;
            if (again.ripe > s.clock + 1e-3) {
                s.visits.push_back(again);
                std::push_heap(s.visits.begin(), s.visits.end());
                continue;
            }
        }
        miss(v.slot, link, v.pass);
        if (k.alive) schedule(id, v.slot, link_to(k, id), v.pass + turn);
    }
}

void Tracker::Impl::miss(std::uint32_t slot, Link& link, Seconds at) {
    ++counters.misses;
    TrackState& k = tracks[slot];
    SensorState& s = sensors[link.sensor];
    const Eigen::Vector3d place = k.place + k.velocity * (at - k.t);
    const double range = s.distance(place);
    const double detect = detection(s, range, link) * link.visible;
    survive(k, at);
    if (detect > 0) {
        k.existence = k.existence * (1 - detect) / (1 - k.existence * detect);
        record_pass(s, k, link, range, 0);
    }
    link.last_pass = at;
    if (k.existence < config.drop_existence) return drop(slot);
    if (at > k.t) index.put(slot, place);
}

void Tracker::Impl::survey(std::uint32_t slot) {
    tracks[slot].last_survey = now;
    for (std::uint32_t id = 0; id < sensors.size(); ++id) {
        SensorState& s = sensors[id];
        if (!s.placed || !s.alive || !s.sweeps) continue;
        TrackState& k = tracks[slot];
        const double reach = s.info.max_range > 0 ? s.info.max_range : 4e5;
        if ((k.place - s.site.place).squaredNorm() > reach * reach) continue;
        Link& link = link_to(k, id);
        if (!link.scheduled) schedule(id, slot, link, std::max(k.t, link.last_pass + 0.5 * s.period) + 0.5 * s.period);
    }
}

void Tracker::Impl::drop(std::uint32_t slot) {
    TrackState& k = tracks[slot];
    if (!k.alive) return;
    k.alive = false;
    ++k.generation;
    index.remove(slot);
    free_slots.push_back(slot);
    --live;
    ++counters.tracks_dropped;
    if (k.confirmed) ended.push_back(k.number);
}

void Tracker::Impl::advance(Seconds to) {
    if (!(to > now)) return;
    now = to;
    if (now - swept < 0.1) return;
    for (std::uint32_t id = 0; id < sensors.size(); ++id) {
        SensorState& s = sensors[id];
        if (!s.alive) continue;
        // A sensor that still sends has shown everything up to its usual delay.
        const double silence = s.sweeps ? 2.5 * s.period : 10.0;
        if (now - s.latest < silence + s.latency) s.clock = std::max(s.clock, now - s.latency - 0.05);
        run_sensor(id);
    }
    if (now - swept < 1) return;
    swept = now;
    sweep();
}

void Tracker::Impl::sweep() {
    for (std::uint32_t slot = 0; slot < tracks.size(); ++slot) {
        TrackState& k = tracks[slot];
        if (!k.alive) continue;
        const double quiet = now - k.last_report;
        const double patience = k.confirmed ? config.max_coast.seconds() : 0.5 * config.max_coast.seconds();
        if (quiet > patience || k.existence < config.drop_existence) {
            drop(slot);
            continue;
        }
        if (now - k.last_survey > kSurveyInterval) survey(slot);
    }
    rivals();
    run_registration();
}

}  // namespace asman::track
