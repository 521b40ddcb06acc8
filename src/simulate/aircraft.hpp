// An aircraft of the scenario: who it is, and all that it flies.
#pragma once

#include "flight.hpp"

#include <asman/simulate/scenario.hpp>
#include <asman/simulate/world.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace asman::simulate {

/// Quality of an aircraft's satellite navigation as ADS-B reports it (DO-260B).
struct Navigation {
    std::uint8_t nic = 8, nac_p = 9, sil = 3;
    double sigma = 5;  ///< metres per axis
};

/// One flight of it, with the callsign it flies under.
struct Leg {
    std::string callsign;
    Trajectory trajectory;
};

struct Aircraft {
    std::string id;
    std::uint64_t key = 0;  ///< of its random numbers
    std::size_t index = 0;  ///< in the world's list
    picture::State state;
    std::uint32_t address = 0;
    picture::Mode3A mode_3a = 0;
    bool intruder = false, state_aircraft = false, expected = true;
    bool transponder = true, mode_s = true, ads_b = true;
    double rcs = 30;
    std::uint8_t emitter_category = 3;  ///< as in CAT021 I021/020: 1 light … 5 heavy
    Navigation navigation;
    std::vector<FlightEvent> events;  ///< by time
    std::vector<Leg> legs;            ///< by time, apart
    /// Makes the leg that follows the last one; absent: there is none.
    std::function<Leg(std::size_t index, Seconds not_before)> next_leg;

    /// Makes legs until the last one ends after `t`.
    void plan_until(Seconds t);
    /// The leg in which it flies at `t`, or null on the ground.
    const Leg* leg_at(Seconds t) const;
};

/// An aircraft in the air at one instant.
struct Airborne {
    const Aircraft* aircraft = nullptr;
    const Leg* leg = nullptr;
    Motion motion;
    picture::Mode3A mode_3a = 0;
    bool transponder = true;
};
std::optional<Airborne> airborne(const Aircraft& a, Seconds t);

/// All aircraft of a scenario: intruders, named flights, generated traffic; in this order.
std::vector<Aircraft> make_aircraft(const Scenario& scenario, std::shared_ptr<const Environment> environment);

/// The callsign under which generated aircraft `number` flies its leg `leg` ("KAZ0412").
std::string traffic_callsign(picture::State state, std::size_t number, std::size_t leg);
/// How many legs have a callsign of their own before they repeat.
inline constexpr std::size_t traffic_callsigns = 10;

}  // namespace asman::simulate
