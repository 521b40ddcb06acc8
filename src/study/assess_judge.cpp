#include "assess_judge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

namespace asman::study {
namespace {

constexpr std::uint64_t all = ~std::uint64_t{0};
/// Places of a line that must be seen one after another before a track is taken to be there: 10 km.
constexpr std::size_t run = 5;

double sum_of(const std::map<std::uint64_t, double>& sets, std::uint64_t allowed) {
    double sum = 0;
    for (const auto& [set, km2] : sets)
        if (set & allowed) sum += km2;
    return sum;
}

Distribution distribution(std::vector<double> seconds, double in_time) {
    Distribution d;
    d.approaches = seconds.size();
    if (seconds.empty()) return d;
    std::ranges::sort(seconds);
    const auto n = static_cast<double>(seconds.size());
    const auto at = [&](double f) { return seconds[static_cast<std::size_t>(f * (n - 1))]; };
    for (const double s : seconds) {
        d.mean += s / n, d.in_time += s >= in_time ? 1 / n : 0;
        d.bins[s > 0 ? std::min(d.bins.size() - 1, static_cast<std::size_t>(std::ceil(s / Distribution::bin))) : 0]++;
    }
    d.lowest = seconds.front(), d.tenth = at(0.1), d.median = at(0.5), d.ninetieth = at(0.9);
    return d;
}

double median(std::vector<double>& x) {
    if (x.empty()) return 0;
    std::ranges::nth_element(x, x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2));
    return x[x.size() / 2];
}

}  // namespace

Judge::Judge(const Ground& ground, const std::vector<Group>& groups, const StateReleases& releases, State s)
    : g_(ground), groups_(groups), releases_(releases), state_(s) {
    const auto& grid = ground.joint.grid();
    for (std::size_t r = 0; r < grid.rows; ++r) row_area_.push_back(grid.area(r) / 1e6);
    for (const auto& level : releases.of) {
        auto& bits = bits_.emplace_back();
        for (const auto& release : level) {
            std::vector<std::uint64_t> values{0};
            for (const auto& c : release.causes) {
                auto it = std::ranges::find_if(
                    causes_, [&](const Cause& k) { return k.chain == c.chain && k.partner() == c.partner(); });
                if (it == causes_.end()) it = causes_.insert(causes_.end(), c);
                values.push_back(bit(static_cast<std::size_t>(it - causes_.begin())));
            }
            bits.push_back(std::move(values));
        }
    }
}

StateResult Judge::judge() const {
    StateResult out;
    out.state = state_;
    out.causes = causes_;
    std::set<std::string> assumed, clauses;
    for (const auto& c : causes_) {
        assumed.insert(c.assumed.begin(), c.assumed.end());
        clauses.insert(c.clauses.begin(), c.clauses.end());
    }
    out.assumed.assign(assumed.begin(), assumed.end());
    View v;
    for (std::size_t l = 0; l < g_.o.levels.size(); ++l) {
        look(l, v);
        out.levels.push_back(areas(v, g_.o.levels[l]));
        const auto sets = by_set(v, false);
        for (const auto& clause : clauses)
            out.levels[l].by_clause[clause] = out.levels[l].area - sum_of(sets, all & ~through(clause));
    }
    look(g_.warning_probe(), v);
    warnings(v, out);
    for (const auto& clause : clauses)
        out.warning_by_clause[clause] = out.warning.mean - distribute(v, all & ~through(clause)).mean;
    dependence(v, out);
    accuracy(v, out);
    if (!g_.routes.empty()) {
        look(g_.route_probe(), v);
        follow_routes(v, out);
    }
    return out;
}

Judge::Rest Judge::rest() const {
    Rest out;
    View v;
    for (std::size_t l = 0; l < g_.o.levels.size(); ++l) {
        look(l, v);
        out.areas.push_back(sum_of(by_set(v, false), all));
    }
    look(g_.warning_probe(), v);
    out.warning = distribute(v, all).mean;
    return out;
}

std::uint64_t Judge::through(const std::string& clause) const {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < causes_.size(); ++i)
        if (std::ranges::find(causes_[i].clauses, clause) != causes_[i].clauses.end()) out |= bit(i);
    return out;
}

