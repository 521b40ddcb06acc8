// What is remembered of one aircraft that a Mode S receiver hears.
#pragma once

#include "quality.hpp"

#include <asman/base/time.hpp>
#include <asman/modes/cpr.hpp>
#include <asman/modes/framing.hpp>
#include <asman/modes/message.hpp>
#include <asman/picture/nouns.hpp>

#include <array>
#include <optional>

namespace asman::sources {

/// A value with the time at which it was heard.
template <class T>
struct Heard {
    T value{};
    base::Time at = base::Time::min();
    void set(T v, base::Time t) {
        value = std::move(v);
        at = t;
    }
    /// The value when it is no older than `age` at `now`.
    const T* fresh(base::Time now, base::Duration age) const {
        return at != base::Time::min() && now - at <= age ? &value : nullptr;
    }
};

enum class Placing : std::uint8_t { placed, unpaired, implausible };

class Aircraft {
  public:
    /// Takes everything but positions.
    void hear(const modes::Message& m, base::Time now);
    void hear(const modes::SbsMessage& m, base::Time now);
    /// A register that a reply can only be; its 56 bits.
    void hear_register(std::uint8_t bds, std::uint64_t content, base::Time now);
    /// Puts a position together; `reference` is the receiver's, where known.
    Placing place(const modes::CprPosition& position, base::Time now, std::optional<modes::LatLon> reference,
                  modes::LatLon& out);
    /// Fills motion, height and identity that are still fresh.
    void fill(picture::TargetReport& report) const;
    /// Adds what the aircraft told besides within picture::derived_memory, each with its age.
    void tell(picture::TargetReport& report) const;
    /// 1σ per axis, metres, of a position sent under this type code (0: not known).
    double sigma(unsigned type_code) const;
    base::Time last_heard() const { return last_heard_; }

  private:
    bool plausible(modes::LatLon at, base::Time now) const;

    base::Time last_heard_ = base::Time::min();
    std::array<Heard<modes::CprPosition>, 2> halves_;  ///< even, odd
    Heard<modes::LatLon> position_;
    int doubts_ = 0;  ///< implausible positions in a row
    Heard<modes::Velocity> velocity_;
    Heard<modes::Bds50> registers_50_;
    Heard<int> altitude_, height_;  ///< feet
    Heard<std::uint16_t> squawk_;
    Heard<std::uint8_t> emergency_;
    Heard<bool> spi_;
    std::string callsign_;
    std::optional<std::uint8_t> nac_p_;
    // For who is shown the track.
    Heard<modes::Velocity> squitter_velocity_;  ///< type code 19 alone: SBS does not say which rate of climb it tells
    std::array<Heard<std::uint64_t>, 3> registers_;  ///< 4,0, 5,0, 6,0
    Heard<std::uint8_t> emitter_;                    ///< I062/380 EMC
};

}  // namespace asman::sources
