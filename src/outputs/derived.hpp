// What the aircraft of a track told of itself, each value from whatever told it last: ADS-B, or a register of Mode S.
#pragma once

#include <asman/outputs/outputs.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace asman::outputs {

/// A value and when it was told.
template <class T>
struct Latest {
    std::optional<T> value;
    base::Time at = base::Time::min();
    void offer(const std::optional<T>& v, base::Time when) {
        if (v && when >= at) value = v, at = when;
    }
};

struct SelectedAltitude {
    double m = 0;
    bool source_told = false;
    std::uint8_t source = 0;  ///< I062/380 SAL
};
struct FinalAltitude {
    double m = 0;
    bool vertical_mode = false, hold = false, approach = false;
};

/// SI units and radians. Values older than picture::derived_memory at the track's time are not there.
struct AircraftDerived {
    Latest<double> magnetic_heading, indicated_airspeed, mach, true_airspeed;
    Latest<SelectedAltitude> selected_altitude;
    Latest<FinalAltitude> final_altitude;
    Latest<double> pressure_setting;  ///< hPa
    Latest<picture::Communications> communications;
    Latest<picture::AdsbStatus> ads_b_status;
    Latest<std::uint64_t> advisory;  ///< register 3,0
    Latest<double> barometric_rate, geometric_rate, roll_angle, track_angle_rate, track_angle, ground_speed;
    Latest<std::uint8_t> velocity_uncertainty, emitter_category, position_uncertainty;
    Latest<double> wind_speed, wind_from, temperature;
    Latest<std::uint8_t> turbulence;
    Latest<geo::Point> position;
    Latest<double> geometric_height;
    struct Register {
        std::uint8_t bds = 0;
        std::uint64_t bits = 0;
        base::Time at;
    };
    std::vector<Register> registers;  ///< but 3,0
};

AircraftDerived derived_of(const picture::Track& track);

}  // namespace asman::outputs
