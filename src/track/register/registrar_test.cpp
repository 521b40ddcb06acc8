#include "register/registrar.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <vector>

namespace asman::track {
namespace {

constexpr double kDeg = 0.017453292519943295;

/// A radar on a plane; `told`: a receiver of reports that carry their own place.
struct Device {
    double x = 0, y = 0, sigma_range = 60, sigma_azimuth = 0.08 * kDeg;
    ParameterVector off = ParameterVector::Zero();
    bool told = false;
    ParameterVector prior() const {
        ParameterVector p;
        p << 120, 1e-4, 0.2 * kDeg, 0.1;
        if (told) p << 0, 0, 0, 0.1;
        return p;
    }
};

/// One window of straight flight over the plane, seen by the devices in reach, as the tracker would lay it down with
/// the present estimates.
std::vector<Sighting> window(std::mt19937& g, const std::vector<Device>& devices, const Registrar& registrar,
                             double extent = 120e3, double reach = 1e9) {
    std::uniform_real_distribution<double> u(-1, 1);
    std::normal_distribution<double> n;
    const double x0 = extent * u(g), y0 = extent * u(g), course = 3.1416 * u(g), speed = 200 + 50 * u(g);
    const double vx = speed * std::sin(course), vy = speed * std::cos(course);
    std::vector<Sighting> out;
    int used = 0;
    for (std::uint32_t s = 0; s < devices.size(); ++s) {
        const Device& d = devices[s];
        if (std::hypot(x0 - d.x, y0 - d.y) > reach || used == Registrar::kMaxSensors) continue;
        ++used;
        for (int k = 0; k < 3; ++k) {
            const ParameterVector& b = registrar.of(s).value;
            const double t = 5 * k + 0.7 * s - std::floor(0.14 * s) * 5, stamp = t + d.off[kTime];
            const double dx = x0 + vx * t - d.x, dy = y0 + vy * t - d.y;
            Sighting w;
            w.t = stamp - b[kTime];
            w.sensor = s;
            w.by[kTime][0] = -vx;
            w.by[kTime][1] = -vy;
            if (d.told) {
                w.z[0] = x0 + vx * t + 20 * n(g);
                w.z[1] = y0 + vy * t + 20 * n(g);
                w.r00 = w.r11 = 400;
                out.push_back(w);
                continue;
            }
            const double seen = (1 + d.off[kGain]) * std::hypot(dx, dy) + d.off[kRange] + d.sigma_range * n(g);
            const double range = (seen - b[kRange]) / (1 + b[kGain]);
            const double azimuth = std::atan2(dx, dy) + d.off[kAzimuth] + d.sigma_azimuth * n(g) - b[kAzimuth];
            const double ux = std::sin(azimuth), uy = std::cos(azimuth);
            const double va = d.sigma_range * d.sigma_range, vc = std::pow(d.sigma_azimuth * range, 2);
            w.z[0] = d.x + range * ux;
            w.z[1] = d.y + range * uy;
            w.r00 = va * ux * ux + vc * uy * uy;
            w.r01 = (va - vc) * ux * uy;
            w.r11 = va * uy * uy + vc * ux * ux;
            w.by[kRange][0] = ux;
            w.by[kRange][1] = uy;
            w.by[kGain][0] = range * ux;
            w.by[kGain][1] = range * uy;
            w.by[kAzimuth][0] = range * uy;
            w.by[kAzimuth][1] = -range * ux;
            out.push_back(w);
        }
    }
    return out;
}

/// Draws what is off in each device from its prior.
void draw(std::mt19937& g, std::vector<Device>& devices) {
    std::normal_distribution<double> n;
    for (Device& d : devices)
        for (int p = 0; p < kParameters; ++p) d.off[p] = d.prior()[p] * n(g);
}

Registrar registrar_for(const std::vector<Device>& devices, std::size_t whole = 40, bool steady = false) {
    Registrar r(whole, steady);
    for (const Device& d : devices) r.add(d.prior());
    return r;
}

bool add_window(Registrar& registrar, const std::vector<Sighting>& w) {
    Registrar::Fit fit;
    if (!registrar.fit(w, 0, fit)) return false;
    registrar.take(fit);
    return true;
}

/// Of the parameters that are estimated: how many 95 % intervals hold the truth.
struct Coverage {
    int inside[kParameters] = {}, all[kParameters] = {};
    void count(const Registrar& r, const std::vector<Device>& devices) {
        for (std::uint32_t s = 0; s < devices.size(); ++s)
            for (int p = 0; p < kParameters; ++p) {
                if (devices[s].prior()[p] <= 0) continue;
                const double sigma = std::sqrt(r.of(s).covariance(p, p));
                ++all[p];
                inside[p] += std::abs(r.of(s).value[p] - devices[s].off[p]) < 1.96 * sigma;
            }
    }
    double share() const {
        double in = 0, of = 0;
        for (int p = 0; p < kParameters; ++p) in += inside[p], of += all[p];
        return in / of;
    }
};

const std::vector<Device> kThree = {{-90e3, -80e3, 50}, {100e3, -60e3, 60}, {-40e3, 110e3, 80}};

TEST(Registrar, RecoversAllParametersWithCalibratedErrors) {
    Workers alone(1);
    Coverage coverage;
    const int runs = std::getenv("ASMAN_LONG") ? 600 : 60;
    for (int run = 0; run < runs; ++run) {
        std::mt19937 g(static_cast<unsigned>(run));
        std::vector<Device> devices = kThree;
        devices.push_back({.told = true});
        draw(g, devices);
        Registrar registrar = registrar_for(devices);
        for (int k = 0; k < 200; ++k) {
            add_window(registrar, window(g, devices, registrar));
            if (k % 10 == 9) registrar.solve(k, alone);
        }
        registrar.solve(300, alone);
        coverage.count(registrar, devices);
        for (std::uint32_t s = 0; s < 3; ++s) {
            const ParameterMatrix& c = registrar.of(s).covariance;
            EXPECT_LT(std::sqrt(c(kRange, kRange)), 15);
            EXPECT_LT(std::sqrt(c(kGain, kGain)), 8e-5);
            EXPECT_LT(std::sqrt(c(kAzimuth, kAzimuth)), 0.01 * kDeg);
            EXPECT_LT(std::sqrt(c(kTime, kTime)), 0.06);
        }
    }
    EXPECT_GT(coverage.share(), 0.90);
    EXPECT_LE(coverage.share(), 0.99);
    for (int p = 0; p < kParameters; ++p)
        EXPECT_GT(static_cast<double>(coverage.inside[p]) / coverage.all[p], 0.88) << p;
}

TEST(Registrar, ManySensorsAreSolvedInPatchesWithCalibratedErrors) {
    // A lattice of 64 radars, each overlapping with its neighbours only; nobody tells the truth but every eighth.
    Workers alone(1);
    std::uint32_t jumps = 0, cells = 0, beyond = 0;
    Coverage coverage;
    const int runs = std::getenv("ASMAN_LONG") ? 40 : 1;
    for (int run = 0; run < runs; ++run) {
        std::mt19937 g(static_cast<unsigned>(1000 + run));
        std::vector<Device> devices;
        for (int i = 0; i < 8; ++i)
            for (int j = 0; j < 8; ++j) {
                devices.push_back({.x = -700e3 + 200e3 * i, .y = -700e3 + 200e3 * j});
                if ((i + j) % 8 == 0)
                    devices.push_back({.x = -700e3 + 200e3 * i, .y = -700e3 + 200e3 * j, .told = true});
            }
        draw(g, devices);
        // What either suspects of changes hangs on how finely it cuts time, too.
        Registrar registrar = registrar_for(devices, 40, true);
        Registrar exact = registrar_for(devices, 1000, true);
        double t = 0;
        for (int k = 0; k < 8000; ++k, t += 0.05) {
            std::mt19937 again = g;
            add_window(exact, window(again, devices, exact, 800e3, 260e3));
            add_window(registrar, window(g, devices, registrar, 800e3, 260e3));
            if (k % 2 == 1) registrar.solve(t, alone), exact.solve(t, alone);
        }
        exact.solve(t += 20, alone);
        for (int k = 0; k < 400; ++k) registrar.solve(t += 0.25, alone);
        for (std::uint32_t s = 0; s < devices.size(); ++s) {
            for (int p = 0; p < kParameters; ++p) {
                const double sigma = std::sqrt(exact.of(s).covariance(p, p));
                const double told = std::sqrt(registrar.of(s).covariance(p, p));
                ++cells;
                beyond += std::abs(registrar.of(s).value[p] - exact.of(s).value[p]) > 0.5 * sigma ||
                          std::abs(told - sigma) > 0.3 * sigma;
            }
        }
        for (std::uint32_t s = 0; s < devices.size(); ++s) jumps += registrar.of(s).jumps + exact.of(s).jumps;
        coverage.count(registrar, devices);
    }
    // Either lays its windows down by its own estimates, so that now and then one takes a window that the other
    // refuses.
    RecordProperty("beyond", static_cast<int>(beyond));
    RecordProperty("of", static_cast<int>(cells));
    EXPECT_LE(beyond, cells / 10'000);
    EXPECT_EQ(jumps, 0U);
    EXPECT_GT(coverage.share(), 0.90);
    EXPECT_LE(coverage.share(), 0.99);
}

TEST(Registrar, SaysWhatCannotBeTold) {
    // Radars side by side and one direction of flight: clocks and ranges are mixed up, and only differences show.
    Workers alone(1);
    std::mt19937 g(5);
    std::vector<Device> devices = {{0, 0}, {1e3, 0}};
    Registrar registrar = registrar_for(devices);
    for (int k = 0; k < 200; ++k) {
        add_window(registrar, window(g, devices, registrar));
        if (k % 10 == 9) registrar.solve(k, alone);
    }
    for (std::uint32_t s = 0; s < 2; ++s) {
        const ParameterMatrix& c = registrar.of(s).covariance;
        EXPECT_GT(std::sqrt(c(kAzimuth, kAzimuth)), 0.5 * 0.2 * kDeg);
        EXPECT_GT(std::sqrt(c(kTime, kTime)), 0.5 * 0.1);
    }
}

/// Heights that are `off` metres lay every plot off along its ray, the more the nearer it is.
std::vector<Sighting> put_off_by_air(std::vector<Sighting> w, double off) {
    for (Sighting& s : w) {
        s.height = 8000;
        const double range = std::hypot(s.by[kGain][0], s.by[kGain][1]);
        for (int i = 0; i < 2; ++i) {
            s.by_height[i] = std::min(s.height / range, 0.2) * s.by[kRange][i];
            s.z[i] += off * s.by_height[i];
        }
    }
    return w;
}

TEST(Registrar, TheAirOfOneRegionTellsOfTheAirBesideIt) {
    // A chain of three regions; only the first has traffic. What the others learn is what a joint Gaussian learns.
    constexpr double kOffset = 150, kSlope = 200, kAlike = 0.85, kHeight = 8000, kOff = 300;
    Workers alone(1);
    std::mt19937 g(11);
    const std::vector<Device>& devices = kThree;
    Registrar exact = registrar_for(devices), patched = registrar_for(devices, 1);
    std::uint32_t air[3] = {};
    double t = 0, before = 0;
    for (Registrar* r : {&exact, &patched}) {
        air[0] = r->add_air(1, kOffset, kSlope);
        air[1] = r->add_air(2, kOffset, kSlope, air[0], kAlike);
        air[2] = r->add_air(3, kOffset, kSlope, air[1], kAlike);
        EXPECT_EQ(r->add_air(2, kOffset, kSlope), air[1]);
        before = r->air_variance(air[0], kHeight);
        for (int k = 0; k < 100; ++k) r->solve(t += 1, alone);
        for (const auto a : air) EXPECT_NEAR(r->air_variance(a, kHeight), before, 0.01 * before);
    }
    for (int k = 0; k < 600; ++k) {
        t += 0.5;
        const auto seed = g();
        for (Registrar* r : {&exact, &patched}) {
            std::mt19937 same(seed);
            Registrar::Fit fit;
            const auto w = put_off_by_air(window(same, devices, *r), kOff - r->air_offset(air[0], kHeight));
            if (r->fit(w, 50 * 50, fit, air[0])) r->take(fit);
            r->solve(t, alone);
        }
    }
    for (int k = 0; k < 300; ++k) exact.solve(t += 1, alone), patched.solve(t, alone);
    const double known = exact.air_variance(air[0], kHeight), first = exact.air_offset(air[0], kHeight);
    EXPECT_LT(known, 0.5 * before);
    EXPECT_NEAR(first, kOff, 4 * std::sqrt(known));
    double share = 1;
    for (const auto a : air) {
        const double variance = (1 - share * share) * before + share * share * known, sigma = std::sqrt(variance);
        EXPECT_NEAR(exact.air_offset(a, kHeight), share * first, 0.01 * first);
        EXPECT_NEAR(exact.air_variance(a, kHeight), variance, 0.01 * before);
        EXPECT_NEAR(patched.air_offset(a, kHeight), share * first, 0.5 * sigma);
        EXPECT_NEAR(std::sqrt(patched.air_variance(a, kHeight)), sigma, 0.3 * sigma);
        share *= kAlike;
    }
}

TEST(Registrar, OneSensorAloneSaysNothing) {
    std::mt19937 g(1);
    const std::vector<Device> one = {{0, 0}};
    Registrar registrar = registrar_for(one);
    EXPECT_FALSE(add_window(registrar, window(g, one, registrar)));
    EXPECT_EQ(registrar.of(0).value, ParameterVector::Zero());
}

TEST(Registrar, ATurnIsNotTakenForStraightFlight) {
    std::mt19937 g(1);
    const std::vector<Device> two = {{0, 0, 50}, {80e3, 0, 50}};
    Registrar registrar = registrar_for(two);
    auto w = window(g, two, registrar);
    for (auto& s : w) s.z[1] += 0.5 * 30 * s.t * s.t;
    EXPECT_FALSE(add_window(registrar, w));
}

/// One sensor of four changes 300 s after the start: at once, or steadily from then on.
struct Change {
    const char* name;
    Parameter parameter;
    double jump = 0, drift = 0;  ///< m, 1, rad, s; and of it a second
    double found = 1;            ///< share of jumps that must be found
};

/// Shares of the 95 % intervals of what changed that hold the truth, over the minutes that follow.
struct Held {
    double inside[2][3] = {}, all[2][3] = {};  ///< the sensor, the others; first minute, second, later
    double square = 0;                         ///< of the sensor's error, in its σ before
    void count(bool other, double since, bool in) {
        const int k = since <= 60 ? 0 : since <= 120 ? 1 : 2;
        inside[other][k] += in;
        all[other][k] += 1;
    }
    int percent(bool other, int k) const { return static_cast<int>(100 * inside[other][k] / all[other][k]); }
};

class Changes : public ::testing::TestWithParam<Change> {};

TEST_P(Changes, OfASensorAreFollowedByIntervalsThatHold) {
    const Change change = GetParam();
    Workers alone(1);
    const bool at_length = std::getenv("ASMAN_LONG") != nullptr;
    const unsigned runs = at_length ? 100 : 3;
    const int seconds = change.drift != 0 ? 600 : 300;
    unsigned found = 0, others = 0;
    double delay = 0, error = 0;
    Held held;
    for (unsigned run = 0; run < runs; ++run) {
        std::mt19937 g(7 + run);
        std::vector<Device> devices = kThree;
        devices.push_back({80e3, 90e3, 80});
        draw(g, devices);
        devices[1].off << -40, 0, 0, 0;
        Registrar registrar = registrar_for(devices);
        double t = 0;
        const auto fly = [&](double until, double drift) {
            for (; t < until; t += 0.25) {
                add_window(registrar, window(g, devices, registrar));
                devices[1].off[change.parameter] += 0.25 * drift;
                if (std::fmod(t, 2) == 0) registrar.solve(t, alone);
            }
        };
        fly(300, 0);
        for (std::uint32_t s = 0; s < 4; ++s) EXPECT_EQ(registrar.of(s).jumps, 0U) << run;
        const ParameterMatrix before = registrar.of(0).covariance;
        const double told = std::sqrt(registrar.of(1).covariance(change.parameter, change.parameter));
        devices[1].off[change.parameter] += change.jump;
        double at = 0;
        for (int since = 10; since <= seconds; since += 10) {
            fly(300 + since, change.drift);
            if (at == 0 && registrar.of(1).jumps > 0) at = since;
            for (std::uint32_t s = 0; s < 4; ++s) {
                const double sigma = std::sqrt(registrar.of(s).covariance(change.parameter, change.parameter));
                const double off = registrar.of(s).value[change.parameter] - devices[s].off[change.parameter];
                held.count(s != 1, since, std::abs(off) < 1.96 * sigma);
                if (s == 1 && since > 120) error += off * off / (told * told) / (runs * (seconds - 120) / 10);
            }
        }
        others += registrar.of(0).jumps + registrar.of(2).jumps + registrar.of(3).jumps;
        EXPECT_LE(registrar.of(1).jumps, change.drift == 0 ? 1U : 100U) << run;
        if (at > 0) {
            ++found;
            delay += at;
        }
        // What the others knew through it they know still.
        for (int p = 0; p < kParameters; ++p)
            EXPECT_LT(registrar.of(0).covariance(p, p), 1.3 * before(p, p)) << run << ' ' << p;
    }
    for (int k = 0; k < 3; ++k) {
        const std::string minute = k == 0 ? "first" : k == 1 ? "second" : "later";
        RecordProperty("held_" + minute, held.percent(false, k));
        RecordProperty("others_held_" + minute, held.percent(true, k));
    }
    RecordProperty("found", static_cast<int>(found));
    RecordProperty("delay", static_cast<int>(delay / std::max(found, 1U)));
    RecordProperty("others_said_to_jump", static_cast<int>(others));
    RecordProperty("rms_in_sigma_before", static_cast<int>(100 * std::sqrt(error)));
    EXPECT_EQ(others, 0U);
    EXPECT_GE(found, change.found * runs);
}

INSTANTIATE_TEST_SUITE_P(Registrar, Changes,
                         ::testing::Values(Change{"azimuth_0_40", kAzimuth, 0.4 * kDeg},
                                           Change{"azimuth_0_12", kAzimuth, 0.12 * kDeg},
                                           Change{"azimuth_0_05", kAzimuth, 0.05 * kDeg},
                                           Change{"range_150", kRange, 150}, Change{"range_50", kRange, 50},
                                           Change{"gain_3e_4", kGain, 3e-4}, Change{"time_0_25", kTime, 0.25},
                                           Change{"time_0_10", kTime, 0.1, 0, 0},
                                           Change{"time_drifts_10ms_a_minute", kTime, 0, 0.010 / 60, 0},
                                           Change{"azimuth_drifts_0_01_a_minute", kAzimuth, 0, 0.01 * kDeg / 60, 0},
                                           Change{"nothing", kTime, 0, 0, 0}),
                         [](const auto& of) { return of.param.name; });

TEST(Registrar, NothingIsSaidToHaveChangedThatDidNot) {
    // Four radars for an hour; false alarms are counted per radar-hour.
    Workers alone(1);
    const bool at_length = std::getenv("ASMAN_LONG") != nullptr;
    std::uint32_t jumps = 0;
    double hours = 0;
    Coverage coverage;
    for (unsigned run = 0; run < (at_length ? 100U : 2U); ++run) {
        std::mt19937 g(4000 + run);
        std::vector<Device> devices = kThree;
        devices.push_back({80e3, 90e3, 80});
        draw(g, devices);
        Registrar registrar = registrar_for(devices);
        const double duration = at_length ? 3600 : 600;
        for (double t = 0; t < duration; t += 0.5) {
            add_window(registrar, window(g, devices, registrar));
            if (std::fmod(t, 2) == 0) registrar.solve(t, alone);
            if (std::fmod(t, 300) == 299) coverage.count(registrar, devices);
        }
        hours += duration / 3600 * static_cast<double>(devices.size());
        for (std::uint32_t s = 0; s < devices.size(); ++s) jumps += registrar.of(s).jumps;
    }
    RecordProperty("radar_hours", static_cast<int>(hours));
    RecordProperty("jumps", static_cast<int>(jumps));
    RecordProperty("permille_held", static_cast<int>(1000 * coverage.share()));
    EXPECT_EQ(jumps, 0U);
    EXPECT_GT(coverage.share(), 0.90);
    EXPECT_LE(coverage.share(), 0.99);
}

TEST(Registrar, AChangeIsFoundWhereSensorsAreSolvedInPatches) {
    // A lattice of 64 radars of which one jumps, in azimuth by 0.1° or in time by 0.3 s.
    Workers alone(1);
    const unsigned runs = std::getenv("ASMAN_LONG") ? 20 : 2;
    std::uint32_t found = 0, others = 0;
    double inside = 0, all = 0;
    for (unsigned run = 0; run < runs; ++run) {
        std::mt19937 g(6000 + run);
        std::vector<Device> devices;
        for (int i = 0; i < 64; ++i) devices.push_back({.x = -700e3 + 200e3 * (i / 8), .y = -700e3 + 200e3 * (i % 8)});
        draw(g, devices);
        Registrar registrar = registrar_for(devices);
        const std::uint32_t which = 27;
        const Parameter parameter = run % 2 == 0 ? kAzimuth : kTime;
        for (double t = 0; t < 900; t += 0.05) {
            if (t > 400 && t < 400.06) devices[which].off[parameter] += parameter == kAzimuth ? 0.1 * kDeg : 0.3;
            add_window(registrar, window(g, devices, registrar, 800e3, 260e3));
            registrar.solve(t, alone);
        }
        for (std::uint32_t s = 0; s < devices.size(); ++s) {
            (s == which ? found : others) += registrar.of(s).jumps;
            const double sigma = std::sqrt(registrar.of(s).covariance(parameter, parameter));
            all += 1;
            inside += std::abs(registrar.of(s).value[parameter] - devices[s].off[parameter]) < 1.96 * sigma;
            if (s != which) continue;
            EXPECT_NEAR(registrar.of(s).value[parameter], devices[s].off[parameter], 4 * sigma) << run;
        }
    }
    RecordProperty("found", static_cast<int>(found));
    RecordProperty("others", static_cast<int>(others));
    RecordProperty("percent_held", static_cast<int>(100 * inside / all));
    EXPECT_EQ(found, runs);
    EXPECT_EQ(others, 0U);
    EXPECT_GT(inside / all, 0.90);
}

}  // namespace
}  // namespace asman::track
