// Records as JSON and back, one object a line. docs/asterix.md describes the schema, which is stable (version 1).
#pragma once

#include <asman/asterix/record.hpp>

#include <string>
#include <vector>

namespace asman::asterix {

inline constexpr int json_version = 1;

struct JsonOptions {
    bool text = false;       ///< values of tables as {"value": 5, "text": "Single ModeS Roll-Call"}
    bool registers = false;  ///< Mode S registers decoded, as a member "registers" of the record
};

/// Appends {"010":{"SAC":25,"SIC":13},"140":3600.5, …}: items in the order of the UAP.
void items_to_json(const Record& record, std::string& out, const JsonOptions& options = {});

/// Appends {"datagram":0,"offset":3,"category":48,"edition":"1.32","items":{…}} without an end of line. "expansion"
/// says which table RE was read by, where that is not the newest.
void to_json(const Record& record, std::uint64_t datagram, std::string& out, const JsonOptions& options = {});

/// Appends {"datagram":0,"category":30,"bytes":"1e0040…"}: the payload of a block that is not decoded.
void opaque_to_json(std::uint8_t category, Bytes payload, std::uint64_t datagram, std::string& out);

/// Appends the JSON Schema (2020-12) of the lines for records of an edition of a category.
void json_schema(const Edition& edition, std::string& out);

/// A record read from a line that to_json() wrote (or a person).
struct FromJson {
    std::uint8_t category = 0;
    const Edition* edition = nullptr;  ///< nullptr: the line has the payload of a whole block
    std::uint64_t datagram = 0;
    std::vector<std::byte> bytes;  ///< the record, from its field specification on, or the payload
};

/// False: `reason` says what is wrong with the line and where. A line that names no edition is of the newest.
bool from_json(std::string_view line, FromJson& out, std::string& reason);

/// Text in quotes; octets beyond ASCII as \u00XX.
void json_string(std::string_view text, std::string& out);

}  // namespace asman::asterix
