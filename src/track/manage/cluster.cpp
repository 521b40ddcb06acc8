// One neighbourhood of one sensor's pass: which plots, which tracks, whose is which, and what follows.
#include "manage/state.hpp"

#include <algorithm>
#include <cmath>

namespace asman::track {

namespace {

constexpr double kGate = 20;                ///< normalised innovation squared, two dimensions: 4.5e-5 outside
constexpr double kManoeuvre = 12;           ///< m/s²: what a coarse gate allows
constexpr double kClaim = 0.3, kAlike = 2;  ///< claim on a plot; squared distance over summed variances
constexpr double kMinStart = 3e-5;          ///< existence below which a plot starts nothing

}  // namespace

Measurement Tracker::Impl::measurement(const SensorState& s, const Plot& p, const Anchor& anchor, double h) const {
    if (p.polar) return measure(s.site, p.at, p.geometric_height.value_or(h), ground_range, anchor);
    const Eigen::Vector2d z = anchor.to_tangent(frame->global({p.point, {h}}), h);
    Measurement m;
    m.z[0] = z.x();
    m.z[1] = z.y();
    m.r00 = m.r11 = p.variance;
    return m;
}

bool Tracker::Impl::consider_pair(SensorState& s, Candidate& c, const Plot& p, std::size_t j) {
    const TrackState& k = tracks[c.slot];
    Measurement m = measurement(s, p, k.anchor, c.h + c.e);
    m.e0 = c.e;
    m.lag = std::max(k.t, cluster_plots[0].t) - p.t;
    if (k.height_open) {  // what the height's uncertainty adds beyond first order
        const double ve = c.f.p[packed(iE, iE)][0];
        m.z[0] += 0.5 * m.j2[0] * ve;
        m.z[1] += 0.5 * m.j2[1] * ve;
        m.r00 += 0.5 * m.j2[0] * m.j2[0] * ve * ve;
        m.r01 += 0.5 * m.j2[0] * m.j2[1] * ve * ve;
        m.r11 += 0.5 * m.j2[1] * m.j2[1] * ve * ve;
    }
    if (c.innovation.size() <= j) {
        c.innovation.resize(kMaxPlots);
        c.log_factor.resize(kMaxPlots);
        c.gated.resize(kMaxPlots);
    }
    c.f.innovate(m, c.innovation[j]);
    const V4& d = c.innovation[j].distance2;
    bool inside = false;
    for (int lane = 0; lane < 4; ++lane) inside |= c.f.mu[lane] > 0.01 && d[lane] < kGate;
    c.gated[j] = inside;
    if (inside) c.log_factor[j] = evidence(s, k, p);
    return inside;
}

bool Tracker::Impl::consider_track(SensorState& s, std::uint32_t slot, std::size_t seen) {
    if (n_candidates == kMaxTracks) return false;
    TrackState& k = tracks[slot];
    const Plot& p = cluster_plots[seen];
    const Seconds at = cluster_plots[0].t;
    const double dt = at - k.t;
    // Coarse gate on the horizontal distance.
    Eigen::Vector3d d = k.place + k.velocity * dt - p.place;
    const Eigen::Vector3d up = k.anchor.axes.row(2);
    d -= up * up.dot(d);
    const double a = std::abs(dt), span = (p.place - s.site.place).squaredNorm();
    const double sigma =
        p.polar ? std::sqrt(p.at.variance_range + p.at.variance_azimuth * span) : std::sqrt(2 * p.variance);
    double reach = 4.5 * (k.spread + k.spread_rate * a + sigma) + kManoeuvre * a * a;
    if (p.polar && !ground_range) reach += 6000 * std::min(1.0, 12000 / std::max(p.at.range, 1.0));
    if (d.squaredNorm() > reach * reach) return false;

    const Link& link = link_to(k, p.sensor);
    const double turn = s.sweeps ? s.period : 0;
    double taken = 0;  // one pass gives one plot
    if (at - link.last_hit < 0.5 * turn) taken = link.hit_share;
    if (taken > 0.9) return false;

    if (candidates.size() <= n_candidates) candidates.resize(n_candidates + 1);
    Candidate& c = candidates[n_candidates];
    c.slot = slot;
    c.f = k.f;
    if (dt > 0) c.f.predict(motion_of(k), dt);
    c.h = k.height(at, config.unknown_height);
    c.e = k.height_open ? std::clamp(c.f.mean(iE), -500.0 - c.h, 16000.0 - c.h) : 0;
    c.detect = std::clamp(detection(s, std::min(p.at.range, s.info.max_range), link) * link.visible * (1 - taken),
                          0.005, 0.99);
    if (!consider_pair(s, c, p, seen)) return false;
    for (std::size_t j = 0; j < cluster_plots.size(); ++j)
        if (j != seen) consider_pair(s, c, cluster_plots[j], j);
    ++n_candidates;
    return true;
}

void Tracker::Impl::gather(SensorState& s, std::size_t seed) {
    cluster_plots.clear();
    n_candidates = 0;
    cluster_plots.push_back(std::move(s.pending[seed]));
    s.pending.erase(s.pending.begin() + static_cast<std::ptrdiff_t>(seed));
    for (std::size_t j = 0; j < cluster_plots.size(); ++j) {
        nearby.clear();
        index.near(cluster_plots[j].place, [&](std::uint32_t slot) { nearby.push_back(slot); });
        std::sort(nearby.begin(), nearby.end());
        for (std::uint32_t slot : nearby) {
            const auto end = candidates.begin() + static_cast<std::ptrdiff_t>(n_candidates);
            if (std::any_of(candidates.begin(), end, [&](const Candidate& c) { return c.slot == slot; })) continue;
            consider_track(s, slot, j);
        }
        // Plots that wait and lie in the gate of a track found join the cluster.
        for (std::size_t q = 0; q < s.pending.size() && n_candidates > 0 && cluster_plots.size() < kMaxPlots;) {
            bool joins = false;
            const std::size_t n = cluster_plots.size();
            for (std::size_t i = 0; i < n_candidates; ++i) {
                const TrackState& k = tracks[candidates[i].slot];
                const double far = 4.5 * (k.spread + k.spread_rate * 12) + 8000;
                if ((k.place - s.pending[q].place).squaredNorm() > far * far) {
                    candidates[i].gated[n] = 0;
                    continue;
                }
                joins |= consider_pair(s, candidates[i], s.pending[q], n);
            }
            if (!joins) {
                ++q;
                continue;
            }
            cluster_plots.push_back(std::move(s.pending[q]));
            s.pending.erase(s.pending.begin() + static_cast<std::ptrdiff_t>(q));
        }
    }
}

void Tracker::Impl::solve(SensorState&) {
    cluster.resize(n_candidates, cluster_plots.size());
    for (std::size_t i = 0; i < n_candidates; ++i) {
        Candidate& c = candidates[i];
        TrackState& k = tracks[c.slot];
        survive(k, cluster_plots[0].t);
        const double seen = k.existence * c.detect;
        cluster.none[i] = 1 - seen;
        for (std::size_t j = 0; j < cluster_plots.size(); ++j) {
            if (!c.gated[j]) continue;
            const Plot& p = cluster_plots[j];
            const double likelihood = dot(c.f.mu, c.innovation[j].likelihood) * c.log_factor[j];
            cluster.at(i, j) = seen * likelihood / (p.false_density + p.new_density);
        }
    }
    config.ablate_marginals ? nearest_neighbour(cluster, weights) : marginals(cluster, weights);
}

void Tracker::Impl::apply(SensorState& s, std::size_t i) {
    Candidate& c = candidates[i];
    TrackState& k = tracks[c.slot];
    const std::size_t m = cluster_plots.size();
    const Seconds at = cluster_plots[0].t;
    double hit = 0;
    for (std::size_t j = 0; j < m; ++j) hit += weights.pair[i * m + j];
    hit = std::min(hit, 1.0);
    const double r = k.existence, unseen = (1 - hit) * r * (1 - c.detect) / (1 - r * c.detect);
    const double exists = std::min(hit + unseen, 1 - 1e-9);

    Link& link = link_to(k, cluster_plots[0].sensor);
    const double given = exists > 0 ? hit / exists : 0;
    const double range = s.distance(k.place);
    record_pass(s, k, link, range, given);
    link.last_pass = at;
    k.existence = exists;
    if (given > 0.1) {
        link.last_hit = at;
        link.hit_share = given;
    }
    chosen.clear();
    chosen_beta.clear();
    std::size_t best = m;
    for (std::size_t j = 0; j < m; ++j) {
        const double beta = exists > 0 ? weights.pair[i * m + j] / exists : 0;
        if (!c.gated[j] || beta < 1e-4) continue;
        chosen.push_back(c.innovation[j]);
        chosen_beta.push_back(std::min(beta, 1.0));
        if (best == m || weights.pair[i * m + j] > weights.pair[i * m + best]) best = j;
    }
    if (chosen.empty()) {
        if (k.existence < config.drop_existence) drop(c.slot);
        return;
    }
    ++counters.updates;
    c.f.update(motion, chosen, chosen_beta);
    k.f = c.f;
    k.t = std::max(k.t, at);
    if (weights.pair[i * m + best] / std::max(exists, 1e-12) > 0.5) {
        const Plot& p = cluster_plots[best];
        if (link.reports++ == 0) link.first = p.t;
        link.last = std::max(link.last, p.t);
        k.last_report = std::max(k.last_report, p.t);
        ++k.reports;
        learn_identity(k, p);
        learn_height(k, p);
        learn_velocity(k, p);
        if (given > 0.9 && m == 1 && n_candidates == 1) sample(k, p);
    }
    refresh(c.slot);
    if (!k.confirmed && k.existence > config.confirm_existence && k.reports >= 2 && !borrowed(k)) confirm(k);
    if (!link.scheduled) schedule(cluster_plots[0].sensor, c.slot, link, at + std::max(s.period, 1.0));
}

void Tracker::Impl::unite_claims() {
    // Tentative tracks begun at different plots of one aircraft share its existence, so that none would be believed.
    // Those that now say the same are one: they exclude each other, so their probabilities add.
    const std::size_t m = cluster_plots.size();
    for (std::size_t j = 0; j < m; ++j) {
        std::size_t best = n_candidates;
        for (std::size_t i = 0; i < n_candidates; ++i)
            if (tracks[candidates[i].slot].alive &&
                (best == n_candidates || weights.pair[i * m + j] > weights.pair[best * m + j]))
                best = i;
        if (best == n_candidates || weights.pair[best * m + j] < kClaim) continue;
        TrackState& k = tracks[candidates[best].slot];
        for (std::size_t i = 0; i < n_candidates; ++i) {
            TrackState& o = tracks[candidates[i].slot];
            if (i == best || !o.alive || o.confirmed || weights.pair[i * m + j] < 0.7 * o.existence) continue;
            const double gap = (k.place - o.place).squaredNorm(), dv = (k.velocity - o.velocity).squaredNorm();
            if (gap > kAlike * (k.spread * k.spread + o.spread * o.spread) ||
                dv > kAlike * (k.spread_rate * k.spread_rate + o.spread_rate * o.spread_rate))
                continue;
            k.existence = std::min(k.existence + o.existence, 1 - 1e-6);
            drop(candidates[i].slot);
        }
        if (!k.confirmed && k.existence > config.confirm_existence && k.reports >= 2 && !borrowed(k)) confirm(k);
    }
}

void Tracker::Impl::start_tracks(SensorState& s) {
    for (std::size_t j = 0; j < cluster_plots.size(); ++j) {
        const Plot& p = cluster_plots[j];
        const double alone = n_candidates == 0 ? 1.0 : weights.alone[j];
        const double is_new = p.new_density / (p.new_density + p.false_density);
        if (s.sweeps && alone > 0.01) {
            const Eigen::Vector3d d = s.site.axes * (p.place - s.site.place);
            (p.replied ? s.replies : s.echoes).add(d.x(), d.y(), p.t, alone * (1 - is_new));
        }
        const double existence = alone * is_new;
        if (existence > kMinStart && alone > 0.02) start(s, p, existence);
    }
}

void Tracker::Impl::associate(SensorState& s, std::size_t seed) {
    gather(s, seed);
    if (n_candidates > 0) {
        solve(s);
        for (std::size_t i = 0; i < n_candidates; ++i) apply(s, i);
        if (n_candidates > 1) unite_claims();
    }
    start_tracks(s);
}

}  // namespace asman::track
