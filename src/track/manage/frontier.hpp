// Where traffic ends. Aircraft that nobody has seen yet mostly come over the rim of what is seen: the end of coverage,
// the border of the area that a centre is given data of. So every place is told by how deep it lies within the traffic
// seen about it, and which way is inward; how many begin at which depth, and which way they fly, is learnt.
#pragma once

#include "manage/hull.hpp"
#include "manage/places.hpp"

#include <Eigen/Core>

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace asman::track {

/// A place against the traffic about it.
struct Rim {
    static constexpr int kBands = 14, kUnknown = kBands - 1;
    static constexpr int kEdge = 6;                    ///< within kEdgeWidth / 2 of where traffic ends
    static constexpr double kEdgeWidth = 4'000;        ///< m
    static constexpr int kLastOut = kEdge + 1;         ///< who is seen here last has left over the rim
    static constexpr int kDeep = 9;                    ///< from here on 10 km and more inside
    int band = kUnknown;                               ///< of depth; kUnknown: no traffic has been seen near it
    Eigen::Vector3f inward = Eigen::Vector3f::Zero();  ///< unit vector in space; zero where unknown
    template <class Archive>
    void fields(Archive& a) {
        a(band, inward);
    }
};

/// A straight part of the rim, as seen from a place near it.
struct RimLine {
    float depth = 0;                                   ///< m, of the place behind the line; negative beyond it
    Eigen::Vector3f inward = Eigen::Vector3f::Zero();  ///< unit vector in space
    /// Sines of the ways, against straight inward, on which who comes to the place has crossed this part: −1 and 1 of a
    /// line without end.
    float from = -1, to = 1;
    float across = 0;  ///< the least depth behind another side of the traffic (turned by 60° or more)
};

/// The extent of traffic seen: the convex hull of it within some 250 km of each place. Depth is the distance from the
/// hull's rim, negative beyond it.
class Frontier {
  public:
    static constexpr double kSize = 100'000;   ///< m, edge of the cubes that places are looked up in
    static constexpr double kReach = 250'000;  ///< m, horizontally: traffic farther off says nothing of a cube
    static constexpr double kMemory = 3600;    ///< s for at least which traffic is remembered, twice that at most
    using Lines = std::array<RimLine, Hull::kCorners>;

    /// Aircraft were seen at a place at time t. `axes(place)`: east, north and up there, as rows.
    template <class Axes>
    void pass(const Eigen::Vector3d& place, double t, Axes&& axes) {
        forget(t);
        const auto ensure = [&](const Cube& at) -> Bucket* {
            const std::uint32_t known = index_.find(Places::key(at));
            return known != Places::kNone ? &buckets_[known] : make(at, axes(middle(at)));
        };
        Bucket* own = ensure(cube(place));
        if (own == nullptr || !extends(*own, place)) return;
        const Eigen::Vector3d up = own->up.cast<double>();
        constexpr int kSpan = static_cast<int>(kReach / kSize) + 1;
        const Cube at = cube(place);
        for (int i = -kSpan; i <= kSpan; ++i)
            for (int j = -kSpan; j <= kSpan; ++j)
                for (int k = -kSpan; k <= kSpan; ++k) {
                    const Cube other{at[0] + i, at[1] + j, at[2] + k};
                    const Eigen::Vector3d d = middle(other) - place;
                    const double high = up.dot(d);
                    if (std::abs(high) > 0.9 * kSize || d.squaredNorm() - high * high > kReach * kReach) continue;
                    if (Bucket* b = ensure(other)) widen(*b, place);
                }
    }
    Rim at(const Eigen::Vector3d& place) const;
    /// The parts of the rim that somebody at the place may have come over and that are no farther than `reach`, m: how
    /// many.
    std::size_t lines(const Eigen::Vector3d& place, float reach, Lines& out) const;
    bool consistent() const;  ///< after loading

    template <class Archive>
    void fields(Archive& a) {
        a(index_, buckets_, turned_);
    }

  private:
    static constexpr std::size_t kMaxBuckets = 400'000;
    using Cube = Places::Cube;
    /// What every plot looks up stands first, together.
    struct alignas(64) Bucket {
        Eigen::Vector3d middle = Eigen::Vector3d::Zero();
        Eigen::Vector3f east = Eigen::Vector3f::Zero(), north = Eigen::Vector3f::Zero(), up = Eigen::Vector3f::Zero();
        Sides sides;
        Hull reach;       ///< of traffic within reach, since the last turn and before it
        Hull own, about;  ///< of traffic in the cube; of that within reach, since the last turn
        Eigen::Vector2f local(const Eigen::Vector3d& place) const {
            const Eigen::Vector3f d = (place - middle).cast<float>();
            return {east.dot(d), north.dot(d)};
        }
        Eigen::Vector3f global(const Eigen::Vector2f& way) const { return way.x() * east + way.y() * north; }
        template <class Archive>
        void fields(Archive& a) {
            a(middle, east, north, up, sides, reach, own, about);
        }
    };
    const Bucket* find(const Eigen::Vector3d& place) const;
    static Cube cube(const Eigen::Vector3d& place) { return Places::cube(place, kSize); }
    static Eigen::Vector3d middle(const Cube& c) { return Places::middle(c, kSize); }
    Bucket* make(const Cube& c, const Eigen::Matrix3d& axes);
    static bool extends(Bucket& b, const Eigen::Vector3d& place);
    static void widen(Bucket& b, const Eigen::Vector3d& place);
    void forget(double t);

    Places index_;
    std::vector<Bucket> buckets_;
    double turned_ = 0;  ///< when what was seen became what was seen before
};

/// Which way new aircraft fly against the way inward, by depth: histograms of the angle over a uniform prior.
class Headings {
  public:
    Headings();
    /// One that began in a band flew at this angle to the way inward.
    void learn(int band, double cosine, double weight);
    /// Tabulates what was learnt; call now and then.
    void settle();
    /// Learnt density over the uniform one.
    double ratio(int band, double cosine) const {
        const double s = (cosine + 1) * (0.5 * kSteps);
        const int i = std::min(static_cast<int>(s), kSteps - 1);
        const double f = s - i;
        return (1 - f) * ratio_[band][i] + f * ratio_[band][i + 1];
    }

    template <class Archive>
    void fields(Archive& a) {
        a(count_, ratio_);
    }

  private:
    static constexpr int kBins = 6, kSteps = 16;
    double count_[Rim::kBands][kBins];
    double ratio_[Rim::kBands][kSteps + 1];
};

}  // namespace asman::track
