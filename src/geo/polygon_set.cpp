#include "polygon_set.hpp"

#include "edges.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>

namespace asman::geo {
namespace {

constexpr double boundary_width = 1e-3;  ///< metres
constexpr double margin = 1e-8;          ///< of face coordinates, 6 cm: wider than a boundary

/// The axes of a face: u and v span it, w points outward; right-handed seen from outside.
struct Axes {
    Eigen::Vector3d u, v, w;
};
const Axes& axes(std::size_t face) {
    static const std::array<Axes, 6> all = [] {
        std::array<Axes, 6> out;
        for (int i = 0; i < 3; ++i) {
            const Eigen::Vector3d u = Eigen::Vector3d::Unit((i + 1) % 3);
            const Eigen::Vector3d v = Eigen::Vector3d::Unit((i + 2) % 3);
            const Eigen::Vector3d w = Eigen::Vector3d::Unit(i);
            out[static_cast<std::size_t>(2 * i)] = {u, v, w};
            out[static_cast<std::size_t>(2 * i + 1)] = {v, u, -w};
        }
        return out;
    }();
    return all[face];
}

std::size_t face_of(const Ecef& x) {
    Eigen::Index i = 0;
    x.cwiseAbs().maxCoeff(&i);
    return static_cast<std::size_t>(2 * i + (x[i] < 0 ? 1 : 0));
}

/// Face coordinates; only for points in front of the face.
Eigen::Vector2d project(const Axes& a, const Ecef& x) {
    const double w = x.dot(a.w);
    return {x.dot(a.u) / w, x.dot(a.v) / w};
}

/// How often a ring that has its inside to the left winds around o: 1 inside, 0 outside. As seen from o, a ring around
/// o turns once to the left; one around the antipode once to the right.
bool encloses(const std::vector<Ecef>& ring, const Eigen::Vector3d& o) {
    double turned = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Eigen::Vector3d& a = ring[i];
        const Eigen::Vector3d& b = ring[(i + 1) % ring.size()];
        const Eigen::Vector3d na = a - a.dot(o) * o;
        const Eigen::Vector3d nb = b - b.dot(o) * o;
        turned += std::atan2(na.cross(nb).dot(o), na.dot(nb));
    }
    return turned > std::numbers::pi;
}

}  // namespace

PolygonSet::PolygonSet(const std::vector<Polygon>& polygons) : boundary_({}) {
    const auto rings = oriented_rings(polygons);
    auto lines = boundary_lines(rings);
    for (const auto& line : lines) append_pieces(line, oriented_);
    boundary_ = Segments(oriented_);
    outline_ = std::move(lines);
    if (oriented_.empty()) return;
    std::vector<RingDirections> directions;
    for (const auto& ring : rings) {
        auto& out = directions.emplace_back();
        for (const auto& p : ring.points) out.points.push_back(to_ecef({p, {0}}).normalized());
        if (ring.hole) {
            std::ranges::reverse(out.points);
            out.winding = -1;
        }
    }
    for (std::size_t f = 0; f < faces_.size(); ++f) build_face(f, directions);
}

void PolygonSet::build_face(std::size_t index, const std::vector<RingDirections>& rings) {
    Face& face = faces_[index];
    const Axes& a = axes(index);
    Eigen::Vector2d low(1, 1);
    Eigen::Vector2d high(-1, -1);
    for (std::uint32_t i = 0; i < oriented_.size(); ++i) {
        const auto& piece = oriented_[i];
        // In front of the face with room to spare: pieces are short, so one beside the face cannot reach it.
        if (piece.a.dot(a.w) < 0.5 * piece.a.norm()) continue;
        const auto p = project(a, piece.a);
        const auto q = project(a, piece.b);
        const Eigen::Vector2d from = p.cwiseMin(q);
        const Eigen::Vector2d to = p.cwiseMax(q);
        if (from.maxCoeff() > 1 + margin || to.minCoeff() < -1 - margin) continue;
        face.edges.push_back({p.x(), p.y(), q.x(), q.y(), i});
        low = low.cwiseMin(from);
        high = high.cwiseMax(to);
    }
    if (face.edges.empty()) {
        low = {-1, -1};
        high = {1, 1};
    }
    low = (low.array() - 1e-6).cwiseMax(-1.0);
    high = (high.array() + 1e-6).cwiseMin(1.0);
    // About two cells an edge, square ones.
    const Eigen::Vector2d size = high - low;
    const double cell = std::sqrt(size.x() * size.y() / (2.0 * static_cast<double>(face.edges.size()) + 1));
    face.columns = static_cast<std::size_t>(std::clamp(std::ceil(size.x() / cell), 1.0, 1024.0));
    face.rows = static_cast<std::size_t>(std::clamp(std::ceil(size.y() / cell), 1.0, 1024.0));
    face.u0 = low.x();
    face.v0 = low.y();
    face.step_u = size.x() / static_cast<double>(face.columns);
    face.step_v = size.y() / static_cast<double>(face.rows);

    const auto clamp_to = [](double x, std::size_t n) {
        return static_cast<std::size_t>(std::clamp(x, 0.0, static_cast<double>(n - 1)));
    };
    const auto each_cell = [&](const FaceEdge& e, auto&& visit) {
        const auto c0 = clamp_to((std::min(e.u0, e.u1) - margin - face.u0) / face.step_u, face.columns);
        const auto c1 = clamp_to((std::max(e.u0, e.u1) + margin - face.u0) / face.step_u, face.columns);
        const auto r0 = clamp_to((std::min(e.v0, e.v1) - margin - face.v0) / face.step_v, face.rows);
        const auto r1 = clamp_to((std::max(e.v0, e.v1) + margin - face.v0) / face.step_v, face.rows);
        for (auto r = r0; r <= r1; ++r) {
            for (auto c = c0; c <= c1; ++c) visit(r * face.columns + c);
        }
    };
    const auto cells = face.columns * face.rows;
    face.starts.assign(cells + 1, 0);
    for (const auto& e : face.edges) each_cell(e, [&](std::size_t k) { ++face.starts[k + 1]; });
    for (std::size_t k = 0; k < cells; ++k) face.starts[k + 1] += face.starts[k];
    face.listed.resize(face.starts.back());
    auto next = face.starts;
    for (std::uint32_t i = 0; i < face.edges.size(); ++i) {
        each_cell(face.edges[i], [&](std::size_t k) { face.listed[next[k]++] = i; });
    }
    const Eigen::Vector3d first = (a.w + face.centre_u(0) * a.u + face.centre_v(0) * a.v).normalized();
    int winding = 0;
    for (const auto& ring : rings) {
        if (encloses(ring.points, first)) winding += ring.winding;
    }
    propagate(face, winding);
}

