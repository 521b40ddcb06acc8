// What several sensors see together: how many of whom, how low, how often, how exactly, and why not.
#pragma once

#include <asman/base/result.hpp>
#include <asman/coverage/detection.hpp>
#include <asman/coverage/horizon.hpp>
#include <asman/coverage/viewshed.hpp>

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
    /// The cell that holds a point, if any.
    std::optional<std::size_t> cell_of(geo::Point p) const;
    /// Square metres of a cell of this row.
    double area(std::size_t row) const;
};

/// Why a sensor does not see a point.
enum class Blind : std::uint8_t { seen, range, terrain, cone, no_data, beam };
std::string_view name(Blind why);

/// One sensor over the grid: a window of cells around it, which may wrap where the grid goes round the earth: column
/// (first_column + c) mod grid.columns.
struct Footprint {
    Instrument instrument;
    std::size_t first_row = 0, first_column = 0, rows = 0, columns = 0;
    std::vector<float> lowest;  ///< metres above mean sea level of the lowest visible point; NaN: out of range
    /// The same if the terrain is 1σ lower, and 2σ higher, than its raster says (TerrainError); empty: not asked for.
    /// Not even: a horizon is made by the highest of many cells, and rasters flatten peaks.
    std::vector<float> if_lower, if_higher;
    double assumed_sea = 0;  ///< share of the terrain samples without data
    double sweep_cell = 0;   ///< metres on which its terrain was swept
};

/// Metres on which terrain of a resolution is swept unless told: its own; of terrain coarser than 500 m half, and 2 km
/// at most; 1 km where there is none.
double usual_sweep_cell(double resolution);

struct JointOptions {
    std::size_t threads = 2;
    double k = standard_k;
    double clearance = 0;                 ///< diffraction margin, √metres: see fresnel_clearance()
    double sweep_cell = 0;                ///< metres; 0: the usual one, but 90 m at least
    bool bounds = false;                  ///< compute Footprint::if_lower and if_higher: two more sweeps
    std::size_t max_cells = 200'000'000;  ///< of the grid; more are refused
};

/// Footprints of sensors over one grid.
class Joint {
  public:
    /// Every sensor's terrain is swept around its antenna (viewshed.hpp) and read at the grid's cells. Errors: a grid
    /// of too many cells; a sensor without position, outside the terrain or below it; terrain that cannot be read.
    static base::Result<Joint> make(const Grid& grid, const geo::TerrainStore& terrain, const geo::Geoid& geoid,
                                    const std::vector<Instrument>& instruments, const JointOptions& options = {});
    const Grid& grid() const { return grid_; }
    const std::vector<Footprint>& footprints() const { return footprints_; }
    /// Terrain elevation of a cell, metres above mean sea level; NaN: none.
    float ground(std::size_t cell) const { return ground_[cell]; }
    const std::string& terrain() const { return terrain_; }

    /// Index into a footprint's window, or nothing.
    std::optional<std::size_t> window(std::size_t sensor, std::size_t cell) const;
    /// The cell of an index into a footprint's window.
    std::size_t cell(std::size_t sensor, std::size_t index) const {
        const auto& f = footprints_[sensor];
        return (f.first_row + index / f.columns) * grid_.columns + (f.first_column + index % f.columns) % grid_.columns;
    }

    /// What one sensor makes of a target at a cell and altitude.
    struct Look {
        double probability = 0;  ///< of detection on one look
        Blind why = Blind::range;
        double range = 0;  ///< slant, metres
    };
    /// For a target at `enu` metres in the antenna's tangent frame that stands `above` metres over the lowest visible
    /// point there; `lift` as refraction lifts it.
    static Look judge(const Instrument& instrument, const Target& target, const Eigen::Vector3d& enu, double above,
                      double lift);
    Look look(std::size_t sensor, std::size_t cell, double altitude_msl, const Target& target) const;

    /// What the chosen sensors make of it together.
    struct Seen {
        std::uint16_t sensors = 0;                                  ///< with probability ≥ 0.5 on one look
        std::uint16_t states = 0;                                   ///< owners among them
        double probability = 0;                                     ///< that at least one of them detects on one look
        double interval = std::numeric_limits<double>::infinity();  ///< seconds, expected between detections
        double sigma = std::numeric_limits<double>::infinity();  ///< metres, 1σ per axis of one round of looks (Fisher
                                                                 ///< information of range and azimuth)
        Blind why = Blind::range;  ///< if none: the nearest miss (terrain before beam, cone, range)
    };
    Seen seen(std::size_t cell, double altitude_msl, const Target& target, const std::vector<bool>& chosen) const;

    /// Lowest altitude (m above mean sea level) at which at least 1, 2, 3 of the chosen sensors see the target with
    /// probability ≥ 0.5; NaN: none up to `ceiling`.
    std::array<float, 3> lowest(std::size_t cell, const Target& target, const std::vector<bool>& chosen,
                                double ceiling = 20e3) const;

    /// The first of these if the terrain is lower, and higher, by what its raster may be off. NaN: none, or not asked
    /// for.
    std::array<float, 2> bounds(std::size_t cell, const Target& target, const std::vector<bool>& chosen,
                                double ceiling = 20e3) const;

  private:
    /// An antenna's tangent frame as vectors, for many questions.
    struct Antenna {
        Eigen::Vector3d centre, east, north, up;
        double lift = 0;
    };
    Grid grid_;
    std::vector<Footprint> footprints_;
    std::vector<Antenna> antennas_;
    std::vector<float> ground_, undulation_;
    struct Parallel {
        double cos = 0, sin = 0, normal = 0;  ///< radius of curvature in the prime vertical
    };
    std::vector<Parallel> parallels_;
    std::vector<std::array<double, 2>> meridians_;  ///< cos, sin
    std::string terrain_;

    Eigen::Vector3d local(std::size_t sensor, std::size_t cell, double altitude_msl) const;
    base::Result<void> lay_ground(const geo::TerrainStore& terrain, const geo::Geoid& geoid, std::size_t threads);
    base::Result<void> sweep_sensor(Footprint& f, std::size_t sensor, const geo::TerrainStore& terrain,
                                    const geo::Geoid& geoid, const JointOptions& options);
    Look look_over(std::size_t sensor, std::size_t cell, double altitude, const Target& target, float lowest) const;
    float lowest_of(std::size_t sensor, std::size_t cell, const std::vector<float>& field, const Target& target,
                    double ceiling) const;
    template <class Take>
    void each_lowest(std::size_t cell, const std::vector<bool>& chosen, Take take) const;
};

/// One sensor's sweep, for places that are on no grid: the same answers as Joint's.
class SensorView {
  public:
    /// Options as for Joint. Errors as Joint::make's.
    static base::Result<SensorView> make(const geo::TerrainStore& terrain, const geo::Geoid& geoid,
                                         const Instrument& instrument, const JointOptions& options = {});
    const Instrument& instrument() const { return instrument_; }
    /// The lowest visible height above the ellipsoid over a place with this ground; NaN: out of range.
    double lowest_visible(const geo::Position& ground) const { return view_.lowest_visible(ground); }
    /// A target over a place whose lowest visible height is known.
    Joint::Look look(const geo::Position& target, double lowest_visible, const Target& what) const;

  private:
    Instrument instrument_;
    Viewshed view_;
    double lift_ = 0;
};

/// The same terrain with every elevation off by `sigmas` times what the raster may be off by there (TerrainError).
geo::Terrain shifted(const geo::Terrain& terrain, double sigmas);

}  // namespace asman::coverage
