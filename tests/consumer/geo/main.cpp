// A stranger's program: geodesics and a local frame, with the installed library alone.
#include <asman/geo/point.hpp>

#include <cmath>
#include <cstdio>

using namespace asman;

int main() {
    const geo::Point bishkek = geo::Point::degrees(42.8746, 74.5698), osh = geo::Point::degrees(40.5283, 72.7985);
    const geo::Inverse line = geo::inverse(bishkek, osh);
    std::printf("%.1f km at %.1f degrees\n", line.distance / 1000, line.azimuth_at_a / geo::deg);
    const geo::Point back = geo::direct(bishkek, line.azimuth_at_a, line.distance);
    return geo::distance(back, osh) < 0.01 && std::abs(line.distance - 299e3) < 3e3 ? 0 : 1;
}
