// What the subcommands of `asman accord` share.
#pragma once

#include "commands.hpp"
#include "places.hpp"

#include <asman/accord/law.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace asman::cli {

/// Where the law is read from, and as whom one reads it.
struct LawOptions {
    std::string accords = shared_data("accords");
    std::string borders = borders_file();
    std::string as_of;
    bool hindsight = false;
    std::vector<std::string> without;
    bool json = false;

    void add(CLI::App& sub);
};

struct LoadedLaw {
    std::optional<geo::Borders> borders;
    accord::Law law;
};

/// Prints alarms to standard error; an error only where the folder cannot be read or an option is wrong.
base::Result<LoadedLaw> load_law(const LawOptions& options);
std::string json_string(std::string_view text);

void add_accord_law(CLI::App& accord, Outcome& outcome);      ///< status, check, timeline
void add_accord_diff(CLI::App& accord, Outcome& outcome);     ///< diff
void add_accord_explain(CLI::App& accord, Outcome& outcome);  ///< explain, test
void add_accord_sign(CLI::App& accord, Outcome& outcome);     ///< keygen, sign, verify, act, print

}  // namespace asman::cli
