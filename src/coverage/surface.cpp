// Terrain on an antenna's tangent plane, as sweep() wants it.
#include "geometry.hpp"
#include "sweep_kernel.hpp"

#include <asman/coverage/viewshed.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <optional>
#include <thread>

namespace asman::coverage {
namespace {

constexpr double pi = std::numbers::pi;
/// Cells on a side within which latitude, longitude and geoid are taken as bilinear, and the fall of the earth as
/// quadratic; and no more metres than that.
constexpr std::size_t block = 32;
constexpr double block_metres = 8e3;
/// Rows read from a store at once hold no more cells of terrain than this (256 MiB).
constexpr double store_cells = 67'108'864;

/// What changes slowly over the tangent plane, at a block's corner.
struct Corner {
    double lat = 0, lon = 0;  ///< of the surface; lon relative to the antenna, not wrapped at ±π
    double foot = 0;          ///< up of the ellipsoid there, lifted for refraction
    double up = 0;            ///< up per metre of height above the ellipsoid
    double undulation = 0;
};

/// Bilinear elevation by row and column of the raster: what Terrain::elevation() answers, without its looking up.
class Sampler {
  public:
    explicit Sampler(const geo::Terrain& terrain) : terrain_(terrain), view_(terrain.view()) {}
    bool flat() const { return !view_; }
    double row(double lat) const { return (view_->north_west.lat - lat) / view_->step_lat; }
    double column(double lon) const {
        double east = geo::wrap_2pi(lon - view_->north_west.lon);
        if (!view_->wraps && east > 2 * pi - 0.5 * view_->step_lon) east -= 2 * pi;
        return east / view_->step_lon;
    }
    double columns_in(double turn) const { return turn / view_->step_lon; }
    /// NaN where there is no data.
    float at(double row, double column) const {
        const double last_row = static_cast<double>(view_->rows - 1),
                     last_column = static_cast<double>(view_->columns - 1);
        if (!(row >= -0.5 && row <= last_row + 0.5)) return nan;
        row = std::clamp(row, 0.0, last_row);
        if (view_->wraps) {
            if (column < 0) column += last_column + 1;
            if (column >= last_column + 1) column -= last_column + 1;
        } else {
            if (!(column >= -0.5 && column <= last_column + 0.5)) return nan;
            column = std::clamp(column, 0.0, last_column);
        }
        const auto r0 = static_cast<std::size_t>(row), c0 = static_cast<std::size_t>(column);
        const auto fr = static_cast<float>(row - static_cast<double>(r0)),
                   fc = static_cast<float>(column - static_cast<double>(c0));
        const std::size_t r1 = std::min(r0 + 1, view_->rows - 1);
        const std::size_t c1 = c0 + 1 < view_->columns ? c0 + 1 : (view_->wraps ? 0 : c0);
        const float *upper = view_->values + r0 * view_->columns, *lower = view_->values + r1 * view_->columns;
        const float a = upper[c0] + fc * (upper[c1] - upper[c0]), b = lower[c0] + fc * (lower[c1] - lower[c0]);
        return a + fr * (b - a);
    }
    /// A line of `count` cells from (row, column) to before (row1, column1).
    void line(double row0, double row1, double column0, double column1, std::size_t count, float* out) const {
        const double n = static_cast<double>(count);
        const double top = std::min(row0, row1), bottom = std::max(row0, row1), left = std::min(column0, column1),
                     right = std::max(column0, column1);
        const bool inside = top >= 0 && bottom < static_cast<double>(view_->rows) - 2 && left >= 0 &&
                            right < static_cast<double>(view_->columns) - 2 && view_->columns < (1u << 30);
        if (!inside) {
            for (std::size_t i = 0; i < count; ++i) {
                const double f = static_cast<double>(i) / n;
                out[i] = at(row0 + f * (row1 - row0), column0 + f * (column1 - column0));
            }
            return;
        }
        const double base_row = std::floor(top), base_column = std::floor(left);
        kernel::bilinear(
            view_->values + static_cast<std::size_t>(base_row) * view_->columns + static_cast<std::size_t>(base_column),
            static_cast<int>(view_->columns), static_cast<float>(row0 - base_row),
            static_cast<float>((row1 - row0) / n), static_cast<float>(column0 - base_column),
            static_cast<float>((column1 - column0) / n), static_cast<int>(count), out);
    }
    float plain() const {
        return static_cast<float>(terrain_.elevation({0, 0}).value_or(std::numeric_limits<double>::quiet_NaN()));
    }

