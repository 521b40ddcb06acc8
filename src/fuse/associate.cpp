#include "associate.hpp"

#include <asman/base/assignment.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

namespace asman::fuse {
namespace {

constexpr double cell = 20'000;  ///< metres: no two tracks further apart than a cell are compared

/// The cube of space that holds a point, and its 26 neighbours.
struct Cell {
    std::int64_t x, y, z;
    explicit Cell(const geo::Ecef& p)
        : x(std::llround(std::floor(p.x() / cell))),
          y(std::llround(std::floor(p.y() / cell))),
          z(std::llround(std::floor(p.z() / cell))) {}
    std::int64_t packed(std::int64_t dx = 0, std::int64_t dy = 0, std::int64_t dz = 0) const {
        return ((x + dx + 1024) << 22) + ((y + dy + 1024) << 11) + (z + dz + 1024);
    }
};

/// A group in the making, with what later sources are compared with.
struct Cluster {
    Group group;
    geo::LocalFrame frame;
    geo::Ecef at;  ///< of the estimate
    Estimate estimate;
    Track view;  ///< heights and identity so far
    std::set<State> counted;
};

struct Item {
    const Contribution* contribution;
    const Bond* bond;
    Track view;  ///< predicted
    geo::Ecef at;
    double spread;  ///< sum of the position's variances
};

void fill_identity(picture::ReportedIdentity& to, const picture::ReportedIdentity& from) {
    if (!to.address) to.address = from.address;
    if (!to.mode_3a) {
        to.mode_3a = from.mode_3a;
        to.mode_3a_valid = from.mode_3a_valid;
    }
    if (to.callsign.empty()) to.callsign = from.callsign;
}

class Association {
  public:
    Association(const std::map<Key, Bond>& bonds, State own, Time now, const Config& config)
        : bonds_(bonds), own_(own), now_(now), config_(config) {}

    void take_source(std::span<const Contribution* const> source) {
        std::vector<Item> items;
        for (const auto* c : source) items.push_back(item(*c));
        const auto assigned = base::best_assignment(static_cast<std::uint32_t>(items.size()),
                                                    static_cast<std::uint32_t>(clusters_.size()), possible(items));
        const bool returned = source.front()->originator == own_ && !source.front()->via.empty();
        for (std::size_t i = 0; i < items.size(); ++i) {
            if (assigned[i] != base::unassigned) {
                join(clusters_[assigned[i]], items[i]);
            } else if (!returned) {
                found(items[i]);
            }
        }
    }

    std::vector<Group> groups() {
        give_numbers();
        std::vector<Group> out;
        for (auto& c : clusters_) out.push_back(std::move(c.group));
        return out;
    }

  private:
    Item item(const Contribution& c) const {
        Item out{&c, bond(c), {}, {}, 0};
        out.view.identity = c.track.identity;
        out.view.simulated = c.track.simulated;
        auto k = c.track.kinematics;
        k.covariance = with_cell(k.covariance, c.coarsening.grid);
        out.view.kinematics = predict(k, now_, config_.acceleration_density);
        out.at = geo::to_ecef({out.view.kinematics.at, {0}});
        out.spread = out.view.kinematics.covariance.topLeftCorner<2, 2>().trace();
        return out;
    }

    const Bond* bond(const Contribution& c) const {
        const auto it = bonds_.find(key_of(c));
        return it == bonds_.end() ? nullptr : &it->second;
    }

    std::vector<base::PossiblePair> possible(const std::vector<Item>& items) const {
        std::vector<base::PossiblePair> out;
        std::vector<std::uint32_t> near;
        for (std::uint32_t i = 0; i < items.size(); ++i) {
            near.clear();
            const Cell centre(items[i].at);
            for (int d = 0; d < 27; ++d) {
                const auto found = cells_.find(centre.packed(d / 9 - 1, d / 3 % 3 - 1, d % 3 - 1));
                if (found != cells_.end()) near.insert(near.end(), found->second.begin(), found->second.end());
            }
            std::ranges::sort(near);
            for (const auto c : near) {
                if (const double s = score(items[i], clusters_[c]); s > 0) out.push_back({i, c, s});
            }
        }
        return out;
    }

