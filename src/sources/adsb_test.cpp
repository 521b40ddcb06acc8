#include <asman/asterix/cat021.hpp>

#include "records_for_tests.hpp"

namespace asman::sources {
namespace {

TEST(Adsb021, BecomesAPointWithItsOwnAccuracy) {
    auto s = source({sensor(3, SensorKind::ads_b, false)});
    const auto out = give(s, squitter());
    ASSERT_EQ(out.reports.size(), 1u) << "needs no position of the receiver";
    const auto& r = out.reports[0];
    EXPECT_EQ(r.kind, SensorKind::ads_b);
    EXPECT_EQ(r.time, noon);
    EXPECT_FALSE(r.polar());
    EXPECT_NEAR(r.point->lat_deg(), 42.5, 1e-6);
    EXPECT_NEAR(r.point->lon_deg(), 74.25, 1e-6);
    EXPECT_NEAR(r.sigma_horizontal, 15, 0.1) << "30 m for 95 %, and no better than its time is known";
    EXPECT_DOUBLE_EQ(r.pressure_altitude->flight_level(), 310);
    EXPECT_DOUBLE_EQ(r.geometric_height->m, 32'000 * geo::foot);
    EXPECT_NEAR(r.sigma_geometric_height, 45 / 1.96, 0.01) << "45 m for 95 %";
    EXPECT_NEAR(*r.ground_speed, 400 * geo::knot, 0.1);
    EXPECT_NEAR(*r.track_angle, 1.5 * std::numbers::pi, 1e-4);
    EXPECT_NEAR(*r.vertical_rate, -1000 * geo::foot / 60, 0.02);
    EXPECT_EQ(r.identity.address, 0x60100Fu);
    EXPECT_EQ(r.identity.callsign, "KGA77");
    EXPECT_EQ(r.identity.emergency, 5);
    EXPECT_EQ(r.sigma_velocity, 0) << "not said";
}

TEST(Adsb021, WithoutNacpTheProtectionLimitIsTaken) {
    auto s = source({sensor(3, SensorKind::ads_b, false)});
    auto f = squitter();
    f.i090 = cat021::I090::Value{.nucrnacv = 2, .nucpnic = 8};
    const auto r = give(s, f).reports.at(0);
    EXPECT_NEAR(r.sigma_horizontal, 0.1 * 1852 / 4, 0.1) << "NIC 8: 0.1 NM";
    EXPECT_NEAR(r.sigma_velocity, 3 / 2.4477, 1e-3) << "NACv 2: 3 m/s for 95 %";
}

TEST(Adsb021, WhatFailedItsChecksIsDoubtful) {
    for (int i = 0; i < 3; ++i) {
        auto s = source({sensor(3, SensorKind::ads_b)});
        auto f = squitter();
        auto& d = *f.i040;
        d.dcr = d.gbs = d.sim = d.tst = d.saa = false;
        d.cl = std::uint8_t{0};
        d.llc = d.ipc = d.nogo = d.cpr = d.ldpj = d.rcf = false;
        (i == 0 ? d.nogo : i == 1 ? d.cpr : d.ldpj) = true;
        EXPECT_TRUE(give(s, f).reports.empty());
        EXPECT_EQ(counters(s).doubtful, 1u);
    }
    auto s = source({sensor(3, SensorKind::ads_b)});
    auto vehicle = squitter();
    vehicle.i020 = std::uint8_t{21};
    EXPECT_TRUE(give(s, vehicle).reports.empty());
    EXPECT_EQ(counters(s).other, 1u);
}

}  // namespace
}  // namespace asman::sources
