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
        ParameterVector step = ParameterVector::Zero();  ///< the latest change of value
        template <class Archive>
        void fields(Archive& a) {
            a(value, covariance, samples, jumps, step);
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

    /// Up to `whole` sensors are solved together.
    explicit Registrar(std::size_t whole = 40) : whole_(whole) {}
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
    /// The sensor is not what it was: its errors are unknown again.
    void forget(std::uint32_t sensor);

    bool consistent() const;  ///< after loading

    template <class Archive>
    void fields(Archive& a) {
        a(whole_, sensors_, moved_at_, place_, airs_, active_, now_, origin_, solved_, next_, settled_, networks_);
    }

  private:
    /// Another sensor of the same windows: the block of the joint information between the two, and the other's own
    /// information from these windows (its share, where they hold more sensors). `tie`: how the two hang together
    /// before any data, in the prior's inverse covariance (air beside air).
    struct Neighbour {
        std::uint32_t sensor = 0;
        double tie = 0;
        ParameterMatrix block = ParameterMatrix::Zero(), theirs = ParameterMatrix::Zero();
        template <class Archive>
        void fields(Archive& a) {
            a(sensor, tie, block, theirs);
        }
    };
    /// What the latest windows say beyond the present estimate, fading: soon enough for a large jump, and long enough
    /// for one that is not much more than the noise of a minute.
    struct Recent {
        ParameterMatrix information = ParameterMatrix::Zero();
        ParameterVector score = ParameterVector::Zero();
        template <class Archive>
        void fields(Archive& a) {
            a(information, score);
        }
    };
    static constexpr int kRecents = 2;
    struct Sensor {
        ParameterVector sigma = ParameterVector::Zero();  ///< prior
        Bias bias;
        double held_by_prior =
            1;  ///< diagonal of the prior's inverse covariance, in prior units: more than 1 with ties
        ParameterMatrix certainty = ParameterMatrix::Zero();  ///< inverse covariance, in prior units
        // Information with fading weights, in prior units; multiplied by fade().
        ParameterMatrix information = ParameterMatrix::Zero();
        ParameterVector vector = ParameterVector::Zero();
        std::vector<Neighbour> neighbours;  ///< by sensor: blocks of the joint information
        Recent recent[kRecents];
        double recent_at = 0;
        double learnt_since = -1;  ///< s; −1: not known well yet
        double solved_at = -1e9, gained = 0, held = 0;
        bool learns = false;
        std::uint32_t network = 0;  ///< place in networks_ of those that it hangs together with
        template <class Archive>
        void fields(Archive& a) {
            a(sigma, bias, held_by_prior, certainty, information, vector, neighbours, recent, recent_at, learnt_since,
              solved_at, gained, held, learns, network);
        }
    };
    /// Sensors that are solved together, with the buffers for it.
    struct Patch {
        static constexpr std::size_t kNeighbours = 13;
        std::vector<std::uint32_t> sensors;  ///< the first is the one in question, or all are
        std::vector<std::pair<double, std::uint32_t>> ranked;
        Eigen::MatrixXd full, less, covariance;
        Eigen::LDLT<Eigen::MatrixXd> ldlt;
        Eigen::VectorXd right, value;
    };

    double weight() const;
    void rebase();
    Neighbour& neighbour(std::uint32_t i, std::uint32_t j);
    void add_recent(Sensor& s, const ParameterMatrix& information, const ParameterVector& score) const;
    void add_sensor(const ParameterVector& sigma);
    void activate(std::uint32_t place);
    void find_jump();
    void find_networks();
    bool due(const Sensor& s) const;
    void choose(std::uint32_t sensor, Patch& patch) const;
    void solve_patch(Patch& patch, std::size_t count) const;
    bool accept(const Patch& patch, std::size_t count);

    std::size_t whole_;
    std::vector<Sensor> sensors_;                  ///< and airs, in the order in which they came
    std::vector<double> moved_at_;                 ///< of each: apart, as every track asks every second
    std::vector<std::uint32_t> place_;             ///< of each sensor in sensors_
    std::map<std::uint64_t, std::uint32_t> airs_;  ///< place by region
    std::vector<std::uint32_t> active_;            ///< those that learn and have been seen
    double now_ = 0, origin_ = 0, solved_ = -1e9;
    std::size_t next_ = 0;  ///< in active_
    bool settled_ = false;
    /// What all clocks of a network may be off together, variance in prior units: differences do not tell it, so that a
    /// patch among its neighbours does not see it.
    std::vector<double> networks_;
    std::vector<std::uint32_t> open_;
    std::vector<Patch> patches_;
};

}  // namespace asman::track
