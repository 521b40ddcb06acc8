// asman site: where on a small plot an antenna stands best, and which of several plots to choose.
#include "commands.hpp"
#include "places.hpp"
#include "ranges.hpp"
#include "scenery.hpp"
#include "site_files.hpp"

#include <asman/base/config.hpp>
#include <asman/coverage/siting.hpp>
#include <asman/simulate/instruments.hpp>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

namespace asman::cli {
namespace {

using nlohmann::json;

struct SiteOptions {
    std::string plot, scenario = shared_data("scenarios/central-asia.toml"), borders = borders_file();
    std::string surface, terrain, like, goal = "area", state, out;
    std::vector<std::string> with;
    coverage::SitingOptions siting;
    double level = 100, rcs = 3, cell_km = 5;
    std::size_t choose = 0, show = 10;
    bool airliner = false, json = false;
};

struct Setting {
    std::vector<Plot> plots;
    geo::Terrain far;
    geo::Geoid geoid;
    std::vector<coverage::Instrument> neighbours;
    coverage::Instrument type;
    std::vector<coverage::Approach> approaches;
    coverage::SitingOptions options;
};

/// A box round the plots and what is seen from them, and the sensors that look there too, or all that those see.
std::pair<geo::Point, geo::Point> box_round(const Setting& s, bool all_round) {
    const auto origin = s.plots.front().middle;
    double south = 2, north = -2, west = 0, east = 0;
    const auto take = [&](geo::Point p, double metres) {
        const double reach = metres / 6.33e6, wide = reach / std::max(0.05, std::cos(p.lat)),
                     off = geo::wrap_pi(p.lon - origin.lon);
        south = std::min(south, p.lat - reach), north = std::max(north, p.lat + reach);
        west = std::min(west, off - wide), east = std::max(east, off + wide);
    };
    for (const auto& p : s.plots) take(p.middle, s.type.sensor.max_range + 20e3);
    for (const auto& n : s.neighbours) take(n.sensor.position->at, all_round ? n.sensor.max_range + 20e3 : 20e3);
    constexpr double pi = std::numbers::pi;
    if (east - west >= 2 * pi) west = -pi - origin.lon, east = pi - 1e-9 - origin.lon;
    return {{std::max(south, -pi / 2), geo::wrap_pi(origin.lon + west)},
            {std::min(north, pi / 2), geo::wrap_pi(origin.lon + east)}};
}

/// The new sensor's kind, the scenario's sensors that see what it may see, and the terrain round both.
base::Result<void> take_sensors(const SiteOptions& o, Setting& s) {
    ASMAN_TRY(auto scenario, simulate::Scenario::load(o.scenario));
    ASMAN_TRY(const auto store, geo::TerrainStore::open_or_default(o.terrain.empty() ? scenario.terrain : o.terrain));
    s.geoid = geo::Geoid::open();
    ASMAN_TRY(auto all, simulate::instruments(scenario, store, s.geoid));
    for (const auto& w : o.with)
        if (std::ranges::none_of(all, [&](const auto& i) { return i.sensor.owner.text() == w || i.sensor.name == w; }))
            return base::fail(base::Errc::unknown_name, {.source = "--with " + w},
                              "no such owner or sensor in the scenario");
    if (o.like.empty()) {
        s.type.sensor.kind = picture::SensorKind::combined;
        s.type.sensor.max_range = 370e3, s.type.primary_range = 300e3, s.type.primary_reference_range = 200e3;
    } else {
        const auto it = std::ranges::find(all, o.like, [](const auto& i) { return i.sensor.name; });
        if (it == all.end())
            return base::fail(base::Errc::unknown_name, {.source = "--like " + o.like},
                              "no such sensor in the scenario");
        s.type = *it;
    }
    for (auto& i : all) {
        // The joint picture that it adds to: sensors of the states named, but not the one that it is to be like.
        const bool wanted = o.with.empty() || std::ranges::find(o.with, i.sensor.owner.text()) != o.with.end() ||
                            std::ranges::find(o.with, i.sensor.name) != o.with.end();
        const double reach = s.type.sensor.max_range + i.sensor.max_range;
        // Approaches are long: whoever looks along them counts.
        const bool near = o.goal == "warning" || std::ranges::any_of(s.plots, [&](const Plot& p) {
                              return i.sensor.position && geo::distance(p.middle, i.sensor.position->at) < reach;
                          });
        if (wanted && near && i.sensor.name != o.like) s.neighbours.push_back(std::move(i));
    }
    const auto [sw, ne] = box_round(s, o.goal == "warning");
    ASMAN_TRY(s.far, store.box(sw, ne));
    say_what_lacks(s.far, "it is taken as sea");
    return {};
}

base::Result<Setting> prepare(const SiteOptions& o) {
    Setting s;
    ASMAN_TRY(s.plots, read_plots(o.plot));
    ASMAN_CHECK(take_sensors(o, s));
    s.options = o.siting;
    s.options.goal = o.goal == "area"  ? coverage::Goal::area
                     : o.goal == "gap" ? coverage::Goal::gap
                                       : coverage::Goal::warning;
    s.options.altitude = geo::PressureAltitude::from_flight_level(o.level).m;
    s.options.cell = o.cell_km * 1000;
    if (!o.airliner) s.options.target = {.transponder = false, .ads_b = false, .rcs = o.rcs};
    if (s.options.goal == coverage::Goal::warning) {
        ASMAN_TRY(const auto borders, geo::Borders::load(o.borders));
        const auto* state = borders.find(o.state);
        if (!state)
            return base::fail(base::Errc::unknown_name, {.source = "--state " + o.state},
                              "the goal 'warning' needs a state whose border is approached");
        s.approaches = coverage::border_approaches(*state, borders);
    }
    return s;
}

/// The surface on and near a plot.
base::Result<std::optional<geo::Terrain>> surface_round(const SiteOptions& o, const Plot& p) {
    if (o.surface.empty()) return std::nullopt;
    const double lat = (o.siting.near_range + 200) / 6.33e6, lon = lat / std::max(0.01, std::cos(p.middle.lat));
    ASMAN_TRY(auto surface,
              geo::Terrain::load(o.surface, {p.south_west.lat - lat, geo::wrap_pi(p.south_west.lon - lon)},
                                 {p.north_east.lat + lat, geo::wrap_pi(p.north_east.lon + lon)}));
    say_what_lacks(surface, "nothing masks there but the far terrain");
    return surface;
}

void print(const SiteOptions& o, const Plot& plot, const coverage::Siting& r, const char* unit) {
    fmt::print("{}: {} positions; reached without it ({}): {:.0f} {}\n  {}\n", plot.name, r.positions, o.goal, r.before,
               unit, r.remark);
    for (std::size_t i = 0; i < std::min(o.show, r.ranked.size()); ++i) {
        const auto& m = r.ranked[i];
        fmt::print("  {:3}. {:.6f}, {:.6f}  ground {:5.0f} m  mast {:3.0f} m  gain {:10.1f} {}\n", i + 1,
                   m.at.lat_deg(), m.at.lon_deg(), m.ground, m.mast, m.gain, unit);
    }
    for (const auto& m : r.masts) {
        if (r.positions_equal)
            fmt::print("  mast {:3.0f} m: {:.1f} {}\n", m.mast, m.best, unit);
        else
            fmt::print(
                "  mast {:3.0f} m: worst position {:.1f}, best {:.1f} {}; the surface's error makes {:.1f} (1 sigma); "
                "{} of {} positions are as good as the best\n",
                m.mast, m.worst, m.best, unit, m.sigma, m.equal, r.positions);
    }
}

base::Result<int> rank(const SiteOptions& o, const Setting& s) {
    const auto begin = std::chrono::steady_clock::now();
    const char* unit = s.options.goal == coverage::Goal::warning ? "s" : "km2";
    json out = json::array();
    std::vector<coverage::Siting> results;
    for (const auto& plot : s.plots) {
        ASMAN_TRY(const auto surface, surface_round(o, plot));
        auto r = coverage::site(plot.area, surface, s.far, s.geoid, s.neighbours, s.type, s.approaches, s.options);
        if (!r) {
            auto error = r.error();
            error.reason = plot.name + ": " + error.reason;
            return std::unexpected(std::move(error));
        }
        if (o.json)
            out.push_back(siting_json(plot, *r, s.options, unit, o.show));
        else
            print(o, plot, *r, unit);
        results.push_back(std::move(*r));
    }
    if (!o.out.empty()) {
        const auto collection = siting_geojson(s.plots, results, s.options, o.goal, unit, s.geoid.available());
        ASMAN_CHECK(base::write_file(o.out, collection.dump() + "\n"));
    }
    if (o.json)
        fmt::print("{}\n", out.dump(1));
    else
        fmt::print("{:.1f} s\n", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    return Exit::ok;
}

/// Each plot's sensor on its highest mast.
std::vector<coverage::Instrument> candidates(const Setting& s) {
    std::vector<coverage::Instrument> out;
    const double mast = std::ranges::max(s.options.masts);
    for (const auto& p : s.plots) {
        auto i = s.type;
        i.sensor.name = p.name;
        i.sensor.position = coverage::antenna_over(s.far, s.geoid, p.middle, s.far.elevation_or(p.middle, 0), mast);
        out.push_back(std::move(i));
    }
    return out;
}

/// What each plot covers of a grid, with what its cells are worth: newly seen, or seen a second time.
base::Result<coverage::WarningCovers> area_covers(const Setting& s, const std::vector<coverage::Instrument>& wanted) {
    const double reach = s.type.sensor.max_range / 6.33e6;
    double south = 2, north = -2, west = 10, east = -10;
    for (const auto& p : s.plots) {
        const double wide = reach / std::max(0.05, std::cos(p.middle.lat)),
                     lon = geo::wrap_pi(p.middle.lon - s.plots[0].middle.lon);
        south = std::min(south, p.middle.lat - reach), north = std::max(north, p.middle.lat + reach),
        west = std::min(west, lon - wide), east = std::max(east, lon + wide);
    }
    const double origin = s.plots[0].middle.lon;
    ASMAN_TRY(const auto grid,
              coverage::Grid::over({std::max(south, -1.57), geo::wrap_pi(origin + west)},
                                   {std::min(north, 1.57), geo::wrap_pi(origin + east)}, s.options.cell));
    std::vector<coverage::Instrument> all = s.neighbours;
    all.insert(all.end(), wanted.begin(), wanted.end());
    ASMAN_TRY(const auto joint, coverage::Joint::make(grid, s.far, s.geoid, all, {.threads = s.options.threads}));
    std::vector<bool> chosen(all.size()), before(grid.size());
    for (std::size_t i = 0; i < s.neighbours.size(); ++i) chosen[i] = true;
    std::vector<double> weights(grid.size());
    const bool gap = s.options.goal == coverage::Goal::gap;
    for (std::size_t c = 0; c < grid.size(); ++c) {
        const int seen = s.neighbours.empty() ? 0 : joint.seen(c, s.options.altitude, s.options.target, chosen).sensors;
        before[c] = seen > (gap ? 1 : 0);
        // As site() weighs: a second look counts in full, a first in half.
        weights[c] = grid.area(c / grid.columns) / 1e6 * (gap && seen == 0 ? 0.5 : 1);
    }
    std::vector<std::vector<std::uint32_t>> covers;
    for (std::size_t i = 0; i < s.plots.size(); ++i)
        covers.push_back(
            coverage::newly_seen(joint, s.neighbours.size() + i, s.options.altitude, s.options.target, before));
    return coverage::WarningCovers{std::move(covers), std::move(weights)};
}

/// Which k of the plots, each with its highest mast, add the most together.
base::Result<int> choose(const SiteOptions& o, const Setting& s) {
    const double mast = std::ranges::max(s.options.masts);
    const auto wanted = candidates(s);
    const bool warning = s.options.goal == coverage::Goal::warning;
    ASMAN_TRY(const auto c,
              warning ? coverage::warning_covers(wanted, s.neighbours, s.approaches, s.far, s.geoid, s.options)
                      : area_covers(s, wanted));
    const auto best = coverage::choose(c.covers, c.weights, o.choose);
    const char* unit = warning ? "s" : "km2";
    json j{{"exact", best.exact},       {"gain", best.value}, {"at_most", best.at_most}, {"unit", unit},
           {"terrain", s.far.source()}, {"goal", o.goal},     {"mast_m", mast},          {"chosen", json::array()}};
    for (const auto i : best.chosen) j["chosen"].push_back(s.plots[i].name);
    if (o.json) {
        fmt::print("{}\n", j.dump(1));
        return Exit::ok;
    }
    for (const auto i : best.chosen) fmt::print("  {}\n", s.plots[i].name);
    const char* what = warning                                 ? "of mean warning more"
                       : s.options.goal == coverage::Goal::gap ? "of second looks"
                                                               : "that nobody sees yet";
    fmt::print("{:.0f} {} {} by masts of {:.0f} m; {}; terrain: {}\n", best.value, unit, what, mast,
               best.exact ? std::string("no better choice exists")
                          : fmt::format("greedy: no choice reaches more than {:.0f} {}", best.at_most, unit),
               s.far.source());
    return Exit::ok;
}

int run(const SiteOptions& o) {
    if (o.choose > 0 && !o.out.empty())
        return report(base::fail(base::Errc::conflict, "--out is for ranked positions, not for --choose").error());
    const auto s = prepare(o);
    if (!s) return report(s.error());
    const auto done = o.choose > 0 ? choose(o, *s) : rank(o, *s);
    return done ? *done : report(done.error());
}

}  // namespace

void add_site(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<SiteOptions>();
    CLI::App* sub = app.add_subcommand("site", "Rank positions and masts inside a small plot, or choose among plots");
    sub->add_option("--plot", o->plot, "GeoJSON: a polygon, or a feature a plot")->required();
    sub->add_option("--scenario", o->scenario, "whose sensors are there already")->capture_default_str();
    sub->add_option("--with", o->with, "only these owners' (KGZ) or these sensors (RUS/Omsk) count as there already");
    sub->add_option("--like", o->like,
                    "the new sensor is like this one of the scenario; else a surveillance radar of 370/300 km");
    sub->add_option("--surface", o->surface, "a surface model of 10 m or finer round the plot: buildings and trees");
    sub->add_option("--surface-error", o->siting.surface_sigma, "1 sigma of a cell of it, m")
        ->capture_default_str()
        ->check(within(0, 20));
    sub->add_option("--near", o->siting.near_range, "how far it masks, m")
        ->capture_default_str()
        ->check(within(100, 10000));
    sub->add_flag("--on-objects", o->siting.on_objects,
                  "also on roofs and trees: over 3 m above the ground within 30 m");
    sub->add_option("--terrain", o->terrain, "a raster for the far horizon in place of the scenario's");
    sub->add_option("--goal", o->goal, "area: newly seen; gap: seen by two; warning: on the approaches to --state")
        ->capture_default_str()
        ->check(CLI::IsMember({"area", "gap", "warning"}));
    sub->add_option("--state", o->state, "whose border is approached (KGZ)");
    sub->add_option("--borders", o->borders)->capture_default_str();
    sub->add_option("--mast", o->siting.masts, "mast heights, m")->capture_default_str()->check(within(0, 1000));
    sub->add_option("--positions", o->siting.positions, "at most")->capture_default_str()->check(CLI::Range(1, 100000));
    sub->add_option("--level", o->level, "flight level of the targets")->capture_default_str()->check(flight_level());
    sub->add_option("--rcs", o->rcs, "of a target without transponder, m2")
        ->capture_default_str()
        ->check(within(1e-4, 1e5));
    sub->add_flag("--airliner", o->airliner, "targets with transponder and ADS-B instead");
    sub->add_option("--cell", o->cell_km, "km of the grid on which area is counted")
        ->capture_default_str()
        ->check(within(0.5, 50));
    sub->add_option("--choose", o->choose, "choose the best k of the plots");
    sub->add_option("--show", o->show, "rows to print")->capture_default_str();
    sub->add_option("--threads", o->siting.threads)->capture_default_str()->check(CLI::Range(1, 64));
    sub->add_option("--out", o->out, "GeoJSON of the plot and all positions, for 'asman demo --siting' and others");
    sub->add_flag("--json", o->json, "JSON on standard output");
    sub->footer(
        "Examples:\n"
        "  asman site --plot kant.geojson --like RUS/Kant --with KGZ --surface dsm-2m.tif --mast 10 20 30 --out "
        "sited.geojson\n"
        "  asman site --plot kant.geojson --goal warning --state KGZ\n"
        "  asman site --plot candidates.geojson --choose 3 --with KGZ");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
