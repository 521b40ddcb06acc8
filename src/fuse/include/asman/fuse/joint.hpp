// The joint picture: the own local tracks and what other states released, associated and fused, the contributions kept
// apart.
//
// Association looks at kinematics (Mahalanobis distance of the predicted states) and at identity as evidence, one track
// of each source to one joint track; what has gone together goes on together until it clearly does not. Fusion is split
// covariance intersection (Julier and Uhlmann 2001): filters of different sensors share the aircraft's own
// accelerations, a bounded part of their errors; tracks that share a sensor may share everything. Nothing counts twice:
// own data that comes back, and one originator's data that comes over several ways, is kept beside but is no evidence.
//
// Everything but the joint numbers is a function of the contributions held, the instant, and which of them went
// together before: the order in which they came changes nothing, and what is dropped leaves no trace in what remains.
#pragma once

#include <asman/base/result.hpp>
#include <asman/geo/region.hpp>
#include <asman/picture/nouns.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace asman::fuse {

using picture::Contribution;
using picture::JointTrack;
using picture::State;
using picture::Time;
using picture::Track;

struct Config {
    /// A foreign contribution whose state is older than this is gone, whatever its validity.
    base::Duration max_age = base::seconds(75);
    /// One whose state lies further ahead of the node's time than this is not used until then.
    base::Duration max_future = base::seconds(5);
    /// Spectral density of an aircraft's unknown accelerations, m²/s³, for prediction to the common instant.
    double acceleration_density = 2.0;
    /// How large a part of two tracks' errors may be common where they share no sensor (docs/fusion.md has
    /// measurements).
    double common_share = 0.5;
    /// Registration between states' systems that nobody has corrected, 1σ a horizontal axis, metres (association only).
    double registration_sigma = 60;
    /// Expected aircraft per km² of which one has not been told by the other state: what a coincidence is measured by.
    double density_per_km2 = 1e-3;
    /// ln of the likelihood ratio from which tracks join, and below which joined ones part.
    double join = 3.0;
    double part = -4.0;
    /// Squared Mahalanobis distance (position and velocity, 4 degrees of freedom) that no identity outweighs.
    double gate = 25;
    /// Bound of foreign contributions from one partner (invariant 8); more are refused and counted.
    std::size_t max_per_partner = 20'000;
};

struct Counters {
    std::uint64_t refused_malformed = 0;  ///< not finite, no covariance, no originator
    std::uint64_t refused_full = 0;
    std::uint64_t stale = 0;  ///< older than what is held
    std::uint64_t expired = 0;
    std::uint64_t copies = 0;  ///< contributions of the present picture that are kept but are no evidence
    bool operator==(const Counters&) const = default;
};

/// Not thread-safe; movable. Give inputs in any order, then advance(); tracks() is the picture of that instant.
class Joint {
  public:
    explicit Joint(State own, Config config = {}, std::shared_ptr<const geo::Borders> borders = nullptr);
    ~Joint();
    Joint(Joint&&) noexcept;
    Joint& operator=(Joint&&) noexcept;

    /// Replaces all own local tracks.
    void set_local(std::span<const Track> local);
    /// Adds or renews one foreign contribution, known by (originator, via, number). An older state than the one held is
    /// counted and ignored. `via` empty means: from the originator itself.
    void put_foreign(Contribution contribution);
    /// Removes one; nothing happens if it is not there.
    void drop_foreign(State originator, State via, std::uint64_t number);
    /// Removes all that rest on this clause of this accord (an empty clause: on any of it), at whichever hop. Returns
    /// how many.
    std::size_t drop_clause(std::string_view accord, std::string_view clause);
    /// Removes all that this partner handed over, its own and others' (a link that was closed for good). Returns how
    /// many.
    std::size_t drop_partner(State via);

    /// Moves to `now`, drops what has expired, associates and fuses anew. A time before the last one counts as the last
    /// one.
    void advance(Time now);
    /// Sorted by number; valid until the next call of a non-const member. Contributions are as they were given, sorted
    /// by (originator, via, number).
    std::span<const JointTrack> tracks() const;
    const JointTrack* find(std::uint64_t number) const;

    std::size_t foreign() const;  ///< contributions held
    const Counters& counters() const;

    /// The whole state as bytes, and back: a restored one goes on exactly as the saved one would have. Configuration
    /// and borders are not in it. Bytes of another state are a conflict, cut ones a syntax error; then nothing is
    /// changed.
    std::vector<std::byte> save() const;
    base::Result<void> restore(base::Bytes bytes);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Which contributions are evidence: false for own data that came back, and for all but the finest and newest of one
/// originator's copies over several ways.
std::vector<bool> evidence(std::span<const Contribution> contributions, State own);

/// One estimate at `now` from contributions taken to be of one aircraft, as Joint makes it (release views use it on
/// what a receiver may have). Copies are left out. `contributions` must not be empty; number and airspace stay unset.
Track fuse(std::span<const Contribution> contributions, State own, Time now, const Config& config = {});

/// The state moved to `to` at constant velocity; the covariance grows by `acceleration_density` (m²/s³).
picture::Kinematics predict(const picture::Kinematics& from, Time to, double acceleration_density);

}  // namespace asman::fuse
