#include <asman/coverage/joint.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace asman::coverage {
namespace {

using geo::deg;
using geo::Point;

Instrument radar(const std::string& name, const char* owner, Point at, double height = 30) {
    Instrument i;
    i.sensor.name = name;
    i.sensor.owner = picture::State(owner);
    i.sensor.kind = picture::SensorKind::combined;
    i.sensor.position = geo::Position{at, {height}};
    i.sensor.max_range = 300e3;
    i.sensor.scan_period = base::seconds(10);
    i.sensor.sigma_range = 50;
    i.sensor.sigma_azimuth = 0.1 * deg;
    i.primary_range = 250e3;
    i.primary_reference_range = 150e3;
    return i;
}

Joint made(const std::vector<Instrument>& instruments, double lon = 75, std::size_t threads = 2) {
    const auto grid = Grid::over(Point::degrees(40, lon - 4), {44 * deg, geo::wrap_pi((lon + 4) * deg)}, 10e3);
    EXPECT_TRUE(grid);
    JointOptions options;
    options.threads = threads;
    auto j = Joint::make(*grid, geo::Terrain::flat(0), {}, instruments, options);
    if (!j) ADD_FAILURE() << j.error().text();
    return *j;
}

std::size_t cell_at(const Grid& g, Point p) {
    const auto row = static_cast<std::size_t>(std::lround((g.north_west.lat - p.lat) / g.step_lat));
    const auto column = static_cast<std::size_t>(std::lround(geo::wrap_2pi(p.lon - g.north_west.lon) / g.step_lon));
    return row * g.columns + column;
}

TEST(Detection, FallsWithRangeAndGrowsWithSize) {
    EXPECT_NEAR(primary_detection(200e3, 1, 0.01, 200e3), 0.5, 1e-9);
    double last = 1;
    for (double r = 20e3; r < 500e3; r += 20e3) {
        const double p = primary_detection(r, 3, 0.01, 200e3);
        EXPECT_LT(p, last);
        EXPECT_GE(primary_detection(r, 30, 0.01, 200e3), p);
        last = p;
    }
    EXPECT_LT(primary_detection(100e3, 1, 40 * deg, 200e3), primary_detection(100e3, 1, 5 * deg, 200e3));
    EXPECT_LT(primary_detection(2000e3, 1, 0.01, 200e3), 1e-5);
}

TEST(Grid, CoversItsBoxAndKnowsItsArea) {
    const auto g = Grid::over(Point::degrees(60, 170), Point::degrees(70, -170), 20e3);
    ASSERT_TRUE(g);
    double area = 0;
    for (std::size_t r = 0; r < g->rows; ++r) area += g->area(r) * static_cast<double>(g->columns);
    const double r = 6371007.2;
    EXPECT_NEAR(area, r * r * 20 * deg * (std::sin(70 * deg) - std::sin(60 * deg)), area * 1e-9);
    EXPECT_NEAR(g->at(0, 0).lon_deg(), 170, 0.5);
    EXPECT_NEAR(g->at(0, g->columns - 1).lon_deg(), -170, 0.5);
    EXPECT_FALSE(Grid::over(Point::degrees(70, 0), Point::degrees(60, 10), 1000));
    EXPECT_FALSE(Grid::over(Point::degrees(0, 0), Point::degrees(60, 10), -1));
    EXPECT_FALSE(Grid::over(Point::degrees(-90, -180), Point::degrees(90, 179), 10));
}

TEST(Joint, LowestHeightsAndCountsOverASmoothEarth) {
    const Point a = Point::degrees(42, 74), b = Point::degrees(42, 76);
    const auto j = made({radar("a", "AAA", a), radar("b", "BBB", b)});
    const Target airliner;
    const std::vector<bool> both{true, true}, first{true, false};
    const auto middle = cell_at(j.grid(), Point::degrees(42, 75));
    const auto seen = j.seen(middle, 3000, airliner, both);
    EXPECT_EQ(seen.sensors, 2);
    EXPECT_EQ(seen.states, 2);
    EXPECT_EQ(seen.why, Blind::seen);
    EXPECT_NEAR(seen.interval, 5, 0.4);
    EXPECT_EQ(j.seen(middle, 3000, airliner, first).sensors, 1);
    // Two lines of sight at 180°: no better across than 1/√2, far better than a circle of the range error.
    EXPECT_LT(seen.sigma, j.seen(middle, 3000, airliner, first).sigma);
    const auto p = j.grid().at(middle);
    const double d = geo::distance(a, p), horizon = std::sqrt(2 * 6371e3 * 4 / 3 * 30);
    const double expected = (d - horizon) * (d - horizon) / (2 * 6371e3 * 4 / 3);
    EXPECT_NEAR(j.lowest(middle, airliner, first)[0], expected, 0.05 * expected + 20);
    EXPECT_TRUE(std::isnan(j.lowest(middle, airliner, first)[1]));
    const auto two = j.lowest(middle, airliner, both);
    EXPECT_GE(two[1], two[0]);
    EXPECT_TRUE(std::isnan(two[2]));
}

TEST(Joint, SaysWhyItIsBlind) {
    const auto j = made({radar("a", "AAA", Point::degrees(42, 75))});
    const std::vector<bool> all{true};
    const Target airliner, small{.transponder = false, .ads_b = false, .rcs = 0.5};
    const auto far = cell_at(j.grid(), Point::degrees(43.9, 78.9)),
               near = cell_at(j.grid(), Point::degrees(42.1, 75.1));
    const auto half = cell_at(j.grid(), Point::degrees(42, 77.4));
    EXPECT_EQ(j.seen(far, 10000, airliner, all).why, Blind::range);
    EXPECT_EQ(j.seen(half, 300, airliner, all).why, Blind::terrain);
    EXPECT_EQ(j.seen(half, 10000, airliner, all).why, Blind::seen);
    EXPECT_EQ(j.seen(half, 10000, small, all).why, Blind::range);  // too small at that range
    EXPECT_EQ(j.seen(near, 19000, airliner, all).why, Blind::cone);
    EXPECT_EQ(j.seen(near, 5000, airliner, {false}).sensors, 0);
}

TEST(Joint, OverTheAntimeridianItIsTheSame) {
    const auto here = made({radar("a", "AAA", Point::degrees(42, 75))}, 75);
    const auto there = made({radar("a", "AAA", Point::degrees(42, 180))}, 180);
    ASSERT_EQ(here.grid().size(), there.grid().size());
    const Target airliner;
    for (std::size_t c = 0; c < here.grid().size(); c += 7) {
        const float a = here.lowest(c, airliner, {true})[0], b = there.lowest(c, airliner, {true})[0];
        ASSERT_EQ(std::isnan(a), std::isnan(b)) << c;
        if (!std::isnan(a)) {
            EXPECT_NEAR(a, b, 0.5);
        }
    }
}

TEST(Joint, TheSameForAnyNumberOfThreadsAndRefusals) {
    const std::vector<Instrument> three{radar("a", "AAA", Point::degrees(42, 74)),
                                        radar("b", "BBB", Point::degrees(41, 76)),
                                        radar("c", "BBB", Point::degrees(43, 77))};
    const auto one = made(three, 75, 1), four = made(three, 75, 4);
    for (std::size_t s = 0; s < 3; ++s)
        for (std::size_t i = 0; i < one.footprints()[s].lowest.size(); ++i) {
            const float a = one.footprints()[s].lowest[i], b = four.footprints()[s].lowest[i];
            EXPECT_TRUE(a == b || (std::isnan(a) && std::isnan(b)));
        }
    auto nowhere = radar("n", "AAA", {});
    nowhere.sensor.position.reset();
    EXPECT_FALSE(Joint::make(one.grid(), geo::Terrain::flat(), {}, {nowhere}));
    JointOptions small;
    small.max_cells = 10;
    EXPECT_FALSE(Joint::make(one.grid(), geo::Terrain::flat(), {}, three, small));
}

}  // namespace
}  // namespace asman::coverage
