// The command line as data: what completions and the manual are written from, so that neither can drift from --help.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace asman::cli {

struct OptionText {
    std::string names;               ///< "--law-date", "-h,--help", or the name of a positional argument
    std::vector<std::string> words;  ///< what may be typed: "--law-date"; empty for a positional argument
    std::string value;               ///< "TEXT"; empty for a flag
    std::string description;
    bool required = false;
};

struct CommandText {
    std::string path;  ///< "asman accord status"
    std::string description, footer;
    std::vector<OptionText> options;
    std::vector<std::string> subcommands;  ///< their last words
};

/// The command at `app` and all below it, each before its own subcommands, in the order of --help.
std::vector<CommandText> command_tree(const CLI::App& app);

/// A shell's completion of all commands and options; `shell` is bash, zsh or fish.
std::string completion(const std::vector<CommandText>& tree, const std::string& shell);

/// The manual page asman(1), in man(7) macros.
std::string manual(const std::vector<CommandText>& tree, const std::string& version);

}  // namespace asman::cli
