#include "access.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>

namespace asman::serve {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

/// A decimal number of 1 to 5 digits, at most `max`.
bool is_number(std::string_view text, unsigned max) {
    if (text.empty() || text.size() > 5) return false;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value <= max;
}

}  // namespace

bool is_loopback_address(std::string_view address) {
    if (address == "::1") return true;
    if (!address.starts_with("127.")) return false;
    int parts = 0;
    for (std::string_view rest = address;; ++parts) {
        const auto dot = rest.find('.');
        if (!is_number(rest.substr(0, dot), 255)) return false;
        if (dot == std::string_view::npos) break;
        rest.remove_prefix(dot + 1);
    }
    return parts == 3;
}

bool host_is_ours(std::string_view host) {
    std::string_view name = host;
    const auto colon = host.rfind(':');
    if (colon != std::string_view::npos && !host.ends_with(']')) {
        if (!is_number(host.substr(colon + 1), 65535)) return false;
        name = host.substr(0, colon);
    }
    const auto n = lower(name);
    return n == "localhost" || n == "127.0.0.1" || n == "[::1]";
}

bool origin_is_ours(std::string_view origin, std::string_view host) {
    return origin.empty() || lower(origin) == "http://" + lower(host);
}

}  // namespace asman::serve
