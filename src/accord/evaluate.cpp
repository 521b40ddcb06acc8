#include "evaluate.hpp"

#include "distance_field.hpp"
#include "names.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace asman::accord {
namespace {

constexpr std::size_t most_hops = 8;

bool has_state(const std::vector<State>& list, State s) {
    return std::ranges::find(list, s) != list.end();
}

bool callsign_listed(const std::vector<std::string>& list, std::string_view callsign) {
    return std::ranges::any_of(list, [&](const std::string& pattern) {
        if (!pattern.empty() && pattern.back() == '*') {
            return callsign.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
        }
        return callsign == pattern;
    });
}

bool identity_known(picture::Identity i) {
    return i != picture::Identity::pending && i != picture::Identity::unknown;
}

/// Whether the object shows the sign; nothing where that cannot be told.
std::optional<bool> shows(const Object& o, const Criterion& c) {
    switch (c.sign) {
        case Sign::no_transponder:
            if (!o.transponder) return std::nullopt;
            return !*o.transponder;
        case Sign::no_identity:
            if (o.address || !o.callsign.empty() || o.mode_3a) return false;
            if (!o.transponder) return std::nullopt;
            return true;
        case Sign::emergency:
            if (o.mode_3a && std::ranges::binary_search(c.codes, *o.mode_3a)) return true;
            if (c.codes.empty() && o.emergency != 0) return true;
            if (!o.mode_3a && !o.transponder.value_or(false) && o.emergency == 0) return std::nullopt;
            return false;
    }
    return std::nullopt;
}

/// At least one is met; nothing where none is, and one cannot be told.
std::optional<bool> meets(const Object& o, const std::vector<Criterion>& criteria) {
    bool unknown = false;
    for (const auto& c : criteria) {
        const auto shown = shows(o, c);
        if (shown == true) return true;
        unknown = unknown || !shown;
    }
    if (unknown) return std::nullopt;
    return false;
}

std::int64_t slot(Time t, Duration rate) {
    const auto q = t.ns / rate.ns;
    return t.ns % rate.ns < 0 ? q - 1 : q;
}

}  // namespace

template <class... A>
void Evaluator::say(const char* format, const A&... a) const {
    words->push_back("  " + fmt::format(fmt::runtime(format), a...));
}

Reason Evaluator::times(const Grant& g) const {
    if (o.time > now + skew) {
        if (words) say("time: the object's time lies after the clock");
        return Reason::clock;
    }
    if (o.time - skew < g.since() || o.time < Time{g.since().ns + skew.ns}) {
        if (words)
            say("time: the clause has held since {} only, the object is of {}", base::format_time(g.since()),
                base::format_time(o.time, 3));
        return Reason::before_clause;
    }
    if (g.until() != Time::max() && now + skew >= g.until()) {
        if (words)
            say("time: the clause ends at {}, within the bound on clock difference", base::format_time(g.until()));
        return Reason::not_operative;
    }
    if (words) say("time: the clause has held without a break since {}", base::format_time(g.since()));
    return Reason::released;
}

Reason Evaluator::area(const Match& m, double grid) const {
    if (!m.area) return Reason::released;
    if (m.area->field.get() != holds_object && !m.area->field->inside(o.at, 0)) {
        if (words) say("area '{}' ({}): outside", m.area->name, m.area->words);
        return Reason::outside_area;
    }
    if (grid > 0) {
        const auto cell = cell_of(o.at, grid);
        if (!m.area->field->inside(cell.centre, cell.half_diagonal)) {
            if (words)
                say("area '{}' ({}): inside, but not its whole cell of {} km", m.area->name, m.area->words,
                    grid / 1000);
            return Reason::cell_outside;
        }
    }
    if (words) say("area '{}' ({}): inside", m.area->name, m.area->words);
    return Reason::released;
}

