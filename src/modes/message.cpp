#include <asman/modes/message.hpp>

#include "bits.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace asman::modes {
namespace {

using base::Errc;
using base::fail;

constexpr std::uint32_t polynomial = 0xFFF409;

constexpr std::array<std::uint32_t, 256> crc_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t c = i << 16;
        for (int k = 0; k < 8; ++k) c = c & 0x800000 ? (c << 1) ^ polynomial : c << 1;
        table[i] = c & 0xFFFFFF;
    }
    return table;
}();

std::uint32_t gray_to_binary(std::uint32_t gray) {
    for (std::uint32_t shift = 16; shift > 0; shift >>= 1) gray ^= gray >> shift;
    return gray;
}

/// Mode C in Gillham code, from bits in the order C1 A1 C2 A2 C4 A4 – B1 – B2 D2 B4 D4 (Annex 10 volume IV, appendix to
/// chapter 3).
std::optional<int> gillham(std::uint32_t code) {
    const auto bit = [&](int n) { return code >> (12 - n) & 1; };
    const std::uint32_t c1 = bit(0), a1 = bit(1), c2 = bit(2), a2 = bit(3), c4 = bit(4), a4 = bit(5), b1 = bit(7),
                        b2 = bit(9), d2 = bit(10), b4 = bit(11), d4 = bit(12);
    const auto fives =
        static_cast<int>(gray_to_binary(d2 << 7 | d4 << 6 | a1 << 5 | a2 << 4 | a4 << 3 | b1 << 2 | b2 << 1 | b4));
    auto ones = static_cast<int>(gray_to_binary(c1 << 2 | c2 << 1 | c4));
    if (ones == 0 || ones == 5 || ones == 6) return std::nullopt;
    if (ones == 7) ones = 5;
    if (fives % 2 == 1) ones = 6 - ones;
    return fives * 500 + ones * 100 - 1300;
}

/// The 13-bit altitude code of DF 0, 4, 16, 20. Metric altitudes (M = 1) are not defined further and give nothing.
std::optional<int> altitude_13(std::uint32_t code) {
    if (code == 0 || code & 0x40) return std::nullopt;
    if (code & 0x10)  // Q: steps of 25 ft
        return static_cast<int>((code & 0x1F80) >> 2 | (code & 0x20) >> 1 | (code & 0xF)) * 25 - 1000;
    return gillham(code);
}

/// The 12-bit code of extended squitters: the same without the M bit.
std::optional<int> altitude_12(std::uint32_t code) {
    return altitude_13((code & 0xFC0) << 1 | (code & 0x3F));
}

/// Mode 3/A from the 13-bit identity code C1 A1 C2 A2 C4 A4 X B1 D1 B2 D2 B4 D4.
std::uint16_t squawk_13(std::uint32_t code) {
    const auto bit = [&](int n) { return code >> (12 - n) & 1; };
    const auto digit = [&](int one, int two, int four) { return bit(four) << 2 | bit(two) << 1 | bit(one); };
    return static_cast<std::uint16_t>(digit(1, 3, 5) << 9 | digit(7, 9, 11) << 6 | digit(0, 2, 4) << 3 |
                                      digit(8, 10, 12));
}

/// Movement on the surface, knots (DO-260B table 2-14: lower edge of each step; above 175 as 175).
std::optional<double> surface_speed(std::uint32_t movement) {
    struct Step {
        std::uint32_t from;
        double speed, step;
    };
    constexpr std::array<Step, 7> steps{
        {{2, 0.125, 0.125}, {9, 1, 0.25}, {13, 2, 0.5}, {39, 15, 1}, {94, 70, 2}, {109, 100, 5}, {124, 175, 0}}};
    if (movement == 0 || movement > 124) return std::nullopt;
    if (movement == 1) return 0.0;
    std::size_t i = 0;
    while (i + 1 < steps.size() && movement >= steps[i + 1].from) ++i;
    return steps[i].speed + steps[i].step * (movement - steps[i].from);
}

double degrees_of(double east, double north) {
    const double d = std::atan2(east, north) * 180 / std::numbers::pi;
    return d < 0 ? d + 360 : d;
}

/// Type code 19. Bits of the ME field start at 33.
std::optional<Velocity> velocity(const Bits& me) {
    const auto subtype = me(38, 40);
    if (subtype < 1 || subtype > 4) return std::nullopt;
    const double scale = subtype % 2 == 0 ? 4 : 1;  // supersonic
    Velocity v;
    v.nac_v = static_cast<std::uint8_t>(me(43, 45));
    if (subtype <= 2) {
        const auto ew = me(47, 56), ns = me(58, 67);
        if (ew > 0 && ns > 0) {
            const double east = (ew - 1.0) * scale * (me(46) ? -1 : 1);
            const double north = (ns - 1.0) * scale * (me(57) ? -1 : 1);
            v.ground_speed = std::hypot(east, north);
            v.track = degrees_of(east, north);
        }
    } else {
        if (me(46)) v.heading = me(47, 56) * 360.0 / 1024;
        if (const auto as = me(58, 67); as > 0) v.airspeed = (as - 1.0) * scale;
        v.airspeed_true = me(57);
    }
    if (const auto vr = me(70, 78); vr > 0) v.vertical_rate = (vr - 1.0) * 64 * (me(69) ? -1 : 1);
    v.vertical_rate_barometric = me(68);
    if (const auto d = me(82, 88); d > 0) v.geometric_minus_baro = (d - 1.0) * 25 * (me(81) ? -1 : 1);
    return v;
}

