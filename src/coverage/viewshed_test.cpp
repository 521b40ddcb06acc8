#include <asman/coverage/viewshed.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>

namespace asman::coverage {
namespace {

using geo::deg;
using geo::Point;

/// Rough hills on a round earth, seen from 40 m above the middle.
std::vector<float> hills(std::size_t half, double cell, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> phase(0, 6.28);
    double p[6];
    for (double& x : p) x = phase(random);
    const auto z = [&](double e, double n) {
        return 700 * std::sin(e / 21e3 + p[0]) * std::cos(n / 17e3 + p[1]) +
               250 * std::sin(e / 4e3 + p[2]) * std::sin(n / 3e3 + p[3]) +
               60 * std::sin((e + n) / 800 + p[4]) * std::cos((e - n) / 600 + p[5]);
    };
    const std::size_t side = 2 * half + 1;
    std::vector<float> out(side * side);
    for (std::size_t r = 0; r < side; ++r)
        for (std::size_t c = 0; c < side; ++c) {
            const double e = (static_cast<double>(c) - static_cast<double>(half)) * cell;
            const double n = (static_cast<double>(half) - static_cast<double>(r)) * cell;
            out[r * side + c] = static_cast<float>(z(e, n) - z(0, 0) - 40 - (e * e + n * n) / (2 * 8.5e6));
        }
    return out;
}

/// The claim: each cell's value lies between those of a ray over the lowest and over the highest terrain within the
/// distance of neighbouring rays.
struct Comparison {
    int cells = 0, outside = 0;
    double mean = 0, worst = 0, worst_outside = 0;
};
Comparison compare(const std::vector<float>& surface, const std::vector<float>& result, std::size_t half, double cell,
                   const SweepOptions& options, int samples) {
    Comparison out;
    std::mt19937 random(9);
    const auto h = static_cast<long>(half), side = 2 * h + 1;
    std::uniform_int_distribution<long> any(-h, h);
    while (out.cells < samples) {
        const long e = any(random), n = any(random);
        if (std::hypot(e, n) > static_cast<double>(half) - 1) continue;
        const double got = result[static_cast<std::size_t>((h - n) * side + h + e)];
        const auto [exact, low, high] =
            cast_ray(surface, half, cell, e, n, 1.0 / static_cast<double>(options.rays_per_cell), options);
        const double beyond = std::max(low - got, got - high);
        out.cells++;
        out.outside += beyond > 0.05 ? 1 : 0;
        out.worst_outside = std::max(out.worst_outside, beyond);
        out.worst = std::max(out.worst, std::abs(got - exact));
        out.mean += std::abs(got - exact) / samples;
    }
    return out;
}

TEST(Sweep, AgreesWithTheRayCaster) {
    for (unsigned seed = 1; seed <= 4; ++seed) {
        const std::size_t half = 300;
        const double cell = 200;
        const auto surface = hills(half, cell, seed);
        for (const std::size_t rays : {1u, 2u, 4u}) {
            SweepOptions options;
            options.rays_per_cell = rays;
            auto result = surface;
            sweep(result, half, cell, options);
            const auto c = compare(surface, result, half, cell, options, 4000);
            RecordProperty("mean_m_" + std::to_string(rays), std::to_string(c.mean));
            EXPECT_EQ(c.outside, 0) << c.worst_outside;
            EXPECT_LT(c.mean, rays == 1 ? 2.0 : 0.7);
        }
    }
}

TEST(Sweep, FlatEarthIsTheClosedForm) {
    const std::size_t half = 500;
    const double cell = 400, mast = 30, r = 8.5e6;
    std::vector<float> surface((2 * half + 1) * (2 * half + 1));
    for (std::size_t i = 0; i < surface.size(); ++i) {
        const double e = (static_cast<double>(i % (2 * half + 1)) - 500.0) * cell,
                     n = (500.0 - static_cast<double>(i / (2 * half + 1))) * cell;
        surface[i] = static_cast<float>(-mast - (e * e + n * n) / (2 * r));
    }
    sweep(surface, half, cell);
    const double horizon = std::sqrt(2 * r * mast);
    for (const auto& [e, n] : {std::pair{300L, 0L}, {0L, -490L}, {200L, 200L}, {-350L, 120L}, {10L, 3L}}) {
        const double d = std::hypot(e, n) * cell, beyond = std::max(0.0, d - horizon);
        const float got = surface[static_cast<std::size_t>((500 - n) * 1001 + 500 + e)];
        EXPECT_NEAR(got, beyond * beyond / (2 * r), 0.01 * got + 1) << e << ' ' << n;
    }
    EXPECT_TRUE(std::isnan(surface[0]));
    EXPECT_EQ(surface[500 * 1001 + 500], 0);
}

TEST(Sweep, TheSameForAnyNumberOfThreadsAndASingleCell) {
    const auto surface = hills(200, 150, 7);
    auto one = surface, four = surface;
    sweep(one, 200, 150, {.threads = 1});
    sweep(four, 200, 150, {.threads = 4});
    for (std::size_t i = 0; i < one.size(); ++i)
        EXPECT_TRUE(one[i] == four[i] || (std::isnan(one[i]) && std::isnan(four[i])));
    std::vector<float> single(1, 5.0f);
    sweep(single, 0, 100);
    EXPECT_EQ(single[0], 0);
    std::vector<float> short_buffer(3, 1.0f);
    sweep(short_buffer, 5, 100);  // refused, not read past the end
    EXPECT_EQ(short_buffer[0], 1.0f);
}

TEST(Sweep, TiltLiftsTheLowestVisibleHeight) {
    std::vector<float> surface(101 * 101, -20.0f);
    sweep(surface, 50, 100, {.lowest_elevation = 1 * deg});
    EXPECT_NEAR(surface[50 * 101 + 90], std::tan(1 * deg) * 4000 + 20, 0.01);
}

TEST(Sweep, AClearanceIsWhatTheRayCasterSays) {
    const std::size_t half = 200;
    const auto surface = hills(half, 200, 5);
    SweepOptions options;
    options.clearance = fresnel_clearance(0.6, 0.23);
    auto bare = surface, with = surface;
    sweep(bare, half, 200), sweep(with, half, 200, options);
    const auto c = compare(surface, with, half, 200, options, 3000);
    EXPECT_EQ(c.outside, 0) << c.worst_outside;
    std::size_t raised = 0;
    for (std::size_t i = 0; i < bare.size(); ++i) {
        if (std::isnan(bare[i])) continue;
        EXPECT_GE(with[i], bare[i]);
        raised += with[i] > bare[i] ? 1 : 0;
    }
    EXPECT_GT(raised, bare.size() / 3);
}

TEST(Viewshed, MatchesTheHorizonOnMadeTerrain) {
    std::vector<float> z(500 * 500);
    for (std::size_t r = 0; r < 500; ++r)
        for (std::size_t c = 0; c < 500; ++c)
            z[r * 500 + c] = static_cast<float>(800 + 600 * std::sin(static_cast<double>(r) / 23) *
                                                          std::cos(static_cast<double>(c) / 31));
    for (const double lon : {74.0, 179.0}) {
        const auto terrain =
            geo::Terrain::grid(Point::degrees(45, lon), 0.01 * deg, 0.01 * deg, 500, 500, z, "made waves");
        const geo::Position antenna{Point::degrees(42.5, lon + 2.5 > 180 ? lon + 2.5 - 360 : lon + 2.5), {1500}};
        const auto v = viewshed(terrain, {}, antenna, {.range = 120e3, .cell = 400});
        ASSERT_TRUE(v) << v.error().text();
        const auto h = Horizon::make(terrain, {}, antenna,
                                     {.range = 125e3, .azimuth_step = 0.1 * deg, .range_step = 400, .near_field = 400});
        ASSERT_TRUE(h);
        double sum = 0;
        int n = 0;
        for (double azimuth = 0.1; azimuth < 6.2; azimuth += 0.37)
            for (const double d : {20e3, 50e3, 80e3, 110e3}) {
                const auto p = geo::direct(antenna.at, azimuth, d);
                const double ground = *terrain.elevation(p);
                const double by_horizon = std::max(0.0, h->lowest_visible(p).m - ground);
                sum += std::abs(v->at({p, {ground}}) - by_horizon);
                ++n;
            }
        EXPECT_LT(sum / n, 20) << lon;  // slopes of 10 %, cells of 400 m
        EXPECT_EQ(v->terrain, "made waves");
    }
}

TEST(Viewshed, NearThePole) {
    const auto terrain = geo::Terrain::flat(0);
    const geo::Position antenna{Point::degrees(89.5, 30), {100}};
    const auto v = viewshed(terrain, {}, antenna, {.range = 200e3, .cell = 1000});
    ASSERT_TRUE(v);
    const double r = 4.0 / 3 * 6.378e6, horizon = std::sqrt(2 * r * 100);
    for (const double azimuth : {0.0, 1.0, 3.0}) {  // the first goes over the pole
        const auto p = geo::direct(antenna.at, azimuth, 150e3);
        EXPECT_NEAR(v->at({p, {0}}), (150e3 - horizon) * (150e3 - horizon) / (2 * r), 12);
    }
}

TEST(Viewshed, RefusesWithAReason) {
    const auto flat = geo::Terrain::flat(500);
    const auto buried = viewshed(flat, {}, {Point::degrees(43, 75), {400}}, {.range = 10e3, .cell = 100});
    ASSERT_FALSE(buried);
    EXPECT_NE(buried.error().text().find("below the ground"), std::string::npos);
    EXPECT_FALSE(viewshed(geo::Terrain{}, {}, {Point::degrees(43, 75), {400}}, {.range = 10e3, .cell = 100}));
    EXPECT_FALSE(viewshed(flat, {}, {Point::degrees(43, 75), {600}}, {.range = 400e3, .cell = 1}));
    EXPECT_FALSE(viewshed(flat, {}, {Point::degrees(43, 75), {600}}, {.range = -1}));
}

TEST(Viewshed, RealTerrainAgreesWithTheRayCaster) {
    const std::string path = std::string(ASMAN_SOURCE_DIR) + "/../shared/data/terrain/central_asia_1arcmin.tif";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "shared data absent";
    const auto terrain = geo::Terrain::load(path, Point::degrees(39, 69), Point::degrees(47, 81));
    ASSERT_TRUE(terrain);
    const auto geoid = geo::Geoid::open();
    const Point at = Point::degrees(42.8532, 74.8465);
    const geo::LocalFrame frame(antenna_over(*terrain, geoid, at, 770, 25));
    const std::size_t half = 150;
    double missing = 1;
    const auto made = lifted_surface(*terrain, geoid, frame, half, 1800, standard_k, 2, missing);
    ASSERT_TRUE(made);
    const auto& surface = *made;
    EXPECT_EQ(missing, 0);
    auto result = surface;
    SweepOptions options;
    sweep(result, half, 1800, options);
    const auto c = compare(surface, result, half, 1800, options, 4000);
    RecordProperty("mean_m", std::to_string(c.mean));
    EXPECT_EQ(c.outside, 0) << c.worst_outside;
}

}  // namespace
}  // namespace asman::coverage
