// The demonstration: a scenario's states, each with its node, over one simulated sky.
#pragma once

#include <asman/evaluate/warning.hpp>
#include <asman/node/federation.hpp>
#include <asman/simulate/world.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace asman::study {

struct DemonstrationOptions {
    std::string scenario;                  ///< file
    std::string accords;                   ///< folder
    std::string borders;                   ///< GeoJSON
    std::string terrain;                   ///< file in place of the scenario's; empty: as the scenario says
    std::string record;                    ///< folder for the input logs, one a state; empty: none
    std::optional<base::Time> law_date;    ///< the law's clock at the start; else the data's time
    std::optional<base::Duration> length;  ///< else the scenario's
    std::optional<std::uint64_t> seed;
    std::vector<std::string> without;  ///< "ACCORD/clause": what if it were not there
    unsigned threads = 2;
};

/// One node's part of the summary.
struct NodeResult {
    picture::State state;
    std::size_t local_tracks = 0, joint_tracks = 0;  ///< confirmed, at the end
    double mean_local = 0, mean_joint = 0;           ///< over all pictures
    std::size_t alerts = 0;                          ///< raised
    base::Digest digest;                             ///< of its track output
    std::vector<evaluate::Warning> warnings;         ///< per intruder
    std::map<std::string, std::uint64_t> counters;
};

class Demonstration {
  public:
    static base::Result<Demonstration> make(DemonstrationOptions options);
    ~Demonstration();
    Demonstration(Demonstration&&) noexcept;
    Demonstration& operator=(Demonstration&&) noexcept;

    /// One tick of data time. False when the scenario's length is over.
    base::Result<bool> tick();
    /// Moves the law's clock of all nodes to this instant (it runs on from there).
    base::Result<void> set_law_time(base::Time law_time);

    base::Time now() const;
    base::Time start() const;
    base::Time end() const;
    const DemonstrationOptions& options() const;
    const simulate::World& world() const;
    node::Federation& federation();
    const node::Federation& federation() const;
    std::vector<picture::State> states() const;
    /// Reports and tracks of each node so far, and the warning that each state had of each intruder.
    std::vector<NodeResult> results() const;
    /// The summary as JSON text (docs/scenario.md has its schema).
    std::string summary_json() const;

  private:
    struct Impl;
    explicit Demonstration(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::study
