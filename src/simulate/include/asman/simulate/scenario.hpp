// A scenario: states, sensors, airports, traffic, weather and named flights, as data (docs/scenario.md).
#pragma once

#include <asman/base/config.hpp>
#include <asman/base/digest.hpp>
#include <asman/coverage/detection.hpp>
#include <asman/picture/nouns.hpp>

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace asman::simulate {

/// A state that takes part: what its node knows of its own aircraft, and whom it expects.
struct StateSpec {
    picture::State code;
    std::string name;
    std::vector<std::uint32_t> state_aircraft;  ///< 24-bit addresses
    std::vector<std::string> expected;  ///< callsigns cleared to cross its border, besides the generated traffic
    std::optional<std::uint8_t> unit;   ///< system unit identification in ASTERIX 062/510
};

/// A sensor as it is built: what the picture knows of it, and what only the simulator knows.
struct SensorSpec {
    picture::Sensor sensor;  ///< position filled by World (it needs the terrain); else as configured
    geo::Point at;
    double elevation = 0;                  ///< of the ground, metres above mean sea level
    double mast = 0;                       ///< antenna above ground, metres
    double primary_range = 0;              ///< instrumented range of the primary channel, metres; 0: no primary channel
    double primary_reference_range = 0;    ///< at which a target of 1 m² is detected with probability 0.5 on one scan
    double max_elevation = 45 * geo::deg;  ///< above: the cone of silence
    double min_elevation = -90 * geo::deg;           ///< below: under the tilted beam (apparent elevation)
    std::optional<coverage::LinkBudget> link;        ///< of an ADS-B receiver; absent: fading towards its range
    double range_bias = 0;                           ///< metres
    double azimuth_bias = 0;                         ///< radians
    double clutter_per_scan = 0;                     ///< mean number of false primary plots on a turn
    base::Duration delay = base::milliseconds(200);  ///< from detection to the wire
};

struct Airport {
    std::string icao, name;
    picture::State state;
    geo::Point at;
    double elevation = 0;  ///< metres above mean sea level
    double weight = 1;     ///< how often generated traffic chooses it
};

/// Generated civil traffic on great circles between the airports.
struct TrafficSpec {
    std::uint32_t aircraft = 0;                ///< each flies one leg after another
    double min_leg = 150e3, max_leg = 3500e3;  ///< metres
    double holding_share = 0.1;                ///< of the arrivals that fly a holding pattern
    double light_share = 0.1;                  ///< of the aircraft that are small, slow and low
    double ads_b_share = 0.8;                  ///< of the aircraft with ADS-B out
    double mode_s_share = 0.9;                 ///< of the aircraft with a Mode S transponder
};

/// Weather: how pressure altitude differs from geometric height. The field varies with the place on a scale of 1,500
/// km.
struct WeatherSpec {
    double qnh = 1013.25;          ///< hPa, mean
    double qnh_swing = 0;          ///< hPa
    double surface_deviation = 0;  ///< K from the standard atmosphere at the ground, decaying to `upper_deviation`
    double upper_deviation = 0;    ///< K at 11 km and above
    double deviation_swing = 0;    ///< K
};

/// What happens on a flight, seconds after the scenario's start.
struct FlightEvent {
    double at = 0;
    std::optional<picture::Mode3A> mode_3a;  ///< code set from then on
    bool transponder_off = false;
};

/// A point of a named flight's route.
struct RoutePoint {
    geo::Point at;
    std::string airport;  ///< where it is an airport
};

/// A named flight: an airliner with a story, or a state aircraft.
struct FlightSpec {
    std::string name, callsign;
    picture::State state;
    std::uint32_t address = 0;
    picture::Mode3A mode_3a = 0;
    bool state_aircraft = false;
    bool mode_s = true, ads_b = true;
    bool expected = true;  ///< on every state's list of expected flights
    double rcs = 30;       ///< m²
    double speed = 220;    ///< m/s, true air speed in cruise
    double flight_level = 330;
    std::vector<RoutePoint> route;
    double start = 0;  ///< seconds after the scenario's start when it is at the route's first point; may be negative
    bool airborne = false;  ///< begins at cruise level in place of on the ground
    std::vector<FlightEvent> events;
};

/// An intruder without transponder, flown at several heights: each is a flight of its own, `<name>/<level>`.
struct IntruderLevel {
    std::string name;
    double after = 0;  ///< seconds after the intruder's start: the levels fly in trail, not on top of one another
    std::optional<double> above_ground;  ///< metres: follows the terrain
    std::optional<double> altitude;      ///< metres above mean sea level, never below `clearance` above ground
};
struct IntruderSpec {
    std::string name;
    std::vector<geo::Point> route;
    double speed = 200;      ///< m/s
    double start = 0;        ///< seconds after the scenario's start
    double rcs = 2;          ///< m²
    double clearance = 300;  ///< metres
    double climb = 0.08;     ///< steepest gradient
    std::vector<IntruderLevel> levels;
};

struct Scenario {
    std::string name, note;
    std::string file;  ///< where it was read
    base::Time start;
    base::Duration duration = base::seconds(1800);
    std::uint64_t seed = 1;
    std::string terrain;  ///< file; empty: ETOPO5
    WeatherSpec weather;
    TrafficSpec traffic;
    std::vector<StateSpec> states;    ///< in the order of the file
    std::vector<SensorSpec> sensors;  ///< in the order of the file
    std::vector<Airport> airports;
    std::vector<FlightSpec> flights;
    std::vector<IntruderSpec> intruders;

    static base::Result<Scenario> parse(std::string_view text, const std::string& file);
    static base::Result<Scenario> load(const std::string& path);
    const Airport* airport(std::string_view icao) const;
    const StateSpec* state(picture::State code) const;
    /// A box (south-west, north-east) that holds every sensor with its range and every route, for loading terrain.
    std::pair<geo::Point, geo::Point> box() const;
};

}  // namespace asman::simulate
