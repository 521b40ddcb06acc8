// What a sensor shows where nothing flies: a learnt map of false plots, a cell some kilometres wide.
#pragma once

#include <vector>

namespace asman::track {

/// False plots per square metre and scan, learnt with exponential forgetting. A place is either background — about the
/// sensor's usual density, learnt by rings of range over the declared rate — or a patch (ground, weather, sea) that may
/// hold many times as much: a mixture of two Gamma–Poisson models, weighed by what each cell and its neighbours have
/// shown. A few chance plots so change nothing, and a real patch is known after some turns. Positions are metres east
/// and north of the sensor.
class ClutterMap {
  public:
    ClutterMap() = default;
    /// `per_scan` false plots declared within `max_range`; memory of `scans` turns of `period` seconds.
    ClutterMap(double per_scan, double max_range, double period, double scans);

    /// A plot that was false with probability `weight`.
    void add(double east, double north, double t, double weight);
    /// A plot added at time t turned out to be an aircraft's.
    void withdraw(double east, double north, double t, double weight);
    /// False plots per m² and scan at a place.
    double density(double east, double north, double t);

    template <class Archive>
    void fields(Archive& a) {
        a(base_, cell_, range_, period_, memory_, start_, origin_, ring_count_, ring_area_, fade_, started_, half_,
          side_, count_);
    }

  private:
    static constexpr int kRings = 8;
    struct Place {
        int cell = -1, ring = 0;
    };
    Place place(double east, double north) const;
    void age(double t);
    double background(int ring, double scans) const;
    double background_share(const Place& p, double t);
    double density_at(const Place& p, double t);

    double base_ = 1e-9, cell_ = 5000, range_ = 1e5, period_ = 10, memory_ = 100, start_ = 0, origin_ = 0;
    double ring_count_[kRings] = {}, ring_area_[kRings] = {};  ///< background plots, in the units of count_; m²
    double fade_ = 1;                                          ///< what a unit of the counts is worth now
    bool started_ = false;
    int half_ = 0, side_ = 0;
    std::vector<float> count_;  ///< in units that grow with e^((t − origin)/memory)
};

}  // namespace asman::track
