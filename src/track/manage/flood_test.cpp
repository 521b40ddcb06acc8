// A sensor that floods: what is beyond the bound changes nothing, and who does not share its sky sees no bit of it.
#include "manage/world_test.hpp"

#include <asman/picture/archive.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace asman::track {
namespace {

using namespace test;

/// Plots of one sensor scattered over its sky, so many a second, and over some seconds around the right time.
std::vector<picture::TargetReport> flood(std::uint32_t sensor, double from, double to, int per_second,
                                         double scatter = 0) {
    std::mt19937 g(sensor);
    std::uniform_real_distribution<double> u;
    std::vector<picture::TargetReport> out;
    for (int k = 0; k < static_cast<int>((to - from) * per_second); ++k) {
        picture::TargetReport r;
        r.sensor = {sensor};
        r.kind = picture::SensorKind::primary;
        r.time = at(from + k / static_cast<double>(per_second) + scatter * (u(g) - 0.5));
        r.range = 240e3 * std::sqrt(u(g));
        r.azimuth = 6.28 * u(g);
        out.push_back(r);
    }
    return out;
}

/// Plays reports that arrive in order of `arrival`; returns the pictures of every ten seconds.
std::vector<std::vector<picture::Track>> play(Tracker& t, const World& w, std::vector<picture::TargetReport> more) {
    auto reports = w.reports();
    reports.insert(reports.end(), more.begin(), more.end());
    std::stable_sort(reports.begin(), reports.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    std::vector<std::vector<picture::Track>> out;
    std::size_t next = 0;
    for (double now = 0.1; now < w.duration; now += 0.1) {
        t.advance(at(now));
        for (; next < reports.size() && reports[next].time <= at(now); ++next) t.report(reports[next]);
        if (static_cast<int>(now * 10 + 0.5) % 100 == 0) {
            const auto shown = t.picture(at(now));
            out.emplace_back(shown.begin(), shown.end());
        }
    }
    return out;
}

std::vector<std::byte> bytes(const picture::Track& k) {
    base::Writer w;
    picture::put(w, k);
    return w.take();
}

TEST(Flood, BeyondTheBoundItIsCutOffAndSetAside) {
    World w = busy_world(5);
    Config config;
    config.max_reports_per_second_per_sensor = 50;
    Tracker t = tracker_for(w, config);
    t.advance(at(1));
    for (const auto& r : flood(1, 1, 2, 1000)) t.report(r);
    EXPECT_EQ(t.counters().refused_flood, 950U);
    EXPECT_EQ(t.counters().used, 50U);
    // Still too many, whatever time they say: not one more.
    for (double now = 2; now < 10; now += 0.1) {
        t.advance(at(now));
        for (const auto& r : flood(1, now, now + 0.1, 1000, 3)) t.report(r);
    }
    EXPECT_EQ(t.counters().used, 50U);
    EXPECT_EQ(t.counters().reports, 50 + t.counters().refused_flood);
    // Quiet for five seconds: taken again.
    t.advance(at(20));
    for (const auto& r : flood(1, 20, 21, 10)) t.report(r);
    EXPECT_EQ(t.counters().used, 60U);
}

TEST(Flood, WhatIsRefusedLeavesEveryPictureAsItIs) {
    // Two hundred a second are taken. Then 60,000 more come: the same bytes as when it had been silent after them.
    World w = busy_world(30);
    w.duration = 80;
    auto& mad = w.radar(9, 30e3, 30e3, 4);
    mad.detection_probability = mad.false_reports_per_scan = 0;
    Config config;
    config.max_reports_per_second_per_sensor = 200;
    auto all = flood(9, 40.05, 40.85, 250);
    ASSERT_EQ(all.size(), 200U);
    Tracker cut = tracker_for(w, config), whole = tracker_for(w, config);
    const auto a = play(cut, w, all);
    for (const auto& r : flood(9, 40.86, 70, 2000)) all.push_back(r);
    const auto b = play(whole, w, all);
    EXPECT_EQ(whole.counters().used, cut.counters().used);
    EXPECT_GT(whole.counters().refused_flood, 50'000U);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t k = 0; k < a.size(); ++k) {
        ASSERT_EQ(a[k].size(), b[k].size()) << k;
        for (std::size_t i = 0; i < a[k].size(); ++i) EXPECT_TRUE(bytes(a[k][i]) == bytes(b[k][i])) << k << ' ' << i;
    }
}

TEST(Flood, WhoDoesNotShareItsSkyHardlyNotices) {
    // All have in common how often aircraft appear anywhere, and how fast they fly; nothing else.
    World w = busy_world(40);
    w.duration = 90;
    w.radar(9, 900e3, 300e3, 4);
    Tracker calm = tracker_for(w), flooded = tracker_for(w);
    const auto a = play(calm, w, {}), b = play(flooded, w, flood(9, 30, 42, 3000));
    EXPECT_GT(flooded.counters().used, calm.counters().used + 20'000);
    double most = 0;
    std::size_t seen = 0;
    for (std::size_t k = 0; k < a.size(); ++k)
        for (const picture::Track& track : a[k]) {
            double nearest = 1e9;
            for (const auto& o : b[k]) nearest = std::min(nearest, geo::distance(o.kinematics.at, track.kinematics.at));
            most = std::max(most, nearest);
            ++seen;
        }
    EXPECT_GT(seen, 200U);
    EXPECT_LT(most, 1) << "metres";
}

TEST(Flood, BelowTheBoundTheOthersHoldTheirTracks) {
    // The same sky: a third radar sends 2000 false plots a second for half a minute, of three that see the aircraft.
    World w = busy_world(40);
    w.duration = 100;
    Tracker calm = tracker_for(w), flooded = tracker_for(w);
    const auto a = play(calm, w, {}), b = play(flooded, w, flood(3, 40, 70, 2000));
    for (std::size_t k = 3; k < a.size(); ++k) {
        const double t = 10.0 * static_cast<double>(k + 1);
        const Outcome without = compare(w, a[k], t), with = compare(w, b[k], t);
        EXPECT_GE(with.matched, without.matched - 2) << t;
        EXPECT_LE(with.tracks, without.tracks + 4) << t;
        EXPECT_LT(with.rms, 1.5 * without.rms + 20) << t;
    }
}

}  // namespace
}  // namespace asman::track
