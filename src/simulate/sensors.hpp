// The simulated sensors: what they detect, and when it arrives.
#pragma once

#include "aircraft.hpp"
#include "plots.hpp"

#include <asman/coverage/detection.hpp>
#include <asman/coverage/horizon.hpp>
#include <asman/simulate/world.hpp>

#include <vector>

namespace asman::simulate {

/// What all sensors share: the aircraft and the time at which the scenario starts.
struct Sky {
    base::Time start;
    std::uint64_t seed = 1;
    std::vector<Aircraft> aircraft;
    base::Time at(Seconds t) const { return start + base::seconds(t); }
};

/// A rotating radar. Works turn by turn: every target is met when the beam really points at it.
class Radar {
  public:
    Radar(const Sky& sky, const SensorSpec& spec, coverage::Horizon horizon);
    /// Appends what arrives of the turns that begin not after `t`.
    void run_until(Seconds t, const Sky& sky, std::vector<Datagram>& out);
    Seconds next_turn() const { return first_ + static_cast<double>(turn_) * period_; }

  private:
    void turn(const Sky& sky, std::vector<Datagram>& out);
    std::vector<RadarPlot> detections(const Sky& sky, Seconds begin) const;
    std::optional<RadarPlot> meet(const Sky& sky, const Aircraft& a, Seconds begin) const;
    void clutter(const Sky& sky, Seconds begin, std::vector<RadarPlot>& plots) const;
    void garble(std::vector<RadarPlot>& plots) const;

    SensorSpec spec_;
    coverage::Horizon horizon_;
    std::uint64_t key_;
    double period_;
    Seconds first_;
    std::uint64_t turn_ = 0;
};

/// A ground station for ADS-B: each aircraft in view once a second.
class AdsbStation {
  public:
    AdsbStation(const Sky& sky, const SensorSpec& spec, coverage::Horizon horizon);
    void second(std::uint64_t number, const Sky& sky, const std::vector<std::optional<Airborne>>& broadcast,
                std::vector<Datagram>& out) const;

  private:
    SensorSpec spec_;
    coverage::Instrument instrument_;
    coverage::Horizon horizon_;
    std::uint64_t key_;
};

/// When in its second an aircraft broadcasts.
Seconds broadcast_phase(const Aircraft& a);

}  // namespace asman::simulate
