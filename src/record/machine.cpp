#include <asman/record/log.hpp>

#include <gnu/libc-version.h>

#include <fstream>

namespace asman::record {
namespace {

/// A field of the first processor in /proc/cpuinfo.
std::string cpuinfo(const std::string& field) {
    std::ifstream in("/proc/cpuinfo");
    for (std::string line; std::getline(in, line);) {
        const auto colon = line.find(':');
        if (colon == std::string::npos || !line.starts_with(field)) continue;
        if (line.find_last_not_of(" \t", colon - 1) + 1 != field.size()) continue;
        const auto start = line.find_first_not_of(' ', colon + 1);
        return start == std::string::npos ? std::string() : line.substr(start);
    }
    return {};
}

}  // namespace

Attributes machine() {
    return {{"cpu", cpuinfo("model name")},
            {"cpu_features", cpuinfo("flags")},
            {"libc", std::string("glibc ") + gnu_get_libc_version()},
            {"compiler", __VERSION__}};
}

}  // namespace asman::record
