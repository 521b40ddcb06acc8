// Splitting lines of cases.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asman::accord {

inline std::string_view trimmed(std::string_view s) {
    const auto a = s.find_first_not_of(" \t\r");
    if (a == std::string_view::npos) return {};
    return s.substr(a, s.find_last_not_of(" \t\r") - a + 1);
}

/// Non-empty trimmed parts.
inline std::vector<std::string_view> split(std::string_view s, char at) {
    std::vector<std::string_view> out;
    while (!s.empty()) {
        const auto end = std::min(s.find(at), s.size());
        if (const auto part = trimmed(s.substr(0, end)); !part.empty()) out.push_back(part);
        s.remove_prefix(std::min(end + 1, s.size()));
    }
    return out;
}

inline std::optional<double> number_in(std::string_view s) {
    double v = 0;
    const auto r = std::from_chars(s.data(), s.data() + s.size(), v);
    if (r.ec != std::errc() || r.ptr != s.data() + s.size()) return std::nullopt;
    return v;
}

}  // namespace asman::accord
