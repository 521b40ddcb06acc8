#include <asman/evaluate/quality.hpp>
#include <asman/evaluate/warning.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <cmath>
#include <random>

namespace asman::evaluate {
namespace {

using base::seconds;
constexpr Time start{1'700'000'000'000'000'000};
const geo::Point centre = geo::Point::degrees(42, 74);

double real(double low, double high) {
    return low + (high - low) * (*rc::gen::inRange(0, 1'000'001)) * 1e-6;
}

/// Flies north over `centre` at 200 m/s, `t` seconds after being 300 km south of it.
TruthPoint intruder(double t) {
    TruthPoint out;
    out.id = "south/low";
    out.position = {geo::direct(centre, 180 * geo::deg, 300'000 - 200 * t), {4'000}};
    out.velocity = {0, 200};
    return out;
}

picture::Track track_of(const TruthPoint& truth, std::uint64_t number, Time t, double error = 0) {
    picture::Track out;
    out.number = number;
    out.kinematics.time = t;
    out.kinematics.at = geo::direct(truth.position.at, 1, error);
    out.kinematics.velocity = truth.velocity;
    out.kinematics.covariance = Eigen::Vector4d(1e4, 1e4, 25, 25).asDiagonal();
    return out;
}

picture::Contribution part(const picture::Track& t, const std::string& clause) {
    picture::Contribution c;
    c.track = t;
    if (clause.empty()) return c;
    c.originator = c.via = picture::State("KAZ");
    c.clauses = {{"FIRST", "hop", 1, {}}, {"ACCORD", clause, 1, {}}};
    return c;
}

TEST(FirstWarning, IsSecondsFromHoldingToCrossingByCause) {
    FirstWarning warning(geo::Region::circle(centre, 100'000));  // crossed at t = 1000 s
    for (int i = 0; i < 1200; ++i) {
        const auto now = start + seconds(i);
        const auto truth = intruder(i);
        std::vector<JointTrack> joint;
        // The partner from 400 s on, the own radar from 900 s on; a flicker of the partner at 200 s does not count.
        const bool partner = i >= 400 || i == 200 || i == 201, local = i >= 900;
        if (partner || local) {
            JointTrack j;
            j.fused = track_of(truth, 9, now, 300);
            if (local) j.contributions.push_back(part(j.fused, ""));
            if (partner) j.contributions.push_back(part(track_of(intruder(i - 2), 5, now - seconds(2), 200), "onward"));
            joint.push_back(j);
        }
        warning.update(now, std::vector{truth}, joint);
    }
    const auto result = warning.result();
    ASSERT_EQ(result.size(), 1u);
    EXPECT_EQ(result[0].id, "south/low");
    EXPECT_NEAR((*result[0].crossing - start).seconds(), 1000, 0.02);
    EXPECT_NEAR(result[0].seconds().value(), 600, 0.02);
    EXPECT_NEAR(result[0].seconds_by("FIRST/hop > ACCORD/onward").value(), 600, 0.02);
    EXPECT_NEAR(result[0].seconds_by("local").value(), 100, 0.02);
    EXPECT_FALSE(result[0].seconds_by("another"));
}

TEST(FirstWarning, IsNegativeWhenLateAndAbsentWhenNever) {
    const auto run = [](double first, double land_radius) {
        FirstWarning warning(geo::Region::circle(centre, land_radius));
        for (int i = 0; i < 1200; i += 2) {
            std::vector<JointTrack> joint;
            if (i >= first) joint.emplace_back().fused = track_of(intruder(i), 9, start + seconds(i), 500);
            warning.update(start + seconds(i), std::vector{intruder(i)}, joint);
        }
        return warning.result().at(0);
    };
    EXPECT_NEAR(run(1100, 100'000).seconds().value(), -100, 0.02);
    EXPECT_FALSE(run(9999, 100'000).seconds());
    EXPECT_TRUE(run(9999, 100'000).crossing);
    EXPECT_FALSE(run(0, 10'000).crossing);   // ends before it
    EXPECT_FALSE(run(0, 500'000).crossing);  // begins inside
    EXPECT_TRUE(run(0, 500'000).first_held);
}

TEST(FirstWarning, AnotherAircraftNearbyIsNotTheIntruder) {
    FirstWarning warning(geo::Region::circle(centre, 100'000));
    for (int i = 0; i < 1100; ++i) {
        const auto truth = intruder(i);
        JointTrack crossing, above;
        crossing.fused = track_of(truth, 1, start + seconds(i), 100);
        crossing.fused.kinematics.velocity = {200, 0};  // elsewhere bound
        above.fused = track_of(truth, 2, start + seconds(i), 100);
        above.fused.kinematics.pressure_altitude = geo::PressureAltitude{11'000};
        const std::vector joint{crossing, above};
        warning.update(start + seconds(i), std::vector{truth}, joint);
    }
    EXPECT_FALSE(warning.result().at(0).first_held);
}

TEST(FirstCrossing, IsWhereThePathEntersTheLand) {
    EXPECT_TRUE(rc::check("straight paths into circles", [] {
        const geo::Point c{real(-1.5, 1.5), geo::wrap_pi(real(-3.14, 3.14))};
        const double radius = real(1'000, 300'000), away = real(10, 200'000), azimuth = real(0, 6.28);
        const auto land = geo::Region::circle(c, radius);
        const auto from = geo::direct(c, azimuth, radius + away);
        const auto way = geo::inverse(from, c);
        std::vector<std::pair<Time, geo::Point>> path;
        const double speed = real(50, 300), step = real(1, 10);
        for (double t = 0; speed * t < away + radius; t += step) {
            path.emplace_back(start + seconds(t), geo::direct(from, way.azimuth_at_a, speed * t));
        }
        const auto t = first_crossing(path, land);
        if (path.size() < 2 || speed * (path.back().first - start).seconds() < away + 1) return;
        RC_ASSERT(t.has_value());
        RC_ASSERT(std::abs((*t - start).seconds() - away / speed) < 0.05);
        RC_ASSERT(!first_crossing(path, geo::Region()));
        RC_ASSERT(!first_crossing(path, geo::Region::everywhere()));
    }));
    EXPECT_FALSE(first_crossing({}, geo::Region::everywhere()));
}

TEST(Gospa, HasItsClosedForms) {
    const auto at = [](double metres) { return geo::direct(centre, 1, metres); };
    const std::vector truth{at(0), at(10'000)};
    EXPECT_EQ(gospa({}, {}, 1'000), 0);
    EXPECT_NEAR(gospa(truth, truth, 1'000), 0, 1e-6);
    EXPECT_NEAR(gospa(truth, {}, 1'000), 1'000, 1e-6);  // √(2 · c²/2)
    EXPECT_NEAR(gospa({}, truth, 1'000), 1'000, 1e-6);
    EXPECT_NEAR(gospa(truth, std::vector{at(300), at(10'400)}, 1'000), 500, 1e-3);
    EXPECT_NEAR(gospa(truth, std::vector{at(5'000)}, 1'000), std::sqrt(1.5) * 1'000, 1e-3);
    EXPECT_TRUE(rc::check("a metric", [&] {
        const auto set = [] {
            std::vector<geo::Point> out;
            for (int n = *rc::gen::inRange(0, 6); n > 0; --n)
                out.push_back(geo::direct(centre, real(0, 6), real(0, 3'000)));
            return out;
        };
        const auto x = set(), y = set(), z = set();
        RC_ASSERT(std::abs(gospa(x, y, 1'500) - gospa(y, x, 1'500)) < 1e-6);
        RC_ASSERT(gospa(x, z, 1'500) <= gospa(x, y, 1'500) + gospa(y, z, 1'500) + 1e-6);
    }));
}

TEST(Quality, CountsWhatATruePictureLacks) {
    QualityMeter meter;
    auto other = intruder(0);
    other.id = "other";
    for (int i = 0; i < 100; ++i) {
        const auto now = start + seconds(i);
        auto a = intruder(i), b = intruder(i);
        b.id = "other";
        b.position.at = geo::direct(b.position.at, 90 * geo::deg, 20'000);
        std::vector<picture::Track> tracks;
        if (i < 40 || i >= 50) tracks.push_back(track_of(a, i < 40 ? 1 : 2, now, 100));
        if (i >= 20) tracks.push_back(track_of(b, 3, now, 100));
        if (i < 10) tracks.push_back(track_of(b, 4, now, 9'000));  // false
        meter.update(now, std::vector{a, b}, tracks);
    }
    const auto q = meter.result();
    EXPECT_EQ(q.pictures, 100u);
    EXPECT_NEAR(q.completeness(), 170.0 / 200, 1e-12);
    EXPECT_NEAR(q.false_share(), 10.0 / 180, 1e-12);
    EXPECT_EQ(q.breaks, 1u);
    EXPECT_EQ(q.swaps, 0u);
    EXPECT_NEAR(q.continuity, (90.0 / 2 / 100 + 80.0 / 100) / 2, 1e-12);
    EXPECT_NEAR(q.rmse_position, 100, 0.1);
    EXPECT_NEAR(q.rmse_velocity, 0, 1e-9);
    EXPECT_NEAR(q.nees, 1, 0.01);
    EXPECT_EQ(q.truths, 2u);
    EXPECT_EQ(q.truths_ever_held, 2u);
    const double full = 2 * 1e4, missing = 2'000.0 * 2'000 / 2;
    EXPECT_NEAR(q.gospa * q.gospa * 100, 170 * full / 2 + 30 * missing + 10 * missing, 1e4);
}

TEST(Quality, SeesASwap) {
    QualityMeter meter;
    for (int i = 0; i < 20; ++i) {
        auto a = intruder(i), b = intruder(i);
        b.id = "other";
        b.position.at = geo::direct(b.position.at, 90 * geo::deg, 20'000);
        const bool swapped = i >= 10;
        const std::vector tracks{track_of(a, swapped ? 2 : 1, start + seconds(i)),
                                 track_of(b, swapped ? 1 : 2, start + seconds(i))};
        meter.update(start + seconds(i), std::vector{a, b}, tracks);
    }
    EXPECT_EQ(meter.result().breaks, 2u);
    EXPECT_EQ(meter.result().swaps, 2u);
    EXPECT_NEAR(meter.result().continuity, 0.5, 1e-12);
    EXPECT_EQ(QualityMeter().result().completeness(), 0);
}

}  // namespace
}  // namespace asman::evaluate
