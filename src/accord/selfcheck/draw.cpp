#include "draw.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace asman::accord::drawn {
namespace {

Time day(Random& r, int from, int to) {
    return base::start_of({2030, 1, 1}) + Duration{whole(r, from, to) * day_ns};
}

Box draw_box(Random& r) {
    const double south = real(r, 37, 41), west = real(r, 64, 70);
    return {south, west, south + real(r, 0.5, 6), west + real(r, 0.5, 9)};
}

Terms draw_terms(Random& r, std::size_t boxes, bool area) {
    Terms t;
    if (area || chance(r, 50)) t.box = whole(r, area ? 0 : -1, static_cast<int>(boxes) - 1);
    t.band = chance(r, area ? 25 : 50);
    t.from = whole(r, 0, 200);
    t.to = t.from + whole(r, 50, 300);
    t.unknown_height = t.band && chance(r, 50);
    if (chance(r, area ? 25 : 50)) t.flight_class = whole(r, 0, 1);
    t.unknown_class = t.flight_class >= 0 && chance(r, 50);
    return t;
}

std::string print_terms(const Terms& t, bool grant) {
    std::string out;
    const auto unknown = [&](bool matches) { return matches == grant ? "release" : "withhold"; };
    if (t.box >= 0) out += fmt::format("area = \"box{}\"\n", t.box);
    if (t.box < 0 && grant) out += "area = \"world\"\n";
    if (t.band) {
        out += fmt::format("band = {{ kind = \"flight_level\", from = {}, to = {} }}\nunknown_height = \"{}\"\n",
                           t.from, t.to, unknown(t.unknown_height));
    }
    if (t.flight_class >= 0) {
        out += fmt::format("classes = [\"{}\"]\nunknown_class = \"{}\"\n", t.flight_class ? "state" : "civil",
                           unknown(t.unknown_class));
    }
    return out;
}

std::vector<State> some(Random& r, const std::vector<State>& from, int least) {
    std::vector<State> out = from;
    while (static_cast<int>(out.size()) > least && chance(r, 50))
        out.erase(out.begin() + whole(r, 0, static_cast<int>(out.size()) - 1));
    return out;
}

}  // namespace

std::string list(const std::vector<State>& of) {
    std::string out;
    for (const auto& s : of) out += fmt::format("{}\"{}\"", out.empty() ? "" : ", ", s.text());
    return "[" + out + "]";
}

ClauseSpec draw_clause(Random& r, const AccordSpec& a, int number) {
    ClauseSpec c;
    c.id = "c" + std::to_string(number);
    c.from = a.parties[static_cast<std::size_t>(whole(r, 0, static_cast<int>(a.parties.size()) - 1))];
    auto others = a.parties;
    std::erase(others, c.from);
    c.to = some(r, others, 1);
    c.terms = draw_terms(r, a.boxes.size(), true);
    for (int i = whole(r, 0, 2); i > 1; --i) c.exclusions.push_back(draw_terms(r, a.boxes.size(), false));
    if (chance(r, 30)) c.grid_km = whole(r, 1, 20);
    if (chance(r, 30)) c.delay_s = whole(r, 1, 30);
    if (chance(r, 20)) c.rate_s = whole(r, 2, 12);
    c.validity_s = c.delay_s + (chance(r, 70) ? 120 : whole(r, 1, 60));
    c.includes_onward = chance(r, 60);
    if (chance(r, 60)) {
        c.onward = some(r, states, 1);
        c.onward_grid_km = chance(r, 40) ? whole(r, 1, 30) : 0;
        c.onward_delay_s = chance(r, 40) ? whole(r, 0, c.validity_s - 1) : 0;
    }
    return c;
}

AccordSpec draw_accord(Random& r, const std::string& id) {
    AccordSpec a;
    a.id = id;
    a.parties = some(r, states, 2);
    a.signed_on = day(r, 0, 60);
    a.count = chance(r, 50) ? whole(r, 1, static_cast<int>(a.parties.size())) : 0;
    a.days = chance(r, 40) ? whole(r, 1, 40) : 0;
    if (chance(r, 50)) {
        a.term_months = whole(r, 1, 24);
        a.notice_months = whole(r, 0, 8);
    }
    if (chance(r, 40)) a.withdrawal_months = whole(r, 0, 6);
    for (int i = whole(r, 1, 3); i > 0; --i) a.boxes.push_back(draw_box(r));
    for (int i = 0, n = whole(r, 1, 3); i < n; ++i) a.clauses.push_back(draw_clause(r, a, i));
    if (chance(r, 40)) a.exclusions.push_back(draw_terms(r, a.boxes.size(), false));
    return a;
}

