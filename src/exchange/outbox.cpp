#include "outbox.hpp"

#include <utility>

namespace asman::exchange {

bool Outbox::Queue::fits(std::size_t size, std::size_t messages, std::size_t max_bytes) const {
    return waiting.size() < messages && size <= max_bytes && bytes <= max_bytes - size;
}

Bytes Outbox::Queue::pop() {
    Bytes out = std::move(waiting.front());
    waiting.pop_front();
    bytes -= out.size();
    return out;
}

base::Result<void> Outbox::put(Delivery delivery, Bytes envelope, const Limits& limits, const base::Place& place) {
    const std::size_t size = envelope.size();
    auto& queue = of(delivery);
    if (delivery == Delivery::log) {
        if (!queue.fits(size, limits.log_messages, limits.bytes)) {
            ++counters_.refused;
            return base::fail(base::Errc::full, place, "the log outbox is full");
        }
    } else {
        if (size > limits.bytes || limits.state_messages == 0) {
            ++counters_.dropped;
            return {};
        }
        while (!queue.fits(size, limits.state_messages, limits.bytes)) {
            queue.pop();
            ++counters_.dropped;
        }
    }
    queue.bytes += size;
    queue.waiting.push_back(std::move(envelope));
    ++counters_.sent;
    return {};
}

std::optional<Bytes> Outbox::take(Delivery delivery) {
    auto& queue = of(delivery);
    if (queue.waiting.empty()) return std::nullopt;
    return queue.pop();
}

void Outbox::give_back(Delivery delivery, Bytes envelope) {
    auto& queue = of(delivery);
    queue.bytes += envelope.size();
    queue.waiting.push_front(std::move(envelope));
}

std::size_t Outbox::purge(Delivery delivery) {
    auto& queue = of(delivery);
    const auto count = queue.waiting.size();
    counters_.purged += count;
    queue = {};
    return count;
}

Counters Outbox::counters() const {
    Counters out = counters_;
    out.waiting = state_.waiting.size() + log_.waiting.size();
    return out;
}

}  // namespace asman::exchange
