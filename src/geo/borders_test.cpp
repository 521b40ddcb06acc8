#include <asman/geo/region.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <asman_test/environment.hpp>
#include <cmath>

namespace asman::geo {
namespace {

// Two states side by side and an enclave of the first in the second.
constexpr std::string_view tiny = R"({"type":"FeatureCollection","features":[
 {"type":"Feature","properties":{"iso3":"BBB","name":"East"},"geometry":{"type":"Polygon","coordinates":[
   [[72,40],[74,40],[74,42],[72,42],[72,41],[72,40]],[[73,41],[73.1,41],[73.1,41.1],[73,41.1],[73,41]]]}},
 {"type":"Feature","properties":{"iso3":"AAA","name":"West"},"geometry":{"type":"MultiPolygon","coordinates":[
   [[[70,40],[72,40],[72,41],[72,42],[70,42],[70,40]]],[[[73,41],[73.1,41],[73.1,41.1],[73,41.1],[73,41]]]]}}]})";

TEST(Borders, FindsStatesByCodeAndPlace) {
    const auto b = Borders::parse(tiny, "tiny.geojson").value();
    ASSERT_EQ(b.states().size(), 2u);
    EXPECT_EQ(b.states()[0].iso3, "AAA");
    EXPECT_EQ(b.find("BBB")->name, "East");
    EXPECT_EQ(b.find("CCC"), nullptr);
    EXPECT_EQ(b.state_at(Point::degrees(41, 71))->iso3, "AAA");
    EXPECT_EQ(b.state_at(Point::degrees(41, 73.5))->iso3, "BBB");
    EXPECT_EQ(b.state_at(Point::degrees(41.05, 73.05))->iso3, "AAA");
    EXPECT_EQ(b.state_at(Point::degrees(45, 73)), nullptr);
    EXPECT_EQ(b.state_at({std::numeric_limits<double>::quiet_NaN(), 0}), nullptr);
}

/// The real borders where they have been made (tools/borders), else nothing.
std::optional<Borders> real_borders() {
    for (const char* path : {"/data/borders.geojson", "/../data/borders.geojson", "/../tools/data/borders.geojson"}) {
        if (auto b = Borders::load(std::string(ASMAN_BINARY_DIR) + path)) return std::move(*b);
    }
    return std::nullopt;
}

TEST(Borders, OfTheRealWorldKnowTheirCities) {
    const auto b = real_borders();
    ASMAN_NEED(b, "borders.geojson (tools/borders makes it)");
    const std::vector<std::tuple<std::string, double, double>> cities{
        {"KGZ", 42.87, 74.59}, {"KGZ", 40.53, 72.80}, {"AFG", 36.73, 68.87}, {"KAZ", 43.24, 76.90},
        {"TJK", 38.56, 68.77}, {"RUS", 55.75, 37.60}, {"ARM", 40.18, 44.50}, {"BLR", 53.90, 27.56},
        {"UZB", 39.96, 71.13},  // Sokh, an exclave within Kyrgyzstan
        {"ATA", -90, 0},       {"ATA", -85, 180},     {"RUS", 68, 180},      {"RUS", 66, -172}};
    for (const auto& [iso3, lat, lon] : cities) {
        const auto* state = b->state_at(Point::degrees(lat, lon));
        ASSERT_NE(state, nullptr) << lat << " " << lon;
        EXPECT_EQ(state->iso3, iso3);
    }
    EXPECT_EQ(b->state_at(Point::degrees(0, -150)), nullptr);
    EXPECT_LT(b->find("RUS")->land.signed_distance(Point::degrees(68, 180)), -50'000);  // no border at 180°
    // Kyrgyzstan has no coast: its borders with its neighbours are all of its outline.
    const auto length = [](const std::vector<std::vector<Point>>& lines) {
        double sum = 0;
        for (const auto& line : lines) {
            for (std::size_t i = 1; i < line.size(); ++i) sum += distance(line[i - 1], line[i]);
        }
        return sum;
    };
    double common = 0;
    for (const char* neighbour : {"KAZ", "UZB", "TJK", "CHN"}) common += length(b->common_border("KGZ", neighbour));
    EXPECT_NEAR(common / length(b->find("KGZ")->land.outline()), 1, 1e-9);
    // What the index leaves out is not there.
    EXPECT_TRUE(rc::check("the index agrees with asking each state", [&] {
        const Point p{std::asin(*rc::gen::inRange(-1'000'000, 1'000'001) * 1e-6),
                      *rc::gen::inRange(-3'141'592, 3'141'593) * 1e-6};
        const StateArea* slow = nullptr;
        for (const auto& s : b->states()) {
            if (!slow && s.land.contains(p, true)) slow = &s;
        }
        RC_ASSERT(b->state_at(p) == slow);
    }));
}

TEST(Borders, CommonBorderIsTheSharedLine) {
    const auto b = Borders::parse(tiny, "tiny.geojson").value();
    const auto lines = b.common_border("AAA", "BBB");
    ASSERT_EQ(lines.size(), 2u);
    EXPECT_EQ(lines[0].size(), 3u);  // 72°E from 40° over 41° to 42°N
    EXPECT_EQ(lines[1].size(), 5u);  // around the enclave
    EXPECT_EQ(lines[1].front(), lines[1].back());
    EXPECT_EQ(b.common_border("BBB", "AAA").size(), 2u);
    EXPECT_TRUE(b.common_border("AAA", "AAA").empty());
    EXPECT_TRUE(b.common_border("AAA", "ZZZ").empty());
}

TEST(Borders, ErrorsNameTheFeature) {
    for (
        const auto& [text, item] : std::vector<std::pair<std::string, std::string>>{
            {"{", ""},
            {"[]", ""},
            {R"({"features":[{"properties":{"iso3":"aaa","name":"x"}}]})", "features[0]"},
            {R"({"features":[{"properties":{"iso3":"AAA"}}]})", "features[0]"},
            {R"({"features":[{"properties":{"iso3":"AAA","name":"x"},"geometry":{"type":"Point","coordinates":[1,2]}}]})",
             "features[0]"},
            {R"({"features":[{"properties":{"iso3":"AAA","name":"x"},"geometry":{"type":"Polygon","coordinates":
                [[[0,0],[1,0],[1,99],[0,0]]]}}]})",
             "features[0]"}}) {
        const auto b = Borders::parse(text, "f");
        ASSERT_FALSE(b) << text;
        EXPECT_EQ(b.error().place.source, "f");
        EXPECT_EQ(b.error().place.item, item);
    }
    std::string twice(tiny);
    twice.replace(twice.find("BBB"), 3, "AAA");
    EXPECT_EQ(Borders::parse(twice, "f").error().code, base::Errc::duplicate);
}

TEST(Borders, HostileTextDoesNoHarm) {
    EXPECT_TRUE(rc::check("cut and changed documents", [] {
        std::string text(tiny);
        text.resize(*rc::gen::inRange<std::size_t>(0, text.size() + 1));
        if (!text.empty()) text[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::arbitrary<char>();
        (void)Borders::parse(text, "f");
    }));
}

}  // namespace
}  // namespace asman::geo
