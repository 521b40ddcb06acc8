// The world's traffic in small: the same picture for any number of threads, and the right one.
#include <asman/study/world_bench.hpp>

#include <gtest/gtest.h>

namespace asman::study {
namespace {

WorldBenchResult world(unsigned threads) {
    WorldBenchOptions o;
    o.globe.aircraft = 150;
    o.warm_up = 15;
    o.seconds = 6;
    o.step = 0.1;
    o.threads = threads;
    double ticks = 0;  // a clock of the test's own: nothing here depends on the machine's
    const auto clock = [&] { return ticks += 1e-6; };
    auto r = bench_world(o, clock, clock, clock);
    EXPECT_TRUE(r) << r.error().text();
    return r ? *r : WorldBenchResult{};
}

TEST(WorldBench, AnyNumberOfThreadsShowsTheSamePicturesAndEveryAircraft) {
    const auto one = world(1), two = world(2);
    EXPECT_EQ(one.digest.hex(), two.digest.hex());
    EXPECT_EQ(one.counters, two.counters);
    EXPECT_EQ(one.aircraft, 150U);
    EXPECT_GE(one.radar_cover.least, 3U);
    EXPECT_LE(one.radar_cover.most, 11U);
    EXPECT_GE(one.matched, 148U);
    EXPECT_LE(one.extra, 2U);
    EXPECT_LT(one.rms, 60);
    EXPECT_GT(one.reports, 1000U);
    EXPECT_GT(one.latency_p99, 0);
    EXPECT_LE(one.latency_p50, one.latency_p99);
}

}  // namespace
}  // namespace asman::study
