// Two aircraft that cross, or nearly meet and part: which track goes on with which. The tracker beside all joint
// hypotheses over the whole encounter.
#include "manage/exhaustive_test.hpp"
#include "manage/labels.hpp"
#include "manage/state.hpp"

#include <asman/base/digest.hpp>
#include <asman/picture/archive.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>

namespace asman::track {
namespace {

using namespace test;

enum class End { kept, swapped, lost };

/// The two tracks nearest to the two aircraft, by number; 0 where there are not two.
std::pair<std::uint64_t, std::uint64_t> two_tracks(const Pair& pair, const Scene& s,
                                                   std::span<const picture::Track> tracks, double t) {
    std::pair<std::uint64_t, std::uint64_t> found{0, 0};
    double best = 1e300;
    geo::Point p[2];
    for (int k = 0; k < 2; ++k) {
        const Eigen::Vector2d q = pair.path[k](t);
        p[k] = s.w.point(q.x(), q.y());
    }
    for (const auto& a : tracks)
        for (const auto& b : tracks) {
            const double da = geo::distance(p[0], a.kinematics.at), db = geo::distance(p[1], b.kinematics.at);
            if (a.number == b.number || da > 1500 || db > 1500 || da * da + db * db >= best) continue;
            best = da * da + db * db;
            found = {a.number, b.number};
        }
    return found;
}

End tracked(const Pair& pair, const Scene& s, const Config& config) {
    Tracker t = tracker_for(s.w, config);
    std::size_t next = 0;
    std::pair<std::uint64_t, std::uint64_t> ids[2];
    int n = 0;
    for (const double until : {pair.e.before(), pair.e.after()}) {
        for (; next < s.reports.size() && s.reports[next].time < at(until); ++next) {
            t.advance(s.reports[next].time);
            t.report(s.reports[next]);
        }
        t.advance(at(until));
        const auto picture = t.picture(at(until));
        ids[n++] = two_tracks(pair, s, picture, until);
    }
    if (ids[0].first == 0 || ids[1].first == 0) return End::lost;
    if (ids[0] == ids[1]) return End::kept;
    return ids[0].first == ids[1].second || ids[0].second == ids[1].first ? End::swapped : End::lost;
}

struct Ends {
    int kept = 0, swapped = 0, lost = 0, wrong = 0;
    void add(End e) { ++(e == End::kept ? kept : e == End::swapped ? swapped : lost); }
    void operator+=(const Ends& o) { kept += o.kept, swapped += o.swapped, lost += o.lost, wrong += o.wrong; }
};

/// Encounters of one kind; `exhaustively`: also what all joint hypotheses have wrong.
Ends play(const Encounter& e, unsigned n, const Config& config = {}, bool exhaustively = false) {
    Ends out;
    for (unsigned seed = 1; seed <= n; ++seed) {
        std::mt19937 g(seed * 7919);
        const Pair pair = fly(e, g);
        const Scene s = see(pair, seed);
        out.add(tracked(pair, s, config));
        if (!exhaustively) continue;
        Exhaustive all(pair, s);
        out.wrong += !all.begin() || all.run() < 0.5;
    }
    return out;
}

Encounter encounter(double degrees, double miss, bool away, int evidence, double faster = 0) {
    Encounter e;
    e.angle = degrees * geo::deg;
    e.miss = miss;
    e.away = away;
    e.evidence = static_cast<decltype(e.evidence)>(evidence);
    e.faster = faster;
    return e;
}

constexpr const char* kEvidence[] = {"nothing", "code", "height", "address", "one replies", "speed"};

/// The same with `kind` of evidence: of 5 the second flies 30 m/s faster and nobody replies.
Encounter told_by(int kind, double degrees, double miss, bool away) {
    return kind == 5 ? encounter(degrees, miss, away, 0, 30) : encounter(degrees, miss, away, kind);
}

TEST(Crossing, LaterScansTellWhoIsWho) {
    Config ablated;
    ablated.ablate_multiscan = true;
    for (int kind = 1; kind <= 5; ++kind) {
        Ends ours, without;
        for (const double degrees : {8.0, 15.0, 30.0})
            for (const double miss : {50.0, 200.0}) {
                ours += play(told_by(kind, degrees, miss, true), 3);
                without += play(told_by(kind, degrees, miss, true), 3, ablated);
            }
        EXPECT_LE(ours.swapped, 1) << kEvidence[kind];
        EXPECT_LE(ours.lost, 1) << kEvidence[kind];
        EXPECT_GE(without.swapped, 7) << kEvidence[kind];
    }
}

TEST(Crossing, ThoseThatCrossKeepTheirNumbers) {
    Config ablated;
    ablated.ablate_multiscan = true;
    Ends all, without;
    for (int kind = 0; kind <= 5; ++kind)
        for (const double degrees : {4.0, 8.0, 15.0})
            for (const double miss : {50.0, 400.0}) {
                all += play(told_by(kind, degrees, miss, false), 2);
                without += play(told_by(kind, degrees, miss, false), 2, ablated);
            }
    EXPECT_LE(all.swapped, 2);
    EXPECT_GE(all.kept, without.kept);
    EXPECT_GE(all.kept, 66);
}

TEST(Crossing, ByPlaceAloneAllHypothesesTogetherTellNoMore) {
    Ends all;
    for (const double degrees : {4.0, 15.0})
        for (const double miss : {50.0, 200.0, 400.0})
            for (const bool away : {false, true}) all += play(encounter(degrees, miss, away, 0), 1, {}, true);
    EXPECT_LE(all.swapped, all.wrong + 1);
    EXPECT_GE(all.wrong, 2);
}

// The table of docs/tracker.md: ASMAN_LONG=1 build/release/test_track --gtest_filter=Crossing.Table; else a line of it.
TEST(Crossing, Table) {
    const bool at_length = std::getenv("ASMAN_LONG") != nullptr;
    const std::vector<double> angles = at_length ? std::vector{4.0, 8.0, 15.0, 30.0} : std::vector{8.0};
    const unsigned runs = at_length ? 20 : 1;
    const unsigned each = 3 * runs, all = each * static_cast<unsigned>(angles.size());
    Config ablated;
    ablated.ablate_multiscan = true;
    if (at_length)
        std::printf("%-12s %-5s %5s | %8s %8s | %8s %8s | %s\n", "told by", "", "deg", "swapped", "lost", "ablated",
                    "lost", "all hypotheses");
    for (int kind = 0; kind <= 5; ++kind)
        for (const bool away : {false, true}) {
            Ends sum, without;
            for (const double degrees : angles) {
                Ends ours, plain;
                for (const double miss : {50.0, 200.0, 400.0}) {
                    const Encounter e = told_by(kind, degrees, miss, away);
                    ours += play(e, runs, {}, true);
                    plain += play(e, runs, ablated);
                }
                if (at_length)
                    std::printf("%-12s %-5s %5.0f | %8d %8d | %8d %8d | %8d of %u\n", kEvidence[kind],
                                away ? "away" : "cross", degrees, ours.swapped, ours.lost, plain.swapped, plain.lost,
                                ours.wrong, each);
                std::fflush(stdout);
                sum += ours;
                without += plain;
            }
            if (at_length)
                std::printf("%-12s %-5s   all | %8d %8d | %8d %8d | %8d of %u\n", kEvidence[kind],
                            away ? "away" : "cross", sum.swapped, sum.lost, without.swapped, without.lost, sum.wrong,
                            all);
            EXPECT_LE(sum.swapped, without.swapped + 2);
            if (away && kind > 0) {
                EXPECT_LE(sum.swapped, 12);
            }
        }
}

/// Six pairs that turn away from one another, told apart by codes.
Scene six_pairs() {
    std::vector<Pair> pairs;
    std::mt19937 g(5);
    for (unsigned n = 0; n < 6; ++n) {
        pairs.push_back(fly(encounter(15, 100, true, Encounter::code), g));
        pairs.back().number = n;
    }
    return see(pairs, 5);
}

struct Said {
    base::Hasher all;
    std::uint64_t exchanged = 0;
};

void say(Tracker& t, const Scene& s, double from, double to, Said& said) {
    std::size_t next = 0;
    while (next < s.reports.size() && s.reports[next].time <= at(from)) ++next;
    for (double now = from + 1; now <= to; now += 1) {
        for (; next < s.reports.size() && s.reports[next].time <= at(now); ++next) t.report(s.reports[next]);
        t.advance(at(now));
        base::Writer out;
        for (const auto& k : t.picture(at(now))) picture::put(out, k);
        said.all.add(out.bytes());
    }
    said.exchanged = t.counters().labels_exchanged;
}

TEST(Labels, AnyNumberOfThreadsGivesTheSameBytes) {
    const Scene s = six_pairs();
    std::vector<std::string> digests;
    for (const unsigned threads : {1U, 2U, 3U}) {
        Config config;
        config.threads = threads;
        Tracker t = tracker_for(s.w, config);
        Said said;
        say(t, s, 0, 180, said);
        EXPECT_GE(said.exchanged, 2U);
        digests.push_back(said.all.finish().hex());
    }
    EXPECT_EQ(digests[0], digests[1]);
    EXPECT_EQ(digests[0], digests[2]);
}

TEST(Labels, ARestoredTrackerHasTheSameDoubts) {
    const Scene s = six_pairs();
    for (const double cut : {70.0, 85.0}) {
        Tracker whole = tracker_for(s.w);
        Said before;
        say(whole, s, 0, cut, before);
        auto again = Tracker::restore(whole.save());
        ASSERT_TRUE(again);
        Said one, other;
        say(whole, s, cut, 180, one);
        say(*again, s, cut, 180, other);
        EXPECT_GT(one.exchanged, before.exchanged);
        EXPECT_EQ(one.all.finish().hex(), other.all.finish().hex());
    }
}

}  // namespace
}  // namespace asman::track
