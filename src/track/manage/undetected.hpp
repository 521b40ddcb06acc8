// Aircraft that no sensor has shown yet: a Poisson process over the sky (Williams, "Marginal multi-Bernoulli filters",
// IEEE TAES 51(3), 2015, §III; García-Fernández et al., "Poisson multi-Bernoulli mixture filter", IEEE TAES 54(4),
// 2018).
//
// The sky is cut into cubes. In each, aircraft appear at a rate that is learnt from where tracks began and ended: in
// the cube itself, and wherever places lie as deep within the traffic seen. Every beam that passes takes its share of
// them away. What is left when a beam looks is what its plots may be new aircraft of.
#pragma once

#include "manage/frontier.hpp"

#include <Eigen/Core>

#include <cstdint>
#include <span>
#include <vector>

namespace asman::track {

/// A sensor that watches a cell: where in its turn it looks there.
struct Watcher {
    std::uint32_t sensor = 0;
    float azimuth = 0;  ///< rad, from the sensor to the cell's middle
    float range = 0;    ///< m
    template <class Archive>
    void fields(Archive& a) {
        a(sensor, azimuth, range);
    }
};

/// One sensor's looks at a cell, counted back from now.
struct Looks {
    double latest = 0;     ///< s since the latest one, ≥ 0
    double period = 1;     ///< s
    double detection = 0;  ///< probability that a look shows an aircraft that is there
    double since = 0;      ///< s since the first one ever
};

class Undetected {
  public:
    static constexpr double kSize = 20'000;  ///< m, edge of a cube
    /// `initial`: aircraft per m² in a sky that nobody has watched; `births`: new ones per m² and second before
    /// anything is learnt.
    Undetected(double initial, double births) : initial_(initial), prior_rate_(births) {}

    struct Cell {
        std::uint64_t key = 0;
        double since = 0;   ///< first time anything was reported from it
        double probed = 0;  ///< up to when its share of the sky has been counted in the bands of depth
        double area = kSize * kSize;
        float began = 0, ended = 0;
        bool listed = false;
        std::vector<Watcher> watchers;
        template <class Archive>
        void fields(Archive& a) {
            a(key, since, probed, area, began, ended, listed, watchers);
        }
    };

    /// The cell about a place, made at time t if new; null when there are too many. `up`: the vertical there (gives the
    /// area that a cube cuts out of the sky on average); called for a new cell only.
    template <class Up>
    Cell* cell(const Eigen::Vector3d& place, double t, Up&& up) {
        const std::uint64_t k = key(place);
        if (const std::uint32_t known = index_.find(k); known != Places::kNone) return &cells_[known];
        const Eigen::Vector3d u = up();
        return make(k, t, kSize * kSize / u.cwiseAbs().sum());
    }
    Cell* find(const Eigen::Vector3d& place);
    const Cell* find(const Eigen::Vector3d& place) const;
    static Eigen::Vector3d middle(const Eigen::Vector3d& place) {
        return Places::middle(Places::cube(place, kSize), kSize);
    }
    /// New aircraft per m² and second in a cell, in a band of depth: the mean of four accounts (the rate is the same
    /// everywhere; or in a band; or each cell has its own, about either), weighed by how well each foresaw where
    /// aircraft have begun so far.
    double rate(const Cell* cell, int band, double t) const;
    /// Expected aircraft per m² that are there now and that none of the looks has shown: those born since, and those
    /// that were there when the first sensor began.
    struct Density {
        double born = 0, old = 0;
    };
    Density density(double rate, std::span<const Looks> looks) const;

    /// A track that proved real by now began here, in a band as it was then, and was a newborn with probability
    /// `weight` (the rest: had been there all along).
    void began(const Eigen::Vector3d& place, int band, double weight, double now);
    /// A well-established track ended here.
    void ended(const Eigen::Vector3d& place, int band);
    /// Counts how much of the sky lies in which band: the share of the cells that is due by now, each at one place.
    void probe(const Frontier& frontier, double now);
    /// An established track flew at this speed for so many seconds.
    void flew(double speed, double seconds) {
        flown_ += speed * seconds;
        flight_ += seconds;
    }
    /// For how many metre seconds the rim of the traffic has been watched; how many aircraft a second would come over a
    /// metre of it, were traffic as dense beyond; how fast aircraft fly on average (0: nothing known).
    double rim_watched() const { return band_exposure_[Rim::kEdge] / Rim::kEdgeWidth; }
    double crossing() const { return crossing_; }
    double mean_speed() const { return mean_speed_; }
    /// The sensors changed: cells look for their watchers anew.
    void forget_watchers();
    bool consistent() const;  ///< after loading

