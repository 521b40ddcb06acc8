#include <asman/coverage/joint.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <set>
#include <thread>

namespace asman::coverage {
namespace {

constexpr double pi = std::numbers::pi, earth = 6371008.8;
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

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
    double from = geo::wrap_pi(at.lon - g.north_west.lon) - half;
    const double turn = 2 * pi / g.step_lon;
    double c0 = std::floor(from / g.step_lon), c1 = std::ceil((from + 2 * half) / g.step_lon) + 1;
    const auto width = static_cast<double>(g.columns);
    if (c1 - c0 >= width || pole) c0 = 0, c1 = width;
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

base::Result<Footprint> footprint(const Grid& g, const geo::Terrain& terrain, const geo::Geoid& geoid,
                                  const std::vector<float>& undulation, const Instrument& instrument, double k) {
    Footprint f;
    f.instrument = instrument;
    place_window(f, g);
    HorizonOptions options;
    options.range = instrument.sensor.max_range + 5e3;
    options.k = k;
    ASMAN_TRY(const auto horizon, Horizon::make(terrain, geoid, *instrument.sensor.position, options));
    f.terrain = horizon.terrain_source();
    f.assumed_sea = horizon.assumed_sea();
    f.lowest.assign(f.rows * f.columns, nan);
    f.rho.assign(f.rows * f.columns, nan);
    for (std::size_t r = 0; r < f.rows; ++r)
        for (std::size_t c = 0; c < f.columns; ++c) {
            const std::size_t row = f.first_row + r, column = f.first_column + c;
            const auto p = g.at(row, column);
            const auto enu = horizon.frame().to_local(geo::Position{p, {0}});
            const double rho = std::hypot(enu.x(), enu.y());
            if (rho > instrument.sensor.max_range || enu.z() < -4e5) continue;
            f.rho[r * f.columns + c] = static_cast<float>(rho);
            f.lowest[r * f.columns + c] =
                static_cast<float>(horizon.lowest_visible(p).m - undulation[row * g.columns + column]);
        }
    return f;
}

/// Bearing of the line between two points at `to`, on a sphere.
double bearing_at(geo::Point to, geo::Point from) {
    const double d = from.lon - to.lon;
    return std::atan2(std::cos(from.lat) * std::sin(d),
                      std::cos(to.lat) * std::sin(from.lat) - std::sin(to.lat) * std::cos(from.lat) * std::cos(d));
}

}  // namespace

std::string_view name(Blind why) {
    constexpr std::string_view names[] = {"seen", "range", "terrain", "cone", "no_data"};
    return names[static_cast<std::size_t>(why)];
}

base::Result<Joint> Joint::make(const Grid& grid, const geo::Terrain& terrain, const geo::Geoid& geoid,
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
    out.ground_.resize(grid.size());
    std::vector<float> undulation(grid.size());
    for (std::size_t i = 0; i < grid.size(); ++i) {
        const auto p = grid.at(i);
        undulation[i] = static_cast<float>(geoid.undulation(p));
        out.ground_[i] = static_cast<float>(terrain.elevation_or(p, nan));
    }
    // Slot i is sensor i: the same for any number of threads.
    std::vector<base::Result<Footprint>> slots(instruments.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < instruments.size(); i = next++)
            slots[i] = footprint(grid, terrain, geoid, undulation, instruments[i], options.k);
    };
    {
        std::vector<std::jthread> helpers;
        for (std::size_t i = 1; i < options.threads; ++i) helpers.emplace_back(work);
        work();
    }
    for (auto& s : slots) {
        if (!s) return std::unexpected(s.error());
        out.footprints_.push_back(std::move(*s));
    }
    return out;
}

std::optional<std::size_t> Joint::window(const Footprint& f, std::size_t cell) const {
    const std::size_t row = cell / grid_.columns, column = cell % grid_.columns;
    if (row < f.first_row || row >= f.first_row + f.rows || column < f.first_column ||
        column >= f.first_column + f.columns)
        return std::nullopt;
    return (row - f.first_row) * f.columns + column - f.first_column;
}

