// Other programs as oracles.
#pragma once

#include <cstdio>
#include <string>

namespace asman::test {

/// What a shell command prints on standard output; "2>&1" in it takes the rest, too. Empty where it cannot be run.
inline std::string output_of(const std::string& command) {
    std::string out;
    if (FILE* pipe = ::popen(command.c_str(), "r")) {
        char buffer[4096];
        while (const auto n = std::fread(buffer, 1, sizeof buffer, pipe)) out.append(buffer, n);
        ::pclose(pipe);
    }
    return out;
}

}  // namespace asman::test