Reason Evaluator::band(const Match& m) const {
    if (!m.band) return Reason::released;
    const auto h = height_for(o, m.band->kind);
    const auto kind = name(m.band->kind);
    if (!h.value) {
        if (words)
            say("band {} {} to {}: height unknown, the clause says {}", kind, m.band->from, m.band->to,
                m.unknown_height ? "release" : "withhold");
        return m.unknown_height ? Reason::released : Reason::unknown_height;
    }
    const bool in = m.band->from <= *h.value && *h.value < m.band->to;
    if (words) say("band {} {} to {}: {:.1f}, {}", kind, m.band->from, m.band->to, *h.value, in ? "inside" : "outside");
    return in ? Reason::released : Reason::outside_band;
}

Reason Evaluator::classes(const Match& m) const {
    if (!m.classes.empty()) {
        const bool unknown = o.flight_class == picture::FlightClass::unknown;
        const bool fits = unknown ? m.unknown_class : std::ranges::find(m.classes, o.flight_class) != m.classes.end();
        if (words) say("class {}: {}", picture::name(o.flight_class), fits ? "granted" : "not granted");
        if (!fits) return unknown ? Reason::unknown_class : Reason::wrong_class;
    }
    if (!m.nationalities.empty()) {
        const bool fits = o.nationality ? has_state(m.nationalities, *o.nationality) : m.unknown_nationality;
        if (words)
            say("nationality {}: {}", o.nationality ? o.nationality->text() : "unknown",
                fits ? "granted" : "not granted");
        if (!fits) return o.nationality ? Reason::wrong_nationality : Reason::unknown_nationality;
    }
    return Reason::released;
}

Reason Evaluator::identities(const Match& m) const {
    if (!m.identities.empty()) {
        const bool known = identity_known(o.identity);
        const bool fits =
            known ? std::ranges::find(m.identities, o.identity) != m.identities.end() : m.unknown_identity;
        if (words) say("identity {}: {}", picture::name(o.identity), fits ? "granted" : "not granted");
        if (!fits) return known ? Reason::wrong_identity : Reason::unknown_identity;
    }
    if (!m.addresses.empty()) {
        const bool fits = o.address ? std::ranges::binary_search(m.addresses, *o.address) : m.unknown_address;
        if (words) say("address: {}", fits ? "listed" : "not listed");
        if (!fits) return Reason::not_listed;
    }
    if (!m.callsigns.empty()) {
        const bool fits = o.callsign.empty() ? m.unknown_callsign : callsign_listed(m.callsigns, o.callsign);
        if (words) say("callsign: {}", fits ? "listed" : "not listed");
        if (!fits) return Reason::not_listed;
    }
    return Reason::released;
}

Reason Evaluator::criteria(const Match& m) const {
    if (m.criteria.empty()) return Reason::released;
    const auto met = meets(o, m.criteria);
    const bool fits = met.value_or(m.unknown_criteria);
    if (words) {
        std::string ids;
        for (const auto& c : m.criteria) ids += (ids.empty() ? "" : ", ") + c.id;
        if (words)
            say("criteria {}: {}, {}", ids,
                !met   ? "cannot be told"
                : *met ? "met"
                       : "not met",
                fits ? "granted" : "not granted");
    }
    if (fits) return Reason::released;
    return met ? Reason::no_criterion : Reason::unknown_criterion;
}

Reason Evaluator::terms(const Clause& c, double grid) const {
    if (const auto r = band(c.match); r != Reason::released) return r;
    if (const auto r = classes(c.match); r != Reason::released) return r;
    if (const auto r = identities(c.match); r != Reason::released) return r;
    if (const auto r = criteria(c.match); r != Reason::released) return r;
    return area(c.match, grid);
}

