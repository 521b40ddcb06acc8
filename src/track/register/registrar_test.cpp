#include "register/registrar.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace asman::track {
namespace {

constexpr double kDeg = 0.017453292519943295;

struct Radar {
    double x, y, sigma_range, sigma_azimuth, bias_range, bias_azimuth;
};

/// One window of straight flight over the plane, as the tracker would lay it down with the present estimates.
std::vector<Sighting> window(std::mt19937& g, const std::vector<Radar>& radars, const Registrar& registrar) {
    std::uniform_real_distribution<double> u(-1, 1);
    std::normal_distribution<double> n;
    const double x0 = 120e3 * u(g), y0 = 120e3 * u(g), vx = 200 * u(g), vy = 200 * u(g);
    std::vector<Sighting> out;
    for (std::uint32_t s = 0; s < radars.size(); ++s)
        for (int k = 0; k < 3; ++k) {
            const Radar& r = radars[s];
            const double t = 5 * k + s, dx = x0 + vx * t - r.x, dy = y0 + vy * t - r.y;
            const double range = std::hypot(dx, dy) + r.bias_range + r.sigma_range * n(g) - registrar.of(s).range;
            const double azimuth =
                std::atan2(dx, dy) + r.bias_azimuth + r.sigma_azimuth * n(g) - registrar.of(s).azimuth;
            const double ux = std::sin(azimuth), uy = std::cos(azimuth);
            const double va = r.sigma_range * r.sigma_range, vc = std::pow(r.sigma_azimuth * range, 2);
            Sighting w;
            w.t = t;
            w.sensor = s;
            w.z[0] = r.x + range * ux;
            w.z[1] = r.y + range * uy;
            w.r00 = va * ux * ux + vc * uy * uy;
            w.r01 = (va - vc) * ux * uy;
            w.r11 = va * uy * uy + vc * ux * ux;
            w.by_range[0] = ux;
            w.by_range[1] = uy;
            w.by_azimuth[0] = range * uy;
            w.by_azimuth[1] = -range * ux;
            out.push_back(w);
        }
    return out;
}

TEST(Registrar, RecoversBiasesWithCalibratedErrors) {
    int inside = 0, all = 0;
    for (unsigned run = 0; run < 60; ++run) {
        std::mt19937 g(run);
        std::normal_distribution<double> n;
        std::vector<Radar> radars = {{-90e3, -80e3, 50, 0.08 * kDeg, 0, 0},
                                     {100e3, -60e3, 60, 0.08 * kDeg, 0, 0},
                                     {-40e3, 110e3, 80, 0.08 * kDeg, 0, 0}};
        Registrar registrar;
        for (auto& r : radars) {
            r.bias_range = 120 * n(g);
            r.bias_azimuth = 0.2 * kDeg * n(g);
            registrar.add(120, 0.2 * kDeg);
        }
        for (int k = 0; k < 150; ++k) {
            registrar.add_window(window(g, radars, registrar), 0);
            if (k % 10 == 9) registrar.solve(k);
        }
        registrar.solve(200);
        for (std::uint32_t s = 0; s < 3; ++s) {
            const Registrar::Bias& b = registrar.of(s);
            EXPECT_LT(std::sqrt(b.variance_range), 20);
            EXPECT_LT(std::sqrt(b.variance_azimuth), 0.02 * kDeg);
            inside += std::abs(b.range - radars[s].bias_range) < 1.96 * std::sqrt(b.variance_range);
            inside += std::abs(b.azimuth - radars[s].bias_azimuth) < 1.96 * std::sqrt(b.variance_azimuth);
            all += 2;
        }
    }
    const double coverage = static_cast<double>(inside) / all;
    EXPECT_GT(coverage, 0.90);
    EXPECT_LE(coverage, 0.99);
}

TEST(Registrar, OneSensorAloneSaysNothing) {
    std::mt19937 g(1);
    Registrar registrar;
    registrar.add(120, 0.2 * kDeg);
    EXPECT_FALSE(registrar.add_window(window(g, {{0, 0, 50, 0.001, 80, 0.002}}, registrar), 0));
    EXPECT_EQ(registrar.of(0).range, 0);
}

TEST(Registrar, ATurnIsNotTakenForStraightFlight) {
    std::mt19937 g(1);
    Registrar registrar;
    registrar.add(120, 0.2 * kDeg);
    registrar.add(120, 0.2 * kDeg);
    auto w = window(g, {{0, 0, 50, 0.0014, 0, 0}, {80e3, 0, 50, 0.0014, 0, 0}}, registrar);
    for (auto& s : w) s.z[1] += 0.5 * 30 * s.t * s.t;
    EXPECT_FALSE(registrar.add_window(w, 0));
}

TEST(Registrar, ASensorThatJumpsIsLearntAnew) {
    std::mt19937 g(7);
    std::vector<Radar> radars = {{-90e3, -80e3, 50, 0.08 * kDeg, 60, 0.1 * kDeg},
                                 {100e3, -60e3, 60, 0.08 * kDeg, -40, 0},
                                 {-40e3, 110e3, 80, 0.08 * kDeg, 0, -0.05 * kDeg},
                                 {80e3, 90e3, 80, 0.08 * kDeg, 0, 0}};
    Registrar registrar;
    for (std::size_t s = 0; s < radars.size(); ++s) registrar.add(120, 0.2 * kDeg);
    double t = 0;
    const auto fly = [&](int seconds) {
        for (int k = 0; k < seconds; ++k, t += 1) {
            registrar.add_window(window(g, radars, registrar), 0);
            if (k % 5 == 4) registrar.solve(t);
        }
    };
    fly(300);
    EXPECT_EQ(registrar.of(1).jumps, 0U);
    radars[1].bias_azimuth = 0.25 * kDeg;
    fly(200);
    EXPECT_EQ(registrar.of(1).jumps, 1U);
    EXPECT_EQ(registrar.of(0).jumps + registrar.of(2).jumps + registrar.of(3).jumps, 0U);
    EXPECT_NEAR(registrar.of(1).azimuth, 0.25 * kDeg, 0.02 * kDeg);
}

}  // namespace
}  // namespace asman::track
