#include <asman/base/parallel.hpp>
#include <asman/study/assess.hpp>

#include "assess_judge.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

namespace asman::study {
namespace {

using std::numbers::pi;

/// The box that holds every sensor's reach.
base::Result<std::pair<geo::Point, geo::Point>> box_of(const std::vector<coverage::Instrument>& instruments) {
    double south = pi / 2, north = -pi / 2, west = 10, east = -10;
    const double middle = instruments.front().sensor.position ? instruments.front().sensor.position->at.lon : 0;
    for (const auto& i : instruments) {
        if (!i.sensor.position)
            return base::fail(base::Errc::missing, "sensor '" + i.sensor.name + "' has no position");
        const double d = i.sensor.max_range / 6.33e6, at = i.sensor.position->at.lat;
        const double w = d / std::max(0.05, std::cos(std::min(1.5, std::abs(at) + d))),
                     lon = geo::wrap_pi(i.sensor.position->at.lon - middle);
        south = std::min(south, at - d), north = std::max(north, at + d), west = std::min(west, lon - w),
        east = std::max(east, lon + w);
    }
    return std::pair{geo::Point{std::max(south, -1.55), geo::wrap_pi(middle + west)},
                     geo::Point{std::min(north, 1.55), geo::wrap_pi(middle + east)}};
}

/// Those that may see anything of the states' land and approaches: terrain need not reach to others.
std::vector<coverage::Instrument> near_of(const std::vector<coverage::Instrument>& instruments,
                                          const geo::Borders& borders, const AssessOptions& o) {
    std::vector<coverage::Instrument> out;
    for (const auto& i : instruments)
        if (std::ranges::any_of(o.states, [&](State s) {
                const auto* area = borders.find(s.text());
                return area && area->land.signed_distance(i.sensor.position->at) < i.sensor.max_range + o.approach;
            }))
            out.push_back(i);
    return out.empty() ? instruments : out;
}

class Assessor {
  public:
    Assessor(const Ground& ground, const std::vector<Group>& groups, const accord::Law& law, const AssessOptions& o)
        : g_(ground), groups_(groups), law_(law), o_(o), levels_(knows_heights(law) ? ground.probes.size() : 1) {
        for (const auto& g : groups) reach_.push_back(ground.reach_of(g));
    }
    base::Result<void> epoch(base::Time at, Epoch& out, const Epoch* before);

  private:
    Release ask(const accord::LawView& view, base::Time at, std::size_t level, std::size_t group,
                State receiver) const {
        const double fl = levels_ == 1 ? o_.warning_level : g_.probes[level].level;
        return ask_release(view, at, fl, groups_[group], receiver, everyone_, g_.joint.grid(), g_.block, reach_[group]);
    }
    StateReleases ask_all(const accord::LawView& view, base::Time at, std::size_t state) const {
        StateReleases out;
        out.of.assign(levels_, std::vector<Release>(groups_.size()));
        for (std::size_t l = 0; l < levels_; ++l)
            for (std::size_t i = 0; i < groups_.size(); ++i) out.of[l][i] = ask(view, at, l, i, o_.states[state]);
        return out;
    }
    void take_out_clauses(const Judge& judge, const StateReleases& releases, std::size_t state, base::Time at,
                          StateResult& out) const;

