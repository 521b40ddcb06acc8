#include "ranges.hpp"

#include <fmt/format.h>

namespace asman::cli {

CLI::Validator within(double low, double high) {
    return CLI::Validator(
        [low, high](std::string& text) {
            double value = 0;
            if (CLI::detail::lexical_cast(text, value) && value >= low && value <= high) return std::string();
            return fmt::format("'{}' is not a number between {:g} and {:g}", text, low, high);
        },
        fmt::format("{:g} to {:g}", low, high));
}

}  // namespace asman::cli
