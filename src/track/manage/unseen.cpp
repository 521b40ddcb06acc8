// What a plot may be that nobody has seen before: the undetected aircraft of its place, given every beam's looks.
#include "manage/state.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::track {

namespace {

constexpr double kTwoPi = 2 * std::numbers::pi;

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

void Tracker::Impl::foresee(Work& w, Plot& p) const {
    const SensorState& s = sensors[p.sensor];
    // A message of a track's own aircraft will hardly be anybody else's: no need to know how many these may be.
    const auto known = w.candidates.begin() + static_cast<std::ptrdiff_t>(w.n_candidates);
    const bool own = p.self_reported && p.identity.address &&
                     std::any_of(w.candidates.begin(), known, [&](const Work::Candidate& c) {
                         return tracks[c.slot].address == p.identity.address;
                     });
    const Undetected::Cell* c = own ? nullptr : undetected.find(p.place);
    if (!own && (c == nullptr || !c->listed)) w.effects->unknown.push_back({p.place, p.t});
    const double rate = config.ablate_unseen ? 1e-6 * config.birth_rate_per_km2_s : undetected.rate(c, p.t);
    if (!s.sweeps || config.ablate_unseen) {  // a receiver of reports that come by themselves
        const double turn = std::clamp(s.period, 1.0, 5.0), age = std::max(0.0, p.t - s.first);
        const double old = 1e-6 * config.initial_density_per_km2 * std::exp(-age / (1.5 * turn));
        p.new_density = s.info.detection_probability * (old + rate * turn);
        p.newborn = rate * turn / (old + rate * turn);
        return;
    }
    Looks looks[16];
    std::size_t n = 0;
    const double range = s.distance(p.place), detect = s.visibility(range) * ring_detection(s, range);
    looks[n++] = {s.period, s.period, detect, p.t - s.first};
    if (c != nullptr)
        for (const Watcher& watcher : c->watchers) {
            const SensorState& o = sensors[watcher.sensor];
            if (&o == &s || !o.alive || n == std::size(looks) || p.t - o.latest > 2.5 * o.period + 1) continue;
            Looks& l = looks[n++];
            l.period = o.period;
            l.since = p.t - o.first;
            l.detection = o.visibility(watcher.range) * ring_detection(o, watcher.range);
            double phase = (o.beam.at(p.t) - watcher.azimuth) / kTwoPi;
            phase -= std::floor(phase);
            l.latest = (o.beam.steady() ? phase : 0.5) * o.period;
        }
    const Undetected::Density d = undetected.density(rate, {looks, n});
    p.new_density = detect * (d.born + d.old);
    p.newborn = d.born / (d.born + d.old);
}

}  // namespace asman::track
