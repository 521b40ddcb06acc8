#include <asman/release/exporter.hpp>
#include <asman/release/importer.hpp>

#include "coarsen.hpp"
#include "world_for_tests.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace asman::release {
namespace {

using namespace testing;

const std::vector<State> to_c{C};

struct Law {
    accord::Law law;
    explicit Law(const accord::Files& f = files()) : law(accord::Law::load(f, {})) {
        for (const auto& a : law.alarms()) ADD_FAILURE() << a.text();
    }
    accord::LawView at(Time t) const { return law.at(t); }
};

TEST(Exporter, OwnTracksGoUnderTheClause) {
    const Law law;
    auto e = exporter();
    const std::vector<picture::Track> local{track(7, noon(), 40, 70), track(8, noon(), 20, 70)};
    const auto out = release(e, local, {}, law.at(noon()), noon(), to_c);
    ASSERT_EQ(out.size(), 1u);
    ASSERT_EQ(out[0].contributions.size(), 1u);
    const auto& c = out[0].contributions[0];
    EXPECT_EQ(c.originator, B);
    EXPECT_EQ(c.via, B);
    ASSERT_EQ(c.clauses.size(), 1u);
    EXPECT_EQ(c.clauses[0].text(), "BC/bc");
    EXPECT_NE(c.number, 7u);
    EXPECT_EQ(c.track.number, c.number);
    EXPECT_EQ(c.valid_until, noon(300));
    EXPECT_EQ(c.track.identity.callsign, "X7");
    for (const auto& l : c.track.lineage) EXPECT_EQ(l.sensor.value, 0u) << "sensors are not told";
    EXPECT_EQ(check(c, B, C, law.at(noon()), noon()), Refusal::none);
    EXPECT_EQ(check(c, A, C, law.at(noon()), noon()), Refusal::wrong_chain);
}

TEST(Exporter, ATrackThatAnUncoveredSensorFedStays) {
    const Law law;
    auto e = exporter();
    auto t = track(7, noon(), 40, 70);
    t.lineage.push_back({B, {2}, noon(-50), noon(-29), 3});
    const std::vector<picture::Track> fed{t};
    EXPECT_TRUE(release(e, fed, {}, law.at(noon()), noon(), to_c)[0].contributions.empty());
    t.kinematics.time = t.last_report = noon(2);
    t.lineage[0].last = noon(2);
    const std::vector<picture::Track> long_ago{t};
    EXPECT_EQ(release(e, long_ago, {}, law.at(noon(2)), noon(2), to_c)[0].contributions.size(), 1u);
    t.kinematics.time = t.last_report = noon(3);
    t.lineage = {{B, {99}, noon(-50), noon(3), 3}};
    const std::vector<picture::Track> unknown{t};
    EXPECT_TRUE(release(e, unknown, {}, law.at(noon(3)), noon(3), to_c)[0].contributions.empty());
}

TEST(Exporter, TheSiteClauseCoversItsSensorAlone) {
    const Law law(files("", "sensors = [\"site:plot\"]\n"));
    auto e = exporter();
    const std::vector<picture::Track> local{track(1, noon(), 40, 70, B, 1), track(2, noon(), 40, 71, B, 2)};
    const auto out = release(e, local, {}, law.at(noon()), noon(), to_c);
    ASSERT_EQ(out[0].contributions.size(), 1u);
    EXPECT_EQ(out[0].contributions[0].track.identity.callsign, "X2");
    EXPECT_EQ(out[0].contributions[0].track.lineage.at(0).sensor.value, 2u)
        << "the sensor that the clause names is told";
}

TEST(Exporter, OnwardByConsentOnly) {
    for (const bool consent : {false, true}) {
        const Law law(files(consent ? "[clause.onward]\nto = [\"CCC\"]\ngrid_km = 5\ndelay_s = 60\n" : ""));
        auto e = exporter();
        const auto view = law.at(noon());
        const std::vector<picture::Contribution> foreign{held(3, noon(), 40, 70, view)};
        EXPECT_TRUE(release(e, {}, foreign, view, noon(), to_c)[0].contributions.empty());
        EXPECT_EQ(e.counters().waiting, consent ? 1u : 0u);
        const auto later = release(e, {}, foreign, view, noon(60), to_c);
        ASSERT_EQ(later[0].contributions.size(), consent ? 1u : 0u);
        if (!consent) continue;
        const auto& c = later[0].contributions[0];
        EXPECT_EQ(c.originator, A);
        EXPECT_EQ(c.via, B);
        ASSERT_EQ(c.clauses.size(), 2u);
        EXPECT_EQ(c.coarsening.grid, 5000);
        EXPECT_EQ(c.coarsening.delay, base::seconds(60));
        EXPECT_GT(c.track.kinematics.covariance(0, 0), 5000.0 * 5000 / 12);
        EXPECT_EQ(check(c, B, C, view, noon(60)), Refusal::none);
        EXPECT_EQ(check(c, B, C, view, noon(59)), Refusal::too_early);
        auto exact = c;
        exact.coarsening.grid = 0;
        EXPECT_EQ(check(exact, B, C, view, noon(60)), Refusal::too_fine);
        auto moved = c;
        moved.track.kinematics.at.lat += 0.001;
        EXPECT_EQ(check(moved, B, C, view, noon(60)), Refusal::too_fine);
        auto kept = c;
        kept.valid_until = noon(301);
        EXPECT_EQ(check(kept, B, C, view, noon(60)), Refusal::too_long);
        EXPECT_EQ(check(c, B, A, view, noon(60)), Refusal::wrong_chain);
    }
}

// accords.md, case 2, as a stream.
TEST(Exporter, WhatWaitsWhenAClauseStopsIsDestroyed) {
    Law law(files("", "delay_s = 120\n"));
    auto e = exporter();
    const auto at = [&](double s) { return std::vector<picture::Track>{track(7, noon(s), 40, 70)}; };
    (void)release(e, at(0), {}, law.at(noon()), noon(), to_c);
    EXPECT_EQ(e.counters().waiting, 1u);
    auto suspended = law.law.with_acts(act("BC", "suspension", "BBB", noon(60)), "s", noon(60));
    ASSERT_TRUE(suspended) << suspended.error().text();
    law.law = *suspended;
    const auto stop = release(e, {}, {}, law.at(noon(60)), noon(60), to_c);
    EXPECT_EQ(stop[0].stopped.size(), 1u);
    EXPECT_EQ(e.counters().destroyed, 1u);
    (void)release(e, at(270), {}, law.at(noon(270)), noon(270), to_c);
    auto resumed = law.law.with_acts(act("BC", "resumption", "BBB", noon(300)), "r", noon(300));
    ASSERT_TRUE(resumed);
    law.law = *resumed;
    (void)release(e, at(300), {}, law.at(noon(300)), noon(300), to_c);
    for (double s = 301; s < 420; s += 17) {
        EXPECT_TRUE(release(e, {}, {}, law.at(noon(s)), noon(s), to_c)[0].contributions.empty()) << s;
    }
    const auto out = release(e, {}, {}, law.at(noon(420)), noon(420), to_c);
    ASSERT_EQ(out[0].contributions.size(), 1u);
    EXPECT_EQ(out[0].contributions[0].track.kinematics.time, noon(300));
}

// accords.md, case 12: what waits on a link that is down is decided again; the batch names the clause to purge.
TEST(Exporter, NothingOfATrackStaysAfterASuspension) {
    Law law;
    auto e = exporter();
    std::vector<picture::Track> local;
    for (std::uint64_t i = 1; i <= 1000; ++i) local.push_back(track(i, noon(), 40, 70));
    const auto waiting = release(e, local, {}, law.at(noon()), noon(), to_c)[0].contributions;
    ASSERT_EQ(waiting.size(), 1000u);
    law.law = *law.law.with_acts(act("BC", "suspension", "BBB", noon(10)), "s", noon(10));
    const auto view = law.at(noon(20));
    const auto out = release(e, local, {}, view, noon(20), to_c);
    EXPECT_EQ(out[0].stopped.size(), 1u);
    EXPECT_TRUE(out[0].contributions.empty());
    EXPECT_EQ(out[0].drops.size(), 1000u);
    for (const auto& c : waiting) EXPECT_EQ(check(c, B, C, view, noon(20)), Refusal::no_clause);
}

TEST(Exporter, NumbersArePerReceiverAndRenewedAfterAGap) {
    const Law law;
    auto e = exporter("one"), other = exporter("two");
    const std::vector<picture::Track> now{track(7, noon(), 40, 70)};
    const auto first = release(e, now, {}, law.at(noon()), noon(), to_c)[0].contributions.at(0).number;
    EXPECT_NE(first, release(other, now, {}, law.at(noon()), noon(), to_c)[0].contributions.at(0).number);
    const std::vector<picture::Track> soon{track(7, noon(30), 40, 70)};
    EXPECT_EQ(release(e, soon, {}, law.at(noon(30)), noon(30), to_c)[0].contributions.at(0).number, first);
    const auto gone = release(e, {}, {}, law.at(noon(31)), noon(31), to_c);
    ASSERT_EQ(gone[0].drops.size(), 1u);
    EXPECT_EQ(gone[0].drops[0].number, first);
    EXPECT_EQ(gone[0].drops[0].originator, B);
    EXPECT_EQ(gone[0].drops[0].accord, "BC");
    const std::vector<picture::Track> back{track(7, noon(200), 40, 70)};
    EXPECT_NE(release(e, back, {}, law.at(noon(200)), noon(200), to_c)[0].contributions.at(0).number, first);
}

TEST(Exporter, TheLawsClockApartFromTheDatas) {
    const Law law;
    auto e = exporter();
    std::vector<picture::Track> local{track(7, noon(), 40, 70)};
    const auto before = *base::parse_time("2029-12-31T23:59:59Z"), after = *base::parse_time("2030-01-01");
    EXPECT_TRUE(release(e, local, {}, law.at(before), noon(), before, to_c)[0].contributions.empty());
    local[0].kinematics.time = noon(1);
    const auto out = release(e, local, {}, law.at(after), noon(1), after, to_c);
    ASSERT_EQ(out[0].contributions.size(), 1u);
    EXPECT_EQ(out[0].contributions[0].valid_until, noon(301));
    EXPECT_EQ(check(out[0].contributions[0], B, C, law.at(after), noon(1), after), Refusal::none);
    local[0].kinematics.time = noon(2);
    EXPECT_TRUE(release(e, local, {}, law.at(before), noon(2), after, to_c)[0].contributions.empty())
        << "a view of another instant decides nothing";
}

TEST(Coarsening, DropsWhatIsNotGranted) {
    accord::Decision d;
    d.fields = accord::field::height;
    d.grid = 10'000;
    auto t = track(1, noon(), 40.123, 70.456);
    t.identity.mode_3a = 01234;
    t.recent_codes = {01234};
    t.flight_class = picture::FlightClass::state;
    const auto c = coarsened(t, d);
    EXPECT_FALSE(c.identity.address);
    EXPECT_FALSE(c.identity.mode_3a);
    EXPECT_TRUE(c.identity.callsign.empty());
    EXPECT_TRUE(c.recent_codes.empty());
    EXPECT_EQ(c.flight_class, picture::FlightClass::unknown);
    EXPECT_TRUE(c.kinematics.velocity.isZero());
    EXPECT_TRUE(c.kinematics.pressure_altitude);
    // Every point of a cell looks the same.
    auto other = t;
    other.kinematics.at = geo::Point::degrees(40.124, 70.457);
    EXPECT_EQ(coarsened(other, d).kinematics.at, c.kinematics.at);
}

/// What a track knows of single reports goes to nobody, however much a clause grants.
TEST(Coarsening, NothingOfSingleReportsGoes) {
    accord::Decision d;
    d.fields = accord::field::all;
    auto t = track(1, noon(), 40.123, 70.456);
    t.derived.push_back({picture::Derived::of(picture::DerivedKind::mach, 0.8), t.kinematics.time});
    t.measured = picture::Measurement{};
    t.measured->range = 40'000;
    t.latest.secondary = noon();
    t.mode_probabilities[0] = 1;
    t.kinematics.acceleration = 2;
    t.kinematics.sigma_vertical_rate = 3;
    t.kinematics.sigma_acceleration = t.kinematics.sigma_turn_rate = 1;
    const auto c = coarsened(t, d);
    EXPECT_FALSE(c.measured);
    EXPECT_TRUE(c.derived.empty()) << "what the aircraft told besides is the state's own";
    EXPECT_EQ(c.latest, picture::LatestReports{});
    EXPECT_EQ(c.mode_probabilities, decltype(c.mode_probabilities){});
    EXPECT_EQ(c.kinematics.acceleration, 0);
    EXPECT_EQ(c.kinematics.sigma_vertical_rate, 0);
    EXPECT_EQ(c.kinematics.sigma_acceleration, 0);
    EXPECT_EQ(c.kinematics.sigma_turn_rate, 0);
    EXPECT_EQ(c.kinematics.at, t.kinematics.at);
}

/// Bytes of what a receiver gets, in full precision.
std::string bytes_of(const Batch& b) {
    std::string out;
    const auto add = [&](const auto&... v) { ((out += fmt::format("{};", v)), ...); };
    for (const auto& c : b.contributions) {
        const auto& k = c.track.kinematics;
        add(c.originator.text(), c.via.text(), c.number, c.coarsening.grid, c.valid_until.ns, k.time.ns, k.at.lat,
            k.at.lon, k.velocity[0], k.velocity[1], c.track.identity.callsign, c.track.first_seen.ns,
            c.track.last_report.ns);
        for (int i = 0; i < 16; ++i) add(k.covariance(i / 4, i % 4));
        for (const auto& r : c.clauses) add(r.text(), r.digest.hex());
        for (const auto& a : c.assumed) add(a);
        for (const auto& l : c.track.lineage) add(l.state.text(), l.sensor.value, l.first.ns, l.last.ns);
    }
    for (const auto& d : b.drops) add(d.originator.text(), d.number, d.accord);
    for (const auto& s : b.stopped) add(s.text());
    return out;
}

// accords.md, case 1 and the property of non-interference: without A's consent nothing that C gets depends on A's data.
TEST(NonInterference, WhatCGetsIsTheSameWhateverAHas) {
    std::mt19937_64 random(1);
    const auto uniform = [&](double a, double b) { return std::uniform_real_distribution(a, b)(random); };
    const Law law(files("", "rate_s = 3\ndelay_s = 2\n"));
    for (int round = 0; round < 40; ++round) {
        auto without = exporter(), with = exporter();
        std::vector<std::pair<double, double>> start;
        for (int i = 0; i < 5; ++i) start.emplace_back(uniform(29, 51), uniform(59, 81));
        for (int s = 0; s < 30; ++s) {
            const auto now = noon(s);
            const auto view = law.at(now);
            std::vector<picture::Track> local;
            for (std::size_t i = 0; i < start.size(); ++i) {
                if ((s / 7 + i) % 4 == 0) continue;
                local.push_back(track(i + 1, now, start[i].first + s * 0.01, start[i].second));
            }
            // A's data: absent, the same aircraft shifted, relabelled, multiplied, from nowhere.
            std::vector<picture::Contribution> foreign;
            const auto many = std::uniform_int_distribution<int>(0, 12)(random);
            for (int i = 0; i < many; ++i) {
                const auto& near = start[static_cast<std::size_t>(i) % start.size()];
                foreign.push_back(held(random() % 6, now, near.first + uniform(-0.1, 0.1), near.second, view));
            }
            const auto a = release(without, local, {}, view, now, to_c);
            const auto b = release(with, local, foreign, view, now, to_c);
            ASSERT_EQ(bytes_of(a[0]), bytes_of(b[0])) << "round " << round << ", second " << s;
        }
    }
}

TEST(NonInterference, ADeliberateLeakWouldBeSeen) {
    const Law law(files("[clause.onward]\nto = [\"CCC\"]\n"));
    auto without = exporter(), with = exporter();
    const auto view = law.at(noon());
    const std::vector<picture::Contribution> foreign{held(3, noon(), 40, 70, view)};
    EXPECT_NE(bytes_of(release(without, {}, {}, view, noon(), to_c)[0]),
              bytes_of(release(with, {}, foreign, view, noon(), to_c)[0]));
}

}  // namespace
}  // namespace asman::release
