// Where an aircraft is: samples every four seconds, cubic between them.
#pragma once

#include <asman/base/time.hpp>
#include <asman/geo/point.hpp>

#include <Eigen/Core>

#include <optional>
#include <vector>

namespace asman::simulate {

/// Time within the simulation: seconds after the scenario's start.
using Seconds = double;

struct Motion {
    geo::Position position;
    Eigen::Vector3d velocity;  ///< east, north, up, m/s
    geo::PressureAltitude pressure_altitude;
};

/// One stretch in the air, gap-free.
class Trajectory {
  public:
    static constexpr Seconds step = 4;
    struct Sample {
        double lat = 0, lon = 0;  ///< radians; lon is not wrapped from sample to sample
        float height = 0;         ///< above the ellipsoid, m
        float pressure = 0;       ///< pressure altitude, m
        float east = 0, north = 0, up = 0;
    };
    explicit Trajectory(Seconds begin) : begin_(begin) {}
    void add(const Sample& s) { samples_.push_back(s); }
    bool empty() const { return samples_.size() < 2; }
    Seconds begin() const { return begin_; }
    Seconds end() const { return begin_ + step * static_cast<double>(samples_.empty() ? 0 : samples_.size() - 1); }
    std::vector<Sample>& samples() { return samples_; }
    const std::vector<Sample>& samples() const { return samples_; }
    /// Nothing outside [begin, end].
    std::optional<Motion> at(Seconds t) const;

  private:
    Seconds begin_;
    std::vector<Sample> samples_;
};

/// Radii of curvature of the ellipsoid: meridian and prime vertical, metres.
struct Curvature {
    double meridian, normal;
};
Curvature curvature(double lat);

}  // namespace asman::simulate
