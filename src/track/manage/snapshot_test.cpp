// A tracker that is restored goes on as the one that was saved, to the same bytes.
#include "manage/state.hpp"
#include "manage/world_test.hpp"

#include <asman/base/digest.hpp>
#include <asman/picture/archive.hpp>

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace asman::track {
namespace {

using namespace test;

World mixed_world() {
    World w = busy_world(60, 5);
    w.duration = 120;
    for (auto& s : w.sensors)
        if (s.id.value != 2) s.kind = picture::SensorKind::combined;
    w.receiver(4);
    w.receiver(5).position.reset();
    for (std::size_t k = 0; k < w.aircraft.size(); ++k) {
        if (k % 3 == 0) continue;
        w.aircraft[k].address = static_cast<std::uint32_t>(0x400000 + k);
        w.aircraft[k].code = static_cast<picture::Mode3A>(k);
        w.aircraft[k].to = k % 7 == 0 ? 70 : 1e9;
    }
    return w;
}

/// Plays reports of (from, to] and gives the digest of all that was said.
base::Digest play(Tracker& t, const std::vector<picture::TargetReport>& reports, double from, double to) {
    base::Hasher all;
    std::size_t next = 0;
    while (next < reports.size() && (reports[next].time - base::Time{}).seconds() <= from) ++next;
    for (double now = from + 0.5; now <= to; now += 0.5) {
        for (; next < reports.size() && (reports[next].time - base::Time{}).seconds() <= now; ++next)
            t.report(reports[next]);
        picture::ServiceMessage north;
        north.sensor = {3};
        north.north = true;
        north.time = base::Time{} + base::seconds(10 * std::floor(now / 10));
        t.service(north);
        t.advance(base::Time{} + base::seconds(now));
        base::Writer out;
        for (const auto& k : t.picture(t.now())) picture::put(out, k);
        for (const std::uint64_t n : t.take_ended()) out.put(n);
        all.add(out.bytes());
    }
    return all.finish();
}

TEST(Snapshot, ARestoredTrackerGoesOnToTheSameBytes) {
    const World w = mixed_world();
    const auto reports = w.reports();
    for (const double cut : {0.5, 43.0, 75.5}) {
        Tracker whole = tracker_for(w);
        play(whole, reports, 0, cut);
        // Reports that wait for the next advance are part of the state.
        for (const auto& r : reports)
            if (const double s = (r.time - base::Time{}).seconds(); s > cut && s < cut + 0.2) whole.report(r);
        const auto saved = whole.save();
        EXPECT_EQ(whole.save(), saved);
        Config more;
        more.threads = 2;
        auto restored = Tracker::restore(saved, more);
        ASSERT_TRUE(restored) << restored.error().text();
        EXPECT_EQ(restored->save(), saved);
        EXPECT_EQ(restored->now(), whole.now());
        EXPECT_EQ(restored->size(), whole.size());
        EXPECT_EQ(play(*restored, reports, cut, 110).hex(), play(whole, reports, cut, 110).hex()) << cut;
        EXPECT_EQ(restored->counters(), whole.counters());
        EXPECT_EQ(restored->save(), whole.save()) << cut;
    }
}

TEST(Snapshot, AnEmptyTrackerToo) {
    Tracker empty;
    auto again = Tracker::restore(empty.save());
    ASSERT_TRUE(again);
    EXPECT_EQ(again->save(), empty.save());
}

TEST(Snapshot, WhatWasDamagedIsRefused) {
    const World w = busy_world(5);
    Tracker t = tracker_for(w);
    feed(t, w.reports(), 20);
    const auto saved = t.save();
    EXPECT_FALSE(Tracker::restore({}));
    EXPECT_FALSE(Tracker::restore(base::as_bytes("asman tracker snapshot 1\n")));
    std::mt19937 g(1);
    for (int k = 0; k < 50; ++k) {
        auto bad = saved;
        bad[g() % bad.size()] ^= std::byte{static_cast<unsigned char>(1 + g() % 255)};
        EXPECT_FALSE(Tracker::restore(bad));
        bad = saved;
        bad.resize(g() % bad.size());
        EXPECT_FALSE(Tracker::restore(bad));
    }
}

TEST(Snapshot, BytesUnderAGoodDigestThatAreNoStateAreRefused) {
    const World w = busy_world(5);
    Tracker t = tracker_for(w);
    feed(t, w.reports(), 20);
    const auto saved = t.save();
    std::mt19937 g(2);
    for (int k = 0; k < 100; ++k) {
        auto bad = saved;
        bad.resize(bad.size() - 32);
        if (k % 2 == 0)
            bad.resize(25 + g() % (bad.size() - 25));
        else
            for (int n = 0; n < 3; ++n) bad[25 + g() % (bad.size() - 25)] ^= std::byte{0xff};
        const base::Digest digest = base::digest(base::Bytes(bad));
        for (const auto b : digest.value) bad.push_back(std::byte{b});
        (void)Tracker::restore(bad);  // either is well; it must neither crash nor take the memory of the machine
    }
}

TEST(Snapshot, EveryMemberOfTheStateIsListed) {
    // A new member changes these sizes. Put it into the struct's fields(), then mend the number here.
    EXPECT_EQ(sizeof(TrackState), 2048U);
    EXPECT_EQ(sizeof(SensorState), 2560U);
    EXPECT_EQ(sizeof(Plot), 440U);
    EXPECT_EQ(sizeof(Vertical), 336U);
    EXPECT_EQ(sizeof(Registrar::Bias), 208U);
}

}  // namespace
}  // namespace asman::track
