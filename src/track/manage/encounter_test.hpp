// Two aircraft that cross, or nearly meet and part, as three radars see them.
#pragma once

#include "manage/world_test.hpp"

#include <numbers>
#include <span>
#include <tuple>

namespace asman::track::test {

inline constexpr double kPi = std::numbers::pi;

/// Two that pass one point, or turn away from one another just before it, each onto the other's course.
struct Encounter {
    double angle = 10 * kPi / 180, speed = 200, faster = 0;  ///< rad, m/s, m/s of the second one
    double miss = 100;                                       ///< m between them when they are nearest
    bool away = false;
    /// What their replies tell them apart by, and to how many of the radars they reply, the slowest first.
    enum { nothing, code, height, address, silence } evidence = nothing;
    int asked = 1;
    double detection = 0.9;

    double closing() const { return std::max(std::hypot(speed * angle, faster), 10.0); }
    double met() const { return std::clamp(1500 / closing() + 40, 80.0, 150.0); }
    double before() const { return std::max(30.0, met() - 1000 / closing()); }
    double after() const { return met() + std::clamp(1200 / closing(), 60.0, 110.0); }
};

struct Scene {
    World w;
    std::vector<picture::TargetReport> reports;
    std::vector<int> whose;  ///< 0, 1: of the first pair; 2: of both; 3: of another pair; −1: false
};

inline Eigen::Vector2d way(double course) {
    return {std::sin(course), std::cos(course)};
}

/// Paths by steps of a tenth of a second: what Aircraft has no word for.
struct Path {
    std::vector<Eigen::Vector2d> at;
    Eigen::Vector2d operator()(double t) const {
        const double n = std::clamp(t * 10, 0.0, static_cast<double>(at.size() - 2));
        const auto i = static_cast<std::size_t>(n);
        return at[i] + (n - static_cast<double>(i)) * (at[i + 1] - at[i]);
    }
};

struct Pair {
    Encounter e;
    Path path[2];
    double height[2] = {9000, 9000};
    unsigned number = 0;  ///< among those of a scene

