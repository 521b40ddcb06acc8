// What a node tells its partners beside tracks: reports, alerts, identity decisions, incidents, the state of its
// sensors and their coverage; and what it has been told.
#pragma once

#include "law_desk.hpp"

#include <asman/airspace/watch.hpp>
#include <asman/fuse/joint.hpp>
#include <asman/release/gates.hpp>

#include <map>
#include <set>

namespace asman::core {

class NoticeDesk {
  public:
    NoticeDesk(const NodeConfig& config, const Bundle& bundle, airspace::Config watch,
               std::shared_ptr<const geo::Borders> borders);

    /// One picture's worth: reports since the last, alerts of each view, sensors' state when it changes or must be
    /// renewed.
    struct Now {
        base::Time time, law_time;
        const accord::LawView& releasing;
        std::span<const picture::State> partners;  ///< sorted
        const release::Exporter& exporter;         ///< of tracks: under which numbers the partners have them
        Ingest& ingest;
        std::span<const picture::JointTrack> joint;
    };
    void advance(const Now& now);
    /// Adds what may go to each partner: reports to `state` messages, notices to `log` ones.
    void collect(const Now& now, std::map<picture::State, wire::Batch>& state,
                 std::map<picture::State, wire::Batch>& log);

    /// What collect() let go, for those who compare laws; kept only if asked for.
    struct Handed {
        picture::State to;
        accord::Product product = accord::Product::target_reports;
        release::Origin origin;
        base::Time time;  ///< of applicability
        picture::Leave leave;
        std::string what;          ///< of a notice
        std::uint16_t fields = 0;  ///< of a report: which of its values are there, a bit each
    };
    void keep_handed() { keep_handed_ = true; }
    std::vector<Handed> take_handed() { return std::exchange(handed_, {}); }

    /// A person's decision about a joint track. It rests on all that the track was made of.
    base::Result<void> identify(const Command& command, const Now& now);
    /// A person's word on an incident. It rests on all that the tracks named were made of.
    base::Result<void> incident(const Command& command, const Now& now);
    /// Decided by a person here, or by the owner of the airspace elsewhere.
    std::optional<picture::Identity> decided(const picture::JointTrack& track) const;

    /// From a partner, after the third wall.
    void put(picture::Notice notice);
    void put(picture::ReleasedReport report);
    /// Drops what has expired, or is no longer granted.
    void expire(base::Time now, const LawDesk& law, bool law_changed);
    std::span<const picture::Notice> notices() const { return held_; }
    std::span<const picture::ReleasedReport> reports() const { return reports_; }

    void count(std::map<std::string, std::uint64_t>& counters) const;

  private:
    /// A picture of what one clause grants one receiver, and the watch over it (accords.md rule 15).
    struct AlertView {
        std::uint64_t index = 0;
        release::Exporter exporter;
        fuse::Joint joint;
        airspace::Watch watch;
        std::map<std::uint64_t, base::Time> told;  ///< open alerts, when last
    };
    void alerts(const Now& now);
    void watch_view(AlertView& v, const accord::Grant& grant, const Now& now);
    void sensors(const Now& now);
    void sensor_to(picture::State to, picture::NoticeKind kind, base::Duration validity, const Now& now);
    release::Basis basis_of(const picture::JointTrack& track) const;
    std::uint64_t number_of(const Now& now, picture::State to, std::uint64_t clause_view, std::uint64_t track) const;
    /// The receiver's number of whatever own track is in a joint one.
    std::uint64_t number_of(const Now& now, picture::State to, const picture::JointTrack& track) const;

    const NodeConfig* config_;
    std::string secret_;
    airspace::Config watch_config_;
    std::shared_ptr<const geo::Borders> borders_;
    release::Exporter::SensorOf sensor_of_;
    release::NoticeGate gate_;
    release::ReportGate reports_gate_;
    std::vector<picture::TargetReport> fresh_;
    std::map<std::pair<picture::State, picture::ClauseRef>, AlertView> views_;
    std::uint64_t next_view_ = 1;
    struct SensorTold {
        std::string words;
        base::Time at = base::Time::min();
    };
    std::map<std::tuple<picture::State, picture::SensorId, picture::NoticeKind>, SensorTold> sensors_told_;
    std::map<std::uint64_t, picture::Identity> identities_;  ///< a person's, by joint track
    std::map<std::string, std::uint64_t> incidents_;         ///< own numbers, by name
    std::uint64_t next_number_ = 1;
    bool keep_handed_ = false;
    std::vector<Handed> handed_;
    std::vector<picture::Notice> held_;
    std::vector<picture::ReleasedReport> reports_;
    std::uint64_t notices_in_ = 0, reports_in_ = 0, notices_out_ = 0, reports_out_ = 0, dropped_ = 0;
};

}  // namespace asman::core
