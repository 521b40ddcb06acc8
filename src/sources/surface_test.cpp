#include <asman/asterix/cat010.hpp>
#include <asman/asterix/cat020.hpp>

#include "records_for_tests.hpp"

namespace asman::sources {
namespace {

TEST(Surface010, PlaneCoordinatesFromTheReferencePoint) {
    auto s = source({sensor(4, SensorKind::primary)});
    cat010::Fields f;
    f.i000 = std::uint8_t{1};
    f.i010 = {.sac = 41, .sic = 7};
    f.i020.emplace().typ = 3;
    f.i042 = {.x = 1000, .y = -500};
    f.i140 = noon_tod;
    const auto out = give(s, f);
    ASSERT_EQ(out.reports.size(), 1u);
    const auto inverse = geo::inverse(geo::Point::degrees(43, 74), *out.reports[0].point);
    EXPECT_NEAR(inverse.distance, std::hypot(1000, 500), 0.5);
    EXPECT_NEAR(geo::wrap_2pi(inverse.azimuth_at_a), std::atan2(1000, -500), 1e-3);
    auto update = f;
    update.i000 = std::uint8_t{2};
    EXPECT_TRUE(give(s, update).reports.empty());
}

TEST(Surface010, DeviationsAreAnEllipse) {
    auto s = source({sensor(4, SensorKind::multilateration)});
    cat010::Fields f;
    f.i000 = std::uint8_t{1};
    f.i010 = {.sac = 41, .sic = 7};
    f.i020.emplace().typ = 1;
    f.i042 = {.x = 1000, .y = -500};
    f.i140 = noon_tod;
    f.i500 = {.devx = 20, .devy = 5, .covxy = -6};
    const auto out = give(s, f);
    ASSERT_EQ(out.reports.size(), 1u);
    EXPECT_EQ(out.reports[0].horizontal_covariance, (std::array<double, 3>{400, 25, -36}));
}

cat020::Fields located() {
    cat020::Fields f;
    f.i010 = {.sac = 41, .sic = 7};
    f.i020.emplace();
    f.i041 = {.lat = 43.1, .lon = 74.2};
    f.i070 = {.v = false, .g = false, .l = false, .mode3a = 01234};
    f.i090 = {.v = false, .g = false, .fl = 120};
    f.i105 = 12'500;
    f.i140 = noon_tod;
    f.i220 = 0x60100F;
    f.i500.emplace().sdp = {.x = 30, .y = 10, .xy = 0.5};
    return f;
}

TEST(Multilateration020, BecomesAPointWithItsEllipse) {
    auto s = source({sensor(4, SensorKind::multilateration)});
    auto f = located();
    const auto out = give(s, f);
    ASSERT_EQ(out.reports.size(), 1u);
    const auto& r = out.reports[0];
    EXPECT_EQ(r.kind, SensorKind::multilateration);
    EXPECT_EQ(r.time, noon);
    EXPECT_NEAR(r.point->lat_deg(), 43.1, 1e-5);
    EXPECT_NEAR(r.point->lon_deg(), 74.2, 1e-5);
    EXPECT_EQ(r.horizontal_covariance, (std::array<double, 3>{900, 100, 150}));
    EXPECT_NEAR(r.sigma_horizontal, std::sqrt(500.0), 1e-9);
    EXPECT_DOUBLE_EQ(r.pressure_altitude->flight_level(), 120);
    EXPECT_NEAR(r.geometric_height->m, 12'500 * geo::foot, 1);
    EXPECT_EQ(r.identity.address, 0x60100Fu);
    EXPECT_EQ(r.identity.mode_3a, 01234);
    f.i500.reset();
    EXPECT_EQ(give(s, f).reports.at(0).horizontal_covariance, std::nullopt);
}

TEST(Multilateration020, WhatIsNotTrackedIsCountedByReason) {
    auto s = source({sensor(4, SensorKind::multilateration)});
    auto f = located();
    auto& d = *f.i020;
    d.rab = true;
    d.spi = d.chn = d.gbs = d.crt = d.sim = d.tst = false;
    EXPECT_TRUE(give(s, f).reports.empty());
    EXPECT_EQ(counters(s).field_monitors, 1u);
    f = located();
    f.i170.emplace().cst = true;
    EXPECT_TRUE(give(s, f).reports.empty());
    EXPECT_EQ(counters(s).ended, 1u);
    f = located();
    f.i041.reset();
    f.i042 = {.x = 3000, .y = 4000};
    EXPECT_NEAR(geo::distance(geo::Point::degrees(43, 74), *give(s, f).reports.at(0).point), 5000, 5);
}

}  // namespace
}  // namespace asman::sources
