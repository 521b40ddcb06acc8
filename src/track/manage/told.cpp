// Reports that carry their own place: ADS-B and multilateration.
#include "manage/state.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace asman::track {

namespace {

constexpr double kSameMessage = 0.25;     ///< s: an aircraft's messages are 0.4 s apart at least (DO-260B 2.2.3.3)
constexpr double kNavigationMemory = 10;  ///< s: for so long an aircraft's navigation errs the same way
constexpr double kForgotten = 20;         ///< s after its last report other sensors have taken over
constexpr double kCoarse = 100;           ///< m, 1σ: navigation no better than radars
constexpr double kMostWidening = 20;      ///< of the variance
constexpr double kOwnLatency = 0.05;      ///< s, 1σ: what the aircraft's own clock may be off
constexpr double kGivenUp = 0.05;         ///< visibility below which a receiver's silence says nothing

double coarse(double variance) {
    return std::min(1.0, variance / (kCoarse * kCoarse));
}

std::uint64_t hash_of(const picture::TargetReport& r) {
    std::uint64_t h = std::bit_cast<std::uint64_t>(r.point->lat) * 0x9E3779B97F4A7C15ULL;
    h = (h ^ std::bit_cast<std::uint64_t>(r.point->lon)) * 0xC2B2AE3D27D4EB4FULL;
    h = (h ^ (h >> 29) ^ *r.identity.address) * 0xBF58476D1CE4E5B9ULL;
    return h ^ (h >> 32);
}

}  // namespace

/// The same message from another receiver in the same batch: it is noted with the first, and costs no more than that.
bool Tracker::Impl::heard_already(const picture::TargetReport& r, std::uint32_t sensor, Seconds t) {
    if (r.polar() || r.kind != picture::SensorKind::ads_b || !r.identity.address) return false;
    if (messages.empty()) messages.resize(std::size_t{1} << 17);
    const std::size_t mask = messages.size() - 1;
    std::size_t at = hash_of(r) & mask;
    for (int probe = 0; probe < 8; ++probe, at = (at + 1) & mask) {
        Message& m = messages[at];
        if (m.batch != batch) {
            m = {batch, sensor, static_cast<std::uint32_t>(sensors[sensor].pending.size())};
            return false;
        }
        Plot& p = sensors[m.sensor].pending[m.plot];
        if (p.point != *r.point || p.identity.address != r.identity.address || std::abs(p.stamp - t) > kSameMessage ||
            p.sensor == sensor)
            continue;
        hearers.push_back({sensor, p.also, t});
        p.also = static_cast<std::uint32_t>(hearers.size() - 1);
        sensors[sensor].clock = std::max(sensors[sensor].clock, sensors[sensor].latest);
        ++counters.repeated;
        return true;
    }
    return false;
}

void Tracker::Impl::note_hearer(Work& w, TrackState& k, std::uint32_t sensor, Seconds t) const {
    Link& l = link_to(k, sensor);
    record_pass(w, k, l, 0, 1);
    if (l.reports++ == 0) l.first = t;
    l.last = std::max(l.last, t);
    l.last_hit = l.last_pass = std::max(l.last_hit, t);
    l.hit_share = 1;
}

void Tracker::Impl::note_hearers(Work& w, TrackState& k, const Plot& p) const {
    for (std::uint32_t h = p.also; h != kNobody; h = hearers[h].next)
        note_hearer(w, k, hearers[h].sensor, hearers[h].t);
}

/// A message that a track has had in an earlier batch, late from another receiver. It tells nothing new.
bool Tracker::Impl::repeats(Work& w, const Item& item) {
    SensorState& s = sensors[item.sensor];
    Plot& p = s.pending[item.plot];
    if (!p.self_reported || !p.identity.address) return false;
    for (std::uint32_t i = p.near_first; i < p.near_first + p.near_count; ++i) {
        if (wheres[s.near[i]].address != *p.identity.address) continue;
        TrackState& k = tracks[s.near[i]];
        if (!k.alive || k.address != p.identity.address || k.message != p.point ||
            std::abs(k.message_at - p.t) > kSameMessage)
            continue;
        p.taken = true;
        note_hearer(w, k, p.sensor, p.t);
        note_hearers(w, k, p);
        ++w.effects->repeated;
        return true;
    }
    return false;
}

/// An aircraft's own navigation errs slowly: reports a fraction of a second apart carry the same error and must not be
/// averaged as if each were another look. Where it is no better than radars, each report counts as much only as it is
/// of the memory of that error, so that radars get their part. Where it is far better, the track follows it closely and
/// the error stands beside the track's own (slow_error). Along the course the time of what it says adds to it.
void Tracker::Impl::widen(const TrackState& k, const Plot& p, Measurement& m) const {
    const double since = std::max(p.t - k.message_at, 0.1);
    const double most = 1 + (kMostWidening - 1) * coarse(p.variance);
    const double factor = std::clamp(kNavigationMemory / since, 1.0, most);
    const double vx = k.f.mean(iVx), vy = k.f.mean(iVy), late = kOwnLatency * kOwnLatency;
    m.r00 = factor * (m.r00 + late * vx * vx);
    m.r01 = factor * (m.r01 + late * vx * vy);
    m.r11 = factor * (m.r11 + late * vy * vy);
}

void Tracker::Impl::learn_message(TrackState& k, const Plot& p) const {
    k.message = p.point;
    k.message_at = p.t;
    k.message_variance = p.variance * (1 - coarse(p.variance));
}

/// Variance per axis, m², of the error that a track has from the aircraft's navigation, beyond its own covariance.
double Tracker::Impl::slow_error(const TrackState& k, Seconds t) const {
    return k.message_variance > 0 ? k.message_variance * std::exp(-std::abs(t - k.message_at) / kForgotten) : 0;
}

/// What receivers should have heard by now: one report a period, or a second.
void Tracker::Impl::miss_receivers(Work& w, std::uint32_t slot) {
    TrackState& k = tracks[slot];
    for (std::size_t i = 0; i < k.links.size(); ++i) {
        Link& l = k.links[i];
        const SensorState& s = sensors[l.sensor];
        if (s.sweeps || l.visible < kGivenUp) continue;
        const double turn = std::max(s.period, 1.0);
        while (l.last_pass + 1.5 * turn < s.clock) {
            miss(w, slot, l, std::max(l.last_pass + turn, s.clock - 10 * turn));
            if (!k.alive) return;
        }
    }
}

}  // namespace asman::track
