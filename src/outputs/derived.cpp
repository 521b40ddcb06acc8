#include "derived.hpp"

#include <asman/asterix/bds.hpp>

namespace asman::outputs {
namespace {

using picture::DerivedKind;

std::optional<double> times(const std::optional<double>& v, double unit) {
    return v ? std::optional(*v * unit) : std::nullopt;
}

/// Doc 9871 table A-2-64. The final state selected altitude is that of the mode control panel (I021/148); the selected
/// one that which the aircraft flies to, by the source that it names, else the panel's.
void take(AircraftDerived& d, const asterix::Bds40& r, base::Time at) {
    enum : std::uint8_t { panel = 2, flight_management = 3 };
    const bool managed = r.fms_altitude_ft && (r.target_source == flight_management || !r.mcp_altitude_ft);
    if (const auto feet = managed ? r.fms_altitude_ft : r.mcp_altitude_ft)
        d.selected_altitude.offer(
            SelectedAltitude{*feet * geo::foot, true, managed ? std::uint8_t{flight_management} : std::uint8_t{panel}},
            at);
    if (r.mcp_altitude_ft)
        d.final_altitude.offer(FinalAltitude{*r.mcp_altitude_ft * geo::foot, r.vnav.value_or(false),
                                             r.altitude_hold.value_or(false), r.approach.value_or(false)},
                               at);
    d.pressure_setting.offer(r.barometric_setting_mb, at);
}

void take(AircraftDerived& d, const asterix::Bds44& r, base::Time at) {
    if (r.source == 0) return;  // invalid
    d.wind_speed.offer(times(r.wind_speed_kt, geo::knot), at);
    d.wind_from.offer(times(r.wind_from_deg, geo::deg), at);
    d.temperature.offer(r.temperature_c, at);
}

void take(AircraftDerived& d, const asterix::Bds50& r, base::Time at) {
    d.roll_angle.offer(times(r.roll_deg, geo::deg), at);
    d.track_angle.offer(times(r.true_track_deg, geo::deg), at);
    d.ground_speed.offer(times(r.ground_speed_kt, geo::knot), at);
    d.track_angle_rate.offer(times(r.track_rate_deg_s, geo::deg), at);
    d.true_airspeed.offer(times(r.true_airspeed_kt, geo::knot), at);
}

/// The inertial rate is in the register alone: it is neither barometric nor geometric.
void take(AircraftDerived& d, const asterix::Bds60& r, base::Time at) {
    d.magnetic_heading.offer(times(r.magnetic_heading_deg, geo::deg), at);
    d.indicated_airspeed.offer(times(r.indicated_airspeed_kt, geo::knot), at);
    d.mach.offer(r.mach, at);
    d.barometric_rate.offer(times(r.barometric_rate_ft_min, geo::foot / 60), at);
}

/// Other registers are handed on as they are.
template <class Other>
void take(AircraftDerived&, const Other&, base::Time) {}

void take_register(AircraftDerived& d, std::uint8_t bds, std::uint64_t bits, base::Time at) {
    constexpr std::uint8_t acas = 0x30;
    if (bds == acas) return d.advisory.offer(bits, at);
    d.registers.push_back({bds, bits, at});
    std::visit([&](const auto& r) { take(d, r, at); }, asterix::decode_bds(bds, bits));
}

void take(AircraftDerived& d, const picture::HeldDerived& held) {
    const auto& v = held.told;
    const auto at = held.at;
    const auto octet = static_cast<std::uint8_t>(v.bits);
    switch (v.kind) {
        case DerivedKind::mode_s_register:
            return take_register(d, v.detail, v.bits, at);
        case DerivedKind::communications:
            return d.communications.offer(picture::Communications::of(v.bits), at);
        case DerivedKind::magnetic_heading:
            return d.magnetic_heading.offer(v.number(), at);
        case DerivedKind::indicated_airspeed:
            return d.indicated_airspeed.offer(v.number(), at);
        case DerivedKind::mach:
            return d.mach.offer(v.number(), at);
        case DerivedKind::true_airspeed:
            return d.true_airspeed.offer(v.number(), at);
        case DerivedKind::selected_altitude:
            return d.selected_altitude.offer(
                SelectedAltitude{v.number(), (v.detail & 4) != 0, static_cast<std::uint8_t>(v.detail & 3)}, at);
        case DerivedKind::final_selected_altitude:
            return d.final_altitude.offer(
                FinalAltitude{v.number(), (v.detail & 4) != 0, (v.detail & 2) != 0, (v.detail & 1) != 0}, at);
        case DerivedKind::ads_b_status:
            return d.ads_b_status.offer(picture::AdsbStatus::of(v.bits), at);
        case DerivedKind::barometric_rate:
            return d.barometric_rate.offer(v.number(), at);
        case DerivedKind::geometric_rate:
            return d.geometric_rate.offer(v.number(), at);
        case DerivedKind::roll_angle:
            return d.roll_angle.offer(v.number(), at);
        case DerivedKind::track_angle_rate:
            return d.track_angle_rate.offer(v.number(), at);
        case DerivedKind::track_angle:
            return d.track_angle.offer(v.number(), at);
        case DerivedKind::ground_speed:
            return d.ground_speed.offer(v.number(), at);
        case DerivedKind::velocity_uncertainty:
            return d.velocity_uncertainty.offer(octet, at);
        case DerivedKind::wind_speed:
            return d.wind_speed.offer(v.number(), at);
        case DerivedKind::wind_from:
            return d.wind_from.offer(v.number(), at);
        case DerivedKind::air_temperature:
            return d.temperature.offer(v.number(), at);
        case DerivedKind::turbulence:
            return d.turbulence.offer(octet, at);
        case DerivedKind::emitter_category:
            return d.emitter_category.offer(octet, at);
        case DerivedKind::position:
            return d.position.offer(v.point(), at);
        case DerivedKind::geometric_height:
            return d.geometric_height.offer(v.number(), at);
        case DerivedKind::position_uncertainty:
            return d.position_uncertainty.offer(octet, at);
    }
}

}  // namespace

AircraftDerived derived_of(const picture::Track& track) {
    AircraftDerived out;
    for (const auto& held : track.derived)
        if (track.kinematics.time - held.at <= picture::derived_memory) take(out, held);
    return out;
}

}  // namespace asman::outputs
