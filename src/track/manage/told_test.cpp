// What an aircraft tells besides goes with its track: the latest of each kind, from plots that are surely its own,
// while it is fresh; and nothing of it moves an estimate.
#include "manage/state.hpp"
#include "manage/world_test.hpp"

#include <gtest/gtest.h>

namespace asman::track {
namespace {

using namespace test;
using picture::Derived;
using picture::DerivedKind;

std::optional<picture::HeldDerived> find(const picture::Track& t, DerivedKind kind, std::uint8_t detail = 0) {
    for (const auto& d : t.derived)
        if (d.told.kind == kind && d.told.detail == detail) return d;
    return std::nullopt;
}

World lone_world() {
    World w;
    w.duration = 200;
    w.false_per_scan = 0;
    w.radar(1, -30e3, 0, 4, picture::SensorKind::mode_s).detection_probability = 1;
    w.receiver(2);
    w.aircraft.push_back({.vx = 200, .address = 0x400001, .code = picture::Mode3A{01234}});
    return w;
}

TEST(Told, TheLatestOfEachKindCountsByItsOwnTime) {
    const World w = lone_world();
    auto reports = w.reports();
    Tracker t = tracker_for(w);
    double now = 0, told = 0;
    int n = 0;
    for (auto& r : reports) {
        now = (r.time - base::Time{}).seconds();
        if (now > 40) break;
        if (now > 20) {
            ++n;
            r.derived.add(Derived::of(DerivedKind::true_airspeed, 200 + n));
            if (n == 3) r.derived.add(Derived::of(DerivedKind::mach, 0.8), 0.5), told = now - 0.5;
            if (n == 4) r.derived.add(Derived::of(DerivedKind::mach, 0.7), 30);  // older than that
            r.derived.add({0x1234, DerivedKind::mode_s_register, 0x40});
            if (n == 2) r.derived.add({0x5678, DerivedKind::mode_s_register, 0x50});
        }
        t.advance(r.time);
        t.report(r);
    }
    const auto tracks = t.picture(base::Time{} + base::seconds(40));
    ASSERT_EQ(tracks.size(), 1U);
    const picture::Track k = tracks[0];
    EXPECT_NEAR(find(k, DerivedKind::true_airspeed)->told.number(), 200 + n, 2) << "a radar's plots wait for its beam";
    EXPECT_EQ(find(k, DerivedKind::mach)->told.number(), 0.8);
    EXPECT_EQ(find(k, DerivedKind::mode_s_register, 0x40)->told.bits, 0x1234U);
    EXPECT_EQ(find(k, DerivedKind::mode_s_register, 0x50)->told.bits, 0x5678U);
    EXPECT_EQ(k.derived.size(), 4U);
    EXPECT_NEAR((find(k, DerivedKind::mach)->at - base::Time{}).seconds(), told, 1e-6);
    // Reports that tell nothing keep the track, and what was told until it is old.
    const auto later = [&](double s) {
        for (const auto& r : reports) {
            const double at = (r.time - base::Time{}).seconds();
            if (at <= now || at > s) continue;
            now = at;
            t.advance(r.time);
            t.report(r);
        }
        const auto shown = t.picture(base::Time{} + base::seconds(s));
        EXPECT_EQ(shown.size(), 1U);
        return shown.empty() ? picture::Track{} : shown[0];
    };
    EXPECT_TRUE(find(later(told + 59.9), DerivedKind::mach));
    EXPECT_FALSE(find(later(told + 60.1), DerivedKind::mach));
    EXPECT_TRUE(find(later(told + 60.1), DerivedKind::true_airspeed));
}

TEST(Told, ManyRegistersAreBoundedAndTheOldestGivesWay) {
    const World w = lone_world();
    auto reports = w.reports();
    Tracker t = tracker_for(w);
    unsigned bds = 0;
    for (auto& r : reports) {
        if ((r.time - base::Time{}).seconds() > 60) break;
        for (int i = 0; i < 3; ++i)
            r.derived.add({++bds, DerivedKind::mode_s_register, static_cast<std::uint8_t>(bds % 250 + 1)});
        t.advance(r.time);
        t.report(r);
    }
    t.advance(base::Time{} + base::seconds(60.5));
    const auto tracks = t.picture(t.now());
    ASSERT_EQ(tracks.size(), 1U);
    EXPECT_EQ(tracks[0].derived.size(), kMostTold);
    for (const auto& d : tracks[0].derived) EXPECT_LT((t.now() - d.at).seconds(), 25);
}

TEST(Told, NothingComesFromAnotherAddressOrADoubtfulPlot) {
    // Two aircraft a hundred metres apart by primary and secondary radar alone: whose plot is whose is a guess. A third
    // far away tells another address now and then.
    World w;
    w.duration = 120;
    w.false_per_scan = 5;
    w.radar(1, -30e3, 0, 4, picture::SensorKind::combined);
    w.aircraft.push_back({.y = 0, .vx = 200});
    w.aircraft.push_back({.y = 120, .vx = 200});
    w.aircraft.push_back({.y = 40e3, .vx = 200, .address = 0x400001});
    auto reports = w.reports();
    Tracker t = tracker_for(w);
    const picture::HeldDerived own_mach{Derived::of(DerivedKind::mach, 0.8), {}};
    int others = 0;
    for (auto& r : reports) {
        t.advance(r.time);
        const bool has_address = r.identity.address.has_value();
        if (has_address && ++others % 5 == 4) {
            r.identity.address = 0x400FFF;  // garbled, or another's reply
            r.derived.add(Derived::of(DerivedKind::mach, 0.1));
        } else if (has_address) {
            r.derived.add(Derived::of(DerivedKind::mach, 0.8));
        } else {
            r.derived.add(Derived::of(DerivedKind::roll_angle, 1));
        }
        t.report(r);
        for (const auto& k : t.picture(t.now()))
            EXPECT_EQ(find(k, DerivedKind::mach).value_or(own_mach).told.number(), own_mach.told.number());
    }
    EXPECT_GT(others, 15);
    // In the tracker itself: what was taken came from plots with more than nine tenths.
    int beside = 0;
    for (const auto& k : t.picture(t.now())) beside += find(k, DerivedKind::roll_angle).has_value();
    EXPECT_LE(beside, 2);
}

TEST(Told, MovesNothingAndSurvivesASnapshot) {
    World w = busy_world(25, 4);
    w.duration = 90;
    for (auto& s : w.sensors) s.kind = picture::SensorKind::combined;
    w.receiver(4);
    for (std::size_t i = 0; i < w.aircraft.size(); i += 2)
        w.aircraft[i].address = static_cast<std::uint32_t>(0x400000 + i);
    const auto plain = w.reports();
    auto telling = plain;
    for (auto& r : telling) {
        if (!r.identity.address) continue;
        r.derived.add(Derived::of(DerivedKind::true_airspeed, static_cast<double>(r.number)));
        r.derived.add({r.number, DerivedKind::mode_s_register, 0x60});
    }
    Tracker a = tracker_for(w), b = tracker_for(w);
    feed(a, plain, 60);
    feed(b, telling, 60);
    auto c = Tracker::restore(b.save(), {});
    ASSERT_TRUE(c) << c.error().text();
    EXPECT_EQ(c->save(), b.save());
    const auto rest = [](const std::vector<picture::TargetReport>& all) {
        std::vector<picture::TargetReport> out;
        for (const auto& r : all)
            if ((r.time - base::Time{}).seconds() > 60) out.push_back(r);
        return out;
    };
    feed(a, rest(plain), 90);
    feed(b, rest(telling), 90);
    feed(*c, rest(telling), 90);
    EXPECT_EQ(c->save(), b.save());
    const auto without = a.picture(a.now()), with = b.picture(b.now());
    ASSERT_EQ(without.size(), with.size());
    std::size_t told = 0;
    for (std::size_t i = 0; i < with.size(); ++i) {
        EXPECT_EQ(with[i].number, without[i].number);
        EXPECT_EQ(with[i].kinematics.at, without[i].kinematics.at);
        EXPECT_EQ(with[i].kinematics.covariance, without[i].kinematics.covariance);
        EXPECT_EQ(with[i].existence, without[i].existence);
        EXPECT_TRUE(without[i].derived.empty());
        told += !with[i].derived.empty();
    }
    EXPECT_GT(told, 10U);
}

TEST(Told, ValuesThatMeanNothingAreNotTaken) {
    const World w = lone_world();
    auto reports = w.reports();
    Tracker t = tracker_for(w);
    for (auto& r : reports) {
        if ((r.time - base::Time{}).seconds() > 30) break;
        for (const double age : {std::nan(""), HUGE_VAL, -HUGE_VAL, -1e9, 1e9, 61.0})
            r.derived.add(Derived::of(DerivedKind::mach, 0.5), age);
        t.advance(r.time);
        t.report(r);
    }
    t.advance(base::Time{} + base::seconds(30.5));
    ASSERT_EQ(t.picture(t.now()).size(), 1U);
    EXPECT_TRUE(t.picture(t.now())[0].derived.empty());
}

}  // namespace
}  // namespace asman::track