std::vector<std::size_t> Judge::groups_through(const std::string& clause) const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        const auto uses = [&](const Cause& c) { return std::ranges::find(c.clauses, clause) != c.clauses.end(); };
        for (const auto& level : releases_.of)
            if (std::ranges::any_of(level[i].causes, uses)) {
                out.push_back(i);
                break;
            }
    }
    return out;
}

void Judge::look(std::size_t probe, View& v) const {
    const auto& joint = g_.joint;
    const auto& grid = joint.grid();
    const auto [first, last] = g_.span.at(state_);
    v.first = first;
    v.causes_of.assign(last - first, 0), v.sensors_of.assign(last - first, 0), v.own_of.assign(last - first, 0),
        v.last_of.assign(last - first, 0);
    const std::size_t top = first / grid.columns, bottom = last / grid.columns;
    const auto& where = g_.where.at(state_);
    for (std::size_t i = 0; i < groups_.size(); ++i) {
        const bool own = groups_[i].owner == state_ && groups_[i].accord.empty();
        const auto& release = releases_.at(probe, i);
        if (!own && release.causes.empty()) continue;
        const auto& bits = bits_[std::min(probe, bits_.size() - 1)][i];
        for (const auto sensor : groups_[i].sensors) {
            const auto& f = joint.footprints()[sensor];
            const auto& sees = g_.sees[probe][sensor];
            for (std::size_t r = 0; r < f.rows; ++r) {
                const std::size_t row = f.first_row + r;
                if (row < top || row >= bottom) continue;
                for (std::size_t k = 0; k < f.columns; ++k) {
                    if (!sees[r * f.columns + k]) continue;
                    const std::size_t column = (f.first_column + k) % grid.columns, c = row * grid.columns + column;
                    if (where[c] == 0) continue;
                    const std::uint64_t bit = own ? 1 : bits[release.at.at(row, column)];
                    if (bit == 0) continue;
                    const std::size_t at = c - first;
                    v.causes_of[at] |= bit;
                    if (v.sensors_of[at] < 255) ++v.sensors_of[at];
                    if (own && v.own_of[at] < 255) ++v.own_of[at];
                    v.last_of[at] = static_cast<std::uint16_t>(sensor);
                }
            }
        }
    }
}

/// km² by set of causes.
Judge::Sets Judge::by_set(const View& v, bool land_only) const {
    Sets out;
    const auto& where = g_.where.at(state_);
    const auto& grid = g_.joint.grid();
    std::uint64_t set = 0;
    double* sum = nullptr;
    for (std::size_t i = 0; i < v.causes_of.size(); ++i) {
        const auto causes = v.causes_of[i];
        if (causes == 0 || (land_only && where[v.first + i] != 2)) continue;
        if (causes != set || !sum) set = causes, sum = &out[set];
        *sum += row_area_[(v.first + i) / grid.columns];
    }
    return out;
}

LevelResult Judge::areas(const View& v, double level) const {
    LevelResult out;
    out.level = level;
    const auto sets = by_set(v, false), land = by_set(v, true);
    out.area = sum_of(sets, all), out.own = sum_of(sets, 1);
    out.land = sum_of(land, all), out.land_own = sum_of(land, 1);
    const auto columns = g_.joint.grid().columns;
    for (std::size_t i = 0; i < v.sensors_of.size(); ++i) {
        const double km2 = row_area_[(v.first + i) / columns];
        if (v.sensors_of[i] >= 2) out.area_by_2 += km2;
        if (v.own_of[i] >= 2) out.own_by_2 += km2;
    }
    // Causes by chain and by partner: a chain may serve several partners, and a partner be seen through several.
    std::map<std::string, std::uint64_t> chains, partners;
    for (std::size_t i = 0; i < causes_.size(); ++i)
        chains[causes_[i].chain] |= bit(i), partners[causes_[i].partner()] |= bit(i);
    const auto split = [&](const std::map<std::string, std::uint64_t>& kinds, std::map<std::string, Gain>& gains) {
        for (const auto& [name, bits] : kinds) {
            auto& g = gains[name];
            g.alone = sum_of(sets, 1 | bits) - out.own;
            g.vanishes = out.area - sum_of(sets, all & ~bits);
            for (const auto& [set, km2] : sets)
                if (!(set & 1) && (set & bits)) {
                    int others = 0;
                    for (const auto& [other, theirs] : kinds) others += set & theirs ? 1 : 0;
                    g.share += km2 / others;
                }
        }
    };
    split(chains, out.by_chain), split(partners, out.by_partner);
    if (g_.o.map_cells > 0) out.map = map(v);
    return out;
}

