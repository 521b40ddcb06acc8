// What the display is shown of a show: the snapshots of each state.
#pragma once

#include <asman/node/show.hpp>
#include <asman/serve/server.hpp>
#include <asman/serve/snapshot.hpp>

#include <deque>
#include <map>

namespace asman::cli {

/// Pace as a person sets it.
struct Pace {
    double speed = 1;  ///< data seconds per second; 0: as fast as it goes
    bool paused = false;
};

class Display {
  public:
    Display(node::Show& show, serve::Server& server);

    /// Publishes the pictures that were made in the last tick.
    void publish(const Pace& pace);
    /// Publishes all states as they stand: the law or the pace was changed while time stands still.
    void publish_now(const Pace& pace);
    /// Scenes: what seldom changes. Called at the start.
    void publish_scenes(const std::vector<serve::Cover>& cover, const std::vector<serve::LawChange>& law_changes,
                        bool coverage, const std::string& timeline);
    std::vector<serve::StateLine> lines() const;
    /// The answer to "why do I see this".
    std::string explain(const serve::Explain& question) const;

  private:
    serve::Snapshot snapshot(std::size_t member, const Pace& pace);
    void send(std::size_t member, const Pace& pace);
    void publish_status();
    void follow_alerts(std::size_t member);

    node::Show& show_;
    serve::Server& server_;
    std::vector<picture::Sensor> sensors_;
    std::vector<std::uint64_t> numbers_;
    std::vector<std::deque<picture::Alert>> alerts_;  ///< open ones, and the latest closed
    struct Rate {
        std::uint64_t reports = 0;
        base::Time at = base::Time::min();
        double per_second = 0;
    };
    std::vector<Rate> rates_;
};

/// One line a state: "KGZ  3 sensors  12.4 reports/s  41 local  63 joint (22 through accords)  2 alerts".
std::string status_line(const serve::StateLine& line);

}  // namespace asman::cli