Joint::Look Joint::look(std::size_t sensor, std::size_t cell, double altitude, const Target& target) const {
    const Footprint& f = footprints_[sensor];
    const auto w = window(f, cell);
    if (!w || std::isnan(f.rho[*w])) return {};
    const double rho = f.rho[*w], up = altitude - f.instrument.sensor.position->height.m - rho * rho / (2 * earth);
    Look out;
    out.range = std::hypot(rho, up);
    const double elevation = std::atan2(up, rho), margin = (altitude - f.lowest[*w]) / std::max(rho, 1.0);
    if (out.range > f.instrument.sensor.max_range) return out;
    out.why = std::isnan(ground_[cell])                ? Blind::no_data
              : margin <= 0                            ? Blind::terrain
              : elevation > f.instrument.max_elevation ? Blind::cone
                                                       : Blind::range;
    out.probability = look_probability(f.instrument, target, out.range, elevation, margin);
    if (out.probability >= 0.5) out.why = Blind::seen;
    return out;
}

Joint::Seen Joint::seen(std::size_t cell, double altitude, const Target& target,
                        const std::vector<bool>& chosen) const {
    Seen out;
    std::set<picture::State> owners;
    double missed = 1, rate = 0, ee = 0, en = 0, nn = 0;
    const auto here = grid_.at(cell);
    for (std::size_t i = 0; i < footprints_.size(); ++i) {
        if (i < chosen.size() && !chosen[i]) continue;
        const auto l = look(i, cell, altitude, target);
        const auto rank = [](Blind b) {
            return b == Blind::terrain ? 3 : b == Blind::cone ? 2 : b == Blind::no_data ? 1 : 0;
        };
        if (l.why != Blind::seen && rank(l.why) > rank(out.why)) out.why = l.why;
        if (!(l.probability > 0)) continue;
        const auto& instrument = footprints_[i].instrument;
        missed *= 1 - l.probability;
        rate += l.probability / look_period(instrument);
        if (l.probability >= 0.5) out.sensors++, owners.insert(instrument.sensor.owner);
        // Information of one look along and across the line of sight.
        const bool ads_b = instrument.sensor.kind == picture::SensorKind::ads_b;
        const double along = ads_b ? 10 : instrument.sensor.sigma_range;
        const double across = ads_b ? 10 : instrument.sensor.sigma_azimuth * l.range;
        const double b = bearing_at(here, instrument.sensor.position->at), s = std::sin(b), c = std::cos(b);
        const double wa = l.probability / (along * along), wc = l.probability / (across * across);
        ee += wa * s * s + wc * c * c, nn += wa * c * c + wc * s * s, en += (wa - wc) * s * c;
    }
    out.states = static_cast<std::uint16_t>(owners.size());
    out.probability = 1 - missed;
    if (out.sensors > 0) out.why = Blind::seen;
    if (rate > 0) out.interval = 1 / rate;
    const double det = ee * nn - en * en;
    if (det > 0) out.sigma = std::sqrt(0.5 * (ee + nn) / det);
    return out;
}

float Joint::lowest_of(std::size_t sensor, std::size_t cell, const Target& target, double ceiling) const {
    const Footprint& f = footprints_[sensor];
    const auto w = window(f, cell);
    if (!w || std::isnan(f.lowest[*w])) return nan;
    const double ground = std::isnan(ground_[cell]) ? 0 : ground_[cell];
    double low = std::max<double>(f.lowest[*w], ground) + 1;
    if (look(sensor, cell, low, target).probability < 0.5) {
        // Just above the horizon the primary beam is partly cut off: half a beam edge higher is the most that helps.
        const double above = low + f.rho[*w] * 0.1 * geo::deg;
        if (look(sensor, cell, above, target).probability < 0.5) return nan;
        double bad = low, good = above;
        for (int i = 0; i < 6; ++i) {
            const double middle = 0.5 * (bad + good);
            (look(sensor, cell, middle, target).probability < 0.5 ? bad : good) = middle;
        }
        low = good;
    }
    return low <= ceiling ? static_cast<float>(low) : nan;
}

std::array<float, 3> Joint::lowest(std::size_t cell, const Target& target, const std::vector<bool>& chosen,
                                   double ceiling) const {
    std::array<float, 3> out{nan, nan, nan};
    for (std::size_t i = 0; i < footprints_.size(); ++i) {
        if (i < chosen.size() && !chosen[i]) continue;
        float v = lowest_of(i, cell, target, ceiling);
        for (float& slot : out)
            if (!std::isnan(v) && (std::isnan(slot) || v < slot)) std::swap(slot, v);
    }
    return out;
}

}  // namespace asman::coverage
