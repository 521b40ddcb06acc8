// For one group of sensors and one receiver: by which chain of clauses the law releases what they see, place by place.
#pragma once

#include <asman/study/assess.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace asman::study {

using picture::State;

/// Sensors that the law treats alike: of one owner, under no accord; or one sensor on a site.
struct Group {
    State owner;
    std::string accord, name;  ///< of a site's accord and sensor; empty: the owner's own
    std::string site;          ///< "RUS-KGZ-2022/kant", as Law::without() names it
    std::vector<std::size_t> sensors;
};
std::vector<Group> groups_of(const std::vector<coverage::Instrument>& instruments, const accord::Law& law);

/// An answer for every cell of a grid, one number for a block of cells where it is the same throughout.
class BlockRaster {
  public:
    BlockRaster() = default;
    BlockRaster(const coverage::Grid& grid, std::size_t block)
        : block_(block), across_((grid.columns + block - 1) / block) {
        uniform_.assign(across_ * ((grid.rows + block - 1) / block), 0);
    }
    std::size_t block() const { return block_; }
    std::size_t blocks() const { return uniform_.size(); }
    std::size_t across() const { return across_; }
    std::uint8_t at(std::size_t row, std::size_t column) const {
        const auto b = uniform_[row / block_ * across_ + column / block_];
        return b >= 0 ? static_cast<std::uint8_t>(b)
                      : cells_[static_cast<std::size_t>(-b - 1) * block_ * block_ + row % block_ * block_ +
                               column % block_];
    }
    void set(std::size_t block, std::uint8_t value) { uniform_[block] = value; }
    /// Makes a block hold its own cells, and returns them.
    std::uint8_t* open(std::size_t block) {
        uniform_[block] = -static_cast<std::int32_t>(cells_.size() / (block_ * block_)) - 1;
        cells_.resize(cells_.size() + block_ * block_, 0);
        return cells_.data() + cells_.size() - block_ * block_;
    }
    bool operator==(const BlockRaster&) const = default;

  private:
    std::size_t block_ = 1, across_ = 0;
    std::vector<std::int32_t> uniform_;  ///< a value, or −1 − index of a block of cells
    std::vector<std::uint8_t> cells_;
};

/// For one group and receiver: which cause holds at each cell; 0: none, else index + 1.
struct Release {
    std::vector<Cause> causes;
    BlockRaster at;
    bool operator==(const Release&) const = default;
};

/// Cells on a side of the blocks whose corners and middle are asked before their cells: about 20 km, a power of two.
std::size_t law_block(double cell);

/// Asks the law for tracks at a flight level, in the blocks (row after row) where `reach` is not 0. What is smaller
/// than a block and touches none of its corners nor its middle is missed. A site's owner has its sensors everywhere
/// while the site stands: then the site is the cause.
Release ask_release(const accord::LawView& view, base::Time at, double level, const Group& group, State receiver,
                    const std::vector<State>& states, const coverage::Grid& grid, std::size_t block,
                    const std::vector<std::uint8_t>& reach);

/// By which chain the law releases a track of the group's sensors at one place.
std::optional<Cause> cause_at(const accord::LawView& view, base::Time at, double level, const Group& group,
                              State receiver, const std::vector<State>& states, geo::Point place);

/// Whether any text knows heights: else every level has the same answer.
bool knows_heights(const accord::Law& law);
/// All that decides releases from an owner to a receiver: when it is the same, so is the release.
std::string signature(const accord::LawView& view, const std::vector<State>& states, const Group& group);

}  // namespace asman::study
