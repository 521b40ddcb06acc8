// Digests (BLAKE2b-256) and signatures (Ed25519), by libsodium.
#pragma once

#include <asman/base/result.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace asman::base {

using Bytes = std::span<const std::byte>;
inline Bytes as_bytes(std::string_view s) {
    return std::as_bytes(std::span(s.data(), s.size()));
}

/// A BLAKE2b-256 digest.
struct Digest {
    std::array<std::uint8_t, 32> value{};
    auto operator<=>(const Digest&) const = default;
    std::string hex() const;
    static Result<Digest> from_hex(std::string_view hex);
};

Digest digest(Bytes bytes);
inline Digest digest(std::string_view s) {
    return digest(as_bytes(s));
}

/// Digest of a stream of parts. Each add() is length-framed: ("ab","c") differs from ("a","bc").
class Hasher {
  public:
    Hasher();
    void add(Bytes bytes);
    void add(std::string_view s) { add(as_bytes(s)); }
    void add(std::int64_t v);
    Digest finish() const;  ///< may be called at any time; further adds continue the stream

  private:
    alignas(64) std::array<std::byte, 384> state_{};
};

struct PublicKey {
    std::array<std::uint8_t, 32> value{};
    auto operator<=>(const PublicKey&) const = default;
    std::string hex() const;
    static Result<PublicKey> from_hex(std::string_view hex);
};
struct Signature {
    std::array<std::uint8_t, 64> value{};
    auto operator<=>(const Signature&) const = default;
    std::string hex() const;
    static Result<Signature> from_hex(std::string_view hex);
};
struct KeyPair {
    PublicKey public_key;
    std::array<std::uint8_t, 64> secret{};

    static KeyPair generate();  ///< from the system's random source
    static KeyPair from_seed(
        std::string_view seed);  ///< for simulation and tests only: the same seed gives the same keys
};

/// Reads a secret key file: one line of 128 hexadecimal digits, as create_key() writes it. Errors: io, syntax.
Result<KeyPair> read_key(const std::string& path);
/// Writes one that its owner alone may read. A key is never overwritten: an existing file is refused.
Result<void> create_key(const std::string& path, const KeyPair& key);

Signature sign(const KeyPair& key, Bytes message);
bool verify(const PublicKey& key, Bytes message, const Signature& signature);

}  // namespace asman::base
