// What one node keeps for one receiver: two bounded queues with their rules, and counters. Not thread-safe.
#pragma once

#include <asman/exchange/exchange.hpp>

#include <deque>
#include <optional>

namespace asman::exchange {

class Outbox {
  public:
    /// State class: the oldest make room. Log class: refused (`full`) when there is none.
    base::Result<void> put(Delivery delivery, Bytes envelope, const Limits& limits, const base::Place& place);
    /// The oldest of a class; nothing when empty.
    std::optional<Bytes> take(Delivery delivery);
    /// Gives back what take() gave and could not be sent: it is the oldest again.
    void give_back(Delivery delivery, Bytes envelope);
    /// Destroys what waits; how many there were.
    std::size_t purge(Delivery delivery);
    bool empty() const { return state_.waiting.empty() && log_.waiting.empty(); }
    void count_delivered() { ++counters_.delivered; }
    void count_dropped() { ++counters_.dropped; }
    Counters counters() const;

  private:
    struct Queue {
        std::deque<Bytes> waiting;
        std::size_t bytes = 0;
        bool fits(std::size_t size, std::size_t messages, std::size_t max_bytes) const;
        Bytes pop();
    };
    Queue& of(Delivery delivery) { return delivery == Delivery::log ? log_ : state_; }
    Queue state_, log_;
    Counters counters_;
};

}  // namespace asman::exchange