SightMap Judge::map(const View& v) const {
    const auto& where = g_.where.at(state_);
    const auto& grid = g_.joint.grid();
    std::size_t top = grid.rows, bottom = 0, left = grid.columns, right = 0;
    for (std::size_t c = 0; c < where.size(); ++c)
        if (where[c]) {
            const std::size_t row = c / grid.columns, column = c % grid.columns;
            top = std::min(top, row), bottom = std::max(bottom, row + 1);
            left = std::min(left, column), right = std::max(right, column + 1);
        }
    SightMap out;
    out.sets = {0, 0};
    if (bottom <= top) return out;
    const double cells = static_cast<double>(bottom - top) * static_cast<double>(right - left);
    const auto stride = std::max<std::size_t>(
        1, static_cast<std::size_t>(std::ceil(std::sqrt(cells / static_cast<double>(g_.o.map_cells)))));
    out.rows = (bottom - top) / stride, out.columns = (right - left) / stride;
    out.step_lat = grid.step_lat * static_cast<double>(stride),
    out.step_lon = grid.step_lon * static_cast<double>(stride);
    const std::size_t half = stride / 2;
    out.north_west = grid.at(top + half, left + half);
    out.cells.assign(out.rows * out.columns, 0);
    for (std::size_t r = 0; r < out.rows; ++r)
        for (std::size_t k = 0; k < out.columns; ++k) {
            const std::size_t c = (top + r * stride + half) * grid.columns + left + k * stride + half;
            auto& cell = out.cells[r * out.columns + k];
            if (where[c] == 0) continue;
            const auto causes = v.causes(c);
            if (causes == 0) {
                cell = 1;
                continue;
            }
            auto it = std::find(out.sets.begin() + 2, out.sets.end(), causes);
            if (it == out.sets.end() && out.sets.size() < 255) it = out.sets.insert(out.sets.end(), causes);
            cell = static_cast<std::uint8_t>(std::min<std::ptrdiff_t>(it - out.sets.begin(), 254));
        }
    return out;
}

double Judge::warning(const Approach& a, const View& v, std::uint64_t allowed, int without) const {
    std::size_t held = 0;
    for (std::size_t i = 0; i < a.cells.size(); ++i) {
        const auto c = a.cells[i];
        const auto causes = c == outside_grid ? 0 : v.causes(c) & allowed;
        const bool seen = causes != 0 && !(without >= 0 && v.sensors(c) == 1 && v.last_of[c - v.first] == without);
        held = seen ? held + 1 : 0;
        if (held < run) continue;
        double delay = causes & 1 ? 0.0 : 1e9;
        for (std::size_t k = 0; k < causes_.size() && delay > 0; ++k)
            if (causes & bit(k)) delay = std::min(delay, causes_[k].delay);
        const double left = static_cast<double>(a.cells.size() - 1 - i) * line_step / g_.o.speed - delay;
        if (left > 0) return left;
        // Too late through an accord; own sensors may still see it.
        allowed &= 1, held = 0;
        if (allowed == 0) return 0;
    }
    return 0;
}

Distribution Judge::distribute(const View& v, std::uint64_t allowed, const std::function<bool(const Approach&)>& wanted,
                               int without) const {
    std::vector<double> seconds;
    for (const auto& a : g_.ways_in.at(state_).approaches)
        if (!wanted || wanted(a)) seconds.push_back(warning(a, v, allowed, without));
    return distribution(std::move(seconds), g_.o.in_time);
}

