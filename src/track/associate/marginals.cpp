#include "associate/marginals.hpp"

#include <algorithm>
#include <cmath>

namespace asman::track {

void Cluster::resize(std::size_t n_tracks, std::size_t n_plots) {
    tracks = n_tracks;
    plots = n_plots;
    none.assign(tracks, 1);
    weight.assign(tracks * plots, 0);
    shared.clear();
    apart.clear();
}

namespace {

constexpr std::int8_t kShared = 64;

void finish(const Cluster& c, Marginals& out) {
    out.alone.assign(c.plots, 1);
    out.none.assign(c.tracks, 1);
    for (std::size_t i = 0; i < c.tracks; ++i)
        for (std::size_t j = 0; j < c.plots; ++j) {
            out.alone[j] -= out.pair[i * c.plots + j];
            out.none[i] -= out.pair[i * c.plots + j];
        }
    for (std::size_t n = 0; n < out.shared.size(); ++n) {
        const Cluster::Shared& s = c.shared[n];
        out.alone[s.plot] -= out.shared[n];
        out.none[s.a] -= out.shared[n];
        out.none[s.b] -= out.shared[n];
    }
    for (auto& v : out.alone) v = std::clamp(v, 0.0, 1.0);
    for (auto& v : out.none) v = std::clamp(v, 0.0, 1.0);
}

}  // namespace

void marginals(const Cluster& c, Marginals& out) {
    out.shared.clear();
    if (c.tracks == 1) {  // the usual case needs no sums over sets
        double total = c.none[0];
        for (double w : c.weight) total += w;
        out.pair.assign(c.plots, 0);
        for (std::size_t j = 0; j < c.plots && total > 0; ++j) out.pair[j] = c.weight[j] / total;
        return finish(c, out);
    }
    if (pruned_marginals(c, out)) return;
    out.shared.assign(c.shared.size(), 0);
    const bool small = c.plots <= 12 && (c.tracks * c.plots << c.plots) <= 20'000;
    small ? exact_marginals(c, out) : propagated_marginals(c, out);
}

namespace {

/// Walks joint hypotheses track by track and keeps the best of every (detected, used).
class Lister {
  public:
    Lister(const Cluster& c, std::vector<Marginals::Hypothesis>& best) : c_(c), best_(best) {}
    bool run() {
        best_.clear();
        return step(0, {.detected = 0, .used = 0, .weight = 1, .plot = {}});
    }

