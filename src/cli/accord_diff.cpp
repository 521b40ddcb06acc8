// asman accord diff: what another law, or the shadow of one that is signed, would change.
#include "accord.hpp"

#include <asman/study/law_diff.hpp>

#include <fmt/core.h>

namespace asman::cli {
namespace {

struct AccordDiffOptions {
    std::string before, after, borders = borders_file(), at, geojson;
    std::vector<std::string> without;
    study::LawDiffOptions diff;
    double cell_km = 20;
    bool shadow = false, json = false;
};

base::Result<LoadedLaw> load(const std::string& folder, const AccordDiffOptions& o) {
    LawOptions law;
    law.accords = folder;
    law.borders = o.borders;
    return load_law(law);
}

base::Result<void> run(AccordDiffOptions o) {
    if (o.after.empty() && !o.shadow && o.without.empty())
        return base::fail(base::Errc::missing, "name another folder, or say --shadow or --without");
    ASMAN_TRY(const auto before, load(o.before, o));
    ASMAN_TRY(auto after, load(o.after.empty() ? o.before : o.after, o));
    for (const auto& name : o.without) {
        ASMAN_TRY(after.law, after.law.without(name));
    }
    if (o.shadow) after.law = after.law.shadow();
    if (!o.at.empty()) {
        ASMAN_TRY(o.diff.law_time, base::parse_time(o.at));
    }
    o.diff.cell = o.cell_km * 1000;
    Progress bar("comparing");
    ASMAN_TRY(const auto d, study::law_diff({before.law, after.law}, o.diff, [&](double f) { bar.at(f); }));
    if (!o.geojson.empty()) ASMAN_CHECK(base::write_file(o.geojson, study::law_diff_geojson(d)));
    fmt::print("{}", o.json ? study::law_diff_json(d) : study::law_diff_text(d));
    return {};
}

}  // namespace

void add_accord_diff(CLI::App& accord, Outcome& outcome) {
    auto o = std::make_shared<AccordDiffOptions>();
    CLI::App* sub = accord.add_subcommand(
        "diff", "What another law would change: tracks, minutes and airspace that each party gains or loses");
    sub->add_option("before", o->before, "folder of accords")->required();
    sub->add_option("after", o->after, "another; left out: the same, with --shadow or --without");
    sub->add_option("--log", o->diff.logs, "input log of a node, or a folder of them (asman demo --record); repeatable")
        ->required();
    sub->add_option("--at", o->at, "where the law's clock stands at the start; default: as recorded");
    sub->add_flag("--shadow", o->shadow, "take what is signed and not in force as if it were");
    sub->add_option("--without", o->without, "leave out ACCORD, ACCORD/CLAUSE or ACCORD/SITE afterwards");
    sub->add_option("--geojson", o->geojson, "write a map of it into this file");
    sub->add_option("--cell-km", o->cell_km, "side of the cells that airspace is counted in")
        ->check(CLI::Range(1.0, 200.0))
        ->capture_default_str();
    sub->add_option("--borders", o->borders, "states' borders (GeoJSON)")->capture_default_str();
    sub->add_flag("--json", o->json, "as JSON");
    sub->footer(
        "Examples:\n"
        "  asman accord diff data/accords my-accords --log out --geojson change.geojson\n"
        "  asman accord diff data/accords --without RUS-KGZ-2022 --log out --at 2024-01-01\n"
        "  asman accord diff data/accords --shadow --log out --at 2022-12-01");
    sub->callback([o, &outcome] {
        if (auto done = run(*o); !done) outcome.code = report(done.error());
    });
}

}  // namespace asman::cli
