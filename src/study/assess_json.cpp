#include <asman/study/assess.hpp>

#include "assess_charts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace asman::study {
namespace {

using nlohmann::json;

double whole(double x) {
    return std::round(x);
}
double thousandth(double x) {
    return std::round(x * 1000) / 1000;
}

json of(const Distribution& d) {
    return {{"approaches", d.approaches},  {"share_in_time", thousandth(d.in_time)},
            {"lowest_s", whole(d.lowest)}, {"p10_s", whole(d.tenth)},
            {"median_s", whole(d.median)}, {"p90_s", whole(d.ninetieth)},
            {"mean_s", whole(d.mean)},     {"histogram", d.bins}};
}

json of(const std::map<std::string, Gain>& gains) {
    json out = json::object();
    for (const auto& [name, g] : gains)
        out[name] = {{"adds_alone_km2", whole(g.alone)},
                     {"vanishes_without_km2", whole(g.vanishes)},
                     {"share_km2", whole(g.share)}};
    return out;
}

json rounded(const std::map<std::string, double>& m) {
    json j = json::object();
    for (const auto& [k, v] : m) j[k] = whole(v);
    return j;
}

json of(const std::map<std::string, Loss>& losses) {
    json out = json::object();
    for (const auto& [name, l] : losses)
        out[name] = {{"area_km2", whole(l.area)},
                     {"mean_warning_s", whole(l.warning)},
                     {"share_in_time", thousandth(l.in_time)}};
    return out;
}

json point(geo::Point p) {
    return {std::round(p.lon_deg() * 1e4) / 1e4, std::round(p.lat_deg() * 1e4) / 1e4};
}

/// Rows from the north, each as pairs of count and index into `sets`.
json of(const SightMap& m) {
    json rows = json::array();
    for (std::size_t r = 0; r < m.rows; ++r) {
        json row = json::array();
        for (std::size_t c = 0; c < m.columns;) {
            std::size_t end = c + 1;
            while (end < m.columns && m.cells[r * m.columns + end] == m.cells[r * m.columns + c]) ++end;
            row.push_back(end - c), row.push_back(m.cells[r * m.columns + c]);
            c = end;
        }
        rows.push_back(std::move(row));
    }
    return {{"north_west", point(m.north_west)},
            {"step_deg", {m.step_lon / geo::deg, m.step_lat / geo::deg}},
            {"columns", m.columns},
            {"sets", m.sets},
            {"rows", std::move(rows)}};
}

json of(const LevelResult& l, bool maps) {
    json out{{"flight_level", l.level},
             {"area_km2", whole(l.area)},
             {"area_by_2_km2", whole(l.area_by_2)},
             {"own_km2", whole(l.own)},
             {"own_by_2_km2", whole(l.own_by_2)},
             {"land_km2", whole(l.land)},
             {"land_own_km2", whole(l.land_own)},
             {"by_chain", of(l.by_chain)},
             {"by_partner", of(l.by_partner)},
             {"vanishes_without_clause_km2", rounded(l.by_clause)}};
    if (maps) out["map"] = of(l.map);
    return out;
}

json of(const StateResult& s, bool maps) {
    json j;
    for (const auto& c : s.causes) {
        json hands = json::array();
        for (const auto& h : c.hands) hands.push_back(h.text());
        j["causes"].push_back({{"chain", c.chain},
                               {"originator", c.originator.text()},
                               {"site", c.site},
                               {"handed_on_by", hands},
                               {"delay_s", c.delay},
                               {"grid_m", c.grid}});
    }
    for (const auto& l : s.levels) j["levels"].push_back(of(l, maps));
    j["accuracy_own_m"] = whole(s.accuracy_own), j["accuracy_same_places_m"] = whole(s.accuracy_there);
    j["accuracy_m"] = whole(s.accuracy);
    j["warning"] = of(s.warning), j["warning_own"] = of(s.warning_own);
    for (const auto& [chain, d] : s.by_chain) j["warning_with_only"][chain] = of(d);
    j["mean_warning_vanishes_without_clause_s"] = rounded(s.warning_by_clause);
    for (const auto& [n, d] : s.by_border) j["borders"][n] = {{"own", of(d.first)}, {"joint", of(d.second)}};
    for (const auto& g : s.segments)
        j["segments"].push_back({{"neighbour", g.neighbour},
                                 {"from", point(g.from)},
                                 {"to", point(g.to)},
                                 {"own", of(g.own)},
                                 {"joint", of(g.joint)}});
    for (const auto& r : s.routes)
        j["routes"].push_back({{"route", r.name},
                               {"length_km", whole(r.length / 1000)},
                               {"own", thousandth(r.own)},
                               {"joint", thousandth(r.joint)},
                               {"by_2", thousandth(r.by_2)},
                               {"gaps_own", r.gaps_own},
                               {"gaps", r.gaps},
                               {"longest_gap_own_km", whole(r.gap_own / 1000)},
                               {"longest_gap_km", whole(r.gap / 1000)}});
    j["lost_if_partner_suspends"] = of(s.lost_if_suspends);
    j["lost_if_sensor_fails"] = of(s.lost_if_fails);
    j["gives_km2"] = rounded(s.gives);
    j["rests_on_assumed"] = s.assumed;
    j["findings"] = s.findings;
    return j;
}

}  // namespace

