#include <asman/coverage/siting.hpp>
#include <asman/study/assess.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <set>
#include <thread>

namespace asman::study {
namespace {

using coverage::Grid;
using picture::State;
constexpr double pi = std::numbers::pi;

/// Sensors that the law treats alike: of one owner, under no accord; or one sensor on a site.
struct Group {
    State owner;
    std::string accord, name;
    std::vector<std::size_t> sensors;
};

/// A chain of clauses by which a state sees what another's sensors see.
struct Cause {
    std::string text;
    State originator, via;
    std::vector<std::string> assumed;
    bool operator==(const Cause&) const = default;
};

/// For one group and receiver: which cause holds at each cell of the law's raster; 0: none, else index + 1.
struct Release {
    std::vector<Cause> causes;
    std::vector<std::uint16_t> at;
    bool operator==(const Release&) const = default;
};

std::vector<Group> groups_of(const std::vector<coverage::Instrument>& instruments) {
    std::vector<Group> out;
    for (std::size_t i = 0; i < instruments.size(); ++i) {
        const auto& s = instruments[i].sensor;
        auto it = std::ranges::find_if(
            out, [&](const Group& g) { return g.owner == s.owner && g.accord.empty() && s.accord.empty(); });
        if (it == out.end()) it = out.insert(out.end(), Group{s.owner, s.accord, s.name, {}});
        it->sensors.push_back(i);
    }
    return out;
}

/// Asks the law about a track of one group's sensors at one place.
class Asker {
  public:
    Asker(const accord::LawView& view, base::Time at, double level) : view_(view), at_(at), level_(level) {}

    /// The chain by which it reaches the receiver, or nothing. Directly first, then through one other state.
    std::optional<Cause> cause(const Group& g, State receiver, geo::Point p, const std::vector<State>& states) const {
        if (!view_.site_stands(g.accord, g.name)) return std::nullopt;
        const accord::Source source{g.owner, g.accord, g.name};
        auto object = base_object(p);
        object.sources = {&source, 1};
        if (const auto d = view_.decide(object, g.owner, receiver, at_); d.released())
            return Cause{d.grant->reference().text(), g.owner, g.owner, d.grant->assumed()};
        for (const State via : states) {
            if (via == g.owner || via == receiver || view_.grants(g.owner, via).empty() ||
                view_.grants(via, receiver).empty())
                continue;
            const auto first = view_.decide(object, g.owner, via, at_);
            if (!first.released()) continue;
            auto held = base_object(p);
            const picture::ClauseRef clause = first.grant->reference();
            const State hops[] = {g.owner, via};
            held.originator = g.owner;
            held.clauses = {&clause, 1};
            held.hops = hops;
            held.coarsening.grid = first.grid;
            held.coarsening.delay = first.delay;
            held.valid_until = first.valid_until;
            const auto second = view_.decide(held, via, receiver, at_);
            if (!second.released()) continue;
            Cause out{clause.text() + " > " + second.grant->reference().text(), g.owner, via, first.grant->assumed()};
            out.assumed.insert(out.assumed.end(), second.grant->assumed().begin(), second.grant->assumed().end());
            return out;
        }
        return std::nullopt;
    }

