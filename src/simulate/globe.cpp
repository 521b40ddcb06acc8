#include <asman/simulate/globe.hpp>

#include "globe_flight.hpp"
#include "plots.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <unordered_map>

namespace asman::simulate {
namespace {

using Flight = GlobeFlight;
using Now = FlightNow;

constexpr double kTwoPi = 2 * std::numbers::pi;
constexpr int kAreas = 12, kSlices = 8;  ///< dense areas; datagrams of a sensor a second
constexpr base::Time kStart{1'750'000'000'000'000'000};
constexpr double kCell = 200e3;  ///< of the index of sensors

/// Middles of the dense areas: where traffic is dense, one over 180° and one about the pole.
constexpr double kMiddles[kAreas][2] = {{50, 8},  {40, -80},  {37, -119}, {33, 113}, {36, 140},  {23, 78},
                                        {25, 53}, {-23, -47}, {3, 104},   {19, -99}, {-17, 180}, {88, 20}};

struct Station {
    SensorSpec spec;
    Eigen::Vector3d place;
    Eigen::Matrix3d axes;  ///< rows: east, north, up
    double phase = 0, period = 0;
    bool primary = false;
    std::uint64_t key = 0;
    std::vector<RadarPlot> plots[kSlices + 1];
    std::vector<AdsbReport> reports[kSlices + 1];
};

using Cell = std::uint64_t;
Cell cell_of(double x, double y, double z) {
    const auto part = [](double v) { return static_cast<std::uint64_t>(std::llround(std::floor(v / kCell)) + 4096); };
    return part(x) << 42 | part(y) << 21 | part(z);
}

/// Pressure altitude less geometric height: smooth over the earth.
double pressure_offset(const Eigen::Vector3d& n) {
    return 60 + 120 * n.z() + 40 * std::sin(5 * n.x()) * std::cos(4 * n.y());
}

}  // namespace

struct Globe::Impl {
    GlobeSpec spec;
    std::vector<Flight> flights;
    std::vector<Station> stations;
    std::vector<picture::Sensor> sensors;
    std::uint32_t radars = 0;
    Eigen::Vector3d middles[kAreas];
    double area_cos = 1;
    std::unordered_map<Cell, std::vector<std::uint32_t>> reach;  ///< looked up only
    std::uint32_t seconds = 0;
    GlobeCover radar_cover, receiver_cover;
    std::vector<Datagram> out;
    std::vector<Datagram> later;

    explicit Impl(const GlobeSpec& s) : spec(s) {
        const double share = spec.dense_share / kAreas;
        area_cos = 1 - 2 * share;
        for (int k = 0; k < kAreas; ++k) middles[k] = normal_of(geo::Point::degrees(kMiddles[k][0], kMiddles[k][1]));
        make_flights();
        make_stations();
    }

    Eigen::Vector3d within(int area, Rng& rng) const {
        const double c = 1 - (1 - area_cos) * rng.uniform(), a = rng.uniform(0, kTwoPi);
        const Eigen::Vector3d m = middles[area],
                              e = level(m, std::abs(m.z()) < 0.9 ? Eigen::Vector3d(0, 0, 1) : Eigen::Vector3d(1, 0, 0));
        return c * m + std::sqrt(1 - c * c) * (std::cos(a) * e + std::sin(a) * m.cross(e));
    }

    void make_flights() {
        for (std::uint32_t i = 0; i < spec.aircraft; ++i) {
            Flight f;
            f.key = mix(spec.seed, mix(key("flight"), i));
            Rng rng(f.key);
            if (i % 2 == 0) {
                f.area = static_cast<int>(rng.below(kAreas));
                f.n = within(f.area, rng);
            } else {
                f.n = anywhere(rng);
            }
            f.d = level(f.n, anywhere(rng));
            f.speed = rng.uniform(190, 260);
            f.height = 9000 + 300 * static_cast<double>(rng.below(11));
            f.until = rng.uniform(0, 180);
            f.level_until = rng.uniform(0, 300);
            f.next_message = rng.uniform(0, 0.5);
            f.error_phase[0] = rng.uniform(0, kTwoPi);
            f.error_phase[1] = rng.uniform(0, kTwoPi);
            f.error_rate = rng.uniform(0.004, 0.012);
            f.address = 0x100000 + i;
            f.code = static_cast<picture::Mode3A>(rng.below(4096));
            f.callsign = "GLB" + std::to_string(i);
            flights.push_back(std::move(f));
        }
    }

