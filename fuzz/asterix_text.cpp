// Any text as a table of a specification, and as a line of JSON: an error, or something that survives its own text.
// rooms: asterix
#include <asman/asterix/json.hpp>
#include <asman/asterix/spec.hpp>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    using namespace asman::asterix;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::string reason;
    FromJson record;
    if (!from_json(text, record, reason) && reason.empty()) std::abort();
    SpecSet set;
    if (const auto table = set.add("fuzz.txt", text)) {
        SpecSet again;
        if (!again.add("again.txt", to_text(**table))) std::abort();
    } else if (table.error().reason.empty()) {
        std::abort();
    }
    return 0;
}
