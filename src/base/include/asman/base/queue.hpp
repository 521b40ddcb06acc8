// A queue with a bound and a counter (invariant 8): what does not fit is dropped and counted, never grown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace asman::base {

enum class WhenFull : std::uint8_t {
    drop_oldest,  ///< state data: newest wins
    refuse,       ///< log data: the producer is told
};

template <class T>
class BoundedQueue {
  public:
    BoundedQueue(std::size_t bound, WhenFull when_full) : bound_(bound), when_full_(when_full) {}

    /// False when the queue was full and the new element was refused.
    bool push(T value) {
        if (items_.size() >= bound_) {
            ++dropped_;
            if (when_full_ == WhenFull::refuse || bound_ == 0) return false;
            items_.pop_front();
        }
        items_.push_back(std::move(value));
        return true;
    }
    std::optional<T> pop() {
        if (items_.empty()) return std::nullopt;
        std::optional<T> out(std::move(items_.front()));
        items_.pop_front();
        return out;
    }
    const T& front() const { return items_.front(); }
    std::size_t size() const { return items_.size(); }
    bool empty() const { return items_.empty(); }
    std::uint64_t dropped() const { return dropped_; }
    void clear() { items_.clear(); }

  private:
    std::deque<T> items_;
    std::size_t bound_;
    WhenFull when_full_;
    std::uint64_t dropped_ = 0;
};

}  // namespace asman::base
