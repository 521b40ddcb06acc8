#include <asman/accord/keys.hpp>
#include <asman/accord/text.hpp>

#include "names.hpp"
#include "read.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace asman::accord {
namespace {

using base::Errc;

base::Result<void> check_root(const Keyring& ring, State state, const base::Place& place, std::string_view text,
                              const base::Signature& signature) {
    const auto root = ring.roots.find(state);
    if (root == ring.roots.end()) {
        return base::fail(Errc::bad_signature, place, fmt::format("no root key of {} in law.toml", state.text()));
    }
    if (!base::verify(root->second, base::as_bytes(text), signature)) {
        return base::fail(Errc::bad_signature, place, fmt::format("the signature is not of {}'s root", state.text()));
    }
    return {};
}

}  // namespace

std::string_view name(KeyUse use) {
    return key_use_names()[static_cast<std::size_t>(use)];
}

std::string Certificate::canonical() const {
    auto out = fmt::format("[[certificate]]\nstate = \"{}\"\nuse = \"{}\"\nkey = \"{}\"\nfrom = {}\n", state.text(),
                           name(use), key.hex(), exact(from));
    if (until != Time::max()) out += fmt::format("until = {}\n", exact(until));
    return out;
}

std::string Revocation::canonical() const {
    return fmt::format("[[revocation]]\nstate = \"{}\"\nkey = \"{}\"\ncompromised_since = {}\n", state.text(),
                       key.hex(), exact(compromised_since));
}

std::string print_certificate(const Certificate& c) {
    return c.canonical() + fmt::format("signature = \"{}\"\n", c.signature.hex());
}

std::string print_revocation(const Revocation& r) {
    return r.canonical() +
           fmt::format("signature = \"{}\"\nrecorded_at = {}\n", r.signature.hex(), exact(r.recorded_at));
}

base::Result<void> Keyring::take(Certificate c) {
    ASMAN_CHECK(check_root(*this, c.state, c.place, c.canonical(), c.signature));
    for (const auto& other : certificates) {
        if (other.key == c.key && other.use != c.use) {
            return base::fail(Errc::conflict, c.place,
                              fmt::format("the key is certified for {} already: law keys and message keys are apart",
                                          name(other.use)));
        }
    }
    certificates.push_back(std::move(c));
    return {};
}

base::Result<void> Keyring::take(Revocation r) {
    ASMAN_CHECK(check_root(*this, r.state, r.place, r.canonical(), r.signature));
    revocations.push_back(std::move(r));
    return {};
}

std::vector<base::PublicKey> Keyring::certified(State state, KeyUse use, Time at) const {
    std::vector<const Certificate*> found;
    for (const auto& c : certificates) {
        if (c.state == state && c.use == use && c.covers(at)) found.push_back(&c);
    }
    std::ranges::stable_sort(found, [](const auto* a, const auto* b) { return a->from > b->from; });
    std::vector<base::PublicKey> out;
    for (const auto* c : found) out.push_back(c->key);
    return out;
}

const Revocation* Keyring::revoked(const base::PublicKey& key, Time known) const {
    // Of several the one that reaches back farthest.
    const Revocation* out = nullptr;
    for (const auto& r : revocations) {
        if (r.key == key && r.recorded_at <= known && (!out || r.compromised_since < out->compromised_since)) out = &r;
    }
    return out;
}

namespace {

base::Result<Keyring> read_keyring(const base::Config& config) {
    const auto root = config.root();
    Keyring out;
    const Names names;
    require_format(root);
    out.required = root.one_of("signatures", signature_mode_names()) == 1;
    for (const auto& s : root.tables("state")) {
        const auto code = read_state(s, "code", names);
        s.string_or("name", "");
        if (const auto hex = s.string_opt("root_key")) {
            if (const auto key = base::PublicKey::from_hex(*hex)) {
                out.roots[code] = *key;
            } else {
                s.reject("root_key", Errc::bad_value, key.error().reason);
            }
        } else if (out.required) {
            s.reject("root_key", Errc::missing, "'root_key' is required where signatures are");
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

}  // namespace

base::Result<Keyring> parse_keyring(std::string_view toml, const std::string& file) {
    ASMAN_TRY(const auto config, base::Config::parse(toml, file));
    return read_keyring(config);
}

base::Result<KeyList> keys_of_law(std::string_view toml, const std::string& file) {
    ASMAN_TRY(const auto config, base::Config::parse(toml, file));
    (void)read_keyring(config);
    return config.asked();
}

}  // namespace asman::accord
