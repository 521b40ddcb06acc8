// Any bytes as an accord's text: an error that names file and line, or a text whose canonical form is read back as the
// same text, byte for byte and digest for digest; and a law of it that decides without an abort.
// rooms: accord
#include "toml_mutator.hpp"

#include <asman/accord/law.hpp>

#include <cstdlib>

namespace accord = asman::accord;

namespace {

accord::World world() {
    accord::World out;
    out.states = {"BBB", "CCC", "XXA"};
    return out;
}

void decide(std::string_view text) {
    const auto law = accord::Law::load(
        {{"law.toml",
          "format = 1\nsignatures = \"none\"\n[[state]]\ncode = \"BBB\"\n[[state]]\ncode = \"CCC\"\n[[state]]\ncode = "
          "\"XXA\"\n"},
         {"x.toml", std::string(text)}},
        {});
    accord::Object o;
    o.at = asman::geo::Point::degrees(43, 74);
    o.sigma = 50;
    for (auto t = law.next_change_after(asman::base::Time::min()), n = asman::base::Time{};
         t != asman::base::Time::max() && n.ns < 20; t = law.next_change_after(t), ++n.ns) {
        const auto view = law.at(t);
        o.time = t;
        for (const auto& g : {"BBB", "CCC", "XXA"})
            for (const auto& r : {"BBB", "CCC", "XXA"}) {
                const auto d = view.decide(o, asman::picture::State(g), asman::picture::State(r), t);
                const auto e = view.explain(o, asman::picture::State(g), asman::picture::State(r), t);
                if (d.reason != e.decision.reason) std::abort();
            }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    static const auto states = world();
    const auto text = accord::parse_text(bytes, "fuzz.toml", states);
    if (!text) {
        if (text.error().place.source != "fuzz.toml" || text.error().reason.empty()) std::abort();
        return 0;
    }
    const auto printed = accord::canonical(*text);
    const auto again = accord::parse_text(printed, "fuzz.toml", states);
    if (!again || again->digest != text->digest || accord::canonical(*again) != printed) std::abort();
    decide(bytes);
    return 0;
}
