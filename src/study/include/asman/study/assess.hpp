// What each change of law brings each state, in square kilometres and seconds: coverage × release terms, over terrain.
//
// For every state and every instant at which the law changes, each sensor's coverage is cut to where the law releases
// its tracks to that state: directly, or onward through others. The decision is the law's own
// (accord::LawView::decide), asked as finely as coverage is computed; causes are the chains of clauses. No figure here
// is typed in: with other terrain, sensors or clauses it is another.
#pragma once

#include <asman/accord/law.hpp>
#include <asman/coverage/joint.hpp>
#include <asman/geo/region.hpp>

#include <array>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace asman::study {

/// A way that aircraft fly, and how high.
struct Route {
    std::string name;  ///< "UCFM-UUEE"
    std::vector<geo::Point> points;
};
/// Routes of a file: lines "from,to" of ICAO codes that `place` knows (a '#' begins a comment), flown on great circles;
/// or GeoJSON LineStrings with properties.name.
base::Result<std::vector<Route>> read_routes(const std::string& path,
                                             const std::function<std::optional<geo::Point>(std::string_view)>& place);

struct AssessOptions {
    base::Time from, to;
    std::vector<picture::State> states;             ///< whose gain is told
    std::vector<picture::State> others;             ///< whose clauses count too: those who hand on, or may suspend
    double cell = 5e3;                              ///< metres, of coverage; the law is asked as finely at its edges
    std::vector<double> levels{50, 100, 200, 300};  ///< flight levels, in the standard atmosphere
    double warning_level = 180;                     ///< flight level of the approaching aircraft
    double speed = 220;                             ///< m/s
    double in_time = 600;                           ///< seconds of warning that count as in time
    double approach = 400e3;                        ///< metres outside the border that are looked at
    double border_step = 10e3;                      ///< metres between places along a border
    std::vector<double> angles{-45 * geo::deg, 0, 45 * geo::deg};  ///< of approaches to the border's normal
    double segment = 150e3;                                        ///< metres of border that have a distribution each
    coverage::Target target{.transponder = false, .ads_b = false, .rcs = 3};
    std::vector<Route> routes;
    double route_level = 340;        ///< flight level of the airliners on routes (with transponder and ADS-B)
    double route_ends = 100e3;       ///< metres at each end where they climb and descend: left out
    std::size_t map_cells = 40'000;  ///< of each map in the results, at most; 0: none
    unsigned threads = 2;
    coverage::JointOptions joint{};
    /// All of them, each once, those of `states` first.
    std::vector<picture::State> everyone() const;
    std::function<bool()> stopped{};  ///< asked now and then: true ends the assessment with an error
};

/// Seconds of warning over many approaches.
struct Distribution {
    static constexpr double bin = 150;  ///< seconds
    std::size_t approaches = 0;
    double in_time = 0;  ///< share with at least AssessOptions::in_time
    double lowest = 0, tenth = 0, median = 0, ninetieth = 0, mean = 0;
    /// How many have no warning; up to 150 s; up to 300 s …; the last: more.
    std::array<std::size_t, 14> bins{};
};

/// What one cause brings, in km² at a level.
struct Gain {
    double alone = 0;     ///< added to the own sensors, if nothing else were there
    double vanishes = 0;  ///< lost if this alone were not there
    double share = 0;     ///< every newly seen cell divided evenly among those that show it: adds up to the gain
};

/// A map of what a state sees at a level: of each cell an index into `sets`.
struct SightMap {
    geo::Point north_west;  ///< centre of the first cell
    double step_lat = 0, step_lon = 0;
    std::size_t rows = 0, columns = 0;
    std::vector<std::uint8_t> cells;
    /// Bit 0: own sensors; bit i + 1: cause i of StateResult::causes. Entry 0 stands for outside the state's land and
    /// approaches, entry 1 for seen by nobody.
    std::vector<std::uint64_t> sets;
};

struct LevelResult {
    double level = 0;
    double area = 0, area_by_2 = 0;           ///< km² of the state's land and approaches seen, by ≥ 2 sensors
    double own = 0, own_by_2 = 0;             ///< km² by its own sensors alone
    double land = 0, land_own = 0;            ///< km² of the land itself, jointly and alone
    std::map<std::string, Gain> by_chain;     ///< chains of clauses
    std::map<std::string, Gain> by_partner;   ///< "RUS", or "RUS at RUS/Kant" for a site
    std::map<std::string, double> by_clause;  ///< km² that vanish when the clause is taken out of the law and all is
                                              ///< asked again
    SightMap map;
};

