// From terrain to footprints: each sensor's sweep, read at the grid's cells.
#include "geometry.hpp"

#include <asman/base/parallel.hpp>
#include <asman/coverage/joint.hpp>
#include <asman/coverage/viewshed.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

namespace asman::coverage {
namespace {

constexpr double pi = std::numbers::pi;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();
/// Terrain for its bounds is held in memory three times: no more cells than this.
constexpr double bounds_cells = 67'108'864;

/// The window of cells that a circle can touch.
void place_window(Footprint& f, const Grid& g) {
    const auto at = f.instrument.sensor.position->at;
    const double reach = f.instrument.sensor.max_range / 6.33e6;
    const double north = at.lat + reach, south = at.lat - reach;
    const auto row_of = [&](double lat) { return (g.north_west.lat - lat) / g.step_lat; };
    const double first = std::clamp(std::floor(row_of(north)), 0.0, static_cast<double>(g.rows));
    const double last = std::clamp(std::ceil(row_of(south)) + 1, 0.0, static_cast<double>(g.rows));
    f.first_row = static_cast<std::size_t>(first);
    f.rows = last > first ? static_cast<std::size_t>(last - first) : 0;
    // Half width in longitude of a circle on the sphere; over a pole: all.
    const bool pole = north > pi / 2 - 0.01 || south < -pi / 2 + 0.01;
    const double half = pole ? pi : std::asin(std::min(1.0, std::sin(reach) / std::cos(at.lat)));
    const double from = geo::wrap_pi(at.lon - g.north_west.lon) - half;
    const double turn = 2 * pi / g.step_lon;
    double c0 = std::floor(from / g.step_lon), c1 = std::ceil((from + 2 * half) / g.step_lon) + 1;
    const auto width = static_cast<double>(g.columns);
    if (c1 - c0 >= width || pole) c0 = 0, c1 = width;
    // A grid round the earth: the window may go over its seam.
    if (std::abs(width - turn) < 0.5 && !pole && c1 - c0 < width) {
        c0 = std::fmod(c0 + 2 * width, width);
        f.first_column = static_cast<std::size_t>(c0);
        f.columns = static_cast<std::size_t>(std::min(width, c1 - std::floor(from / g.step_lon)));
        return;
    }
    // The copy of the window that lies on the grid, if any.
    for (const double shift : {0.0, turn, -turn}) {
        const double a = std::clamp(c0 + shift, 0.0, width), b = std::clamp(c1 + shift, 0.0, width);
        if (b > a) {
            f.first_column = static_cast<std::size_t>(a);
            f.columns = static_cast<std::size_t>(b - a);
            return;
        }
    }
    f.columns = f.rows = 0;
}

double sweep_cell_of(double resolution, double asked) {
    return asked > 0 ? asked : std::max(90.0, usual_sweep_cell(resolution));
}

/// Root mean square of a cell's differences to its neighbours.
double roughness(const geo::Terrain::View& v, std::size_t row, std::size_t column) {
    const float here = v.values[row * v.columns + column];
    double sum = 0;
    int count = 0;
    for (int dr = -1; dr <= 1; ++dr)
        for (int dc = -1; dc <= 1; ++dc) {
            const auto r = static_cast<std::ptrdiff_t>(row) + dr;
            auto c = static_cast<std::ptrdiff_t>(column) + dc;
            const auto width = static_cast<std::ptrdiff_t>(v.columns);
            if (v.wraps) c = (c + width) % width;
            if (r < 0 || r >= static_cast<std::ptrdiff_t>(v.rows) || c < 0 || c >= width) continue;
            const double d = v.values[r * width + c] - here;
            if (!std::isnan(d)) sum += d * d, ++count;
        }
    return count > 1 ? std::sqrt(sum / (count - 1)) : 0;
}

base::Result<Viewshed> view(const geo::TerrainStore& terrain, const geo::Geoid& geoid, const Instrument& instrument,
                            double cell, const JointOptions& o) {
    ViewshedOptions options;
    options.range = instrument.sensor.max_range + 5e3;
    options.cell = cell;
    options.k = o.k;
    options.sweep.threads = o.threads;
    options.sweep.clearance = o.clearance;
    auto v = viewshed(terrain, geoid, *instrument.sensor.position, options);
    if (!v) v.error().place.item = "sensor '" + instrument.sensor.name + "'";
    return v;
}

}  // namespace

base::Result<SensorView> SensorView::make(const geo::TerrainStore& terrain, const geo::Geoid& geoid,
                                          const Instrument& instrument, const JointOptions& options) {
    if (!instrument.sensor.position)
        return base::fail(base::Errc::missing,
                          "sensor '" + instrument.sensor.name + "' has no position: its coverage is not known");
    SensorView out;
    out.instrument_ = instrument;
    out.lift_ = refraction_lift(instrument.sensor.position->at.lat, options.k);
    ASMAN_TRY(out.view_,
              view(terrain, geoid, instrument, sweep_cell_of(terrain.resolution(), options.sweep_cell), options));
    return out;
}

Joint::Look SensorView::look(const geo::Position& target, double lowest_visible, const Target& what) const {
    if (std::isnan(lowest_visible)) return {};
    return Joint::judge(instrument_, what, view_.frame.to_local(target), target.height.m - lowest_visible, lift_);
}

double usual_sweep_cell(double resolution) {
    if (!(resolution > 0)) return 1000;
    return resolution > 500 ? std::min(resolution / 2, 2000.0) : resolution;
}

geo::Terrain shifted(const geo::Terrain& terrain, double sigmas) {
    const auto error = terrain.error();
    const auto v = terrain.view();
    if (!v) return terrain;
    std::vector<float> z(v->rows * v->columns);
    for (std::size_t r = 0; r < v->rows; ++r)
        for (std::size_t c = 0; c < v->columns; ++c) {
            const double sigma = std::hypot(error.floor, error.per_roughness * roughness(*v, r, c));
            z[r * v->columns + c] = std::max(0.0f, v->values[r * v->columns + c] + static_cast<float>(sigmas * sigma));
        }
    return geo::Terrain::grid(v->north_west, v->step_lat, v->step_lon, v->rows, v->columns, std::move(z),
                              terrain.source());
}

base::Result<void> Joint::lay_ground(const geo::TerrainStore& terrain, const geo::Geoid& geoid, std::size_t threads) {
    ground_.resize(grid_.size()), undulation_.resize(grid_.size());
    parallels_.resize(grid_.rows), meridians_.resize(grid_.columns);
    for (std::size_t r = 0; r < grid_.rows; ++r) {
        constexpr double a = 6378137.0, e2 = 6.69437999014131699614e-3;
        const double lat = grid_.at(r, 0).lat, s = std::sin(lat);
        parallels_[r] = {std::cos(lat), s, a / std::sqrt(1 - e2 * s * s)};
    }
    for (std::size_t c = 0; c < grid_.columns; ++c) {
        const double lon = grid_.at(0, c).lon;
        meridians_[c] = {std::cos(lon), std::sin(lon)};
    }
    // In stripes: what the whole grid's terrain would take in memory may be too much.
    const double width = std::min(2 * pi, grid_.step_lon * static_cast<double>(grid_.columns));
    const double per_row = terrain.resolution() > 0 ? width / (terrain.resolution() / 6.37e6) * grid_.step_lat /
                                                          (terrain.resolution() / 6.37e6)
                                                    : 1;
    const auto stripe =
        terrain.in_memory()
            ? grid_.rows
            : std::clamp<std::size_t>(static_cast<std::size_t>(bounds_cells / std::max(per_row, 1.0)), 1, grid_.rows);
    for (std::size_t first = 0; first < grid_.rows; first += stripe) {
        const std::size_t last = std::min(grid_.rows, first + stripe);
        const double margin = grid_.step_lat + 2 * terrain.resolution() / 6.37e6;
        const bool round = width > 2 * pi - 2 * grid_.step_lon;
        const double west = grid_.north_west.lon - grid_.step_lon, east = west + width + 2 * grid_.step_lon;
        auto part =
            terrain.box({std::max(-pi / 2, grid_.at(last - 1, 0).lat - margin), round ? -pi : geo::wrap_pi(west)},
                        {std::min(pi / 2, grid_.at(first, 0).lat + margin), round ? pi - 1e-9 : geo::wrap_pi(east)});
        if (!part && part.error().code != base::Errc::missing) return std::unexpected(part.error());
        const geo::Terrain here = part ? std::move(*part) : geo::Terrain{};
        base::each_index(last - first, threads, [&](std::size_t i) {
            for (std::size_t c = 0; c < grid_.columns; ++c) {
                const auto p = grid_.at(first + i, c);
                const auto at = (first + i) * grid_.columns + c;
                undulation_[at] = static_cast<float>(geoid.undulation(p));
                ground_[at] = static_cast<float>(here.elevation_or(p, nan));
            }
        });
    }
    return {};
}

base::Result<void> Joint::sweep_sensor(Footprint& f, std::size_t sensor, const geo::TerrainStore& terrain,
                                       const geo::Geoid& geoid, const JointOptions& o) {
    place_window(f, grid_);
    f.lowest.assign(f.rows * f.columns, nan);
    if (f.lowest.empty()) return {};
    f.sweep_cell = sweep_cell_of(terrain.resolution(), o.sweep_cell);
    // The ground is the grid's own, or what other terrain says where a view was made over that.
    const auto read = [&](const Viewshed& v, const geo::Terrain* other, std::vector<float>& out) {
        base::each_index(f.rows, o.threads, [&](std::size_t r) {
            for (std::size_t c = 0; c < f.columns; ++c) {
                const std::size_t at = cell(sensor, r * f.columns + c);
                const double ground = std::isnan(ground_[at]) ? 0 : ground_[at];
                const auto enu = local(sensor, at, ground);
                if (std::hypot(enu.x(), enu.y()) > f.instrument.sensor.max_range || enu.z() < -4e5) continue;
                const auto p = grid_.at(at);
                const double under = other ? other->elevation_or(p, 0) : ground;
                const geo::Position foot{p, {under + undulation_[at]}};
                out[r * f.columns + c] = static_cast<float>(v.lowest_visible(foot) - undulation_[at]);
            }
        });
    };
    ASMAN_TRY(const auto v, view(terrain, geoid, f.instrument, f.sweep_cell, o));
    f.assumed_sea = v.missing;
    read(v, nullptr, f.lowest);
    if (!o.bounds) return {};
    const auto at = f.instrument.sensor.position->at;
    const double reach = (f.instrument.sensor.max_range + 20e3) / 6.33e6,
                 wide = std::min(3.1, reach / std::max(0.02, std::cos(std::min(1.55, std::abs(at.lat) + reach))));
    const double cells = terrain.resolution() > 0 ? std::pow(2 * reach * 6.37e6 / terrain.resolution(), 2) : 0;
    if (cells > bounds_cells)
        return base::fail(base::Errc::full,
                          "the terrain is too fine for the bounds of its error to be computed in memory");
    ASMAN_TRY(const auto here, terrain.box({std::max(-pi / 2, at.lat - reach), geo::wrap_pi(at.lon - wide)},
                                           {std::min(pi / 2, at.lat + reach), geo::wrap_pi(at.lon + wide)}));
    for (const auto& [sigmas, field] : {std::pair{-1.0, &f.if_lower}, {2.0, &f.if_higher}}) {
        const auto other = shifted(here, sigmas);
        auto instrument = f.instrument;
        // Terrain that rises takes its antenna along.
        auto& height = instrument.sensor.position->height;
        height = std::max(height, antenna_over(other, geoid, at, -1e9, 10).height);
        ASMAN_TRY(const auto off, view(other, geoid, instrument, f.sweep_cell, o));
        field->assign(f.lowest.size(), nan);
        read(off, &other, *field);
    }
    return {};
}

base::Result<Joint> Joint::make(const Grid& grid, const geo::TerrainStore& terrain, const geo::Geoid& geoid,
                                const std::vector<Instrument>& instruments, const JointOptions& options) {
    if (grid.size() > options.max_cells)
        return base::fail(base::Errc::full, "the grid has " + std::to_string(grid.size()) + " cells, more than the " +
                                                std::to_string(options.max_cells) + " allowed; choose a larger cell");
    for (const auto& i : instruments)
        if (!i.sensor.position)
            return base::fail(base::Errc::missing,
                              "sensor '" + i.sensor.name + "' has no position: its coverage is not known");
    Joint out;
    out.grid_ = grid;
    out.terrain_ = terrain.source();
    ASMAN_CHECK(out.lay_ground(terrain, geoid, options.threads));
    for (const auto& i : instruments) {
        const geo::LocalFrame frame(*i.sensor.position);
        const auto& r = frame.rotation();
        out.antennas_.push_back({geo::to_ecef(*i.sensor.position), r.row(0), r.row(1), r.row(2),
                                 refraction_lift(i.sensor.position->at.lat, options.k)});
        out.footprints_.emplace_back().instrument = i;
    }
    // One after another: a fine sweep takes all threads and much memory.
    for (std::size_t i = 0; i < instruments.size(); ++i)
        ASMAN_CHECK(out.sweep_sensor(out.footprints_[i], i, terrain, geoid, options));
    return out;
}

}  // namespace asman::coverage