Reason Evaluator::sensors(const Grant& g) const {
    if (!o.originator.empty() && o.originator != g.grantor()) return Reason::released;
    const auto& c = g.clause();
    if (!o.views.empty() && std::ranges::find(o.views, c.view) == o.views.end()) {
        if (words) say("sensors: the clause is for a view of other sensors");
        return Reason::sensor_not_covered;
    }
    for (const auto& s : o.sources) {
        // A sensor on a site goes by the clauses of the site's own accord that name the site.
        if (s.owner != g.grantor() || !g.text().covers(c, s.site_accord, s.name)) {
            if (words) say("sensors: {} fed it lately and is not covered by this clause", s.name);
            return Reason::sensor_not_covered;
        }
    }
    if (words && !o.sources.empty()) say("sensors: all {} that fed it lately are covered", o.sources.size());
    return Reason::released;
}

Reason Evaluator::reports(const Clause& c) const {
    if (o.product != Product::target_reports) return Reason::released;
    if (o.near_excluded) {
        if (words) say("it may be of an excluded track: it lies in that one's gate");
        return Reason::near_excluded;
    }
    if (o.associated) return Reason::released;
    if (!c.unassociated) {
        if (words) say("belongs to no track: the clause says withhold");
        return Reason::unassociated;
    }
    return Reason::released;
}

bool Evaluator::excluded(const Exclusion& x) const {
    const auto& m = x.match;
    // The estimate's 3σ region against the excluded area and band; boundaries belong to the exclusion (rule 12).
    if (m.area && !m.area->field->touches(o.at, 3 * std::abs(o.sigma))) return false;
    if (m.band) {
        const auto h = height_for(o, m.band->kind);
        if (!h.value) {
            if (!m.unknown_height) return false;
        } else if (*h.value + 3 * h.sigma < m.band->from || *h.value - 3 * h.sigma > m.band->to) {
            return false;
        }
    }
    if (!m.classes.empty()) {
        const bool unknown = o.flight_class == picture::FlightClass::unknown;
        if (unknown ? !m.unknown_class : std::ranges::find(m.classes, o.flight_class) == m.classes.end()) return false;
    }
    if (!m.nationalities.empty() &&
        (o.nationality ? !has_state(m.nationalities, *o.nationality) : !m.unknown_nationality)) {
        return false;
    }
    if (!m.identities.empty()) {
        const bool known = identity_known(o.identity);
        if (known ? std::ranges::find(m.identities, o.identity) == m.identities.end() : !m.unknown_identity)
            return false;
    }
    if (!m.addresses.empty() &&
        (o.address ? !std::ranges::binary_search(m.addresses, *o.address) : !m.unknown_address)) {
        return false;
    }
    if (!m.callsigns.empty() &&
        (o.callsign.empty() ? !m.unknown_callsign : !callsign_listed(m.callsigns, o.callsign))) {
        return false;
    }
    return m.criteria.empty() || meets(o, m.criteria).value_or(m.unknown_criteria);
}

Reason Evaluator::limits(const Grant& g, Decision& d) const {
    for (const auto& limit : *g.limits_) {
        const auto& x = *limit.exclusion;
        if (!x.towards.empty() && !has_state(x.towards, receiver) && !has_state(x.towards, g.receiver())) continue;
        const bool by_track = o.belongs_to && Evaluator{*o.belongs_to, receiver, view, now, skew, nullptr}.excluded(x);
        if (!excluded(x) && !by_track) {
            if (words) say("exclusion '{}' of {}: does not apply", x.id, limit.scope);
            continue;
        }
        if (words) say("exclusion '{}' of {}: applies{}, and wins", x.id, limit.scope, by_track ? " to its track" : "");
        d.exclusion = x.id;
        return Reason::excluded;
    }
    return Reason::released;
}

