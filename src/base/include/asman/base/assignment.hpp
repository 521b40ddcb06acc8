// The best one-to-one assignment on a sparse graph.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace asman::base {

/// A possible pair and what it is worth. Pairs of score 0 or less are never chosen; scores must be finite.
struct PossiblePair {
    std::uint32_t row = 0, column = 0;
    double score = 0;
};

inline constexpr std::uint32_t unassigned = 0xffffffff;

/// For each row the column it gets, or `unassigned`, so that each column is used once at most and the sum of scores is
/// the largest possible. Shortest augmenting paths with dual prices (Jonker and Volgenant 1987) on the sparse graph:
/// fast where rows compete with their neighbours only. Deterministic: the answer depends on the pairs in their order.
std::vector<std::uint32_t> best_assignment(std::uint32_t rows, std::uint32_t columns,
                                           std::span<const PossiblePair> pairs);

}  // namespace asman::base