    void add_stations(picture::SensorKind kind, double over, double range) {
        const double cap = 0.5 * (1 - std::cos(range / 6.371e6));
        const auto n = static_cast<std::uint32_t>(std::lround(over / cap));
        for (std::uint32_t k = 0; k < n; ++k) {
            // Fibonacci's lattice: even over the sphere, without poles or seams.
            const double z = 1 - (2 * k + 1.0) / n, a = kTwoPi * std::fmod(k * 0.6180339887498949, 1.0);
            const double r = std::sqrt(1 - z * z);
            Station s;
            const Eigen::Vector3d normal(r * std::cos(a), r * std::sin(a), z);
            s.key = mix(spec.seed, mix(key(kind == picture::SensorKind::ads_b ? "receiver" : "radar"), k));
            Rng rng(s.key);
            picture::Sensor& p = s.spec.sensor;
            p.id = {static_cast<std::uint32_t>(stations.size() + 1)};
            p.owner = picture::State("GLB");
            p.kind = kind;
            p.sac = static_cast<std::uint8_t>(k / 250 + 1);
            p.sic = static_cast<std::uint8_t>(k % 250 + 1);
            p.position = geo::Position{point_of(normal), {rng.uniform(20, 900)}};
            p.max_range = range;
            p.detection_probability = 0.95;
            p.simulated = true;
            if (kind == picture::SensorKind::ads_b) {
                p.name = "GLB/receiver-" + std::to_string(k);
                p.detection_probability = spec.message_heard;
            } else {
                constexpr double periods[] = {4, 5, 6, 8, 10, 12};
                s.period = periods[rng.below(std::size(periods))];
                s.phase = rng.uniform(0, kTwoPi);
                s.primary = rng.chance(0.15);
                p.name = "GLB/radar-" + std::to_string(k);
                p.kind = s.primary ? picture::SensorKind::combined : picture::SensorKind::mode_s;
                p.scan_period = base::seconds(s.period);
                p.sigma_range = 50;
                p.sigma_azimuth = 0.07 * geo::deg;
                p.false_reports_per_scan = s.primary ? 15 : 0.2;
                s.spec.clutter_per_scan = p.false_reports_per_scan;
                if (spec.biases) s.spec.range_bias = 40 * rng.normal();
                if (spec.biases) s.spec.azimuth_bias = 0.06 * geo::deg * rng.normal();
            }
            const geo::LocalFrame frame(*p.position);
            s.axes = frame.rotation();
            s.place = geo::to_ecef(*p.position);
            sensors.push_back(p);
            stations.push_back(std::move(s));
        }
    }

    void make_stations() {
        add_stations(picture::SensorKind::mode_s, spec.radars_over, spec.radar_range);
        radars = static_cast<std::uint32_t>(stations.size());
        add_stations(picture::SensorKind::ads_b, spec.receivers_over, spec.receiver_range);
        const double reach_of = std::max(spec.radar_range, spec.receiver_range);
        const int steps = static_cast<int>(reach_of / kCell) + 1;
        for (std::uint32_t i = 0; i < stations.size(); ++i)
            for (int x = -steps; x <= steps; ++x)
                for (int y = -steps; y <= steps; ++y)
                    for (int z = -steps; z <= steps; ++z) {
                        const Eigen::Vector3d q = stations[i].place + kCell * Eigen::Vector3d(x, y, z);
                        const double r = q.norm();
                        if (r < 6.0e6 || r > 6.75e6) continue;  // no aircraft there
                        reach[cell_of(q.x(), q.y(), q.z())].push_back(i);
                    }
    }

    base::Time at(double seconds_in) const { return kStart + base::seconds(seconds_in); }
    static int slice(double part) { return std::clamp(static_cast<int>(part * kSlices), 0, kSlices - 1); }

    void sweep(Station& s, const Flight& f, double dt0) {
        // When the beam meets the aircraft in this second, if it does.
        const auto azimuth = [&](const Now& now) {
            const Eigen::Vector3d e = s.axes * (now.place - s.place);
            return geo::wrap_2pi(std::atan2(e.x(), e.y()));
        };
        double t = dt0;
        for (int round = 0; round < 3; ++round) {
            const double turns = (azimuth(now_of(f, t - dt0)) - s.phase) / kTwoPi;
            t = s.period * (turns + std::ceil(dt0 / s.period - turns));
            if (t >= dt0 + 1) return;
        }
        const Now now = now_of(f, t - dt0);
        Rng rng(s.key, f.key, static_cast<std::uint64_t>(std::llround(t / s.period)));
        if (!rng.chance(s.spec.sensor.detection_probability)) return;
        const Eigen::Vector3d e = s.axes * (now.place - s.place);
        RadarPlot p;
        p.time = at(t);
        p.range = std::max(e.norm() + s.spec.range_bias + s.spec.sensor.sigma_range * rng.normal(), 100.0);
        p.azimuth =
            geo::wrap_2pi(std::atan2(e.x(), e.y()) + s.spec.azimuth_bias + s.spec.sensor.sigma_azimuth * rng.normal());
        p.secondary = p.mode_s = true;
        p.primary = s.primary && rng.chance(0.8);
        p.mode_3a = f.code;
        p.garbled = rng.chance(0.002);
        p.flight_level = level_of(now);
        p.address = f.address;
        p.callsign = f.callsign;
        s.plots[slice(t - dt0)].push_back(std::move(p));
    }