    picture::Mode3A code(int k) const { return static_cast<picture::Mode3A>((k == 0 ? 01122 : 04201) + 8 * number); }
    std::uint32_t address(int k) const { return (k == 0 ? 0x441fea : 0x502c8b) + number; }
};

inline Pair fly(const Encounter& e, std::mt19937& g) {
    std::uniform_real_distribution<double> u(-1, 1);
    Pair out;
    out.e = e;
    const double course = kPi * u(g), meet = e.met();
    const double north = 20e3 + 20e3 * u(g), east = 30e3 * u(g);  // in this order, whatever the compiler
    const Eigen::Vector2d place(east, north);
    const double bearing = kPi * u(g), rate = 0.03;
    for (int k = 0; k < 2; ++k) {
        const double speed = e.speed + k * e.faster, from = course + (k == 0 ? -0.5 : 0.5) * e.angle,
                     to = e.away ? course + (k == 0 ? 0.5 : -0.5) * e.angle : from;
        // Turning is over when they are nearest.
        const double needs = std::abs(to - from) / rate;
        Eigen::Vector2d p = Eigen::Vector2d::Zero();
        std::vector<Eigen::Vector2d> steps;
        Eigen::Vector2d then = p;
        for (int n = 0; n <= 3000; ++n) {
            const double t = 0.1 * n, done = e.away ? std::clamp((t - (meet - 0.5 * needs)) / needs, 0.0, 1.0) : 0;
            steps.push_back(p);
            if (std::abs(t - meet) < 0.05) then = p;
            p += 0.1 * speed * way(from + done * (to - from));
        }
        for (auto& q : steps) q += place - then;
        if (k == 1) {  // aside by the miss distance, across the mean course where they turn away, so that none crosses
            const Eigen::Vector2d aside =
                e.away ? Eigen::Vector2d(way(course + 0.5 * kPi) * -e.miss) : Eigen::Vector2d(e.miss * way(bearing));
            for (auto& q : steps) q += aside;
        }
        out.path[k].at = std::move(steps);
    }
    if (e.evidence == Encounter::height) out.height[1] = 9300;
    return out;
}

/// Adds the reply of one of them, where the sensor asks.
inline void reply(const Pair& pair, int k, picture::TargetReport& r) {
    using enum picture::SensorKind;
    if (r.kind == primary) return;
    switch (pair.e.evidence) {
        case Encounter::nothing:
            break;
        case Encounter::code:
            r.identity.mode_3a = pair.code(k);
            return;
        case Encounter::height:
            r.pressure_altitude = geo::PressureAltitude{std::round(pair.height[k] / 30.48) * 30.48};
            return;
        case Encounter::address:
            r.identity.address = pair.address(k);
            return;
        case Encounter::silence:
            if (k == 0) {
                r.identity.mode_3a = pair.code(0);
                return;
            }
    }
    r.kind = primary;
}

struct Seen {
    picture::TargetReport r;
    int whose;
};

/// Two plots of a turn within 150 m and 1.4° of one another are one between them, with the reply of either.
inline void merge(const picture::Sensor& s, std::vector<Seen>& seen, std::mt19937& g) {
    std::normal_distribution<double> normal;
    if (seen.size() != 2) return;
    picture::TargetReport &one = seen[0].r, &other = seen[1].r;
    const double apart = std::remainder(other.azimuth - one.azimuth, 2 * kPi);
    if (std::abs(other.range - one.range) > 150 || std::abs(apart) > 1.4 * geo::deg) return;
    const double share = std::uniform_real_distribution<double>(0, 1)(g);
    one.range += share * (other.range - one.range) + s.sigma_range * normal(g);
    one.azimuth = geo::wrap_2pi(one.azimuth + share * apart + 1.7 * s.sigma_azimuth * normal(g));
    if (share > 0.5 || one.kind == picture::SensorKind::primary) {
        one.identity = other.identity;
        one.pressure_altitude = other.pressure_altitude;
        one.kind = other.kind;
    }
    if (seen[0].whose < 2) seen[0].whose = 2;
    seen.pop_back();
}

/// What one radar sees of a pair in the turn that begins at `turn`.
inline std::vector<Seen> look(const World& w, const picture::Sensor& s, const Pair& pair, double turn,
                              std::mt19937& g) {
    std::normal_distribution<double> normal;
    std::vector<Seen> seen;
    const Site site = w.frame.site(*s.position);
    const double scan = s.scan_period.seconds();
    for (int k = 0; k < 2; ++k) {
        double t = turn;
        Sight sees{};
        for (int n = 0; n < 4; ++n) {
            const Eigen::Vector2d p = pair.path[k](std::max(t, 0.0));
            sees = sight(site, w.frame.global({w.point(p.x(), p.y()), {pair.height[k]}}), false);
            t = turn + scan * geo::wrap_2pi(sees.azimuth) / (2 * kPi);
        }
        if (t < 0 || std::uniform_real_distribution<double>(0, 1)(g) > pair.e.detection) continue;
        Seen& one = seen.emplace_back();
        one.whose = pair.number == 0 ? k : 3;
        one.r.sensor = s.id;
        one.r.kind = s.kind;
        one.r.time = at(t);
        one.r.range = sees.range + s.sigma_range * normal(g);
        one.r.azimuth = geo::wrap_2pi(sees.azimuth + s.sigma_azimuth * normal(g));
        reply(pair, k, one.r);
    }
    merge(s, seen, g);
    return seen;
}

inline void see_nothing(const World& w, const picture::Sensor& s, double turn, std::mt19937& g,
                        std::vector<Seen>& all) {
    std::uniform_real_distribution<double> u(0, 1);
    const int n = std::poisson_distribution<int>(w.false_per_scan)(g);
    for (int k = 0; k < n; ++k) {
        Seen one{{}, -1};
        one.r.sensor = s.id;
        one.r.kind = picture::SensorKind::primary;
        one.r.azimuth = 2 * kPi * u(g);
        one.r.range = s.max_range * std::sqrt(0.001 + 0.999 * u(g));
        const double t = turn + s.scan_period.seconds() * one.r.azimuth / (2 * kPi);
        one.r.time = at(t);
        if (t > 0) all.push_back(one);
    }
}

/// What three radars, of 4, 5 and 10 s, see of pairs that are alike in all but place.
inline Scene see(std::span<const Pair> pairs, unsigned seed) {
    Scene out;
    World& w = out.w;
    const Encounter& e = pairs[0].e;
    w.seed = seed;
    w.false_per_scan = 10;
    using enum picture::SensorKind;
    for (const auto& [id, x, y, scan] :
         {std::tuple(1, -60e3, -40e3, 4.0), std::tuple(2, 70e3, 0.0, 5.0), std::tuple(3, 0.0, 80e3, 10.0)})
        w.radar(static_cast<std::uint32_t>(id), x, y, scan,
                e.evidence != Encounter::nothing && id > 3 - e.asked ? combined : primary)
            .detection_probability = e.detection;
    std::mt19937 g(seed);
    std::vector<Seen> all;
    for (const auto& s : w.sensors) {
        const double scan = s.scan_period.seconds(), phase = scan * std::uniform_real_distribution<double>(0, 1)(g);
        for (double turn = -phase; turn < e.after(); turn += scan) {
            for (const Pair& pair : pairs)
                for (auto& one : look(w, s, pair, turn, g)) all.push_back(one);
            see_nothing(w, s, turn, g, all);
        }
    }
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.r.time < b.r.time; });
    for (auto& one : all) {
        one.r.number = out.reports.size();
        out.reports.push_back(one.r);
        out.whose.push_back(one.whose);
    }
    return out;
}

inline Scene see(const Pair& pair, unsigned seed) {
    return see(std::span(&pair, 1), seed);
}

}  // namespace asman::track::test
