#include "sweep_kernel.hpp"

#include <asman/base/parallel.hpp>
#include <asman/coverage/viewshed.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

namespace asman::coverage {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

/// A fan of 2·n+1 rays over a quarter turn; ray k leans sideways by (k − n)/n. Tangents are per metre along the
/// quarter's axis, not along the ray: on one ray the two differ by a constant factor, and between neighbours the first
/// is smooth.
class Fan {
  public:
    Fan(std::size_t half, const SweepOptions& o) : rays_(std::max<std::size_t>(1, o.rays_per_cell)) {
        const std::size_t most = 4 * rays_ * half + 2 * first_;
        tangent_.resize(2 * most + 2);
        lowest_ = std::tan(o.lowest_elevation), clearance_ = o.clearance;
        for (std::size_t k = 0; k <= 2 * n_; ++k) tangent_[k] = beam(k);
        if (clearance_ > 0) raise_.resize(tangent_.size());
        fill_raise();
    }
    std::size_t n() const { return n_; }
    float* tangent() { return tangent_.data(); }
    /// Each ray's clearance as kernel::meet_row_clear() wants it; null: none.
    const float* raise() const { return raise_.empty() ? nullptr : raise_.data(); }
    /// Rays no farther apart on row x than the fraction of a cell asked for.
    void widen(std::size_t x) {
        while (n_ < rays_ * x) {
            // From the far end, in place: ray k becomes 2k, and a new one stands between each two.
            for (std::size_t k = 2 * n_; k > 0; --k) {
                const float right = tangent_[k], left = tangent_[k - 1];
                tangent_[2 * k] = right;
                tangent_[2 * k - 1] = left + 0.5f * (right - left);
            }
            n_ *= 2;
            fill_raise();
        }
    }

  private:
    /// Length along ray k for a step of one along the axis.
    double slant(std::size_t k) const {
        const double lean = (static_cast<double>(k) - static_cast<double>(n_)) / static_cast<double>(n_);
        return std::sqrt(1 + lean * lean);
    }
    float beam(std::size_t k) const { return static_cast<float>(lowest_ * slant(k)); }
    void fill_raise() {
        if (raise_.empty()) return;
        for (std::size_t k = 0; k <= 2 * n_; ++k) raise_[k] = static_cast<float>(clearance_ * std::sqrt(slant(k)));
    }
    static constexpr std::size_t first_ = 64;
    std::size_t rays_, n_ = first_;
    double lowest_ = 0, clearance_ = 0;
    std::vector<float> tangent_, raise_;
};

/// The cells of row x that lie within the circle: y from −reach to +reach, and within the quarter.
std::ptrdiff_t reach_of(std::size_t half, std::size_t x) {
    const double h = static_cast<double>(half), d = static_cast<double>(x);
    const auto y = static_cast<std::ptrdiff_t>(std::sqrt(std::max(0.0, h * h - d * d)));
    return std::min(y, static_cast<std::ptrdiff_t>(x));
}

/// One row of a quarter: `row` holds 2x+1 surfaces, which become heights above them. `scratch` likewise long.
void one_row(Fan& fan, std::size_t half, std::size_t x, double cell, bool masks, float* row, float* scratch) {
    fan.widen(x);
    const auto n = fan.n();
    const std::ptrdiff_t reach = reach_of(half, x), width = static_cast<std::ptrdiff_t>(x);
    const auto first = static_cast<std::size_t>(width - reach), last = static_cast<std::size_t>(width + reach + 1);
    const double rays_per_cell = static_cast<double>(n) / static_cast<double>(x);
    const auto distance = static_cast<float>(static_cast<double>(x) * cell);
    kernel::read_row(fan.tangent(), static_cast<int>(2 * n) - 1, row, scratch, first, last,
                     static_cast<float>(rays_per_cell), distance);
    if (masks) {
        const auto from = static_cast<std::size_t>(static_cast<double>(first) * rays_per_cell);
        const auto to = std::min(2 * n + 1, static_cast<std::size_t>(static_cast<double>(last) * rays_per_cell) + 1);
        const auto step = static_cast<float>(1 / rays_per_cell);
        if (fan.raise())
            kernel::meet_row_clear(fan.tangent(), from, to, row, 2 * static_cast<int>(x) - 1, step, 1.0f / distance,
                                   fan.raise(), 1.0f / std::sqrt(distance));
        else
            kernel::meet_row(fan.tangent(), from, to, row, 2 * static_cast<int>(x) - 1, step, 1.0f / distance);
    }
    std::fill(row, row + first, nan);
    std::copy(scratch + first, scratch + last, row + first);
    std::fill(row + last, row + 2 * x + 1, nan);
}

struct Task {
    std::span<float> surface;
    std::size_t half;
    double cell;
    const SweepOptions& options;
    /// The four diagonals as they were: each belongs to the quarters of north and south, and east and west read it.
    std::vector<float> diagonal[4];

