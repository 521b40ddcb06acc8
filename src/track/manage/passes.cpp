// Beams pass: what each sensor should have seen by now, and what follows where it has not.
#include "manage/state.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::track {

namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;
constexpr double kHidden = 0.001, kSeen = 0.02;  ///< chance a pass that a visible target hides, and a hidden one shows
constexpr double kDeclaredWeight = 30;           ///< passes that the declared detection probability counts for
constexpr double kRingWeight = 15;               ///< and the sensor's figure for the pair of sensor and aircraft
constexpr double kPairMemory = 0.95;             ///< fading of a pair's record, a pass
constexpr double kLifetime = 3600;               ///< mean time until an aircraft lands or leaves unseen, s
constexpr double kUsuallyVisible = 0.9;  ///< a sensor sees the sky within its range, but for terrain and horizon
constexpr double kVisibleWeight = 20;    ///< passes that this counts for

double wrap(double a) {
    return a - kTwoPi * std::floor((a + std::numbers::pi) / kTwoPi);
}

/// Which sensor's record of a track is missed least: one that never reported it, else the one silent longest.
std::vector<Link>::iterator forgotten_first(std::vector<Link>& links) {
    return std::ranges::min_element(links, {},
                                    [](const Link& l) { return l.reports == 0 ? l.last_pass - 1e8 : l.last; });
}

}  // namespace

void SensorState::Ring::settle(double declared) {
    detection = std::clamp((kDeclaredWeight * declared + hits) / (kDeclaredWeight + passes), 0.03, 0.97);
    visibility = std::clamp((kVisibleWeight * kUsuallyVisible + visible) / (kVisibleWeight + chances), 0.05, 0.98);
}

void SensorState::declare_detection() {
    for (Ring& r : rings) r.settle(info.detection_probability);
}

void SensorState::learn_detection(double range, double hit) {
    Ring& r = rings[ring_number(range)];
    r.passes = 0.998 * r.passes + 1;
    r.hits = 0.998 * r.hits + hit;
    r.settle(info.detection_probability);
}

void SensorState::learn_visibility(double range, double v) {
    Ring& r = rings[ring_number(range)];
    r.chances = 0.998 * r.chances + 1;
    r.visible = 0.998 * r.visible + v;
    r.settle(info.detection_probability);
}

double Tracker::Impl::detection(const SensorState& s, double range, const Link& link) const {
    if (s.max_range > 0 && range > s.max_range) return 0;
    return std::clamp((kRingWeight * s.ring(range).detection + link.hits) / (kRingWeight + link.passes), 0.03, 0.97);
}

void Tracker::Impl::record_pass(Work& w, TrackState& k, Link& link, double range, double hit) const {
    const SensorState& s = sensors[link.sensor];
    const double certain = detection(s, range, link);
    const double hidden = link.visible * (1 - certain) / (1 - link.visible * certain);
    const double v = hit + (1 - hit) * hidden;
    link.visible = static_cast<float>(v * (1 - kHidden) + (1 - v) * kSeen);
    // What a hidden aircraft does not show says nothing of detection.
    link.passes = static_cast<float>(kPairMemory * link.passes + v * k.existence);
    link.hits = static_cast<float>(kPairMemory * link.hits + hit);
    if (s.sweeps && k.confirmed && k.existence > 0.9)
        w.effects->passes.push_back({link.sensor, range, hit, link.visible, v > 0.5, k.established});
}

void Tracker::Impl::survive(TrackState& k, Seconds to) const {
    if (to > k.existed) {
        k.existence *= std::exp(-(to - k.existed) / kLifetime);
        k.existed = to;
    }
}

Link& Tracker::Impl::link_to(TrackState& k, std::uint32_t sensor) const {
    const auto find = [&] { return std::ranges::lower_bound(k.links, sensor, {}, &Link::sensor); };
    auto at = find();
    if (at != k.links.end() && at->sensor == sensor) return *at;
    if (k.links.size() >= kMaxLinks) {
        k.links.erase(forgotten_first(k.links));
        at = find();
    }
    Link l;
    l.sensor = sensor;
    const SensorState& s = sensors[sensor];
    l.visible = s.sweeps ? static_cast<float>(s.ring(s.distance(k.place)).visibility) : 0.9F;
    return *k.links.insert(at, l);
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
    return s.max_range <= 0 || range < s.max_range;
}