    double score(const Item& it, const Cluster& cluster) const {
        if (it.view.simulated != cluster.view.simulated) return 0;  // never mixed (invariant 10)
        // Most neighbours are plainly too far: a distance over σ's bound cannot pass the gate.
        const double bound = it.spread + cluster.estimate.covariance.topLeftCorner<2, 2>().trace() +
                             4 * config_.registration_sigma * config_.registration_sigma;
        if ((it.at - cluster.at).squaredNorm() > 2 * config_.gate * bound) return 0;
        const bool bonded = it.bond && it.bond->joined && it.bond->number == cluster.group.number;
        const auto alike =
            likeness(cluster.estimate, cluster.view, in_frame(cluster.frame, it.view.kinematics), it.view, config_);
        if (!(alike.distance2 <= config_.gate * (bonded ? 2 : 1))) return 0;
        return alike.log_ratio - (bonded ? config_.part : config_.join);
    }

    void found(const Item& it) {
        Cluster c;
        c.group.members.push_back(it.contribution);
        if (it.bond) c.group.number = it.bond->number;
        c.frame = geo::LocalFrame(geo::Position{it.view.kinematics.at, {0}});
        c.at = it.at;
        c.estimate = in_frame(c.frame, it.view.kinematics);
        c.view = it.view;
        c.counted.insert(it.contribution->originator);
        cells_[Cell(it.at).packed()].push_back(static_cast<std::uint32_t>(clusters_.size()));
        clusters_.push_back(std::move(c));
    }

    void join(Cluster& c, const Item& it) {
        c.group.members.push_back(it.contribution);
        if (!c.counted.insert(it.contribution->originator).second) return;  // a copy of what counts already
        // The best single estimate is enough to compare with; fusing comes when the group is whole.
        auto estimate = in_frame(c.frame, it.view.kinematics);
        if (estimate.covariance.trace() < c.estimate.covariance.trace()) {
            c.estimate = estimate;
            c.at = it.at;
        }
        fill_identity(c.view.identity, it.view.identity);
        auto& k = c.view.kinematics;
        if (!k.pressure_altitude && it.view.kinematics.pressure_altitude) {
            k.pressure_altitude = it.view.kinematics.pressure_altitude;
            k.sigma_pressure_altitude = it.view.kinematics.sigma_pressure_altitude;
        }
        if (!k.geometric_height && it.view.kinematics.geometric_height) {
            k.geometric_height = it.view.kinematics.geometric_height;
            k.sigma_geometric_height = it.view.kinematics.sigma_geometric_height;
        }
    }

    /// Each past number goes to one group: to the one whose founder had it, else to the first with a member that had
    /// it.
    void give_numbers() {
        std::set<std::uint64_t> taken;
        for (auto& c : clusters_) {
            if (c.group.number != 0 && !taken.insert(c.group.number).second) c.group.number = 0;
        }
        for (auto& c : clusters_) {
            if (c.group.number != 0) continue;
            for (const auto* m : c.group.members) {
                const auto* b = bond(*m);
                if (b && taken.insert(b->number).second) {
                    c.group.number = b->number;
                    break;
                }
            }
        }
    }

    const std::map<Key, Bond>& bonds_;
    State own_;
    Time now_;
    const Config& config_;
    std::vector<Cluster> clusters_;
    std::unordered_map<std::int64_t, std::vector<std::uint32_t>> cells_;  // looked up, never walked
};

}  // namespace

std::vector<Group> associate(const std::vector<const Contribution*>& contributions, const std::map<Key, Bond>& bonds,
                             State own, Time now, const Config& config) {
    // Own, others, own that came back; by originator, its own way first: one source each. What one originator releases
    // under different clauses may be made from different sensors, and show one aircraft twice: sources of their own.
    const auto source = [&](const Contribution* c) {
        const int rank = c->originator != own ? 1 : c->via.empty() ? 0 : 2;
        const std::string_view accord = c->clauses.empty() ? std::string_view() : c->clauses.back().accord;
        const std::string_view clause = c->clauses.empty() ? std::string_view() : c->clauses.back().clause;
        return std::tuple(rank, c->originator, c->via != c->originator, c->via, accord, clause);
    };
    auto sorted = contributions;
    std::ranges::sort(sorted, {}, [&](const Contribution* c) { return std::tuple(source(c), c->number); });
    Association association(bonds, own, now, config);
    for (std::size_t from = 0; from < sorted.size();) {
        std::size_t to = from + 1;
        while (to < sorted.size() && source(sorted[to]) == source(sorted[from])) ++to;
        association.take_source(std::span(sorted).subspan(from, to - from));
        from = to;
    }
    return association.groups();
}

}  // namespace asman::fuse
