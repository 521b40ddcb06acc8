// What a display says to the server: one JSON object with one key (docs/display.md).
#pragma once

#include <asman/base/result.hpp>
#include <asman/serve/server.hpp>

#include <string>
#include <string_view>
#include <variant>

namespace asman::serve {

/// "Show me the picture of this state"; the server's own business, not a command to the node.
struct LookAs {
    picture::State state;
    bool operator==(const LookAs&) const = default;
};

using ClientMessage = std::variant<LookAs, SetLawDate, SetPaused, SetSpeed, Explain, AskSection>;

/// {"as":"KGZ"}, {"law":"2026-06-30"}, {"pause":true}, {"speed":10},
/// {"explain":{"request":7,"state":"KGZ","track":12}}, with "to":"RUS" in it as well,
/// {"section":{"request":8,"state":"KGZ","from":[41.2,72.3],"to":[43.1,74.5],"target":"intruder"}}. Errors: syntax,
/// unknown_key, bad_value.
base::Result<ClientMessage> parse_message(std::string_view text);

/// {"v":1,"type":"error","reason":…}
std::string error_json(std::string_view reason);

}  // namespace asman::serve
