// Boundaries as lines: of circles and strips, and parts of lines inside a set. Private to the room.
#pragma once

#include <asman/geo/point.hpp>

#include <cmath>
#include <utility>
#include <vector>

namespace asman::geo {

/// A closed line around a circle, every 5°.
std::vector<Point> circle_line(Point centre, double radius);

/// A closed line around each line at `width`: both sides and round ends. Where a line bends sharply it crosses itself;
/// it is for display and for rough crossings, contains() is exact.
std::vector<std::vector<Point>> strip_lines(const std::vector<std::vector<Point>>& lines, double width);

inline void append(std::vector<std::vector<Point>>& to, std::vector<std::vector<Point>> from) {
    for (auto& line : from) to.push_back(std::move(line));
}

/// The parts of lines where keep(point) holds; each part ends at the change, found to about a metre.
template <class Keep>
std::vector<std::vector<Point>> clip(const std::vector<std::vector<Point>>& lines, Keep keep) {
    std::vector<std::vector<Point>> out;
    for (const auto& line : lines) {
        std::vector<Point> part;
        const auto close = [&] {
            if (part.size() > 1) out.push_back(part);
            part.clear();
        };
        for (std::size_t i = 0; i < line.size(); ++i) {
            const bool here = keep(line[i]);
            if (i > 0 && here != keep(line[i - 1])) {
                const auto way = inverse(line[i - 1], line[i]);
                double low = 0;
                double high = way.distance;
                while (high - low > 1) {
                    const double middle = 0.5 * (low + high);
                    (keep(direct(line[i - 1], way.azimuth_at_a, middle)) == here ? high : low) = middle;
                }
                part.push_back(direct(line[i - 1], way.azimuth_at_a, here ? high : low));
                if (!here) close();
            }
            if (here) part.push_back(line[i]);
        }
        close();
    }
    return out;
}

}  // namespace asman::geo
