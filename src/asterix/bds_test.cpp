// Registers from real messages, with values on which public decoders agree.
#include <asman/asterix/bds.hpp>

#include <gtest/gtest.h>

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

TEST(Bds, ARegisterThatSaysAnotherNumberIsNone) {
    EXPECT_TRUE(std::holds_alternative<std::monostate>(decode_bds(0x20, 0x40000000000000)));
    EXPECT_TRUE(std::holds_alternative<std::monostate>(decode_bds(0x99, 1)));
}

}  // namespace
}  // namespace asman::asterix
