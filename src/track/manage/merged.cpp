// Two aircraft in one plot: what a sensor cannot resolve.
#include "manage/state.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::track {

namespace {

/// Half of the plots of two aircraft so far apart are one: a pulse of 1 µs, and a beam of 1.5° between half powers.
constexpr double kResolutionRange = 150, kResolutionAzimuth = 1.5 * std::numbers::pi / 180;
constexpr double kHalf = 1.1774;  ///< σ of a Gaussian to its half value
constexpr double kCoarser = 2.5;  ///< variance of a shared plot over that of a plot of one aircraft
constexpr double kThought = 1e-3;
constexpr std::uint32_t kWellKnown = 6;             ///< reports
constexpr double kRightHeight = 0.3;                ///< chance that a shared reply's height is one of the two's
constexpr double kLaidOver = 4, kWholeOfTwo = 0.3;  ///< how much likelier two replies at once are garbled, or whole
constexpr double kHeightSpan = 13000;

/// Gaussian of scale a over an uncertain distance: mean d, variance v.
double overlap(double d, double v, double a) {
    const double total = a * a + v;
    return a / std::sqrt(total) * std::exp(-0.5 * d * d / total);
}

/// A distance along one axis that was not resolved: mean d, variance v, told to be about 0 with σ a.
struct Within {
    double d = 0, v = 0;
    Within(double mean, double variance, double a)
        : d(mean * a * a / (a * a + variance)), v(variance * a * a / (a * a + variance)) {}
    /// What it adds to the variance of one end as seen from the plot, which lies anywhere between the two.
    double loose() const { return d * d / 12 + v / 4; }
};

}  // namespace

double Tracker::Impl::unresolved(const SensorState& s, const Work::Candidate& a, const Work::Candidate& b) const {
    const TrackState &k = tracks[a.slot], &o = tracks[b.slot];
    const bool asks = s.info.kind != picture::SensorKind::primary;
    if (asks && k.address && o.address) return 0;  // called one by one
    const auto at = [&](const Work::Candidate& c, const TrackState& t) {
        return sight(s.site, t.anchor.to_global(c.f.mean(iX), c.f.mean(iY), ground_range ? 0 : c.h + c.e),
                     ground_range);
    };
    const Sight first = at(a, k), second = at(b, o);
    const double variance = 0.5 * (k.spread * k.spread + o.spread * o.spread), range = std::max(first.range, 1000.0);
    const double turn = std::remainder(second.azimuth - first.azimuth, 2 * std::numbers::pi);
    return overlap(second.range - first.range, variance, kResolutionRange / kHalf) *
           overlap(turn, variance / (range * range), kResolutionAzimuth / kHalf);
}

/// What the identity and the height of a plot say of two aircraft together, against a stranger.
double Tracker::Impl::shared_evidence(const SensorState& s, const TrackState& k, const TrackState& o,
                                      const Plot& p) const {
    Plot bare = p;  // its height may be either's, or nothing
    bare.pressure_height.reset();
    if (bare.identity.mode_3a && k.code && o.code && *bare.identity.mode_3a == (*k.code | *o.code))
        bare.identity.mode_3a_valid = false;  // the codes laid over one another
    double ratio = std::max(evidence(s, k, bare), evidence(s, o, bare));
    if (p.replied && k.replies > 0 && o.replies > 0) ratio *= p.garbled ? kLaidOver : kWholeOfTwo;
    if (p.pressure_height && k.vertical.valid() && o.vertical.valid()) {
        const double either = std::max(k.vertical.likelihood(p.t, *p.pressure_height, kHeightSigma),
                                       o.vertical.likelihood(p.t, *p.pressure_height, kHeightSigma));
        ratio *= 1 - kRightHeight + kRightHeight * either * kHeightSpan;
    }
    return ratio;
}

/// A reply in a plot of two that is whole, with the code of one of them, tells that one's height: else both would fly
/// on as they last climbed for as long as they are not resolved.
void Tracker::Impl::learn_shared_height(Work& w, std::size_t i, double exists) {
    TrackState& k = tracks[w.candidates[i].slot];
    for (std::size_t n = 0; n < w.weights.shared.size(); ++n) {
        const Cluster::Shared& with = w.cluster.shared[n];
        if ((with.a != i && with.b != i) || w.weights.shared[n] < 0.5 * exists) continue;
        const TrackState& other = tracks[w.candidates[with.a == i ? with.b : with.a].slot];
        const Plot& p = *w.cluster_plots[with.plot];
        if (p.pressure_height && p.identity.mode_3a_valid && k.code && other.code && k.code != other.code &&
            p.identity.mode_3a == k.code)
            k.vertical.update(p.t, *p.pressure_height, kHeightSigma, true);
    }
}

