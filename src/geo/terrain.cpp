#include <asman/geo/terrain.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace asman::geo {

struct Terrain::Data {
    bool flat = false;
    float flat_elevation = 0;
    View view;
    std::vector<float> values;
    std::string source = "no terrain";
    double resolution = 0;
    double missing = 0;
    std::vector<std::string> notes;
    TerrainError error;
};

namespace {

constexpr double earth_radius = 6371008.8;

const std::string& no_source() {
    static const std::string text = "no terrain";
    return text;
}

}  // namespace

Terrain Terrain::flat(double elevation_m) {
    auto data = std::make_shared<Data>();
    data->flat = true;
    data->flat_elevation = static_cast<float>(elevation_m);
    data->source = "flat terrain (made, not measured)";
    Terrain t;
    t.data_ = std::move(data);
    return t;
}

Terrain Terrain::grid(Point north_west_centre, double step_lat, double step_lon, std::size_t rows, std::size_t columns,
                      std::vector<float> elevations, std::string source) {
    const double cells = static_cast<double>(rows) * static_cast<double>(columns);
    return part(north_west_centre, step_lat, step_lon, rows, columns, std::move(elevations), std::move(source), cells,
                {}, {});
}

Terrain Terrain::part(Point north_west_centre, double step_lat, double step_lon, std::size_t rows, std::size_t columns,
                      std::vector<float> elevations, std::string source, double asked, std::vector<std::string> notes,
                      TerrainError error) {
    auto data = std::make_shared<Data>();
    data->notes = std::move(notes);
    data->error = error;
    data->values = std::move(elevations);
    data->values.resize(rows * columns, std::numeric_limits<float>::quiet_NaN());
    const double around = static_cast<double>(columns) * step_lon;
    data->view = {north_west_centre,  step_lat, step_lon, rows, columns, around > 2 * std::numbers::pi - 0.5 * step_lon,
                  data->values.data()};
    data->source = std::move(source);
    data->resolution = step_lat * earth_radius;
    const auto present = std::ranges::count_if(data->values, [](float v) { return !std::isnan(v); });
    data->missing = asked > 0 ? std::max(0.0, 1 - static_cast<double>(present) / asked) : 1.0;
    Terrain t;
    t.data_ = std::move(data);
    return t;
}

std::optional<double> Terrain::elevation(Point p) const {
    if (!data_) return std::nullopt;
    if (data_->flat) return data_->flat_elevation;
    const View& v = data_->view;
    if (v.rows == 0 || v.columns == 0) return std::nullopt;
    // Half a cell beyond the outermost centres still belongs to the raster.
    double row = (v.north_west.lat - p.lat) / v.step_lat;
    const double last_row = static_cast<double>(v.rows - 1);
    if (!(row >= -0.5 && row <= last_row + 0.5)) return std::nullopt;
    row = std::clamp(row, 0.0, last_row);
    double east = wrap_2pi(p.lon - v.north_west.lon);
    // A point just west of the first centre is not a turn away.
    if (!v.wraps && east > 2 * std::numbers::pi - 0.5 * v.step_lon) east -= 2 * std::numbers::pi;
    double column = east / v.step_lon;
    const double last_column = static_cast<double>(v.columns - 1);
    if (!v.wraps) {
        if (!(column >= -0.5 && column <= last_column + 0.5)) return std::nullopt;
        column = std::clamp(column, 0.0, last_column);
    }
    const auto r0 = static_cast<std::size_t>(row);
    const auto c0 = std::min(static_cast<std::size_t>(column), v.columns - 1);
    const double fr = row - static_cast<double>(r0), fc = column - static_cast<double>(c0);
    const std::size_t r1 = std::min(r0 + 1, v.rows - 1);
    const std::size_t c1 = c0 + 1 < v.columns ? c0 + 1 : (v.wraps ? 0 : c0);
    const double a = v.values[r0 * v.columns + c0], b = v.values[r0 * v.columns + c1];
    const double c = v.values[r1 * v.columns + c0], d = v.values[r1 * v.columns + c1];
    const double h = (a * (1 - fc) + b * fc) * (1 - fr) + (c * (1 - fc) + d * fc) * fr;
    if (std::isnan(h)) return std::nullopt;
    return h;
}

const std::string& Terrain::source() const {
    return data_ ? data_->source : no_source();
}

double Terrain::resolution() const {
    return data_ ? data_->resolution : 0;
}

std::optional<Terrain::View> Terrain::view() const {
    if (!data_ || data_->flat) return std::nullopt;
    return data_->view;
}

double Terrain::missing() const {
    return data_ ? data_->missing : 1;
}

TerrainError Terrain::error() const {
    return data_ ? data_->error : TerrainError{};
}

const std::vector<std::string>& Terrain::notes() const {
    static const std::vector<std::string> none;
    return data_ ? data_->notes : none;
}

}  // namespace asman::geo
