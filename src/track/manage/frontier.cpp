#include "manage/frontier.hpp"

#include <algorithm>
#include <limits>

namespace asman::track {

namespace {

/// Depths that part the bands, m.
constexpr double kDepths[Rim::kBands - 2] = {-60e3, -40e3, -20e3, -10e3, -5e3, -2e3, 2e3, 5e3, 10e3, 20e3, 40e3, 60e3};
static_assert(kDepths[Rim::kDeep - 1] == 10e3);
constexpr float kNews = 500;         ///< m: what extends traffic by less is not worth telling the neighbours
constexpr double kHeadingPrior = 2;  ///< aircraft that the uniform directions of a band count for
constexpr double kCrossing = 0.7;    ///< share of them on the rim that come in over it
constexpr double kPi = std::numbers::pi;
constexpr float kInside = 1000;     ///< m: where a place lies beyond the rim, the rim is looked for this far beyond it
constexpr float kSteepest = 4;      ///< tangent of half of the sharpest turn of the rim
constexpr float kOtherSide = 0.5F;  ///< cosine of the angle from which on sides are others

}  // namespace

Frontier::Bucket* Frontier::make(const Cube& c, const Eigen::Matrix3d& axes) {
    if (buckets_.size() >= kMaxBuckets) return nullptr;
    index_.add(Places::key(c));
    Bucket& b = buckets_.emplace_back();
    b.middle = middle(c);
    b.east = axes.row(0).cast<float>();
    b.north = axes.row(1).cast<float>();
    b.up = axes.row(2).cast<float>();
    return &b;
}

bool Frontier::extends(Bucket& b, const Eigen::Vector3d& place) {
    const Eigen::Vector2f p = b.local(place);
    return b.own.beyond(p, kNews) && b.own.add(p);
}

void Frontier::widen(Bucket& b, const Eigen::Vector3d& place) {
    const Eigen::Vector2f p = b.local(place);
    b.about.add(p);
    if (b.reach.add(p)) b.sides = Sides(b.reach);
}

void Frontier::forget(double t) {
    if (t - turned_ < kMemory) return;
    turned_ = t;
    for (Bucket& b : buckets_) {
        b.reach = b.about;
        b.sides = Sides(b.reach);
        b.about.clear();
        b.own.clear();
    }
}

const Frontier::Bucket* Frontier::find(const Eigen::Vector3d& place) const {
    const std::uint32_t known = index_.find(Places::key(place, kSize));
    return known == Places::kNone || buckets_[known].reach.empty() ? nullptr : &buckets_[known];
}

Rim Frontier::at(const Eigen::Vector3d& place) const {
    Rim out;
    const Bucket* b = find(place);
    if (b == nullptr) return out;
    const Hull::Depth d = b->sides.depth(b->reach, b->local(place));
    out.band = static_cast<int>(std::upper_bound(std::begin(kDepths), std::end(kDepths), d.depth) - kDepths);
    out.inward = -b->global(d.outward);
    return out;
}

std::size_t Frontier::lines(const Eigen::Vector3d& place, float reach, Lines& out) const {
    const Bucket* b = find(place);
    if (b == nullptr) return 0;
    const Hull& hull = b->reach;
    const Eigen::Vector2f p = b->local(place);
    const Sides::Depths depths = b->sides.depths(p);
    const std::size_t n = hull.size();
    // Of a place beyond it, the rim must lie farther out still: all sides together, until it is inside.
    const float out_by = std::max(0.0F, kInside - depths.minCoeff());
    // How far a side grows at the corner before it, by the turn of the rim there.
    const auto grows = [&](std::size_t i) {
        const Eigen::Vector2f a = b->sides.outward(i > 0 ? i - 1 : n - 1), c = b->sides.outward(i);
        const float sine = a.x() * c.y() - a.y() * c.x(), cosine = a.dot(c);
        return out_by * std::clamp(sine / std::max(1 + cosine, 1e-6F), 0.0F, kSteepest);
    };
    std::size_t count = 0;
    for (std::size_t i = 0; i < n; ++i) {
        if (depths[i] > reach) continue;
        const Hull::Side s = hull.side(i);
        const float foot = s.along.dot(p - s.from), from = -grows(i) - foot,
                    to = s.length + grows(i + 1 < n ? i + 1 : 0) - foot, away = std::max(depths[i] + out_by, 1.0F);
        RimLine& line = out[count++];
        line.depth = depths[i];
        line.inward = -b->global(s.outward());
        line.from = from / std::hypot(from, away);
        line.to = to / std::hypot(to, away);
        line.across = std::numeric_limits<float>::max();
        for (std::size_t k = 0; k < n; ++k)
            if (b->sides.outward(k).dot(s.outward()) < kOtherSide) line.across = std::min(line.across, depths[k]);
    }
    return count;
}

bool Frontier::consistent() const {
    const auto sound = [](const Bucket& b) {
        return b.reach.consistent() && b.own.consistent() && b.about.consistent();
    };
    return index_.size() == buckets_.size() && std::ranges::all_of(buckets_, sound);
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
