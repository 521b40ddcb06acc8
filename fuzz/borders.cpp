// Any bytes as a borders file: an error, or areas whose questions all have answers.
// rooms: geo
#include <asman/geo/region.hpp>

#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto borders = asman::geo::Borders::parse(text, "fuzz.geojson");
    if (!borders) {
        if (borders.error().place.source != "fuzz.geojson") std::abort();
        return 0;
    }
    const auto& states = borders->states();
    for (const auto& state : states) {
        // A found state is the one of that code, and is where it says it is.
        if (borders->find(state.iso3) != &state) std::abort();
        (void)state.land.contains(asman::geo::Point::degrees(42.0, 74.6));
        (void)borders->common_border(state.iso3, states.front().iso3);
    }
    (void)borders->state_at(asman::geo::Point::degrees(42.0, 74.6));
    return 0;
}
