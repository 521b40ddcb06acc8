// Records as JSON and back, one object a line. docs/asterix.md describes the schema, which is stable (version 1).
#pragma once

#include <asman/asterix/record.hpp>

#include <string>
#include <vector>

namespace asman::asterix {

inline constexpr int json_version = 1;

struct JsonOptions {
    bool text = false;  ///< values of tables as {"value": 5, "text": "Single ModeS Roll-Call"}
};

/// Appends {"010":{"SAC":25,"SIC":13},"140":3600.5, …}: items in the order of the UAP.
void items_to_json(const Record& record, std::string& out, const JsonOptions& options = {});

/// Appends {"datagram":0,"offset":3,"category":48,"edition":"1.32","items":{…}} without an end of line.
void to_json(const Record& record, std::uint64_t datagram, std::string& out, const JsonOptions& options = {});

/// A record read from a line that to_json() wrote (or a person).
struct FromJson {
    std::uint8_t category = 0;
    const Edition* edition = nullptr;
    std::uint64_t datagram = 0;
    std::vector<std::byte> bytes;  ///< the record, from its field specification on
};

/// False: `reason` says what is wrong with the line and where. `edition` and `expansion` are used where the line names
/// none (the newest otherwise).
bool from_json(std::string_view line, FromJson& out, std::string& reason);

/// Text in quotes; octets beyond ASCII as \u00XX.
void json_string(std::string_view text, std::string& out);

}  // namespace asman::asterix
