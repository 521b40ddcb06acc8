// What a plot may be that nobody has seen before: the undetected aircraft of its place, given every beam's looks.
#include "manage/state.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::track {

namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;
constexpr double kCompanionSigma = Companions::kReach / 3;  ///< m per axis
constexpr double kOtherHeight = 150;                        ///< m
constexpr double kOutside = 1e-3;                           ///< probability that a place lies within the rim
constexpr double kPlainly = 9;                              ///< χ² of a reply where its track is thought to be

}  // namespace

void Tracker::Impl::list_watchers(Undetected::Cell& c, const Eigen::Vector3d& place) const {
    c.listed = true;
    c.watchers.clear();
    const Eigen::Vector3d middle = Undetected::middle(place);
    for (const std::uint32_t id : sweepers.at(middle)) {
        const SensorState& o = sensors[id];
        const Sight at = sight(o.site, middle, ground_range);
        if (at.range < o.reach())
            c.watchers.push_back({id, static_cast<float>(at.azimuth), static_cast<float>(at.range)});
    }
}

/// Whether the sensor shows this track in this pass by another plot than the jth of the cluster: one plot alone beside
/// a track is its own, laid down at a wrong height.
bool Tracker::Impl::shown_apart(const Work& w, std::uint32_t slot, std::size_t j) const {
    const Plot& p = *w.cluster_plots[j];
    for (std::size_t i = 0; i < w.n_candidates; ++i) {
        const Work::Candidate& c = w.candidates[i];
        if (c.slot != slot) continue;
        for (std::size_t other = 0; other < w.cluster_plots.size(); ++other)
            if (other != j && c.gated[other]) return true;
        break;
    }
    for (const Link& l : tracks[slot].links)
        if (l.sensor == p.sensor)
            return l.hit_share > 0.5F && std::abs(p.t - l.last_hit) < 0.3 * sensors[p.sensor].period;
    return false;
}

/// Whether a whole reply says another code than the track's, and another height or nothing of its address: a second
/// aircraft in its plots, of which a sensor that cannot resolve the two shows now the one, now the other.
bool Tracker::Impl::replies_otherwise(const TrackState& k, const Plot& p) const {
    if (!p.replied || !p.identity.mode_3a || !k.code || *p.identity.mode_3a == *k.code) return false;
    // Replies laid over one another have pulses too many, not too few.
    if (p.garbled) return k.address && !p.identity.address && (*p.identity.mode_3a & *k.code) != *k.code;
    return (k.address && !p.identity.address) || (p.pressure_height && k.vertical.valid() &&
                                                  std::abs(k.vertical.height(p.t) - *p.pressure_height) > kOtherHeight);
}

/// Aircraft per m² that fly beside an established one and have not been told apart from it yet.
double Tracker::Impl::beside(const Work& w, std::size_t j) const {
    const Plot& p = *w.cluster_plots[j];
    const SensorState& s = sensors[p.sensor];
    double density = 0;
    for (std::uint32_t i = p.near_first; i < p.near_first + p.near_count; ++i) {
        const Where& at = wheres[s.near[i]];
        const double dt = p.t - at.t;
        Eigen::Vector3d d = at.place + at.velocity * dt - p.place;
        const Eigen::Vector3d up = at.up.cast<double>();
        d -= up * up.dot(d);
        if (d.squaredNorm() > 4 * Companions::kReach * Companions::kReach) continue;
        const TrackState& k = tracks[s.near[i]];
        if (!k.alive || !k.established || (p.identity.address && k.address == p.identity.address) ||
            !(shown_apart(w, s.near[i], j) || replies_otherwise(k, p)))
            continue;
        const double spread = k.spread + k.spread_rate * std::abs(dt),
                     variance = 0.5 * spread * spread + kCompanionSigma * kCompanionSigma;
        density += k.existence * companions.unseen(k.reports) * std::exp(-0.5 * d.squaredNorm() / variance) /
                   (kTwoPi * variance);
    }
    return density;
}

