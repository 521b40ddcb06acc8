// The demonstration: a scenario's states, each with its node, over one simulated sky.
#pragma once

#include <asman/evaluate/warning.hpp>
#include <asman/node/show.hpp>
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
    std::string audit{};                   ///< folder for the audits, a folder a state; empty: none
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

class Demonstration : public node::Show {
  public:
    static base::Result<std::unique_ptr<Demonstration>> make(DemonstrationOptions options);
    ~Demonstration() override;

    base::Result<bool> tick() override;
    base::Result<void> set_law_time(base::Time law_time) override;
    base::Time start() const override;
    base::Time now() const override;
    base::Time end() const override;
    node::Federation& federation() override;
    const std::vector<picture::State>& states() const override;
    std::vector<picture::Sensor> sensors() const override;
    std::string title() const override;
    std::string terrain_source() const override;
    core::Mode mode() const override { return core::Mode::simulated; }
    /// docs/scenario.md has its schema.
    std::string summary_json() const override;

    const simulate::World& world() const;
    /// Tracks of each node so far, and the warning that each state had of each intruder.
    std::vector<NodeResult> results() const;

  private:
    struct Impl;
    explicit Demonstration(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::study
