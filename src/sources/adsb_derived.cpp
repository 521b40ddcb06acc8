// What an aircraft tells of itself in 021 beyond place, level and identity.
#include "adsb_derived.hpp"

#include <asman/asterix/cat021.hpp>

#include <optional>

namespace asman::sources {
namespace {

using asterix::cat021::View;
using picture::DerivedKind;

constexpr double per_minute = geo::foot / 60;
constexpr double nm_per_s = geo::nautical_mile;

/// Ages that 021/295 says, whichever edition's item it is; for the velocity, else the times at which it was true or
/// received.
class Ages {
  public:
    Ages(const View& v, double time_of_report)
        : item_(v.i295()), old_item_(v.i295_2_5()), velocity_(velocity_age(v, time_of_report)) {}

    template <class Get>
    double operator()(Get get) const {
        return said(get).value_or(0);
    }
    template <class Get>
    double velocity(Get get) const {
        return said(get).value_or(velocity_);
    }

  private:
    template <class Get>
    std::optional<double> said(Get get) const {
        return item_ ? get(*item_) : old_item_ ? get(*old_item_) : std::nullopt;
    }
    static double velocity_age(const View& v, double time_of_report) {
        constexpr double day = 86'400, farthest = 60;
        const auto told = v.i072() ? v.i072() : v.i075();
        if (!told) return 0;
        const double age = std::remainder(time_of_report - *told, day);
        return std::abs(age) < farthest ? age : 0;
    }
    std::optional<asterix::cat021::I295> item_;
    std::optional<asterix::cat021::I295_2_5> old_item_;
    double velocity_;
};

void tell_airspeed(Teller& teller, const View& v, const Ages& age) {
    if (const auto speed = v.i150()) {
        const double at = age.velocity([](const auto& a) { return a.as(); });
        if (speed->im())
            teller.number(DerivedKind::mach, speed->as(), at);
        else
            teller.number(DerivedKind::indicated_airspeed, speed->as() * nm_per_s, at);
    }
    const double at = age.velocity([](const auto& a) { return a.tas(); });
    if (const auto speed = v.i151(); speed && !speed->re())
        teller.number(DerivedKind::true_airspeed, speed->tas() * geo::knot, at);
    if (const auto speed = v.i151_0_26()) teller.number(DerivedKind::true_airspeed, *speed * geo::knot, at);
    if (const auto heading = v.i152())
        teller.number(DerivedKind::magnetic_heading, *heading * geo::deg,
                      age.velocity([](const auto& a) { return a.mh(); }));
}

void tell_ground_vector(Teller& teller, const View& v, const Ages& age) {
    const double at = age.velocity([](const auto& a) { return a.gv(); });
    const auto tell = [&](double speed, double course) {
        teller.number(DerivedKind::ground_speed, speed * nm_per_s, at);
        teller.number(DerivedKind::track_angle, course * geo::deg, at);
    };
    if (const auto g = v.i160(); g && !g->re()) tell(g->gs(), g->ta());
    if (const auto g = v.i160_0_26(); g && g->gs() >= 0) tell(g->gs(), g->ta());
    // A category of accuracy is that of a velocity.
    if (const auto q = v.i090(); q && v.i160()) teller.bits(DerivedKind::velocity_uncertainty, q->nucrnacv(), at);
    if (const auto accuracy = v.i095()) teller.bits(DerivedKind::velocity_uncertainty, *accuracy, at);
}

void tell_rates(Teller& teller, const View& v, const Ages& age) {
    const double barometric = age.velocity([](const auto& a) { return a.bvr(); });
    const double geometric = age.velocity([](const auto& a) { return a.gvr(); });
    if (const auto rate = v.i155(); rate && !rate->re())
        teller.number(DerivedKind::barometric_rate, rate->bvr() * per_minute, barometric);
    if (const auto rate = v.i155_0_26()) teller.number(DerivedKind::barometric_rate, *rate * per_minute, barometric);
    if (const auto rate = v.i157(); rate && !rate->re())
        teller.number(DerivedKind::geometric_rate, rate->gvr() * per_minute, geometric);
    if (const auto rate = v.i157_0_26()) teller.number(DerivedKind::geometric_rate, *rate * per_minute, geometric);
    if (const auto roll = v.i230())
        teller.number(DerivedKind::roll_angle, *roll * geo::deg, age([](const auto& a) { return a.roa(); }));
    const double turn = age([](const auto& a) { return a.tar(); });
    if (const auto rate = v.i165()) teller.number(DerivedKind::track_angle_rate, rate->tar() * geo::deg, turn);
    enum : std::uint8_t { left = 1, straight = 3 };
    if (const auto rate = v.i165_0_26(); rate && rate->rot()) {
        const double size = std::abs(*rate->rot()) * geo::deg;
        teller.number(DerivedKind::track_angle_rate, rate->ti() == straight ? 0 : rate->ti() == left ? -size : size);
    }
}

void tell_intent(Teller& teller, const View& v, const Ages& age) {
    const auto selected = [&](double feet, unsigned source, bool said, double at) {
        teller.number(DerivedKind::selected_altitude, feet * geo::foot, at,
                      static_cast<std::uint8_t>(said ? 4 | source : 0));
    };
    if (const auto s = v.i146())
        selected(s->alt(), s->s(), s->sas(), age([](const auto& a) {
                     if constexpr (requires { a.sal(); })
                         return a.sal();
                     else
                         return a.isa();
                 }));
    if (const auto s = v.i146_0_26()) selected(s->alt(), s->src(), s->sas(), 0);
    if (const auto s = v.i148())
        teller.number(DerivedKind::final_selected_altitude, s->alt() * geo::foot,
                      age([](const auto& a) { return a.fsa(); }),
                      static_cast<std::uint8_t>(s->mv() << 2 | s->ah() << 1 | int{s->am()}));
}

void tell_weather(Teller& teller, const View& v, const Ages& age) {
    const auto met = v.i220();
    if (!met) return;
    const double at = age([](const auto& a) { return a.met(); });
    if (const auto speed = met->ws()) teller.number(DerivedKind::wind_speed, *speed * geo::knot, at);
    if (const auto from = met->wd()) teller.number(DerivedKind::wind_from, *from * geo::deg, at);
    if (const auto temperature = met->tmp()) teller.number(DerivedKind::air_temperature, *temperature, at);
    if (const auto turbulence = met->trb()) teller.bits(DerivedKind::turbulence, *turbulence, at);
}

/// 021/020 from edition 2.1 on has two classes by mass that 062 has within its medium one; no other code differs.
void tell_emitter(Teller& teller, const View& v) {
    const auto code = v.i020();
    if (!code || *code == 0) return;
    enum : std::uint8_t { small = 2, medium = 3, high_vortex = 4 };
    const bool within_medium = *code == small || *code == high_vortex;
    if (within_medium && v.i040_0_26()) return;  // reserved there
    teller.bits(DerivedKind::emitter_category, within_medium ? std::uint8_t{medium} : *code);
}

void tell_status(Teller& teller, const View& v, const Ages& age) {
    picture::AdsbStatus s;
    bool told = false;
    enum : std::uint8_t { unknown, not_operational, operational };
    enum : std::uint8_t { corrected = 1, not_corrected };
    const auto differential = [](bool dcr) { return static_cast<std::uint8_t>(dcr ? corrected : not_corrected); };
    if (const auto capability = v.i008()) {
        s.acas = capability->nottcas() ? not_operational : operational;
        told = true;
    }
    if (const auto d = v.i040(); d && d->dcr()) {
        s.differential = differential(*d->dcr());
        s.on_ground = d->gbs().value_or(false);
        told = true;
    }
    if (const auto d = v.i040_0_26()) {
        s.differential = differential(d->dcr());
        s.on_ground = d->gbs();
        told = true;
    }
    if (const auto merit = v.i090_0_26()) {
        s.acas = merit->ac();
        s.navigation_aids = merit->mn();
        s.differential = merit->dc();
        told = true;
    }
    if (const auto status = v.i200()) {
        s.emergency = status->ps();
        told = true;
    } else if (const auto old = v.i200_0_26(); old && *old <= 5) {
        s.emergency = *old;
        told = true;
    }
    if (told) teller.bits(DerivedKind::ads_b_status, s.bits(), age([](const auto& a) { return a.ts(); }));
}

void tell_place(Teller& teller, const picture::TargetReport& r, const View& v, const Ages& age) {
    if (r.point) teller.add(picture::Derived::of(*r.point), 0);
    if (const auto h = v.i140())
        teller.number(DerivedKind::geometric_height, *h * geo::foot, age([](const auto& a) { return a.gh(); }));
    const double at = age([](const auto& a) { return a.qi(); });
    if (const auto q = v.i090())
        teller.bits(DerivedKind::position_uncertainty, q->nacp() ? *q->nacp() : q->nucpnic(), at);
    else if (const auto old = v.i090_0_26())
        teller.bits(DerivedKind::position_uncertainty, static_cast<unsigned>(static_cast<int>(old->pa())) & 15U, at);
}

/// 021/260 is type 28 of 1090 ES; from its ninth bit on it is register 3,0.
void tell_registers_021(Teller& teller, const View& v, const Ages& age) {
    if (const auto a = v.i260()) {
        const std::uint64_t advisory = std::uint64_t{acas_register} << 48 | std::uint64_t{a->ara()} << 34 |
                                       std::uint64_t{a->rac()} << 30 | std::uint64_t{a->rat()} << 29 |
                                       std::uint64_t{a->mte()} << 28 | std::uint64_t{a->tti()} << 26 | a->tid();
        teller.mode_s_register(acas_register, advisory, age([](const auto& x) { return x.ara(); }));
    }
    const auto registers = v.i250();
    for (std::size_t i = 0; registers && i < registers->size(); ++i)
        teller.mode_s_register((*registers)[i] & 0xFF, (*registers)[i] >> 8);
}

}  // namespace

void tell_adsb(picture::TargetReport& report, const View& v, double time_of_report, const Context& c) {
    Teller teller(report, c);
    const Ages age(v, time_of_report);
    tell_airspeed(teller, v, age);
    tell_ground_vector(teller, v, age);
    tell_rates(teller, v, age);
    tell_intent(teller, v, age);
    tell_weather(teller, v, age);
    tell_emitter(teller, v);
    tell_status(teller, v, age);
    tell_place(teller, report, v, age);
    tell_registers_021(teller, v, age);
}

}  // namespace asman::sources
