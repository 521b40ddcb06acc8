// A laboratory: the nodes of a scenario's states as processes of their own, joined by a real exchange, fed in real time
// by simulated sensors. The way from the demonstration to an installation.
#pragma once

#include <asman/base/result.hpp>
#include <asman/picture/nouns.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace asman::study {

struct LabOptions {
    std::string folder;                    ///< made; refused where it exists and is not empty
    std::string scenario;                  ///< file
    std::string accords;                   ///< folder
    std::string borders;                   ///< GeoJSON
    std::uint16_t nats_port = 4222;        ///< on 127.0.0.1
    std::uint16_t first_feed_port = 9600;  ///< one a feed, counted upwards, on 127.0.0.1
};

/// What stands where.
struct LabNode {
    picture::State state;
    std::string config;  ///< its node.toml
    std::size_t sensors = 0, feeds = 0;
};

/// Writes the scenario, law and borders, a folder with configuration and fresh keys for each state, and the server's
/// configuration, whose permissions are the pairs that the law allows at `at`.
base::Result<std::vector<LabNode>> make_lab(const LabOptions& options, base::Time at);

/// The lab's sensors: what they send from `start` on, to the feeds' addresses.
class LabSensors {
  public:
    static base::Result<LabSensors> open(const std::string& folder, base::Time start);
    ~LabSensors();
    LabSensors(LabSensors&&) noexcept;
    LabSensors& operator=(LabSensors&&) noexcept;

    /// Sends everything that is due up to `now`.
    void send_until(base::Time now);
    std::uint64_t sent() const;
    std::uint64_t lost() const;  ///< the system did not take them

  private:
    struct Impl;
    explicit LabSensors(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::study
