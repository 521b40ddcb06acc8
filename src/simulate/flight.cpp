#include "flight.hpp"

#include <algorithm>
#include <cmath>

namespace asman::simulate {
namespace {

using std::numbers::pi;
constexpr double gravity = 9.80665, earth = 6371e3;
constexpr int max_seconds = 60'000;  // no leg flies longer

/// Latitude, longitude and heading of something that moves along the ellipsoid in steps of one second.
struct Mover {
    double lat, lon, heading, speed;
    geo::Point at() const { return {lat, geo::wrap_pi(lon)}; }
    void advance(double turn, double height) {
        const double middle = heading + turn / 2;
        heading = geo::wrap_2pi(heading + turn);
        const auto [m, n] = curvature(lat);
        const double mid_lat = lat + 0.5 * speed * std::cos(middle) / (m + height);
        lat += speed * std::cos(middle) / (m + height);
        lon += speed * std::sin(middle) / ((n + height) * std::cos(mid_lat));
    }
    Trajectory::Sample sample(double height, double pressure) const {
        return {lat,
                lon,
                static_cast<float>(height),
                static_cast<float>(pressure),
                static_cast<float>(speed * std::sin(heading)),
                static_cast<float>(speed * std::cos(heading)),
                0};
    }
};

/// Which point of the path is next, and how far it is to the end.
class Route {
  public:
    explicit Route(const std::vector<geo::Point>& path) : path_(path), rest_(path.size(), 0.0) {
        for (std::size_t i = path.size() - 1; i-- > 0;)
            rest_[i] = rest_[i + 1] + bearing(path[i], path[i + 1]).distance;
    }
    bool done() const { return next_ >= path_.size(); }
    std::size_t next() const { return next_; }
    double to_go() const { return to_.distance + (done() ? 0.0 : rest_[next_]); }
    double wanted() const { return to_.azimuth; }
    /// Updates for a new place; true when a point of the path has just been reached.
    bool at(const Mover& m, double turn_rate) {
        to_ = bearing(m.at(), path_[next_]);
        double lead = 1.2 * m.speed;
        if (next_ + 1 < path_.size()) {
            const double bend = std::abs(geo::wrap_pi(bearing(path_[next_], path_[next_ + 1]).azimuth - to_.azimuth));
            lead = std::max(lead, m.speed / turn_rate * std::tan(std::min(bend / 2, 0.45 * pi)));
        }
        const bool behind = to_.distance < 3 * m.speed / turn_rate &&
                            std::abs(geo::wrap_pi(to_.azimuth - m.heading)) > 0.5 * pi;  // flown past
        if (to_.distance > lead && !behind) return false;
        ++next_;
        if (!done()) to_ = bearing(m.at(), path_[next_]);
        return true;
    }

  private:
    const std::vector<geo::Point>& path_;
    std::vector<double> rest_;  ///< from point i to the end
    std::size_t next_ = 1;
    Bearing to_{0, 0};
};

/// A racetrack to the right: turn, a minute out, turn, a minute back.
class Holding {
  public:
    void begin(double inbound, int turns) { inbound_ = inbound, phases_ = 2 * turns, straight_ = 0; }
    bool active() const { return phases_ > 0; }
    /// Signed heading change wanted now.
    double wanted(double heading, double most) {
        const double target = inbound_ + (phases_ % 2 == 0 ? pi : 0.0);
        const double right = geo::wrap_2pi(target - heading);
        if (straight_ == 0 && right > most && right < 2 * pi - most) return right;
        if (++straight_ >= 60) --phases_, straight_ = 0;
        return geo::wrap_pi(target - heading);
    }

