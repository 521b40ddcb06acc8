// The outline of what a sensor sees at one height, for a display to draw.
#pragma once

#include <asman/geo/point.hpp>

#include <functional>
#include <vector>

namespace asman::serve {

/// Whether an antenna sees a target at this place and height.
using Sees = std::function<bool(geo::Point, geo::EllipsoidalHeight)>;

struct OutlineOptions {
    double azimuth_step = 3 * geo::deg;  ///< > 0
    double range_step = 4000;            ///< metres, > 0: the outline is this coarse
};

/// Along each azimuth the farthest place, at most `range` metres away, at which a target `height` above the ellipsoid
/// is seen: beyond the outline nothing is seen, inside it terrain may still hide. Clockwise from north; empty when
/// nothing is seen in any direction.
std::vector<geo::Point> outline(geo::Point antenna, double range, geo::EllipsoidalHeight height, const Sees& sees,
                                const OutlineOptions& options = {});

}  // namespace asman::serve
