// Finding the tables that are compiled in.
#include <asman/asterix/spec.hpp>

namespace asman::asterix {

const Edition* find_edition(std::uint8_t category, std::string_view number, bool expansion) {
    const Edition* found = nullptr;
    for (const Edition* e : editions())
        if (e->category == category && e->expansion == expansion && (number.empty() || e->number == number)) found = e;
    return found;
}

}  // namespace asman::asterix
