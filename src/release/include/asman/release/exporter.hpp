// What leaves a state: for each receiver exactly what an operative clause grants, coarsened as it says (accords.md
// rules 10 to 18).
//
// What goes out are the allowed contributions kept apart: own local tracks, and foreign contributions by onward
// consent. They are not fused first. A receiver fuses for itself, so that nothing is counted twice; and since a local
// track is a function of the state's own inputs only, no byte that a receiver gets can depend on data that its
// originator did not consent to pass on.
#pragma once

#include <asman/accord/law.hpp>
#include <asman/picture/nouns.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace asman::release {

using base::Duration;
using base::Time;
using picture::State;

struct Config {
    State self;
    accord::Product product = accord::Product::tracks;
    std::optional<picture::ClauseRef> only{};  ///< only under this clause: for a view of what it grants
    /// Track numbers are drawn per receiver from this secret; whoever knows it can link the numbers of two receivers.
    std::string secret;
    /// A sensor counts as feeding a track for so long after its last report.
    Duration lineage_memory = base::seconds(30);
    /// A track that was not sent for so long gets a new number.
    Duration number_gap = base::seconds(60);
    /// Mean-sea-level bands are judged with it; without one no height above mean sea level is known.
    std::shared_ptr<const geo::Geoid> geoid{};
    std::size_t max_waiting_per_receiver = 20'000;  ///< delayed samples
};

/// The local picture as made from some sensors alone (rule 15). Clauses that cover the same sensors share one.
struct LocalView {
    std::vector<std::uint64_t> views;  ///< accord::Clause::view of the clauses that it serves; empty: any
    std::span<const picture::Track> tracks;
};

struct Drop {
    State originator;
    std::uint64_t number = 0;  ///< no longer exists for the receiver; no reason is given
    std::string accord;        ///< under which it went last
};

/// A decision that is another than the last one about this object and receiver: for the national chain, never sent.
struct Change {
    State receiver;
    State originator, via;
    std::uint64_t number = 0;  ///< as the grantor knows it
    std::string words;         ///< "released under X/c version 1, exact", "withheld (excluded)", "gone"
};

/// What one receiver is sent at one time.
struct Batch {
    State receiver;
    Time at;
    std::vector<picture::Contribution> contributions;
    std::vector<Drop> drops;
    /// Clauses towards this receiver that stopped since the last batch: what waits under them on the way must be
    /// destroyed.
    std::vector<picture::ClauseRef> stopped;
    bool empty() const { return contributions.empty() && drops.empty() && stopped.empty(); }
};

struct Counters {
    std::map<picture::ClauseRef, std::uint64_t> released;  ///< contributions by the grantor's clause
    std::map<accord::Reason, std::uint64_t> withheld;      ///< decisions, by reason (national knowledge, never sent)
    std::uint64_t waiting = 0;                             ///< delayed samples held now
    std::uint64_t destroyed = 0;                           ///< delayed samples whose clause stopped
    std::uint64_t overflow = 0;                            ///< delayed samples dropped at the bound
    std::uint64_t changes_lost = 0;                        ///< beyond the bound of take_changes()
};

/// Decides for one grantor. Deterministic: a function of the calls made.
class Exporter {
  public:
    using SensorOf = std::function<const picture::Sensor*(picture::SensorId)>;
    /// `sensor_of` answers for the own sensors; a sensor that it does not know is never covered by a clause.
    Exporter(Config config, SensorOf sensor_of);
    ~Exporter();
    Exporter(Exporter&&) noexcept;
    Exporter& operator=(Exporter&&) noexcept;

    /// One batch for each of `receivers`, in their order. `local`: own tracks, view by view; `foreign`: contributions
    /// held, valid now; `view` must hold at `now`, the instant of hand-over.
    std::vector<Batch> release(std::span<const LocalView> local, std::span<const picture::Contribution> foreign,
                               const accord::LawView& view, Time now, std::span<const State> receivers);
    /// The same, with the law's clock apart from the data's: `law_now` is where the law stands while the data says
    /// `now` (simulated nodes only). Delay and validity count in data time; clauses are taken as they stand at
    /// `law_now`.
    std::vector<Batch> release(std::span<const LocalView> local, std::span<const picture::Contribution> foreign,
                               const accord::LawView& view, Time now, Time law_now, std::span<const State> receivers);
    /// Of decisions since the last call, in the order in which they were made; bounded, what is beyond is counted.
    std::vector<Change> take_changes();

    const Counters& counters() const;
    /// The number under which a receiver has an own track of a view now; 0: it does not have it.
    std::uint64_t number_of(State receiver, std::uint64_t view, std::uint64_t track) const;

    /// The grantor's own people: why a local track goes to a receiver or does not (rule 20). `now` is data time; the
    /// law's clock stands to it as in the last release().
    accord::Explanation explain(const picture::Track& track, std::span<const std::uint64_t> views,
                                const accord::LawView& view, State receiver, Time now) const;
    accord::Explanation explain(const picture::Contribution& held, const accord::LawView& view, State receiver,
                                Time now) const;

    struct Impl;

  private:
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::release