void Judge::warnings(const View& v, StateResult& out) const {
    const auto& ways = g_.ways_in.at(state_);
    out.warning = distribute(v, all);
    out.warning_own = distribute(v, 1);
    std::map<std::string, std::uint64_t> chains;
    for (std::size_t i = 0; i < causes_.size(); ++i) chains[causes_[i].chain] |= bit(i);
    for (const auto& [chain, bits] : chains) out.by_chain[chain] = distribute(v, 1 | bits);
    std::set<std::string> neighbours;
    for (const auto& s : ways.segments) neighbours.insert(s.neighbour);
    for (const auto& n : neighbours) {
        const auto there = [&](const Approach& a) { return ways.segments[a.segment].neighbour == n; };
        out.by_border[n] = {distribute(v, 1, there), distribute(v, all, there)};
    }
    std::vector<std::vector<double>> own(ways.segments.size()), joint(ways.segments.size());
    for (const auto& a : ways.approaches) {
        own[a.segment].push_back(warning(a, v, 1));
        joint[a.segment].push_back(causes_.empty() ? own[a.segment].back() : warning(a, v, all));
    }
    for (std::size_t i = 0; i < ways.segments.size(); ++i)
        out.segments.push_back({ways.segments[i].neighbour, ways.segments[i].line.front(), ways.segments[i].line.back(),
                                ways.segments[i].line, distribution(std::move(own[i]), g_.o.in_time),
                                distribution(std::move(joint[i]), g_.o.in_time)});
}

void Judge::dependence(const View& v, StateResult& out) const {
    const auto sets = by_set(v, false);
    const double area = sum_of(sets, all), own = sum_of(sets, 1);
    for (const State partner : g_.o.everyone()) {
        if (partner == state_) continue;
        std::uint64_t without = all, only = 1;
        for (std::size_t i = 0; i < causes_.size(); ++i) {
            const auto& c = causes_[i];
            if (c.originator == partner || std::ranges::find(c.hands, partner) != c.hands.end()) without &= ~bit(i);
            if (c.originator == partner) only |= bit(i);
        }
        if (without != all) {
            const auto left = distribute(v, without);
            out.lost_if_suspends[std::string(partner.text())] = {
                area - sum_of(sets, without), out.warning.mean - left.mean, out.warning.in_time - left.in_time};
        }
        // What this partner gives; turned round to the giver's page afterwards.
        if (only != 1) out.gives[std::string(partner.text())] = sum_of(sets, only) - own;
    }
    const auto columns = g_.joint.grid().columns;
    std::vector<double> alone(g_.joint.footprints().size(), 0);
    for (std::size_t i = 0; i < v.sensors_of.size(); ++i)
        if (v.sensors_of[i] == 1) alone[v.last_of[i]] += row_area_[(v.first + i) / columns];
    for (std::size_t sensor = 0; sensor < alone.size(); ++sensor) {
        if (alone[sensor] == 0) continue;
        const auto left = distribute(v, all, {}, static_cast<int>(sensor));
        out.lost_if_fails[g_.joint.footprints()[sensor].instrument.sensor.name] = {
            alone[sensor], out.warning.mean - left.mean, out.warning.in_time - left.in_time};
    }
}

/// On a raster of 50 km: enough for a median. A release that is coarsened counts with the side of its cells.
void Judge::accuracy(const View& v, StateResult& out) const {
    const double altitude = geo::PressureAltitude::from_flight_level(g_.o.warning_level).m;
    const auto probe = g_.warning_probe();
    const auto& grid = g_.joint.grid();
    const auto stride = std::max<std::size_t>(1, static_cast<std::size_t>(50e3 / g_.o.cell));
    std::vector<double> joint, own, there;
    std::vector<bool> chosen(g_.joint.footprints().size());
    for (std::size_t r = 0; r < grid.rows; r += stride)
        for (std::size_t k = 0; k < grid.columns; k += stride) {
            const std::size_t c = r * grid.columns + k;
            if (v.causes(c) == 0) continue;
            double information = 0;
            bool mine = false;
            for (std::size_t i = 0; i < groups_.size(); ++i) {
                double blur = 0;
                if (groups_[i].owner != state_ || !groups_[i].accord.empty()) {
                    const auto& release = releases_.at(probe, i);
                    const auto value = release.causes.empty() ? 0 : release.at.at(r, k);
                    if (value == 0) continue;
                    blur = release.causes[value - 1u].grid;
                }
                chosen.assign(chosen.size(), false);
                for (const auto s : groups_[i].sensors) chosen[s] = true;
                const double sigma = g_.joint.seen(c, altitude, g_.o.target, chosen).sigma;
                if (!std::isfinite(sigma)) continue;
                information += 1 / (sigma * sigma + blur * blur / 12);
                if (groups_[i].owner == state_ && groups_[i].accord.empty()) own.push_back(sigma), mine = true;
            }
            if (information > 0) joint.push_back(1 / std::sqrt(information));
            if (mine) there.push_back(1 / std::sqrt(information));
        }
    out.accuracy = median(joint), out.accuracy_own = median(own), out.accuracy_there = median(there);
}

