// Agreement with recorded messages whose values another decoder gave (data beside the project, see README there).
#include <asman/modes/cpr.hpp>
#include <asman/modes/framing.hpp>

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>

namespace asman::modes {
namespace {

using Json = nlohmann::json;

std::string contents(const std::string& name) {
    std::ifstream in(ASMAN_SOURCE_DIR "/../shared/data/adsb/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string trimmed(std::string s) {
    while (!s.empty() && s.back() == '_') s.pop_back();
    return s;
}

/// One value of the oracle against ours: absent there is nothing to compare.
template <class T>
int compare(const Json& want, const char* key, const std::optional<T>& got, double tolerance) {
    if (!want.contains(key) || want[key].is_null()) return 0;
    EXPECT_TRUE(got) << key << " of " << want;
    if (got) {
        EXPECT_NEAR(static_cast<double>(*got), want[key].get<double>(), tolerance) << key << " of " << want;
    }
    return 1;
}

int compare_registers(const Json& want, const CommB& b) {
    const std::string bds = want["bds"];
    const auto has = [&](const char* name) { return bds.find(name) != std::string::npos; };
    // The oracle also tries registers that we do not (4,4 and 4,5); of ours it must find the same ones.
    EXPECT_EQ(b.bds10, has("BDS10")) << want;
    EXPECT_EQ(b.bds17, has("BDS17")) << want;
    EXPECT_EQ(b.bds30, has("BDS30")) << want;
    EXPECT_EQ(b.bds20.has_value(), has("BDS20")) << want;
    EXPECT_EQ(b.bds40.has_value(), has("BDS40")) << want;
    EXPECT_EQ(b.bds50.has_value(), has("BDS50")) << want;
    EXPECT_EQ(b.bds60.has_value(), has("BDS60")) << want;
    int compared = 7;
    if (b.bds20 && want.contains("callsign")) {
        EXPECT_EQ(*b.bds20, trimmed(want["callsign"]));
    }
    if (bds == "BDS40" && b.bds40) {
        compared += compare(want, "selected_altitude_mcp", b.bds40->selected_altitude_mcp, 0);
        compared += compare(want, "selected_altitude_fms", b.bds40->selected_altitude_fms, 0);
        compared += compare(want, "baro_pressure_setting", b.bds40->pressure_setting, 1e-6);
    }
    if (bds == "BDS50" && b.bds50) {
        compared += compare(want, "roll", b.bds50->roll, 1e-9);
        compared += compare(want, "true_track", b.bds50->true_track, 1e-9);
        compared += compare(want, "groundspeed", b.bds50->ground_speed, 0);
        compared += compare(want, "track_rate", b.bds50->track_rate, 1e-9);
        compared += compare(want, "true_airspeed", b.bds50->true_airspeed, 0);
    }
    if (bds == "BDS60" && b.bds60) {
        compared += compare(want, "magnetic_heading", b.bds60->magnetic_heading, 1e-9);
        compared += compare(want, "indicated_airspeed", b.bds60->indicated_airspeed, 0);
        compared += compare(want, "mach", b.bds60->mach, 1e-9);
        compared += compare(want, "baro_vertical_rate", b.bds60->baro_vertical_rate, 0);
        compared += compare(want, "inertial_vertical_rate", b.bds60->inertial_vertical_rate, 0);
    }
    return compared;
}

TEST(Oracle, EveryValueOfTheGoldenSet) {
    const auto text = contents("modes_golden.json");
    ASMAN_NEED(!text.empty(), "../shared/data/adsb");
    int compared = 0;
    const auto golden = Json::parse(text);
    for (const auto& [line, want] : golden.items()) {
        const auto frame = parse_avr("*" + line + ";");
        ASSERT_TRUE(frame) << line;
        const auto m = decode(frame->message);
        ASSERT_TRUE(m) << line << ": " << m.error().text();
        EXPECT_EQ(m->df, want["df"].get<int>());
        EXPECT_EQ(m->address, std::stoul(want["icao"].get<std::string>(), nullptr, 16)) << line;
        compared += 2 + compare(want, "altitude", m->altitude, 0);
        if (want.contains("typecode")) {
            EXPECT_EQ(m->type_code, want["typecode"].get<int>());
        }
        if (want.contains("cpr_format")) {
            EXPECT_EQ(m->position->odd, want["cpr_format"] == 1);
        }
        if (want.contains("squawk")) {
            EXPECT_EQ(*m->squawk, std::stoul(want["squawk"].get<std::string>(), nullptr, 8));
        }
        if (m->df == 17 && want.contains("callsign")) {
            EXPECT_EQ(m->callsign, trimmed(want["callsign"]));
        }
        if (m->df == 17 && want.contains("groundspeed")) {
            // The oracle cuts speeds to whole knots.
            EXPECT_EQ(std::floor(*m->velocity->ground_speed), want["groundspeed"].get<double>());
            compared += 1 + compare(want, "track", m->velocity->track, 1e-6) +
                        compare(want, "vertical_rate", m->velocity->vertical_rate, 0);
        }
        if (want.contains("bds")) compared += compare_registers(want, m->comm_b);
    }
    EXPECT_GT(compared, 4000);
    RecordProperty("values_compared", compared);
}

TEST(Oracle, TwoThousandSquittersOfOneFlightMakeOneSmoothPath) {
    const auto text = contents("modes_adsb.csv");
    ASMAN_NEED(!text.empty(), "../shared/data/adsb");
    std::istringstream in(text);
    std::map<std::uint32_t, std::array<std::optional<std::pair<double, CprPosition>>, 2>> last;
    std::map<std::uint32_t, std::pair<double, LatLon>> path;
    int messages = 0, positions = 0;
    for (std::string line; std::getline(in, line);) {
        const double time = std::stod(line);
        const auto quote = line.find('"') + 1;
        const auto m = decode(parse_avr("*" + line.substr(quote, 28) + ";")->message);
        ASSERT_TRUE(m) << line;
        ++messages;
        EXPECT_EQ(m->address, std::stoul(line.substr(line.find(",\"") + 2 + 31, 6), nullptr, 16));
        EXPECT_EQ(m->type_code, std::stoi(line.substr(line.rfind(',') + 1)));
        if (!m->position || m->position->surface) continue;
        auto& pair = last[m->address];
        pair[m->position->odd] = {time, *m->position};
        if (!pair[0] || !pair[1] || std::abs(pair[0]->first - pair[1]->first) > 10) continue;
        const auto at = decode_pair(pair[0]->second, pair[1]->second, m->position->odd);
        if (!at) continue;
        ++positions;
        if (const auto before = path.find(m->address); before != path.end()) {
            const double km = 111.2 * std::hypot(at->lat - before->second.second.lat,
                                                 (at->lon - before->second.second.lon) * std::cos(at->lat * 0.01745));
            // Times are whole seconds: two seconds more at the speed of sound.
            EXPECT_LT(km, 0.34 * (time - before->second.first + 2)) << line;
        }
        path[m->address] = {time, *at};
    }
    EXPECT_EQ(messages, 2000);
    EXPECT_GT(positions, 500);
    RecordProperty("positions", positions);
}

TEST(Oracle, ARealBeastFeedIsReadWhole) {
    const auto text = contents("sample_dump1090.bin");
    ASMAN_NEED(!text.empty(), "../shared/data/adsb");
    BeastReader reader;
    std::vector<Frame> frames;
    reader.feed(base::as_bytes(text), frames);
    EXPECT_EQ(reader.skipped_bytes(), 0u);
    int good = 0, squitters = 0;
    for (const auto& f : frames) {
        const auto m = decode(f.message);
        good += m.has_value();
        squitters += m && m->ads_b;
    }
    EXPECT_GT(frames.size(), 200u);
    EXPECT_GT(good * 10, static_cast<int>(frames.size()) * 9);
    EXPECT_GT(squitters, 10);
    RecordProperty("frames", static_cast<int>(frames.size()));
}

}  // namespace
}  // namespace asman::modes
