// Line pieces on the ellipsoid with a tree over their boxes: the nearest piece to a point in logarithmic time. Private
// to the room.
#pragma once

#include <asman/geo/point.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace asman::geo {

/// A short piece of a geodesic, its ends on the ellipsoid in ECEF.
struct Piece {
    Ecef a, b;
};

/// Geodesic pieces between consecutive points; pieces over 10 km are cut, so that each is its chord's plane section to
/// a few millimetres (the sagitta is 2 m at most). Points of length zero are left out.
void append_pieces(const std::vector<Point>& line, std::vector<Piece>& out);

/// Metres from p to the piece, exact to a millimetre below 2 km and to the geodesic's own precision beyond.
double distance_to(Point p, const Piece& piece);

class Segments {
  public:
    explicit Segments(std::vector<Piece> pieces);
    bool empty() const { return pieces_.empty(); }
    const std::vector<Piece>& pieces() const { return pieces_; }
    /// Metres to the nearest piece where that is at most `within`, else nothing.
    std::optional<double> nearest(Point p, double within) const;

  private:
    struct Box {
        Eigen::Vector3d low, high;
        std::uint32_t first = 0, count = 0;  ///< count > 0: a leaf's pieces
        std::uint32_t right = 0;             ///< the left child follows its parent
    };
    std::uint32_t build(std::uint32_t first, std::uint32_t count);
    std::vector<Piece> pieces_;
    std::vector<Box> boxes_;
};

}  // namespace asman::geo