  private:
    accord::Object base_object(geo::Point p) const {
        accord::Object o;
        o.product = accord::Product::tracks;
        o.time = at_;
        o.at = p;
        o.sigma = 100;
        o.pressure_altitude = geo::PressureAltitude::from_flight_level(level_);
        o.sigma_pressure_altitude = 50;
        o.msl = geo::MslAltitude{o.pressure_altitude->m};
        o.sigma_height = 300;
        o.identity = picture::Identity::unknown;
        return o;
    }
    const accord::LawView& view_;
    base::Time at_;
    double level_;
};

Distribution distribution(std::vector<double> seconds, double in_time) {
    Distribution d;
    d.approaches = seconds.size();
    if (seconds.empty()) return d;
    std::ranges::sort(seconds);
    const auto at = [&](double f) {
        return seconds[static_cast<std::size_t>(f * static_cast<double>(seconds.size() - 1))];
    };
    for (const double s : seconds) d.mean += s / static_cast<double>(seconds.size()), d.in_time += s >= in_time ? 1 : 0;
    d.in_time /= static_cast<double>(seconds.size());
    d.lowest = seconds.front(), d.tenth = at(0.1), d.median = at(0.5), d.ninetieth = at(0.9);
    return d;
}

/// One approach to a state's border: cells of the coverage grid from far to near.
struct Approach {
    std::string neighbour;
    std::vector<std::size_t> cells;
};
constexpr double approach_step = 2e3;
constexpr std::size_t outside_grid = static_cast<std::size_t>(-1);

std::size_t cell_of(const Grid& g, geo::Point p) {
    const double row = (g.north_west.lat - p.lat) / g.step_lat + 0.5;
    double east = geo::wrap_2pi(p.lon - g.north_west.lon + g.step_lon / 2);
    const double column = east / g.step_lon;
    if (row < 0 || row >= static_cast<double>(g.rows) || column >= static_cast<double>(g.columns)) return outside_grid;
    return static_cast<std::size_t>(row) * g.columns + static_cast<std::size_t>(column);
}

std::vector<Approach> approaches_of(const geo::StateArea& state, const geo::Borders& borders, const Grid& grid,
                                    const AssessOptions& o) {
    std::vector<Approach> out;
    for (const auto& line : coverage::border_approaches(state, borders, o.approach, o.border_step, approach_step)) {
        Approach a{line.neighbour, {}};
        for (const auto& p : line.places) a.cells.push_back(cell_of(grid, p));
        out.push_back(std::move(a));
    }
    return out;
}

/// Everything that does not change with the law.
class Ground {
  public:
    Ground(const coverage::Joint& j, const geo::Borders& b, const AssessOptions& opt) : joint(j), borders(b), o(opt) {}
    const coverage::Joint& joint;
    const geo::Borders& borders;
    const AssessOptions& o;
    Grid law_grid;
    std::vector<std::size_t> law_cell;                         ///< of each cell of coverage
    std::vector<double> levels;                                ///< those asked for, and last the warning level
    std::vector<std::vector<std::vector<std::uint8_t>>> sees;  ///< [level][sensor][window cell]
    std::map<State, std::vector<std::uint8_t>> where;          ///< of each cell: 0 elsewhere, 1 approaches, 2 land
    std::map<State, std::vector<Approach>> approaches;

    base::Result<void> prepare(geo::Point south_west, geo::Point north_east) {
        ASMAN_TRY(law_grid, Grid::over(south_west, north_east, o.law_cell));
        const auto& g = joint.grid();
        law_cell.resize(g.size());
        for (std::size_t i = 0; i < g.size(); ++i)
            law_cell[i] = std::min(cell_of(law_grid, g.at(i)), law_grid.size() - 1);
        levels = o.levels;
        levels.push_back(o.warning_level);
        look();
        for (const State s : o.states) {
            const auto* area = borders.find(s.text());
            if (!area)
                return base::fail(base::Errc::unknown_name, "the borders have no state " + std::string(s.text()));
            approaches[s] = approaches_of(*area, borders, g, o);
            place(s, *area);
        }
        return {};
    }

