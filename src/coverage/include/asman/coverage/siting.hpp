// Where on a small plot an antenna should stand, and how high: ranked by what it adds to the joint picture.
//
// A plot is a few hundred metres wide. What tells its positions apart is what stands on and near it (hangars, trees),
// so only a surface model of 10 m or finer can; the far horizon comes from coarser terrain and is the same for all
// positions but for the antenna's height.
#pragma once

#include <asman/coverage/joint.hpp>
#include <asman/geo/region.hpp>

#include <optional>
#include <string>
#include <vector>

namespace asman::coverage {

/// Coarser surfaces do not tell positions inside a plot apart.
inline constexpr double finest_needed = 10;

enum class Goal : std::uint8_t {
    area,     ///< km² seen at the level that nobody saw before
    gap,      ///< km² seen by two that one saw before, and half of what nobody saw
    warning,  ///< mean seconds won on the approaches
};

/// An approach: places from far to near; the target flies towards the last.
struct Approach {
    std::vector<geo::Point> places;
    double spacing = 0;     ///< metres between them
    std::string neighbour;  ///< of a border: the state on the other side, or "sea"
};

/// Straight approaches to a state's land, one each `border_step` metres along its borders, at right angles from
/// `distance` metres outside. Outlines shorter than 300 km (islands, enclaves) are left out.
std::vector<Approach> border_approaches(const geo::StateArea& state, const geo::Borders& borders,
                                        double distance = 400e3, double border_step = 25e3, double spacing = 2e3);

struct SitingOptions {
    Goal goal = Goal::area;
    double altitude = 3000;  ///< of the targets, metres above mean sea level
    double speed = 220;      ///< m/s, for Goal::warning
    Target target;
    std::vector<double> masts{10, 15, 20, 30};
    std::size_t positions = 2000;  ///< at most, on a square raster inside the plot
    double azimuth_step = 0.5 * geo::deg;
    double near_range = 1500;    ///< metres of the fine surface that are looked at
    double cell = 5e3;           ///< metres of the grid on which area is counted
    double surface_sigma = 0.5;  ///< metres, 1σ of a cell of the fine surface
    bool on_objects = false;     ///< also on buildings and trees: more than 3 m above the lowest within 30 m
    std::size_t threads = 2;
    double k = standard_k;
};

struct SitedMast {
    geo::Point at;
    double ground = 0;  ///< metres above mean sea level
    double mast = 0;
    double gain = 0;  ///< km² or seconds
};

/// How much the position matters for one mast.
struct MastResult {
    double mast = 0, worst = 0, best = 0;  ///< gains
    double sigma = 0;       ///< 1σ of a gain for the surface's error (shaken surfaces); 0 where positions are equal
    std::size_t equal = 0;  ///< positions as good as the best within twice the error of a difference
};

struct Siting {
    std::vector<SitedMast> ranked;  ///< best first; ties by mast, then from north-west
    bool positions_equal = false;   ///< no surface fine enough: one position stands for all
    std::string remark;             ///< what the result does and does not say
    std::string near_surface, far_terrain;
    double before = 0;  ///< what the neighbours reach without it: km², or mean seconds of warning
    std::size_t positions = 0, left_out = 0;  ///< left out: on objects
    std::vector<MastResult> masts;            ///< in the order of the options
};

/// `neighbours`: sensors that are there already; `type` is the new sensor but for its position. `surface`: the fine
/// model round the plot (absent or coarser than 10 m: positions are equal). Errors: a plot that is empty or outside the
/// terrain, no mast, Goal::warning without approaches.
base::Result<Siting> site(const geo::Region& plot, const std::optional<geo::Terrain>& surface,
                          const geo::Terrain& far_terrain, const geo::Geoid& geoid,
                          const std::vector<Instrument>& neighbours, const Instrument& type,
                          const std::vector<Approach>& approaches, const SitingOptions& options);

/// Best k of candidate sets: each lists the cells that it would newly cover; a cell counts its weight once.
struct Choice {
    std::vector<std::size_t> chosen;  ///< in the order of choosing
    double value = 0;
    double at_most = 0;  ///< no choice of k can reach more (equal to value where exact)
    bool exact = false;
};
/// Exact where the number of combinations is at most `exhaustive`, else greedy; the value is then at least
/// 1 − 1/e of the best (Nemhauser, Wolsey, Fisher 1978), and `at_most` is the sharper bound from the last marginal
/// gains.
Choice choose(const std::vector<std::vector<std::uint32_t>>& covers, const std::vector<double>& weights, std::size_t k,
              std::size_t exhaustive = 200'000);

/// The cells of a grid that a sensor sees at an altitude and that nobody of `seen_before` does, for choose().
std::vector<std::uint32_t> newly_seen(const Joint& joint, std::size_t sensor, double altitude, const Target& target,
                                      const std::vector<bool>& seen_before);

/// Warning as something to cover, for choose(): an element is a place of an approach, worth the seconds that it adds to
/// the mean warning over all approaches; a sensor covers what lies between where it first sees the target and where
/// those that are there do. What several cover together is then just what they add together.
struct WarningCovers {
    std::vector<std::vector<std::uint32_t>> covers;  ///< of each candidate
    std::vector<double> weights;                     ///< seconds
};
/// Altitude, speed, target and k are those of the options. Errors: a sensor without position or outside the terrain.
base::Result<WarningCovers> warning_covers(const std::vector<Instrument>& candidates,
                                           const std::vector<Instrument>& neighbours,
                                           const std::vector<Approach>& approaches, const geo::Terrain& terrain,
                                           const geo::Geoid& geoid, const SitingOptions& options);

}  // namespace asman::coverage
