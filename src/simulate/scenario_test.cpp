#include <asman/simulate/scenario.hpp>

#include <gtest/gtest.h>

namespace asman::simulate {
namespace {

const std::string head = R"(format = 1
name = "t"
start = 2024-01-15T06:00:00Z
[[state]]
code = "KGZ"
expected = ["ABC1"]
state_aircraft = ["601F01"]
[[airport]]
icao = "UCFM"
lat = 43.06
lon = 74.48
elevation_m = 627
)";

void expect_error(const std::string& text, base::Errc code, const std::string& says, std::uint32_t line = 0) {
    const auto s = Scenario::parse(text, "t.toml");
    ASSERT_FALSE(s) << text;
    EXPECT_EQ(s.error().code, code) << s.error().text();
    EXPECT_NE(s.error().text().find(says), std::string::npos) << s.error().text();
    EXPECT_EQ(s.error().place.source, "t.toml");
    if (line) {
        EXPECT_EQ(s.error().place.line, line) << s.error().text();
    }
}

TEST(Scenario, ReadsASensorWithItsFourRelations) {
    const auto s = Scenario::parse(head + R"([[state]]
code = "RUS"
[[sensor]]
name = "RUS/Kant"
owner = "RUS"
host = "KGZ"
accord = "A"
kind = "combined"
sac = 1
sic = 2
airport = "UCFM"
range_km = 350
)",
                                   "t.toml");
    ASSERT_TRUE(s) << s.error().text();
    ASSERT_EQ(s->sensors.size(), 1u);
    const auto& x = s->sensors[0];
    EXPECT_EQ(x.sensor.owner.text(), "RUS");
    EXPECT_EQ(x.sensor.operated_by.text(), "RUS");
    EXPECT_EQ(x.sensor.host.text(), "KGZ");
    EXPECT_EQ(x.sensor.feed, "RUS/Kant");
    EXPECT_EQ(x.sensor.max_range, 350e3);
    EXPECT_EQ(x.elevation, 627);
    EXPECT_EQ(s->states[0].state_aircraft[0], 0x601f01u);
    const auto [sw, ne] = s->box();
    EXPECT_LT(sw.lat_deg(), 40);
    EXPECT_GT(ne.lon_deg(), 78);
}

TEST(Scenario, RefusesWithPlaceAndNearestName) {
    expect_error(
        head + "[[sensor]]\nname = \"x\"\nowner = \"KGS\"\nkind = \"ads_b\"\nsac = 1\nsic = 1\nairport = \"UCFM\"\n",
        base::Errc::unknown_name, "KGZ", 15);
    expect_error(
        head + "[[sensor]]\nname = \"x\"\nowner = \"KGZ\"\nkind = \"ads_b\"\nsac = 1\nsic = 1\nairport = \"UCFN\"\n",
        base::Errc::unknown_name, "UCFM", 19);
    expect_error(head + "colour = 3\n", base::Errc::unknown_key, "colour");
    expect_error(head + "[[intruder]]\nname = \"i\"\nroute = [\"UCFM\"]\n", base::Errc::missing, "two points");
    expect_error(head + "[[intruder]]\nname = \"i\"\nroute = [\"UCFM\", \"91,10\"]\n", base::Errc::bad_value,
                 "latitude");
    expect_error(head + "[[intruder]]\nname = \"i\"\nroute = [\"UCFM\", \"41,75\"]\n[[intruder.level]]\nname = \"l\"\n",
                 base::Errc::conflict, "above_ground_m");
    expect_error(head + "[[flight]]\nname = \"f\"\naddress = \"60x\"\nroute = [\"UCFM\", \"41,75\"]\n",
                 base::Errc::bad_value, "24-bit");
    expect_error(head + "[[state]]\ncode = \"KGZ\"\n", base::Errc::duplicate, "twice");
    expect_error(head + "[[state]]\ncode = \"AAA\"\nunit = 256\n", base::Errc::bad_value, "between 0 and 255");
    expect_error(head + "[[state]]\ncode = \"AAA\"\nunit = 7\n[[state]]\ncode = \"BBB\"\nunit = 7\n",
                 base::Errc::duplicate, "unit 7 is that of AAA");
    expect_error("format = 2\nname = \"t\"\nstart = 2024-01-15T06:00:00Z\n", base::Errc::bad_value, "format 1");
    EXPECT_FALSE(Scenario::load("/nowhere.toml"));
}

TEST(Scenario, CentralAsiaLoads) {
    const auto s = Scenario::load(std::string(ASMAN_SOURCE_DIR) + "/data/scenarios/central-asia.toml");
    ASSERT_TRUE(s) << s.error().text();
    EXPECT_EQ(s->states.size(), 6u);
    EXPECT_EQ(s->intruders.size(), 3u);
    for (const auto& i : s->intruders) EXPECT_EQ(i.levels.size(), 3u);
    // Every (owner, SAC, SIC) is its own.
    std::set<std::tuple<picture::State, int, int>> ids;
    for (const auto& x : s->sensors)
        EXPECT_TRUE(ids.insert({x.sensor.owner, x.sensor.sac, x.sensor.sic}).second) << x.sensor.name;
    for (const auto& state : s->states)
        EXPECT_TRUE(std::ranges::any_of(s->sensors, [&](const auto& x) { return x.sensor.owner == state.code; }));
}

TEST(Scenario, BoxOverTheAntimeridianIsNarrow) {
    const auto s = Scenario::parse(R"(format = 1
name = "t"
start = 2024-01-15T06:00:00Z
[[airport]]
icao = "UHMA"
lat = 64.7
lon = 177.7
elevation_m = 60
[[airport]]
icao = "PAOM"
lat = 64.5
lon = -165.4
elevation_m = 11
)",
                                   "t.toml");
    ASSERT_TRUE(s);
    const auto [sw, ne] = s->box();
    EXPECT_GT(sw.lon_deg(), 170);
    EXPECT_LT(ne.lon_deg(), -160);
}

}  // namespace
}  // namespace asman::simulate
