#include <asman/picture/archive.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <random>

namespace asman::picture {
namespace {

Contribution any(std::uint32_t seed) {
    std::mt19937_64 r(seed);
    const auto real = [&] { return std::normal_distribution<double>(0, 1e4)(r); };
    const auto maybe = [&] { return r() % 2 == 0; };
    Contribution c;
    c.originator = State("KAZ");
    c.via = State("RUS");
    c.number = r();
    for (auto n = r() % 3; n > 0; --n) c.clauses.push_back({"A", "c" + std::to_string(n), 2, base::digest("x")});
    c.coarsening = {real(), base::seconds(7), maybe(), maybe()};
    if (maybe()) c.assumed = {"A: entry", ""};
    c.valid_until = {static_cast<std::int64_t>(r())};
    auto& t = c.track;
    t.number = r();
    t.kinematics.time = {static_cast<std::int64_t>(r())};
    t.kinematics.at = {real(), real()};
    t.kinematics.velocity = {real(), real()};
    t.kinematics.covariance.setConstant(real());
    if (maybe()) t.kinematics.pressure_altitude = geo::PressureAltitude{real()};
    if (maybe()) t.kinematics.vertical_rate = real();
    t.latest.pressure_altitude = {static_cast<std::int64_t>(r())};
    t.kinematics.sigma_vertical_rate = real();
    if (maybe()) {
        auto& m = t.measured.emplace();
        m.sensor = {7};
        m.sac = 20;
        m.time = {static_cast<std::int64_t>(r())};
        m.kind = SensorKind::mode_s;
        m.range = real();
        if (maybe()) m.pressure_altitude = geo::PressureAltitude{real()};
        if (maybe()) m.mode_3a = Mode3A{07600};
    }
    for (auto n = r() % 4; n > 0; --n)
        t.derived.push_back(
            {{r(), DerivedKind::ground_speed, static_cast<std::uint8_t>(r())}, {static_cast<std::int64_t>(r())}});
    t.existence = real();
    t.confirmed = maybe();
    t.primary_only = maybe();
    if (maybe()) t.identity.address = 0x600123;
    if (maybe()) t.identity.callsign = "KGA702";
    t.recent_codes = {07600, 07600};
    t.flight_class = FlightClass::state;
    t.standard_identity = Identity::suspect;
    t.lineage = {{State("KAZ"), {3}, {1}, {2}, 4}};
    return c;
}

std::vector<std::byte> bytes_of(const Contribution& c) {
    base::Writer out;
    put(out, c);
    return out.take();
}

TEST(Archive, WhatIsPutIsGot) {
    EXPECT_TRUE(rc::check("bytes of bytes are the same", [] {
        const auto bytes = bytes_of(any(*rc::gen::arbitrary<std::uint32_t>()));
        base::Reader in(bytes);
        Contribution c;
        get(in, c);
        RC_ASSERT(in.ok() && in.empty());
        RC_ASSERT(bytes_of(c) == bytes);
    }));
    base::Writer out;
    Alert a;
    a.number = 3;
    a.kind = AlertKind::zone_entry;
    a.detail = "UAP 12";
    a.warning = base::seconds(90);
    a.open = false;
    put(out, a);
    base::Reader in(out.bytes());
    Alert b;
    get(in, b);
    EXPECT_TRUE(in.ok() && in.empty());
    EXPECT_EQ(b.detail, a.detail);
    EXPECT_EQ(b.warning, a.warning);
    EXPECT_EQ(b.kind, a.kind);
    EXPECT_FALSE(b.open);
}

TEST(Archive, CutAndChangedBytesDoNoHarm) {
    EXPECT_TRUE(rc::check("mutants", [] {
        auto bytes = bytes_of(any(*rc::gen::arbitrary<std::uint32_t>()));
        bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size() + 1));
        for (int i = *rc::gen::inRange(0, 5); i > 0 && !bytes.empty(); --i) {
            bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = static_cast<std::byte>(*rc::gen::inRange(0, 256));
        }
        base::Reader in(bytes);
        Contribution c;
        get(in, c);
        RC_ASSERT(c.clauses.size() <= bytes.size() && c.track.lineage.size() <= bytes.size());
    }));
}

}  // namespace
}  // namespace asman::picture
