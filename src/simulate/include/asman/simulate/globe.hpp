// The whole world's traffic in outline: thousands of aircraft and sensors on a round earth without terrain, as wire
// bytes. For the tracker's benchmark of scale; World is the simulator for everything else.
#pragma once

#include <asman/simulate/world.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace asman::simulate {

struct GlobeSpec {
    std::uint32_t aircraft = 20'000;
    std::uint64_t seed = 1;
    /// Half of the aircraft fly in twelve round areas that make up this share of the earth's surface; one lies across
    /// 180°, one about the north pole. The others fly anywhere.
    double dense_share = 0.05;
    /// Sensors stand evenly over the earth, so that a place is under about so many of each, whichever it is.
    double radars_over = 7, receivers_over = 5.5;
    double radar_range = 407e3, receiver_range = 420e3;  ///< metres
    double message_heard = 0.5;  ///< share of an aircraft's position messages (two a second) that a receiver reads
    bool biases = true;          ///< radars are off by some ten metres and hundredths of degrees
};

/// How many sensors of a kind see an aircraft, over all aircraft.
struct GlobeCover {
    std::uint32_t least = 0, most = 0;
    double mean = 0;
};

class Globe {
  public:
    explicit Globe(const GlobeSpec& spec);
    ~Globe();
    Globe(Globe&&) noexcept;
    Globe& operator=(Globe&&) noexcept;

    /// Ids from 1 on: radars, then receivers. SAC and SIC are unique in a kind.
    const std::vector<picture::Sensor>& sensors() const;
    std::uint32_t radars() const;
    /// Constant, of the second made last.
    GlobeCover radar_cover() const, receiver_cover() const;

    /// Everything that arrives within the next second of data, by (received, sensor). Radars send a datagram of 048 and
    /// 034 every eighth of a second, receivers one of 021.
    const std::vector<Datagram>& second();
    base::Time start() const;
    /// The start of the second that second() makes next.
    base::Time now() const;
    /// All aircraft at now(), by number.
    std::vector<Truth> truth() const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::simulate
