// The properties of accords.md, on laws, acts, objects and instants drawn at random (`asman selfcheck accords`).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace asman::accord {

/// A deliberately broken engine, to show that the properties catch it. Each is made outside the engine, by giving it
/// the law that the fault would have seen.
enum class Mutation : std::uint8_t {
    none,
    skip_exclusions,        ///< exclusions are not looked at
    off_by_one_day,         ///< every date is taken a day late
    ignore_onward_consent,  ///< whoever is a state may be handed what is held
    fail_open,              ///< a region whose name is unknown is taken as everywhere
    late_notice_in_time,    ///< a notice is in time whenever it comes
    ignore_suspension,
};
const std::vector<std::string>& mutation_names();

struct PropertyResult {
    std::string name;
    std::size_t cases = 0, failures = 0;
    std::string counterexample;  ///< of the first failure
};

/// Each property on `cases` cases. Deterministic in `seed`. `progress` gets fractions from 0 to 1.
std::vector<PropertyResult> selfcheck(std::size_t cases, std::uint64_t seed, Mutation mutation = Mutation::none,
                                      const std::function<void(double)>& progress = {});

}  // namespace asman::accord