WorldSpec draw_world(Random& r) {
    WorldSpec w;
    for (int i = 0, n = whole(r, 1, 2); i < n; ++i) w.accords.push_back(draw_accord(r, "X" + std::to_string(i)));
    for (const auto& a : w.accords) {
        const auto add = [&](ActKind kind, State by, Time effective) {
            const auto late = chance(r, 20) ? Duration{whole(r, 1, 20) * day_ns} : Duration{0};
            w.acts.push_back({a.id, kind, by, effective, effective + late});
        };
        for (const auto& p : a.parties) {
            if (!chance(r, 94)) continue;
            const auto consent = a.signed_on + Duration{whole(r, 0, 100) * day_ns};
            add(ActKind::ratification, p, consent);
            if (chance(r, 30)) {
                const auto s = consent + Duration{whole(r, 1, 300) * day_ns};
                add(ActKind::suspension, p, s);
                const auto recorded = w.acts.back().recorded;
                if (chance(r, 60)) add(ActKind::resumption, p, recorded + Duration{whole(r, 1, 200) * day_ns});
            }
            if (a.term_months && chance(r, 30)) add(ActKind::notice, p, consent + Duration{whole(r, 1, 700) * day_ns});
            if (a.withdrawal_months >= 0 && chance(r, 20))
                add(ActKind::withdrawal, p, consent + Duration{whole(r, 1, 500) * day_ns});
        }
    }
    std::ranges::stable_sort(w.acts, {}, [](const ActSpec& x) { return std::pair(x.recorded, x.effective); });
    return w;
}

