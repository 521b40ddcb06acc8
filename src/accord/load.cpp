// From files to law: texts, restrictions, keys, acts; what cannot be read seals itself (rule 9).
#include "law_impl.hpp"
#include "names.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

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

}  // namespace

base::Result<Files> read_folder(const std::string& path) {
    namespace fs = std::filesystem;
    std::error_code ec;
    if (!fs::is_directory(path, ec)) return base::fail(Errc::io, {path, 0, 0, {}}, "not a folder of accords");
    Files out;
    for (const auto& [sub, extension] : {std::pair{"", ".toml"}, std::pair{"acts", ".toml"}, std::pair{"keys", ".toml"},
                                         std::pair{"regions", ".geojson"}}) {
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
            law.restrictions.push_back({std::move(shared), {}, false});
            continue;
        }
        auto& f = law.families[shared->id];
        if (!f) f = std::make_unique<Family>();
        f->id = shared->id;
        f->signed_by_acts = law.keyring.required;
        f->versions.push_back(std::move(shared));
    }
    for (auto& [id, f] : law.families) {
        std::ranges::sort(f->versions, {}, [](const auto& t) { return t->version; });
        for (std::size_t v = 0; v < f->versions.size() && !f->sealed; ++v) {
            const auto& t = *f->versions[v];
            if (t.version == v + 1) continue;
            law.seal(id,
                     {v && f->versions[v - 1]->version == t.version ? Errc::conflict : Errc::missing, t.version_place,
                      v && f->versions[v - 1]->version == t.version
                          ? fmt::format("version {} stands twice, also in {}", t.version, f->versions[v - 1]->file)
                          : fmt::format("version {} is missing before version {}", v + 1, t.version)});
        }
        if (law.sealed.contains(id)) f->sealed = true;
    }
}

/// An id means one thing: a restriction that is called like an accord seals it.
void keep_ids_apart(Law::Impl& law) {
    for (const auto& r : law.restrictions) {
        if (law.families.contains(r.text->id)) {
            law.seal(r.text->id, {Errc::duplicate,
                                  {r.text->file, 1, 1, "id"},
                                  fmt::format("'{}' is the id of an accord as well", r.text->id)});
        }
    }
}

/// A national restriction that cannot be read takes the state's whole release with it; which state, only its file says.
void seal_restriction(Law::Impl& law, const Files& files) {
    for (const auto& [id, error] : law.sealed) {
        const auto it = files.find(error.place.source);
        if (it != files.end() && it->second.find("national_restriction_of") != std::string::npos) law.sealed_all = true;
    }
}

void take_keys(Law::Impl& law, Filing filing) {
    const auto alarm = [&](const base::Result<void>& taken) {
        if (!taken) law.alarms.push_back({Alarm::Kind::key_refused, "", taken.error()});
    };
    for (auto& c : filing.certificates) alarm(law.accept(std::move(c)));
    for (auto& r : filing.revocations) alarm(law.accept(std::move(r)));
}

void load_acts(Law::Impl& law, const Files& files, const Law::Impl* before) {
    std::vector<Act> acts;
    for (const auto& [name, contents] : files) {
        if (!name.starts_with("acts/") && !name.starts_with("keys/")) continue;
        auto parsed = parse_filing(contents, name);
        if (parsed) {
            acts.insert(acts.end(), parsed->acts.begin(), parsed->acts.end());
            take_keys(law, std::move(*parsed));
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
    if (before) keep_record(*before, law, acts);
    std::ranges::stable_sort(acts, {}, [](const Act& a) { return std::pair(a.recorded_at, a.effective_at); });
    for (auto& a : acts) {
        const auto id = a.accord;
        const bool stops = narrows(a.kind);
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

std::shared_ptr<const Law::Impl> Law::Impl::read(const Files& files, const Options& options, const Impl* before) {
    auto impl = std::make_shared<Impl>();
    impl->skew = options.skew;
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
    keep_ids_apart(*impl);
    impl->link_parents();
    if (before) keep_texts(*before, *impl);
    load_acts(*impl, files, before);
    impl->apply_revocations();
    impl->warn_of_unsigned_restrictions();
    impl->link_parents();
    impl->settle();
    return impl;
}

Law Law::load(const Files& files, const Options& options) {
    Law out;
    out.impl_ = Impl::read(files, options, nullptr);
    return out;
}

Law Law::reload(const Files& files, const Options& options) const {
    Law out;
    out.impl_ = Impl::read(files, options, impl_.get());
    return out;
}

}  // namespace asman::accord
