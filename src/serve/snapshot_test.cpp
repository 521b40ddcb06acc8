#include <asman/serve/snapshot.hpp>

#include "json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <nlohmann/json.hpp>

namespace asman::serve {
namespace {

using nlohmann::json;
using picture::State;

picture::JointTrack some_track() {
    picture::JointTrack t;
    t.number = 17;
    t.airspace = State("TJK");
    t.fused.confirmed = true;
    t.fused.primary_only = false;
    t.fused.first_seen = base::start_of({2026, 3, 1});
    t.fused.standard_identity = picture::Identity::assumed_friend;
    auto& k = t.fused.kinematics;
    k.at = geo::Point::degrees(38.5, 70.25);
    k.velocity = {100, -200};
    k.covariance = Eigen::Matrix4d::Identity() * 400;
    k.pressure_altitude = geo::PressureAltitude::from_flight_level(350);
    k.vertical_rate = -8;
    t.fused.identity.callsign = "KGA123";
    t.fused.identity.mode_3a = 07600;
    t.fused.identity.address = 0x0A12FF;
    t.fused.recent_codes = {07600, 01200, 07600};
    picture::Contribution foreign;
    foreign.originator = State("TJK");
    foreign.via = State("RUS");
    foreign.number = 5;
    foreign.clauses = {{"RUS-TJK-2021", "onward", 2, {}}, {"RUS-KGZ-2022", "tracks", 1, {}}};
    foreign.coarsening = {.grid = 5000, .delay = base::seconds(60)};
    foreign.assumed = {"RUS-TJK-2021: entry into force"};
    foreign.track.lineage = {{State("TJK"), {3}, {}, {}, 4}, {State("TJK"), {9}, {}, {}, 1}};
    t.contributions = {foreign};
    return t;
}

Snapshot some_snapshot(std::span<const picture::JointTrack> tracks) {
    Snapshot s;
    s.number = 3;
    s.time = base::start_of({2026, 3, 1}) + base::milliseconds(250);
    s.law_time = base::start_of({2026, 6, 30});
    s.state = State("KGZ");
    s.states = {State("RUS"), State("KGZ")};
    s.terrain = "ETOPO5";
    SensorLine line;
    line.sensor.id = {3};
    line.sensor.name = "TJK/Dushanbe";
    line.sensor.owner = State("TJK");
    line.sensor.position = geo::Position{geo::Point::degrees(38.54, 68.82), {}};
    s.sensors = {line};
    s.tracks = tracks;
    return s;
}

TEST(SnapshotJson, TellsTrackWithItsSourcesAndClauses) {
    const std::vector tracks{some_track()};
    const auto j = json::parse(snapshot_json(some_snapshot(tracks)));
    EXPECT_EQ(j["v"], protocol_version);
    EXPECT_EQ(j["type"], "snapshot");
    EXPECT_EQ(j["time"], "2026-03-01T00:00:00.250Z");
    EXPECT_EQ(j["law_time"], "2026-06-30T00:00:00Z");
    const auto& t = j["tracks"].at(0);
    EXPECT_EQ(t["n"], 17);
    EXPECT_DOUBLE_EQ(t["lat"], 38.5);
    EXPECT_DOUBLE_EQ(t["fl"], 350);
    EXPECT_DOUBLE_EQ(t["sigma_m"], 20);
    EXPECT_EQ(t["trend"], "down");
    EXPECT_EQ(t["mode3a"], "7600");
    EXPECT_EQ(t["address"], "0A12FF");
    EXPECT_EQ(t["emergency"], "7600");
    EXPECT_EQ(t["identity"], "assumed_friend");
    EXPECT_FALSE(t.contains("gh"));
    const auto& source = t["sources"].at(0);
    EXPECT_EQ(source["originator"], "TJK");
    EXPECT_EQ(source["via"], "RUS");
    EXPECT_EQ(source["clauses"], json({"RUS-TJK-2021/onward v2", "RUS-KGZ-2022/tracks v1"}));
    EXPECT_EQ(source["coarsening"], "5 km grid, 60 s late");
    EXPECT_EQ(source["sensors"], json({"TJK/Dushanbe", "sensor 9"}));
    EXPECT_EQ(source["assumed"].at(0), "RUS-TJK-2021: entry into force");
    EXPECT_FALSE(j["sensors"].at(0)["mine"]);
}

TEST(SnapshotJson, SensorsThatAReleaseDoesNotNameAreThoseOfItsOriginator) {
    std::vector tracks{some_track()};
    tracks[0].contributions[0].track.lineage = {{State("TJK"), {0}, {}, {}, 4}};
    auto s = some_snapshot(tracks);
    s.sensors.push_back(s.sensors[0]);
    s.sensors[1].sensor.id = {4};
    s.sensors[1].sensor.owner = State("UZB");
    const auto j = json::parse(snapshot_json(s));
    EXPECT_EQ(j["tracks"][0]["sources"][0]["sensors"], json::array());
    EXPECT_EQ(j["sensors"][0]["via"], json({"RUS-KGZ-2022/tracks v1"}));
    EXPECT_EQ(j["sensors"][1]["via"], json::array());
}

TEST(SnapshotJson, LeavesUnconfirmedTracksOut) {
    std::vector tracks{some_track(), some_track()};
    tracks[0].fused.confirmed = false;
    tracks[1].number = 18;
    const auto j = json::parse(snapshot_json(some_snapshot(tracks)));
    ASSERT_EQ(j["tracks"].size(), 1U);
    EXPECT_EQ(j["tracks"][0]["n"], 18);
}

TEST(SnapshotJson, NumbersThatAreNotFiniteBecomeNull) {
    std::vector tracks{some_track()};
    tracks[0].fused.kinematics.velocity = {std::numeric_limits<double>::infinity(), -0.001};
    tracks[0].fused.kinematics.covariance(0, 0) = std::numeric_limits<double>::quiet_NaN();
    const auto j = json::parse(snapshot_json(some_snapshot(tracks)));
    EXPECT_TRUE(j["tracks"][0]["ve"].is_null());
    EXPECT_EQ(j["tracks"][0]["vn"].dump(), "0");
}

TEST(Emergency, NeedsTwoOfThreeCodes) {
    picture::Track t;
    t.recent_codes = {07700, 01200, 01200};
    EXPECT_EQ(emergency_of(t), "");
    t.recent_codes = {07700, 01200, 07700};
    EXPECT_EQ(emergency_of(t), "7700");
    t.recent_codes.clear();
    t.identity.emergency = 5;
    EXPECT_EQ(emergency_of(t), "unlawful interference");
    t.identity.emergency = 200;
    EXPECT_EQ(emergency_of(t), "");
}

TEST(SceneJson, GivesOutlinesAsLongitudeLatitude) {
    Scene scene;
    scene.state = State("KGZ");
    scene.cover = {{{4}, "FL100", {geo::Point::degrees(42, 74), geo::Point::degrees(43, 75)}}};
    scene.law_changes = {{{2026, 6, 30}, "RUS-KGZ-2022", "enters into force", false}};
    scene.may_move_law = false;
    scene.coverage = true;
    const auto j = json::parse(scene_json(scene));
    EXPECT_EQ(j["cover"][0]["outline"], json::parse("[[74,42],[75,43]]"));
    EXPECT_EQ(j["law_changes"][0]["date"], "2026-06-30");
    EXPECT_FALSE(j["may_move_law"]);
    EXPECT_TRUE(j["coverage"]);
}

// Any bytes in a callsign make a message that a strict parser takes; text that is UTF-8 comes back as it was.
RC_GTEST_PROP(SnapshotJsonProperty, AnyBytesMakeValidJson, (const std::string& callsign)) {
    std::vector tracks{some_track()};
    tracks[0].fused.identity.callsign = callsign;
    const auto j = json::parse(snapshot_json(some_snapshot(tracks)));
    bool valid = true;
    for (std::string_view rest = callsign; !rest.empty() && valid;) {
        const auto length = utf8_length(rest);
        valid = length > 0;
        rest.remove_prefix(length);
    }
    const auto back = j["tracks"][0]["callsign"].get<std::string>();
    if (valid) RC_ASSERT(back == callsign);
}

TEST(Utf8, RefusesWhatIsNot) {
    for (const std::string_view bad :
         {"\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x80", "\xF0\x80\x80\x80"})
        EXPECT_EQ(utf8_length(bad), 0U);
    EXPECT_EQ(utf8_length("\xE2\x82\xAC"), 3U);
    EXPECT_EQ(utf8_length("\xF0\x9F\x9B\xAB"), 4U);
}

}  // namespace
}  // namespace asman::serve
