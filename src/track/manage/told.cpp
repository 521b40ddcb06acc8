// Reports that carry their own place: ADS-B and multilateration.
#include "manage/state.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace asman::track {

namespace {

constexpr double kSameMessage = 0.25;  ///< s: an aircraft's messages are 0.4 s apart at least (DO-260B 2.2.3.3)
constexpr double kKept = 4;            ///< s
constexpr std::size_t kMessages = 1 << 18, kProbes = 8;
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

/// Where the message is kept, or kNobody: it cannot be. `again`: it was there already, from another receiver. Then it
/// tells nothing new of the aircraft, and costs a look here and a note at the track.
std::uint32_t Tracker::Impl::keep_message(const picture::TargetReport& r, std::uint32_t sensor, Seconds t,
                                          bool& again) {
    again = false;
    if (r.polar() || r.kind != picture::SensorKind::ads_b || !r.identity.address) return kNobody;
    if (messages.empty()) messages.resize(kMessages);
    const std::size_t first = hash_of(r) & (kMessages - 1);
    std::uint32_t vacant = kNobody;
    for (std::size_t probe = 0; probe < kProbes; ++probe) {
        const auto at = static_cast<std::uint32_t>((first + probe) & (kMessages - 1));
        Message& m = messages[at];
        const bool old = now - m.t > kKept || m.t > now + kKept;
        if (old) {
            if (vacant == kNobody) vacant = at;
            continue;
        }
        if (m.point != *r.point || m.address != *r.identity.address || m.sensor == sensor ||
            std::abs(m.t - t) > kSameMessage)
            continue;
        again = true;
        heard.push_back({at, sensor, t});
        return at;
    }
    if (vacant != kNobody) messages[vacant] = {*r.point, t, *r.identity.address, sensor, kNobody, 0};
    return vacant;
}

void Tracker::Impl::note_hearer(Work& w, TrackState& k, std::uint32_t sensor, Seconds t) const {
    Link& l = link_to(k, sensor);
    record_pass(w, k, l, 0, 1);
    if (l.reports++ == 0) l.first = t;
    l.last = std::max(l.last, t);
    l.last_hit = l.last_pass = std::max(l.last_hit, t);
    l.hit_share = 1;
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
