#include <asman/accord/decide.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::accord {

Cell cell_of(geo::Point p, double grid) {
    constexpr double meridian = 20'003'931.0;  // pole to pole, metres
    constexpr double equator = 40'075'017.0;
    using std::numbers::pi;
    // Rows and columns divide the globe evenly and are never narrower than the grid asked for.
    const double rows = std::max(1.0, std::floor(meridian / grid));
    const double row = std::clamp(std::floor((p.lat + pi / 2) / pi * rows), 0.0, rows - 1);
    const double south = row / rows * pi - pi / 2, north = (row + 1) / rows * pi - pi / 2;
    const double middle = (south + north) / 2;
    const double columns = std::max(1.0, std::floor(equator * std::cos(middle) / grid));
    const double column = std::clamp(std::floor((p.lon + pi) / (2 * pi) * columns), 0.0, columns - 1);
    const double widest = std::cos(std::clamp(0.0, south, north));
    Cell out;
    out.centre = {middle, (column + 0.5) / columns * 2 * pi - pi};
    out.north_south = meridian / rows * 1.006;  // a degree of latitude is up to 0.6 % longer at the poles
    out.east_west = equator * widest / columns;
    out.half_diagonal = 0.5 * std::hypot(out.north_south, out.east_west) * 1.005;
    return out;
}

}  // namespace asman::accord
