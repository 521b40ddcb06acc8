// asman assess: what each change of law brings each state.
#include "accord.hpp"
#include "places.hpp"
#include "ranges.hpp"
#include "scenery.hpp"

#include <asman/simulate/instruments.hpp>
#include <asman/study/assess.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <memory>

namespace asman::cli {
namespace {

struct AssessOptions {
    LawOptions law;
    std::string scenario = shared_data("scenarios/central-asia.toml"), terrain, from = "2009-01-01", to = "2024-01-01",
                html, json_file, routes;
    study::AssessOptions assess;
    std::vector<std::string> states;
    double cell_km = 5;
    bool airliner = false, maps = false;
};

base::Result<std::vector<study::Route>> routes_of(const AssessOptions& o, const simulate::Scenario& scenario) {
    const auto place = [&](std::string_view icao) -> std::optional<geo::Point> {
        const auto it = std::ranges::find(scenario.airports, icao, &simulate::Airport::icao);
        return it == scenario.airports.end() ? std::nullopt : std::optional(it->at);
    };
    if (!o.routes.empty()) return study::read_routes(o.routes, place);
    // The routes that go with the scenario, if there are any.
    const std::string usual = shared_data("routes/") + scenario.name + ".csv";
    if (!base::read_file(usual)) return std::vector<study::Route>{};
    return study::read_routes(usual, place);
}

struct Work {
    study::Assessment assessment;
    geo::Borders borders;
};

/// As far as those sensors reach that may see anything of the chosen states' land and approaches; traffic is not flown.
std::pair<geo::Point, geo::Point> reach_of(const AssessOptions& o, simulate::Scenario scenario,
                                           const geo::Borders& borders) {
    const auto all = scenario.sensors;
    std::erase_if(scenario.sensors, [&](const simulate::SensorSpec& s) {
        if (o.states.empty()) return false;
        return std::ranges::none_of(o.states, [&](const std::string& code) {
            const auto* land = borders.find(code);
            return !land || land->land.signed_distance(s.at) < s.sensor.max_range + o.assess.approach;
        });
    });
    if (scenario.sensors.empty()) scenario.sensors = all;
    scenario.airports.clear(), scenario.flights.clear(), scenario.intruders.clear();
    return scenario.box();
}

base::Result<Work> work(const AssessOptions& o) {
    ASMAN_TRY(auto scenario, simulate::Scenario::load(o.scenario));
    if (!o.terrain.empty()) scenario.terrain = o.terrain;
    ASMAN_TRY(auto law, load_law(o.law));
    if (!law.borders)
        return base::fail(base::Errc::missing, {.source = o.law.borders}, "an assessment needs the states' borders");
    for (const auto& code : o.states)
        if (std::ranges::none_of(scenario.states, [&](const auto& x) { return x.code.text() == code; }))
            return base::fail(base::Errc::unknown_name, {.source = "--state " + code}, "no such state in the scenario");
    const auto [sw, ne] = reach_of(o, scenario, *law.borders);
    const auto geoid = geo::Geoid::open();
    ASMAN_TRY(const auto terrain, open_terrain(scenario.terrain, sw, ne));
    ASMAN_TRY(const auto sensors, simulate::instruments(scenario, terrain, geoid));
    auto options = o.assess;
    ASMAN_TRY(options.from, base::parse_time(o.from));
    ASMAN_TRY(options.to, base::parse_time(o.to));
    ASMAN_TRY(options.routes, routes_of(o, scenario));
    options.cell = o.cell_km * 1000;
    if (o.airliner) options.target = {};
    if (law.law.timeline().empty())
        fmt::print(stderr, "asman: warning: no accord in '{}': every state has its own sensors alone\n", o.law.accords);
    for (const auto& s : scenario.states)
        if (o.states.empty() || std::ranges::find(o.states, s.code.text()) != o.states.end())
            options.states.push_back(s.code);
    for (const auto& s : scenario.states) options.others.push_back(s.code);
    // A state's reading of the past uses what is known now: an assessment is for people, not for release.
    Progress progress("assessing");
    ASMAN_TRY(auto out, study::assess(law.law, *law.borders, terrain, geoid, sensors, options,
                                      [&](double f) { progress.at(f); }));
    out.scenario = scenario.name + ": " + scenario.note;
    return Work{std::move(out), std::move(*law.borders)};
}

int run(const AssessOptions& o) {
    const auto begin = std::chrono::steady_clock::now();
    const auto done = work(o);
    if (!done) return report(done.error());
    const auto& a = done->assessment;
    if (!o.html.empty())
        if (const auto w = base::write_file(o.html, study::assessment_html(a, &done->borders)); !w)
            return report(w.error());
    if (!o.json_file.empty())
        if (const auto w = base::write_file(o.json_file, study::assessment_json(a, o.maps)); !w)
            return report(w.error());
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (o.law.json)
        fmt::print("{}", study::assessment_json(a, o.maps));
    else
        fmt::print("{}{} changes of law, {:.1f} s{}{}\n", study::assessment_text(a), a.epochs.size(), seconds,
                   o.html.empty() ? "" : "; page: ", o.html);
    return Exit::ok;
}

}  // namespace

void add_assess(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<AssessOptions>();
    CLI::App* sub =
        app.add_subcommand("assess", "What each change of law brings each state: coverage, warning, dependence");
    o->law.add(*sub);
    sub->add_option("--scenario", o->scenario, "whose sensors")->capture_default_str();
    sub->add_option("--terrain", o->terrain, "a raster, or a folder of tiles, in place of the scenario's terrain");
    sub->add_option("--from", o->from)->capture_default_str();
    sub->add_option("--to", o->to)->capture_default_str();
    sub->add_option("--state", o->states, "only these states' gain (KGZ); their sensors all count");
    sub->add_option("--html", o->html, "write the report as a page: maps, charts, timeline");
    sub->add_option("--out", o->json_file, "write the figures as JSON");
    sub->add_flag("--maps", o->maps, "JSON with the maps");
    sub->add_option("--cell", o->cell_km, "km of the coverage grid")->capture_default_str()->check(within(0.2, 50));
    sub->add_option("--level", o->assess.levels, "flight levels")->capture_default_str()->check(flight_level());
    sub->add_option("--warning-level", o->assess.warning_level, "flight level of the approaching aircraft")
        ->capture_default_str()
        ->check(flight_level());
    sub->add_option("--speed", o->assess.speed, "m/s")->capture_default_str()->check(within(10, 3000));
    sub->add_option("--in-time", o->assess.in_time, "seconds of warning that count as in time")
        ->capture_default_str()
        ->check(within(0, 36000));
    sub->add_option("--rcs", o->assess.target.rcs, "m2")->capture_default_str()->check(within(1e-4, 1e5));
    sub->add_flag("--airliner", o->airliner, "a target with transponder and ADS-B instead");
    sub->add_option(
        "--routes", o->routes,
        "pairs of airports (ICAO codes with a comma between, a line each), or GeoJSON lines; the scenario's "
        "in data/routes unless given");
    sub->add_option("--route-level", o->assess.route_level, "flight level of airliners on routes")
        ->capture_default_str()
        ->check(flight_level());
    sub->add_option("--k", o->assess.joint.k, "effective-earth factor")->capture_default_str()->check(within(0.1, 100));
    sub->add_option("--threads", o->assess.threads)->capture_default_str()->check(CLI::Range(1, 64));
    sub->footer(
        "Examples:\n  asman assess --from 2009-01-01 --to 2024-01-01 --html gain.html\n"
        "  asman assess --cell 1 --without RUS-KAZ-2013/onward-kgz --json");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
