#include "life.hpp"

#include <algorithm>

namespace asman::accord {
namespace {

constexpr std::int64_t day_ns = 86'400'000'000'000;

bool consents(ActKind kind, ConsentBy wanted) {
    switch (wanted) {
        case ConsentBy::signature:
            return kind == ActKind::signature || kind == ActKind::adoption;
        case ConsentBy::ratification:
            return kind == ActKind::ratification;
        case ConsentBy::acceptance:
            return kind == ActKind::acceptance || kind == ActKind::ratification;
        case ConsentBy::deposit:
            return kind == ActKind::deposit;
        case ConsentBy::adoption:
            return kind == ActKind::adoption;
    }
    return false;
}

bool holds(const std::vector<State>& towards, State s) {
    return towards.empty() || std::ranges::find(towards, s) != towards.end();
}

bool names_clause(const Act& a, std::string_view clause) {
    return a.clauses.empty() || std::ranges::find(a.clauses, clause) != a.clauses.end();
}

}  // namespace

Time plus_days(Time t, std::uint32_t days) {
    return t > Time{never.ns - days * day_ns} ? never : t + Duration{days * day_ns};
}

Time plus_months(Time t, std::uint32_t months) {
    if (t == never) return never;
    const auto date = base::date_of(t);
    const auto start = base::start_of(base::add_months(date, static_cast<std::int32_t>(months)));
    if (start == never) return never;
    return start + (t - base::start_of(date));
}

bool Member::bound_at(Time t) const {
    return std::ranges::any_of(bound, [&](const auto& b) { return b.first <= t && t < b.second; });
}

const Member* Snapshot::member(State s) const {
    const auto it = std::ranges::lower_bound(members, s, {}, &Member::state);
    return it != members.end() && it->state == s ? &*it : nullptr;
}

bool Suspension::covers(State g, State r, std::string_view clause, bool of_all) const {
    if (!names_clause(*act, clause)) return false;
    if (beyond_text) return act->by == g && holds(act->towards, r);
    if (of_all && act->towards.empty()) return true;
    return (act->by == g && holds(act->towards, r)) || (act->by == r && holds(act->towards, g));
}

Time Family::start(const Act& a) const {
    // A backdated act never makes an earlier release lawful, not even with hindsight (rule 5).
    return narrows(a.kind) ? std::min(a.effective_at, a.recorded_at) : std::max(a.effective_at, a.recorded_at);
}

void Family::settle(bool hindsight) {
    hindsight_ = hindsight;
    recorded_.clear();
    snapshots_.clear();
    breakpoints_.clear();
    if (versions.empty() || sealed) return;
    if (!hindsight) {
        for (const auto& a : acts) {
            recorded_.push_back(a.recorded_at);
            if (a.void_from != never && !narrows(a.kind)) recorded_.push_back(a.void_from);
        }
    }
    std::ranges::sort(recorded_);
    recorded_.erase(std::unique(recorded_.begin(), recorded_.end()), recorded_.end());
    snapshots_.push_back(snapshot(hindsight ? never : Time::min()));
    for (const auto r : recorded_) snapshots_.push_back(snapshot(r));
    auto& b = breakpoints_;
    b = recorded_;
    for (const auto& a : acts) b.push_back(start(a));
    for (const auto& s : snapshots_) collect(s, b);
    if (parent) b.insert(b.end(), parent->breakpoints_.begin(), parent->breakpoints_.end());
    std::erase(b, never);
    std::ranges::sort(b);
    b.erase(std::unique(b.begin(), b.end()), b.end());
}

const Snapshot& Family::at(Time known) const {
    static const Snapshot empty;
    if (snapshots_.empty()) return empty;
    const auto it = std::ranges::upper_bound(recorded_, known);
    return snapshots_[static_cast<std::size_t>(it - recorded_.begin())];
}

Snapshot Family::snapshot(Time known) const {
    Snapshot s;
    for (const auto& a : acts) {
        // What was signed with a key that is known to be compromised counts no more; what narrows holds on (rule 22).
        if (!narrows(a.kind) && a.void_from <= known && a.void_from != never) continue;
        if (hindsight_ || a.recorded_at <= known) s.visible.push_back(&a);
    }
    participation(s);
    bind(s);
    suspensions(s);
    return s;
}

void Family::participation(Snapshot& s) const {
    std::vector<State> states;
    for (const auto& t : versions) states.insert(states.end(), t->parties.begin(), t->parties.end());
    for (const auto* a : s.visible) {
        if (a->kind == ActKind::accession || a->kind == ActKind::succession) states.push_back(a->by);
    }
    std::ranges::sort(states);
    states.erase(std::unique(states.begin(), states.end()), states.end());
    for (const auto& state : states) {
        Member m;
        m.state = state;
        for (const auto& t : versions) {
            Participation p;
            p.original = t->has_party(state);
            if (signed_on(*t) && p.original) p.signed_at = t->signed_on->at;
            for (const auto* a : s.visible) {
                if (a->by != state) continue;
                if (a->kind == ActKind::provisional_application)
                    m.provisional_at = std::min(m.provisional_at, start(*a));
                if (a->version != t->version) continue;
                const bool signs = a->kind == ActKind::signature || a->kind == ActKind::adoption;
                if (signs && p.original) p.signed_at = std::min(p.signed_at, start(*a));
                if (p.original && consents(a->kind, t->consent)) p.consent_at = std::min(p.consent_at, start(*a));
                if (!p.original && (a->kind == ActKind::accession || a->kind == ActKind::succession)) {
                    p.signed_at = std::min(p.signed_at, start(*a));
                    p.consent_at = std::min(p.consent_at, start(*a));
                }
            }
            if (t->consent == ConsentBy::signature && p.original) p.consent_at = p.signed_at;
            m.version.push_back(p);
        }
        s.members.push_back(std::move(m));
    }
}

namespace {

/// When a version begins to exist at all, before each party's own consent is looked at.
Time entry_event(const Text& t, std::size_t v, const Snapshot& s) {
    std::vector<Time> consents_of, signatures;
    for (const auto& m : s.members) {
        const auto& p = m.version[v];
        if (!p.original) continue;
        consents_of.push_back(p.consent_at);
        signatures.push_back(p.signed_at);
    }
    std::ranges::sort(consents_of);
    std::ranges::sort(signatures);
    switch (t.entry) {
        case Entry::on_signature:
            // As soon as there is a pair: one that has not signed blocks only its own pairs (rule 3).
            return signatures.size() < 2 ? never : signatures[1];
        case Entry::fixed_date:
            return t.entry_date;
        case Entry::after_deposits: {
            const std::size_t k = t.entry_count ? t.entry_count : consents_of.size();
            return k == 0 || k > consents_of.size() ? never : plus_days(consents_of[k - 1], t.entry_days);
        }
        case Entry::after_parties: {
            Time last = Time::min();
            for (const auto& state : t.entry_parties) {
                const auto* m = s.member(state);
                last = std::max(last, m ? m->version[v].consent_at : never);
            }
            return plus_days(last, t.entry_days);
        }
    }
    return never;
}

}  // namespace

void Family::bind(Snapshot& s) const {
    for (std::size_t v = 0; v < versions.size(); ++v) {
        const auto& t = *versions[v];
        const Time event = entry_event(t, v, s);
        if (v == 0) s.entry_event = event;
        for (auto& m : s.members) {
            auto& p = m.version[v];
            if (event == never || p.consent_at == never) continue;
            p.entry = std::max(event, plus_days(p.consent_at, t.entry_days));
        }
    }
    const auto& first = *versions.front();
    if (s.entry_event != never) {
        if (first.ends_at) s.term_end = *first.ends_at;
        if (first.term_months && !first.renews) s.term_end = plus_months(s.entry_event, first.term_months);
    }
    for (auto& m : s.members) {
        Time entry = never;
        for (const auto& p : m.version) entry = std::min(entry, p.entry);
        Time end = std::min(s.term_end, left_by_notice(s, m.state));
        for (const auto* a : s.visible) {
            if (a->by != m.state || a->kind != ActKind::withdrawal) continue;
            end = std::min(end, plus_months(a->effective_at, first.withdrawal_months));
        }
        m.leaves_at = end;
        if (entry < end) m.bound.emplace_back(entry, end);
        // Coming back: an accession after the end begins again.
        for (const auto* a : s.visible) {
            if (a->by == m.state && a->kind == ActKind::accession && start(*a) >= end && end < s.term_end &&
                s.entry_event <= start(*a)) {
                m.bound.emplace_back(plus_days(start(*a), first.entry_days), s.term_end);
                m.leaves_at = s.term_end;
            }
        }
    }
}

Time Family::left_by_notice(const Snapshot& s, State p) const {
    const auto& t = *versions.front();
    if (!t.renews || s.entry_event == never) return never;
    Time earliest = never;
    for (const auto* a : s.visible) {
        if (a->by != p || a->kind != ActKind::notice) continue;
        // Received on day D it is in time for a term's end E if and only if D ⊕ notice ≤ E (rule 4).
        const Time bound = plus_months(base::start_of(base::date_of(a->effective_at)), t.notice_months);
        for (std::uint32_t k = 1; k < 10'000; ++k) {
            const Time end = plus_months(s.entry_event, k * t.term_months);
            if (end == never) break;
            if (bound <= end && a->effective_at < end) {
                earliest = std::min(earliest, end);
                break;
            }
        }
    }
    return earliest;
}

void Family::suspensions(Snapshot& s) const {
    const auto& t = *versions.front();
    for (const auto* a : s.visible) {
        if (a->kind != ActKind::suspension) continue;
        Suspension x;
        x.act = a;
        x.from = start(*a);
        if (t.suspension_days) x.until = plus_days(x.from, t.suspension_days);
        x.beyond_text = t.suspension == SuspendedBy::nobody ||
                        (t.suspension == SuspendedBy::named && !std::ranges::binary_search(t.suspension_by, a->by));
        s.suspensions.push_back(x);
    }
}

void Family::collect(const Snapshot& s, std::vector<Time>& out) const {
    out.push_back(s.entry_event);
    out.push_back(s.term_end);
    for (const auto& m : s.members) {
        for (const auto& p : m.version) {
            out.push_back(p.signed_at);
            out.push_back(p.consent_at);
            out.push_back(p.entry);
        }
        out.push_back(m.provisional_at);
        for (const auto& [from, until] : m.bound) {
            out.push_back(from);
            out.push_back(until);
        }
    }
    for (const auto& x : s.suspensions) {
        out.push_back(x.from);
        out.push_back(x.until);
    }
}

bool Family::removed_name(std::string_view name) const {
    return std::ranges::find(removed, name) != removed.end();
}

int Family::version_between(State a, State b, Time t, const Snapshot& s) const {
    const auto* ma = s.member(a);
    const auto* mb = s.member(b);
    if (!ma || !mb || !ma->bound_at(t) || !mb->bound_at(t)) return -1;
    for (auto v = static_cast<int>(versions.size()) - 1; v >= 0; --v) {
        const auto i = static_cast<std::size_t>(v);
        if (ma->version[i].entry <= t && mb->version[i].entry <= t) return v;
    }
    return -1;
}

bool Family::ended_by_parent(State a, State b, Time t, Time known) const {
    if (versions.front()->parent.empty() || versions.front()->parent_effect != ParentEffect::ends || !parent)
        return false;
    const auto& s = parent->at(known);
    const auto broken = [&](State x) {
        const auto* m = s.member(x);
        return m && std::ranges::any_of(m->bound, [&](const auto& i) { return i.second <= t; });
    };
    // Once the parent has ended between them the child has ended for good, even if the parent comes back.
    return broken(a) || broken(b) || parent->ended_by_parent(a, b, t, known);
}

bool Family::parent_allows(State a, State b, Time t, Time known) const {
    const auto effect = versions.front()->parent_effect;
    if (versions.front()->parent.empty() || effect == ParentEffect::none) return true;
    if (!parent || parent->sealed) return false;
    const auto& s = parent->at(known);
    const auto* ma = s.member(a);
    const auto* mb = s.member(b);
    if (!ma || !mb || !ma->bound_at(t) || !mb->bound_at(t)) return false;
    if (!parent->parent_allows(a, b, t, known)) return false;
    if (effect == ParentEffect::ends) return !ended_by_parent(a, b, t, known);
    return std::ranges::none_of(s.suspensions, [&](const Suspension& x) {
        if (!(x.from <= t && t < x.until) || !x.act->clauses.empty()) return false;
        if (!x.covers(a, b, "", parent->versions.front()->suspension_of_all)) return false;
        return std::ranges::none_of(s.visible, [&](const Act* r) {
            return parent->lifts(*r, x, t) && r->clauses.empty() && r->towards.empty();
        });
    });
}

bool Family::stands(State a, State b, Time t, Time known) const {
    if (sealed) return false;
    const auto& s = at(known);
    const auto* ma = s.member(a);
    const auto* mb = s.member(b);
    const bool bound = ma && mb && ma->bound_at(t) && mb->bound_at(t);
    return (bound || shadow_version(ma, mb, t) < versions.size()) && parent_allows(a, b, t, known);
}

bool Family::lifts(const Act& a, const Suspension& x, Time t) const {
    return a.kind == ActKind::resumption && a.by == x.act->by &&
           a.effective_at > std::min(x.act->effective_at, x.act->recorded_at) && start(a) > x.from && start(a) <= t;
}

std::size_t Family::shadow_version(const Member* a, const Member* b, Time t) const {
    std::size_t latest = versions.size();
    if (!shadow || !a || !b || t >= a->leaves_at || t >= b->leaves_at) return latest;
    for (std::size_t v = 0; v < versions.size(); ++v)
        if (a->version[v].signed_at <= t && b->version[v].signed_at <= t) latest = v;
    return latest;
}

bool Family::may_receive(const Clause& c, std::size_t version, State g, State r, Time t, const Snapshot& s) const {
    if (!c.to_parties) return std::ranges::binary_search(c.to, r);
    const auto* mg = s.member(g);
    const auto* mr = s.member(r);
    if (!mg || !mr) return false;
    const auto& pg = mg->version[version];
    const auto& pr = mr->version[version];
    // "parties" are those when the grantor signed; a newcomer needs the grantor's acceptance (rule 6).
    if (pr.original || versions[version]->accession == Accession::extends || pr.consent_at <= pg.signed_at) return true;
    return std::ranges::any_of(s.visible, [&](const Act* a) {
        return a->kind == ActKind::accept_newcomer && a->by == g && start(*a) <= t &&
               std::ranges::find(a->towards, r) != a->towards.end();
    });
}

Hindrance Family::by_itself(const Clause& c, std::size_t version, State g, State r, Time t, Time known) const {
    using Kind = Hindrance::Kind;
    if (removed_name(c.id)) return {Kind::removed, {}, nullptr, {}};
    const bool grants = c.from_parties || std::ranges::binary_search(c.from, g);
    const auto& s = at(known);
    const auto* mg = s.member(g);
    const auto* mr = s.member(r);
    if (g == r || !grants || !mg || !mr) return {Kind::not_named, {}, nullptr, {}};
    if (!may_receive(c, version, g, r, t, s))
        return {c.to_parties ? Kind::not_accepted : Kind::not_named, r, nullptr, {}};
    const int between = version_between(g, r, t, s);
    bool holds_now = between == static_cast<int>(version);
    if (!holds_now && c.provisional && between < 0) {
        // Provisional application: both declared it, both signed, neither has been bound and left.
        const auto& pg = mg->version[version];
        const auto& pr = mr->version[version];
        holds_now = mg->provisional_at <= t && mr->provisional_at <= t && pg.signed_at <= t && pr.signed_at <= t &&
                    t < mg->leaves_at && t < mr->leaves_at;
    }
    if (!holds_now && between < 0) holds_now = shadow_version(mg, mr, t) == version;
    if (!holds_now) {
        if (between >= 0) return {Kind::version, {}, nullptr, {}};
        return {Kind::not_bound, mg->bound_at(t) ? r : g, nullptr, {}};
    }
    if (!parent_allows(g, r, t, known)) return {Kind::parent, {}, nullptr, {}};
    for (const auto* a : s.visible) {
        const bool between_them = (a->by == g && holds(a->towards, r)) || (a->by == r && holds(a->towards, g));
        if (!between_them || start(*a) > t || !names_clause(*a, c.id)) continue;
        if (a->kind == ActKind::reservation || a->kind == ActKind::objection) return {Kind::reserved, a->by, a, {}};
    }
    const bool of_all = versions.front()->suspension_of_all;
    for (const auto& x : s.suspensions) {
        if (!(x.from <= t && t < x.until) || !x.covers(g, r, c.id, of_all)) continue;
        const State other = x.act->by == g ? r : g;
        const bool lifted = std::ranges::any_of(s.visible, [&](const Act* a) {
            return lifts(*a, x, t) && holds(a->towards, other) && names_clause(*a, c.id);
        });
        if (!lifted) return {Kind::suspended, x.act->by, x.act, {}};
    }
    return {};
}

Hindrance Family::hindrance(const Clause& c, std::size_t version, State g, State r, Time t, Time known) const {
    if (sealed) return {Hindrance::Kind::sealed, {}, nullptr, {}};
    const auto own = by_itself(c, version, g, r, t, known);
    if (!own.none() || c.reciprocity.empty()) return own;
    // Every clause of the group that joins these two, either way, must hold by itself (rule 7).
    for (const auto& other : versions[version]->clauses) {
        if (&other == &c || other.reciprocity != c.reciprocity) continue;
        for (const auto& [from, to] : {std::pair{g, r}, std::pair{r, g}}) {
            const bool grants = other.from_parties || std::ranges::binary_search(other.from, from);
            const bool receives = other.to_parties || std::ranges::binary_search(other.to, to);
            if (grants && receives && !by_itself(other, version, from, to, t, known).none())
                return {Hindrance::Kind::reciprocity, from, nullptr, other.id};
        }
    }
    return {};
}

}  // namespace asman::accord