    static double level_of(const Now& now) {
        const double pressure = now.height + pressure_offset(now.n);
        return std::round(geo::PressureAltitude{pressure}.flight_level() * 4) / 4;
    }

    AdsbReport message(const Flight& f, double t, double dt0) const {
        const Now now = now_of(f, t - dt0);
        Rng rng(f.key, key("message"), static_cast<std::uint64_t>(std::llround(t * 1e3)));
        const Eigen::Vector3d east = east_of(now.n), north = now.n.cross(east);
        const double s = 13;  // metres, wandering over minutes, and a little each time
        const double de = s * (1.2 * std::sin(f.error_rate * t * kTwoPi + f.error_phase[0]) + 0.3 * rng.normal());
        const double dn = s * (1.2 * std::sin(1.3 * f.error_rate * t * kTwoPi + f.error_phase[1]) + 0.3 * rng.normal());
        AdsbReport r;
        r.time = at(t);
        r.at = point_of((now.n + (de * east + dn * north) / semi_major).normalized());
        r.geometric_height = now.height;
        r.flight_level = level_of(now);
        r.ground_speed = std::round(f.speed / geo::knot) * geo::knot;
        r.track_angle = geo::wrap_2pi(std::atan2(now.d.dot(east), now.d.dot(north)));
        r.vertical_rate = std::round(f.climb / geo::foot * 60 / 64) * 64 * geo::foot / 60;
        r.address = f.address;
        r.mode_3a = f.code;
        r.callsign = f.callsign;
        return r;
    }

    void clutter(Station& s, double dt0) {
        Rng rng(s.key, key("clutter"), seconds);
        const std::uint32_t n = rng.poisson(s.spec.clutter_per_scan / s.period);
        for (std::uint32_t k = 0; k < n; ++k) {
            RadarPlot p;
            const double t = dt0 + rng.uniform();
            p.time = at(t);
            p.primary = true;
            p.azimuth = geo::wrap_2pi(s.phase + kTwoPi * t / s.period);
            p.range = s.spec.sensor.max_range * std::sqrt(rng.uniform(0.001, 1));
            p.amplitude = 3;
            s.plots[slice(t - dt0)].push_back(std::move(p));
        }
    }

    void fly(Flight& f, double t) {
        const Now now = now_of(f, 1);
        f.n = now.n;
        f.d = now.d;
        f.height = now.height;
        Rng rng(f.key, key("fly"), seconds);
        if (t >= f.until) {
            f.turn = 0;
            f.until = t + rng.uniform(60, 300);
            const bool leaves = f.area >= 0 && f.n.dot(middles[f.area]) < area_cos + 0.3 * (1 - area_cos) &&
                                f.d.dot(middles[f.area]) < 0;
            if (leaves || rng.chance(0.4)) {
                f.turn = (rng.chance(0.5) ? 1 : -1) * rng.uniform(0.6, 3) * geo::deg;
                f.until = t + rng.uniform(20, leaves ? 170 : 90) * geo::deg / std::abs(f.turn);
            }
        }
        if (t >= f.level_until) {
            f.level_until = t + rng.uniform(60, 400);
            f.climb = 0;
            if (rng.chance(0.4)) {
                const double to = 9000 + 300 * static_cast<double>(rng.below(11));
                f.climb = (to > f.height ? 1 : -1) * rng.uniform(3, 12);
                f.level_until = t + std::abs(to - f.height) / std::abs(f.climb);
            }
        }
    }

