// Registration: every sensor's systematic errors, from the plots of common aircraft.
//
// A short window of one aircraft's plots from several sensors is fitted by straight flight; what the fit leaves is
// linear in the sensors' errors. Eliminating the flight (Schur complement) leaves information on the errors alone, and
// the information of all windows adds. Plots are used once; the estimate is the least-squares one with its covariance
// (cf. Bar-Shalom, Willett & Tian, "Tracking and Data Fusion", 2011, ch. 9, sensor registration). Information fades
// with a memory of half an hour, as real errors drift.
//
// Geometric heights are known by pressure only, which weather puts off for all aircraft about alike: so every region's
// air counts as one sensor more of each window, whose errors are a height and a height per kilometre flown. Without it
// a common error of heights would be taken for range biases, and both believed too well.
//
// Up to some dozens of sensors are solved together. More are solved one by one, each with the sensors that it shares
// most with, the rest held where it stands with its own uncertainty (block Gauss–Seidel): the cost grows with the
// number of sensors, not with its cube.
#pragma once

#include "parallel/workers.hpp"
#include "register/slices.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Core>

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace asman::track {

/// What may be off in a sensor. Measured range = (1 + gain) · true range + range; measured azimuth = true + azimuth;
/// time stamp = true time of detection + time (for reports that carry their own place: their latency).
enum Parameter { kRange, kGain, kAzimuth, kTime };
inline constexpr int kParameters = 4;
using ParameterVector = Eigen::Matrix<double, kParameters, 1>;  ///< m, 1, rad, s
using ParameterMatrix = Eigen::Matrix<double, kParameters, kParameters>;

/// A plot of a well-known track, kept until its window is complete: as measured, uncorrected.
struct Sample {
    double t = 0;
    std::uint32_t sensor = 0;
    double range = 0, azimuth = 0;                    ///< m, rad
    double variance_range = 1, variance_azimuth = 1;  ///< noise alone
    double height = 0;                                ///< as known from a transponder, or nominal
    bool told = false;  ///< the report says its own place (ADS-B, multilateration): only its time may be off
    Eigen::Vector3d place = Eigen::Vector3d::Zero();  ///< told: in space
    template <class Archive>
    void fields(Archive& a) {
        a(t, sensor, range, azimuth, variance_range, variance_azimuth, height, told, place);
    }
};

/// A sample laid on the tangent plane with the present errors removed, and how it moves with what is unknown.
struct Sighting {
    double t = 0;
    std::uint32_t sensor = 0;
    double z[2] = {0, 0};
    double r00 = 1, r01 = 0, r11 = 1;  ///< noise covariance
    double by[kParameters][2] = {};    ///< metres per unit of each parameter
    double by_height[2] = {0, 0};      ///< metres per metre of height error
    double height = 0;                 ///< flown, m: what the air's error per height is multiplied with
};

/// What the air of a region is off, as parameters of a sensor: geometric less pressure altitude, m, at the ground, and
/// what it grows by up to kAirHeight.
enum AirParameter { kAirOffset, kAirSlope };
inline constexpr double kAirHeight = 10'000;  ///< m

class Registrar {
  public:
    /// What is thought of a sensor's errors: measured minus true, with covariance.
    struct Bias {
        ParameterVector value = ParameterVector::Zero();
        ParameterMatrix covariance = ParameterMatrix::Zero();
        std::uint64_t samples = 0;
        std::uint32_t jumps = 0;
        float suspected = 0;  ///< probability that it has changed, not decided yet; in value and covariance
        ParameterVector step = ParameterVector::Zero();  ///< the latest change of value
        template <class Archive>
        void fields(Archive& a) {
            a(value, covariance, samples, jumps, suspected, step);
        }
    };

    static constexpr int kMaxSensors = 9;  ///< of one window, its air counted
    static constexpr std::uint32_t kNoAir = 0xffffffff;
    using Joint = Eigen::Matrix<double, kParameters * kMaxSensors, kParameters * kMaxSensors>;
    using JointVector = Eigen::Matrix<double, kParameters * kMaxSensors, 1>;
    /// What one window says of its sensors, in units of their prior 1σ.
    struct Fit {
        int sensors = 0;
        std::uint32_t ids[kMaxSensors] = {};
        std::uint32_t plots[kMaxSensors] = {};
        bool fits = false;  ///< straight flight and the errors as they are thought to be explain it
        int changed = -1;   ///< if not: the sensor (place in ids) that explains it by having changed
        Joint information;
        JointVector score;
    };

    /// Up to `whole` sensors are solved together. `steady`: no sensor is thought ever to change.
    explicit Registrar(std::size_t whole = 40, bool steady = false) : whole_(whole), steady_(steady) {}
    /// A sensor with the 1σ of its unknown errors; 0: nothing to learn there.
    void add(const ParameterVector& sigma);
    const Bias& of(std::uint32_t sensor) const { return sensors_[place_[sensor]].bias; }
    const ParameterVector& prior(std::uint32_t sensor) const { return sensors_[place_[sensor]].sigma; }
    std::size_t size() const { return place_.size(); }
    /// When its estimate was changed last, s.
    double moved_at(std::uint32_t sensor) const { return moved_at_[place_[sensor]]; }

    /// The air of a region, made where there is none; kNoAir when there are too many. `like`: the air of a region
    /// beside it, with which its errors correlate by `correlation` before any data (kNoAir: with none).
    std::uint32_t add_air(std::uint64_t region, double sigma_offset, double sigma_slope, std::uint32_t like = kNoAir,
                          double correlation = 0);
    std::uint32_t air_of(std::uint64_t region) const;
    double air_offset(std::uint32_t air, double height) const;  ///< m; 0 where there is none
    /// Variance, m², of what the air is off at a height, as far as it is known.
    double air_variance(std::uint32_t air, double height) const;

    /// Fits one window. `height_variance` is that of the height error common to the window (0: heights are exact or
    /// play no part), beside what the air is off (kNoAir: nothing). False when it says nothing: fewer than two sensors
    /// or five plots, too many sensors, a manoeuvre.
    bool fit(std::span<const Sighting> window, double height_variance, Fit& out, std::uint32_t air = kNoAir) const;
    void take(const Fit& fit);
    /// New estimates where there is news, at most once in some seconds. `now`: s. Returns true when some moved.
    bool solve(double now, Workers& workers);
    /// The covariance of the errors of `sensors` together, in their units (m, 1, rad, s), kParameters rows each. False
    /// when more sensors have been seen than one solution is made for at leisure, or it cannot be worked out.
    bool joint(std::span<const std::uint32_t> sensors, Eigen::MatrixXd& covariance) const;
    bool consistent() const;  ///< after loading

    template <class Archive>
    void fields(Archive& a) {
        a(whole_, steady_, sensors_, moved_at_, place_, airs_, active_, now_, origin_, solved_, next_, settled_,
          networks_, slice_, slice_began_);
    }

  private:
    /// Another sensor of the same windows: the block of the joint information between the two, and the other's own
    /// information from these windows (its share, where they hold more sensors). `tie`: how the two hang together
    /// before any data, in the prior's inverse covariance (air beside air).
    struct Neighbour {
        std::uint32_t sensor = 0;
        double tie = 0;
        ParameterMatrix block = ParameterMatrix::Zero(), theirs = ParameterMatrix::Zero();
        Slices<LinkSum> slices;  ///< of the block; kept by the one of the two that came first
        template <class Archive>
        void fields(Archive& a) {
            a(sensor, tie, block, theirs, slices);
        }
    };
    struct Sensor {
        ParameterVector sigma = ParameterVector::Zero();  ///< prior
        Bias bias;
        /// Diagonal of the prior's inverse covariance, in prior units: more than 1 with ties, less after a jump.
        ParameterVector held_by_prior = ParameterVector::Ones();
        ParameterMatrix certainty = ParameterMatrix::Zero();  ///< inverse covariance, in prior units
        // Information with fading weights, in prior units; multiplied by fade().
        ParameterMatrix information = ParameterMatrix::Zero();
        ParameterVector vector = ParameterVector::Zero();
        std::vector<Neighbour> neighbours;  ///< by sensor: blocks of the joint information
        Slices<OwnSum> slices;              ///< of information and vector
        std::uint64_t since = 0;            ///< the first slice before which no change is looked for
        double odds = -10;                  ///< log odds of its having changed, against all being as it was
        double odds_since = 1e300;          ///< when they came to be over what decides
        double changed = -1e9;              ///< when its latest change was decided, s
        std::uint8_t drifts = 0;            ///< bits of the parameters that are thought to change steadily
        double learnt_since = -1;           ///< s; −1: not known well yet
        double solved_at = -1e9, gained = 0, held = 0;
        bool learns = false;
        std::uint32_t network = 0;  ///< place in networks_ of those that it hangs together with
        template <class Archive>
        void fields(Archive& a) {
            a(sigma, bias, held_by_prior, certainty, information, vector, neighbours, slices, since, odds, odds_since,
              changed, drifts, learnt_since, solved_at, gained, held, learns, network);
        }
    };
    /// One way in which one parameter of a sensor may have changed: two unknowns more, beside the sensors' errors. A
    /// step: what is added since slice `from`, and what was while slices `middle` to `from` passed. A drift: what it is
    /// off now against what it was before the slices that are kept, and its rate.
    struct Hypothesis {
        double log = 0;      ///< odds against no change
        std::size_t at = 0;  ///< place in the patch
        int parameter = 0;
        bool drift = false;
        std::uint64_t middle = 0, from = 0;
        Eigen::Vector2d value = Eigen::Vector2d::Zero();
        Eigen::Matrix2d covariance = Eigen::Matrix2d::Zero();
    };
    /// One unknown more than the sensors' errors: its column (a weighted sum over slices), what it moves of the errors,
    /// own information and score.
    struct Unknown {
        Eigen::VectorXd column, moves;
        double own = 0, score = 0;
        void clear(Eigen::Index rows) {
            column.setZero(rows);
            moves.setZero(rows);
            own = score = 0;
        }
    };
    /// Sensors that are solved together, with the buffers for it.
    struct Patch {
        static constexpr std::size_t kNeighbours = 13, kProposals = 512;
        std::vector<std::uint32_t> sensors;  ///< the first is the one in question, or all are
        std::vector<std::pair<double, std::uint32_t>> ranked;
        Eigen::MatrixXd full, less, covariance;
        Eigen::LDLT<Eigen::MatrixXd> ldlt;
        Eigen::VectorXd right, value;
        std::vector<Hypothesis> hypotheses;  ///< the first `proposed` are worth looking at
        Eigen::MatrixXd changed;             ///< of each of them, two columns: errors at present by its unknowns
        std::size_t proposed = 0;
        bool all = false;              ///< covariances of all sensors are there, not of the first alone
        double odds = 0, against = 0;  ///< log of the sum of theirs, and with no change and others' beside
        double widened = 0;            ///< the most that they add to a variance
        // Of one sensor, by slice: columns of the joint information, own information and vector, and what columns move.
        std::vector<Eigen::Matrix<double, Eigen::Dynamic, kParameters>> columns, moves;
        std::vector<ParameterMatrix> own, against_own;
        std::vector<ParameterVector> scores, against_scores;
        Unknown none, first, second;
        Eigen::VectorXd mean, moved;
        Eigen::Matrix<double, Eigen::Dynamic, 2> halves;
        Eigen::MatrixXd spread;
        std::span<const Hypothesis> proposals() const { return {hypotheses.data(), proposed}; }
        void make_room(std::size_t slices);
        void add(Unknown& to, std::size_t slice, int parameter, double by) const;
    };
    /// What a change takes out of a sensor's row: what one parameter had to do with all others.
    struct Part {
        ParameterMatrix own = ParameterMatrix::Zero();
        ParameterVector vector = ParameterVector::Zero();
        std::vector<ParameterMatrix> blocks;  ///< by neighbour
    };
    /// How time is cut: fine where few sensors are solved together.
    struct Cut {
        double length = 0;  ///< s
        std::size_t count = 0;
        std::uint64_t middle = 0;  ///< slices that a change may be smeared over: a window's length
        /// Slices from when a sensor is known well until a change is looked for: in patches, its partners may be far
        /// off.
        std::uint64_t settling = 0;
    };

    double weight() const;
    void rebase();
    Neighbour& neighbour(std::uint32_t i, std::uint32_t j);
    LinkSum& link_sum(Neighbour& n);
    void add_sensor(const ParameterVector& sigma);
    void activate(std::uint32_t place);
    Cut cut() const;
    class LinkSlices;
    void pass_slices();
    bool gather(Patch& patch, std::size_t at) const;
    void propose(Patch& patch, std::size_t at) const;
    void propose_steps(Patch& patch, Hypothesis h) const;
    void propose_drifts(Patch& patch, Hypothesis h) const;
    template <class Then>
    void weigh(Patch& patch, Hypothesis h, Eigen::Vector2d held, double cross, const Unknown& a, const Unknown& b,
               double now, Then&& then) const;
    void weigh_changes(Patch& patch, std::size_t count) const;
    void mix(Patch& patch) const;
    void decide(const Patch& patch, std::size_t count);
    Part part(std::uint32_t place, std::uint64_t from, std::uint64_t to) const;
    void eliminate(std::uint32_t place, int parameter, const Part& part, double held);
    void split(std::uint32_t place, int parameter, std::uint64_t middle, std::uint64_t from);
    void find_networks();
    bool due(const Sensor& s) const;
    void choose(std::uint32_t sensor, Patch& patch) const;
    void solve_patch(Patch& patch, std::size_t count) const;
    bool accept(const Patch& patch, std::size_t count);

    std::size_t whole_;
    bool steady_;
    std::vector<Sensor> sensors_;                  ///< and airs, in the order in which they came
    std::vector<double> moved_at_;                 ///< of each: apart, as every track asks every second
    std::vector<std::uint32_t> place_;             ///< of each sensor in sensors_
    std::map<std::uint64_t, std::uint32_t> airs_;  ///< place by region
    std::vector<std::uint32_t> active_;            ///< those that learn and have been seen
    double now_ = 0, origin_ = 0, solved_ = -1e9;
    std::size_t next_ = 0;  ///< in active_
    bool settled_ = false;
    std::uint64_t slice_ = 0;  ///< number of the present slice of time
    double slice_began_ = 0;
    /// What all clocks of a network may be off together, variance in prior units: differences do not tell it, so that a
    /// patch among its neighbours does not see it.
    std::vector<double> networks_;
    std::vector<std::uint32_t> open_;
    std::vector<Slices<LinkSum>> spare_;  ///< room for pairs that meet for the first time
    std::vector<Patch> patches_;
};

}  // namespace asman::track
