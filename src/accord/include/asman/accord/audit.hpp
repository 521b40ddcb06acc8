// Audit chains (rule 21): append-only, each entry's link over all before it, so that nothing can be changed, left out
// or put in afterwards without every later link being another.
//
// A *national* chain is a state's own and holds every decision that changes. A *pair* chain is kept per exporter,
// importer and accord: the exporter writes it, the importer mirrors it from the rolls that come with each head, and
// countersigns the head. It holds salted digests of what was handed over, never the data itself.
//
// On disk a chain is a text file: a header, then one JSON object a line (docs/accords.md, Audit).
#pragma once

#include <asman/base/digest.hpp>
#include <asman/base/result.hpp>
#include <asman/base/time.hpp>
#include <asman/picture/nouns.hpp>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace asman::accord {

struct AuditEntry {
    std::uint64_t number = 0;  ///< 1, 2, 3 …
    base::Time at;
    std::string kind;  ///< "decision", "act", "handed", "head", …
    std::string text;
    base::Digest link;
    bool operator==(const AuditEntry&) const = default;
};

/// What a chain is called: "national KGZ", "pair RUS KGZ RUS-KGZ-2022".
std::string national_chain(picture::State state);
std::string pair_chain(picture::State exporter, picture::State importer, std::string_view accord);
/// Its file's name: "national.chain", "RUS-KGZ-RUS-KGZ-2022.chain".
std::string chain_file(std::string_view chain);

/// The link before the first entry.
base::Digest chain_root(std::string_view chain);
/// The link of an entry that follows one with the link `before`.
base::Digest chain_link(const base::Digest& before, const AuditEntry& entry);

/// The writing end of a chain. Holds its head alone.
class Chain {
  public:
    explicit Chain(std::string id) : id_(std::move(id)), link_(chain_root(id_)) {}
    /// Goes on after an entry with this number and link.
    Chain(std::string id, std::uint64_t number, const base::Digest& link)
        : id_(std::move(id)), number_(number), link_(link) {}

    AuditEntry append(base::Time at, std::string kind, std::string text);
    const std::string& id() const { return id_; }
    std::uint64_t number() const { return number_; }
    const base::Digest& link() const { return link_; }

  private:
    std::string id_;
    std::uint64_t number_ = 0;
    base::Digest link_;
};

/// The salted digest of one object handed over; the entry has the digest of all of its message, in their order.
base::Digest salted(std::span<const std::uint8_t> salt, base::Bytes object);
base::Digest digest_of_handed(std::span<const base::Digest> objects);

/// First line of a chain's file.
std::string print_chain_header(std::string_view chain);
/// One line.
std::string print_entry(const AuditEntry& entry);

/// A signed head: the envelope that carried it, as evidence.
struct SignedHead {
    std::uint64_t number = 0;
    base::Digest link;
    picture::State by;
    std::string remarks;
    std::vector<std::byte> envelope;
};
std::string print_signed_head(const SignedHead& head);

/// A chain as its file has it.
struct ChainFile {
    std::string chain;
    std::vector<AuditEntry> entries;
};
/// Reads a file of the format; links and numbers are not judged. Errors name file and line. A last line that a crash
/// cut off is left out, and told in `unfinished`.
base::Result<ChainFile> parse_chain(std::string_view text, const std::string& file, bool* unfinished = nullptr);
base::Result<std::vector<SignedHead>> parse_signed_heads(std::string_view text, const std::string& file);

/// Something wrong with a chain, by the range of entries that it touches.
struct ChainFault {
    std::uint64_t first = 0, last = 0;
    std::string what;  ///< "gap: …", "changed: …", "fork: …"
    std::string text() const;
};
/// Every break of numbers and links. After a break the walk goes on with what the file says, so that one fault is told
/// once.
std::vector<ChainFault> verify_chain(const ChainFile& chain);
/// Two copies of one chain, of exporter and importer: where they differ, and what one has that the other lacks.
std::vector<ChainFault> compare_chains(const ChainFile& mine, const ChainFile& theirs);
/// Heads that were signed against the chain: a head that is not the chain's is a fork.
std::vector<ChainFault> check_heads(const ChainFile& chain, std::span<const SignedHead> heads);

}  // namespace asman::accord
