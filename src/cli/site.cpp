// asman site: where on a small plot an antenna stands best, and which of several plots to choose.
#include "commands.hpp"
#include "places.hpp"

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

struct Options {
    std::string plot, scenario = shared_data("scenarios/central-asia.toml"), borders = borders_file();
    std::string surface, terrain, like, goal = "area", state;
    std::vector<std::string> with;
    coverage::SitingOptions siting;
    double level = 100, rcs = 3, cell_km = 5;
    std::size_t choose = 0, show = 10;
    bool airliner = false, json = false;
};

struct Plot {
    std::string name;
    geo::Region area;
    geo::Point middle;
};

/// Polygons of a GeoJSON file, one plot a feature.
base::Result<std::vector<Plot>> read_plots(const std::string& path) {
    ASMAN_TRY(const auto text, base::read_file(path));
    const auto doc = json::parse(text, nullptr, false);
    const auto bad = [&](const std::string& why) { return base::fail(base::Errc::syntax, {.source = path}, why); };
    if (doc.is_discarded() || !doc.is_object()) return bad("not GeoJSON");
    std::vector<json> features;
    if (doc.value("type", "") == "FeatureCollection" && doc.contains("features") && doc["features"].is_array())
        features.assign(doc["features"].begin(), doc["features"].end());
    else
        features.push_back(doc);
    std::vector<Plot> out;
    for (const auto& f : features) {
        const json& g = f.contains("geometry") ? f["geometry"] : f;
        if (!g.is_object() || g.value("type", "") != "Polygon" || !g.contains("coordinates") ||
            !g["coordinates"].is_array() || g["coordinates"].empty())
            return bad("a plot is a GeoJSON Polygon");
        geo::Polygon polygon;
        Plot p;
        double lat = 0, lon = 0;
        for (const auto& c : g["coordinates"][0]) {
            if (!c.is_array() || c.size() < 2 || !c[0].is_number() || !c[1].is_number())
                return bad("a corner is [longitude, latitude]");
            const double x = c[0].get<double>(), y = c[1].get<double>();
            if (!(std::abs(x) <= 180 && std::abs(y) <= 90)) return bad("a corner is [longitude, latitude] in degrees");
            polygon.outer.push_back(geo::Point::degrees(y, x));
        }
        if (polygon.outer.size() > 1 && polygon.outer.front() == polygon.outer.back()) polygon.outer.pop_back();
        if (polygon.outer.size() < 3) return bad("a plot has three corners at least");
        for (const auto& c : polygon.outer)
            lat += c.lat / static_cast<double>(polygon.outer.size()),
                lon += c.lon / static_cast<double>(polygon.outer.size());
        p.middle = {lat, lon};
        p.name = f.contains("properties") && f["properties"].is_object() ? f["properties"].value("name", "") : "";
        if (p.name.empty()) p.name = fmt::format("plot {}", out.size() + 1);
        p.area = geo::Region::polygons({polygon});
        out.push_back(std::move(p));
    }
    if (out.empty()) return bad("the file holds no plot");
    return out;
}

struct Setting {
    std::vector<Plot> plots;
    geo::Terrain far;
    geo::Geoid geoid;
    std::optional<geo::Terrain> surface;
    std::vector<coverage::Instrument> neighbours;
    coverage::Instrument type;
    std::vector<coverage::Approach> approaches;
    coverage::SitingOptions options;
};