  private:
    void look() {
        const auto& footprints = joint.footprints();
        sees.assign(levels.size(), std::vector<std::vector<std::uint8_t>>(footprints.size()));
        std::atomic<std::size_t> next{0};
        const auto work = [&] {
            for (std::size_t i = next++; i < footprints.size(); i = next++)
                for (std::size_t l = 0; l < levels.size(); ++l) {
                    const auto& f = footprints[i];
                    const double altitude = geo::PressureAltitude::from_flight_level(levels[l]).m;
                    auto& out = sees[l][i];
                    out.assign(f.rows * f.columns, 0);
                    for (std::size_t w = 0; w < out.size(); ++w) {
                        if (std::isnan(f.lowest[w]) || f.lowest[w] > altitude) continue;
                        out[w] = joint.look(i, cell(f, w), altitude, o.target).probability >= 0.5 ? 1 : 0;
                    }
                }
        };
        std::vector<std::jthread> helpers;
        for (unsigned i = 1; i < o.threads; ++i) helpers.emplace_back(work);
        work();
    }
    /// Land cell by cell where a box allows it, approaches on the law's raster.
    void place(State s, const geo::StateArea& area) {
        const auto& g = joint.grid();
        std::vector<std::uint8_t> coarse(law_grid.size(), 0);
        for (std::size_t i = 0; i < law_grid.size(); ++i) {
            const double d = area.land.signed_distance(law_grid.at(i));
            // 3: wholly inside, 4: near the border, to be asked cell by cell.
            coarse[i] = d < -o.law_cell ? 3 : d < o.law_cell ? 4 : d <= o.approach ? 1 : 0;
        }
        auto& out = where[s];
        out.assign(g.size(), 0);
        for (std::size_t i = 0; i < g.size(); ++i) {
            const auto c = coarse[law_cell[i]];
            out[i] = c == 3 ? 2 : c == 4 ? (area.land.contains(g.at(i)) ? 2 : 1) : c;
        }
    }

  public:
    std::size_t cell(const coverage::Footprint& f, std::size_t w) const {
        return (f.first_row + w / f.columns) * joint.grid().columns + f.first_column + w % f.columns;
    }
};

/// What one state sees at one level: of each cell, the causes (bit 0: own sensors), how many sensors, and the last one.
struct View {
    std::vector<std::uint32_t> causes;
    std::vector<std::uint8_t> sensors;
    std::vector<std::uint16_t> last;
};

class Judge {
  public:
    Judge(const Ground& ground, const std::vector<Group>& groups,
          const std::map<std::pair<std::size_t, State>, Release>& releases, State s)
        : g_(ground), groups_(groups), state_(s) {
        for (std::size_t i = 0; i < groups.size(); ++i) {
            const auto& r = releases.at({i, s});
            std::vector<std::uint32_t> bits{0};
            for (const auto& c : r.causes) {
                auto it = std::ranges::find(causes_, c.text, &Cause::text);
                if (it == causes_.end()) it = causes_.insert(causes_.end(), c);
                bits.push_back(1u << std::min<std::size_t>(31, static_cast<std::size_t>(it - causes_.begin()) + 1));
            }
            bits_.push_back(std::move(bits));
            releases_.push_back(&r);
        }
    }

    StateResult judge() {
        StateResult out;
        out.state = state_;
        std::set<std::string> assumed;
        for (const auto& c : causes_) assumed.insert(c.assumed.begin(), c.assumed.end());
        out.assumed.assign(assumed.begin(), assumed.end());
        View view;
        for (std::size_t l = 0; l < g_.levels.size(); ++l) {
            view = look(l);
            if (l + 1 < g_.levels.size()) out.levels.push_back(areas(view, g_.levels[l]));
        }
        // The last view is that of the warning level.
        warnings(view, out);
        dependence(view, out);
        accuracy(view, out);
        return out;
    }

