#include <asman/asterix/cat062.hpp>

#include "records_for_tests.hpp"

#include <cmath>
#include <numbers>

namespace asman::sources {
namespace {

TEST(System062, TracksAreReportsOfATracker) {
    auto s = source({});
    cat062::Fields f;
    f.i010 = {.sac = 41, .sic = 7};
    f.i040 = std::uint16_t{99};
    f.i070 = noon_tod;
    f.i080.emplace();
    f.i105 = {.lat = -33.5, .lon = -180};
    f.i185 = {.vx = -100, .vy = 0};
    f.i136 = 100.25;
    f.i060 = {.v = false, .g = false, .ch = false, .mode3a = 02000};
    f.i500.emplace().apc = {.x = 40, .y = 30};
    const auto out = give(s, f);
    ASSERT_EQ(out.reports.size(), 1u);
    const auto& r = out.reports[0];
    EXPECT_EQ(r.kind, SensorKind::tracker);
    EXPECT_EQ(r.source_track, 99u);
    EXPECT_DOUBLE_EQ(r.point->lon, std::numbers::pi) << "one name for the antimeridian";
    EXPECT_NEAR(r.sigma_horizontal, std::hypot(40, 30) / std::sqrt(2), 1e-9);
    EXPECT_DOUBLE_EQ(*r.ground_speed, 100);
    EXPECT_DOUBLE_EQ(*r.track_angle, 1.5 * std::numbers::pi);
    f.i080->tse = true;
    EXPECT_TRUE(give(s, f).reports.empty());
}

}  // namespace
}  // namespace asman::sources
