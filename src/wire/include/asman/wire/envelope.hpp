// The envelope: who speaks to whom, the number, the time, the payload, and one signature over all of it. The same bytes
// travel in one process and over a network. Opening is pure (the core does it); sealing needs the secret key (the edge
// does it).
#pragma once

#include <asman/base/bytes.hpp>
#include <asman/base/digest.hpp>
#include <asman/base/result.hpp>
#include <asman/base/time.hpp>
#include <asman/picture/nouns.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace asman::wire {

/// The two delivery classes (invariant 8).
enum class Delivery : std::uint8_t {
    state,  ///< newest wins, expires, may be thinned
    log,    ///< ordered, numbered, never dropped; refused when the store is full
};
std::string_view name(Delivery delivery);

/// Largest payload that an envelope carries.
inline constexpr std::size_t max_payload = 4u << 20;

struct Envelope {
    picture::State from, to;
    Delivery delivery = Delivery::state;
    std::uint64_t sequence = 0;  ///< 1, 2, 3 … per (from, to, delivery)
    base::Time sent_at;
    std::vector<std::byte> payload;  ///< wire::encode() of a Batch
    base::Signature signature;       ///< by the sender's message key, over all of the above
    bool operator==(const Envelope&) const = default;
};

std::vector<std::byte> encode(const Envelope& envelope);
/// Structure only; the signature is not checked (Opener does).
base::Result<Envelope> decode_envelope(base::Bytes bytes);
/// Signs over all fields but the signature, under a domain of its own ("asman envelope 1").
void sign(Envelope& envelope, const base::KeyPair& key);
bool verify(const Envelope& envelope, const base::PublicKey& key);

/// Numbers and signs what one state sends.
class Sealer {
  public:
    Sealer(picture::State from, base::KeyPair key);
    /// The bytes to hand to an exchange. Fails with `full` when the payload is too large.
    base::Result<std::vector<std::byte>> seal(picture::State to, Delivery delivery, base::Time sent_at,
                                              base::Bytes payload);
    picture::State from() const { return from_; }
    /// The numbers used so far, not the key: a restarted node must go on counting, or its partners refuse it.
    void save(base::Writer& out) const;
    base::Result<void> restore(base::Reader& in);
    /// Leaves out so many numbers towards everybody: after a crash, those that may have gone out unrecorded.
    void skip(std::uint64_t numbers);

  private:
    picture::State from_;
    base::KeyPair key_;
    std::map<std::pair<picture::State, Delivery>, std::uint64_t> last_;
};

/// What happened to a partner's envelopes. Every envelope given ends in exactly one of these but `missing`.
struct OpenerCounters {
    std::uint64_t accepted = 0;
    std::uint64_t forged = 0;    ///< signature does not fit the sender's key
    std::uint64_t replayed = 0;  ///< number already taken
    std::uint64_t missing = 0;   ///< numbers skipped by accepted envelopes: lost, thinned or purged on the way
    bool operator==(const OpenerCounters&) const = default;
};

/// Checks what arrives at one state: form, receiver, key, signature, number. Deterministic, no clock.
class Opener {
  public:
    explicit Opener(picture::State self);
    /// The key that certifies a partner's messages; replaces an earlier one, the numbers go on.
    void set_key(picture::State partner, const base::PublicKey& key);
    /// From now on everything of this partner is of an unknown sender.
    void remove_key(picture::State partner);

    /// Fails with `syntax` or `full` (not an envelope), `refused` (for another receiver, or from oneself),
    /// `unknown_name` (a sender without key), `bad_signature`, `duplicate` (replayed or late number).
    base::Result<Envelope> open(base::Bytes bytes);

    /// By partner; only partners with a key are listed, so that strangers cannot grow it.
    const std::map<picture::State, OpenerCounters>& counters() const { return counters_; }
    std::uint64_t malformed() const { return malformed_; }
    std::uint64_t misdirected() const { return misdirected_; }
    std::uint64_t unknown_sender() const { return unknown_sender_; }

    /// The last number taken from a partner; 0 before the first. A log is resumed after it.
    std::uint64_t last(picture::State partner, Delivery delivery) const;
    void save(base::Writer& out) const;
    base::Result<void> restore(base::Reader& in);

  private:
    picture::State self_;
    std::map<picture::State, base::PublicKey> keys_;
    std::map<std::pair<picture::State, Delivery>, std::uint64_t> last_;
    std::map<picture::State, OpenerCounters> counters_;
    std::uint64_t malformed_ = 0, misdirected_ = 0, unknown_sender_ = 0;
};

}  // namespace asman::wire
