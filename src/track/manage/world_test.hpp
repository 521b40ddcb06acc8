// A small sky for tests: aircraft on straight lines and turns over the ellipsoid, seen by radars and ADS-B receivers.
#pragma once

#include "filter/locate.hpp"

#include <asman/track/tracker.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <vector>

namespace asman::track::test {

inline base::Time at(double s) {
    return base::Time{} + base::seconds(s);
}

struct Aircraft {
    double x = 0, y = 0, vx = 0, vy = 0;  ///< metres and m/s about the world's centre, at time 0
    double height = 9000;
    double turn_from = 1e9, turn_rate = 0;  ///< rad/s, anticlockwise
    double from = 0, to = 1e9;
    std::optional<std::uint32_t> address = std::nullopt;
    std::optional<picture::Mode3A> code = std::nullopt;
    double climb = 0, climb_to = 1e9;  ///< m/s; s

    double height_at(double t) const { return height + climb * std::min(t, climb_to); }
    Eigen::Vector2d at(double t) const {
        const double s = std::max(0.0, t - turn_from), straight = t - s, w = turn_rate * s;
        Eigen::Vector2d p(x + vx * straight, y + vy * straight);
        if (s > 0 && turn_rate != 0)
            p += Eigen::Vector2d(vx * std::sin(w) - vy * (1 - std::cos(w)), vx * (1 - std::cos(w)) + vy * std::sin(w)) /
                 turn_rate;
        return p;
    }
};

struct World {
    geo::Point centre = geo::Point::degrees(42.9, 74.6);
    EllipsoidFrame frame;
    std::vector<picture::Sensor> sensors;
    std::vector<Aircraft> aircraft;
    double duration = 120;
    double false_per_scan = 10;
    unsigned seed = 1;

    geo::Point point(double x, double y) const { return geo::direct(centre, std::atan2(x, y), std::hypot(x, y)); }
    geo::Point point(const Aircraft& a, double t) const {
        const Eigen::Vector2d p = a.at(t);
        return point(p.x(), p.y());
    }

    picture::Sensor& radar(std::uint32_t id, double x, double y, double scan = 5,
                           picture::SensorKind kind = picture::SensorKind::primary) {
        picture::Sensor s;
        s.id = {id};
        s.name = "TST/radar-" + std::to_string(id);
        s.owner = picture::State("TST");
        s.kind = kind;
        s.position = geo::Position{point(x, y), {400}};
        s.max_range = 250e3;
        s.scan_period = base::seconds(scan);
        s.sigma_range = 60;
        s.sigma_azimuth = 0.08 * geo::deg;
        s.false_reports_per_scan = false_per_scan;
        sensors.push_back(s);
        return sensors.back();
    }
    picture::Sensor& receiver(std::uint32_t id) {
        picture::Sensor s;
        s.id = {id};
        s.name = "TST/adsb-" + std::to_string(id);
        s.owner = picture::State("TST");
        s.kind = picture::SensorKind::ads_b;
        s.position = geo::Position{centre, {400}};
        s.max_range = 400e3;
        sensors.push_back(s);
        return sensors.back();
    }

    /// All reports in order of time.
    std::vector<picture::TargetReport> reports() const {
        std::mt19937 g(seed);
        std::vector<picture::TargetReport> out;
        for (const auto& s : sensors) s.kind == picture::SensorKind::ads_b ? heard(s, g, out) : swept(s, g, out);
        std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
        for (std::size_t i = 0; i < out.size(); ++i) out[i].number = i;
        return out;
    }

  private:
    static double normal(std::mt19937& g) { return std::normal_distribution<double>()(g); }
    static double uniform(std::mt19937& g) { return std::uniform_real_distribution<double>()(g); }

