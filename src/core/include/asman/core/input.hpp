// What a node's core may be told. The sequencer gives each input a monotone time and number; the recorder writes
// exactly this stream, and replaying it gives the same bytes (architecture.md, 'The core is a function').
#pragma once

#include <asman/base/bytes.hpp>
#include <asman/base/time.hpp>

#include <map>
#include <string>
#include <variant>
#include <vector>

namespace asman::core {

/// The files that a node's behaviour rests on, by name: "node.toml", "borders.geojson", "accords/…". A recording
/// carries them whole, so that it replays without the machine that it was made on. Never holds a secret key: signing is
/// the edge's.
struct Bundle {
    std::map<std::string, std::string> files;
    base::Digest digest() const;
};

struct Start {
    Bundle bundle;
};
/// Bytes as they were read from a feed.
struct Frame {
    std::string feed;
    std::vector<std::byte> bytes;
};
/// A signed envelope from a partner, as it arrived.
struct PartnerMessage {
    std::vector<std::byte> envelope;
};
/// What a person asks for. The edge has checked who it is; the core checks whether that role may.
struct Command {
    std::string operator_name;
    std::string role;    ///< watch, identify, lead, law, admin
    std::string action;  ///< "identify"
    std::map<std::string, std::string> arguments;
};
/// A signed act of law, as text.
struct LawAct {
    std::string name;  ///< file name, for messages
    std::string text;
};
/// Moves the law's clock against the data's. Only in a node whose configuration says `simulated`.
struct SetLawTime {
    base::Time law_time;
};
/// Whether the clock that gives inputs their times is synchronised. A live node takes it for not, until it is told.
struct ClockStatus {
    bool synchronised = false;
};
/// The accords' folder, read again: names as in the bundle ("accords/…").
struct LawFiles {
    std::map<std::string, std::string> files;
};
/// Time passes: expiry, coasting, delays and deadlines move by this alone.
struct Tick {};

/// In the order of the record's kinds: a new one goes to the end.
using InputBody = std::variant<Start, Frame, PartnerMessage, Command, LawAct, SetLawTime, Tick, ClockStatus, LawFiles>;

struct Input {
    base::Time time;           ///< the sequencer's, monotone
    std::uint64_t number = 0;  ///< 1, 2, 3 …
    InputBody body;
};

/// The record form of an input's body: its kind is the variant's index, its payload these bytes.
std::vector<std::byte> encode(const InputBody& body);
base::Result<InputBody> decode(std::uint8_t kind, base::Bytes payload);

}  // namespace asman::core
