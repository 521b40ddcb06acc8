// The nouns: states, sensors, target reports, tracks, lineage, identity, alerts. SI units and radians inside (invariant
// 2).
#pragma once

#include <asman/base/digest.hpp>
#include <asman/base/time.hpp>
#include <asman/geo/point.hpp>
#include <asman/picture/derived.hpp>

#include <Eigen/Core>

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asman::picture {

using base::Duration;
using base::Time;

/// A state, by its ISO 3166-1 alpha-3 code ("KGZ").
struct State {
    std::array<char, 3> code{};
    auto operator<=>(const State&) const = default;
    constexpr State() = default;
    constexpr explicit State(std::string_view s) {
        for (std::size_t i = 0; i < 3 && i < s.size(); ++i) code[i] = s[i];
    }
    std::string_view text() const { return {code.data(), code[0] ? std::size_t{3} : std::size_t{0}}; }
    bool empty() const { return code[0] == 0; }
    /// Three capital letters.
    static bool well_formed(std::string_view s) {
        return s.size() == 3 && std::ranges::all_of(s, [](char c) { return c >= 'A' && c <= 'Z'; });
    }
};

/// A sensor's stable id within one configuration of an alliance; 0 is none. SAC/SIC alone repeats (architecture.md).
struct SensorId {
    std::uint32_t value = 0;
    auto operator<=>(const SensorId&) const = default;
};

enum class SensorKind : std::uint8_t { primary, secondary, mode_s, combined, multilateration, ads_b, tracker };
std::string_view name(SensorKind kind);
std::optional<SensorKind> sensor_kind(std::string_view name);

/// What is known of a sensor. Owner, operator, host and accord are four different things (accords.md rule 8).
struct Sensor {
    SensorId id;
    std::string name;  ///< unique in the configuration: "KGZ/Manas-SSR"
    State owner, operated_by, host;
    std::string accord;  ///< the accord that its site stands under; empty: none
    std::string feed;    ///< configuration's name of the feed that its data arrives on
    std::uint8_t sac = 0, sic = 0;
    SensorKind kind = SensorKind::combined;
    std::optional<geo::Position> position;  ///< antenna; absent: decoded, counted, not tracked
    double max_range = 0;                   ///< instrumented range, metres; 0: not known
    Duration scan_period{0};                ///< of a turn; 0: not rotating
    double sigma_range = 70;                ///< metres, 1σ
    double sigma_azimuth = 0.08 * geo::deg;
    double detection_probability = 0.9;
    double false_reports_per_scan = 0;
    bool simulated = false;
};

/// Mode 3/A code, 12 bits, as the four octal digits read ("7600" is 07600).
using Mode3A = std::uint16_t;

/// What a report says of identity, each part possibly absent.
struct ReportedIdentity {
    std::optional<std::uint32_t> address;  ///< ICAO 24-bit
    std::optional<Mode3A> mode_3a;
    bool mode_3a_valid = true;      ///< not garbled, validated
    std::string callsign;           ///< target identification, trimmed; empty: absent
    bool special_position = false;  ///< SPI
    std::uint8_t emergency = 0;     ///< ADS-B/Mode S emergency status; 0: none
};

/// One measurement: a plot of a radar or multilateration system, or an ADS-B report. At its own time of detection.
struct TargetReport {
    SensorId sensor;
    Time time;                               ///< of detection (applicability)
    std::uint64_t number = 0;                ///< in the order of arrival at the node; unique in the node
    SensorKind kind = SensorKind::combined;  ///< how this plot was detected (primary: no transponder reply)
    bool simulated = false;                  ///< SIM bit
    bool time_estimated = false;             ///< the report had no time: stamped from north and sector marks
    // Polar: slant range (metres) and azimuth (radians clockwise from true north at the sensor). NaN range: not polar.
    double range = std::numeric_limits<double>::quiet_NaN();
    double azimuth = 0;
    double sigma_range = 0, sigma_azimuth = 0;  ///< 1σ; 0: the sensor's own figures
    // Geodetic (ADS-B, multilateration). sigma_horizontal is 1σ per axis, metres (from NIC/NACp).
    std::optional<geo::Point> point;
    double sigma_horizontal = 0;
    /// Where a report says it (multilateration): east and north variance and their covariance, m²; in place of
    /// sigma_horizontal.
    std::optional<std::array<double, 3>> horizontal_covariance;
    std::optional<geo::PressureAltitude> pressure_altitude;
    bool pressure_altitude_valid = true;  ///< not garbled, validated
    std::optional<geo::EllipsoidalHeight> geometric_height;
    double sigma_geometric_height = 0;  ///< m, 1σ (from GVA); 0: not said
    // Down-linked motion where there is one (ADS-B velocity, Mode S BDS 50/60).
    std::optional<double> ground_speed;   ///< m/s
    std::optional<double> track_angle;    ///< radians from true north
    double sigma_velocity = 0;            ///< of the two, 1σ per axis, m/s (from NACv); 0: not said
    std::optional<double> turn_rate;      ///< rad/s, positive clockwise (BDS 50)
    std::optional<double> vertical_rate;  ///< m/s, positive up
    ReportedIdentity identity;
    DerivedValues derived;                      ///< what else the aircraft told; for whoever is shown the track
    std::optional<std::uint32_t> source_track;  ///< the sensor's own track number (048/161, 062/040): evidence only
    bool polar() const { return range == range; }
};

/// A rotating sensor's north mark or sector crossing: the beam has passed this azimuth at this time.
struct ServiceMessage {
    SensorId sensor;
    Time time;
    bool north = false;
    double azimuth = 0;   ///< radians
    bool healthy = true;  ///< false: NOGO, overload or time source invalid; it stops contributing
    std::optional<Duration> rotation_period;
    bool simulated = false;
};

/// Which states' which sensors fed a track, since when, with the time of the latest report.
struct LineageEntry {
    State state;
    SensorId sensor;
    Time first, last;
    std::uint32_t reports = 0;
    auto operator<=>(const LineageEntry&) const = default;
};
using Lineage = std::vector<LineageEntry>;  ///< sorted by (state, sensor)

/// A clause of an accord: where a released object's permission stands.
struct ClauseRef {
    std::string accord;  ///< id
    std::string clause;  ///< id within the accord
    std::uint32_t version = 1;
    base::Digest digest;  ///< of the accord's text
    auto operator<=>(const ClauseRef&) const = default;
    std::string text() const { return accord + "/" + clause; }
};

/// Standard identity (the machine proposes up to suspect; a person of the airspace's owner confirms the rest).
enum class Identity : std::uint8_t { pending, unknown, assumed_friend, friendly, neutral, suspect, hostile };
std::string_view name(Identity identity);
std::optional<Identity> identity_of(std::string_view name);

/// What kind of flight it is, for accords' terms. `unknown` is a value of its own (accords.md rule 12).
enum class FlightClass : std::uint8_t { unknown, civil, state };
std::string_view name(FlightClass c);
std::optional<FlightClass> flight_class_of(std::string_view name);

/// Horizontal state at `time`: position on the ellipsoid, velocity east/north in the plane tangent at that position.
struct Kinematics {
    Time time;
    geo::Point at;
    Eigen::Vector2d velocity = Eigen::Vector2d::Zero();        ///< east, north, m/s
    Eigen::Matrix4d covariance = Eigen::Matrix4d::Identity();  ///< of (east m, north m, ve m/s, vn m/s)
    std::optional<geo::PressureAltitude> pressure_altitude;
    double sigma_pressure_altitude = 0;  ///< m
    std::optional<geo::EllipsoidalHeight> geometric_height;
    double sigma_geometric_height = 0;
    std::optional<double> vertical_rate;  ///< m/s, positive up
    double turn_rate = 0;                 ///< rad/s, positive clockwise
    // Of the state's own tracks, not released.
    double acceleration = 0;                             ///< along the course, m/s²
    double sigma_vertical_rate = 0;                      ///< m/s; 0: not known
    double sigma_acceleration = 0, sigma_turn_rate = 0;  ///< m/s², rad/s; 0: not known
};

/// When reports of each kind last updated a track; Time::min(): never. Of the state's own tracks, not released.
struct LatestReports {
    Time primary = Time::min(), secondary = Time::min(), mode_s = Time::min();
    Time multilateration = Time::min(), ads_b = Time::min();
    Time pressure_altitude = Time::min(), mode_3a = Time::min();  ///< of any kind, that told these
    auto operator<=>(const LatestReports&) const = default;
};

/// The latest report that updated a track, as its sensor measured it. Of the state's own tracks, not released.
struct Measurement {
    SensorId sensor;
    std::uint8_t sac = 0, sic = 0;
    Time time;
    SensorKind kind = SensorKind::combined;
    bool replied = false;  ///< a transponder or ADS-B spoke
    bool simulated = false;
    double range = std::numeric_limits<double>::quiet_NaN(), azimuth = 0;  ///< m, rad; NaN range: not polar
    std::optional<geo::PressureAltitude> pressure_altitude;
    std::optional<Mode3A> mode_3a;
    bool mode_3a_valid = true;
    std::optional<std::uint32_t> address;
    bool polar() const { return range == range; }
};

struct Track {
    std::uint64_t number = 0;  ///< of the picture that holds it
    Kinematics kinematics;
    Time first_seen;       ///< of the first report
    Time last_report;      ///< of the latest report
    LatestReports latest;  ///< and by kind
    std::optional<Measurement> measured;
    /// What the aircraft told within derived_memory, by kind and detail. Of the state's own tracks, not released.
    std::vector<HeldDerived> derived;
    double existence = 1;  ///< probability
    bool confirmed = false;
    bool coasting = false;
    bool simulated = false;
    bool primary_only = true;                   ///< no transponder reply or ADS-B ever
    std::array<float, 4> mode_probabilities{};  ///< straight, turn, speed change, other
    ReportedIdentity identity;                  ///< the best evidence so far
    std::vector<Mode3A> recent_codes;  ///< latest valid codes, newest last, at most 3: an emergency needs two of three
    FlightClass flight_class = FlightClass::unknown;
    Identity standard_identity = Identity::pending;
    Lineage lineage;
};

/// How precisely a contribution was released: what was coarsened on the way.
struct Coarsening {
    double grid = 0;  ///< cell, metres; 0: exact
    Duration delay{0};
    bool identity_removed = false;
    bool height_removed = false;
    auto operator<=>(const Coarsening&) const = default;
    bool none() const { return *this == Coarsening{}; }
};

/// One state's part in the joint picture: its own local track, or a track that another state released to it.
struct Contribution {
    State originator;          ///< whose sensors
    State via;                 ///< who handed it over (the originator itself without onward release); empty: own
    std::uint64_t number = 0;  ///< the number under which it was released here (per receiver), or the local number
    std::vector<ClauseRef> clauses;  ///< one per hop, the originator's first; empty: own
    Coarsening coarsening;
    std::vector<std::string> assumed;  ///< assumed dates that the release rests on ("RUS-TJK-2021: entry into force")
    Time valid_until = Time::max();
    Track track;  ///< as released
};

/// A track of the joint picture: contributions kept apart, and their fusion.
struct JointTrack {
    std::uint64_t number = 0;
    Track fused;
    std::vector<Contribution> contributions;  ///< sorted by (originator, via, number)
    State airspace;                           ///< whose land it is over; empty: none known
};

enum class AlertKind : std::uint8_t { border_approach, border_crossed, emergency_code, zone_entry, unidentified };
std::string_view name(AlertKind kind);

/// A condition found by the machine.
struct Alert {
    std::uint64_t number = 0;
    AlertKind kind = AlertKind::border_approach;
    Time raised;
    std::uint64_t joint_track = 0;
    geo::Point at;
    std::string detail;               ///< "7600", the zone's name, the border segment's states
    std::optional<Duration> warning;  ///< time until the border at present course and speed
    Lineage lineage;                  ///< of what it rests on
    bool open = true;
};

}  // namespace asman::picture
