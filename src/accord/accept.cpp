// Which acts count: entitled, in order, signed, and about this text (rule 1). What does not is refused with place and
// reason.
#include "law_impl.hpp"
#include "names.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace asman::accord {
namespace {

using base::Errc;

/// The certified law key that made the act's signature; null: none.
const base::PublicKey* signer_of(const Keyring& keys, const Act& a) {
    for (const auto& c : keys.certificates) {
        if (c.state == a.signed_by && c.use == KeyUse::law && c.covers(a.recorded_at) &&
            base::verify(c.key, base::as_bytes(a.canonical()), *a.signature))
            return &c.key;
    }
    return nullptr;
}

/// Signed by a law key that the signer's root has certified for the instant at which it was recorded, and that was not
/// known to be compromised then.
base::Result<void> check_signature(const Keyring& keys, const Act& a) {
    const auto bad = [&](std::string why) { return base::fail(Errc::bad_signature, a.place, a.words() + ": " + why); };
    const auto certified = keys.certified(a.signed_by, KeyUse::law, a.recorded_at);
    if (!a.signature || (certified.empty() && !keys.required)) return {};
    if (certified.empty()) {
        return bad(
            fmt::format("no law key of {} is certified for {}", a.signed_by.text(), base::format_time(a.recorded_at)));
    }
    const auto* key = signer_of(keys, a);
    if (!key) return bad(fmt::format("the signature is not {}'s", a.signed_by.text()));
    const auto* revoked = keys.revoked(*key, a.recorded_at);
    if (revoked && revoked->compromised_since <= a.recorded_at && !narrows(a.kind)) {
        return bad(
            fmt::format("its key is revoked: compromised since {}", base::format_time(revoked->compromised_since)));
    }
    return {};
}

class Judge {
  public:
    Judge(const Family& f, const Keyring& keys, const Act& act, const Text& text)
        : f_(f), keys_(keys), a_(act), t_(text) {}

    base::Result<void> judge() const {
        ASMAN_CHECK(who());
        ASMAN_CHECK(about());
        ASMAN_CHECK(order());
        ASMAN_CHECK(kind());
        return signature();
    }

  private:
    template <class... A>
    auto refuse(Errc code, fmt::format_string<A...> format, A&&... args) const {
        return base::fail(code, a_.place, a_.words() + ": " + fmt::format(format, std::forward<A>(args)...));
    }

    bool newcomer() const {
        return std::ranges::any_of(f_.acts, [&](const Act& b) {
            return b.by == a_.by && (b.kind == ActKind::accession || b.kind == ActKind::succession);
        });
    }
    bool did(ActKind kind) const {
        return std::ranges::any_of(f_.acts, [&](const Act& b) { return b.by == a_.by && b.kind == kind; });
    }

    base::Result<void> who() const {
        if (!keys_.states.empty() && !std::ranges::binary_search(keys_.states, std::string(a_.by.text()))) {
            return refuse(Errc::unknown_name, "unknown state '{}'{}", a_.by.text(), near(a_.by.text(), keys_.states));
        }
        if (a_.signed_by != a_.by && a_.signed_by != t_.depositary) {
            return refuse(Errc::refused, "signed by {}, who is neither its doer nor the depositary",
                          a_.signed_by.text());
        }
        const bool party = t_.has_party(a_.by) || newcomer();
        if (a_.kind == ActKind::accession || a_.kind == ActKind::succession) {
            const bool left = std::ranges::any_of(
                f_.acts, [&](const Act& b) { return b.by == a_.by && b.kind == ActKind::withdrawal; });
            if (party && !left) return refuse(Errc::refused, "it is a party already");
            if (t_.accession == Accession::closed) return refuse(Errc::refused, "the text admits no newcomer");
            return {};
        }
        if (!party) return refuse(Errc::refused, "{} is not a party to {}", a_.by.text(), a_.accord);
        return {};
    }

    base::Result<void> about() const {
        if (a_.text && *a_.text != t_.digest) {
            return refuse(Errc::bad_signature, "it is about another text: version {} of {} has the digest {}",
                          t_.version, t_.id, t_.digest.hex());
        }
        for (const auto& c : a_.clauses) {
            std::vector<std::string> known;
            for (const auto& v : f_.versions) {
                for (const auto& clause : v->clauses) known.push_back(clause.id);
            }
            if (std::ranges::find(known, c) == known.end()) {
                return refuse(Errc::unknown_name, "no clause '{}' in {}{}", c, a_.accord, near(c, known));
            }
        }
        for (const auto& s : a_.towards) {
            if (t_.has_party(s)) continue;
            const bool came = std::ranges::any_of(f_.acts, [&](const Act& b) {
                return b.by == s && (b.kind == ActKind::accession || b.kind == ActKind::succession);
            });
            const bool before = a_.kind == ActKind::accept_newcomer;  // acceptance may come before the accession
            if (!came && !before) return refuse(Errc::unknown_name, "'{}' is not a party to {}", s.text(), a_.accord);
        }
        return {};
    }

    base::Result<void> order() const {
        const Act* last = nullptr;
        for (const auto& b : f_.acts) {
            if (b.by == a_.by) last = &b;
            if (b.canonical() == a_.canonical()) return refuse(Errc::duplicate, "it is recorded already");
        }
        if (a_.previous && (!last || last->digest() != *a_.previous)) {
            return refuse(Errc::conflict, "it does not follow {}'s previous act under {}", a_.by.text(), a_.accord);
        }
        if (keys_.required && last && !a_.previous) {
            return refuse(Errc::missing, "'previous' must be the digest {} of {}", last->digest().hex(), last->words());
        }
        return {};
    }

