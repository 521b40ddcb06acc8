// A stranger's program: two radars' plots of one aircraft become a track, with the installed library alone.
#include <asman/track/tracker.hpp>

#include <cmath>
#include <cstdio>

using namespace asman;

int main() {
    track::Tracker tracker;
    for (std::uint32_t id : {1U, 2U}) {
        picture::Sensor radar;
        radar.id = {id};
        radar.name = "radar";
        radar.kind = picture::SensorKind::primary;
        radar.position = geo::Position{geo::Point::degrees(42.9, 74.0 + id), {700}};
        radar.max_range = 300e3;
        radar.scan_period = base::seconds(4);
        if (!tracker.add_sensor(radar)) return 1;
    }
    for (int turn = 0; turn < 10; ++turn)
        for (std::uint32_t id : {1U, 2U}) {
            const double t = 4.0 * turn + 0.5 * id;
            const geo::Point at = geo::direct(geo::Point::degrees(43.5, 75.5), geo::deg * 90, 220 * t);
            const geo::LocalFrame radar({geo::Point::degrees(42.9, 74.0 + id), {700}});
            const Eigen::Vector3d seen = radar.to_local(geo::Position{at, {6500}});
            picture::TargetReport plot;
            plot.sensor = {id};
            plot.kind = picture::SensorKind::primary;
            plot.time = base::Time{} + base::seconds(t);
            plot.range = seen.norm();
            plot.azimuth = std::atan2(seen.x(), seen.y());
            tracker.advance(plot.time);
            tracker.report(plot);
        }
    tracker.advance(base::Time{} + base::seconds(42));
    const auto tracks = tracker.picture(tracker.now());
    if (tracks.size() != 1) return 1;
    const auto& k = tracks[0].kinematics;
    std::printf("track %llu at %.4f %.4f, %.0f m/s, exists with %.4f\n",
                static_cast<unsigned long long>(tracks[0].number), k.at.lat_deg(), k.at.lon_deg(), k.velocity.norm(),
                tracks[0].existence);
    return std::abs(k.velocity.norm() - 220) < 15 ? 0 : 1;
}
