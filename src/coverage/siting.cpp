#include "siting_near.hpp"

#include <asman/base/parallel.hpp>
#include <asman/coverage/siting.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace asman::coverage {
namespace {

constexpr double pi = std::numbers::pi, earth = 6371008.8;

constexpr int far_heights = 6;

/// A place where a target may be, as the plot sees it.
struct Sample {
    double azimuth = 0, rho = 0;
    double up = 0;                         ///< lifted, above the ellipsoid's tangent plane at the plot's mean sea level
    double weight = 0;                     ///< km²
    int seen = 0;                          ///< by how many neighbours
    std::array<float, far_heights> far{};  ///< tangent of the far horizon before it, by antenna height
};

/// Horizon tangents of the far terrain for a few antenna heights; between them linear.
class FarHorizon {
  public:
    static base::Result<FarHorizon> make(const geo::Terrain& terrain, const geo::Geoid& geoid, geo::Point at,
                                         double lowest, double highest, double range, double near_field, double k) {
        FarHorizon out;
        out.lowest_ = lowest;
        out.step_ = std::max(1.0, highest - lowest) / (far_heights - 1);
        for (int i = 0; i < far_heights; ++i) {
            HorizonOptions options;
            options.range = range;
            options.k = k;
            options.near_field = near_field;
            ASMAN_TRY(auto h,
                      Horizon::make(terrain, geoid, {at, geoid.ellipsoidal(at, {lowest + out.step_ * i})}, options));
            out.horizons_.push_back(std::move(h));
        }
        return out;
    }
    /// A point at tangent 0 at the sample's azimuth and distance stands −margin above the horizon.
    void fill(Sample& s) const {
        for (std::size_t i = 0; i < far_heights; ++i) {
            const double lift = (1 - 1 / horizons_[i].k()) / (2 * earth);
            const Eigen::Vector3d level{s.rho * std::sin(s.azimuth), s.rho * std::cos(s.azimuth),
                                        -lift * s.rho * s.rho};
            s.far[i] = static_cast<float>(-horizons_[i].margin_local(level));
        }
    }
    /// Which two heights an antenna stands between, and how far up.
    std::pair<std::size_t, float> between(double height) const {
        const double x = std::clamp((height - lowest_) / step_, 0.0, far_heights - 1 - 1e-9);
        const auto i = static_cast<std::size_t>(x);
        return {i, static_cast<float>(x - static_cast<double>(i))};
    }

  private:
    double lowest_ = 0, step_ = 1;
    std::vector<Horizon> horizons_;
};

/// Farther than this above the ground near by, a place is the top of an object.
constexpr double object_rise = 3;

double reach_of(const geo::Region& plot, const geo::LocalFrame& frame) {
    double reach = 0;
    for (const auto& line : plot.outline())
        for (const auto& p : line) reach = std::max(reach, geo::distance(p, frame.origin().at));
    return reach;
}

std::vector<Candidate> candidates(const geo::Region& plot, const geo::LocalFrame& frame, const geo::Terrain& heights,
                                  std::size_t most) {
    const double reach = reach_of(plot, frame);
    // The spacing at which about `most` cells of a square raster lie inside.
    double spacing = 2 * reach / std::sqrt(static_cast<double>(most));
    std::vector<Candidate> out;
    for (int attempt = 0; attempt < 20; ++attempt) {
        out.clear();
        for (double north = reach; north >= -reach; north -= spacing)
            for (double east = -reach; east <= reach; east += spacing) {
                const auto p = frame.from_local({east, north, 0}).at;
                if (!plot.contains(p)) continue;
                if (const auto ground = heights.elevation(p)) out.push_back({p, east, north, *ground});
            }
        if (out.size() > most)
            spacing *= 1.03;
        else if (out.size() < most * 9 / 10)
            spacing *= 0.95;
        else
            break;
    }
    if (out.size() > most) out.resize(most);
    return out;
}

geo::Point middle_of(const geo::Region& plot) {
    geo::Point first;
    double lat = 0, lon = 0;
    std::size_t n = 0;
    for (const auto& line : plot.outline())
        for (const auto& p : line) {
            if (n++ == 0) first = p;
            lat += p.lat - first.lat, lon += geo::wrap_pi(p.lon - first.lon);
        }
    if (n == 0) return {};
    return {first.lat + lat / static_cast<double>(n), geo::wrap_pi(first.lon + lon / static_cast<double>(n))};
}

/// Everything that a candidate is judged by.
class Judge {
  public:
    std::vector<Sample> samples;                             ///< area: cells; warning: all places of all approaches
    std::vector<std::pair<std::size_t, std::size_t>> lines;  ///< approaches as ranges of samples
    std::vector<double> spacings, before;                    ///< of each approach: metres, seconds of warning now
    const FarHorizon* far = nullptr;
    double raised = 0;  ///< metres by which antennas are lifted out of far terrain that lies higher all round
    const SitingOptions* options = nullptr;
    Instrument type;

