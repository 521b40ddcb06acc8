#include <asman/study/assess.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace asman::study {
namespace {

using nlohmann::json;

json of(const Distribution& d) {
    const auto whole = [](double x) { return std::round(x); };
    return {{"approaches", d.approaches},  {"share_in_time", std::round(d.in_time * 1000) / 1000},
            {"lowest_s", whole(d.lowest)}, {"p10_s", whole(d.tenth)},
            {"median_s", whole(d.median)}, {"p90_s", whole(d.ninetieth)},
            {"mean_s", whole(d.mean)}};
}

json rounded(const std::map<std::string, double>& m) {
    json j = json::object();
    for (const auto& [k, v] : m) j[k] = std::round(v);
    return j;
}

std::string day(base::Time t) {
    return base::format_time(t).substr(0, 10);
}

std::string escaped(std::string_view s) {
    std::string out;
    for (const char c : s) {
        if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '&')
            out += "&amp;";
        else
            out += c;
    }
    return out;
}

const LevelResult* level_nearest(const StateResult& s, double level) {
    const LevelResult* best = nullptr;
    for (const auto& l : s.levels)
        if (!best || std::abs(l.level - level) < std::abs(best->level - level)) best = &l;
    return best;
}

}  // namespace

std::string assessment_json(const Assessment& a) {
    json out{{"format", 1}, {"scenario", a.scenario}, {"terrain", a.terrain}, {"caveats", a.caveats}};
    const auto& o = a.options;
    out["options"] = {{"cell_m", o.cell},
                      {"law_cell_m", o.law_cell},
                      {"warning_flight_level", o.warning_level},
                      {"speed_mps", o.speed},
                      {"in_time_s", o.in_time},
                      {"approach_m", o.approach},
                      {"rcs_m2", o.target.rcs},
                      {"transponder", o.target.transponder}};
    for (const auto& e : a.epochs) {
        json epoch{{"from", base::format_time(e.from)}, {"changes", e.changes}};
        for (const auto& s : e.states) {
            json j;
            for (const auto& l : s.levels)
                j["levels"].push_back({{"flight_level", l.level},
                                       {"area_km2", std::round(l.area)},
                                       {"area_by_2_km2", std::round(l.area_by_2)},
                                       {"own_km2", std::round(l.own)},
                                       {"land_km2", std::round(l.land)},
                                       {"land_own_km2", std::round(l.land_own)},
                                       {"vanishes_without_km2", rounded(l.gain)},
                                       {"adds_alone_km2", rounded(l.alone)}});
            j["accuracy_m"] = std::round(s.accuracy), j["accuracy_own_m"] = std::round(s.accuracy_own);
            j["warning"] = of(s.warning), j["warning_own"] = of(s.warning_own);
            for (const auto& [cause, d] : s.by_cause) j["warning_with_only"][cause] = of(d);
            for (const auto& [n, d] : s.by_border) j["borders"][n] = {{"own", of(d.first)}, {"joint", of(d.second)}};
            j["lost_if_partner_suspends_km2"] = rounded(s.lost_if_suspends);
            j["lost_if_sensor_fails_km2"] = rounded(s.lost_if_fails);
            j["gives_km2"] = rounded(s.gives);
            j["rests_on_assumed"] = s.assumed;
            epoch["states"][std::string(s.state.text())] = std::move(j);
        }
        out["epochs"].push_back(std::move(epoch));
    }
    return out.dump(1) + "\n";
}

std::string assessment_text(const Assessment& a) {
    std::string out =
        fmt::format("Terrain: {}. Target without transponder, {} m2, {} m/s at FL{:03.0f}; in time: {:.0f} s.\n",
                    a.terrain, a.options.target.rcs, a.options.speed, a.options.warning_level, a.options.in_time);
    out += "from        state    seen at FL100, km2 (own)      by 2     warning median, s (own)   in time (own)\n";
    for (std::size_t i = 0; i < a.epochs.size(); ++i) {
        const auto& e = a.epochs[i];
        for (std::size_t k = 0; k < e.states.size(); ++k) {
            const auto& s = e.states[k];
            const auto* l = level_nearest(s, 100);
            const auto* p = i > 0 ? level_nearest(a.epochs[i - 1].states[k], 100) : nullptr;
            if (p && l && p->area == l->area && a.epochs[i - 1].states[k].warning.mean == s.warning.mean)
                continue;  // nothing changed for it
            out += fmt::format("{}  {:5} {:12.0f} ({:9.0f}) {:12.0f} {:12.0f} ({:5.0f}) {:14.0f} % ({:3.0f} %)\n",
                               day(e.from), s.state.text(), l ? l->area : 0, l ? l->own : 0, l ? l->area_by_2 : 0,
                               s.warning.median, s.warning_own.median, s.warning.in_time * 100,
                               s.warning_own.in_time * 100);
            if (l)
                for (const auto& [cause, km2] : l->gain)
                    out += fmt::format(
                        "              {:60} adds {:8.0f} km2 alone, {:8.0f} vanish without; mean warning {:+.0f} s\n",
                        cause, l->alone.at(cause), km2, s.by_cause.at(cause).mean - s.warning_own.mean);
        }
    }
    for (const auto& c : a.caveats) out += "! " + c + "\n";
    return out;
}

