// Running a show: without a display to its end, or with one until Ctrl-C.
#pragma once

#include "coverage_desk.hpp"
#include "display.hpp"

#include <asman/node/show.hpp>

#include <memory>
#include <string>

namespace asman::cli {

struct DisplayOptions {
    std::uint16_t port = 8080;                    ///< 0: any free one
    std::string site;                             ///< folder of the built display
    std::string first_state;                      ///< as whom a new client looks; empty: the last state of the show
    std::vector<serve::Cover> cover{};            ///< what sensors see; empty: rings of their range are drawn
    std::vector<serve::LawChange> law_changes{};  ///< by date
    std::string timeline{};                       ///< of the accords, as SVG
    std::shared_ptr<DeskSetting> desk{};          ///< of coverage; taken; null: displays have none
};

/// "max" is 0: as fast as it goes.
base::Result<double> parse_speed(const std::string& text);

base::Result<void> run_headless(node::Show& show, double speed);
/// Prints the address and a status line per state; at the end of the data the last picture stays.
base::Result<void> run_with_display(node::Show& show, double speed, const DisplayOptions& options);

/// Flushes the logs and writes the summary: to a file, to standard output for "-", nowhere for "".
base::Result<void> finish(node::Show& show, const std::string& json);

}  // namespace asman::cli
