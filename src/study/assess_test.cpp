#include "assess_release.hpp"

#include <asman/study/assess.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace asman::study {
namespace {

using geo::Point;

/// Four made states side by side: KGZ 70–74°E, RUS 74–78, KAZ 78–82, TJK 82–86; CHN south of all.
const char* borders_text = R"({"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"iso3":"KGZ","name":"K"},"geometry":{"type":"Polygon","coordinates":[[[70,42],[74,42],[74,46],[70,46],[70,42]]]}},
{"type":"Feature","properties":{"iso3":"RUS","name":"R"},"geometry":{"type":"Polygon","coordinates":[[[74,42],[78,42],[78,46],[74,46],[74,42]]]}},
{"type":"Feature","properties":{"iso3":"KAZ","name":"Z"},"geometry":{"type":"Polygon","coordinates":[[[78,42],[82,42],[82,46],[78,46],[78,42]]]}},
{"type":"Feature","properties":{"iso3":"TJK","name":"T"},"geometry":{"type":"Polygon","coordinates":[[[82,42],[86,42],[86,46],[82,46],[82,42]]]}},
{"type":"Feature","properties":{"iso3":"CHN","name":"C"},"geometry":{"type":"Polygon","coordinates":[[[70,38],[86,38],[86,42],[82,42],[78,42],[74,42],[70,42],[70,38]]]}}]})";

std::string accord_text(const std::string& id, const std::string& a, const std::string& b, const std::string& signed_on,
                        const std::string& clauses) {
    return "format = 1\nid = \"" + id + "\"\ntitle = \"made\"\nparties = [\"" + a + "\", \"" + b +
           "\"]\n[signed]\non = " + signed_on +
           "\ncertainty = \"public\"\nsource = \"made\"\n[entry]\nconsent = \"signature\"\nrule = \"on_signature\"\n" +
           clauses;
}
std::string clause(const std::string& id, const std::string& from, const std::string& to, const std::string& extra,
                   const std::string& area = "near") {
    return "[[clause]]\nid = \"" + id + "\"\ntitle = \"made\"\ncertainty = \"assumed\"\nsource = \"made\"\nfrom = [\"" +
           from + "\"]\nto = [\"" + to + "\"]\nproduct = \"tracks\"\narea = \"" + area +
           "\"\nfields = [\"velocity\", \"height\"]\nvalidity_s = 400\n" + extra;
}
const std::string near = "[[region]]\nname = \"near\"\ncircle = [44, 76]\nradius_km = 1500\n";

accord::Files law_files() {
    return {
        {"law.toml",
         "format = 1\nsignatures = \"none\"\n[[state]]\ncode = \"KGZ\"\nname = \"K\"\n[[state]]\ncode = "
         "\"RUS\"\nname = \"R\"\n[[state]]\ncode = \"KAZ\"\nname = \"Z\"\n[[state]]\ncode = \"TJK\"\nname = \"T\"\n"},
        {"RUS-KAZ.toml", accord_text("RUS-KAZ", "KAZ", "RUS", "2010-01-01",
                                     near + clause("east", "KAZ", "RUS", "\n[clause.onward]\nto = [\"KGZ\"]\n"))},
        {"RUS-KGZ.toml", accord_text("RUS-KGZ", "KGZ", "RUS", "2015-06-01",
                                     near + clause("middle", "RUS", "KGZ", "includes_onward = true\n"))}};
}

coverage::Instrument radar(const std::string& name, const char* owner, double lon, double range = 250e3) {
    coverage::Instrument i;
    i.sensor.name = name;
    i.sensor.owner = i.sensor.operated_by = i.sensor.host = State(owner);
    i.sensor.kind = picture::SensorKind::combined;
    i.sensor.position = geo::Position{Point::degrees(44, lon), {40}};
    i.sensor.max_range = range;
    i.sensor.scan_period = base::seconds(10);
    i.primary_range = range, i.primary_reference_range = 200e3;
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
        options.cell = 10e3;
        options.levels = {100};
        options.approach = 600e3, options.border_step = 25e3;
    }
    Assessment run(const accord::Law& law) {
        auto a = assess(law, borders, geo::Terrain::flat(0), {}, sensors, options);
        if (!a) ADD_FAILURE() << a.error().text();
        return a ? *a : Assessment{};
    }
    accord::Law law(const accord::Files& files = law_files()) {
        auto l = accord::Law::load(files, {.borders = &borders});
        for (const auto& a : l.alarms()) ADD_FAILURE() << a.text();
        return l;
    }
};

