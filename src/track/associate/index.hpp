// Which tracks are near a place, or carry an identity: buckets of slots.
#pragma once

#include <Eigen/Core>

#include <cmath>
#include <cstdint>
#include <vector>

namespace asman::track {

/// Slots in buckets, each in one at most: two-way lists inside one array, so that nothing is allocated when they move.
class SlotBuckets {
  public:
    static constexpr std::uint32_t kNone = 0xffffffff;
    explicit SlotBuckets(std::uint32_t buckets) : head_(buckets, kNone) {}

    void put(std::uint32_t slot, std::uint32_t bucket) {
        if (slot >= entry_.size()) entry_.resize(slot + 1);
        if (entry_[slot].bucket == bucket) return;
        remove(slot);
        Entry& e = entry_[slot];
        e = {bucket, kNone, head_[bucket]};
        if (e.next != kNone) entry_[e.next].previous = slot;
        head_[bucket] = slot;
    }
    void remove(std::uint32_t slot) {
        if (slot >= entry_.size() || entry_[slot].bucket == kNone) return;
        Entry& e = entry_[slot];
        (e.previous == kNone ? head_[e.bucket] : entry_[e.previous].next) = e.next;
        if (e.next != kNone) entry_[e.next].previous = e.previous;
        e = {};
    }
    template <class Visit>
    void visit(std::uint32_t bucket, Visit&& visit) const {
        for (std::uint32_t s = head_[bucket]; s != kNone; s = entry_[s].next) visit(s);
    }

  private:
    struct Entry {
        std::uint32_t bucket = kNone, previous = kNone, next = kNone;
    };
    std::vector<std::uint32_t> head_;
    std::vector<Entry> entry_;
};

/// Slots by place: a hash of cubes in space, the same at the poles and over 180°. A slot lies in one cube of kCell
/// metres; a query visits the eight cubes nearest to a point, so it finds every slot within kCell/2 of it. Cubes share
/// buckets: the caller checks distance.
class SpatialIndex {
  public:
    static constexpr double kCell = 24'000;
    SpatialIndex() : slots_(kBuckets) {}

    void put(std::uint32_t slot, const Eigen::Vector3d& place) {
        slots_.put(slot, bucket(cube(place.x()), cube(place.y()), cube(place.z())));
    }
    void remove(std::uint32_t slot) { slots_.remove(slot); }
    template <class Visit>
    void near(const Eigen::Vector3d& p, Visit&& visit) const {
        std::uint32_t seen[8];
        int n = 0;
        const std::int64_t x = corner(p.x()), y = corner(p.y()), z = corner(p.z());
        for (int k = 0; k < 8; ++k) {
            const std::uint32_t b = bucket(x + (k & 1), y + (k >> 1 & 1), z + (k >> 2));
            bool again = false;
            for (int i = 0; i < n; ++i) again |= seen[i] == b;
            if (again) continue;
            seen[n++] = b;
            slots_.visit(b, visit);
        }
    }

  private:
    static constexpr std::uint32_t kBuckets = 1U << 16;
    static std::int64_t cube(double v) { return static_cast<std::int64_t>(std::floor(v / kCell)); }
    /// The lower of the two cubes that a ball of kCell/2 about v may touch.
    static std::int64_t corner(double v) { return static_cast<std::int64_t>(std::floor(v / kCell - 0.5)); }
    static std::uint32_t bucket(std::int64_t x, std::int64_t y, std::int64_t z) {
        std::uint64_t h = static_cast<std::uint64_t>(x) * 0x9E3779B97F4A7C15ULL;
        h ^= static_cast<std::uint64_t>(y) * 0xC2B2AE3D27D4EB4FULL + (h >> 29);
        h ^= static_cast<std::uint64_t>(z) * 0x165667B19E3779F9ULL + (h >> 31);
        h *= 0xBF58476D1CE4E5B9ULL;
        return static_cast<std::uint32_t>(h >> 48) & (kBuckets - 1);
    }
    SlotBuckets slots_;
};

/// Slots by 24-bit address and by Mode 3/A code. Addresses share buckets: the caller compares.
class IdentityIndex {
  public:
    IdentityIndex() : addresses_(kAddressBuckets), codes_(kCodes) {}
    void put_address(std::uint32_t slot, std::uint32_t address) { addresses_.put(slot, bucket(address)); }
    void put_code(std::uint32_t slot, std::uint16_t code) { codes_.put(slot, code & (kCodes - 1)); }
    void remove(std::uint32_t slot) {
        addresses_.remove(slot);
        codes_.remove(slot);
    }
    template <class Visit>
    void with_address(std::uint32_t address, Visit&& visit) const {
        addresses_.visit(bucket(address), visit);
    }
    template <class Visit>
    void with_code(std::uint16_t code, Visit&& visit) const {
        codes_.visit(code & (kCodes - 1), visit);
    }

  private:
    static constexpr std::uint32_t kAddressBuckets = 1U << 14, kCodes = 1U << 12;
    static std::uint32_t bucket(std::uint32_t address) { return (address * 0x9E3779B1U) >> 18; }
    SlotBuckets addresses_, codes_;
};

}  // namespace asman::track
