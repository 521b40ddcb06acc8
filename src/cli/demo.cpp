// asman demo: the demonstration of six states' nodes with the web display, or a recording of one's own.
#include "commands.hpp"
#include "display.hpp"

#include <asman/node/playback.hpp>
#include <asman/study/demonstration.hpp>

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <memory>
#include <thread>

namespace asman::cli {
namespace {

using Clock = std::chrono::steady_clock;

std::atomic<bool> stop_asked{false};
extern "C" void ask_stop(int) {
    stop_asked = true;
}

struct Options {
    std::string scenario = ASMAN_SHARE_DIR "/scenarios/central-asia.toml";
    std::string accords = ASMAN_SHARE_DIR "/accords";
    std::string borders = ASMAN_DATA_DIR "/borders.geojson";
    std::string site = ASMAN_WEB_DIR;
    std::string terrain, law_date, json, input, date, record, speed = "10";
    std::vector<std::string> sensors, editions, without;
    double length = 0;
    std::int64_t seed = -1;
    unsigned threads = 2;
    std::uint16_t port = 8080;
    bool headless = false;
};

base::Result<double> parse_speed(const std::string& text) {
    if (text == "max") return 0.0;
    char* end = nullptr;
    const double v = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || *end != 0 || !(v > 0) || v > 10000)
        return base::fail(base::Errc::bad_value, {.source = "--speed " + text},
                          "a number above 0 (data seconds per second) or 'max' is expected");
    return v;
}

base::Result<std::unique_ptr<node::Show>> open_playback(const Options& o) {
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

base::Result<std::unique_ptr<node::Show>> open_demonstration(const Options& o) {
    study::DemonstrationOptions d;
    d.scenario = o.scenario;
    d.accords = o.accords;
    d.borders = o.borders;
    d.terrain = o.terrain;
    d.record = o.record;
    d.without = o.without;
    d.threads = o.threads;
    if (o.length > 0) d.length = base::seconds(o.length);
    if (o.seed >= 0) d.seed = static_cast<std::uint64_t>(o.seed);
    if (!o.law_date.empty()) {
        ASMAN_TRY(d.law_date, base::parse_time(o.law_date));
    }
    ASMAN_TRY(auto show, study::Demonstration::make(std::move(d)));
    return std::unique_ptr<node::Show>(std::move(show));
}

void print_events(node::Show& show) {
    for (std::size_t i = 0; i < show.states().size(); ++i)
        for (const auto& event : show.federation().take_events(i))
            fmt::print(stderr, "{} {} {}: {}\n", base::format_time(event.time), show.states()[i].text(), event.kind,
                       event.text);
}

base::Result<void> run_headless(node::Show& show, double speed) {
    Progress bar("running");
    const auto began = Clock::now();
    for (;;) {
        ASMAN_TRY(const bool more, show.tick());
        print_events(show);
        if (!more || stop_asked) return {};
        const double data = (show.now() - show.start()).seconds();
        bar.at(data / std::max(1e-9, (show.end() - show.start()).seconds()), base::format_time(show.now()));
        if (speed > 0) std::this_thread::sleep_until(began + std::chrono::duration<double>(data / speed));
    }
}

/// The status of all states: redrawn in place on a terminal, else a block a minute.
class StatusPrinter {
  public:
    void print(const std::vector<serve::StateLine>& lines, base::Time now, base::Time law, const Pace& pace) {
        const bool terminal = on_terminal();
        const auto t = Clock::now();
        if (drawn_ && t - last_ < (terminal ? std::chrono::seconds(1) : std::chrono::seconds(60))) return;
        last_ = t;
        if (drawn_ && terminal) fmt::print("\033[{}A", lines.size() + 1);
        fmt::print("{}{}  law of {}  {}{}\n", terminal ? "\033[K" : "", base::format_time(now),
                   base::format_time(law).substr(0, 10),
                   pace.paused      ? "paused"
                   : pace.speed > 0 ? fmt::format("speed {:g}", pace.speed)
                                    : "speed max",
                   terminal ? "" : ":");
        for (const auto& line : lines) fmt::print("{}{}\n", terminal ? "\033[K" : "  ", status_line(line));
        std::fflush(stdout);
        drawn_ = true;
    }

  private:
    Clock::time_point last_;
    bool drawn_ = false;
};

struct Handler {
    node::Show& show;
    serve::Server& server;
    Display& display;
    Pace& pace;
    serve::ClientId client;

    base::Result<void> operator()(const serve::SetLawDate& c) const {
        return show.set_law_time(base::start_of(c.date));
    }
    base::Result<void> operator()(const serve::SetPaused& c) const {
        pace.paused = c.paused;
        return {};
    }
    base::Result<void> operator()(const serve::SetSpeed& c) const {
        pace.speed = c.speed;
        return {};
    }
    base::Result<void> operator()(const serve::Explain& c) const {
        server.answer(client, std::make_shared<const std::string>(display.explain(c)));
        return {};
    }
};

/// Runs until Ctrl-C: at the end of the data the last picture stays.
base::Result<void> run_with_display(node::Show& show, serve::Server& server, double speed) {
    Display display(show, server);
    display.publish_scenes();
    StatusPrinter status;
    Pace pace{speed, false};
    bool more = true;
    auto anchor = Clock::now();
    auto anchor_data = show.now();
    while (!stop_asked) {
        const Pace before = pace;
        bool moved = false;
        while (auto command = server.poll()) {
            ASMAN_CHECK(std::visit(Handler{show, server, display, pace, command->client}, command->what));
            moved = true;
        }
        if (moved || before.speed != pace.speed || before.paused != pace.paused || pace.paused || !more) {
            anchor = Clock::now();
            anchor_data = show.now();
        }
        if (pace.paused || !more) {
            if (moved) display.publish_now(pace);
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        } else {
            ASMAN_TRY(more, show.tick());
            print_events(show);
            display.publish(pace);
            if (!more) pace.paused = true;
            if (pace.speed > 0)
                std::this_thread::sleep_until(
                    anchor + std::chrono::duration<double>((show.now() - anchor_data).seconds() / pace.speed));
        }
        status.print(display.lines(), show.now(), show.federation().engine(0).law_time(), pace);
    }
    return {};
}

base::Result<void> run(const Options& o) {
    ASMAN_TRY(const double speed, parse_speed(o.speed));
    if (!o.record.empty()) {
        std::error_code error;
        std::filesystem::create_directories(o.record, error);
        if (error) return base::fail(base::Errc::io, {.source = o.record}, error.message());
    }
    std::unique_ptr<node::Show> show;
    if (o.input.empty()) {
        ASMAN_TRY(show, open_demonstration(o));
    } else {
        ASMAN_TRY(show, open_playback(o));
    }
    std::signal(SIGINT, ask_stop);
    std::signal(SIGTERM, ask_stop);
    if (o.headless) {
        ASMAN_CHECK(run_headless(*show, speed));
    } else {
        serve::ServerOptions so;
        so.port = o.port;
        so.site = o.site;
        so.may_look_as = so.may_move_law = show->simulated();
        so.first_state = show->states().back();
        ASMAN_TRY(auto server, serve::Server::start(so));
        fmt::print("{}{}\nLook at {}   (Ctrl-C stops)\n", show->title(), show->simulated() ? ", simulated" : "",
                   server->address());
        std::fflush(stdout);
        ASMAN_CHECK(run_with_display(*show, *server, speed));
        fmt::print("\nstopped\n");
    }
    ASMAN_CHECK(show->federation().sync());
    if (o.json == "-") {
        fmt::print("{}", show->summary_json());
    } else if (!o.json.empty()) {
        ASMAN_CHECK(base::write_file(o.json, show->summary_json()));
    }
    return {};
}

}  // namespace

void add_demo(CLI::App& app, Outcome& outcome) {
    auto* sub =
        app.add_subcommand("demo", "six states' nodes over one simulated sky, or a recording, with the web display");
    auto o = std::make_shared<Options>();
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
    sub->add_option("--json", o->json, "write a summary at the end (- for standard output)");
    sub->add_flag("--headless", o->headless, "no web display");
    sub->add_option("--port", o->port, "port of the display on localhost (0: any free one)");
    sub->add_option("--site", o->site, "folder of the built display");
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
