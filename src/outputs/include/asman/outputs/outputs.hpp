// The picture in others' formats. Each is a pure function of the tracks given.
#pragma once

#include <asman/base/time.hpp>
#include <asman/picture/nouns.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asman::outputs {

// ------------------------------------------------------------------------------------------------------------ ASTERIX

struct AsterixOptions {
    std::uint8_t sac = 0, sic = 0;
    std::uint8_t service = 1;         ///< service identification, 062/015 and 065/015
    std::size_t max_datagram = 1400;  ///< bytes; a data block is never split over two
    bool simulated = false;           ///< SIM bit where no track says it (tracks that ended)
    /// 062/510: system unit identifications, as the users of this output have agreed on them; the state itself is the
    /// empty one. Without its own there is no 510; without a partner's the partner's track is not told there.
    std::vector<std::pair<picture::State, std::uint8_t>> units = {};
};

/// 062 edition 1.19: one record a confirmed track, in blocks of at most max_datagram bytes. Track numbers are the
/// lowest 16 bits of the track's. SIM bit as the track says. 510 (joint tracks): the joint track's number under the own
/// unit, then the tracks it was made of, own and as released here, under their originators' units; lowest 15 bits.
std::vector<std::vector<std::byte>> asterix_062(std::span<const picture::Track> tracks, const AsterixOptions& options);
std::vector<std::vector<std::byte>> asterix_062(std::span<const picture::JointTrack> tracks,
                                                const AsterixOptions& options);
/// 062 for tracks that ended: number and time with the last-message bit.
std::vector<std::vector<std::byte>> asterix_062_ended(std::span<const std::uint64_t> numbers, base::Time now,
                                                      const AsterixOptions& options);

enum class ServiceReport : std::uint8_t { status = 1, end_of_batch = 2, service = 3 };  ///< 065/000
/// 065 edition 1.5.
std::vector<std::byte> asterix_065(ServiceReport type, base::Time now, const AsterixOptions& options,
                                   std::uint8_t batch = 0, bool degraded = false);

// --------------------------------------------------------------------------------------------------------------- JSON

/// A FeatureCollection of points with speed, course, heights, identity, lineage; WGS-84, longitude first.
std::string geojson(std::span<const picture::JointTrack> tracks, base::Time now);
std::string geojson(std::span<const picture::Track> tracks, base::Time now);

/// The aircraft.json of the dump1090/readsb family, for their many viewers.
std::string aircraft_json(std::span<const picture::JointTrack> tracks, base::Time now, std::uint64_t messages = 0);

/// One line of NDJSON, without the newline; format version in "v".
std::string ndjson(const picture::Track& track, picture::State owner = {});
std::string ndjson(const picture::JointTrack& track, picture::State owner = {});

// ---------------------------------------------------------------------------------------------- Cursor on Target, CoT

/// One <event> each; `stale` after the track's time.
std::string cursor_on_target(const picture::JointTrack& track, picture::State owner,
                             base::Duration stale = base::seconds(15));

// --------------------------------------------------------------------------------------------------------- Prometheus

/// A metric's value with its labels: {"state","KGZ"}.
struct Metric {
    std::string name;  ///< [a-zA-Z_:][a-zA-Z0-9_:]*; names ending in _total are counters, others gauges
    std::string help;
    std::vector<std::pair<std::string, std::string>> labels;
    double value = 0;
};
/// Text format 0.0.4. Metrics of one name stand together, in the order of the first; bad names are left out.
std::string prometheus(std::span<const Metric> metrics);

}  // namespace asman::outputs
