// One state's core: a function of its inputs. No thread, socket, clock or log inside; two engines that are given the
// same inputs give the same outputs, byte for byte.
#pragma once

#include <asman/base/result.hpp>
#include <asman/core/config.hpp>
#include <asman/core/input.hpp>
#include <asman/picture/notices.hpp>
#include <asman/picture/nouns.hpp>
#include <asman/sources/asterix.hpp>

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace asman::core {

/// What goes to a partner: unsigned; the edge signs, numbers and sends it.
struct Outgoing {
    picture::State to;
    bool log_class = false;  ///< false: state class (newest wins); true: log class (ordered, never dropped)
    std::vector<std::byte> payload;
};

/// Something that a person should know and the edge prints: an alarm of law, a refused message, a sensor gone bad.
struct Event {
    base::Time time;
    std::string kind;  ///< "law.sealed", "partner.refused", "sensor.unhealthy", "input.error", …
    std::string text;
};

/// A line for one of the audit's files, which the edge appends; accord/audit.hpp has the format.
struct AuditLine {
    std::string chain;         ///< "national KGZ", "pair RUS KGZ RUS-KGZ-2022"
    bool signed_head = false;  ///< of the chain's signed heads, not of its entries
    std::string line;
};

struct Outputs {
    /// A clause towards these receivers has stopped: what still waits for them in the state class is destroyed before
    /// anything more is sent (accords.md rule 13).
    std::vector<picture::State> purge;
    std::vector<Outgoing> outgoing;
    std::vector<Event> events;
    std::vector<AuditLine> audit;
    bool picture = false;  ///< local and joint picture were made anew
};

/// An accord as it stands at the law's time, for people.
struct AccordStanding {
    std::string id, title, state, certainty;
    std::vector<picture::State> parties;
};

/// How a sensor of the configuration does.
struct SensorStanding {
    picture::SensorId sensor;
    std::string name;
    std::uint64_t reports = 0;
    base::Time last;                ///< of any message; Time::min(): none yet
    std::uint64_t no_position = 0;  ///< records decoded and counted, not tracked, since the sensor's place is not known
    bool healthy = true;            ///< by its own service messages
    bool excluded = false;          ///< its site's accord is not operative, or it has no position
};

class Engine {
  public:
    Engine();
    ~Engine();
    Engine(Engine&&) noexcept;
    Engine& operator=(Engine&&) noexcept;

    /// The first input must be Start. An error is returned for what the node cannot go on with (a bad configuration at
    /// Start, an input before it); whatever else is wrong is counted, and told as an event.
    base::Result<Outputs> step(const Input& input);

    // The pictures of the latest picture period; valid until the next step.
    std::span<const picture::Track> local() const;
    std::span<const picture::JointTrack> joint() const;
    std::span<const picture::Alert> alerts() const;
    /// What partners have released beside tracks, and is valid still.
    std::span<const picture::Notice> notices() const;
    std::span<const picture::ReleasedReport> foreign_reports() const;

    const NodeConfig& config() const;
    base::Time now() const;
    base::Time law_time() const;
    std::vector<AccordStanding> law() const;
    std::vector<SensorStanding> sensors() const;
    /// In which edition of ASTERIX each source of the feeds is read, and how sure that is.
    std::vector<sources::EditionNote> editions() const;
    /// Counters by their metric names, sorted.
    std::map<std::string, std::uint64_t> counters() const;
    /// Digest of all local and joint pictures, outgoing payloads and alerts so far.
    base::Digest digest() const;
    /// The numbers of partners' envelopes taken so far (wire::Opener::save()); the bundle's file "envelopes.received"
    /// gives them to the next run.
    std::vector<std::byte> received_numbers() const;
    /// For what was received: accord, clause, coarsening of each contribution of a joint track; one fixed line for all
    /// else.
    std::vector<std::string> explain_joint(std::uint64_t joint_track) const;
    /// For this state's own people: why what it has of a joint track goes to a receiver or does not, term by term
    /// (accords.md rule 20).
    std::vector<std::string> explain_release(std::uint64_t joint_track, picture::State receiver) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::core
