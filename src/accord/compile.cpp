// From the life of all accords at an instant to the structure that decides: for each pair of states the clauses that
// hold, in the order of preference, each with everything that it must be checked against.
#include "law_impl.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <tuple>

namespace asman::accord {

void Compiler::compile() {
    bounds();
    out.skew = law.skew;
    for (const auto& r : law.restrictions) out.texts.push_back(r.text);
    for (const auto& [id, f] : law.families) {
        out.texts.insert(out.texts.end(), f->versions.begin(), f->versions.end());
        out.status.push_back(status_of(*f, t, t));
        if (f->sealed || law.sealed_all) {
            out.status.back().state = AccordState::sealed;
            out.sealed.insert(id);
            continue;
        }
        family(*f);
    }
    for (const auto& [id, error] : law.sealed) {
        out.sealed.insert(id);
        if (law.families.contains(id)) continue;
        AccordStatus s;
        s.id = id;
        s.state = AccordState::sealed;
        out.status.push_back(std::move(s));
    }
    std::ranges::sort(out.status, {}, &AccordStatus::id);
    arrange();
}

void Compiler::bounds() {
    const auto use = [&](Time at) {
        if (at <= t) {
            out.from = std::max(out.from, at);
        } else {
            out.until = std::min(out.until, at);
        }
    };
    for (const auto& [id, f] : law.families) {
        const auto& b = f->breakpoints();
        const auto it = std::ranges::upper_bound(b, t);
        if (it != b.end()) use(*it);
        if (it != b.begin()) use(*std::prev(it));
    }
    std::vector<Time> changes;
    for (const auto& r : law.restrictions) r.changes(changes);
    for (const auto at : changes) use(at);
}

void Compiler::family(const Family& f) {
    const auto& s = f.at(t);
    for (std::size_t v = 0; v < f.versions.size(); ++v) {
        for (const auto& c : f.versions[v]->clauses) {
            for (const auto& g : s.members) {
                if (!c.from_parties && !std::ranges::binary_search(c.from, g.state)) continue;
                for (const auto& r : s.members) {
                    if (g.state == r.state || (!c.to_parties && !std::ranges::binary_search(c.to, r.state))) continue;
                    clause(f, v, c, g.state, r.state);
                }
            }
        }
    }
    sites(f);
}

namespace {

/// The start of the unbroken time, up to t, in which `holds` was true as it was known then.
template <class Holds>
Time unbroken_since(const Family& f, Time t, Holds holds) {
    const auto& b = f.breakpoints();
    auto it = std::ranges::upper_bound(b, t);
    Time since = Time::min();
    while (it != b.begin()) {
        --it;
        if (!holds(*it)) break;
        since = *it;
    }
    return since;
}

}  // namespace

void Compiler::clause(const Family& f, std::size_t version, const Clause& c, State g, State r) {
    // Knowledge at t decides about t; what is learnt later changes nothing about it.
    if (!f.operative(c, version, g, r, t, t)) {
        dormant_.emplace_back(g, r, c.product);
        return;
    }
    Grant out_grant;
    out_grant.text_ = f.versions[version];
    out_grant.clause_ = &c;
    out_grant.reference_ = {f.id, c.id, f.versions[version]->version, f.versions[version]->digest};
    out_grant.grantor_ = g;
    out_grant.receiver_ = r;
    out_grant.since_ = unbroken_since(f, t, [&](Time at) { return f.operative(c, version, g, r, at, at); });
    out_grant.until_ = never;
    const auto& b = f.breakpoints();
    for (auto it = std::ranges::upper_bound(b, t); it != b.end(); ++it) {
        if (!f.operative(c, version, g, r, *it, t)) {
            out_grant.until_ = *it;
            break;
        }
    }
    const std::pair pair(g, r);
    out_grant.assumed_ = assumed_dates(f, version, t, t, &pair);
    if (f.parent && f.versions.front()->parent_effect != ParentEffect::none) {
        const auto more = assumed_dates(*f.parent, 0, t, t, &pair);
        out_grant.assumed_.insert(out_grant.assumed_.end(), more.begin(), more.end());
    }
    if (c.assumed) out_grant.assumed_.push_back(fmt::format("{}/{}: the clause's terms", f.id, c.id));
    out_grant.limits_ = limits(out_grant, f);
    out.grants.push_back(std::move(out_grant));
}

std::shared_ptr<const std::vector<Grant::Limit>> Compiler::limits(const Grant& g, const Family& f) {
    auto& [clause, grantor, before] = limits_before_;
    if (clause == g.clause_ && grantor == g.grantor_) return before;
    std::vector<Grant::Limit> out_limits;
    const auto add = [&](const std::vector<Exclusion>& exclusions, std::string_view scope) {
        for (const auto& x : exclusions) out_limits.push_back({&x, scope});
    };
    add(g.clause_->exclusions, "the clause");
    add(g.text_->exclusions, g.text_->id);
    for (const auto* p = f.parent; p; p = p->parent) {
        // The parent's exclusions bind its children; where versions differ between parties, all of them do.
        for (const auto& text : p->versions) add(text->exclusions, text->id);
    }
    for (const auto& r : law.restrictions) {
        if (r.state() == g.grantor_ && r.holds(t)) add(r.text->exclusions, r.text->id);
    }
    limits_before_ = {g.clause_, g.grantor_, std::make_shared<const std::vector<Grant::Limit>>(std::move(out_limits))};
    return before;
}

void Compiler::sites(const Family& f) {
    for (const auto& text : f.versions) {
        for (const auto& site : text->sites) {
            if (std::ranges::find(f.removed, site.id) != f.removed.end()) continue;
            if (!f.stands(site.host, site.owner, t, t)) continue;
            const auto since = unbroken_since(f, t, [&](Time at) { return f.stands(site.host, site.owner, at, at); });
            for (const auto& sensor : site.sensors) out.sites.emplace(std::pair(f.id, sensor), since);
        }
    }
}

namespace {

/// Grants of a pair that name the same area ask for it once.
void number_areas(std::span<Quick> of_pair) {
    std::vector<const DistanceField*> areas;
    for (auto& q : of_pair) {
        const auto it = std::ranges::find(areas, q.area);
        q.area_slot =
            static_cast<std::uint8_t>(std::min<std::size_t>(static_cast<std::size_t>(it - areas.begin()), 64));
        if (it == areas.end()) areas.push_back(q.area);
    }
}

}  // namespace

void Compiler::arrange() {
    const auto order = [](const Grant& g) {
        return std::tuple(g.grantor(), g.receiver(), g.clause().delay, g.clause().grid,
                          -std::popcount(g.clause().fields), !g.clause().onward.has_value(), g.reference().accord,
                          g.reference().clause);
    };
    std::ranges::sort(out.grants, {}, order);
    for (const auto& g : out.grants) {
        out.states.push_back(g.grantor());
        out.states.push_back(g.receiver());
    }
    for (const auto& [g, r, product] : dormant_) {
        out.states.push_back(g);
        out.states.push_back(r);
    }
    std::ranges::sort(out.states);
    out.states.erase(std::unique(out.states.begin(), out.states.end()), out.states.end());
    out.index_states();
    const auto n = out.states.size();
    out.pairs.resize(n * n);
    const auto pair = [&](State g, State r) -> LawView::Impl::Pair& {
        return out.pairs[*out.index(g) * n + *out.index(r)];
    };
    for (std::uint32_t i = 0; i < out.grants.size(); ++i) {
        auto& p = pair(out.grants[i].grantor(), out.grants[i].receiver());
        if (p.end == 0) p.begin = i;
        p.end = i + 1;
    }
    out.quick.reserve(out.grants.size());
    for (const auto& g : out.grants) out.quick.emplace_back(g);
    for (const auto& p : out.pairs) number_areas(std::span(out.quick).subspan(p.begin, p.end - p.begin));
    for (const auto& [g, r, product] : dormant_) {
        auto& p = pair(g, r);
        p.dormant = static_cast<std::uint8_t>(p.dormant | 1u << static_cast<unsigned>(product));
    }
    index_clauses();
}

/// Pairs that the same clauses join, in the same order, share an index.
void Compiler::index_clauses() {
    std::map<std::vector<const Clause*>, std::shared_ptr<const ClauseIndex>> known;
    std::vector<const Clause*> clauses;
    for (auto& p : out.pairs) {
        const std::size_t size = p.end - p.begin;
        if (size < ClauseIndex::fewest || size > ClauseIndex::most) continue;
        clauses.clear();
        for (auto i = p.begin; i < p.end; ++i) {
            const auto& g = out.grants[i];
            clauses.push_back(&g.clause());
            p.all_since = std::max(p.all_since, g.since());
            p.all_until = std::min(p.all_until, g.until());
        }
        auto& index = known[clauses];
        if (!index) index = std::make_shared<const ClauseIndex>(std::span(out.quick).subspan(p.begin, size));
        p.index = index;
    }
}

}  // namespace asman::accord
