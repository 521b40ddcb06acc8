// One state's result under one law: what it sees, by whose grace, and what it would lose.
#pragma once

#include "assess_ground.hpp"

#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace asman::study {

/// Releases to one state: [level][group]. One level where the law knows no heights.
struct StateReleases {
    std::vector<std::vector<Release>> of;
    const Release& at(std::size_t probe, std::size_t group) const { return of[std::min(probe, of.size() - 1)][group]; }
    bool operator==(const StateReleases&) const = default;
};

/// The most chains of clauses that one state may see through.
constexpr std::size_t most_causes = 63;

class Judge {
  public:
    Judge(const Ground& ground, const std::vector<Group>& groups, const StateReleases& releases, State state);
    /// Too many chains to tell apart.
    bool overflow() const { return causes_.size() > most_causes; }
    /// All but what needs another law. What vanishes with a clause is filled in as if nothing took its place.
    StateResult judge() const;

    /// What the figures mean, in words: once all of them are there.
    void find(StateResult& out) const;

    /// km² seen at each level and mean warning, only that.
    struct Rest {
        std::vector<double> areas;
        double warning = 0;
    };
    Rest rest() const;
    const std::vector<Cause>& causes() const { return causes_; }
    /// Groups that reach the state through the clause.
    std::vector<std::size_t> groups_through(const std::string& clause) const;

  private:
    /// What the state sees at one probe: of each cell of its span the causes (bit 0: own sensors), how many sensors,
    /// and the last.
    struct View {
        std::size_t first = 0;
        std::vector<std::uint64_t> causes_of;
        std::vector<std::uint8_t> sensors_of, own_of;
        std::vector<std::uint16_t> last_of;
        std::size_t end() const { return first + causes_of.size(); }
        std::uint64_t causes(std::size_t cell) const {
            return cell >= first && cell < end() ? causes_of[cell - first] : 0;
        }
        std::uint8_t sensors(std::size_t cell) const {
            return cell >= first && cell < end() ? sensors_of[cell - first] : 0;
        }
    };
    using Sets = std::map<std::uint64_t, double>;

    /// Into a view that is used again: a fresh one of millions of cells costs more than what is done with it.
    void look(std::size_t probe, View& v) const;
    Sets by_set(const View& v, bool land_only) const;
    LevelResult areas(const View& v, double level) const;
    SightMap map(const View& v) const;
    double warning(const Approach& a, const View& v, std::uint64_t allowed, int without_sensor = -1) const;
    Distribution distribute(const View& v, std::uint64_t allowed,
                            const std::function<bool(const Approach&)>& wanted = {}, int without_sensor = -1) const;
    void warnings(const View& v, StateResult& out) const;
    void dependence(const View& v, StateResult& out) const;
    void accuracy(const View& v, StateResult& out) const;
    void follow_routes(const View& v, StateResult& out) const;
    std::uint64_t through(const std::string& clause) const;
    std::uint64_t bit(std::size_t cause) const { return std::uint64_t{1} << std::min<std::size_t>(63, cause + 1); }

    const Ground& g_;
    const std::vector<Group>& groups_;
    const StateReleases& releases_;
    State state_;
    std::vector<Cause> causes_;
    std::vector<double> row_area_;                               ///< km² of a cell of each row
    std::vector<std::vector<std::vector<std::uint64_t>>> bits_;  ///< [level][group][value of the raster]
};

}  // namespace asman::study
