// Track numbers for one receiver: drawn from a secret, so that two receivers cannot compare them (rule 17).
#pragma once

#include <asman/base/digest.hpp>
#include <asman/base/time.hpp>
#include <asman/picture/nouns.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

namespace asman::release {

/// What a track is to the grantor: (originator, via, number); own ones have an empty via.
struct Key {
    picture::State originator, via;
    std::uint64_t number = 0;
    auto operator<=>(const Key&) const = default;
};

/// Depends on nothing but the secret, the receiver and what this receiver was sent.
class Numbers {
  public:
    Numbers(std::string secret, picture::State receiver, base::Duration gap, base::Duration rest);

    struct Held {
        std::uint64_t number = 0;
        base::Time since, last_sent;
    };
    /// The number under which the track goes now; a new one for a new track or after a gap. `retired`: the number that
    /// it had before the gap, 0: none.
    const Held& use(const Key& key, base::Time now, std::uint64_t& retired);
    const Held* find(const Key& key) const;
    /// Ends a number; it rests before it is drawn again.
    void end(const Key& key, base::Time now);
    const std::map<Key, Held>& held() const { return held_; }
    /// Forgets numbers that have rested.
    void advance(base::Time now);

  private:
    std::uint64_t draw();
    std::string secret_;
    picture::State receiver_;
    base::Duration gap_, rest_;
    std::uint64_t counter_ = 0;
    std::map<Key, Held> held_;
    std::map<std::uint64_t, base::Time> resting_;  ///< number → until; Time::max(): in use
    std::multimap<base::Time, std::uint64_t> wake_;
};

}  // namespace asman::release
