// The joint picture as others' systems take it: ASTERIX 062 and 065 in datagrams.
#pragma once

#include <asman/core/engine.hpp>
#include <asman/node/udp_sender.hpp>
#include <asman/outputs/outputs.hpp>

#include <cstdint>
#include <set>

namespace asman::node {

class TrackOutput {
  public:
    /// Fails for an address that is none, with the place in the configuration.
    static base::Result<TrackOutput> open(const core::OutputConfig& output, const core::NodeConfig& node);

    /// After each picture: 065 status, a 062 record for each confirmed joint track, one with the last-message bit for
    /// each track told before and gone since, and 065 end of batch.
    void send(const core::Engine& engine);

    std::uint64_t sent() const { return sent_; }  ///< datagrams
    std::uint64_t lost() const { return lost_; }  ///< datagrams that the system did not take

  private:
    TrackOutput(UdpSender sender, outputs::AsterixOptions options)
        : sender_(std::move(sender)), options_(std::move(options)) {}
    void put(base::Bytes datagram) { ++(sender_.send(datagram) ? sent_ : lost_); }

    UdpSender sender_;
    outputs::AsterixOptions options_;
    std::set<std::uint64_t> told_;  ///< numbers of the tracks in the last batch
    std::uint8_t batch_ = 0;
    std::uint64_t sent_ = 0, lost_ = 0;
};

}  // namespace asman::node
