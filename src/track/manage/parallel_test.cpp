// The same bytes for any number of threads.
#include "manage/world_test.hpp"
#include "parallel/workers.hpp"

#include <asman/base/digest.hpp>
#include <asman/picture/archive.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace asman::track {
namespace {

using namespace test;

/// Everything that the tracker said, in steps of `step` seconds of data.
base::Digest digest_of(const World& w, unsigned threads, double step) {
    Config config;
    config.threads = threads;
    Tracker t = tracker_for(w, config);
    base::Hasher all;
    const auto reports = w.reports();
    std::size_t next = 0;
    for (double now = step; now <= w.duration; now += step) {
        for (; next < reports.size() && (reports[next].time - base::Time{}).seconds() <= now; ++next)
            t.report(reports[next]);
        t.advance(base::Time{} + base::seconds(now));
        const auto tracks = t.picture(t.now());
        for (const auto& k : tracks) {
            base::Writer out;
            picture::put(out, k);
            all.add(out.bytes());
        }
    }
    const Counters& c = t.counters();
    base::Writer out;
    for (std::uint64_t n : {c.reports, c.used, c.updates, c.misses, c.tracks_started, c.tracks_confirmed}) out.put(n);
    for (const Registration& r : t.registration()) out.put(r.range.value), out.put(r.time.sigma);
    all.add(out.bytes());
    EXPECT_GT(c.updates, 1000U);
    return all.finish();
}

TEST(Parallel, AnyNumberOfThreadsGivesTheSameBytes) {
    World w = busy_world(100, 3);
    w.duration = 25;
    w.false_per_scan = 60;
    for (auto& s : w.sensors) s.false_reports_per_scan = 60;
    w.receiver(4);
    for (std::size_t k = 0; k < w.aircraft.size(); k += 2)
        w.aircraft[k].address = static_cast<std::uint32_t>(0x400000 + k / 4);  // every address twice
    for (const double step : {0.05, 1.0}) {
        const base::Digest one = digest_of(w, 1, step);
        for (const unsigned threads : {2U, 3U}) EXPECT_EQ(digest_of(w, threads, step).hex(), one.hex()) << step;
    }
}

TEST(Parallel, WorkIsDoneOnceEach) {
    Workers workers(3);
    for (std::size_t n : {0, 1, 2, 5, 1000}) {
        std::vector<int> done(n, 0);
        for (int round = 0; round < 50; ++round)
            workers.each(n, [&](std::size_t i, unsigned worker) {
                EXPECT_LT(worker, 3U);
                ++done[i];
            });
        for (const int d : done) EXPECT_EQ(d, 50);
    }
}

}  // namespace
}  // namespace asman::track