    void add(const geo::LocalFrame& sea_level, const geo::Geoid& geoid, geo::Point p, double weight, int seen) {
        const auto enu = sea_level.to_local(geo::Position{p, geoid.ellipsoidal(p, {options->altitude})});
        const double rho = std::hypot(enu.x(), enu.y());
        const double lift = (1 - 1 / options->k) / (2 * earth);
        samples.push_back({std::atan2(enu.x(), enu.y()), rho, enu.z() + lift * rho * rho, weight, seen});
    }
    /// An antenna at one height: what does not change from sample to sample.
    struct Antenna {
        double height;
        std::size_t far_index;
        float far_part;
        const std::vector<float>& near;
    };
    bool sees(const Sample& s, const Antenna& a) const {
        if (s.rho > type.sensor.max_range || s.rho < 1) return s.rho < 1;
        const double tangent = (s.up - a.height) / s.rho;
        const double position = geo::wrap_2pi(s.azimuth) / (2 * pi) * static_cast<double>(a.near.size());
        const double far_tangent = s.far[a.far_index] + a.far_part * (s.far[a.far_index + 1] - s.far[a.far_index]);
        const double horizon =
            std::max<double>(a.near[static_cast<std::size_t>(position) % a.near.size()], far_tangent);
        if (tangent <= horizon) return false;
        const double lift = (1 - 1 / options->k) / (2 * earth);
        const double up = s.up - lift * s.rho * s.rho - a.height;
        return look_probability(type, options->target, std::hypot(s.rho, up), std::atan2(up, s.rho), tangent - horizon,
                                std::atan(tangent)) >= 0.5;
    }
    double gain(double height, const std::vector<float>& near_tangent) const {
        const auto [index, part] = far->between(height);
        const Antenna antenna{height, index, part, near_tangent};
        double sum = 0;
        if (options->goal != Goal::warning) {
            for (const auto& s : samples) {
                const double worth = options->goal == Goal::area ? (s.seen == 0 ? 1 : 0)
                                     : s.seen == 0               ? 0.5
                                     : s.seen == 1               ? 1
                                                                 : 0;
                if (worth > 0 && sees(s, antenna)) sum += worth * s.weight;
            }
            return sum;
        }
        for (std::size_t i = 0; i < lines.size(); ++i)
            for (std::size_t j = lines[i].first; j < lines[i].second; ++j) {
                const bool already = samples[j].seen > 0;
                if (!already && !sees(samples[j], antenna)) continue;
                const double seconds = static_cast<double>(lines[i].second - 1 - j) * spacings[i] / options->speed;
                sum += std::max(0.0, seconds - before[i]);
                break;
            }
        return lines.empty() ? 0 : sum / static_cast<double>(lines.size());
    }
};

base::Result<void> fill_area(Judge& judge, const geo::LocalFrame& frame, const geo::Terrain& terrain,
                             const geo::Geoid& geoid, const std::vector<Instrument>& neighbours, const SitingOptions& o,
                             Siting& result) {
    const auto at = frame.origin().at;
    const double reach = judge.type.sensor.max_range / 6.33e6, wide = reach / std::max(0.05, std::cos(at.lat));
    ASMAN_TRY(const auto grid, Grid::over({std::max(-pi / 2, at.lat - reach), geo::wrap_pi(at.lon - wide)},
                                          {std::min(pi / 2, at.lat + reach), geo::wrap_pi(at.lon + wide)}, o.cell));
    ASMAN_TRY(const auto joint, Joint::make(grid, terrain, geoid, neighbours, {.threads = o.threads, .k = o.k}));
    for (std::size_t i = 0; i < grid.size(); ++i) {
        if (joint.ground(i) >= o.altitude) continue;  // inside the mountain
        const auto p = grid.at(i);
        if (geo::distance(p, at) > judge.type.sensor.max_range) continue;
        const double area = grid.area(i / grid.columns) / 1e6;
        const int seen = joint.seen(i, o.altitude, o.target, {}).sensors;
        if (seen > (o.goal == Goal::area ? 0 : 1)) result.before += area;
        judge.add(frame, geoid, p, area, seen);
    }
    return {};
}

base::Result<void> fill_approaches(Judge& judge, const geo::LocalFrame& frame, const geo::Terrain& terrain,
                                   const geo::Geoid& geoid, const std::vector<Instrument>& neighbours,
                                   const std::vector<Approach>& approaches, const SitingOptions& o, Siting& result) {
    std::vector<Horizon> horizons;
    for (const auto& n : neighbours) {
        HorizonOptions options;
        options.range = n.sensor.max_range + 5e3;
        options.k = o.k;
        ASMAN_TRY(auto h, Horizon::make(terrain, geoid, *n.sensor.position, options));
        horizons.push_back(std::move(h));
    }
    for (const auto& a : approaches) {
        const std::size_t first = judge.samples.size();
        double warning = 0;
        for (std::size_t j = 0; j < a.places.size(); ++j) {
            const geo::Position p{a.places[j], geoid.ellipsoidal(a.places[j], {o.altitude})};
            int seen = 0;
            for (std::size_t i = 0; i < neighbours.size() && seen == 0; ++i) {
                seen += look_probability(neighbours[i], o.target, horizons[i], horizons[i].frame().to_local(p)) >= 0.5
                            ? 1
                            : 0;
            }
            if (seen > 0 && warning == 0) warning = static_cast<double>(a.places.size() - 1 - j) * a.spacing / o.speed;
            judge.add(frame, geoid, a.places[j], 0, seen);
        }
        judge.lines.emplace_back(first, judge.samples.size());
        judge.spacings.push_back(a.spacing);
        judge.before.push_back(warning);
        result.before += warning / static_cast<double>(approaches.size());
    }
    return {};
}

/// Gains of every position and mast, in that order.
std::vector<double> gains_of(const std::vector<Candidate>& positions, const NearSurface* surface, const Judge& judge,
                             const SitingOptions& o) {
    const Walks walks = surface ? make_walks(*surface, o) : Walks{};
    std::vector<double> out(positions.size() * o.masts.size());
    base::each_index(positions.size(), o.threads, [&](std::size_t i) {
        const auto near = near_horizons(surface, walks, positions[i], o);
        for (std::size_t k = 0; k < o.masts.size(); ++k)
            out[i * o.masts.size() + k] = judge.gain(positions[i].ground + judge.raised + o.masts[k], near[k]);
    });
    return out;
}

void rank(const std::vector<Candidate>& positions, const std::vector<double>& gains, const SitingOptions& o,
          Siting& result) {
    for (std::size_t i = 0; i < positions.size(); ++i)
        for (std::size_t k = 0; k < o.masts.size(); ++k)
            result.ranked.push_back({positions[i].at, positions[i].ground, o.masts[k], gains[i * o.masts.size() + k]});
    std::ranges::stable_sort(result.ranked, [](const SitedMast& a, const SitedMast& b) {
        return a.gain != b.gain ? a.gain > b.gain : a.mast < b.mast;
    });
    for (std::size_t k = 0; k < o.masts.size(); ++k) {
        MastResult m{.mast = o.masts[k], .worst = 1e300, .best = -1e300};
        for (std::size_t i = 0; i < positions.size(); ++i) {
            const double g = gains[i * o.masts.size() + k];
            m.worst = std::min(m.worst, g), m.best = std::max(m.best, g);
        }
        m.equal = positions.size();
        result.masts.push_back(m);
    }
}

/// By how much gains move when the surface is off by what it may be off, from a few shaken surfaces and some positions;
/// and how many positions are as good as the best within that.
void weigh_error(const std::vector<Candidate>& positions, const std::vector<double>& gains, const NearSurface& surface,
                 const Judge& judge, const SitingOptions& o, Siting& result) {
    constexpr std::size_t most = 60;
    constexpr int rounds = 5;
    std::vector<Candidate> some;
    const std::size_t stride = std::max<std::size_t>(1, positions.size() / most);
    for (std::size_t i = 0; i < positions.size(); i += stride) some.push_back(positions[i]);
    std::vector<double> sum(some.size() * o.masts.size(), 0), squares(sum.size(), 0);
    for (int round = 0; round < rounds; ++round) {
        const auto shaken = surface.shaken(o.surface_sigma, static_cast<std::uint64_t>(round) + 1);
        auto off = some;
        for (auto& c : off) c.ground = *shaken.at(c.east, c.north);
        const auto moved = gains_of(off, &shaken, judge, o);
        for (std::size_t i = 0; i < moved.size(); ++i) sum[i] += moved[i], squares[i] += moved[i] * moved[i];
    }
    for (std::size_t k = 0; k < o.masts.size(); ++k) {
        double variance = 0;
        for (std::size_t i = 0; i < some.size(); ++i) {
            const auto at = i * o.masts.size() + k;
            variance += std::max(0.0, squares[at] - sum[at] * sum[at] / rounds) / (rounds - 1);
        }
        auto& m = result.masts[k];
        m.sigma = std::sqrt(variance / static_cast<double>(some.size()));
        // Two gains differ where they are farther apart than twice the deviation of a difference.
        m.equal = 0;
        for (std::size_t i = 0; i < positions.size(); ++i)
            m.equal += gains[i * o.masts.size() + k] >= m.best - 2 * std::numbers::sqrt2 * m.sigma ? 1 : 0;
    }
}

}  // namespace

