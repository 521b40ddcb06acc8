// What is left of a track when it leaves: only the fields that the clause lets through, as precise as it says (rule
// 14).
#pragma once

#include <asman/accord/decide.hpp>
#include <asman/picture/nouns.hpp>

namespace asman::release {

/// Without the field `accuracy` a released covariance is a bound, never finer than this, metres.
inline constexpr double accuracy_bound = 1000;

picture::Track coarsened(const picture::Track& track, const accord::Decision& decision);
picture::Coarsening coarsening_of(const accord::Decision& decision, const picture::Coarsening& before);
/// What a granted release makes of what its releaser holds: the clauses and assumptions that it came by and this one's,
/// coarser by this one's terms. Originator, way and number are the caller's. `offset`: the law's time less the data's.
picture::Contribution granted(const picture::Contribution& held, const accord::Decision& decision,
                              base::Duration offset);

}  // namespace asman::release
