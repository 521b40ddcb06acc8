// Something to watch: nodes over a stretch of data time, run tick by tick. A simulated scenario or a recording.
#pragma once

#include <asman/node/federation.hpp>
#include <asman/picture/nouns.hpp>

#include <string>
#include <vector>

namespace asman::node {

class Show {
  public:
    virtual ~Show() = default;
    /// One tick of data time. False when it is over.
    virtual base::Result<bool> tick() = 0;
    /// Moves the law's clock of all nodes (refused where nothing is simulated).
    virtual base::Result<void> set_law_time(base::Time law_time) = 0;
    /// Reads the accords' folder again, where there is one that may change.
    virtual base::Result<void> reload_law() { return {}; }

    virtual base::Time start() const = 0;
    virtual base::Time now() const = 0;
    virtual base::Time end() const = 0;
    virtual Federation& federation() = 0;
    /// The states whose nodes run, in the federation's order.
    virtual const std::vector<picture::State>& states() const = 0;
    /// Every sensor that takes part, with its position where known.
    virtual std::vector<picture::Sensor> sensors() const = 0;
    virtual std::string title() const = 0;
    virtual std::string terrain_source() const = 0;
    virtual core::Mode mode() const = 0;
    bool simulated() const { return mode() == core::Mode::simulated; }
    virtual std::string summary_json() const = 0;
};

}  // namespace asman::node
