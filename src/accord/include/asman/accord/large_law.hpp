// A large law and its sky, drawn at random, for measuring: many states, accords and clauses of every kind.
#pragma once

#include <asman/accord/law.hpp>

#include <cstdint>
#include <vector>

namespace asman::accord {

struct LargeLawOptions {
    int accords = 50, clauses = 20, states = 30;
    int multilateral_percent = 20;  ///< of the accords join three to twelve states, the others two
    bool everybody = false;         ///< the worst: every clause of every accord is from all states to all
    std::uint64_t seed = 1;
};

struct LargeLaw {
    Files files;
    std::vector<State> states;
    Time now;
    std::uint64_t seed = 1;
    /// Tracks all over the area of the accords; every third tells no height or class.
    std::vector<Object> objects(std::size_t count, bool busy = false) const;  ///< busy: where most areas lie
};

LargeLaw large_law(const LargeLawOptions& options);

}  // namespace asman::accord
