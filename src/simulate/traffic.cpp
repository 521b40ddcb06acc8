// Who flies: intruders, named flights and generated traffic of a scenario.
#include "aircraft.hpp"
#include "random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace asman::simulate {
namespace {

using EnvironmentPtr = std::shared_ptr<const Environment>;
using std::numbers::pi;

/// First addresses of the states' blocks (ICAO Annex 10, volume III, table 9-1); others get one that no state holds.
std::uint32_t address_block(picture::State s) {
    struct Block {
        std::string_view state;
        std::uint32_t first;
    };
    static constexpr Block blocks[] = {{"ARM", 0x600000}, {"BLR", 0x510000}, {"KAZ", 0x683000}, {"KGZ", 0x601000},
                                       {"RUS", 0x140000}, {"TJK", 0x515000}, {"UZB", 0x507c00}, {"CHN", 0x780000},
                                       {"AFG", 0x700000}, {"TKM", 0x601800}, {"GEO", 0x514000}, {"UKR", 0x508000}};
    for (const auto& b : blocks)
        if (b.state == s.text()) return b.first;
    return 0xf00000;
}

double pressure_at(const Environment& e, geo::Point p, double msl) {
    return e.weather.pressure(p, {msl}).m;
}

/// A notional runway: its direction is drawn from the airport's name, its end towards which `other` lies is used.
double runway(const Airport& a, geo::Point other) {
    const double axis = static_cast<double>(key(a.icao) % 180) * geo::deg;
    const double away = bearing(a.at, other).azimuth;
    return std::cos(axis - away) >= 0 ? axis : axis + pi;
}

/// Airport to airport: straight out, a bend on half of the longer routes, a fix to hold at, straight in.
LegPlan route_between(const Airport& from, const Airport& to, const Environment& e, Rng& rng, double holding_share) {
    LegPlan plan;
    const double length = bearing(from.at, to.at).distance;
    const double out = runway(from, to.at), in = runway(to, from.at);  // `in` points from the runway to the arriving
    plan.path = {from.at, geo::direct(from.at, out, 9e3)};
    if (length > 400e3 && rng.chance(0.5)) {
        const double azimuth = bearing(from.at, to.at).azimuth;
        const auto middle = geo::direct(from.at, azimuth, length * rng.uniform(0.35, 0.65));
        plan.path.push_back(geo::direct(middle, azimuth + pi / 2, length * rng.uniform(-0.04, 0.04)));
    }
    const auto final_point = geo::direct(to.at, in, 16e3);
    if (length > 200e3) {
        plan.path.push_back(geo::direct(final_point, bearing(final_point, plan.path.back()).azimuth, 22e3));
        if (rng.chance(holding_share)) {
            plan.hold_at = plan.path.size() - 1;
            plan.hold_turns = 1 + static_cast<int>(rng.below(3));
        }
    }
    plan.path.push_back(final_point);
    plan.path.push_back(to.at);
    plan.start_pressure = pressure_at(e, from.at, from.elevation);
    plan.end_pressure = pressure_at(e, to.at, to.elevation);
    return plan;
}

double highest_ground(const LegPlan& plan, const Environment& e) {
    double highest = 0;
    for (std::size_t i = 1; i < plan.path.size(); ++i) {
        const auto b = bearing(plan.path[i - 1], plan.path[i]);
        for (double d = 0; d < b.distance; d += 5e3)
            highest = std::max(highest, e.ground(geo::direct(plan.path[i - 1], b.azimuth, d)));
    }
    return highest;
}

void draw_equipment(Aircraft& a, const TrafficSpec& spec, bool light, Rng& rng) {
    a.mode_s = rng.chance(spec.mode_s_share);
    a.ads_b = a.mode_s && rng.chance(spec.ads_b_share);
    a.rcs = light ? rng.uniform(1.5, 5) : rng.uniform(15, 80);
    a.emitter_category = light ? 1 : rng.chance(0.25) ? 5 : 3;
    // Mostly good receivers, some old ones.
    const double draw = rng.uniform();
    a.navigation = draw < 0.7    ? Navigation{8, 10, 3, 3}
                   : draw < 0.92 ? Navigation{8, 9, 3, 10}
                                 : Navigation{7, 8, 2, 35};
    do a.mode_3a = static_cast<picture::Mode3A>(01000 + rng.below(06777));
    while (a.mode_3a >= 07000 || a.mode_3a == 02000);
}

/// What generated aircraft `number` flies, leg after leg.
class Itinerary {
  public:
    Itinerary(const Scenario& s, EnvironmentPtr e, std::size_t number, std::uint64_t k, bool light)
        : traffic_(s.traffic),
          airports_(s.airports),
          environment_(std::move(e)),
          number_(number),
          key_(k),
          light_(light) {}
    void home(std::size_t airport) { at_ = airport; }
    void state(picture::State s) { state_ = s; }

