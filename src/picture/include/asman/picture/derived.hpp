// What aircraft tell of themselves beyond place, level and identity, as ASTERIX hands it on in I062/380: down-linked
// registers of Mode S and the values of ADS-B. SI units and radians inside.
#pragma once

#include <asman/base/time.hpp>
#include <asman/geo/point.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace asman::picture {

/// A value's kind; `detail` and `bits` of Derived mean by it. Where nothing else is said, `bits` is a number.
enum class DerivedKind : std::uint8_t {
    mode_s_register,          ///< detail: its number, 0x40 for 4,0; bits: its 56 bits as the transponder sent them
    communications,           ///< bits: Communications
    magnetic_heading,         ///< rad
    indicated_airspeed,       ///< m/s
    mach,                     ///< 1
    true_airspeed,            ///< m/s
    selected_altitude,        ///< m; detail: source of I021/146, and 4 where it is said
    final_selected_altitude,  ///< m; detail: 4 vertical mode managed, 2 altitude held, 1 approach
    ads_b_status,             ///< bits: AdsbStatus
    barometric_rate,          ///< m/s, positive up
    geometric_rate,           ///< m/s, positive up
    roll_angle,               ///< rad, right wing down positive
    track_angle_rate,         ///< rad/s, positive clockwise
    track_angle,              ///< rad from true north
    ground_speed,             ///< m/s
    velocity_uncertainty,     ///< bits: NUCr or NACv
    wind_speed,               ///< m/s
    wind_from,                ///< rad from true north
    air_temperature,          ///< °C
    turbulence,               ///< bits: 0 to 15
    emitter_category,         ///< bits: as in I062/380 EMC
    position,                 ///< bits: latitude, longitude; see point()
    geometric_height,         ///< m above the ellipsoid
    position_uncertainty,     ///< bits: NUCp or NACp
};
inline constexpr auto last_derived_kind = DerivedKind::position_uncertainty;

/// For so long a value is told after the aircraft told it: I062/295 counts to 63.75 s.
inline constexpr base::Duration derived_memory = base::seconds(60);

/// One value.
struct Derived {
    std::uint64_t bits = 0;
    DerivedKind kind = DerivedKind::mode_s_register;
    std::uint8_t detail = 0;

    bool operator==(const Derived&) const = default;
    double number() const { return std::bit_cast<double>(bits); }
    /// Within a centimetre.
    geo::Point point() const {
        return {static_cast<std::int32_t>(bits >> 32) * step, static_cast<std::int32_t>(bits) * step};
    }
    /// The later of the two takes the place of the earlier.
    bool replaces(const Derived& o) const {
        return kind == o.kind && (kind != DerivedKind::mode_s_register || detail == o.detail);
    }
    static Derived of(DerivedKind kind, double number, std::uint8_t detail = 0) {
        return {std::bit_cast<std::uint64_t>(number), kind, detail};
    }
    static Derived of(geo::Point at) {
        const auto coded = [](double v) {  // a longitude of 180° is that of −180°
            return static_cast<std::uint32_t>(static_cast<std::int64_t>(v / step + (v < 0 ? -0.5 : 0.5)));
        };
        return {std::uint64_t{coded(at.lat)} << 32 | coded(at.lon), DerivedKind::position, 0};
    }

  private:
    static constexpr double step = std::numbers::pi / (1U << 31);
};

/// What a transponder can do and what its aircraft's flight status is, as I048/230 tells them.
struct Communications {
    std::uint8_t capability = 0, status = 0;  ///< COM, STAT: three bits each
    bool specific_service = false, altitude_25_ft = false, identification = false;
    bool bds10_bit_16 = false;
    std::uint8_t bds10_bits_37_to_40 = 0;

    std::uint64_t bits() const {
        return (capability & 7U) << 13 | (status & 7U) << 10 | unsigned{specific_service} << 7 |
               unsigned{altitude_25_ft} << 6 | unsigned{identification} << 5 | unsigned{bds10_bit_16} << 4 |
               (bds10_bits_37_to_40 & 15U);
    }
    static Communications of(std::uint64_t b) {
        return {static_cast<std::uint8_t>(b >> 13 & 7),
                static_cast<std::uint8_t>(b >> 10 & 7),
                (b >> 7 & 1) != 0,
                (b >> 6 & 1) != 0,
                (b >> 5 & 1) != 0,
                (b >> 4 & 1) != 0,
                static_cast<std::uint8_t>(b & 15)};
    }
    bool operator==(const Communications&) const = default;
};

/// What ADS-B says of the aircraft's equipment and condition; codes of I062/380 SAB, 0 of the first three: unknown.
struct AdsbStatus {
    std::uint8_t acas = 0, navigation_aids = 0, differential = 0;
    bool on_ground = false;
    std::uint8_t emergency = 0;

    std::uint64_t bits() const {
        return (acas & 3U) << 14 | (navigation_aids & 3U) << 12 | (differential & 3U) << 10 | unsigned{on_ground} << 9 |
               (emergency & 7U);
    }
    static AdsbStatus of(std::uint64_t b) {
        return {static_cast<std::uint8_t>(b >> 14 & 3), static_cast<std::uint8_t>(b >> 12 & 3),
                static_cast<std::uint8_t>(b >> 10 & 3), (b >> 9 & 1) != 0, static_cast<std::uint8_t>(b & 7)};
    }
    bool operator==(const AdsbStatus&) const = default;
};

/// Of a report: the values that came with it. It owns no memory: decoding and tracking allocate nothing for them.
class DerivedValues {
  public:
    /// Without initial values: room that is not used costs nothing.
    struct Value {
        std::uint64_t bits;
        float age;  ///< s before the report's time at which the aircraft told it
        DerivedKind kind;
        std::uint8_t detail;
        Derived told() const { return {bits, kind, detail}; }
    };
    static constexpr std::size_t capacity = 24;  ///< one of every kind at least
    DerivedValues() = default;
    DerivedValues(const DerivedValues& o) : n_(o.n_) { std::copy_n(o.values_.begin(), n_, values_.begin()); }
    DerivedValues& operator=(const DerivedValues& o) {
        n_ = o.n_;
        std::copy_n(o.values_.begin(), n_, values_.begin());
        return *this;
    }
    ~DerivedValues() = default;

    bool empty() const { return n_ == 0; }
    std::size_t size() const { return n_; }
    const Value* begin() const { return values_.data(); }
    const Value* end() const { return values_.data() + n_; }
    /// False: there is no room.
    bool add(const Derived& told, double age = 0) {
        if (n_ == capacity) return false;
        values_[n_++] = {told.bits, static_cast<float>(age), told.kind, told.detail};
        return true;
    }

  private:
    std::uint32_t n_ = 0;
    std::array<Value, capacity> values_;
};
static_assert(static_cast<std::size_t>(last_derived_kind) < DerivedValues::capacity);

/// Of a track: the latest value of each kind, with the time at which the aircraft told it.
struct HeldDerived {
    Derived told;
    base::Time at;
    bool operator==(const HeldDerived&) const = default;
};

}  // namespace asman::picture
