#include "manage/crossings.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::track {

namespace {

/// Depths of the rim that are told apart, m: it is known to some hundred metres where traffic has crossed it, and only
/// to lie beyond where none has come near it yet.
constexpr double kEdges[] = {-60e3, -40e3, -30e3, -20e3, -15e3, -10e3, -7e3, -5e3, -4e3, -3e3, -2500,
                             -2000, -1500, -1000, -500,  0,     500,   1000, 1500, 2000, 3000};
constexpr double kAssumed = 3;      ///< aircraft that what is assumed of the rim's depth counts for
constexpr double kNear = 0.5;       ///< probability that traffic has come near the rim already
constexpr double kNearSigma = 800;  ///< m, 1σ of where it lies then
constexpr double kFar = 6000;       ///< m, how far beyond it lies on average otherwise
constexpr double kRateShape = 4;    ///< aircraft that the expected rate counts for
constexpr double kPace = 250;       ///< m, step of integration along the way in
constexpr double kRoot2 = std::numbers::sqrt2, kRootTwoPi = 2.5066282746310002;
/// Of those that cross a line in any direction, the sine of the direction is uniform: cosines of four equal parts.
constexpr double kCosines[] = {0.992, 0.927, 0.781, 0.484};

/// Density at x of a Gaussian of σ `sigma` and an exponential of mean `way` together.
double behind(double x, double sigma, double way) {
    const double late = sigma / way - x / sigma;
    if (late > 8)  // erfc against its exponent: the asymptote of their product
        return std::exp(-0.5 * (x / sigma) * (x / sigma)) / (kRootTwoPi * way * late);
    return 0.5 / way * std::exp(0.5 * sigma * sigma / (way * way) - x / way) * std::erfc(late / kRoot2);
}

}  // namespace

Crossings::Crossings() {
    const auto beyond = [](double d) { return std::exp(std::min(d, 0.0) / kFar); };
    const auto near = [](double d) { return 0.5 * std::erfc(-d / (kNearSigma * kRoot2)); };
    for (int b = 0; b < kBins; ++b) {
        const double low = kEdges[b], high = kEdges[b + 1];
        count_[b] = (1 - kNear) * (beyond(high) - beyond(low)) + kNear * (near(high) - near(low));
        total_ += count_[b];
    }
    for (double& c : count_) c *= kAssumed / total_;
    total_ = kAssumed;
}

Crossings::Density Crossings::density(double depth, double sigma, std::span<const Looks> looks, double from,
                                      double to) const {
    Density out;
    if (depth > kDeepest || depth < kFirst || rate_ <= 0) return out;
    double share[std::size(kCosines)];
    for (std::size_t v = 0; v < std::size(kCosines); ++v) {
        // Sines of the vth part lie between these, to the left or to the right.
        constexpr double kPart = 1.0 / std::size(kCosines);
        const double low = kPart * static_cast<double>(v), high = low + kPart;
        share[v] = (std::max(0.0, std::min(to, high) - std::max(from, low)) +
                    std::max(0.0, std::min(to, -low) - std::max(from, -high))) /
                   (2 * kPart);
    }
    // Backward in time: who has been inside since before k looks has escaped all of them.
    constexpr std::size_t kMost = 16, kEvents = 24;
    double next[kMost], when[kEvents], left[kEvents], rest = 1;
    const std::size_t n = std::min(looks.size(), kMost);
    for (std::size_t i = 0; i < n; ++i) next[i] = looks[i].latest;
    std::size_t events = 0;
    for (; events < kEvents && rest > 0.01 && n > 0; ++events) {
        const auto i = static_cast<std::size_t>(std::min_element(next, next + n) - next);
        when[events] = next[i];
        left[events] = rest;
        rest *= 1 - looks[i].detection;
        next[i] += looks[i].period;
    }
    std::size_t at[std::size(kCosines)] = {};
    double all = 0;
    const double aside = kRoot2 * sigma;
    for (double way = 0.5 * kPace; way < kDeepest; way += kPace) {
        double unseen = 0;
        bool any = false;
        for (std::size_t v = 0; v < std::size(kCosines); ++v) {
            const double speed = speed_ * kCosines[v], age = way / speed;
            while (at[v] < events && when[at[v]] < age) ++at[v];
            if (at[v] == events) continue;
            any = true;
            unseen += share[v] * left[at[v]] / (speed * std::size(kCosines));
        }
        if (!any) break;
        const double x = depth - way;
        out.unseen += kPace * unseen * (0.5 * strip(x) + 0.25 * (strip(x - aside) + strip(x + aside)));
        out.way += unseen * way;
        all += unseen;
    }
    if (all > 0) out.way /= all;
    return out;
}

double Crossings::within(double depth) const {
    const double s = (depth - kFirst) / kStep;
    return s < 0 ? 0 : s >= kSteps ? 1 : within_[static_cast<int>(s)];
}

void Crossings::came(const Crossing& c, double weight) {
    constexpr int kParts = 4;
    came_ += weight;
    const double sigma = std::max(c.sigma, 50.0F), way = std::max(c.way, 100.0F);
    double share[kBins], sum = 0;
    for (int b = 0; b < kBins; ++b) {
        const double low = kEdges[b], part = (kEdges[b + 1] - low) / kParts;
        double likelihood = 0;
        for (int i = 0; i < kParts; ++i) likelihood += behind(c.depth - low - part * (i + 0.5), sigma, way) / kParts;
        share[b] = count_[b] * likelihood;
        sum += share[b];
    }
    if (!(sum > 0)) return;
    for (int b = 0; b < kBins; ++b) count_[b] += weight * share[b] / sum;
    total_ += weight;
}

void Crossings::settle(double watched, double expected, double speed) {
    rate_ = expected > 0 ? (kRateShape + came_) / (kRateShape / expected + watched) : 0;
    if (speed > 0) speed_ = speed;
    int b = 0;
    double sum = 0;
    for (int i = 0; i < kSteps; ++i) {
        const double middle = kFirst + (i + 0.5) * kStep;
        while (b < kBins && middle > kEdges[b + 1]) ++b;
        const double density = b < kBins ? count_[b] / (total_ * (kEdges[b + 1] - kEdges[b])) : 0;
        strip_[i] = rate_ * density;
        sum += density * kStep;
        within_[i] = std::min(sum, 1.0);
    }
}

}  // namespace asman::track
