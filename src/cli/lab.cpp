// asman lab: a scenario's nodes as processes of their own, with a real exchange and sensors that send in real time.
#include "commands.hpp"
#include "places.hpp"
#include "running.hpp"

#include <asman/study/lab.hpp>

#include <fmt/core.h>

#include <chrono>
#include <memory>
#include <thread>

namespace asman::cli {
namespace {

struct LabOptions {
    study::LabOptions lab{.folder = {},
                          .scenario = shared_data("scenarios/central-asia.toml"),
                          .accords = shared_data("accords"),
                          .borders = borders_file()};
    std::string folder;
    double seconds = 0;
};

base::Time wall_clock() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()};
}

base::Result<void> make(const LabOptions& o) {
    ASMAN_TRY(const auto nodes, study::make_lab(o.lab, wall_clock()));
    fmt::print("{}: {} nodes. Each in a terminal of its own:\n", o.lab.folder, nodes.size());
    fmt::print("  nats-server -c {}/nats-server.conf\n", o.lab.folder);
    unsigned port = 8081;
    for (const auto& node : nodes)
        fmt::print("  asman node --config {} --port {}    # {} sensors on {} feeds\n", node.config, port++,
                   node.sensors, node.feeds);
    fmt::print("  asman lab feed {}\n", o.lab.folder);
    return {};
}

base::Result<void> feed(const LabOptions& o) {
    stop_on_signal();
    const auto start = wall_clock();
    ASMAN_TRY(auto sensors, study::LabSensors::open(o.folder, start));
    for (auto now = start; !stop_asked(); now = wall_clock()) {
        if (o.seconds > 0 && (now - start).seconds() >= o.seconds) break;
        sensors.send_until(now);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    fmt::print("{} datagrams sent, {} lost, in {:.0f} s\n", sensors.sent(), sensors.lost(),
               (wall_clock() - start).seconds());
    return {};
}

}  // namespace

void add_lab(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<LabOptions>();
    auto* lab = app.add_subcommand("lab", "A scenario's nodes as processes of their own, joined by a real exchange");
    lab->require_subcommand(1);
    lab->footer("Examples:\n  asman lab make lab\n  asman lab feed lab --for 600");
    auto* sub = lab->add_subcommand("make", "Write configurations, fresh keys and the NATS server's configuration");
    sub->add_option("folder", o->lab.folder, "a new folder")->required();
    sub->add_option("--scenario", o->lab.scenario, "docs/scenario.md")->capture_default_str();
    sub->add_option("--accords", o->lab.accords, "folder of texts and acts")->capture_default_str();
    sub->add_option("--borders", o->lab.borders, "GeoJSON")->capture_default_str();
    sub->add_option("--nats-port", o->lab.nats_port, "port of the exchange on this machine")->capture_default_str();
    sub->add_option("--feed-port", o->lab.first_feed_port, "first port of the sensors' feeds")->capture_default_str();
    sub->footer(
        "Example:\n  asman lab make lab\n  nats-server -c lab/nats-server.conf &\n"
        "  asman node --config lab/KGZ/node.toml --port 8081 &\n  asman lab feed lab");
    sub->callback([o, &outcome] {
        if (auto done = make(*o); !done) outcome.code = report(done.error());
    });
    sub = lab->add_subcommand("feed", "Send what the lab's simulated sensors see, in real time, to its nodes' feeds");
    sub->add_option("folder", o->folder, "made by `asman lab make`")->required();
    sub->add_option("--for", o->seconds, "seconds; until Ctrl-C unless given")->check(CLI::PositiveNumber);
    sub->footer("Example:\n  asman lab feed lab --for 600");
    sub->callback([o, &outcome] {
        if (auto done = feed(*o); !done) outcome.code = report(done.error());
    });
}

}  // namespace asman::cli
