// asman coverage: what a scenario's sensors see, as maps and sections.
#include "commands.hpp"
#include "coverage_maps.hpp"
#include "places.hpp"
#include "ranges.hpp"
#include "recording.hpp"
#include "scenery.hpp"

#include <asman/simulate/calibration.hpp>
#include <asman/simulate/instruments.hpp>
#include <asman/simulate/recorded.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <memory>

namespace asman::cli {
namespace {

struct CoverageOptions {
    std::string scenario, out = ".", terrain, box, section, target = "airliner", why, borders = borders_file();
    std::vector<std::string> states, sensors, recorded;
    std::vector<double> levels{100};
    double cell_km = 5, rcs = 3, k = 0, gradient = 0, refractivity = 0, fresnel = 0, wavelength = 0.29, sweep_cell = 0,
           calibrate = 0;
    unsigned threads = 2;
    bool json = false, no_bounds = false, view = false;
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
    // Latitude first, then longitude, of one place or two.
    for (std::size_t i = 0; i + 1 < wanted; i += 2)
        if (!(std::abs(out[i]) <= 90 && std::abs(out[i + 1]) <= 180))
            return base::fail(base::Errc::bad_value, {.source = std::string(option) + " " + text},
                              "latitudes lie between -90 and 90 degrees, longitudes between -180 and 180");
    return out;
}

/// The effective earth, from whichever way it was told.
base::Result<double> effective_earth(const CoverageOptions& o) {
    if ((o.k > 0) + (o.gradient != 0) + (o.refractivity > 0) > 1)
        return base::fail(base::Errc::conflict, "--k, --gradient and --refractivity are three ways to say one thing");
    if (o.k > 0) return o.k;
    const double gradient = o.refractivity > 0 ? coverage::gradient_of_refractivity(o.refractivity) : o.gradient;
    const double k = gradient != 0 ? coverage::k_of_gradient(gradient) : coverage::standard_k;
    if (!(k > 0 && k < 100))
        return base::fail(
            base::Errc::bad_value,
            fmt::format("a gradient of {} N-units a km traps rays: there is no effective earth", gradient));
    return k;
}

coverage::Metadata metadata_of(const CoverageOptions& o, const CoverageSetting& s) {
    coverage::Metadata m{
        {"terrain", s.terrain.source()},
        {"scenario", s.scenario.name + ": " + s.scenario.note},
        {"target", o.target == "intruder" ? fmt::format("an aircraft without transponder of {:g} m2", o.rcs)
                                          : "an aircraft with transponder and ADS-B"},
        {"refraction", fmt::format("effective earth, k = {:.4f}", s.joint.k)},
        {"vertical_datum",
         s.geoid.available() ? "mean sea level (EGM96)" : "mean sea level; geoid not available, taken as 0"},
        {"horizontal_datum", "WGS-84"},
        {"software", std::string("asman ") + ASMAN_VERSION}};
    if (o.fresnel > 0)
        m["diffraction_margin"] = fmt::format("{:g} of the first Fresnel zone at {:g} m", o.fresnel, o.wavelength);
    return m;
}

/// Places that the options name: the corners of --box first, the ends of --section, the place of --why.
base::Result<std::vector<geo::Point>> places_of(const CoverageOptions& o) {
    std::vector<geo::Point> out;
    const auto take = [&](const std::string& text, std::size_t wanted, const char* option) -> base::Result<void> {
        if (text.empty()) return {};
        ASMAN_TRY(const auto n, numbers(text, wanted, option));
        for (std::size_t i = 0; i + 1 < wanted; i += 2) out.push_back(geo::Point::degrees(n[i], n[i + 1]));
        return {};
    };
    ASMAN_CHECK(take(o.box, 4, "--box"));
    ASMAN_CHECK(take(o.section, 4, "--section"));
    ASMAN_CHECK(take(o.why, 3, "--why"));
    return out;
}

/// The box of terrain: as far as the sensors reach, and the places that were asked for. A scenario that is run needs
/// that of its traffic too.
std::pair<geo::Point, geo::Point> reach_of(const CoverageOptions& o, simulate::Scenario scenario,
                                           const std::vector<geo::Point>& asked) {
    if (o.calibrate <= 0) scenario.airports.clear(), scenario.flights.clear(), scenario.intruders.clear();
    // As if a small sensor stood at each.
    for (const auto& p : asked) {
        simulate::SensorSpec there;
        there.at = p, there.sensor.max_range = 1e3;
        scenario.sensors.push_back(there);
    }
    return scenario.box();
}

base::Result<CoverageSetting> prepare(const CoverageOptions& o) {
    CoverageSetting s;
    ASMAN_TRY(s.scenario, simulate::Scenario::load(o.scenario));
    if (!o.terrain.empty()) s.scenario.terrain = o.terrain;
    // Terrain and maps as far as the chosen sensors reach.
    std::erase_if(s.scenario.sensors, [&](const simulate::SensorSpec& i) {
        const bool state = o.states.empty() || std::ranges::find(o.states, i.sensor.owner.text()) != o.states.end();
        const bool named = o.sensors.empty() || std::ranges::find(o.sensors, i.sensor.name) != o.sensors.end();
        return !state || !named;
    });
    if (s.scenario.sensors.empty())
        return base::fail(base::Errc::unknown_name, {.source = o.scenario},
                          "no sensor of the scenario is chosen by --state and --sensor");
    ASMAN_TRY(const auto asked, places_of(o));
    const auto [sw, ne] = reach_of(o, s.scenario, asked);
    s.south_west = sw, s.north_east = ne;
    s.geoid = geo::Geoid::open();
    ASMAN_TRY(s.terrain, open_terrain(s.scenario.terrain, sw, ne));
    ASMAN_TRY(s.instruments, simulate::instruments(s.scenario, s.terrain, s.geoid));
    if (o.target == "intruder") s.target = {.transponder = false, .ads_b = false, .rcs = o.rcs};
    if (!o.box.empty()) s.south_west = asked[0], s.north_east = asked[1];
    s.joint.threads = o.threads;
    ASMAN_TRY(s.joint.k, effective_earth(o));
    s.joint.clearance = coverage::fresnel_clearance(o.fresnel, o.wavelength);
    s.joint.sweep_cell = o.sweep_cell;
    // Fine terrain is hardly off by what its cells hold; coarse terrain is, and says so.
    s.joint.bounds = !o.no_bounds && s.terrain.resolution() > 500;
    if (auto borders = geo::Borders::load(o.borders)) s.borders = std::move(*borders);
    s.metadata = metadata_of(o, s);
    return s;
}

/// "Why is it blind here": every sensor's answer for one place and level.
base::Result<void> explain(const CoverageOptions& o, const CoverageSetting& s) {
    ASMAN_TRY(const auto p, numbers(o.why, 3, "--why"));
    const auto at = geo::Point::degrees(p[0], p[1]);
    const double altitude = geo::PressureAltitude::from_flight_level(p[2]).m, undulation = s.geoid.undulation(at);
    const double near = 2 * std::max(s.terrain.resolution(), 1.0) / 6.37e6,
                 wide = near / std::max(0.01, std::cos(at.lat));
    const auto here =
        s.terrain.box({at.lat - near, geo::wrap_pi(at.lon - wide)}, {at.lat + near, geo::wrap_pi(at.lon + wide)});
    const double ground = here ? here->elevation_or(at, std::nan("")) : std::nan("");
    const bool known = !std::isnan(ground);
    nlohmann::json out{{"lat", p[0]},
                       {"lon", p[1]},
                       {"flight_level", p[2]},
                       {"altitude_m", altitude},
                       {"terrain", s.terrain.source()}};
    if (known) out["ground_m"] = ground;
    if (!o.json)
        fmt::print("{:.4f}, {:.4f} at FL{:03.0f} ({:.0f} m), {}; terrain: {}\n", p[0], p[1], p[2], altitude,
                   known ? fmt::format("ground {:.0f} m", ground) : "no terrain data", s.terrain.source());
    for (const auto& i : s.instruments) {
        const double distance = geo::distance(at, i.sensor.position->at);
        coverage::Joint::Look look;
        std::string lowest;
        nlohmann::json j{{"sensor", i.sensor.name}, {"distance_km", std::round(distance / 100) / 10}};
        if (distance < i.sensor.max_range + 10e3) {
            ASMAN_TRY(const auto view, coverage::SensorView::make(s.terrain, s.geoid, i, s.joint));
            const double low = view.lowest_visible({at, {(known ? ground : 0) + undulation}});
            look = view.look({at, {altitude + undulation}}, low, s.target);
            if (!std::isnan(low)) {
                lowest = fmt::format(", lowest visible {:.0f} m", low - undulation);
                j["lowest_visible_m"] = std::round(low - undulation);
            }
        }
        j["why"] = coverage::name(look.why), j["probability"] = std::round(look.probability * 1000) / 1000;
        out["sensors"].push_back(std::move(j));
        if (!o.json)
            fmt::print("  {:24} {:6.0f} km  {:8} p {:.2f}{}\n", i.sensor.name, distance / 1000,
                       coverage::name(look.why), look.probability, lowest);
    }
    if (o.json) fmt::print("{}\n", out.dump(1));
    return {};
}

/// The maps against what the simulated radars report.
void print_bins(const simulate::Calibration& c) {
    for (const auto& b : c.bins)
        if (b.looks > 0)
            fmt::print("  predicted {:.2f}  seen {:.2f}  {} looks\n", b.predicted,
                       static_cast<double>(b.detected) / static_cast<double>(b.looks), b.looks);
}

base::Result<void> calibrate(const CoverageOptions& o, const CoverageSetting& s) {
    const auto [south_west, north_east] = s.scenario.box();
    ASMAN_TRY(const auto terrain, s.terrain.box(south_west, north_east));
    ASMAN_TRY(auto world, simulate::World::make(s.scenario, terrain, s.geoid));
    ASMAN_TRY(const auto c, simulate::calibrate(world, s.geoid, o.calibrate, o.cell_km * 1000));
    ASMAN_CHECK(base::write_file((std::filesystem::path(o.out) / "calibration.svg").string(),
                                 simulate::calibration_svg(c, s.scenario.name + ": predicted against seen")));
    fmt::print("{} looks of radars in {:.0f} s; Brier score {:.4f} (a constant prediction: {:.4f}); terrain: {}\n",
               c.looks, o.calibrate, c.brier, c.brier_constant, c.terrain);
    print_bins(c);
    return {};
}

/// Predictions against a recording: of each radar, and all together.
base::Result<void> calibrate_recorded(const CoverageOptions& o, const CoverageSetting& s) {
    simulate::RecordedPlots recorded;
    for (const auto& path : o.recorded) {
        ASMAN_TRY(auto recording, open_recording(path, {}));
        while (const auto* frame = recording.next()) recorded.add(frame->payload, recording.editions_of(*frame));
        report_frames(path, recording.frames.counters());
    }
    ASMAN_TRY(const auto r,
              simulate::calibrate_recorded(recorded, s.scenario, s.terrain, s.geoid, {.cell = o.cell_km * 1000}));
    const auto& c = r.calibration;
    ASMAN_CHECK(base::write_file((std::filesystem::path(o.out) / "calibration.svg").string(),
                                 simulate::calibration_svg(c, s.scenario.name + ": predicted against recorded")));
    fmt::print(
        "{} plots of aircraft{} ({} records without address, position or flight level; {} of no aircraft); {} looks; "
        "Brier "
        "score {:.4f} (a constant prediction: {:.4f}); terrain: {}\n",
        recorded.plots.size(), recorded.simulated > 0 ? fmt::format(", {} of them simulated", recorded.simulated) : "",
        recorded.incomplete, recorded.not_aircraft, c.looks, c.brier, c.brier_constant, c.terrain);
    for (const auto& x : r.sensors)
        fmt::print(
            "  {}: turns of {:.2f} s, {} aircraft, {} looks; predicted {:.3f}, seen {:.3f}; {} seen where it should be "
            "blind\n",
            x.name, x.period, x.aircraft, x.looks, x.predicted,
            x.looks > 0 ? static_cast<double>(x.detected) / static_cast<double>(x.looks) : 0.0, x.seen_where_blind);
    print_bins(c);
    for (const auto& u : r.unknown)
        fmt::print(stderr, "asman: warning: plots of {} are left out: no radar of the scenario has this SAC/SIC\n", u);
    if (r.gaps > 0) fmt::print(stderr, "asman: {} stretches without any report for a minute are left out\n", r.gaps);
    return {};
}

base::Result<void> cut(const CoverageOptions& o, const CoverageSetting& s) {
    ASMAN_TRY(const auto ends, numbers(o.section, 4, "--section"));
    ASMAN_TRY(const auto section,
              coverage::section(s.terrain, s.geoid, s.instruments, s.target, geo::Point::degrees(ends[0], ends[1]),
                                geo::Point::degrees(ends[2], ends[3]), {.joint = s.joint}));
    ASMAN_CHECK(base::write_file(
        (std::filesystem::path(o.out) / "section.svg").string(),
        coverage::section_svg(section, s.scenario.name + ": where " + s.metadata.at("target") + " is seen")));
    fmt::print("section.svg: {:.0f} km, seen by {} of {} sensors; terrain: {}\n", section.distance.back() / 1000,
               section.seeing.size(), s.instruments.size(), s.terrain.source());
    return {};
}

/// Each chosen sensor by itself, as fine as its sweep.
base::Result<void> write_views(const CoverageOptions& o, const CoverageSetting& s) {
    for (const auto& i : s.instruments) {
        coverage::ViewshedOptions options;
        options.range = i.sensor.max_range;
        options.cell = o.sweep_cell > 0 ? o.sweep_cell : coverage::usual_sweep_cell(s.terrain.resolution());
        options.k = s.joint.k;
        options.sweep.threads = o.threads;
        options.sweep.clearance = s.joint.clearance;
        if (i.min_elevation > -89 * geo::deg) options.sweep.lowest_elevation = i.min_elevation;
        auto view = coverage::viewshed(s.terrain, s.geoid, *i.sensor.position, options);
        if (!view) {
            view.error().place.item = "sensor '" + i.sensor.name + "'";
            return std::unexpected(view.error());
        }
        std::string file = "view_" + i.sensor.name + ".tif";
        std::ranges::replace(file, '/', '_');
        auto metadata = s.metadata;
        metadata["sensor"] = i.sensor.name;
        ASMAN_CHECK(coverage::write_view((std::filesystem::path(o.out) / file).string(), *view, metadata));
        fmt::print("{}: {} x {} cells of {:.0f} m, {:.1f} % without terrain data\n", file, view->side(), view->side(),
                   view->cell, view->missing * 100);
    }
    return {};
}

base::Result<void> map(const CoverageOptions& o, CoverageSetting& s) {
    const auto begin = std::chrono::steady_clock::now();
    const double cell = o.cell_km * 1000;
    if (cell < s.terrain.resolution() / 2)
        fmt::print(stderr, "asman: warning: cells of {} km are finer than the terrain ({}); the maps are not\n",
                   o.cell_km, s.terrain.source());
    ASMAN_TRY(const auto grid, coverage::Grid::over(s.south_west, s.north_east, cell));
    ASMAN_TRY(const auto joint, coverage::Joint::make(grid, s.terrain, s.geoid, s.instruments, s.joint));
    double sweep = 0, sea = 0;
    for (const auto& f : joint.footprints()) sweep = std::max(sweep, f.sweep_cell), sea = std::max(sea, f.assumed_sea);
    s.metadata["terrain_swept_every"] = fmt::format("{:.0f} m", sweep);
    if (sea > 0.0005) {
        s.metadata["without_terrain_data"] = fmt::format("up to {:.1f} % round a sensor, taken as sea", sea * 100);
        fmt::print(stderr, "asman: warning: up to {:.1f} % of what lies round a sensor has no terrain data\n",
                   sea * 100);
    }
    ASMAN_TRY(const auto levels, write_maps(s, joint, o.levels, o.out));
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (o.json)
        fmt::print("{}\n", nlohmann::json{{"scenario", s.scenario.name},
                                          {"terrain", s.terrain.source()},
                                          {"sensors", s.instruments.size()},
                                          {"cells", grid.size()},
                                          {"cell_km", o.cell_km},
                                          {"levels", levels},
                                          {"metadata", s.metadata}}
                               .dump(1));
    else
        fmt::print(
            "{} sensors, {} cells of {} km, {:.1f} s, over {}\n  in {}: coverage.tif, lowest.png, lowest.geojson, "
            "sensors_FL*.png, sensors_FL*.geojson, blind_FL*.png{}\n",
            s.instruments.size(), grid.size(), o.cell_km, seconds, s.terrain.source(), o.out,
            o.section.empty() ? "" : ", section.svg");
    return {};
}

base::Result<void> work(const CoverageOptions& o) {
    ASMAN_TRY(auto s, prepare(o));
    std::error_code ec;
    std::filesystem::create_directories(o.out, ec);
    if (!o.why.empty()) return explain(o, s);
    if (o.calibrate > 0) return calibrate(o, s);
    if (!o.recorded.empty()) return calibrate_recorded(o, s);
    if (o.view) return write_views(o, s);
    if (!o.section.empty()) return cut(o, s);
    return map(o, s);
}

int run(const CoverageOptions& o) {
    const auto done = work(o);
    return done ? static_cast<int>(Exit::ok) : report(done.error());
}

void add_physics(CLI::App& sub, CoverageOptions& o) {
    sub.add_option("--target", o.target, "airliner (transponder, ADS-B) or intruder (neither)")
        ->capture_default_str()
        ->check(CLI::IsMember({"airliner", "intruder"}));
    sub.add_option("--rcs", o.rcs, "of the intruder, m2")->capture_default_str()->check(within(1e-4, 1e5));
    sub.add_option("--k", o.k, "effective-earth factor; 4/3 unless given")->check(within(0.1, 100));
    sub.add_option("--gradient", o.gradient, "or the gradient of refractivity near the ground, N-units a km (-39)")
        ->check(within(-1000, 1000));
    sub.add_option("--refractivity", o.refractivity, "or the refractivity at the ground, N-units (315)")
        ->check(within(200, 500));
    sub.add_option("--fresnel", o.fresnel,
                   "diffraction margin: rays clear terrain by this part of the first Fresnel zone")
        ->check(within(0, 3));
    sub.add_option("--wavelength", o.wavelength, "m, for --fresnel: 0.29 replies and ADS-B, 0.23 L band, 0.10 S band")
        ->capture_default_str()
        ->check(within(0.001, 10));
}

}  // namespace

void add_coverage(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<CoverageOptions>();
    CLI::App* sub = app.add_subcommand("coverage", "Map what a scenario's sensors see together, over terrain");
    sub->add_option("scenario", o->scenario, "the scenario (docs/scenario.md)")->required();
    sub->add_option("--out", o->out, "folder for the products")->capture_default_str();
    sub->add_option("--state", o->states, "only sensors of these owners (KGZ)");
    sub->add_option("--sensor", o->sensors, "only these sensors (KGZ/Manas)");
    sub->add_option("--level", o->levels, "flight levels to map")->capture_default_str()->check(flight_level());
    add_physics(*sub, *o);
    sub->add_option("--cell", o->cell_km, "km")->capture_default_str()->check(within(0.01, 500));
    sub->add_option("--box", o->box, "south,west,north,east in degrees; all that the sensors reach unless given");
    sub->add_option("--section", o->section, "lat,lon,lat,lon: a vertical cut as section.svg, and no maps");
    sub->add_option("--why", o->why, "lat,lon,level: each sensor's answer for one place, and why it is blind there");
    sub->add_flag(
        "--view", o->view,
        "each chosen sensor by itself as view_NAME.tif: lowest visible height above ground, as fine as --sweep-cell");
    sub->add_option("--calibrate", o->calibrate,
                    "seconds: run the scenario, compare the prediction with what its radars report; calibration.svg")
        ->check(within(1, 86400));
    sub->add_option("--recorded", o->recorded,
                    "ASTERIX recordings with category 048: compare the prediction with what the scenario's radars (by "
                    "SAC/SIC) reported there; calibration.svg");
    sub->add_option("--terrain", o->terrain, "a raster, or a folder of tiles, in place of the scenario's terrain");
    sub->add_option("--sweep-cell", o->sweep_cell,
                    "metres on which terrain is swept round each sensor; the terrain's own, "
                    "90 at least for maps, unless given")
        ->check(within(1, 20000));
    sub->add_flag("--no-bounds", o->no_bounds, "leave out what terrain coarser than 500 m may be off by");
    sub->add_option("--borders", o->borders, "drawn on pictures")->capture_default_str();
    sub->add_option("--threads", o->threads)->capture_default_str()->check(CLI::Range(1, 64));
    sub->add_flag("--json", o->json, "print the summary as JSON");
    sub->footer(
        "Examples:\n"
        "  asman coverage data/scenarios/central-asia.toml --state KGZ --level 50 --level 100 --box 39,69,44,81 --out "
        "maps\n"
        "  asman coverage data/scenarios/central-asia.toml --section 36.7,68.9,43.1,74.5 --target intruder --out maps\n"
        "  asman coverage data/scenarios/central-asia.toml --why 41.4,76.0,100\n"
        "  asman coverage data/scenarios/central-asia.toml --sensor KGZ/Osh --view --terrain tiles/ --sweep-cell 30");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