  private:
    View look(std::size_t level) const {
        const auto& joint = g_.joint;
        View v;
        const auto n = joint.grid().size();
        v.causes.assign(n, 0), v.sensors.assign(n, 0), v.last.assign(n, 0);
        const auto& where = g_.where.at(state_);
        for (std::size_t i = 0; i < groups_.size(); ++i) {
            const bool own = groups_[i].owner == state_;
            if (!own && releases_[i]->causes.empty()) continue;
            for (const auto sensor : groups_[i].sensors) {
                const auto& f = joint.footprints()[sensor];
                const auto& sees = g_.sees[level][sensor];
                for (std::size_t w = 0; w < sees.size(); ++w) {
                    if (!sees[w]) continue;
                    const auto c = g_.cell(f, w);
                    if (where[c] == 0) continue;
                    const std::uint32_t bit = own ? 1 : bits_[i][releases_[i]->at[g_.law_cell[c]]];
                    if (bit == 0) continue;
                    v.causes[c] |= bit;
                    if (v.sensors[c] < 255) ++v.sensors[c];
                    v.last[c] = static_cast<std::uint16_t>(sensor);
                }
            }
        }
        return v;
    }
    /// km² by set of causes.
    std::map<std::uint32_t, double> by_set(const View& v, bool land_only = false) const {
        std::map<std::uint32_t, double> out;
        const auto& where = g_.where.at(state_);
        const auto& grid = g_.joint.grid();
        for (std::size_t r = 0; r < grid.rows; ++r) {
            const double area = grid.area(r) / 1e6;
            for (std::size_t c = r * grid.columns; c < (r + 1) * grid.columns; ++c)
                if (v.causes[c] != 0 && (!land_only || where[c] == 2)) out[v.causes[c]] += area;
        }
        return out;
    }
    static double area(const std::map<std::uint32_t, double>& sets, std::uint32_t allowed) {
        double sum = 0;
        for (const auto& [set, km2] : sets)
            if (set & allowed) sum += km2;
        return sum;
    }
    std::uint32_t bit(std::size_t cause) const { return 1u << std::min<std::size_t>(31, cause + 1); }

    LevelResult areas(const View& v, double level) const {
        LevelResult out;
        out.level = level;
        const auto sets = by_set(v), land = by_set(v, true);
        out.area = area(sets, ~0u), out.own = area(sets, 1);
        out.land = area(land, ~0u), out.land_own = area(land, 1);
        const auto& grid = g_.joint.grid();
        for (std::size_t c = 0; c < v.sensors.size(); ++c)
            if (v.sensors[c] >= 2) out.area_by_2 += grid.area(c / grid.columns) / 1e6;
        for (std::size_t i = 0; i < causes_.size(); ++i) {
            out.gain[causes_[i].text] = out.area - area(sets, ~bit(i));
            out.alone[causes_[i].text] = area(sets, 1 | bit(i)) - out.own;
        }
        return out;
    }
    /// Seconds from the farthest stretch of 10 km in which it is seen throughout.
    double warning(const Approach& a, const View& v, std::uint32_t allowed) const {
        constexpr std::size_t run = 5;
        std::size_t held = 0;
        for (std::size_t i = 0; i < a.cells.size(); ++i) {
            const bool seen = a.cells[i] != outside_grid && (v.causes[a.cells[i]] & allowed) != 0;
            held = seen ? held + 1 : 0;
            if (held == run) return static_cast<double>(a.cells.size() - (i + 1 - run)) * approach_step / g_.o.speed;
        }
        return 0;
    }
    Distribution distribute(const View& v, std::uint32_t allowed, const std::string& neighbour = {}) const {
        std::vector<double> seconds;
        for (const auto& a : g_.approaches.at(state_))
            if (neighbour.empty() || a.neighbour == neighbour) seconds.push_back(warning(a, v, allowed));
        return distribution(std::move(seconds), g_.o.in_time);
    }
    void warnings(const View& v, StateResult& out) const {
        out.warning = distribute(v, ~0u);
        out.warning_own = distribute(v, 1);
        for (std::size_t i = 0; i < causes_.size(); ++i) out.by_cause[causes_[i].text] = distribute(v, 1 | bit(i));
        std::set<std::string> neighbours;
        for (const auto& a : g_.approaches.at(state_)) neighbours.insert(a.neighbour);
        for (const auto& n : neighbours) out.by_border[n] = {distribute(v, 1, n), distribute(v, ~0u, n)};
    }
    void dependence(const View& v, StateResult& out) const {
        const auto sets = by_set(v);
        const double all = area(sets, ~0u), own = area(sets, 1);
        for (const State partner : g_.o.states) {
            std::uint32_t without = ~0u, only = 1;
            for (std::size_t i = 0; i < causes_.size(); ++i) {
                if (causes_[i].originator == partner || causes_[i].via == partner) without &= ~bit(i);
                if (causes_[i].originator == partner) only |= bit(i);
            }
            if (without != ~0u) out.lost_if_suspends[std::string(partner.text())] = all - area(sets, without);
            // What this partner gives; turned round to the giver's page afterwards.
            if (only != 1) out.gives[std::string(partner.text())] = area(sets, only) - own;
        }
        const auto& grid = g_.joint.grid();
        for (std::size_t c = 0; c < v.sensors.size(); ++c)
            if (v.sensors[c] == 1)
                out.lost_if_fails[g_.joint.footprints()[v.last[c]].instrument.sensor.name] +=
                    grid.area(c / grid.columns) / 1e6;
    }
    /// On every law cell's first coverage cell: enough for a median.
    void accuracy(const View& v, StateResult& out) const {
        const double altitude = geo::PressureAltitude::from_flight_level(g_.o.warning_level).m;
        std::vector<double> joint, own;
        const auto& sensors = g_.joint.footprints();
        const auto stride = std::max<std::size_t>(1, static_cast<std::size_t>(50e3 / g_.o.cell));
        const auto& grid = g_.joint.grid();
        std::vector<bool> chosen(sensors.size()), mine(sensors.size());
        for (std::size_t r = 0; r < grid.rows; r += stride)
            for (std::size_t k = 0; k < grid.columns; k += stride) {
                const std::size_t c = r * grid.columns + k;
                if (v.causes[c] == 0) continue;
                for (std::size_t i = 0; i < groups_.size(); ++i)
                    for (const auto s : groups_[i].sensors) {
                        mine[s] = groups_[i].owner == state_;
                        chosen[s] = mine[s] || (!releases_[i]->causes.empty() && releases_[i]->at[g_.law_cell[c]] != 0);
                    }
                const auto a = g_.joint.seen(c, altitude, g_.o.target, chosen),
                           b = g_.joint.seen(c, altitude, g_.o.target, mine);
                if (std::isfinite(a.sigma)) joint.push_back(a.sigma);
                if (std::isfinite(b.sigma)) own.push_back(b.sigma);
            }
        const auto median = [](std::vector<double>& x) {
            if (x.empty()) return 0.0;
            std::ranges::nth_element(x, x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2));
            return x[x.size() / 2];
        };
        out.accuracy = median(joint), out.accuracy_own = median(own);
    }

