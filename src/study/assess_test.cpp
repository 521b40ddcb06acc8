#include <asman/study/assess.hpp>

#include <gtest/gtest.h>

#include <cmath>

namespace asman::study {
namespace {

using picture::State;

/// Three made states side by side, ten degrees of longitude each: KGZ 70–74, RUS 74–78, KAZ 78–82; CHN south of all.
const char* borders_text = R"({"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"iso3":"KGZ","name":"K"},"geometry":{"type":"Polygon","coordinates":[[[70,42],[74,42],[74,46],[70,46],[70,42]]]}},
{"type":"Feature","properties":{"iso3":"RUS","name":"R"},"geometry":{"type":"Polygon","coordinates":[[[74,42],[78,42],[78,46],[74,46],[74,42]]]}},
{"type":"Feature","properties":{"iso3":"KAZ","name":"Z"},"geometry":{"type":"Polygon","coordinates":[[[78,42],[82,42],[82,46],[78,46],[78,42]]]}},
{"type":"Feature","properties":{"iso3":"CHN","name":"C"},"geometry":{"type":"Polygon","coordinates":[[[70,38],[82,38],[82,42],[78,42],[74,42],[70,42],[70,38]]]}}]})";

std::string accord_text(const std::string& id, const std::string& a, const std::string& b, const std::string& signed_on,
                        const std::string& clauses) {
    return "format = 1\nid = \"" + id + "\"\ntitle = \"made\"\nparties = [\"" + a + "\", \"" + b +
           "\"]\n[signed]\non = " + signed_on +
           "\ncertainty = \"public\"\nsource = \"made\"\n[entry]\nconsent = \"signature\"\nrule = \"on_signature\"\n" +
           clauses;
}
std::string clause(const std::string& id, const std::string& from, const std::string& to, const std::string& extra) {
    return "[[clause]]\nid = \"" + id + "\"\ntitle = \"made\"\ncertainty = \"assumed\"\nsource = \"made\"\nfrom = [\"" +
           from + "\"]\nto = [\"" + to +
           "\"]\nproduct = \"tracks\"\n"
           "area = \"near\"\nfields = [\"velocity\", \"height\"]\nvalidity_s = 15\n" +
           extra;
}
const std::string near = "[[region]]\nname = \"near\"\ncircle = [44, 76]\nradius_km = 900\n";

accord::Files law_files() {
    return {{"law.toml",
             "format = 1\nsignatures = \"none\"\n[[state]]\ncode = \"KGZ\"\nname = \"K\"\n[[state]]\ncode = "
             "\"RUS\"\nname = \"R\"\n[[state]]\ncode = \"KAZ\"\nname = \"Z\"\n"},
            {"RUS-KAZ.toml", accord_text("RUS-KAZ", "KAZ", "RUS", "2010-01-01",
                                         near + clause("east", "KAZ", "RUS", "\n[clause.onward]\nto = [\"KGZ\"]\n"))},
            {"RUS-KGZ.toml", accord_text("RUS-KGZ", "KGZ", "RUS", "2015-06-01",
                                         near + clause("middle", "RUS", "KGZ", "includes_onward = true\n"))}};
}

coverage::Instrument radar(const std::string& name, const char* owner, double lon) {
    coverage::Instrument i;
    i.sensor.name = name;
    i.sensor.owner = i.sensor.operated_by = i.sensor.host = State(owner);
    i.sensor.kind = picture::SensorKind::combined;
    i.sensor.position = geo::Position{geo::Point::degrees(44, lon), {40}};
    i.sensor.max_range = 250e3;
    i.sensor.scan_period = base::seconds(10);
    i.primary_range = 250e3, i.primary_reference_range = 200e3;
    return i;
}

struct Made : testing::Test {
    geo::Borders borders = *geo::Borders::parse(borders_text, "made");
    std::vector<coverage::Instrument> sensors{radar("KGZ/a", "KGZ", 71), radar("RUS/b", "RUS", 76),
                                              radar("KAZ/c", "KAZ", 79)};
    AssessOptions options;
    Made() {
        options.from = *base::parse_time("2009-01-01"), options.to = *base::parse_time("2020-01-01");
        options.states = {State("KGZ"), State("RUS"), State("KAZ")};
        options.cell = 20e3, options.law_cell = 40e3;
        options.levels = {100};
        options.approach = 600e3;
    }
    Assessment run(const accord::Law& law) {
        auto a = assess(law, borders, geo::Terrain::flat(0), {}, sensors, options);
        if (!a) ADD_FAILURE() << a.error().text();
        return a ? *a : Assessment{};
    }
    accord::Law law() {
        auto l = accord::Law::load(law_files(), {.borders = &borders});
        for (const auto& a : l.alarms()) ADD_FAILURE() << a.text();
        return l;
    }
};

