// What one node tells another in one message: contributions, drops, reports, notices, acts of law, and the audit of it.
// protobuf on the wire (proto/asman/v1/batch.proto), nouns inside.
#pragma once

#include <asman/base/digest.hpp>
#include <asman/base/result.hpp>
#include <asman/base/time.hpp>
#include <asman/picture/notices.hpp>
#include <asman/picture/nouns.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace asman::wire {

/// The version that encode() writes. decode() reads this one; fields that a later minor schema adds are ignored.
inline constexpr std::uint32_t version = 1;

/// Bounds of one message. encode() refuses what exceeds them, decode() refuses before it allocates.
inline constexpr std::size_t max_bytes = 4u << 20;
inline constexpr std::size_t max_contributions = 16'384;
inline constexpr std::size_t max_drops = 65'536;
inline constexpr std::size_t max_reports = 16'384;
inline constexpr std::size_t max_notices = 4'096;
inline constexpr std::size_t max_audited = 256;  ///< accords that one message speaks of
inline constexpr std::size_t max_roll = 4'096;   ///< entries of a chain in one message
inline constexpr std::size_t max_refusals = 1'024;
inline constexpr std::size_t max_law_acts = 64;
inline constexpr std::size_t max_clauses = 8;   ///< hops of a contribution
inline constexpr std::size_t max_assumed = 32;  ///< assumed dates of a contribution
inline constexpr std::size_t max_lineage = 128;
inline constexpr std::size_t max_text = 256;             ///< bytes of an id, a detail, an assumed date
inline constexpr std::size_t max_act_text = 256u << 10;  ///< bytes of an act of law

/// An object of this number is no longer released. A drop carries no reason (accords.md rule 17).
struct Drop {
    picture::State originator;
    std::uint64_t number = 0;
    auto operator<=>(const Drop&) const = default;
};

/// A signed act of law as text; its own signature is inside the text, beyond the envelope's.
struct LawActText {
    std::string name;
    std::string text;
    bool operator==(const LawActText&) const = default;
};

using Salt = std::array<std::uint8_t, 16>;

/// The entry of the pair chain (accords.md rule 21) that holds what this message hands over under an accord.
struct Handed {
    std::string accord;
    std::uint64_t number = 0;
    Salt salt{};
    bool operator==(const Handed&) const = default;
};

/// A pair chain's entries since its last head. Each entry's link is over all before it; `link` is the last one's.
struct AuditHead {
    struct Entry {
        base::Time at;
        std::string kind, text;
        bool operator==(const Entry&) const = default;
    };
    std::string accord;
    std::uint64_t first = 1;  ///< number of entries[0]
    std::vector<Entry> entries;
    base::Digest link;
    bool operator==(const AuditHead&) const = default;
};

/// "I have seen your chain up to here." The envelope's signature stands for it.
struct Countersignature {
    std::string accord;
    std::uint64_t number = 0;
    base::Digest link;
    std::string remarks;  ///< "entries 12-15 not received"; empty: all as handed over
    bool operator==(const Countersignature&) const = default;
};

/// What the receiver's own law refused of an entry, told to its sender alone (rule 19).
struct Refusal {
    std::string accord;
    std::uint64_t number = 0;
    std::uint32_t count = 0;
    std::string reason;
    bool operator==(const Refusal&) const = default;
};

/// One message. The sender is the envelope's; nothing in here says who speaks.
struct Batch {
    base::Time tick;      ///< the sender's tick, data time
    base::Time law_time;  ///< the instant at which the sender evaluated the law; equals tick in a live node
    std::vector<picture::Contribution> contributions;
    std::vector<Drop> drops;
    std::vector<LawActText> law_acts;
    std::vector<picture::ReleasedReport> reports;
    std::vector<picture::Notice> notices;
    std::vector<Handed> handed;
    std::vector<AuditHead> heads;
    std::vector<Countersignature> countersignatures;
    std::vector<Refusal> refusals;
    bool empty() const {
        return contributions.empty() && drops.empty() && law_acts.empty() && reports.empty() && notices.empty() &&
               handed.empty() && heads.empty() && countersignatures.empty() && refusals.empty();
    }
};

/// What decode() understood. One bad record loses that record (invariant 4): it is counted, the first with its reason.
struct Received {
    Batch batch;
    std::uint32_t refused = 0;  ///< records left out of `batch`
    base::Error first_refusal;  ///< meaningful when refused > 0
};

/// The same batch gives the same bytes. Fails with `full` when a bound above is exceeded, `bad_value` when a value is
/// one that decode() would refuse: an encoder never writes what its own decoder does not read. Where `left_out` is
/// given, such records are left out and counted instead, so that one broken track does not silence the rest.
base::Result<std::vector<std::byte>> encode(const Batch& batch, std::uint32_t* left_out = nullptr);

/// Reads hostile bytes. Fails as a whole with `syntax` (not this protobuf message), `full` (a bound), `bad_value`
/// (version, times); single records are refused as Received says. Every number that arrives is finite and in its
/// physical range, every covariance symmetric and positive semidefinite, every text UTF-8 and bounded, lineage sorted.
base::Result<Received> decode(base::Bytes bytes);

}  // namespace asman::wire