  private:
    static constexpr float nan = std::numeric_limits<float>::quiet_NaN();
    const geo::Terrain& terrain_;
    std::optional<geo::Terrain::View> view_;
};

class Resampler {
  public:
    Resampler(const geo::Terrain& terrain, const geo::Geoid& geoid, const geo::LocalFrame& frame, std::size_t half,
              double cell, double k)
        : terrain_(terrain),
          sampler_(terrain),
          geoid_(geoid),
          frame_(frame),
          half_(half),
          cell_(cell),
          radius_(curvature_radius(frame.origin().at.lat)),
          lift_(refraction_lift(frame.origin().at.lat, k)) {}
    /// Fills rows [first, last) and returns how many cells had no data.
    std::size_t rows(std::size_t first, std::size_t last, float* out) const;

  private:
    Corner corner(double east, double north) const {
        const double rho2 = east * east + north * north, sea = -frame_.origin().height.m - rho2 / (2 * radius_);
        // The place whose ground lies over (east, north): far from the antenna the ellipsoid's normal leans outward.
        const double ground = terrain_.elevation_or(frame_.from_local({east, north, sea}).at, 0);
        const auto at = frame_.from_local({east, north, sea + ground}).at;
        // The point of the ellipsoid below, exactly, and the direction of its normal seen from the antenna.
        const auto foot = frame_.to_local(geo::Position{at, {0}}), above = frame_.to_local(geo::Position{at, {1000}});
        return {at.lat, geo::wrap_pi(at.lon - frame_.origin().at.lon), foot.z() + lift_ * rho2,
                (above.z() - foot.z()) / 1000, geoid_.undulation(at)};
    }
    /// The block's cells of one row, between what its left and right ends are.
    std::size_t line(const Corner& left, const Corner& right, std::size_t count, double across, float* out) const;

