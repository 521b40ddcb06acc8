// asman: one program, a subcommand a file in this folder.
#include "commands.hpp"

int main(int argc, char** argv) {
    CLI::App app{
        "asman: one sky, watched together. A federated air surveillance system: every state runs a node, releases\n"
        "what its accords grant, and sees what others release to it."};
    app.name("asman");
    app.set_version_flag("--version", ASMAN_VERSION);
    app.require_subcommand(1);
    app.failure_message(CLI::FailureMessage::help);
    asman::cli::Outcome outcome;
    asman::cli::add_all(app, outcome);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        const bool asked = e.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
        app.exit(e);
        return asked ? asman::cli::Exit::ok : asman::cli::Exit::usage;
    }
    return outcome.code;
}
