#include <asman/coverage/siting.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace asman::coverage {
namespace {

using geo::deg;
using geo::Point;

const Point centre = Point::degrees(42.85, 74.85);

/// 5 hectares: a square of 224 m.
geo::Region plot(Point c = centre) {
    const double n = 112 / 6.36e6, e = 112 / (6.38e6 * std::cos(c.lat));
    geo::Polygon p;
    p.outer = {{c.lat - n, geo::wrap_pi(c.lon - e)},
               {c.lat - n, geo::wrap_pi(c.lon + e)},
               {c.lat + n, geo::wrap_pi(c.lon + e)},
               {c.lat + n, geo::wrap_pi(c.lon - e)}};
    return geo::Region::polygons({p});
}

/// A made 2 m surface, 600 m above the sea: a hangar 18 m high on the plot's east side, and trees of 12 m along the
/// south.
geo::Terrain surface(double cell, Point place = centre) {
    const double reach = 2000, dlat = cell / 6.36e6, dlon = cell / (6.38e6 * std::cos(place.lat));
    const auto side = static_cast<std::size_t>(2 * reach / cell) + 1;
    std::vector<float> z(side * side, 600.0f);
    for (std::size_t r = 0; r < side; ++r)
        for (std::size_t c = 0; c < side; ++c) {
            const double e = static_cast<double>(c) * cell - reach, n = reach - static_cast<double>(r) * cell;
            if (e > 60 && e < 100 && std::abs(n) < 60) z[r * side + c] = 618;
            if (n < -120 && n > -150 && std::abs(e) < 300) z[r * side + c] = 612;
        }
    const Point north_west{place.lat + reach / 6.36e6,
                           geo::wrap_pi(place.lon - reach / (6.38e6 * std::cos(place.lat)))};
    return geo::Terrain::grid(north_west, dlat, dlon, side, side, z, "made surface with a hangar and trees");
}

Instrument radar() {
    Instrument i;
    i.sensor.name = "new";
    i.sensor.kind = picture::SensorKind::mode_s;
    i.sensor.max_range = 200e3;
    return i;
}

SitingOptions options() {
    SitingOptions o;
    o.positions = 150;
    o.masts = {5, 10, 30};
    o.altitude = 2500;
    o.azimuth_step = 1 * deg;
    return o;
}

TEST(Siting, KeepsAwayFromTheHangarAndGoesUp) {
    const auto s = site(plot(), surface(2), geo::Terrain::flat(600), {}, {}, radar(), {}, options());
    ASSERT_TRUE(s) << s.error().text();
    EXPECT_FALSE(s->positions_equal);
    EXPECT_GT(s->positions, 90u);
    ASSERT_EQ(s->ranked.size(), s->positions * 3);
    for (std::size_t i = 1; i < s->ranked.size(); ++i) EXPECT_GE(s->ranked[i - 1].gain, s->ranked[i].gain);
    // The hangar covers a third of the plot's east: its roof is no place unless one says so.
    EXPECT_GT(s->left_out, 10u);
    for (const auto& m : s->ranked) EXPECT_EQ(m.ground, 600);
    auto roofs = options();
    roofs.on_objects = true;
    const auto with = site(plot(), surface(2), geo::Terrain::flat(600), {}, {}, radar(), {}, roofs);
    ASSERT_TRUE(with);
    EXPECT_EQ(with->left_out, 0u);
    EXPECT_GT(with->ranked.front().ground, 610);
    // Low masts: where they stand matters more than the surface's error. High ones: it does not.
    ASSERT_EQ(s->masts.size(), 3u);
    EXPECT_GT(s->masts[0].best - s->masts[0].worst, 10 * s->masts[0].sigma);
    EXPECT_LT(s->masts[0].equal, s->positions);
    EXPECT_LT(s->masts[2].best - s->masts[2].worst, s->masts[0].best - s->masts[0].worst);
    EXPECT_GE(s->masts[2].equal, s->masts[0].equal);
    const geo::LocalFrame frame({centre, {0}});
    double best_low = 0, worst_low = 1e9, beside = 1e9, best_high = 0;
    for (const auto& m : s->ranked) {
        const auto enu = frame.to_local(geo::Position{m.at, {0}});
        EXPECT_TRUE(plot().contains(m.at));
        if (m.mast == 30) best_high = std::max(best_high, m.gain);
        if (m.mast != 5 || m.ground > 610) continue;  // not on the roof
        best_low = std::max(best_low, m.gain), worst_low = std::min(worst_low, m.gain);
        if (enu.x() > 40 && enu.x() < 58 && std::abs(enu.y()) < 30) beside = std::min(beside, m.gain);
    }
    // In the lee of an 18 m hangar an antenna of 5 m loses what lies behind it.
    EXPECT_LT(beside, best_low * 0.95);
    EXPECT_GT(best_high, best_low);
}

TEST(Siting, CoarseSurfacesCannotTellPositionsApart) {
    const auto s = site(plot(), surface(30), geo::Terrain::flat(600), {}, {}, radar(), {}, options());
    ASSERT_TRUE(s);
    EXPECT_TRUE(s->positions_equal);
    EXPECT_NE(s->remark.find("all positions equal within terrain error"), std::string::npos);
    EXPECT_EQ(s->ranked.size(), 3u);
    EXPECT_EQ(s->ranked.front().mast, 30);
    for (const auto& m : s->masts) EXPECT_EQ(m.best, m.worst);
    const auto none = site(plot(), std::nullopt, geo::Terrain::flat(600), {}, {}, radar(), {}, options());
    ASSERT_TRUE(none);
    EXPECT_TRUE(none->positions_equal);
}

TEST(Siting, WhatNeighboursSeeIsNoGain) {
    auto neighbour = radar();
    neighbour.sensor.name = "old";
    neighbour.sensor.position = geo::Position{centre, {640}};
    const auto alone = site(plot(), std::nullopt, geo::Terrain::flat(600), {}, {}, radar(), {}, options());
    const auto beside = site(plot(), std::nullopt, geo::Terrain::flat(600), {}, {neighbour}, radar(), {}, options());
    ASSERT_TRUE(alone && beside);
    EXPECT_LT(beside->ranked.front().gain, 0.02 * alone->ranked.front().gain);
    auto gap = options();
    gap.goal = Goal::gap;
    const auto second = site(plot(), std::nullopt, geo::Terrain::flat(600), {}, {neighbour}, radar(), {}, gap);
    ASSERT_TRUE(second);
    EXPECT_GT(second->ranked.front().gain, 0.9 * alone->ranked.front().gain);
}

TEST(Siting, WarningIsTheTimeFromFirstSight) {
    Approach a;
    a.spacing = 2e3;
    for (int i = 149; i >= 0; --i) a.places.push_back(geo::direct(centre, 1.0, 2e3 * i + 1e3));
    auto o = options();
    o.goal = Goal::warning;
    o.speed = 200;
    const auto s = site(plot(), std::nullopt, geo::Terrain::flat(600), {}, {}, radar(), {a}, o);
    ASSERT_TRUE(s);
    // The radio horizon of 30 m and of 1,900 m above the ground is 202 km; the instrument's range is 200 km.
    EXPECT_NEAR(s->ranked.front().gain, 199e3 / 200, 20);
    EXPECT_FALSE(site(plot(), std::nullopt, geo::Terrain::flat(600), {}, {}, radar(), {}, o));
    EXPECT_FALSE(site(geo::Region(), std::nullopt, geo::Terrain::flat(600), {}, {}, radar(), {}, options()));
    EXPECT_FALSE(site(plot(), std::nullopt, geo::Terrain(), {}, {}, radar(), {}, options()));
}

TEST(Siting, AnywhereOnTheEarthItIsTheSame) {
    auto o = options();
    o.positions = 60, o.masts = {5, 30};
    const auto at = [&](double lat, double lon) {
        const auto c = Point::degrees(lat, lon);
        const auto s = site(plot(c), surface(2, c), geo::Terrain::flat(600), {}, {}, radar(), {}, o);
        if (!s) ADD_FAILURE() << s.error().text();
        return *s;
    };
    const auto here = at(42.85, 74.85);
    for (const auto& there : {at(42.85, 180), at(-42.85, -179.999), at(83, 20), at(0, -75)}) {
        EXPECT_FALSE(there.positions_equal);
        ASSERT_EQ(there.masts.size(), 2u);
        for (std::size_t k = 0; k < 2; ++k) {
            EXPECT_NEAR(there.masts[k].best, here.masts[k].best, 0.03 * here.masts[k].best);
            EXPECT_NEAR(there.masts[k].worst, here.masts[k].worst, 0.06 * here.masts[k].best);
        }
        EXPECT_NEAR(static_cast<double>(there.positions), static_cast<double>(here.positions), 8);
    }
    // A plot on the sea, and one whose surface ends inside it.
    const auto sea = site(plot(), std::nullopt, geo::Terrain::flat(0), {}, {}, radar(), {}, o);
    ASSERT_TRUE(sea);
    EXPECT_NEAR(sea->ranked.front().ground, 0, 0.01);
    auto cut = Point::degrees(42.85 + 2000 / 111.2e3, 74.85);
    const auto half = site(plot(cut), surface(2), geo::Terrain::flat(600), {}, {}, radar(), {}, o);
    ASSERT_TRUE(half) << half.error().text();
    for (const auto& m : half->ranked) EXPECT_LT(m.at.lat, cut.lat + 10 / 6.37e6);
    const auto gone =
        site(plot(Point::degrees(44, 74.85)), surface(2), geo::Terrain::flat(600), {}, {}, radar(), {}, o);
    ASSERT_FALSE(gone);
    EXPECT_NE(gone.error().text().find("does not cover the plot"), std::string::npos);
}

TEST(Siting, TheSameForAnyNumberOfThreads) {
    auto o = options();
    o.positions = 60, o.threads = 1;
    const auto one = site(plot(), surface(2), geo::Terrain::flat(600), {}, {}, radar(), {}, o);
    o.threads = 4;
    const auto four = site(plot(), surface(2), geo::Terrain::flat(600), {}, {}, radar(), {}, o);
    ASSERT_TRUE(one && four);
    ASSERT_EQ(one->ranked.size(), four->ranked.size());
    for (std::size_t i = 0; i < one->ranked.size(); ++i) {
        EXPECT_EQ(one->ranked[i].at, four->ranked[i].at);
        EXPECT_EQ(one->ranked[i].gain, four->ranked[i].gain);
    }
    for (std::size_t k = 0; k < one->masts.size(); ++k) EXPECT_EQ(one->masts[k].sigma, four->masts[k].sigma);
}

TEST(Choose, WarningIsWhatSitingSays) {
    std::vector<Approach> approaches;
    for (int k = 0; k < 8; ++k) {
        Approach a;
        a.spacing = 2e3;
        for (int i = 149; i >= 0; --i) a.places.push_back(geo::direct(centre, 0.78 * k, 2e3 * i + 1e3));
        approaches.push_back(std::move(a));
    }
    auto o = options();
    o.goal = Goal::warning, o.speed = 200, o.masts = {30};
    const auto at = [](const char* name, double bearing, double away, double range) {
        auto i = radar();
        const auto p = geo::direct(centre, bearing, away);
        i.sensor.name = name, i.sensor.max_range = range, i.sensor.position = geo::Position{p, {630}};
        return i;
    };
    const auto terrain = geo::Terrain::flat(600);
    const std::vector<Instrument> there{at("old", 3, 80e3, 120e3)};
    const std::vector<Instrument> candidates{at("a", 0, 0, 200e3), at("b", 0.5, 150e3, 120e3),
                                             at("c", 3.5, 100e3, 90e3)};
    const auto w = warning_covers(candidates, there, approaches, terrain, {}, o);
    ASSERT_TRUE(w) << w.error().text();
    ASSERT_EQ(w->covers.size(), 3u);
    const auto one = choose(w->covers, w->weights, 1), all = choose(w->covers, w->weights, 3);
    EXPECT_EQ(one.chosen, (std::vector<std::size_t>{0}));
    EXPECT_GT(all.value, one.value);
    const auto s = site(plot(), std::nullopt, terrain, {}, there, radar(), approaches, o);
    ASSERT_TRUE(s);
    EXPECT_NEAR(one.value, s->ranked.front().gain, 0.02 * one.value + 2e3 / 200);
    // What is there gains nothing again.
    const auto again = warning_covers(there, there, approaches, terrain, {}, o);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->covers[0].empty());
    auto nowhere = radar();
    EXPECT_FALSE(warning_covers({nowhere}, {}, approaches, terrain, {}, o));
}

TEST(Choose, ExactIsBestAndGreedyKeepsItsBound) {
    std::mt19937 random(5);
    for (int round = 0; round < 30; ++round) {
        std::vector<double> weights(60);
        for (double& w : weights) w = std::uniform_real_distribution<double>(0, 10)(random);
        std::vector<std::vector<std::uint32_t>> covers(14);
        for (auto& c : covers)
            for (std::uint32_t cell = 0; cell < 60; ++cell)
                if (random() % 4 == 0) c.push_back(cell);
        const auto exact = choose(covers, weights, 4), greedy = choose(covers, weights, 4, 0);
        EXPECT_TRUE(exact.exact);
        EXPECT_FALSE(greedy.exact);
        EXPECT_GE(exact.value + 1e-9, greedy.value);
        EXPECT_GE(greedy.value, (1 - std::exp(-1.0)) * exact.value - 1e-9);
        EXPECT_GE(greedy.at_most + 1e-9, exact.value);
        EXPECT_EQ(greedy.chosen.size(), 4u);
    }
    EXPECT_TRUE(choose({}, {}, 3).chosen.empty());
}

}  // namespace
}  // namespace asman::coverage
