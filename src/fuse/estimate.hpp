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

/// Split covariance intersection: consistent as long as the errors' common part is at most `share` (0 to 1) of either
/// covariance. Share 1 is covariance intersection, consistent whatever the correlation; share 0 takes the errors as
/// independent. The weight minimises the determinant.
/// S. J. Julier, J. K. Uhlmann, General decentralized data fusion with covariance intersection, in: Handbook of
/// Multisensor Data Fusion (2001), section 12.5.
Estimate intersect(const Estimate& a, const Estimate& b, double share);

/// The variance that a position has at least when its cell of `grid` metres alone was released: grid²/12 an axis.
Eigen::Matrix4d with_cell(Eigen::Matrix4d covariance, double grid);

/// Finite, with a positive definite covariance, on earth, no faster than anything that flies in air.
bool sound(const picture::Kinematics& k);

}  // namespace asman::fuse
