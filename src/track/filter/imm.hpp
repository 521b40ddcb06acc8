// The horizontal filter: an interacting multiple model estimator (Blom & Bar-Shalom 1988; Bar-Shalom, Li & Kirubarajan,
// "Estimation with Applications to Tracking and Navigation", 2001, ch. 11) with four modes side by side:
//
//     0 straight      near-constant velocity
//     1, 2 turn       coordinated turn left and right, turn rate estimated (ibid. §11.7)
//     3 speed change  along-course acceleration, estimated
//
// State of every mode: x, y (metres in the track's tangent frame), vx, vy (m/s), p (the mode's own parameter: turn
// rate, rad/s, positive anticlockwise; acceleration, m/s²; unused when straight), e (metres: true height less the
// height used).
#pragma once

#include "filter/lanes.hpp"

#include <Eigen/Core>

#include <array>
#include <span>

namespace asman::track {

inline constexpr int kStates = 6;
inline constexpr int kPacked = 21;
enum StateIndex { iX = 0, iY = 1, iVx = 2, iVy = 3, iP = 4, iE = 5 };

/// Index of covariance element (i, j) in the packed upper triangle.
constexpr int packed(int i, int j) {
    if (i > j) {
        const int t = i;
        i = j;
        j = t;
    }
    return i * (2 * kStates - i - 1) / 2 + j;
}

/// How aircraft move: physics and habits of flight, the same for every scene.
struct Motion {
    double q_straight = 0.03, q_turn = 0.3, q_speed = 0.3;  ///< white acceleration, m²/s³ per axis
    double turn_rate = 0.035, turn_rate_sigma = 0.023;      ///< rad/s, on entering a turn
    double acceleration_sigma = 1.1;                        ///< m/s², on entering a speed change
    double turn_drift = 2e-6, acceleration_drift = 0.01;    ///< random walk of p: rad²/s³, m²/s⁵
    double straight_time = 180, manoeuvre_time = 30;        ///< mean stay, s
    double max_turn_rate = 0.157;                           ///< rad/s
    double height_walk = 0;                                 ///< random walk of e, m²/s
    bool single_mode = false;                               ///< only the straight mode (ablation)
    double q_single = 3.0;                                  ///< its white acceleration then
};

/// Mean and covariance over all modes.
struct Moments {
    Eigen::Matrix<double, 4, 1> mean;
    Eigen::Matrix<double, 4, 4> covariance;
};

/// A position measurement in the track's tangent frame. The position seen depends on the height error e:
/// the measured point moves to z + j1 (e − e0) + ½ j2 (e − e0)².
struct Measurement {
    double z[2] = {0, 0};
    double r00 = 1, r01 = 0, r11 = 1;  ///< covariance, m²
    double j1[2] = {0, 0}, j2[2] = {0, 0};
    double e0 = 0;   ///< height error at which z was laid down, m
    double lag = 0;  ///< how much older than the state the measurement is, s, ≥ 0
};

/// A measurement held against every mode.
struct Innovation {
    V4 nu0, nu1;                    ///< m
    V4 i00, i01, i11;               ///< inverse of the innovation covariance
    V4 ph0[kStates], ph1[kStates];  ///< P Hᵀ
    V4 distance2;                   ///< normalised innovation squared
    V4 likelihood;                  ///< density, 1/m²
};

struct Imm {
    V4 x[kStates];
    V4 p[kPacked];
    V4 mu;

    template <class Archive>
    void fields(Archive& a) {
        a(x, p, mu);
    }

    /// All modes at z with covariance r, unknown velocity of 1σ `sigma_v` per axis, height error of 1σ `sigma_e`
    /// (correlated with the position through j1).
    static Imm start(const Motion& motion, const Measurement& m, double sigma_v, double sigma_e);
    /// Also with a known velocity and its variance.
    void set_velocity(double vx, double vy, double variance);

    /// Mixes the modes and moves them by dt ≥ 0 seconds.
    void predict(const Motion& motion, double dt);
    /// Interaction alone, and motion alone.
    void mix(const Motion& motion, double dt);
    void move(const Motion& motion, double dt);

    /// Less certain by an unforeseen acceleration of 1σ `sigma` per axis that lasted dt seconds.
    void loosen(double dt, double sigma);
    /// Moment-matched mixture, mode by mode: this with probability `share`, else `other`.
    void blend(const Imm& other, double share);

    /// A measurement older than the state is held against where each mode's own path had it then (retrodiction without
    /// process noise: Bar-Shalom, "Update with out-of-sequence measurements in tracking: exact solution", 2002,
    /// algorithm B, for any lag).
    void innovate(const Measurement& m, Innovation& out) const;

    /// Moment-matched update with the association weights beta[j] of the innovations (their sum ≤ 1; the rest is "none
    /// of them"), each the probability over all modes (Bar-Shalom, Daum & Huang, "The probabilistic data association
    /// filter", 2009, per mode).
    void update(const Motion& motion, std::span<const Innovation> innovations, std::span<const double> beta);
    /// Measurement of e alone: value and variance.
    void update_height_error(double e, double variance);
    /// Measurement of velocity (vx, vy), variance per axis.
    void update_velocity(double vx, double vy, double variance);
    /// Measurement of the turn rate, rad/s, positive anticlockwise: what the turning modes estimate, and what those
    /// that fly straight say is nearly none.
    void update_turn_rate(double rate, double variance);
    /// e is counted from another height from now on: e += shift.
    void shift_height_error(double shift);

    Moments moments() const;
    double mean(int i) const { return dot(mu, x[i]); }
    double variance(int i, int j) const;
    void innovate_late(const Measurement& m, Innovation& out) const;
    /// A new tangent frame: position shifted, then position and velocity turned by the 2×2 matrix [c −s; s c]-like `m`.
    void transform(double x0, double y0, const Eigen::Matrix2d& m);
};

}  // namespace asman::track
