#include "draw.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace asman::accord {

using namespace drawn;

namespace {

using Found = std::optional<std::string>;  ///< a counterexample

State one_of(Random& r, const std::vector<State>& s) {
    return s[r() % s.size()];
}

Law build(const WorldSpec& w, Mutation m) {
    return Law::load(files_of(w, m), {});
}

/// Same answers as the slow reading of the description, clause for clause.
Found agrees_with_the_oracle(Random& r, Mutation m) {
    const auto w = draw_world(r);
    const auto law = build(w, m);
    for (const auto& a : law.alarms()) return "the drawn law does not load: " + a.text();
    for (int i = 0; i < 4; ++i) {
        const auto now = draw_instant(r, w);
        const auto o = draw_object(r, w, now);
        const auto view = law.at(now);
        for (const auto& g : states) {
            for (const auto& to : states) {
                const auto d = view.decide(o, g, to, now);
                const auto expected = oracle(w, o, g, to, now);
                const bool same = d.released()
                                      ? std::ranges::find(expected, d.grant->reference().text()) != expected.end()
                                      : expected.empty();
                if (!same) {
                    return fmt::format("{}: engine {} ({}), oracle {}", words_of(o, g, to, now),
                                       d.released() ? d.grant->reference().text() : "withholds", name(d.reason),
                                       expected.empty() ? "withholds" : expected.front());
                }
            }
        }
    }
    return {};
}

Found exclusions_never_add(Random& r, Mutation m) {
    auto w = draw_world(r);
    const auto before = build(w, m);
    auto& a = w.accords[r() % w.accords.size()];
    auto extra = draw_accord(r, "Y").exclusions;
    Terms t;
    if (!extra.empty()) t = extra.front();
    t.box = chance(r, 50) ? -1 : 0;
    if (chance(r, 50)) {
        a.exclusions.push_back(t);
    } else {
        a.clauses.front().exclusions.push_back(t);
    }
    const auto after = build(w, m);
    for (int i = 0; i < 4; ++i) {
        const auto now = draw_instant(r, w);
        const auto o = draw_object(r, w, now);
        const auto g = one_of(r, states), to = one_of(r, states);
        if (after.at(now).decide(o, g, to, now).released() && !before.at(now).decide(o, g, to, now).released()) {
            return "added by an exclusion: " + words_of(o, g, to, now);
        }
    }
    return {};
}

Found removing_never_adds(Random& r, Mutation m) {
    const auto w = draw_world(r);
    const auto before = build(w, m);
    const auto& a = w.accords[r() % w.accords.size()];
    const auto after = before.without(a.id + "/" + a.clauses[r() % a.clauses.size()].id);
    if (!after) return after.error().text();
    for (int i = 0; i < 4; ++i) {
        const auto now = draw_instant(r, w);
        const auto o = draw_object(r, w, now);
        const auto g = one_of(r, states), to = one_of(r, states);
        if (after->at(now).decide(o, g, to, now).released() && !before.at(now).decide(o, g, to, now).released()) {
            return "added by removing a clause: " + words_of(o, g, to, now);
        }
    }
    return {};
}

Found a_suspension_acts_on_the_next_object(Random& r, Mutation m) {
    const auto w = draw_world(r);
    const auto law = build(w, m);
    const auto now = draw_instant(r, w);
    const auto& a = w.accords[r() % w.accords.size()];
    const auto by = one_of(r, a.parties);
    const auto act = "format = 1\n" + print(ActSpec{a.id, ActKind::suspension, by, now, now}, false);
    const auto suspended = law.with_acts(act, "live", now);
    if (!suspended) return suspended.error().code == base::Errc::duplicate ? Found() : Found(suspended.error().text());
    const auto after = now + base::seconds(whole(r, 0, 30));
    // A resumption that the same state has done since lifts it, as it should.
    const auto lifted = [&](const ActSpec& x) {
        return x.accord == a.id && x.by == by && x.kind == ActKind::resumption && x.effective > now &&
               x.effective <= after;
    };
    if (std::ranges::any_of(w.acts, lifted)) return {};
    const auto o = draw_object(r, w, after);
    // A decision points into its view, so the view outlives it.
    const auto view = m == Mutation::ignore_suspension ? law.at(after) : suspended->at(after);
    for (const auto& p : a.parties) {
        for (const auto& [g, to] : {std::pair{by, p}, std::pair{p, by}}) {
            const auto d = view.decide(o, g, to, after);
            if (d.released() && d.grant->reference().accord == a.id)
                return "released in spite of a suspension: " + words_of(o, g, to, after);
        }
    }
    return {};
}

Found every_way_to_an_instant_is_the_same(Random& r, Mutation m) {
    const auto w = draw_world(r);
    const auto now = draw_instant(r, w);
    const auto direct = build(w, m);
    auto live = Law::load(files_of(w, m, false), {});
    for (const auto& a : w.acts) {
        const bool skipped =
            m == Mutation::ignore_suspension && (a.kind == ActKind::suspension || a.kind == ActKind::resumption);
        if (a.recorded > now || skipped) continue;
        if (auto next = live.with_acts("format = 1\n" + print(a, false), "live", a.recorded)) live = std::move(*next);
    }
    const auto o = draw_object(r, w, now);
    const auto a = direct.at(now), b = live.at(now), c = direct.as_of(now).at(now);
    for (const auto& g : states) {
        for (const auto& to : states) {
            const auto x = a.decide(o, g, to, now), y = b.decide(o, g, to, now), z = c.decide(o, g, to, now);
            const auto of = [](const Decision& d) {
                return d.released() ? d.grant->reference().text() : std::string(name(d.reason));
            };
            if (of(x) != of(y) || of(x) != of(z)) {
                return fmt::format("{}: direct {}, live {}, as of {}", words_of(o, g, to, now), of(x), of(y), of(z));
            }
        }
    }
    return {};
}

/// Explaining walks every term of every clause; deciding takes short cuts. Both say the same, hindsight and as-of too.
Found explaining_decides_the_same(Random& r, Mutation m) {
    const auto w = draw_world(r);
    const auto law = build(w, m);
    for (int i = 0; i < 3; ++i) {
        const auto now = draw_instant(r, w);
        const auto o = draw_object(r, w, now);
        const auto view = law.at(now);
        for (const auto& g : states) {
            for (const auto& to : states) {
                const auto d = view.decide(o, g, to, now);
                const auto e = view.explain(o, g, to, now).decision;
                if (!same_answer(d, e))
                    return fmt::format("{}: decided {}, explained {}", words_of(o, g, to, now), name(d.reason),
                                       name(e.reason));
            }
        }
    }
    return {};
}

/// What is learnt later, applied to the past, never makes an earlier release lawful (rule 5).
Found hindsight_widens_nothing(Random& r, Mutation m) {
    const auto w = draw_world(r);
    const auto law = build(w, m), later = law.hindsight();
    for (int i = 0; i < 4; ++i) {
        const auto now = draw_instant(r, w);
        const auto o = draw_object(r, w, now);
        const auto then = law.at(now), seen = later.at(now);
        for (const auto& g : states) {
            for (const auto& to : states) {
                if (seen.decide(o, g, to, now).released() && !then.decide(o, g, to, now).released())
                    return "lawful with hindsight alone: " + words_of(o, g, to, now);
            }
        }
    }
    return {};
}

Found printing_keeps_the_text(Random& r, Mutation) {
    const auto toml = print(draw_accord(r, "X"), Mutation::none);
    const auto t = parse_text(toml, "x.toml", {});
    if (!t) return t.error().text();
    const auto again = parse_text(canonical(*t), "x.toml", {});
    if (!again) return "canonical form is refused: " + again.error().text();
    if (again->digest != t->digest || canonical(*again) != canonical(*t)) return "printing changed the text:\n" + toml;
    // Layout and comments do not count.
    std::string spaced = "# a comment\n";
    for (const char c : toml) {
        spaced += c;
        if (c == '\n' && chance(r, 30)) spaced += chance(r, 50) ? "\n" : "# another\n";
    }
    const auto same = parse_text(spaced, "x.toml", {});
    if (!same || same->digest != t->digest) return "layout changed the digest:\n" + spaced;
    return {};
}

Found any_change_is_another_law(Random& r, Mutation) {
    const auto a = draw_accord(r, "X");
    auto b = a;
    auto& c = b.clauses[r() % b.clauses.size()];
    switch (whole(r, 0, 5)) {
        case 0:
            b.boxes[r() % b.boxes.size()].south += 1e-6;
            break;
        case 1:
            c.validity_s += 1;
            break;
        case 2:
            c.grid_km += 1;
            break;
        case 3:
            b.days += 1;
            break;
        case 4:
            c.includes_onward = !c.includes_onward;
            break;
        default:
            b.exclusions.push_back({});
            break;
    }
    const auto x = parse_text(print(a, Mutation::none), "x", {}), y = parse_text(print(b, Mutation::none), "x", {});
    if (!x || !y) return "a drawn text is refused";
    if (x->digest == y->digest) return "a change that the digest does not see:\n" + print(b, Mutation::none);
    return {};
}

Found a_broken_text_releases_nothing(Random& r, Mutation m) {
    const auto w = draw_world(r);
    auto files = files_of(w, m);
    const auto& a = w.accords[r() % w.accords.size()];
    auto& text = files[a.id + ".toml"];
    static const std::vector<std::pair<std::string, std::string>> faults{
        {"area = \"", "area = \"no"}, {"\nparties = [\"", "\nparties = [\"Q"},
        {"validity_s", "validty_s"},  {"product = \"tracks\"", "product = \"track\""},
        {"count = ", "count = x"},    {"delay_s = ", "delay_s = -1"},
        {"polygon", "polygone"}};
    const auto& [from, to] = faults[m == Mutation::fail_open ? 0 : r() % faults.size()];
    const auto at = text.find(from);
    if (at == std::string::npos) return {};
    text.replace(at, from.size(), to);
    if (m == Mutation::fail_open) {
        const auto end = text.find('"', at + to.size());
        text.replace(at, end - at + 1, "area = \"world\"");
    }
    const auto law = Law::load(files, {});
    for (int i = 0; i < 4; ++i) {
        const auto now = draw_instant(r, w);
        const auto o = draw_object(r, w, now);
        const auto view = law.at(now);
        for (const auto& g : states) {
            for (const auto& to_state : states) {
                const auto d = view.decide(o, g, to_state, now);
                if (d.released() && d.grant->reference().accord == a.id)
                    return "a text that cannot be read released: " + words_of(o, g, to_state, now);
            }
        }
    }
    if (law.alarms().empty()) return "a fault without an alarm: " + to;
    return {};
}

const ClauseSpec* clause_of(const WorldSpec& w, const picture::ClauseRef& ref) {
    for (const auto& a : w.accords) {
        for (const auto& c : a.clauses) {
            if (a.id == ref.accord && c.id == ref.clause) return &c;
        }
    }
    return nullptr;
}

/// What A released to B goes on to C only where A named C, never finer, sooner or longer than both clauses say.
Found onward_only_by_consent(Random& r, Mutation m) {
    // Two accords that overlap and are in force, so that hand-overs do happen.
    WorldSpec w{{draw_accord(r, "X0"), draw_accord(r, "X1")}, {}};
    const Box box{36, 62, 46, 76};
    for (auto& a : w.accords) {
        a.boxes.assign(a.boxes.size(), box);
        a.exclusions.clear();
        a.term_months = 0;
        for (auto& c : a.clauses) {
            c.terms = {.box = 0};
            c.exclusions.clear();
            c.rate_s = 0;
        }
        for (const auto& p : a.parties) w.acts.push_back({a.id, ActKind::ratification, p, a.signed_on, a.signed_on});
    }
    const auto law = build(w, m);
    for (int i = 0; i < 6; ++i) {
        const auto now = draw_instant(r, w);
        const auto view = law.at(now);
        const auto a = one_of(r, states), b = one_of(r, states);
        for (const auto& held : view.grants(a, b)) {
            auto o = draw_object(r, w, now);
            const std::vector<picture::ClauseRef> clauses{held.reference()};
            const std::vector<State> hops{a, b};
            o.originator = a;
            o.clauses = clauses;
            o.hops = hops;
            for (const auto& c : states) {
                const auto d = view.decide(o, b, c, now);
                if (!d.released() || c == a) continue;
                const auto* first = clause_of(w, held.reference());
                const auto* second = clause_of(w, d.grant->reference());
                const bool lawful =
                    first && second && second->includes_onward &&
                    std::ranges::find(first->onward, c) != first->onward.end() &&
                    d.grid >= 1000.0 * std::max({first->grid_km, first->onward_grid_km, second->grid_km}) &&
                    d.delay >= base::seconds(std::max({first->delay_s, first->onward_delay_s, second->delay_s})) &&
                    d.valid_until - o.time <= base::seconds(std::min(first->validity_s, second->validity_s)) &&
                    now - o.time >= d.delay;
                if (!lawful)
                    return fmt::format("held from {} under {}: {}", a.text(), held.reference().text(),
                                       words_of(o, b, c, now));
            }
        }
    }
    return {};
}

Found months_agree_with_counting(Random& r, Mutation) {
    const auto d = base::date_from_days(base::days_since_1970({1900, 1, 1}) + whole(r, 0, 146'097));
    const int n = whole(r, 0, 240);
    if (base::add_months(d, n) != months_by_counting(d, n))
        return fmt::format("{} and {} months", base::format_date(d), n);
    return {};
}

struct Property {
    const char* name;
    Found (*check)(Random&, Mutation);
};

constexpr Property properties[]{
    {"same answers as a slow reading of the law", agrees_with_the_oracle},
    {"adding an exclusion never adds a release", exclusions_never_add},
    {"removing a clause never adds a release", removing_never_adds},
    {"a suspension recorded acts on the next object", a_suspension_acts_on_the_next_object},
    {"live, by replay or directly: the same", every_way_to_an_instant_is_the_same},
    {"hindsight makes no earlier release lawful", hindsight_widens_nothing},
    {"explaining decides the same as deciding", explaining_decides_the_same},
    {"many clauses at once decide as each alone", many_decide_as_each},
    {"parse, print, parse is the identity; layout does not count", printing_keeps_the_text},
    {"any other change is another law", any_change_is_another_law},
    {"a text that cannot be read releases nothing", a_broken_text_releases_nothing},
    {"onward only by consent, under the meet of both clauses", onward_only_by_consent},
    {"months agree with counting days, over 400 years", months_agree_with_counting},
};

}  // namespace

const std::vector<std::string>& mutation_names() {
    static const std::vector<std::string> n{
        "none",      "skip-exclusions",     "off-by-one-day",   "ignore-onward-consent",
        "fail-open", "late-notice-in-time", "ignore-suspension"};
    return n;
}

std::vector<PropertyResult> selfcheck(std::size_t cases, std::uint64_t seed, Mutation mutation,
                                      const std::function<void(double)>& progress) {
    std::vector<PropertyResult> out;
    const auto count = std::size(properties);
    for (std::size_t p = 0; p < count; ++p) {
        PropertyResult result{properties[p].name, 0, 0, {}};
        for (std::size_t i = 0; i < cases; ++i) {
            // Each case has a seed of its own: it can be run again alone.
            const auto own = seed * 1'000'003 + p * 1'000'000'007ULL + i;
            Random random(own);
            const auto found = properties[p].check(random, mutation);
            ++result.cases;
            if (!found) continue;
            if (result.failures++ == 0) result.counterexample = fmt::format("case {}: {}", i, *found);
            if (mutation != Mutation::none) break;  // caught
        }
        out.push_back(std::move(result));
        if (progress) progress(static_cast<double>(p + 1) / static_cast<double>(count));
    }
    return out;
}

}  // namespace asman::accord