/// A chain of clauses by which a state sees what another's sensors see.
struct Cause {
    std::string chain;                 ///< "RUS-KAZ-2013/onward-kgz > RUS-KGZ-2022/tracks-rus"
    std::vector<std::string> clauses;  ///< its parts, as Law::without() names them
    picture::State originator;
    std::string site;                   ///< sensor that stands under an accord; empty: the originator's own
    std::vector<picture::State> hands;  ///< who hands it on, in order; empty: direct
    std::vector<std::string> assumed;   ///< dates and terms
    double delay = 0, grid = 0;         ///< seconds; metres
    std::string partner() const { return std::string(originator.text()) + (site.empty() ? "" : " at " + site); }
    bool operator==(const Cause&) const = default;
};

/// A stretch of border, and the warning before it.
struct SegmentResult {
    std::string neighbour;
    geo::Point from, to;
    std::vector<geo::Point> line;  ///< for a map
    Distribution own, joint;
};

/// What an airliner's track is like along a route, as one state has it where the route is over its land or approaches.
struct RouteResult {
    std::string name;
    double length = 0;            ///< metres
    double own = 0, joint = 0;    ///< share of it seen
    double by_2 = 0;              ///< by two sensors or more
    int gaps_own = 0, gaps = 0;   ///< stretches not seen
    double gap_own = 0, gap = 0;  ///< metres of the longest
};

/// What is lost if a partner suspends, or a sensor fails.
struct Loss {
    double area = 0;     ///< km² at the warning level
    double warning = 0;  ///< mean seconds
    double in_time = 0;  ///< share of approaches
};

/// One state between two changes of law.
struct StateResult {
    picture::State state;
    std::vector<Cause> causes;
    std::vector<LevelResult> levels;
    /// Median 1σ per axis at the warning level, metres: by own sensors; jointly at the same places; jointly everywhere.
    double accuracy_own = 0, accuracy_there = 0, accuracy = 0;
    Distribution warning, warning_own;
    std::map<std::string, Distribution> by_chain;                            ///< with own sensors and this chain
    std::map<std::string, std::pair<Distribution, Distribution>> by_border;  ///< neighbour → alone, jointly
    std::vector<SegmentResult> segments;
    std::vector<RouteResult> routes;
    std::map<std::string, Loss> lost_if_suspends;  ///< partner state
    std::map<std::string, Loss> lost_if_fails;     ///< sensor
    std::map<std::string, double> gives;  ///< receiver → km² at the warning level gained from this state's sensors
    std::map<std::string, double> warning_by_clause;  ///< mean seconds that vanish with a clause
    std::vector<std::string> assumed;                 ///< dates that it rests on
    std::vector<std::string> findings;                ///< in words: above all, where nothing is gained
};

struct Epoch {
    base::Time from;
    std::vector<std::string> changes;  ///< "RUS-KGZ-2022 enters into force"
    std::vector<StateResult> states;
    /// Whether anything is another than in the epoch before, of each state.
    std::vector<bool> changed;
};

struct Assessment {
    AssessOptions options;
    std::string terrain, scenario;
    bool geoid = true;
    std::vector<Epoch> epochs;
    std::vector<std::string> caveats;
};

/// The same for any number of threads. Errors: dates in the wrong order, no states or sensors, more than 63 chains of
/// clauses for one state, those of coverage::Joint::make().
base::Result<Assessment> assess(const accord::Law& law, const geo::Borders& borders, const geo::TerrainStore& terrain,
                                const geo::Geoid& geoid, const std::vector<coverage::Instrument>& instruments,
                                const AssessOptions& options, const std::function<void(double)>& progress = {});

/// `maps`: with the rasters.
std::string assessment_json(const Assessment& a, bool maps = false);
/// One state's levels with maps, warning and findings, of each epoch in which anything changed for it: for a display.
std::string assessment_state_json(const Assessment& a, std::size_t state);
/// A self-contained page: timeline, maps, charts, tables. `borders` are drawn.
std::string assessment_html(const Assessment& a, const geo::Borders* borders = nullptr);
/// The gain table as text for a terminal.
std::string assessment_text(const Assessment& a);

}  // namespace asman::study
