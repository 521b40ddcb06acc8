// Rings on the ellipsoid before they become an index: orientation, and edges that are no boundary. Private to the room.
#pragma once

#include <asman/geo/region.hpp>

#include <vector>

namespace asman::geo {

/// A ring that has its polygon's inside to its left: outer rings anticlockwise, holes clockwise.
struct OrientedRing {
    Ring points;  ///< not repeated at the end; no two equal neighbours; −180° written as 180°
    bool hole = false;
};

/// Steradians to the left of the ring on the unit sphere, in (−2π, 2π]: negative when the smaller side is to the right.
double signed_area(const Ring& ring);

/// Rings of at least three different points, oriented.
std::vector<OrientedRing> oriented_rings(const std::vector<Polygon>& polygons);

/// The rings as lines without the edges that cancel: pairs in opposite directions between the same vertices, and parts
/// of the antimeridian walked both ways (files cut polygons there). Whole rings repeat their first vertex.
std::vector<std::vector<Point>> boundary_lines(const std::vector<OrientedRing>& rings);

}  // namespace asman::geo
