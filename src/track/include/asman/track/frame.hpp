// The world as the filter sees it: tangent planes that move with the track. The ellipsoid is the product; the plane
// serves the benchmark only.
#pragma once

#include <asman/geo/point.hpp>

#include <Eigen/Core>

namespace asman::track {

/// A tangent frame on the reference surface: east, north, up at `origin` (height 0), and the surface's curvature there.
///
/// A point with tangent coordinates (x, y) and height h lies at
///     origin + x (1 + h/Re) east + y (1 + h/Rn) north + (h − x²/2Re − y²/2Rn) up,
/// exact to second order in distance/radius: 0.1 m at 20 km from the origin.
struct Anchor {
    Eigen::Vector3d origin = Eigen::Vector3d::Zero();
    Eigen::Matrix3d axes = Eigen::Matrix3d::Identity();  ///< rows: east, north, up
    double curvature_east = 0;                           ///< 1/Re, 1/metres; 0 on a plane
    double curvature_north = 0;                          ///< 1/Rn

    Eigen::Vector3d to_global(double x, double y, double h) const;
    /// The inverse of to_global for a point of known height h: (x, y).
    Eigen::Vector2d to_tangent(const Eigen::Vector3d& global, double h) const;
    /// Velocity (vx, vy) of the tangent coordinates at (x, y), as a vector in space.
    Eigen::Vector3d velocity_to_global(double x, double y, double vx, double vy) const;
};

/// Where an antenna stands: its place in space, its own east-north-up axes, and the mean curvature of the surface
/// there.
struct Site {
    Eigen::Vector3d place = Eigen::Vector3d::Zero();
    Eigen::Matrix3d axes = Eigen::Matrix3d::Identity();
    double height = 0;  ///< metres above the reference surface
    double curvature_east = 0, curvature_north = 0;
};

class Frame {
  public:
    virtual ~Frame() = default;
    virtual Site site(const geo::Position& position) const = 0;
    /// The frame at the foot of a point in space.
    virtual Anchor anchor(const Eigen::Vector3d& global) const = 0;
    virtual geo::Point point(const Eigen::Vector3d& global) const = 0;
    virtual Eigen::Vector3d global(const geo::Position& position) const = 0;
    /// True where ranges are horizontal and heights play no part (the benchmark's plain scenes).
    virtual bool ground_range() const { return false; }
};

/// WGS-84.
class EllipsoidFrame final : public Frame {
  public:
    Site site(const geo::Position& position) const override;
    Anchor anchor(const Eigen::Vector3d& global) const override;
    geo::Point point(const Eigen::Vector3d& global) const override;
    Eigen::Vector3d global(const geo::Position& position) const override;
};

/// A flat plane, for the benchmark's scenes. A plane point (x east, y north; metres) is written as the geo::Point
/// {lat = y / scale, lon = x / scale}: labels that invert exactly enough (1 µm), not places on earth.
class PlaneFrame final : public Frame {
  public:
    static constexpr double scale = 6.4e6;
    explicit PlaneFrame(bool ground_range) : ground_range_(ground_range) {}
    static geo::Point label(double x, double y) { return {y / scale, x / scale}; }
    static Eigen::Vector2d unlabel(geo::Point p) { return {p.lon * scale, p.lat * scale}; }

    Site site(const geo::Position& position) const override;
    Anchor anchor(const Eigen::Vector3d& global) const override;
    geo::Point point(const Eigen::Vector3d& global) const override;
    Eigen::Vector3d global(const geo::Position& position) const override;
    bool ground_range() const override { return ground_range_; }

  private:
    bool ground_range_;
};

}  // namespace asman::track
