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
    /// Which bucket each slot is in; the order within a bucket is not kept.
    template <class Archive>
    void fields(Archive& a) {
        std::vector<std::uint32_t> buckets(entry_.size());
        for (std::size_t s = 0; s < entry_.size(); ++s) buckets[s] = entry_[s].bucket;
        a(buckets);
        if constexpr (Archive::loads) {
            for (auto& h : head_) h = kNone;
            entry_.assign(buckets.size(), {});
            for (std::uint32_t s = 0; s < buckets.size(); ++s)
                if (buckets[s] < head_.size()) put(s, buckets[s]);
        }
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

/// Slots by place: a hash of cubes in space, the same at the poles and over 180°. A slot lies in one cube of `cell`
/// metres; a query visits the eight cubes nearest to a point, so it finds every slot within cell/2 of it. Cubes share
/// buckets: the caller checks distance.
class SpatialIndex {
  public:
    explicit SpatialIndex(double cell) : cell_(cell), slots_(kBuckets) {}

    void put(std::uint32_t slot, const Eigen::Vector3d& place) {
        const Axis x(place.x() / cell_), y(place.y() / cell_), z(place.z() / cell_);
        slots_.put(slot, bucket(x.part(0, 0), y.part(0, 1), z.part(0, 2)));
    }
    void remove(std::uint32_t slot) { slots_.remove(slot); }
    template <class Archive>
    void fields(Archive& a) {
        a(slots_);
    }
    template <class Visit>
    void near(const Eigen::Vector3d& p, Visit&& visit) const {
        // The lower of the two cubes that a ball of cell/2 about the point may touch, on each axis.
        const Axis x(p.x() / cell_ - 0.5), y(p.y() / cell_ - 0.5), z(p.z() / cell_ - 0.5);
        const std::uint64_t px[2] = {x.part(0, 0), x.part(1, 0)}, py[2] = {y.part(0, 1), y.part(1, 1)},
                            pz[2] = {z.part(0, 2), z.part(1, 2)};
        for (int k = 0; k < 8; ++k) slots_.visit(bucket(px[k & 1], py[k >> 1 & 1], pz[k >> 2]), visit);
    }

  private:
    static constexpr int kBits = 16;
    static constexpr std::uint32_t kBuckets = 1U << kBits;
    /// A cube's part of the hash, from one coordinate. The lowest bits of the three tell the eight cubes of a query
    /// apart, so that no two of them share a bucket; the rest is hashed.
    struct Axis {
        explicit Axis(double v) : cube(static_cast<std::int64_t>(std::floor(v))) {}
        std::uint64_t part(int next, int axis) const {
            constexpr std::uint64_t factor[3] = {0x9E3779B97F4A7C15ULL, 0xC2B2AE3D27D4EB4FULL, 0x165667B19E3779F9ULL};
            const std::int64_t c = cube + next;
            return (static_cast<std::uint64_t>(c >> 1) * factor[axis] & ~std::uint64_t{7}) |
                   static_cast<std::uint64_t>(c & 1) << axis;
        }
        std::int64_t cube;
    };
    static std::uint32_t bucket(std::uint64_t x, std::uint64_t y, std::uint64_t z) {
        const std::uint64_t all = x + y + z;
        return static_cast<std::uint32_t>(((all ^ all >> 29) * 0xBF58476D1CE4E5B9ULL) >> (64 - kBits + 3) << 3) |
               static_cast<std::uint32_t>(all & 7);
    }
    double cell_;
    SlotBuckets slots_;
};

/// Tracks by place: those that are known well among near ones only, the others in wide cubes, so that few of the first
/// are looked at in vain and none of the second is missed.
class TrackIndex {
  public:
    /// `reach`: how far from `place` the track may be thought of before it is put again, metres.
    void put(std::uint32_t slot, const Eigen::Vector3d& place, double reach) {
        (reach < kFineReach ? wide_ : fine_).remove(slot);
        (reach < kFineReach ? fine_ : wide_).put(slot, place);
    }
    void remove(std::uint32_t slot) {
        fine_.remove(slot);
        wide_.remove(slot);
    }
    template <class Archive>
    void fields(Archive& a) {
        a(fine_, wide_);
    }
    template <class Visit>
    void near(const Eigen::Vector3d& p, Visit&& visit) const {
        fine_.near(p, visit);
        wide_.near(p, visit);
    }

  private:
    static constexpr double kFine = 12'000, kWide = 48'000, kFineReach = 3000;
    SpatialIndex fine_{kFine}, wide_{kWide};
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
    template <class Archive>
    void fields(Archive& a) {
        a(addresses_, codes_);
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
