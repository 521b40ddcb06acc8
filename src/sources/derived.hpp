// What an aircraft tells of itself, from the items that several categories have.
#pragma once

#include "records.hpp"

#include <cmath>

namespace asman::sources {

/// Adds values to a report; what is no number is left out, and what there is no room for is counted.
class Teller {
  public:
    Teller(picture::TargetReport& report, const Context& c) : report_(report), count_(c.count()) {}

    void number(picture::DerivedKind kind, double value, double age = 0, std::uint8_t detail = 0) {
        if (std::isfinite(value)) add(picture::Derived::of(kind, value, detail), age);
    }
    void bits(picture::DerivedKind kind, std::uint64_t value, double age = 0) { add({value, kind, 0}, age); }
    void add(const picture::Derived& told, double age) {
        if (!report_.derived.add(told, age)) ++count_.derived_left_out;
    }
    /// A register that the transponder sent. Nothing but zeros: it has none.
    void mode_s_register(unsigned bds, std::uint64_t content, double age = 0) {
        if (bds != 0 && content != 0)
            add({content, picture::DerivedKind::mode_s_register, static_cast<std::uint8_t>(bds)}, age);
    }

  private:
    picture::TargetReport& report_;
    SensorCounters& count_;
};

inline constexpr unsigned acas_register = 0x30;

/// Item 230 of 048 or 020.
template <class Item>
void tell_communications(Teller& teller, const Item& item) {
    if (!item) return;
    const picture::Communications told{item->com(), item->stat(), item->mssc(), item->arc(),
                                       item->aic(), item->b1a(),  item->b1b()};
    teller.bits(picture::DerivedKind::communications, told.bits());
}

/// Item 250 of 048 or 020, in whatever edition.
template <class Item>
void tell_registers(Teller& teller, const Item& item) {
    for (std::size_t i = 0; item && i < item->size(); ++i) {
        const auto r = (*item)[i];
        const unsigned bds = unsigned{r.bds1()} << 4 | r.bds2();
        if constexpr (requires { r.mbdata(); })
            teller.mode_s_register(bds, r.mbdata());
        else if constexpr (requires { r.bdsregister(); })
            teller.mode_s_register(bds, r.bdsregister());
        else
            teller.mode_s_register(bds, r.bdsdata());
    }
}

}  // namespace asman::sources
