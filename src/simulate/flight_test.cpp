#include "flight.hpp"

#include "random.hpp"
#include "sensors.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace asman::simulate {
namespace {

using geo::Point;

WeatherSpec winter() {
    return {.qnh = 1034, .qnh_swing = 8, .surface_deviation = -18, .upper_deviation = -6, .deviation_swing = 4};
}

Environment surroundings(double elevation = 500) {
    return {geo::Terrain::flat(elevation), geo::Geoid{}, Weather(winter(), 5)};
}

TEST(Weather, StandardAtmosphereChangesNothing) {
    const Weather w({}, 1);
    for (const double h : {0.0, 800.0, 11000.0, 15000.0}) EXPECT_NEAR(w.msl(Point::degrees(43, 75), {h}).m, h, 1e-6);
}

TEST(Weather, WinterBringsHundredsOfMetresAndInverts) {
    const Weather w(winter(), 7);
    double largest = 0;
    for (double lon = 20; lon < 100; lon += 7)
        for (const double h : {0.0, 2000.0, 6000.0, 12000.0}) {
            const Point p = Point::degrees(45, lon);
            const auto msl = w.msl(p, {h});
            EXPECT_NEAR(w.pressure(p, msl).m, h, 0.5);
            largest = std::max(largest, std::abs(msl.m - h));
        }
    EXPECT_GT(largest, 200);
    EXPECT_LT(largest, 900);
    // Cold air is thin: from 1 km to 10 km of pressure altitude there is less than 9 km.
    const Point p = Point::degrees(45, 75);
    EXPECT_LT(w.msl(p, {10000}).m - w.msl(p, {1000}).m, 8950);
}

TEST(Trajectory, VelocityIsTheDerivativeOfPosition) {
    LegPlan plan;
    plan.path = {Point::degrees(43, 179.5), Point::degrees(44, -178), Point::degrees(42, -177)};
    plan.begins_airborne = plan.ends_airborne = true;
    plan.start_pressure = plan.end_pressure = plan.cruise_pressure = 10000;
    const auto t = fly(plan, 100, surroundings());
    ASSERT_GT(t.end(), 1000);
    for (double s = 150; s < t.end() - 10; s += 13.7) {
        const auto a = t.at(s - 0.05), b = t.at(s + 0.05), m = t.at(s);
        ASSERT_TRUE(a && b && m);
        const geo::LocalFrame frame(m->position);
        const Eigen::Vector3d v = (frame.to_local(b->position) - frame.to_local(a->position)) / 0.1;
        EXPECT_NEAR(v.x(), m->velocity.x(), 0.05);
        EXPECT_NEAR(v.y(), m->velocity.y(), 0.05);
        EXPECT_NEAR(std::hypot(v.x(), v.y()), plan.speed, 3);
    }
    EXPECT_FALSE(t.at(99));
    EXPECT_FALSE(t.at(t.end() + 1));
}

TEST(Flight, ClimbsCruisesAndLands) {
    LegPlan plan;
    plan.path = {Point::degrees(51, 71), Point::degrees(50.8, 71.1), Point::degrees(44, 76), Point::degrees(43.3, 77)};
    plan.cruise_pressure = 10000;
    const auto e = surroundings();
    plan.start_pressure = e.weather.pressure(plan.path.front(), {500}).m;
    plan.end_pressure = e.weather.pressure(plan.path.back(), {500}).m;
    const auto t = fly(plan, 0, e);
    ASSERT_GT(t.end(), 3600);
    EXPECT_LT(t.end(), 9000);
    EXPECT_LT(geo::distance(t.at(t.end())->position.at, plan.path.back()), 4000);
    EXPECT_NEAR(t.at(t.end())->position.height.m, 500, 120);
    double highest = 0;
    for (double s = 0; s <= t.end(); s += 4) {
        const auto m = t.at(s);
        highest = std::max(highest, m->pressure_altitude.m);
        EXPECT_LT(std::abs(m->velocity.z()), 27);
        // Never below the ground.
        EXPECT_GT(m->position.height.m, 450);
    }
    EXPECT_NEAR(highest, 10000, 1);
    // In the middle it is on the great circle.
    const auto middle = t.at(t.end() / 2)->position.at;
    EXPECT_NEAR(geo::distance(plan.path[1], middle) + geo::distance(middle, plan.path[2]),
                geo::distance(plan.path[1], plan.path[2]), 100);
}

TEST(Flight, AHoldingStaysNearItsFix) {
    LegPlan plan;
    plan.path = {Point::degrees(45, 70), Point::degrees(45, 73), Point::degrees(45, 75)};
    plan.begins_airborne = plan.ends_airborne = true;
    plan.start_pressure = plan.end_pressure = plan.cruise_pressure = 5000;
    plan.speed = 150;
    const auto e = surroundings();
    const double without = fly(plan, 0, e).end();
    plan.hold_at = 1;
    plan.hold_turns = 2;
    const auto t = fly(plan, 0, e);
    // Two racetracks: four half turns at 25° of bank and four minutes straight.
    const double half_turn = std::numbers::pi * plan.speed / (9.80665 * std::tan(25 * geo::deg));
    EXPECT_NEAR(t.end() - without, 4 * (half_turn + 60), 30);
    int inside = 0;
    for (double s = 0; s < t.end(); s += 10) inside += geo::distance(t.at(s)->position.at, plan.path[1]) < 20e3 ? 1 : 0;
    EXPECT_GT(inside * 10, 4 * (half_turn + 60));
}

TEST(Flight, LowFlightFollowsTheTerrainWithinItsGradient) {
    std::vector<float> z(200 * 200);
    for (int r = 0; r < 200; ++r)
        for (int c = 0; c < 200; ++c)
            z[static_cast<std::size_t>(r * 200 + c)] = c > 100 && c < 110 ? 3000.0f : 300.0f;  // a wall
    const Environment e{
        geo::Terrain::grid(Point::degrees(44, 70), 0.02 * geo::deg, 0.02 * geo::deg, 200, 200, z, "wall"), geo::Geoid{},
        Weather({}, 1)};
    const HeightRule rule{200.0, {}, 300, 0.08};
    const auto t = fly_low({Point::degrees(42, 70.3), Point::degrees(42, 73.5)}, 200, rule, 0, e);
    ASSERT_GT(t.end(), 1000);
    double highest = 0;
    for (double s = 0; s <= t.end(); s += 4) {
        const auto m = t.at(s);
        highest = std::max(highest, m->position.height.m);
        EXPECT_GE(m->position.height.m, e.ground(m->position.at) + 199);
        EXPECT_LT(std::abs(m->velocity.z()), 0.08 * 200 * 1.05);
    }
    EXPECT_NEAR(highest, 3200, 5);
    EXPECT_NEAR(t.at(60)->position.height.m, 500, 1);
}

TEST(Random, KeysAreStable) {
    // A committed scenario must mean the same on every machine.
    EXPECT_EQ(key("north mark"), key("north mark"));
    EXPECT_NE(Rng(1, 2).next(), Rng(2, 1).next());
    Rng rng(42);
    double sum = 0, squares = 0;
    std::uint64_t counts = 0;
    for (int i = 0; i < 20000; ++i) {
        const double x = rng.normal();
        sum += x, squares += x * x;
        counts += rng.poisson(2.5);
    }
    EXPECT_NEAR(sum / 20000, 0, 0.03);
    EXPECT_NEAR(squares / 20000, 1, 0.05);
    EXPECT_NEAR(static_cast<double>(counts) / 20000, 2.5, 0.05);
}

}  // namespace
}  // namespace asman::simulate