    template <class Archive>
    void fields(Archive& a) {
        a(initial_, prior_rate_, index_, cells_, area_, area_since_, began_, in_band_, band_exposure_, weight_, next_,
          round_, recent_, flown_, flight_, inside_, crossing_, mean_speed_, turned_);
    }

  private:
    static std::uint64_t key(const Eigen::Vector3d& place) { return Places::key(place, kSize); }
    Cell* make(std::uint64_t key, double t, double area);
    double everywhere(double t) const;
    void turn(double now);
    void probe_share(const Frontier& frontier, std::size_t first, double now);
    static constexpr int kAccounts = 4;
    std::array<double, kAccounts> accounts(const Cell* cell, int band, double t) const;

    double initial_, prior_rate_;
    Places index_;
    std::vector<Cell> cells_;
    double area_ = 0, area_since_ = 0, began_ = 0;
    double in_band_[Rim::kBands] = {}, band_exposure_[Rim::kBands] = {};  ///< beginnings and ends; m² s
    double weight_[kAccounts] = {0.25, 0.25, 0.25, 0.25};
    std::int64_t next_ = 0;    ///< the tenth of a second whose share of the cells is probed next
    std::uint64_t round_ = 0;  ///< rounds so far
    static constexpr int kRounds = 3;
    double recent_[kRounds][Rim::kBands] = {};    ///< of band_exposure_: who began lately has not been told yet
    double flown_ = 0, flight_ = 0, inside_ = 0;  ///< in this round: metres and seconds flown; m² within the traffic
    double crossing_ = 0;  ///< aircraft a second over a metre of the rim, were traffic as dense beyond
    double mean_speed_ = 0;
    double turned_ = 0;  ///< when the round began
    double begun_ = 0;   ///< its number
};

/// Aircraft that fly beside others: unlike strangers, one may have been there all along, in the plots of the other.
class Companions {
  public:
    static constexpr double kReach = 1500;  ///< m
    void learn(bool beside) {
        tracks_ += 1;
        beside_ += beside;
    }
    /// Expected companions of one aircraft that have not been seen beside it in `passes` passes.
    double unseen(double passes) const;

    template <class Archive>
    void fields(Archive& a) {
        a(tracks_, beside_);
    }

  private:
    double tracks_ = 0, beside_ = 0;  ///< tracks that proved real; those that began beside another
};

/// Aircraft without a transponder: how many there are is learnt.
class Silent {
  public:
    void learn(bool silent) {
        tracks_ += 1;
        silent_ += silent;
    }
    /// Probability that a sensor that asks gets no reply from an aircraft of which it has an echo.
    double share() const {
        const double none = (kSilent + silent_) / (kTracks + tracks_);
        return none + (1 - none) * kMissed;
    }

    template <class Archive>
    void fields(Archive& a) {
        a(tracks_, silent_);
    }

  private:
    static constexpr double kSilent = 2, kTracks = 20;  ///< one in ten, before anything is learnt
    static constexpr double kMissed = 0.03;             ///< replies that are not heard
    double tracks_ = 0, silent_ = 0;
};

/// Which way a new aircraft should fly: with probability `share` as those that began in the band do, against the unit
/// vector (x, y) inward.
struct Bound {
    const Headings* headings = nullptr;
    int band = 0;
    double x = 0, y = 0, share = 0;
};

/// How fast aircraft fly: a histogram of the speeds of confirmed tracks over a broad prior, held against the Gaussian
/// velocity prior of a new track.
class Speeds {
  public:
    explicit Speeds(double sigma);
    void learn(double speed, double weight);
    /// Tabulates what was learnt; call now and then.
    void settle();
    /// Expectation over a velocity of this mean and covariance of learnt density / Gaussian density: the factor by
    /// which the evidence changes when the learnt prior stands in place of the Gaussian.
    double factor(double vx, double vy, double p00, double p01, double p11, const Bound& bound = {}) const;

    template <class Archive>
    void fields(Archive& a) {
        a(sigma_, total_, count_, ratio_);
    }

  private:
    static constexpr int kBins = 90;
    static constexpr double kWidth = 10;  ///< m/s
    double sigma_, total_ = 0;
    double count_[kBins] = {};
    double ratio_[kBins + 1] = {};
};

}  // namespace asman::track
