// What one record of each category becomes. Each function counts the record in exactly one of the sensor's counters.
#pragma once

#include "clock.hpp"

#include <asman/asterix/decode.hpp>
#include <asman/sources/asterix.hpp>

namespace asman::sources {

/// A sensor, with what is remembered between its records.
struct SensorEntry {
    SensorState state;
    Beam beam;
    geo::LocalFrame frame;  ///< at the antenna, where its position is known
};

/// Where a record's outcome goes.
struct Context {
    SensorEntry& sensor;
    base::Time received;
    Simulation simulation;
    Decoded& out;

    SensorCounters& count() const { return sensor.state.counters; }
    /// False, and counted, when the SIM bit is not what this node takes, or it is no target but a test of the sensor.
    bool admits(bool simulated, bool field_monitor = false, bool test_target = false) const;
    /// The instant of a time of day; counted as bad, and nothing, when too far from the time of receipt.
    std::optional<base::Time> time_of_day(double seconds) const;
    /// A report with this sensor's id.
    picture::TargetReport report(base::Time time, picture::SensorKind kind, bool simulated) const;
    /// Gives it out and counts its flags.
    void give(picture::TargetReport report) const;
};

/// Too far from the time of receipt to be a measurement of now: a clock set wrong, or to local time.
inline constexpr base::Duration farthest_time = base::seconds(30 * 60);

void take_001(const asterix::Record& record, const Context& c);
void take_002(const asterix::Record& record, const Context& c);
void take_010(const asterix::Record& record, const Context& c);
void take_020(const asterix::Record& record, const Context& c);
void take_021(const asterix::Record& record, const Context& c);
void take_034(const asterix::Record& record, const Context& c);
void take_048(const asterix::Record& record, const Context& c);
void take_062(const asterix::Record& record, const Context& c);

/// A callsign as people read it: trimmed; empty when a character is none.
std::string callsign_of(std::string_view text);

}  // namespace asman::sources