    const Ground& g_;
    const std::vector<Group>& groups_;
    State state_;
    std::vector<Cause> causes_;
    std::vector<std::vector<std::uint32_t>> bits_;
    std::vector<const Release*> releases_;
};

Release release_of(const Asker& ask, const Group& g, State receiver, const Ground& ground) {
    Release out;
    const auto& states = ground.o.states;
    // Only where one of the group's sensors reaches.
    std::vector<std::uint8_t> reached(ground.law_grid.size(), 0);
    for (const auto s : g.sensors) {
        const auto& f = ground.joint.footprints()[s];
        for (std::size_t w = 0; w < f.lowest.size(); ++w)
            if (!std::isnan(f.lowest[w])) reached[ground.law_cell[ground.cell(f, w)]] = 1;
    }
    out.at.assign(reached.size(), 0);
    for (std::size_t c = 0; c < reached.size(); ++c) {
        if (!reached[c]) continue;
        auto cause = ask.cause(g, receiver, ground.law_grid.at(c), states);
        if (!cause) continue;
        auto it = std::ranges::find(out.causes, cause->text, &Cause::text);
        if (it == out.causes.end()) it = out.causes.insert(out.causes.end(), std::move(*cause));
        out.at[c] = static_cast<std::uint16_t>(it - out.causes.begin() + 1);
    }
    return out;
}

/// All clauses in force between the states: when it is the same, so is every release.
std::string signature(const accord::LawView& view, const std::vector<State>& states, const std::vector<Group>& groups) {
    std::string out;
    for (const State a : states)
        for (const State b : states)
            for (const auto& g : view.grants(a, b))
                out += std::string(a.text()) + std::string(b.text()) + g.reference().text() +
                       g.reference().digest.hex() + ";";
    for (const auto& g : groups) out += view.site_stands(g.accord, g.name) ? "1" : "0";
    return out;
}

}  // namespace

