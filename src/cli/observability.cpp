#include "observability.hpp"

#include <algorithm>
#include <cmath>

namespace asman::cli {
namespace {

constexpr double kMixed = 0.9;  ///< correlation beyond which two errors are hardly told apart
constexpr std::size_t kMostMixed = 10;

Together together(const track::JointRegistration& j, SensorError error) {
    Together out;
    out.error = error;
    std::vector<Eigen::Index> at;
    double prior = 0;
    for (std::size_t i = 0; i < j.rows.size(); ++i)
        if (j.rows[i].error == error) {
            at.push_back(static_cast<Eigen::Index>(i));
            prior += j.rows[i].prior * j.rows[i].prior;
        }
    out.sensors = at.size();
    if (at.empty()) return out;
    const auto n = static_cast<double>(at.size());
    double all = 0, own = 0;
    for (const auto a : at) {
        own += j.covariance(a, a);
        for (const auto b : at) all += j.covariance(a, b);
    }
    out.sigma = std::sqrt(std::max(all, 0.0)) / n;
    out.prior = std::sqrt(prior) / n;
    // Mean square of the difference over all pairs: 2 (n Σ cᵢᵢ − Σ cᵢⱼ) / n (n − 1).
    if (at.size() > 1) out.difference = std::sqrt(std::max(2 * (n * own - all) / (n * (n - 1)), 0.0));
    return out;
}

}  // namespace

std::string_view name(SensorError e) {
    switch (e) {
        case SensorError::range:
            return "range";
        case SensorError::gain:
            return "gain";
        case SensorError::azimuth:
            return "azimuth";
        case SensorError::time:
            return "time";
    }
    return "";
}

Observability observability(const track::JointRegistration& joint) {
    Observability out;
    using enum SensorError;
    for (const auto e : {range, gain, azimuth, time})
        if (const auto t = together(joint, e); t.sensors > 0) out.together.push_back(t);
    for (std::size_t i = 0; i < joint.rows.size(); ++i)
        for (std::size_t k = i + 1; k < joint.rows.size(); ++k) {
            // Errors of one kind hang together by what all share, which is told above.
            if (joint.rows[i].error == joint.rows[k].error) continue;
            const auto a = static_cast<Eigen::Index>(i), b = static_cast<Eigen::Index>(k);
            const double c = joint.covariance(a, b) / std::sqrt(joint.covariance(a, a) * joint.covariance(b, b));
            if (std::abs(c) > kMixed) out.mixed.push_back({joint.rows[i], joint.rows[k], c});
        }
    std::stable_sort(out.mixed.begin(), out.mixed.end(),
                     [](const Mixed& a, const Mixed& b) { return std::abs(a.correlation) > std::abs(b.correlation); });
    if (out.mixed.size() > kMostMixed) out.mixed.resize(kMostMixed);
    return out;
}

}  // namespace asman::cli
