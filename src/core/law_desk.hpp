// The node's law at work: the accords of the bundle, the law's clock, what goes out and what may come in.
#pragma once

#include "ingest.hpp"

#include <asman/accord/act.hpp>
#include <asman/core/engine.hpp>
#include <asman/geo/region.hpp>
#include <asman/release/exporter.hpp>
#include <asman/release/importer.hpp>
#include <asman/wire/batch.hpp>

#include <memory>
#include <set>

namespace asman::core {

/// Views that any text of a law may ever ask of a node's sensors; own sensors that feed no view while a law stands so.
std::vector<SensorView> sensor_views(const accord::Law& law, const NodeConfig& config);
std::set<picture::SensorId> excluded_sensors(const accord::LawView& view, const NodeConfig& config);

class LawDesk {
  public:
    /// Bad law does not stop the start (invariant 5): what cannot be loaded is sealed and told as an event.
    LawDesk(const NodeConfig& config, const Bundle& bundle, std::shared_ptr<const geo::Borders> borders);
    ~LawDesk();
    LawDesk(LawDesk&&) noexcept;
    LawDesk& operator=(LawDesk&&) noexcept;

    /// Moves the law's clock to this instant of data time. True when another law holds than before.
    bool advance(base::Time now);
    base::Result<void> set_law_time(base::Time now, base::Time law_time);
    /// A clock that is not synchronised releases nothing (accords.md rule 22).
    void set_clock(bool synchronised, base::Time now);
    bool clock() const;
    /// The folder read again. What is told as known now, and narrows, does not vanish with its file.
    void reload(const std::map<std::string, std::string>& files, base::Time now);
    /// The key that a partner's messages are signed with: where acts are signed, the one that its root has certified;
    /// none when that is revoked or there is none.
    std::optional<base::PublicKey> message_key(const Partner& partner) const;
    /// Accords that are signed and not in force: how many objects would go now, by receiver and clause (rule 23).
    struct Shadow {
        picture::State receiver;
        picture::ClauseRef clause;
        std::uint64_t objects = 0;
    };
    const std::vector<Shadow>& shadow() const;
    /// The grantor's own people: why what this node has of an object goes to a receiver, or does not.
    std::vector<std::string> explain(std::span<const picture::Contribution> of_object,
                                     const std::vector<Ingest::View>& local, picture::State receiver) const;
    base::Time law_time() const;
    /// Files acts, certificates and revocations that arrived; the acts that this node did not know yet, for the audit.
    std::vector<accord::Act> act(const LawAct& act, base::Time now);
    /// Accords and who is in them, newcomers too.
    std::map<std::string, std::set<picture::State>> parties() const;
    base::Digest digest() const;
    const accord::LawView& view() const;       ///< as it stands
    const accord::LawView& releasing() const;  ///< what may be released by: nothing while the clock is not synchronised
    const std::vector<picture::State>& partners() const;  ///< sorted
    const release::Exporter& exporter() const;
    /// Decisions about objects that changed since the last call.
    std::vector<release::Change> take_changes();

    /// Own sensors that feed no view, since their site's accord is not operative.
    std::set<picture::SensorId> excluded_sensors() const;

    /// The views that the texts may ever ask for, whether in force or not: they are tracked from the start, so that an
    /// entry into force finds them settled.
    std::vector<SensorView> sensor_views() const;

    /// The batch for each partner. `joint` holds the foreign contributions that onward consent may pass on.
    std::vector<std::pair<picture::State, wire::Batch>> release(base::Time now, const std::vector<Ingest::View>& local,
                                                                std::span<const picture::JointTrack> joint);
    /// The third wall: what the law, asked here at the stamped instant, does not grant is refused.
    release::Refusal admit(picture::State from, const wire::Batch& batch, const picture::Contribution& contribution);
    /// Whether what is already held may still be.
    bool still_granted(const picture::Contribution& contribution) const;
    bool still_granted(const picture::Leave& leave) const;
    /// Whether what stopped lets its receiver keep what it has until its validity ends (accords.md rule 18).
    bool may_keep(const std::vector<picture::ClauseRef>& clauses) const;

    /// Partners towards whom a clause has stopped since the last call, sorted: their own, or one that consented to pass
    /// on to them.
    std::vector<picture::State> take_stopped();

    std::vector<AccordStanding> standings() const;
    void count(std::map<std::string, std::uint64_t>& counters) const;
    std::vector<Event> take_events();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::core