TEST_F(Made, GainComesWithTheClausesAndGoesWithThem) {
    const auto a = run(law());
    ASSERT_EQ(a.epochs.size(), 3u);
    const auto& first = a.epochs[0].states[0];  // Kyrgyzstan
    EXPECT_EQ(first.levels[0].area, first.levels[0].own);
    EXPECT_TRUE(first.causes.empty());
    ASSERT_EQ(first.findings.size(), 1u);
    EXPECT_NE(first.findings[0].find("No clause in force"), std::string::npos);
    // The first accord brings Russia something and Kyrgyzstan nothing.
    EXPECT_EQ(a.epochs[1].states[0].levels[0].area, first.levels[0].area);
    EXPECT_FALSE(a.epochs[1].changed[0]);
    EXPECT_TRUE(a.epochs[1].changed[1]);
    EXPECT_GT(a.epochs[1].states[1].levels[0].area, a.epochs[0].states[1].levels[0].area * 1.2);
    // The second brings it Russia's radar, and Kazakhstan's through Russia.
    const auto& k = a.epochs[2].states[0];
    const auto& l = k.levels[0];
    const std::string direct = "RUS-KGZ/middle", onward = "RUS-KAZ/east > RUS-KGZ/middle";
    ASSERT_EQ(l.by_chain.size(), 2u);
    EXPECT_GT(l.by_chain.at(direct).vanishes, 10000);
    EXPECT_GT(l.by_chain.at(onward).vanishes, 1000);
    EXPECT_NEAR(l.area, l.own + l.by_chain.at(direct).alone + l.by_chain.at(onward).vanishes, 1);
    // Shares add up to the gain, whichever way it is split.
    for (const auto* split : {&l.by_chain, &l.by_partner}) {
        double sum = 0;
        for (const auto& [name, g] : *split) {
            sum += g.share;
            EXPECT_LE(g.vanishes, g.share + 1e-6) << name;
            EXPECT_LE(g.share, g.alone + 1e-6) << name;
        }
        EXPECT_NEAR(sum, l.area - l.own, 1);
    }
    // If Russia suspends, both chains break; if Kazakhstan does, one.
    EXPECT_GT(k.lost_if_suspends.at("RUS").area, k.lost_if_suspends.at("KAZ").area);
    EXPECT_GT(k.lost_if_suspends.at("RUS").warning, 0);
    EXPECT_GT(a.epochs[2].states[2].gives.at("KGZ"), 0);
    EXPECT_GT(k.lost_if_fails.at("RUS/b").area, 0);
    EXPECT_GE(k.lost_if_fails.at("RUS/b").warning, 0);
    // Where a partner looks the warning grows; towards the west nobody looks farther than before, and it is said.
    EXPECT_GT(k.by_border.at("RUS").second.mean, k.by_border.at("RUS").first.mean + 100);
    EXPECT_GT(k.warning.mean, k.warning_own.mean);
    ASSERT_FALSE(k.findings.empty());
    EXPECT_EQ(k.findings[0].find("Nothing is gained against what comes from the side of "), 0u) << k.findings[0];
    EXPECT_NE(k.findings[0].find("sea ("), std::string::npos) << k.findings[0];
    EXPECT_EQ(k.findings[0].find("RUS"), std::string::npos) << k.findings[0];
}

