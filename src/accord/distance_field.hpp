// Fast answers to "is this point inside, with a margin?": distances to a region's boundary, remembered for cells of the
// globe, so that only points near the boundary pay for exact geometry.
#pragma once

#include <asman/geo/region.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

namespace asman::accord {

/// Safe to use from several threads: cells are filled with values that depend on the region alone, so a race writes the
/// same value twice. Memory is bounded by the region's boundary and the cells visited, not by the number of questions.
class DistanceField {
  public:
    explicit DistanceField(geo::Region region);
    ~DistanceField();
    DistanceField(const DistanceField&) = delete;
    DistanceField& operator=(const DistanceField&) = delete;

    /// True when the closed disc of `margin` metres around p lies in the interior. A boundary point is not inside.
    bool inside(geo::Point p, double margin) const;
    /// True when the closed disc of `reach` metres around p meets the closed region. A boundary point touches.
    bool touches(geo::Point p, double reach) const;

  private:
    static constexpr int per_degree = 4;  ///< coarse cells
    static constexpr int block = 16;      ///< coarse cells a side of a block, fine cells a side of a coarse cell
    static constexpr std::int16_t unknown = INT16_MIN;
    using Cells = std::array<std::atomic<std::int16_t>, block * block>;
    struct Block;

    struct Bounds {
        double low, high;  ///< of the signed distance, metres
    };
    Bounds bounds(geo::Point p, bool fine) const;
    static std::int16_t fill(std::atomic<std::int16_t>& cell, const geo::Region& region, double lat_deg,
                             double lon_deg);

    geo::Region region_;
    std::unique_ptr<std::atomic<Block*>[]> blocks_;
};

}  // namespace asman::accord