    const geo::Terrain& terrain_;
    Sampler sampler_;
    const geo::Geoid& geoid_;
    const geo::LocalFrame& frame_;
    std::size_t half_;
    double cell_, radius_, lift_;
};

std::size_t Resampler::line(const Corner& left, const Corner& right, std::size_t count, double across,
                            float* out) const {
    if (sampler_.flat()) {
        std::fill(out, out + count, sampler_.plain());
    } else {
        const double column = sampler_.column(frame_.origin().at.lon + left.lon);
        sampler_.line(sampler_.row(left.lat), sampler_.row(right.lat), column,
                      column + sampler_.columns_in(right.lon - left.lon), count, out);
    }
    // Curvature within the block: the foot falls as the square of the distance, not linearly.
    const double sag = cell_ * cell_ * (1 / (2 * radius_) - lift_), n = static_cast<double>(count);
    kernel::Lift lift;
    lift.foot = static_cast<float>(left.foot + sag * across);
    lift.foot_step = static_cast<float>((right.foot - left.foot) / n);
    lift.up = static_cast<float>(left.up), lift.up_step = static_cast<float>((right.up - left.up) / n);
    lift.undulation = static_cast<float>(left.undulation);
    lift.undulation_step = static_cast<float>((right.undulation - left.undulation) / n);
    lift.sag = static_cast<float>(sag);
    return static_cast<std::size_t>(kernel::lift(out, static_cast<int>(count), lift));
}

std::size_t Resampler::rows(std::size_t first, std::size_t last, float* out) const {
    const std::size_t side = 2 * half_ + 1;
    const double centre = static_cast<double>(half_);
    // Near the poles longitude is not smooth over a block: every cell by itself.
    const std::size_t width = std::abs(frame_.origin().at.lat) > 70 * geo::deg
                                  ? 1
                                  : std::clamp<std::size_t>(static_cast<std::size_t>(block_metres / cell_), 1, block);
    std::size_t absent = 0;
    for (std::size_t r0 = first; r0 < last; r0 += width) {
        const std::size_t r1 = std::min(r0 + width, last);
        const double north0 = (centre - static_cast<double>(r0)) * cell_,
                     north1 = (centre - static_cast<double>(r1)) * cell_;
        Corner nw = corner(-centre * cell_, north0), sw = corner(-centre * cell_, north1);
        for (std::size_t c0 = 0; c0 < side; c0 += width) {
            const std::size_t c1 = std::min(c0 + width, side);
            const double east1 = (static_cast<double>(c1) - centre) * cell_;
            const Corner ne = corner(east1, north0), se = corner(east1, north1);
            for (std::size_t r = r0; r < r1; ++r) {
                const double f = static_cast<double>(r - r0) / static_cast<double>(r1 - r0);
                const auto blend = [f](const Corner& a, const Corner& b) {
                    return Corner{a.lat + f * (b.lat - a.lat), a.lon + f * (b.lon - a.lon),
                                  a.foot + f * (b.foot - a.foot), a.up + f * (b.up - a.up),
                                  a.undulation + f * (b.undulation - a.undulation)};
                };
                const double across = static_cast<double>(r - r0) * static_cast<double>(r1 - r);
                absent += line(blend(nw, sw), blend(ne, se), c1 - c0, across, out + (r - first) * side + c0);
            }
            nw = ne, sw = se;
        }
    }
    return absent;
}

/// The box of latitude and longitude under rows [first, last) of the raster.
std::pair<geo::Point, geo::Point> box_of(const geo::LocalFrame& frame, std::size_t half, double cell, std::size_t first,
                                         std::size_t last, double resolution) {
    const double radius = curvature_radius(frame.origin().at.lat), edge = static_cast<double>(half) * cell;
    const double margin = 2 * resolution / radius + 2 * cell / radius + 0.001;
    double south = 2, north = -2, west = 10, east = -10;
    bool pole = false;
    const double top = (static_cast<double>(half) - static_cast<double>(first)) * cell,
                 bottom = (static_cast<double>(half) - static_cast<double>(last)) * cell;
    for (const double y : {top, 0.5 * (top + bottom), bottom})
        for (int i = 0; i <= 32; ++i) {
            const double x = edge * (i / 16.0 - 1);
            const auto p = frame.from_local({x, y, -frame.origin().height.m - (x * x + y * y) / (2 * radius)}).at;
            south = std::min(south, p.lat), north = std::max(north, p.lat);
            const double lon = geo::wrap_pi(p.lon - frame.origin().at.lon);
            west = std::min(west, lon), east = std::max(east, lon);
            pole = pole || std::abs(p.lat) > 80 * geo::deg;
        }
    if (pole) {  // all round: longitudes mean little there
        const bool up = frame.origin().at.lat > 0;
        return {{up ? south - margin : -pi / 2, -pi}, {up ? pi / 2 : north + margin, pi - 1e-9}};
    }
    const double wide = margin / std::cos(std::max(std::abs(south), std::abs(north)));
    return {{std::max(-pi / 2, south - margin), geo::wrap_pi(frame.origin().at.lon + west - wide)},
            {std::min(pi / 2, north + margin), geo::wrap_pi(frame.origin().at.lon + east + wide)}};
}

}  // namespace

base::Result<std::vector<float>> lifted_surface(const geo::TerrainStore& store, const geo::Geoid& geoid,
                                                const geo::LocalFrame& frame, std::size_t half, double cell, double k,
                                                std::size_t threads, double& missing) {
    const std::size_t side = 2 * half + 1;
    std::vector<float> out(side * side);
    // As many rows at once as their terrain may take; the fall of the earth tilts a row over the parallels.
    const double resolution = std::max(store.resolution(), 1.0), edge = static_cast<double>(half) * cell;
    const double tilt = edge * edge / (2 * 6.37e6) * std::tan(std::min(1.4, std::abs(frame.origin().at.lat)));
    const double rows_at_once =
        (store_cells / (2.4 * edge / resolution + 1) * resolution - tilt) / std::max(cell, 1e-3);
    const auto stripe = store.in_memory() ? side
                                          : std::clamp<std::size_t>(
                                                static_cast<std::size_t>(std::max(rows_at_once, 0.0)) / block * block,
                                                4 * block, side + block);
    std::size_t absent = 0;
    for (std::size_t first = 0; first < side; first += stripe) {
        const std::size_t last = std::min(side, first + stripe);
        const auto [south_west, north_east] = box_of(frame, half, cell, first, last, resolution);
        auto part = store.box(south_west, north_east);
        if (!part && part.error().code != base::Errc::missing) return std::unexpected(part.error());
        const geo::Terrain terrain = part ? std::move(*part) : geo::Terrain{};
        const Resampler resampler(terrain, geoid, frame, half, cell, k);
        constexpr std::size_t piece = 8 * block;
        std::atomic<std::size_t> next{first};
        std::vector<std::size_t> counts(std::max<std::size_t>(1, threads), 0);
        const auto work = [&](std::size_t thread) {
            for (std::size_t r = next.fetch_add(piece); r < last; r = next.fetch_add(piece))
                counts[thread] += resampler.rows(r, std::min(last, r + piece), out.data() + r * side);
        };
        {
            std::vector<std::jthread> helpers;
            for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(work, i);
            work(0);
        }
        for (const auto c : counts) absent += c;
    }
    missing = static_cast<double>(absent) / static_cast<double>(out.size());
    return out;
}

}  // namespace asman::coverage
