// Cubes of space by number, in the order in which they were first asked for.
#pragma once

#include <Eigen/Core>

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

namespace asman::track {

/// Keys of cubes, each with the number that it got: 0, 1, 2, … . A hash of one array with key and number side by side:
/// looking one up, as every plot does, costs one line of the cache.
class Places {
  public:
    static constexpr std::uint32_t kNone = 0xffffffff;

    using Cube = std::array<std::int64_t, 3>;
    /// The cube, of edge `size` metres, about a place.
    static Cube cube(const Eigen::Vector3d& place, double size) {
        Cube c;
        for (int k = 0; k < 3; ++k)
            c[static_cast<std::size_t>(k)] = static_cast<std::int64_t>(std::floor(place[k] / size));
        return c;
    }
    /// 21 bits a coordinate.
    static std::uint64_t key(const Cube& c) {
        std::uint64_t out = 0;
        for (const std::int64_t v : c) out = out << 21 | (static_cast<std::uint64_t>(v) & 0x1fffff);
        return out;
    }
    static std::uint64_t key(const Eigen::Vector3d& place, double size) { return key(cube(place, size)); }
    static Eigen::Vector3d middle(const Cube& c, double size) {
        Eigen::Vector3d out;
        for (int k = 0; k < 3; ++k) out[k] = (static_cast<double>(c[static_cast<std::size_t>(k)]) + 0.5) * size;
        return out;
    }
    /// Of the cube of a key, the lowest corner.
    static Eigen::Vector3d corner(std::uint64_t key, double size) {
        Eigen::Vector3d out;
        for (int k = 0; k < 3; ++k) {
            const auto bits = static_cast<std::int64_t>(key >> (21 * (2 - k)) & 0x1fffff);
            out[k] = static_cast<double>(bits >= 1 << 20 ? bits - (1 << 21) : bits) * size;
        }
        return out;
    }

    std::uint32_t find(std::uint64_t key) const { return entries_.empty() ? kNone : entries_[slot(key)].number; }
    /// Gives a key that is not there yet the next number.
    std::uint32_t add(std::uint64_t key) {
        if (4 * (count_ + 1) > 3 * entries_.size()) grow();
        entries_[slot(key)] = {key, count_};
        return count_++;
    }
    std::uint32_t size() const { return count_; }

    template <class Archive>
    void fields(Archive& a) {
        std::vector<std::uint64_t> keys(count_);
        for (const Entry& e : entries_)
            if (e.number != kNone) keys[e.number] = e.key;
        a(keys);
        if constexpr (Archive::loads) {
            entries_.clear();
            count_ = 0;
            for (const std::uint64_t k : keys)
                if (find(k) == kNone) add(k);
        }
    }

  private:
    struct Entry {
        std::uint64_t key = 0;
        std::uint32_t number = kNone;
    };
    /// Where the key lies, or the free place where it would.
    std::size_t slot(std::uint64_t key) const {
        const std::size_t mask = entries_.size() - 1;
        const std::uint64_t mixed = (key ^ key >> 32) * 0x9E3779B97F4A7C15ULL;
        std::size_t at = static_cast<std::size_t>(mixed >> 20) & mask;
        while (entries_[at].number != kNone && entries_[at].key != key) at = (at + 1) & mask;
        return at;
    }
    void grow() {
        std::vector<Entry> before(entries_.empty() ? 64 : 2 * entries_.size());
        before.swap(entries_);
        for (const Entry& e : before)
            if (e.number != kNone) entries_[slot(e.key)] = e;
    }

    std::vector<Entry> entries_;  ///< a power of two
    std::uint32_t count_ = 0;
};

}  // namespace asman::track