namespace {

std::string bar(double own, double joint, double most) {
    const double w = 260;
    return fmt::format(
        "<svg width=\"{0}\" height=\"14\"><rect width=\"{1:.1f}\" height=\"14\" fill=\"#8fbce6\"/><rect "
        "width=\"{2:.1f}\" height=\"14\" fill=\"#2f6fa8\"/></svg>",
        w, most > 0 ? joint / most * w : 0, most > 0 ? own / most * w : 0);
}

std::string timeline(const Assessment& a) {
    // Area seen at the level nearest FL100, by state, over time, against each state's largest.
    const double width = 900, row = 46, left = 60;
    const auto states = a.epochs.empty() ? 0 : a.epochs.front().states.size();
    const double span = (a.options.to - a.options.from).seconds();
    std::string out = fmt::format("<svg viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\">", width,
                                  row * static_cast<double>(states) + 24);
    const auto x = [&](base::Time t) { return left + (t - a.options.from).seconds() / span * (width - left - 10); };
    for (std::size_t k = 0; k < states; ++k) {
        double most = 1;
        for (const auto& e : a.epochs)
            if (const auto* l = level_nearest(e.states[k], 100)) most = std::max(most, l->area);
        const double base = row * static_cast<double>(k + 1);
        out += fmt::format("<text x=\"4\" y=\"{}\">{}</text>", base - 10, a.epochs.front().states[k].state.text());
        for (std::size_t i = 0; i < a.epochs.size(); ++i) {
            const auto* l = level_nearest(a.epochs[i].states[k], 100);
            const double from = x(a.epochs[i].from),
                         to = i + 1 < a.epochs.size() ? x(a.epochs[i + 1].from) : width - 10;
            const double h = l ? l->area / most * (row - 8) : 0, o = l ? l->own / most * (row - 8) : 0;
            out += fmt::format(
                "<rect x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2:.1f}\" height=\"{3:.1f}\" fill=\"#8fbce6\"/><rect "
                "x=\"{0:.1f}\" y=\"{4:.1f}\" width=\"{2:.1f}\" height=\"{5:.1f}\" fill=\"#2f6fa8\"/>",
                from, base - h, to - from, h, base - o, o);
        }
    }
    for (const auto& e : a.epochs)
        out += fmt::format(
            "<line x1=\"{0:.1f}\" x2=\"{0:.1f}\" y1=\"0\" y2=\"{1}\" stroke=\"#0003\"><title>{2}</title></line>",
            x(e.from), row * static_cast<double>(states), day(e.from));
    out += fmt::format("<text x=\"{}\" y=\"{}\">{}</text><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>", left,
                       row * static_cast<double>(states) + 18, day(a.options.from), width - 10,
                       row * static_cast<double>(states) + 18, day(a.options.to));
    return out + "</svg>";
}

std::string page_of(const StateResult& s) {
    std::string out = fmt::format(
        "<h3>{}</h3><table><tr><th>level</th><th>own km²</th><th>jointly km²</th><th>by two km²</th><th>land "
        "own</th><th>land jointly</th><th></th></tr>",
        s.state.text());
    double most = 1;
    for (const auto& l : s.levels) most = std::max(most, l.area);
    for (const auto& l : s.levels)
        out += fmt::format(
            "<tr><td>FL{:03.0f}</td><td>{:.0f}</td><td>{:.0f}</td><td>{:.0f}</td><td>{:.0f}</td><td>{:.0f}</td><td>{}</"
            "td></tr>",
            l.level, l.own, l.area, l.area_by_2, l.land_own, l.land, bar(l.own, l.area, most));
    out += "</table>";
    if (const auto* l = level_nearest(s, 100); l && !l->gain.empty()) {
        out +=
            "<table><tr><th>cause (clauses, the originator's first)</th><th>adds alone, km² at FL100</th><th>vanishes "
            "without, km²</th><th>mean warning, s</th></tr>";
        for (const auto& [cause, km2] : l->gain)
            out += fmt::format("<tr><td>{}</td><td>{:.0f}</td><td>{:.0f}</td><td>{:+.0f}</td></tr>", escaped(cause),
                               l->alone.at(cause), km2, s.by_cause.at(cause).mean - s.warning_own.mean);
        out += "</table>";
    }
    out +=
        "<table><tr><th>border</th><th>approaches</th><th>own: median, mean s</th><th>jointly: median, mean "
        "s</th><th>in time own</th><th>in time jointly</th></tr>";
    for (const auto& [n, d] : s.by_border)
        out += fmt::format(
            "<tr><td>{}</td><td>{}</td><td>{:.0f}, {:.0f}</td><td>{:.0f}, {:.0f}</td><td>{:.0f} %</td><td>{:.0f} "
            "%</td></tr>",
            n, d.first.approaches, d.first.median, d.first.mean, d.second.median, d.second.mean, d.first.in_time * 100,
            d.second.in_time * 100);
    out += fmt::format(
        "<tr><th>all</th><td>{}</td><td>{:.0f}, {:.0f}</td><td>{:.0f}, {:.0f}</td><td>{:.0f} %</td><td>{:.0f} "
        "%</td></tr></table>",
        s.warning.approaches, s.warning_own.median, s.warning_own.mean, s.warning.median, s.warning.mean,
        s.warning_own.in_time * 100, s.warning.in_time * 100);
    out += fmt::format("<p>Accuracy where seen: {:.0f} m jointly, {:.0f} m alone (median of 1σ per axis).", s.accuracy,
                       s.accuracy_own);
    for (const auto& [p, km2] : s.lost_if_suspends) out += fmt::format(" If {} suspends: −{:.0f} km².", p, km2);
    for (const auto& [r, km2] : s.gives) out += fmt::format(" Gives {}: {:.0f} km².", r, km2);
    for (const auto& t : s.assumed) out += " <em>Rests on an assumed date: " + escaped(t) + ".</em>";
    return out + "</p>";
}

}  // namespace

