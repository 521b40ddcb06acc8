// Which plot is whose: marginal association probabilities of a cluster of tracks and plots.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace asman::track {

/// A cluster. Every track gives rise to at most one plot, every plot comes from at most one track.
/// The weight of a joint hypothesis is the product of `none[i]` over tracks without a plot and of weight(i, j) over
/// pairs; a plot without a track (false, or a new aircraft) weighs 1.
///
/// Two tracks that a sensor cannot resolve may share one plot (Koch & van Keuk, "Multiple hypothesis track maintenance
/// with possibly unresolved measurements", IEEE TAES 33(3), 1997): `shared` lists such hypotheses; where two tracks
/// have plots of their own, the chance that they are resolved, apart(i, k), is a factor.
struct Cluster {
    std::size_t tracks = 0, plots = 0;
    std::vector<double> none;    ///< [tracks]
    std::vector<double> weight;  ///< [tracks × plots]
    double& at(std::size_t i, std::size_t j) { return weight[i * plots + j]; }
    double at(std::size_t i, std::size_t j) const { return weight[i * plots + j]; }
    struct Shared {
        std::uint8_t a = 0, b = 0, plot = 0;  ///< tracks a < b
        double weight = 0;
    };
    static constexpr std::size_t kMaxShared = 32;
    std::vector<Shared> shared;  ///< at most kMaxShared
    std::vector<double> apart;   ///< [tracks × tracks]; empty: all 1
    /// Also forgets what is shared.
    void resize(std::size_t n_tracks, std::size_t n_plots);
};

struct Marginals {
    std::vector<double> none;    ///< probability that track i has no plot
    std::vector<double> pair;    ///< [tracks × plots]: a plot of its own
    std::vector<double> shared;  ///< as the cluster lists them; pruned marginals only, else 0
    std::vector<double> alone;   ///< probability that plot j is nobody's
    /// Buffers kept between calls, so that nothing is allocated in steady state.
    std::vector<double> forward, backward;
    struct Hypothesis {
        std::uint32_t detected = 0, used = 0;  ///< sets of tracks and of plots
        double weight = 0;
        std::array<std::int8_t, 8> plot{};  ///< by track; −1: none; kShared + n: the cluster's nth shared one
    };
    std::vector<Hypothesis> best;
};

/// As below, the best method that the cluster's size allows: pruned, else exact (2^plots · tracks · plots ≤ about
/// 20,000), else belief propagation.
void marginals(const Cluster& c, Marginals& out);
/// Among hypotheses that give the same set of tracks the same set of plots only the best stands (JPDA*, Blom & Bloem,
/// "Probabilistic data association avoiding track coalescence", IEEE TAC 45(2), 2000): tracks of a close pair keep
/// apart. tracks ≤ 8. False when there are too many hypotheses to list.
bool pruned_marginals(const Cluster& c, Marginals& out);
/// Sum over all joint hypotheses by dynamic programming over the set of plots used. plots ≤ 12.
void exact_marginals(const Cluster& c, Marginals& out);
/// Loopy belief propagation (Williams & Lau, "Approximate evaluation of marginal association probabilities with belief
/// propagation", IEEE TAES 50(4), 2014, fig. 2).
void propagated_marginals(const Cluster& c, Marginals& out);
/// The single best joint hypothesis by greedy choice with exchange, as 0/1 marginals (ablation: nearest neighbour).
void nearest_neighbour(const Cluster& c, Marginals& out);

}  // namespace asman::track
