// The state of a Joint. Private to the room.
#pragma once

#include "associate.hpp"

namespace asman::fuse {

struct Joint::Impl {
    State own;
    Config config;
    std::shared_ptr<const geo::Borders> borders;

    Time now = Time::min();
    std::uint64_t next_number = 1;
    std::vector<Contribution> local;  ///< sorted by number
    std::map<Key, Contribution> foreign;
    std::map<State, std::size_t> per_partner;  ///< foreign contributions by via
    std::map<Key, Bond> bonds;                 ///< of contributions held
    Counters counters;
    std::vector<JointTrack> tracks;

    std::map<Key, Contribution>::iterator remove(std::map<Key, Contribution>::iterator it);
    template <class Which>
    std::size_t remove_if(Which which);
    void expire();
    void regroup();
    JointTrack joint_track(const Group& group) const;
    void forget(const Key& key);
};

}  // namespace asman::fuse