Reason Evaluator::onward(Decision& d, const Grant*& held, std::size_t i) const {
    held = i + 1 < o.hops.size() ? view.find(o.clauses[i], o.hops[i], o.hops[i + 1]) : nullptr;
    if (!held) {
        if (words) say("held under {}: that clause does not hold", o.clauses[i].text());
        return Reason::held_copy_unlawful;
    }
    if (words) say("held under {} from {}:", held->reference().text(), held->grantor().text());
    if (const auto r = times(*held); r != Reason::released) return r;
    const auto& c = held->clause();
    if (receiver != o.originator) {
        if (!c.onward || !has_state(c.onward->to, receiver)) {
            if (words) say("onward: {} did not consent to {}", held->grantor().text(), receiver.text());
            return Reason::no_consent;
        }
        // The i-th holder consented to `hops` hand-overs after its own.
        if (o.clauses.size() - i > c.onward->hops) {
            if (words)
                say("onward: {} consented to {} hand-over(s) after its own", held->grantor().text(), c.onward->hops);
            return Reason::too_many_hops;
        }
        if (words) say("onward: {} consents to {}", held->grantor().text(), receiver.text());
        d.grid = std::max(d.grid, c.onward->grid);
        d.delay = std::max(d.delay, c.onward->delay);
        if (c.onward->fields) d.fields &= *c.onward->fields;
    }
    d.grid = std::max(d.grid, c.grid);
    d.delay = std::max(d.delay, c.delay);
    d.fields &= c.fields;
    d.valid_until = std::min(d.valid_until, o.time + c.validity);
    return Reason::released;
}

Reason Evaluator::grant(const Grant& g, Decision& d) const {
    const auto& c = g.clause();
    d.grant = &g;
    d.fields = c.fields;
    d.grid = std::max(c.grid, o.coarsening.grid);
    d.delay = c.delay;
    d.valid_until = std::min(o.time + c.validity, o.valid_until);
    d.exclusion = {};
    const bool foreign = !o.originator.empty() && o.originator != g.grantor();
    std::array<const Grant*, most_hops> held{};
    if (foreign) {
        if (!c.includes_onward) {
            if (words) say("the clause hands over own data only");
            return Reason::not_onward;
        }
        const bool chain = !o.clauses.empty() && o.clauses.size() < most_hops &&
                           o.hops.size() == o.clauses.size() + 1 && o.hops.front() == o.originator &&
                           o.hops.back() == g.grantor();
        if (!chain) {
            if (words) say("held under no clause that can be followed");
            return Reason::held_copy_unlawful;
        }
        for (std::size_t i = 0; i < o.clauses.size(); ++i) {
            if (const auto r = onward(d, held[i], i); r != Reason::released) return r;
        }
    }
    if (const auto r = times(g); r != Reason::released) return r;
    if (const auto r = sensors(g); r != Reason::released) return r;
    if (const auto r = reports(c); r != Reason::released) return r;
    if (const auto r = terms(c, d.grid); r != Reason::released) return r;
    // The meet of all clauses: each must grant the object as it will go (rule 16).
    for (std::size_t i = 0; foreign && i < o.clauses.size(); ++i) {
        if (words) say("terms of {}:", held[i]->reference().text());
        if (const auto r = terms(held[i]->clause(), d.grid); r != Reason::released) return r;
        if (const auto r = limits(*held[i], d); r != Reason::released) return r;
    }
    if (const auto r = limits(g, d); r != Reason::released) return r;
    const auto slot_taken = [&](Duration rate) {
        return rate.ns > 0 && o.previous && slot(*o.previous, rate) >= slot(o.time, rate);
    };
    bool taken = slot_taken(c.rate);
    for (std::size_t i = 0; foreign && i < o.clauses.size(); ++i) taken = taken || slot_taken(held[i]->clause().rate);
    if (taken) {
        if (words) say("rate: not the first sample of its slot");
        return Reason::rate_slot;
    }
    if (now >= d.valid_until) {
        if (words) say("validity: passed at {}", base::format_time(d.valid_until, 3));
        return Reason::expired;
    }
    if (now - o.time < d.delay) {
        d.not_before = o.time + d.delay;
        if (words) say("delay of {} s: not before {}", d.delay.seconds(), base::format_time(d.not_before, 3));
        return Reason::too_early;
    }
    return Reason::released;
}

}  // namespace asman::accord
