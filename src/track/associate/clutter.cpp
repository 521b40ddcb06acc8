#include "associate/clutter.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::track {

namespace {

constexpr double kPriorScans = 2;  ///< weight of the declared rate, in scans seen
constexpr int kMaxSide = 96;

}  // namespace

ClutterMap::ClutterMap(double per_scan, double max_range, double period, double scans)
    : period_(std::max(period, 0.1)), memory_(scans * std::max(period, 0.1)) {
    const double range = std::clamp(max_range, 1e4, 6e5);
    base_ = std::max(per_scan, 0.1) / (std::numbers::pi * range * range);
    cell_ = std::max(5000.0, 2 * range / (kMaxSide - 2));
    half_ = static_cast<int>(range / cell_) + 2;
    side_ = 2 * half_;
    count_.assign(static_cast<std::size_t>(side_) * side_, 0.0F);
}

int ClutterMap::index(double east, double north) const {
    const int i = static_cast<int>(std::floor(east / cell_)) + half_,
              j = static_cast<int>(std::floor(north / cell_)) + half_;
    if (i < 1 || j < 1 || i >= side_ - 1 || j >= side_ - 1) return -1;
    return j * side_ + i;
}

void ClutterMap::age(double t) {
    if (!started_) {
        started_ = true;
        start_ = origin_ = t;
    }
    if (t - origin_ < 20 * memory_) return;
    const auto factor = static_cast<float>(std::exp(-(t - origin_) / memory_));
    for (auto& c : count_) c *= factor;
    origin_ = t;
}

void ClutterMap::add(double east, double north, double t, double weight) {
    age(t);
    if (const int k = index(east, north); k >= 0)
        count_[k] += static_cast<float>(weight * std::exp((t - origin_) / memory_));
}

double ClutterMap::density(double east, double north, double t) {
    age(t);
    const int k = index(east, north);
    if (k < 0) return base_;
    double n = 0;
    for (int d = -1; d <= 1; ++d)
        for (int e = -1; e <= 1; ++e) n += count_[k + d * side_ + e];
    n *= std::exp(-(t - origin_) / memory_);
    const double scans = memory_ / period_ * (1 - std::exp(-(t - start_) / memory_)), area = 9 * cell_ * cell_;
    return (base_ * area * kPriorScans + n) / ((kPriorScans + scans) * area);
}

}  // namespace asman::track