  private:
    double inbound_ = 0;
    int phases_ = 0, straight_ = 0;
};

/// Vertical speeds by differences of the heights.
void fill_vertical(Trajectory& t) {
    auto& s = t.samples();
    for (std::size_t i = 0; i < s.size(); ++i) {
        const std::size_t a = i > 0 ? i - 1 : i, b = i + 1 < s.size() ? i + 1 : i;
        if (b > a)
            s[i].up = (s[b].height - s[a].height) / (static_cast<float>(b - a) * static_cast<float>(Trajectory::step));
    }
}

}  // namespace

Bearing bearing(geo::Point from, geo::Point to) {
    const double dlon = to.lon - from.lon;
    const double y = std::cos(to.lat) * std::sin(dlon);
    const double x = std::cos(from.lat) * std::sin(to.lat) - std::sin(from.lat) * std::cos(to.lat) * std::cos(dlon);
    const double z = std::sin(from.lat) * std::sin(to.lat) + std::cos(from.lat) * std::cos(to.lat) * std::cos(dlon);
    return {earth * std::atan2(std::hypot(x, y), z), std::atan2(y, x)};
}

Trajectory fly(const LegPlan& plan, Seconds begin, const Environment& e) {
    Trajectory out(begin);
    if (plan.path.size() < 2) return out;
    const double slow = std::min(80.0, plan.speed);
    Mover m{plan.path[0].lat, plan.path[0].lon, geo::wrap_2pi(bearing(plan.path[0], plan.path[1]).azimuth),
            plan.begins_airborne ? plan.speed : slow};
    Route route(plan.path);
    Holding hold;
    const double total = [&] {
        double sum = 0;
        for (std::size_t i = 1; i < plan.path.size(); ++i) sum += bearing(plan.path[i - 1], plan.path[i]).distance;
        return sum;
    }();
    double pressure = plan.start_pressure, floor = -1e9;
    const auto height_of = [&] {
        const auto at = m.at();
        return e.geoid.ellipsoidal(at, e.weather.msl(at, {pressure})).m;
    };
    double height = height_of();
    for (int second = 0; second < max_seconds; ++second) {
        if (second % 4 == 0) {
            height = height_of();
            out.add(m.sample(height, pressure));
            if (route.done() && (plan.ends_airborne || pressure < plan.end_pressure + 30)) break;
        }
        const double turn_rate = gravity * std::tan(plan.bank) / m.speed;
        if (!route.done() && !hold.active() && route.at(m, turn_rate) && plan.hold_at != 0 &&
            route.next() == plan.hold_at + 1)
            hold.begin(m.heading, plan.hold_turns);
        const double wanted = hold.active()  ? hold.wanted(m.heading, turn_rate)
                              : route.done() ? 0.0
                                             : geo::wrap_pi(route.wanted() - m.heading);
        const double to_go = route.done() ? 0.0 : route.to_go();
        // Terrain eight kilometres ahead, asked every eight seconds, binds away from the ends.
        if (second % 8 == 0) {
            const bool near_start = !plan.begins_airborne && total - to_go < 12e3;
            const bool near_end = !plan.ends_airborne && to_go < 20e3;
            floor = -1e9;
            if (!near_start && !near_end)
                for (const double ahead : {0.0, 4e3, 8e3}) {
                    const geo::Point p{m.lat + ahead / earth * std::cos(m.heading),
                                       geo::wrap_pi(m.lon + ahead / earth * std::sin(m.heading) / std::cos(m.lat))};
                    floor = std::max(floor, e.weather.pressure(p, {e.ground(p) + 400}).m);
                }
        }
        double target = plan.cruise_pressure;
        if (!plan.ends_airborne) target = std::min(target, plan.end_pressure + 0.052 * std::max(0.0, to_go - 1000));
        if (hold.active()) target = pressure;
        target = std::max(target, std::min(floor, plan.cruise_pressure + 6000));
        const double climb = pressure < floor ? 25.0 : std::max(3.0, 16.0 - pressure / 1100);
        pressure += std::clamp(target - pressure, -std::max(4.0, 0.065 * m.speed), climb);
        const double above_ends = std::min(pressure - (plan.begins_airborne ? -1e9 : plan.start_pressure),
                                           pressure - (plan.ends_airborne ? -1e9 : plan.end_pressure));
        const double speed = std::clamp(slow + 0.02 * above_ends, slow, plan.speed);
        m.speed += std::clamp(speed - m.speed, -0.7, 0.9);
        m.advance(std::clamp(wanted, -turn_rate, turn_rate), height);
    }
    fill_vertical(out);
    return out;
}

Trajectory fly_low(const std::vector<geo::Point>& path, double speed, const HeightRule& rule, Seconds begin,
                   const Environment& e) {
    Trajectory out(begin);
    if (path.size() < 2 || !(speed > 0)) return out;
    Mover m{path[0].lat, path[0].lon, geo::wrap_2pi(bearing(path[0], path[1]).azimuth), speed};
    Route route(path);
    const double turn_rate = gravity * std::tan(30 * geo::deg) / speed;
    const double typical = rule.altitude.value_or(3000);
    for (int second = 0; second < max_seconds; ++second) {
        if (second % 4 == 0) {
            const auto p = m.at();
            const double ground = e.ground(p);
            const double wanted = rule.above_ground ? ground + *rule.above_ground
                                                    : std::max(rule.altitude.value_or(0), ground + rule.clearance);
            out.add(m.sample(wanted, 0));
            if (route.done()) break;
        }
        if (!route.done()) route.at(m, turn_rate);
        const double wanted = route.done() ? 0.0 : geo::wrap_pi(route.wanted() - m.heading);
        m.advance(std::clamp(wanted, -turn_rate, turn_rate), typical);
    }
    // The lowest profile above the wanted one whose gradient is bounded: one pass each way.
    auto& s = out.samples();
    const auto most = static_cast<float>(rule.gradient * speed * Trajectory::step);
    for (std::size_t i = 1; i < s.size(); ++i) s[i].height = std::max(s[i].height, s[i - 1].height - most);
    for (std::size_t i = s.size() - 1; i-- > 0;) s[i].height = std::max(s[i].height, s[i + 1].height - most);
    for (auto& x : s) {  // heights were above mean sea level so far
        const geo::Point p{x.lat, geo::wrap_pi(x.lon)};
        x.pressure = static_cast<float>(e.weather.pressure(p, {x.height}).m);
        x.height = static_cast<float>(e.geoid.ellipsoidal(p, {x.height}).m);
    }
    fill_vertical(out);
    return out;
}

}  // namespace asman::simulate