base::Result<Siting> site(const geo::Region& plot, const std::optional<geo::Terrain>& surface,
                          const geo::Terrain& far_terrain, const geo::Geoid& geoid,
                          const std::vector<Instrument>& neighbours, const Instrument& type,
                          const std::vector<Approach>& approaches, const SitingOptions& o) {
    if (plot.empty() || plot.outline().empty()) return base::fail(base::Errc::missing, "the plot is empty");
    if (o.masts.empty() || o.positions == 0)
        return base::fail(base::Errc::missing, "siting needs a mast height and a position at least");
    if (o.goal == Goal::warning && approaches.empty())
        return base::fail(base::Errc::missing, "the goal 'warning' needs approaches: a border, or lines");
    for (const auto& n : neighbours)
        if (!n.sensor.position)
            return base::fail(base::Errc::missing, "sensor '" + n.sensor.name + "' has no position");
    Siting result;
    result.far_terrain = far_terrain.source();
    const auto middle = middle_of(plot);
    // Heights are counted from mean sea level at the plot.
    const geo::LocalFrame frame({middle, geoid.ellipsoidal(middle, {0})});
    const bool fine = surface && surface->resolution() > 0 && surface->resolution() <= finest_needed;
    result.positions_equal = !fine;
    result.near_surface = surface ? surface->source() : "none";
    std::vector<Candidate> positions;
    std::optional<NearSurface> near;
    Judge judge;
    judge.options = &o;
    judge.type = type;
    if (fine) {
        near.emplace(*surface, frame, reach_of(plot, frame) + o.near_range + 3 * finest_needed);
        positions = candidates(plot, frame, *surface, o.positions);
        if (!o.on_objects) {
            result.left_out = std::erase_if(
                positions, [&](const Candidate& c) { return near->on_object(c.east, c.north, object_rise); });
        }
        if (positions.empty())
            return base::fail(base::Errc::missing, "the surface model (" + surface->source() +
                                                       ") does not cover the plot, or all of the plot "
                                                       "is covered by what stands on it");
        result.remark = fmt::format(
            "positions are told apart by a surface of {:.1f} m, taken to be off by {:.1f} m; beyond {:.0f} m the "
            "horizon is that of {}, whose error is the same for all of them",
            surface->resolution(), o.surface_sigma, o.near_range, far_terrain.source());
        if (const auto coarse = far_terrain.elevation(middle)) {
            // As for sensors: a coarse cell that lies higher all round does not bury an antenna.
            double mean = 0;
            for (const auto& p : positions) mean += p.ground / static_cast<double>(positions.size());
            const auto lowest = antenna_over(far_terrain, geoid, middle, -1e9, 0);
            judge.raised = std::max(0.0, geoid.msl(middle, lowest.height).m - mean);
            if (std::abs(*coarse - mean) > 10)
                result.remark += fmt::format("; at the plot the far terrain lies {:.0f} m {} the surface",
                                             std::abs(*coarse - mean), *coarse > mean ? "above" : "below");
            if (judge.raised > 1)
                result.remark += fmt::format(
                    ", by {:.0f} m all round: antennas are counted from there, and what low masts see far off is a "
                    "guess",
                    judge.raised);
        }
        if (result.left_out > 0)
            result.remark += fmt::format("; {} places on buildings or trees are left out", result.left_out);
    } else {
        if (!far_terrain.elevation(middle))
            return base::fail(base::Errc::missing, "the plot lies outside the terrain (" + far_terrain.source() + ")");
        // A coarse cell cannot tell a valley's floor from its slopes: the lowest within one cell, as for sensors.
        const auto lowest = antenna_over(far_terrain, geoid, middle, -1e9, 0);
        positions.push_back({middle, 0, 0, geoid.msl(middle, lowest.height).m});
        result.remark = fmt::format(
            "all positions equal within terrain error: {} is coarser than {:.0f} m; only mast height and far horizon "
            "are ranked",
            surface ? surface->source() : far_terrain.source(), finest_needed);
    }
    result.positions = positions.size();
    if (o.goal == Goal::warning) {
        ASMAN_CHECK(fill_approaches(judge, frame, far_terrain, geoid, neighbours, approaches, o, result));
    } else {
        ASMAN_CHECK(fill_area(judge, frame, far_terrain, geoid, neighbours, o, result));
    }
    double lowest = 1e9, highest = -1e9;
    for (const auto& p : positions)
        for (const double m : o.masts)
            lowest = std::min(lowest, p.ground + judge.raised + m),
            highest = std::max(highest, p.ground + judge.raised + m);
    const double near_field = std::max(far_terrain.resolution(), fine ? o.near_range : 0.0);
    ASMAN_TRY(const auto far, FarHorizon::make(far_terrain, geoid, middle, lowest, highest, type.sensor.max_range + 5e3,
                                               near_field, o.k));
    judge.far = &far;
    for (auto& s : judge.samples) far.fill(s);
    const auto gains = gains_of(positions, near ? &*near : nullptr, judge, o);
    rank(positions, gains, o, result);
    if (near) weigh_error(positions, gains, *near, judge, o, result);
    return result;
}

}  // namespace asman::coverage
