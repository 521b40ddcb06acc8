// The node's law at work, without a sky: clock, keys, reading again, shadow, heights above the sea, explanations.
#include "law_desk.hpp"

#include <asman/accord/keys.hpp>
#include <asman/base/config.hpp>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace asman::core {
namespace {

using picture::State;

const State B("BBB"), C("CCC");

base::Time noon(double s = 0) {
    return *base::parse_time("2030-06-01T12:00:00Z") + base::seconds(s);
}

std::string text(const std::string& more = "",
                 const std::string& entry = "consent = \"signature\"\nrule = \"on_signature\"") {
    return "format = 1\nid = \"B-C\"\nparties = [\"BBB\", \"CCC\"]\ngeoid = \"EGM96\"\n[signed]\non = "
           "2030-01-01\ncertainty = "
           "\"public\"\nsource = \"\"\n[entry]\n" +
           entry +
           "\n[[region]]\nname = \"world\"\neverywhere = true\n[[clause]]\nid = \"c\"\ncertainty = \"public\"\nsource "
           "= "
           "\"\"\nfrom = [\"BBB\"]\nto = [\"CCC\"]\nproduct = \"tracks\"\narea = \"world\"\nfields = "
           "[\"velocity\"]\nvalidity_s = 60\n" +
           more;
}

struct Desk {
    NodeConfig config;
    Bundle bundle;
    std::optional<LawDesk> desk;
    std::vector<picture::Track> tracks;
    std::vector<std::uint64_t> clauses;

