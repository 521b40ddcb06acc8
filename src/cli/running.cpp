#include "running.hpp"

#include "commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

namespace asman::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// The accords are read again after a hang-up signal; what is wrong with them ends nothing.
void reload_if_asked(node::Show& show) {
    if (!take_reload()) return;
    if (auto done = show.reload_law(); !done) (void)report(done.error());
}

void print_events(node::Show& show) {
    for (std::size_t i = 0; i < show.states().size(); ++i)
        for (const auto& event : show.federation().take_events(i))
            fmt::print(stderr, "{} {} {}: {}\n", base::format_time(event.time), show.states()[i].text(), event.kind,
                       event.text);
}

/// The status of all states: redrawn in place on a terminal, else a block a minute.
class StatusPrinter {
  public:
    void print(const std::vector<serve::StateLine>& lines, base::Time now, base::Time law, const Pace& pace) {
        const bool terminal = on_terminal();
        const auto t = Clock::now();
        if (drawn_ && t - last_ < (terminal ? std::chrono::seconds(1) : std::chrono::seconds(60))) return;
        // In a file the first block waits until there is something to tell.
        if (!drawn_ && !terminal && t - began_ < std::chrono::seconds(10)) return;
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
    Clock::time_point began_ = Clock::now(), last_;
    bool drawn_ = false;
};

struct Handler {
    node::Show& show;
    serve::Server& server;
    Display& display;
    Pace& pace;
    CoverageDesk* desk;
    serve::ClientId client;

    base::Result<void> operator()(const serve::AskSection& c) const {
        const auto& states = show.states();
        const char* refused = !desk ? "this node knows no terrain and sensors to cut through"
                              : std::ranges::find(states, c.state) == states.end() ? "no such state here"
                              : desk->ask(client, c, show.federation().engine(0).law_time())
                                  ? nullptr
                                  : "too many sections are waiting; try again";
        if (refused) server.answer(client, std::make_shared<const std::string>(serve::error_message(refused)));
        return {};
    }
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
base::Result<void> loop(node::Show& show, serve::Server& server, double speed, const DisplayOptions& options) {
    Display display(show, server);
    display.publish_scenes(options.cover, options.law_changes, options.desk != nullptr, options.timeline);
    std::unique_ptr<CoverageDesk> desk;
    if (options.desk) desk = std::make_unique<CoverageDesk>(server, std::move(*options.desk));
    StatusPrinter status;
    Pace pace{speed, false};
    bool more = true;
    auto anchor = Clock::now();
    auto anchor_data = show.now();
    while (!stop_asked()) {
        const Pace before = pace;
        bool moved = false;
        while (auto command = server.poll()) {
            // What one client asks wrongly ends nothing for the others.
            if (auto done =
                    std::visit(Handler{show, server, display, pace, desk.get(), command->client}, command->what);
                !done)
                (void)report(done.error());
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
            reload_if_asked(show);
            ASMAN_TRY(more, show.tick());
            print_events(show);
            display.publish(pace);
            if (!more) {
                pace.paused = true;
                display.publish_now(pace);
            }
            if (pace.speed > 0)
                std::this_thread::sleep_until(
                    anchor + std::chrono::duration<double>((show.now() - anchor_data).seconds() / pace.speed));
        }
        status.print(display.lines(), show.now(), show.federation().engine(0).law_time(), pace);
    }
    return {};
}

}  // namespace

base::Result<double> parse_speed(const std::string& text) {
    if (text == "max") return 0.0;
    char* end = nullptr;
    const double v = std::strtod(text.c_str(), &end);
    if (end == text.c_str() || *end != 0 || !(v > 0) || v > 10000)
        return base::fail(base::Errc::bad_value, {.source = "--speed " + text},
                          "a number above 0 (data seconds per second) or 'max' is expected");
    return v;
}

base::Result<void> run_headless(node::Show& show, double speed) {
    Progress bar("running");
    const auto began = Clock::now();
    for (;;) {
        reload_if_asked(show);
        ASMAN_TRY(const bool more, show.tick());
        print_events(show);
        if (!more || stop_asked()) return {};
        const double data = (show.now() - show.start()).seconds();
        bar.at(data / std::max(1e-9, (show.end() - show.start()).seconds()), base::format_time(show.now()));
        if (speed > 0) std::this_thread::sleep_until(began + std::chrono::duration<double>(data / speed));
    }
}

base::Result<void> run_with_display(node::Show& show, double speed, const DisplayOptions& options) {
    serve::ServerOptions so;
    so.port = options.port;
    so.site = options.site;
    so.may_look_as = so.may_move_law = show.simulated();
    so.may_pace = show.mode() != core::Mode::live;
    so.first_state = options.first_state.empty() ? show.states().back() : picture::State(options.first_state);
    ASMAN_TRY(auto server, serve::Server::start(so));
    fmt::print("{}{}\nLook at {}   (Ctrl-C stops)\n", show.title(), show.simulated() ? ", simulated" : "",
               server->address());
    std::fflush(stdout);
    ASMAN_CHECK(loop(show, *server, speed, options));
    fmt::print("\nstopped\n");
    return {};
}

base::Result<void> finish(node::Show& show, const std::string& json) {
    ASMAN_CHECK(show.federation().sync());
    if (json == "-") {
        fmt::print("{}", show.summary_json());
    } else if (!json.empty()) {
        ASMAN_CHECK(base::write_file(json, show.summary_json()));
    }
    return {};
}

}  // namespace asman::cli
