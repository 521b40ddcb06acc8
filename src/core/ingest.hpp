// From bytes of feeds to local tracks: decode, leave out what the law excludes, track, classify.
#pragma once

#include <asman/core/engine.hpp>
#include <asman/sources/asterix.hpp>
#include <asman/sources/modes.hpp>
#include <asman/track/tracker.hpp>

#include <functional>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>

namespace asman::core {

/// The own sensors that a group of clauses does not cover; their data is not in the view of what those release.
struct SensorView {
    std::vector<std::uint64_t> clauses;     ///< accord::Clause::view
    std::set<picture::SensorId> uncovered;  ///< empty: the local picture itself serves
};

class Ingest {
  public:
    static base::Result<Ingest> make(const NodeConfig& config);

    /// Which views are wanted beside the local picture (accords.md rule 15): each is tracked by itself, from its own
    /// sensors alone. One that was wanted before goes on; a new one begins with nothing.
    base::Result<void> want(std::vector<SensorView> views);
    struct View {
        std::span<const std::uint64_t> clauses;
        std::span<const picture::Track> tracks;
    };
    /// Confirmed tracks of each view at the instant of the last picture(), classified; valid until the next.
    std::vector<View> views() const;
    /// Of the view with these clauses: what its radars' errors are, as it has learnt them itself.
    const track::Tracker& tracker_of(std::uint64_t clause_view) const;

    /// Decodes one datagram and gives its reports to the tracker, except those of excluded sensors.
    void frame(const Frame& frame, base::Time now);
    void advance(base::Time now);

    /// Sensors that feed no view: those whose site's accord is not operative (accords.md rule 8). Their tracks coast
    /// and end; those that other sensors hold go on.
    void exclude(std::set<picture::SensorId> sensors) { excluded_ = std::move(sensors); }
    const std::set<picture::SensorId>& excluded() const { return excluded_; }

    /// Confirmed local tracks at `now`, classified; valid until the next call.
    std::span<const picture::Track> picture(base::Time now);

    std::vector<SensorStanding> sensors() const;
    /// In which edition each source is read, as far as that is known; by feed, category and source.
    std::vector<sources::EditionNote> editions() const;
    void count(std::map<std::string, std::uint64_t>& counters) const;
    /// Every sensor known, configured or learned.
    const std::vector<picture::Sensor>& known() const { return known_; }
    std::vector<Event> take_events();
    /// Reports of the own sensors since the last call, except those of excluded ones; bounded, what is beyond goes.
    std::vector<picture::TargetReport> take_reports() { return std::exchange(recent_, {}); }
    void keep_reports(bool keep) { keep_reports_ = keep; }

  private:
    Ingest(const NodeConfig& config, sources::AsterixSource source, sources::ModesSource modes);
    void hear_editions(base::Time now);
    picture::FlightClass classify(const picture::Track& track) const;

    const NodeConfig* config_;
    sources::AsterixSource source_;
    sources::ModesSource modes_;
    std::map<std::string, sources::ModesFormat> modes_feeds_;  ///< of receivers; every other feed is ASTERIX
    track::Tracker tracker_;
    struct Part {
        SensorView wanted;
        std::optional<track::Tracker> tracker;  ///< none: the local picture serves
        std::vector<picture::Track> tracks;
    };
    std::vector<Part> parts_;
    sources::Decoded decoded_;
    std::vector<picture::Sensor> known_;
    std::vector<picture::Track> local_;
    std::vector<picture::TargetReport> recent_;
    bool keep_reports_ = false;
    std::set<picture::SensorId> excluded_;
    std::map<picture::SensorId, base::Time> last_heard_;
    std::map<picture::SensorId, bool> healthy_;
    std::set<std::string> reported_errors_;  ///< feeds whose first error has been told
    std::map<std::tuple<std::string, std::uint8_t, std::optional<std::pair<std::uint8_t, std::uint8_t>>>,
             sources::EditionNote>
        editions_;
    std::vector<Event> events_;
    std::uint64_t next_report_ = 1, excluded_reports_ = 0;
};

}  // namespace asman::core
