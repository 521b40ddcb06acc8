// asman coverage: what a scenario's sensors see, as maps and sections.
#include "commands.hpp"
#include "scenery.hpp"

#include <asman/coverage/output.hpp>
#include <asman/coverage/viewshed.hpp>
#include <asman/simulate/calibration.hpp>
#include <asman/simulate/instruments.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>

namespace asman::cli {
namespace {

struct Options {
    std::string scenario, out = ".", terrain, box, section, target = "airliner", why;
    std::vector<std::string> states, sensors, levels{"100"};
    double cell_km = 5, rcs = 3, k = coverage::standard_k, calibrate = 0;
    unsigned threads = 2;
    bool json = false;
};

base::Result<std::vector<double>> numbers(const std::string& text, std::size_t wanted, const char* option) {
    std::vector<double> out;
    for (std::size_t at = 0; at <= text.size();) {
        const auto comma = std::min(text.find(',', at), text.size());
        try {
            out.push_back(std::stod(text.substr(at, comma - at)));
        } catch (const std::exception&) {
            out.clear();
            break;
        }
        at = comma + 1;
    }
    if (out.size() != wanted)
        return base::fail(base::Errc::bad_value, {.source = std::string(option) + " " + text},
                          fmt::format("{} numbers in degrees with commas between are expected", wanted));
    return out;
}

struct Setting {
    simulate::Scenario scenario;
    geo::TerrainStore terrain;
    geo::Geoid geoid;
    geo::Point south_west, north_east;
    std::vector<coverage::Instrument> instruments;
    coverage::Target target;
    coverage::Metadata metadata;
};

base::Result<Setting> prepare(const Options& o) {
    Setting s;
    ASMAN_TRY(s.scenario, simulate::Scenario::load(o.scenario));
    if (!o.terrain.empty()) s.scenario.terrain = o.terrain;
    const auto [sw, ne] = s.scenario.box();
    s.south_west = sw, s.north_east = ne;
    s.geoid = geo::Geoid::open();
    ASMAN_TRY(s.terrain, open_terrain(s.scenario.terrain, sw, ne));
    ASMAN_TRY(auto all, simulate::instruments(s.scenario, s.terrain, s.geoid));
    for (auto& i : all) {
        const bool state = o.states.empty() || std::ranges::find(o.states, i.sensor.owner.text()) != o.states.end();
        const bool named = o.sensors.empty() || std::ranges::find(o.sensors, i.sensor.name) != o.sensors.end();
        if (state && named) s.instruments.push_back(std::move(i));
    }
    if (s.instruments.empty())
        return base::fail(base::Errc::unknown_name, {.source = o.scenario},
                          "no sensor of the scenario is chosen by --state and --sensor");
    if (o.target == "intruder") s.target = {.transponder = false, .ads_b = false, .rcs = o.rcs};
    if (!o.box.empty()) {
        ASMAN_TRY(const auto b, numbers(o.box, 4, "--box"));
        s.south_west = geo::Point::degrees(b[0], b[1]), s.north_east = geo::Point::degrees(b[2], b[3]);
    }
    s.metadata = {
        {"terrain", s.terrain.source()},
        {"scenario", s.scenario.name + ": " + s.scenario.note},
        {"target", o.target == "intruder" ? fmt::format("no transponder, {} m2", o.rcs) : "with transponder and ADS-B"},
        {"refraction", fmt::format("effective earth, k = {:.4f}", o.k)},
        {"vertical_datum",
         s.geoid.available() ? "mean sea level (EGM96)" : "mean sea level; geoid not available, taken as 0"},
        {"horizontal_datum", "WGS-84"},
        {"software", std::string("asman ") + ASMAN_VERSION}};
    return s;
}

struct LevelLayers {
    coverage::Layer sensors, states, probability, interval, sigma, why;
};

LevelLayers level_layers(const coverage::Joint& joint, double level, const coverage::Target& target) {
    const auto n = joint.grid().size();
    const std::string at = fmt::format("FL{:03.0f}", level);
    LevelLayers l{
        {"sensors_" + at, "1", "sensors that detect with probability 0.5 or more on one look", std::vector<float>(n)},
        {"states_" + at, "1", "owners of these sensors", std::vector<float>(n)},
        {"probability_" + at, "1", "that at least one sensor detects on one look", std::vector<float>(n)},
        {"interval_" + at, "s", "expected between detections", std::vector<float>(n)},
        {"accuracy_" + at, "m", "1 sigma per axis from one round of looks", std::vector<float>(n)},
        {"blind_" + at, "1", "0 seen, 1 range, 2 terrain, 3 cone of silence, 4 no terrain data",
         std::vector<float>(n)}};
    // A flight level as a height in the standard atmosphere: the weather's departure is not known here.
    const double altitude = geo::PressureAltitude::from_flight_level(level).m;
    for (std::size_t i = 0; i < n; ++i) {
        const auto seen = joint.seen(i, altitude, target, {});
        const float nan = std::numeric_limits<float>::quiet_NaN();
        l.sensors.values[i] = seen.sensors, l.states.values[i] = seen.states;
        l.probability.values[i] = static_cast<float>(seen.probability);
        l.interval.values[i] = std::isfinite(seen.interval) ? static_cast<float>(seen.interval) : nan;
        l.sigma.values[i] = std::isfinite(seen.sigma) ? static_cast<float>(seen.sigma) : nan;
        l.why.values[i] = static_cast<float>(seen.why);
    }
    return l;
}

base::Result<void> maps(const Options& o, const Setting& s, const coverage::Joint& joint, std::string& summary) {
    const std::filesystem::path folder(o.out);
    const auto& grid = joint.grid();
    std::vector<geo::Point> marks;
    for (const auto& i : s.instruments) marks.push_back(i.sensor.position->at);
    std::array<coverage::Layer, 3> lowest;
    for (std::size_t k = 0; k < 3; ++k)
        lowest[k] = {fmt::format("lowest_altitude_{}", k + 1), "m above mean sea level",
                     fmt::format("lowest altitude seen by at least {} sensors", k + 1),
                     std::vector<float>(grid.size())};
    for (std::size_t i = 0; i < grid.size(); ++i) {
        const auto v = joint.lowest(i, s.target, {});
        for (std::size_t k = 0; k < 3; ++k) lowest[k].values[i] = v[k];
    }
    std::vector<coverage::Layer> layers(lowest.begin(), lowest.end());
    for (const auto& text : o.levels) {
        ASMAN_TRY(const auto level, numbers(text, 1, "--level"));
        const auto l = level_layers(joint, level[0], s.target);
        double area = 0, twice = 0;
        for (std::size_t i = 0; i < grid.size(); ++i) {
            const double a = grid.area(i / grid.columns);
            if (l.sensors.values[i] >= 1) area += a;
            if (l.sensors.values[i] >= 2) twice += a;
        }
        summary += fmt::format("{}{{\"flight_level\":{},\"area_km2\":{:.0f},\"area_by_2_km2\":{:.0f}}}",
                               summary.empty() ? "" : ",", level[0], area / 1e6, twice / 1e6);
        const auto title = fmt::format("sensors that see FL{:03.0f}", level[0]);
        ASMAN_CHECK(coverage::write_png((folder / fmt::format("sensors_FL{:03.0f}.png", level[0])).string(), grid,
                                        l.sensors, coverage::classes_of(1, 7, 6, ""), title, marks, s.metadata));
        ASMAN_CHECK(coverage::write_contours((folder / fmt::format("sensors_FL{:03.0f}.geojson", level[0])).string(),
                                             grid, l.sensors, {0.5, 1.5, 2.5}, s.metadata));
        for (const auto* x : {&l.sensors, &l.states, &l.probability, &l.interval, &l.sigma, &l.why})
            layers.push_back(*x);
    }
    ASMAN_CHECK(coverage::write_png((folder / "lowest.png").string(), grid, lowest[0],
                                    coverage::classes_of(0, 12000, 8, "m"), "lowest altitude seen", marks, s.metadata));
    ASMAN_CHECK(coverage::write_contours((folder / "lowest.geojson").string(), grid, lowest[0],
                                         {500, 1000, 2000, 4000, 6000, 9000}, s.metadata));
    return coverage::write_geotiff((folder / "coverage.tif").string(), grid, layers, s.metadata);
}

/// "Why is it blind here": every sensor's answer for one place and level.
base::Result<void> explain(const Options& o, const Setting& s) {
    ASMAN_TRY(const auto p, numbers(o.why, 3, "--why"));
    const auto at = geo::Point::degrees(p[0], p[1]);
    const double half = 1e-4;
    ASMAN_TRY(const auto grid, coverage::Grid::over({at.lat - half, at.lon - half},
                                                    {at.lat + half, geo::wrap_pi(at.lon + half)}, 3 * half * 6.371e6));
    ASMAN_TRY(const auto joint,
              coverage::Joint::make(grid, s.terrain, s.geoid, s.instruments, {.threads = o.threads, .k = o.k}));
    const double altitude = geo::PressureAltitude::from_flight_level(p[2]).m;
    fmt::print("{:.4f}, {:.4f} at FL{:03.0f} ({:.0f} m), ground {:.0f} m; terrain: {}\n", p[0], p[1], p[2], altitude,
               joint.ground(0), joint.terrain());
    for (std::size_t i = 0; i < s.instruments.size(); ++i) {
        const auto l = joint.look(i, 0, altitude, s.target);
        const auto distance = geo::distance(at, s.instruments[i].sensor.position->at) / 1000;
        const auto low = joint.footprints()[i].lowest;
        std::string lowest;
        if (!low.empty() && !std::isnan(low[0])) lowest = fmt::format(", lowest visible {:.0f} m", low[0]);
        fmt::print("  {:24} {:6.0f} km  {:8} p {:.2f}{}\n", s.instruments[i].sensor.name, distance,
                   coverage::name(l.why), l.probability, lowest);
    }
    return {};
}

/// The maps against what the simulated radars report.
base::Result<void> calibrate(const Options& o, const Setting& s) {
    const auto [south_west, north_east] = s.scenario.box();
    ASMAN_TRY(const auto terrain, s.terrain.box(south_west, north_east));
    ASMAN_TRY(auto world, simulate::World::make(s.scenario, terrain, s.geoid));
    ASMAN_TRY(const auto c, simulate::calibrate(world, s.geoid, o.calibrate, o.cell_km * 1000));
    ASMAN_CHECK(base::write_file((std::filesystem::path(o.out) / "calibration.svg").string(),
                                 simulate::calibration_svg(c, s.scenario.name + ": predicted against seen")));
    fmt::print("{} looks of radars in {:.0f} s; Brier score {:.4f} (a constant prediction: {:.4f}); terrain: {}\n",
               c.looks, o.calibrate, c.brier, c.brier_constant, c.terrain);
    for (const auto& b : c.bins)
        if (b.looks > 0)
            fmt::print("  predicted {:.2f}  seen {:.2f}  {} looks\n", b.predicted,
                       static_cast<double>(b.detected) / static_cast<double>(b.looks), b.looks);
    return {};
}

base::Result<int> work(const Options& o) {
    const auto begin = std::chrono::steady_clock::now();
    ASMAN_TRY(const auto s, prepare(o));
    std::error_code ec;
    std::filesystem::create_directories(o.out, ec);
    if (!o.why.empty()) {
        ASMAN_CHECK(explain(o, s));
        return Exit::ok;
    }
    if (o.calibrate > 0) {
        ASMAN_CHECK(calibrate(o, s));
        return Exit::ok;
    }
    if (o.cell_km * 1000 < s.terrain.resolution() / 2)
        fmt::print(stderr, "asman: warning: cells of {} km are finer than the terrain ({}); the maps are not\n",
                   o.cell_km, s.terrain.source());
    if (!o.section.empty()) {
        ASMAN_TRY(const auto ends, numbers(o.section, 4, "--section"));
        ASMAN_TRY(
            const auto cut,
            coverage::section(s.terrain, s.geoid, s.instruments, s.target, geo::Point::degrees(ends[0], ends[1]),
                              geo::Point::degrees(ends[2], ends[3]), {.joint = {.threads = o.threads, .k = o.k}}));
        ASMAN_CHECK(base::write_file((std::filesystem::path(o.out) / "section.svg").string(),
                                     coverage::section_svg(cut, s.scenario.name + ": what sensors see along a line")));
    }
    ASMAN_TRY(const auto grid, coverage::Grid::over(s.south_west, s.north_east, o.cell_km * 1000));
    ASMAN_TRY(const auto joint,
              coverage::Joint::make(grid, s.terrain, s.geoid, s.instruments, {.threads = o.threads, .k = o.k}));
    std::string summary;
    ASMAN_CHECK(maps(o, s, joint, summary));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (o.json)
        fmt::print(
            "{{\"scenario\":\"{}\",\"terrain\":\"{}\",\"sensors\":{},\"cells\":{},\"cell_km\":{},\"levels\":[{}]}}\n",
            s.scenario.name, s.terrain.source(), s.instruments.size(), grid.size(), o.cell_km, summary);
    else
        fmt::print(
            "{} sensors, {} cells of {} km, {:.1f} s, over {}\n  {}/coverage.tif, lowest.png, lowest.geojson, "
            "sensors_FL*.png, sensors_FL*.geojson{}\n",
            s.instruments.size(), grid.size(), o.cell_km, seconds, s.terrain.source(), o.out,
            o.section.empty() ? "" : ", section.svg");
    return Exit::ok;
}

int run(const Options& o) {
    const auto done = work(o);
    return done ? *done : report(done.error());
}

}  // namespace

void add_coverage(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<Options>();
    CLI::App* sub = app.add_subcommand("coverage", "Map what a scenario's sensors see together, over terrain");
    sub->add_option("scenario", o->scenario, "the scenario (docs/scenario.md)")->required();
    sub->add_option("--out", o->out, "folder for the products")->capture_default_str();
    sub->add_option("--state", o->states, "only sensors of these owners (KGZ)");
    sub->add_option("--sensor", o->sensors, "only these sensors (KGZ/Manas)");
    sub->add_option("--level", o->levels, "flight levels to map")->capture_default_str();
    sub->add_option("--target", o->target, "airliner (transponder, ADS-B) or intruder (neither)")
        ->capture_default_str()
        ->check(CLI::IsMember({"airliner", "intruder"}));
    sub->add_option("--rcs", o->rcs, "of the intruder, m2")->capture_default_str()->check(CLI::PositiveNumber);
    sub->add_option("--cell", o->cell_km, "km")->capture_default_str()->check(CLI::PositiveNumber);
    sub->add_option("--box", o->box, "south,west,north,east in degrees; all that the sensors reach unless given");
    sub->add_option("--section", o->section, "lat,lon,lat,lon: a vertical cut as section.svg");
    sub->add_option("--why", o->why, "lat,lon,level: each sensor's answer for one place, and why it is blind there");
    sub->add_option("--calibrate", o->calibrate,
                    "seconds: run the scenario, compare the prediction with what its radars report; calibration.svg")
        ->check(CLI::PositiveNumber);
    sub->add_option("--terrain", o->terrain, "a raster in place of the scenario's terrain");
    sub->add_option("--k", o->k, "effective-earth factor")->capture_default_str()->check(CLI::PositiveNumber);
    sub->add_option("--threads", o->threads)->capture_default_str()->check(CLI::Range(1, 64));
    sub->add_flag("--json", o->json, "print the summary as JSON");
    sub->footer(
        "Examples:\n"
        "  asman coverage data/scenarios/central-asia.toml --state KGZ --level 50 --level 100 --box 39,69,44,81 --out "
        "maps\n"
        "  asman coverage data/scenarios/central-asia.toml --section 36.7,68.9,43.1,74.5 --target intruder --out maps\n"
        "  asman coverage data/scenarios/central-asia.toml --why 41.4,76.0,100");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
