#include <asman/accord/law.hpp>

#include "law_impl.hpp"
#include "names.hpp"
#include "read.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <functional>

namespace asman::accord {
namespace {

using base::Errc;

/// The id that a file which cannot be read as a text names: its `id = "…"`, else its own name up to the first '.'.
std::string id_in(std::string_view text, const std::string& file) {
    std::size_t at = 0;
    while (at < text.size()) {
        const auto end = std::min(text.find('\n', at), text.size());
        auto line = text.substr(at, end - at);
        at = end + 1;
        const auto word = line.find_first_not_of(" \t");
        if (word == std::string_view::npos || !line.substr(word).starts_with("id")) continue;
        const auto open = line.find('"'), close = line.find('"', open + 1);
        if (line.find('=') < open && close != std::string_view::npos)
            return std::string(line.substr(open + 1, close - open - 1));
    }
    const auto stem = std::filesystem::path(file).stem().string();
    return stem;
}

bool is_text(const std::string& name) {
    return name.ends_with(".toml") && name.find('/') == std::string::npos && name != "law.toml";
}

std::vector<Time> changes_of(const Law::Impl& law) {
    std::vector<Time> out;
    for (const auto& [id, f] : law.families) out.insert(out.end(), f->breakpoints().begin(), f->breakpoints().end());
    for (const auto& r : law.restrictions) {
        if (r->signed_on) out.push_back(r->signed_on->at);
    }
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

std::string Alarm::text() const {
    const char* what = kind == Kind::sealed ? "sealed" : kind == Kind::act_refused ? "act refused" : "beyond the text";
    return fmt::format("{}: {}: {}", accord.empty() ? "all accords" : accord, what, error.text());
}

base::Result<Files> read_folder(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code ec;
    if (!fs::is_directory(path, ec)) return base::fail(Errc::io, {path, 0, 0, {}}, "not a folder of accords");
    Files out;
    for (const auto& [sub, extension] :
         {std::pair{"", ".toml"}, std::pair{"acts", ".toml"}, std::pair{"regions", ".geojson"}}) {
        const auto folder = fs::path(path) / sub;
        for (fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
            if (it->path().extension() != extension) continue;
            ASMAN_TRY(auto text, base::read_file(it->path().string()));
            out[(*sub ? std::string(sub) + "/" : "") + it->path().filename().string()] = std::move(text);
        }
        ec.clear();
    }
    return out;
}

base::Result<Keyring> parse_keyring(std::string_view toml, const std::string& file) {
    ASMAN_TRY(const auto config, base::Config::parse(toml, file));
    const auto root = config.root();
    static const std::vector<std::string> modes{"none", "required"};
    Keyring out;
    const Names names;
    require_format(root);
    out.required = root.one_of("signatures", modes) == 1;
    for (const auto& s : root.tables("state")) {
        const auto code = read_state(s, "code", names);
        s.string_or("name", "");
        if (const auto hex = s.string_opt("law_key")) {
            if (const auto key = base::PublicKey::from_hex(*hex)) {
                out.keys[code] = *key;
            } else {
                s.reject("law_key", Errc::bad_value, key.error().reason);
            }
        } else if (out.required) {
            s.reject("law_key", Errc::missing, "'law_key' is required where signatures are");
        }
        out.states.emplace_back(code.text());
    }
    std::ranges::sort(out.states);
    if (std::ranges::adjacent_find(out.states) != out.states.end()) {
        root.reject("state", Errc::duplicate, "a state is listed twice");
    }
    ASMAN_CHECK(config.finish());
    return out;
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
        seal(id, {Errc::unknown_name,
                  {t.file, 0, 0, "parent"},
                  sealed.contains(t.parent) ? fmt::format("its parent '{}' is sealed", t.parent)
                                            : fmt::format("unknown parent '{}'{}", t.parent, near(t.parent, known))});
    }
    for (auto& [id, f] : families) {
        std::size_t steps = 0;
        for (const auto* p = f->parent; p; p = p->parent) {
            if (p == f.get() || ++steps > families.size()) {
                if (!f->sealed)
                    seal(id, {Errc::conflict, {f->versions.front()->file, 0, 0, "parent"}, "its parents form a cycle"});
                break;
            }
        }
    }
    // Sealing goes down to children, however deep.
    for (bool again = true; again;) {
        again = false;
        for (auto& [id, f] : families) {
            if (f->sealed || !f->parent || !f->parent->sealed) continue;
            seal(id, {Errc::refused,
                      {f->versions.front()->file, 0, 0, "parent"},
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

namespace {

void load_texts(Law::Impl& law, const Files& files, const World& world) {
    for (const auto& [name, contents] : files) {
        if (!is_text(name)) continue;
        auto text = parse_text(contents, name, world);
        if (!text) {
            law.seal(id_in(contents, name), text.error());
            continue;
        }
        auto shared = std::make_shared<const Text>(std::move(*text));
        if (shared->restriction) {
            law.restrictions.push_back(std::move(shared));
            continue;
        }
        auto& f = law.families[shared->id];
        if (!f) f = std::make_unique<Family>();
        f->id = shared->id;
        f->versions.push_back(std::move(shared));
    }
    for (auto& [id, f] : law.families) {
        std::ranges::sort(f->versions, {}, [](const auto& t) { return t->version; });
        for (std::size_t v = 0; v < f->versions.size() && !f->sealed; ++v) {
            const auto& t = *f->versions[v];
            if (t.version == v + 1) continue;
            law.seal(id, {v && f->versions[v - 1]->version == t.version ? Errc::conflict : Errc::missing,
                          {t.file, 0, 0, "version"},
                          v && f->versions[v - 1]->version == t.version
                              ? fmt::format("version {} stands twice, also in {}", t.version, f->versions[v - 1]->file)
                              : fmt::format("version {} is missing before version {}", v + 1, t.version)});
        }
        if (law.sealed.contains(id)) f->sealed = true;
    }
}

/// A national restriction that cannot be read takes the state's whole release with it; which state, only its file says.
void seal_restriction(Law::Impl& law, const Files& files) {
    for (const auto& [id, error] : law.sealed) {
        const auto it = files.find(error.place.source);
        if (it != files.end() && it->second.find("national_restriction_of") != std::string::npos) law.sealed_all = true;
    }
}

void load_acts(Law::Impl& law, const Files& files) {
    std::vector<Act> acts;
    for (const auto& [name, contents] : files) {
        if (!name.starts_with("acts/")) continue;
        auto parsed = parse_acts(contents, name);
        if (parsed) {
            acts.insert(acts.end(), parsed->begin(), parsed->end());
            continue;
        }
        // It may hold a suspension: everything that it names stops, and everything where it names nothing known.
        bool any = false;
        for (const auto& [id, f] : law.families) {
            if (contents.find(id) == std::string::npos && name.find(id) == std::string::npos) continue;
            law.seal(id, parsed.error());
            any = true;
        }
        if (!any) {
            law.sealed_all = true;
            law.alarms.push_back({Alarm::Kind::sealed, "", parsed.error()});
        }
    }
    std::ranges::stable_sort(acts, {}, [](const Act& a) { return std::pair(a.recorded_at, a.effective_at); });
    for (auto& a : acts) {
        const auto id = a.accord;
        const bool stops = a.kind == ActKind::suspension || a.kind == ActKind::reservation ||
                           a.kind == ActKind::notice || a.kind == ActKind::withdrawal || a.kind == ActKind::objection;
        auto accepted = law.accept(std::move(a));
        if (accepted) continue;
        law.alarms.push_back({Alarm::Kind::act_refused, id, accepted.error()});
        // A misspelled name in an act that narrows must not leave the release running.
        if (!stops || accepted.error().code != Errc::unknown_name) continue;
        std::vector<std::string> known;
        for (const auto& [other, f] : law.families) known.push_back(other);
        const auto meant = law.families.contains(id) ? id : base::nearest_name(id, known);
        if (meant.empty()) {
            law.sealed_all = true;
        } else {
            law.seal(meant, accepted.error());
        }
    }
}

}  // namespace

Law::Law() : impl_(std::make_shared<const Impl>()) {}

Law Law::load(const Files& files, const Options& options) {
    auto impl = std::make_shared<Impl>();
    impl->skew = options.skew;
    Law out;
    const auto keyring = files.find("law.toml");
    auto keys = keyring == files.end()
                    ? base::Result<Keyring>(
                          base::fail(Errc::missing, {"law.toml", 0, 0, {}},
                                     "law.toml is missing: it names the states and says whether acts are signed"))
                    : parse_keyring(keyring->second, "law.toml");
    if (keys) {
        impl->keyring = std::move(*keys);
    } else {
        impl->sealed_all = true;
        impl->alarms.push_back({Alarm::Kind::sealed, "", keys.error()});
    }
    World world{.areas = options.areas, .states = impl->keyring.states, .borders = options.borders, .files = {}};
    for (const auto& [name, contents] : files) {
        if (name.ends_with(".geojson")) world.files.emplace(name, contents);
    }
    load_texts(*impl, files, world);
    seal_restriction(*impl, files);
    impl->link_parents();
    load_acts(*impl, files);
    impl->link_parents();
    impl->settle();
    out.impl_ = std::move(impl);
    return out;
}

base::Result<Law> Law::with_acts(std::string_view toml, const std::string& name, Time recorded_at) const {
    ASMAN_TRY(auto acts, parse_acts(toml, name, recorded_at));
    auto impl = impl_->copy();
    for (auto& a : acts) ASMAN_CHECK(impl->accept(std::move(a)));
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
    impl->settle();
    Law out;
    out.impl_ = std::move(impl);
    return out;
}

Law Law::hindsight() const {
    auto impl = impl_->copy();
    impl->hindsight = true;
    impl->settle();
    Law out;
    out.impl_ = std::move(impl);
    return out;
}

bool Law::is_hindsight() const {
    return impl_->hindsight;
}

LawView Law::at(Time t) const {
    auto view = std::make_shared<LawView::Impl>();
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
    for (const auto& r : impl_->restrictions) {
        if (r->signed_on && r->signed_on->at > t) next = std::min(next, r->signed_on->at);
    }
    return next;
}

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
                        say("suspended");
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

const std::vector<Alarm>& Law::alarms() const {
    return impl_->alarms;
}

std::vector<std::shared_ptr<const Text>> Law::texts() const {
    std::vector<std::shared_ptr<const Text>> out;
    for (const auto& [id, f] : impl_->families) out.insert(out.end(), f->versions.begin(), f->versions.end());
    out.insert(out.end(), impl_->restrictions.begin(), impl_->restrictions.end());
    return out;
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
    for (const auto& [id, error] : impl_->sealed) h.add("sealed " + id);
    for (const auto& name : impl_->removed) h.add("without " + name);
    h.add(static_cast<std::int64_t>(impl_->sealed_all) * 2 + impl_->hindsight);
    h.add(impl_->skew.ns);
    return h.finish();
}

}  // namespace asman::accord
