// Comparing laws over recordings: against what nodes under those laws really hand over.
#include <asman/study/law_diff.hpp>

#include "federation_for_tests.hpp"

#include <nlohmann/json.hpp>

#include <unistd.h>

#include <filesystem>
#include <set>

namespace asman::study {
namespace {

using namespace testing_world;
using nlohmann::json;

constexpr int length_s = 119;  // the last picture's minute is whole: what it hands over arrives after it

/// Track-minutes that C really had of an originator: by the time of what it holds, not of when it holds it.
using Held = std::map<std::string, std::set<std::pair<std::uint64_t, std::int64_t>>>;

class Recorded {
  public:
    Recorded(const std::string& name, bool consent);
    ~Recorded() { std::filesystem::remove_all(folder); }
    Recorded(const Recorded&) = delete;
    Recorded& operator=(const Recorded&) = delete;

    const std::filesystem::path folder;
    Held of_c;
};

Recorded::Recorded(const std::string& name, bool consent)
    : folder(std::filesystem::temp_directory_path() / ("asman-lawdiff-" + name + "-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder);
    auto nodes = Nodes::make({.consent = consent, .record = folder.string()});
    for (int s = 0; s < length_s; ++s) {
        nodes.run(1);
        for (const auto& track : nodes.federation.engine(2).joint())
            for (const auto& c : track.contributions)
                if (!c.clauses.empty())
                    of_c[std::string(c.originator.text())].insert(
                        {c.number, c.track.kinematics.time.ns / 60'000'000'000});
    }
    EXPECT_TRUE(nodes.federation.sync());
}

accord::Law law(bool consent, const std::string& bc_more = {}, bool with_bc = true) {
    accord::Files files{{"law.toml", std::string(law_text)},
                        {"A-B.toml", accord("A-B", "AAA", "BBB", consent ? "[clause.onward]\nto = [\"CCC\"]\n" : "")}};
    if (with_bc) files["B-C.toml"] = accord("B-C", "BBB", "CCC", "includes_onward = true\n" + bc_more);
    auto out = accord::Law::load(files, {});
    for (const auto& a : out.alarms()) ADD_FAILURE() << a.text();
    return out;
}

const PairDiff* find(const LawDiff& d, std::string_view receiver, std::string_view originator) {
    const auto it = std::ranges::find_if(
        d.pairs, [&](const PairDiff& p) { return p.receiver == State(receiver) && p.originator == State(originator); });
    return it == d.pairs.end() ? nullptr : &*it;
}

LawDiff diff(const Recorded& r, const accord::Law& before, const accord::Law& after) {
    auto d = law_diff({before, after}, {.logs = {r.folder.string()}, .law_time = {}});
    EXPECT_TRUE(d) << d.error().text();
    return d ? *d : LawDiff{};
}

class LawDiffs : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        plain_ = std::make_unique<Recorded>("plain", false);
        consented_ = std::make_unique<Recorded>("consent", true);
    }
    static void TearDownTestSuite() {
        plain_.reset();
        consented_.reset();
    }
    static inline std::unique_ptr<Recorded> plain_, consented_;
};

TEST_F(LawDiffs, SaysWhatNodesUnderEitherLawHandOver) {
    // Recorded without consent; what C would have with it is what the nodes gave it that ran with it.
    const auto d = diff(*plain_, law(false), law(true));
    const auto* own = find(d, "CCC", "BBB");
    const auto* onward = find(d, "CCC", "AAA");
    ASSERT_TRUE(own && onward);
    EXPECT_GT(own->minutes.before, 10u);
    EXPECT_EQ(own->minutes.before, plain_->of_c.at("BBB").size());
    EXPECT_EQ(own->minutes.after, own->minutes.before);
    EXPECT_EQ(own->minutes.gained + own->minutes.lost + own->changed, 0u);
    EXPECT_FALSE(plain_->of_c.contains("AAA"));
    EXPECT_EQ(onward->minutes.before, 0u);
    EXPECT_EQ(onward->minutes.gained, onward->minutes.after);
    EXPECT_EQ(onward->minutes.after, consented_->of_c.at("AAA").size());
    EXPECT_EQ(onward->tracks.gained, onward->tracks.after);
    EXPECT_GT(onward->area.gained, 0);
    EXPECT_EQ(onward->area.lost, 0);
    // The way of it is told.
    const auto t = std::ranges::find(d.tracks, State("AAA"), &TrackDiff::originator);
    ASSERT_NE(t, d.tracks.end());
    EXPECT_EQ(t->under[0], "");
    EXPECT_EQ(t->under[1], "A-B/tracks, B-C/tracks through BBB");
}

TEST_F(LawDiffs, TheRecordingsOwnLawDoesNotMatter) {
    const auto a = diff(*plain_, law(false), law(true)), b = diff(*consented_, law(false), law(true));
    EXPECT_EQ(law_diff_json(a), law_diff_json(b));
}

TEST_F(LawDiffs, TurnedRoundGainsAreLosses) {
    const auto there = diff(*plain_, law(true), law(true, "", false)),
               back = diff(*plain_, law(true, "", false), law(true));
    ASSERT_EQ(there.pairs.size(), back.pairs.size());
    for (std::size_t i = 0; i < there.pairs.size(); ++i) {
        EXPECT_EQ(there.pairs[i].minutes.lost, back.pairs[i].minutes.gained);
        EXPECT_EQ(there.pairs[i].tracks.gained, back.pairs[i].tracks.lost);
        EXPECT_EQ(there.pairs[i].area.lost, back.pairs[i].area.gained);
    }
    const auto* c = find(there, "CCC", "BBB");
    ASSERT_TRUE(c);
    EXPECT_GT(c->minutes.lost, 0u);
    EXPECT_EQ(c->minutes.lost, c->minutes.before);
    EXPECT_EQ(c->minutes.after, 0u);
    // Nothing of what A gives B is touched, and the clause that is gone is named.
    const auto* b = find(there, "BBB", "AAA");
    ASSERT_TRUE(b);
    EXPECT_EQ(b->minutes.before, b->minutes.after);
    const auto gone = std::ranges::find(there.clauses, "B-C/tracks", &ClauseDiff::clause);
    ASSERT_NE(gone, there.clauses.end());
    EXPECT_GT(gone->seconds[0], 100);
    EXPECT_EQ(gone->seconds[1], 0);
}

TEST_F(LawDiffs, CoarserIsOtherwiseAndDelayTakesNothing) {
    const auto d = diff(*plain_, law(false), law(false, "grid_km = 10\ndelay_s = 5\n"));
    const auto* c = find(d, "CCC", "BBB");
    ASSERT_TRUE(c);
    EXPECT_GT(c->changed, 0u);
    EXPECT_EQ(c->minutes.gained, 0u);
    EXPECT_GE(c->minutes.after + 3, c->minutes.before);  // a cell may stand over the area's edge
    const auto changed = std::ranges::find(d.clauses, "B-C/tracks", &ClauseDiff::clause);
    ASSERT_NE(changed, d.clauses.end());
    EXPECT_TRUE(changed->other_text);
}

TEST_F(LawDiffs, TheShadowOfWhatIsSigned) {
    auto files = accord::Files{{"law.toml", std::string(law_text)}};
    auto text = accord("B-C", "BBB", "CCC", "");
    text.replace(text.find("consent = \"signature\"\nrule = \"on_signature\""),
                 std::string_view("consent = \"signature\"\nrule = \"on_signature\"").size(),
                 "consent = \"ratification\"\nrule = \"after_deposits\"");
    files["B-C.toml"] = text;
    const auto real = accord::Law::load(files, {});
    ASSERT_TRUE(real.alarms().empty());
    const auto d = diff(*plain_, real, real.shadow());
    const auto* c = find(d, "CCC", "BBB");
    ASSERT_TRUE(c);
    EXPECT_EQ(c->minutes.before, 0u);
    EXPECT_EQ(c->minutes.gained, plain_->of_c.at("BBB").size());
}

/// What B sent C beside tracks, as C had it: by product, of each object (its number at C) the minutes.
struct Told {
    std::map<std::string, std::set<std::uint64_t>> objects;
    std::map<std::string, std::set<std::pair<std::uint64_t, std::int64_t>>> minutes;
    std::uint64_t plots = 0, notices = 0;  ///< messages that left B
    std::filesystem::path folder;
};

/// Nodes that hand over everything there is, while a person at B decides and reports.
Told tell(const std::string& name, bool consent) {
    Told out;
    out.folder = std::filesystem::temp_directory_path() / ("asman-lawdiff-" + name + "-" + std::to_string(::getpid()));
    std::filesystem::create_directories(out.folder);
    auto setting = everything(consent);
    setting.record = out.folder.string();
    auto nodes = Nodes::make(setting);
    const auto& c = nodes.federation.engine(2);
    const auto look = [&] {
        for (const auto& n : c.notices()) {
            const std::array products{"alerts", "identity", "incidents", "sensor_status", "coverage"};
            const std::string product = products.at(static_cast<std::size_t>(n.kind));
            out.objects[product].insert(n.number);
            out.minutes[product].insert({n.number, n.time.ns / 60'000'000'000});
        }
    };
    for (int s = 0; s < 150; ++s) {
        if (s == 100) {
            const auto own = std::to_string(track_of_b(nodes, false)), with_a = std::to_string(track_of_b(nodes, true));
            const auto give = [&](core::Command x) { EXPECT_TRUE(nodes.federation.give(1, std::move(x))); };
            give(command("identify", {{"track", own}, {"identity", "neutral"}}));
            give(command("identify", {{"track", with_a}, {"identity", "suspect"}}));
            give(command("identify", {{"track", own}, {"identity", "friend"}}, "watch"));  // refused
            give(command("incident", {{"incident", "own"}, {"tracks", own}, {"text", "lost"}}));
            give(command("incident", {{"incident", "two"}, {"tracks", with_a + "," + own}}));
        }
        nodes.run(1);
        look();
    }
    // What the last picture handed over arrives a tick later; no other is made.
    for (int i = 0; i < 3; ++i) {
        nodes.now = nodes.now + node::tick_length;
        EXPECT_TRUE(nodes.federation.tick(nodes.now, nodes.frames(Alter::nothing)));
    }
    look();
    const auto counters = nodes.federation.engine(1).counters();
    out.plots = counters.at("reports_sent");
    out.notices = counters.at("notices_sent");
    EXPECT_EQ(c.counters().at("reports_received"), out.plots);
    EXPECT_TRUE(nodes.federation.sync());
    return out;
}

accord::Law law_of(const Setting& s) {
    accord::Files files{{"law.toml", std::string(law_text)}};
    for (const auto& [name, text] : s.accords) files[name] = text;
    auto out = accord::Law::load(files, {});
    for (const auto& a : out.alarms()) ADD_FAILURE() << a.text();
    return out;
}

const ProductDiff* product(const LawDiff& d, std::string_view name) {
    const auto it = std::ranges::find_if(
        d.products, [&](const ProductDiff& p) { return p.receiver == State("CCC") && p.product == name; });
    return it == d.products.end() ? nullptr : &*it;
}

TEST(LawDiffsOfProducts, SayWhatNodesUnderEitherLawHandOver) {
    const std::array told{tell("told-plain", false), tell("told-consent", true)};
    const std::array laws{law_of(everything(false)), law_of(everything(true))};
    for (const auto& recorded : told) {
        const auto d = law_diff(laws, {.logs = {recorded.folder.string()}, .law_time = {}});
        ASSERT_TRUE(d) << d.error().text();
        for (std::size_t i = 0; i < 2; ++i) {
            std::size_t notices = 0;
            for (const char* name : {"alerts", "identity", "incidents", "sensor_status", "coverage"}) {
                const auto* p = product(*d, name);
                ASSERT_TRUE(p) << name;
                const auto& said = i == 0 ? std::pair(p->objects.before, p->minutes.before)
                                          : std::pair(p->objects.after, p->minutes.after);
                EXPECT_EQ(said.first, told[i].objects.at(name).size()) << name << " under law " << i;
                EXPECT_EQ(said.second, told[i].minutes.at(name).size()) << name << " under law " << i;
                EXPECT_GT(said.first, 0u);
                notices += p->messages[i];
            }
            EXPECT_EQ(notices, told[i].notices);
            const auto* plots = product(*d, "target_reports");
            ASSERT_TRUE(plots);
            EXPECT_EQ(i == 0 ? plots->objects.before : plots->objects.after, told[i].plots);
            EXPECT_EQ(plots->messages[i], told[i].plots);
            EXPECT_EQ(plots->objects.gained + plots->objects.lost + plots->changed, 0u);
        }
        // A's consent lets the decision and the incident go that rest on A's track.
        EXPECT_EQ(product(*d, "identity")->objects.gained, 1u);
        EXPECT_EQ(product(*d, "incidents")->objects.gained, 1u);
        EXPECT_EQ(product(*d, "identity")->objects.lost, 0u);
    }
    // Without A at all in the logs, B's own is told all the same.
    const auto alone = law_diff(laws, {.logs = {(told[0].folder / "BBB.asmanlog").string()}, .law_time = {}});
    ASSERT_TRUE(alone);
    EXPECT_EQ(product(*alone, "target_reports")->objects.before, told[0].plots);
    for (const auto& t : told) std::filesystem::remove_all(t.folder);
}

TEST(LawDiffsOfProducts, CoarserPlotsAreOtherwiseAndFewerAreLost) {
    auto before = everything(), after = everything();
    auto& text = after.accords["B-C.toml"];
    const auto at = text.find("unassociated = \"release\"");
    ASSERT_NE(at, std::string::npos);
    text.replace(at, std::string_view("unassociated = \"release\"").size(), "unassociated = \"withhold\"\ngrid_km = 5");
    const auto told = tell("told-coarser", false);
    const std::array laws{law_of(before), law_of(after)};
    const auto d = law_diff(laws, {.logs = {told.folder.string()}, .law_time = {}});
    ASSERT_TRUE(d) << d.error().text();
    const auto* plots = product(*d, "target_reports");
    ASSERT_TRUE(plots);
    EXPECT_EQ(plots->objects.before, told.plots);
    EXPECT_GT(plots->objects.lost, 0u);
    EXPECT_EQ(plots->objects.before - plots->objects.lost, plots->objects.after);
    EXPECT_EQ(plots->changed, plots->objects.after);
    const auto* alerts = product(*d, "alerts");
    ASSERT_TRUE(alerts);
    EXPECT_EQ(alerts->objects.gained + alerts->objects.lost, 0u);
    const auto j = json::parse(law_diff_json(*d));
    EXPECT_EQ(j["products"].size(), d->products.size());
    EXPECT_NE(law_diff_text(*d).find("target_reports"), std::string::npos);
    std::filesystem::remove_all(told.folder);
}

TEST_F(LawDiffs, WordsJsonAndMapAgree) {
    const auto d = diff(*plain_, law(false), law(true));
    const auto j = json::parse(law_diff_json(d));
    EXPECT_EQ(j["pairs"].size(), d.pairs.size());
    EXPECT_TRUE(j["simulated"].get<bool>());
    const auto map = json::parse(law_diff_geojson(d));
    double gained = 0;
    for (const auto& f : map["features"]) {
        const auto& ring = f["geometry"]["coordinates"][0];
        ASSERT_EQ(ring.size(), 5u);
        EXPECT_EQ(ring[0], ring[4]);
        if (f["properties"]["change"] == "gained") gained += f["properties"]["km2"].get<double>();
    }
    double expected = 0;
    for (const auto& p : d.pairs) expected += p.area.gained;
    EXPECT_NEAR(gained, expected, 1.0 * static_cast<double>(map["features"].size()));
    EXPECT_GT(gained, 100);
    const auto words = law_diff_text(d);
    EXPECT_NE(words.find("CCC AAA"), std::string::npos) << words;
    EXPECT_NE(words.find("(simulated)"), std::string::npos);
}

TEST_F(LawDiffs, WhatCannotBeReadIsNamed) {
    const std::array laws{law(false), law(true)};
    const auto none = law_diff(laws, {.logs = {}, .law_time = {}});
    ASSERT_FALSE(none);
    const auto missing = law_diff(laws, {.logs = {"nowhere.asmanlog"}, .law_time = {}});
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().text().find("nowhere.asmanlog"), std::string::npos);
    const auto twice = law_diff(laws, {.logs = {plain_->folder.string(), consented_->folder.string()}, .law_time = {}});
    ASSERT_FALSE(twice);
    EXPECT_NE(twice.error().text().find("a second log of AAA"), std::string::npos);
}

}  // namespace
}  // namespace asman::study
