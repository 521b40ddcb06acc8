#include <asman/airspace/watch.hpp>

#include <cmath>

namespace asman::airspace {

std::optional<base::Duration> time_to_region(const picture::Kinematics& from, const geo::Region& region,
                                             base::Duration horizon, double resolution) {
    double distance = region.signed_distance(from.at);
    if (distance <= 0) return base::Duration{0};
    const double speed = from.velocity.norm();
    const double reach = speed * horizon.seconds();
    if (!(distance <= reach)) return std::nullopt;  // too far, too slow, or nowhere
    // The distance to the region is a step that cannot pass over it.
    const double course = std::atan2(from.velocity.x(), from.velocity.y());
    double way = 0;
    while (way <= reach) {
        way += std::max(distance, resolution);
        distance = region.signed_distance(geo::direct(from.at, course, way));
        if (distance <= 0 && way <= reach + resolution) return base::seconds(way / speed);
    }
    return std::nullopt;
}

}  // namespace asman::airspace