Time draw_instant(Random& r, const WorldSpec& w) {
    // Half of them at or beside a day on which something happened.
    if (!w.acts.empty() && chance(r, 50)) {
        const auto& a = w.acts[r() % w.acts.size()];
        auto t = chance(r, 50) ? a.effective : a.recorded;
        for (const auto& x : w.accords) {
            if (x.id == a.accord && chance(r, 40)) t = t + Duration{x.days * day_ns};
        }
        return t + base::seconds(whole(r, -40, 90));
    }
    return day(r, 60, 500) + base::seconds(whole(r, 0, 86'399));
}

Object draw_object(Random& r, const WorldSpec& w, Time now) {
    Object o;
    const auto& a = w.accords[r() % w.accords.size()];
    const auto& b = a.boxes[r() % a.boxes.size()];
    const double spread = chance(r, 70) ? -0.2 : 0.3;
    o.at = geo::Point::degrees(real(r, b.south - spread, b.north + spread), real(r, b.west - spread, b.east + spread));
    o.sigma = chance(r, 50) ? real(r, 10, 5000) : 0;
    if (chance(r, 70)) o.pressure_altitude = geo::PressureAltitude::from_flight_level(real(r, 0, 500));
    o.flight_class = static_cast<picture::FlightClass>(whole(r, 0, 2));
    o.time = now - base::seconds(chance(r, 40) ? 0 : whole(r, 0, 60));
    if (chance(r, 50)) o.previous = o.time - base::seconds(whole(r, 1, 8));
    return o;
}

std::string print(const AccordSpec& a, Mutation m) {
    constexpr auto text_day = [](Time t) { return base::format_date(base::date_of(t)); };
    const auto days = a.days + (m == Mutation::off_by_one_day ? 1 : 0);
    auto out = fmt::format(
        "format = 1\nid = \"{}\"\nparties = {}\n{}[signed]\non = {}\ncertainty = \"public\"\nsource = \"\"\n[entry]\n"
        "consent = \"ratification\"\nrule = \"after_deposits\"\ncount = {}\ndays = {}\n",
        a.id, list(a.parties), a.keys, text_day(a.signed_on), a.count, days);
    if (a.term_months) {
        out += fmt::format("[term]\nmonths = {}\nrenewal = \"automatic\"\nnotice_months = {}\n", a.term_months,
                           m == Mutation::late_notice_in_time ? 0 : a.notice_months);
    }
    if (a.withdrawal_months >= 0) out += fmt::format("[withdrawal]\nmonths = {}\n", a.withdrawal_months);
    out += "[[region]]\nname = \"world\"\neverywhere = true\n";
    for (std::size_t i = 0; i < a.boxes.size(); ++i) {
        const auto& b = a.boxes[i];
        out += fmt::format("[[region]]\nname = \"box{}\"\npolygon = [[{}, {}], [{}, {}], [{}, {}], [{}, {}]]\n", i,
                           b.south, b.west, b.south, b.east, b.north, b.east, b.north, b.west);
    }
    out += a.tables;
    const auto exclusions = [&](const std::vector<Terms>& list_of, std::string_view header) {
        for (std::size_t i = 0; i < list_of.size() && m != Mutation::skip_exclusions; ++i) {
            out += fmt::format("{}\nid = \"x{}\"\n{}", header, i, print_terms(list_of[i], false));
        }
    };
    exclusions(a.exclusions, "[[exclusion]]");
    for (const auto& c : a.clauses) {
        out += fmt::format(
            "[[clause]]\nid = \"{}\"\ncertainty = \"public\"\nsource = \"\"\nfrom = [\"{}\"]\nto = {}\nproduct = "
            "\"tracks\"\n{}"
            "fields = [\"velocity\"]\ngrid_km = {}\ndelay_s = {}\nrate_s = {}\nvalidity_s = {}\nincludes_onward = {}\n",
            c.id, c.from.text(), list(c.to), print_terms(c.terms, true), c.grid_km, c.delay_s, c.rate_s, c.validity_s,
            c.includes_onward);
        out += c.more;
        exclusions(c.exclusions, "[[clause.exclusion]]");
        const bool all = m == Mutation::ignore_onward_consent;
        if (!c.onward.empty() || all) {
            out += fmt::format("[clause.onward]\nto = {}\nhops = {}\ngrid_km = {}\ndelay_s = {}\n",
                               list(all ? states : c.onward), all ? 8 : 1, c.onward_grid_km, c.onward_delay_s);
        }
    }
    return out;
}

std::string print(const ActSpec& a, bool with_recorded) {
    auto out = fmt::format(
        "[[act]]\naccord = \"{}\"\nkind = \"{}\"\nby = \"{}\"\neffective_at = {}\ncertainty = \"public\"\nsource = "
        "\"\"\n",
        a.accord, name(a.kind), a.by.text(), base::format_time(a.effective));
    if (with_recorded) out += fmt::format("recorded_at = {}\n", base::format_time(a.recorded));
    return out;
}

Files files_of(const WorldSpec& w, Mutation m, bool with_acts) {
    Files f;
    f["law.toml"] = "format = 1\nsignatures = \"none\"\n";
    for (const auto& a : w.accords) f[a.id + ".toml"] = print(a, m);
    if (with_acts) {
        std::string acts = "format = 1\n";
        for (const auto& a : w.acts) {
            const bool skipped =
                m == Mutation::ignore_suspension && (a.kind == ActKind::suspension || a.kind == ActKind::resumption);
            if (!skipped) acts += print(a, true);
        }
        f["acts/all.toml"] = acts;
    }
    return f;
}

bool same_answer(const Decision& a, const Decision& b) {
    if (a.reason != b.reason || a.grant != b.grant || a.exclusion != b.exclusion) return false;
    if (a.reason == Reason::too_early) return a.not_before == b.not_before;
    return !a.released() ||
           (a.fields == b.fields && a.grid == b.grid && a.delay == b.delay && a.valid_until == b.valid_until);
}

std::string words_of(const Object& o, State g, State r, Time now) {
    return fmt::format("track at {} {}, level {}, class {}, measured {}, sigma {}: from {} to {} at {}", o.at.lat_deg(),
                       o.at.lon_deg(), o.pressure_altitude ? o.pressure_altitude->flight_level() : -1,
                       picture::name(o.flight_class), base::format_time(o.time), o.sigma, g.text(), r.text(),
                       base::format_time(now));
}

}  // namespace asman::accord::drawn
