// Registers from real messages, with values on which public decoders agree.
#include <asman/asterix/bds.hpp>

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <map>

namespace asman::asterix {
namespace {

template <class T>
T as(std::uint8_t bds, std::uint64_t bits) {
    const auto r = decode_bds(bds, bits);
    EXPECT_TRUE(std::holds_alternative<T>(r));
    return std::holds_alternative<T>(r) ? std::get<T>(r) : T{};
}

TEST(Bds, SelectedVerticalIntention) {
    const auto r = as<Bds40>(0x40, 0x85E42F31300000);
    EXPECT_EQ(r.mcp_altitude_ft, 3008);
    EXPECT_EQ(r.fms_altitude_ft, 3008);
    EXPECT_NEAR(r.barometric_setting_mb.value(), 1020.0, 1e-9);
    EXPECT_FALSE(r.vnav);
}

TEST(Bds, TrackAndTurn) {
    const auto r = as<Bds50>(0x50, 0x81951536E024D4);
    EXPECT_NEAR(r.roll_deg.value(), 2.1, 0.05);
    EXPECT_NEAR(r.true_track_deg.value(), 114.258, 0.001);
    EXPECT_EQ(r.ground_speed_kt, 438);
    EXPECT_EQ(r.track_rate_deg_s, 0.125);
    EXPECT_EQ(r.true_airspeed_kt, 424);
}

TEST(Bds, HeadingAndSpeed) {
    const auto r = as<Bds60>(0x60, 0x8F39F91A7E27C4);
    EXPECT_NEAR(r.magnetic_heading_deg.value(), 42.715, 0.001);
    EXPECT_EQ(r.indicated_airspeed_kt, 252);
    EXPECT_NEAR(r.mach.value(), 0.42, 1e-9);
    EXPECT_EQ(r.barometric_rate_ft_min, -1920);
    EXPECT_EQ(r.inertial_rate_ft_min, -1920);
}

TEST(Bds, Weather) {
    const auto r = as<Bds44>(0x44, 0x185BD5CF400000);
    EXPECT_EQ(r.wind_speed_kt, 22);
    EXPECT_NEAR(r.wind_from_deg.value(), 344.5, 0.1);
    EXPECT_EQ(r.temperature_c, -48.75);
    EXPECT_FALSE(r.pressure_hpa);
}

TEST(Bds, IdentificationAndCapabilities) {
    EXPECT_EQ(as<Bds20>(0x20, 0x202CC371C31DE0).identification.view(), "KLM1017");
    EXPECT_EQ(as<Bds17>(0x17, 0xFA81C100000000).registers,
              (std::vector<std::uint8_t>{0x05, 0x06, 0x07, 0x08, 0x09, 0x20, 0x40, 0x50, 0x51, 0x52, 0x60}));
    const auto link = as<Bds10>(0x10, 0x10010080F50000);
    EXPECT_TRUE(link.acas_operational);
    EXPECT_FALSE(link.continuation);
}

/// Comm-B replies whose register and values another decoder gave (README beside the data).
TEST(Bds, AgreesWithAnotherDecoder) {
    std::ifstream in(ASMAN_SOURCE_DIR "/../shared/data/adsb/modes_golden.json");
    ASMAN_NEED(in, "modes_golden.json");
    const auto all = nlohmann::json::parse(in);
    std::map<std::string, int> compared;
    const auto near = [&](const nlohmann::json& want, const char* key, const std::optional<double>& got, double step) {
        if (!want.contains(key) || want[key].is_null()) return;
        ASSERT_TRUE(got) << key << want;
        EXPECT_NEAR(*got, want[key].get<double>(), step) << key << want;
        ++compared[key];
    };
    for (const auto& [message, want] : all.items()) {
        if (!want.contains("bds") || !want["bds"].is_string() || message.size() != 28) continue;
        const std::string bds = want["bds"];
        if (bds.size() != 5) continue;  // one register alone
        const auto bits = std::stoull(message.substr(8, 14), nullptr, 16);
        const auto r = decode_bds(static_cast<std::uint8_t>(std::stoul(bds.substr(3), nullptr, 16)), bits);
        if (const auto* x = std::get_if<Bds40>(&r)) {
            near(want, "selected_altitude_mcp", x->mcp_altitude_ft, 1e-9);
            near(want, "selected_altitude_fms", x->fms_altitude_ft, 1e-9);
            near(want, "baro_pressure_setting", x->barometric_setting_mb, 1e-6);
        } else if (const auto* y = std::get_if<Bds50>(&r)) {
            near(want, "roll", y->roll_deg, 0.1);
            near(want, "true_track", y->true_track_deg, 1e-3);
            near(want, "groundspeed", y->ground_speed_kt, 1e-9);
            near(want, "track_rate", y->track_rate_deg_s, 1e-3);
            near(want, "true_airspeed", y->true_airspeed_kt, 1e-9);
        } else if (const auto* z = std::get_if<Bds60>(&r)) {
            near(want, "magnetic_heading", z->magnetic_heading_deg, 1e-3);
            near(want, "indicated_airspeed", z->indicated_airspeed_kt, 1e-9);
            near(want, "mach", z->mach, 1e-3);
            near(want, "baro_vertical_rate", z->barometric_rate_ft_min, 1e-9);
            near(want, "inertial_vertical_rate", z->inertial_rate_ft_min, 1e-9);
        } else if (const auto* id = std::get_if<Bds20>(&r)) {
            std::string callsign = want["callsign"];
            while (!callsign.empty() && callsign.back() == '_') callsign.pop_back();
            EXPECT_EQ(id->identification.view(), callsign);
            ++compared["callsign"];
        }
    }
    EXPECT_GT(compared["mach"], 100);
    EXPECT_GT(compared["roll"], 90);
    EXPECT_GT(compared["selected_altitude_mcp"], 60);
    EXPECT_GT(compared["callsign"], 10);
}

TEST(Bds, ARegisterThatSaysAnotherNumberIsNone) {
    EXPECT_TRUE(std::holds_alternative<std::monostate>(decode_bds(0x20, 0x40000000000000)));
    EXPECT_TRUE(std::holds_alternative<std::monostate>(decode_bds(0x99, 1)));
}

}  // namespace
}  // namespace asman::asterix