    std::size_t side() const { return 2 * half + 1; }
    float* at(std::ptrdiff_t east, std::ptrdiff_t north) {
        const auto h = static_cast<std::ptrdiff_t>(half);
        return surface.data() + (h - north) * static_cast<std::ptrdiff_t>(side()) + h + east;
    }
    void keep_diagonals() {
        for (int q = 0; q < 4; ++q) {
            diagonal[q].resize(half + 1);
            for (std::size_t x = 0; x <= half; ++x) {
                const auto d = static_cast<std::ptrdiff_t>(x);
                diagonal[q][x] = *at(q & 1 ? -d : d, q & 2 ? -d : d);
            }
        }
    }
    void north_south(int sign) {
        Fan fan(half, options);
        std::vector<float> scratch(side());
        for (std::size_t x = 1; x <= half; ++x) {
            const auto d = static_cast<std::ptrdiff_t>(x);
            one_row(fan, half, x, cell, x > options.near_field, at(-d, sign * d), scratch.data());
        }
    }
    /// Columns, sixteen at a time through a transposed strip: a cache line of the raster is read and written once.
    void east_west(int sign) {
        constexpr std::size_t strip = 16;
        Fan fan(half, options);
        std::vector<float> rows(strip * side()), scratch(side());
        const auto& upper = diagonal[sign > 0 ? 0 : 1];
        const auto& lower = diagonal[sign > 0 ? 2 : 3];
        for (std::size_t x0 = 1; x0 <= half; x0 += strip) {
            const std::size_t count = std::min(strip, half + 1 - x0);
            const auto widest = static_cast<std::ptrdiff_t>(x0 + count - 1);
            const auto each = [&](auto&& move) {
                for (std::ptrdiff_t y = -widest; y <= widest; ++y) {
                    float* line = at(0, y);
                    for (std::size_t i = 0; i < count; ++i) {
                        const auto x = static_cast<std::ptrdiff_t>(x0 + i);
                        if (x <= std::abs(y)) continue;
                        move(line[sign * x], rows[i * side() + static_cast<std::size_t>(x + y)]);
                    }
                }
            };
            each([](float& raster, float& row) { row = raster; });
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t x = x0 + i;
                float* row = rows.data() + i * side();
                row[0] = lower[x], row[2 * x] = upper[x];
                one_row(fan, half, x, cell, x > options.near_field, row, scratch.data());
            }
            each([](float& raster, float& row) { raster = row; });
        }
    }
    void run(int quarter) {
        switch (quarter) {
            case 0:
                return north_south(1);
            case 1:
                return east_west(1);
            case 2:
                return north_south(-1);
            default:
                return east_west(-1);
        }
    }
};

}  // namespace

void sweep(std::span<float> surface, std::size_t half, double cell, const SweepOptions& options) {
    if (surface.size() < (2 * half + 1) * (2 * half + 1)) return;
    Task task{surface, half, cell, options, {}};
    task.keep_diagonals();
    base::each_index(4, options.threads, [&](std::size_t q) { task.run(static_cast<int>(q)); });
    *task.at(0, 0) = 0;
}

CastRay cast_ray(std::span<const float> surface, std::size_t half, double cell, long east, long north, double band,
                 const SweepOptions& options) {
    const auto h = static_cast<long>(half), side = 2 * h + 1;
    const bool along_north = std::abs(north) >= std::abs(east);
    const long x = along_north ? std::abs(north) : std::abs(east);
    if (x == 0) return {};
    const long sign = (along_north ? north : east) < 0 ? -1 : 1;
    const double lean = static_cast<double>(along_north ? east : north) / static_cast<double>(x);
    // Terrain at step i along the axis and y cells to its side, linear between the cells.
    const auto terrain = [&](long i, double y) {
        const long low = std::clamp(static_cast<long>(std::floor(y)), -h, h - 1);
        const double f = y - static_cast<double>(low);
        const auto value = [&](long a) {
            const long e = along_north ? a : sign * i, n = along_north ? sign * i : a;
            return static_cast<double>(surface[static_cast<std::size_t>((h - n) * side + h + e)]);
        };
        return value(low) + f * (value(low + 1) - value(low));
    };
    const double lowest = std::tan(options.lowest_elevation) * std::sqrt(1 + lean * lean);
    CastRay horizon{lowest, lowest, lowest};
    for (long i = static_cast<long>(options.near_field) + 1; i < x; ++i) {
        const double y = lean * static_cast<double>(i), metres = static_cast<double>(i) * cell;
        const double raise = options.clearance * std::sqrt(metres * std::sqrt(1 + lean * lean));
        const double exact = terrain(i, y);
        double low = exact, high = exact;
        const auto widen = [&](double at) {
            const double z = terrain(i, std::clamp(at, -static_cast<double>(h), static_cast<double>(h)));
            low = std::min(low, z), high = std::max(high, z);
        };
        if (band > 0) {  // linear between cells: extremes stand at the ends and at the cells between
            widen(y - band), widen(y + band);
            for (double a = std::ceil(y - band); a <= y + band; a += 1) widen(a);
        }
        horizon.exact = std::max(horizon.exact, (exact + raise) / metres);
        horizon.low = std::max(horizon.low, (low + raise) / metres);
        horizon.high = std::max(horizon.high, (high + raise) / metres);
    }
    const double here = surface[static_cast<std::size_t>((h - north) * side + h + east)],
                 metres = static_cast<double>(x) * cell;
    return {std::max(0.0, horizon.exact * metres - here), std::max(0.0, horizon.low * metres - here),
            std::max(0.0, horizon.high * metres - here)};
}

}  // namespace asman::coverage
