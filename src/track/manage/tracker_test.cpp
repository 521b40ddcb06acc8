#include "manage/world_test.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>

namespace asman::track {
namespace {

using namespace test;

/// Everything that a picture says, as bytes.
std::string print(std::span<const picture::Track> tracks) {
    std::string out;
    for (const auto& k : tracks) {
        const auto& q = k.kinematics;
        out += std::to_string(k.number);
        for (double v : {q.at.lat, q.at.lon, q.velocity.x(), q.velocity.y(), q.covariance(0, 0), k.existence})
            out.append(reinterpret_cast<const char*>(&v), sizeof v);
    }
    return out;
}

TEST(Tracker, TracksTrafficOfPrimaryRadarsAmongFalsePlots) {
    const World w = busy_world(30);
    Tracker t = tracker_for(w);
    feed(t, w.reports(), 110);
    const Outcome o = compare(w, t.picture(at(110)), 110);
    EXPECT_GE(o.matched, 29);
    EXPECT_LE(o.tracks, o.matched + 1);
    EXPECT_LT(o.rms, 220);
    for (const auto& k : t.picture(at(110))) EXPECT_TRUE(k.primary_only && k.confirmed && !k.lineage.empty());
}

TEST(Tracker, KeepsItsAccuracyAnywhereOnEarth) {
    double rms[4];
    int n = 0;
    for (const geo::Point p : {geo::Point::degrees(42.9, 74.6), geo::Point::degrees(62, 179.9),
                               geo::Point::degrees(80, 20), geo::Point::degrees(-10, -170.5)}) {
        World w = busy_world(30);
        w.centre = p;
        for (auto& s : w.sensors) s.position.reset();
        const double x[3] = {-60e3, 70e3, 0}, y[3] = {-40e3, 0, 80e3};
        for (std::size_t k = 0; k < 3; ++k) w.sensors[k].position = geo::Position{w.point(x[k], y[k]), {400}};
        Tracker t = tracker_for(w);
        feed(t, w.reports(), 110);
        const Outcome o = compare(w, t.picture(at(110)), 110);
        EXPECT_GE(o.matched, 28) << p.lat_deg();
        rms[n++] = o.rms;
    }
    for (int k = 1; k < 4; ++k) EXPECT_NEAR(rms[k] / rms[0], 1, 0.2);
}

TEST(Tracker, FollowsADescentThatNobodyTells) {
    // Slant ranges of three radars tell the height; one that it had before would lay its plots hundreds of metres off.
    double sum = 0;
    for (unsigned seed = 1; seed <= 8; ++seed) {
        World w = busy_world(0, seed);
        w.duration = 340;
        w.aircraft.push_back({.x = 40e3, .y = -50e3, .vx = -210, .vy = 20, .height = 9e3, .climb = -15});
        Tracker t = tracker_for(w);
        feed(t, w.reports(), 330);
        const Outcome o = compare(w, t.picture(at(330)), 330);
        ASSERT_EQ(o.matched, 1) << seed;
        EXPECT_EQ(o.tracks, 1) << seed;
        sum += o.rms * o.rms;
    }
    EXPECT_LT(std::sqrt(sum / 8), 85);
}

TEST(Tracker, CuttingTheInputChangesNothingBefore) {
    const World w = busy_world(15);
    const auto all = w.reports();
    Tracker whole = tracker_for(w), cut = tracker_for(w);
    std::string shown_whole, shown_cut;
    for (double t = 5; t <= 80; t += 5) {
        for (Tracker* k : {&whole, &cut}) {
            if (k == &cut && t > 60) continue;
            for (const auto& r : all) {
                const double s = (r.time - base::Time{}).seconds();
                if (s <= t - 5 || s > t) continue;
                k->advance(r.time);
                k->report(r);
            }
            k->advance(at(t));
            (k == &whole ? shown_whole : shown_cut) += t <= 60 ? print(k->picture(at(t))) : "";
        }
    }
    EXPECT_FALSE(shown_whole.empty());
    EXPECT_EQ(shown_whole, shown_cut);
}

TEST(Tracker, IsAFunctionOfItsInputs) {
    const World w = busy_world(20);
    Tracker a = tracker_for(w), b = tracker_for(w);
    feed(a, w.reports(), 100);
    feed(b, w.reports(), 100);
    EXPECT_EQ(print(a.picture(at(100))), print(b.picture(at(100))));
    EXPECT_EQ(a.counters(), b.counters());
}

TEST(Tracker, AdsBAndRadarMakeOneTrack) {
    World w;
    w.radar(1, -30e3, -20e3, 5, picture::SensorKind::combined);
    w.receiver(2);
    w.aircraft.push_back({.x = -20e3, .y = 10e3, .vx = 200, .vy = 50, .address = 0x123456, .code = 04521});
    Tracker t = tracker_for(w);
    feed(t, w.reports(), 100);
    const auto tracks = t.picture(at(100));
    ASSERT_EQ(tracks.size(), 1U);
    const Outcome o = compare(w, tracks, 100);
    EXPECT_EQ(o.matched, 1);
    EXPECT_LT(o.rms, 30);
    EXPECT_EQ(tracks[0].identity.address, 0x123456U);
    EXPECT_EQ(tracks[0].identity.mode_3a, 04521);
    EXPECT_FALSE(tracks[0].primary_only);
    EXPECT_EQ(tracks[0].lineage.size(), 2U);
    ASSERT_TRUE(tracks[0].kinematics.pressure_altitude);
    EXPECT_NEAR(tracks[0].kinematics.pressure_altitude->m, 9000, 20);
}

TEST(Tracker, AnAircraftThatGoesIsDroppedByTimeAlone) {
    World w = busy_world(5);
    w.aircraft[2].to = 60;
    w.duration = 200;
    Tracker t = tracker_for(w);
    const auto reports = w.reports();
    feed(t, reports, 60);
    EXPECT_EQ(compare(w, t.picture(at(59)), 59).matched, 5);
    (void)t.take_ended();
    feed(t, reports, 200);
    EXPECT_LE(compare(w, t.picture(at(100)), 100).tracks, 4);
    // Without any data at all, tracks coast and end.
    for (double s = 200; s < 300; s += 1) t.advance(at(s));
    EXPECT_TRUE(t.picture(at(300)).empty());
    EXPECT_EQ(t.size(), 0U);
    EXPECT_GE(t.take_ended().size(), 5U);
}

TEST(Tracker, IdentityIsEvidenceOnly) {
    // Every report carries a random other aircraft's address and code: the kinematic picture stays.
    World w = busy_world(25);
    for (auto& s : w.sensors) s.kind = picture::SensorKind::combined;
    for (std::size_t k = 0; k < w.aircraft.size(); ++k) {
        w.aircraft[k].address = static_cast<std::uint32_t>(1000 + k);
        w.aircraft[k].code = static_cast<picture::Mode3A>(0100 + k);
    }
    auto reports = w.reports();
    Tracker honest = tracker_for(w);
    feed(honest, reports, 110);
    const Outcome before = compare(w, honest.picture(at(110)), 110);
    EXPECT_EQ(before.matched, 25);
    std::mt19937 g(9);
    for (auto& r : reports) {
        if (!r.identity.address) continue;
        r.identity.address = 1000 + g() % 25;
        r.identity.mode_3a = static_cast<picture::Mode3A>(0100 + g() % 25);
    }
    Tracker lied = tracker_for(w);
    feed(lied, reports, 110);
    const Outcome after = compare(w, lied.picture(at(110)), 110);
    EXPECT_GE(after.matched, 24);
    EXPECT_LT(after.rms, 1.3 * before.rms + 20);
}

TEST(Tracker, CrossingAircraftKeepTheirNumbers) {
    World w;
    w.radar(1, -60e3, -40e3, 4);
    w.radar(2, 70e3, 10e3, 5);
    w.aircraft.push_back({.x = -12e3, .y = 20e3, .vx = 200, .vy = 40});
    w.aircraft.push_back({.x = -12e3, .y = 24.8e3, .vx = 200, .vy = -40});
    Tracker t = tracker_for(w);
    const auto reports = w.reports();
    const auto number_near = [&](double s, int k) {
        std::uint64_t best = 0;
        double d = 1500;
        for (const auto& x : t.picture(at(s)))
            if (const double e = geo::distance(x.kinematics.at, w.point(w.aircraft[static_cast<std::size_t>(k)], s));
                e < d)
                d = e, best = x.number;
        return best;
    };
    feed(t, reports, 30);
    const auto a = number_near(30, 0), b = number_near(30, 1);
    ASSERT_NE(a, 0U);
    ASSERT_NE(b, 0U);
    ASSERT_NE(a, b);
    std::vector<picture::TargetReport> rest;
    for (const auto& r : reports)
        if (r.time > at(30)) rest.push_back(r);
    feed(t, rest, 115);
    EXPECT_EQ(number_near(115, 0), a);
    EXPECT_EQ(number_near(115, 1), b);
}

TEST(Tracker, HostileReportsAreRefusedCountedAndDisturbNothing) {
    const World w = busy_world(15);
    const auto reports = w.reports();
    Tracker clean = tracker_for(w), attacked = tracker_for(w);
    feed(clean, reports, 80);
    const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
    std::uint64_t bad = 0;
    for (const auto& r : reports) {
        if (r.time > at(80)) break;
        attacked.advance(r.time);
        attacked.report(r);
        picture::TargetReport x = r;
        const auto send = [&] {
            attacked.report(x);
            x = r;
            ++bad;
        };
        x.range = nan;
        send();
        x.range = inf;
        send();
        x.range = -5000;
        send();
        x.azimuth = nan;
        send();
        x.azimuth = -inf;
        send();
        x.sigma_range = nan;
        send();
        x.range = nan, x.point = geo::Point{nan, 0};
        send();
        x.range = nan, x.point = geo::Point{3, 0};
        send();
        x.range = 5e6;
        send();
        x.time = r.time - base::seconds(3600);
        send();
        x.time = r.time + base::seconds(3600);
        send();
        x.time = base::Time::min();
        send();
        x.time = base::Time::max();
        send();
        x.sensor = {999};
        send();
        send();  // the same report again
        attacked.advance(r.time - base::seconds(50));
    }
    attacked.advance(at(80));
    EXPECT_EQ(print(attacked.picture(at(80))), print(clean.picture(at(80))));
    const Counters& c = attacked.counters();
    const std::uint64_t refused = c.refused_unknown_sensor + c.refused_no_position + c.refused_unhealthy +
                                  c.refused_malformed + c.refused_out_of_range + c.refused_late + c.refused_future +
                                  c.refused_duplicate + c.refused_flood;
    EXPECT_EQ(refused, bad + clean.counters().refused_duplicate);
    EXPECT_EQ(c.used, clean.counters().used);
    EXPECT_EQ(c.reports, c.used + refused);
}

TEST(Tracker, StrangeValuesInOptionalFieldsAreLeftOut) {
    World w = busy_world(6);
    for (auto& s : w.sensors) s.kind = picture::SensorKind::combined;
    for (auto& a : w.aircraft) a.code = 01234;
    Tracker t = tracker_for(w);
    auto reports = w.reports();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (auto& r : reports) {
        r.ground_speed = nan;
        r.track_angle = 1e300;
        r.vertical_rate = -1e9;
        r.geometric_height = geo::EllipsoidalHeight{nan};
        if (r.number % 3 == 0) r.pressure_altitude = geo::PressureAltitude{1e12};
    }
    feed(t, reports, 100);
    for (const auto& k : t.picture(at(100))) {
        EXPECT_TRUE(k.kinematics.covariance.allFinite());
        EXPECT_TRUE(std::isfinite(k.kinematics.at.lat) && std::isfinite(k.kinematics.velocity.norm()));
    }
    EXPECT_GE(compare(w, t.picture(at(100)), 100).matched, 6);
}

TEST(Tracker, ASensorWithoutPositionIsCountedNotTracked) {
    World w = busy_world(5);
    w.sensors[0].position.reset();
    Tracker t = tracker_for(w);
    feed(t, w.reports(), 100);
    EXPECT_GT(t.counters().refused_no_position, 50U);
    EXPECT_GE(compare(w, t.picture(at(100)), 100).matched, 5);
    for (const auto& k : t.picture(at(100)))
        for (const auto& l : k.lineage) EXPECT_NE(l.sensor.value, 1U);
}

TEST(Tracker, ReportsThatCarryTheirPlaceNeedNoAntenna) {
    World w;
    w.receiver(2).position.reset();
    w.aircraft.push_back({.x = -20e3, .y = 10e3, .vx = 200, .vy = 50, .address = 0x123456});
    Tracker t = tracker_for(w);
    feed(t, w.reports(), 60);
    EXPECT_EQ(t.picture(at(60)).size(), 1U);
    EXPECT_EQ(t.counters().refused_no_position, 0U);
}

TEST(Tracker, AnUnhealthySensorStopsContributing) {
    World w = busy_world(5);
    Tracker t = tracker_for(w);
    picture::ServiceMessage m;
    m.sensor = {2};
    m.healthy = false;
    m.time = at(0);
    t.advance(at(0));
    t.service(m);
    feed(t, w.reports(), 50);
    EXPECT_GT(t.counters().refused_unhealthy, 20U);
}

TEST(Tracker, SensorsThatMeanNothingAreErrors) {
    World w = busy_world(1);
    Tracker t;
    EXPECT_TRUE(t.add_sensor(w.sensors[0]));
    const auto again = t.add_sensor(w.sensors[0]);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, base::Errc::duplicate);
    picture::Sensor s = w.sensors[1];
    s.sigma_range = -1;
    ASSERT_FALSE(t.add_sensor(s));
    s = w.sensors[1];
    s.detection_probability = 1.5;
    EXPECT_EQ(t.add_sensor(s).error().code, base::Errc::bad_value);
}

TEST(Tracker, OneRadarIsRegisteredByWhatAircraftTell) {
    World w;
    w.duration = 200;
    w.radar(1, -30e3, -20e3, 5, picture::SensorKind::combined);
    w.receiver(2);
    const World traffic = busy_world(30);
    for (Aircraft a : traffic.aircraft) {
        a.turn_from = 1e9;
        a.address = static_cast<std::uint32_t>(0x600000 + w.aircraft.size());
        a.code = static_cast<picture::Mode3A>(0300 + w.aircraft.size());
        w.aircraft.push_back(a);
    }
    auto reports = w.reports();
    for (auto& r : reports)
        if (r.sensor.value == 1) r.range -= 90, r.azimuth = geo::wrap_2pi(r.azimuth - 0.15 * geo::deg);
    Tracker t = tracker_for(w);
    feed(t, reports, 190);
    const auto found = t.registration();
    ASSERT_FALSE(found.empty());
    EXPECT_NEAR(found[0].range.value, -90, 4 * found[0].range.sigma + 3);
    EXPECT_NEAR(found[0].azimuth.value, -0.15 * geo::deg, 4 * found[0].azimuth.sigma);
    EXPECT_LT(found[0].azimuth.sigma, 0.02 * geo::deg);
}

TEST(Tracker, LearnsABiasedRadarFromCommonAircraft) {
    World w = busy_world(60);
    w.duration = 300;
    for (auto& a : w.aircraft) a.turn_from = 1e9;
    auto reports = w.reports();
    for (auto& r : reports)
        if (r.sensor.value == 2) r.range += 120, r.azimuth = geo::wrap_2pi(r.azimuth + 0.2 * geo::deg);
    Tracker t = tracker_for(w);
    feed(t, reports, 290);
    for (const auto& r : t.registration()) {
        EXPECT_NEAR(r.range.value, r.sensor.value == 2 ? 120 : 0, 4 * r.range.sigma + 3) << r.sensor.value;
        EXPECT_NEAR(r.azimuth.value, r.sensor.value == 2 ? 0.2 * geo::deg : 0, 4 * r.azimuth.sigma) << r.sensor.value;
        EXPECT_LT(r.azimuth.sigma, 0.02 * geo::deg);
        EXPECT_TRUE(r.range.observable && r.azimuth.observable);
    }
}

}  // namespace
}  // namespace asman::track
