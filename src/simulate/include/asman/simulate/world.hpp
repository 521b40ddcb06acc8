// The simulated world: aircraft that fly, sensors that see them over terrain, and the bytes they send.
//
//     ASMAN_TRY(auto scenario, Scenario::load("data/scenarios/central-asia.toml"));
//     ASMAN_TRY(auto world, World::make(scenario));
//     for (auto t = scenario.start; t < end; t = t + base::milliseconds(100))
//         for (auto& d : world.step(t)) node[d.owner].feed(d.feed, d.bytes, d.received);
//
// Every random number is drawn from a key (seed, who, what for, which turn), never from a shared stream: adding a
// sensor or an aircraft changes nothing else.
#pragma once

#include <asman/geo/region.hpp>
#include <asman/geo/terrain.hpp>
#include <asman/simulate/scenario.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace asman::simulate {

/// Bytes as one sensor sent them: whole ASTERIX data blocks (048 and 034, or 021), SIM bits set.
struct Datagram {
    base::Time received;
    picture::SensorId sensor;
    picture::State owner;
    std::string feed;
    std::vector<std::byte> bytes;
};

/// How an aircraft really is at an instant.
struct Truth {
    std::string id;  ///< unique: "intruder name/level", a flight's name, "traffic-17"
    geo::Position position;
    Eigen::Vector3d velocity = Eigen::Vector3d::Zero();  ///< east, north, up, m/s
    geo::PressureAltitude pressure_altitude;
    bool intruder = false;
    bool state_aircraft = false;
    bool expected = true;
    bool transponder = true;
    bool ads_b = false;
    picture::State state;  ///< of registry; empty: none known
    std::uint32_t address = 0;
    picture::Mode3A mode_3a = 0;
    std::string callsign;
    double rcs = 0;
    bool on_ground = false;
};

class World {
  public:
    /// With terrain as the scenario names it (ETOPO5 by default).
    static base::Result<World> make(const Scenario& scenario);
    static base::Result<World> make(const Scenario& scenario, const geo::Terrain& terrain, const geo::Geoid& geoid);
    World(World&&) noexcept;
    World& operator=(World&&) noexcept;
    ~World();

    /// Everything that arrives after the previous step and not after `until`, by (received, sensor).
    std::vector<Datagram> step(base::Time until);
    base::Time now() const;

    /// All aircraft in the air at `t`, by id. Any instant not before the scenario's start; the far future costs time.
    std::vector<Truth> truth(base::Time t) const;
    std::optional<Truth> truth(const std::string& id, base::Time t) const;
    /// Ids of the intruders, sorted.
    std::vector<std::string> intruders() const;
    /// When the aircraft first enters the region, from `from` to `to`, to 0.1 s; a flight that begins inside enters at
    /// once; nothing if never.
    std::optional<base::Time> first_entry(const std::string& id, const geo::Region& region, base::Time from,
                                          base::Time to) const;

    /// The sensors as configuration for nodes: ids 1, 2, 3 … in the scenario's order, antenna positions filled in,
    /// `simulated` set.
    const std::vector<picture::Sensor>& sensors() const;
    /// Callsigns cleared to cross a state's border: the scenario's list, generated traffic and named flights on plan.
    std::vector<std::string> expected(picture::State state) const;
    const Scenario& scenario() const;
    const geo::Terrain& terrain() const;
    /// "ETOPO5 (ferret-datasets), 5 arc minutes": belongs in every result.
    const std::string& terrain_source() const;

  private:
    struct Impl;
    explicit World(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::simulate
