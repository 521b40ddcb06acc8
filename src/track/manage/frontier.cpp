#include "manage/frontier.hpp"

#include <algorithm>

namespace asman::track {

namespace {

/// Depths that part the bands, m.
constexpr double kDepths[Rim::kBands - 2] = {-60e3, -40e3, -20e3, -10e3, -5e3, -2e3, 2e3, 5e3, 10e3, 20e3, 40e3, 60e3};
constexpr float kNews = 500;         ///< m: what extends traffic by less is not worth telling the neighbours
constexpr double kHeadingPrior = 2;  ///< aircraft that the uniform directions of a band count for
constexpr double kCrossing = 0.7;    ///< share of them on the rim that come in over it
constexpr double kPi = std::numbers::pi;

struct Ways {
    float x[16], y[16];
    Ways() {
        for (int i = 0; i < 16; ++i) {
            x[i] = static_cast<float>(std::cos(i * kPi / 8));
            y[i] = static_cast<float>(std::sin(i * kPi / 8));
        }
    }
};
const Ways kWay;

}  // namespace

Frontier::Bucket* Frontier::make(const Cube& c, const Eigen::Matrix3d& axes) {
    if (buckets_.size() >= kMaxBuckets) return nullptr;
    index_.add(Places::key(c));
    Bucket& b = buckets_.emplace_back();
    b.middle = middle(c);
    b.east = axes.row(0).cast<float>();
    b.north = axes.row(1).cast<float>();
    b.up = axes.row(2).cast<float>();
    for (Support* support : {&b.reach, &b.own, &b.about, &b.before}) support->fill(kNone);
    return &b;
}

bool Frontier::extends(Bucket& b, const Eigen::Vector3d& place) {
    const Eigen::Vector3f d = (place - b.middle).cast<float>();
    const float x = b.east.dot(d), y = b.north.dot(d);
    bool news = false;
    for (std::size_t i = 0; i < kWays; ++i) news |= kWay.x[i] * x + kWay.y[i] * y > b.own[i] + kNews;
    if (news)
        for (std::size_t i = 0; i < kWays; ++i) b.own[i] = std::max(b.own[i], kWay.x[i] * x + kWay.y[i] * y);
    return news;
}

void Frontier::widen(Bucket& b, const Eigen::Vector3d& place) {
    const Eigen::Vector3f d = (place - b.middle).cast<float>();
    const float x = b.east.dot(d), y = b.north.dot(d);
    for (std::size_t i = 0; i < kWays; ++i) {
        b.about[i] = std::max(b.about[i], kWay.x[i] * x + kWay.y[i] * y);
        b.reach[i] = std::max(b.reach[i], b.about[i]);
    }
}

void Frontier::forget(double t) {
    if (t - turned_ < kMemory) return;
    turned_ = t;
    for (Bucket& b : buckets_) {
        b.reach = b.before = b.about;
        b.about.fill(kNone);
        b.own.fill(kNone);
    }
}

Rim Frontier::at(const Eigen::Vector3d& place, Depths& depths) const {
    Rim out;
    const std::uint32_t known = index_.find(Places::key(place, kSize));
    if (known == Places::kNone) return out;
    const Bucket& b = buckets_[known];
    const Eigen::Vector3f d = (place - b.middle).cast<float>();
    const float x = b.east.dot(d), y = b.north.dot(d);
    for (std::size_t i = 0; i < kWays; ++i) depths[i] = b.reach[i] - (kWay.x[i] * x + kWay.y[i] * y);
    const auto least = static_cast<std::size_t>(std::ranges::min_element(depths) - depths.begin());
    if (depths[least] < 0.5F * kNone) return out;
    out.band = static_cast<int>(std::upper_bound(std::begin(kDepths), std::end(kDepths), depths[least]) - kDepths);
    out.inward = -(kWay.x[least] * b.east + kWay.y[least] * b.north);
    return out;
}

Rim Frontier::at(const Eigen::Vector3d& place) const {
    Depths depths;
    return at(place, depths);
}

Eigen::Vector3f Frontier::inward(const Eigen::Vector3d& place, std::size_t way) const {
    const std::uint32_t known = index_.find(Places::key(place, kSize));
    if (known == Places::kNone) return Eigen::Vector3f::Zero();
    const Bucket& b = buckets_[known];
    return -(kWay.x[way] * b.east + kWay.y[way] * b.north);
}

bool Frontier::consistent() const {
    return index_.size() == buckets_.size();
}

Headings::Headings() {
    for (int band = 0; band < Rim::kBands; ++band)
        for (int i = 0; i < kBins; ++i) {
            // Who crosses a line in any direction crosses it as the cosine.
            const double crossing =
                std::sin(std::min((i + 1.0) / kBins, 0.5) * kPi) - std::sin(std::min(1.0 * i / kBins, 0.5) * kPi);
            const double share = band == Rim::kEdge ? kCrossing : 0;
            count_[band][i] = kHeadingPrior * (share * crossing + (1 - share) / kBins);
        }
    settle();
}

void Headings::learn(int band, double cosine, double weight) {
    const int bin = std::min(static_cast<int>(std::acos(std::clamp(cosine, -1.0, 1.0)) / kPi * kBins), kBins - 1);
    count_[band][bin] += weight;
}

void Headings::settle() {
    for (int band = 0; band < Rim::kBands; ++band) {
        double total = 0;
        for (const double c : count_[band]) total += c;
        for (int i = 0; i <= kSteps; ++i) {
            // Between the middles of the bins, by angle.
            const double at = std::acos(2.0 * i / kSteps - 1) / kPi * kBins - 0.5;
            const int low = std::clamp(static_cast<int>(std::floor(at)), 0, kBins - 1),
                      high = std::min(low + 1, kBins - 1);
            const double f = std::clamp(at - low, 0.0, 1.0);
            ratio_[band][i] = kBins * ((1 - f) * count_[band][low] + f * count_[band][high]) / total;
        }
    }
}

}  // namespace asman::track