base::Result<Assessment> assess(const accord::Law& law, const geo::Borders& borders, const geo::TerrainStore& terrain,
                                const geo::Geoid& geoid, const std::vector<coverage::Instrument>& instruments,
                                const AssessOptions& o, const std::function<void(double)>& progress) {
    if (!(o.from < o.to)) return base::fail(base::Errc::bad_value, "the assessment's start must be before its end");
    if (o.states.empty() || instruments.empty())
        return base::fail(base::Errc::missing, "an assessment needs states and sensors");
    // The box that holds every sensor's reach.
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
    const geo::Point sw{std::max(south, -1.55), geo::wrap_pi(middle + west)},
        ne{std::min(north, 1.55), geo::wrap_pi(middle + east)};
    ASMAN_TRY(const auto grid, Grid::over(sw, ne, o.cell));
    ASMAN_TRY(const auto joint, coverage::Joint::make(grid, terrain, geoid, instruments, {.threads = o.threads}));
    if (progress) progress(0.3);
    Ground ground(joint, borders, o);
    ASMAN_CHECK(ground.prepare(sw, ne));
    if (progress) progress(0.5);
    const auto groups = groups_of(instruments);
    Assessment out;
    out.options = o;
    out.terrain = terrain.source();
    std::set<base::Time> times{o.from};
    std::map<base::Time, std::vector<std::string>> changes;
    for (const auto& c : law.timeline())
        if (c.at >= o.from && c.at < o.to)
            times.insert(c.at), changes[c.at].push_back(c.accord + " " + c.what + (c.assumed ? " (assumed date)" : ""));
    std::map<std::pair<std::size_t, State>, Release> releases, before;
    std::string last;
    for (const auto at : times) {
        const auto view = law.at(at);
        const auto now = signature(view, o.states, groups);
        Epoch epoch{at, changes[at], {}};
        if (!out.epochs.empty() && now == last) {
            epoch.states = out.epochs.back().states;
            out.epochs.push_back(std::move(epoch));
            continue;
        }
        last = now;
        const Asker ask(view, at, o.warning_level);
        before = std::move(releases);
        releases.clear();
        for (std::size_t i = 0; i < groups.size(); ++i)
            for (const State s : o.states)
                releases[{i, s}] = groups[i].owner == s ? Release{} : release_of(ask, groups[i], s, ground);
        for (std::size_t k = 0; k < o.states.size(); ++k) {
            const State s = o.states[k];
            const bool same = !out.epochs.empty() && std::ranges::all_of(releases, [&](const auto& r) {
                return r.first.second != s || before[r.first] == r.second;
            });
            epoch.states.push_back(same ? out.epochs.back().states[k] : Judge(ground, groups, releases, s).judge());
        }
        out.epochs.push_back(std::move(epoch));
        if (progress) progress(0.5 + 0.5 * static_cast<double>(out.epochs.size()) / static_cast<double>(times.size()));
    }
    // "gives" was filled as "gets from": turn it round.
    for (auto& e : out.epochs) {
        std::map<std::string, std::map<std::string, double>> given;
        for (const auto& s : e.states)
            for (const auto& [giver, km2] : s.gives) given[giver][std::string(s.state.text())] = km2;
        for (auto& s : e.states) s.gives = given[std::string(s.state.text())];
    }
    out.caveats = {
        "Sensors are notional: figures show what law, terrain and geometry do with them, nothing about real equipment.",
        "Terrain: " + out.terrain + ". No figure is finer than that.",
        "Release areas are sampled every " + std::to_string(static_cast<int>(o.law_cell / 1000)) +
            " km; every clause's terms are notional where its text says so.",
        "A direction in which no partner's sensor looks gains nothing: compare the borders in the table."};
    return out;
}

}  // namespace asman::study
