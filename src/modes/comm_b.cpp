// Registers of Comm-B replies: a reply does not say which register it holds, so each is tried by its own rules. Source:
// ICAO Doc 9871 edition 2, tables A-2-16, -23, -32, -48, -64, -80, -96.
#include "bits.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace asman::modes {
namespace {

/// A field must be zero where its status bit says that it is not available.
bool status_fits(const Bits& b, std::size_t status, std::size_t first, std::size_t last) {
    return b(status) || b(first, last) == 0;
}

template <class T>
std::optional<double> when(bool available, T value, double scale) {
    return available ? std::optional(value * scale) : std::nullopt;
}

/// Degrees of −180 … 180 to 0 … 360.
std::optional<double> full_turn(std::optional<double> d) {
    return d && *d < 0 ? std::optional(*d + 360) : d;
}

bool within(const std::optional<double>& v, double limit) {
    return !v || std::abs(*v) <= limit;
}

std::optional<Bds40> bds40(const Bits& b) {
    if (!status_fits(b, 1, 2, 13) || !status_fits(b, 14, 15, 26) || !status_fits(b, 27, 28, 39) ||
        !status_fits(b, 48, 49, 51) || !status_fits(b, 54, 55, 56) || b(40, 47) != 0 || b(52, 53) != 0)
        return std::nullopt;
    Bds40 out{when(b(1), b(2, 13), 16.0), when(b(14), b(15, 26), 16.0), when(b(27), b(28, 39), 0.1)};
    if (out.pressure_setting) *out.pressure_setting += 800;
    return out;
}

std::optional<Bds50> bds50(const Bits& b) {
    if (!status_fits(b, 1, 2, 11) || !status_fits(b, 12, 13, 23) || !status_fits(b, 24, 25, 34) ||
        !status_fits(b, 35, 36, 45) || !status_fits(b, 46, 47, 56))
        return std::nullopt;
    const Bds50 out{when(b(1), b.with_sign(2, 11), 45.0 / 256), full_turn(when(b(12), b.with_sign(13, 23), 90.0 / 512)),
                    when(b(24), b(25, 34), 2.0), when(b(35), b.with_sign(36, 45), 8.0 / 256),
                    when(b(46), b(47, 56), 2.0)};
    // What no aircraft in level cruise or a normal turn does; the speeds' difference is wind.
    if (!within(out.roll, 50) || !within(out.ground_speed, 600) || !within(out.true_airspeed, 600)) return std::nullopt;
    if (out.ground_speed && out.true_airspeed && std::abs(*out.ground_speed - *out.true_airspeed) > 200)
        return std::nullopt;
    return out;
}

/// Calibrated airspeed (knots) of a Mach number at a pressure altitude (feet): standard atmosphere (ISO 2533) and the
/// compressible pitot equation.
double calibrated_airspeed(double mach, double altitude) {
    const double h = altitude * 0.3048;
    const double pressure_ratio =
        h < 11'000 ? std::pow(1 - 2.25577e-5 * h, 5.25588) : 0.223361 * std::exp(-(h - 11'000) / 6341.62);
    const double impact = pressure_ratio * (std::pow(1 + 0.2 * mach * mach, 3.5) - 1);
    return 661.4786 * std::sqrt(5 * (std::pow(impact + 1, 1 / 3.5) - 1));
}

std::optional<Bds60> bds60(const Bits& b, std::optional<int> altitude) {
    if (!status_fits(b, 1, 2, 12) || !status_fits(b, 13, 14, 23) || !status_fits(b, 24, 25, 34) ||
        !status_fits(b, 35, 36, 45) || !status_fits(b, 46, 47, 56))
        return std::nullopt;
    const Bds60 out{full_turn(when(b(1), b.with_sign(2, 12), 90.0 / 512)), when(b(13), b(14, 23), 1.0),
                    when(b(24), b(25, 34), 2.048 / 512), when(b(35), b.with_sign(36, 45), 32.0),
                    when(b(46), b.with_sign(47, 56), 32.0)};
    if (!within(out.indicated_airspeed, 500) || !within(out.mach, 1) || !within(out.baro_vertical_rate, 6000) ||
        !within(out.inertial_vertical_rate, 6000))
        return std::nullopt;
    if (out.mach && out.indicated_airspeed && altitude &&
        std::abs(calibrated_airspeed(*out.mach, *altitude) - *out.indicated_airspeed) > 20)
        return std::nullopt;
    return out;
}

/// Data link capability: says its own name, reserved bits are zero, and the overlay capability fits its version.
bool bds10(const Bits& b) {
    if (b(1, 8) != 0x10 || b(10, 14) != 0) return false;
    const bool overlay = b(15);
    const auto version = b(17, 23);
    return overlay ? version >= 5 : version < 5;
}

/// Common usage capability: 2,0 is among them and what is reserved is zero.
bool bds17(const Bits& b) {
    return b(7) && b(29, 56) == 0;
}

/// ACAS resolution advisory: says its own name.
bool bds30(const Bits& b) {
    return b(1, 8) == 0x30 && b(29, 30) != 3 && b(16, 22) < 48;
}

}  // namespace

std::optional<Bds50> decode_bds50(base::Bytes register_bytes) {
    return register_bytes.size() == 7 ? bds50(Bits(register_bytes)) : std::nullopt;
}

std::optional<Bds60> decode_bds60(base::Bytes register_bytes, std::optional<int> altitude) {
    return register_bytes.size() == 7 ? bds60(Bits(register_bytes), altitude) : std::nullopt;
}

CommB decode_comm_b(base::Bytes register_bytes, std::optional<int> altitude) {
    CommB out;
    if (std::ranges::all_of(register_bytes, [](std::byte b) { return b == std::byte{0}; })) return out;
    const Bits b(register_bytes);
    out.bds10 = bds10(b);
    out.bds17 = bds17(b);
    out.bds30 = bds30(b);
    if (b(1, 8) == 0x20) out.bds20 = six_bit_text(b, 9, 8);
    out.bds40 = bds40(b);
    out.bds50 = bds50(b);
    out.bds60 = bds60(b, altitude);
    return out;
}

}  // namespace asman::modes
