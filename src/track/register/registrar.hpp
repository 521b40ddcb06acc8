// Registration: every radar's range and azimuth bias, from the plots of common aircraft.
#pragma once

#include <Eigen/Core>

#include <cstdint>
#include <vector>

namespace asman::track {

/// A plot of a well-known track, kept for registration: residual-free, in the polar terms of its sensor, uncorrected.
struct Sample {
    double t = 0;
    std::uint32_t sensor = 0;
    double range = 0, azimuth = 0;  ///< as measured
};

class Registrar {
  public:
    /// What is thought of a sensor's bias: measured minus true, with variances.
    struct Bias {
        double range = 0, azimuth = 0, variance_range = 0, variance_azimuth = 0;
        std::uint64_t samples = 0;
        std::uint32_t jumps = 0;
    };
    void add(double sigma_range, double sigma_azimuth) {
        Bias b;
        b.variance_range = sigma_range * sigma_range;
        b.variance_azimuth = sigma_azimuth * sigma_azimuth;
        bias_.push_back(b);
    }
    const Bias& of(std::uint32_t sensor) const { return bias_[sensor]; }
    std::size_t size() const { return bias_.size(); }

  private:
    std::vector<Bias> bias_;
};

}  // namespace asman::track
