// One neighbourhood of one sensor's pass: which plots, which tracks, whose is which, and what follows.
#include "manage/state.hpp"

#include <algorithm>
#include <cmath>

namespace asman::track {

namespace {

constexpr double kGate = 20;                         ///< normalised innovation squared, two dimensions: 4.5e-5 outside
constexpr double kManoeuvre = 12;                    ///< m/s²: what a coarse gate allows
constexpr double kClaim = 0.3, kAlike = 2;           ///< claim on a plot; squared distance over summed variances
constexpr double kMinStart = 1e-5;                   ///< existence below which a plot starts nothing
constexpr double kEscape = 20, kEscapeShare = 4e-4;  ///< m/s², 1σ, of flight that no mode foresees, and how rare it is
constexpr double kLikelyEscape = 0.1;
constexpr double kEscapeReach = 12'000;  ///< m
constexpr double kFaint = 0.01;          ///< existence of what disturbs nobody's plots
constexpr double kBeyondDoubt = 0.999, kUndoubted = 0.99;
constexpr double kSurelyOwn = 0.9;  ///< share of a plot from which on what its aircraft told is the track's

}  // namespace

Measurement Tracker::Impl::measurement(const SensorState& s, const Plot& p, const Anchor& anchor, double h) const {
    if (p.polar) return measure(s.site, p.at, p.geometric_height.value_or(h), ground_range, anchor);
    const Eigen::Vector2d z = anchor.to_tangent(frame->global({p.point, {h}}), h);
    Measurement m;
    m.z[0] = z.x();
    m.z[1] = z.y();
    m.r00 = p.east;
    m.r01 = p.both;
    m.r11 = p.north;
    return m;
}

double Tracker::Impl::coarse_gate(const SensorState& s, const Plot& p) const {
    if (!p.polar) return 4.5 * std::sqrt(2 * p.variance);
    const double span = (p.place - s.site.place).squaredNorm();
    const double noise = 4.5 * std::sqrt(p.at.variance_range + p.at.variance_azimuth * span);
    return ground_range ? noise : noise + 6000 * std::min(1.0, 12000 / std::max(p.at.range, 1.0));
}

bool Tracker::Impl::in_reach(const Where& k, const Plot& p, double gate, Seconds at) const {
    const double dt = at - k.t, a = std::abs(dt);
    Eigen::Vector3d d = k.place + k.velocity * dt - p.place;
    const double limit = 4.5 * (k.spread + k.spread_rate * a) + gate + kManoeuvre * a * a;
    const Eigen::Vector3d up = k.up.cast<double>();  // horizontally
    d -= up * up.dot(d);
    return d.squaredNorm() <= limit * limit;
}

Bound Tracker::Impl::bound(const TrackState& k) const {
    const Birth& b = k.birth;
    if (b.rim.band == Rim::kUnknown) return {};
    const Eigen::Vector3d inward = k.anchor.axes * b.rim.inward.cast<double>();
    return {&headings, b.rim.band, inward.x(), inward.y(), b.newborn};
}

double Tracker::Impl::speed_evidence(const TrackState& k, const Imm& f, const Innovation& in) const {
    // The velocity after this plot, in the straight mode.
    const double a0 = in.ph0[iVx][0], a1 = in.ph1[iVx][0], b0 = in.ph0[iVy][0], b1 = in.ph1[iVy][0];
    const double i00 = in.i00[0], i01 = in.i01[0], i11 = in.i11[0], n0 = in.nu0[0], n1 = in.nu1[0];
    const double kx0 = a0 * i00 + a1 * i01, kx1 = a0 * i01 + a1 * i11, ky0 = b0 * i00 + b1 * i01,
                 ky1 = b0 * i01 + b1 * i11;
    return speeds.factor(f.x[iVx][0] + kx0 * n0 + kx1 * n1, f.x[iVy][0] + ky0 * n0 + ky1 * n1,
                         f.p[packed(iVx, iVx)][0] - kx0 * a0 - kx1 * a1, f.p[packed(iVx, iVy)][0] - kx0 * b0 - kx1 * b1,
                         f.p[packed(iVy, iVy)][0] - ky0 * b0 - ky1 * b1, bound(k));
}

bool Tracker::Impl::consider_pair(const SensorState& s, Work::Candidate& c, const Plot& first, const Plot& p,
                                  std::size_t j) const {
    const TrackState& k = tracks[c.slot];
    Measurement m = measurement(s, p, k.anchor, c.h + c.e);
    if (p.self_reported) {
        widen(k, p, m);
    } else if (const double slow = slow_error(k, p.t); slow > 0) {
        m.r00 += slow;
        m.r11 += slow;
    }
    m.e0 = c.e;
    m.lag = std::max(k.t, first.t) - p.t;
    if (p.variance_time > 0) {  // along the course, by what the sensor's clock may be off
        const double vx = c.f.mean(iVx), vy = c.f.mean(iVy);
        m.r00 += p.variance_time * vx * vx;
        m.r01 += p.variance_time * vx * vy;
        m.r11 += p.variance_time * vy * vy;
    }
    if (k.height_open) {  // what the height's uncertainty adds beyond first order
        const double ve = c.f.p[packed(iE, iE)][0];
        m.z[0] += 0.5 * m.j2[0] * ve;
        m.z[1] += 0.5 * m.j2[1] * ve;
        m.r00 += 0.5 * m.j2[0] * m.j2[0] * ve * ve;
        m.r01 += 0.5 * m.j2[0] * m.j2[1] * ve * ve;
        m.r11 += 0.5 * m.j2[1] * m.j2[1] * ve * ve;
    }
    if (c.innovation.size() <= j) {
        c.innovation.resize(Work::kMaxPlots);
        c.log_factor.resize(Work::kMaxPlots);
        c.gated.resize(Work::kMaxPlots);
        c.speed_factor.resize(Work::kMaxPlots);
    }
    c.f.innovate(m, c.innovation[j]);
    const V4& d = c.innovation[j].distance2;
    bool inside = false;
    for (int lane = 0; lane < 4; ++lane) inside |= c.f.mu[lane] > 0.01 && d[lane] < kGate;
    c.gated[j] = inside;
    if (inside) {
        c.log_factor[j] = evidence(s, k, p);
        c.speed_factor[j] = young(k) ? speed_evidence(k, c.f, c.innovation[j]) / k.speed_evidence : 1;
    }
    return inside;
}

/// The track at the cluster's time, as a candidate that is not counted yet; null where it cannot be seen now.
Work::Candidate* Tracker::Impl::predict_candidate(Work& w, std::uint32_t slot, const Plot& p, Seconds at) {
    if (w.n_candidates == Work::kMaxTracks) return nullptr;
    TrackState& k = tracks[slot];
    if (!k.alive) return nullptr;
    const SensorState& s = sensors[p.sensor];
    const Link& link = link_to(k, p.sensor);
    const double turn = s.sweeps ? s.period : 0;
    double taken = 0;  // one pass gives one plot
    if (at - link.last_hit < 0.5 * turn) taken = link.hit_share;
    if (taken > 0.9) return nullptr;

    if (w.candidates.size() <= w.n_candidates) w.candidates.resize(w.n_candidates + 1);
    Work::Candidate& c = w.candidates[w.n_candidates];
    c.slot = slot;
    c.share = 1;
    c.f = k.f;
    // After one plot all modes say the same: there is nothing to mix yet.
    if (at > k.t) k.reports > 1 ? c.f.predict(motion_of(k), at - k.t) : c.f.move(motion_of(k), at - k.t);
    c.h = k.height(at, config.unknown_height);
    c.e = k.height_open ? std::clamp(c.f.mean(iE), -500.0 - c.h, 16000.0 - c.h) : 0;
    c.detect =
        std::clamp(detection(s, std::min(p.at.range, s.max_range), link) * link.visible * (1 - taken), 0.005, 0.99);
    return &c;
}

bool Tracker::Impl::consider_track(Work& w, std::uint32_t slot, std::size_t seen) {
    const Plot &first = *w.cluster_plots[0], &p = *w.cluster_plots[seen];
    const SensorState& s = sensors[p.sensor];
    Work::Candidate* c = predict_candidate(w, slot, p, first.t);
    if (c == nullptr) return false;
    if (!consider_pair(s, *c, first, p, seen)) {
        const TrackState& k = tracks[slot];
        if (k.established && s.sweeps && first.t > k.t && !config.ablate_escape) w.escaped.push_back(slot);
        return false;
    }
    for (std::size_t j = 0; j < w.cluster_plots.size(); ++j)
        if (j != seen) consider_pair(s, *c, first, *w.cluster_plots[j], j);
    ++w.n_candidates;
    return true;
}

/// An established track none of whose modes foresaw a plot: it may fly harder than any of them. Only where no other
/// plot of the pass is what they foresaw.
void Tracker::Impl::consider_escape(Work& w, std::uint32_t slot, std::uint32_t sensor) {
    for (std::size_t i = 0; i < w.n_candidates; ++i)
        if (w.candidates[i].slot == slot) return;
    const Plot& first = *w.cluster_plots[0];
    Work::Candidate* c = predict_candidate(w, slot, first, first.t);
    if (c == nullptr) return;
    const SensorState& s = sensors[sensor];
    const TrackState& k = tracks[slot];
    const std::size_t n = w.cluster_plots.size();
    for (const Item& other : w.members) {
        if (other.sensor != sensor) continue;
        const Plot& q = s.pending[other.plot];
        if (!q.taken && (k.place - q.place).squaredNorm() < kEscapeReach * kEscapeReach &&
            consider_pair(s, *c, first, q, std::min(n, Work::kMaxPlots - 1)))
            return;
    }
    c->plain = c->f;
    c->f.loosen(std::min(first.t - k.t, 10.0), kEscape);
    c->share = kEscapeShare;
    bool any = false;
    for (std::size_t j = 0; j < n; ++j) any |= consider_pair(s, *c, first, *w.cluster_plots[j], j);
    w.n_candidates += any;
}

/// Plots of the sensor that lie in the gate of a track found join the cluster, those too that wait still.
void Tracker::Impl::draw_in(Work& w, std::uint32_t sensor) {
    const SensorState& s = sensors[sensor];
    if (!s.sweeps) return;  // a report that carries its place is one message of one aircraft
    for (const Item& other : w.members) {
        if (w.n_candidates == 0 || w.cluster_plots.size() == Work::kMaxPlots) return;
        if (other.sensor != sensor) continue;
        Plot& q = sensors[sensor].pending[other.plot];
        if (q.taken) continue;
        const std::size_t n = w.cluster_plots.size();
        bool joins = false;
        for (std::size_t i = 0; i < w.n_candidates; ++i) {
            Work::Candidate& c = w.candidates[i];
            const TrackState& k = tracks[c.slot];
            const double far = 4.5 * (k.spread + k.spread_rate * 12) + 8000;
            if ((k.place - q.place).squaredNorm() > far * far)
                c.gated[n] = 0;
            else
                joins |= consider_pair(s, c, *w.cluster_plots[0], q, n);
        }
        if (!joins) continue;
        q.taken = true;
        w.cluster_plots.push_back(&q);
    }
}

void Tracker::Impl::gather(Work& w, const Item& seed) {
    w.cluster_plots.clear();
    w.escaped.clear();
    w.n_candidates = 0;
    SensorState& s = sensors[seed.sensor];
    s.pending[seed.plot].taken = true;
    w.cluster_plots.push_back(&s.pending[seed.plot]);
    for (std::size_t j = 0; j < w.cluster_plots.size(); ++j) {
        const Plot& p = *w.cluster_plots[j];
        w.nearby.assign(s.near.begin() + p.near_first, s.near.begin() + p.near_first + p.near_count);
        const double gate = coarse_gate(s, p);
        for (const std::uint32_t slot : w.fresh)
            if (tracks[slot].alive && in_reach(wheres[slot], p, gate, p.t)) w.nearby.push_back(slot);
        for (const std::uint32_t slot : w.nearby) {
            const auto end = w.candidates.begin() + static_cast<std::ptrdiff_t>(w.n_candidates);
            if (std::any_of(w.candidates.begin(), end, [&](const Work::Candidate& c) { return c.slot == slot; }))
                continue;
            consider_track(w, slot, j);
        }
        draw_in(w, seed.sensor);
    }
    for (const std::uint32_t slot : w.escaped) consider_escape(w, slot, seed.sensor);
}

void Tracker::Impl::solve(Work& w) {
    w.cluster.resize(w.n_candidates, w.cluster_plots.size());
    for (std::size_t i = 0; i < w.n_candidates; ++i) {
        Work::Candidate& c = w.candidates[i];
        TrackState& k = tracks[c.slot];
        survive(k, w.cluster_plots[0]->t);
        const double seen = k.existence * c.detect;
        w.cluster.none[i] = 1 - seen;
        for (std::size_t j = 0; j < w.cluster_plots.size(); ++j) {
            if (!c.gated[j]) continue;
            const Plot& p = *w.cluster_plots[j];
            const double likelihood =
                c.share * dot(c.f.mu, c.innovation[j].likelihood) * c.log_factor[j] * c.speed_factor[j];
            w.cluster.at(i, j) = seen * likelihood / (p.false_density + p.new_density);
        }
    }
    consider_shared(w);
    config.ablate_marginals ? nearest_neighbour(w.cluster, w.weights) : marginals(w.cluster, w.weights);
    find_confused(w);
}

/// Whether nothing else is near this track that more than hardly exists.
bool Tracker::Impl::alone(const Work& w, std::size_t i) const {
    for (std::size_t o = 0; o < w.n_candidates; ++o)
        if (o != i && tracks[w.candidates[o].slot].existence > kFaint) return false;
    return true;
}

void Tracker::Impl::apply(Work& w, std::size_t i) {
    Work::Candidate& c = w.candidates[i];
    TrackState& k = tracks[c.slot];
    const std::size_t m = w.cluster_plots.size();
    const Seconds at = w.cluster_plots[0]->t;
    double hit = 0;
    for (std::size_t j = 0; j < m; ++j) hit += w.weights.pair[i * m + j];
    const double own = hit;
    for (std::size_t n = 0; n < w.weights.shared.size(); ++n)
        if (w.cluster.shared[n].a == i || w.cluster.shared[n].b == i) hit += w.weights.shared[n];
    hit = std::min(hit, 1.0);
    const double r = k.existence, unseen = (1 - hit) * r * (1 - c.detect) / (1 - r * c.detect);
    const double exists = std::min(hit + unseen, 1 - 1e-9);

    const SensorState& s = sensors[w.cluster_plots[0]->sensor];
    Link& link = link_to(k, w.cluster_plots[0]->sensor);
    const double given = exists > 0 ? hit / exists : 0;
    if (c.share < 1 && given < kLikelyEscape) return;  // its pass is judged later
    const double range = s.distance(k.place);
    record_pass(w, k, link, range, given);
    link.last_pass = at;
    k.existence = exists;
    if (given > 0.1) {
        link.last_hit = at;
        link.hit_share = static_cast<float>(given);
        link.shared = own < 0.5 * hit;
    }
    w.chosen.clear();
    w.chosen_beta.clear();
    std::size_t best = m;
    for (std::size_t j = 0; j < m; ++j) {
        const double beta = exists > 0 ? w.weights.pair[i * m + j] / exists : 0;
        if (!c.gated[j] || beta < 1e-4) continue;
        w.chosen.push_back(c.innovation[j]);
        w.chosen_beta.push_back(std::min(beta, 1.0));
        if (best == m || w.weights.pair[i * m + j] > w.weights.pair[i * m + best]) best = j;
    }
    for (std::size_t n = 0; n < w.weights.shared.size() && w.chosen.size() < Work::kMaxPlots; ++n) {
        const Cluster::Shared& with = w.cluster.shared[n];
        const double beta = exists > 0 ? w.weights.shared[n] / exists : 0;
        if ((with.a != i && with.b != i) || beta < 1e-4) continue;
        w.chosen.push_back(w.shared[n].innovation[with.b == i]);
        w.chosen_beta.push_back(std::min(beta, 1.0));
    }
    if (w.chosen.empty()) {
        if (k.existence < config.drop_existence) drop(w, c.slot);
        return;
    }
    ++w.effects->updates;
    if (c.share < 1) {  // only as far as the plot is its own does the track forget what it knew
        double total = 0;
        for (const double beta : w.chosen_beta) total += beta;
        for (double& beta : w.chosen_beta) beta /= total;
        c.f.update(motion, w.chosen, w.chosen_beta);
        c.f.blend(c.plain, std::min(total, 1.0));
    } else {
        c.f.update(motion, w.chosen, w.chosen_beta);
    }
    k.f = c.f;
    if (young(k)) {
        const Moments v = k.f.moments();
        k.speed_evidence = std::max(
            speeds.factor(v.mean(2), v.mean(3), v.covariance(2, 2), v.covariance(2, 3), v.covariance(3, 3), bound(k)),
            1e-6);
    }
    k.t = std::max(k.t, at);
    const double belongs = best < m ? w.weights.pair[i * m + best] / std::max(exists, 1e-12) : 0;
    if (belongs > 0.5) {
        const Plot& p = *w.cluster_plots[best];
        if (k.labelling != kNobody && !c.confused && given > 0.9) note_label(s, k, c.slot, p);
        if (link.reports++ == 0) link.first = p.t;
        link.last = std::max(link.last, p.t);
        k.last_report = std::max(k.last_report, p.t);
        ++k.reports;
        const bool another = !config.ablate_resolution && note_second(k, p);
        learn_identity(k, p);
        if (!another) learn_height(k, p);
        learn_velocity(k, p);
        note_kind(k, p);
        if (belongs > kSurelyOwn && !another) learn_told(k, p);
        if (p.self_reported) learn_message(k, p);
        if (p.message != kNobody) w.effects->messages.push_back({p.message, c.slot});
        if (given > 0.9 && m == 1 && alone(w, i)) sample(w, k, p);
        if (is_two(k)) w.effects->two.push_back(c.slot);
    } else if (given > 0.5 && link.shared) {
        k.last_report = std::max(k.last_report, at);
        learn_shared_height(w, i, exists);
    }
    refresh(w, c.slot);
    if (r > kUndoubted && exists > kBeyondDoubt) k.sure_place = k.place;
    if (!k.confirmed && sure(k)) w.effects->sure.push_back(c.slot);
    if (!k.established && k.existence > kBeyondDoubt) w.effects->settled.push_back(c.slot);
    if (s.sweeps && !link.scheduled)
        schedule(w, w.cluster_plots[0]->sensor, c.slot, link, at + std::max(s.period, 1.0));
}

void Tracker::Impl::unite_claims(Work& w) {
    // Tentative tracks begun at different plots of one aircraft share its existence, so that none would be believed.
    // Those that now say the same are one: they exclude each other, so their probabilities add.
    const std::size_t m = w.cluster_plots.size();
    for (std::size_t j = 0; j < m; ++j) {
        std::size_t best = w.n_candidates;
        for (std::size_t i = 0; i < w.n_candidates; ++i)
            if (tracks[w.candidates[i].slot].alive &&
                (best == w.n_candidates || w.weights.pair[i * m + j] > w.weights.pair[best * m + j]))
                best = i;
        if (best == w.n_candidates || w.weights.pair[best * m + j] < kClaim) continue;
        TrackState& k = tracks[w.candidates[best].slot];
        for (std::size_t i = 0; i < w.n_candidates; ++i) {
            TrackState& o = tracks[w.candidates[i].slot];
            if (i == best || !o.alive || o.confirmed || w.weights.pair[i * m + j] < 0.7 * o.existence) continue;
            const double gap = (k.place - o.place).squaredNorm(), dv = (k.velocity - o.velocity).squaredNorm();
            if (gap > kAlike * (k.spread * k.spread + o.spread * o.spread) ||
                dv > kAlike * (k.spread_rate * k.spread_rate + o.spread_rate * o.spread_rate))
                continue;
            k.existence = std::min(k.existence + o.existence, 1 - 1e-6);
            drop(w, w.candidates[i].slot);
        }
        if (!k.confirmed && sure(k)) w.effects->sure.push_back(w.candidates[best].slot);
    }
}

void Tracker::Impl::start_tracks(Work& w) {
    const SensorState& s = sensors[w.cluster_plots[0]->sensor];
    for (std::size_t j = 0; j < w.cluster_plots.size(); ++j) {
        const Plot& p = *w.cluster_plots[j];
        const double alone = w.n_candidates == 0 ? 1.0 : w.weights.alone[j];
        const double is_new = p.new_density / (p.new_density + p.false_density);
        Birth birth;
        birth.t = p.t;
        birth.sensor = p.sensor;
        birth.reply = p.replied;
        birth.newborn = p.newborn;
        birth.rim = p.rim;
        birth.crossing = p.crossing;
        birth.place = p.place;
        if (s.sweeps && alone > 0.01) {
            const Eigen::Vector3d d = s.site.axes * (p.place - s.site.place);
            birth.east = d.x();
            birth.north = d.y();
            birth.counted = alone * (1 - is_new);
            w.effects->false_plots.push_back({p.sensor, p.replied, d.x(), d.y(), p.t, birth.counted});
        }
        const double existence = alone * is_new;
        if (existence > kMinStart && alone > 0.02) start(w, p, existence, birth);
    }
}

void Tracker::Impl::associate(Work& w, const Item& seed) {
    gather(w, seed);
    for (std::size_t j = 0; j < w.cluster_plots.size(); ++j) foresee(w, j);
    if (w.n_candidates > 0) {
        solve(w);
        for (std::size_t i = 0; i < w.n_candidates; ++i) apply(w, i);
        if (w.n_candidates > 1) unite_claims(w);
    }
    start_tracks(w);
}

}  // namespace asman::track
