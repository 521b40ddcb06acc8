#include "segments.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace asman::geo {
namespace {

constexpr double longest_piece = 10'000;  ///< metres
constexpr double near = 2'000;            ///< metres: below it the plane of the point is exact to a millimetre
constexpr std::uint32_t leaf_size = 4;

/// Squared distance of x to the chord, and where (0 at a, 1 at b).
double chord_distance2(const Ecef& x, const Piece& piece, double& along) {
    const Eigen::Vector3d d = piece.b - piece.a;
    const double length2 = d.squaredNorm();
    along = length2 > 0 ? std::clamp((x - piece.a).dot(d) / length2, 0.0, 1.0) : 0.0;
    return (piece.a + along * d - x).squaredNorm();
}

double box_distance2(const Ecef& x, const Eigen::Vector3d& low, const Eigen::Vector3d& high) {
    return (low - x).cwiseMax(x - high).cwiseMax(0.0).squaredNorm();
}

/// Distance in the plane tangent at p, into which the piece is projected from the centre of curvature: there it is
/// straight.
double plane_distance(Point p, const Piece& piece) {
    const LocalFrame frame(Position{p, {0}});
    constexpr double radius = 6.371e6;
    const auto project = [&](const Ecef& x) {
        const Eigen::Vector3d enu = frame.to_local(x);
        return Eigen::Vector2d(enu.head<2>() * (radius / (radius + enu.z())));
    };
    const Eigen::Vector2d a = project(piece.a);
    const Eigen::Vector2d d = project(piece.b) - a;
    const double length2 = d.squaredNorm();
    const double along = length2 > 0 ? std::clamp(-a.dot(d) / length2, 0.0, 1.0) : 0.0;
    return (a + along * d).norm();
}

}  // namespace

void append_pieces(const std::vector<Point>& line, std::vector<Piece>& out) {
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        const Ecef a = to_ecef({line[i], {0}});
        const Ecef b = to_ecef({line[i + 1], {0}});
        const double chord = (b - a).norm();
        if (!(chord > 0)) continue;
        if (chord <= longest_piece) {
            out.push_back({a, b});
            continue;
        }
        const auto whole = inverse(line[i], line[i + 1]);
        const auto parts = static_cast<std::size_t>(std::ceil(whole.distance / longest_piece));
        Ecef from = a;
        for (std::size_t k = 1; k <= parts; ++k) {
            const double metres = whole.distance * static_cast<double>(k) / static_cast<double>(parts);
            const Ecef to = k == parts ? b : to_ecef({direct(line[i], whole.azimuth_at_a, metres), {0}});
            out.push_back({from, to});
            from = to;
        }
    }
}

double distance_to(Point p, const Piece& piece) {
    double along = 0;
    const double chord2 = chord_distance2(to_ecef({p, {0}}), piece, along);
    if (chord2 < near * near) return plane_distance(p, piece);
    return distance(p, from_ecef(piece.a + along * (piece.b - piece.a)).at);
}

Segments::Segments(std::vector<Piece> pieces) : pieces_(std::move(pieces)) {
    if (!pieces_.empty()) build(0, static_cast<std::uint32_t>(pieces_.size()));
}

std::uint32_t Segments::build(std::uint32_t first, std::uint32_t count) {
    const auto at = static_cast<std::uint32_t>(boxes_.size());
    Box box{pieces_[first].a, pieces_[first].a, first, count, 0};
    for (std::uint32_t i = first; i < first + count; ++i) {
        box.low = box.low.cwiseMin(pieces_[i].a).cwiseMin(pieces_[i].b);
        box.high = box.high.cwiseMax(pieces_[i].a).cwiseMax(pieces_[i].b);
    }
    boxes_.push_back(box);
    if (count <= leaf_size) return at;
    Eigen::Index axis = 0;
    (box.high - box.low).maxCoeff(&axis);
    const auto middle = first + count / 2;
    const auto begin = pieces_.begin();
    std::nth_element(begin + first, begin + middle, begin + first + count,
                     [axis](const Piece& x, const Piece& y) { return x.a[axis] + x.b[axis] < y.a[axis] + y.b[axis]; });
    boxes_[at].count = 0;
    build(first, middle - first);
    const auto right = build(middle, first + count - middle);
    boxes_[at].right = right;
    return at;
}

std::optional<double> Segments::nearest(Point p, double within) const {
    if (pieces_.empty() || !std::isfinite(p.lat) || !std::isfinite(p.lon)) return std::nullopt;
    const Ecef x = to_ecef({p, {0}});
    // A chord is never longer than the way along the surface; its sagitta adds 2 m at most.
    double best2 = std::isfinite(within) ? (within + 4) * (within + 4) : std::numeric_limits<double>::infinity();
    std::optional<std::uint32_t> best;
    std::array<std::uint32_t, 64> stack{};
    std::size_t depth = 0;
    stack[depth++] = 0;
    while (depth > 0) {
        const auto at = stack[--depth];
        const Box& box = boxes_[at];
        if (box_distance2(x, box.low, box.high) > best2) continue;
        if (box.count > 0) {
            for (std::uint32_t i = box.first; i < box.first + box.count; ++i) {
                double along = 0;
                const double d2 = chord_distance2(x, pieces_[i], along);
                if (d2 < best2) {
                    best2 = d2;
                    best = i;
                }
            }
            continue;
        }
        // The nearer child last on the stack: it is looked at first and narrows the rest.
        const auto left = at + 1;
        const double to_left = box_distance2(x, boxes_[left].low, boxes_[left].high);
        const double to_right = box_distance2(x, boxes_[box.right].low, boxes_[box.right].high);
        stack[depth++] = to_left <= to_right ? box.right : left;
        stack[depth++] = to_left <= to_right ? left : box.right;
    }
    if (!best) return std::nullopt;
    const double metres = distance_to(p, pieces_[*best]);
    if (metres > within) return std::nullopt;
    return metres;
}

}  // namespace asman::geo
