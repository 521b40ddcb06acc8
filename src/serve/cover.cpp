#include <asman/serve/cover.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::serve {

std::vector<geo::Point> outline(geo::Point antenna, double range, geo::EllipsoidalHeight height, const Sees& sees,
                                const OutlineOptions& options) {
    std::vector<geo::Point> points;
    bool anything = false;
    const auto rays = static_cast<int>(std::lround(2 * std::numbers::pi / options.azimuth_step));
    const auto steps = static_cast<int>(std::ceil(range / options.range_step));
    for (int ray = 0; ray < rays; ++ray) {
        const double azimuth = 2 * std::numbers::pi * ray / rays;
        geo::Point farthest = antenna;
        for (int step = steps; step > 0; --step) {
            const auto at = geo::direct(antenna, azimuth, std::min(range, step * options.range_step));
            if (!sees(at, height)) continue;
            farthest = at;
            anything = true;
            break;
        }
        points.push_back(farthest);
    }
    if (!anything) points.clear();
    return points;
}

}  // namespace asman::serve
