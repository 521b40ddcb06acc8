// How aircraft fly: an autopilot that follows a route with turns, climbs and holdings.
#pragma once

#include "trajectory.hpp"
#include "weather.hpp"

#include <asman/geo/terrain.hpp>

#include <vector>

namespace asman::simulate {

/// What a flight needs to know of the earth.
struct Environment {
    geo::Terrain terrain;
    geo::Geoid geoid;
    Weather weather;
    double ground(geo::Point p) const { return terrain.elevation_or(p, 0); }
};

/// One flight from its first to its last point, along great circles between them.
struct LegPlan {
    std::vector<geo::Point> path;
    double start_pressure = 0, end_pressure = 0;  ///< pressure altitude, metres
    double cruise_pressure = 10000;
    double speed = 220;           ///< m/s in cruise
    double bank = 25 * geo::deg;  ///< in turns
    bool begins_airborne = false, ends_airborne = false;
    std::size_t hold_at = 0;  ///< index of the path's point where it holds; 0: nowhere
    int hold_turns = 0;
};

/// Flies the leg from `begin`. Climbs at up to 16 m/s, descends on a path of 3°, keeps 400 m above terrain away from
/// the ends of the leg.
Trajectory fly(const LegPlan& plan, Seconds begin, const Environment& environment);

/// How an intruder keeps its height. Exactly one of the first two is set.
struct HeightRule {
    std::optional<double> above_ground;  ///< metres above terrain
    std::optional<double> altitude;      ///< metres above mean sea level
    double clearance = 300;              ///< metres above ground, at least
    double gradient = 0.08;              ///< steepest climb and descent
};

/// Flies a route at constant speed; the height profile looks ahead so that its gradient is enough everywhere.
Trajectory fly_low(const std::vector<geo::Point>& route, double speed, const HeightRule& rule, Seconds begin,
                   const Environment& environment);

/// Great-circle distance and initial bearing on a sphere (within 0.6 % and 0.2° of the geodesic): for steering.
struct Bearing {
    double distance, azimuth;
};
Bearing bearing(geo::Point from, geo::Point to);

}  // namespace asman::simulate
