#include <asman/airspace/watch.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <cmath>

namespace asman::airspace {
namespace {

using base::seconds;
using picture::AlertKind;
using picture::Identity;
constexpr Time start{1'700'000'000'000'000'000};

double real(double low, double high) {
    return low + (high - low) * (*rc::gen::inRange(0, 1'000'001)) * 1e-6;
}

/// A land of 200 km around 42°N 74°E.
const geo::Point centre = geo::Point::degrees(42, 74);
Config config() {
    Config c;
    c.own = State("KGZ");
    c.land = geo::Region::circle(centre, 200'000);
    return c;
}

/// An intruder that flies from the south straight over the land at 200 m/s; at `start` it is 100 km from the border.
JointTrack intruder(double t, std::uint64_t number = 5) {
    JointTrack out;
    out.number = number;
    auto& k = out.fused.kinematics;
    k.time = start + seconds(t);
    k.at = geo::direct(centre, 180 * geo::deg, 300'000 - 200 * t);
    k.velocity = {0, 200};
    k.covariance = Eigen::Vector4d(1e4, 1e4, 25, 25).asDiagonal();
    out.fused.number = number;
    out.fused.primary_only = true;
    out.fused.lineage = {{State("KAZ"), {3}, start, k.time, 9}};
    out.airspace = t < 500 ? State("TJK") : State("KGZ");
    return out;
}

/// Flies a track through a watch once a second and keeps all alerts that changed.
template <class Make>
std::vector<Alert> fly(Watch& watch, double from, double to, Make make) {
    std::vector<Alert> out;
    for (double t = from; t < to; t += 1) {
        std::vector<JointTrack> tracks;
        if (std::optional<JointTrack> j = make(t)) tracks.push_back(*j);
        for (auto& a : watch.update(tracks, start + seconds(t))) out.push_back(std::move(a));
    }
    return out;
}

TEST(Watch, AnIntruderIsToldBeforeAndAtTheBorder) {
    Watch watch(config());
    const auto alerts = fly(watch, 0, 1200, [](double t) { return intruder(t); });
    ASSERT_EQ(alerts.size(), 3u);
    EXPECT_EQ(alerts[0].kind, AlertKind::border_approach);
    EXPECT_EQ(alerts[0].raised, start + seconds(3));  // within the horizon from the first second
    EXPECT_NEAR(alerts[0].warning->seconds(), 497, 2);
    EXPECT_EQ(alerts[0].detail, "TJK-KGZ: no transponder");
    EXPECT_EQ(alerts[0].lineage.size(), 1u);
    // The crossing takes the approach's place in the same picture (told in order of number).
    EXPECT_EQ(alerts[1].number, alerts[0].number);
    EXPECT_FALSE(alerts[1].open);
    EXPECT_EQ(alerts[2].kind, AlertKind::border_crossed);
    EXPECT_NEAR((alerts[2].raised - start).seconds(), 504, 2);  // 1σ inside, and three seconds
    ASSERT_EQ(watch.open().size(), 1u);
    EXPECT_EQ(watch.open()[0].kind, AlertKind::border_crossed);
    EXPECT_EQ(watch.proposal(5)->identity, Identity::suspect);
    EXPECT_EQ(watch.proposal(5)->evidence.front(), "has crossed the border");
    EXPECT_EQ(watch.proposal(6), nullptr);
}

TEST(Watch, WarningCountsDownWithTheTrack) {
    Watch watch(config());
    fly(watch, 0, 100, [](double t) { return intruder(t); });
    ASSERT_EQ(watch.open().size(), 1u);
    EXPECT_NEAR(watch.open()[0].warning->seconds(), 401, 1);
}

TEST(Watch, ATrackThatTurnsAwayClosesItsAlertAfterAWhile) {
    Watch watch(config());
    const auto alerts = fly(watch, 0, 200, [](double t) {
        auto j = intruder(std::min(t, 50.0));
        if (t >= 50) j.fused.kinematics.velocity = {0, -200};
        return j;
    });
    ASSERT_EQ(alerts.size(), 2u);
    EXPECT_FALSE(alerts[1].open);
    EXPECT_EQ(watch.open().size(), 0u);
    EXPECT_EQ(watch.proposal(5)->identity, Identity::unknown);
}

TEST(Watch, ALossForLessThanTheHysteresisDoesNotRepeatTheAlert) {
    Watch watch(config());
    const auto alerts = fly(watch, 0, 300, [](double t) -> std::optional<JointTrack> {
        if (static_cast<int>(t) % 20 > 12) return std::nullopt;
        return intruder(t);
    });
    EXPECT_EQ(alerts.size(), 1u);
    const auto gone = fly(watch, 300, 400, [](double) -> std::optional<JointTrack> { return std::nullopt; });
    ASSERT_EQ(gone.size(), 1u);
    EXPECT_FALSE(gone[0].open);
}

JointTrack airliner(double t, const std::string& callsign) {
    auto j = intruder(t);
    j.fused.primary_only = false;
    j.fused.identity.address = 0x600123;
    j.fused.identity.callsign = callsign;
    j.fused.identity.mode_3a = 02345;
    return j;
}

TEST(Watch, ExpectedFlightsAreNoAlertAndOthersAre) {
    auto c = config();
    Watch nobody_listed(c);
    EXPECT_TRUE(fly(nobody_listed, 0, 700, [](double t) { return airliner(t, "KGA702"); }).empty());
    EXPECT_EQ(nobody_listed.proposal(5)->identity, Identity::assumed_friend);
    c.expected = {"KGA702"};
    Watch listed(c);
    EXPECT_TRUE(fly(listed, 0, 700, [](double t) { return airliner(t, "KGA702"); }).empty());
    Watch stray(c);
    const auto alerts = fly(stray, 0, 700, [](double t) { return airliner(t, "XYZ1"); });
    ASSERT_EQ(alerts.size(), 3u);
    EXPECT_EQ(alerts[2].kind, AlertKind::border_crossed);
    EXPECT_EQ(alerts[2].detail, "TJK-KGZ: not expected");
    c.expected = {"600123"};
    Watch by_address(c);
    EXPECT_TRUE(fly(by_address, 0, 700, [](double t) { return airliner(t, "XYZ1"); }).empty());
    c.expected = {"SOMEBODY"};
    c.friends = {0x600123};
    Watch friends(c);
    EXPECT_TRUE(fly(friends, 0, 700, [](double t) { return airliner(t, "XYZ1"); }).empty());
}

TEST(Watch, ACodeOfAControlUnitIsNoStrangerAndAnybodysCodeIsNoName) {
    auto c = config();
    c.expected = {"KGA702"};
    const auto alerts_with = [&](picture::Mode3A code, bool valid) {
        Watch watch(c);
        const auto alerts = fly(watch, 0, 700, [&](double t) {
            auto j = intruder(t);
            j.fused.primary_only = false;
            j.fused.identity.mode_3a = code;
            j.fused.identity.mode_3a_valid = valid;
            return j;
        });
        return std::pair(alerts.size(), watch.proposal(5)->identity);
    };
    EXPECT_EQ(alerts_with(02345, true), std::pair(std::size_t{0}, Identity::unknown));
    EXPECT_EQ(alerts_with(07000, true), std::pair(std::size_t{3}, Identity::suspect));   // conspicuity
    EXPECT_EQ(alerts_with(02345, false), std::pair(std::size_t{3}, Identity::suspect));  // garbled
}

TEST(Watch, WithheldIdentityIsNotSilence) {
    Watch watch(config());
    EXPECT_TRUE(fly(watch, 0, 700, [](double t) {
                    auto j = intruder(t);
                    j.fused.primary_only = false;
                    picture::Contribution c;
                    c.coarsening.identity_removed = true;
                    j.contributions.push_back(c);
                    return j;
                }).empty());
    EXPECT_EQ(watch.proposal(5)->identity, Identity::unknown);
}

TEST(Watch, EmergencyCodesNeedTwoOfThreeReplies) {
    const auto alerts_of = [](std::vector<picture::Mode3A> codes, std::uint8_t status) {
        Watch watch(config());
        return fly(watch, 0, 10, [&](double t) {
            auto j = airliner(t, "KGA702");
            j.fused.recent_codes = codes;
            j.fused.identity.emergency = status;
            return j;
        });
    };
    EXPECT_TRUE(alerts_of({07600}, 0).empty());
    EXPECT_TRUE(alerts_of({02345, 07600, 02345}, 0).empty());
    EXPECT_TRUE(alerts_of({07600, 07600, 02345, 02345, 02345}, 0).empty());
    const auto lost = alerts_of({07600, 02345, 07600}, 0);
    ASSERT_EQ(lost.size(), 1u);
    EXPECT_EQ(lost[0].kind, AlertKind::emergency_code);
    EXPECT_EQ(lost[0].detail, "7600");
    EXPECT_EQ(alerts_of({}, 4).at(0).detail, "7600");
    EXPECT_EQ(alerts_of({}, 1).at(0).detail, "7700");
    EXPECT_TRUE(alerts_of({}, 3).empty());  // minimum fuel is the controller's matter
    // Unlawful interference is also a concern at the border.
    const auto hijacked = alerts_of({07500, 07500}, 0);
    ASSERT_EQ(hijacked.size(), 2u);
    EXPECT_EQ(hijacked[0].detail, "7500");
    EXPECT_EQ(hijacked[1].detail, "TJK-KGZ: unlawful interference");
}

TEST(Watch, ADepartureInsideIsNoCrossingAndALongStayIsToldOnce) {
    Watch watch(config());
    const auto alerts = fly(watch, 0, 300, [](double t) {
        auto j = intruder(t);
        j.fused.kinematics.at = geo::direct(centre, 0, 100 * t);
        j.airspace = State("KGZ");
        return j;
    });
    ASSERT_EQ(alerts.size(), 1u);
    EXPECT_EQ(alerts[0].kind, AlertKind::unidentified);
    EXPECT_EQ(alerts[0].raised, start + seconds(63));
    Watch near(config());  // appearing 10 km inside is an arrival
    const auto first = fly(near, 0, 10, [](double t) {
        auto j = intruder(t);
        j.fused.kinematics.at = geo::direct(centre, 180 * geo::deg, 190'000 - 200 * t);
        return j;
    });
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(first[0].kind, AlertKind::border_crossed);
}

TEST(Watch, ZonesAreTold) {
    auto c = config();
    c.zones.push_back({"UAP 12", geo::Region::circle(geo::direct(centre, 180 * geo::deg, 250'000), 10'000), {}, false});
    c.zones.push_back({"LOW", geo::Region::circle(geo::direct(centre, 180 * geo::deg, 250'000), 10'000),
                       geo::PressureAltitude{1'000}, true});
    Watch watch(c);
    const auto alerts = fly(watch, 0, 260, [](double t) {
        auto j = airliner(t, "KGA702");
        j.fused.kinematics.pressure_altitude = geo::PressureAltitude{t < 230 ? 9'000.0 : 500.0};
        return j;
    });
    ASSERT_EQ(alerts.size(), 1u);
    EXPECT_EQ(alerts[0].detail, "LOW");
    EXPECT_NEAR((alerts[0].raised - start).seconds(), 233, 1);
}

TEST(Watch, NoiseAtTheBorderDoesNotFlutter) {
    EXPECT_TRUE(rc::check("a track along the border, 1σ of noise", [] {
        Watch watch(config());
        const auto alerts = fly(watch, 0, 200, [](double t) {
            auto j = intruder(0);
            const double bearing = (170 + 0.05 * t) * geo::deg;
            j.fused.kinematics.at = geo::direct(centre, bearing, 200'000 + real(-150, 150));
            j.fused.kinematics.velocity = 200 * Eigen::Vector2d(-std::cos(bearing), std::sin(bearing));
            return j;
        });
        RC_ASSERT(alerts.size() <= 4u);
    }));
}

TEST(Watch, ARestoredOneGoesOnAsTheSavedOne) {
    Watch a(config());
    fly(a, 0, 400, [](double t) { return intruder(t); });
    Watch b(config());
    ASSERT_TRUE(b.restore(a.save()));
    EXPECT_EQ(b.open().size(), a.open().size());
    fly(a, 400, 700, [](double t) { return intruder(t); });
    fly(b, 400, 700, [](double t) { return intruder(t); });
    EXPECT_EQ(a.save(), b.save());
    const auto bytes = a.save();
    EXPECT_FALSE(b.restore(std::span(bytes).first(bytes.size() / 2)));
    EXPECT_EQ(b.open().size(), 1u);
    EXPECT_TRUE(rc::check("damaged snapshots do no harm", [&] {
        auto damaged = bytes;
        damaged[*rc::gen::inRange<std::size_t>(0, damaged.size())] ^= std::byte{0x41};
        Watch w(config());
        (void)w.restore(damaged);
    }));
}

TEST(Watch, TimeDoesNotRunBackwards) {
    Watch watch(config());
    fly(watch, 0, 10, [](double t) { return intruder(t); });
    const std::vector none{intruder(5, 77)};
    EXPECT_TRUE(watch.update(none, start + seconds(5)).empty());
    EXPECT_EQ(watch.proposal(77), nullptr);
}

TEST(TimeToRegion, IsTheWayOverTheGroundAtTheSpeed) {
    EXPECT_TRUE(rc::check("any approach", [] {
        const geo::Point c{real(-1.4, 1.4), geo::wrap_pi(real(-3.14, 3.14))};
        const auto land = geo::Region::circle(c, 100'000);
        picture::Kinematics k;
        const double away = real(1, 150'000);
        k.at = geo::direct(c, real(0, 6.28), 100'000 + away);
        const double course = geo::inverse(k.at, c).azimuth_at_a;
        const double speed = real(30, 400);
        k.velocity = speed * Eigen::Vector2d(std::sin(course), std::cos(course));
        const auto t = time_to_region(k, land, seconds(600));
        RC_ASSERT(t.has_value() == (away <= 600 * speed));
        if (t) RC_ASSERT(std::abs(t->seconds() * speed - away) <= 101);
        k.velocity *= -1;
        RC_ASSERT(!time_to_region(k, land, seconds(600)));
        k.velocity.setZero();
        RC_ASSERT(!time_to_region(k, land, seconds(600)));
        k.at = c;
        RC_ASSERT(time_to_region(k, land, seconds(600)) == base::Duration{0});
    }));
}

}  // namespace
}  // namespace asman::airspace