    explicit Desk(const std::string& accord_text = text(), Mode mode = Mode::simulated) {
        config.state = B;
        config.mode = mode;
        picture::Sensor s;
        s.id = {1};
        s.name = "BBB/radar";
        s.owner = B;
        config.sensors = {s};
        config.partners = {{C, {}}};
        bundle.files["accords/law.toml"] =
            "format = 1\nsignatures = \"none\"\n[[state]]\ncode = \"BBB\"\n[[state]]\ncode = \"CCC\"\n";
        bundle.files["accords/B-C.toml"] = accord_text;
    }
    LawDesk& start(base::Time now = noon()) {
        desk.emplace(config, bundle, nullptr);
        desk->advance(now);
        clauses = desk->sensor_views().at(0).clauses;
        return *desk;
    }
    /// How many tracks go to C at an instant; one track, renewed.
    std::size_t sent(base::Time now, std::optional<double> height = std::nullopt) {
        desk->advance(now);
        picture::Track t;
        t.number = 7;
        t.confirmed = true;
        t.kinematics.time = t.first_seen = t.last_report = now;
        t.kinematics.at = geo::Point::degrees(42, 74);
        if (height) t.kinematics.geometric_height = geo::EllipsoidalHeight{*height};
        t.lineage = {{B, {1}, now, now, 1}};
        tracks = {t};
        std::size_t n = 0;
        for (const auto& [to, batch] : desk->release(now, {{clauses, tracks}}, {})) n += batch.contributions.size();
        return n;
    }
};

TEST(LawDesk, AClockThatIsNotSynchronisedReleasesNothing) {
    Desk d(text(), Mode::live);
    auto& desk = d.start();
    EXPECT_EQ(d.sent(noon()), 0u);
    EXPECT_FALSE(desk.clock());
    desk.set_clock(true, noon(1));
    EXPECT_EQ(d.sent(noon(1)), 1u);
    (void)desk.take_stopped();
    desk.set_clock(false, noon(2));
    EXPECT_EQ(desk.take_stopped(), std::vector<State>{C});  // what waits outside is destroyed
    EXPECT_EQ(d.sent(noon(2)), 0u);
    picture::Contribution own;
    own.originator = B;
    own.number = 7;
    own.track = d.tracks[0];
    const auto why = desk.explain(std::span(&own, 1), {{d.clauses, d.tracks}}, C);
    EXPECT_NE(why.at(0).find("not synchronised"), std::string::npos);
    Desk assumed(text(), Mode::live);
    assumed.config.clock_assumed = true;
    assumed.start();
    EXPECT_EQ(assumed.sent(noon()), 1u);
}

TEST(LawDesk, ABrokenFileSealsWhatItNamesAndAnActOfTheNightIsNotForgotten) {
    Desk d;
    auto& desk = d.start();
    EXPECT_EQ(d.sent(noon()), 1u);
    const LawAct stop{"s.toml",
                      "format = 1\n[[act]]\naccord = \"B-C\"\nkind = \"suspension\"\nby = \"BBB\"\neffective_at = "
                      "2030-06-01T12:00:10Z\ncertainty = \"public\"\nsource = \"\"\n"};
    EXPECT_EQ(desk.act(stop, noon(10)).size(), 1u);
    EXPECT_EQ(d.sent(noon(11)), 0u);
    desk.reload(d.bundle.files, noon(20));  // no file holds the suspension
    EXPECT_EQ(d.sent(noon(21)), 0u);
    Desk e;
    auto& other = e.start();
    EXPECT_EQ(e.sent(noon()), 1u);
    e.bundle.files["accords/B-C.toml"] += "oops";
    (void)other.take_events();
    other.reload(e.bundle.files, noon(5));
    EXPECT_EQ(e.sent(noon(6)), 0u);
    bool alarm = false;
    for (const auto& event : other.take_events()) alarm = alarm || event.text.find("B-C.toml:") != std::string::npos;
    EXPECT_TRUE(alarm);
}

TEST(LawDesk, TheLawsClockDoesNotMoveInALiveNode) {
    Desk d(text(), Mode::live);
    EXPECT_FALSE(d.start().set_law_time(noon(), noon(-100)));
    Desk s;
    EXPECT_TRUE(s.start().set_law_time(noon(), noon(-100)));
}

TEST(LawDesk, WhatIsSignedAndNotInForceCastsAShadowThatNobodyElseSees) {
    Desk d(text("", "consent = \"ratification\"\nrule = \"after_deposits\""));
    auto& desk = d.start();
    EXPECT_EQ(d.sent(noon()), 0u);
    ASSERT_EQ(desk.shadow().size(), 1u);
    EXPECT_EQ(desk.shadow()[0].receiver, C);
    EXPECT_EQ(desk.shadow()[0].clause.text(), "B-C/c");
    EXPECT_EQ(desk.shadow()[0].objects, 1u);
    picture::Contribution own;
    own.originator = B;
    own.number = 7;
    own.track = d.tracks[0];
    std::string why;
    for (const auto& line : desk.explain(std::span(&own, 1), {{d.clauses, d.tracks}}, C)) why += line + "\n";
    EXPECT_NE(why.find("withheld (clause not operative)"), std::string::npos) << why;
    EXPECT_NE(why.find("its ratification is not there"), std::string::npos) << why;
    EXPECT_NE(why.find("Shadow: 1 objects would go under B-C/c"), std::string::npos) << why;
    // Before it is signed there is none, and once it is in force neither.
    Desk early(text("", "consent = \"ratification\"\nrule = \"after_deposits\""));
    early.start(*base::parse_time("2029-06-01"));
    EXPECT_EQ(early.sent(*base::parse_time("2029-06-01")), 0u);
    EXPECT_TRUE(early.desk->shadow().empty());
    Desk now;
    now.start();
    EXPECT_EQ(now.sent(noon()), 1u);
    EXPECT_TRUE(now.desk->shadow().empty());
}

TEST(LawDesk, ABandAboveTheSeaIsJudgedWithTheGeoid) {
    const auto grid = geo::Geoid::file();
    if (grid.empty()) GTEST_SKIP() << "no EGM96 grid (proj-data)";
    const auto n = geo::Geoid::parse(grid).undulation(geo::Point::degrees(42, 74));
    ASSERT_GT(std::abs(n), 10);
    const std::string band = "band = { kind = \"msl\", from = 1000, to = 5000 }\nunknown_height = \"withhold\"\n";
    Desk without(text(band));
    without.start();
    EXPECT_EQ(without.sent(noon(), 3000), 0u);  // no geoid, no height above the sea
    Desk with(text(band));
    with.bundle.files["geoid.gtx"] = grid;
    with.start();
    EXPECT_EQ(with.sent(noon(1), 5000 + n - 1), 1u);
    EXPECT_EQ(with.sent(noon(2), 5000 + n + 1), 0u);
    EXPECT_EQ(with.sent(noon(3)), 0u);
}

TEST(LawDesk, APartnersKeyIsTheOneThatItsRootCertifiedUntilItIsRevoked) {
    const std::string folder = ASMAN_SOURCE_DIR "/data/alliance";
    NodeConfig config;
    config.state = State("XBE");
    config.mode = Mode::simulated;
    const Partner al{State("XAL"), base::KeyPair::from_seed("somebody else").public_key};
    config.partners = {al};
    Bundle bundle;
    for (const auto& e : std::filesystem::recursive_directory_iterator(folder))
        if (e.path().extension() == ".toml")
            bundle.files["accords/" + std::filesystem::relative(e.path(), folder).generic_string()] =
                *base::read_file(e.path().string());
    LawDesk desk(config, bundle, nullptr);
    const auto at = *base::parse_time("2031-06-15");
    desk.advance(*base::parse_time("2029-12-31"));
    EXPECT_FALSE(desk.message_key(al));  // not certified yet
    desk.advance(at);
    EXPECT_EQ(desk.message_key(al), base::read_key(folder + "/secret/XAL.message-key")->public_key);
    accord::Revocation r;
    r.state = State("XAL");
    r.key = *desk.message_key(al);
    r.compromised_since = *base::parse_time("2031-06-10");
    r.signature = base::sign(*base::read_key(folder + "/secret/XAL.root-key"), base::as_bytes(r.canonical()));
    (void)desk.take_events();
    desk.act({"r.toml", "format = 1\n" + r.canonical() + "signature = \"" + r.signature.hex() + "\"\n"}, at);
    for (const auto& e : desk.take_events()) EXPECT_NE(e.kind, "law.act_refused") << e.text;
    EXPECT_FALSE(desk.message_key(al));
}

}  // namespace
}  // namespace asman::core