  private:
    bool step(std::size_t i, Marginals::Hypothesis h) {
        if (i == c_.tracks) {
            if (++listed_ > 3000) return false;
            for (auto& b : best_)
                if (b.detected == h.detected && b.used == h.used) {
                    if (h.weight > b.weight) b = h;
                    return true;
                }
            best_.push_back(h);
            return true;
        }
        if (h.detected >> i & 1) return step(i + 1, h);  // it shares a plot
        Marginals::Hypothesis next = h;
        next.weight = h.weight * c_.none[i];
        next.plot[i] = -1;
        if (!step(i + 1, next)) return false;
        for (std::size_t j = 0; j < c_.plots; ++j) {
            if ((h.used >> j & 1) || c_.at(i, j) <= 0) continue;
            next = h;
            next.weight = h.weight * c_.at(i, j);
            for (std::size_t k = 0; k < i && !c_.apart.empty(); ++k)
                if (h.plot[k] >= 0 && h.plot[k] < kShared) next.weight *= c_.apart[i * c_.tracks + k];
            next.plot[i] = static_cast<std::int8_t>(j);
            next.detected |= 1U << i;
            next.used |= 1U << j;
            if (!step(i + 1, next)) return false;
        }
        for (std::size_t n = 0; n < c_.shared.size(); ++n) {
            const Cluster::Shared& s = c_.shared[n];
            if (s.a != i || (h.used >> s.plot & 1) || (h.detected >> s.b & 1)) continue;
            next = h;
            next.weight = h.weight * s.weight;
            next.plot[s.a] = next.plot[s.b] = static_cast<std::int8_t>(kShared + n);
            next.detected |= 1U << s.a | 1U << s.b;
            next.used |= 1U << s.plot;
            if (!step(i + 1, next)) return false;
        }
        return true;
    }
    const Cluster& c_;
    std::vector<Marginals::Hypothesis>& best_;
    int listed_ = 0;
};

}  // namespace

bool pruned_marginals(const Cluster& c, Marginals& out) {
    out.shared.clear();
    if (c.tracks > 8 || c.plots > 12 || !Lister(c, out.best).run()) return false;
    double total = 0;
    for (const auto& h : out.best) total += h.weight;
    out.pair.assign(c.tracks * c.plots, 0);
    out.shared.assign(c.shared.size(), 0);
    for (const auto& h : out.best)
        for (std::size_t i = 0; i < c.tracks && total > 0; ++i) {
            if (h.plot[i] < 0) continue;
            const auto j = static_cast<std::size_t>(h.plot[i]);
            if (h.plot[i] < kShared)
                out.pair[i * c.plots + j] += h.weight / total;
            else if (c.shared[j - kShared].a == i)
                out.shared[j - kShared] += h.weight / total;
        }
    finish(c, out);
    return true;
}

void exact_marginals(const Cluster& c, Marginals& out) {
    const std::size_t sets = std::size_t{1} << c.plots;
    // forward[i][u]: weight of tracks before i using exactly the plots u. backward[i][u]: weight of tracks from i on
    // when the plots u are taken.
    out.forward.assign((c.tracks + 1) * sets, 0);
    out.backward.assign((c.tracks + 1) * sets, 1);
    out.forward[0] = 1;
    for (std::size_t i = 0; i < c.tracks; ++i)
        for (std::size_t u = 0; u < sets; ++u) {
            const double f = out.forward[i * sets + u];
            if (f == 0) continue;
            out.forward[(i + 1) * sets + u] += f * c.none[i];
            for (std::size_t j = 0; j < c.plots; ++j)
                if (!(u >> j & 1)) out.forward[(i + 1) * sets + (u | std::size_t{1} << j)] += f * c.at(i, j);
        }
    for (std::size_t i = c.tracks; i-- > 0;)
        for (std::size_t u = 0; u < sets; ++u) {
            double b = c.none[i] * out.backward[(i + 1) * sets + u];
            for (std::size_t j = 0; j < c.plots; ++j)
                if (!(u >> j & 1)) b += c.at(i, j) * out.backward[(i + 1) * sets + (u | std::size_t{1} << j)];
            out.backward[i * sets + u] = b;
        }
    const double total = out.backward[0];
    out.pair.assign(c.tracks * c.plots, 0);
    if (!(total > 0)) return finish(c, out);
    for (std::size_t i = 0; i < c.tracks; ++i)
        for (std::size_t j = 0; j < c.plots; ++j) {
            double s = 0;
            for (std::size_t u = 0; u < sets; ++u)
                if (!(u >> j & 1))
                    s += out.forward[i * sets + u] * out.backward[(i + 1) * sets + (u | std::size_t{1} << j)];
            out.pair[i * c.plots + j] = std::min(1.0, s * c.at(i, j) / total);
        }
    finish(c, out);
}

void propagated_marginals(const Cluster& c, Marginals& out) {
    const std::size_t n = c.tracks, m = c.plots;
    out.forward.assign(n * m, 0);   // messages track → plot
    out.backward.assign(n * m, 1);  // messages plot → track
    for (int round = 0; round < 200; ++round) {
        double change = 0;
        for (std::size_t i = 0; i < n; ++i) {
            double s = c.none[i];
            for (std::size_t j = 0; j < m; ++j) s += c.at(i, j) * out.backward[i * m + j];
            for (std::size_t j = 0; j < m; ++j) {
                const double rest = s - c.at(i, j) * out.backward[i * m + j];
                out.forward[i * m + j] = c.at(i, j) / std::max(rest, 1e-300);
            }
        }
        for (std::size_t j = 0; j < m; ++j) {
            double s = 1;
            for (std::size_t i = 0; i < n; ++i) s += out.forward[i * m + j];
            for (std::size_t i = 0; i < n; ++i) {
                const double v = 1 / std::max(s - out.forward[i * m + j], 1e-300);
                change = std::max(change, std::abs(v - out.backward[i * m + j]));
                out.backward[i * m + j] = v;
            }
        }
        if (change < 1e-6) break;
    }
    out.pair.assign(n * m, 0);
    for (std::size_t i = 0; i < n; ++i) {
        double s = c.none[i];
        for (std::size_t j = 0; j < m; ++j) s += c.at(i, j) * out.backward[i * m + j];
        for (std::size_t j = 0; j < m && s > 0; ++j) out.pair[i * m + j] = c.at(i, j) * out.backward[i * m + j] / s;
    }
    finish(c, out);
}

void nearest_neighbour(const Cluster& c, Marginals& out) {
    out.pair.assign(c.tracks * c.plots, 0);
    std::vector<char> track_used(c.tracks, 0), plot_used(c.plots, 0);
    for (;;) {
        double best = 1;  // a pair must beat "no plot for the track, nobody's plot"
        std::size_t bi = 0, bj = 0;
        for (std::size_t i = 0; i < c.tracks; ++i)
            for (std::size_t j = 0; j < c.plots; ++j)
                if (!track_used[i] && !plot_used[j] && c.at(i, j) > best * std::max(c.none[i], 1e-300)) {
                    best = c.at(i, j) / std::max(c.none[i], 1e-300);
                    bi = i;
                    bj = j;
                }
        if (best <= 1) break;
        track_used[bi] = plot_used[bj] = 1;
        out.pair[bi * c.plots + bj] = 1;
    }
    finish(c, out);
}

}  // namespace asman::track
