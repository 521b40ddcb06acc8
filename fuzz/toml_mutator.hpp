// Mutations of TOML texts by their structure: lines moved, doubled and taken out, values put in place of others, words
// of the format. The rest is libFuzzer's own.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace fuzzing {

inline const std::vector<std::string_view> toml_values{"0",
                                                       "1",
                                                       "-1",
                                                       "1e308",
                                                       "nan",
                                                       "inf",
                                                       "9223372036854775807",
                                                       "\"\"",
                                                       "true",
                                                       "[]",
                                                       "[\"XXA\"]",
                                                       "[[0, 0]]",
                                                       "{}",
                                                       "2024-02-29",
                                                       "0001-01-01",
                                                       "9999-12-31",
                                                       "\"parties\"",
                                                       "\"tracks\"",
                                                       "\"on_signature\"",
                                                       "\"withhold\"",
                                                       "\"release\"",
                                                       "[[90, 180], [-90, -180], [0, 0]]",
                                                       "2024-01-01T00:00:00+05:30",
                                                       "\"none\"",
                                                       "0.000001",
                                                       "\"\\u0000\""};

inline std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        out.emplace_back(text.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

/// One change of the text's lines.
inline void change_lines(std::vector<std::string>& lines, std::minstd_rand& r) {
    if (lines.empty()) return;
    const auto pick = [&] { return r() % lines.size(); };
    const auto at = [&](std::size_t i) { return lines.begin() + static_cast<std::ptrdiff_t>(i); };
    switch (r() % 5) {
        case 0:
            lines.erase(at(pick()));
            break;
        case 1: {
            const auto copied = lines[pick()];
            lines.insert(at(pick()), copied);
            break;
        }
        case 2:
            std::swap(lines[pick()], lines[pick()]);
            break;
        case 3: {  // the values of two keys change places
            auto &a = lines[pick()], &b = lines[pick()];
            const auto x = a.find('='), y = b.find('=');
            if (x == std::string::npos || y == std::string::npos) break;
            const auto left = a.substr(x), right = b.substr(y);
            a.replace(x, std::string::npos, right);
            if (&a != &b) b.replace(b.find('='), std::string::npos, left);
            break;
        }
        default: {
            auto& line = lines[pick()];
            if (const auto x = line.find('='); x != std::string::npos)
                line = line.substr(0, x + 1) + " " + std::string(toml_values[r() % toml_values.size()]);
            break;
        }
    }
}

}  // namespace fuzzing

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
    std::minstd_rand r(seed + 1);
    if (r() % 4 == 0 || size < 3) return LLVMFuzzerMutate(data, size, most);
    auto lines = fuzzing::lines_of({reinterpret_cast<const char*>(data), size});
    for (auto n = 1 + r() % 3; n > 0; --n) fuzzing::change_lines(lines, r);
    std::string out;
    for (const auto& line : lines) out += line + "\n";
    const auto length = std::min(out.size(), most);
    std::memcpy(data, out.data(), length);
    return length;
}