    const Ground& g_;
    const std::vector<Group>& groups_;
    const accord::Law& law_;
    const AssessOptions& o_;
    const std::vector<State> everyone_ = o_.everyone();
    std::size_t levels_;
    std::vector<std::vector<std::uint8_t>> reach_;
    std::string signature_;
    std::vector<StateReleases> releases_;
};

/// What vanishes with each clause, by taking it out of the law and asking again: other clauses may give the same.
void Assessor::take_out_clauses(const Judge& judge, const StateReleases& releases, std::size_t state, base::Time at,
                                StateResult& out) const {
    for (auto& [clause, seconds] : out.warning_by_clause) {
        const auto less = law_.without(clause);
        if (!less) continue;
        const auto view = less->at(at);
        auto other = releases;
        bool any = false;
        for (const auto i : judge.groups_through(clause))
            for (std::size_t l = 0; l < levels_; ++l) {
                other.of[l][i] = ask(view, at, l, i, o_.states[state]);
                any = any || !other.of[l][i].causes.empty();
            }
        if (!any) continue;
        const auto rest = Judge(g_, groups_, other, o_.states[state]).rest();
        for (std::size_t l = 0; l < out.levels.size(); ++l)
            out.levels[l].by_clause[clause] = out.levels[l].area - rest.areas[l];
        seconds = out.warning.mean - rest.warning;
    }
}

base::Result<void> Assessor::epoch(base::Time at, Epoch& out, const Epoch* before) {
    const auto view = law_.at(at);
    std::string now;
    for (const auto& g : groups_) now += signature(view, everyone_, g);
    out.changed.assign(o_.states.size(), before == nullptr);
    if (before && now == signature_) {
        out.states = before->states;
        return {};
    }
    signature_ = now;
    std::vector<StateReleases> releases(o_.states.size());
    base::each_index(o_.states.size(), o_.threads, [&](std::size_t k) { releases[k] = ask_all(view, at, k); });
    out.states.resize(o_.states.size());
    std::vector<std::uint8_t> overflow(o_.states.size(), 0), changed(o_.states.size(), 0);
    base::each_index(o_.states.size(), o_.threads, [&](std::size_t k) {
        if (before && releases[k] == releases_[k]) {
            out.states[k] = before->states[k];
            return;
        }
        changed[k] = 1;
        if (o_.stopped && o_.stopped()) return;
        const Judge judge(g_, groups_, releases[k], o_.states[k]);
        overflow[k] = judge.overflow() ? 1 : 0;
        if (overflow[k]) return;
        out.states[k] = judge.judge();
        take_out_clauses(judge, releases[k], k, at, out.states[k]);
        judge.find(out.states[k]);
    });
    for (std::size_t k = 0; k < overflow.size(); ++k) {
        if (overflow[k])
            return base::fail(base::Errc::full, std::string(o_.states[k].text()) + " sees through more than " +
                                                    std::to_string(most_causes) + " chains of clauses");
        if (changed[k]) out.changed[k] = true;
    }
    releases_ = std::move(releases);
    return {};
}

/// "gives" was filled as "gets from": turned round.
void turn_gifts(Assessment& a) {
    for (auto& e : a.epochs) {
        std::map<std::string, std::map<std::string, double>> given;
        for (const auto& s : e.states)
            for (const auto& [giver, km2] : s.gives) given[giver][std::string(s.state.text())] = km2;
        for (auto& s : e.states) s.gives = given[std::string(s.state.text())];
    }
}

std::vector<std::string> caveats_of(const Assessment& a, const coverage::Joint& joint) {
    std::vector<std::string> out{
        "Sensors are those of the scenario; where they are notional, the figures show what law, terrain and geometry "
        "do "
        "with them, and say nothing about real equipment.",
        "Terrain: " + a.terrain + ". No figure is finer than that; coarse terrain flattens peaks and shows too much."};
    double assumed = 0;
    for (const auto& f : joint.footprints()) assumed = std::max(assumed, f.assumed_sea);
    if (assumed > 0.001)
        out.push_back("Up to " + std::to_string(static_cast<int>(std::ceil(assumed * 100))) +
                      " % of what lies around a sensor has no terrain data and is taken as sea.");
    const double block = a.options.cell * static_cast<double>(law_block(a.options.cell));
    out.push_back("The law is asked for every cell of " + std::to_string(static_cast<int>(a.options.cell)) +
                  " m where its answer changes; parts of a region smaller than " +
                  std::to_string(static_cast<int>(block / 1000)) + " km may be missed between the places asked.");
    out.push_back(
        "Flight levels are taken in the standard atmosphere. Detection is of one look with probability 0.5 or more; a "
        "warning counts from where an aircraft has been seen for 10 km.");
    out.push_back("Approaches that come out of the state's own land within a quarter of their length are left out.");
    if (!a.geoid) out.push_back("The geoid was not available: heights above the sea are taken as above the ellipsoid.");
    return out;
}

}  // namespace

std::vector<picture::State> AssessOptions::everyone() const {
    auto out = states;
    for (const auto s : others)
        if (std::ranges::find(out, s) == out.end()) out.push_back(s);
    return out;
}

base::Result<Assessment> assess(const accord::Law& law, const geo::Borders& borders, const geo::TerrainStore& terrain,
                                const geo::Geoid& geoid, const std::vector<coverage::Instrument>& instruments,
                                const AssessOptions& o, const std::function<void(double)>& progress) {
    if (!(o.from < o.to)) return base::fail(base::Errc::bad_value, "the assessment's start must be before its end");
    if (o.states.empty() || instruments.empty())
        return base::fail(base::Errc::missing, "an assessment needs states and sensors");
    if (!(o.speed > 0) || !(o.approach > 0) || !(o.border_step > 0) || !(o.segment > 0) || o.angles.empty())
        return base::fail(base::Errc::bad_value, "speed, approach and border steps must be positive");
    const auto tell = [&](double f) {
        if (progress) progress(f);
    };
    ASMAN_TRY(const auto box, box_of(instruments));
    ASMAN_TRY(const auto grid, coverage::Grid::over(box.first, box.second, o.cell));
    auto joint_options = o.joint;
    joint_options.threads = o.threads;
    const auto near = near_of(instruments, borders, o);
    ASMAN_TRY(const auto joint, coverage::Joint::make(grid, terrain, geoid, near, joint_options));
    tell(0.3);
    const auto stopped = [&] { return o.stopped && o.stopped(); };
    const auto stop = base::fail(base::Errc::refused, "the assessment was stopped");
    if (stopped()) return stop;
    Ground ground(joint, o);
    ASMAN_CHECK(ground.prepare(borders));
    tell(0.5);
    const auto groups = groups_of(near, law);
    Assessor assessor(ground, groups, law, o);
    Assessment out;
    out.options = o;
    out.terrain = terrain.source();
    out.geoid = geoid.available();
    std::set<base::Time> times{o.from};
    std::map<base::Time, std::vector<std::string>> changes;
    for (const auto& c : law.timeline())
        if (c.at >= o.from && c.at < o.to)
            times.insert(c.at), changes[c.at].push_back(c.accord + " " + c.what + (c.assumed ? " (assumed date)" : ""));
    for (const auto at : times) {
        if (stopped()) return stop;
        Epoch epoch{at, changes[at], {}, {}};
        ASMAN_CHECK(assessor.epoch(at, epoch, out.epochs.empty() ? nullptr : &out.epochs.back()));
        out.epochs.push_back(std::move(epoch));
        tell(0.5 + 0.5 * static_cast<double>(out.epochs.size()) / static_cast<double>(times.size()));
    }
    turn_gifts(out);
    out.caveats = caveats_of(out, joint);
    return out;
}

}  // namespace asman::study
