#include "read.hpp"

#include "names.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace asman::accord {

using base::Errc;
using base::Section;

void require_format(const Section& s) {
    if (const auto found = s.integer("format"); s.has("format") && found != 1) {
        s.reject("format", Errc::bad_value, fmt::format("format {} is not known: expected 1", found));
    }
}

std::string read_id(const Section& s, std::string_view key) {
    auto id = s.string(key);
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    };
    if (s.has(key) && (id.empty() || id.size() > 64 || !std::ranges::all_of(id, fits))) {
        s.reject(key, Errc::bad_value,
                 fmt::format("'{}' is not an id: 1 to 64 letters, digits, '-', '_' or '.'", id.substr(0, 80)));
    }
    return id;
}

State checked_state(const Section& s, std::string_view key, const std::string& code, const Names& names) {
    if (!State::well_formed(code)) {
        s.reject(key, Errc::bad_value,
                 fmt::format("'{}' is not a state: expected an ISO 3166-1 alpha-3 code{}", code.substr(0, 40),
                             near(code, names.states)));
        return {};
    }
    if (!names.states.empty() && !std::ranges::binary_search(names.states, code)) {
        s.reject(key, Errc::unknown_name, fmt::format("unknown state '{}'{}", code, near(code, names.states)));
        return {};
    }
    return State(code);
}

State read_state(const Section& s, std::string_view key, const Names& names) {
    const auto code = s.string(key);
    return s.has(key) ? checked_state(s, key, code, names) : State();
}

std::vector<State> read_states(const Section& s, std::string_view key, const Names& names) {
    std::vector<State> out;
    for (const auto& code : s.strings(key)) out.push_back(checked_state(s, key, code, names));
    std::ranges::sort(out);
    if (const auto twice = std::ranges::adjacent_find(out); twice != out.end() && !twice->empty()) {
        s.reject(key, Errc::duplicate, fmt::format("'{}' is named twice", twice->text()));
    }
    return out;
}

std::vector<State> read_parties(const Section& s, std::string_view key, const Names& names) {
    auto out = read_states(s, key, names);
    for (const auto& state : out) {
        const std::string code(state.text());
        if (!state.empty() && std::ranges::find(names.parties, code) == names.parties.end()) {
            s.reject(key, Errc::unknown_name, fmt::format("'{}' is not a party{}", code, near(code, names.parties)));
        }
    }
    return out;
}

bool read_certainty(const Section& s) {
    return s.one_of("certainty", certainty_names()) == 1;
}

std::uint32_t read_count(const Section& s, std::string_view key, std::uint32_t fallback, std::uint32_t most) {
    const auto n = s.integer_or(key, fallback);
    if (n < 0 || n > most) {
        s.reject(key, Errc::bad_value, fmt::format("'{}' must be from 0 to {}, found {}", key, most, n));
        return fallback;
    }
    return static_cast<std::uint32_t>(n);
}

double read_km(const Section& s, std::string_view key, double fallback, double least, double most) {
    const double km = s.number_or(key, fallback);
    if (!(km >= least && km <= most)) {
        s.reject(key, Errc::bad_value, fmt::format("'{}' must be from {} to {} km, found {}", key, least, most, km));
        return fallback;
    }
    return std::round(km * 1000);
}

Duration read_seconds(const Section& s, std::string_view key, Duration fallback) {
    const auto v = s.number_opt(key);
    if (!v) return fallback;
    if (!(*v >= 0 && *v <= 30 * 86400.0)) {
        s.reject(key, Errc::bad_value, fmt::format("'{}' must be from 0 to 30 days in seconds, found {}", key, *v));
        return fallback;
    }
    return base::seconds(*v);
}

std::uint16_t read_fields(const Section& s, std::string_view key) {
    std::uint16_t out = 0;
    for (const auto& f : s.strings(key)) {
        const auto it = std::ranges::find(field_names(), f);
        if (it == field_names().end()) {
            s.reject(key, Errc::unknown_name, fmt::format("unknown field '{}'{}", f, near(f, field_names())));
            continue;
        }
        out = static_cast<std::uint16_t>(out | 1u << (it - field_names().begin()));
    }
    return out;
}

std::vector<std::uint16_t> read_codes(const Section& s, std::string_view key) {
    std::vector<std::uint16_t> out;
    for (const auto& text : s.strings(key)) {
        const bool good = text.size() == 4 && text.find_first_not_of("01234567") == std::string::npos;
        if (!good) {
            s.reject(key, Errc::bad_value,
                     fmt::format("'{}' is not a Mode 3/A code: four digits 0 to 7", text.substr(0, 40)));
            continue;
        }
        out.push_back(static_cast<std::uint16_t>(std::stoul(text, nullptr, 8)));
    }
    std::ranges::sort(out);
    return out;
}

std::vector<std::string> read_known(const Section& s, std::string_view key, std::string_view what,
                                    const std::vector<std::string>& known) {
    auto out = s.strings(key);
    for (const auto& id : out) {
        if (std::ranges::find(known, id) == known.end()) {
            s.reject(key, Errc::unknown_name,
                     fmt::format("no {} '{}' in this text{}", what, id.substr(0, 80), near(id, known)));
        }
    }
    std::ranges::sort(out);
    if (const auto twice = std::ranges::adjacent_find(out); twice != out.end()) {
        s.reject(key, Errc::duplicate, fmt::format("'{}' is named twice", *twice));
    }
    return out;
}

void refuse_empty(const Section& s, std::string_view key, bool empty) {
    if (s.has(key) && empty) {
        s.reject(key, Errc::bad_value, fmt::format("'{}' is empty: it would match nothing", key));
    }
}

}  // namespace asman::accord