/// Whether a report tells the address of a track that is there: one that carries its own place is hardly anybody
/// else's, nor is a reply where the track is thought to be. No need then to know how many strangers it may be of.
bool Tracker::Impl::plainly_own(const Work& w, std::size_t j) const {
    const Plot& p = *w.cluster_plots[j];
    if (!p.identity.address) return false;
    for (std::size_t i = 0; i < w.n_candidates; ++i) {
        const Work::Candidate& c = w.candidates[i];
        const TrackState& k = tracks[c.slot];
        if (k.address != p.identity.address) continue;
        if (p.self_reported) return true;
        if (!k.established || c.share < 1 || !c.gated[j]) continue;
        const V4& d = c.innovation[j].distance2;
        for (int lane = 0; lane < 4; ++lane)
            if (c.f.mu[lane] > 0.01 && d[lane] < kPlainly) return true;
    }
    return false;
}

double Tracker::Impl::over_the_rim(const SensorState& s, Plot& p, std::span<const Looks> looks) const {
    // Who has come over one part of the rim has not yet gone out over another side.
    Frontier::Lines lines;
    const std::size_t n = frontier.lines(p.place, static_cast<float>(Crossings::kDeepest), lines);
    const double range = s.distance(p.place);
    const Eigen::Vector3d out = (p.place - s.site.place) / std::max(range, 1.0);
    double total = 0, most = 0;
    for (const RimLine& line : std::span(lines).first(n)) {
        const double within = crossings.within(line.across);
        if (within < kOutside) continue;
        const double along = std::min(std::pow(out.dot(line.inward.cast<double>()), 2), 1.0);
        const double sigma =
            std::sqrt(along * p.at.variance_range + (1 - along) * p.at.variance_azimuth * range * range);
        const Crossings::Density d = crossings.density(line.depth, sigma, looks, line.from, line.to);
        total += within * d.unseen;
        if (within * d.unseen <= most) continue;
        most = within * d.unseen;
        p.rim.inward = line.inward;
        p.crossing = {0, line.depth, static_cast<float>(sigma), static_cast<float>(d.way)};
    }
    return total;
}

void Tracker::Impl::foresee(Work& w, std::size_t j) const {
    Plot& p = *w.cluster_plots[j];
    const SensorState& s = sensors[p.sensor];
    const bool own = plainly_own(w, j);
    const Undetected::Cell* c = own ? nullptr : undetected.find(p.place);
    if (!own && (c == nullptr || !c->listed)) w.effects->unknown.push_back({p.place, p.t});
    p.rim = own ? Rim{} : frontier.at(p.place);
    const double rate = config.ablate_unseen ? 1e-6 * config.birth_rate_per_km2_s : undetected.rate(c, p.rim.band, p.t);
    if (!s.sweeps || config.ablate_unseen) {  // a receiver of reports that come by themselves
        const double turn = std::clamp(s.period, 1.0, 5.0), age = std::max(0.0, p.t - s.first);
        const double old = 1e-6 * config.initial_density_per_km2 * std::exp(-age / (1.5 * turn));
        p.new_density = s.info.detection_probability * (old + rate * turn);
        p.newborn = rate * turn / (old + rate * turn);
        return;
    }
    Looks looks[16];
    std::size_t n = 0;
    const SensorState::Ring& ring = s.ring(s.distance(p.place));
    const double detect = ring.visibility * ring.detection;
    looks[n++] = {s.period, s.period, detect, p.t - s.first};
    if (c != nullptr)
        for (const Watcher& watcher : c->watchers) {
            const SensorState& o = sensors[watcher.sensor];
            if (&o == &s || !o.alive || n == std::size(looks) || p.t - o.latest > 2.5 * o.period + 1) continue;
            Looks& l = looks[n++];
            l.period = o.period;
            l.since = p.t - o.first;
            const SensorState::Ring& there = o.ring(watcher.range);
            l.detection = there.visibility * there.detection;
            double phase = (o.beam.at(p.t) - watcher.azimuth) / kTwoPi;
            phase -= std::floor(phase);
            l.latest = (o.beam.steady() ? phase : 0.5) * o.period;
        }
    Undetected::Density d = undetected.density(rate, {looks, n});
    p.crossing.share = 0;
    if (p.rim.band < Rim::kDeep) {
        const double over = over_the_rim(s, p, {looks, n});
        d.born += over;
        p.crossing.share = static_cast<float>(over / std::max(d.born, 1e-300));
    }
    const double all = d.born + d.old + (own ? 0 : beside(w, j));
    p.new_density = detect * all;
    if (s.info.kind != picture::SensorKind::primary && !p.replied) p.new_density *= silent.share();
    p.newborn = d.born / all;
}

}  // namespace asman::track
