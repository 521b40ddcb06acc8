// Estimates in one tangent plane, and their fusion. Private to the room.
#pragma once

#include <asman/fuse/joint.hpp>

#include <Eigen/Core>

namespace asman::fuse {

/// East, north (metres from the frame's origin) and their rates (m/s) in the axes of one frame.
struct Estimate {
    Eigen::Vector4d mean = Eigen::Vector4d::Zero();
    Eigen::Matrix4d covariance = Eigen::Matrix4d::Identity();
};

/// A horizontal state in the plane tangent at the frame's origin (height 0). Good within some 100 km.
Estimate in_frame(const geo::LocalFrame& frame, const picture::Kinematics& k);
/// Back to the ellipsoid: position, velocity and covariance of `out` are set, the rest is left.
void from_frame(const geo::LocalFrame& frame, const Estimate& estimate, picture::Kinematics& out);

/// Inverse covariance intersection: consistent for any two estimates whose common part is common information (prior,
/// process noise), and tighter than covariance intersection. The weight minimises the determinant.
/// B. Noack, J. Sijs, M. Reinhardt, U. D. Hanebeck, Decentralized data fusion with inverse covariance intersection,
/// Automatica 79 (2017), equations 20 to 24.
Estimate inverse_covariance_intersection(const Estimate& a, const Estimate& b);

/// Covariance intersection (Julier and Uhlmann 1997): consistent whatever the correlation. For estimates that rest on
/// the same sensor.
Estimate covariance_intersection(const Estimate& a, const Estimate& b);

/// The variance that a position has at least when its cell of `grid` metres alone was released: grid²/12 an axis.
Eigen::Matrix4d with_cell(Eigen::Matrix4d covariance, double grid);

/// Finite, with a positive definite covariance, on earth, no faster than anything that flies in air.
bool sound(const picture::Kinematics& k);

}  // namespace asman::fuse