double Tracker::Impl::next_seen(const TrackState& k) const {
    constexpr std::size_t kMost = 16;
    double next[kMost], period[kMost], detect[kMost];
    std::size_t n = 0;
    for (const Link& l : k.links) {
        const SensorState& s = sensors[l.sensor];
        if (n == kMost || !s.alive) continue;
        double range = 0;
        if (s.sweeps) {
            double half = 0;
            Seconds pass = 0;
            const Seconds near = std::max(k.existed + 0.5 * s.period, l.last_pass + s.period);
            if (!expected_pass(s, k, near, pass, half, range)) continue;
            if (pass <= k.existed) pass += s.period;
            period[n] = s.period;
            next[n] = pass - k.existed;
        } else {
            if (l.reports == 0) continue;
            period[n] = next[n] = std::clamp(s.period, 1.0, 5.0);
        }
        detect[n++] = detection(s, range, l) * l.visible;
    }
    double expected = 0, left = 1, before = 0;
    while (n > 0 && before < kLongWait && left > 0.01) {
        const auto i = static_cast<std::size_t>(std::min_element(next, next + n) - next);
        const double at = std::min(next[i], kLongWait);
        expected += left * (at - before);
        before = at;
        left *= 1 - detect[i];
        next[i] += period[i];
    }
    return n == 0 ? kLongWait : expected + left * (kLongWait - before);
}

/// When the sensor's beam should be past the track next, from `near` on; nothing where it does not reach.
std::optional<Visit> Tracker::Impl::plan(std::uint32_t id, std::uint32_t slot, Link& link, Seconds near) const {
    const SensorState& s = sensors[id];
    const TrackState& k = tracks[slot];
    Visit v;
    v.slot = slot;
    v.generation = k.generation;
    link.scheduled = false;
    double half = 0, range = 0;
    if (!expected_pass(s, k, near, v.pass, half, range)) return std::nullopt;
    v.ripe = v.pass + half + 2 * kHoldDegrees / 360 * s.period;
    if (!s.beam.steady()) v.ripe = v.pass + 0.3 * s.period;
    link.scheduled = true;
    return v;
}

void Tracker::Impl::schedule(Work& w, std::uint32_t id, std::uint32_t slot, Link& link, Seconds near) const {
    if (const auto v = plan(id, slot, link, near)) w.effects->visits.push_back({id, *v});
}

void Tracker::Impl::visit(Work& w, std::uint32_t id, Visit v) {
    const SensorState& s = sensors[id];
    TrackState& k = tracks[v.slot];
    const double turn = s.period;
    for (;;) {  // more than one pass may lie behind a sensor that had been silent
        if (!k.alive || k.generation != v.generation) return;
        if (v.ripe > s.clock) return void(w.effects->visits.push_back({id, v}));
        Link& link = link_to(k, id);
        std::optional<Visit> next;
        if (link.last_pass > v.pass - 0.45 * turn) {  // the pass has been taken account of with its plots
            next = plan(id, v.slot, link, std::max(link.last_pass, v.pass - 0.1 * turn) + turn);
        } else {
            if (s.beam.steady()) {
                double half = 0, range = 0;
                Visit again = v;
                if (!expected_pass(s, k, v.pass, again.pass, half, range)) {
                    link.scheduled = false;
                    return;
                }
                again.ripe = again.pass + half + 2 * kHoldDegrees / 360 * s.period;
                if (again.ripe > s.clock + 1e-3) return void(w.effects->visits.push_back({id, again}));
            }
            miss(w, v.slot, link, v.pass);
            if (!k.alive) return;
            next = plan(id, v.slot, link, v.pass + turn);
        }
        if (!next) return;
        v = *next;
    }
}

void Tracker::Impl::miss(Work& w, std::uint32_t slot, Link& link, Seconds at) {
    ++w.effects->misses;
    TrackState& k = tracks[slot];
    const SensorState& s = sensors[link.sensor];
    const Eigen::Vector3d place = k.place + k.velocity * (at - k.t);
    const double range = s.distance(place);
    const double detect = detection(s, range, link) * link.visible;
    survive(k, at);
    if (detect > 0) {
        k.existence = k.existence * (1 - detect) / (1 - k.existence * detect);
        record_pass(w, k, link, range, 0);
    }
    link.last_pass = at;
    if (k.existence < config.drop_existence) return drop(w, slot);
    if (!k.confirmed && sure(k)) w.effects->sure.push_back(slot);
    if (at > k.t) w.effects->moved.push_back({slot, place});
}

void Tracker::Impl::survey(Work& w, std::uint32_t slot) {
    TrackState& k = tracks[slot];
    k.last_survey = now;
    for (const std::uint32_t id : sweepers.at(k.place)) {
        const SensorState& s = sensors[id];
        if (!s.alive || (k.place - s.site.place).squaredNorm() > s.reach() * s.reach()) continue;
        Link& link = link_to(k, id);
        if (!link.scheduled)
            schedule(w, id, slot, link, std::max(k.t, link.last_pass + 0.5 * s.period) + 0.5 * s.period);
    }
}

void Tracker::Impl::drop(Work& w, std::uint32_t slot) {
    TrackState& k = tracks[slot];
    if (!k.alive) return;
    k.alive = false;
    ++k.generation;
    w.effects->dropped.push_back(slot);
}

}  // namespace asman::track
