// Laws drawn at random, as plain descriptions: the engine gets their text, the oracle reads the description.
#pragma once

#include <asman/accord/law.hpp>
#include <asman/accord/selfcheck.hpp>

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace asman::accord::drawn {

using Random = std::mt19937_64;
inline int whole(Random& r, int a, int b) {
    return a + static_cast<int>(r() % static_cast<std::uint64_t>(b - a + 1));
}
inline double real(Random& r, double a, double b) {
    return a + (b - a) * static_cast<double>(r() >> 11) * 0x1p-53;
}
inline bool chance(Random& r, int percent) {
    return whole(r, 1, 100) <= percent;
}

inline const std::vector<State> states{State("AAA"), State("BBB"), State("CCC"), State("DDD")};

inline constexpr std::int64_t day_ns = 86'400'000'000'000;

/// As a list of TOML.
std::string list(const std::vector<State>& of);

struct Box {
    double south, west, north, east;
};

struct Terms {
    int box = -1;  ///< of the text; -1: everywhere
    bool band = false;
    double from = 0, to = 0;
    bool unknown_height = false;  ///< matches
    int flight_class = -1;        ///< 0 civil, 1 state, -1 any
    bool unknown_class = false;   ///< matches
};

struct ClauseSpec {
    std::string id;
    State from;
    std::vector<State> to;
    Terms terms;
    std::vector<Terms> exclusions;
    int grid_km = 0, delay_s = 0, rate_s = 0, validity_s = 60;
    bool includes_onward = false;
    std::vector<State> onward;
    int onward_grid_km = 0, onward_delay_s = 0;
    std::string more;  ///< terms that the oracle does not read, as they stand in the text
};

struct AccordSpec {
    std::string id;
    std::vector<State> parties;
    Time signed_on;
    int count = 0, days = 0;
    int term_months = 0, notice_months = 0, withdrawal_months = -1;
    std::vector<Box> boxes;
    std::vector<ClauseSpec> clauses;
    std::vector<Terms> exclusions;
    std::string keys, tables;  ///< what the oracle does not read, as it stands in the text
};

struct ActSpec {
    std::string accord;
    ActKind kind = ActKind::ratification;
    State by;
    Time effective, recorded;
};

struct WorldSpec {
    std::vector<AccordSpec> accords;
    std::vector<ActSpec> acts;  ///< by recorded
};

AccordSpec draw_accord(Random& r, const std::string& id);
ClauseSpec draw_clause(Random& r, const AccordSpec& a, int number);
WorldSpec draw_world(Random& r);
Object draw_object(Random& r, const WorldSpec& w, Time now);
Time draw_instant(Random& r, const WorldSpec& w);

std::string print(const AccordSpec& a, Mutation m);
std::string print(const ActSpec& a, bool with_recorded);
Files files_of(const WorldSpec& w, Mutation m, bool with_acts = true);
std::string words_of(const Object& o, State g, State r, Time now);

/// Whether two ways to a decision came to the same: what goes, or why not and when to ask again.
bool same_answer(const Decision& a, const Decision& b);

/// A law with so many clauses between two states that they are decided on at once says of an object what each says
/// alone. Nothing, or what differs.
std::optional<std::string> many_decide_as_each(Random& r, Mutation m);

/// What a slow reading of the description says: ids of the clauses that release the object ("X/c1"), in any order.
std::vector<std::string> oracle(const WorldSpec& w, const Object& o, State g, State r, Time now);
/// A whole number of months later, counted day by day.
base::Date months_by_counting(base::Date d, int months);

}  // namespace asman::accord::drawn
