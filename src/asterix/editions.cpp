// Finding the tables that are compiled in, and the names of categories.
#include <asman/asterix/spec.hpp>

namespace asman::asterix {

namespace {

/// Categories without a table here, by what EUROCONTROL and ARTAS documents call them.
struct Named {
    std::uint8_t category;
    std::string_view name;
};
constexpr Named without_table[] = {
    {7, "Directed Interrogation Messages"},
    {9, "Composite Weather Reports"},
    {11, "A-SMGCS Data"},
    {16, "Independent Non-Cooperative Surveillance System Configuration Reports"},
    {17, "Mode S Surveillance Coordination Function Messages"},
    {18, "Mode S Data Link Function Messages"},
    {22, "TIS-B Management Reports"},
    {30, "ARTAS: Exchange of Air Situation Pictures"},
    {31, "ARTAS: Sensor Information Messages"},
    {32, "Miniplan Reports to an SDPS"},
    {129, "UAS Identification Reports"},
    {252, "ARTAS: Session and Service Control Messages"},
    {253, "Remote Station Monitoring and Control"},
};

}  // namespace

const Edition* find_edition(std::uint8_t category, std::string_view number, bool expansion) {
    const Edition* found = nullptr;
    for (const Edition* e : editions())
        if (e->category == category && e->expansion == expansion && (number.empty() || e->number == number)) found = e;
    return found;
}

std::string_view category_name(std::uint8_t category) {
    if (const Edition* e = find_edition(category)) return e->title;
    for (const Named& n : without_table)
        if (n.category == category) return n.name;
    return {};
}

}  // namespace asman::asterix