TEST_F(Made, WhatVanishesWithAClauseIsWhatTheLawWithoutItGivesLess) {
    // A second clause gives part of what the first does: taking one out loses only what the other does not give.
    auto files = law_files();
    files["RUS-KGZ.toml"] = accord_text(
        "RUS-KGZ", "KGZ", "RUS", "2015-06-01",
        near + "[[region]]\nname = \"strip\"\nborder = [\"KGZ\", \"RUS\"]\nkm = 150\nside = \"both\"\n" +
            clause("middle", "RUS", "KGZ", "includes_onward = true\n") + clause("strip", "RUS", "KGZ", "", "strip"));
    options.levels = {100, 200};
    const auto whole = law(files);
    const auto a = run(whole);
    for (const auto& s : a.epochs.back().states)
        for (const auto& [name, km2] : s.levels[0].by_clause) {
            const auto less = whole.without(name);
            ASSERT_TRUE(less) << name;
            const auto b = run(*less);
            for (const auto& t : b.epochs.back().states) {
                if (t.state != s.state) continue;
                for (std::size_t l = 0; l < 2; ++l)
                    EXPECT_NEAR(s.levels[l].area - t.levels[l].area, s.levels[l].by_clause.at(name), 1) << name;
                EXPECT_NEAR(s.warning.mean - t.warning.mean, s.warning_by_clause.at(name), 0.5) << name;
            }
        }
    const auto& k = a.epochs.back().states[0];
    EXPECT_LT(k.levels[0].by_clause.at("RUS-KGZ/middle"), k.levels[0].area - k.levels[0].own - 1000);
    EXPECT_GT(k.levels[0].by_clause.at("RUS-KGZ/middle"), 0);
    const auto none = run(*whole.without("RUS-KGZ"));
    EXPECT_EQ(none.epochs.back().states[0].levels[0].area, none.epochs.back().states[0].levels[0].own);
    EXPECT_EQ(none.epochs.back().states[0].warning.mean, none.epochs.back().states[0].warning_own.mean);
}

TEST_F(Made, AStripGivesOnlyTheStrip) {
    auto files = law_files();
    files["RUS-KGZ.toml"] =
        accord_text("RUS-KGZ", "KGZ", "RUS", "2015-06-01",
                    "[[region]]\nname = \"strip\"\nborder = [\"KGZ\", \"RUS\"]\nkm = 100\nside = \"both\"\n" +
                        clause("strip", "RUS", "KGZ", "", "strip"));
    const auto a = run(law(files));
    const auto& l = a.epochs.back().states[0].levels[0];
    // 445 km of border, 100 km on the far side, of what the radar 160 km away shows of it and the own does not.
    EXPECT_GT(l.area - l.own, 8000);
    EXPECT_LT(l.area - l.own, 2 * 100 * 445);
    // Every cell that only the accord shows lies within the strip.
    const auto& m = l.map;
    int only = 0;
    for (std::size_t i = 0; i < m.cells.size(); ++i) {
        if (m.cells[i] < 2 || m.sets[m.cells[i]] & 1) continue;
        const double lon = m.north_west.lon + m.step_lon * static_cast<double>(i % m.columns);
        const double lat = m.north_west.lat - m.step_lat * static_cast<double>(i / m.columns);
        const Point p{lat, lon}, border{std::clamp(lat, 42 * geo::deg, 46 * geo::deg), 74 * geo::deg};
        EXPECT_LT(geo::distance(p, border), 101e3 + 5e3);
        ++only;
    }
    EXPECT_GT(only, 20);
}

TEST_F(Made, DelaysComeOffTheWarningAndBandsCutLevels) {
    const auto plain = run(law());
    auto files = law_files();
    files["RUS-KGZ.toml"] =
        accord_text("RUS-KGZ", "KGZ", "RUS", "2015-06-01",
                    near + clause("middle", "RUS", "KGZ", "includes_onward = true\ndelay_s = 120\n"));
    const auto late = run(law(files));
    const auto &p = plain.epochs.back().states[0], &d = late.epochs.back().states[0];
    EXPECT_EQ(p.levels[0].area, d.levels[0].area);  // it is seen, later
    for (const auto& c : d.causes) EXPECT_NEAR(c.delay, 120, 1e-6);
    EXPECT_LT(d.by_border.at("RUS").second.mean, p.by_border.at("RUS").second.mean - 60);
    EXPECT_GE(d.by_border.at("RUS").second.mean, p.by_border.at("RUS").second.mean - 120);
    EXPECT_GE(d.warning.mean, d.warning_own.mean);

    files["RUS-KGZ.toml"] =
        accord_text("RUS-KGZ", "KGZ", "RUS", "2015-06-01",
                    near + clause("middle", "RUS", "KGZ",
                                  "includes_onward = true\nunknown_height = \"withhold\"\n[clause.band]\nkind = "
                                  "\"flight_level\"\nfrom = 150\nto = 400\n"));
    options.levels = {100, 200};
    const auto banded = run(law(files));
    const auto& b = banded.epochs.back().states[0];
    EXPECT_EQ(b.levels[0].area, b.levels[0].own);
    EXPECT_GT(b.levels[1].area, b.levels[1].own * 1.2);
    EXPECT_GT(b.warning.mean, b.warning_own.mean);  // at FL180
}

