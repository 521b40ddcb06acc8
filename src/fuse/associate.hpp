// Which contributions belong together at one instant. Private to the room.
#pragma once

#include "likeness.hpp"

#include <map>
#include <tuple>

namespace asman::fuse {

/// What a contribution is known by.
struct Key {
    State originator, via;
    std::uint64_t number = 0;
    auto operator<=>(const Key&) const = default;
};

/// A contribution's past: the joint number that it was last part of, and whether it went together with others there on
/// evidence that still stands.
struct Bond {
    std::uint64_t number = 0;
    bool joined = false;
};

struct Group {
    std::uint64_t number = 0;  ///< the past number that it goes on with; 0: a new one is due
    std::vector<const Contribution*> members;
};

/// Groups of contributions of one aircraft each, in a fixed order. Sources are taken one after another (own local
/// tracks first, then by originator and way, own data that came back last), each assigned one-to-one to the groups so
/// far; what finds none founds a group, save own data that came back.
std::vector<Group> associate(const std::vector<const Contribution*>& contributions, const std::map<Key, Bond>& bonds,
                             State own, Time now, const Config& config);

inline Key key_of(const Contribution& c) {
    return {c.originator, c.via, c.number};
}

}  // namespace asman::fuse
