#include "aircraft.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace asman::simulate {

void Aircraft::plan_until(Seconds t) {
    // A bound on the loop besides time: a leg that could not be flown is 0 s long.
    for (int i = 0; i < 1000 && next_leg; ++i) {
        if (!legs.empty() && legs.back().trajectory.end() > t) return;
        const Seconds from = legs.empty() ? -1e9 : legs.back().trajectory.end();
        legs.push_back(next_leg(legs.size(), from));
    }
}

const Leg* Aircraft::leg_at(Seconds t) const {
    for (const auto& leg : legs)
        if (!leg.trajectory.empty() && t >= leg.trajectory.begin() && t <= leg.trajectory.end()) return &leg;
    return nullptr;
}

std::optional<Airborne> airborne(const Aircraft& a, Seconds t) {
    const Leg* leg = a.leg_at(t);
    if (!leg) return std::nullopt;
    Airborne out{&a, leg, *leg->trajectory.at(t), a.mode_3a, a.transponder};
    for (const auto& e : a.events) {
        if (e.at > t) break;
        if (e.mode_3a) out.mode_3a = *e.mode_3a;
        if (e.transponder_off) out.transponder = false;
    }
    return out;
}

std::string traffic_callsign(picture::State state, std::size_t number, std::size_t leg) {
    return fmt::format("{}{:04}", state.empty() ? "ZZZ" : state.text(),
                       number * traffic_callsigns + leg % traffic_callsigns);
}

}  // namespace asman::simulate
