// The third wall: what arrives is checked again under the same law at the instant it was stamped, and refused where it
// does not fit (accords.md rule 19).
#pragma once

#include <asman/accord/law.hpp>
#include <asman/picture/nouns.hpp>

#include <array>
#include <cstdint>
#include <string_view>

namespace asman::release {

enum class Refusal : std::uint8_t {
    none,
    no_clause,    ///< names no clause that holds between the last two holders at the stamped instant
    wrong_chain,  ///< originator, hops and clauses do not fit together
    outside_area,
    outside_band,
    too_fine,   ///< finer than the clause grants
    too_early,  ///< earlier than the clause's delay
    too_long,   ///< kept longer than the clause's validity
    field_not_granted,
    expired,
    malformed,
};
inline constexpr std::size_t refusal_kinds = 11;
std::string_view name(Refusal refusal);

/// Checks one contribution that `sender` handed to `self`, stamped `stamped`.
Refusal check(const picture::Contribution& contribution, picture::State sender, picture::State self,
              const accord::LawView& view, base::Time stamped);
/// The same, with the law's clock apart from the data's (simulated nodes).
Refusal check(const picture::Contribution& contribution, picture::State sender, picture::State self,
              const accord::LawView& view, base::Time stamped, base::Time law_stamped);

struct ImportCounters {
    std::array<std::uint64_t, refusal_kinds> by_refusal{};  ///< [0]: accepted
};

}  // namespace asman::release
