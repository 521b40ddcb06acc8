// A receiver's feed in Beast, AVR or SBS goes to the same tracks as a radar's.
#include <asman/core/engine.hpp>

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace asman::core {
namespace {

const base::Time begin{1'698'926'400'000'000'000};

Bundle bundle(std::string_view format, std::string_view mode = "live") {
    Bundle b;
    b.files["node.toml"] = fmt::format(R"(format = 1
state = "KGZ"
mode = "{}"
picture_period_s = 1.0

[[feed]]
name = "osh"
format = "{}"
udp = ":30005"

[[sensor]]
id = 7
name = "KGZ/Osh-ADSB"
owner = "KGZ"
feed = "osh"
sac = 90
sic = 9
kind = "ads_b"
lat = 40.6
lon = 72.8
height_m = 900.0
)",
                                       mode, format);
    return b;
}

/// One aircraft that flies north at 100 m/s, told each second for a minute; how many tracks at the end.
std::size_t tracks_of(Engine& engine, std::string_view format, std::string_view mode) {
    std::uint64_t n = 0;
    const auto started = engine.step({begin, ++n, Start{bundle(format, mode)}});
    EXPECT_TRUE(started) << started.error().text();
    for (int i = 0; i < 600; ++i) {
        const auto now = begin + base::milliseconds(100 * i);
        if (i % 10 == 0) {
            const auto line = fmt::format("MSG,3,1,1,60100F,1,,,,,KGA77,35000,194.4,0,{:.6f},72.5,0,,0,0,0,0\n",
                                          40.8 + i / 10 * 100 / 111'100.0);
            const auto bytes = base::as_bytes(line);
            EXPECT_TRUE(engine.step({now, ++n, Frame{"osh", {bytes.begin(), bytes.end()}}}));
        }
        EXPECT_TRUE(engine.step({now, ++n, Tick{}}));
    }
    return engine.local().size();
}

TEST(ModesFeed, BecomesATrackWithItsAddress) {
    Engine engine;
    ASSERT_EQ(tracks_of(engine, "sbs", "live"), 1u);
    const auto& t = engine.local()[0];
    EXPECT_EQ(t.identity.address, 0x60100Fu);
    EXPECT_EQ(t.identity.callsign, "KGA77");
    EXPECT_NEAR(t.kinematics.velocity.y(), 100, 5);
    EXPECT_EQ(engine.counters().at("modes_messages"), 60u);
    ASSERT_EQ(engine.sensors().size(), 1u);
    EXPECT_EQ(engine.sensors()[0].reports, 60u);
}

TEST(ModesFeed, ASimulatedNodeTakesNothingThatCannotSaySimulated) {
    Engine engine;
    EXPECT_EQ(tracks_of(engine, "sbs", "simulated"), 0u);
}

TEST(ModesFeed, AnUnknownFormatIsRefusedWithTheKnownOnes) {
    Engine engine;
    const auto r = engine.step({begin, 1, Start{bundle("baest")}});
    ASSERT_FALSE(r);
    EXPECT_NE(r.error().text().find("beast"), std::string::npos) << r.error().text();
}

}  // namespace
}  // namespace asman::core
