#include "weather.hpp"

#include "random.hpp"

#include <algorithm>
#include <cmath>

namespace asman::simulate {
namespace {

constexpr double lowest = -1000, highest = 25000, step = 100;
constexpr double metres_per_hpa = 8.3, decay = 2000;
constexpr double wavelength = 1500e3;

double standard_temperature(double h) {
    return h < 11000 ? 288.15 - 0.0065 * h : 216.65;
}

}  // namespace

Weather::Weather(const WeatherSpec& spec, std::uint64_t seed) : spec_(spec) {
    Rng rng(seed, key("weather"));
    for (double& p : phase_) p = rng.uniform(0, 2 * std::numbers::pi);
    const auto n = static_cast<std::size_t>((highest - lowest) / step) + 1;
    plain_.resize(n);
    decaying_.resize(n);
    for (std::size_t i = 1; i < n; ++i) {
        const double h = lowest + step * (static_cast<double>(i) - 0.5);
        plain_[i] = plain_[i - 1] + step / standard_temperature(h);
        decaying_[i] = decaying_[i - 1] + step * std::exp(-h / decay) / standard_temperature(h);
    }
    const auto zero = static_cast<std::size_t>(-lowest / step);
    const double p0 = plain_[zero], d0 = decaying_[zero];
    for (double& v : plain_) v -= p0;
    for (double& v : decaying_) v -= d0;
}

std::pair<double, double> Weather::integrals(double h) const {
    const double x = std::clamp((h - lowest) / step, 0.0, static_cast<double>(plain_.size() - 1) - 1e-9);
    const auto i = static_cast<std::size_t>(x);
    const double f = x - static_cast<double>(i);
    return {plain_[i] + f * (plain_[i + 1] - plain_[i]), decaying_[i] + f * (decaying_[i + 1] - decaying_[i])};
}

Weather::Column Weather::column(geo::Point p) const {
    // Longitude enters through sine and cosine of itself: the field closes round the earth.
    const double scale = 2 * std::numbers::pi * 6371e3 / wavelength;
    const double x = std::cos(p.lat) * std::cos(p.lon), y = std::cos(p.lat) * std::sin(p.lon), z = std::sin(p.lat);
    const double a = std::sin(scale * x + phase_[0]) * std::sin(scale * (y + z) + phase_[1]);
    const double b = std::sin(scale * y + phase_[2]) * std::sin(scale * (x - z) + phase_[3]);
    return {(spec_.qnh + spec_.qnh_swing * a - 1013.25) * metres_per_hpa,
            spec_.surface_deviation + spec_.deviation_swing * b,
            spec_.upper_deviation + spec_.deviation_swing * 0.5 * b};
}

geo::MslAltitude Weather::msl(geo::Point p, geo::PressureAltitude h) const {
    const auto c = column(p);
    const auto [plain, decaying] = integrals(h.m);
    return {c.base + h.m + c.upper * plain + (c.surface - c.upper) * decaying};
}

geo::PressureAltitude Weather::pressure(geo::Point p, geo::MslAltitude h) const {
    const auto c = column(p);
    double guess = h.m - c.base;
    for (int i = 0; i < 6; ++i) {  // dH/dHp lies within 0.7–1.2: a fixed point that converges by a factor of 4 a turn
        const auto [plain, decaying] = integrals(guess);
        guess += h.m - (c.base + guess + c.upper * plain + (c.surface - c.upper) * decaying);
    }
    return {guess};
}

}  // namespace asman::simulate
