// Keys of states (rule 22): a state's root certifies its law keys and its message keys, apart from each other, and
// revokes them. law.toml names the roots; certificates and revocations are filed beside acts.
#pragma once

#include <asman/accord/terms.hpp>
#include <asman/base/digest.hpp>

#include <map>
#include <string>
#include <vector>

namespace asman::accord {

enum class KeyUse : std::uint8_t { law, message };
std::string_view name(KeyUse use);

/// The root says: this key signs for this state, for this use, from then until then.
struct Certificate {
    State state;
    KeyUse use = KeyUse::law;
    base::PublicKey key;
    Time from, until = Time::max();  ///< half-open
    base::Signature signature;       ///< by the state's root over canonical()
    base::Place place;

    std::string canonical() const;
    bool covers(Time t) const { return from <= t && t < until; }
};

/// The root says: what this key signed since then is not to be believed.
struct Revocation {
    State state;
    base::PublicKey key;
    Time compromised_since;
    base::Signature signature;  ///< by the state's root over canonical()
    // Not signed: each node has its own.
    Time recorded_at;
    base::Place place;

    std::string canonical() const;
};

/// As TOML that parse_filing() reads back.
std::string print_certificate(const Certificate& certificate);
std::string print_revocation(const Revocation& revocation);

/// Who may sign for whom: law.toml, and what roots have certified and revoked.
struct Keyring {
    bool required = false;            ///< whether acts must be signed
    std::vector<std::string> states;  ///< sorted
    std::map<State, base::PublicKey> roots;
    std::vector<Certificate> certificates;
    std::vector<Revocation> revocations;

    /// Takes a certificate or revocation whose signature is its state's root's; else an error with its place.
    base::Result<void> take(Certificate certificate);
    base::Result<void> take(Revocation revocation);
    /// Certified keys of a state for a use at an instant, whether revoked or not; the latest `from` first.
    std::vector<base::PublicKey> certified(State state, KeyUse use, Time at) const;
    /// The revocation of a key that this node knew at `known`.
    const Revocation* revoked(const base::PublicKey& key, Time known) const;
};

/// Reads law.toml.
base::Result<Keyring> parse_keyring(std::string_view toml, const std::string& file);

}  // namespace asman::accord
