// asman demo: the demonstration of six states' nodes with the web display, or a recording of one's own.
#include "commands.hpp"
#include "places.hpp"
#include "recording.hpp"
#include "running.hpp"
#include "scenery.hpp"

#include <asman/accord/timeline.hpp>
#include <asman/node/playback.hpp>
#include <asman/simulate/instruments.hpp>
#include <asman/study/demonstration.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <memory>

namespace asman::cli {
namespace {

/// The flight level at which the display draws what sensors see.
constexpr double shown_level = 100;

struct DemoOptions {
    std::string scenario = shared_data("scenarios/central-asia.toml");
    std::string accords = shared_data("accords");
    std::string borders = borders_file();
    std::string site = site_folder();
    std::string terrain, law_date, json, input, date, record, audit, as, siting, speed = "10";
    std::vector<std::string> sensors, editions, without;
    double length = 0;
    std::int64_t seed = -1;
    unsigned threads = 2;
    std::uint16_t port = 8080;
    bool headless = false;
};

base::Result<std::unique_ptr<node::Show>> open_playback(const DemoOptions& o) {
    node::PlaybackOptions p;
    p.file = o.input;
    p.borders = o.borders;
    p.record = o.record;
    if (!o.date.empty()) {
        ASMAN_TRY(const auto day, base::parse_time(o.date));
        p.date = base::date_of(day);
    }
    for (const auto& text : o.sensors) {
        ASMAN_TRY(auto sensor, node::parse_sensor_option(text));
        p.sensors.push_back(std::move(sensor));
    }
    p.editions = guess_editions(o.input);  // unless told
    for (const auto& text : o.editions) {
        const auto at = text.find('=');
        if (at == std::string::npos)
            return base::fail(base::Errc::bad_value, {.source = "--edition " + text},
                              "CATEGORY=EDITION is expected, as in 062=1.19");
        p.editions[text.substr(0, at)] = text.substr(at + 1);
    }
    ASMAN_TRY(auto show, node::Playback::make(std::move(p)));
    return std::unique_ptr<node::Show>(std::move(show));
}

/// What the display's maps of coverage and its sections are made of.
base::Result<std::shared_ptr<DeskSetting>> desk_setting(const DemoOptions& o, const study::Demonstration& show,
                                                        const geo::Borders& borders, accord::Law law) {
    auto out = std::make_shared<DeskSetting>();
    out->terrain = show.world().terrain();
    out->geoid = geo::Geoid::open();
    out->borders = borders;
    ASMAN_TRY(out->instruments, simulate::instruments(show.world().scenario(), out->terrain, out->geoid));
    out->law = std::move(law);
    out->states = show.states();
    if (!o.siting.empty()) {
        ASMAN_TRY(out->siting, base::read_file(o.siting));
        if (const auto j = nlohmann::json::parse(out->siting, nullptr, false); j.is_discarded() || !j.is_object())
            return base::fail(base::Errc::syntax, {.source = o.siting}, "not what 'asman site --out' writes");
    }
    return out;
}

base::Result<std::unique_ptr<node::Show>> open_demonstration(const DemoOptions& o, DisplayOptions& display) {
    study::DemonstrationOptions d;
    d.scenario = o.scenario;
    d.accords = o.accords;
    d.borders = o.borders;
    d.terrain = o.terrain;
    d.record = o.record;
    d.audit = o.audit;
    d.without = o.without;
    d.threads = o.threads;
    if (o.length > 0) d.length = base::seconds(o.length);
    if (o.seed >= 0) d.seed = static_cast<std::uint64_t>(o.seed);
    if (!o.law_date.empty()) {
        ASMAN_TRY(d.law_date, base::parse_time(o.law_date));
    }
    ASMAN_TRY(auto show, study::Demonstration::make(std::move(d)));
    if (!o.headless) {
        display.cover = cover_of(show->sensors(), show->world().terrain(), geo::Geoid::open(), shown_level);
        ASMAN_TRY(const auto borders_text, base::read_file(o.borders));
        ASMAN_TRY(const auto borders, geo::Borders::parse(borders_text, o.borders));
        ASMAN_TRY(const auto files, accord::read_folder(o.accords));
        accord::Options law_options;
        law_options.borders = &borders;
        auto law = accord::Law::load(files, law_options);
        for (const auto& name : o.without) {
            ASMAN_TRY(law, law.without(name));
        }
        display.law_changes = law_changes(law);
        display.timeline = accord::timeline_svg(law);
        ASMAN_TRY(display.desk, desk_setting(o, *show, borders, std::move(law)));
    }
    return std::unique_ptr<node::Show>(std::move(show));
}

base::Result<void> run(const DemoOptions& o) {
    ASMAN_TRY(const double speed, parse_speed(o.speed));
    if (!o.record.empty()) {
        std::error_code error;
        std::filesystem::create_directories(o.record, error);
        if (error) return base::fail(base::Errc::io, {.source = o.record}, error.message());
    }
    std::unique_ptr<node::Show> show;
    DisplayOptions display{o.port, o.site, o.as};
    if (o.input.empty()) {
        ASMAN_TRY(show, open_demonstration(o, display));
    } else {
        ASMAN_TRY(show, open_playback(o));
    }
    stop_on_signal();
    if (o.headless) {
        ASMAN_CHECK(run_headless(*show, speed));
    } else {
        ASMAN_CHECK(run_with_display(*show, speed, display));
    }
    return finish(*show, o.json);
}

}  // namespace

void add_demo(CLI::App& app, Outcome& outcome) {
    auto* sub =
        app.add_subcommand("demo", "six states' nodes over one simulated sky, or a recording, with the web display");
    auto o = std::make_shared<DemoOptions>();
    sub->add_option("--scenario", o->scenario, "scenario file");
    sub->add_option("--accords", o->accords, "folder of accords");
    sub->add_option("--borders", o->borders, "borders, GeoJSON");
    sub->add_option("--terrain", o->terrain,
                    "terrain raster in place of the scenario's (GeoTIFF or any that GDAL reads)");
    sub->add_option("--law-date", o->law_date, "evaluate the accords as of this day or instant (2023-11-02)");
    sub->add_option("--without", o->without, "what if a clause were not there: ACCORD/CLAUSE; may be repeated");
    sub->add_option("--for", o->length, "seconds of data time")->check(CLI::PositiveNumber);
    sub->add_option("--speed", o->speed, "data seconds per second, or max");
    sub->add_option("--seed", o->seed, "seed in place of the scenario's")->check(CLI::NonNegativeNumber);
    sub->add_option("--threads", o->threads, "nodes stepped at once; results are the same")->check(CLI::Range(1u, 64u));
    sub->add_option("--record", o->record, "folder for the input logs, one a state");
    sub->add_option("--audit", o->audit, "folder for the audit chains, a folder a state (asman audit reads them)");
    sub->add_option("--json", o->json, "write a summary at the end (- for standard output)");
    sub->add_flag("--headless", o->headless, "no web display");
    sub->add_option("--port", o->port, "port of the display on localhost (0: any free one)");
    sub->add_option("--as", o->as, "as which state a new display looks first (KGZ)");
    sub->add_option("--site", o->site, "folder of the built display");
    sub->add_option("--siting", o->siting, "show this result of 'asman site --out' on the map");
    sub->add_option("--input", o->input,
                    "show this recording (ASTERIX: pcap, raw, .ff, ...) in place of the simulation");
    sub->add_option("--sensor", o->sensors, "with --input: SAC/SIC=LAT,LON,HEIGHT (degrees, metres); may be repeated");
    sub->add_option("--date", o->date, "with --input: the day on which the recording begins");
    sub->add_option("--edition", o->editions, "with --input: CATEGORY=EDITION; may be repeated");
    sub->footer(
        "Examples:\n"
        "  asman demo                                              then look at http://localhost:8080\n"
        "  asman demo --headless --for 1200 --speed max --law-date 2023-11-01 --json before.json\n"
        "  asman demo --input recording.pcap --sensor 44/2=43.9,18.6,1670 --date 2014-05-01");
    sub->callback([o, &outcome] {
        if (auto done = run(*o); !done) outcome.code = report(done.error());
    });
}

}  // namespace asman::cli
