// Mode S registers (BDS) as items of 021, 048, 062 carry them: 56 bits, bit 1 the most significant. Units are those of
// the registers: feet, knots, degrees. Source: ICAO Doc 9871, tables A-2 of each register. A field whose status bit is
// 0 is empty.
#pragma once

#include <asman/asterix/typed.hpp>

#include <string>
#include <variant>

namespace asman::asterix {

/// 1,0: data link capability.
struct Bds10 {
    bool continuation = false, overlay_command = false, acas_operational = false;
    std::uint8_t subnetwork_version = 0;
    bool enhanced_protocol = false, specific_services = false;
    std::uint8_t uplink_elm = 0, downlink_elm = 0;
    bool aircraft_identification = false, squitter = false, surveillance_identifier = false,
         common_usage_changed = false;
    std::uint8_t acas = 0;             ///< bits 37 to 40
    std::uint16_t dte_subaddress = 0;  ///< bits 41 to 56
};
/// 1,7: which registers the aircraft answers, as 0x05, 0x06 … in the order of the register.
struct Bds17 {
    std::vector<std::uint8_t> registers;
};
/// 2,0: aircraft identification.
struct Bds20 {
    Text<8> identification;
};
/// 3,0: ACAS resolution advisory.
struct Bds30 {
    std::uint16_t advisories = 0;  ///< ARA, 14 bits
    std::uint8_t complements = 0;  ///< RAC, 4 bits
    bool terminated = false, multiple_threats = false;
    std::uint8_t threat_type = 0;
    std::uint32_t threat = 0;  ///< 26 bits: an address or altitude, range and bearing, by threat_type
};
/// 4,0: selected vertical intention.
struct Bds40 {
    std::optional<double> mcp_altitude_ft, fms_altitude_ft, barometric_setting_mb;
    std::optional<bool> vnav, altitude_hold, approach;
    std::optional<std::uint8_t> target_source;
};
/// 4,4: meteorological routine report.
struct Bds44 {
    std::uint8_t source = 0;
    std::optional<double> wind_speed_kt, wind_from_deg, temperature_c, pressure_hpa, humidity_percent;
    std::optional<std::uint8_t> turbulence;
};
/// 4,5: meteorological hazard report.
struct Bds45 {
    std::optional<std::uint8_t> turbulence, wind_shear, microburst, icing, wake_vortex;
    std::optional<double> temperature_c, pressure_hpa, radio_height_ft;
};
/// 5,0: track and turn report.
struct Bds50 {
    std::optional<double> roll_deg, true_track_deg, ground_speed_kt, track_rate_deg_s, true_airspeed_kt;
};
/// 6,0: heading and speed report.
struct Bds60 {
    std::optional<double> magnetic_heading_deg, indicated_airspeed_kt, mach, barometric_rate_ft_min,
        inertial_rate_ft_min;
};

using BdsRegister = std::variant<std::monostate, Bds10, Bds17, Bds20, Bds30, Bds40, Bds44, Bds45, Bds50, Bds60>;

/// `bds` is 0x40 for 4,0. Empty (monostate) for a register that is not decoded here, or whose own number (1,0, 2,0 and
/// 3,0 carry it) is another.
BdsRegister decode_bds(std::uint8_t bds, std::uint64_t bits);

/// A register that a record carries.
struct CarriedRegister {
    std::string_view item;   ///< "250"; belongs to the edition's table
    std::uint8_t bds = 0;    ///< 0x40 for 4,0
    std::uint64_t bits = 0;  ///< 56 of them
};
/// Registers in items 010/250, 020/250, 020/260, 021/250, 021/260, 048/250, 048/260, 062/380/MB and 062/380/ACS, in the
/// order of the record. Resolution advisories are register 3,0, as which 021/260 (a copy of 1090 ES type 28) is given,
/// too.
std::vector<CarriedRegister> registers(const Record& record);

/// Appends {"mcp_altitude_ft":3008, …}: the fields of the struct that are there. {} for a register that is not decoded.
void to_json(const BdsRegister& r, std::string& out);

}  // namespace asman::asterix
