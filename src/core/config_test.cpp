#include <asman/core/config.hpp>
#include <asman/core/input.hpp>

#include <gtest/gtest.h>

namespace asman::core {
namespace {

constexpr std::string_view example = R"(format = 1
state = "KGZ"
mode = "live"
state_aircraft = ["60F001"]
[[feed]]
name = "north"
udp = "239.1.2.3:8600"
[feed.editions]
"048" = "1.31"
[[sensor]]
id = 7
name = "KGZ/Manas"
owner = "KGZ"
feed = "north"
sac = 90
sic = 1
kind = "combined"
lat = 43.0612
lon = 74.4776
height_m = 640
range_km = 250
scan_s = 10
[exchange]
url = "tls://exchange.example:4222"
password_file = "secret"
ca = "ca.pem"
[[partner]]
state = "RUS"
key = "0101010101010101010101010101010101010101010101010101010101010101"
[[unit]]
state = "KGZ"
unit = 12
[[unit]]
state = "RUS"
unit = 0
[[output]]
udp = "239.1.2.4:8601"
sac = 90
sic = 100
)";

std::string error_of(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto r = parse_node_config(text, "node.toml");
    return r ? "accepted" : r.error().text();
}

TEST(NodeConfig, reads_what_print_writes) {
    const auto a = parse_node_config(example, "node.toml");
    ASSERT_TRUE(a) << a.error().text();
    const auto text = print_node_config(*a);
    const auto b = parse_node_config(text, "again.toml");
    ASSERT_TRUE(b) << b.error().text() << text;
    EXPECT_EQ(print_node_config(*b), text);
    ASSERT_EQ(b->sensors.size(), 1u);
    EXPECT_NEAR(b->sensors[0].position->at.lat_deg(), 43.0612, 1e-9);
    EXPECT_EQ(b->sensors[0].host.text(), "KGZ");
    EXPECT_EQ(b->feeds[0].editions.at("048"), "1.31");
    EXPECT_TRUE(b->state_aircraft.contains(0x60F001));
    EXPECT_EQ(b->exchange.url, "tls://exchange.example:4222");
    ASSERT_EQ(b->units.size(), 2u);
    EXPECT_EQ(b->units[0].state.text(), "KGZ");
    EXPECT_EQ(b->units[0].unit, 12);
    EXPECT_EQ(b->units[1].unit, 0);
    ASSERT_EQ(b->outputs.size(), 1u);
    EXPECT_EQ(b->outputs[0].udp, "239.1.2.4:8601");
    EXPECT_EQ(b->outputs[0].sac, 90);
    EXPECT_EQ(b->outputs[0].sic, 100);
    EXPECT_EQ(b->outputs[0].service, 1);
    EXPECT_EQ(b->exchange.user, "KGZ") << "unless given";
    EXPECT_EQ(b->exchange.password_file, "secret");
    EXPECT_EQ(b->exchange.ca_file, "ca.pem");
}

TEST(NodeConfig, names_file_line_and_the_nearest_key) {
    const auto e = error_of(std::string(example), "range_km", "range_kn");
    EXPECT_NE(e.find("node.toml:"), std::string::npos) << e;
    EXPECT_NE(e.find("range_km"), std::string::npos) << e;
}

TEST(NodeConfig, refuses_what_cannot_be) {
    const std::string text(example);
    EXPECT_NE(error_of(text, "lat = 43.0612", "lat = 143.0").find("between -90 and 90"), std::string::npos);
    EXPECT_NE(error_of(text, "lat = 43.0612\n", "").find("all three or none"), std::string::npos);
    EXPECT_NE(error_of(text, "feed = \"north\"", "feed = \"nort\"").find("did you mean 'north'"), std::string::npos);
    EXPECT_NE(error_of(text, "state = \"KGZ\"", "state = \"Kirgizia\"").find("three capital letters"),
              std::string::npos);
    EXPECT_NE(error_of(text, "\"60F001\"", "\"60F001X\"").find("24-bit"), std::string::npos);
    EXPECT_NE(error_of(text, "\"combined\"", "\"combind\""), "accepted");
    EXPECT_NE(error_of(text, "key = \"01", "key = \"zz"), "accepted");
    EXPECT_NE(error_of(text, "tls://", "http://").find("nats:// or tls://"), std::string::npos);
    EXPECT_NE(error_of(text, "ca = ", "certificate = ").find("belong together"), std::string::npos);
    EXPECT_NE(error_of(text, "password_file", "pasword_file").find("password_file"), std::string::npos);
    EXPECT_NE(error_of(text, "unit = 12", "unit = 256").find("between 0 and 255"), std::string::npos);
    EXPECT_NE(error_of(text, "unit = 12", "unit = -1").find("between 0 and 255"), std::string::npos);
    const auto same_unit = error_of(text, "unit = 12", "unit = 0");
    EXPECT_NE(same_unit.find("unit 0 is that of KGZ already"), std::string::npos) << same_unit;
    EXPECT_NE(same_unit.find("node.toml:35:"), std::string::npos) << same_unit;
    EXPECT_NE(error_of(text, "[[unit]]\nstate = \"RUS\"", "[[unit]]\nstate = \"KGZ\"").find("KGZ has unit 12 already"),
              std::string::npos);
    EXPECT_NE(error_of(text, "sic = 100", "sic = 100\n[[output]]\nudp = \"239.1.2.4:8601\"\nsac = 1\nsic = 1")
                  .find("stands twice"),
              std::string::npos);
}

TEST(Input, survives_its_record_form) {
    const std::vector<InputBody> bodies{Start{Bundle{{{"node.toml", "x"}, {"accords/a.toml", ""}}}},
                                        Frame{"feed", {std::byte{1}, std::byte{2}}},
                                        PartnerMessage{{std::byte{9}}},
                                        Command{"op", "watch", "identify", {{"track", "7"}}},
                                        LawAct{"n", "t"},
                                        SetLawTime{base::Time{123}},
                                        Tick{}};
    for (const auto& body : bodies) {
        const auto bytes = encode(body);
        const auto back = decode(static_cast<std::uint8_t>(body.index()), bytes);
        ASSERT_TRUE(back) << body.index();
        EXPECT_EQ(back->index(), body.index());
        EXPECT_EQ(encode(*back), bytes);
        // Every shorter payload is an error, never a crash.
        for (std::size_t n = 0; n < bytes.size(); ++n)
            EXPECT_FALSE(decode(static_cast<std::uint8_t>(body.index()), base::Bytes(bytes).first(n)));
    }
    EXPECT_FALSE(decode(77, {}));
}

TEST(Bundle, digest_frames_its_parts) {
    EXPECT_NE((Bundle{{{"ab", "c"}}}).digest(), (Bundle{{{"a", "bc"}}}).digest());
}

}  // namespace
}  // namespace asman::core