TEST_F(Made, AChainOfTwoHandOversIsFound) {
    auto files = law_files();
    files["KAZ-TJK.toml"] =
        accord_text("KAZ-TJK", "KAZ", "TJK", "2012-01-01",
                    near + clause("far", "TJK", "KAZ", "\n[clause.onward]\nto = [\"RUS\", \"KGZ\"]\nhops = 2\n"));
    files["RUS-KAZ.toml"] =
        accord_text("RUS-KAZ", "KAZ", "RUS", "2010-01-01",
                    near + clause("east", "KAZ", "RUS", "includes_onward = true\n\n[clause.onward]\nto = [\"KGZ\"]\n"));
    sensors.push_back(radar("TJK/d", "TJK", 81.5, 400e3));
    options.states.push_back(State("TJK"));
    options.approach = 900e3;
    const auto a = run(law(files));
    const auto& k = a.epochs.back().states[0];
    const std::string chain = "KAZ-TJK/far > RUS-KAZ/east > RUS-KGZ/middle";
    ASSERT_TRUE(k.by_chain.contains(chain));
    for (const auto& c : k.causes)
        if (c.chain == chain) {
            EXPECT_EQ(c.originator, State("TJK"));
            EXPECT_EQ(c.hands, (std::vector<State>{State("KAZ"), State("RUS")}));
            EXPECT_EQ(c.clauses.size(), 3u);
        }
    EXPECT_GT(k.levels[0].by_chain.at(chain).alone, 0);
}

TEST_F(Made, ASitesRadarIsThereWhileItsAccordIs) {
    auto files = law_files();
    files["RUS-KGZ.toml"] =
        accord_text("RUS-KGZ", "KGZ", "RUS", "2015-06-01",
                    near + "[[site]]\nid = \"plot\"\nhost = \"KGZ\"\nowner = \"RUS\"\nsensors = [\"RUS/site\"]\n" +
                        clause("site", "RUS", "KGZ", "sensors = [\"site:plot\"]\n"));
    auto site = radar("RUS/site", "RUS", 73.5);
    site.sensor.host = State("KGZ"), site.sensor.accord = "RUS-KGZ";
    sensors.push_back(site);
    const auto a = run(law(files));
    const auto &before = a.epochs[1].states, &after = a.epochs[2].states;
    // Its owner has it from that day, through the site; the host through the clause; nobody before.
    EXPECT_GT(after[1].levels[0].area, before[1].levels[0].area);
    EXPECT_NEAR(after[1].levels[0].own, before[1].levels[0].own, 1e-3);
    EXPECT_TRUE(after[1].levels[0].by_chain.contains("RUS-KGZ/plot"));
    EXPECT_GT(after[1].levels[0].by_clause.at("RUS-KGZ/plot"), 0);
    EXPECT_GT(after[0].levels[0].by_partner.at("RUS at RUS/site").alone, 0);
    EXPECT_NEAR(before[0].levels[0].area, before[0].levels[0].own, 1e-3);
}

