// What may be wrong in a report — who it is, how high, how late — and what the picture makes of it.
#include "manage/world_test.hpp"

#include <Eigen/LU>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace asman::track {
namespace {

using namespace test;

World with_transponders(int n, unsigned seed) {
    World w = busy_world(n, seed);
    for (auto& s : w.sensors) s.kind = picture::SensorKind::combined;
    for (std::size_t k = 0; k < w.aircraft.size(); ++k) {
        w.aircraft[k].address = static_cast<std::uint32_t>(0x400000 + 77 * k);
        w.aircraft[k].code = static_cast<picture::Mode3A>(01001 + 3 * k);
    }
    return w;
}

Outcome outcome(const World& w, const std::vector<picture::TargetReport>& reports, double t) {
    Tracker k = tracker_for(w);
    feed(k, reports, t);
    return compare(w, k.picture(at(t)), t);
}

TEST(Evidence, WithAllAddressesAndCodesSwappedAtRandomTheKinematicPictureHolds) {
    const World w = with_transponders(30, 4);
    auto reports = w.reports();
    const Outcome right = outcome(w, reports, 110);
    std::mt19937 g(9);
    std::vector<picture::ReportedIdentity> identities;
    for (const auto& r : reports)
        if (r.identity.address) identities.push_back(r.identity);
    std::shuffle(identities.begin(), identities.end(), g);
    std::size_t i = 0;
    for (auto& r : reports)
        if (r.identity.address) r.identity = identities[i++];
    const Outcome swapped = outcome(w, reports, 110);
    EXPECT_GE(swapped.matched, right.matched - 1);
    EXPECT_LE(swapped.tracks, swapped.matched + 2);
    EXPECT_LT(swapped.rms, 1.2 * right.rms + 10);
}

TEST(Evidence, PressureAndGeometricHeightAreKeptApartAndTheirDifferenceIsLearnt) {
    World w = with_transponders(12, 6);
    // Near two radars a height error shows in where their plots meet.
    for (auto& a : w.aircraft) a.x *= 0.35, a.y *= 0.35, a.turn_from = 1e9;
    auto reports = w.reports();
    constexpr double kOffset = 280;  // geometric height is so much above pressure altitude today
    for (auto& r : reports)
        if (r.pressure_altitude) r.pressure_altitude->m -= kOffset;
    // A range bias of every radar would look much the same: these are known to have none.
    Config config;
    config.registration = false;
    Tracker k = tracker_for(w, config);
    feed(k, reports, 115);
    int told = 0;
    double worst = 0, sum = 0;
    for (const auto& track : k.picture(at(115)))
        for (const Aircraft& a : w.aircraft) {
            if (track.identity.address != a.address) continue;
            ASSERT_TRUE(track.kinematics.pressure_altitude);
            EXPECT_NEAR(track.kinematics.pressure_altitude->m, a.height - kOffset, 25);
            if (!track.kinematics.geometric_height) continue;
            ++told;
            const double e = track.kinematics.geometric_height->m - a.height;
            worst = std::max(worst, std::abs(e) / track.kinematics.sigma_geometric_height);
            sum += e * e;
        }
    EXPECT_GE(told, 8);
    EXPECT_LT(worst, 3.5);
    EXPECT_LT(std::sqrt(sum / told), 0.8 * kOffset) << "nothing was learnt of the difference";
}

TEST(Evidence, AGeometricHeightCountsByItsOwnAccuracyAndNotByHowOftenItIsTold) {
    // One aircraft whose satellite height is off all the time by one draw of what it says of itself.
    World w;
    w.receiver(1);
    w.aircraft.push_back({.vx = 200, .address = 0x400001});
    const auto told = [&](double sigma, double off) {
        auto reports = w.reports();
        for (auto& r : reports) {
            r.pressure_altitude->m -= 180;
            r.geometric_height->m += off;
            r.sigma_geometric_height = sigma;
        }
        Tracker t = tracker_for(w);
        feed(t, reports, 110);
        const auto tracks = t.picture(t.now());
        EXPECT_EQ(tracks.size(), 1U);
        return tracks.front().kinematics;
    };
    const auto fine = told(23, 23), coarse = told(77, 77), silent = told(0, 0);
    EXPECT_NEAR(fine.geometric_height->m, 9000 + 23, 8);
    for (const auto& [k, sigma] : {std::pair{fine, 23.0}, std::pair{coarse, 77.0}, std::pair{silent, 30.0}}) {
        EXPECT_LT(k.sigma_geometric_height, sigma);
        EXPECT_GT(k.sigma_geometric_height, 0.3 * sigma) << "a hundred reports of one error are not a hundred looks";
        EXPECT_LT(std::abs(k.geometric_height->m - 9000), 4 * k.sigma_geometric_height);
    }
}

TEST(Evidence, WhatTheLatestReportSaidIsKeptAsMeasured) {
    World w = with_transponders(6, 3);
    w.false_per_scan = 0;
    auto reports = w.reports();
    for (auto& s : w.sensors) s.sac = 9, s.sic = static_cast<std::uint8_t>(s.id.value + 40);
    Tracker t = tracker_for(w);
    feed(t, reports, 100);
    int seen = 0;
    for (const auto& k : t.picture(t.now())) {
        ASSERT_TRUE(k.measured);
        const auto from = std::find_if(reports.begin(), reports.end(), [&](const auto& r) {
            return r.sensor == k.measured->sensor && r.range == k.measured->range && r.azimuth == k.measured->azimuth;
        });
        ASSERT_NE(from, reports.end());
        EXPECT_EQ(from->identity.mode_3a, k.measured->mode_3a);
        EXPECT_EQ(k.measured->address, k.identity.address);
        EXPECT_NEAR((from->time - k.measured->time).seconds(), 0, 0.3) << "but for the clock's own error";
        EXPECT_EQ(k.measured->sac, 9);
        EXPECT_EQ(k.measured->sic, 40 + k.measured->sensor.value);
        EXPECT_LT(std::abs((k.last_report - k.measured->time).seconds()), 0.01);
        EXPECT_LT((k.kinematics.time - k.latest.pressure_altitude).seconds(), 15);
        EXPECT_GE(k.latest.mode_3a, k.first_seen);
        EXPECT_GT(k.kinematics.sigma_vertical_rate, 0);
        ++seen;
    }
    EXPECT_EQ(seen, 6);
}

TEST(Evidence, TheErrorsOfThePictureAreWhatItsCovariancesSay) {
    double sum = 0;
    int n = 0;
    for (unsigned seed = 1; seed <= 4; ++seed) {
        World w = busy_world(30, seed);
        Tracker k = tracker_for(w);
        const auto reports = w.reports();
        std::size_t next = 0;
        for (double t = 60; t <= 115; t += 11) {
            for (; next < reports.size() && (reports[next].time - base::Time{}).seconds() <= t; ++next) {
                k.advance(reports[next].time);
                k.report(reports[next]);
            }
            k.advance(at(t));
            for (const auto& track : k.picture(at(t)))
                for (const Aircraft& a : w.aircraft) {
                    const geo::Point p = w.point(a, t);
                    const double d = geo::distance(p, track.kinematics.at);
                    if (d > 2000) continue;
                    const double north = (track.kinematics.at.lat - p.lat) * 6.36e6,
                                 east = (track.kinematics.at.lon - p.lon) * 6.386e6 * std::cos(p.lat);
                    const Eigen::Vector2d e(east, north);
                    const Eigen::Matrix2d P = track.kinematics.covariance.topLeftCorner<2, 2>();
                    sum += std::min((P.inverse() * e).dot(e), 30.0) / 2;
                    ++n;
                }
        }
    }
    ASSERT_GT(n, 500);
    EXPECT_GT(sum / n, 0.6);  // a picture that fears manoeuvres which few fly is a little too careful
    EXPECT_LT(sum / n, 1.3);
}

TEST(Evidence, ReportsThatComeLateOrTwiceMakeNearlyTheSamePicture) {
    const World w = busy_world(30, 8);
    const auto reports = w.reports();
    const Outcome ordered = outcome(w, reports, 110);
    // Every radar's data come by a line of its own: up to 5 s late, the radar's own order kept.
    std::vector<std::pair<double, picture::TargetReport>> lines;
    for (const auto& r : reports) {
        const double late = r.sensor.value == 1 ? 0.1 : r.sensor.value == 2 ? 2 : 5;
        lines.emplace_back((r.time - base::Time{}).seconds() + late, r);
    }
    std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    Tracker late = tracker_for(w), sorted = tracker_for(w), twice = tracker_for(w);
    std::vector<picture::TargetReport> arrived;
    for (const auto& [t, r] : lines) {
        if (t > 110) break;
        late.advance(at(t));
        late.report(r);
        arrived.push_back(r);
    }
    late.advance(at(110));
    // The same reports in order of time.
    std::stable_sort(arrived.begin(), arrived.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    feed(sorted, arrived, 110);
    for (const auto& r : reports) {
        if ((r.time - base::Time{}).seconds() > 110) break;
        twice.advance(r.time);
        twice.report(r);
        twice.report(r);
    }
    twice.advance(at(110));
    EXPECT_EQ(late.counters().refused_late, 0U);
    const Outcome of_late = compare(w, late.picture(at(110)), 110),
                  of_sorted = compare(w, sorted.picture(at(110)), 110),
                  of_twice = compare(w, twice.picture(at(110)), 110);
    EXPECT_GE(of_late.matched, of_sorted.matched - 1);
    EXPECT_LE(of_late.tracks, of_sorted.tracks + 1);
    EXPECT_LT(of_late.rms, 1.15 * of_sorted.rms);
    EXPECT_EQ(of_twice.matched, ordered.matched);
    EXPECT_NEAR(of_twice.rms, ordered.rms, 0.05);
    EXPECT_EQ(twice.counters().refused_duplicate, twice.counters().used);
}

TEST(Evidence, DownlinkedMotionMakesTurnsBetter) {
    // One radar of ten seconds: a turn shows late in plots, and at once in BDS 50.
    World w = with_transponders(40, 8);
    w.sensors.resize(1);
    w.sensors[0].scan_period = base::seconds(10);
    w.sensors[0].kind = picture::SensorKind::mode_s;
    w.sensors[0].position->at = w.centre;
    for (std::size_t k = 0; k < w.aircraft.size(); ++k) {
        Aircraft& a = w.aircraft[k];
        a.x *= 0.7, a.y *= 0.7;
        a.turn_from = 60 + 20 * static_cast<double>(k % 3);
        a.turn_rate = k % 2 ? 0.03 : -0.03;
    }
    const auto plain = w.reports();
    auto told = plain, turns = plain;
    for (std::size_t i = 0; i < told.size(); ++i)
        for (const Aircraft& a : w.aircraft) {
            auto& r = told[i];
            if (!r.identity.address || r.identity.address != a.address) continue;
            const double t = (r.time - base::Time{}).seconds();
            const Eigen::Vector2d v = (a.at(t + 0.05) - a.at(t - 0.05)) / 0.1;
            r.ground_speed = v.norm();
            r.track_angle = std::atan2(v.x(), v.y());
            r.turn_rate = turns[i].turn_rate = t > a.turn_from ? -a.turn_rate : 0;
        }
    const auto rms = [&](const std::vector<picture::TargetReport>& reports) {
        double sum = 0;
        int n = 0;
        Tracker k = tracker_for(w);
        std::size_t next = 0;
        for (double t = 70; t <= 115; t += 5) {
            for (; next < reports.size() && (reports[next].time - base::Time{}).seconds() <= t; ++next) {
                k.advance(reports[next].time);
                k.report(reports[next]);
            }
            k.advance(at(t));
            const Outcome o = compare(w, k.picture(at(t)), t);
            EXPECT_GE(o.matched, 35);
            sum += o.rms * o.rms * o.matched;
            n += o.matched;
        }
        return std::sqrt(sum / n);
    };
    const double without = rms(plain), rate = rms(turns), all = rms(told);
    RecordProperty("without_m", static_cast<int>(without));
    RecordProperty("turn_rate_m", static_cast<int>(rate));
    RecordProperty("all_m", static_cast<int>(all));
    EXPECT_LT(rate, 0.9 * without);
    EXPECT_LT(all, 0.7 * without);
    EXPECT_LT(all, rate);
}

TEST(Evidence, AnEllipseOfMultilaterationCountsAsOne) {
    // East is told ten times as well as north; the picture's covariance says so and is right.
    World w;
    w.receiver(2).kind = picture::SensorKind::multilateration;
    for (int k = 0; k < 20; ++k)
        w.aircraft.push_back({.x = -60e3 + 6e3 * k,
                              .y = 5e3 * k,
                              .vx = 150,
                              .vy = 60,
                              .address = static_cast<std::uint32_t>(0x300000 + k)});
    w.sensors[0].kind = picture::SensorKind::ads_b;  // as the world's model of messages has it
    auto reports = w.reports();
    std::mt19937 g(3);
    std::normal_distribution<double> n;
    for (auto& r : reports) {
        r.kind = picture::SensorKind::multilateration;
        r.point = geo::direct(*r.point, 0, 150 * n(g));
        r.horizontal_covariance = {15 * 15, 150 * 150 + 15 * 15, 0};
    }
    w.sensors[0].kind = picture::SensorKind::multilateration;
    Tracker t = tracker_for(w);
    feed(t, reports, 100);
    double sum = 0;
    int seen = 0;
    for (const auto& track : t.picture(at(100)))
        for (const Aircraft& a : w.aircraft)
            if (track.identity.address == a.address) {
                const geo::Point p = w.point(a, 100);
                const Eigen::Vector2d e((track.kinematics.at.lon - p.lon) * 6.386e6 * std::cos(p.lat),
                                        (track.kinematics.at.lat - p.lat) * 6.36e6);
                const Eigen::Matrix2d P = track.kinematics.covariance.topLeftCorner<2, 2>();
                EXPECT_GT(P(1, 1), 4 * P(0, 0));
                sum += e.dot(P.inverse() * e) / 2;
                ++seen;
            }
    EXPECT_GE(seen, 19);
    EXPECT_LT(sum / seen, 2);
    EXPECT_GT(sum / seen, 0.3);
}

TEST(Evidence, AnAircraftThatFliesHarderThanAnyModeKeepsItsNumber) {
    World w;
    w.radar(1, -30e3, -20e3, 5);
    w.radar(2, 40e3, 10e3, 8);
    w.aircraft.push_back({.x = -20e3, .y = 20e3, .vx = 300, .vy = 0, .turn_from = 50, .turn_rate = 0.105});
    Tracker t = tracker_for(w);
    const auto reports = w.reports();
    std::size_t next = 0;
    std::uint64_t number = 0;
    int lost = 0;
    for (double s = 30; s <= 115; s += 5) {
        for (; next < reports.size() && (reports[next].time - base::Time{}).seconds() <= s; ++next) {
            t.advance(reports[next].time);
            t.report(reports[next]);
        }
        t.advance(at(s));
        bool held = false;
        for (const auto& k : t.picture(at(s))) {
            if (geo::distance(k.kinematics.at, w.point(w.aircraft[0], s)) > 1500) continue;
            if (number == 0) number = k.number;
            held |= k.number == number;
        }
        lost += !held;
    }
    EXPECT_LE(lost, 2) << "6° a second at 300 m/s";
}

}  // namespace
}  // namespace asman::track