    Leg operator()(std::size_t index, Seconds not_before) {
        Rng rng(key_, key("leg"), index);
        const std::size_t to = destination(rng);
        auto plan = route_between(airports_[at_], airports_[to], *environment_, rng, traffic_.holding_share);
        if (light_) {
            plan.speed = rng.uniform(55, 75);
            plan.bank = 20 * geo::deg;
            plan.cruise_pressure = std::min(4200.0, highest_ground(plan, *environment_) + rng.uniform(500, 900));
        } else {
            plan.speed = rng.uniform(205, 250);
            plan.cruise_pressure =
                geo::PressureAltitude::from_flight_level(290 + 10 * static_cast<double>(rng.below(12))).m;
        }
        const double time = bearing(airports_[at_].at, airports_[to].at).distance / plan.speed + 900;
        // The first leg is under way when the scenario starts; later ones follow a turn-round.
        const Seconds begin =
            index == 0 ? -std::floor(rng.uniform() * time) : std::floor(not_before + rng.uniform(900, 2400));
        at_ = to;
        return {traffic_callsign(state_, number_, index), fly(plan, begin, *environment_)};
    }

  private:
    std::size_t destination(Rng& rng) const {
        const double longest = light_ ? 350e3 : traffic_.max_leg, shortest = light_ ? 40e3 : traffic_.min_leg;
        double sum = 0;
        std::vector<double> weights(airports_.size(), 0.0);
        for (std::size_t i = 0; i < airports_.size(); ++i) {
            const double d = bearing(airports_[at_].at, airports_[i].at).distance;
            if (i != at_ && d >= shortest && d <= longest) weights[i] = airports_[i].weight;
            sum += weights[i];
        }
        if (!(sum > 0)) return (at_ + 1) % airports_.size();
        double draw = rng.uniform() * sum;
        for (std::size_t i = 0; i < weights.size(); ++i)
            if ((draw -= weights[i]) < 0) return i;
        return at_ == 0 ? 1 : 0;
    }
    TrafficSpec traffic_;
    std::vector<Airport> airports_;
    EnvironmentPtr environment_;
    std::size_t number_, at_ = 0;
    std::uint64_t key_;
    bool light_;
    picture::State state_;
};

Aircraft generated(const Scenario& s, const EnvironmentPtr& e, std::size_t number) {
    Aircraft a;
    a.id = fmt::format("traffic-{:03}", number);
    a.key = mix(s.seed, key(a.id));
    Rng rng(a.key, key("who"));
    const bool light = rng.chance(s.traffic.light_share);
    double sum = 0;
    for (const auto& x : s.airports) sum += x.weight;
    double draw = rng.uniform() * sum;
    std::size_t home = 0;
    while (home + 1 < s.airports.size() && (draw -= s.airports[home].weight) >= 0) ++home;
    a.state = s.airports[home].state;
    a.address = address_block(a.state) + 0x100 + static_cast<std::uint32_t>(number);
    draw_equipment(a, s.traffic, light, rng);
    Itinerary itinerary(s, e, number, a.key, light);
    itinerary.home(home);
    itinerary.state(a.state);
    a.next_leg = std::move(itinerary);
    return a;
}

Aircraft named(const Scenario& s, const EnvironmentPtr& e, const FlightSpec& f) {
    Aircraft a;
    a.id = f.name;
    a.key = mix(s.seed, key("flight/" + f.name));
    a.state = f.state;
    a.address = f.address;
    a.mode_3a = f.mode_3a;
    a.state_aircraft = f.state_aircraft;
    a.expected = f.expected;
    a.mode_s = f.mode_s;
    a.ads_b = f.ads_b && f.mode_s;
    a.rcs = f.rcs;
    a.events = f.events;
    LegPlan plan;
    for (const auto& p : f.route) plan.path.push_back(p.at);
    plan.speed = f.speed;
    plan.cruise_pressure = geo::PressureAltitude::from_flight_level(f.flight_level).m;
    const auto* from = s.airport(f.route.front().airport);
    const auto* to = s.airport(f.route.back().airport);
    plan.begins_airborne = f.airborne || !from;
    plan.ends_airborne = !to;
    plan.start_pressure = plan.begins_airborne ? plan.cruise_pressure : pressure_at(*e, from->at, from->elevation);
    plan.end_pressure = to ? pressure_at(*e, to->at, to->elevation) : plan.cruise_pressure;
    a.legs.push_back({f.callsign, fly(plan, f.start, *e)});
    return a;
}

Aircraft intruder(const Scenario& s, const Environment& e, const IntruderSpec& spec, const IntruderLevel& level) {
    Aircraft a;
    a.id = spec.name + "/" + level.name;
    a.key = mix(s.seed, key("intruder/" + a.id));
    a.intruder = true;
    a.expected = a.transponder = a.mode_s = a.ads_b = false;
    a.rcs = spec.rcs;
    const HeightRule rule{level.above_ground, level.altitude, spec.clearance, spec.climb};
    a.legs.push_back({"", fly_low(spec.route, spec.speed, rule, spec.start + level.after, e)});
    return a;
}

}  // namespace

std::vector<Aircraft> make_aircraft(const Scenario& s, EnvironmentPtr e) {
    std::vector<Aircraft> out;
    for (const auto& spec : s.intruders)
        for (const auto& level : spec.levels) out.push_back(intruder(s, *e, spec, level));
    for (const auto& f : s.flights) out.push_back(named(s, e, f));
    for (std::size_t i = 0; i < s.traffic.aircraft; ++i) out.push_back(generated(s, e, i));
    for (std::size_t i = 0; i < out.size(); ++i) out[i].index = i;
    return out;
}

}  // namespace asman::simulate
