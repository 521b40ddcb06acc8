// Why a clause does not hold, in words for the grantor's own people (rule 20).
#include "life.hpp"
#include "names.hpp"

#include <fmt/core.h>

namespace asman::accord {
namespace {

std::string not_bound(const Family& f, const Snapshot& s, std::size_t version, const Member& m, Time t) {
    const auto& p = m.version[version];
    const auto& text = *f.versions[version];
    for (const auto& [from, until] : m.bound) {
        if (until <= t) return fmt::format("{} has left on {}", m.state.text(), day(until));
    }
    if (p.signed_at > t) return fmt::format("{} has not signed", m.state.text());
    const auto consent = consent_names()[static_cast<std::size_t>(text.consent)];
    if (p.consent_at > t)
        return fmt::format("{} signed on {}; its {} is not there", m.state.text(), day(p.signed_at), consent);
    if (p.entry == never) {
        // Its own part is done: one whose consent the rule of entry waits for is named in its place.
        for (const auto& other : s.members) {
            if (other.version[version].consent_at > t && other.state != m.state)
                return not_bound(f, s, version, other, t);
        }
    }
    return fmt::format("{} is bound from {} on", m.state.text(), day(p.entry));
}

}  // namespace

std::string Family::why_not(const Hindrance& h, std::size_t version, Time t, Time known) const {
    using Kind = Hindrance::Kind;
    switch (h.kind) {
        case Kind::none:
            return "it holds";
        case Kind::sealed:
            return "the accord is sealed: it could not be read";
        case Kind::removed:
            return "taken out by a what-if";
        case Kind::not_named:
            return "it is not between these two";
        case Kind::not_accepted:
            return fmt::format("{} is a newcomer whom the grantor has not accepted", h.state.text());
        case Kind::version: {
            return "another version binds the two";
        }
        case Kind::not_bound: {
            const auto* m = at(known).member(h.state);
            return m ? not_bound(*this, at(known), version, *m, t) : std::string("it is not between these two");
        }
        case Kind::parent:
            return fmt::format("its parent {} does not hold between them", versions.front()->parent);
        case Kind::reserved:
            return fmt::format("{}, effective {}", h.act->words(), day(h.act->effective_at));
        case Kind::suspended:
            return fmt::format("{}, effective {}, recorded {}", h.act->words(), day(h.act->effective_at),
                               day(h.act->recorded_at));
        case Kind::reciprocity:
            return fmt::format("clause '{}' of its reciprocity group does not hold from {}", h.clause, h.state.text());
    }
    return {};
}

}  // namespace asman::accord
