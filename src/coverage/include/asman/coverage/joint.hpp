// What several sensors see together: how many of whom, how low, how often, how exactly, and why not.
#pragma once

#include <asman/base/result.hpp>
#include <asman/coverage/detection.hpp>
#include <asman/coverage/horizon.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace asman::coverage {

/// A regular grid of latitude and longitude; cell centres, rows from north to south. May cross the antimeridian.
struct Grid {
    geo::Point north_west;  ///< centre of the first cell
    double step_lat = 0, step_lon = 0;
    std::size_t rows = 0, columns = 0;

    /// Cells of about `cell` metres at the box's middle latitude. West may lie east of east: over the antimeridian.
    static base::Result<Grid> over(geo::Point south_west, geo::Point north_east, double cell);
    std::size_t size() const { return rows * columns; }
    geo::Point at(std::size_t row, std::size_t column) const;
    geo::Point at(std::size_t cell) const { return at(cell / columns, cell % columns); }
    /// Square metres of a cell of this row.
    double area(std::size_t row) const;
};

/// Why a sensor does not see a point.
enum class Blind : std::uint8_t { seen, range, terrain, cone, no_data };
std::string_view name(Blind why);

/// One sensor over the grid: a window of cells around it.
struct Footprint {
    Instrument instrument;
    std::size_t first_row = 0, rows = 0, columns = 0;
    std::size_t first_column =
        0;                      ///< may wrap: column (first + c) mod grid.columns where the grid goes round the earth
    std::vector<float> lowest;  ///< metres above mean sea level of the lowest visible point; NaN: out of range
    std::vector<float> rho;     ///< horizontal distance in the antenna's tangent plane, metres
    double assumed_sea = 0;     ///< share of the terrain samples without data
    std::string terrain;
};

struct JointOptions {
    std::size_t threads = 2;
    double k = standard_k;
    std::size_t max_cells = 200'000'000;  ///< of the grid; more are refused
};

/// Footprints of sensors over one grid.
class Joint {
  public:
    static base::Result<Joint> make(const Grid& grid, const geo::Terrain& terrain, const geo::Geoid& geoid,
                                    const std::vector<Instrument>& instruments, const JointOptions& options = {});
    const Grid& grid() const { return grid_; }
    const std::vector<Footprint>& footprints() const { return footprints_; }
    /// Terrain elevation of a cell, metres above mean sea level; NaN: none.
    float ground(std::size_t cell) const { return ground_[cell]; }
    const std::string& terrain() const { return terrain_; }

    /// What one sensor makes of a target at a cell and altitude.
    struct Look {
        double probability = 0;  ///< of detection on one look
        Blind why = Blind::range;
        double range = 0;  ///< slant, metres
    };
    Look look(std::size_t sensor, std::size_t cell, double altitude_msl, const Target& target) const;

    /// What the chosen sensors make of it together.
    struct Seen {
        std::uint16_t sensors = 0;                                  ///< with probability ≥ 0.5 on one look
        std::uint16_t states = 0;                                   ///< owners among them
        double probability = 0;                                     ///< that at least one of them detects on one look
        double interval = std::numeric_limits<double>::infinity();  ///< seconds, expected between detections
        double sigma = std::numeric_limits<double>::infinity();  ///< metres, 1σ per axis of one round of looks (Fisher
                                                                 ///< information of range and azimuth)
        Blind why = Blind::range;  ///< if none: the nearest miss (terrain before cone before range)
    };
    Seen seen(std::size_t cell, double altitude_msl, const Target& target, const std::vector<bool>& chosen) const;

    /// Lowest altitude (m above mean sea level) at which at least 1, 2, 3 of the chosen sensors see the target with
    /// probability ≥ 0.5; NaN: none up to `ceiling`.
    std::array<float, 3> lowest(std::size_t cell, const Target& target, const std::vector<bool>& chosen,
                                double ceiling = 20e3) const;

  private:
    Grid grid_;
    std::vector<Footprint> footprints_;
    std::vector<float> ground_;
    std::string terrain_;

    /// Index into a footprint's window, or nothing.
    std::optional<std::size_t> window(const Footprint& f, std::size_t cell) const;
    float lowest_of(std::size_t sensor, std::size_t cell, const Target& target, double ceiling) const;
};

}  // namespace asman::coverage
