// What a sensor shows where nothing flies: a learnt map of false plots, a cell some kilometres wide.
#pragma once

#include <vector>

namespace asman::track {

/// False plots per square metre and scan, learnt with exponential forgetting over the declared rate as prior
/// (Gamma–Poisson). Positions are metres east and north of the sensor.
class ClutterMap {
  public:
    ClutterMap() = default;
    /// `per_scan` false plots declared within `max_range`; memory of `scans` turns of `period` seconds.
    ClutterMap(double per_scan, double max_range, double period, double scans);

    /// A plot that was false with probability `weight`.
    void add(double east, double north, double t, double weight);
    /// False plots per m² and scan at a place.
    double density(double east, double north, double t);

  private:
    int index(double east, double north) const;
    void age(double t);

    double base_ = 1e-9, cell_ = 5000, period_ = 10, memory_ = 100, start_ = 0, origin_ = 0;
    bool started_ = false;
    int half_ = 0, side_ = 0;
    std::vector<float> count_;  ///< in units that grow with e^((t − origin)/memory)
};

}  // namespace asman::track