std::string assessment_json(const Assessment& a, bool maps) {
    const auto& o = a.options;
    json angles = json::array();
    for (const double angle : o.angles) angles.push_back(whole(angle / geo::deg));
    json out{
        {"format", 2},
        {"scenario", a.scenario},
        {"terrain", a.terrain},
        {"horizontal_datum", "WGS-84"},
        {"vertical_datum", a.geoid ? "mean sea level (EGM96); flight levels in the standard atmosphere"
                                   : "mean sea level, geoid not available; flight levels in the standard atmosphere"},
        {"caveats", a.caveats}};
    out["options"] = {{"cell_m", o.cell},
                      {"warning_flight_level", o.warning_level},
                      {"speed_mps", o.speed},
                      {"in_time_s", o.in_time},
                      {"approach_m", o.approach},
                      {"border_step_m", o.border_step},
                      {"angles_deg", angles},
                      {"segment_m", o.segment},
                      {"histogram_bin_s", Distribution::bin},
                      {"route_flight_level", o.route_level},
                      {"rcs_m2", o.target.rcs},
                      {"transponder", o.target.transponder}};
    for (const auto& e : a.epochs) {
        json epoch{{"from", base::format_time(e.from)}, {"changes", e.changes}};
        for (std::size_t k = 0; k < e.states.size(); ++k) {
            auto& j = epoch["states"][std::string(e.states[k].state.text())];
            j = of(e.states[k], maps && e.changed[k]);
            j["changed"] = static_cast<bool>(e.changed[k]);
        }
        out["epochs"].push_back(std::move(epoch));
    }
    return out.dump(1) + "\n";
}

std::string assessment_state_json(const Assessment& a, std::size_t state) {
    json out{
        {"format", 2},
        {"terrain", a.terrain},
        {"cell_m", a.options.cell},
        {"target", {{"transponder", a.options.target.transponder}, {"rcs_m2", a.options.target.rcs}}},
        {"warning",
         {{"flight_level", a.options.warning_level}, {"speed_mps", a.options.speed}, {"in_time_s", a.options.in_time}}},
        {"caveats", a.caveats},
        {"epochs", json::array()}};
    for (const auto& e : a.epochs) {
        json epoch{{"from", base::format_time(e.from)}, {"changes", e.changes}};
        if (e.changed[state]) {
            auto j = of(e.states[state], true);
            for (const char* heavy : {"segments", "routes", "warning_with_only"}) j.erase(heavy);
            epoch["sight"] = std::move(j);
        }
        out["epochs"].push_back(std::move(epoch));
    }
    out["state"] = a.epochs.empty() ? "" : a.epochs.front().states[state].state.text();
    return out.dump();
}

std::string assessment_text(const Assessment& a) {
    const auto& o = a.options;
    std::string out = fmt::format(
        "Terrain: {}. Cells of {:.0f} m. Target {} transponder, {} m2, {} m/s at FL{:03.0f}; in time: {:.0f} s.\n"
        "from        state    seen at FL100, km2 (own)      by 2    mean warning, s (own)   in time (own)\n",
        a.terrain, o.cell, o.target.transponder ? "with" : "without", o.target.rcs, o.speed, o.warning_level,
        o.in_time);
    for (const auto& e : a.epochs)
        for (std::size_t k = 0; k < e.states.size(); ++k) {
            if (!e.changed[k]) continue;
            const auto& s = e.states[k];
            const auto* l = charts::level_nearest(s, 100);
            out += fmt::format("{}  {:5} {:12.0f} ({:9.0f}) {:12.0f} {:12.0f} ({:5.0f}) {:14.0f} % ({:3.0f} %)\n",
                               base::format_time(e.from).substr(0, 10), s.state.text(), l ? l->area : 0, l ? l->own : 0,
                               l ? l->area_by_2 : 0, s.warning.mean, s.warning_own.mean, s.warning.in_time * 100,
                               s.warning_own.in_time * 100);
            if (!l) continue;
            for (const auto& [partner, g] : l->by_partner)
                out +=
                    fmt::format("              {:20} adds {:8.0f} km2 alone, {:8.0f} share, {:8.0f} vanish without\n",
                                partner, g.alone, g.share, g.vanishes);
            for (const auto& [clause, km2] : l->by_clause)
                out += fmt::format("              without {:30} {:8.0f} km2 and {:4.0f} s of mean warning vanish\n",
                                   clause, km2, s.warning_by_clause.at(clause));
            for (const auto& f : s.findings) out += "              - " + f + "\n";
        }
    for (const auto& c : a.caveats) out += "! " + c + "\n";
    return out;
}

}  // namespace asman::study