    void swept(const picture::Sensor& s, std::mt19937& g, std::vector<picture::TargetReport>& out) const {
        const Site site = frame.site(*s.position);
        const double scan = s.scan_period.seconds(), two_pi = 2 * 3.14159265358979;
        for (double turn = 0; turn < duration; turn += scan) {
            for (const Aircraft& a : aircraft) {
                double t = turn;
                Sight seen{};
                for (int k = 0; k < 4; ++k) {
                    seen = sight(site, frame.global({point(a, t), {a.height_at(t)}}), false);
                    t = turn + scan * (seen.azimuth < 0 ? seen.azimuth + two_pi : seen.azimuth) / two_pi;
                }
                if (t < a.from || t > a.to || t > duration || seen.range > s.max_range) continue;
                if (uniform(g) > s.detection_probability) continue;
                picture::TargetReport r;
                r.sensor = s.id;
                r.time = base::Time{} + base::seconds(t);
                r.kind = s.kind;
                r.range = seen.range + s.sigma_range * normal(g);
                r.azimuth = geo::wrap_2pi(seen.azimuth + s.sigma_azimuth * normal(g));
                if (s.kind != picture::SensorKind::primary && (a.code || a.address)) {
                    r.pressure_altitude = geo::PressureAltitude{std::round(a.height_at(t) / 30.48) * 30.48};
                    r.identity.mode_3a = a.code;
                    r.identity.address = a.address;
                } else {
                    r.kind = picture::SensorKind::primary;
                }
                out.push_back(r);
            }
            const int n = std::poisson_distribution<int>(s.false_reports_per_scan)(g);
            for (int k = 0; k < n; ++k) {
                picture::TargetReport r;
                r.sensor = s.id;
                r.kind = picture::SensorKind::primary;
                r.azimuth = two_pi * uniform(g);
                r.range = s.max_range * std::sqrt(0.001 + 0.999 * uniform(g));
                const double t = turn + scan * r.azimuth / two_pi;
                r.time = base::Time{} + base::seconds(t);
                if (t < duration) out.push_back(r);
            }
        }
    }

    void heard(const picture::Sensor& s, std::mt19937& g, std::vector<picture::TargetReport>& out) const {
        for (const Aircraft& a : aircraft)
            for (double t = uniform(g); t < duration; t += 1) {
                if (!a.address || t < a.from || t > a.to) continue;
                const Eigen::Vector2d p = a.at(t), v = (a.at(t + 0.1) - p) / 0.1;
                picture::TargetReport r;
                r.sensor = s.id;
                r.kind = picture::SensorKind::ads_b;
                r.time = base::Time{} + base::seconds(t);
                r.point = point(p.x() + 15 * normal(g), p.y() + 15 * normal(g));
                r.sigma_horizontal = 15;
                r.pressure_altitude = geo::PressureAltitude{a.height_at(t)};
                r.geometric_height = geo::EllipsoidalHeight{a.height_at(t)};
                r.identity.address = a.address;
                r.ground_speed = v.norm();
                r.track_angle = std::atan2(v.x(), v.y());
                out.push_back(r);
            }
    }
};

/// Six radars' worth of crossing traffic, `n` aircraft.
inline World busy_world(int n, unsigned seed = 1) {
    World w;
    w.seed = seed;
    w.radar(1, -60e3, -40e3, 4);
    w.radar(2, 70e3, 0, 5);
    w.radar(3, 0, 80e3, 10);
    std::mt19937 g(seed + 100);
    std::uniform_real_distribution<double> u(-1, 1);
    for (int k = 0; k < n; ++k) {
        Aircraft a;
        const double course = 3.14159 * u(g), speed = 180 + 60 * u(g);
        a.x = 110e3 * u(g);
        a.y = 110e3 * u(g);
        a.vx = speed * std::sin(course);
        a.vy = speed * std::cos(course);
        a.height = 7000 + 4000 * u(g);
        if (k % 4 == 0) a.turn_from = 60, a.turn_rate = 0.03;
        w.aircraft.push_back(a);
    }
    return w;
}

struct Outcome {
    int tracks = 0, matched = 0;
    double rms = 0, speed_rms = 0;
};

/// The picture against the aircraft that fly at `t` (nearest within 2 km).
inline Outcome compare(const World& w, std::span<const picture::Track> tracks, double t) {
    Outcome o;
    o.tracks = static_cast<int>(tracks.size());
    for (const Aircraft& a : w.aircraft) {
        if (t < a.from || t > a.to) continue;
        const geo::Point p = w.point(a, t);
        double best = 2000, speed = 0;
        for (const auto& k : tracks)
            if (const double d = geo::distance(p, k.kinematics.at); d < best) {
                best = d;
                speed = k.kinematics.velocity.norm() - ((a.at(t + 0.1) - a.at(t - 0.1)) / 0.2).norm();
            }
        if (best >= 2000) continue;
        ++o.matched;
        o.rms += best * best;
        o.speed_rms += speed * speed;
    }
    if (o.matched > 0) {
        o.rms = std::sqrt(o.rms / o.matched);
        o.speed_rms = std::sqrt(o.speed_rms / o.matched);
    }
    return o;
}

inline Tracker tracker_for(const World& w, Config config = {}) {
    Tracker t(config);
    for (const auto& s : w.sensors) (void)t.add_sensor(s);
    return t;
}

inline void feed(Tracker& tracker, const std::vector<picture::TargetReport>& reports, double until = 1e9) {
    for (const auto& r : reports) {
        if ((r.time - base::Time{}).seconds() > until) break;
        tracker.advance(r.time);
        tracker.report(r);
    }
    if (until < 1e8) tracker.advance(base::Time{} + base::seconds(until));
}

}  // namespace asman::track::test
