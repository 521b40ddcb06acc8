// Where a law lets an own track go: to whom directly, and to whom onward by consent. Decides as exporters do, object by
// object, and sends nothing: for comparing laws over a recorded picture (what-if).
#pragma once

#include <asman/release/exporter.hpp>

#include <map>
#include <optional>
#include <span>
#include <vector>

namespace asman::release {

/// The best way on which a receiver gets a track: least delay, then finest, then fewest hands.
struct Way {
    std::vector<picture::ClauseRef> clauses;  ///< one per hop, the originator's first
    std::vector<State> through;               ///< holders between originator and receiver
    picture::Coarsening coarsening;
    std::uint16_t fields = 0;
    std::vector<std::string> assumed;  ///< dates that it rests on and that are not public
    bool operator==(const Way&) const = default;
};

class Reach {
  public:
    /// `config.self` is the originator; `sensor_of` answers for its sensors.
    Reach(accord::Law law, Config config, Exporter::SensorOf sensor_of);

    /// Every receiver of a track, as a view of its own sensors made it at `now` of data time, while the law's clock
    /// stands `offset` later. `previous`: time of the view's sample before, for clauses that thin out. What waits for a
    /// delay counts where the law lets it go at its end.
    std::map<State, Way> of(const picture::Track& track, std::span<const std::uint64_t> views,
                            std::optional<Time> previous, Time now, Duration offset);

    const accord::Law& law() const { return law_; }
    /// As it stands at an instant of law time; kept until another is asked for.
    const accord::LawView& view(Time law_time);

  private:
    struct Walk;
    accord::Law law_;
    Config config_;
    Exporter::SensorOf sensor_of_;
    std::vector<accord::LawView> views_;  ///< a few: now, and at the ends of delays
};

}  // namespace asman::release
