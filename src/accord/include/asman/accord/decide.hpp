// The pure decision: object × receiver × instant → what, or why not (rules 10 to 16, 20).
#pragma once

#include <asman/accord/terms.hpp>
#include <asman/accord/text.hpp>

#include <array>
#include <span>
#include <string>
#include <vector>

namespace asman::accord {

/// A sensor that fed an object, as far as law cares.
struct Source {
    State owner;
    std::string_view site_accord;  ///< empty: stands under no accord
    std::string_view name;
};

/// What is to be released, as the grantor knows it.
struct Object {
    Product product = Product::tracks;
    Time time;                     ///< of applicability
    std::optional<Time> previous;  ///< time of the sample before, for rate slots; absent: this is the first
    geo::Point at;
    double sigma = 0;  ///< 1σ along the worst direction, metres: exclusions act on the 3σ disc
    std::optional<geo::PressureAltitude> pressure_altitude;
    double sigma_pressure_altitude = 0;  ///< m
    std::optional<geo::MslAltitude> msl;
    std::optional<geo::EllipsoidalHeight> ellipsoidal;
    double sigma_height = 0;  ///< m, of msl and ellipsoidal
    picture::FlightClass flight_class = picture::FlightClass::unknown;
    std::optional<State> nationality;
    picture::Identity identity = picture::Identity::pending;
    std::optional<std::uint32_t> address;
    std::string_view callsign;
    std::optional<std::uint16_t> mode_3a;
    std::optional<bool> transponder;  ///< answers, or tells of itself; absent: cannot be told
    std::uint8_t emergency = 0;       ///< emergency status that it tells; 0: none
    bool associated = true;           ///< a target report that belongs to a track
    /// A target report that may be of a track that is excluded towards this receiver: it lies in that one's gate, and
    /// tells no address that says otherwise.
    bool near_excluded = false;
    std::span<const Source> sources;  ///< the grantor's sensors behind it (empty: not checked, e.g. coverage)
    /// Views that it was made in: only clauses of these are asked (Clause::view); empty: any.
    std::span<const std::uint64_t> views;
    const picture::ClauseRef* under = nullptr;  ///< only this clause is asked; null: any
    /// A target report: the local track that it belongs to, on which exclusions act as well (rule 12).
    const Object* belongs_to = nullptr;
    // Onward release: what the grantor holds from others.
    State originator;                             ///< empty: the grantor's own
    std::span<const picture::ClauseRef> clauses;  ///< one per hop so far, the originator's first
    std::span<const State> hops;                  ///< holders in order: originator, first receiver, …, the grantor
    picture::Coarsening coarsening;               ///< so far
    Time valid_until = Time::max();
};

enum class Reason : std::uint8_t {
    released,
    no_clause,      ///< no clause of that product from the grantor to the receiver
    not_operative,  ///< a clause exists, and does not hold at this instant
    before_clause,  ///< measured before the clause began to hold (no history)
    clock,          ///< the grantor's clock is not synchronised
    outside_area,
    cell_outside,  ///< the coarsened cell is not wholly inside the area
    outside_band,
    unknown_height,
    wrong_class,
    unknown_class,
    wrong_nationality,
    unknown_nationality,
    wrong_identity,
    unknown_identity,
    not_listed,    ///< address or callsign not among those named
    no_criterion,  ///< meets none of the criteria of suspicion
    unknown_criterion,
    sensor_not_covered,
    unassociated,
    near_excluded,
    excluded,
    too_early,  ///< the delay has not passed; Decision::not_before says when
    rate_slot,  ///< not the slot's sample
    expired,
    not_onward,  ///< the clause does not hand over what others originated
    no_consent,  ///< the originator did not consent to this receiver
    too_many_hops,
    held_copy_unlawful,  ///< the clause under which the grantor holds the copy does not hold, or is another version
};
std::string_view name(Reason reason);

class Grant;

/// What may go, and under which clause. `grant` belongs to the LawView.
struct Decision {
    Reason reason = Reason::no_clause;
    const Grant* grant = nullptr;  ///< the clause that decided: that released, or that came nearest
    std::uint16_t fields = 0;
    double grid = 0;    ///< metres; 0: exact
    Duration delay{0};  ///< since applicability, at least
    Time valid_until;
    Time not_before;             ///< with too_early: when to ask again
    std::string_view exclusion;  ///< with excluded: id of the exclusion
    bool released() const { return reason == Reason::released; }
};

/// A cell of the fixed global grid that coarsening uses: about `grid` metres a side, never less.
struct Cell {
    geo::Point centre;
    double half_diagonal = 0;               ///< metres, from above
    double north_south = 0, east_west = 0;  ///< sides, metres
};
Cell cell_of(geo::Point p, double grid);

/// The full reasoning, for the grantor's own people alone.
struct Explanation {
    Decision decision;
    std::vector<std::string> lines;
};

/// The one answer to anybody else, byte-identical for withheld, never existed and invented (rule 20).
inline constexpr std::string_view nothing_released = "Nothing about this object has been released to you.";

}  // namespace asman::accord
