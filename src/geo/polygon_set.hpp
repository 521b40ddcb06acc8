// The points covered by polygons on the ellipsoid, answered in constant time. Private to the room.
//
// The earth's surface is seen from its centre on the six faces of a cube, where short geodesics are straight lines and
// poles and the antimeridian are ordinary places. Each face holds a grid; each cell knows the winding number of its
// centre and the edges that pass through it, so that a point's winding number follows from the edges between it and its
// cell's centre.
#pragma once

#include "segments.hpp"

#include <asman/geo/region.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace asman::geo {

class PolygonSet {
  public:
    /// Each ring encloses its smaller side, whichever way it is wound; rings of fewer than three points are left out.
    /// Edges that two polygons share in opposite directions, and cuts along the antimeridian, are no boundary.
    explicit PolygonSet(const std::vector<Polygon>& polygons);

    bool empty() const { return boundary_.empty(); }
    bool contains(Point p, bool on_boundary) const;
    /// Metres to the boundary, positive.
    double boundary_distance(Point p) const;
    const std::vector<std::vector<Point>>& outline() const { return outline_; }

  private:
    struct FaceEdge {
        double u0, v0, u1, v1;
        std::uint32_t piece;
    };
    struct Face {
        double u0 = 0, v0 = 0, step_u = 1, step_v = 1;
        std::size_t columns = 1, rows = 1;
        std::vector<std::int16_t> winding;  ///< of each cell's centre
        std::vector<std::uint32_t> starts;  ///< into `listed`, one more than cells
        std::vector<std::uint32_t> listed;  ///< edges by cell
        std::vector<FaceEdge> edges;
        std::span<const std::uint32_t> in_cell(std::size_t cell) const {
            return std::span(listed).subspan(starts[cell], starts[cell + 1] - starts[cell]);
        }
        double centre_u(std::size_t column) const { return u0 + (static_cast<double>(column) + 0.5) * step_u; }
        double centre_v(std::size_t row) const { return v0 + (static_cast<double>(row) + 0.5) * step_v; }
        int along_u(std::size_t cell, double v, double from, double to) const;
        int along_v(std::size_t cell, double u, double from, double to) const;
    };
    struct RingDirections {
        std::vector<Ecef> points;  ///< unit vectors, the ring's own inside to the left
        int winding = 1;           ///< what it adds inside: −1 for a hole
    };
    void build_face(std::size_t index, const std::vector<RingDirections>& rings);
    void propagate(Face& face, int first) const;

    std::vector<Piece> oriented_;  ///< boundary pieces, the inside to their left
    Segments boundary_;
    std::array<Face, 6> faces_;
    std::vector<std::vector<Point>> outline_;
};

}  // namespace asman::geo
