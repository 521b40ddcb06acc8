// Ranges of numbers on the command line.
#pragma once

#include <CLI/CLI.hpp>

namespace asman::cli {

/// A number from `low` to `high`. Unlike CLI::Range it refuses what is not a number.
CLI::Validator within(double low, double high);

/// Flight levels of aircraft.
inline CLI::Validator flight_level() {
    return within(0, 1000);
}

}  // namespace asman::cli
