// Everything in an assessment that does not change with the law: what each sensor sees, where a state's land and
// approaches are, the ways in, the routes.
#pragma once

#include "assess_release.hpp"

#include <map>
#include <string>
#include <vector>

namespace asman::study {

/// What is looked for, how high.
struct Probe {
    double level = 0;  ///< flight level
    coverage::Target target;
};

/// Cells along a line, from far to near or from end to end.
constexpr std::size_t outside_grid = static_cast<std::size_t>(-1);
constexpr double line_step = 2e3;  ///< metres between a line's places

/// One way in: its places until the border, outside the state's land throughout.
struct Approach {
    std::size_t segment = 0;
    std::vector<std::size_t> cells;
};
/// A stretch of border with one neighbour.
struct Segment {
    std::string neighbour;
    std::vector<geo::Point> line;
};
struct WayIn {
    std::vector<Segment> segments;
    std::vector<Approach> approaches;
};

class Ground {
  public:
    const coverage::Joint& joint;
    const AssessOptions& o;
    std::vector<Probe> probes;  ///< those levels asked for, the warning level, the routes' level
    std::vector<std::vector<std::vector<std::uint8_t>>> sees;  ///< [probe][sensor][window cell]: probability ≥ 0.5
    std::map<State, std::vector<std::uint8_t>> where;          ///< of each cell: 0 elsewhere, 1 approaches, 2 land
    /// Cells [first, last) that hold all of where a state looks: whole rows of the grid.
    std::map<State, std::pair<std::size_t, std::size_t>> span;
    std::map<State, WayIn> ways_in;
    std::vector<std::vector<std::size_t>> routes;  ///< cells of each route without its ends
    std::size_t block = 1;                         ///< of the law's rasters

    Ground(const coverage::Joint& j, const AssessOptions& options) : joint(j), o(options) {}
    base::Result<void> prepare(const geo::Borders& borders);
    std::size_t warning_probe() const { return o.levels.size(); }
    std::size_t route_probe() const { return o.levels.size() + 1; }
    /// Blocks of the law's raster that any of the group's sensors reaches.
    std::vector<std::uint8_t> reach_of(const Group& group) const;

  private:
    void look();
    void place(State s, const geo::StateArea& area);
    void lay_routes();
};

/// The ways in to a state: along each stretch of border a place each `border_step` metres, and from it lines outward at
/// the options' angles to the border's normal. A line ends where the state's own land begins again; one shorter than a
/// quarter of its length is left out: what comes from there has crossed another border of the state first.
/// `where` as Ground has it for the state.
WayIn ways_in(const geo::StateArea& state, const geo::Borders& borders, const coverage::Grid& grid,
              const std::vector<std::uint8_t>& where, const AssessOptions& options);

}  // namespace asman::study
