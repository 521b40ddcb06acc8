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
constexpr std::size_t block = 32;  ///< cells on a side within which latitude, longitude and geoid are taken as bilinear
constexpr double max_cells = 1'073'741'824.0;

/// What changes slowly over the tangent plane, at a block's corner.
struct Corner {
    double lat = 0, lon = 0;  ///< of the surface's foot; lon relative to the antenna, not wrapped at ±π
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
        : sampler_(terrain), geoid_(geoid), frame_(frame), half_(half), cell_(cell) {
        const double radius = 6371008.8;
        lift_ = (1 - 1 / k) / (2 * radius);
    }
    /// Fills rows [first, last) and returns how many cells had no data.
    std::size_t rows(std::size_t first, std::size_t last, float* out) const;

  private:
    Corner corner(double east, double north) const {
        const double rho2 = east * east + north * north;
        const double drop = -frame_.origin().height.m - rho2 / (2 * 6371008.8);
        const auto below = frame_.from_local({east, north, drop});
        // The point of the ellipsoid below, exactly, and the direction of its normal seen from the antenna.
        const auto foot = frame_.to_local(geo::Position{below.at, {0}}),
                   above = frame_.to_local(geo::Position{below.at, {1000}});
        return {below.at.lat, geo::wrap_pi(below.at.lon - frame_.origin().at.lon), foot.z() + lift_ * rho2,
                (above.z() - foot.z()) / 1000, geoid_.undulation(below.at)};
    }
    Sampler sampler_;
    const geo::Geoid& geoid_;
    const geo::LocalFrame& frame_;
    std::size_t half_;
    double cell_, lift_ = 0;
};

std::size_t Resampler::rows(std::size_t first, std::size_t last, float* out) const {
    const std::size_t side = 2 * half_ + 1;
    const double centre = static_cast<double>(half_);
    // Near the poles longitude is not smooth over a block: every cell by itself.
    const std::size_t width = std::abs(frame_.origin().at.lat) > 70 * geo::deg ? 1 : block;
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
                const double fr = static_cast<double>(r - r0) / static_cast<double>(r1 - r0);
                const auto blend = [fr](double a, double b) { return a + fr * (b - a); };
                const double lat0 = blend(nw.lat, sw.lat), lat1 = blend(ne.lat, se.lat);
                const double lon0 = blend(nw.lon, sw.lon), lon1 = blend(ne.lon, se.lon);
                const double foot0 = blend(nw.foot, sw.foot), foot1 = blend(ne.foot, se.foot);
                const double up0 = blend(nw.up, sw.up), up1 = blend(ne.up, se.up);
                const double n0 = blend(nw.undulation, sw.undulation), n1 = blend(ne.undulation, se.undulation);
                const double scale = 1.0 / static_cast<double>(c1 - c0);
                const bool flat = sampler_.flat();
                const float plain = flat ? sampler_.plain() : 0;
                const double row0 = flat ? 0 : sampler_.row(lat0), row1 = flat ? 0 : sampler_.row(lat1);
                const double column0 = flat ? 0 : sampler_.column(frame_.origin().at.lon + lon0);
                const double column1 = flat ? 0 : column0 + sampler_.columns_in(lon1 - lon0);
                for (std::size_t c = c0; c < c1; ++c) {
                    const double fc = static_cast<double>(c - c0) * scale;
                    const float elevation =
                        flat ? plain : sampler_.at(row0 + fc * (row1 - row0), column0 + fc * (column1 - column0));
                    const bool none = std::isnan(elevation);
                    absent += none ? 1 : 0;
                    const double height = (none ? 0.0 : elevation) + n0 + fc * (n1 - n0);
                    // Curvature within the block: the foot falls as the square of the distance, not linearly.
                    const double along = (static_cast<double>(c) - static_cast<double>(c0)) *
                                         (static_cast<double>(c1) - static_cast<double>(c));
                    const double across = (static_cast<double>(r) - static_cast<double>(r0)) *
                                          (static_cast<double>(r1) - static_cast<double>(r));
                    const double sag = (along + across) * cell_ * cell_ * (1 / (2 * 6371008.8) - lift_);
                    out[(r - first) * side + c] =
                        static_cast<float>(foot0 + fc * (foot1 - foot0) + sag + height * (up0 + fc * (up1 - up0)));
                }
            }
            nw = ne, sw = se;
        }
    }
    return absent;
}

}  // namespace

