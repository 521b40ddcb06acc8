// Which acts count: entitled, in order, signed, and about this text (rule 1). What does not is refused with place and
// reason.
#include "law_impl.hpp"
#include "names.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace asman::accord {
namespace {

using base::Errc;

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
        return std::ranges::any_of(
            f_.acts, [&](const Act& b) { return b.by == a_.by && b.kind == kind && b.version == a_.version; });
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
        if (t_.signed_on && t_.has_party(a_.by) && !keys_.required) return t_.signed_on->at;
        for (const auto& b : f_.acts) {
            if (b.by == a_.by && b.kind == ActKind::signature && b.version == a_.version) return b.effective_at;
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
        const auto key = keys_.keys.find(a_.signed_by);
        if (keys_.required) {
            if (!a_.text) return refuse(Errc::missing, "'text' must be the digest {} of the text", t_.digest.hex());
            if (!a_.signature) return refuse(Errc::bad_signature, "it is not signed by {}", a_.signed_by.text());
            if (key == keys_.keys.end())
                return refuse(Errc::bad_signature, "no key of {} is known", a_.signed_by.text());
        }
        if (a_.signature && key != keys_.keys.end() &&
            !base::verify(key->second, base::as_bytes(a_.canonical()), *a_.signature)) {
            return refuse(Errc::bad_signature, "the signature is not {}'s", a_.signed_by.text());
        }
        return {};
    }

    const Family& f_;
    const Keyring& keys_;
    const Act& a_;
    const Text& t_;
};

}  // namespace

base::Result<void> Law::Impl::accept(Act act) {
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
