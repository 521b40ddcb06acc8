// Mode S down-link: one message of 56 or 112 bits, decoded into the field's own units (feet, knots, degrees).
// Sources: ICAO Annex 10 volume IV chapter 3 (formats, parity), Doc 9871 edition 2 (registers), RTCA DO-260B (ADS-B).
#pragma once

#include <asman/base/digest.hpp>
#include <asman/base/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace asman::modes {

/// Remainder of the message over the Mode S polynomial: 0 for an undamaged DF 17 or 18, the interrogator's code for
/// DF 11, the sender's address for replies with address parity.
std::uint32_t crc24(base::Bytes message);

/// A position as it is sent: 17 bits of latitude and of longitude, in one of two grids.
struct CprPosition {
    bool odd = false;
    bool surface = false;
    std::uint32_t lat = 0, lon = 0;  ///< 0 … 131071
    bool operator==(const CprPosition&) const = default;
};

/// Airborne velocity, type code 19; or movement on the surface.
struct Velocity {
    std::optional<double> ground_speed;   ///< knots
    std::optional<double> track;          ///< degrees clockwise from true north
    std::optional<double> airspeed;       ///< knots
    bool airspeed_true = false;           ///< else indicated
    std::optional<double> heading;        ///< degrees, magnetic (version 0, 1) or as the status message says
    std::optional<double> vertical_rate;  ///< feet per minute, positive up
    bool vertical_rate_barometric = false;
    std::optional<double> geometric_minus_baro;  ///< feet
    std::uint8_t nac_v = 0;
};

/// Registers of Comm-B replies. Each is present when the register may be that one; several may fit one reply.
struct Bds40 {
    std::optional<double> selected_altitude_mcp, selected_altitude_fms;  ///< feet
    std::optional<double> pressure_setting;                              ///< hPa
};
struct Bds50 {
    std::optional<double> roll;           ///< degrees, right wing down positive
    std::optional<double> true_track;     ///< degrees, 0 … 360
    std::optional<double> ground_speed;   ///< knots
    std::optional<double> track_rate;     ///< degrees per second
    std::optional<double> true_airspeed;  ///< knots
};
struct Bds60 {
    std::optional<double> magnetic_heading;    ///< degrees, 0 … 360
    std::optional<double> indicated_airspeed;  ///< knots
    std::optional<double> mach;
    std::optional<double> baro_vertical_rate, inertial_vertical_rate;  ///< feet per minute
};
/// The seven bytes of a register whose number is known; nothing when they contradict its own rules.
std::optional<Bds50> decode_bds50(base::Bytes register_bytes);
/// `altitude` (feet) where known: speeds must fit it.
std::optional<Bds60> decode_bds60(base::Bytes register_bytes, std::optional<int> altitude = {});

struct CommB {
    bool bds10 = false, bds17 = false, bds30 = false;
    std::optional<std::string> bds20;  ///< callsign
    std::optional<Bds40> bds40;
    std::optional<Bds50> bds50;
    std::optional<Bds60> bds60;
    /// How many registers fit: only 1 is an answer to rely on.
    int candidates() const {
        return bds10 + bds17 + bds30 + bds20.has_value() + bds40.has_value() + bds50.has_value() + bds60.has_value();
    }
};

struct Message {
    std::uint8_t df = 0;  ///< downlink format
    std::uint32_t address = 0;
    /// True: the parity proved the message and the address stands in it (DF 11, 17, 18). False: the address comes out
    /// of the parity, and a damaged message gives another one: believe it only when it is already known.
    bool address_proved = false;
    bool icao_address = true;  ///< false: a ground station's or an anonymous one (DF 18 by its control field)
    bool ads_b = false;        ///< the aircraft's own report (DF 17, DF 18 control field 0, 1, 6)
    std::optional<bool> on_ground;
    std::optional<int> altitude;          ///< feet, pressure altitude
    std::optional<int> geometric_height;  ///< feet above the ellipsoid (type codes 20–22)
    std::optional<std::uint16_t> squawk;  ///< Mode 3/A, 12 bits
    bool alert = false, spi = false;

    // Extended squitter (DF 17, 18)
    std::uint8_t type_code = 0;  ///< 0: none
    std::string callsign;        ///< trimmed
    std::uint8_t category = 0;   ///< set in type codes 1–4: (5 − type code) in the high digit, as "A3" = 0x13
    std::optional<CprPosition> position;
    std::optional<Velocity> velocity;
    std::optional<std::uint8_t> emergency;  ///< type code 28 subtype 1: 0 none … 6 downed
    std::optional<std::uint8_t> version;    ///< type code 31: 0, 1, 2
    std::optional<std::uint8_t> nac_p;      ///< type codes 29, 31
    bool nic_supplement_b = false;          ///< type codes 9–18, version 2; single antenna in version 0, 1
    std::optional<bool> nic_supplement_a;   ///< type code 31

    CommB comm_b;  ///< DF 20, 21
};

/// Decodes 7 or 14 bytes. Fails with `bad_value` (length or format unknown) or `bad_signature` (parity).
base::Result<Message> decode(base::Bytes bytes);

}  // namespace asman::modes
