// asman manual: the manual page, written from the command line itself.
#include "commands.hpp"
#include "tree.hpp"

#include <fmt/format.h>

namespace asman::cli {
namespace {

/// Text as roff: a leading dot or quote would be a request, a backslash an escape, a bare hyphen a typographic one.
std::string roff(const std::string& text) {
    std::string out;
    bool line_start = true;
    for (const char c : text) {
        if (line_start && (c == '.' || c == '\'')) out += "\\&";
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
        line_start = c == '\n';
    }
    return out;
}

std::string options(const CommandText& command) {
    std::string out;
    for (const auto& option : command.options)
        out += fmt::format(".TP\n\\fB{}\\fR{}{}\n{}\n", roff(option.names),
                           option.value.empty() ? "" : " \\fI" + roff(option.value) + "\\fR",
                           option.required ? " (required)" : "", roff(option.description));
    return out;
}

std::string examples(const CommandText& command) {
    if (command.footer.empty()) return {};
    return ".PP\n.nf\n" + roff(command.footer) + "\n.fi\n";
}

}  // namespace

std::string manual(const std::vector<CommandText>& tree, const std::string& version) {
    if (tree.empty()) return {};
    const auto& top = tree.front();
    std::string out = fmt::format(
        ".TH ASMAN 1 \"\" \"asman {}\" \"User commands\"\n.SH NAME\nasman \\- one sky, watched together\n"
        ".SH SYNOPSIS\n.B asman\n.I command\n[\\fIoptions\\fR]\n.SH DESCRIPTION\n{}\n.SH OPTIONS\n{}.SH COMMANDS\n",
        roff(version), roff(top.description), options(top));
    for (std::size_t i = 1; i < tree.size(); ++i)
        out += fmt::format(".SS {}\n{}\n{}{}", roff(tree[i].path), roff(tree[i].description), options(tree[i]),
                           examples(tree[i]));
    out +=
        ".SH EXIT STATUS\n"
        "0: done. 1: it failed, or a check found something; standard error says where and why. 2: the command line is "
        "wrong.\n";
    return out;
}

void add_manual(CLI::App& app, Outcome& outcome) {
    auto* sub = app.add_subcommand("manual", "print the manual page, asman(1)");
    sub->footer("Examples:\n  asman manual | man -l -\n  asman manual > asman.1");
    sub->callback([&app, &outcome] {
        fmt::print("{}", manual(command_tree(app), ASMAN_VERSION));
        outcome.code = Exit::ok;
    });
}

}  // namespace asman::cli
