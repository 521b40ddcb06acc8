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

/// The answer so far: the first grant that releases, or the refusal that came nearest, of those the first.
class Best {
  public:
    Best(const LawView::Impl::Pair& p, const Object& o) {
        decision_.not_before = Time::max();
        if (p.dormant >> static_cast<unsigned>(o.product) & 1) decision_.reason = Reason::not_operative;
    }
    /// Whether a refusal for this reason, by grant `at` of the view, would be the answer.
    bool is_better(Reason r, std::size_t at) const {
        if (decision_.reason == Reason::too_early) return false;
        const int now = nearness(r), best = nearness(decision_.reason);
        return now > best || (now == best && at < at_);
    }
    void refused(Reason r, const Grant& g, std::size_t at) {
        if (!is_better(r, at)) return;
        decision_ = {};
        decision_.reason = r;
        decision_.grant = &g;
        at_ = at;
    }
    /// True when it releases: no other is to be asked.
    bool evaluated(const Decision& d, std::size_t at) {
        // Too early is worth waiting for; else the reason that came furthest is the most telling.
        const bool sooner = d.reason == Reason::too_early &&
                            (decision_.reason != Reason::too_early || d.not_before < decision_.not_before);
        if (d.released() || sooner || (d.reason != Reason::too_early && is_better(d.reason, at))) {
            decision_ = d;
            at_ = at;
        }
        return d.released();
    }
    const Decision& decision() const { return decision_; }

  private:
    Decision decision_;
    std::size_t at_ = 0;
};

/// One grant after the other. `whole`: every one by the whole evaluation, as explanations need it; else what refuses
/// most is asked first. The answers are the same.
Decision one_by_one(const LawView::Impl& view, const Evaluator& evaluator, const LawView::Impl::Pair& p, bool whole) {
    const auto& object = evaluator.o;
    Best best(p, object);
    Quick::Memo memo;
    for (auto i = p.begin; i < p.end; ++i) {
        const auto& quick = view.quick[i];
        if (quick.product != object.product) continue;
        const auto& g = view.grants[i];
        if (object.under && g.reference() != *object.under) continue;
        if (const auto r = whole ? std::nullopt : quick.refuses(object, evaluator.now, evaluator.skew, memo)) {
            best.refused(*r, g, i);
            continue;
        }
        Decision d;
        d.reason = evaluator.grant(g, d);
        if (best.evaluated(d, i)) break;
    }
    return best.decision();
}

/// Whether all grants of a pair can be asked about the object at once: it is the grantor's own, of its own sensors, and
/// falls into the time in which all of them hold.
bool together(const LawView::Impl::Pair& p, const Evaluator& e, State grantor) {
    const auto& o = e.o;
    if (!p.index || o.under || !o.associated || o.near_excluded || o.time > e.now + e.skew) return false;
    if (!o.originator.empty() && o.originator != grantor) return false;
    if (o.time - e.skew < p.all_since || o.time < Time{p.all_since.ns + e.skew.ns}) return false;
    if (p.all_until != Time::max() && e.now + e.skew >= p.all_until) return false;
    return std::ranges::all_of(o.sources, [&](const Source& s) { return s.owner == grantor && s.site_accord.empty(); });
}

/// As one_by_one(), by masks.
Decision at_once(const LawView::Impl& view, Evaluator evaluator, const LawView::Impl::Pair& p) {
    const auto& o = evaluator.o;
    const auto& index = *p.index;
    Best best(p, o);
    ClauseIndex::Left undecided;
    index.sort(o, undecided);
    std::array<std::uint64_t, ClauseIndex::most_areas / 64> asked, inside;
    for (auto* bits : {&asked, &inside}) std::fill_n(bits->begin(), index.area_words(), 0);
    const auto lies_inside = [&](std::size_t i) {
        const auto area = index.area_of(i);
        const auto bit = std::uint64_t{1} << area % 64;
        if ((asked[area / 64] & bit) == 0) {
            asked[area / 64] |= bit;
            inside[area / 64] = index.area(area)->inside(o.at, 0) ? inside[area / 64] | bit : inside[area / 64] & ~bit;
        }
        return (inside[area / 64] & bit) != 0;
    };
    // Grants lie apart and are rarely looked at twice: they are fetched some steps before they are needed.
    constexpr int ahead = 4;
    for (std::size_t w = 0; w < index.words(); ++w) {
        auto fetched = undecided.ask[w] | undecided.near[w];
        const auto fetch_one = [&] {
            if (fetched == 0) return;
            const auto* g = &view.grants[p.begin + 64 * w + static_cast<std::size_t>(std::countr_zero(fetched))];
            for (std::size_t line = 0; line < sizeof(Grant); line += 64)
                __builtin_prefetch(reinterpret_cast<const char*>(g) + line);
            fetched &= fetched - 1;
        };
        for (int k = 0; k < ahead; ++k) fetch_one();
        for (auto bits = undecided.ask[w] | undecided.near[w]; bits != 0; bits &= bits - 1) {
            const auto i = 64 * w + static_cast<std::size_t>(std::countr_zero(bits));
            const auto at = p.begin + i;
            fetch_one();
            const auto& g = view.grants[at];
            if ((undecided.near[w] >> i % 64 & 1) != 0 && !lies_inside(i)) {
                best.refused(Reason::outside_area, g, at);
                continue;
            }
            const bool held = ((undecided.near[w] | undecided.inside[w]) >> i % 64 & 1) != 0;
            evaluator.holds_object = held ? index.area(index.area_of(i)) : nullptr;
            Decision d;
            d.reason = evaluator.grant(g, d);
            if (best.evaluated(d, at)) return best.decision();
        }
    }
    ClauseIndex::Refused refused;
    index.sort(o, refused);
    const auto consider = [&](const ClauseIndex::Mask& clauses, Reason reason) {
        const auto none = index.words() * 64, first = first_of(clauses, index.words(), none);
        if (first != none) best.refused(reason, view.grants[p.begin + first], p.begin + first);
    };
    const bool known = o.identity != picture::Identity::pending && o.identity != picture::Identity::unknown;
    consider(refused.identity, known ? Reason::wrong_identity : Reason::unknown_identity);
    consider(refused.flight_class,
             o.flight_class == picture::FlightClass::unknown ? Reason::unknown_class : Reason::wrong_class);
    consider(refused.unknown_height, Reason::unknown_height);
    consider(refused.band, Reason::outside_band);
    consider(refused.area, Reason::outside_area);
    consider(refused.view, Reason::sensor_not_covered);
    return best.decision();
}

}  // namespace

Decision LawView::decide(const Object& object, State grantor, State receiver, Time now) const {
    const auto* p = impl_->pair(grantor, receiver);
    if (!p || grantor == receiver) return {};
    const Evaluator evaluator{object, receiver, *this, now, impl_->skew, nullptr};
    return together(*p, evaluator, grantor) ? at_once(*impl_, evaluator, *p) : one_by_one(*impl_, evaluator, *p, false);
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
        out.decision = one_by_one(*impl_, Evaluator{object, receiver, *this, now, impl_->skew, nullptr}, *p, true);
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
