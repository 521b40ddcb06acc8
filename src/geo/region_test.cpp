#include <asman/geo/region.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <cmath>

#include "draw_for_tests.hpp"
#include "edges.hpp"

namespace asman::geo {
namespace {

using std::numbers::pi;

Ring ring(std::initializer_list<std::pair<double, double>> lat_lon) {
    Ring out;
    for (const auto& [lat, lon] : lat_lon) out.push_back(Point::degrees(lat, lon));
    return out;
}
Region polygon(Ring outer, std::vector<Ring> holes = {}) {
    return Region::polygons({{std::move(outer), std::move(holes)}});
}

/// A star-shaped ring around a centre: its inside is known without any index.
struct Star {
    Point centre;
    std::vector<double> azimuths, radii;
    Ring ring() const {
        Ring out;
        for (std::size_t i = 0; i < azimuths.size(); ++i) out.push_back(direct(centre, azimuths[i], radii[i]));
        return out;
    }
};
Star any_star(double largest) {
    Star s;
    // Poles and the antimeridian on purpose more often than chance would have it.
    const int kind = *rc::gen::inRange(0, 4);
    s.centre = {kind == 0   ? pi / 2 - 0.01
                : kind == 1 ? -pi / 2 + 0.01
                            : real(-1.4, 1.4),
                kind == 2 ? wrap_pi(pi + real(-0.01, 0.01)) : wrap_pi(real(-pi, pi))};
    const int n = *rc::gen::inRange(3, 40);
    for (int i = 0; i < n; ++i) {
        s.azimuths.push_back(2 * pi * (i + real(0.1, 0.9)) / n);
        s.radii.push_back(real(0.3, 1) * largest);
    }
    return s;
}

/// Slow oracle: how often the ring turns around p, with each edge followed in steps of at most 200 m.
bool turns_around(const Ring& ring, Point p) {
    double turned = 0;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const auto way = inverse(ring[i], ring[(i + 1) % ring.size()]);
        const int steps = 1 + static_cast<int>(way.distance / 20'000);
        double last = inverse(p, ring[i]).azimuth_at_a;
        for (int k = 1; k <= steps; ++k) {
            const double next = inverse(p, direct(ring[i], way.azimuth_at_a, way.distance * k / steps)).azimuth_at_a;
            turned += wrap_pi(next - last);
            last = next;
        }
    }
    return std::abs(turned) > pi;
}

TEST(Polygons, AgreeWithTheSlowWindingEverywhereOnEarth) {
    EXPECT_TRUE(rc::check("points near and far", [] {
        const auto star = any_star(real(1'000, 2'000'000));
        auto r = star.ring();
        if (*rc::gen::arbitrary<bool>()) std::ranges::reverse(r);  // winding does not matter
        const auto region = polygon(r);
        for (int i = 0; i < 10; ++i) {
            const auto p = direct(star.centre, real(0, 2 * pi), real(0, 1.2) * star.radii[0]);
            const double d = region.signed_distance(p);
            if (std::abs(d) < 1) continue;  // too near for the slow one
            RC_ASSERT(region.contains(p) == turns_around(r, p));
            RC_ASSERT((d < 0) == region.contains(p));
        }
        RC_ASSERT(!region.contains({-star.centre.lat, wrap_pi(star.centre.lon + pi)}));
    }));
}

TEST(Polygons, EdgesAreGeodesicsToAMillimetre) {
    EXPECT_TRUE(rc::check("points on an edge are boundary, beside it in or out", [] {
        const auto from = Point{real(-1.4, 1.4), wrap_pi(real(-pi, pi))};
        const double length = real(1'000, 480'000);
        const double azimuth = real(0, 2 * pi);
        const Ring r{from, direct(from, azimuth, length),
                     direct(from, azimuth - pi / 3, length)};  // inside to the left
        const auto region = polygon(r);
        const auto way = inverse(r[0], r[1]);
        const double at = real(0.01, 0.99) * length;
        const auto on = direct(r[0], way.azimuth_at_a, at);
        const double heading = inverse(on, r[1]).azimuth_at_a;
        RC_ASSERT(region.contains(on, true));
        RC_ASSERT(!region.contains(on, false));
        RC_ASSERT(std::abs(region.signed_distance(on)) < 0.01);
        const auto left = direct(on, heading - pi / 2, 0.1), right = direct(on, heading + pi / 2, 0.1);
        RC_ASSERT(region.contains(left));
        RC_ASSERT(!region.contains(right, true));
    }));
}

TEST(Polygons, DistancesAreExactToAMetre) {
    EXPECT_TRUE(rc::check("beside the middle of a long edge", [] {
        const auto from = Point{real(-1.2, 1.2), wrap_pi(real(-pi, pi))};
        const double azimuth = real(0, 2 * pi);
        const Ring r{from, direct(from, azimuth, 400'000), direct(from, azimuth - pi / 3, 400'000)};
        const auto region = polygon(r);
        const auto on = direct(from, azimuth, 200'000);
        const double d = real(1, 100'000);
        const auto out = direct(on, inverse(on, r[1]).azimuth_at_a + pi / 2, d);
        RC_ASSERT(std::abs(region.signed_distance(out) - d) < 1);
    }));
}

TEST(Polygons, HolesPolesAndTheAntimeridian) {
    const auto island = polygon(ring({{60, 170}, {60, -170}, {70, -170}, {70, 170}}),
                                {ring({{64, 178}, {64, -178}, {66, -178}, {66, 178}})});
    EXPECT_TRUE(island.contains(Point::degrees(62, 180)));
    EXPECT_TRUE(island.contains(Point::degrees(62, -180)));
    EXPECT_FALSE(island.contains(Point::degrees(65, 180)));
    EXPECT_TRUE(island.contains(Point::degrees(65, -175)));
    EXPECT_FALSE(island.contains(Point::degrees(65, 0)));
    const auto arctic = polygon(ring({{80, 0}, {80, 90}, {80, 180}, {80, -90}}));
    EXPECT_TRUE(arctic.contains({pi / 2, 0}));
    EXPECT_TRUE(arctic.contains({pi / 2, 1}));
    EXPECT_FALSE(arctic.contains({-pi / 2, 0}));
    EXPECT_FALSE(arctic.contains(Point::degrees(70, 45)));
}

TEST(Polygons, ACutAlongTheAntimeridianIsNoBoundary) {
    // One land in two pieces, as GeoJSON cuts it; the cuts have different vertices.
    const auto land = Region::polygons({{ring({{60, 170}, {60, 180}, {70, 180}, {70, 170}}), {}},
                                        {ring({{60, -180}, {60, -170}, {70, -170}, {70, -180}, {66, -180}}), {}}});
    for (const double lon : {180.0, -180.0}) {
        EXPECT_TRUE(land.contains(Point::degrees(65, lon), false));
        EXPECT_LT(land.signed_distance(Point::degrees(65, lon)), -400'000);
    }
    EXPECT_TRUE(land.contains(Point::degrees(65, 179.9)));
    EXPECT_TRUE(land.contains(Point::degrees(65, -179.9)));
    // A real coast along the antimeridian stays one.
    const auto coast = polygon(ring({{60, 170}, {60, 180}, {70, 180}, {70, 170}}));
    EXPECT_FALSE(coast.contains(Point::degrees(65, -179.9)));
    EXPECT_NEAR(coast.signed_distance(Point::degrees(65, 180)), 0, 0.01);
    // A cap cut from the pole, as Antarctica is: two seams of one ring.
    const auto south =
        polygon(ring({{-90, -180}, {-80, -180}, {-80, -90}, {-80, 0}, {-80, 90}, {-80, 180}, {-90, 180}}));
    EXPECT_TRUE(south.contains({-pi / 2, 0}));
    EXPECT_TRUE(south.contains(Point::degrees(-85, 180)));
    EXPECT_TRUE(south.contains(Point::degrees(-85, 20)));
    EXPECT_FALSE(south.contains(Point::degrees(-70, 180)));
    EXPECT_LT(south.signed_distance({-pi / 2, 0}), -700'000);
}

TEST(Polygons, OverlapsAndSharedEdgesAreInside) {
    const auto both = Region::polygons({{ring({{40, 70}, {40, 72}, {42, 72}, {42, 70}}), {}},
                                        {ring({{40, 72}, {40, 74}, {42, 74}, {42, 72}}), {}},
                                        {ring({{41, 71}, {41, 73}, {43, 73}, {43, 71}}), {}}});
    EXPECT_TRUE(both.contains(Point::degrees(40.5, 72)));  // on the shared edge
    EXPECT_TRUE(both.contains(Point::degrees(41.5, 72)));
    EXPECT_TRUE(both.contains(Point::degrees(42.5, 72)));
    EXPECT_FALSE(both.contains(Point::degrees(42.5, 73.5)));
}

TEST(Polygons, BadRingsAndPointsDoNoHarm) {
    const auto nan = std::nan("");
    EXPECT_TRUE(polygon({}).empty());
    EXPECT_TRUE(polygon(ring({{1, 1}, {2, 2}})).empty());
    EXPECT_TRUE(polygon({{0, 0}, {nan, 0}, {0, 1}}).empty());
    const auto box = polygon(ring({{40, 70}, {40, 72}, {42, 72}, {42, 70}}));
    EXPECT_FALSE(box.contains({nan, 0}, false));
    EXPECT_TRUE(box.contains({0, nan}, true));
    EXPECT_TRUE(std::isnan(box.signed_distance({nan, nan})));
}

TEST(Circle, IsAGeodesicDisc) {
    EXPECT_TRUE(rc::check("in, on and out", [] {
        const Point c{real(-pi / 2, pi / 2), wrap_pi(real(-pi, pi))};
        const double r = real(1, 500'000), azimuth = real(0, 2 * pi);
        const auto region = Region::circle(c, r);
        RC_ASSERT(region.contains(c));
        RC_ASSERT(region.contains(direct(c, azimuth, r - 0.01)));
        RC_ASSERT(!region.contains(direct(c, azimuth, r + 0.01), true));
        RC_ASSERT(region.contains(direct(c, azimuth, r), true));
        RC_ASSERT(!region.contains(direct(c, azimuth, r), false));
    }));
}

TEST(Strip, IsTheDistanceToItsLines) {
    EXPECT_TRUE(rc::check("beside the line and around its ends", [] {
        const Point from{real(-1.3, 1.3), wrap_pi(real(-pi, pi))};
        const double azimuth = real(0, 2 * pi), width = real(100, 80'000);
        const auto to = direct(from, azimuth, 300'000);
        const auto region = Region::strip({{from, to}}, width);
        const auto on = direct(from, azimuth, real(0, 300'000));
        const auto across = inverse(from, on).azimuth_at_b + (*rc::gen::arbitrary<bool>() ? 1 : -1) * pi / 2;
        RC_ASSERT(region.contains(direct(on, across, width - 1)));
        RC_ASSERT(!region.contains(direct(on, across, width + 1)));
        RC_ASSERT(region.contains(direct(from, azimuth + pi, width - 0.01)));
        RC_ASSERT(!region.contains(direct(from, azimuth + pi, width + 0.01), true));
        RC_ASSERT(std::abs(region.signed_distance(on) + width) < 1);
    }));
}

TEST(Combination, FollowsSetsAndKeepsBoundariesOut) {
    EXPECT_TRUE(rc::check("points of three circles", [] {
        const auto c = Point{real(-1.2, 1.2), wrap_pi(real(-pi, pi))};
        const auto a = Region::circle(c, 50'000);
        const auto b = Region::circle(direct(c, 1, 40'000), 50'000);
        const auto p = direct(c, real(0, 2 * pi), real(0, 120'000));
        RC_ASSERT(a.intersect(b).contains(p) == (a.contains(p) && b.contains(p)));
        RC_ASSERT(a.unite(b).contains(p) == (a.contains(p) || b.contains(p)));
        RC_ASSERT(a.without(b).contains(p) == (a.contains(p) && !b.contains(p, true)));
        for (const auto& r : {a.intersect(b), a.unite(b), a.without(b)}) {
            RC_ASSERT((r.signed_distance(p) < 0) == r.contains(p));
        }
    }));
    const auto c = Point::degrees(42, 74);
    const auto hole = Region::circle(c, 50'000).without(Region::circle(c, 10'000));
    const auto edge = direct(c, 0.3, 10'000);
    EXPECT_FALSE(hole.contains(edge, false));
    EXPECT_TRUE(hole.contains(edge, true));
    EXPECT_TRUE(Region::everywhere().contains(c));
    EXPECT_FALSE(Region().contains(c));
    EXPECT_TRUE(Region().intersect(Region::everywhere()).empty());
}

TEST(Region, OutlinesLieOnTheBoundary) {
    const auto c = Point::degrees(42, 74);
    const auto lens = Region::circle(c, 50'000).intersect(Region::circle(direct(c, 1, 40'000), 50'000));
    const auto box = polygon(ring({{40, 70}, {40, 72}, {42, 72}, {42, 70}}));
    for (const auto& region :
         {lens, box, Region::circle(c, 5'000), Region::strip({{c, direct(c, 1, 90'000)}}, 2'000)}) {
        std::size_t points = 0;
        for (const auto& line : region.outline()) {
            for (const auto& p : line) {
                ++points;
                EXPECT_NEAR(region.signed_distance(p), 0, 3);
            }
        }
        EXPECT_GT(points, 3u);
    }
}

TEST(Region, DigestIsOfTheSetAsWritten) {
    const auto a = ring({{40, 70}, {40, 72}, {42, 72}, {42, 70}});
    auto moved = a;
    moved[2].lat += 1e-12;
    EXPECT_EQ(polygon(a).digest(), polygon(a).digest());
    EXPECT_NE(polygon(a).digest(), polygon(moved).digest());
    EXPECT_NE(polygon(a).digest(), Region::strip({a}, 1).digest());
    EXPECT_NE(Region::circle(a[0], 1).digest(), Region::circle(a[0], 2).digest());
    EXPECT_NE(polygon(a).unite(Region()).digest(), polygon(a).intersect(Region()).digest());
    EXPECT_EQ(Region::circle({0.0, 0.0}, 5).digest(), Region::circle({-0.0, -0.0}, 5).digest());
}

}  // namespace
}  // namespace asman::geo
