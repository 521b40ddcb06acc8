// Fast answers to "is this point inside, with a margin?": distances to a region's boundary, remembered for cells of the
// globe from large to small, so that only points near the boundary pay for exact geometry.
#pragma once

#include <asman/geo/region.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>

namespace asman::accord {

/// Safe to use from several threads: cells are filled with values that depend on the region alone, so a race writes the
/// same value twice. A cell is divided only where it lies near the boundary, and at most `most_nodes` times: memory is
/// bounded however many questions come.
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

    /// How much of the cell of `degrees` by `degrees` around `centre` lies in the interior. `some` also where that is
    /// not known without exact geometry.
    enum class Share : std::uint8_t { none, some, all };
    Share share(geo::Point centre, double degrees) const;

    /// Nodes in use, for measuring.
    std::size_t nodes() const { return count_.load(std::memory_order_relaxed); }
    static constexpr std::size_t most_nodes = 8192;

  private:
    static constexpr double root_degrees = 8;
    static constexpr int split = 4;   ///< a side of a cell has so many cells of the next level
    static constexpr int levels = 6;  ///< 8°, 2°, 1/2°, 1/8°, 1/32°, 1/128° (0.6 km from centre to corner)
    static constexpr int rows = 23, columns = 45;

    /// The signed distance at a cell's centre (NaN: not asked yet), and the cells that it is divided into.
    struct Cell;
    struct Node;

    /// Walks from large cells to small ones until `judge(lowest, highest)` of the distance at p says true or false
    /// (1, 0); -1: only exact geometry can tell.
    template <class Judge>
    int ask(geo::Point p, Judge judge) const;

    geo::Region region_;
    std::unique_ptr<Cell[]> root_;
    mutable std::atomic<std::size_t> count_{0};
};

}  // namespace asman::accord
