// Registration: every radar's range and azimuth bias, from the plots of common aircraft.
//
// A short window of one aircraft's plots from several sensors is fitted by straight flight; what the fit leaves is
// linear in the sensors' biases. Eliminating the flight (Schur complement) leaves information on the biases alone, and
// the information of all windows adds. Plots are used once; the estimate is the least-squares one with its covariance
// (cf. Bar-Shalom, Willett & Tian, "Tracking and Data Fusion", 2011, ch. 9, sensor registration).
#pragma once

#include <Eigen/Core>

#include <cstdint>
#include <span>
#include <vector>

namespace asman::track {

/// A plot of a well-known track, kept until its window is complete: as measured, uncorrected.
struct Sample {
    double t = 0;
    std::uint32_t sensor = 0;
    double range = 0, azimuth = 0;                    ///< m, rad
    double variance_range = 1, variance_azimuth = 1;  ///< noise alone
    double height = 0;                                ///< as known from a transponder, or nominal
    bool told = false;  ///< the aircraft told its own place (ADS-B): no bias to learn, a reference for the others
    Eigen::Vector3d place = Eigen::Vector3d::Zero();  ///< told: in space
};

/// A sample laid on the tangent plane with the present biases removed, and how it moves with what is unknown.
struct Sighting {
    double t = 0;
    std::uint32_t sensor = 0;
    double z[2] = {0, 0};
    double r00 = 1, r01 = 0, r11 = 1;  ///< noise covariance
    double by_range[2] = {0, 0};       ///< metres per metre of range bias
    double by_azimuth[2] = {0, 0};     ///< metres per radian of azimuth bias
    double by_height[2] = {0, 0};      ///< metres per metre of height error
};

class Registrar {
  public:
    /// What is thought of a sensor's bias: measured minus true, with variances.
    struct Bias {
        double range = 0, azimuth = 0, variance_range = 0, variance_azimuth = 0;
        std::uint64_t samples = 0;
        std::uint32_t jumps = 0;
    };

    /// A sensor with the 1σ of its unknown biases; zeros: it has none to learn.
    void add(double sigma_range, double sigma_azimuth);
    const Bias& of(std::uint32_t sensor) const { return bias_[sensor]; }
    std::size_t size() const { return bias_.size(); }

    /// Takes one window. `height_variance` is that of the height error common to the window (0: heights are exact or
    /// play no part). False when the window does not fit straight flight, or has fewer than two sensors.
    bool add_window(std::span<const Sighting> window, double height_variance);
    /// New estimates from all information. Returns true when they moved.
    bool solve(double now);
    bool converged() const { return converged_; }

  private:
    void find_jumps(double now);
    void forget(std::uint32_t sensor);

    struct Prior {
        double range = 0, azimuth = 0;  ///< information (1/variance); 0 where nothing is learnt
    };
    /// What the latest minutes say of a sensor beyond its present estimate.
    struct Recent {
        Eigen::Matrix2d information = Eigen::Matrix2d::Zero();
        Eigen::Vector2d score = Eigen::Vector2d::Zero();
    };
    std::vector<Bias> bias_;
    std::vector<Prior> prior_;
    std::vector<Recent> recent_;
    std::vector<double> learnt_since_;
    Eigen::MatrixXd information_;
    Eigen::VectorXd vector_;
    double solved_ = -1e9;
    bool fresh_ = false, converged_ = false;
};

}  // namespace asman::track
