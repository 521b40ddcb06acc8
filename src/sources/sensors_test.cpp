#include <asman/asterix/cat021.hpp>
#include <asman/asterix/cat034.hpp>
#include <asman/asterix/cat062.hpp>

#include "records_for_tests.hpp"

namespace asman::sources {
namespace {

TEST(Simulation, EachModeTakesItsOwn) {
    const auto count = [](Simulation mode, bool simulated) {
        auto s = radar(mode);
        auto f = plot();
        f.i020->sim = simulated;
        const auto out = give(s, f);
        if (!out.reports.empty()) {
            EXPECT_EQ(out.reports[0].simulated, simulated);
        }
        return out.reports.size();
    };
    EXPECT_EQ(count(Simulation::refuse, false), 1u);
    EXPECT_EQ(count(Simulation::refuse, true), 0u);
    EXPECT_EQ(count(Simulation::only, false), 0u);
    EXPECT_EQ(count(Simulation::only, true), 1u);
    EXPECT_EQ(count(Simulation::accept, false), 1u);
    EXPECT_EQ(count(Simulation::accept, true), 1u);
}

TEST(Sensors, WithoutPositionIsListedAndNotTracked) {
    auto s = source({sensor(1, SensorKind::combined, false)});
    EXPECT_TRUE(give(s, plot()).reports.empty());
    EXPECT_EQ(counters(s).no_position, 1u);
}

TEST(Sensors, UnknownOnesAreLearnedOnceByFamily) {
    auto s = source({});
    auto out = give(s, plot());
    ASSERT_EQ(out.learned.size(), 1u);
    EXPECT_EQ(out.learned[0].sac, 41);
    EXPECT_EQ(out.learned[0].name, "learned/41/7/combined");
    EXPECT_FALSE(out.learned[0].position);
    EXPECT_TRUE(give(s, plot()).learned.empty());
    cat034::Fields mark;
    mark.i000 = std::uint8_t{1};
    mark.i010 = {.sac = 41, .sic = 7};
    mark.i030 = noon_tod;
    out = give(s, mark);
    EXPECT_TRUE(out.learned.empty()) << "048 and 034 speak of one radar";
    EXPECT_EQ(out.services.size(), 1u);
    cat062::Fields track;
    track.i010 = {.sac = 41, .sic = 7};
    EXPECT_EQ(give(s, track).learned.size(), 1u) << "a tracker is another source";
    EXPECT_EQ(s.sensors().size(), 2u);
}

TEST(Sensors, OneSacSicOnTwoFeedsIsTwoSensors) {
    auto a = sensor(1, SensorKind::combined), b = sensor(2, SensorKind::combined);
    a.feed = "north";
    b.feed = "south";
    auto s = source({a, b});
    Decoded out;
    s.decode("south", block({plot()}), noon, out);
    s.decode("north", block({plot()}), noon, out);
    s.decode("other", block({plot()}), noon, out);
    ASSERT_EQ(out.reports.size(), 2u);
    EXPECT_EQ(out.reports[0].sensor.value, 2u);
    EXPECT_EQ(out.reports[1].sensor.value, 1u);
    EXPECT_EQ(out.learned.size(), 1u);
    AsterixConfig twice;
    twice.sensors = {a, a};
    EXPECT_EQ(AsterixSource::make(twice).error().code, base::Errc::duplicate);
}

TEST(Sensors, AFloodOfUnknownOnesIsBounded) {
    AsterixConfig config;
    config.max_learned = 10;
    auto s = std::move(*AsterixSource::make(config));
    std::size_t learned = 0;
    for (int i = 0; i < 100; ++i) {
        auto f = plot();
        f.i010->sic = static_cast<std::uint8_t>(i);
        learned += give(s, f).learned.size();
    }
    EXPECT_EQ(learned, 10u);
}

}  // namespace
}  // namespace asman::sources
