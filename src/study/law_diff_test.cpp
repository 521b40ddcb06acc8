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
