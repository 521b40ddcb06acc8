// asman node: one state's node on its own feeds.
#include "commands.hpp"
#include "places.hpp"
#include "running.hpp"

#include <asman/node/live.hpp>

#include <fmt/format.h>

#include <memory>

namespace asman::cli {
namespace {

struct NodeOptions {
    node::LiveOptions live;
    std::string json, site = site_folder();
    std::uint16_t port = 8080;
    bool headless = false, check = false;
};

base::Result<void> run(const NodeOptions& o) {
    if (o.check) {
        ASMAN_TRY(const auto bundle, node::load_bundle(o.live.config));
        fmt::print("{}: fine, {} files\n", o.live.config, bundle.files.size());
        return {};
    }
    ASMAN_TRY(auto show, node::Live::make(o.live));
    stop_on_signal();
    reload_on_signal();
    if (o.headless) {
        ASMAN_CHECK(run_headless(*show, 0));
    } else {
        ASMAN_CHECK(run_with_display(*show, 0, {o.port, o.site, {}}));
    }
    return finish(*show, o.json);
}

}  // namespace

void add_node(CLI::App& app, Outcome& outcome) {
    auto* sub = app.add_subcommand("node", "one state's node on its own feeds: UDP unicast or multicast, or files");
    auto o = std::make_shared<NodeOptions>();
    sub->add_option("--config", o->live.config, "node.toml (docs/operations.md)")->required();
    sub->add_option("--record", o->live.record,
                    "input log (*.asmanlog) or folder of logs, in place of the configuration's");
    sub->add_option("--json", o->json, "write a summary when it stops (- for standard output)");
    sub->add_option("--port", o->port, "port of the display on localhost (0: any free one)");
    sub->add_option("--site", o->site, "folder of the built display");
    sub->add_flag("--headless", o->headless, "no web display");
    sub->add_flag("--check", o->check, "read the configuration and what it names, say whether it is fine, and end");
    sub->footer("Examples:\n  asman node --config kgz.toml\n  asman node --config kgz.toml --check");
    sub->callback([o, &outcome] {
        if (auto done = run(*o); !done) outcome.code = report(done.error());
    });
}

}  // namespace asman::cli
