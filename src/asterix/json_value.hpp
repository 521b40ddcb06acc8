// A small JSON reader: values as they are needed to encode records. Depth and size are bounded by the text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asman::asterix {

struct Json {
    enum class Type : std::uint8_t { null, boolean, number, string, array, object } type = Type::null;
    bool boolean = false;
    double number = 0;
    std::optional<std::int64_t> integer;  ///< where the number is written as one
    std::string string;                   ///< characters up to 255 as one octet each, as ASTERIX has them
    std::vector<Json> array;
    std::vector<std::pair<std::string, Json>> object;

    const Json* find(std::string_view name) const {
        for (const auto& [key, value] : object)
            if (key == name) return &value;
        return nullptr;
    }
};

/// False: `place` is the offset of what cannot be read.
bool parse_json(std::string_view text, Json& out, std::size_t& place);

}  // namespace asman::asterix
