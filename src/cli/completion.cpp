// asman completion: what a shell needs to complete commands, options and files.
#include "commands.hpp"
#include "tree.hpp"

#include <fmt/format.h>

#include <memory>

namespace asman::cli {
namespace {

std::string joined(const std::vector<std::string>& words) {
    return fmt::format("{}", fmt::join(words, " "));
}

/// The words of the line pick the command; then its options or subcommands are offered, else files.
std::string bash(const std::vector<CommandText>& tree) {
    std::string out =
        "_asman() {\n"
        "  local current=${COMP_WORDS[COMP_CWORD]} path=asman words= i\n"
        "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "    case \"$path ${COMP_WORDS[i]}\" in\n";
    for (const auto& command : tree)
        for (const auto& sub : command.subcommands)
            out += fmt::format("      '{0} {1}') path='{0} {1}' ;;\n", command.path, sub);
    out += "    esac\n  done\n  case $path in\n";
    for (const auto& command : tree) {
        auto words = command.subcommands;
        for (const auto& option : command.options) words.insert(words.end(), option.words.begin(), option.words.end());
        out += fmt::format("    '{}') words='{}' ;;\n", command.path, joined(words));
    }
    out +=
        "  esac\n"
        "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
        "  if [[ ${#COMPREPLY[@]} -eq 0 && $current != -* ]]; then COMPREPLY=($(compgen -f -- \"$current\")); fi\n"
        "}\n"
        "complete -o filenames -F _asman asman\n";
    return out;
}

std::string quoted(std::string text) {
    if (const auto end = text.find('\n'); end != std::string::npos) text.resize(end);
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\') out += '\\';
        out += c;
    }
    return out + "'";
}

std::string fish(const std::vector<CommandText>& tree) {
    std::string out;
    for (const auto& command : tree) {
        // "asman accord status" holds where both words were seen; "asman" where no subcommand was.
        std::string where;
        for (std::size_t at = command.path.find(' '); at != std::string::npos;) {
            const auto next = command.path.find(' ', at + 1);
            where += fmt::format("{}__fish_seen_subcommand_from {}", where.empty() ? "" : "; and ",
                                 command.path.substr(at + 1, next - at - 1));
            at = next;
        }
        if (!command.subcommands.empty())
            where += fmt::format("{}not __fish_seen_subcommand_from {}", where.empty() ? "" : "; and ",
                                 joined(command.subcommands));
        for (const auto& other : tree)
            for (const auto& sub : command.subcommands)
                if (other.path == command.path + " " + sub)
                    out += fmt::format("complete -c asman -f -n '{}' -a {} -d {}\n", where, sub,
                                       quoted(other.description));
        for (const auto& option : command.options)
            for (const auto& word : option.words) {
                const bool is_long = word.starts_with("--");
                out += fmt::format("complete -c asman -n '{}' {} {}{} -d {}\n", where, is_long ? "-l" : "-s",
                                   word.substr(is_long ? 2 : 1), option.value.empty() ? "" : " -r",
                                   quoted(option.description));
            }
    }
    return out;
}

}  // namespace

std::string completion(const std::vector<CommandText>& tree, const std::string& shell) {
    if (shell == "fish") return fish(tree);
    return (shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "") + bash(tree);
}

void add_completion(CLI::App& app, Outcome& outcome) {
    auto* sub = app.add_subcommand("completion", "print a shell's completion of all commands and options");
    auto shell = std::make_shared<std::string>();
    sub->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    sub->footer(
        "Examples:\n"
        "  asman completion bash > ~/.local/share/bash-completion/completions/asman\n"
        "  asman completion fish > ~/.config/fish/completions/asman.fish");
    sub->callback([&app, shell, &outcome] {
        fmt::print("{}", completion(command_tree(app), *shell));
        outcome.code = Exit::ok;
    });
}

}  // namespace asman::cli
