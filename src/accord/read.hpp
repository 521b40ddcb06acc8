// Reading the parts of a text. Errors are kept by the Config's Section; only its first is reported.
#pragma once

#include <asman/accord/text.hpp>
#include <asman/base/config.hpp>

#include <functional>
#include <string>
#include <vector>

namespace asman::accord {

/// What names mean while a text is read.
struct Names {
    std::vector<std::string> states;  ///< sorted; empty: any three capitals
    std::vector<std::string> parties;
    const World* world = nullptr;
    std::vector<RegionSpec>* regions = nullptr;
    const std::vector<Criterion>* criteria = nullptr;
    const std::vector<Group>* groups = nullptr;
};

void require_format(const base::Section& s);
/// Letters, digits, '-', '_', '.': an id that can stand in a file name or a subject.
std::string read_id(const base::Section& s, std::string_view key);
State read_state(const base::Section& s, std::string_view key, const Names& names);
std::vector<State> read_states(const base::Section& s, std::string_view key, const Names& names);
/// As read_states, and each must be a party.
std::vector<State> read_parties(const base::Section& s, std::string_view key, const Names& names);
State checked_state(const base::Section& s, std::string_view key, const std::string& code, const Names& names);
bool read_certainty(const base::Section& s);
std::uint32_t read_count(const base::Section& s, std::string_view key, std::uint32_t fallback, std::uint32_t most);
/// Kilometres as whole metres; seconds as nanoseconds.
double read_km(const base::Section& s, std::string_view key, double fallback, double least, double most);
Duration read_seconds(const base::Section& s, std::string_view key, Duration fallback);
std::uint16_t read_fields(const base::Section& s, std::string_view key);

/// Mode 3/A codes written as four octal digits, sorted.
std::vector<std::uint16_t> read_codes(const base::Section& s, std::string_view key);
/// A list of ids, each of which must be among `known`; sorted, none twice. `what`: "criterion", as errors call them.
std::vector<std::string> read_known(const base::Section& s, std::string_view key, std::string_view what,
                                    const std::vector<std::string>& known);
/// Refuses a list that stands and is empty: it would match nothing.
void refuse_empty(const base::Section& s, std::string_view key, bool empty);

void read_regions(const base::Section& root, const Names& names);
/// `for_grant`: unknown = "release" matches; for an exclusion unknown = "withhold" does.
Match read_match(const base::Section& s, const Names& names, bool for_grant);
std::vector<Exclusion> read_exclusions(const base::Section& s, const Names& names);
std::vector<Clause> read_clauses(const base::Section& root, const Names& names, const std::vector<Site>& sites);

}  // namespace asman::accord
