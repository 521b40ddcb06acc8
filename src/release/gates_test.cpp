// Target reports and notices through the gate: both sides of each edge (accords.md rules 10 to 17, 19).
#include <asman/release/gates.hpp>

#include "coarsen.hpp"
#include "world_for_tests.hpp"

#include <gtest/gtest.h>

#include <random>

namespace asman::release {
namespace {

using namespace testing;
using picture::NoticeKind;

const std::vector<State> to_c_alone{C}, to_all{A, B, C};

/// BC with a clause of another product; `ab`: more of A's clause of tracks to B.
accord::Files law_of(const std::string& product, const std::string& more, const std::string& ab = "",
                     const std::string& text_more = "") {
    auto f = files(ab);
    auto c = clause("it", "BBB", "CCC", fields + more);
    c.replace(c.find("\"tracks\""), 8, "\"" + product + "\"");
    f["BC.toml"] = text("BC", "\"BBB\", \"CCC\"", text_more + c);
    return f;
}

accord::Law load(const accord::Files& f) {
    auto law = accord::Law::load(f, {});
    for (const auto& a : law.alarms()) ADD_FAILURE() << a.text();
    return law;
}

const picture::Sensor* radars(picture::SensorId id) {
    static const std::vector<picture::Sensor> sensors = [] {
        std::vector<picture::Sensor> s{*sensor_of({1}), *sensor_of({2})};
        for (auto& x : s) {
            x.position = geo::Position{geo::Point::degrees(40, 70), {800}};
            x.sigma_range = 60;
            x.sigma_azimuth = 0.001;
        }
        return s;
    }();
    for (const auto& s : sensors)
        if (s.id == id) return &s;
    return nullptr;
}

/// A plot of sensor 1 of a target at a place.
picture::TargetReport plot(Time t, double lat, double lon, double height = 8000, std::uint32_t sensor = 1) {
    picture::TargetReport r;
    r.sensor = {sensor};
    r.time = t;
    r.kind = picture::SensorKind::primary;
    const geo::LocalFrame frame(*radars({sensor})->position);
    const auto enu = frame.to_local(geo::Position{geo::Point::degrees(lat, lon), {height}});
    r.range = enu.norm();
    r.azimuth = std::atan2(enu.x(), enu.y());
    return r;
}

TEST(Placed, APlotLiesWhereItsTargetIs) {
    std::mt19937_64 random(3);
    const auto uniform = [&](double a, double b) { return std::uniform_real_distribution(a, b)(random); };
    for (int i = 0; i < 300; ++i) {
        const double lat = uniform(38, 42), lon = uniform(67, 73), height = uniform(1000, 12'000);
        auto r = plot(noon(), lat, lon, height);
        r.geometric_height = geo::EllipsoidalHeight{height};
        const auto where = placed(r, *radars({1}), {});
        ASSERT_TRUE(where);
        EXPECT_LT(geo::distance(where->at, geo::Point::degrees(lat, lon)), 1.0) << lat << " " << lon << " " << height;
        // Biases are taken off: what the radar measures too much is corrected.
        r.range = r.range * 1.001 + 120;
        r.azimuth += 0.002;
        const auto corrected = placed(r, *radars({1}), {120, 0.001, 0.002});
        EXPECT_LT(geo::distance(corrected->at, where->at), 1.0);
    }
    // Without a height the spread along the beam grows, most near the radar.
    const auto far = placed(plot(noon(), 41.5, 70), *radars({1}), {}),
               near = placed(plot(noon(), 40.1, 70), *radars({1}), {});
    EXPECT_GT(near->covariance(1, 1), far->covariance(1, 1));
    EXPECT_GT(far->covariance(0, 0), 100 * 100.0);  // 0.001 rad at 167 km
    EXPECT_FALSE(placed(plot(noon(), 41, 70), picture::Sensor{}, {}));
}

struct Reports {
    accord::Law law;
    ReportGate gate{{.self = B, .secret = "s"}, radars};
    std::vector<picture::ReleasedReport> at(double s, const std::vector<picture::TargetReport>& reports,
                                            const std::vector<picture::Track>& tracks = {}) {
        const LocalView whole{{}, tracks};
        std::vector<picture::ReleasedReport> out;
        const auto view = law.at(noon(s));
        for (auto& [to, r] : gate.release(reports, std::span(&whole, 1), view, noon(s), noon(s), to_c_alone, {},
                                          [](State, std::uint64_t, std::uint64_t track) { return track + 1000; })) {
            EXPECT_EQ(to, C);
            EXPECT_EQ(check(r, B, C, view, noon(s), noon(s)), Refusal::none);
            EXPECT_NE(check(r, A, C, view, noon(s), noon(s)), Refusal::none);
            out.push_back(r);
        }
        return out;
    }
};

const std::string geodetic = "unassociated = \"release\"\nform = \"geodetic\"\n";

TEST(Reports, GeodeticUnderAPseudonymWithCovariance) {
    Reports r{load(law_of("target_reports", geodetic))};
    const auto out = r.at(1, {plot(noon(), 41, 71), plot(noon(), 55, 71)});
    ASSERT_EQ(out.size(), 1u);
    EXPECT_FALSE(out[0].report.polar());
    EXPECT_LT(geo::distance(*out[0].report.point, geo::Point::degrees(41, 71)), 3000);
    EXPECT_NE(out[0].report.sensor.value, 1u);
    EXPECT_FALSE(out[0].sensor_at);
    EXPECT_GT(out[0].covariance(0, 0), 1000);
    EXPECT_EQ(out[0].leave.clauses.at(0).text(), "BC/it");
    EXPECT_EQ(out[0].track, 0u);
}

TEST(Reports, PolarGoesWithTheSensorsPlace) {
    std::string form = "unassociated = \"release\"\nform = \"polar\"\n";
    auto f = law_of("target_reports", form);
    auto& t = f["BC.toml"];
    t.replace(t.find("\"accuracy\""), 10, "\"accuracy\", \"sensor_position\"");
    Reports r{load(f)};
    const auto given = plot(noon(), 41, 71);
    const auto out = r.at(1, {given});
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(out[0].report.range, given.range);
    EXPECT_EQ(out[0].report.azimuth, given.azimuth);
    EXPECT_EQ(out[0].sensor_at, radars({1})->position);
}

TEST(Reports, WhatBelongsToNoTrackGoesOnlyWhereTheClauseSaysSo) {
    const auto x = track(7, noon(), 41, 71);
    for (const bool release : {true, false}) {
        Reports r{
            load(law_of("target_reports", release ? geodetic : "unassociated = \"withhold\"\nform = \"geodetic\"\n"))};
        const auto out = r.at(0, {plot(noon(), 41, 71), plot(noon(), 42, 72)}, {x});
        ASSERT_EQ(out.size(), release ? 2u : 1u);
        EXPECT_EQ(out[0].track, 1007u);
        if (release) {
            EXPECT_EQ(out[1].track, 0u);
        }
    }
}

TEST(Reports, ExclusionsActOnTheTrackThatAPlotBelongsToAndOnItsGate) {
    const std::string state = "[[exclusion]]\nid = \"state\"\nclasses = [\"state\"]\nunknown_class = \"release\"\n";
    Reports r{load(law_of("target_reports", geodetic, "", state))};
    auto x = track(7, noon(), 41, 71), y = track(8, noon(), 42, 72);
    x.flight_class = picture::FlightClass::state;
    // A plot tells no class: the track that it belongs to does.
    const auto out = r.at(0, {plot(noon(), 41, 71), plot(noon(), 42, 72)}, {x, y});
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(out[0].track, 1008u);
    // One that belongs to the civil track, in the gate of the state one: withheld all the same.
    auto close = track(9, noon(1), 41.003, 71);
    close.kinematics.covariance(0, 0) = close.kinematics.covariance(1, 1) = 300 * 300;
    auto again = track(7, noon(1), 41, 71);
    again.flight_class = picture::FlightClass::state;
    EXPECT_TRUE(r.at(1, {plot(noon(1), 41.003, 71)}, {again, close}).empty());
    // Its address tells that it is the other's.
    auto told = plot(noon(1), 41.003, 71);
    told.identity.address = close.identity.address;
    EXPECT_EQ(r.at(1, {told}, {again, close}).size(), 1u);
    EXPECT_EQ(r.at(2, {plot(noon(2), 41.2, 71)}, {again, close}).size(), 1u);  // far from both
}

TEST(Reports, AnExcludedAreaTakesWhatItsUncertaintyTouches) {
    const std::string core =
        "[[region]]\nname = \"core\"\ncircle = [41.0, 71.0]\nradius_km = 20\n[[exclusion]]\nid = \"core\"\narea = "
        "\"core\"\n";
    Reports r{load(law_of("target_reports", geodetic, "", core))};
    auto sure = plot(noon(), 41.2, 71);
    sure.pressure_altitude = geo::PressureAltitude{8000};
    EXPECT_EQ(r.at(0, {sure}).size(), 1u);                      // 22 km from the centre, known to some 100 m
    EXPECT_TRUE(r.at(1, {plot(noon(1), 41.183, 71)}).empty());  // outside by less than its 3 sigma
}

TEST(Reports, DelayRateAndGrid) {
    Reports late{load(law_of("target_reports", geodetic + "delay_s = 10\n"))};
    EXPECT_TRUE(late.at(0, {plot(noon(), 41, 71)}).empty());
    EXPECT_TRUE(late.at(9, {}).empty());
    EXPECT_EQ(late.at(10, {}).size(), 1u);
    EXPECT_TRUE(late.at(11, {}).empty());
    EXPECT_TRUE(late.at(12, {plot(noon(12), 41, 71)}).empty());
    late.law = *late.law.with_acts(act("BC", "suspension", "BBB", noon(15)), "s", noon(15));
    late.law = *late.law.with_acts(act("BC", "resumption", "BBB", noon(16)), "r", noon(16));
    EXPECT_TRUE(late.at(30, {}).empty());  // what waited when the clause stopped is destroyed
    Reports rare{load(law_of("target_reports", geodetic + "rate_s = 10\n"))};
    std::size_t sent = 0;
    for (int s = 0; s < 60; s += 4) sent += rare.at(s, {plot(noon(s), 41, 71)}, {track(7, noon(s), 41, 71)}).size();
    EXPECT_EQ(sent, 6u);
    Reports coarse{load(law_of("target_reports", geodetic + "grid_km = 10\n"))};
    const auto out = coarse.at(1, {plot(noon(0.37), 41, 71)});
    ASSERT_EQ(out.size(), 1u);
    EXPECT_LT(geo::distance(*out[0].report.point, accord::cell_of(*out[0].report.point, 10'000).centre), 1);
    EXPECT_EQ(out[0].report.time, noon(1));  // whole seconds: a turning antenna's time is an azimuth
    EXPECT_EQ(out[0].report.sensor.value, 0u);
}

picture::Notice decision(Time t) {
    picture::Notice n;
    n.kind = NoticeKind::identity;
    n.time = t;
    n.at = geo::Point::degrees(40, 70);
    n.what = "suspect";
    return n;
}

TEST(Notices, WhatRestsOnOthersDataGoesOnlyByTheirConsent) {
    for (const bool consent : {false, true}) {
        for (const bool includes : {false, true}) {
            const auto law = load(law_of("identity", includes ? "includes_onward = true\n" : "",
                                         consent ? "[clause.onward]\nto = [\"CCC\"]\n" : ""));
            const auto view = law.at(noon());
            NoticeGate gate({.self = B, .secret = "s"}, sensor_of);
            Basis basis;
            basis.own = {track(7, noon(), 40, 70)};
            gate.offer(decision(noon()), basis, 1, view, noon(), noon(), to_all);
            EXPECT_EQ(gate.take(view, noon(), noon()).size(), 1u);  // on own data alone
            basis.held = {held(3, noon(), 40, 70, view)};
            gate.offer(decision(noon()), basis, 2, view, noon(), noon(), to_all);
            const auto out = gate.take(view, noon(), noon());
            ASSERT_EQ(out.size(), consent && includes ? 1u : 0u);
            if (out.empty()) continue;
            EXPECT_EQ(out[0].first, C);  // and nothing of it goes back to A
            EXPECT_EQ(out[0].second.lineage.size(), 2u);
            EXPECT_EQ(check(out[0].second, B, C, view, noon(), noon()), Refusal::none);
        }
    }
}

TEST(Notices, GoAsCoarselyAndAsLateAsTheMeetOfAllThatTheyRestOn) {
    const auto law = load(law_of("identity", "includes_onward = true\ngrid_km = 1\n",
                                 "[clause.onward]\nto = [\"CCC\"]\ngrid_km = 5\ndelay_s = 60\n"));
    const auto view = law.at(noon());
    NoticeGate gate({.self = B, .secret = "s"}, sensor_of);
    Basis basis;
    basis.own = {track(7, noon(), 40, 70)};
    basis.held = {held(3, noon(), 40.001, 70, view)};
    gate.offer(decision(noon()), basis, 2, view, noon(), noon(), to_c_alone);
    EXPECT_TRUE(gate.take(view, noon(59), noon(59)).empty());
    const auto out = gate.take(view, noon(60), noon(60));
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(out[0].second.leave.coarsening.grid, 5000);
    EXPECT_EQ(out[0].second.leave.coarsening.delay, base::seconds(60));
    EXPECT_LT(geo::distance(accord::cell_of(*out[0].second.at, 5000).centre, *out[0].second.at), 1);
}

TEST(Notices, WhatWaitsWhenTheClauseStopsIsDestroyed) {
    auto law = load(law_of("identity", "delay_s = 60\n"));
    NoticeGate gate({.self = B, .secret = "s"}, sensor_of);
    Basis basis;
    basis.own = {track(7, noon(), 40, 70)};
    gate.offer(decision(noon()), basis, 2, law.at(noon()), noon(), noon(), to_c_alone);
    law = *law.with_acts(act("BC", "suspension", "BBB", noon(10)), "s", noon(10));
    law = *law.with_acts(act("BC", "resumption", "BBB", noon(20)), "r", noon(20));
    EXPECT_TRUE(gate.take(law.at(noon(60)), noon(60), noon(60)).empty());
    EXPECT_EQ(gate.counted().destroyed, 1u);
}

TEST(Notices, ASensorsStateGoesByItsPlaceAndItsClause) {
    const auto law = load(law_of("sensor_status", ""));
    const auto view = law.at(noon());
    NoticeGate gate({.self = B, .secret = "s"}, radars);
    picture::Notice n;
    n.kind = NoticeKind::sensor_status;
    n.time = noon();
    n.at = radars({1})->position->at;
    n.detail = "works";
    for (const std::uint32_t sensor : {1u, 2u}) {
        Basis basis;
        basis.sensor = radars({sensor});
        gate.offer(n, basis, sensor, view, noon(), noon(), to_c_alone);
        const auto out = gate.take(view, noon(), noon());
        ASSERT_EQ(out.size(), sensor == 1 ? 1u : 0u);  // the other stands on a plot that the clause does not cover
        if (out.empty()) continue;
        EXPECT_FALSE(out[0].second.at);  // its place is not granted
        EXPECT_NE(out[0].second.number, 1u);
        // The same sensor is the same notice, renewed.
        gate.offer(n, basis, sensor, view, noon(), noon(), to_c_alone);
        EXPECT_EQ(gate.take(view, noon(), noon()).at(0).second.number, out[0].second.number);
    }
}

TEST(Notices, FieldsThatAreNotGrantedAreCut) {
    auto f = law_of("identity", "");
    auto& t = f["BC.toml"];
    const std::string word = "\"standard_identity\", ";
    t.erase(t.find(word), word.size());
    const auto law = load(f);
    NoticeGate gate({.self = B, .secret = "s"}, sensor_of);
    Basis basis;
    basis.own = {track(7, noon(), 40, 70)};
    gate.offer(decision(noon()), basis, 2, law.at(noon()), noon(), noon(), to_c_alone);
    EXPECT_EQ(gate.take(law.at(noon()), noon(), noon()).at(0).second.what, "");
}

TEST(Notices, TheImporterRefusesWhatTheLawDoesNotGrant) {
    const auto law = load(law_of("identity", "delay_s = 5\ngrid_km = 5\n"));
    const auto view = law.at(noon());
    NoticeGate gate({.self = B, .secret = "s"}, sensor_of);
    Basis basis;
    basis.own = {track(7, noon(), 40, 70)};
    gate.offer(decision(noon()), basis, 2, view, noon(), noon(), to_c_alone);
    const auto n = gate.take(view, noon(5), noon(5)).at(0).second;
    EXPECT_EQ(check(n, B, C, view, noon(5), noon(5)), Refusal::none);
    EXPECT_EQ(check(n, B, C, view, noon(4), noon(4)), Refusal::too_early);
    auto other = n;
    other.leave.coarsening.grid = 0;
    EXPECT_EQ(check(other, B, C, view, noon(5), noon(5)), Refusal::too_fine);
    other = n;
    other.at->lat += 0.001;
    EXPECT_EQ(check(other, B, C, view, noon(5), noon(5)), Refusal::too_fine);
    other = n;
    other.kind = NoticeKind::incident;
    EXPECT_EQ(check(other, B, C, view, noon(5), noon(5)), Refusal::no_clause);
    other = n;
    other.lineage.push_back({A, {}, noon(), noon(), 0});
    EXPECT_EQ(check(other, B, C, view, noon(5), noon(5)), Refusal::wrong_chain);
    other = n;
    other.leave.valid_until = noon(1000);
    EXPECT_EQ(check(other, B, C, view, noon(5), noon(5)), Refusal::too_long);
}

}  // namespace
}  // namespace asman::release
