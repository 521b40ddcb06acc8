#include "object_of.hpp"

#include "chain.hpp"

#include <algorithm>
#include <cmath>

namespace asman::release {
namespace {

void describe(const picture::Track& t, base::Duration offset, const geo::Geoid* geoid, accord::Object& o) {
    const auto& k = t.kinematics;
    o.product = accord::Product::tracks;
    o.time = k.time + offset;
    o.at = k.at;
    // The larger eigenvalue of the horizontal covariance.
    const double a = k.covariance(0, 0), b = k.covariance(1, 1), c = k.covariance(0, 1);
    o.sigma = std::sqrt(std::max(0.0, (a + b) / 2 + std::hypot((a - b) / 2, c)));
    if (!(a >= 0 && b >= 0)) o.sigma = std::numeric_limits<double>::infinity();
    o.pressure_altitude = k.pressure_altitude;
    o.sigma_pressure_altitude = k.sigma_pressure_altitude;
    o.ellipsoidal = k.geometric_height;
    if (geoid && geoid->available() && k.geometric_height) o.msl = geoid->msl(k.at, *k.geometric_height);
    o.sigma_height = k.sigma_geometric_height;
    o.flight_class = t.flight_class;
    o.identity = t.standard_identity;
    o.address = t.identity.address;
    o.callsign = t.identity.callsign;
    o.mode_3a = t.identity.mode_3a;
    o.transponder = !t.primary_only;
    o.emergency = t.identity.emergency;
}

}  // namespace

Prepared own_object(const picture::Track& track, const Config& config, const Exporter::SensorOf& sensor_of,
                    base::Duration offset) {
    Prepared out;
    describe(track, offset, config.geoid.get(), out.object);
    // Every sensor that fed the track lately must be covered; a coasting track rests on those that fed it last.
    const auto oldest = track.last_report - config.lineage_memory;
    for (const auto& e : track.lineage) {
        if (e.last < oldest) continue;
        const auto* sensor = sensor_of ? sensor_of(e.sensor) : nullptr;
        if (sensor) {
            out.sources.push_back({sensor->owner, sensor->accord, sensor->name});
        } else {
            out.sources.push_back({picture::State(), "", "an unknown sensor"});
        }
    }
    if (track.lineage.empty()) out.sources.push_back({picture::State(), "", "no known sensor"});
    return out;
}

Prepared held_object(const picture::Contribution& held, const Config& config, const accord::LawView& view,
                     base::Duration offset) {
    Prepared out;
    describe(held.track, offset, config.geoid.get(), out.object);
    auto& o = out.object;
    o.originator = held.originator;
    o.clauses = held.clauses;
    o.coarsening = held.coarsening;
    o.valid_until = held.valid_until == base::Time::max() ? base::Time::max() : held.valid_until + offset;
    out.hops = holders(held, config.self, view);
    return out;
}

}  // namespace asman::release
