// The state of a Watch. Private to the room.
#pragma once

#include "concern.hpp"

#include <map>
#include <tuple>

namespace asman::airspace {

/// What is known of a joint track beyond its present state.
struct Past {
    Time first, last;
    bool was_outside = false;         ///< clearly outside the own land, or appeared inside near the border
    std::string outside_state;        ///< whose land (or "" for none) it was last outside over
    Time inside_since = Time::max();  ///< of the present stay inside
    bool crossed = false;             ///< the present stay began with a crossing
    Proposal proposal;
    picture::Identity candidate = picture::Identity::pending;  ///< proposed next, if it holds
    Time candidate_since;
};

/// What an alert is about. One alert at most is open for each.
struct Subject {
    picture::AlertKind kind = picture::AlertKind::border_approach;
    std::uint64_t joint_track = 0;
    std::string what;  ///< the code or the zone's name; empty for borders
    auto operator<=>(const Subject&) const = default;
};

/// A reason that holds or has held lately.
struct Reason {
    Time since, last;
    bool raised = false;
    Alert alert;
};

/// What holds in the present picture.
struct Finding {
    Subject subject;
    std::string detail;
    std::optional<base::Duration> warning;
    bool at_once = false;  ///< already confirmed by its own rule
};

struct Watch::Impl {
    Config config;
    Time now = Time::min();
    std::uint64_t next_number = 1;
    std::map<std::uint64_t, Past> pasts;
    std::map<Subject, Reason> reasons;
    std::vector<Alert> open;          ///< derived from reasons
    std::vector<Proposal> proposals;  ///< derived from pasts

    void look(const JointTrack& track, std::vector<Finding>& findings);
    void propose(Past& past, const JointTrack& track, const Signs& signs, bool approaching, bool inside);
    void find(const Finding& finding, const JointTrack& track, std::vector<Alert>& changed);
    void close(std::vector<Alert>& changed);
    void derive();
};

}  // namespace asman::airspace
