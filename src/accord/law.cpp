#include <asman/accord/law.hpp>

#include "law_impl.hpp"
#include "names.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <functional>

namespace asman::accord {

using base::Errc;

std::string Alarm::text() const {
    static constexpr std::array<std::string_view, 6> kinds{"sealed",      "act refused",          "beyond the text",
                                                           "key refused", "unsigned restriction", "vanished"};
    const auto what = kinds.at(static_cast<std::size_t>(kind));
    if (kind == Kind::key_refused) return fmt::format("{}: {}", what, error.text());
    return fmt::format("{}: {}: {}", accord.empty() ? "all accords" : accord, what, error.text());
}

bool Restriction::holds(Time t) const {
    if (text->signed_on && t < text->signed_on->at) return false;
    return std::ranges::none_of(acts, [&](const Act& a) {
        const bool counts = hindsight ? a.void_from == Time::max() : a.void_from > t;
        return a.kind == ActKind::withdrawal && std::max(a.effective_at, a.recorded_at) <= t && counts;
    });
}

void Restriction::changes(std::vector<Time>& out) const {
    if (text->signed_on) out.push_back(text->signed_on->at);
    for (const auto& a : acts) {
        if (a.kind != ActKind::withdrawal) continue;
        out.push_back(std::max(a.effective_at, a.recorded_at));
        if (a.void_from != Time::max()) out.push_back(a.void_from);
    }
}

void Law::Impl::seal(const std::string& id, base::Error error) {
    if (const auto it = families.find(id); it != families.end()) it->second->sealed = true;
    alarms.push_back({Alarm::Kind::sealed, id, error});
    sealed.emplace(id, std::move(error));
}

std::shared_ptr<Law::Impl> Law::Impl::copy() const {
    auto out = std::make_shared<Impl>();
    out->keyring = keyring;
    out->skew = skew;
    out->hindsight = hindsight;
    out->shadow = shadow;
    out->sealed_all = sealed_all;
    out->sealed = sealed;
    out->restrictions = restrictions;
    out->acts = acts;
    out->alarms = alarms;
    out->removed = removed;
    for (const auto& [id, f] : families) {
        auto g = std::make_unique<Family>();
        g->id = f->id;
        g->versions = f->versions;
        g->acts = f->acts;
        g->sealed = f->sealed;
        g->signed_by_acts = f->signed_by_acts;
        g->shadow = f->shadow;
        g->removed = f->removed;
        out->families.emplace(id, std::move(g));
    }
    out->point_to_parents();
    return out;
}

void Law::Impl::point_to_parents() {
    for (auto& [id, f] : families) {
        const auto p = families.find(f->versions.front()->parent);
        f->parent = p == families.end() ? nullptr : p->second.get();
    }
}

void Law::Impl::warn_of_unsigned_restrictions() {
    if (!keyring.required) return;
    for (const auto& r : restrictions) {
        if (std::ranges::any_of(r.acts, [](const Act& a) { return a.kind == ActKind::signature; })) continue;
        // It only narrows: it is obeyed all the same.
        alarms.push_back({Alarm::Kind::unsigned_restriction,
                          r.text->id,
                          {Errc::bad_signature,
                           {r.text->file, 1, 1, {}},
                           fmt::format("not signed by {}; it is obeyed all the same", r.state().text())}});
    }
}

void Law::Impl::link_parents() {
    for (auto& [id, f] : families) {
        const auto& t = *f->versions.front();
        f->parent = nullptr;
        if (t.parent.empty()) continue;
        const auto it = families.find(t.parent);
        if (it != families.end()) {
            f->parent = it->second.get();
            continue;
        }
        if (f->sealed) continue;
        std::vector<std::string> known;
        for (const auto& [other, unused] : families) known.push_back(other);
        seal(id, {Errc::unknown_name, t.parent_place,
                  sealed.contains(t.parent) ? fmt::format("its parent '{}' is sealed", t.parent)
                                            : fmt::format("unknown parent '{}'{}", t.parent, near(t.parent, known))});
    }
    for (auto& [id, f] : families) {
        std::size_t steps = 0;
        for (const auto* p = f->parent; p; p = p->parent) {
            if (p == f.get() || ++steps > families.size()) {
                if (!f->sealed)
                    seal(id, {Errc::conflict, f->versions.front()->parent_place, "its parents form a cycle"});
                break;
            }
        }
    }
    // Sealing goes down to children, however deep.
    for (bool again = true; again;) {
        again = false;
        for (auto& [id, f] : families) {
            if (f->sealed || !f->parent || !f->parent->sealed) continue;
            seal(id, {Errc::refused, f->versions.front()->parent_place,
                      fmt::format("its parent '{}' is sealed", f->parent->id)});
            again = true;
        }
    }
}

void Law::Impl::settle() {
    // Parents first: a child's breakpoints hold its parent's.
    std::set<const Family*> done;
    std::function<void(Family&)> visit = [&](Family& f) {
        if (!done.insert(&f).second) return;
        if (f.parent) visit(*families.at(f.parent->id));
        if (!f.sealed && f.parent && f.parent->sealed) f.sealed = true;
        f.settle(hindsight);
    };
    for (auto& [id, f] : families) visit(*f);
}

Law::Law() : impl_(std::make_shared<const Impl>()) {}

base::Result<Law> Law::with_acts(std::string_view toml, const std::string& name, Time recorded_at) const {
    ASMAN_TRY(auto filing, parse_filing(toml, name, recorded_at));
    auto impl = impl_->copy();
    for (auto& c : filing.certificates) ASMAN_CHECK(impl->accept(std::move(c)));
    for (auto& r : filing.revocations) ASMAN_CHECK(impl->accept(std::move(r)));
    for (auto& a : filing.acts) ASMAN_CHECK(impl->accept(std::move(a)));
    impl->apply_revocations();
    impl->link_parents();
    impl->settle();
    Law out;
    out.impl_ = std::move(impl);
    return out;
}

base::Result<Law> Law::without(std::string_view name) const {
    auto impl = impl_->copy();
    const auto slash = name.find('/');
    const std::string id(name.substr(0, slash));
    const auto it = impl->families.find(id);
    if (it == impl->families.end()) {
        std::vector<std::string> known;
        for (const auto& [other, f] : impl->families) known.push_back(other);
        return base::fail(Errc::unknown_name, fmt::format("no accord '{}'{}", id, near(id, known)));
    }
    impl->removed.emplace_back(name);
    if (slash == std::string_view::npos) {
        impl->families.erase(it);
        for (auto& [other, f] : impl->families) {
            if (f->versions.front()->parent == id)
                f->sealed = f->sealed || f->versions.front()->parent_effect != ParentEffect::none;
        }
        impl->point_to_parents();
    } else {
        const std::string part(name.substr(slash + 1));
        std::vector<std::string> known;
        for (const auto& t : it->second->versions) {
            for (const auto& c : t->clauses) known.push_back(c.id);
            for (const auto& s : t->sites) known.push_back(s.id);
        }
        if (std::ranges::find(known, part) == known.end()) {
            return base::fail(Errc::unknown_name,
                              fmt::format("accord '{}' has no clause or site '{}'{}", id, part, near(part, known)));
        }
        it->second->removed.push_back(part);
    }
    impl->settle();
    Law out;
    out.impl_ = std::move(impl);
    return out;
}

Law Law::as_of(Time known) const {
    auto impl = impl_->copy();
    const auto later = [&](const Act& a) { return a.recorded_at > known; };
    std::erase_if(impl->acts, later);
    for (auto& [id, f] : impl->families) std::erase_if(f->acts, later);
    for (auto& r : impl->restrictions) std::erase_if(r.acts, later);
    std::erase_if(impl->keyring.revocations, [&](const Revocation& r) { return r.recorded_at > known; });
    impl->apply_revocations();
    impl->settle();
    Law out;
    out.impl_ = std::move(impl);
    return out;
}

Law Law::hindsight() const {
    auto impl = impl_->copy();
    impl->hindsight = true;
    for (auto& r : impl->restrictions) r.hindsight = true;
    impl->settle();
    Law out;
    out.impl_ = std::move(impl);
    return out;
}

Law Law::shadow() const {
    auto impl = impl_->copy();
    for (auto& [id, f] : impl->families) f->shadow = true;
    impl->shadow = true;
    impl->settle();
    Law out;
    out.impl_ = std::move(impl);
    return out;
}

bool Law::is_shadow() const {
    return impl_->shadow;
}

bool Law::is_hindsight() const {
    return impl_->hindsight;
}

LawView Law::at(Time t) const {
    auto view = std::make_shared<LawView::Impl>();
    view->law = impl_;
    Compiler(*impl_, t, *view).compile();
    LawView out;
    out.impl_ = std::move(view);
    return out;
}

Time Law::next_change_after(Time t) const {
    Time next = Time::max();
    for (const auto& [id, f] : impl_->families) {
        const auto& b = f->breakpoints();
        const auto it = std::ranges::upper_bound(b, t);
        if (it != b.end()) next = std::min(next, *it);
    }
    std::vector<Time> changes;
    for (const auto& r : impl_->restrictions) r.changes(changes);
    for (const auto at : changes) {
        if (at > t) next = std::min(next, at);
    }
    return next;
}

const std::vector<Alarm>& Law::alarms() const {
    return impl_->alarms;
}

std::vector<std::shared_ptr<const Text>> Law::texts() const {
    std::vector<std::shared_ptr<const Text>> out;
    for (const auto& [id, f] : impl_->families) out.insert(out.end(), f->versions.begin(), f->versions.end());
    for (const auto& r : impl_->restrictions) out.push_back(r.text);
    return out;
}

const Keyring& Law::keyring() const {
    return impl_->keyring;
}

const std::vector<Act>& Law::acts() const {
    return impl_->acts;
}

base::Digest Law::digest() const {
    base::Hasher h;
    h.add("asman law 1");
    for (const auto& t : texts()) h.add(std::as_bytes(std::span(t->digest.value)));
    for (const auto& a : impl_->acts) {
        h.add(a.canonical());
        h.add(a.recorded_at.ns);
    }
    for (const auto& c : impl_->keyring.certificates) h.add(c.canonical());
    for (const auto& r : impl_->keyring.revocations) {
        h.add(r.canonical());
        h.add(r.recorded_at.ns);
    }
    for (const auto& [id, error] : impl_->sealed) h.add("sealed " + id);
    for (const auto& name : impl_->removed) h.add("without " + name);
    h.add(static_cast<std::int64_t>(impl_->sealed_all) * 4 + impl_->shadow * 2 + impl_->hindsight);
    h.add(impl_->skew.ns);
    return h.finish();
}

}  // namespace asman::accord
