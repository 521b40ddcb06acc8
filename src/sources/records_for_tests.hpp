// A radar, its plots, and what they become: for the tests of each category.
#pragma once

#include <asman/asterix/cat021.hpp>
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/sources/asterix.hpp>

#include <gtest/gtest.h>

namespace asman::sources {

using namespace asterix;
using picture::SensorKind;
inline const base::Time noon{*base::parse_time("2023-11-02T12:00:00Z")};
inline constexpr double noon_tod = 43'200;

inline picture::Sensor sensor(std::uint32_t id, SensorKind kind, bool placed = true) {
    picture::Sensor s;
    s.id = {id};
    s.name = "S" + std::to_string(id);
    s.sac = 41;
    s.sic = 7;
    s.kind = kind;
    s.scan_period = base::seconds(10);
    if (placed) s.position = geo::Position{geo::Point::degrees(43, 74), {800}};
    return s;
}

inline AsterixSource source(std::vector<picture::Sensor> sensors, Simulation simulation = Simulation::refuse) {
    AsterixConfig config;
    config.sensors = std::move(sensors);
    config.simulation = simulation;
    return std::move(*AsterixSource::make(std::move(config)));
}
inline AsterixSource radar(Simulation simulation = Simulation::refuse) {
    return source({sensor(1, SensorKind::combined)}, simulation);
}

template <class Fields>
std::vector<std::byte> block(std::initializer_list<Fields> records) {
    BlockWriter writer(Fields::category, 60'000);
    for (const auto& f : records) EXPECT_TRUE(writer.add(f)) << writer.problem().text();
    const auto bytes = writer.finish();
    return {bytes.begin(), bytes.end()};
}

template <class Fields>
Decoded give(AsterixSource& s, const Fields& fields, base::Time received = noon) {
    Decoded out;
    s.decode("feed", block({fields}), received, out);
    s.finish(out);  // one report is all that most of these give
    return out;
}

inline cat048::Fields plot() {
    cat048::Fields f;
    f.i010 = {.sac = 41, .sic = 7};
    f.i140 = noon_tod;
    f.i020.emplace().typ = 5;
    f.i040 = {.rho = 100, .theta = 90};
    f.i070 = {.v = false, .g = false, .l = false, .mode3a = 07600};
    f.i090 = {.v = false, .g = false, .fl = 350.25};
    f.i220 = 0xABCDEF;
    f.i240 = Text<8>("KGA123");
    return f;
}

inline cat021::Fields squitter() {
    cat021::Fields f;
    f.i010 = {.sac = 41, .sic = 7};
    f.i040.emplace();
    f.i080 = 0x60100Fu;
    f.i071 = noon_tod;
    f.i131 = {.lat = 42.5, .lon = 74.25};
    f.i145 = 310.0;
    f.i140 = 32'000.0;
    f.i160 = {.re = false, .gs = 400.0 / 3600, .ta = 270};
    f.i155 = {.re = false, .bvr = -1000};
    auto& quality = f.i090.emplace();
    quality.nucpnic = 8;
    quality.nicbaro = true;
    quality.sil = std::uint8_t{3};
    quality.nacp = std::uint8_t{9};
    quality.gva = std::uint8_t{2};
    f.i170 = Text<8>("KGA77");
    f.i200.emplace().ps = 5;
    return f;
}

inline const SensorCounters& counters(const AsterixSource& s) {
    static std::vector<SensorState> states;
    states = s.sensors();
    return states.front().counters;
}

}  // namespace asman::sources
