#include "edges.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace asman::geo {
namespace {

Point canonical(Point p) {
    // One name for each point: no negative zeros, no −180°, and one longitude for a pole.
    constexpr double pole = std::numbers::pi / 2 * (1 - 1e-15);
    if (p.lat >= pole) return {std::numbers::pi / 2, 0};
    if (p.lat <= -pole) return {-std::numbers::pi / 2, 0};
    return {p.lat + 0.0, wrap_pi(p.lon) + 0.0};
}

bool on_antimeridian(Point p) {
    return std::abs(p.lon) >= std::numbers::pi * (1 - 1e-14) || std::abs(p.lat) == std::numbers::pi / 2;
}
bool seam(Point a, Point b) {
    return on_antimeridian(a) && on_antimeridian(b) && (std::abs(a.lat) < 1.57 || std::abs(b.lat) < 1.57);
}

/// What is left of the antimeridian when parts walked both ways are taken out: northward +1, southward −1.
std::vector<std::vector<Point>> net_seam(const std::vector<std::pair<double, double>>& walks) {
    std::map<double, int> steps;
    for (const auto& [from, to] : walks) {
        steps[std::min(from, to)] += from < to ? 1 : -1;
        steps[std::max(from, to)] -= from < to ? 1 : -1;
    }
    std::vector<std::vector<Point>> out;
    int level = 0;
    double since = 0;
    for (const auto& [lat, step] : steps) {
        const Point a{since, std::numbers::pi};
        const Point b{lat, std::numbers::pi};
        for (int k = 0; k < level; ++k) out.push_back({a, b});
        for (int k = 0; k > level; --k) out.push_back({b, a});
        level += step;
        since = lat;
    }
    return out;
}

}  // namespace

double signed_area(const Ring& ring) {
    // The sum of the solid angles of the triangles (first, i, i+1), each in (−2π, 2π] (van Oosterom and Strackee 1983).
    double sum = 0;
    if (ring.size() < 3) return 0;
    const auto unit = [](Point p) {
        return Eigen::Vector3d(std::cos(p.lat) * std::cos(p.lon), std::cos(p.lat) * std::sin(p.lon), std::sin(p.lat));
    };
    const Eigen::Vector3d a = unit(ring[0]);
    for (std::size_t i = 1; i + 1 < ring.size(); ++i) {
        const Eigen::Vector3d b = unit(ring[i]);
        const Eigen::Vector3d c = unit(ring[i + 1]);
        sum += 2 * std::atan2(a.dot(b.cross(c)), 1 + a.dot(b) + b.dot(c) + c.dot(a));
    }
    const double whole = 4 * std::numbers::pi;
    const double rest = std::remainder(sum, whole);
    return rest;
}

std::vector<OrientedRing> oriented_rings(const std::vector<Polygon>& polygons) {
    std::vector<OrientedRing> out;
    const auto add = [&](const Ring& ring, bool hole) {
        OrientedRing r;
        r.hole = hole;
        for (const auto& p : ring) {
            const auto q = canonical(p);
            if (!std::isfinite(q.lat) || !std::isfinite(q.lon)) return;
            if (r.points.empty() || r.points.back() != q) r.points.push_back(q);
        }
        while (r.points.size() > 1 && r.points.front() == r.points.back()) r.points.pop_back();
        if (r.points.size() < 3) return;
        if ((signed_area(r.points) < 0) != hole) std::ranges::reverse(r.points);
        out.push_back(std::move(r));
    };
    for (const auto& polygon : polygons) {
        add(polygon.outer, false);
        for (const auto& hole : polygon.holes) add(hole, true);
    }
    return out;
}

std::vector<std::vector<Point>> boundary_lines(const std::vector<OrientedRing>& rings) {
    // Count each directed edge; an edge and its reverse take each other away.
    std::map<std::pair<Point, Point>, int> edges;
    std::vector<std::pair<double, double>> seams;
    const auto each_edge = [&](auto&& visit) {
        for (const auto& ring : rings) {
            for (std::size_t i = 0; i < ring.points.size(); ++i) {
                visit(ring, i, ring.points[i], ring.points[(i + 1) % ring.points.size()]);
            }
        }
    };
    each_edge([&](const OrientedRing&, std::size_t, Point a, Point b) {
        if (seam(a, b)) {
            seams.emplace_back(a.lat, b.lat);
        } else {
            ++edges[{a, b}];
        }
    });
    const auto net = [&](Point a, Point b) {
        const auto reverse = edges.find({b, a});
        const auto forward = edges.find({a, b});
        return (forward == edges.end() ? 0 : forward->second) - (reverse == edges.end() ? 0 : reverse->second);
    };

    std::vector<std::vector<Point>> out = net_seam(seams);
    for (const auto& ring : rings) {
        const auto n = ring.points.size();
        const auto kept = [&](std::size_t i) {
            const Point a = ring.points[i % n];
            const Point b = ring.points[(i + 1) % n];
            return !seam(a, b) && net(a, b) > 0;
        };
        // Begin behind an edge that is left out, so that a line is not split where the ring happens to begin.
        std::size_t start = 0;
        while (start < n && kept(start)) ++start;
        if (start == n) {
            auto& line = out.emplace_back(ring.points);
            line.push_back(ring.points.front());
            continue;
        }
        std::vector<Point> line;
        for (std::size_t k = 1; k <= n; ++k) {
            const auto i = (start + k) % n;
            if (kept(i)) {
                if (line.empty()) line.push_back(ring.points[i]);
                line.push_back(ring.points[(i + 1) % n]);
            } else if (!line.empty()) {
                out.push_back(std::move(line));
                line.clear();
            }
        }
        if (!line.empty()) out.push_back(std::move(line));
    }
    return out;
}

}  // namespace asman::geo
