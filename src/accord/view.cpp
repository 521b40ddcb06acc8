#include "evaluate.hpp"
#include "law_impl.hpp"
#include "names.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace asman::accord {

namespace {

/// A perfect hash is not needed: neighbours are looked at until an empty place.
std::size_t place_of(State s, std::size_t places) {
    const auto code = static_cast<std::uint32_t>(static_cast<unsigned char>(s.code[0])) << 16 |
                      static_cast<std::uint32_t>(static_cast<unsigned char>(s.code[1])) << 8 |
                      static_cast<unsigned char>(s.code[2]);
    return static_cast<std::size_t>(code * 2'654'435'761u >> 22) % places;
}

}  // namespace

void LawView::Impl::index_states() {
    slot_of.fill(0);
    if (states.size() > slot_of.size() / 2) return;  // index() searches then
    for (std::size_t i = 0; i < states.size(); ++i) {
        auto at = place_of(states[i], slot_of.size());
        while (slot_of[at] != 0) at = (at + 1) % slot_of.size();
        slot_of[at] = static_cast<std::uint16_t>(i + 1);
    }
}

std::optional<std::size_t> LawView::Impl::index(State s) const {
    if (states.size() > slot_of.size() / 2) {
        const auto it = std::ranges::lower_bound(states, s);
        if (it == states.end() || *it != s) return std::nullopt;
        return static_cast<std::size_t>(it - states.begin());
    }
    for (auto at = place_of(s, slot_of.size()); slot_of[at] != 0; at = (at + 1) % slot_of.size()) {
        if (states[slot_of[at] - 1u] == s) return slot_of[at] - 1u;
    }
    return std::nullopt;
}

const LawView::Impl::Pair* LawView::Impl::pair(State g, State r) const {
    const auto i = index(g), j = index(r);
    return i && j ? &pairs[*i * states.size() + *j] : nullptr;
}

namespace {

/// How near a refusal came to a release: clauses that are about something else tell least.
int nearness(Reason r) {
    switch (r) {
        case Reason::no_clause:
        case Reason::not_operative:
            return static_cast<int>(r);
        case Reason::not_onward:
        case Reason::sensor_not_covered:
            return static_cast<int>(Reason::not_operative) + 1;
        default:
            return static_cast<int>(r) + 2;
    }
}

/// Clauses that would be about this, and why each does not hold now.
void not_holding(const Law::Impl& law, const LawView& view, Product product, State grantor, State receiver, Time now,
                 std::vector<std::string>& lines) {
    for (const auto& [id, f] : law.families) {
        for (std::size_t v = 0; v < f->versions.size(); ++v) {
            const auto& t = *f->versions[v];
            for (const auto& c : t.clauses) {
                if (c.product != product) continue;
                const picture::ClauseRef ref{t.id, c.id, t.version, t.digest};
                if (view.find(ref, grantor, receiver)) continue;
                const bool gives = c.from_parties || std::ranges::binary_search(c.from, grantor);
                const bool gets = c.to_parties || std::ranges::binary_search(c.to, receiver);
                const auto h = f->hindrance(c, v, grantor, receiver, now, now);
                if (!gives || !gets || h.kind == Hindrance::Kind::not_named) continue;
                lines.push_back(fmt::format("{}, version {}: does not hold between {} and {}: {}", ref.text(),
                                            t.version, grantor.text(), receiver.text(), f->why_not(h, v, now, now)));
            }
        }
    }
    for (const auto& [id, error] : law.sealed) {
        if (!law.families.contains(id)) lines.push_back(fmt::format("{}: sealed: {}", id, error.text()));
    }
}

}  // namespace

LawView::LawView() : impl_(std::make_shared<const Impl>()) {}

Time LawView::from() const {
    return impl_->from;
}
Time LawView::until() const {
    return impl_->until;
}
Duration LawView::skew() const {
    return impl_->skew;
}
const std::vector<AccordStatus>& LawView::status() const {
    return impl_->status;
}

std::span<const Grant> LawView::grants(State grantor, State receiver) const {
    const auto* p = impl_->pair(grantor, receiver);
    return p ? std::span(impl_->grants).subspan(p->begin, p->end - p->begin) : std::span<const Grant>();
}

const Grant* LawView::find(const picture::ClauseRef& reference, State grantor, State receiver) const {
    for (const auto& g : grants(grantor, receiver)) {
        if (g.reference() == reference) return &g;
    }
    return nullptr;
}

std::vector<State> LawView::receivers(State grantor) const {
    std::vector<State> out;
    for (const auto& s : impl_->states) {
        if (!grants(grantor, s).empty()) out.push_back(s);
    }
    return out;
}

Time LawView::site_since(std::string_view accord, std::string_view sensor) const {
    if (accord.empty()) return Time::min();
    // Law that cannot be read releases nothing, and blinds nobody: the owner keeps its own sensor (invariant 5).
    if (impl_->sealed.contains(std::string(accord))) return Time::min();
    const auto it = impl_->sites.find({std::string(accord), std::string(sensor)});
    return it == impl_->sites.end() ? Time::max() : it->second;
}

bool LawView::site_stands(std::string_view accord, std::string_view sensor) const {
    return site_since(accord, sensor) != Time::max();
}

namespace {

/// The first grant that releases, or the refusal that came nearest. `whole`: every grant by the whole evaluation, as
/// explanations need it; else what refuses most is asked first. The answers are the same.
Decision best_of(const LawView::Impl& view, const Evaluator& evaluator, const LawView::Impl::Pair& p, bool whole) {
    Decision best;
    best.not_before = Time::max();
    const auto& object = evaluator.o;
    if (p.dormant >> static_cast<unsigned>(object.product) & 1) best.reason = Reason::not_operative;
    Quick::Memo memo;
    for (auto i = p.begin; i < p.end; ++i) {
        const auto& quick = view.quick[i];
        if (quick.product != object.product) continue;
        const auto& g = view.grants[i];
        if (object.under && g.reference() != *object.under) continue;
        Decision d;
        const auto refused = whole ? std::nullopt : quick.refuses(object, evaluator.now, evaluator.skew, memo);
        if (refused) {
            if (best.reason == Reason::too_early || nearness(*refused) <= nearness(best.reason)) continue;
            d.reason = *refused;
            d.grant = &g;
        } else {
            d.reason = evaluator.grant(g, d);
        }
        if (d.released()) return d;
        // Too early is worth waiting for; else the reason that came furthest is the most telling.
        const bool better = d.reason == Reason::too_early
                                ? best.reason != Reason::too_early || d.not_before < best.not_before
                                : best.reason != Reason::too_early && nearness(d.reason) > nearness(best.reason);
        if (better) best = d;
    }
    return best;
}

}  // namespace

Decision LawView::decide(const Object& object, State grantor, State receiver, Time now) const {
    const auto* p = impl_->pair(grantor, receiver);
    if (!p || grantor == receiver) return {};
    return best_of(*impl_, Evaluator{object, receiver, *this, now, impl_->skew, nullptr}, *p, false);
}

namespace {

/// What all parts together may be under one grant, at least as coarse as `grid`.
Decision meet_of(std::span<const Object> parts, const Grant& g, const Evaluator& asked, double grid) {
    Decision meet;
    for (std::size_t k = 0; k < parts.size(); ++k) {
        auto part = parts[k];
        part.coarsening.grid = std::max(part.coarsening.grid, grid);
        Decision d;
        d.reason = Evaluator{part, asked.receiver, asked.view, asked.now, asked.skew, nullptr}.grant(g, d);
        if (!d.released() || k == 0) {
            meet = d;
        } else {
            meet.fields &= d.fields;
            meet.grid = std::max(meet.grid, d.grid);
            meet.delay = std::max(meet.delay, d.delay);
            meet.valid_until = std::min(meet.valid_until, d.valid_until);
        }
        if (!meet.released()) break;
    }
    return meet;
}

}  // namespace

Decision LawView::decide_all(std::span<const Object> parts, State grantor, State receiver, Time now) const {
    Decision best;
    const auto* p = parts.empty() || grantor == receiver ? nullptr : impl_->pair(grantor, receiver);
    if (!p) return best;
    for (auto i = p->begin; i < p->end; ++i) {
        const auto& g = impl_->grants[i];
        if (g.clause().product != parts.front().product) continue;
        auto meet = meet_of(parts, g, Evaluator{parts.front(), receiver, *this, now, impl_->skew, nullptr}, 0);
        // Each part must be releasable as coarse as the whole will be.
        if (meet.released() && meet.grid > 0)
            meet = meet_of(parts, g, Evaluator{parts.front(), receiver, *this, now, impl_->skew, nullptr}, meet.grid);
        if (meet.released()) return meet;
        if (nearness(meet.reason) > nearness(best.reason)) best = meet;
    }
    return best;
}

bool LawView::excluded(const Object& object, const Grant& grant) const {
    Decision unused;
    return Evaluator{object, grant.receiver(), *this, object.time, impl_->skew, nullptr}.limits(grant, unused) ==
           Reason::excluded;
}

Explanation LawView::explain(const Object& object, State grantor, State receiver, Time now) const {
    Explanation out;
    if (const auto* p = impl_->pair(grantor, receiver); p && grantor != receiver) {
        out.decision = best_of(*impl_, Evaluator{object, receiver, *this, now, impl_->skew, nullptr}, *p, true);
    }
    auto& lines = out.lines;
    const auto& d = out.decision;
    lines.push_back(fmt::format("{} to {} of {}, decided at {}: {}", name(object.product), receiver.text(),
                                grantor.text(), base::format_time(now, 3),
                                d.released() ? fmt::format("released under {}", d.grant->reference().text())
                                             : fmt::format("withheld ({})", name(d.reason))));
    const Evaluator evaluator{object, receiver, *this, now, impl_->skew, &lines};
    for (const auto& g : grants(grantor, receiver)) {
        if (g.clause().product != object.product || (object.under && g.reference() != *object.under)) continue;
        lines.push_back(fmt::format("{}, version {}, text {}:", g.reference().text(), g.reference().version,
                                    g.reference().digest.hex().substr(0, 16)));
        Decision tried;
        const auto reason = evaluator.grant(g, tried);
        if (reason != Reason::released) {
            lines.push_back(fmt::format("  not granted: {}", name(reason)));
            continue;
        }
        lines.push_back(fmt::format("  granted: fields {}; grid {}; delay {} s; valid until {}",
                                    field_list(tried.fields),
                                    tried.grid > 0 ? fmt::format("{} km", tried.grid / 1000) : std::string("exact"),
                                    tried.delay.seconds(), base::format_time(tried.valid_until, 3)));
        if (const auto kept = static_cast<std::uint16_t>(field::all & ~tried.fields))
            lines.push_back(fmt::format("  left out: {}", field_list(kept)));
        for (const auto& a : g.assumed()) lines.push_back("  rests on an assumption: " + a);
        break;
    }
    if (impl_->law) not_holding(*impl_->law, *this, object.product, grantor, receiver, now, lines);
    return out;
}

}  // namespace asman::accord
