// asman accord: the law of a folder of accords. What holds when, why something is released, what is wrong with a text.
#include "accord.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace asman::cli {

void LawOptions::add(CLI::App& sub) {
    sub.add_option("--accords", accords, "folder of accords")->capture_default_str();
    sub.add_option("--borders", borders, "states' borders (GeoJSON)")->capture_default_str();
    sub.add_option("--as-of", as_of, "only acts recorded by then");
    sub.add_flag("--hindsight", hindsight, "apply all that is known now to the past");
    sub.add_option("--without", without, "what if: without ACCORD, ACCORD/CLAUSE or ACCORD/SITE");
    sub.add_flag("--json", json, "JSON on standard output");
}

std::string json_string(std::string_view text) {
    return nlohmann::json(std::string(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

base::Result<LoadedLaw> load_law(const LawOptions& o) {
    LoadedLaw out;
    ASMAN_TRY(const auto files, accord::read_folder(o.accords));
    if (auto b = geo::Borders::load(o.borders)) {
        out.borders = std::move(*b);
    } else {
        fmt::print(stderr, "asman: {}: texts that need borders are sealed\n", b.error().text());
    }
    out.law = accord::Law::load(files, {.borders = out.borders ? &*out.borders : nullptr});
    for (const auto& a : out.law.alarms()) fmt::print(stderr, "asman: {}\n", a.text());
    for (const auto& name : o.without) {
        ASMAN_TRY(out.law, out.law.without(name));
    }
    if (!o.as_of.empty()) {
        ASMAN_TRY(const auto known, base::parse_time(o.as_of));
        out.law = out.law.as_of(known);
    }
    if (o.hindsight) {
        out.law = out.law.hindsight();
        fmt::print(stderr, "asman: with hindsight: not what was known then\n");
    }
    return out;
}

void add_accord(CLI::App& app, Outcome& outcome) {
    CLI::App* sub =
        app.add_subcommand("accord", "Agreements between states: what holds, why, and what is wrong with a text");
    sub->require_subcommand(1);
    add_accord_law(*sub, outcome);
    add_accord_diff(*sub, outcome);
    add_accord_explain(*sub, outcome);
    add_accord_sign(*sub, outcome);
    sub->footer(
        "Examples:\n"
        "  asman accord status --at 2023-11-02\n"
        "  asman accord explain --object 'track at 44 74, level 200' --from KAZ --to RUS --at 2024-01-01\n"
        "  asman accord check --accords my-accords\n"
        "  asman accord diff data/accords my-accords --log out\n"
        "  asman accord timeline --svg timeline.svg");
}

}  // namespace asman::cli
