// What displays are told of coverage: maps of what each state sees under each law, made once in the background, and
// vertical cuts on demand. Its own thread: neither the node nor a screen waits for it.
#pragma once

#include <asman/base/queue.hpp>
#include <asman/geo/region.hpp>
#include <asman/serve/server.hpp>
#include <asman/study/assess.hpp>
#include <asman/study/sight.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace asman::cli {

/// What the desk computes with.
struct DeskSetting {
    geo::TerrainStore terrain;
    geo::Geoid geoid;
    geo::Borders borders;
    std::vector<coverage::Instrument> instruments;
    accord::Law law;
    std::vector<picture::State> states;
    std::string siting;  ///< what `asman site --out` wrote, shown on the map; empty: none
};

class CoverageDesk {
  public:
    /// Starts at once. Products, as they are made: "coverage.json" (the days on which the law changes, levels, states),
    /// "coverage-KGZ.json" for each state (study::assessment_state_json), "siting.json".
    CoverageDesk(serve::Server& server, DeskSetting setting);
    ~CoverageDesk();
    CoverageDesk(const CoverageDesk&) = delete;
    CoverageDesk& operator=(const CoverageDesk&) = delete;

    /// Answers later, to the client; false: too many questions wait.
    bool ask(serve::ClientId client, const serve::AskSection& question, base::Time law_time);

  private:
    struct Question {
        serve::ClientId client;
        serve::AskSection what;
        base::Time law_time;
    };
    void run(const std::stop_token& stop);
    void publish_maps(const std::stop_token& stop);
    void answer(study::SectionMaker& maker, const Question& q);

    serve::Server& server_;
    DeskSetting setting_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    base::BoundedQueue<Question> questions_{16, base::WhenFull::refuse};
    std::jthread thread_;  ///< last: it uses all above
};

}  // namespace asman::cli