TEST_F(Made, OneStateAloneIsToldTheSameAndNeedsNoTerrainAtSensorsThatDoNotReachIt) {
    auto files = law_files();
    files["RUS-KAZ.toml"] =
        accord_text("RUS-KAZ", "KAZ", "RUS", "2010-01-01",
                    near + clause("east", "KAZ", "RUS", "includes_onward = true\n\n[clause.onward]\nto = [\"KGZ\"]\n"));
    sensors.push_back(radar("KAZ/far", "KAZ", 140));
    const auto all = run(law(files));
    options.others = options.states, options.states = {State("KGZ")};
    const geo::Terrain part = geo::Terrain::grid(Point::degrees(54, 55), 0.1 * geo::deg, 0.1 * geo::deg, 200, 450,
                                                 std::vector<float>(200 * 450, 0.0f), "flat here");
    const auto alone = assess(law(files), borders, part, {}, sensors, options);
    ASSERT_TRUE(alone) << alone.error().text();
    ASSERT_EQ(alone->epochs.size(), all.epochs.size());
    for (std::size_t e = 0; e < all.epochs.size(); ++e) {
        const auto &a = all.epochs[e].states[0], &b = alone->epochs[e].states[0];
        ASSERT_EQ(b.state, State("KGZ"));
        EXPECT_EQ(a.causes, b.causes);
        EXPECT_NEAR(a.levels[0].area, b.levels[0].area, 1);
        EXPECT_NEAR(a.warning.mean, b.warning.mean, 0.1);
        EXPECT_EQ(a.lost_if_suspends.size(), b.lost_if_suspends.size());
        for (const auto& [partner, loss] : a.lost_if_suspends)
            EXPECT_NEAR(loss.area, b.lost_if_suspends.at(partner).area, 1) << partner;
    }
    // Kazakhstan's radar is there through Russia, whose own gain nobody asked for.
    EXPECT_TRUE(alone->epochs.back().states[0].lost_if_suspends.contains("RUS"));
    EXPECT_TRUE(alone->epochs.back().states[0].lost_if_suspends.contains("KAZ"));
}

TEST_F(Made, TheSameForAnyNumberOfThreads) {
    options.map_cells = 2000;
    options.threads = 1;
    const auto one = assessment_json(run(law()), true);
    options.threads = 4;
    EXPECT_EQ(one, assessment_json(run(law()), true));
}

TEST_F(Made, RoutesAreFollowedWithTheirGaps) {
    // From west to east along 44°N: the first radar's 250 km, a gap, the second's.
    const auto file = std::filesystem::temp_directory_path() / "asman_routes_test.csv";
    std::ofstream(file) << "# made\nAAAA,BBBB # across\n";
    const auto place = [](std::string_view code) -> std::optional<Point> {
        if (code == "AAAA") return Point::degrees(44, 68);
        if (code == "BBBB") return Point::degrees(44, 77.5);
        return std::nullopt;
    };
    const auto routes = read_routes(file.string(), place);
    ASSERT_TRUE(routes) << routes.error().text();
    ASSERT_EQ(routes->size(), 1u);
    options.routes = *routes;
    options.route_ends = 0;
    options.approach = 400e3;
    const auto a = run(law());
    const auto &before = a.epochs[0].states[0].routes, &after = a.epochs[2].states[0].routes;
    ASSERT_EQ(before.size(), 1u);
    EXPECT_EQ(before[0].name, "AAAA-BBBB");
    EXPECT_NEAR(before[0].length, geo::distance(Point::degrees(44, 68), Point::degrees(44, 77.5)), 20e3);
    EXPECT_NEAR(before[0].own * before[0].length, 480e3, 30e3);  // 241 km west to the end, 239 east of the radar
    EXPECT_EQ(before[0].own, before[0].joint);
    EXPECT_EQ(before[0].gaps, 2);  // over the antenna, in its cone of silence, and beyond its range
    EXPECT_GT(after[0].joint, 0.97);
    EXPECT_EQ(after[0].own, before[0].own);
    EXPECT_GT(after[0].by_2, 0);
    EXPECT_LT(after[0].gap, before[0].gap);
    std::ofstream(file) << "AAAA,XXXX\n";
    const auto unknown = read_routes(file.string(), place);
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().text().find("XXXX"), std::string::npos);
    EXPECT_EQ(unknown.error().place.line, 1u);
    std::ofstream(file)
        << R"({"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"r"},"geometry":{"type":"LineString","coordinates":[[70,44],[75,45]]}}]})";
    const auto line = read_routes(file.string(), place);
    ASSERT_TRUE(line) << line.error().text();
    EXPECT_EQ((*line)[0].name, "r");
    std::filesystem::remove(file);
}

