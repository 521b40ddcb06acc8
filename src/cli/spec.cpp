// asman spec: the ASTERIX tables that the program was built with.
#include "commands.hpp"

#include <asman/asterix/json.hpp>
#include <asman/asterix/spec.hpp>

#include <fmt/core.h>

#include <charconv>
#include <memory>

namespace asman::cli {
namespace {

struct SpecOptions {
    std::string category, edition;
    bool expansion = false, json = false;
};

int list(const SpecOptions& o) {
    for (const asterix::Edition* e : asterix::editions()) {
        if (o.json)
            fmt::print("{{\"category\":{},\"expansion\":{},\"edition\":\"{}\",\"items\":{},\"oracle\":{}}}\n",
                       e->category, e->expansion, e->number, e->items, e->oracle);
        else
            fmt::print("{:03} {:<5} {:<4} {:>3} items  {}{}\n", e->category, e->number, e->expansion ? "RE" : "",
                       e->items, e->title, e->oracle ? "" : "  (no oracle)");
    }
    return Exit::ok;
}

/// The table that the options name; nullptr after a word why not.
const asterix::Edition* named(const SpecOptions& o) {
    unsigned category = 0;
    const auto [end, ec] = std::from_chars(o.category.data(), o.category.data() + o.category.size(), category);
    const bool number = ec == std::errc{} && end == o.category.data() + o.category.size() && category < 256;
    const auto* e =
        number ? asterix::find_edition(static_cast<std::uint8_t>(category), o.edition, o.expansion) : nullptr;
    if (!e)
        report({base::Errc::unknown_name,
                {},
                "no table for category " + o.category + " " + o.edition + "; see `asman spec list`"});
    return e;
}

int show(const SpecOptions& o) {
    const auto* e = named(o);
    if (!e) return Exit::failed;
    fmt::print("{}", asterix::to_text(*e));
    return Exit::ok;
}

int schema(const SpecOptions& o) {
    const auto* e = named(o);
    if (!e) return Exit::failed;
    std::string out;
    asterix::json_schema(*e, out);
    fmt::print("{}\n", out);
    return Exit::ok;
}

}  // namespace

void add_spec(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<SpecOptions>();
    CLI::App* sub = app.add_subcommand("spec", "List and show the ASTERIX tables that the program was built with");
    sub->require_subcommand(1);
    CLI::App* all = sub->add_subcommand("list", "All categories and editions");
    all->add_flag("--json", o->json, "one JSON object an edition and line");
    all->footer("Example:\n  asman spec list --json | jq 'select(.oracle == false)'");
    all->callback([o, &outcome] { outcome.code = list(*o); });
    CLI::App* one = sub->add_subcommand("show", "One table, every item spelt out");
    one->add_option("category", o->category, "048")->required();
    one->add_option("edition", o->edition, "1.32; the newest if left out");
    one->add_flag("--re", o->expansion, "its reserved expansion field instead");
    one->footer("Examples:\n  asman spec show 048 1.32\n  asman spec show 021 1.5 --re");
    one->callback([o, &outcome] { outcome.code = show(*o); });
    CLI::App* lines =
        sub->add_subcommand("schema", "JSON Schema of the lines that `asman decode` writes for its records");
    lines->add_option("category", o->category, "048")->required();
    lines->add_option("edition", o->edition, "1.32; the newest if left out");
    lines->footer("Example:\n  asman spec schema 062 1.18 > 062.schema.json");
    lines->callback([o, &outcome] { outcome.code = schema(*o); });
    sub->footer(
        "Examples:\n  asman spec list\n  asman spec show 048 1.32\n  asman spec show 021 1.5 --re\n  asman spec schema "
        "062 > 062.schema.json");
}

}  // namespace asman::cli