base::Result<Setting> prepare(const Options& o) {
    Setting s;
    ASMAN_TRY(s.plots, read_plots(o.plot));
    ASMAN_TRY(auto scenario, simulate::Scenario::load(o.scenario));
    if (!o.terrain.empty()) scenario.terrain = o.terrain;
    const auto [sw, ne] = scenario.box();
    ASMAN_TRY(s.far, scenario.terrain.empty() ? geo::Terrain::load_default(sw, ne)
                                              : geo::Terrain::load(scenario.terrain, sw, ne));
    s.geoid = geo::Geoid::open();
    bool found = o.like.empty();
    ASMAN_TRY(auto all, simulate::instruments(scenario, s.far, s.geoid));
    for (auto& i : all) {
        if (i.sensor.name == o.like) s.type = i, found = true;
        // The joint picture that it adds to: sensors of the states named, but not the one that it is to be like.
        const bool wanted = o.with.empty() || std::ranges::find(o.with, i.sensor.owner.text()) != o.with.end() ||
                            std::ranges::find(o.with, i.sensor.name) != o.with.end();
        if (wanted && i.sensor.name != o.like) s.neighbours.push_back(std::move(i));
    }
    if (!found)
        return base::fail(base::Errc::unknown_name, {.source = "--like " + o.like}, "no such sensor in the scenario");
    if (o.like.empty()) {
        s.type.sensor.kind = picture::SensorKind::combined;
        s.type.sensor.max_range = 370e3, s.type.primary_range = 300e3, s.type.primary_reference_range = 200e3;
    }
    s.options = o.siting;
    s.options.goal = o.goal == "area"  ? coverage::Goal::area
                     : o.goal == "gap" ? coverage::Goal::gap
                                       : coverage::Goal::warning;
    s.options.altitude = geo::PressureAltitude::from_flight_level(o.level).m;
    s.options.cell = o.cell_km * 1000;
    if (!o.airliner) s.options.target = {.transponder = false, .ads_b = false, .rcs = o.rcs};
    if (!o.surface.empty()) {
        const double d = 0.05 * geo::deg;
        const auto p = s.plots.front().middle;
        ASMAN_TRY(s.surface, geo::Terrain::load(o.surface, {p.lat - d, p.lon - d}, {p.lat + d, p.lon + d}));
    }
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

base::Result<int> rank(const Options& o, const Setting& s) {
    const auto begin = std::chrono::steady_clock::now();
    const char* unit = s.options.goal == coverage::Goal::warning ? "s" : "km2";
    json out = json::array();
    for (const auto& plot : s.plots) {
        ASMAN_TRY(const auto r,
                  coverage::site(plot.area, s.surface, s.far, s.geoid, s.neighbours, s.type, s.approaches, s.options));
        json j{{"plot", plot.name},
               {"remark", r.remark},
               {"positions_equal", r.positions_equal},
               {"positions", r.positions},
               {"before", r.before},
               {"unit", unit},
               {"near_surface", r.near_surface},
               {"far_terrain", r.far_terrain}};
        if (!o.json)
            fmt::print("{}: {} positions, {} already reached without it: {:.0f} {}\n  {}\n", plot.name, r.positions,
                       o.goal, r.before, unit, r.remark);
        for (std::size_t i = 0; i < std::min(o.show, r.ranked.size()); ++i) {
            const auto& m = r.ranked[i];
            j["ranked"].push_back({{"lat", m.at.lat_deg()},
                                   {"lon", m.at.lon_deg()},
                                   {"ground_m", m.ground},
                                   {"mast_m", m.mast},
                                   {"gain", m.gain}});
            if (!o.json)
                fmt::print("  {:3}. {:.6f}, {:.6f}  ground {:5.0f} m  mast {:3.0f} m  gain {:10.1f} {}\n", i + 1,
                           m.at.lat_deg(), m.at.lon_deg(), m.ground, m.mast, m.gain, unit);
        }
        // How much the position matters, against how much the mast does.
        for (const double mast : s.options.masts) {
            double low = 1e300, high = -1e300;
            for (const auto& m : r.ranked)
                if (m.mast == mast) low = std::min(low, m.gain), high = std::max(high, m.gain);
            j["by_mast"].push_back({{"mast_m", mast}, {"worst", low}, {"best", high}});
            if (!o.json) fmt::print("  mast {:3.0f} m: worst position {:.1f}, best {:.1f} {}\n", mast, low, high, unit);
        }
        out.push_back(std::move(j));
    }
    if (o.json)
        fmt::print("{}\n", out.dump(1));
    else
        fmt::print("{:.1f} s\n", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    return Exit::ok;
}

/// Which k of the plots, each with its highest mast, see the most that nobody sees yet.
base::Result<int> choose(const Options& o, const Setting& s) {
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
    const double mast = std::ranges::max(s.options.masts);
    for (const auto& p : s.plots) {
        auto i = s.type;
        i.sensor.name = p.name;
        i.sensor.position = coverage::antenna_over(s.far, s.geoid, p.middle, s.far.elevation_or(p.middle, 0), mast);
        all.push_back(std::move(i));
    }
    ASMAN_TRY(const auto joint, coverage::Joint::make(grid, s.far, s.geoid, all, {.threads = s.options.threads}));
    std::vector<bool> chosen(all.size()), before(grid.size());
    for (std::size_t i = 0; i < s.neighbours.size(); ++i) chosen[i] = true;
    std::vector<double> weights(grid.size());
    for (std::size_t c = 0; c < grid.size(); ++c) {
        before[c] = !s.neighbours.empty() && joint.seen(c, s.options.altitude, s.options.target, chosen).sensors > 0;
        weights[c] = grid.area(c / grid.columns) / 1e6;
    }
    std::vector<std::vector<std::uint32_t>> covers;
    for (std::size_t i = 0; i < s.plots.size(); ++i)
        covers.push_back(
            coverage::newly_seen(joint, s.neighbours.size() + i, s.options.altitude, s.options.target, before));
    const auto best = coverage::choose(covers, weights, o.choose);
    json j{{"exact", best.exact}, {"gain_km2", best.value}, {"at_most_km2", best.at_most}, {"terrain", s.far.source()}};
    for (const auto i : best.chosen) j["chosen"].push_back(s.plots[i].name);
    if (o.json) {
        fmt::print("{}\n", j.dump(1));
    } else {
        for (const auto i : best.chosen) fmt::print("  {}\n", s.plots[i].name);
        fmt::print("{:.0f} km2 that nobody sees yet; {} ({:.0f} km2 at most); terrain: {}\n", best.value,
                   best.exact ? "no better choice exists" : "greedy", best.at_most, s.far.source());
    }
    return Exit::ok;
}

int run(const Options& o) {
    const auto s = prepare(o);
    if (!s) return report(s.error());
    const auto done = o.choose > 0 ? choose(o, *s) : rank(o, *s);
    return done ? *done : report(done.error());
}

}  // namespace

void add_site(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<Options>();
    CLI::App* sub = app.add_subcommand("site", "Rank positions and masts inside a small plot, or choose among plots");
    sub->add_option("--plot", o->plot, "GeoJSON: a polygon, or a feature a plot")->required();
    sub->add_option("--scenario", o->scenario, "whose sensors are there already")->capture_default_str();
    sub->add_option("--with", o->with, "only these owners' (KGZ) or these sensors (RUS/Omsk) count as there already");
    sub->add_option("--like", o->like,
                    "the new sensor is like this one of the scenario; else a surveillance radar of 370/300 km");
    sub->add_option("--surface", o->surface, "a surface model of 10 m or finer round the plot: buildings and trees");
    sub->add_option("--terrain", o->terrain, "a raster for the far horizon in place of the scenario's");
    sub->add_option("--goal", o->goal, "area: newly seen; gap: seen by two; warning: on the approaches to --state")
        ->capture_default_str()
        ->check(CLI::IsMember({"area", "gap", "warning"}));
    sub->add_option("--state", o->state, "whose border is approached (KGZ)");
    sub->add_option("--borders", o->borders)->capture_default_str();
    sub->add_option("--mast", o->siting.masts, "mast heights, m")->capture_default_str();
    sub->add_option("--positions", o->siting.positions, "at most")->capture_default_str()->check(CLI::Range(1, 100000));
    sub->add_option("--level", o->level, "flight level of the targets")->capture_default_str();
    sub->add_option("--rcs", o->rcs, "of a target without transponder, m2")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    sub->add_flag("--airliner", o->airliner, "targets with transponder and ADS-B instead");
    sub->add_option("--cell", o->cell_km, "km of the grid on which area is counted")
        ->capture_default_str()
        ->check(CLI::Range(0.5, 50.0));
    sub->add_option("--choose", o->choose, "choose the best k of the plots");
    sub->add_option("--show", o->show, "rows to print")->capture_default_str();
    sub->add_option("--threads", o->siting.threads)->capture_default_str()->check(CLI::Range(1, 64));
    sub->add_flag("--json", o->json, "JSON on standard output");
    sub->footer(
        "Examples:\n"
        "  asman site --plot kant.geojson --like RUS/Kant --with KGZ --surface dsm-2m.tif --mast 10 20 30\n"
        "  asman site --plot kant.geojson --goal warning --state KGZ\n"
        "  asman site --plot candidates.geojson --choose 3 --with KGZ");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