TEST_F(Made, GainComesWithTheClausesAndGoesWithThem) {
    const auto a = run(law());
    ASSERT_EQ(a.epochs.size(), 3u);
    const auto& first = a.epochs[0].states[0];  // Kyrgyzstan
    EXPECT_EQ(first.levels[0].area, first.levels[0].own);
    EXPECT_TRUE(first.levels[0].gain.empty());
    // The first accord brings Russia something and Kyrgyzstan nothing.
    EXPECT_EQ(a.epochs[1].states[0].levels[0].area, first.levels[0].area);
    EXPECT_GT(a.epochs[1].states[1].levels[0].area, a.epochs[0].states[1].levels[0].area * 1.2);
    // The second brings it Russia's radar, and Kazakhstan's through Russia.
    const auto& k = a.epochs[2].states[0];
    ASSERT_EQ(k.levels[0].gain.size(), 2u);
    EXPECT_GT(k.levels[0].gain.at("RUS-KGZ/middle"), 10000);
    EXPECT_GT(k.levels[0].gain.at("RUS-KAZ/east > RUS-KGZ/middle"), 1000);
    EXPECT_NEAR(
        k.levels[0].area,
        k.levels[0].own + k.levels[0].alone.at("RUS-KGZ/middle") + k.levels[0].gain.at("RUS-KAZ/east > RUS-KGZ/middle"),
        1);
    // If Russia suspends, both chains break; if Kazakhstan does, one.
    EXPECT_GT(k.lost_if_suspends.at("RUS"), k.lost_if_suspends.at("KAZ"));
    EXPECT_GT(a.epochs[2].states[2].gives.at("KGZ"), 0);
    EXPECT_GT(k.lost_if_fails.at("RUS/b"), 0);
    // Where a partner looks the warning grows; towards the south nobody looks farther than before.
    EXPECT_GT(k.by_border.at("RUS").second.mean, k.by_border.at("RUS").first.mean + 100);
    EXPECT_GT(k.warning.mean, k.warning_own.mean);
}

TEST_F(Made, WithoutTheOnwardClauseItsGainIsGone) {
    const auto less = law().without("RUS-KAZ/east");
    ASSERT_TRUE(less) << less.error().text();
    const auto a = run(*less);
    const auto& k = a.epochs.back().states[0];
    EXPECT_EQ(k.levels[0].gain.size(), 1u);
    EXPECT_EQ(a.epochs.back().states[1].levels[0].area, a.epochs.back().states[1].levels[0].own);
    const auto none = law().without("RUS-KGZ");
    ASSERT_TRUE(none);
    const auto b = run(*none);
    EXPECT_EQ(b.epochs.back().states[0].levels[0].area, b.epochs.back().states[0].levels[0].own);
    EXPECT_EQ(b.epochs.back().states[0].warning.mean, b.epochs.back().states[0].warning_own.mean);
}

TEST_F(Made, ReportsCarryTerrainAndCaveats) {
    const auto a = run(law());
    for (const auto& text : {assessment_json(a), assessment_html(a), assessment_text(a)}) {
        EXPECT_NE(text.find("flat terrain"), std::string::npos);
        EXPECT_NE(text.find("notional"), std::string::npos);
        EXPECT_EQ(text.find("nan"), std::string::npos);
    }
}

TEST_F(Made, RefusesWithAReason) {
    auto o = options;
    std::swap(o.from, o.to);
    EXPECT_FALSE(assess(law(), borders, geo::Terrain::flat(0), {}, sensors, o));
    o = options;
    o.states = {State("XXX")};
    EXPECT_FALSE(assess(law(), borders, geo::Terrain::flat(0), {}, sensors, o));
    EXPECT_FALSE(assess(law(), borders, geo::Terrain::flat(0), {}, {}, options));
}

}  // namespace
}  // namespace asman::study