    std::optional<Time> signed_at() const {
        if (f_.signed_on(t_) && t_.has_party(a_.by)) return t_.signed_on->at;
        for (const auto& b : f_.acts) {
            const bool signs = b.kind == ActKind::signature || b.kind == ActKind::adoption;
            if (b.by == a_.by && signs && b.version == a_.version) return b.effective_at;
        }
        return std::nullopt;
    }

    base::Result<void> kind() const {
        switch (a_.kind) {
            case ActKind::ratification:
            case ActKind::acceptance:
            case ActKind::deposit:
            case ActKind::provisional_application: {
                if (newcomer() && !t_.has_party(a_.by)) break;
                const auto on = signed_at();
                if (!on)
                    return refuse(Errc::refused, "{} has not signed version {} of {}", a_.by.text(), a_.version,
                                  a_.accord);
                if (a_.effective_at < *on) {
                    return refuse(Errc::conflict, "done on {}, before {} signed on {}",
                                  base::format_time(a_.effective_at), a_.by.text(), base::format_time(*on));
                }
                break;
            }
            case ActKind::notice:
                if (!f_.versions.front()->renews) return refuse(Errc::refused, "the text has no term that renews");
                break;
            case ActKind::withdrawal:
                if (!f_.versions.front()->withdrawal_allowed) {
                    return refuse(Errc::refused, "the text has no [withdrawal]");
                }
                break;
            case ActKind::resumption:
                if (!did(ActKind::suspension)) return refuse(Errc::refused, "{} has suspended nothing", a_.by.text());
                break;
            default:
                break;
        }
        return {};
    }

    base::Result<void> signature() const {
        if (keys_.required) {
            if (!a_.text) return refuse(Errc::missing, "'text' must be the digest {} of the text", t_.digest.hex());
            if (!a_.signature) return refuse(Errc::bad_signature, "it is not signed by {}", a_.signed_by.text());
        }
        return check_signature(keys_, a_);
    }

    const Family& f_;
    const Keyring& keys_;
    const Act& a_;
    const Text& t_;
};

}  // namespace

void Law::Impl::apply_revocations() {
    const auto mark = [&](Act& a) {
        a.void_from = Time::max();
        if (!a.signature) return;
        for (const auto& r : keyring.revocations) {
            if (r.state != a.signed_by || a.recorded_at < r.compromised_since) continue;
            if (base::verify(r.key, base::as_bytes(a.canonical()), *a.signature))
                a.void_from = std::min(a.void_from, std::max(r.recorded_at, a.recorded_at));
        }
    };
    for (auto& a : acts) mark(a);
    for (auto& [id, f] : families) {
        for (auto& a : f->acts) mark(a);
    }
    for (auto& r : restrictions) {
        for (auto& a : r.acts) mark(a);
    }
}

base::Result<void> Law::Impl::accept(Certificate certificate) {
    return keyring.take(std::move(certificate));
}

base::Result<void> Law::Impl::accept(Revocation revocation) {
    return keyring.take(std::move(revocation));
}

namespace {

base::Result<void> accept_for_restriction(const Keyring& keys, Restriction& r, Act act) {
    const auto refuse = [&](std::string why) {
        return base::fail(Errc::refused, act.place, act.words() + ": " + std::move(why));
    };
    if (act.by != r.state() || act.signed_by != act.by)
        return refuse(fmt::format("{} is a restriction of {} alone", r.text->id, r.state().text()));
    if (act.kind != ActKind::signature && act.kind != ActKind::withdrawal)
        return refuse("a national restriction is signed, and ended by withdrawal");
    if (act.text && *act.text != r.text->digest) return refuse("it is about another text");
    if (keys.required && (!act.text || !act.signature)) return refuse("it is not signed, or names no text");
    for (const auto& b : r.acts) {
        if (b.canonical() == act.canonical()) return base::fail(Errc::duplicate, act.place, "it is recorded already");
    }
    ASMAN_CHECK(check_signature(keys, act));
    r.acts.push_back(std::move(act));
    return {};
}

}  // namespace

base::Result<void> Law::Impl::accept(Act act) {
    for (auto& r : restrictions) {
        if (r.text->id != act.accord || r.text->version != act.version) continue;
        ASMAN_CHECK(accept_for_restriction(keyring, r, act));
        acts.push_back(std::move(act));
        return {};
    }
    const auto it = families.find(act.accord);
    if (it == families.end()) {
        if (sealed.contains(act.accord)) return {};  // its text said so already
        std::vector<std::string> known;
        for (const auto& [id, f] : families) known.push_back(id);
        return base::fail(Errc::unknown_name, act.place,
                          fmt::format("{}: unknown accord '{}'{}", act.words(), act.accord, near(act.accord, known)));
    }
    auto& f = *it->second;
    if (act.version == 0 || act.version > f.versions.size()) {
        return base::fail(Errc::unknown_name, act.place,
                          fmt::format("{}: '{}' has no version {}", act.words(), act.accord, act.version));
    }
    const auto& text = *f.versions[act.version - 1];
    if (f.acts.size() >= 5'000) return base::fail(Errc::full, act.place, "more acts than an accord may have");
    ASMAN_CHECK(Judge(f, keyring, act, text).judge());
    const auto& first = *f.versions.front();
    if (act.kind == ActKind::suspension &&
        (first.suspension == SuspendedBy::nobody ||
         (first.suspension == SuspendedBy::named && !std::ranges::binary_search(first.suspension_by, act.by)))) {
        alarms.push_back({Alarm::Kind::suspension_beyond_text,
                          act.accord,
                          {Errc::refused, act.place,
                           act.words() + ": the text does not allow it; it stops this state's own sending only"}});
    }
    acts.push_back(act);
    f.acts.push_back(std::move(act));
    return {};
}

}  // namespace asman::accord