std::string assessment_html(const Assessment& a) {
    std::string out =
        "<!doctype html><meta charset=\"utf-8\"><title>What joining brings</title><style>body{font:14px/1.45 "
        "system-ui,sans-serif;max-width:960px;margin:2em auto;color:#222}"
        "table{border-collapse:collapse;margin:.6em 0}td,th{padding:2px 10px;border-bottom:1px solid "
        "#ddd;text-align:right}td:first-child,th:first-child{text-align:left}"
        "h2{margin-top:2em;border-top:2px solid #2f6fa8;padding-top:.4em}.c{background:#fff6df;padding:.6em "
        "1em}</style>";
    out += fmt::format(
        "<h1>What joining brings</h1><p>{}; terrain: {}. A target without transponder of {} m², {} m/s at FL{:03.0f}; "
        "in time means {:.0f} s before the border. "
        "Dark: own sensors; light: jointly. Areas are the state's land and {:.0f} km of approaches.</p>",
        escaped(a.scenario), escaped(a.terrain), a.options.target.rcs, a.options.speed, a.options.warning_level,
        a.options.in_time, a.options.approach / 1000);
    out += "<div class=\"c\"><ul>";
    for (const auto& c : a.caveats) out += "<li>" + escaped(c) + "</li>";
    out += "</ul></div><h2>Over time</h2>" + timeline(a);
    for (std::size_t i = 0; i < a.epochs.size(); ++i) {
        const auto& e = a.epochs[i];
        out += fmt::format("<h2>From {}</h2><ul>", day(e.from));
        for (const auto& c : e.changes) out += "<li>" + escaped(c) + "</li>";
        out += "</ul>";
        bool any = false;
        for (std::size_t k = 0; k < e.states.size(); ++k) {
            const bool changed = i == 0 || e.states[k].warning.mean != a.epochs[i - 1].states[k].warning.mean ||
                                 e.states[k].by_cause.size() != a.epochs[i - 1].states[k].by_cause.size();
            if (changed) out += page_of(e.states[k]), any = true;
        }
        if (!any) out += "<p>No state's picture changes.</p>";
    }
    return out;
}

}  // namespace asman::study
