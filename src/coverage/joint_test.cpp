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

/// Waves of 600 m round a place, which may lie anywhere.
geo::Terrain waves(double lat, double lon, double step = 0.02) {
    const std::size_t rows = 400, columns = 400;
    std::vector<float> z(rows * columns);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c)
            z[r * columns + c] = static_cast<float>(700 + 600 * std::sin(static_cast<double>(r) / 23) *
                                                              std::cos(static_cast<double>(c) / 31));
    return geo::Terrain::grid({(lat + 200 * step) * deg, geo::wrap_pi((lon - 200 * step) * deg)}, step * deg,
                              step * deg, rows, columns, z, "made waves");
}

TEST(Joint, AgreesWithTheHorizonThatTheSimulatorAsks) {
    const auto terrain = waves(42, 75);
    auto i = radar("a", "AAA", Point::degrees(42, 75), 1500);
    i.sensor.max_range = 200e3;
    const auto grid = Grid::over(Point::degrees(40.5, 73), Point::degrees(43.5, 77), 7e3);
    const auto j = Joint::make(*grid, terrain, {}, {i});
    ASSERT_TRUE(j) << j.error().text();
    const auto h =
        Horizon::make(terrain, {}, *i.sensor.position, {.range = 205e3, .azimuth_step = 0.05 * deg, .range_step = 500});
    ASSERT_TRUE(h);
    double sum = 0;
    int n = 0;
    for (std::size_t c = 0; c < grid->size(); c += 13) {
        const auto w = j->window(0, c);
        if (!w || std::isnan(j->footprints()[0].lowest[*w])) continue;
        const double by_horizon = std::max<double>(h->lowest_visible(grid->at(c)).m, j->ground(c));
        sum += std::abs(j->footprints()[0].lowest[*w] - by_horizon), ++n;
    }
    EXPECT_GT(n, 40);
    EXPECT_LT(sum / n, 25);  // slopes of 4 %, cells of 1 km on the one side, rays and steps on the other
}

TEST(Joint, AnywhereOnTheEarthItIsTheSame) {
    // The same waves and radar on the equator here and over the antimeridian; and near the pole the closed form.
    const auto make = [](double lon) {
        auto i = radar("a", "AAA", {0, geo::wrap_pi(lon * deg)}, 1500);
        i.sensor.max_range = 150e3;
        const auto grid = Grid::over({-1.5 * deg, geo::wrap_pi((lon - 1.5) * deg)},
                                     {1.5 * deg, geo::wrap_pi((lon + 1.5) * deg)}, 8e3);
        auto j = Joint::make(*grid, waves(0, lon), {}, {i});
        if (!j) ADD_FAILURE() << j.error().text();
        return *j;
    };
    const auto here = make(20), there = make(180);
    ASSERT_EQ(here.grid().size(), there.grid().size());
    for (std::size_t c = 0; c < here.grid().size(); ++c) {
        const float a = here.lowest(c, {}, {})[0], b = there.lowest(c, {}, {})[0];
        ASSERT_EQ(std::isnan(a), std::isnan(b)) << c;
        if (!std::isnan(a)) {
            EXPECT_NEAR(a, b, 1) << c;
        }
    }
    auto polar = radar("p", "AAA", Point::degrees(89.5, 30), 100);
    const auto grid = Grid::over(Point::degrees(86, -180), Point::degrees(90, 179.99999), 20e3);
    ASSERT_TRUE(grid);
    const auto j = Joint::make(*grid, geo::Terrain::flat(0), {}, {polar});
    ASSERT_TRUE(j) << j.error().text();
    const double r = 4.0 / 3 * 6.38e6, horizon = std::sqrt(2 * r * 100);
    int checked = 0;
    for (std::size_t c = 0; c < grid->size(); c += 5) {
        const double d = geo::distance(grid->at(c), polar.sensor.position->at);
        if (d < 60e3 || d > 290e3) continue;
        const float low = j->lowest(c, {}, {})[0];
        EXPECT_NEAR(low, (d - horizon) * (d - horizon) / (2 * r), 0.01 * low + 8)
            << grid->at(c).lat_deg() << ' ' << grid->at(c).lon_deg();
        ++checked;
    }
    EXPECT_GT(checked, 100);
}

