#include "asterix_derived.hpp"

#include "derived.hpp"

#include <algorithm>
#include <cmath>

namespace asman::outputs {
namespace {

using asterix::cat062::Fields;
using Derived = asterix::cat062::I380_1_19::Value;
using Ages = asterix::cat062::I295::Value;

/// Degrees of a full turn as 16 bits hold them: never the whole turn.
double course16(double radians) {
    const double degrees = std::isfinite(radians) ? geo::wrap_2pi(radians) / geo::deg : 0;
    return degrees >= 360 - 180.0 / 65'536 ? 0 : degrees;
}

/// Puts values and their ages; the items begin with the first of them.
class Putter {
  public:
    Putter(Fields& f, base::Time now) : f_(f), now_(now) {}

    template <class T, class Put>
    void operator()(const Latest<T>& v, std::optional<double> Ages::*age, Put put) {
        if (!v.value) return;
        put(item(), *v.value);
        aged(age, v.at);
    }
    template <class T>
    void number(const Latest<T>& v, std::optional<double> Derived::*field, std::optional<double> Ages::*age,
                double unit, double low, double high) {
        (*this)(v, age, [&](Derived& d, double x) { d.*field = held(x / unit, low, high); });
    }
    Derived& item() { return f_.i380_1_19 ? *f_.i380_1_19 : f_.i380_1_19.emplace(); }
    void aged(std::optional<double> Ages::*age, base::Time at) {
        if (!f_.i295) f_.i295.emplace();
        (*f_.i295).*age = held((now_ - at).seconds(), 0, 63.75);
    }

