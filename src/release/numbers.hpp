// Track numbers for one receiver: drawn from a secret, so that two receivers cannot compare them (rule 17).
#pragma once

#include <asman/base/digest.hpp>
#include <asman/base/time.hpp>
#include <asman/picture/nouns.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace asman::release {

/// What a track is to the grantor: (originator, via, number); own ones have an empty via, and the view that they are
/// of.
struct Key {
    picture::State originator, via;
    std::uint64_t number = 0;
    std::uint64_t view = 0;
    auto operator<=>(const Key&) const = default;
};

/// Depends on nothing but the secret, the receiver and what this receiver was sent. Numbers are a counter under a
/// secret permutation of 48 bits: none comes twice before all have been used, without remembering any (a million a
/// second last nine years). The rounds are a Feistel network (M. Luby, C. Rackoff, How to construct pseudorandom
/// permutations from pseudorandom functions, SIAM J. Comput. 17 (1988); four rounds).
class Numbers {
  public:
    Numbers(const std::string& secret, picture::State receiver, base::Duration gap);

    struct Held {
        std::uint64_t number = 0;
        base::Time since, last_sent;
        picture::State originator;
        std::string accord;  ///< under which it went last
    };
    /// The number under which the track goes now; a new one for a new track or after a gap. `retired`: the number that
    /// it had before the gap, 0: none.
    Held& use(const Key& key, base::Time now, std::uint64_t& retired);
    const Held* find(const Key& key) const;
    void end(const Key& key) { held_.erase(key); }
    const std::map<Key, Held>& held() const { return held_; }

  private:
    std::uint64_t draw();
    std::array<base::Digest, 4> round_keys_{};
    base::Duration gap_;
    std::uint64_t counter_ = 0;
    std::map<Key, Held> held_;
};

}  // namespace asman::release
