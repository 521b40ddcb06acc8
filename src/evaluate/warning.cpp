#include <asman/evaluate/warning.hpp>

#include "pairs.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace asman::evaluate {
namespace {

/// Instant of entry between two points of a path, the first outside and the second inside.
Time entry(const std::pair<Time, geo::Point>& outside, const std::pair<Time, geo::Point>& inside,
           const geo::Region& region) {
    const auto way = geo::inverse(outside.second, inside.second);
    const double span = (inside.first - outside.first).seconds();
    double low = 0;
    double high = 1;
    while ((high - low) * span > 0.01) {
        const double middle = 0.5 * (low + high);
        const auto p = geo::direct(outside.second, way.azimuth_at_a, middle * way.distance);
        (region.contains(p, true) ? high : low) = middle;
    }
    return outside.first + base::seconds(high * span);
}

/// Where a track is at `now`, from its own time at its own velocity.
geo::Point moved(const picture::Kinematics& k, Time now) {
    const double speed = k.velocity.norm();
    const double dt = (now - k.time).seconds();
    if (speed * std::abs(dt) < 1) return k.at;
    return geo::direct(k.at, std::atan2(k.velocity.x(), k.velocity.y()), speed * dt);
}

double sigma(const Eigen::Matrix4d& covariance, int first) {
    return std::sqrt(std::max(0.0, std::max(covariance(first, first), covariance(first + 1, first + 1))));
}

/// Heights that cannot be of one aircraft. Pressure altitude is off by some hundred metres: it only tells an airliner
/// from a low flyer.
bool heights_agree(const TruthPoint& truth, const picture::Kinematics& k) {
    if (k.geometric_height) {
        return std::abs(k.geometric_height->m - truth.position.height.m) < 1'000 + 3 * k.sigma_geometric_height;
    }
    if (k.pressure_altitude) {
        return std::abs(k.pressure_altitude->m - truth.position.height.m) < 1'500 + 3 * k.sigma_pressure_altitude;
    }
    return true;
}

bool holds(const picture::Kinematics& k, const TruthPoint& truth, Time now, const WarningConfig& config) {
    const double gate = config.gate + 3 * sigma(k.covariance, 0);
    const double speed_gate = config.speed_gate + 3 * sigma(k.covariance, 2);
    return (k.velocity - truth.velocity).norm() <= speed_gate && heights_agree(truth, k) &&
           geo::distance(moved(k, now), truth.position.at) <= gate;
}

/// The clauses of all hops, the originator's first: an onward release is by both sides' leave.
std::string cause_of(const picture::Contribution& c) {
    if (c.via.empty()) return "local";
    if (c.clauses.empty()) return "via " + std::string(c.via.text());
    std::string out;
    for (const auto& clause : c.clauses) out += (out.empty() ? "" : " > ") + clause.text();
    return out;
}

/// Consecutive pictures, and where the first long enough run began.
struct Run {
    std::uint32_t length = 0;
    Time begin;
    std::optional<Time> first;

    void count(Time now, std::uint32_t needed) {
        if (length++ == 0) begin = now;
        if (length >= needed && !first) first = begin;
    }
};

}  // namespace

std::optional<Time> first_crossing(std::span<const std::pair<Time, geo::Point>> points, const geo::Region& region) {
    if (points.empty() || region.contains(points.front().second, true)) return std::nullopt;
    for (std::size_t i = 1; i < points.size(); ++i) {
        if (region.contains(points[i].second, true)) return entry(points[i - 1], points[i], region);
    }
    return std::nullopt;
}

std::optional<double> Warning::seconds() const {
    if (!crossing || !first_held) return std::nullopt;
    return (*crossing - *first_held).seconds();
}

std::optional<double> Warning::seconds_by(const std::string& cause) const {
    const auto it = by_cause.find(cause);
    if (!crossing || it == by_cause.end()) return std::nullopt;
    return (*crossing - it->second).seconds();
}

struct FirstWarning::Impl {
    struct Aircraft {
        std::pair<Time, geo::Point> last;
        bool began_inside = false;
        std::optional<Time> crossing;
        Run held;
        std::map<std::string, Run> causes;
    };
    geo::Region land;
    WarningConfig config;
    std::map<std::string, Aircraft> aircraft;

    void follow(Time now, const TruthPoint& truth) {
        const auto [it, fresh] = aircraft.try_emplace(truth.id);
        auto& a = it->second;
        const std::pair here(now, truth.position.at);
        if (fresh) {
            a.began_inside = land.contains(here.second, true);
        } else if (!a.began_inside && !a.crossing && land.contains(here.second, true)) {
            a.crossing = entry(a.last, here, land);
        }
        a.last = here;
    }
    /// The causes by which the picture holds this aircraft now; empty: it does not.
    std::set<std::string> causes(Time now, const TruthPoint& truth, std::span<const JointTrack* const> near) const {
        std::set<std::string> out;
        for (const auto* j : near) {
            if (!holds(j->fused.kinematics, truth, now, config)) continue;
            out.emplace();  // held, whoever it is thanks to
            for (const auto& c : j->contributions) {
                if (holds(c.track.kinematics, truth, now, config)) out.insert(cause_of(c));
            }
        }
        return out;
    }
};

FirstWarning::FirstWarning(geo::Region land, WarningConfig config) : impl_(std::make_unique<Impl>()) {
    impl_->land = std::move(land);
    impl_->config = config;
}
FirstWarning::~FirstWarning() = default;
FirstWarning::FirstWarning(FirstWarning&&) noexcept = default;
FirstWarning& FirstWarning::operator=(FirstWarning&&) noexcept = default;

void FirstWarning::update(Time now, std::span<const TruthPoint> truth, std::span<const JointTrack> joint) {
    auto& s = *impl_;
    std::vector<geo::Point> truths;
    std::vector<geo::Point> tracks;
    double widest = 0;
    for (const auto& t : truth) truths.push_back(t.position.at);
    for (const auto& j : joint) {
        tracks.push_back(moved(j.fused.kinematics, now));
        widest = std::max(widest, sigma(j.fused.kinematics.covariance, 0));
    }
    const auto pairs = near_pairs(truths, tracks, std::min(s.config.gate + 3 * widest, 50'000.0));
    auto pair = pairs.begin();
    std::vector<const JointTrack*> near;
    for (std::uint32_t i = 0; i < truth.size(); ++i) {
        near.clear();
        for (; pair != pairs.end() && pair->a == i; ++pair) near.push_back(&joint[pair->b]);
        s.follow(now, truth[i]);
        auto& a = s.aircraft[truth[i].id];
        const auto causes = s.causes(now, truth[i], near);
        if (causes.empty()) a.held.length = 0;
        for (auto& [cause, run] : a.causes) {
            if (!causes.contains(cause)) run.length = 0;
        }
        for (const auto& cause : causes) (cause.empty() ? a.held : a.causes[cause]).count(now, s.config.updates);
    }
}

std::vector<Warning> FirstWarning::result() const {
    std::vector<Warning> out;
    for (const auto& [id, a] : impl_->aircraft) {
        auto& w = out.emplace_back();
        w.id = id;
        w.crossing = a.crossing;
        w.first_held = a.held.first;
        for (const auto& [cause, run] : a.causes) {
            if (run.first) w.by_cause[cause] = *run.first;
        }
    }
    return out;
}

}  // namespace asman::evaluate
