// Any bytes as acts, certificates, revocations, or the list of states with their roots: an error with its place, or
// values that are read back from what they print.
// rooms: accord
#include "toml_mutator.hpp"

#include <asman/accord/act.hpp>

#include <cstdlib>

namespace accord = asman::accord;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto ring = accord::parse_keyring(bytes, "law.toml"); !ring && ring.error().place.source != "law.toml")
        std::abort();
    const auto filing = accord::parse_filing(bytes, "fuzz.toml");
    if (!filing) {
        if (filing.error().place.source != "fuzz.toml" || filing.error().reason.empty()) std::abort();
        return 0;
    }
    const auto back = [](const std::string& printed) {
        return accord::parse_filing("format = 1\n" + printed, "x.toml");
    };
    for (const auto& act : filing->acts) {
        const auto again = back(accord::print_act(act));
        if (!again || again->acts.size() != 1 || again->acts[0].canonical() != act.canonical()) std::abort();
    }
    for (const auto& c : filing->certificates) {
        const auto again = back(accord::print_certificate(c));
        if (!again || again->certificates.size() != 1 || again->certificates[0].canonical() != c.canonical())
            std::abort();
    }
    for (const auto& r : filing->revocations) {
        const auto again = back(accord::print_revocation(r));
        if (!again || again->revocations.size() != 1 || again->revocations[0].canonical() != r.canonical())
            std::abort();
    }
    return 0;
}
