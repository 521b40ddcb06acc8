// First warning: how long before an aircraft without transponder reaches a state's border did that state's joint
// picture hold it, and thanks to whom.
#pragma once

#include <asman/picture/nouns.hpp>

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace asman::evaluate {

/// Where an aircraft really is.
struct TruePosition {
    std::string id;
    geo::Position position;
    Eigen::Vector2d velocity = Eigen::Vector2d::Zero();  ///< east, north, m/s
};

struct WarningRules {
    double gate = 4000;          ///< metres, horizontally, between truth and track
    double velocity_gate = 100;  ///< m/s
    unsigned observations = 3;   ///< in a row, before the picture is said to hold it
};

/// What one state had of one aircraft.
struct Warning {
    std::string id;
    std::optional<base::Time> crossing;  ///< when the truth reached the border; empty: never
    std::optional<base::Time> first;     ///< when the picture first held it
    /// Seconds from `first` to `crossing`: negative when it was seen only inside; empty when never seen or never there.
    std::optional<double> first_warning_s() const;
    /// The same for each cause alone: "own" sensors, or the chain of clauses under which a contribution came.
    std::map<std::string, base::Time> first_by_cause;
    std::optional<double> by_cause_s(const std::string& cause) const;
    /// Share of the observations, from the first sight to the last, at which the picture held it.
    double continuity = 0;
};

/// The cause of a contribution, as text: "own", or "KAZ via RUS: RUS-KAZ-2013/x + RUS-KGZ-2022/y".
std::string cause_of(const picture::Contribution& contribution);

/// Watches one state's joint picture beside the truth.
class WarningWatch {
  public:
    explicit WarningWatch(WarningRules rules = {}) : rules_(rules) {}

    /// Once a picture. `truth` are the aircraft in question, at `now`.
    void observe(base::Time now, std::span<const picture::JointTrack> joint, std::span<const TruePosition> truth);

    /// What it came to; `crossings` has the times at which the truth reaches the border, by id.
    std::vector<Warning> result(const std::map<std::string, std::optional<base::Time>>& crossings) const;

  private:
    struct Run {
        unsigned in_a_row = 0;
        std::optional<base::Time> first;
        void see(bool held, base::Time now, unsigned needed);
    };
    struct Case {
        Run all;
        std::map<std::string, Run> causes;
        std::uint64_t observations = 0, held = 0;  ///< since first sight
    };
    bool near(const picture::Track& track, base::Time now, const TruePosition& truth) const;

    WarningRules rules_;
    std::map<std::string, Case> cases_;
};

}  // namespace asman::evaluate
