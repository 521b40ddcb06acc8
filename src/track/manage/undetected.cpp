#include "manage/undetected.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::track {

namespace {

constexpr std::size_t kMaxCells = 400'000;
constexpr double kCellShape = 0.25;    ///< Gamma shape of a cell's rate about the rate everywhere
constexpr double kDeepCellShape = 1;   ///< and about that of its band
constexpr double kBandShape = 0.5;     ///< of a band's about the rate everywhere
constexpr double kProof = 20;          ///< s until one that has begun has proved real: before, nothing is known of it
constexpr double kDoubt = 0.01;        ///< share of the weight of accounts that is spread anew with every beginning
constexpr std::int64_t kTenths = 100;  ///< of a second, in which every cell is probed once
constexpr double kGlobalShape = 4;     ///< and of the latter about the configured one
constexpr double kTrafficShape = 2;    ///< aircraft that the configured density counts for
constexpr double kEndWeight = 1;       ///< tracks end where tracks begin: at airfields, horizons and edges of coverage
constexpr double kCompanions = 0.3, kCompanionTracks = 30;  ///< one aircraft in a hundred has another beside it
/// Passes after which a companion that can be seen has been; share of companions that hide in the other's plots.
constexpr double kCompanionPasses = 4, kHiddenCompanion = 0.2;
constexpr double kSpeedPrior = 30;  ///< tracks that the prior of speeds counts for

}  // namespace

Undetected::Cell* Undetected::make(std::uint64_t key, double t, double area) {
    if (cells_.size() >= kMaxCells) return nullptr;
    index_.add(key);
    Cell& c = cells_.emplace_back();
    c.key = key;
    c.since = c.probed = t;
    c.area = area;
    area_ += area;
    area_since_ += area * t;
    return &c;
}

const Undetected::Cell* Undetected::find(const Eigen::Vector3d& place) const {
    const std::uint32_t known = index_.find(key(place));
    return known == Places::kNone ? nullptr : &cells_[known];
}

Undetected::Cell* Undetected::find(const Eigen::Vector3d& place) {
    const std::uint32_t known = index_.find(key(place));
    return known == Places::kNone ? nullptr : &cells_[known];
}

double Undetected::everywhere(double t) const {
    const double exposure = std::max(0.0, (t - kProof) * area_ - area_since_);  // m² s
    return (kGlobalShape + began_) / (kGlobalShape / prior_rate_ + exposure);
}

std::array<double, Undetected::kAccounts> Undetected::accounts(const Cell* cell, int band, double t) const {
    const double all = everywhere(t),
                 deep = (kBandShape + in_band_[band]) / (kBandShape / all + (1 + kEndWeight) * band_exposure_[band]);
    if (cell == nullptr) return {all, deep, all, deep};
    const double exposure = (1 + kEndWeight) * cell->area * std::max(0.0, t - kProof - cell->since),
                 seen = cell->began + kEndWeight * cell->ended;
    return {all, deep, (kCellShape + seen) / (kCellShape / all + exposure),
            (kDeepCellShape + seen) / (kDeepCellShape / deep + exposure)};
}

double Undetected::rate(const Cell* cell, int band, double t) const {
    const auto rates = accounts(cell, band, t);
    double out = 0;
    for (std::size_t i = 0; i < kAccounts; ++i) out += weight_[i] * rates[i];
    return out;
}

Undetected::Density Undetected::density(double rate, std::span<const Looks> looks) const {
    constexpr std::size_t kMost = 16;
    double next[kMost], left = 1, born = 0, at = 0, old = initial_;
    const std::size_t n = std::min(looks.size(), kMost);
    for (std::size_t i = 0; i < n; ++i) {
        next[i] = looks[i].latest;
        const double seen = std::floor((looks[i].since - looks[i].latest) / looks[i].period + 1e-6) + 1;
        if (seen > 0) old *= std::pow(1 - looks[i].detection, std::min(seen, 60.0));
    }
    // Backward in time: who was born before k looks has escaped all of them.
    for (int event = 0; event < 24 && left > 0.01 && n > 0; ++event) {
        const auto i = static_cast<std::size_t>(std::min_element(next, next + n) - next);
        born += left * (next[i] - at);
        at = next[i];
        left *= 1 - looks[i].detection;
        next[i] += looks[i].period;
    }
    return {rate * born, old};
}

void Undetected::began(const Eigen::Vector3d& place, int band, double weight, double now) {
    Cell* c = find(place);
    const auto rates = accounts(c, band, now);
    double total = 0;
    for (std::size_t i = 0; i < kAccounts; ++i) total += weight_[i] *= std::pow(rates[i] / rates[0], weight);
    for (double& w : weight_) w = (1 - kDoubt) * w / total + kDoubt / kAccounts;
    began_ += weight;
    in_band_[band] += weight;
    if (c != nullptr) c->began += static_cast<float>(weight);
}

void Undetected::ended(const Eigen::Vector3d& place, int band) {
    in_band_[band] += kEndWeight;
    if (Cell* c = find(place)) c->ended += 1;
}