void Tracker::Impl::consider_shared(Work& w) {
    w.shared.clear();
    const std::size_t n = w.n_candidates, m = w.cluster_plots.size();
    const SensorState& s = sensors[w.cluster_plots[0]->sensor];
    if (n < 2 || !s.sweeps || config.ablate_resolution) return;
    const auto known = [&](const Work::Candidate& c) {
        const TrackState& k = tracks[c.slot];
        return c.share == 1 && k.established && k.reports >= kWellKnown && k.rival_score <= 0;
    };
    for (std::size_t a = 0; a < n; ++a)
        for (std::size_t b = a + 1; b < n; ++b) {
            const Work::Candidate &c = w.candidates[a], &d = w.candidates[b];
            if (!known(c) || !known(d)) continue;
            const double merge = unresolved(s, c, d);
            if (merge < kThought) continue;
            if (w.cluster.apart.empty()) w.cluster.apart.assign(n * n, 1);
            w.cluster.apart[a * n + b] = w.cluster.apart[b * n + a] = 1 - merge;
            for (std::size_t j = 0; j < m && w.shared.size() < Cluster::kMaxShared; ++j)
                if (c.gated[j] || d.gated[j]) share_plot(w, a, b, j, merge);
        }
}

void Tracker::Impl::share_plot(Work& w, std::size_t a, std::size_t b, std::size_t j, double merge) {
    const Plot &first = *w.cluster_plots[0], &p = *w.cluster_plots[j];
    const SensorState& s = sensors[p.sensor];
    Work::SharedPlot out;
    double weight = merge;
    const std::size_t both[2] = {a, b};
    for (int side = 0; side < 2; ++side) {
        const Work::Candidate &c = w.candidates[both[side]], &o = w.candidates[both[1 - side]];
        const TrackState &k = tracks[c.slot], &other = tracks[o.slot];
        const Eigen::Vector2d its = k.anchor.to_tangent(
            other.anchor.to_global(o.f.mean(iX), o.f.mean(iY), ground_range ? 0 : o.h + o.e), o.h + o.e);
        const double dx = its.x() - c.f.mean(iX), dy = its.y() - c.f.mean(iY);
        // Along the line of sight and across it.
        const Eigen::Vector3d sight = k.anchor.axes * (k.place - s.site.place);
        const double far = std::max(sight.head<2>().norm(), 1000.0), ux = sight.x() / far, uy = sight.y() / far;
        const double variance = 0.5 * (k.spread * k.spread + other.spread * other.spread);
        const Within along(dx * ux + dy * uy, variance, kResolutionRange / kHalf),
            across(dy * ux - dx * uy, variance, kResolutionAzimuth / kHalf * far);
        Measurement m = measurement(s, p, k.anchor, c.h + c.e);
        m.e0 = c.e;
        m.lag = std::max(k.t, first.t) - p.t;
        m.z[0] -= 0.5 * (along.d * ux - across.d * uy);
        m.z[1] -= 0.5 * (along.d * uy + across.d * ux);
        m.r00 = kCoarser * m.r00 + along.loose() * ux * ux + across.loose() * uy * uy;
        m.r01 = kCoarser * m.r01 + (along.loose() - across.loose()) * ux * uy;
        m.r11 = kCoarser * m.r11 + along.loose() * uy * uy + across.loose() * ux * ux;
        c.f.innovate(m, out.innovation[side]);
        weight *= k.existence * c.detect;
    }
    const TrackState &k = tracks[w.candidates[a].slot], &o = tracks[w.candidates[b].slot];
    weight *= 0.5 *
              (dot(w.candidates[a].f.mu, out.innovation[0].likelihood) +
               dot(w.candidates[b].f.mu, out.innovation[1].likelihood)) *
              shared_evidence(s, k, o, p) / (p.false_density + p.new_density);
    w.shared.push_back(out);
    w.cluster.shared.push_back(
        {static_cast<std::uint8_t>(a), static_cast<std::uint8_t>(b), static_cast<std::uint8_t>(j), weight});
}

}  // namespace asman::track