TEST_F(Made, ReportsCarryTerrainDatumsAndCaveats) {
    const auto a = run(law());
    const auto json = assessment_json(a), html = assessment_html(a, &borders), text = assessment_text(a);
    for (const auto& page : {json, html, text}) {
        EXPECT_NE(page.find("flat terrain"), std::string::npos);
        EXPECT_NE(page.find("notional"), std::string::npos);
        EXPECT_EQ(page.find("nan"), std::string::npos);
        EXPECT_NE(page.find("RUS-KAZ/east"), std::string::npos);
    }
    EXPECT_NE(json.find("mean sea level"), std::string::npos);
    EXPECT_NE(html.find("WGS-84"), std::string::npos);
    // The page is whole by itself: nothing is fetched.
    for (const char* outside : {"http://", "https://", "src=", "<script", "@import"})
        EXPECT_EQ(html.find(outside), std::string::npos) << outside;
    EXPECT_NE(html.find("<symbol id=\"borders-KGZ\""), std::string::npos);
    const auto& d = a.epochs.back().states[0].warning;
    std::size_t sum = 0;
    for (const auto n : d.bins) sum += n;
    EXPECT_EQ(sum, d.approaches);
    EXPECT_GT(d.approaches, 100u);
}

TEST_F(Made, RefusesWithAReason) {
    auto o = options;
    std::swap(o.from, o.to);
    EXPECT_FALSE(assess(law(), borders, geo::Terrain::flat(0), {}, sensors, o));
    o = options;
    o.states = {State("XXX")};
    EXPECT_FALSE(assess(law(), borders, geo::Terrain::flat(0), {}, sensors, o));
    EXPECT_FALSE(assess(law(), borders, geo::Terrain::flat(0), {}, {}, options));
    o = options;
    o.speed = 0;
    EXPECT_FALSE(assess(law(), borders, geo::Terrain::flat(0), {}, sensors, o));
}

TEST_F(Made, TheLawsRasterIsWhatAskingEveryCellSays) {
    auto files = law_files();
    files["RUS-KGZ.toml"] =
        accord_text("RUS-KGZ", "KGZ", "RUS", "2015-06-01",
                    near + "[[region]]\nname = \"strip\"\nborder = [\"KGZ\", \"RUS\"]\nkm = 120\nside = \"both\"\n" +
                        "[[region]]\nname = \"round\"\ncircle = [44.5, 76.3]\nradius_km = 90\n" +
                        clause("round", "RUS", "KGZ", "", "round") + clause("strip", "RUS", "KGZ", "", "strip"));
    const auto all = law(files);
    const auto view = all.at(*base::parse_time("2016-01-01"));
    const auto grid = *coverage::Grid::over(Point::degrees(41, 72), Point::degrees(47, 79), 2e3);
    const auto groups = groups_of(sensors, all);
    const std::size_t block = law_block(2e3);
    EXPECT_EQ(block, 8u);
    const std::size_t blocks = ((grid.columns + block - 1) / block) * ((grid.rows + block - 1) / block);
    const std::vector<std::uint8_t> reach(blocks, 1);
    const auto at = *base::parse_time("2016-01-01");
    const auto coarse = ask_release(view, at, 180, groups[1], State("KGZ"), options.states, grid, block, reach);
    const std::vector<std::uint8_t> every(grid.size(), 1);
    const auto fine = ask_release(view, at, 180, groups[1], State("KGZ"), options.states, grid, 1, every);
    ASSERT_EQ(coarse.causes.size(), 2u);
    std::size_t different = 0;
    const auto name = [](const Release& r, std::uint8_t v) { return v == 0 ? std::string() : r.causes[v - 1u].chain; };
    for (std::size_t r = 0; r < grid.rows; ++r)
        for (std::size_t c = 0; c < grid.columns; ++c)
            different += name(coarse, coarse.at.at(r, c)) != name(fine, fine.at.at(r, c)) ? 1 : 0;
    // A border may cut a block's corner between the places asked: a few cells in a hundred thousand.
    EXPECT_LT(different, grid.size() / 2000) << different << " of " << grid.size();
}

}  // namespace
}  // namespace asman::study
