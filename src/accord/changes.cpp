// Every change of every accord, in order of time.
#include "law_impl.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>

namespace asman::accord {
namespace {

std::vector<Time> changes_of(const Law::Impl& law) {
    std::vector<Time> out;
    for (const auto& [id, f] : law.families) out.insert(out.end(), f->breakpoints().begin(), f->breakpoints().end());
    for (const auto& r : law.restrictions) r.changes(out);
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
}

bool left_assumed(const Family& f, State party) {
    return std::ranges::any_of(f.acts, [&](const Act& a) {
        return a.by == party && a.assumed && (a.kind == ActKind::withdrawal || a.kind == ActKind::notice);
    });
}

}  // namespace

std::vector<Change> Law::timeline() const {
    std::vector<Change> out;
    std::map<std::string, AccordStatus> before;
    for (const auto t : changes_of(*impl_)) {
        for (const auto& [id, f] : impl_->families) {
            if (f->sealed || !std::ranges::binary_search(f->breakpoints(), t)) continue;
            auto now = status_of(*f, t, t);
            const bool before_known = before.contains(id);
            auto& last = before[id];
            const auto& signed_on = f->versions.front()->signed_on;
            const auto say = [&](std::string what, std::optional<bool> assumed = std::nullopt) {
                out.push_back({t, id, std::move(what), assumed.value_or(now.assumed)});
            };
            if (now.version != last.version && last.version > 0 && before_known) {
                say(fmt::format("version {} enters into force", now.version));
            }
            if (now.state != last.state) {
                switch (now.state) {
                    case AccordState::unsigned_:
                        break;
                    case AccordState::signed_:
                        say("signed", signed_on && signed_on->assumed);
                        break;
                    case AccordState::provisional:
                        say("applied provisionally");
                        break;
                    case AccordState::operative:
                        say(last.state == AccordState::suspended ? "resumed" : "enters into force");
                        break;
                    case AccordState::suspended:
                        // Who suspended it is said below; else its parent did.
                        if (now.suspensions.empty()) say("suspended with its parent");
                        break;
                    case AccordState::ended:
                        say("ends");
                        break;
                    case AccordState::sealed:
                        break;
                }
            }
            for (const auto& s : now.suspensions) {
                if (std::ranges::find(last.suspensions, s) == last.suspensions.end()) say(s);
            }
            for (const auto& p : now.of_party) {
                const auto was = std::ranges::find(last.of_party, p.state, &PartyStatus::state);
                const bool bound_before = was != last.of_party.end() && was->bound;
                const bool left_before = was != last.of_party.end() && was->left;
                const bool whole = now.state != last.state;
                if (p.bound && !bound_before && !whole) say(std::string(p.state.text()) + " becomes bound");
                if (p.left && !left_before && !whole)
                    say(std::string(p.state.text()) + " leaves", left_assumed(*f, p.state));
            }
            last = std::move(now);
        }
    }
    return out;
}

}  // namespace asman::accord