void Judge::follow_routes(const View& v, StateResult& out) const {
    const auto& where = g_.where.at(state_);
    for (std::size_t i = 0; i < g_.routes.size(); ++i) {
        RouteResult r;
        r.name = g_.o.routes[i].name;
        int gap_own = 0, gap = 0;
        for (const auto c : g_.routes[i]) {
            if (c == outside_grid || where[c] == 0) {
                gap_own = gap = 0;
                continue;
            }
            r.length += line_step;
            const bool own = v.causes(c) & 1, any = v.causes(c) != 0;
            r.own += own ? line_step : 0, r.joint += any ? line_step : 0, r.by_2 += v.sensors(c) >= 2 ? line_step : 0;
            r.gaps_own += !own && gap_own == 0 ? 1 : 0, r.gaps += !any && gap == 0 ? 1 : 0;
            gap_own = own ? 0 : gap_own + 1, gap = any ? 0 : gap + 1;
            r.gap_own = std::max(r.gap_own, gap_own * line_step), r.gap = std::max(r.gap, gap * line_step);
        }
        if (r.length < 50e3) continue;
        r.own /= r.length, r.joint /= r.length, r.by_2 /= r.length;
        out.routes.push_back(std::move(r));
    }
}

void Judge::find(StateResult& out) const {
    if (causes_.empty()) {
        out.findings.push_back("No clause in force gives it anything: it sees what its own sensors see.");
        return;
    }
    std::string nothing, little;
    for (const auto& [n, d] : out.by_border) {
        const double gained = d.second.mean - d.first.mean;
        if (gained < 5)
            nothing += fmt::format("{}{} ({:.0f} s)", nothing.empty() ? "" : ", ", n, d.first.mean);
        else if (d.second.in_time < 0.5)
            little += fmt::format("{}{} (+{:.0f} s, {:.0f} % in time)", little.empty() ? "" : ", ", n, gained,
                                  d.second.in_time * 100);
    }
    if (!nothing.empty())
        out.findings.push_back(
            "Nothing is gained against what comes from the side of " + nothing +
            ": no partner's sensor that the law gives it looks there. In brackets its own mean warning, which stays.");
    if (!little.empty())
        out.findings.push_back(
            fmt::format("Something is gained, and still fewer than half of the approaches are seen {:.0f} s ahead, "
                        "from the side of {}.",
                        g_.o.in_time, little));
    for (const auto& c : causes_) {
        const auto at = [&](const LevelResult& l) {
            const auto it = l.by_chain.find(c.chain);
            return it == l.by_chain.end() ? 0.0 : it->second.alone;
        };
        double most = 0;
        for (const auto& l : out.levels) most = std::max(most, at(l));
        if (most < 1)
            out.findings.push_back(
                fmt::format("{} is in force and shows it nothing that it would not see without.", c.chain));
        for (const auto& clause : c.clauses) {
            double vanishes = 0;
            for (const auto& l : out.levels) vanishes = std::max(vanishes, l.by_clause.at(clause));
            const auto sentence = clause + " could be taken out and nothing would vanish: other clauses give the same.";
            if (most >= 1 && vanishes < 1 && std::ranges::find(out.findings, sentence) == out.findings.end())
                out.findings.push_back(sentence);
        }
    }
}

}  // namespace asman::study
