// ASTERIX records to nouns: target reports and service messages, with every quality flag that the wire had.
#pragma once

#include <asman/base/digest.hpp>
#include <asman/base/result.hpp>
#include <asman/base/time.hpp>
#include <asman/picture/nouns.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace asman::sources {

/// What to do with records by their SIM bit (invariant 10).
enum class Simulation : std::uint8_t {
    only,    ///< a simulated node: what does not say SIM is refused
    refuse,  ///< a live node: what says SIM is refused
    accept,  ///< a recording of one's own: shown as it comes
};

struct AsterixConfig {
    std::vector<picture::Sensor> sensors;  ///< found by (feed, SAC, SIC, kind); an empty feed in a sensor is any feed
    Simulation simulation = Simulation::refuse;
    /// Editions by feed ("" for all feeds) and category ("048" → "1.31"); what is not said is judged from the records
    /// of each source and from what category 247 says (asterix::LiveEditions).
    std::map<std::string, std::map<std::string, std::string>> editions;
    std::set<std::string> insist;  ///< feeds that are read in the editions said, though the data refute them
    /// Nothing of a source is decoded before it has sent so many records (asterix::LiveLimits::clear).
    std::uint64_t judged_records = 3;
    /// Ids for sensors met on the wire and not configured: first_learned, first_learned + 1 …
    std::uint32_t first_learned = 1'000'000;
    std::size_t max_learned = 4096;
};

/// What the records of one sensor came to. Every record ends in exactly one of the lines up to `other`.
struct SensorCounters {
    std::uint64_t records = 0;
    std::uint64_t reports = 0;           ///< given out as target reports
    std::uint64_t service = 0;           ///< given out as service messages
    std::uint64_t field_monitors = 0;    ///< not tracked
    std::uint64_t test_targets = 0;      ///< not tracked
    std::uint64_t wrong_simulation = 0;  ///< the SIM bit is not what this node takes
    std::uint64_t no_position = 0;       ///< of the sensor, or none in the record: decoded and counted, not tracked
    std::uint64_t no_time = 0;           ///< neither time of day nor marks to estimate it from
    std::uint64_t bad_time = 0;          ///< too far from the time of receipt
    std::uint64_t doubtful = 0;          ///< the sensor itself says reflection, side lobe, ghost, failed validation
    std::uint64_t ended = 0;             ///< a tracker's last word on a track, or a coasted one: no new measurement
    std::uint64_t other = 0;  ///< a kind of record that is neither (bias, weather, ground vehicles' status …)
    // Flags among the reports.
    std::uint64_t time_estimated = 0;
    std::uint64_t garbled_code = 0;    ///< Mode 3/A garbled, smoothed or not validated
    std::uint64_t garbled_height = 0;  ///< the same for Mode C
    std::uint64_t split_plots = 0;     ///< given out with doubled errors
    /// Values that the aircraft told and that a report had no room for: more registers than it can hold.
    std::uint64_t derived_left_out = 0;
    std::uint64_t corrected_range = 0;  ///< the radar had corrected slant range already (048/020 extension)
    bool operator==(const SensorCounters&) const = default;
};

/// A sensor with its counters, as sensors() lists it.
struct SensorState {
    picture::Sensor sensor;
    bool configured = false;  ///< false: learned from the wire
    bool healthy = true;      ///< its latest service message
    SensorCounters counters;
};

/// What frames came to, of one feed.
struct FeedCounters {
    std::uint64_t frames = 0, bytes = 0;
    std::uint64_t records = 0;
    std::uint64_t bad_records = 0;                      ///< could not be decoded
    std::uint64_t trailing_bytes = 0;                   ///< vendor trailers after the last block
    std::uint64_t unknown_category = 0;                 ///< blocks of a category or edition without a table
    std::uint64_t refuted_editions = 0;                 ///< sources whose configured edition the data refute
    std::uint64_t waiting = 0;                          ///< datagrams of sources whose edition is not known yet
    std::map<std::uint8_t, std::uint64_t> by_category;  ///< records
    std::optional<base::Error> first_error;
    bool operator==(const FeedCounters&) const = default;
};

/// In which edition a source is read from now on.
struct EditionNote {
    std::string feed;
    std::uint8_t category = 0;
    std::optional<std::pair<std::uint8_t, std::uint8_t>> source;  ///< SAC, SIC; absent where a record has none
    std::string edition;                                          ///< empty: its blocks are not decoded
    double certainty = 0;                                         ///< 0 to 1 (asterix::EditionGuess)
    std::uint64_t records = 0;                                    ///< on which that rests
    bool told = false;                                            ///< by the configuration
    bool odd = false;  ///< a person should look at it: what was told or said is refuted, or nothing fits
    std::string text;  ///< all of that for people
};

/// What decode() adds to. The caller clears it.
struct Decoded {
    std::vector<picture::TargetReport> reports;  ///< in the order of the wire; number is not set
    std::vector<picture::ServiceMessage> services;
    std::vector<picture::Sensor> learned;  ///< met for the first time: for Tracker::add_sensor
    std::vector<EditionNote> editions;     ///< of sources whose edition is known now, or another than before
    void clear() {
        editions.clear();
        reports.clear();
        services.clear();
        learned.clear();
    }
};

/// Decodes 001, 002, 010, 020, 021, 034, 048, 062. Keeps state per sensor (last marks, wrap of truncated times), no
/// clock: the same frames give the same reports. Not thread-safe.
class AsterixSource {
  public:
    /// Fails with `duplicate` (two sensors with the same feed, SAC, SIC and kind) or `unknown_name` (an edition).
    static base::Result<AsterixSource> make(AsterixConfig config);
    ~AsterixSource();
    AsterixSource(AsterixSource&&) noexcept;
    AsterixSource& operator=(AsterixSource&&) noexcept;

    /// Decodes one datagram (one or more data blocks), and those that have waited for what it tells. Never fails: what
    /// cannot be read is counted per feed. `received` unwraps times of day: each is taken as the instant nearest to it.
    void decode(std::string_view feed, base::Bytes bytes, base::Time received, Decoded& out);
    /// Nothing more will come: decodes what waits.
    void finish(Decoded& out);

    std::vector<SensorState> sensors() const;  ///< by id
    const std::map<std::string, FeedCounters, std::less<>>& feeds() const;

  private:
    struct Impl;
    explicit AsterixSource(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::sources