  private:
    Fields& f_;
    base::Time now_;
};

void put_air(Putter& put, const AircraftDerived& d) {
    constexpr double feet_a_minute = geo::foot / 60, most_rate = 200'000;
    put(d.magnetic_heading, &Ages::mhg, [](Derived& o, double v) { o.mhg = course16(v); });
    constexpr double step = 1.0 / 16'384;
    if (d.indicated_airspeed.value)
        put(d.indicated_airspeed, &Ages::ias,
            [](Derived& o, double v) { o.ias = {.im = false, .ias = held(v / geo::nautical_mile, 0, 2 - step)}; });
    else
        put(d.mach, &Ages::ias, [](Derived& o, double v) { o.ias = {.im = true, .ias = held(v, 0, 32.767)}; });
    put.number(d.indicated_airspeed, &Derived::iar, &Ages::iar, geo::knot, 0, 1100);
    put.number(d.mach, &Derived::mac, &Ages::mac, 1, 0, 4.096);
    put.number(d.true_airspeed, &Derived::tas, &Ages::tas, geo::knot, 0, 2046);
    put.number(d.barometric_rate, &Derived::bvr, &Ages::bvr, feet_a_minute, -most_rate, most_rate);
    put.number(d.geometric_rate, &Derived::gvr, &Ages::gvr, feet_a_minute, -most_rate, most_rate);
    put.number(d.roll_angle, &Derived::ran, &Ages::ran, geo::deg, -180, 180);
    put.number(d.ground_speed, &Derived::gs, &Ages::gsp, geo::nautical_mile, 0, 2 - step);
    put(d.track_angle, &Ages::tan, [](Derived& o, double v) { o.tan = course16(v); });
    put(d.track_angle_rate, &Ages::tar, [](Derived& o, double v) {
        enum : std::uint8_t { left = 1, right, straight };
        const double rate = std::round(held(v / geo::deg, -15, 15) * 4) / 4;
        o.tar = {.ti = rate < 0   ? std::uint8_t{left}
                       : rate > 0 ? std::uint8_t{right}
                                  : std::uint8_t{straight},
                 .rot = rate};
    });
    put(d.velocity_uncertainty, &Ages::vun, [](Derived& o, std::uint8_t v) { o.vun = v; });
}

void put_intent(Putter& put, const AircraftDerived& d) {
    const auto feet = [](double m) { return held(m / geo::foot, -1300, 100'000); };
    put(d.selected_altitude, &Ages::sal, [&](Derived& o, const SelectedAltitude& s) {
        o.sal = {.sas = s.source_told, .src = s.source_told ? s.source : std::uint8_t{0}, .alt = feet(s.m)};
    });
    put(d.final_altitude, &Ages::fss, [&](Derived& o, const FinalAltitude& s) {
        o.fss = {.mv = s.vertical_mode, .ah = s.hold, .am = s.approach, .alt = feet(s.m)};
    });
    // The item counts from 800 mb.
    put(d.pressure_setting, &Ages::bps, [](Derived& o, double v) { o.bps = {.bps = held(v - 800, 0, 409.5)}; });
}

void put_condition(Putter& put, const AircraftDerived& d) {
    put(d.communications, &Ages::com, [](Derived& o, const picture::Communications& c) {
        o.com = {.com = c.capability,
                 .stat = c.status,
                 .ssc = c.specific_service,
                 .arc = c.altitude_25_ft,
                 .aic = c.identification,
                 .b1a = c.bds10_bit_16,
                 .b1b = c.bds10_bits_37_to_40};
    });
    put(d.ads_b_status, &Ages::sab, [](Derived& o, const picture::AdsbStatus& s) {
        o.sab = {.ac = s.acas, .mn = s.navigation_aids, .dc = s.differential, .gbs = s.on_ground, .stat = s.emergency};
    });
    constexpr std::uint64_t register_bits = (std::uint64_t{1} << 56) - 1;
    put(d.advisory, &Ages::acs, [](Derived& o, std::uint64_t v) { o.acs = v & register_bits; });
    put(d.emitter_category, &Ages::emc, [](Derived& o, std::uint8_t v) { o.emc = v; });
    put(d.position, &Ages::pos, [](Derived& o, geo::Point p) {
        const double lon = held(p.lon_deg(), -180, 180);
        constexpr double nearest_to_180 = 180 - 90.0 / (1 << 23);
        o.pos = {.lat = held(p.lat_deg(), -90, 90), .lon = lon >= nearest_to_180 ? -180 : lon};
    });
    put.number(d.geometric_height, &Derived::gal, &Ages::gal, geo::foot, -1500, 150'000);
    put(d.position_uncertainty, &Ages::pun,
        [](Derived& o, std::uint8_t v) { o.pun = {.pun = static_cast<std::uint8_t>(v & 15)}; });
}

/// The weather of the latest report that told any: its parts are of one time.
void put_weather(Putter& put, const AircraftDerived& d) {
    const auto at = std::max({d.wind_speed.at, d.wind_from.at, d.temperature.at, d.turbulence.at});
    if (at == base::Time::min()) return;
    auto& met = put.item().met.emplace();
    const auto told = [&](const auto& v) { return v.value && v.at == at; };
    if ((met.ws = told(d.wind_speed))) met.wsd = held(*d.wind_speed.value / geo::knot, 0, 300);
    // A wind from north is one from 360°.
    if ((met.wd = told(d.wind_from))) {
        const double from = std::round(course16(*d.wind_from.value));
        met.wdd = from < 1 ? 360 : from;
    }
    if ((met.tmp = told(d.temperature))) met.tmpd = held(*d.temperature.value, -100, 100);
    if ((met.trb = told(d.turbulence))) met.trbd = std::min<std::uint8_t>(*d.turbulence.value, 15);
    put.aged(&Ages::met, at);
}

/// The age of several registers is the oldest one's.
void put_registers(Putter& put, const AircraftDerived& d) {
    if (d.registers.empty()) return;
    auto& out = put.item().mb.emplace();
    auto oldest = base::Time::max();
    for (const auto& r : d.registers) {
        out.push_back(r.bits << 8 | r.bds);
        oldest = std::min(oldest, r.at);
    }
    put.aged(&Ages::mb, oldest);
}

}  // namespace

double held(double v, double low, double high) {
    return std::isfinite(v) ? std::clamp(v, low, high) : 0;
}

void put_derived(Fields& f, const picture::Track& track) {
    if (track.derived.empty()) return;
    const auto d = derived_of(track);
    Putter put(f, track.kinematics.time);
    put_air(put, d);
    put_intent(put, d);
    put_condition(put, d);
    put_weather(put, d);
    put_registers(put, d);
}

}  // namespace asman::outputs