/// A round of probes is over. Aircraft that fly in all directions, ρ a square metre at speed v, cross a line at ρ v / π
/// a metre and second from either side: what to expect of the rim before anything is learnt there.
void Undetected::turn(double now) {
    ++round_;
    if (now > turned_ && flight_ > 0) {
        // Few aircraft tell little of how dense traffic is: what is assumed counts for some.
        const double flying = flight_ / (now - turned_), assumed = kTrafficShape / initial_;
        crossing_ = (kTrafficShape + flying) / (assumed + inside_) * flown_ / flight_ / std::numbers::pi;
    }
    if (flight_ > 0) mean_speed_ = flown_ / flight_;
    flown_ = flight_ = inside_ = 0;
    turned_ = now;
    for (int b = 0; b < Rim::kBands; ++b) {
        band_exposure_[b] += recent_[kRounds - 1][b];
        for (int r = kRounds - 1; r > 0; --r) recent_[r][b] = recent_[r - 1][b];
        recent_[0][b] = 0;
    }
}

void Undetected::probe(const Frontier& frontier, double now) {
    // Every cell has its turn by the clock: how many others there are, elsewhere, changes nothing of it.
    const auto tenth = static_cast<std::int64_t>(std::floor(10 * now + 1e-6));
    for (std::int64_t k = std::max(next_, tenth - kTenths + 1); k <= tenth; ++k) {
        if (k % kTenths == 0) turn(now);
        probe_share(frontier, static_cast<std::size_t>(k % kTenths), now);
    }
    next_ = std::max(next_, tenth + 1);
}

void Undetected::probe_share(const Frontier& frontier, std::size_t first, double now) {
    for (std::size_t i = first; i < cells_.size(); i += kTenths) {
        Cell& c = cells_[i];
        // Places that fill the cell evenly, one a round (additive recurrence; Roberts 2018).
        const auto r = static_cast<double>(round_ + 1);
        const Eigen::Vector3d at(0.8191725134 * r, 0.6710436067 * r, 0.5497004779 * r);
        const Rim rim = frontier.at(Places::corner(c.key, kSize) + kSize * (at - at.array().floor().matrix()));
        recent_[0][rim.band] += c.area * (now - c.probed);
        if (rim.band >= Rim::kEdge && rim.band != Rim::kUnknown) inside_ += c.area;
        c.probed = now;
    }
}

bool Undetected::consistent() const {
    return index_.size() == cells_.size();
}

void Undetected::forget_watchers() {
    for (Cell& c : cells_) c.listed = false;
}

double Companions::unseen(double passes) const {
    const double share = (kCompanions + beside_) / (kCompanionTracks + tracks_);
    return share * (kHiddenCompanion + (1 - kHiddenCompanion) * std::exp(-passes / kCompanionPasses));
}

Speeds::Speeds(double sigma) : sigma_(sigma) {
    // Anything from a helicopter to a fast jet; most fly between 60 and 280 m/s.
    for (int i = 0; i < kBins; ++i) {
        const double v = (i + 0.5) * kWidth;
        const double usual = v < 60 ? 0.25 * v / 60 : v < 280 ? 1 : std::exp(-(v - 280) / 60);
        count_[i] = usual + 0.02 * std::min(1.0, std::exp((450 - v) / 100));
        total_ += count_[i];
    }
    for (double& c : count_) c *= kSpeedPrior / total_;
    total_ = kSpeedPrior;
    settle();
}

void Speeds::learn(double speed, double weight) {
    const int at = static_cast<int>(speed / kWidth);
    // Two bins to either side: the histogram stays smooth.
    for (int i = -2; i <= 2; ++i) {
        if (at + i < 0 || at + i >= kBins) continue;
        const double w = weight * (3 - std::abs(i)) / 9.0;
        count_[at + i] += w;
        total_ += w;
    }
}

void Speeds::settle() {
    constexpr double kMost = 3000;  // tracks remembered
    if (total_ > kMost) {
        for (double& c : count_) c *= kMost / total_;
        total_ = kMost;
    }
    const double s2 = sigma_ * sigma_;
    for (int i = 0; i <= kBins; ++i) {
        const double v = std::max(i * kWidth, 2.0);
        const double low = count_[std::max(i - 1, 0)], high = count_[std::min(i, kBins - 1)];
        const double density = 0.5 * (low + high) / (total_ * kWidth);
        ratio_[i] = density * s2 / v * std::exp(0.5 * v * v / s2);
    }
}

double Speeds::factor(double vx, double vy, double p00, double p01, double p11, const Bound& bound) const {
    // Gauss–Hermite, five points an axis of the covariance's Cholesky factor.
    constexpr double kAt[5] = {-2.8569700, -1.3556262, 0, 1.3556262, 2.8569700};
    constexpr double kWeight[5] = {0.011257411, 0.22207592, 0.53333333, 0.22207592, 0.011257411};
    const double l00 = std::sqrt(std::max(p00, 1e-9)), l10 = p01 / l00, l11 = std::sqrt(std::max(p11 - l10 * l10, 0.0));
    double sum = 0;
    for (int i = 0; i < 5; ++i) {
        const double x = vx + l00 * kAt[i], y0 = vy + l10 * kAt[i];
        for (int j = 0; j < 5; ++j) {
            const double y = y0 + l11 * kAt[j], speed = std::sqrt(x * x + y * y), s = speed / kWidth;
            const int b = std::min(static_cast<int>(s), kBins - 1);
            const double f = std::min(s - b, 1.0);
            double ratio = ratio_[b] + f * (ratio_[b + 1] - ratio_[b]);
            if (bound.share > 0) {
                const double cosine = std::clamp((x * bound.x + y * bound.y) / std::max(speed, 1e-3), -1.0, 1.0);
                ratio *= 1 - bound.share + bound.share * bound.headings->ratio(bound.band, cosine);
            }
            sum += kWeight[i] * kWeight[j] * ratio;
        }
    }
    return sum;
}

}  // namespace asman::track
