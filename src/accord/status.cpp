#include "law_impl.hpp"
#include "names.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace asman::accord {
namespace {

/// Acts that an entry into force or an end rests on.
bool matters(ActKind kind) {
    switch (kind) {
        case ActKind::reservation:
        case ActKind::objection:
        case ActKind::accept_newcomer:
            return false;
        default:
            return true;
    }
}

bool lifted_everywhere(const Family& f, const Snapshot& s, const Suspension& x, Time t) {
    return std::ranges::any_of(
        s.visible, [&](const Act* a) { return f.lifts(*a, x, t) && a->towards.empty() && a->clauses.empty(); });
}

}  // namespace

std::vector<std::string> assumed_dates(const Family& f, std::size_t version, Time t, Time known,
                                       const std::pair<State, State>* pair) {
    std::vector<std::string> out;
    const auto& text = *f.versions[version];
    const auto add = [&](std::string what, Time at) { out.push_back(fmt::format("{}: {}, {}", f.id, what, day(at))); };
    if (f.signed_on(text) && text.signed_on->assumed) add("signature", text.signed_on->at);
    if (text.entry == Entry::fixed_date && text.entry_date_assumed) add("entry into force", text.entry_date);
    const auto& s = f.at(known);
    for (const auto* a : s.visible) {
        if (!a->assumed || !matters(a->kind) || a->version > text.version) continue;
        const bool consent = a->kind == ActKind::ratification || a->kind == ActKind::acceptance ||
                             a->kind == ActKind::deposit || a->kind == ActKind::signature ||
                             a->kind == ActKind::adoption;
        const bool of_pair = pair && (a->by == pair->first || a->by == pair->second);
        if (consent) {
            // A consent earlier than the one that brought the text into force decides nothing but that it was earlier.
            const auto* m = s.member(a->by);
            const auto entry = m ? m->version[version].entry : never;
            if (entry != never && plus_days(f.start(*a), text.entry_days) < entry) continue;
        } else if (a->effective_at > t || (pair ? !of_pair : text.parties.size() > 2)) {
            continue;  // what one of many parties did does not carry the accord's state
        }
        add(a->words(), a->effective_at);
    }
    return out;
}

AccordStatus status_of(const Family& f, Time t, Time known) {
    AccordStatus out;
    out.id = f.id;
    const auto& first = *f.versions.front();
    out.title = first.title;
    out.parties = first.parties;
    out.digest = first.digest;
    if (f.sealed) {
        out.state = AccordState::sealed;
        return out;
    }
    const auto& s = f.at(known);
    std::size_t bound = 0, has_signed = 0, left = 0;
    std::size_t version = 0;
    for (const auto& m : s.members) {
        PartyStatus p;
        p.state = m.state;
        for (std::size_t v = 0; v < m.version.size(); ++v) {
            p.has_signed = p.has_signed || m.version[v].signed_at <= t;
            p.consented = p.consented || m.version[v].consent_at <= t;
            if (m.version[v].entry <= t) version = std::max(version, v);
        }
        p.bound = m.bound_at(t);
        for (const auto& [from, until] : m.bound) {
            if (from <= t && t < until) p.bound_since = from;
            if (until <= t) p.left = !p.bound;
        }
        if (m.leaves_at != never) p.leaves_at = m.leaves_at;
        bound += p.bound;
        has_signed += p.has_signed;
        left += p.left;
        if (p.has_signed && std::ranges::find(out.parties, p.state) == out.parties.end())
            out.parties.push_back(p.state);
        out.of_party.push_back(p);
    }
    std::ranges::sort(out.parties);
    out.version = f.versions[version]->version;
    out.digest = f.versions[version]->digest;
    if (s.entry_event <= t) out.in_force_since = s.entry_event;
    // Pairs: in force, and how many of them hold in spite of suspensions.
    std::size_t pairs = 0, holding = 0, provisional = 0, over = 0;
    for (const auto& a : s.members) {
        for (const auto& b : s.members) {
            if (!(a.state < b.state)) continue;
            const int v = f.version_between(a.state, b.state, t, s);
            if (v < 0) {
                const bool both = a.provisional_at <= t && b.provisional_at <= t && t < a.leaves_at && t < b.leaves_at;
                const auto& clauses = f.versions.front()->clauses;
                provisional += both && std::ranges::any_of(clauses, &Clause::provisional);
                continue;
            }
            if (f.ended_by_parent(a.state, b.state, t, known)) {
                ++over;
                continue;
            }
            ++pairs;
            const bool stopped = std::ranges::any_of(s.suspensions, [&](const Suspension& x) {
                return x.from <= t && t < x.until && x.act->clauses.empty() && !x.beyond_text &&
                       x.covers(a.state, b.state, "", first.suspension_of_all) && !lifted_everywhere(f, s, x, t);
            });
            holding += !stopped && f.stands(a.state, b.state, t, known);
        }
    }
    for (const auto& x : s.suspensions) {
        if (x.from <= t && t < x.until && !lifted_everywhere(f, s, x, t))
            out.suspensions.push_back("suspended: " + x.act->words());
    }
    if (first.term_months && s.entry_event <= t) {
        Time end = s.entry_event;
        for (std::uint32_t k = 1; end != never && end <= t && k < 10'000; ++k) {
            end = plus_months(s.entry_event, k * first.term_months);
        }
        out.term_ends = end;
    } else if (first.ends_at) {
        out.term_ends = first.ends_at;
    }
    if (holding > 0) {
        out.state = AccordState::operative;
    } else if (pairs > 0) {
        out.state = AccordState::suspended;
    } else if (provisional > 0) {
        out.state = AccordState::provisional;
    } else if (left > 0 || over > 0) {
        out.state = AccordState::ended;
    } else if (has_signed > 0) {
        out.state = AccordState::signed_;
    }
    if (out.state != AccordState::unsigned_) {
        out.assumed_dates = assumed_dates(f, version, t, never);
        out.assumed = !out.assumed_dates.empty();
    }
    return out;
}

}  // namespace asman::accord
