#include <asman/coverage/joint.hpp>

#include <algorithm>
#include <cmath>

namespace asman::coverage {

base::Result<Grid> Grid::over(geo::Point south_west, geo::Point north_east, double cell) {
    constexpr double pi = std::numbers::pi, earth = 6371008.8;
    if (!(cell > 0) || !(south_west.lat < north_east.lat) || !(std::abs(south_west.lat) <= pi / 2) ||
        !(std::abs(north_east.lat) <= pi / 2))
        return base::fail(base::Errc::bad_value, "a grid needs a cell above 0 and a south below its north");
    double width = north_east.lon - south_west.lon;
    if (width <= 0) width += 2 * pi;
    const double middle = 0.5 * (south_west.lat + north_east.lat);
    Grid g;
    g.step_lat = cell / earth;
    g.step_lon = cell / (earth * std::max(0.01, std::cos(middle)));
    const double rows = std::ceil((north_east.lat - south_west.lat) / g.step_lat),
                 columns = std::ceil(width / g.step_lon);
    if (rows * columns > 4e9)
        return base::fail(base::Errc::full, "the grid has more than 4e9 cells; choose a larger cell");
    g.rows = static_cast<std::size_t>(rows), g.columns = static_cast<std::size_t>(columns);
    // Whole cells fill the box.
    g.step_lat = (north_east.lat - south_west.lat) / rows, g.step_lon = width / columns;
    g.north_west = {north_east.lat - g.step_lat / 2, geo::wrap_pi(south_west.lon + g.step_lon / 2)};
    return g;
}

geo::Point Grid::at(std::size_t row, std::size_t column) const {
    return {north_west.lat - step_lat * static_cast<double>(row),
            geo::wrap_pi(north_west.lon + step_lon * static_cast<double>(column))};
}

std::optional<std::size_t> Grid::cell_of(geo::Point p) const {
    const double row = (north_west.lat - p.lat) / step_lat + 0.5;
    const double column = geo::wrap_2pi(p.lon - north_west.lon + step_lon / 2) / step_lon;
    if (!(row >= 0 && row < static_cast<double>(rows) && column < static_cast<double>(columns))) return std::nullopt;
    return static_cast<std::size_t>(row) * columns + static_cast<std::size_t>(column);
}

double Grid::area(std::size_t row) const {
    constexpr double earth = 6371007.2;  // authalic
    const double lat = north_west.lat - step_lat * static_cast<double>(row);
    return earth * earth * step_lon * (std::sin(lat + step_lat / 2) - std::sin(lat - step_lat / 2));
}

}  // namespace asman::coverage
