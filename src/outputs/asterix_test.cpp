#include <asman/asterix/cat062.hpp>
#include <asman/asterix/cat065.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/outputs/outputs.hpp>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

namespace asman::outputs {
namespace {

constexpr AsterixOptions options{.sac = 41, .sic = 7};

template <class Use>
int each_record(const std::vector<std::vector<std::byte>>& datagrams, Use use) {
    int count = 0;
    const asterix::Editions editions;
    for (const auto& d : datagrams) {
        asterix::DatagramReader reader(d, editions);
        while (const auto* event = reader.next()) {
            EXPECT_EQ(event->what, asterix::What::record) << event->problem.text();
            if (event->what != asterix::What::record) break;
            ++count;
            use(event->record);
        }
    }
    return count;
}

picture::Track track(std::uint64_t number) {
    picture::Track t;
    t.number = number;
    t.confirmed = true;
    t.kinematics.time = *base::parse_time("2023-11-02T12:00:00.250Z");
    t.first_seen = t.kinematics.time - base::seconds(20);
    t.kinematics.at = geo::Point::degrees(42.5, -74.25);
    t.kinematics.velocity = {-102.25, 33.5};
    t.kinematics.covariance = Eigen::Vector4d(900, 400, 4, 1).asDiagonal();
    t.kinematics.pressure_altitude = geo::PressureAltitude::from_flight_level(351.25);
    t.kinematics.geometric_height = geo::EllipsoidalHeight{10'000 * geo::foot};
    t.kinematics.vertical_rate = -1000 * geo::foot / 60;
    t.identity.mode_3a = picture::Mode3A{07600};
    t.identity.address = 0xABCDEF;
    t.identity.callsign = "KGA 12";
    t.identity.special_position = true;
    return t;
}

TEST(Asterix062, SaysWhatTheTrackSays) {
    const std::vector tracks{track(65'536 + 9)};
    EXPECT_EQ(each_record(asterix_062(tracks, options),
                          [](const asterix::Record& r) {
                              const asterix::cat062::View v(r);
                              EXPECT_EQ(v.i010()->sac(), 41);
                              EXPECT_EQ(v.i010()->sic(), 7);
                              EXPECT_EQ(v.i040(), 9);
                              EXPECT_DOUBLE_EQ(*v.i070(), 43'200.25);
                              EXPECT_NEAR(v.i105()->lat(), 42.5, 3e-6);
                              EXPECT_NEAR(v.i105()->lon(), -74.25, 3e-6);
                              EXPECT_EQ(v.i185()->vx(), -102.25);
                              EXPECT_EQ(v.i185()->vy(), 33.5);
                              EXPECT_EQ(v.i136(), 351.25);
                              EXPECT_EQ(v.i135()->ctb(), 351.25);
                              EXPECT_FALSE(v.i135()->qnh());
                              EXPECT_EQ(v.i130(), 10'000.0);
                              EXPECT_EQ(v.i220(), -1000.0);
                              EXPECT_EQ(v.i060()->mode3a(), 07600);
                              EXPECT_EQ(v.i245()->chr().view(), "KGA 12");
                              EXPECT_EQ(v.i500()->apc()->x(), 30);
                              EXPECT_EQ(v.i500()->apc()->y(), 20);
                              EXPECT_EQ(v.i500()->atv()->x(), 2);
                              EXPECT_EQ(v.i290()->trk(), 20.0);
                              EXPECT_TRUE(v.i080()->spi());
                              EXPECT_FALSE(v.i080()->cnf());
                              EXPECT_FALSE(v.i080()->sim().value());
                              EXPECT_FALSE(v.i080()->tse().value());
                          }),
              1);
}

asterix::cat062::View only(const std::vector<picture::Track>& tracks, std::vector<std::vector<std::byte>>& bytes,
                           asterix::Record& record) {
    bytes = asterix_062(tracks, options);
    each_record(bytes, [&](const asterix::Record& r) { record = r; });
    return asterix::cat062::View(record);
}

TEST(Asterix062, ModeOfMovementAndAccelerationAreTheFilters) {
    struct Case {
        double turn, hasten, climb;
        int trans, along, vert;
    };
    for (const Case& c : {Case{0, 0, 0, 0, 0, 0}, Case{0.03, 0, 8, 1, 0, 1}, Case{-0.03, -0.8, -8, 2, 2, 2},
                          Case{0.001, 1.2, 0.5, 0, 1, 0}}) {
        auto t = track(1);
        t.kinematics.velocity = {0, 200};  // north
        t.kinematics.turn_rate = c.turn;
        t.kinematics.acceleration = c.hasten;
        t.kinematics.vertical_rate = c.climb;
        std::vector<std::vector<std::byte>> bytes;
        asterix::Record record;
        const auto v = only({t}, bytes, record);
        EXPECT_EQ(v.i200()->trans(), c.trans);
        EXPECT_EQ(v.i200()->long_(), c.along);
        EXPECT_EQ(v.i200()->vert(), c.vert);
        EXPECT_NEAR(v.i210()->ax(), 200 * c.turn, 0.13) << "to the right of north is east";
        EXPECT_NEAR(v.i210()->ay(), c.hasten, 0.13);
    }
    auto unknown = track(1);
    unknown.kinematics.vertical_rate.reset();
    std::vector<std::vector<std::byte>> bytes;
    asterix::Record record;
    EXPECT_EQ(only({unknown}, bytes, record).i200()->vert(), 3);
}

TEST(Asterix062, AccuracyOfAccelerationLiesAlongAndAcrossTheCourse) {
    auto t = track(1);
    t.kinematics.velocity = {120, 160};  // 200 m/s
    t.kinematics.sigma_acceleration = 1;
    t.kinematics.sigma_turn_rate = 0.02;  // 4 m/s² across
    std::vector<std::vector<std::byte>> bytes;
    asterix::Record record;
    const auto v = only({t}, bytes, record);
    EXPECT_NEAR(v.i500()->aa()->x(), std::hypot(0.6, 4 * 0.8), 0.13);
    EXPECT_NEAR(v.i500()->aa()->y(), std::hypot(0.8, 4 * 0.6), 0.13);
    t.kinematics.sigma_acceleration = t.kinematics.sigma_turn_rate = 0;  // as released: not known
    EXPECT_FALSE(only({t}, bytes, record).i500()->aa());
}

TEST(Asterix062, AJointTrackNamesTheTracksThatItIsMadeOf) {
    picture::JointTrack joint;
    joint.number = 70'000;
    joint.fused = track(joint.number);
    const auto part = [](std::string_view of, std::string_view via, std::uint64_t number) {
        picture::Contribution c;
        c.originator = picture::State(of);
        if (!via.empty()) c.via = picture::State(via);
        c.number = number;
        return c;
    };
    joint.contributions = {part("KAZ", "KAZ", 33), part("KGZ", "", 40'001), part("TJK", "TJK", 5),
                           part("UZB", "KAZ", 7)};
    auto with = options;
    const std::vector tracks{joint};
    const auto composed = [&] {
        std::vector<std::pair<int, int>> out;
        each_record(asterix_062(tracks, with), [&](const asterix::Record& r) {
            const asterix::cat062::View v(r);
            const auto list = v.i510();
            for (std::size_t i = 0; list && i < list->size(); ++i)
                out.emplace_back((*list)[i].ident(), (*list)[i].track());
        });
        return out;
    };
    using Units = std::vector<std::pair<int, int>>;
    EXPECT_EQ(composed(), Units{}) << "nobody has agreed on any unit";
    with.units = {{picture::State("KAZ"), 12}};
    EXPECT_EQ(composed(), Units{}) << "the own unit has no number";
    with.units = {{picture::State("KAZ"), 12}, {picture::State(), 9}, {picture::State("UZB"), 30}};
    EXPECT_EQ(composed(), (Units{{9, 70'000 & 0x7FFF}, {12, 33}, {9, 40'001 & 0x7FFF}, {30, 7}}))
        << "nobody gave Tajikistan's number";
}

TEST(Asterix062, AgesAreThoseOfEachKindOfReport) {
    auto t = track(1);
    const auto before = [&](double s) { return t.kinematics.time - base::seconds(s); };
    t.latest.primary = before(3);
    t.latest.mode_s = before(40);
    t.latest.ads_b = before(0.5);
    std::vector<std::vector<std::byte>> bytes;
    asterix::Record record;
    const auto v = only({t}, bytes, record);
    EXPECT_EQ(v.i290()->psr(), 3);
    EXPECT_EQ(v.i290()->mds(), 40);
    EXPECT_EQ(v.i290()->es(), 0.5);
    EXPECT_FALSE(v.i290()->ssr());
    EXPECT_FALSE(v.i290()->mlt());
    EXPECT_EQ(v.i290()->trk(), 20);
    EXPECT_EQ(v.i080()->mds(), true);
    EXPECT_EQ(v.i080()->psr(), false);
}

TEST(Asterix062, AccuracyIsTheCovariances) {
    auto t = track(1);
    t.kinematics.covariance(0, 1) = t.kinematics.covariance(1, 0) = -144;
    t.kinematics.sigma_geometric_height = 125 * geo::foot;
    t.kinematics.sigma_pressure_altitude = 50 * geo::foot;
    std::vector<std::vector<std::byte>> bytes;
    asterix::Record record;
    const auto v = only({t}, bytes, record);
    EXPECT_EQ(v.i500()->cov(), -12);
    EXPECT_EQ(v.i500()->aga(), 125);
    EXPECT_EQ(v.i500()->aba(), 0.5);
    const double metres = 6'371'000 * std::numbers::pi / 180;
    EXPECT_NEAR(v.i500()->apw()->lat() * metres, 20, 0.4);
    EXPECT_NEAR(v.i500()->apw()->lon() * metres * std::cos(t.kinematics.at.lat), 30, 0.4);
}

TEST(Asterix062, TheLatestReportIsToldAsMeasured) {
    auto t = track(1);
    const auto before = [&](double s) { return t.kinematics.time - base::seconds(s); };
    std::vector<std::vector<std::byte>> bytes;
    asterix::Record record;
    EXPECT_FALSE(only({t}, bytes, record).i340()) << "of tracks of others it is not known";
    auto& m = t.measured.emplace();
    m.sac = 20;
    m.sic = 3;
    m.time = before(1);
    m.kind = picture::SensorKind::combined;
    m.replied = true;
    m.range = 100.25 * geo::nautical_mile;
    m.azimuth = 359.9999 * geo::deg;  // the wire's nearest is north
    m.pressure_altitude = geo::PressureAltitude::from_flight_level(350.25);
    m.mode_3a = picture::Mode3A{07601};
    m.mode_3a_valid = false;
    const auto v = only({t}, bytes, record);
    const auto told = v.i340();
    ASSERT_TRUE(told);
    EXPECT_EQ(told->sid()->sac(), 20);
    EXPECT_EQ(told->sid()->sic(), 3);
    EXPECT_DOUBLE_EQ(told->pos()->rho(), 100.25);
    EXPECT_DOUBLE_EQ(told->pos()->theta(), 0);
    EXPECT_FALSE(told->height());
    EXPECT_EQ(told->mdc()->lmc(), 350.25);
    EXPECT_EQ(told->mda()->mode3a(), 07601);
    EXPECT_TRUE(told->mda()->v());
    EXPECT_FALSE(told->mda()->l());
    using enum picture::SensorKind;
    struct Case {
        picture::SensorKind kind;
        bool replied, address;
        int type;
    };
    for (const Case& c :
         {Case{primary, false, false, 1}, Case{combined, false, false, 1}, Case{secondary, true, false, 2},
          Case{combined, true, false, 3}, Case{mode_s, true, true, 5}, Case{combined, true, true, 7},
          Case{ads_b, true, true, 0}, Case{multilateration, true, true, 0}}) {
        t.measured->kind = c.kind;
        t.measured->replied = c.replied;
        t.measured->address = c.address ? std::optional(0xABCDEFU) : std::nullopt;
        EXPECT_EQ(only({t}, bytes, record).i340()->typ()->typ(), c.type) << static_cast<int>(c.kind);
    }
    t.measured->range = 600e3;  // beyond what the item holds
    EXPECT_FALSE(only({t}, bytes, record).i340()->pos());
    t.measured->range = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(only({t}, bytes, record).i340()->pos());
}

TEST(Asterix062, LevelAndCodeHaveTheirAgesAndTheRateItsAccuracy) {
    auto t = track(1);
    t.kinematics.sigma_vertical_rate = 25 * geo::foot / 60;
    std::vector<std::vector<std::byte>> bytes;
    asterix::Record record;
    EXPECT_FALSE(only({t}, bytes, record).i295());
    EXPECT_EQ(only({t}, bytes, record).i500()->arc(), 25);
    t.latest.pressure_altitude = t.kinematics.time - base::seconds(3);
    t.latest.mode_3a = t.kinematics.time - base::seconds(500);
    const auto v = only({t}, bytes, record);
    EXPECT_EQ(v.i295()->mfl(), 3);
    EXPECT_EQ(v.i295()->mda(), 63.75) << "as old as the item can tell";
    EXPECT_FALSE(v.i295()->gsp());
    t.kinematics.pressure_altitude.reset();
    t.kinematics.vertical_rate.reset();
    EXPECT_FALSE(only({t}, bytes, record).i295()->mfl()) << "no age of a level that is not told";
    EXPECT_FALSE(only({t}, bytes, record).i500()->arc());
}

TEST(Asterix062, SimulatedAndCoastingAndTentative) {
    auto simulated = track(1), tentative = track(2);
    simulated.simulated = true;
    simulated.coasting = true;
    tentative.confirmed = false;
    const std::vector tracks{simulated, tentative};
    EXPECT_EQ(each_record(asterix_062(tracks, options),
                          [](const asterix::Record& r) {
                              const asterix::cat062::View v(r);
                              EXPECT_TRUE(v.i080()->sim().value());
                              EXPECT_TRUE(v.i080()->cst().value());
                          }),
              1)
        << "tentative tracks are not told";
}

TEST(Asterix062, BlocksStayBelowTheDatagramAndNothingIsLost) {
    std::vector<picture::JointTrack> tracks;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        picture::JointTrack t;
        t.number = i;
        t.fused = track(i);
        tracks.push_back(t);
    }
    const auto datagrams = asterix_062(tracks, options);
    std::uint16_t next = 0;
    EXPECT_EQ(
        each_record(datagrams, [&](const asterix::Record& r) { EXPECT_EQ(asterix::cat062::View(r).i040(), next++); }),
        1000);
    for (const auto& d : datagrams) EXPECT_LE(d.size(), options.max_datagram);
    EXPECT_LT(datagrams.size(), 80u);
}

TEST(Asterix062, EndedTracksAreTheirNumbersWithTheLastMessageBit) {
    const std::vector<std::uint64_t> numbers{5, 6};
    auto simulated = options;
    simulated.simulated = true;
    EXPECT_EQ(each_record(asterix_062_ended(numbers, base::Time{10'000'000'000}, simulated),
                          [](const asterix::Record& r) {
                              const asterix::cat062::View v(r);
                              EXPECT_TRUE(v.i080()->tse().value());
                              EXPECT_TRUE(v.i080()->sim().value());
                              EXPECT_EQ(v.i070(), 10.0);
                          }),
              2);
}

TEST(Asterix062, JustBeforeMidnightIsNoDayTooLong) {
    auto t = track(1);
    t.kinematics.time = *base::parse_time("2023-11-02T23:59:59.999Z");
    each_record(asterix_062(std::span(&t, 1), options),
                [](const asterix::Record& r) { EXPECT_EQ(asterix::cat062::View(r).i070(), 0.0); });
}

/// The edition that is written, read as it.
asterix::cat062::View only_1_19(const std::vector<picture::Track>& tracks, std::vector<std::vector<std::byte>>& bytes,
                                asterix::Record& record) {
    bytes = asterix_062(tracks, options);
    asterix::Editions editions;
    EXPECT_TRUE(editions.set(62, "1.19"));
    asterix::DatagramReader reader(bytes.at(0), editions);
    if (const auto* event = reader.next()) record = event->record;
    return asterix::cat062::View(record);
}

TEST(Asterix062, OfSeveralWhoToldAValueTheLatestIsBelieved) {
    auto t = track(1);
    const auto before = [&](double s) { return t.kinematics.time - base::seconds(s); };
    const auto tell = [&](picture::Derived d, double s) { t.derived.push_back({d, before(s)}); };
    using enum picture::DerivedKind;
    // 5,0: true track 114.258°, ground speed 438 kt, roll 2.11°, 0.125°/s to the right, true airspeed 424 kt.
    constexpr std::uint64_t bds50 = 0x81951536E024D4;
    tell({bds50, mode_s_register, 0x50}, 4);
    tell(picture::Derived::of(ground_speed, 100 * geo::knot), 2);
    tell(picture::Derived::of(true_airspeed, 300 * geo::knot), 6);
    tell(picture::Derived::of(mach, 0.785), 61);
    tell({0x60, mode_s_register, 0x17}, 20);
    std::vector<std::vector<std::byte>> bytes;
    asterix::Record record;
    const auto v = only_1_19({t}, bytes, record);
    const auto d = v.i380_1_19();
    ASSERT_TRUE(d);
    EXPECT_NEAR(*d->gs(), 100.0 / 3600, 1e-4);
    EXPECT_EQ(v.i295()->gsp(), 2);
    EXPECT_EQ(d->tas(), 424);
    EXPECT_EQ(v.i295()->tas(), 4);
    EXPECT_NEAR(*d->tan(), 114.258, 0.01);
    EXPECT_NEAR(*d->ran(), 2.11, 0.01);
    EXPECT_EQ(d->tar()->ti(), 2) << "right";
    EXPECT_EQ(d->tar()->rot(), 0.25);
    EXPECT_FALSE(d->mac()) << "told more than a minute ago";
    EXPECT_FALSE(d->ias());
    ASSERT_EQ(d->mb()->size(), 2U);
    EXPECT_EQ((*d->mb())[0], bds50 << 8 | 0x50);
    EXPECT_EQ(v.i295()->mb(), 20) << "the oldest of those told";
    EXPECT_FALSE(d->met());
}

TEST(Asterix062, WeatherIsOfOneTimeAndNorthIs360) {
    auto t = track(1);
    const auto before = [&](double s) { return t.kinematics.time - base::seconds(s); };
    using enum picture::DerivedKind;
    t.derived = {{picture::Derived::of(wind_speed, 20 * geo::knot), before(3)},
                 {picture::Derived::of(wind_from, 0.2 * geo::deg), before(3)},
                 {picture::Derived::of(air_temperature, -56.5), before(9)}};
    std::vector<std::vector<std::byte>> bytes;
    asterix::Record record;
    const auto v = only_1_19({t}, bytes, record);
    const auto met = v.i380_1_19()->met();
    ASSERT_TRUE(met);
    EXPECT_EQ(met->wsd(), 20);
    EXPECT_EQ(met->wdd(), 360);
    EXPECT_FALSE(met->tmp()) << "of six seconds before";
    EXPECT_FALSE(met->trb());
    EXPECT_EQ(v.i295()->met(), 3);
}

/// Whatever numbers a track holds, it is told: clamped, never lost.
RC_GTEST_PROP(Asterix062, NoValueLosesATrack, ()) {
    const auto wild = [] {
        return *rc::gen::element(0.0, -0.0, 1.0, -1.0, 1e-300, 1e6, -1e6, 1e300, -1e300, std::nan(""), HUGE_VAL,
                                 -HUGE_VAL);
    };
    auto t = track(*rc::gen::arbitrary<std::uint64_t>());
    auto& k = t.kinematics;
    k.time = {*rc::gen::arbitrary<std::int64_t>()};
    t.first_seen = k.time;
    k.at = {wild(), wild()};
    k.velocity = {wild(), wild()};
    for (int i = 0; i < 4; ++i) k.covariance(i, i) = wild();
    k.pressure_altitude = geo::PressureAltitude{wild()};
    k.geometric_height = geo::EllipsoidalHeight{wild()};
    k.vertical_rate = wild();
    t.identity.callsign = *rc::gen::arbitrary<std::string>();
    t.identity.mode_3a = *rc::gen::arbitrary<std::uint16_t>();
    t.identity.address = *rc::gen::arbitrary<std::uint32_t>();
    for (int kind = 0; kind <= static_cast<int>(picture::last_derived_kind); ++kind) {
        const auto what = static_cast<picture::DerivedKind>(kind);
        const auto bits = *rc::gen::arbitrary<std::uint64_t>();
        const auto detail = *rc::gen::arbitrary<std::uint8_t>();
        t.derived.push_back({*rc::gen::arbitrary<bool>() ? picture::Derived::of(what, wild(), detail)
                                                         : picture::Derived{bits, what, detail},
                             k.time - base::seconds(*rc::gen::inRange(-100, 100))});
    }
    RC_ASSERT(each_record(asterix_062(std::span(&t, 1), options), [](const auto&) {}) == 1);
}

TEST(Asterix065, EachKindOfServiceReport) {
    const base::Time noon{43'200'000'000'000};
    for (const auto type : {ServiceReport::status, ServiceReport::end_of_batch, ServiceReport::service}) {
        EXPECT_EQ(each_record({asterix_065(type, noon, options, 17, true)},
                              [&](const asterix::Record& r) {
                                  const asterix::cat065::View v(r);
                                  EXPECT_EQ(v.i000(), static_cast<std::uint8_t>(type));
                                  EXPECT_EQ(v.i030(), 43'200.0);
                                  EXPECT_EQ(v.i040().has_value(), type == ServiceReport::status);
                                  EXPECT_EQ(v.i020().has_value(), type == ServiceReport::end_of_batch);
                                  EXPECT_EQ(v.i050().has_value(), type == ServiceReport::service);
                                  if (v.i040()) {
                                      EXPECT_EQ(v.i040()->nogo(), 1);
                                  }
                                  if (v.i020()) {
                                      EXPECT_EQ(v.i020(), 17);
                                  }
                              }),
                  1);
    }
}

}  // namespace
}  // namespace asman::outputs