    void send(Station& s, int part) {
        const double end = seconds + (part + 1.0) / kSlices;
        Rng rng(s.key, key("delay"));
        // Every sensor sends at moments of its own.
        const base::Time received = at(end + rng.uniform(0.002, 0.002 + 1.0 / kSlices));
        const auto give = [&](std::vector<std::byte> bytes) {
            if (!bytes.empty()) out.push_back({received, s.spec.sensor.id, s.spec.sensor.owner, {}, std::move(bytes)});
        };
        if (s.period > 0) {
            std::vector<BeamMark> marks;
            // A mark for every 32nd of a turn.
            const double from = end - 1.0 / kSlices, step = s.period / 32;
            for (double k = std::ceil(from / step); k * step < end; k += 1)
                marks.push_back({at(k * step), false, geo::wrap_2pi(s.phase + kTwoPi * k / 32)});
            auto& plots = s.plots[part];
            std::ranges::stable_sort(plots, {}, &RadarPlot::time);
            give(encode_radar(s.spec, plots, marks));
            plots.clear();
        } else {
            auto& reports = s.reports[part];
            std::ranges::stable_sort(reports, {}, &AdsbReport::time);
            for (auto& bytes : encode_ads_b(s.spec, reports)) give(std::move(bytes));
            reports.clear();
        }
    }

    void cover(GlobeCover& c, std::uint32_t n, bool first) const {
        c.least = first ? n : std::min(c.least, n);
        c.most = first ? n : std::max(c.most, n);
        c.mean += n / static_cast<double>(flights.size());
    }

    void second() {
        const double dt0 = seconds;
        out.swap(later);
        later.clear();
        radar_cover = receiver_cover = {};
        for (std::uint32_t i = 0; i < flights.size(); ++i) {
            Flight& f = flights[i];
            const Now now = now_of(f, 0.5);
            std::uint32_t seen = 0, heard = 0;
            std::vector<AdsbReport> messages;
            for (; f.next_message < dt0 + 1;
                 f.next_message += Rng(f.key, key("gap"), messages.size() + 97 * seconds).uniform(0.4, 0.6))
                if (f.next_message >= dt0) messages.push_back(message(f, f.next_message, dt0));
            const auto near = reach.find(cell_of(now.place.x(), now.place.y(), now.place.z()));
            if (near == reach.end()) continue;
            for (const std::uint32_t k : near->second) {
                Station& s = stations[k];
                const double range = s.spec.sensor.max_range;
                if ((now.place - s.place).squaredNorm() > range * range) continue;
                if (k < radars) {
                    ++seen;
                    sweep(s, f, dt0);
                    continue;
                }
                ++heard;
                for (std::size_t m = 0; m < messages.size(); ++m)
                    if (Rng(s.key, f.key, 16 * seconds + m).chance(spec.message_heard)) {
                        const double part = (messages[m].time - at(dt0)).seconds();
                        s.reports[slice(part)].push_back(messages[m]);
                    }
            }
            cover(radar_cover, seen, i == 0);
            cover(receiver_cover, heard, i == 0);
        }
        for (Station& s : stations) {
            if (s.period > 0) clutter(s, dt0);
            for (int part = 0; part < kSlices; ++part) send(s, part);
        }
        ++seconds;
        for (Flight& f : flights) fly(f, seconds);
        const auto end = at(seconds);
        std::ranges::stable_sort(out, {}, [](const Datagram& d) { return std::pair(d.received, d.sensor); });
        const auto split = std::ranges::find_if(out, [&](const Datagram& d) { return d.received > end; });
        later.assign(std::make_move_iterator(split), std::make_move_iterator(out.end()));
        out.erase(split, out.end());
    }
};

Globe::Globe(const GlobeSpec& spec) : impl_(std::make_unique<Impl>(spec)) {}
Globe::~Globe() = default;
Globe::Globe(Globe&&) noexcept = default;
Globe& Globe::operator=(Globe&&) noexcept = default;

const std::vector<picture::Sensor>& Globe::sensors() const {
    return impl_->sensors;
}
std::uint32_t Globe::radars() const {
    return impl_->radars;
}
GlobeCover Globe::radar_cover() const {
    return impl_->radar_cover;
}
GlobeCover Globe::receiver_cover() const {
    return impl_->receiver_cover;
}
base::Time Globe::start() const {
    return kStart;
}
base::Time Globe::now() const {
    return impl_->at(impl_->seconds);
}

const std::vector<Datagram>& Globe::second() {
    impl_->second();
    return impl_->out;
}

std::vector<Truth> Globe::truth() const {
    std::vector<Truth> out;
    for (const Flight& f : impl_->flights) {
        const Now now = now_of(f, 0);
        const Eigen::Vector3d east = east_of(now.n), north = now.n.cross(east);
        Truth t;
        t.id = f.callsign;
        t.position = {point_of(now.n), {now.height}};
        t.velocity = {f.speed * now.d.dot(east), f.speed * now.d.dot(north), f.climb};
        t.pressure_altitude = {now.height + pressure_offset(now.n)};
        t.ads_b = true;
        t.address = f.address;
        t.mode_3a = f.code;
        t.callsign = f.callsign;
        out.push_back(std::move(t));
    }
    return out;
}

}  // namespace asman::simulate
