#include "law_impl.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace asman::accord {
namespace {

using base::Errc;

void vanished(Law::Impl& law, const std::string& accord, base::Place place, std::string what) {
    law.alarms.push_back({Alarm::Kind::vanished, accord, {Errc::missing, std::move(place), std::move(what)}});
}

void compare_versions(const Family& before, Family& now, Law::Impl& law) {
    if (now.sealed) return;
    for (const auto& old : before.versions) {
        const auto it = std::ranges::find(now.versions, old->version, [](const auto& t) { return t->version; });
        if (it == now.versions.end()) {
            law.seal(
                before.id,
                {Errc::missing, {old->file, 0, 0, {}}, fmt::format("version {} was known and is gone", old->version)});
            return;
        }
        if ((*it)->digest != old->digest) {
            law.seal(before.id, {Errc::conflict,
                                 {(*it)->file, 1, 1, {}},
                                 fmt::format("version {} has changed: a text is immutable, and its digest was {}",
                                             old->version, old->digest.hex())});
            return;
        }
    }
}

}  // namespace

void keep_texts(const Law::Impl& before, Law::Impl& now) {
    for (const auto& [id, old] : before.families) {
        const auto it = now.families.find(id);
        if (it != now.families.end()) {
            compare_versions(*old, *it->second, now);
        } else if (!now.sealed.contains(id)) {
            vanished(now, id, {old->versions.front()->file, 0, 0, {}},
                     "its text is gone: nothing is released under it");
        }
    }
    for (const auto& old : before.restrictions) {
        const bool there = std::ranges::any_of(
            now.restrictions, [&](const Restriction& r) { return r.text->digest == old.text->digest; });
        if (there) continue;
        vanished(now, old.text->id, {old.text->file, 0, 0, {}},
                 "the restriction is gone or another; the one that was known is obeyed on until it is withdrawn");
        now.restrictions.push_back({old.text, {}, false});
    }
}

void keep_record(const Law::Impl& before, Law::Impl& now, std::vector<Act>& acts) {
    for (const auto& old : before.acts) {
        const auto text = old.canonical();
        const auto it = std::ranges::find_if(acts, [&](const Act& a) { return a.canonical() == text; });
        if (it != acts.end()) {
            it->recorded_at = std::min(it->recorded_at, old.recorded_at);
            continue;
        }
        if (!now.families.contains(old.accord) && now.sealed.contains(old.accord)) continue;
        if (!old.live) vanished(now, old.accord, old.place, old.words() + ": its file is gone; it is kept");
        acts.push_back(old);
    }
    for (const auto& c : before.keyring.certificates) {
        const bool there = std::ranges::any_of(now.keyring.certificates,
                                               [&](const Certificate& x) { return x.canonical() == c.canonical(); });
        if (!there) (void)now.accept(c);
    }
    for (const auto& r : before.keyring.revocations) {
        const auto same = [&](const Revocation& x) { return x.canonical() == r.canonical(); };
        const auto it = std::ranges::find_if(now.keyring.revocations, same);
        if (it == now.keyring.revocations.end()) {
            (void)now.accept(r);
        } else {
            it->recorded_at = std::min(it->recorded_at, r.recorded_at);
        }
    }
}

}  // namespace asman::accord
