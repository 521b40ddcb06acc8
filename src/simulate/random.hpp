// Random numbers by key, not by stream: who asks, what for and which turn decide the number, so that adding a sensor or
// an aircraft changes nothing for the others.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string_view>

namespace asman::simulate {

/// SplitMix64's finalizer (Steele, Lea, Flood, 2014).
constexpr std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    return mix(a ^ mix(b));
}
/// FNV-1a of a name, mixed.
constexpr std::uint64_t key(std::string_view name) {
    std::uint64_t h = 0xcbf29ce484222325;
    for (const char c : name) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return mix(h);
}

/// SplitMix64 from a key.
class Rng {
  public:
    explicit Rng(std::uint64_t seed) : state_(seed) {}
    Rng(std::uint64_t a, std::uint64_t b) : Rng(mix(a, b)) {}
    Rng(std::uint64_t a, std::uint64_t b, std::uint64_t c) : Rng(mix(mix(a, b), c)) {}
    std::uint64_t next() {
        const auto out = mix(state_);
        state_ += 0x9e3779b97f4a7c15;
        return out;
    }
    /// In [0, 1).
    double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }
    double uniform(double low, double high) { return low + (high - low) * uniform(); }
    bool chance(double p) { return uniform() < p; }
    std::uint64_t below(std::uint64_t n) { return n ? next() % n : 0; }
    /// Standard normal (Box–Muller; one of the pair).
    double normal() {
        const double u = 1 - uniform(), v = uniform();
        return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
    }
    /// Poisson by multiplication (Knuth); for means up to a few hundred.
    std::uint32_t poisson(double mean) {
        const double limit = std::exp(-mean);
        double p = uniform();
        std::uint32_t n = 0;
        while (p > limit) ++n, p *= uniform();
        return n;
    }

  private:
    std::uint64_t state_;
};

}  // namespace asman::simulate
