#include "manage/hull.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace asman::track {

namespace {

// Corners are known to centimetres: a side's line is good to some 20 m where it is 200 km off if it is this long.
constexpr float kShortest = 200;            ///< m, of sides
constexpr float kNews = 50;                 ///< m: what lies outside by less is taken for inside
constexpr float kAlong = 20;                ///< m: a side that a place lies as near to goes on to it
constexpr float kFirst = 0.5F * kShortest;  ///< half a side of what the first place becomes

float cross(const Eigen::Vector2f& a, const Eigen::Vector2f& b) {
    return a.x() * b.y() - a.y() * b.x();
}

/// By how much a corner stands out over the line between the ones before and after it.
float stands_out(const Eigen::Vector2f& before, const Eigen::Vector2f& at, const Eigen::Vector2f& after) {
    const Eigen::Vector2f chord = after - before;
    return cross(at - before, chord) / chord.norm();
}

}  // namespace

bool Hull::beyond(const Eigen::Vector2f& p, float by) const {
    for (std::size_t i = 0; i < size_; ++i) {
        const std::size_t next = i + 1 < size_ ? i + 1 : 0;
        const Eigen::Vector2f from(x_[i], y_[i]), along = Eigen::Vector2f(x_[next], y_[next]) - from;
        if (cross(along, p - from) < 0) return depth_outside(p).depth < -by;
    }
    return size_ == 0;
}

bool Hull::add(const Eigen::Vector2f& p) {
    std::array<Eigen::Vector2f, kCorners + 1> corners;
    std::size_t n = 0;
    if (size_ == 0) {
        for (const auto& [dx, dy] : {std::pair{-1, -1}, {1, -1}, {1, 1}, {-1, 1}})
            corners[n++] = p + kFirst * Eigen::Vector2f(static_cast<float>(dx), static_cast<float>(dy));
    } else {
        // The sides that p lies outside of hang together: p takes their place.
        const auto corner = [&](std::size_t i) { return Eigen::Vector2f(x_[i % size_], y_[i % size_]); };
        if (!beyond(p, kNews)) return false;
        std::size_t first = 0;
        for (std::size_t i = 1; i < size_; ++i)
            if (side(i).depth(p) < side(first).depth(p)) first = i;
        std::size_t end = first + size_ + 1;
        first += size_;
        while (end < first + size_ && side(end % size_).depth(p) < kAlong) ++end;
        while (end < first + size_ && side((first - 1) % size_).depth(p) < kAlong) --first;
        corners[n++] = p;
        for (std::size_t i = end; i <= first + size_; ++i) corners[n++] = corner(i);
        const auto leave_out = [&](std::size_t i) {
            std::copy(corners.begin() + i + 1, corners.begin() + n, corners.begin() + i);
            --n;
        };
        if (n > 3 && (corners[1] - p).norm() < kShortest) leave_out(1);
        if (n > 3 && (corners[n - 1] - p).norm() < kShortest) --n;
        if (n > kCorners) {
            std::size_t least = 0;
            float by = std::numeric_limits<float>::max();
            for (std::size_t i = 0; i < n; ++i) {
                const float out = stands_out(corners[(i + n - 1) % n], corners[i], corners[(i + 1) % n]);
                if (out >= by) continue;
                by = out;
                least = i;
            }
            if (least == 0) return false;
            leave_out(least);
        }
    }
    size_ = static_cast<std::uint32_t>(n);
    for (std::size_t i = 0; i < n; ++i) {
        x_[i] = corners[i].x();
        y_[i] = corners[i].y();
    }
    return true;
}

Hull::Depth Hull::depth_outside(const Eigen::Vector2f& p) const {
    // The nearest place of the rim may be a corner; it lies on a side that is seen from there.
    float least = std::numeric_limits<float>::max();
    std::size_t at = 0;
    Eigen::Vector2f way = Eigen::Vector2f::Zero();
    for (std::size_t i = 0; i < size_; ++i) {
        const std::size_t next = i + 1 < size_ ? i + 1 : 0;
        const Eigen::Vector2f from(x_[i], y_[i]), along = Eigen::Vector2f(x_[next], y_[next]) - from;
        if (cross(along, p - from) > 0) continue;
        const Eigen::Vector2f d = p - from - along * std::clamp(along.dot(p - from) / along.squaredNorm(), 0.0F, 1.0F);
        if (d.squaredNorm() >= least) continue;
        least = d.squaredNorm();
        way = d;
        at = i;
    }
    const float away = least < std::numeric_limits<float>::max() ? std::sqrt(least) : 0;
    return {-away, away > 1 ? Eigen::Vector2f(way / away) : side(at).outward()};
}

Sides::Sides(const Hull& hull) {
    for (std::size_t i = 0; i < hull.size(); ++i) {
        const Hull::Side s = hull.side(i);
        const Eigen::Vector2f out = s.outward();
        x_[i] = out.x();
        y_[i] = out.y();
        offset_[i] = out.dot(s.from);
    }
}

Hull::Depth Sides::depth(const Hull& hull, const Eigen::Vector2f& p) const {
    const Depths all = depths(p);
    Hull::Depth out;
    out.depth = all.minCoeff();
    if (out.depth < 0) return hull.depth_outside(p);
    for (std::size_t i = 0; i < hull.size(); ++i)
        if (all[i] == out.depth) out.outward = outward(i);
    return out;
}

}  // namespace asman::track
