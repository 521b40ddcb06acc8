// Many clauses between two states at once: a bit of a machine word for each, in the order of preference. What most
// objects fail by (product, band, class, identity, area) is looked up as masks and combined 64 clauses at a time;
// clauses that the masks leave go to the whole evaluation.
#pragma once

#include "distance_field.hpp"

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace asman::accord {

struct Object;
struct Quick;

/// Independent of who the two states are and since when a clause holds: pairs that the same clauses join share one.
/// Safe to use from several threads, as DistanceField is.
class ClauseIndex {
  public:
    /// With fewer clauses it is as quick to ask each; more do not fit a decision's masks.
    static constexpr std::size_t fewest = 24, most = 4096;
    using Mask = std::array<std::uint64_t, most / 64>;  ///< the first words() count

    explicit ClauseIndex(std::span<const Quick> clauses);
    ~ClauseIndex();
    ClauseIndex(const ClauseIndex&) = delete;
    ClauseIndex& operator=(const ClauseIndex&) = delete;

    std::size_t words() const { return words_; }

    /// Clauses of the object's product that the terms leave, by what is to be done next.
    struct Left {
        Mask ask;     ///< the whole evaluation
        Mask near;    ///< first the area, then the whole evaluation: the point lies near its boundary
        Mask inside;  ///< of `ask`: the area is known to hold the point
    };
    /// The others, by the term that refuses each first in the order of Quick::refuses(). Disjoint.
    struct Refused {
        Mask area, identity, flight_class, band, unknown_height, view;
    };
    /// Of an object of the grantor's own that any clause that holds may be asked about (see together() in view.cpp).
    void sort(const Object& o, Left& left) const;
    void sort(const Object& o, Refused& refused) const;

    /// Areas by number: clauses with the same one ask it once.
    std::uint16_t area_of(std::size_t clause) const { return area_of_[clause]; }
    const DistanceField* area(std::uint16_t number) const { return areas_[number]; }
    static constexpr std::size_t most_areas = most;
    std::size_t area_words() const { return (areas_.size() + 63) / 64; }

  private:
    using Words = std::vector<std::uint64_t>;
    /// Masks of the half-open intervals that hold a value: one for each piece between two limits.
    struct Intervals {
        std::vector<double> limits;  ///< sorted, each once
        Words masks;                 ///< of (limits + 1) pieces
    };
    /// For a cell of one degree: the clauses whose area holds all of it, and those whose area may hold a part.
    struct Cell {
        Words sure, maybe;
    };
    static constexpr int rows = 180, columns = 360;

    /// The masks that an object selects.
    struct Selected;
    void select(const Object& o, Selected& out) const;
    void set(Words& mask, std::size_t clause) const { mask[clause / 64] |= std::uint64_t{1} << clause % 64; }
    void number_areas(std::span<const Quick> clauses);
    Intervals intervals(std::span<const Quick> clauses, std::uint8_t kind) const;
    const Cell* cell(geo::Point p) const;
    std::unique_ptr<Cell> make_cell(geo::Point centre) const;

    std::size_t words_;
    Words none_;
    std::array<Words, 8> product_;
    std::array<Words, 4> class_;
    std::array<Words, 8> identity_;
    Words own_sensors_, any_height_, rare_after_class_, rare_after_identity_, has_area_;
    std::array<Words, 3> kind_, unknown_height_;  ///< by HeightKind: has such a band; and takes an unknown height
    std::array<Intervals, 3> heights_;
    std::vector<std::pair<std::uint64_t, Words>> views_;
    std::vector<const DistanceField*> areas_;
    std::vector<std::uint16_t> area_of_;                 ///< each clause's; of those that have one
    std::unique_ptr<std::atomic<const Cell*>[]> cells_;  ///< filled when first asked for
};

/// The first clause of a mask; `none` where it is empty.
inline std::size_t first_of(const ClauseIndex::Mask& mask, std::size_t words, std::size_t none) {
    for (std::size_t w = 0; w < words; ++w) {
        if (mask[w] != 0) return 64 * w + static_cast<std::size_t>(std::countr_zero(mask[w]));
    }
    return none;
}

}  // namespace asman::accord
