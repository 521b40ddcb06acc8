// Sums over the latest slices of time, so that what a sensor's windows told since some time can be taken apart from
// what they told before.
#pragma once

#include <Eigen/Core>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace asman::track {

/// A ring of sums, one a slice, numbered from the beginning of time. Nothing is kept, and nothing allocated, of what
/// never got any.
template <class Sum>
class Slices {
  public:
    /// The sum of slice `number`, the present one; `count`: how many are kept.
    Sum& at(std::uint64_t number, std::size_t count) {
        if (ring_.size() != count) {
            ring_.assign(count, Sum{});
            last_ = number;
        }
        if (number > last_) {
            const std::uint64_t first = std::max(last_ + 1, number < count ? 0 : number - count + 1);
            for (std::uint64_t n = first; n <= number; ++n) ring_[n % count] = Sum{};
            last_ = number;
        }
        return ring_[number % count];
    }
    bool empty() const { return ring_.empty(); }
    void reserve(std::size_t count) { ring_.reserve(count); }
    /// None: nothing was summed in it, or it is too long ago.
    const Sum* find(std::uint64_t number) const {
        return number <= last_ && number + ring_.size() > last_ ? &ring_[number % ring_.size()] : nullptr;
    }
    void scale(float factor) {
        for (Sum& s : ring_) s.scale(factor);
    }
    template <class Archive>
    void fields(Archive& a) {
        a(ring_, last_);
    }

  private:
    std::vector<Sum> ring_;
    std::uint64_t last_ = 0;
};

/// Of one sensor: information and vector of its windows, and those of the windows that only its having changed would
/// explain (`against`), its partners taken to be where they were thought. In prior units, with fading weights.
struct OwnSum {
    Eigen::Matrix4f information = Eigen::Matrix4f::Zero(), against = Eigen::Matrix4f::Zero();
    Eigen::Vector4f vector = Eigen::Vector4f::Zero(), against_vector = Eigen::Vector4f::Zero();
    void scale(float f) {
        information *= f;
        against *= f;
        vector *= f;
        against_vector *= f;
    }
    template <class Archive>
    void fields(Archive& a) {
        a(information, against, vector, against_vector);
    }
};

/// Of two sensors of the same windows: the block of the joint information.
struct LinkSum {
    Eigen::Matrix4f block = Eigen::Matrix4f::Zero();
    void scale(float f) { block *= f; }
    template <class Archive>
    void fields(Archive& a) {
        a(block);
    }
};

}  // namespace asman::track