// Both use half-open crossings: an edge counts when exactly one of its ends is at or below the line, so that a line
// through a vertex crosses once.
int PolygonSet::Face::along_u(std::size_t cell, double v, double from, double to) const {
    int change = 0;
    for (const auto i : in_cell(cell)) {
        const auto& e = edges[i];
        const bool up = e.v0 <= v && e.v1 > v;
        const bool down = e.v1 <= v && e.v0 > v;
        if (!up && !down) continue;
        const double u = e.u0 + (v - e.v0) * (e.u1 - e.u0) / (e.v1 - e.v0);
        // To the left of an upward edge lies its inside.
        change += (up ? 1 : -1) * ((u > from ? 1 : 0) - (u > to ? 1 : 0));
    }
    return change;
}

int PolygonSet::Face::along_v(std::size_t cell, double u, double from, double to) const {
    int change = 0;
    for (const auto i : in_cell(cell)) {
        const auto& e = edges[i];
        const bool right = e.u0 <= u && e.u1 > u;
        const bool left = e.u1 <= u && e.u0 > u;
        if (!right && !left) continue;
        const double v = e.v0 + (u - e.u0) * (e.v1 - e.v0) / (e.u1 - e.u0);
        // Below a leftward edge lies its inside.
        change += (left ? 1 : -1) * ((v > from ? 1 : 0) - (v > to ? 1 : 0));
    }
    return change;
}

/// Winding numbers of all centres from the first one's: up the first column, then along each row. Between two centres
/// the way leads over the middle of the cells' common side.
void PolygonSet::propagate(Face& face, int first) const {
    face.winding.assign(face.columns * face.rows, 0);
    int at_left = first;
    for (std::size_t r = 0; r < face.rows; ++r) {
        const auto left = r * face.columns;
        if (r > 0) {
            const double side = face.v0 + static_cast<double>(r) * face.step_v;
            at_left -= face.along_v(left - face.columns, face.centre_u(0), face.centre_v(r - 1), side);
            at_left -= face.along_v(left, face.centre_u(0), side, face.centre_v(r));
        }
        int winding = at_left;
        face.winding[left] = static_cast<std::int16_t>(winding);
        for (std::size_t c = 1; c < face.columns; ++c) {
            const double side = face.u0 + static_cast<double>(c) * face.step_u;
            winding -= face.along_u(left + c - 1, face.centre_v(r), face.centre_u(c - 1), side);
            winding -= face.along_u(left + c, face.centre_v(r), side, face.centre_u(c));
            face.winding[left + c] = static_cast<std::int16_t>(winding);
        }
    }
}

bool PolygonSet::contains(Point p, bool on_boundary) const {
    if (empty()) return false;
    if (!std::isfinite(p.lat) || !std::isfinite(p.lon)) return on_boundary;
    const Ecef x = to_ecef({p, {0}});
    const auto index = face_of(x);
    const Face& face = faces_[index];
    const auto q = project(axes(index), x);
    // Outside the grid there is no edge: the nearest point of the grid has the same answer.
    const double column = std::clamp((q.x() - face.u0) / face.step_u, 0.0, static_cast<double>(face.columns));
    const double row = std::clamp((q.y() - face.v0) / face.step_v, 0.0, static_cast<double>(face.rows));
    const auto c = std::min(static_cast<std::size_t>(column), face.columns - 1);
    const auto r = std::min(static_cast<std::size_t>(row), face.rows - 1);
    const double u = face.u0 + column * face.step_u;
    const double v = face.v0 + row * face.step_v;
    const auto cell = r * face.columns + c;
    for (const auto i : face.in_cell(cell)) {
        const auto& e = face.edges[i];
        if (q.x() < std::min(e.u0, e.u1) - margin || q.x() > std::max(e.u0, e.u1) + margin ||
            q.y() < std::min(e.v0, e.v1) - margin || q.y() > std::max(e.v0, e.v1) + margin) {
            continue;
        }
        if (distance_to(p, oriented_[e.piece]) <= boundary_width) return on_boundary;
    }
    const int winding = face.winding[cell] + face.along_u(cell, v, u, face.centre_u(c)) +
                        face.along_v(cell, face.centre_u(c), v, face.centre_v(r));
    return winding > 0;
}

double PolygonSet::boundary_distance(Point p) const {
    if (!std::isfinite(p.lat) || !std::isfinite(p.lon)) return std::numeric_limits<double>::quiet_NaN();
    return boundary_.nearest(p, std::numeric_limits<double>::infinity())
        .value_or(std::numeric_limits<double>::infinity());
}

}  // namespace asman::geo
