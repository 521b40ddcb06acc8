// How likely two tracks are of one aircraft. Private to the room.
#pragma once

#include "estimate.hpp"

namespace asman::fuse {

/// What is compared: horizontal estimate in a frame near both, height, identity.
struct Likeness {
    double log_ratio = 0;  ///< ln of p(both | one aircraft) / p(both | two aircraft); larger is more alike
    double distance2 = 0;  ///< squared Mahalanobis distance of position and velocity
};

/// `a` and `b` must be predicted to one instant and expressed in one frame.
Likeness likeness(const Estimate& a, const Track& track_a, const Estimate& b, const Track& track_b,
                  const Config& config);

/// Identity alone: addresses, codes, callsigns. Evidence, never a key: addresses are duplicated and mistyped.
double identity_log_ratio(const picture::ReportedIdentity& a, const picture::ReportedIdentity& b);

}  // namespace asman::fuse
