#include "siting_near.hpp"

#include <algorithm>
#include <cmath>

namespace asman::coverage {
namespace {

constexpr double pi = std::numbers::pi;
constexpr double around = 30;  ///< metres within which ground is looked for

/// A number from a seed and a place, evenly spread (splitmix64's finaliser, Steele and others 2014).
std::uint64_t mixed(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

}  // namespace

NearSurface::NearSurface(const geo::Terrain& surface, const geo::LocalFrame& frame, double radius)
    : cell_(std::clamp(surface.resolution(), 0.5, finest_needed)), half_(static_cast<long>(std::ceil(radius / cell_))) {
    const long width = side();
    z_.resize(static_cast<std::size_t>(width * width));
    const auto origin = frame.origin().at;
    const double per_lat = 1 / 6.36e6, per_lon = 1 / (6.38e6 * std::cos(origin.lat));
    for (long y = -half_; y <= half_; ++y)
        for (long x = -half_; x <= half_; ++x) {
            const geo::Point p{origin.lat + static_cast<double>(y) * cell_ * per_lat,
                               geo::wrap_pi(origin.lon + static_cast<double>(x) * cell_ * per_lon)};
            // Outside the fine model nothing near masks: the far terrain does.
            z_[static_cast<std::size_t>((y + half_) * width + x + half_)] =
                static_cast<float>(surface.elevation_or(p, -1e4));
        }
}

const float* NearSurface::at(double east, double north) const {
    const long x = std::clamp(std::lround(east / cell_), -half_, half_),
               y = std::clamp(std::lround(north / cell_), -half_, half_);
    return z_.data() + (y + half_) * side() + x + half_;
}

bool NearSurface::on_object(double east, double north, double rise) const {
    // A foot needs room: the highest of the cells that touch its own.
    float here = *at(east, north), lowest = here;
    for (const double y : {-cell_, 0.0, cell_})
        for (const double x : {-cell_, 0.0, cell_}) here = std::max(here, *at(east + x, north + y));
    for (double y = -around; y <= around; y += cell_)
        for (double x = -around; x <= around; x += cell_) {
            const float z = *at(east + x, north + y);
            if (z > -9e3f && x * x + y * y <= around * around) lowest = std::min(lowest, z);
        }
    return here - lowest > rise;
}

NearSurface NearSurface::shaken(double sigma, std::uint64_t seed) const {
    NearSurface out = *this;
    for (std::size_t i = 0; i < out.z_.size(); ++i) {
        // The sum of four even deviates is near enough to a normal one.
        double sum = 0;
        std::uint64_t bits = mixed(seed ^ mixed(i));
        for (int k = 0; k < 4; ++k, bits >>= 16) sum += static_cast<double>(bits & 0xffff) / 65536 - 0.5;
        out.z_[i] += static_cast<float>(sigma * sum * std::sqrt(3.0));
    }
    return out;
}

Walks make_walks(const NearSurface& surface, const SitingOptions& o) {
    Walks w;
    w.azimuths = static_cast<std::size_t>(std::lround(2 * pi / o.azimuth_step));
    // From the second cell on: the antenna's own cell and its neighbours carry its tower.
    for (int i = 2; i <= static_cast<int>(o.near_range / surface.cell()); ++i)
        w.inverse.push_back(static_cast<float>(1 / (surface.cell() * i)));
    w.steps = w.inverse.size();
    for (std::size_t a = 0; a < w.azimuths; ++a) {
        const double angle = 2 * pi * (static_cast<double>(a) + 0.5) / static_cast<double>(w.azimuths);
        for (std::size_t i = 0; i < w.steps; ++i) {
            const auto d = static_cast<double>(i + 2);
            w.offset.push_back(static_cast<std::int32_t>(std::lround(std::cos(angle) * d) * surface.side() +
                                                         std::lround(std::sin(angle) * d)));
        }
    }
    return w;
}

std::vector<std::vector<float>> near_horizons(const NearSurface* surface, const Walks& walks, const Candidate& c,
                                              const SitingOptions& o) {
    std::vector<std::vector<float>> out(o.masts.size(),
                                        std::vector<float>(std::max<std::size_t>(1, walks.azimuths), -10.0f));
    if (!surface) return out;
    const float* here = surface->at(c.east, c.north);
    std::vector<float> profile(walks.steps);
    for (std::size_t a = 0; a < walks.azimuths; ++a) {
        const std::int32_t* offset = walks.offset.data() + a * walks.steps;
        for (std::size_t i = 0; i < walks.steps; ++i) profile[i] = here[offset[i]];
        for (std::size_t k = 0; k < o.masts.size(); ++k) {
            const auto height = static_cast<float>(c.ground + o.masts[k]);
            float best = -10.0f;
            for (std::size_t i = 0; i < walks.steps; ++i) {
                const float t = (profile[i] - height) * walks.inverse[i];
                best = best < t ? t : best;
            }
            out[k][a] = best;
        }
    }
    return out;
}

}  // namespace asman::coverage
