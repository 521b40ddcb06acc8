// Acts: what a party does to an accord after its text stands (rules 1, 5, 6, 7). Append-only, each signed by its doer
// or the depositary.
#pragma once

#include <asman/accord/keys.hpp>
#include <asman/accord/terms.hpp>
#include <asman/base/digest.hpp>

#include <string>
#include <vector>

namespace asman::accord {

enum class ActKind : std::uint8_t {
    signature,
    ratification,
    acceptance,
    deposit,
    accession,
    accept_newcomer,  ///< a grantor lets a newcomer receive (rule 6)
    reservation,
    objection,
    provisional_application,
    notice,  ///< against the next renewal
    withdrawal,
    suspension,
    resumption,
    succession,
    adoption,  ///< of an amendment: signs version 2 or a later one, and binds where its entry asks for no more
};
std::string_view name(ActKind kind);

struct Act {
    std::string accord;
    std::uint32_t version = 1;
    std::optional<base::Digest> text;      ///< digest of the text that the act is about; required where acts are signed
    std::optional<base::Digest> previous;  ///< that party's previous act under this accord
    ActKind kind = ActKind::ratification;
    State by;                          ///< whose act it is
    State signed_by;                   ///< `by`, or the depositary
    Time effective_at;                 ///< of a notice or withdrawal: when it was received
    std::vector<State> towards;        ///< empty: every other party
    std::vector<std::string> clauses;  ///< empty: all
    bool assumed = false;
    std::string source;
    std::optional<base::Signature> signature;
    // Not signed: each node has its own.
    Time recorded_at;
    bool live = false;             ///< it arrived while the node ran: no file of this node's folder need hold it
    Time void_from = Time::max();  ///< from here on the node knows that the key was not to be believed (rule 22)
    base::Place place;

    /// What is signed: canonical text of everything above the line.
    std::string canonical() const;
    base::Digest digest() const;
    /// "suspension by ARM"
    std::string words() const;
};

/// Whether an act of this kind only takes away: such a one works no later than when it was recorded, and holds on even
/// where its key turns out to be compromised (fail closed).
bool narrows(ActKind kind);

/// What is filed beside the texts: acts, certificates and revocations of keys.
struct Filing {
    std::vector<Act> acts;
    std::vector<Certificate> certificates;
    std::vector<Revocation> revocations;
};

/// Reads a file of them ([[act]], [[certificate]], [[revocation]]). `recorded_at` given: they arrive live, and what
/// the file says of it is refused.
base::Result<Filing> parse_filing(std::string_view toml, const std::string& file,
                                  std::optional<Time> recorded_at = std::nullopt);
/// One act as TOML that parse_filing() reads back.
std::string print_act(const Act& act);

}  // namespace asman::accord
