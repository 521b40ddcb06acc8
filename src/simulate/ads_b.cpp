#include "random.hpp"
#include "sensors.hpp"

#include <asman/simulate/instruments.hpp>

#include <algorithm>
#include <cmath>

namespace asman::simulate {
namespace {

std::uint8_t emergency_of(picture::Mode3A code) {
    switch (code) {
        case 07700:
            return 1;
        case 07600:
            return 4;
        case 07500:
            return 5;
        default:
            return 0;
    }
}

/// The position as the aircraft's own receiver has it: an error that wanders over minutes, and a small one each time.
geo::Point navigated(const Aircraft& a, const Motion& m, std::uint64_t second) {
    Rng fixed(a.key, key("navigation"));
    const double p1 = fixed.uniform(0, 6.28), p2 = fixed.uniform(0, 6.28), slow = fixed.uniform(0.004, 0.01);
    Rng now(a.key, key("navigation"), second);
    const double t = static_cast<double>(second), s = a.navigation.sigma;
    const double east = s * 1.2 * std::sin(slow * t + p1) + 0.3 * s * now.normal();
    const double north = s * 1.2 * std::sin(1.3 * slow * t + p2) + 0.3 * s * now.normal();
    const auto [meridian, normal] = curvature(m.position.at.lat);
    const double h = m.position.height.m;
    return {m.position.at.lat + north / (meridian + h),
            geo::wrap_pi(m.position.at.lon + east / ((normal + h) * std::cos(m.position.at.lat)))};
}

}  // namespace

Seconds broadcast_phase(const Aircraft& a) {
    return Rng(a.key, key("broadcast")).uniform(0, 0.999);
}

AdsbStation::AdsbStation(const Sky& sky, const SensorSpec& spec, coverage::Horizon horizon)
    : spec_(spec),
      instrument_(instrument_of(spec)),
      horizon_(std::move(horizon)),
      key_(mix(sky.seed, key("sensor/" + spec.sensor.name))) {}

void AdsbStation::second(std::uint64_t number, const Sky& sky, const std::vector<std::optional<Airborne>>& broadcast,
                         std::vector<Datagram>& out) const {
    std::vector<AdsbReport> reports;
    for (const auto& b : broadcast) {
        if (!b) continue;
        const Aircraft& a = *b->aircraft;
        const Eigen::Vector3d enu = horizon_.frame().to_local(b->motion.position);
        const double heard = coverage::look_probability(instrument_, {}, horizon_, enu);
        if (!(heard > 0)) continue;
        Rng rng(mix(key_, key("receive")), a.key, number);
        if (!rng.chance(heard)) continue;
        const auto& v = b->motion.velocity;
        AdsbReport r;
        r.time = sky.at(static_cast<double>(number) + broadcast_phase(a));
        r.at = navigated(a, b->motion, number);
        r.geometric_height = b->motion.position.height.m;
        r.flight_level = std::round(b->motion.pressure_altitude.flight_level() * 4) / 4;
        r.ground_speed = std::hypot(v.x(), v.y());
        r.track_angle = geo::wrap_2pi(std::atan2(v.x(), v.y()));
        r.vertical_rate = v.z();
        r.address = a.address;
        r.mode_3a = b->mode_3a;
        r.callsign = b->leg->callsign;
        r.emitter_category = a.emitter_category;
        r.nic = a.navigation.nic, r.nac_p = a.navigation.nac_p, r.sil = a.navigation.sil;
        r.emergency = emergency_of(b->mode_3a);
        reports.push_back(std::move(r));
    }
    std::ranges::stable_sort(reports, {}, &AdsbReport::time);
    const base::Time received = sky.at(static_cast<double>(number + 1)) + spec_.delay;
    for (auto& bytes : encode_ads_b(spec_, reports))
        out.push_back({received, spec_.sensor.id, spec_.sensor.owner, spec_.sensor.feed, std::move(bytes)});
}

}  // namespace asman::simulate
