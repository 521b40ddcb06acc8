// One state's node on live feeds: UDP datagrams, unicast or multicast, and files.
#pragma once

#include <asman/node/show.hpp>

#include <memory>

namespace asman::node {

struct LiveOptions {
    std::string config;  ///< node.toml
    std::string record;  ///< in place of the configuration's; empty: as it says
};

/// A show that lasts until it is stopped: tick() waits for the wall clock's next tick and takes what has arrived
/// meanwhile.
class Live : public Show {
  public:
    /// Fails for a bad configuration, a feed that cannot be bound, a key that cannot be read.
    static base::Result<std::unique_ptr<Live>> make(const LiveOptions& options);
    ~Live() override;

    base::Result<bool> tick() override;
    base::Result<void> set_law_time(base::Time law_time) override;
    base::Result<void> reload_law() override;
    base::Time start() const override;
    base::Time now() const override;
    base::Time end() const override { return base::Time::max(); }
    Federation& federation() override;
    const std::vector<picture::State>& states() const override;
    std::vector<picture::Sensor> sensors() const override;
    std::string title() const override;
    std::string terrain_source() const override { return "none: live"; }
    core::Mode mode() const override;
    std::string summary_json() const override;

  private:
    struct Impl;
    explicit Live(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::node
