// Points on and near the earth, and the three kinds of height that are never mixed silently (invariant 2). WGS-84.
#pragma once

#include <Eigen/Core>

#include <compare>
#include <numbers>
#include <string>
#include <string_view>
#include <vector>

namespace asman::geo {

inline constexpr double deg = std::numbers::pi / 180.0;  ///< radians in a degree
inline constexpr double foot = 0.3048;                   ///< metres
inline constexpr double nautical_mile = 1852.0;          ///< metres
inline constexpr double knot = nautical_mile / 3600.0;   ///< metres per second

/// Height above the WGS-84 ellipsoid, metres.
struct EllipsoidalHeight {
    double m = 0;
    auto operator<=>(const EllipsoidalHeight&) const = default;
};
/// Height above mean sea level (EGM96 geoid), metres.
struct MslAltitude {
    double m = 0;
    auto operator<=>(const MslAltitude&) const = default;
};
/// Pressure altitude: height in the standard atmosphere (1013.25 hPa) at the pressure outside, metres. 100 ft are one
/// flight level.
struct PressureAltitude {
    double m = 0;
    auto operator<=>(const PressureAltitude&) const = default;
    constexpr double flight_level() const { return m / (100 * foot); }
    static constexpr PressureAltitude from_flight_level(double fl) { return {fl * 100 * foot}; }
};

/// Geodetic position: latitude and longitude in radians, −π < lon ≤ π.
struct Point {
    double lat = 0;
    double lon = 0;
    auto operator<=>(const Point&) const = default;
    static constexpr Point degrees(double lat_deg, double lon_deg) { return {lat_deg * deg, lon_deg * deg}; }
    constexpr double lat_deg() const { return lat / deg; }
    constexpr double lon_deg() const { return lon / deg; }
};

/// A position in space.
struct Position {
    Point at;
    EllipsoidalHeight height;
    bool operator==(const Position&) const = default;
};

/// Wraps an angle to (−π, π].
double wrap_pi(double angle);
/// Wraps an angle to [0, 2π).
double wrap_2pi(double angle);

/// Earth-centred, earth-fixed coordinates, metres.
using Ecef = Eigen::Vector3d;
Ecef to_ecef(const Position& p);
Position from_ecef(const Ecef& x);

/// East, north, up at an origin: a plane tangent to the ellipsoid.
class LocalFrame {
  public:
    LocalFrame() : LocalFrame(Position{}) {}
    explicit LocalFrame(const Position& origin);
    const Position& origin() const { return origin_; }
    /// ENU metres of a position.
    Eigen::Vector3d to_local(const Position& p) const { return to_local(to_ecef(p)); }
    Eigen::Vector3d to_local(const Ecef& x) const { return rotation_ * (x - centre_); }
    Ecef to_ecef_point(const Eigen::Vector3d& enu) const { return centre_ + rotation_.transpose() * enu; }
    Position from_local(const Eigen::Vector3d& enu) const { return from_ecef(to_ecef_point(enu)); }
    /// Rows: the unit vectors east, north and up in ECEF.
    const Eigen::Matrix3d& rotation() const { return rotation_; }

  private:
    Position origin_;
    Ecef centre_;
    Eigen::Matrix3d rotation_;
};

/// Result of the inverse geodesic problem: distance in metres, azimuths clockwise from north in radians.
struct Inverse {
    double distance = 0;
    double azimuth_at_a = 0;  ///< leaving a
    double azimuth_at_b = 0;  ///< arriving at b (direction of travel)
};
Inverse inverse(Point a, Point b);
double distance(Point a, Point b);
/// The point at `metres` along the geodesic that leaves `from` at `azimuth`.
Point direct(Point from, double azimuth, double metres);

/// Geoid undulation N (ellipsoidal height minus mean-sea-level altitude), metres, EGM96 with bilinear interpolation
/// where the grid file of proj-data was found, else 0 with `available()` false.
class Geoid {
  public:
    /// `path` empty: the usual places of Debian's proj-data.
    static Geoid open(const std::string& path = {});
    /// From the bytes of the grid file; not available() where they are something else.
    static Geoid parse(std::string_view bytes);
    /// The bytes of the grid file in the usual places; empty: there is none.
    static std::string file();
    bool available() const { return !grid_.empty(); }
    double undulation(Point p) const;
    EllipsoidalHeight ellipsoidal(Point p, MslAltitude h) const { return {h.m + undulation(p)}; }
    MslAltitude msl(Point p, EllipsoidalHeight h) const { return {h.m - undulation(p)}; }

  private:
    std::vector<float> grid_;  ///< 721 × 1440, from 90°N, −180°E, 0.25°
};

}  // namespace asman::geo
