// The convex hull of places in a plane that come one by one.
#pragma once

#include <Eigen/Core>

#include <array>
#include <cstddef>
#include <cstdint>

namespace asman::track {

/// A convex polygon that grows, of 24 corners at most, counterclockwise; metres. Where a 25th would be needed, the one
/// that stands out least is left out: of a disc, at most 0.9 % of the radius is lost.
class Hull {
  public:
    static constexpr std::size_t kCorners = 24;

    /// One side, from a corner to the next.
    struct Side {
        Eigen::Vector2f from, along;  ///< its first corner; unit vector to the next one
        float length = 0;
        /// How far inside of the line through it a place lies.
        float depth(const Eigen::Vector2f& p) const {
            const Eigen::Vector2f d = p - from;
            return along.x() * d.y() - along.y() * d.x();
        }
        Eigen::Vector2f outward() const { return {along.y(), -along.x()}; }
    };
    /// A place against the hull.
    struct Depth {
        float depth = 0;                                    ///< m from the nearest place of the rim, negative outside
        Eigen::Vector2f outward = Eigen::Vector2f::Zero();  ///< unit vector across the rim there
    };

    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    void clear() { size_ = 0; }
    Side side(std::size_t i) const {
        const std::size_t next = i + 1 < size_ ? i + 1 : 0;
        const Eigen::Vector2f from(x_[i], y_[i]), d = Eigen::Vector2f(x_[next], y_[next]) - from;
        const float length = d.norm();
        return {from, d / length, length};
    }
    /// Whether a place lies outside by more than this, m. Any place does while there is no hull.
    bool beyond(const Eigen::Vector2f& p, float by) const;
    /// Takes a place in; whether the hull changed. What lies outside by less than 50 m does not change it; the first
    /// place becomes a square of 200 m.
    bool add(const Eigen::Vector2f& p);
    /// A place outside of the line of a side at least against a hull that is not empty; Sides::depth has all places.
    Depth depth_outside(const Eigen::Vector2f& p) const;

    template <class Archive>
    void fields(Archive& a) {
        a(x_, y_, size_);
    }
    bool consistent() const { return size_ <= kCorners; }  ///< after loading

  private:
    std::array<float, kCorners> x_{}, y_{};
    std::uint32_t size_ = 0;
};

/// The lines through the sides of a hull: what depths are looked up in.
class Sides {
  public:
    Sides() = default;
    explicit Sides(const Hull& hull);
    using Depths = Eigen::Array<float, Hull::kCorners, 1>;
    /// How far a place lies inside of each, m; of sides that there are not: more than of any.
    Depths depths(const Eigen::Vector2f& p) const { return offset_ - p.x() * x_ - p.y() * y_; }
    Eigen::Vector2f outward(std::size_t i) const { return {x_[i], y_[i]}; }
    /// A place against the hull whose sides these are, which is not empty.
    Hull::Depth depth(const Hull& hull, const Eigen::Vector2f& p) const;

    template <class Archive>
    void fields(Archive& a) {
        for (Depths* v : {&x_, &y_, &offset_})
            for (float& f : v->reshaped()) a(f);
    }

  private:
    Depths x_ = Depths::Zero(), y_ = Depths::Zero();  ///< outward normals
    Depths offset_ = Depths::Constant(1e30F);         ///< how far out the lines across them lie, m
};

}  // namespace asman::track
