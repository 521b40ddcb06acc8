// What a display is shown: a picture as one state has it, at one instant, written as JSON. docs/display.md is the
// schema in words and web/src/protocol.ts the same in TypeScript; `protocol_version` changes when either would misread
// the other.
#pragma once

#include <asman/picture/nouns.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace asman::serve {

/// Version of the JSON messages between server and display.
inline constexpr int protocol_version = 1;

/// Where the data comes from; shown on every screen (invariant 10).
enum class Mode : std::uint8_t { simulated, recording, live };
std::string_view name(Mode mode);

enum class SensorHealth : std::uint8_t {
    operating,  ///< reports or service messages arrive
    degraded,   ///< it says so itself (overload, channel lost), or fewer turns than it should make
    silent,     ///< configured, nothing arrives
    excluded,   ///< it arrives and is not used (NOGO, bad time, no position)
    unknown,    ///< another state's, of which nothing is released
};
std::string_view name(SensorHealth health);

/// A sensor as the looking state knows it. `mine` in the JSON is owner == looking state.
struct SensorLine {
    picture::Sensor sensor;
    SensorHealth health = SensorHealth::unknown;
    std::vector<picture::ClauseRef> via;  ///< clauses under which its data (or its site) reaches this
                                          ///< state; empty: those of its owner's released tracks
};

/// The status of one accord at the law date.
struct AccordLine {
    std::string id, title;
    std::string state;      ///< "signed", "operative", "suspended", "ended", "sealed", …
    std::string certainty;  ///< "public" or "assumed"
    std::vector<picture::State> parties;
};

/// One line for each state: the live status line, and the measure of what joining brings.
struct StateLine {
    picture::State state;
    std::uint32_t sensors = 0;          ///< own sensors that operate
    double reports_per_second = 0;      ///< own target reports per second of data time
    std::uint32_t local_tracks = 0;     ///< confirmed, from own sensors alone
    std::uint32_t joint_tracks = 0;     ///< confirmed, with what others released
    std::uint32_t through_accords = 0;  ///< joint tracks that no own sensor sees
    std::uint32_t open_alerts = 0;
};

struct Counter {
    std::string name;  ///< "asman_reports_total"
    std::uint64_t value = 0;
};

/// A picture to show. Spans are read during snapshot_json() only.
struct Snapshot {
    std::uint64_t number = 0;  ///< grows with every snapshot of this state
    base::Time time;           ///< data time
    base::Time law_time;       ///< the instant at which accords are evaluated
    Mode mode = Mode::simulated;
    picture::State state;                ///< the state that looks
    std::vector<picture::State> states;  ///< all that may be chosen, in the order to show them
    bool paused = false;
    double speed = 1;     ///< data seconds per second; 0: as fast as it goes
    std::string terrain;  ///< source of the terrain, as named in every result
    std::vector<SensorLine> sensors;
    std::span<const picture::JointTrack> tracks;  ///< the state's joint picture; unconfirmed tracks are left out
    std::span<const picture::Alert> alerts;       ///< open ones and those closed lately, oldest first
    std::vector<AccordLine> accords;
    std::vector<StateLine> lines;
    std::vector<Counter> counters;
};

/// {"v":1,"type":"snapshot",…}: docs/display.md. Strings that are not UTF-8 are repaired (bytes from outside are
/// hostile); numbers that are not finite become null.
std::string snapshot_json(const Snapshot& snapshot);

/// The emergency that a track declares: "7500", "7600" or "7700" when two of its latest three valid codes say so, the
/// name of its ADS-B emergency status ("general", "lifeguard", "minimum fuel", "no communications", "unlawful
/// interference", "downed") else; empty: none.
std::string emergency_of(const picture::Track& track);

// ---------------------------------------------------------------- what seldom changes

/// What a sensor sees at one height: the outline of its coverage, not closed (the last point differs from the first).
struct Cover {
    picture::SensorId sensor;
    std::string label;                ///< the height in words: "FL100", "1000 m above ground"
    std::vector<geo::Point> outline;  ///< clockwise or anticlockwise
};

/// A day on which the law changes, for the list beside the law date.
struct LawChange {
    base::Date date;
    std::string accord;  ///< id
    std::string what;    ///< "enters into force", "term ends", "suspended by ARM"
    bool assumed = false;
};

/// Sent to a display once when it starts looking as a state, and again when it changes.
struct Scene {
    picture::State state;
    std::string title;  ///< of the scenario or recording
    std::vector<Cover> cover;
    std::vector<LawChange> law_changes;  ///< by date
    std::string timeline;                ///< the life of the accords as SVG; empty: there is none
    bool may_look_as = true;             ///< false: the chooser of states is not shown (live nodes, invariant 9)
    bool may_move_law = true;
    bool may_pace = true;   ///< pause and speed
    bool coverage = false;  ///< products of coverage are made, and sections answered
};

/// {"v":1,"type":"scene",…}
std::string scene_json(const Scene& scene);

// ---------------------------------------------------------------- an answer to `explain`

/// The answer to a display's question why it sees a track (or does not): lines of text, in order.
struct Explanation {
    std::uint64_t request = 0;  ///< of the question
    picture::State state;
    std::uint64_t track = 0;
    std::optional<picture::State> to;  ///< of whom it was asked why it gets the track, or does not
    std::vector<std::string> lines;
};

/// {"v":1,"type":"explanation",…}
std::string explanation_json(const Explanation& explanation);

}  // namespace asman::serve
