// A small JSON reader: values as they are needed to encode records. Depth and size are bounded by the text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asman::asterix {

inline constexpr std::size_t widest_number = 32;  ///< bits of a raw value that is written as a number

struct Json {
    enum class Type : std::uint8_t { null, boolean, number, string, array, object } type = Type::null;
    bool boolean = false;
    double number = 0;
    std::optional<std::int64_t> integer;  ///< where the number is written as one
    std::string string;                   ///< characters up to 255 as one octet each, as ASTERIX has them
    std::vector<Json> array;              ///< of an array, or the values of an object
    std::vector<std::string> keys;        ///< of an object

    const Json* find(std::string_view name) const {
        std::size_t hint = 0;
        return find(name, hint);
    }
    /// Looks from `hint` on, and leaves there the place behind what was found: names that come in the same order are
    /// found at once.
    const Json* find(std::string_view name, std::size_t& hint) const {
        for (std::size_t k = 0, n = keys.size(); k < n; ++k) {
            const std::size_t i = hint + k < n ? hint + k : hint + k - n;
            if (keys[i].size() != name.size() || keys[i] != name) continue;
            hint = i + 1 < n ? i + 1 : 0;
            return &array[i];
        }
        return nullptr;
    }
};

/// False: `place` is the offset of what cannot be read.
bool parse_json(std::string_view text, Json& out, std::size_t& place);

}  // namespace asman::asterix
