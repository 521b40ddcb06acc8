#include "bits.hpp"

#include <asman/modes/cpr.hpp>
#include <asman/modes/framing.hpp>
#include <asman/modes/message.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cmath>
#include <map>

namespace asman::modes {
namespace {

std::vector<std::byte> hex(std::string_view text) {
    return parse_avr("*" + std::string(text) + ";")->message;
}
Message message(std::string_view text) {
    auto m = decode(hex(text));
    EXPECT_TRUE(m) << text << ": " << m.error().text();
    return m.value_or(Message{});
}

// Vectors that many decoders agree on (facts published with "The 1090 Megahertz Riddle", TU Delft).

TEST(Message, Identification) {
    const auto m = message("8D4840D6202CC371C32CE0576098");
    EXPECT_EQ(m.df, 17);
    EXPECT_EQ(m.address, 0x4840D6u);
    EXPECT_TRUE(m.address_proved && m.ads_b && m.icao_address);
    EXPECT_EQ(m.type_code, 4);
    EXPECT_EQ(m.callsign, "KLM1023");
}

TEST(Message, AirbornePositionOfAPair) {
    const auto even = message("8D40621D58C382D690C8AC2863A7"), odd = message("8D40621D58C386435CC412692AD6");
    EXPECT_EQ(even.altitude, 38'000);
    EXPECT_FALSE(even.position->odd);
    EXPECT_TRUE(odd.position->odd);
    EXPECT_EQ(even.position->lat, 93'000u);
    EXPECT_EQ(even.position->lon, 51'372u);
    const auto at = decode_pair(*even.position, *odd.position, false);
    ASSERT_TRUE(at);
    EXPECT_NEAR(at->lat, 52.25720, 1e-5);
    EXPECT_NEAR(at->lon, 3.91937, 1e-5);
    const auto near = decode_near(*even.position, {52.258, 3.918});
    EXPECT_NEAR(near->lat, at->lat, 1e-9);
    EXPECT_NEAR(near->lon, at->lon, 1e-9);
    EXPECT_FALSE(decode_pair(*odd.position, *even.position, false)) << "not an even and an odd one";
}

TEST(Message, SurfacePositionNearAReference) {
    const auto m = message("8C4841753A9A153237AEF0F275BE");
    EXPECT_TRUE(m.position->surface);
    EXPECT_EQ(m.on_ground, true);
    const auto at = decode_near(*m.position, {51.990, 4.375});
    EXPECT_NEAR(at->lat, 52.32056, 1e-5);
    EXPECT_NEAR(at->lon, 4.73573, 1e-5);
}

TEST(Message, VelocityOverGroundAndThroughAir) {
    const auto ground = message("8D485020994409940838175B284F");
    ASSERT_TRUE(ground.velocity);
    EXPECT_NEAR(*ground.velocity->ground_speed, 159.20, 0.01);
    EXPECT_NEAR(*ground.velocity->track, 182.88, 0.01);
    EXPECT_EQ(ground.velocity->vertical_rate, -832.0);
    EXPECT_EQ(ground.velocity->geometric_minus_baro, 550.0);
    const auto air = message("8DA05F219B06B6AF189400CBC33F");
    ASSERT_TRUE(air.velocity);
    EXPECT_FALSE(air.velocity->ground_speed);
    EXPECT_EQ(air.velocity->airspeed, 375.0);
    EXPECT_TRUE(air.velocity->airspeed_true);
    EXPECT_NEAR(*air.velocity->heading, 243.98, 0.01);
    EXPECT_EQ(air.velocity->vertical_rate, -2304.0);
}

TEST(Message, EveryChangedBitOfASquitterIsFound) {
    const auto good = hex("8D4840D6202CC371C32CE0576098");
    for (std::size_t bit = 5; bit < 112; ++bit) {  // the format's own five bits make it another kind of message
        auto bad = good;
        bad[bit / 8] ^= std::byte(0x80 >> bit % 8);
        EXPECT_FALSE(decode(bad)) << bit;
    }
}

/// Gillham's code: neighbours of 100 ft differ in one pulse, each altitude has one code, and −1200 ft is C4 alone.
TEST(Message, ModeCOfOldIsAGrayCode) {
    std::map<int, std::uint32_t> code_of;
    for (std::uint32_t code = 0; code < 8192; ++code) {
        if (code & 0x50) continue;  // M and Q are no pulses of it
        std::vector<std::byte> reply(7);
        reply[0] = std::byte{4 << 3};
        reply[2] = std::byte(code >> 8);
        reply[3] = std::byte(code & 0xFF);
        const auto m = decode(reply);
        ASSERT_TRUE(m);
        if (!m->altitude) continue;
        EXPECT_TRUE(code_of.emplace(*m->altitude, code).second) << *m->altitude << " ft twice";
    }
    EXPECT_EQ(code_of.at(-1200), 0x100u);  // C1 A1 C2 A2 C4 … : C4 is the ninth bit from the right
    EXPECT_EQ(code_of.begin()->first, -1200);
    EXPECT_EQ(code_of.rbegin()->first, 126'700);
    EXPECT_EQ(code_of.size(), 1280u);
    for (auto it = std::next(code_of.begin()); it != code_of.end(); ++it) {
        const auto before = std::prev(it);
        EXPECT_EQ(it->first - before->first, 100);
        EXPECT_EQ(std::popcount(it->second ^ before->second), 1) << it->first;
    }
}

TEST(Message, IdentityCodeOfASurveillanceReply) {
    // 7600: A = 7, B = 6, C = 0, D = 0 → C1 A1 C2 A2 C4 A4 X B1 D1 B2 D2 B4 D4 = 0 1 0 1 0 1 0 0 0 1 0 1 0.
    std::vector<std::byte> reply(7);
    reply[0] = std::byte{5 << 3 | 2};  // flight status 2: alert, airborne
    reply[2] = std::byte{0x0A};
    reply[3] = std::byte{0x8A};
    const auto m = decode(reply);
    ASSERT_TRUE(m);
    EXPECT_EQ(m->squawk, 07600);
    EXPECT_TRUE(m->alert);
    EXPECT_EQ(m->on_ground, false);
}

RC_GTEST_PROP(Message, RandomBytesGiveAnErrorOrAMessage, (bool whole)) {
    std::vector<std::byte> bytes(whole ? 14 : 7);
    for (auto& b : bytes) b = std::byte{*rc::gen::arbitrary<unsigned char>()};
    if (*rc::gen::arbitrary<bool>()) {
        // Parity made right, so that what is behind it is reached.
        bytes[0] = std::byte(*rc::gen::element(11, 17, 18) << 3 | *rc::gen::inRange(0, 8));
        const auto c = crc24(bytes);
        for (std::size_t i = 0; i < 3; ++i) bytes[bytes.size() - 3 + i] ^= std::byte(c >> (16 - 8 * i) & 0xFF);
        RC_ASSERT(crc24(bytes) == 0u);
    }
    if (const auto m = decode(bytes)) {
        RC_ASSERT(m->address <= 0xFFFFFFu);
        RC_ASSERT(m->squawk.value_or(0) <= 07777);
        RC_ASSERT(m->callsign.size() <= 8u);
    }
}

TEST(Message, WrongLengthsAreErrors) {
    for (std::size_t n = 0; n < 20; ++n)
        if (n != 7 && n != 14) {
            EXPECT_FALSE(decode(std::vector<std::byte>(n))) << n;
        }
    EXPECT_FALSE(decode(std::vector<std::byte>(14)));  // format 0 is a short one
}

double metres(LatLon a, LatLon b) {
    const double rad = 3.14159265358979 / 180;
    const double dlon = std::remainder(a.lon - b.lon, 360);
    return 6.371e6 * rad * std::hypot(a.lat - b.lat, dlon * std::cos(a.lat * rad));
}

LatLon any_place() {
    const auto unit = [] { return *rc::gen::inRange(0, 1'000'001) / 1e6; };
    return {-89 + 178 * unit(), -180 + 360 * unit()};
}

RC_GTEST_PROP(Cpr, APairComesBackAnywhereOnEarth, (bool odd_is_newer)) {
    const auto at = any_place();
    // Near a change of zones the two may fall on either side: then there is no answer, never a wrong one.
    const auto out = decode_pair(encode_cpr(at, false), encode_cpr(at, true), odd_is_newer);
    RC_PRE(out.has_value());
    // Near the poles one zone goes round: half a step is 2^-17 of the parallel, up to 8 m at 87°.
    RC_ASSERT(metres(*out, at) < 9.0);
}

RC_GTEST_PROP(Cpr, OneMessageNearAReferenceComesBack, (bool odd, bool surface)) {
    const auto at = any_place();
    const double reach = surface ? 0.35 : 1.4;  // degrees of latitude, within 45 and 180 NM with room to spare
    const auto offset = [&] { return (*rc::gen::inRange(-1000, 1001)) / 1000.0; };
    const double squeeze = std::cos(std::min(std::abs(at.lat) + reach, 89.9) * 3.14159265358979 / 180);
    const LatLon reference{std::clamp(at.lat + reach * offset(), -90.0, 90.0),
                           std::remainder(at.lon + reach * squeeze * offset(), 360)};
    const auto out = decode_near(encode_cpr(at, odd, surface), reference);
    RC_ASSERT(out.has_value());
    RC_ASSERT(metres(*out, at) < (surface ? 2.3 : 9.0));
}

TEST(Cpr, ZonesAsTheTableOfTheStandardHasThem) {
    EXPECT_EQ(longitude_zones(0), 59);
    EXPECT_EQ(longitude_zones(10.47047129), 59);
    EXPECT_EQ(longitude_zones(10.47047130), 58);
    EXPECT_EQ(longitude_zones(-59.95459277), 29);
    EXPECT_EQ(longitude_zones(86.5), 3);
    EXPECT_EQ(longitude_zones(87), 2);
    EXPECT_EQ(longitude_zones(87.01), 1);
    EXPECT_EQ(longitude_zones(-90), 1);
}

std::vector<std::byte> beast(const std::vector<std::byte>& m, std::uint64_t counter) {
    std::vector<std::byte> body;
    for (int i = 5; i >= 0; --i) body.push_back(std::byte(counter >> (8 * i) & 0xFF));
    body.push_back(std::byte{0x1A});
    body.insert(body.end(), m.begin(), m.end());
    std::vector<std::byte> out{std::byte{0x1A}, std::byte(m.size() == 14 ? '3' : m.size() == 7 ? '2' : '1')};
    for (const auto b : body) {
        out.push_back(b);
        if (b == std::byte{0x1A}) out.push_back(b);
    }
    return out;
}

RC_GTEST_PROP(Beast, FramesComeBackHoweverTheStreamIsCut, ()) {
    std::vector<std::byte> stream;
    std::vector<Frame> given;
    for (int i = *rc::gen::inRange(0, 8); i > 0; --i) {
        Frame f;
        f.message.resize(*rc::gen::element<std::size_t>(2, 7, 14));
        for (auto& b : f.message) b = *rc::gen::element(std::byte{0x1A}, std::byte{'1'}, std::byte{0x8D});
        f.counter = *rc::gen::inRange<std::uint64_t>(0, 1ULL << 48);
        const auto bytes = beast(f.message, *f.counter);
        stream.insert(stream.end(), bytes.begin(), bytes.end());
        given.push_back(f);
    }
    BeastReader reader;
    std::vector<Frame> out;
    for (std::size_t at = 0; at < stream.size();) {
        const auto n = std::min<std::size_t>(*rc::gen::inRange<std::size_t>(1, 30), stream.size() - at);
        reader.feed(base::Bytes(stream).subspan(at, n), out);
        at += n;
    }
    RC_ASSERT(out.size() == given.size());
    RC_ASSERT(reader.skipped_bytes() == 0u);
    for (std::size_t i = 0; i < out.size(); ++i) {
        RC_ASSERT(out[i].message == given[i].message);
        RC_ASSERT(out[i].counter == given[i].counter);
        RC_ASSERT(out[i].signal == 0x1A);
    }
}

RC_GTEST_PROP(Beast, AWholeFrameAfterAnyRubbishIsRead, (const std::string& rubbish)) {
    BeastReader reader;
    std::vector<Frame> out;
    reader.feed(base::as_bytes(rubbish), out);
    out.clear();
    const auto m = hex("8D4840D6202CC371C32CE0576098");
    // Twice: the first may be taken for the end of what the rubbish began.
    for (int i = 0; i < 2; ++i) reader.feed(beast(m, 7), out);
    RC_ASSERT(!out.empty());
    RC_ASSERT(out.back().message == m);
}

TEST(Avr, LinesWithAndWithoutCounter) {
    EXPECT_EQ(parse_avr("*8D4840D6202CC371C32CE0576098;\r\n")->message.size(), 14u);
    EXPECT_EQ(parse_avr("@0000000000FF02E197A9B37C86;")->counter, 255u);
    for (const char* bad : {"", ";", "*;", "*8D;", "8D4840D6202CC371C32CE0576098;", "*8D4840D6202CC371C32CE0576098",
                            "*8D4840D6202CC371C32CE05760XX;", "@00FF;", "*8D4840D6202CC371C32CE05760988D4840D6;"})
        EXPECT_FALSE(parse_avr(bad)) << bad;
}

TEST(Sbs, AMessageOfEachKindOfField) {
    const auto m = parse_sbs(
        "MSG,3,1,1,4840D6,1,2023/11/02,12:00:00.000,2023/11/02,12:00:00.000,KLM1023 "
        ",38000,159.2,182.9,52.2572,3.9194,-832,7600,0,0,0,0\r\n");
    ASSERT_TRUE(m);
    EXPECT_EQ(m->address, 0x4840D6u);
    EXPECT_EQ(m->callsign, "KLM1023");
    EXPECT_EQ(m->altitude, 38'000);
    EXPECT_EQ(m->squawk, 07600);
    EXPECT_DOUBLE_EQ(*m->lat, 52.2572);
    EXPECT_EQ(m->vertical_rate, -832.0);
    EXPECT_EQ(m->on_ground, false);
    EXPECT_FALSE(parse_sbs("MSG,3,1,1,4840D6,1,,,,,,,,,91,3,,,,,,")->lat) << "no such latitude";
    EXPECT_FALSE(parse_sbs("MSG,3,1,1,4840D6,1,,,,,,,,,nan,3,,,,,,")->lat);
    for (const char* bad : {"", "STA,,5", "MSG", "MSG,9,1,1,4840D6", "MSG,3,1,1,XYZ", "MSG,3,1,1,1234567"})
        EXPECT_FALSE(parse_sbs(bad)) << bad;
}

RC_GTEST_PROP(Sbs, AnyTextGivesNothingOrAMessage, (const std::string& text)) {
    if (const auto m = parse_sbs("MSG,3,1,1,4840D6," + text); m && m->lat) {
        RC_ASSERT(std::abs(*m->lat) <= 90);
    }
    (void)parse_avr(text);
}

}  // namespace
}  // namespace asman::modes
