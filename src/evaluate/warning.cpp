#include <asman/evaluate/warning.hpp>

#include <cmath>
#include <set>

namespace asman::evaluate {

std::optional<double> Warning::first_warning_s() const {
    if (!crossing || !first) return std::nullopt;
    return (*crossing - *first).seconds();
}

std::optional<double> Warning::by_cause_s(const std::string& cause) const {
    const auto it = first_by_cause.find(cause);
    if (!crossing || it == first_by_cause.end()) return std::nullopt;
    return (*crossing - it->second).seconds();
}

std::string cause_of(const picture::Contribution& c) {
    if (c.clauses.empty()) return "own";
    std::string out(c.originator.text());
    if (!c.via.empty() && c.via != c.originator) out += " via " + std::string(c.via.text());
    for (std::size_t i = 0; i < c.clauses.size(); ++i) out += (i == 0 ? ": " : " + ") + c.clauses[i].text();
    return out;
}

void WarningWatch::Run::see(bool held, base::Time now, unsigned needed) {
    in_a_row = held ? in_a_row + 1 : 0;
    if (in_a_row == needed && !first) first = now;
}

/// Linear prediction over the second or two between a contribution's own time and now.
bool WarningWatch::near(const picture::Track& track, base::Time now, const TruePosition& truth) const {
    const auto& k = track.kinematics;
    const geo::LocalFrame frame(truth.position);
    const double dt = (now - k.time).seconds();
    if (std::abs(dt) > 60) return false;
    const auto at = frame.to_local(geo::Position{k.at, truth.position.height});
    const Eigen::Vector2d off = at.head<2>() + k.velocity * dt;
    return off.norm() <= rules_.gate && (k.velocity - truth.velocity).norm() <= rules_.velocity_gate;
}

void WarningWatch::observe(base::Time now, std::span<const picture::JointTrack> joint,
                           std::span<const TruePosition> truth) {
    for (const auto& t : truth) {
        auto& c = cases_[t.id];
        bool held = false;
        std::set<std::string> causes;
        for (const auto& track : joint) {
            // The aircraft has no transponder: a track that answers is somebody else's.
            if (!track.fused.confirmed || !track.fused.primary_only || !near(track.fused, now, t)) continue;
            held = true;
            for (const auto& contribution : track.contributions)
                if (near(contribution.track, now, t)) causes.insert(cause_of(contribution));
        }
        c.all.see(held, now, rules_.observations);
        for (const auto& cause : causes) c.causes.try_emplace(cause);
        for (auto& [cause, run] : c.causes) run.see(causes.contains(cause), now, rules_.observations);
        if (c.all.first) {
            ++c.observations;
            c.held += held;
        }
    }
}

std::vector<Warning> WarningWatch::result(const std::map<std::string, std::optional<base::Time>>& crossings) const {
    std::vector<Warning> out;
    for (const auto& [id, crossing] : crossings) {
        Warning w;
        w.id = id;
        w.crossing = crossing;
        if (const auto it = cases_.find(id); it != cases_.end()) {
            const auto& c = it->second;
            w.first = c.all.first;
            for (const auto& [cause, run] : c.causes)
                if (run.first) w.first_by_cause[cause] = *run.first;
            w.continuity = c.observations ? static_cast<double>(c.held) / static_cast<double>(c.observations) : 0;
        }
        out.push_back(std::move(w));
    }
    return out;
}

}  // namespace asman::evaluate
