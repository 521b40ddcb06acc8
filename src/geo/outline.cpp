#include "outline.hpp"

namespace asman::geo {
namespace {

constexpr double arc_step = 5 * deg;

/// Points at `radius` from `azimuth` on, clockwise over `turn`.
void append_arc(std::vector<Point>& out, Point centre, double radius, double azimuth, double turn) {
    const int steps = std::max(1, static_cast<int>(std::ceil(turn / arc_step)));
    for (int k = 0; k <= steps; ++k) out.push_back(direct(centre, azimuth + turn * k / steps, radius));
}

/// One side of a line at `width` to its right, with round corners on the outside of bends.
void append_side(std::vector<Point>& out, const std::vector<Point>& line, double width) {
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
        const auto way = inverse(line[i], line[i + 1]);
        if (!(way.distance > 0)) continue;
        out.push_back(direct(line[i], way.azimuth_at_a + 90 * deg, width));
        out.push_back(direct(line[i + 1], way.azimuth_at_b + 90 * deg, width));
        if (i + 2 >= line.size()) continue;
        const double bend = wrap_pi(inverse(line[i + 1], line[i + 2]).azimuth_at_a - way.azimuth_at_b);
        if (bend >= 0) continue;  // bends to the right: the sides cross
        const auto from = way.azimuth_at_b + 90 * deg;
        const int steps = static_cast<int>(std::ceil(-bend / arc_step));
        for (int k = 1; k < steps; ++k) out.push_back(direct(line[i + 1], from + bend * k / steps, width));
    }
}

}  // namespace

std::vector<Point> circle_line(Point centre, double radius) {
    std::vector<Point> out;
    append_arc(out, centre, radius, 0, 2 * std::numbers::pi);
    out.back() = out.front();
    return out;
}

std::vector<std::vector<Point>> strip_lines(const std::vector<std::vector<Point>>& lines, double width) {
    std::vector<std::vector<Point>> out;
    for (const auto& line : lines) {
        if (line.size() < 2) continue;
        std::vector<Point> around;
        append_side(around, line, width);
        const std::vector<Point> back(line.rbegin(), line.rend());
        append_side(around, back, width);
        if (around.empty()) continue;
        around.push_back(around.front());
        out.push_back(std::move(around));
    }
    return out;
}

}  // namespace asman::geo
