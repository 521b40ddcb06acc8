// First warning: how long before an aircraft crosses a state's border did that state's picture hold it, and thanks to
// whom.
#pragma once

#include <asman/geo/region.hpp>
#include <asman/picture/nouns.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace asman::evaluate {

using picture::JointTrack;
using picture::State;
using picture::Time;

/// Where an aircraft really is.
struct TruthPoint {
    std::string id;  ///< stable over time
    geo::Position position;
    Eigen::Vector2d velocity = Eigen::Vector2d::Zero();  ///< east, north, m/s
    bool operator==(const TruthPoint&) const = default;
};

/// First instant at which a truth held as (time, point) lies in the region, by linear search over the given points and
/// bisection along the geodesic between them, to 0.01 s. Nothing if it never does; `points` ascending in time. A truth
/// that begins inside has no crossing.
std::optional<Time> first_crossing(std::span<const std::pair<Time, geo::Point>> points, const geo::Region& region);

struct WarningConfig {
    double gate = 2'000;        ///< metres between truth and track, plus three times the track's own 1σ
    double speed_gate = 60;     ///< m/s between the velocities, plus three times the track's own 1σ
    std::uint32_t updates = 3;  ///< consecutive pictures that must hold it
};

/// Of one aircraft, for one state.
struct Warning {
    std::string id;
    std::optional<Time> crossing;  ///< first inside the state's land; none: never, or it began inside
    /// First picture of the first run of `updates` pictures in which the joint picture held it.
    std::optional<Time> first_held;
    /// The same for each cause by itself: "local" (the own sensors), else the clauses by which a contribution came, the
    /// originator's first ("RUS-KAZ-2013/east > RUS-KGZ-2022/tracks-rus"). Only causes that ever held it.
    std::map<std::string, Time> by_cause;

    /// Seconds from first_held to crossing; negative when the picture held it only after it had crossed; nothing when
    /// it never crossed or was never held.
    std::optional<double> seconds() const;
    std::optional<double> seconds_by(const std::string& cause) const;
};

/// Give the truth and the state's joint picture once a second (any constant period); ask at the end. Deterministic.
class FirstWarning {
  public:
    FirstWarning(geo::Region land, WarningConfig config = {});
    ~FirstWarning();
    FirstWarning(FirstWarning&&) noexcept;
    FirstWarning& operator=(FirstWarning&&) noexcept;

    /// `truth`: the aircraft to watch for, of this instant, in any order; ids that are absent are taken as not flying.
    void update(Time now, std::span<const TruthPoint> truth, std::span<const JointTrack> joint);
    /// In order of id.
    std::vector<Warning> result() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::evaluate