TEST(Joint, WindowsGoOverTheSeamOfAGridRoundTheEarth) {
    const auto grid = Grid::over(Point::degrees(-10, -180), Point::degrees(10, 179.9999999), 50e3);
    ASSERT_TRUE(grid);
    const auto j = Joint::make(*grid, geo::Terrain::flat(0), {}, {radar("a", "AAA", Point::degrees(0, -179.9))});
    ASSERT_TRUE(j) << j.error().text();
    for (const double lon : {178.5, -178.5}) {
        const auto cell = grid->cell_of(Point::degrees(0.2, lon));
        ASSERT_TRUE(cell);
        EXPECT_EQ(j->seen(*cell, 9000, {}, {}).sensors, 1) << lon;
    }
    EXPECT_EQ(j->seen(*grid->cell_of(Point::degrees(0, 0)), 9000, {}, {}).sensors, 0);
}

TEST(Joint, SensorsAtTheEdgeOutsideBelowAndOnTheSea) {
    const auto terrain = waves(42, 75, 0.005);  // ±1°: it ends before the radar's range does
    const auto grid = Grid::over(Point::degrees(40, 73), Point::degrees(44, 77), 15e3);
    const auto edge = Joint::make(*grid, terrain, {}, {radar("edge", "AAA", Point::degrees(42, 75.99), 2000)});
    ASSERT_TRUE(edge) << edge.error().text();
    EXPECT_GT(edge->footprints()[0].assumed_sea, 0.5);
    const auto beyond = *grid->cell_of(Point::degrees(42, 76.8));
    EXPECT_EQ(edge->seen(beyond, 9000, {}, {}).sensors, 1);        // over what is taken as sea
    EXPECT_EQ(edge->look(0, beyond, -5, {}).why, Blind::no_data);  // and said to be without data
    const auto outside = Joint::make(*grid, terrain, {}, {radar("outside", "AAA", Point::degrees(42, 76.5), 2000)});
    ASSERT_FALSE(outside);
    EXPECT_NE(outside.error().text().find("has no data"), std::string::npos) << outside.error().text();
    EXPECT_NE(outside.error().text().find("outside"), std::string::npos);
    const auto below = Joint::make(*grid, terrain, {}, {radar("below", "AAA", Point::degrees(42, 75), -200)});
    ASSERT_FALSE(below);
    EXPECT_NE(below.error().text().find("below the ground"), std::string::npos) << below.error().text();
    const auto sea = Joint::make(*grid, geo::Terrain::flat(0), {}, {radar("ship", "AAA", Point::degrees(42, 75), 15)});
    ASSERT_TRUE(sea);
    EXPECT_NEAR(sea->lowest(*grid->cell_of(Point::degrees(42, 75.05)), {}, {})[0], 1, 1);
}

TEST(Joint, ATiltedBeamPassesOverWhatIsLow) {
    auto tilted = radar("t", "AAA", Point::degrees(42, 75), 30);
    tilted.min_elevation = 1 * deg;
    const auto j = made({tilted});
    const auto c = cell_at(j.grid(), Point::degrees(42, 76.2));
    const double d = geo::distance(j.grid().at(c), Point::degrees(42, 75));
    const double edge = 30 + d * std::tan(1 * deg) + d * d / (2 * 6.38e6 * 4 / 3);
    EXPECT_EQ(j.look(0, c, edge - 60, {}).why, Blind::beam);
    EXPECT_EQ(j.look(0, c, edge + 60, {}).why, Blind::seen);
    EXPECT_NEAR(j.lowest(c, {}, {})[0], edge, 30);
    EXPECT_EQ(name(Blind::beam), "beam");
}

