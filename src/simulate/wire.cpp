// Measurements as ASTERIX: 048 and 034 for radars, 021 for ADS-B stations, in the newest editions of the tables.
#include "plots.hpp"

#include <asman/asterix/cat021.hpp>
#include <asman/asterix/cat034.hpp>
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/geo/point.hpp>

#include <algorithm>
#include <cmath>

namespace asman::simulate {
namespace {

namespace ax = asterix;
using Octets = std::vector<std::byte>;

/// Seconds since midnight, on the wire's step of 1/128 s and below a day even after rounding.
double time_of_day(base::Time t) {
    constexpr std::int64_t day = 86'400'000'000'000;
    const std::int64_t of_day = ((t.ns % day) + day) % day;
    return std::fmod(std::nearbyint(static_cast<double>(of_day) * 1e-9 * 128) / 128, 86400.0);
}

/// Appends blocks of at most `most` octets to `out`, one record after another. A record that its edition cannot hold is
/// left out: the simulator measures nothing that the wire cannot carry.
template <class Record, class Make>
void add_blocks(Octets& out, std::uint8_t category, const std::vector<Record>& records, Make&& make) {
    ax::BlockWriter block(category);
    const auto flush = [&] {
        if (block.records() == 0) return;
        const auto bytes = block.finish();
        out.insert(out.end(), bytes.begin(), bytes.end());
    };
    for (const auto& r : records) {
        const auto fields = make(r);
        if (block.add(fields) || block.problem().fault != ax::Fault::too_long) continue;
        flush();
        block.add(fields);
    }
    flush();
}

/// CAT048 I048/020 TYP.
std::uint8_t report_type(const RadarPlot& p) {
    if (!p.secondary) return 1;
    if (p.mode_s) return p.primary ? 7 : 5;  // roll-call
    return p.primary ? 3 : 2;
}

ax::cat048::Fields target_report(const SensorSpec& sensor, const RadarPlot& p) {
    ax::cat048::Fields f;
    f.i010 = ax::cat048::I010::Value{sensor.sensor.sac, sensor.sensor.sic};
    f.i140 = time_of_day(p.time);
    f.i020.emplace();
    f.i020->typ = report_type(p);
    f.i020->sim = true;
    double degrees = p.azimuth / geo::deg;
    if (degrees >= 360 - 0.5 * 360 / 65536) degrees = 0;
    f.i040 = ax::cat048::I040::Value{p.range / geo::nautical_mile, degrees};
    if (p.secondary) {
        f.i070.emplace();
        f.i070->v = f.i070->g = p.garbled;
        f.i070->mode3a = p.mode_3a;
        f.i090.emplace();
        f.i090->v = f.i090->g = p.garbled;
        f.i090->fl = p.flight_level;
    }
    if (p.primary) {
        f.i130.emplace();
        f.i130->pam = std::clamp(std::nearbyint(p.amplitude) - 100, -128.0, 127.0);  // dBm
    }
    if (p.mode_s) {
        f.i220 = p.address;
        if (!p.callsign.empty()) f.i240 = ax::Text<8>(p.callsign);
        f.i230.emplace();
        f.i230->com = 1;
        f.i230->arc = true;  // 25 ft
        f.i230->aic = true;
    }
    return f;
}

ax::cat034::Fields service_message(const SensorSpec& sensor, const BeamMark& m) {
    ax::cat034::Fields f;
    f.i010 = ax::cat034::I010::Value{sensor.sensor.sac, sensor.sensor.sic};
    f.i000 = m.north ? std::uint8_t{1} : std::uint8_t{2};
    f.i030 = time_of_day(m.time);
    if (m.north) {
        f.i041 = sensor.sensor.scan_period.seconds();
        f.i050 = ax::cat034::I050::Value{.com = ax::cat034::I050::Com::Value{}};
    } else {
        f.i020 = m.azimuth / geo::deg;
    }
    return f;
}

ax::cat021::Fields ads_b_report(const SensorSpec& sensor, const AdsbReport& r) {
    ax::cat021::Fields f;
    f.i010 = ax::cat021::I010::Value{sensor.sensor.sac, sensor.sensor.sic};
    f.i040.emplace();
    f.i040->sim = true;
    f.i071 = f.i073 = time_of_day(r.time);
    f.i131 = ax::cat021::I131::Value{r.at.lat_deg(), r.at.lon_deg()};
    f.i080 = r.address;
    f.i140 = r.geometric_height / geo::foot;
    f.i145 = r.flight_level;
    f.i090.emplace();
    f.i090->nucpnic = r.nic;
    f.i090->nucrnacv = 2;
    f.i090->nicbaro = true;
    f.i090->sil = r.sil;
    f.i090->nacp = r.nac_p;
    f.i210.emplace();
    f.i210->vn = 2;
    f.i210->ltt = 2;
    f.i070.emplace();
    f.i070->mode3a = r.mode_3a;
    f.i160 = ax::cat021::I160::Value{false, r.ground_speed / geo::nautical_mile,
                                     r.track_angle / geo::deg >= 359.997 ? 0 : r.track_angle / geo::deg};
    f.i157 = ax::cat021::I157::Value{false, r.vertical_rate / geo::foot * 60};
    f.i020 = r.emitter_category;
    f.i200.emplace();
    f.i200->ps = r.emergency;
    if (!r.callsign.empty()) f.i170 = ax::Text<8>(r.callsign);
    return f;
}

}  // namespace

std::vector<std::byte> encode_radar(const SensorSpec& sensor, const std::vector<RadarPlot>& plots,
                                    const std::vector<BeamMark>& marks) {
    Octets out;
    add_blocks(out, 48, plots, [&](const RadarPlot& p) { return target_report(sensor, p); });
    add_blocks(out, 34, marks, [&](const BeamMark& m) { return service_message(sensor, m); });
    return out;
}

std::vector<std::vector<std::byte>> encode_ads_b(const SensorSpec& sensor, const std::vector<AdsbReport>& reports) {
    // One block a datagram: about twenty reports.
    constexpr std::size_t together = 20;
    std::vector<Octets> out;
    for (std::size_t i = 0; i < reports.size(); i += together) {
        const std::vector<AdsbReport> part(
            reports.begin() + static_cast<std::ptrdiff_t>(i),
            reports.begin() + static_cast<std::ptrdiff_t>(std::min(i + together, reports.size())));
        add_blocks(out.emplace_back(), 21, part, [&](const AdsbReport& r) { return ads_b_report(sensor, r); });
    }
    return out;
}

}  // namespace asman::simulate