void decode_squitter(const Bits& me, Message& m) {
    m.type_code = static_cast<std::uint8_t>(me(33, 37));
    const int tc = m.type_code;
    if (tc >= 1 && tc <= 4) {
        m.callsign = six_bit_text(me, 41, 8).value_or("");
        m.category = static_cast<std::uint8_t>((5 - tc) << 4 | me(38, 40));
    } else if (tc >= 5 && tc <= 8) {
        m.on_ground = true;
        m.velocity.emplace();
        m.velocity->ground_speed = surface_speed(me(38, 44));
        if (me(45)) m.velocity->track = me(46, 52) * 360.0 / 128;
        m.position = CprPosition{me(54), true, me(55, 71), me(72, 88)};
    } else if ((tc >= 9 && tc <= 18) || (tc >= 20 && tc <= 22)) {
        m.on_ground = false;
        m.alert = me(38, 39) == 1 || me(38, 39) == 2;
        m.spi = me(38, 39) == 3;
        m.nic_supplement_b = me(40);
        if (tc <= 18)
            m.altitude = altitude_12(me(41, 52));
        else
            m.geometric_height = altitude_12(me(41, 52));
        m.position = CprPosition{me(54), false, me(55, 71), me(72, 88)};
    } else if (tc == 19) {
        m.velocity = velocity(me);
    } else if (tc == 28 && me(38, 40) == 1) {
        m.emergency = static_cast<std::uint8_t>(me(41, 43));
        m.squawk = squawk_13(me(44, 56));
    } else if (tc == 29 && me(38, 39) == 1) {
        m.nac_p = static_cast<std::uint8_t>(me(72, 75));
    } else if (tc == 31 && me(38, 40) <= 1) {
        m.version = static_cast<std::uint8_t>(me(73, 75));
        if (*m.version >= 1) {
            m.nic_supplement_a = me(76);
            m.nac_p = static_cast<std::uint8_t>(me(77, 80));
        }
    }
}

base::Result<void> decode_extended(base::Bytes bytes, Message& m) {
    if (crc24(bytes) != 0) return fail(Errc::bad_signature, "parity of an extended squitter");
    const Bits bits(bytes);
    const auto control = bits(6, 8);
    m.address = bits(9, 32);
    m.address_proved = true;
    if (m.df == 18) {
        // Control field: 0 ADS-B with an ICAO address, 1 with another one, 6 rebroadcast; the rest are ground
        // stations'.
        if (control > 6 || control == 4) return {};
        m.ads_b = control <= 1 || control == 6;
        m.icao_address = control != 1 && control != 5;
        if (!m.ads_b) return {};
    } else {
        m.ads_b = true;
    }
    decode_squitter(bits, m);
    return {};
}

}  // namespace

std::uint32_t crc24(base::Bytes message) {
    if (message.size() < 3) return 0;
    std::uint32_t c = 0;
    for (const std::byte b : message.first(message.size() - 3))
        c = (c << 8 & 0xFFFFFF) ^ crc_table[(c >> 16 ^ std::to_integer<std::uint32_t>(b)) & 0xFF];
    std::uint32_t parity = 0;
    for (const std::byte b : message.last(3)) parity = parity << 8 | std::to_integer<std::uint32_t>(b);
    return c ^ parity;
}

std::optional<std::string> six_bit_text(const Bits& bits, std::size_t first, std::size_t characters) {
    std::string out;
    for (std::size_t i = 0; i < characters; ++i) {
        const auto c = bits(first + 6 * i, first + 6 * i + 5);
        if (c >= 1 && c <= 26)
            out.push_back(static_cast<char>('A' + c - 1));
        else if (c >= 48 && c <= 57)
            out.push_back(static_cast<char>('0' + c - 48));
        else if (c == 32)
            out.push_back(' ');
        else
            return std::nullopt;
    }
    out.erase(out.find_last_not_of(' ') + 1);
    return out;
}

base::Result<Message> decode(base::Bytes bytes) {
    if (bytes.size() != 7 && bytes.size() != 14)
        return fail(Errc::bad_value, "a Mode S message has 7 or 14 bytes, not " + std::to_string(bytes.size()));
    const Bits bits(bytes);
    Message m;
    m.df = static_cast<std::uint8_t>(bits(1, 2) == 3 ? 24 : bits(1, 5));
    if ((m.df >= 16) != (bytes.size() == 14))
        return fail(Errc::bad_value, "downlink format " + std::to_string(m.df) + " has another length");
    const auto flight_status = [&] {
        const auto fs = bits(6, 8);
        m.alert = fs >= 2 && fs <= 4;
        m.spi = fs == 4 || fs == 5;
        if (fs <= 3) m.on_ground = fs == 1 || fs == 3;
    };
    m.address = crc24(bytes);
    switch (m.df) {
        case 0:
        case 16:
            m.on_ground = bits(6);
            m.altitude = altitude_13(bits(20, 32));
            break;
        case 4:
        case 20:
            flight_status();
            m.altitude = altitude_13(bits(20, 32));
            break;
        case 5:
        case 21:
            flight_status();
            m.squawk = squawk_13(bits(20, 32));
            break;
        case 11:
            // The remainder is the interrogator's code: 7 bits, the rest zero.
            if (m.address & ~0x7Fu) return fail(Errc::bad_signature, "parity of an all-call reply");
            m.address = bits(9, 32);
            m.address_proved = true;
            if (const auto ca = bits(6, 8); ca == 4 || ca == 5) m.on_ground = ca == 4;
            break;
        case 17:
        case 18:
            ASMAN_CHECK(decode_extended(bytes, m));
            break;
        case 24:
            break;  // Comm-D: extended length messages, not interpreted
        default:
            return fail(Errc::bad_value, "downlink format " + std::to_string(m.df) + " is not in use");
    }
    if (m.df == 20 || m.df == 21) m.comm_b = decode_comm_b(bytes.subspan(4, 7), m.altitude);
    return m;
}

}  // namespace asman::modes
