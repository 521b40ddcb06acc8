// The exchange: what carries sealed envelopes between nodes. It neither reads nor writes what is in them, and nobody
// trusts it: the receiver's wire::Opener checks every signature and number.
#pragma once

#include <asman/base/result.hpp>
#include <asman/picture/nouns.hpp>
#include <asman/wire/envelope.hpp>

#include <cstdint>
#include <map>
#include <vector>

namespace asman::exchange {

using wire::Delivery;
using Bytes = std::vector<std::byte>;

/// Bounds of one pair's outbox (one direction).
struct Limits {
    std::size_t state_messages = 64;  ///< beyond: the oldest goes
    std::size_t log_messages = 4096;  ///< beyond: send() refuses
    std::size_t bytes = 64u << 20;    ///< of each class
};

/// Of one pair, one direction.
struct Counters {
    std::uint64_t sent = 0;
    std::uint64_t delivered = 0;
    std::uint64_t dropped = 0;  ///< state class: newer ones took their place
    std::uint64_t refused = 0;  ///< log class: the outbox was full
    std::uint64_t purged = 0;   ///< destroyed unsent because a clause stopped
    std::uint64_t waiting = 0;  ///< now
    bool operator==(const Counters&) const = default;
};

/// One node's end of an exchange.
class Exchange {
  public:
    virtual ~Exchange() = default;
    virtual picture::State self() const = 0;

    /// Puts a sealed envelope into the outbox for `to`. Never blocks. Fails with `unknown_name` (nobody of that name),
    /// `full` (log class: the outbox is full; the command that made it is to be refused, visibly).
    virtual base::Result<void> send(picture::State to, Delivery delivery, Bytes envelope) = 0;

    /// What has arrived since the last call, ordered by sender, log class first, then as sent.
    virtual std::vector<Bytes> receive() = 0;

    /// Destroys what waits for `to` in this class: a clause has stopped (accords.md rule 13). Returns how many.
    virtual std::size_t purge(picture::State to, Delivery delivery) = 0;

    /// Of what this node sends, by receiver.
    virtual std::map<picture::State, Counters> counters() const = 0;

    /// False while nothing can reach that state.
    virtual bool linked(picture::State to) const = 0;
};

}  // namespace asman::exchange
