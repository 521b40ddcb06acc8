#include <asman/asterix/bds.hpp>

namespace asman::asterix {

namespace {

/// Bits by their numbers in the standard: 1 to 56.
class Bits {
  public:
    explicit Bits(std::uint64_t v) : v_(v) {}
    std::uint64_t get(unsigned first, unsigned last) const {
        return v_ >> (56 - last) & ((std::uint64_t{1} << (last - first + 1)) - 1);
    }
    bool flag(unsigned bit) const { return get(bit, bit) != 0; }
    std::optional<double> number(unsigned status, unsigned first, unsigned last, double lsb) const {
        if (!flag(status)) return {};
        return static_cast<double>(get(first, last)) * lsb;
    }
    /// Two's complement whose sign bit is `first`.
    double complement(unsigned first, unsigned last, double lsb) const {
        const auto width = last - first + 1;
        const auto raw = static_cast<std::int64_t>(get(first, last) << (64 - width)) >> (64 - width);
        return static_cast<double>(raw) * lsb;
    }
    std::optional<double> signed_number(unsigned status, unsigned first, unsigned last, double lsb) const {
        if (!flag(status)) return {};
        return complement(first, last, lsb);
    }
    std::optional<std::uint8_t> small(unsigned status, unsigned first, unsigned last) const {
        if (!flag(status)) return {};
        return static_cast<std::uint8_t>(get(first, last));
    }
    std::uint8_t octet(unsigned first, unsigned last) const { return static_cast<std::uint8_t>(get(first, last)); }

  private:
    std::uint64_t v_;
};

std::optional<double> direction(std::optional<double> angle) {
    if (angle && *angle < 0) *angle += 360;
    return angle;
}

Bds10 bds10(Bits b) {
    return {.continuation = b.flag(9),
            .overlay_command = b.flag(15),
            .acas_operational = b.flag(16),
            .subnetwork_version = b.octet(17, 23),
            .enhanced_protocol = b.flag(24),
            .specific_services = b.flag(25),
            .uplink_elm = b.octet(26, 28),
            .downlink_elm = b.octet(29, 32),
            .aircraft_identification = b.flag(33),
            .squitter = b.flag(34),
            .surveillance_identifier = b.flag(35),
            .common_usage_changed = b.flag(36),
            .acas = b.octet(37, 40),
            .dte_subaddress = static_cast<std::uint16_t>(b.get(41, 56))};
}

Bds17 bds17(Bits b) {
    constexpr std::uint8_t order[] = {0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x20, 0x21, 0x40, 0x41, 0x42, 0x43,
                                      0x44, 0x45, 0x48, 0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x5F, 0x60};
    Bds17 out;
    for (unsigned i = 0; i < std::size(order); ++i)
        if (b.flag(i + 1)) out.registers.push_back(order[i]);
    return out;
}

Bds20 bds20(Bits b) {
    Bds20 out;
    for (unsigned i = 0; i < 8; ++i) out.identification.characters[i] = icao_character(b.get(9 + 6 * i, 14 + 6 * i));
    return out;
}

Bds30 bds30(Bits b) {
    return {.advisories = static_cast<std::uint16_t>(b.get(9, 22)),
            .complements = b.octet(23, 26),
            .terminated = b.flag(27),
            .multiple_threats = b.flag(28),
            .threat_type = b.octet(29, 30),
            .threat = static_cast<std::uint32_t>(b.get(31, 56))};
}

Bds40 bds40(Bits b) {
    Bds40 out{.mcp_altitude_ft = b.number(1, 2, 13, 16),
              .fms_altitude_ft = b.number(14, 15, 26, 16),
              .barometric_setting_mb = b.number(27, 28, 39, 0.1),
              .vnav = {},
              .altitude_hold = {},
              .approach = {},
              .target_source = b.small(54, 55, 56)};
    if (out.barometric_setting_mb) *out.barometric_setting_mb += 800;
    if (b.flag(48)) out.vnav = b.flag(49), out.altitude_hold = b.flag(50), out.approach = b.flag(51);
    return out;
}

Bds44 bds44(Bits b) {
    return {.source = b.octet(1, 4),
            .wind_speed_kt = b.number(5, 6, 14, 1),
            .wind_from_deg = b.number(5, 15, 23, 180.0 / 256),
            .temperature_c = b.complement(24, 34, 0.25),
            .pressure_hpa = b.number(35, 36, 46, 1),
            .humidity_percent = b.number(50, 51, 56, 100.0 / 64),
            .turbulence = b.small(47, 48, 49)};
}

Bds45 bds45(Bits b) {
    return {.turbulence = b.small(1, 2, 3),
            .wind_shear = b.small(4, 5, 6),
            .microburst = b.small(7, 8, 9),
            .icing = b.small(10, 11, 12),
            .wake_vortex = b.small(13, 14, 15),
            .temperature_c = b.signed_number(16, 17, 26, 0.25),
            .pressure_hpa = b.number(27, 28, 38, 1),
            .radio_height_ft = b.number(39, 40, 51, 16)};
}

Bds50 bds50(Bits b) {
    return {.roll_deg = b.signed_number(1, 2, 11, 45.0 / 256),
            .true_track_deg = direction(b.signed_number(12, 13, 23, 90.0 / 512)),
            .ground_speed_kt = b.number(24, 25, 34, 2),
            .track_rate_deg_s = b.signed_number(35, 36, 45, 8.0 / 256),
            .true_airspeed_kt = b.number(46, 47, 56, 2)};
}

Bds60 bds60(Bits b) {
    return {.magnetic_heading_deg = direction(b.signed_number(1, 2, 12, 90.0 / 512)),
            .indicated_airspeed_kt = b.number(13, 14, 23, 1),
            .mach = b.number(24, 25, 34, 2.048 / 512),
            .barometric_rate_ft_min = b.signed_number(35, 36, 45, 32),
            .inertial_rate_ft_min = b.signed_number(46, 47, 56, 32)};
}

}  // namespace

BdsRegister decode_bds(std::uint8_t bds, std::uint64_t bits) {
    const Bits b(bits);
    if ((bds == 0x10 || bds == 0x20 || bds == 0x30) && b.get(1, 8) != bds) return {};
    switch (bds) {
        case 0x10:
            return bds10(b);
        case 0x17:
            return bds17(b);
        case 0x20:
            return bds20(b);
        case 0x30:
            return bds30(b);
        case 0x40:
            return bds40(b);
        case 0x44:
            return bds44(b);
        case 0x45:
            return bds45(b);
        case 0x50:
            return bds50(b);
        case 0x60:
            return bds60(b);
        default:
            return {};
    }
}

}  // namespace asman::asterix
