// Any bytes as a configuration file: an error with a place, or values; never an abort.
// rooms: base
#include <asman/base/config.hpp>

#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto config = asman::base::Config::parse(text, "fuzz.toml");
    if (!config) {
        if (config.error().place.source != "fuzz.toml") std::abort();
        return 0;
    }
    // A reader that asks for each key in every form: the first misfit is kept, the others do nothing.
    const auto root = config->root();
    for (const auto& key : root.keys()) {
        (void)root.place(key);
        (void)root.string_opt(key);
        (void)root.number_opt(key);
        (void)root.time_opt(key);
        (void)root.strings(key);
        (void)root.number_rows(key);
        for (const auto& row : root.tables(key)) {
            (void)row.integer_or("id", 0);
            (void)row.boolean_or("on", false);
        }
        (void)root.table(key).keys();
    }
    if (const auto end = config->finish(); !end && end.error().place.source != "fuzz.toml") std::abort();
    return 0;
}