std::vector<float> lifted_surface(const geo::Terrain& terrain, const geo::Geoid& geoid, const geo::LocalFrame& frame,
                                  std::size_t half, double cell, double k, std::size_t threads, double& missing) {
    const std::size_t side = 2 * half + 1, stripe = 8 * block, stripes = (side + stripe - 1) / stripe;
    std::vector<float> out(side * side);
    const Resampler resampler(terrain, geoid, frame, half, cell, k);
    std::vector<std::size_t> absent(stripes, 0);
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < stripes; i = next++)
            absent[i] = resampler.rows(i * stripe, std::min(side, (i + 1) * stripe), out.data() + i * stripe * side);
    };
    {
        std::vector<std::jthread> helpers;
        for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(work);
        work();
    }
    std::size_t sum = 0;
    for (const auto a : absent) sum += a;
    missing = static_cast<double>(sum) / static_cast<double>(out.size());
    return out;
}

float Viewshed::at(geo::Point p) const {
    // The tangent-plane place of the point at the ellipsoid: within a cell for terrain heights of any cell ≥ 100 m
    // at 400 km, nearer for nearer points.
    const auto enu = frame.to_local(geo::Position{p, {0}});
    const double column = static_cast<double>(half) + std::round(enu.x() / cell);
    const double row = static_cast<double>(half) - std::round(enu.y() / cell);
    const double side_d = static_cast<double>(side());
    if (!(enu.z() > -6.4e6) || !(row >= 0 && row < side_d && column >= 0 && column < side_d))
        return std::numeric_limits<float>::quiet_NaN();
    return above_ground[static_cast<std::size_t>(row) * side() + static_cast<std::size_t>(column)];
}

base::Result<Viewshed> viewshed(const geo::Terrain& terrain, const geo::Geoid& geoid, const geo::Position& antenna,
                                const ViewshedOptions& options) {
    if (!std::isfinite(antenna.at.lat) || !std::isfinite(antenna.at.lon) || !std::isfinite(antenna.height.m) ||
        std::abs(antenna.at.lat) > pi / 2)
        return base::fail(base::Errc::bad_value, "the antenna's position is not one on the earth");
    if (!(options.range > 0) || !(options.k > 0) || !(options.cell >= 0))
        return base::fail(base::Errc::bad_value, "range and effective-earth factor must be positive");
    const double cell = options.cell > 0 ? options.cell : (terrain.resolution() > 0 ? terrain.resolution() : 1000.0);
    const double half = std::ceil(options.range / cell);
    if (!((2 * half + 1) * (2 * half + 1) <= max_cells))
        return base::fail(base::Errc::full, "more than 2^30 cells; choose a larger cell or a shorter range");
    const auto ground = terrain.elevation(antenna.at);
    if (!ground)
        return base::fail(base::Errc::missing,
                          "the antenna stands where the terrain (" + terrain.source() + ") has no data");
    if (geoid.ellipsoidal(antenna.at, {*ground}).m > antenna.height.m)
        return base::fail(base::Errc::refused,
                          "the antenna lies below the ground of the terrain (" + terrain.source() + ")");
    Viewshed out;
    out.frame = geo::LocalFrame(antenna);
    out.half = static_cast<std::size_t>(half);
    out.cell = cell;
    out.terrain = terrain.source();
    out.above_ground =
        lifted_surface(terrain, geoid, out.frame, out.half, cell, options.k, options.sweep.threads, out.missing);
    sweep(out.above_ground, out.half, cell, options.sweep);
    return out;
}

}  // namespace asman::coverage
