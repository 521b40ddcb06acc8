#include <asman/base/digest.hpp>

#include <sodium.h>
#include <cstdlib>
#include <cstring>

namespace asman::base {
namespace {

/// libsodium picks its implementations once; nothing of it may be used before. Without it nothing can be signed or
/// checked, and there is no way to go on.
void ready() {
    static const bool done = sodium_init() >= 0;
    if (!done) std::abort();
}

const unsigned char* raw(Bytes bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

template <std::size_t N>
std::string to_hex(const std::array<std::uint8_t, N>& value) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(2 * N);
    for (const auto b : value) {
        out += digits[b >> 4];
        out += digits[b & 15];
    }
    return out;
}

int nibble(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

template <class T>
Result<T> parse_hex(std::string_view hex, std::string_view what) {
    T out;
    if (hex.size() != 2 * out.value.size()) {
        return fail(Errc::bad_value, std::string(what) + " must have " + std::to_string(2 * out.value.size()) +
                                         " hexadecimal digits, found " + std::to_string(hex.size()));
    }
    for (std::size_t i = 0; i < out.value.size(); ++i) {
        const int high = nibble(hex[2 * i]);
        const int low = nibble(hex[2 * i + 1]);
        if (high < 0 || low < 0) {
            return fail(Errc::bad_value, std::string(what) + " must be lower-case hexadecimal digits");
        }
        out.value[i] = static_cast<std::uint8_t>(high << 4 | low);
    }
    return out;
}

static_assert(sizeof(crypto_generichash_state) <= 384);
crypto_generichash_state* as_state(void* p) {
    return static_cast<crypto_generichash_state*>(p);
}

}  // namespace

std::string Digest::hex() const {
    return to_hex(value);
}
Result<Digest> Digest::from_hex(std::string_view hex) {
    return parse_hex<Digest>(hex, "a digest");
}
std::string PublicKey::hex() const {
    return to_hex(value);
}
Result<PublicKey> PublicKey::from_hex(std::string_view hex) {
    return parse_hex<PublicKey>(hex, "a public key");
}
std::string Signature::hex() const {
    return to_hex(value);
}
Result<Signature> Signature::from_hex(std::string_view hex) {
    return parse_hex<Signature>(hex, "a signature");
}

Digest digest(Bytes bytes) {
    ready();
    Digest out;
    crypto_generichash(out.value.data(), out.value.size(), raw(bytes), bytes.size(), nullptr, 0);
    return out;
}

Hasher::Hasher() {
    ready();
    crypto_generichash_init(as_state(state_.data()), nullptr, 0, Digest{}.value.size());
}

void Hasher::add(Bytes bytes) {
    const auto size = static_cast<std::uint64_t>(bytes.size());
    std::array<unsigned char, 8> frame{};
    std::memcpy(frame.data(), &size, frame.size());
    crypto_generichash_update(as_state(state_.data()), frame.data(), frame.size());
    crypto_generichash_update(as_state(state_.data()), raw(bytes), bytes.size());
}

void Hasher::add(std::int64_t v) {
    add(std::as_bytes(std::span(&v, 1)));
}

Digest Hasher::finish() const {
    alignas(64) std::array<std::byte, sizeof(state_)> copy = state_;
    Digest out;
    crypto_generichash_final(as_state(copy.data()), out.value.data(), out.value.size());
    return out;
}

KeyPair KeyPair::generate() {
    ready();
    KeyPair out;
    crypto_sign_keypair(out.public_key.value.data(), out.secret.data());
    return out;
}

KeyPair KeyPair::from_seed(std::string_view seed) {
    const auto expanded = base::digest(seed);
    static_assert(crypto_sign_SEEDBYTES == sizeof(expanded.value));
    KeyPair out;
    crypto_sign_seed_keypair(out.public_key.value.data(), out.secret.data(), expanded.value.data());
    return out;
}

Signature sign(const KeyPair& key, Bytes message) {
    ready();
    Signature out;
    crypto_sign_detached(out.value.data(), nullptr, raw(message), message.size(), key.secret.data());
    return out;
}

bool verify(const PublicKey& key, Bytes message, const Signature& signature) {
    ready();
    return crypto_sign_verify_detached(signature.value.data(), raw(message), message.size(), key.value.data()) == 0;
}

}  // namespace asman::base
