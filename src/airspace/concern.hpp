// Who a track says it is, and what speaks against it. Private to the room.
#pragma once

#include <asman/airspace/watch.hpp>

namespace asman::airspace {

/// What a track's own signs say, before where it flies is looked at.
struct Signs {
    bool identified = false;            ///< tells an address, a callsign, or a code that a control unit gave it
    bool code_only = false;             ///< of these, a code alone: no list can know it, and it is no stranger either
    bool withheld = false;              ///< its identity exists and was not released to this state
    bool assumed_friend = false;        ///< on the list of friends, or decided so by people
    bool expected = false;              ///< cleared to cross, or identified where nobody is listed
    std::string emergency;              ///< "7500", "7600" or "7700"; empty: none
    std::vector<std::string> evidence;  ///< sentences
    /// Why it is of concern; empty: it is not.
    std::string concern;
};

Signs signs_of(const JointTrack& track, const Config& config);

/// "7500", "7600", "7700" by two of the latest three valid replies, or by the emergency status of ADS-B; else empty.
std::string emergency_of(const picture::Track& track);

}  // namespace asman::airspace
