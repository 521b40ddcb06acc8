#include <asman/evaluate/quality.hpp>

#include <asman/base/assignment.hpp>

#include "pairs.hpp"

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <set>

namespace asman::evaluate {
namespace {

constexpr std::uint64_t none = ~std::uint64_t{0};

geo::Point moved(const picture::Kinematics& k, Time now) {
    const double speed = k.velocity.norm();
    const double dt = (now - k.time).seconds();
    if (speed * std::abs(dt) < 1e-3) return k.at;
    return geo::direct(k.at, std::atan2(k.velocity.x(), k.velocity.y()), speed * dt);
}

}  // namespace

struct QualityMeter::Impl {
    struct Aircraft {
        std::uint64_t in_view = 0, matched = 0, runs = 0;
        std::uint64_t track = none;       ///< matched in the latest picture
        std::uint64_t last_track = none;  ///< matched last
    };
    QualityConfig config;
    Quality sums;  ///< rmse and nees hold sums, gospa the sum of squares
    std::map<std::string, Aircraft> aircraft;
    std::map<std::uint64_t, std::string> owner;  ///< the truth that a track number was last matched to

    void match(Aircraft& a, const std::string& id, std::uint64_t number) {
        ++a.matched;
        if (a.track != number) {
            ++a.runs;
            if (a.last_track != none) ++sums.breaks;
            const auto before = owner.find(number);
            if (before != owner.end() && before->second != id) ++sums.swaps;
        }
        a.track = a.last_track = number;
        owner[number] = id;
    }
    void measure(const TruthPoint& truth, const picture::Kinematics& k, geo::Point at) {
        const geo::LocalFrame frame(geo::Position{truth.position.at, {0}});
        const Eigen::Vector2d error = frame.to_local(geo::Position{at, {0}}).head<2>();
        sums.rmse_position += error.squaredNorm();
        sums.rmse_velocity += (k.velocity - truth.velocity).squaredNorm();
        const Eigen::Matrix2d p = k.covariance.topLeftCorner<2, 2>();
        if (p.determinant() > 0) sums.nees += error.dot(p.inverse() * error);
    }
};

QualityMeter::QualityMeter(QualityConfig config) : impl_(std::make_unique<Impl>()) {
    impl_->config = config;
}
QualityMeter::~QualityMeter() = default;
QualityMeter::QualityMeter(QualityMeter&&) noexcept = default;
QualityMeter& QualityMeter::operator=(QualityMeter&&) noexcept = default;

void QualityMeter::update(Time now, std::span<const TruthPoint> truth, std::span<const picture::Track> tracks) {
    auto& s = *impl_;
    std::vector<geo::Point> truths;
    std::vector<geo::Point> estimates;
    for (const auto& t : truth) truths.push_back(t.position.at);
    for (const auto& t : tracks) estimates.push_back(moved(t.kinematics, now));

    const double gate = s.config.gate;
    std::vector<base::PossiblePair> possible;
    for (const auto& p : near_pairs(truths, estimates, gate)) {
        const auto known = s.aircraft.find(truth[p.a].id);
        const bool before = known != s.aircraft.end() && known->second.track == tracks[p.b].number;
        // More pairs before nearer ones, and the pair of the picture before unless another is much nearer.
        possible.push_back({p.a, p.b, 2 - p.metres * p.metres / (gate * gate) + (before ? 0.5 : 0)});
    }
    const auto found = base::best_assignment(static_cast<std::uint32_t>(truth.size()),
                                             static_cast<std::uint32_t>(tracks.size()), possible);
    ++s.sums.pictures;
    s.sums.truth_points += truth.size();
    s.sums.track_points += tracks.size();
    std::set<std::string> present;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        auto& a = s.aircraft[truth[i].id];
        present.insert(truth[i].id);
        ++a.in_view;
        if (found[i] == base::unassigned) {
            a.track = none;
            continue;
        }
        ++s.sums.matched;
        s.match(a, truth[i].id, tracks[found[i]].number);
        s.measure(truth[i], tracks[found[i]].kinematics, estimates[found[i]]);
    }
    for (auto& [id, a] : s.aircraft) {
        if (!present.contains(id)) a.track = none;
    }
    const double g = gospa(truths, estimates, s.config.gospa_cut);
    s.sums.gospa += g * g;
}

Quality QualityMeter::result() const {
    Quality out = impl_->sums;
    const auto mean = [](double sum, std::uint64_t n) { return n ? sum / static_cast<double>(n) : 0; };
    out.rmse_position = std::sqrt(mean(out.rmse_position, out.matched));
    out.rmse_velocity = std::sqrt(mean(out.rmse_velocity, out.matched));
    out.nees = mean(out.nees, out.matched);
    out.gospa = std::sqrt(mean(out.gospa, out.pictures));
    out.truths = impl_->aircraft.size();
    double unbroken = 0;
    for (const auto& [id, a] : impl_->aircraft) {
        if (a.matched == 0) continue;
        ++out.truths_ever_held;
        unbroken += static_cast<double>(a.matched) / static_cast<double>(a.runs * a.in_view);
    }
    out.continuity = mean(unbroken, out.truths);
    return out;
}

double gospa(std::span<const geo::Point> truth, std::span<const geo::Point> estimate, double c) {
    std::vector<base::PossiblePair> possible;
    const auto pairs = near_pairs(truth, estimate, c);
    for (const auto& p : pairs) possible.push_back({p.a, p.b, c * c - p.metres * p.metres});
    const auto found = base::best_assignment(static_cast<std::uint32_t>(truth.size()),
                                             static_cast<std::uint32_t>(estimate.size()), possible);
    // With α = 2 each point left over costs c²/2, and matching a pair saves c² − d².
    double sum = c * c / 2 * static_cast<double>(truth.size() + estimate.size());
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (found[pairs[i].a] == pairs[i].b) sum -= possible[i].score;
    }
    return std::sqrt(std::max(0.0, sum));
}

}  // namespace asman::evaluate
