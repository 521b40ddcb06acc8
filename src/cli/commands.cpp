#include "commands.hpp"

#include <algorithm>

namespace asman::cli {

// One line a subcommand, in the order of --help.
// clang-format off
#define ASMAN_COMMANDS(X) \
    X(accord) \
    X(audit) \
    X(selfcheck) \
    X(decode) \
    X(encode) \
    X(filter) \
    X(asterix) \
    X(spec) \
    X(demo) \
    X(node) \
    X(lab) \
    X(replay) \
    X(register) \
    X(track) \
    X(simulate) \
    X(coverage) \
    X(assess) \
    X(site) \
    X(bench) \
    X(completion) \
    X(manual)
// clang-format on

#define ASMAN_DECLARE(name) void add_##name(CLI::App&, Outcome&);
ASMAN_COMMANDS(ASMAN_DECLARE)

namespace {

/// Where words stand by themselves too, an option that may be given again takes one value each time:
/// `--edition 062=1.18 tracks.pcap` leaves the file alone.
void one_value_each(CLI::App& app) {
    const auto options = app.get_options();
    if (std::ranges::any_of(options, [](const CLI::Option* o) { return o->get_positional(); }))
        for (CLI::Option* o : options)
            if (!o->get_positional() && o->get_allow_extra_args()) o->allow_extra_args(false);
    for (CLI::App* sub : app.get_subcommands([](CLI::App*) { return true; })) one_value_each(*sub);
}

}  // namespace

void add_all(CLI::App& app, Outcome& outcome) {
#define ASMAN_ADD(name) add_##name(app, outcome);
    ASMAN_COMMANDS(ASMAN_ADD)
    one_value_each(app);
    (void)outcome;
}

}  // namespace asman::cli
