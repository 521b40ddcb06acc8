#include "associate/clutter.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::track {

namespace {

constexpr int kMaxSide = 96;
constexpr double kRingShape =
    10;                           ///< plots that the level everywhere counts for in a ring, the declared one everywhere
constexpr double kCellShape = 8;  ///< how alike background cells are: Gamma shape; the product below is for 8
constexpr double kPatchRatio = 15;    ///< mean density of a patch over the background's (exponential)
constexpr double kPatchShare = 0.03;  ///< share of the sky that patches cover

}  // namespace

ClutterMap::ClutterMap(double per_scan, double max_range, double period, double scans)
    : period_(std::max(period, 0.1)), memory_(scans * std::max(period, 0.1)) {
    const double range = std::clamp(max_range, 1e4, 6e5);
    base_ = std::max(per_scan, 0.1) / (std::numbers::pi * range * range);
    cell_ = std::max(5000.0, 2 * range / (kMaxSide - 2));
    range_ = range;
    half_ = static_cast<int>(range / cell_) + 2;
    side_ = 2 * half_;
    count_.assign(static_cast<std::size_t>(side_) * side_, 0.0F);
    for (int r = 0; r < kRings; ++r) ring_area_[r] = std::numbers::pi * (2 * r + 1) * range * range / (kRings * kRings);
}

ClutterMap::Place ClutterMap::place(double east, double north) const {
    const int i = static_cast<int>(std::floor(east / cell_)) + half_,
              j = static_cast<int>(std::floor(north / cell_)) + half_;
    Place p;
    p.ring = std::min(static_cast<int>(kRings * std::sqrt(east * east + north * north) / range_), kRings - 1);
    if (i >= 1 && j >= 1 && i < side_ - 1 && j < side_ - 1) p.cell = j * side_ + i;
    return p;
}

void ClutterMap::age(double t) {
    if (!started_) {
        started_ = true;
        start_ = origin_ = t;
    }
    if (t - origin_ < 20 * memory_) return;
    const auto factor = static_cast<float>(std::exp(-(t - origin_) / memory_));
    for (auto& c : count_) c *= factor;
    for (auto& c : ring_count_) c *= static_cast<double>(factor);
    origin_ = t;
}

void ClutterMap::add(double east, double north, double t, double weight) {
    age(t);
    const Place p = place(east, north);
    if (p.cell < 0) return;
    fade_ = std::exp(-(t - origin_) / memory_);
    const double now = weight / fade_;
    ring_count_[p.ring] += background_share(p, t) * now;
    count_[p.cell] += static_cast<float>(now);
}

void ClutterMap::withdraw(double east, double north, double t, double weight) {
    const Place p = place(east, north);
    if (p.cell < 0) return;
    const double then = weight * std::exp((t - origin_) / memory_);
    ring_count_[p.ring] = std::max(ring_count_[p.ring] - background_share(p, t) * then, 0.0);
    count_[p.cell] = std::max(count_[p.cell] - static_cast<float>(then), 0.0F);
}

double ClutterMap::background_share(const Place& p, double t) {
    const double scans = memory_ / period_ * (1 - std::exp(-(t - start_) / memory_));
    return std::min(1.0, background(p.ring, scans) / density_at(p, t));
}

double ClutterMap::background(int ring, double scans) const {
    double all = 0, area = 0;
    for (int r = 0; r < kRings; ++r) {
        all += ring_count_[r];
        area += ring_area_[r];
    }
    const double level = (kRingShape + all * fade_) / (kRingShape / base_ + area * scans);
    return (kRingShape + ring_count_[ring] * fade_) / (kRingShape / level + ring_area_[ring] * scans);
}

double ClutterMap::density_at(const Place& p, double t) {
    const double scans = memory_ / period_ * (1 - std::exp(-(t - start_) / memory_));
    const double usual = background(p.ring, scans);
    if (p.cell < 0) return usual;
    double n = 0;
    for (int d = -1; d <= 1; ++d)
        for (int e = -1; e <= 1; ++e) n += count_[p.cell + d * side_ + e];
    n *= fade_;
    const double m = usual * 9 * cell_ * cell_ * scans;  // expected of background
    if (m < 1e-9) return usual;
    // Negative binomials of both models; Γ(8 + n) / (7! Γ(1 + n)) is a product.
    double choose = 1;
    for (int k = 1; k < 8; ++k) choose *= 1 + n / k;
    constexpr double b = 1 / kPatchRatio;
    const double odds = (1 - kPatchShare) / kPatchShare * choose * std::pow(kCellShape / (kCellShape + m), kCellShape) *
                        (1 + m / b) * std::pow((b + m) / (kCellShape + m), n);
    const double plain = odds / (1 + odds);
    return usual * (plain * (kCellShape + n) / (kCellShape + m) + (1 - plain) * (1 + n) / (b + m));
}

double ClutterMap::density(double east, double north, double t) {
    age(t);
    fade_ = std::exp(-(t - origin_) / memory_);
    return density_at(place(east, north), t);
}

}  // namespace asman::track
