// Pairs of near points of two sets. Private to the room.
#pragma once

#include <asman/geo/point.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace asman::evaluate {

struct NearPair {
    std::uint32_t a = 0, b = 0;
    double metres = 0;
};

/// All pairs within `radius` metres on the ellipsoid, in order of (a, b). Points that are not finite have none.
std::vector<NearPair> near_pairs(std::span<const geo::Point> a, std::span<const geo::Point> b, double radius);

}  // namespace asman::evaluate