TEST(Joint, BoundsHoldWhatFinerTerrainShows) {
    // The truth has hills that the coarse raster averages away.
    const std::size_t n = 1000;
    const double step = 0.004;
    std::vector<float> fine(n * n), coarse(n * n / 25);
    for (std::size_t r = 0; r < n; ++r)
        for (std::size_t c = 0; c < n; ++c) {
            const double x = static_cast<double>(c), y = static_cast<double>(r);
            double z = 900;
            for (int octave = 0; octave < 8; ++octave) {
                const double f = 0.012 * std::pow(1.9, octave), a = 420 * std::pow(0.56, octave);
                z += a * std::sin(f * x + 1.3 * octave + 0.7 * std::sin(f * y)) * std::cos(f * y + octave);
            }
            fine[r * n + c] = static_cast<float>(z);
            coarse[r / 5 * (n / 5) + c / 5] += static_cast<float>(z / 25);
        }
    const auto nw = Point::degrees(44, 73);
    const auto truth = geo::Terrain::grid(nw, step * deg, step * deg, n, n, fine, "fine");
    const auto blurred = geo::Terrain::grid({nw.lat - 2 * step * deg, nw.lon + 2 * step * deg}, 5 * step * deg,
                                            5 * step * deg, n / 5, n / 5, coarse, "coarse");
    auto i = radar("a", "AAA", Point::degrees(42, 75), 2300);
    i.sensor.max_range = 150e3;
    const auto grid = Grid::over(Point::degrees(40.8, 73.4), Point::degrees(43.2, 76.6), 5e3);
    const auto exact = Joint::make(*grid, truth, {}, {i});
    const auto rough = Joint::make(*grid, blurred, {}, {i}, {.bounds = true});
    ASSERT_TRUE(exact && rough);
    int below = 0, above = 0, count = 0;
    for (std::size_t c = 0; c < grid->size(); ++c) {
        const float truly = exact->lowest(c, {}, {})[0], got = rough->lowest(c, {}, {})[0];
        const auto [low, high] = rough->bounds(c, {}, {});
        if (std::isnan(truly) || std::isnan(got)) continue;
        EXPECT_LE(low, got + 5);
        EXPECT_TRUE(std::isnan(high) || high >= got - 5);
        if (truly < exact->ground(c) + 100 || got < rough->ground(c) + 100) continue;  // both see the ground
        ++count, below += truly < low ? 1 : 0, above += truly > high ? 1 : 0;
    }
    ASSERT_GT(count, 200);
    RecordProperty("share_inside", std::to_string(1.0 - static_cast<double>(below + above) / count));
    EXPECT_LT(below + above, count / 4) << below << " below, " << above << " above of " << count;
    EXPECT_TRUE(std::isnan(exact->bounds(0, {}, {})[0]));
}

TEST(Detection, ALinkBudgetFadesWithDistanceAndPower) {
    EXPECT_NEAR(free_space_loss(100e3), 133.2, 0.1);  // 20·log10(4π·10⁵/0.275)
    const LinkBudget link;
    double last = 1;
    for (double d = 50e3; d < 900e3; d += 50e3) {
        const double p = message_probability(link, 54, d);
        EXPECT_LE(p, last);
        EXPECT_GE(message_probability(link, 57, d), p);
        last = p;
    }
    EXPECT_GT(message_probability(link, 54, 100e3), 0.99);
    // Half of the messages are readable where the margin is nought, and of two a second three seconds in four one is.
    const double d = 0.275033 / (4 * std::numbers::pi) * std::pow(10, (54 + 6 - 3 + 88) / 20.0);
    EXPECT_NEAR(message_probability(link, 54, d), 0.75, 1e-3);
    Instrument station;
    station.sensor.kind = picture::SensorKind::ads_b;
    station.sensor.max_range = 600e3, station.sensor.detection_probability = 1;
    station.link = link;
    EXPECT_NEAR(look_probability(station, {}, d, 0.01, 0.01, 0.01), 0.75, 1e-3);
    EXPECT_EQ(look_probability(station, {.ads_b = false}, d, 0.01, 0.01, 0.01), 0);
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
