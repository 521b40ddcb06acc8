#include "assess_charts.hpp"

#include <asman/base/markup.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace asman::study {
namespace {

using charts::day;
using charts::grouped;
using charts::level_nearest;

constexpr double shown = 100;  ///< flight level of maps and summary

constexpr const char* style = R"(
:root{color-scheme:light;--ink:#1f2428;--dim:#5b646b;--line:#dde1e4;--accent:#2f6fa8}
body{font:15px/1.5 system-ui,"DejaVu Sans",sans-serif;max-width:980px;margin:2em auto;padding:0 1em;color:var(--ink);background:#fff}
h1{font-size:1.7em;margin-bottom:.2em}h2{margin-top:2.4em;border-top:2px solid var(--accent);padding-top:.5em}
h3{margin:1.8em 0 .3em;font-size:1.15em}h4{margin:1.2em 0 .2em}
p.lead,figcaption,.note{color:var(--dim);font-size:.92em}
table{border-collapse:collapse;margin:.5em 0;font-variant-numeric:tabular-nums}
td,th{padding:3px 12px 3px 0;border-bottom:1px solid var(--line);text-align:right;vertical-align:middle}td{white-space:nowrap}td.l{white-space:normal}
th{font-weight:600;font-size:.88em;color:var(--dim)}td:first-child,th:first-child{text-align:left}td.l,th.l{text-align:left}
.caveats{background:#fff8e4;border:1px solid #ead9a6;border-radius:6px;padding:.3em 1em;margin:1em 0}
.caveats ul{margin:.4em 0;padding-left:1.2em}.findings{border-left:4px solid var(--accent);padding:.1em 1em;margin:.8em 0;background:#f3f7fb}
.row{display:flex;flex-wrap:wrap;gap:18px}figure{margin:.5em 0}.row figure{max-width:440px}svg.chart{max-width:100%;height:auto;font-size:11px}
.key{display:inline-block;width:16px;height:12px;vertical-align:-1px;border:1px solid #999;margin-right:4px}
details{margin:.5em 0}summary{cursor:pointer;color:var(--accent)}code{font-size:.9em}
@media print{details{display:block}h2{break-before:page}}
)";

std::string percent(double share) {
    return fmt::format("{:.0f} %", share * 100);
}

std::string summary(const Assessment& a) {
    const auto& last = a.epochs.back();
    std::string out =
        "<table><tr><th>state</th><th>own sensors, km²</th><th>jointly, km²</th><th>gain</th><th>by two or more, "
        "km²</th><th>mean warning, s</th><th>in time</th><th>accuracy, m: own → there → everywhere</th></tr>";
    for (const auto& s : last.states) {
        const auto* l = level_nearest(s, shown);
        if (!l) continue;
        out += fmt::format(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{:.0f} → {:.0f}</td><td>{} → "
            "{}</td><td>{:.0f} → {:.0f} → {:.0f}</td></tr>",
            s.state.text(), grouped(l->own), grouped(l->area),
            l->own > 0 ? fmt::format("+{:.0f} %", (l->area / l->own - 1) * 100) : "–", grouped(l->area_by_2),
            s.warning_own.mean, s.warning.mean, percent(s.warning_own.in_time), percent(s.warning.in_time),
            s.accuracy_own, s.accuracy_there, s.accuracy);
    }
    return out + "</table>";
}

std::string levels(const StateResult& s) {
    double most = 1;
    for (const auto& l : s.levels) most = std::max(most, l.area);
    std::string out =
        "<table><tr><th>level</th><th>own, km²</th><th>jointly, km²</th><th>by two, km²</th><th>of the land: "
        "own</th><th>jointly</th><th class=\"l\">own, jointly hatched; the mark: by two</th></tr>";
    for (const auto& l : s.levels)
        out += fmt::format(
            "<tr><td>FL{:03.0f}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td "
            "class=\"l\">{}</td></tr>",
            l.level, grouped(l.own), grouped(l.area), grouped(l.area_by_2), grouped(l.land_own), grouped(l.land),
            charts::bar(l, most));
    return out + "</table>";
}

std::string gains(const StateResult& s) {
    const auto* l = level_nearest(s, shown);
    if (!l || s.causes.empty()) return {};
    std::string out = fmt::format(
        "<h4>By partner, at FL{:03.0f}</h4><table><tr><th>partner</th><th>adds alone, km²</th><th>share of the gain, "
        "km²</th><th>vanishes without, km²</th></tr>",
        l->level);
    for (const auto& [name, g] : l->by_partner)
        out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>", base::escaped_markup(name),
                           grouped(g.alone), grouped(g.share), grouped(g.vanishes));
    out += fmt::format("<tr><td>all</td><td></td><td>{}</td><td></td></tr></table>", grouped(l->area - l->own));
    out +=
        "<h4>By chain of clauses</h4><table><tr><th>chain, the originator's clause first</th><th>adds alone, "
        "km²</th><th>share, km²</th><th>vanishes without, km²</th><th>mean warning, s</th></tr>";
    for (const auto& [name, g] : l->by_chain)
        out += fmt::format("<tr><td><code>{}</code></td><td>{}</td><td>{}</td><td>{}</td><td>{:+.0f}</td></tr>",
                           base::escaped_markup(name), grouped(g.alone), grouped(g.share), grouped(g.vanishes),
                           s.by_chain.at(name).mean - s.warning_own.mean);
    out +=
        "</table><h4>If a clause were not there</h4><table><tr><th>clause taken out of the law</th><th>vanishes, "
        "km²</th><th>mean warning lost, s</th></tr>";
    for (const auto& [name, km2] : l->by_clause)
        out += fmt::format("<tr><td><code>{}</code></td><td>{}</td><td>{:.0f}</td></tr>", base::escaped_markup(name),
                           grouped(km2), s.warning_by_clause.at(name));
    return out + "</table>";
}

std::string borders_of(const StateResult& s, const Assessment& a, const std::string& symbol) {
    std::string out = fmt::format(
        "<h4>Warning at the border</h4><p class=\"note\">Approaches every {:.0f} km of border, {} directions each, "
        "from up "
        "to {:.0f} km outside, {:.0f} m/s at FL{:03.0f}. Hatched: jointly; outlined: own sensors; the broken line: "
        "{:.0f} s, in time.</p><div class=\"row\">",
        a.options.border_step / 1000, a.options.angles.size(), a.options.approach / 1000, a.options.speed,
        a.options.warning_level, a.options.in_time);
    for (const auto& [n, d] : s.by_border)
        out += charts::histogram(d.first, d.second, a.options.in_time,
                                 fmt::format("{} · {} approaches · in time {} → {}", n, d.second.approaches,
                                             percent(d.first.in_time), percent(d.second.in_time)));
    out += "</div>";
    const auto* l = level_nearest(s, shown);
    const auto frame = l ? charts::frame_of(l->map, s.segments) : SightMap{};
    if (frame.rows > 0) {
        out += "<div class=\"row\">";
        for (const bool joint : {false, true}) {
            if (joint && s.causes.empty()) continue;
            out += "<figure>" +
                   charts::border_map(frame, s.segments, joint, symbol.empty() ? "" : symbol + "-near",
                                      joint ? "border, jointly" : "border, own sensors") +
                   fmt::format(
                       "<figcaption>{}: the wider a stretch of border, the more of its approaches are seen in time; "
                       "dotted: none.</figcaption></figure>",
                       joint ? "Jointly" : "Own sensors alone");
        }
        out += "</div>";
    }
    out += fmt::format(
        "<details><summary>{} stretches of border</summary><table><tr><th>towards</th><th class=\"l\">from, "
        "to</th><th>approaches</th><th>own: 10 %, median, 90 %, s</th><th>jointly: 10 %, median, 90 %, "
        "s</th><th>in time</th></tr>",
        s.segments.size());
    for (const auto& g : s.segments)
        out += fmt::format(
            "<tr><td>{}</td><td class=\"l\">{:.1f}, {:.1f} – {:.1f}, {:.1f}</td><td>{}</td><td>{:.0f}, {:.0f}, "
            "{:.0f}</td><td>{:.0f}, {:.0f}, {:.0f}</td><td>{} → {}</td></tr>",
            base::escaped_markup(g.neighbour), g.from.lat_deg(), g.from.lon_deg(), g.to.lat_deg(), g.to.lon_deg(),
            g.joint.approaches, g.own.tenth, g.own.median, g.own.ninetieth, g.joint.tenth, g.joint.median,
            g.joint.ninetieth, percent(g.own.in_time), percent(g.joint.in_time));
    return out + "</table></details>";
}

std::string routes_of(const StateResult& s, const Assessment& a) {
    if (s.routes.empty()) return {};
    std::string out = fmt::format(
        "<h4>Continuity along routes</h4><p class=\"note\">Airliners with transponder and ADS-B at FL{:03.0f}, where "
        "the "
        "route is over the state's land or approaches; {:.0f} km at each end left out.</p><table><tr><th>route</th><th>"
        "length, km</th><th>seen by own</th><th>jointly</th><th>by two or more</th><th>gaps</th><th>longest gap, "
        "km</th></tr>",
        a.options.route_level, a.options.route_ends / 1000);
    for (const auto& r : s.routes)
        out += fmt::format(
            "<tr><td>{}</td><td>{:.0f}</td><td>{}</td><td>{}</td><td>{}</td><td>{} → {}</td><td>{:.0f} → "
            "{:.0f}</td></tr>",
            base::escaped_markup(r.name), r.length / 1000, percent(r.own), percent(r.joint), percent(r.by_2),
            r.gaps_own, r.gaps, r.gap_own / 1000, r.gap / 1000);
    return out + "</table>";
}

std::string dependence_of(const StateResult& s) {
    std::string out;
    const auto table = [&](const std::map<std::string, Loss>& losses, const char* head) {
        if (losses.empty()) return;
        out += fmt::format(
            "<table><tr><th>{}</th><th>area lost, km²</th><th>mean warning lost, s</th><th>approaches in "
            "time lost</th></tr>",
            head);
        for (const auto& [name, l] : losses)
            out += fmt::format("<tr><td>{}</td><td>{}</td><td>{:.0f}</td><td>{}</td></tr>", base::escaped_markup(name),
                               grouped(l.area), l.warning, percent(l.in_time));
        out += "</table>";
    };
    table(s.lost_if_suspends, "if a partner suspends");
    table(s.lost_if_fails, "if a sensor fails");
    if (!s.gives.empty()) {
        out += "<p>It gives";
        bool first = true;
        for (const auto& [r, km2] : s.gives) {
            out += fmt::format("{} {} {} km²", first ? "" : ",", r, grouped(km2));
            first = false;
        }
        out += " that the receiver would not see without its sensors.</p>";
    }
    return out.empty() ? out : "<h4>Dependence</h4>" + out;
}

std::string page_of(const StateResult& s, const StateResult* before, const Assessment& a, const std::string& symbol) {
    std::string out = fmt::format("<h3 id=\"{0}\">{0}</h3>", s.state.text());
    const auto* l = level_nearest(s, shown);
    if (!s.findings.empty()) {
        out += "<div class=\"findings\"><ul>";
        for (const auto& f : s.findings) out += "<li>" + base::escaped_markup(f) + "</li>";
        out += "</ul></div>";
    }
    if (l && l->map.rows > 0) {
        out += "<div class=\"row\">";
        const auto* was = before ? level_nearest(*before, shown) : nullptr;
        if (was)
            out += "<figure>" + charts::map(was->map, symbol, fmt::format("{} before", s.state.text())) +
                   "<figcaption>Before.</figcaption></figure>";
        out += "<figure>" + charts::map(l->map, symbol, fmt::format("{} after", s.state.text())) +
               fmt::format(
                   "<figcaption>{} FL{:03.0f}: <span class=\"key\" style=\"background:#2f6fa8\"></span>own sensors "
                   "<svg class=\"key\" width=\"16\" height=\"12\"><rect width=\"16\" height=\"12\" "
                   "fill=\"url(#hatch)\"/></svg>only through accords <span class=\"key\" "
                   "style=\"background:#e9ecee\"></span>land and approaches that nobody shows it.</figcaption>"
                   "</figure></div>",
                   was ? "After. At" : "At", l->level);
    }
    out += levels(s) + gains(s) + borders_of(s, a, symbol) + routes_of(s, a) + dependence_of(s);
    if (!s.assumed.empty()) {
        out += "<details><summary>Rests on what is assumed, not public</summary><ul>";
        for (const auto& t : s.assumed) out += "<li>" + base::escaped_markup(t) + "</li>";
        out += "</ul></details>";
    }
    return out;
}

}  // namespace

std::string assessment_html(const Assessment& a, const geo::Borders* borders) {
    std::string out = fmt::format(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><title>What joining brings</title><style>{}</style>{}",
        style, charts::patterns());
    const auto& o = a.options;
    out += fmt::format(
        "<h1>What joining brings</h1><p class=\"lead\">{} From {} to {}. Terrain: {}. Cells of {:.0f} m. WGS-84, "
        "heights "
        "above mean sea level (EGM96). What is looked for: a target {} transponder of {} m²; a warning is in time "
        "{:.0f} s "
        "before the border. Areas are a state's land and {:.0f} km of approaches.</p>",
        base::escaped_markup(a.scenario), day(o.from), day(o.to), base::escaped_markup(a.terrain), o.cell,
        o.target.transponder ? "with" : "without", o.target.rcs, o.in_time, o.approach / 1000);
    out += "<div class=\"caveats\"><strong>What these figures are not</strong><ul>";
    for (const auto& c : a.caveats) out += "<li>" + base::escaped_markup(c) + "</li>";
    out += "</ul></div>";
    if (a.epochs.empty()) return out + "</html>";
    out += fmt::format(
               "<h2>At the end</h2><p class=\"note\">At FL{:03.0f}; warning and accuracy at FL{:03.0f}. Before the "
               "arrow: own sensors alone. Accuracy is the median of 1σ: by own sensors, jointly at the same "
               "places, and jointly everywhere, far places included.</p>",
               shown, o.warning_level) +
           summary(a);
    out += fmt::format(
        "<h2>Over time</h2><figure>{}<figcaption>Area seen at FL{:03.0f} against each state's own largest. "
        "Dark: own sensors; hatched: what accords add. The numbers are changes of law:</figcaption></figure><ol>",
        charts::timeline(a, shown), shown);
    for (const auto& e : a.epochs) {
        if (e.changes.empty()) continue;
        out += "<li>" + day(e.from) + ": ";
        for (std::size_t i = 0; i < e.changes.size(); ++i)
            out += (i > 0 ? "; " : "") + base::escaped_markup(e.changes[i]);
        out += "</li>";
    }
    out += "</ol>";
    std::vector<std::string> symbols;
    for (const auto& s : a.epochs.front().states) {
        const auto* l = level_nearest(s, shown);
        symbols.push_back(borders && l && l->map.rows > 0 ? "borders-" + std::string(s.state.text()) : "");
        if (symbols.back().empty()) continue;
        out += charts::border_symbol(l->map, *borders, symbols.back());
        out += charts::border_symbol(charts::frame_of(l->map, s.segments), *borders, symbols.back() + "-near");
    }
    for (std::size_t i = 0; i < a.epochs.size(); ++i) {
        const auto& e = a.epochs[i];
        const bool any = std::ranges::find(e.changed, true) != e.changed.end();
        if (!any) continue;
        out += fmt::format("<h2>From {}</h2>", day(e.from));
        if (!e.changes.empty()) {
            out += "<ul>";
            for (const auto& c : e.changes) out += "<li>" + base::escaped_markup(c) + "</li>";
            out += "</ul>";
        }
        for (std::size_t k = 0; k < e.states.size(); ++k)
            if (e.changed[k]) out += page_of(e.states[k], i > 0 ? &a.epochs[i - 1].states[k] : nullptr, a, symbols[k]);
    }
    return out + "</html>\n";
}

}  // namespace asman::study
