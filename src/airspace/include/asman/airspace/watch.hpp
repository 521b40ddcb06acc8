// One state's watch over its airspace: alerts that open and close, and proposals of identity with their reasons.
//
// What is told, and what is not:
// - border_approach: a track outside the own land whose present course and speed lead it over the border within the
//   horizon, if it is *of concern*: it shows no transponder identity (primary only, or neither address, callsign nor a
//   discrete code), or tells unlawful interference, or is suspect or hostile, or tells an address or callsign that is
//   not expected here. A discrete code alone was given by some control unit and stands on no list: no concern.
//   Identified civil and assumed friendly flights that are expected raise nothing: they cross by the hundred each day,
//   and an alert for each is noise.
// - border_crossed: a track of concern that is inside, and was outside before, or appeared inside near the border. What
//   was inside when first seen far from any border (a departure) is not a crossing.
// - emergency_code: 7500, 7600 or 7700 in at least two of the latest three valid replies, or the emergency status of
//   ADS-B; for every track held, wherever it flies and whoever it is.
// - zone_entry: any track not assumed friend or friend inside a configured zone (zones may say: all).
// - unidentified: a track of concern that has stayed inside for a minute, unless a crossing of it is open.
// Each is raised once and stays open until its reason has been gone for a while (hysteresis), then it is closed and
// told once more. Numbers count up and are never reused.
//
// The machine proposes identities up to suspect; a person of the airspace's owner confirms (architecture.md, Words).
#pragma once

#include <asman/base/result.hpp>
#include <asman/geo/region.hpp>
#include <asman/picture/nouns.hpp>

#include <cstdint>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace asman::airspace {

using picture::Alert;
using picture::JointTrack;
using picture::State;
using picture::Time;

struct Zone {
    std::string name;
    geo::Region area;
    std::optional<geo::PressureAltitude> below;  ///< only up to this level; a track without height counts as below
    bool all_tracks = false;                     ///< also friends and expected flights
};

struct Config {
    State own;
    geo::Region land;
    /// Callsigns (as transmitted, trimmed) and 24-bit addresses (six hexadecimal digits, any case) that are cleared to
    /// cross. Empty: nobody has said who is cleared, so every flight that tells who it is counts as expected.
    std::set<std::string> expected;
    std::set<std::uint32_t> friends;  ///< 24-bit addresses of the own state's aircraft and its allies': assumed friends
    std::vector<Zone> zones;
    base::Duration horizon = base::seconds(600);  ///< of border_approach
    /// A reason must have held for so long before an alert is raised, and be gone for so long before it closes.
    base::Duration raise_after = base::seconds(3);
    base::Duration close_after = base::seconds(30);
    /// Appearing inside within this distance of the border counts as having crossed it, metres.
    double near_border = 15'000;
    /// How deep (metres) the estimate must be inside before a crossing is told, beyond its own 1σ.
    double margin = 0;
};

/// What the machine proposes for a joint track, and why.
struct Proposal {
    std::uint64_t joint_track = 0;
    picture::Identity identity = picture::Identity::pending;  ///< up to suspect
    std::vector<std::string> evidence;                        ///< sentences, strongest first
    Time since;                                               ///< of this identity
};

/// Not thread-safe; movable. Deterministic: a function of the configuration and the pictures given.
class Watch {
  public:
    explicit Watch(Config config);
    ~Watch();
    Watch(Watch&&) noexcept;
    Watch& operator=(Watch&&) noexcept;

    /// Looks at the joint picture of `now` (one call a picture). Returns the alerts that were raised or closed by it,
    /// in order of number. Time must not run backwards (an earlier picture is ignored).
    std::vector<Alert> update(std::span<const JointTrack> tracks, Time now);
    /// Open alerts, in order of number. `warning` and `at` of an approach follow the track.
    std::span<const Alert> open() const;
    /// One per track of the latest picture, in order of joint number.
    std::span<const Proposal> proposals() const;
    const Proposal* proposal(std::uint64_t joint_track) const;

    /// The whole state as bytes, and back. The configuration is not in it.
    std::vector<std::byte> save() const;
    base::Result<void> restore(base::Bytes bytes);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Time until a track of this course and speed first meets the region, within the horizon: nothing when it does not, 0
/// when it is inside. The course is the great circle of the present velocity; exact to `resolution` of way.
std::optional<base::Duration> time_to_region(const picture::Kinematics& from, const geo::Region& region,
                                             base::Duration horizon, double resolution = 100);

}  // namespace asman::airspace
