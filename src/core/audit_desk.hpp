// The node's audit (accords.md rule 21): its national chain, a pair chain for each partner and accord, and the mirrors
// of partners' chains towards this node.
#pragma once

#include <asman/accord/act.hpp>
#include <asman/accord/audit.hpp>
#include <asman/core/engine.hpp>
#include <asman/wire/batch.hpp>

#include <deque>
#include <map>
#include <set>
#include <tuple>

namespace asman::core {

/// Accords and who is in them.
using Parties = std::map<std::string, std::set<picture::State>>;

class AuditDesk {
  public:
    AuditDesk(const NodeConfig& config, const Bundle& bundle);

    void set_parties(Parties parties) { parties_ = std::move(parties); }

    /// Of the own state alone.
    void national(base::Time at, std::string kind, std::string text);
    /// An act that this node has recorded goes into the national chain and those of its accord.
    void act(const accord::Act& act, base::Time at);

    /// Enters what `batch` hands over to a partner, and says so in it.
    void hand_over(picture::State to, wire::Batch& batch, base::Time at);

    /// What a partner's message says that it hands over is kept until its head comes.
    void received(picture::State from, const wire::Batch& batch);
    /// Heads, countersignatures and refusals in a partner's message; the envelope is the evidence.
    void judge(picture::State from, const wire::Batch& batch, base::Bytes envelope, base::Time at);
    /// This node's law refused `count` objects of a message, handed over under an accord.
    void refused(picture::State from, const wire::Batch& batch, const std::string& accord, std::string_view reason);

    /// Heads that are due, countersignatures and refusals, by receiver; for the log class.
    std::vector<std::pair<picture::State, wire::Batch>> advance(base::Time now);

    std::vector<AuditLine> take_lines();
    std::vector<Event> take_events();
    void count(std::map<std::string, std::uint64_t>& counters) const;

  private:
    /// A chain that this node writes towards a partner.
    struct Own {
        accord::Chain chain;
        wire::AuditHead roll;                        ///< entries since the last head
        std::map<std::uint64_t, base::Digest> open;  ///< heads sent, not yet countersigned
        bool silent = false;                         ///< told that the partner does not countersign
    };
    /// A partner's chain towards this node, as far as its heads have come.
    struct Mirror {
        accord::Chain chain;
        std::map<std::uint64_t, base::Digest> received;  ///< of what was handed over, by entry
    };
    using PairId = std::pair<picture::State, std::string>;  ///< partner, accord

    Own& own(const PairId& id);
    Mirror& mirror(const PairId& id);
    accord::Chain resumed(const std::string& chain) const;
    void append(const PairId& id, Own& own, base::Time at, std::string kind, std::string text);
    void write(const std::string& chain, const accord::AuditEntry& entry);
    void head(picture::State from, const wire::AuditHead& head, base::Bytes envelope, base::Time at);
    std::string compare(Mirror& m, const wire::AuditHead& head);
    void countersigned(picture::State from, const wire::Countersignature& c, base::Bytes envelope, base::Time at);
    void tell(base::Time at, std::string kind, std::string text);

    picture::State self_;
    std::vector<picture::State> partners_;  ///< sorted
    base::Duration interval_;
    std::string secret_;
    std::map<std::string, std::pair<std::uint64_t, base::Digest>> before_;  ///< heads of earlier runs, by chain
    Parties parties_;
    accord::Chain national_;
    std::map<PairId, Own> own_;
    std::map<PairId, Mirror> mirrors_;
    /// A head waits a little: what it speaks of travels in the other class, and may come after it.
    struct Pending {
        picture::State from;
        wire::AuditHead head;
        std::vector<std::byte> envelope;
        base::Time due;
    };
    std::deque<Pending> pending_;
    std::map<picture::State, wire::Batch> outgoing_;
    std::map<std::tuple<picture::State, std::string, std::uint64_t, std::string>, std::uint32_t> refusals_;
    base::Time next_head_ = base::Time::min();
    std::vector<AuditLine> lines_;
    std::vector<Event> events_;
    std::uint64_t heads_sent_ = 0, heads_signed_ = 0, countersigned_ = 0, faults_ = 0, refusals_received_ = 0;
};

}  // namespace asman::core
