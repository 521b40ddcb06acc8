// Service messages: 034 and its predecessor 002. They drive the beam, the bookkeeping of detections, and health.
#include "records.hpp"

#include <asman/asterix/cat002.hpp>
#include <asman/asterix/cat034.hpp>

namespace asman::sources {
namespace {

enum : std::uint8_t { north_mark = 1, sector_crossing = 2 };

/// A mark of either category.
void take_mark(const Context& c, bool north, std::optional<double> sector_deg, std::optional<double> tod,
               std::optional<double> period) {
    auto& n = c.count();
    if (!tod) return void(++n.no_time);
    const auto time = c.time_of_day(*tod);
    if (!time) return;
    auto& sensor = c.sensor;
    std::optional<base::Duration> turn;
    if (period && *period > 0) turn = base::seconds(*period);
    picture::ServiceMessage m;
    m.sensor = sensor.state.sensor.id;
    m.time = *time;
    m.north = north;
    m.azimuth = north ? 0 : sector_deg.value_or(0) * geo::deg;
    m.healthy = sensor.state.healthy;
    m.rotation_period = turn;
    m.simulated = c.simulation == Simulation::only;
    const auto nominal = sensor.state.sensor.scan_period;
    if (!turn && !sensor.beam.period() && nominal.ns > 0) turn = nominal;
    sensor.beam.mark(*time, m.azimuth, turn);
    c.out.services.push_back(m);
    ++n.service;
}

}  // namespace

void take_034(const asterix::Record& record, const Context& c) {
    const asterix::cat034::View v(record);
    // Only where the message says something of the system: between, what was said last holds.
    if (const auto status = v.i050())
        if (const auto com = status->com())
            c.sensor.state.healthy = !com->nogo() && !com->ovlrdp() && !com->ovlxmt() && !com->tsv();
    const auto type = v.i000().value_or(0);
    if (type != north_mark && type != sector_crossing) return void(++c.count().other);
    take_mark(c, type == north_mark, v.i020(), v.i030(), v.i041());
}

void take_002(const asterix::Record& record, const Context& c) {
    const asterix::cat002::View v(record);
    const auto type = v.i000().value_or(0);
    if (type != north_mark && type != sector_crossing) return void(++c.count().other);
    take_mark(c, type == north_mark, v.i020(), v.i030(), v.i041());
}

}  // namespace asman::sources
