// One batch: pieces of work that share nothing, a worker's scratch, and what a piece leaves for what all share.
#pragma once

#include "associate/marginals.hpp"
#include "manage/track_state.hpp"

#include <span>

namespace asman::track {

/// A plot of one batch: its beam has passed, or it waits still and may be drawn into a cluster.
struct Item {
    Seconds t = 0;
    std::uint32_t sensor = 0, plot = 0;  ///< index in the sensor's pending
    bool ripe = false;
};

/// Plots that share tracks or lie close to one another, with no other plot of the batch in reach: a piece of work.
struct Component {
    std::uint32_t first = 0, count = 0;      ///< in the batch's members
    std::uint32_t slots = 0, slots_end = 0;  ///< free slots that are its own
};

/// What a piece of work leaves for what all share, to be merged in order of pieces.
struct Effects {
    Effects();
    struct Pass {
        std::uint32_t sensor;
        double range, hit, visible;
        bool detection, visibility;  ///< what the pass teaches
    };
    struct FalsePlot {
        std::uint32_t sensor;
        bool reply;
        double east, north, t, weight;
    };
    struct Taken {
        std::uint32_t message, slot;
    };
    std::vector<Taken> messages;  ///< that tracks took
    struct Planned {
        std::uint32_t sensor;
        Visit visit;
    };
    struct Moved {
        std::uint32_t slot;
        Eigen::Vector3d place;
    };
    std::vector<Pass> passes;
    std::vector<FalsePlot> false_plots;
    std::vector<Planned> visits;
    std::vector<Moved> moved;
    struct Unknown {
        Eigen::Vector3d place;
        double t;
    };
    std::vector<Unknown> unknown;  ///< places of which the map of the undetected has no cell yet
    struct Flown {
        Eigen::Vector3d place;
        double speed;
        bool traffic;  ///< to be told to the frontier
    };
    std::vector<Flown> flown;  ///< by established tracks
    std::vector<std::uint32_t> started, dropped, sure, settled;
    struct Confused {
        std::uint32_t a, b;
        double wrong;  ///< chance that their plots were taken the wrong way round
    };
    std::vector<Confused> confused;
    std::vector<std::uint32_t> two;     ///< aircraft in each of these
    std::vector<std::uint32_t> alone;   ///< shown, with replies to one sensor only
    std::vector<Registrar::Fit> fits;   ///< the first n_fits
    std::vector<Eigen::Vector3d> airs;  ///< places of which the registrar has no air yet
    std::size_t n_fits = 0;
    std::uint64_t updates = 0, misses = 0;
    void clear();
};

/// Scratch of one worker, reused, and where its effects go.
struct Work {
    static constexpr std::size_t kMaxTracks = 12, kMaxPlots = 12;
    struct Candidate {
        std::uint32_t slot = 0;
        Imm f;                ///< predicted to the cluster's time
        double h = 0, e = 0;  ///< height in use and its estimated error
        double lag = 0;
        double detect = 0;                   ///< probability of detection if it exists
        double share = 1;                    ///< prior of the motion that `f` stands for
        Imm plain;                           ///< where share < 1: the usual motion
        std::vector<Innovation> innovation;  ///< [plot]; valid where gated
        std::vector<double> log_factor;      ///< identity and height evidence, as a ratio to a stranger's
        std::vector<double> speed_factor;    ///< of the prior of speeds, while the track is young
        std::vector<char> gated;
        bool confused = false;  ///< with another one: by place its plots may as well be the other's
    };
    std::vector<Candidate> candidates;
    std::size_t n_candidates = 0;
    std::vector<Plot*> cluster_plots;
    Cluster cluster;
    Marginals weights;
    std::vector<std::uint32_t> nearby, escaped;
    struct SharedPlot {
        Innovation innovation[2];  ///< of the first and of the second track
    };
    std::vector<SharedPlot> shared;  ///< as in the cluster
    std::vector<Innovation> chosen;
    std::vector<double> chosen_beta;
    std::vector<Sighting> window;
    // The component at work.
    std::span<const Item> members;
    std::uint32_t next_slot = 0, end_slot = 0;
    std::vector<std::uint32_t> fresh;  ///< tracks started in it
    Effects* effects = nullptr;
};

}  // namespace asman::track
