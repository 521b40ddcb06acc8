// asman asterix diff.
#pragma once

#include "recording.hpp"

namespace asman::cli {

/// Prints in what two recordings differ, up to `most` differences, and what they come to. Exit::failed if they differ.
int asterix_diff(const std::string& a, const std::string& b, const RecordingOptions& options, unsigned most);

}  // namespace asman::cli
