#include "common.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

namespace asman::outputs {
namespace {

using picture::JointTrack;
using picture::State;

const base::Time noon{*base::parse_time("2023-11-02T12:00:00Z")};

JointTrack airliner() {
    JointTrack t;
    t.number = 42;
    t.airspace = State("KGZ");
    auto& f = t.fused;
    f.number = 42;
    f.kinematics.time = noon;
    f.kinematics.at = geo::Point::degrees(42.8746, 74.5698);
    f.kinematics.velocity = {-200 * geo::knot, 0};  // due west
    f.kinematics.covariance = Eigen::Vector4d(100 * 100, 100 * 100, 1, 1).asDiagonal();
    f.kinematics.pressure_altitude = geo::PressureAltitude::from_flight_level(350);
    f.kinematics.vertical_rate = -10 * geo::foot;
    f.identity.address = 0x60100F;
    f.identity.mode_3a = picture::Mode3A{07600};
    f.identity.callsign = "KGA123";
    f.last_report = noon - base::seconds(2.5);
    f.standard_identity = picture::Identity::neutral;
    f.confirmed = true;
    picture::Contribution own, foreign;
    own.originator = State("KGZ");
    foreign.originator = State("KAZ");
    foreign.via = State("RUS");
    foreign.number = 9;
    foreign.clauses = {{"KAZ-RUS-2013", "strip", 1, {}}, {"KGZ-RUS-2022", "onward", 1, {}}};
    foreign.coarsening.grid = 5000;
    foreign.assumed = {"RUS-TJK-2021: entry into force"};
    t.contributions = {foreign, own};
    return t;
}

TEST(Json, GeoJsonIsLongitudeFirstWithHeightOnlyAboveTheEllipsoid) {
    auto t = airliner();
    const auto parse = [&] { return Json::parse(geojson(std::span(&t, 1), noon)); };
    auto j = parse();
    EXPECT_EQ(j["features"][0]["geometry"]["coordinates"], (Json{74.5698, 42.8746}));
    const auto& p = j["features"][0]["properties"];
    EXPECT_EQ(p["flight_level"], 350.0);
    EXPECT_FALSE(p.contains("height_m"));
    EXPECT_EQ(p["course_deg"], 270.0);
    EXPECT_EQ(p["mode_3a"], "7600");
    EXPECT_EQ(p["address"], "60100f");
    EXPECT_EQ(p["identity"], "neutral");
    EXPECT_EQ(p["airspace"], "KGZ");
    EXPECT_EQ(p["contributions"][0]["via"], "RUS");
    EXPECT_EQ(p["contributions"][0]["clauses"], (Json{"KAZ-RUS-2013/strip", "KGZ-RUS-2022/onward"}));
    EXPECT_EQ(p["contributions"][0]["grid_m"], 5000.0);
    EXPECT_FALSE(p["contributions"][1].contains("clauses"));
    t.fused.kinematics.geometric_height = geo::EllipsoidalHeight{10'500};
    EXPECT_EQ(parse()["features"][0]["geometry"]["coordinates"][2], 10'500.0);
}

TEST(Json, AircraftJsonSpeaksFeetAndKnots) {
    auto t = airliner();
    const auto j = Json::parse(aircraft_json(std::span(&t, 1), noon, 17));
    EXPECT_EQ(j["now"], 1698926400.0);
    EXPECT_EQ(j["messages"], 17);
    const auto& a = j["aircraft"][0];
    EXPECT_EQ(a["hex"], "60100f");
    EXPECT_EQ(a["alt_baro"], 35'000);
    EXPECT_FALSE(a.contains("alt_geom"));
    EXPECT_EQ(a["gs"], 200.0);
    EXPECT_EQ(a["baro_rate"], -600);
    EXPECT_EQ(a["squawk"], "7600");
    EXPECT_EQ(a["seen"], 2.5);
    EXPECT_EQ(a["emergency"], "none");
    EXPECT_FALSE(a.contains("simulated"));
    t.fused.identity.address.reset();
    EXPECT_EQ(Json::parse(aircraft_json(std::span(&t, 1), noon))["aircraft"][0]["hex"], "~00002a");
}

TEST(Json, SimulatedSaysSoEverywhere) {
    auto t = airliner();
    t.fused.simulated = true;
    EXPECT_EQ(Json::parse(geojson(std::span(&t, 1), noon))["features"][0]["properties"]["simulated"], true);
    EXPECT_EQ(Json::parse(aircraft_json(std::span(&t, 1), noon))["aircraft"][0]["simulated"], true);
    EXPECT_EQ(Json::parse(ndjson(t))["simulated"], true);
    EXPECT_NE(cursor_on_target(t, State("KGZ")).find(R"(opex="s-asman")"), std::string::npos);
}

RC_GTEST_PROP(Json, WhateverATrackHoldsTheLineIsJson, (const std::string& callsign, double lat, double v)) {
    auto t = airliner();
    t.fused.identity.callsign = callsign;
    t.fused.kinematics.at.lat = lat;
    t.fused.kinematics.velocity.x() = *rc::gen::element(v, std::nan(""), HUGE_VAL);
    const auto text = ndjson(t, State("KGZ"));
    RC_ASSERT(text.find('\n') == std::string::npos);
    RC_ASSERT(Json::parse(text)["v"] == 1);
    RC_ASSERT(Json::parse(ndjson(t.fused))["type"] == "track");
    RC_ASSERT(Json::parse(geojson(std::span(&t, 1), noon))["features"].size() == 1u);
}

TEST(CursorOnTarget, AnEventAsTheSchemaHasIt) {
    auto t = airliner();
    EXPECT_EQ(cursor_on_target(t, State("KGZ")),
              R"(<event version="2.0" uid="asman.KGZ.42" type="a-n-A" how="m-f" time="2023-11-02T12:00:00.000Z" )"
              R"(start="2023-11-02T12:00:00.000Z" stale="2023-11-02T12:00:15.000Z"><point lat="42.8746000" )"
              R"(lon="74.5698000" hae="9999999.0" ce="100.0" le="9999999.0"/><detail><track course="270.00" )"
              R"(speed="102.89"/><contact callsign="KGA123"/><remarks>FL350 A7600 ICAO 60100f from KAZ+KGZ</remarks>)"
              R"(</detail></event>)");
    t.fused.identity.callsign = "<&\"'\x01\xff";
    EXPECT_NE(cursor_on_target(t, State("KGZ")).find(R"(callsign="&lt;&amp;&quot;&apos;??")"), std::string::npos);
}

TEST(Prometheus, GroupsByNameAndEscapes) {
    const std::vector<Metric> metrics{
        {"asman_reports_total", "Target reports", {{"state", "KGZ"}}, 12},
        {"asman_tracks", "Tracks\nnow", {}, 3.5},
        {"asman_reports_total", "Target reports", {{"state", "a\"b\\c\n"}, {"bad-label", "x"}}, 1e18},
        {"no good", "", {}, 1},
        {"asman_nan", "", {}, std::nan("")},
    };
    EXPECT_EQ(prometheus(metrics),
              "# HELP asman_reports_total Target reports\n# TYPE asman_reports_total counter\n"
              "asman_reports_total{state=\"KGZ\"} 12\nasman_reports_total{state=\"a\\\"b\\\\c\\n\"} 1e+18\n"
              "# HELP asman_tracks Tracks\\nnow\n# TYPE asman_tracks gauge\nasman_tracks 3.5\n"
              "# TYPE asman_nan gauge\nasman_nan NaN\n");
}

}  // namespace
}  // namespace asman::outputs
