// What each change of law brings each state, in square kilometres and seconds: coverage × release terms, over terrain.
//
// For every state and every instant at which the law changes, each sensor's coverage is cut to where the law releases
// its tracks to that state: directly, or onward through one other state. The decision is the law's own
// (accord::LawView::decide), asked on a coarse raster of the area; causes are the chains of clauses. No figure here is
// typed in: with other terrain, sensors or clauses it is another.
#pragma once

#include <asman/accord/law.hpp>
#include <asman/coverage/joint.hpp>
#include <asman/geo/region.hpp>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace asman::study {

struct AssessOptions {
    base::Time from, to;
    std::vector<picture::State> states;
    double cell = 5e3;                              ///< metres, of coverage
    double law_cell = 20e3;                         ///< metres: how finely release areas are sampled
    std::vector<double> levels{50, 100, 200, 300};  ///< flight levels, in the standard atmosphere
    double warning_level = 180;                     ///< flight level of the approaching aircraft
    double speed = 220;                             ///< m/s
    double in_time = 600;                           ///< seconds of warning that count as in time
    double approach = 400e3;                        ///< metres outside the border that are looked at
    double border_step = 25e3;                      ///< metres between approaches along a border
    coverage::Target target{.transponder = false, .ads_b = false, .rcs = 3};
    unsigned threads = 2;
};

/// Seconds of warning over many approaches.
struct Distribution {
    std::size_t approaches = 0;
    double in_time = 0;  ///< share with at least AssessOptions::in_time
    double lowest = 0, tenth = 0, median = 0, ninetieth = 0, mean = 0;
};

struct LevelResult {
    double level = 0;
    double area = 0, area_by_2 = 0;       ///< km² of the state's land and approaches seen, by ≥ 2 sensors
    double own = 0;                       ///< km² by its own sensors alone
    double land = 0, land_own = 0;        ///< km² of the land itself, jointly and alone
    std::map<std::string, double> gain;   ///< km² that vanish if this cause alone did not exist
    std::map<std::string, double> alone;  ///< km² that this cause adds to the own sensors
};

/// One state between two changes of law.
struct StateResult {
    picture::State state;
    std::vector<LevelResult> levels;
    double accuracy = 0, accuracy_own = 0;  ///< median 1σ per axis where seen at the warning level, metres
    Distribution warning, warning_own;
    std::map<std::string, Distribution> by_cause;                            ///< with own sensors and this cause
    std::map<std::string, std::pair<Distribution, Distribution>> by_border;  ///< neighbour → alone, jointly
    std::map<std::string, double> lost_if_suspends;  ///< partner → km² at the warning level lost
    std::map<std::string, double> lost_if_fails;     ///< sensor → km² at the warning level that only it sees
    std::map<std::string, double> gives;  ///< receiver → km² at the warning level gained from this state's sensors
    std::vector<std::string> assumed;     ///< dates that it rests on
};

struct Epoch {
    base::Time from;
    std::vector<std::string> changes;  ///< "RUS-KGZ-2022 enters into force"
    std::vector<StateResult> states;
};

struct Assessment {
    AssessOptions options;
    std::string terrain, scenario;
    std::vector<Epoch> epochs;
    std::vector<std::string> caveats;
};

base::Result<Assessment> assess(const accord::Law& law, const geo::Borders& borders, const geo::TerrainStore& terrain,
                                const geo::Geoid& geoid, const std::vector<coverage::Instrument>& instruments,
                                const AssessOptions& options, const std::function<void(double)>& progress = {});

std::string assessment_json(const Assessment& a);
/// A self-contained page: tables, bars, timeline.
std::string assessment_html(const Assessment& a);
/// The gain table as text for a terminal.
std::string assessment_text(const Assessment& a);

}  // namespace asman::study
