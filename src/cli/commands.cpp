#include "commands.hpp"

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

void add_all(CLI::App& app, Outcome& outcome) {
#define ASMAN_ADD(name) add_##name(app, outcome);
    ASMAN_COMMANDS(ASMAN_ADD)
    (void)app, (void)outcome;
}

}  // namespace asman::cli
