// What a clause grants and what an exclusion takes away (accords.md rules 10 to 16), as read from a text.
#pragma once

#include <asman/base/result.hpp>
#include <asman/base/time.hpp>
#include <asman/geo/region.hpp>
#include <asman/picture/nouns.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asman::accord {

using base::Duration;
using base::Time;
using picture::State;

/// What a clause releases.
enum class Product : std::uint8_t { target_reports, tracks, alerts, identity, incidents, sensor_status, coverage };
std::string_view name(Product product);
std::optional<Product> product_of(std::string_view name);
const std::vector<std::string>& product_names();

/// Fields of a released object that a clause may let through, as bits. Position and time always go: without them there
/// is no object.
namespace field {
inline constexpr std::uint16_t velocity = 1 << 0;           ///< speed, direction, turn and vertical rate
inline constexpr std::uint16_t height = 1 << 1;             ///< every form of height
inline constexpr std::uint16_t mode_3a = 1 << 2;            ///< Mode 3/A codes
inline constexpr std::uint16_t address = 1 << 3;            ///< ICAO 24-bit address
inline constexpr std::uint16_t callsign = 1 << 4;           ///< target identification
inline constexpr std::uint16_t flight_class = 1 << 5;       ///< civil or state
inline constexpr std::uint16_t standard_identity = 1 << 6;  ///< friend, suspect …
inline constexpr std::uint16_t emergency = 1 << 7;          ///< emergency status, special position
inline constexpr std::uint16_t accuracy = 1 << 8;           ///< the covariance as estimated; without it a bound of 1 km
inline constexpr std::uint16_t sensor_position = 1 << 9;    ///< needed by the polar form of target reports
inline constexpr std::uint16_t identifying = mode_3a | address | callsign;
inline constexpr std::uint16_t all = (1 << 10) - 1;
}  // namespace field
const std::vector<std::string>& field_names();  ///< in the order of the bits
std::string field_list(std::uint16_t fields);   ///< "velocity, height"

/// The reference that a band's limits stand on. Compared only like with like.
enum class HeightKind : std::uint8_t { flight_level, msl, ellipsoid };
std::string_view name(HeightKind kind);

/// Half-open: from ≤ height < to. Metres for msl and ellipsoid; flight levels (hundreds of feet) for flight_level.
struct Band {
    HeightKind kind = HeightKind::flight_level;
    double from = 0, to = 0;
};

class DistanceField;

/// An area with the name that it has in its text. `region` holds what decides.
struct Area {
    std::string name;
    std::string words;  ///< "300 km along KAZ–KGZ, on the side of KAZ"
    geo::Region region;
    base::Digest digest;
    std::shared_ptr<const DistanceField> field;  ///< answers for `region`, fast
    /// True for an inner point; a boundary point is outside.
    bool contains(geo::Point p) const;
};

/// A sign of suspicion, as an annex lists it: criteria as data. What cannot be told of an object is 'unknown'.
enum class Sign : std::uint8_t {
    no_transponder,  ///< seen by primary radar alone
    no_identity,     ///< tells neither address nor callsign nor code
    emergency,       ///< one of the codes listed, or an emergency status where none is listed
};
struct Criterion {
    std::string id;
    Sign sign = Sign::no_transponder;
    std::vector<std::uint16_t> codes;  ///< Mode 3/A, of emergency; sorted
    std::string annex;                 ///< id of the annex that it belongs to; empty: none
    base::Place place;
};

/// What an object must be (a grant), or is when it is excluded. An absent term matches everything.
/// `unknown_*` true: an object whose value is unknown matches.
struct Match {
    std::shared_ptr<const Area> area;
    std::optional<Band> band;
    bool unknown_height = false;
    std::vector<picture::FlightClass> classes;  ///< empty: any
    bool unknown_class = false;
    std::vector<State> nationalities;  ///< empty: any
    bool unknown_nationality = false;
    std::vector<picture::Identity> identities;  ///< empty: any; pending and unknown are 'unknown'
    bool unknown_identity = false;
    std::vector<std::uint32_t> addresses;  ///< empty: any; sorted
    std::vector<std::string> callsigns;    ///< empty: any; a trailing '*' matches any ending
    bool unknown_address = false, unknown_callsign = false;
    std::vector<Criterion> criteria;  ///< empty: any; else at least one must be met. Sorted by id
    bool unknown_criteria = false;
};

/// Wins within its scope (rule 11).
struct Exclusion {
    std::string id;
    Match match;
    std::vector<State> towards;  ///< receivers; empty: all
    base::Place place;
};

/// The originator's consent that a receiver passes its data on (rule 16). Terms here only add to the clause's own.
struct Onward {
    std::vector<State> to;            ///< the final receivers, sorted; those of groups as well
    std::vector<State> named;         ///< of those, the ones that stand by name
    std::vector<std::string> groups;  ///< ids of the dated groups that stand for the rest; sorted
    std::uint32_t hops = 1;           ///< hand-overs after the first
    double grid = 0;                  ///< metres; 0: no more than the clause
    Duration delay{0};
    std::optional<std::uint16_t> fields;
};

/// How target reports go.
enum class Form : std::uint8_t { geodetic, polar };

/// What becomes of what a receiver holds when the clause stops (rule 18).
enum class WhenStopped : std::uint8_t {
    drop,
    keep,  ///< until each object's validity ends; never onward
};

struct Clause {
    std::string id;
    std::string title;
    std::vector<State> from;    ///< sorted; all parties where from_parties
    bool from_parties = false;  ///< "parties": each grants it
    std::vector<State> to;      ///< sorted; empty where to_parties
    bool to_parties = false;    ///< "parties": those when the grantor signed, and newcomers it accepts (rule 6)
    Product product = Product::tracks;
    Match match;
    std::vector<Exclusion> exclusions;
    std::uint16_t fields = 0;  ///< bits of `field`
    double grid = 0;           ///< precision: the cell's side, metres; 0: exact
    Duration delay{0};
    Duration rate{0};  ///< one sample a slot of this length; 0: every sample
    Duration validity{0};
    std::optional<Onward> onward;
    bool includes_onward = false;    ///< also hands over what others consented to pass on
    bool own_sensors = true;         ///< the grantor's sensors that stand under no accord
    std::vector<std::string> sites;  ///< sites of this accord whose sensors the clause covers as well
    std::uint64_t view = 0;          ///< names the set of sensors: clauses of the same view are fed by the same ones
    bool unassociated = false;       ///< target reports that belong to no track
    Form form = Form::geodetic;
    std::string reciprocity;   ///< group; empty: none
    bool provisional = false;  ///< may be applied provisionally
    WhenStopped when_stopped = WhenStopped::drop;
    bool assumed = false;  ///< certainty = "assumed": the terms are not public
    std::string source;
    base::Place place;
};

}  // namespace asman::accord
