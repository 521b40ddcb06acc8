// The lowest visible height of every cell around an antenna, for all altitudes at once.
//
// The raster lies in the antenna's tangent plane, in which a ray is a straight line; a cell holds the `up` coordinate
// of the terrain above the antenna, lifted for refraction (horizon.hpp). From row to row outward the sweep carries the
// largest tangent along fans of rays (Franklin and Ray's R2 with rays no farther apart than a fraction of a cell,
// doubled as the fan widens), so that each cell reads its horizon between two neighbouring rays.
#pragma once

#include <asman/base/result.hpp>
#include <asman/coverage/horizon.hpp>
#include <asman/geo/terrain.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace asman::coverage {

struct SweepOptions {
    std::size_t threads = 2;
    /// Rays for each cell of the outermost row, at least. 1: fast; 2: nearest to the ray caster.
    std::size_t rays_per_cell = 2;
    double lowest_elevation = -1.5;  ///< radians; the beam's lower edge (antenna tilt). Below: nothing is seen
    std::size_t near_field = 0;      ///< cells around the antenna that do not mask
};

/// In place: `surface` holds (2·half+1)² lifted `up` coordinates, metres, rows from north to south, the antenna at 0
/// over the centre. Afterwards: height above the surface, metres, of the lowest visible point; NaN outside the circle
/// of half·cell. The same for every number of threads.
void sweep(std::span<float> surface, std::size_t half, double cell, const SweepOptions& options = {});

/// What sweep() computes, for one cell at (east, north) cells from the antenna, by walking along its own ray: the
/// oracle of the tests. `low` and `high`: with every step of the ray at the lowest and highest terrain within `band`
/// cells to its sides, which is what interpolation between rays that far apart can change.
struct CastRay {
    double exact = 0, low = 0, high = 0;
};
CastRay cast_ray(std::span<const float> surface, std::size_t half, double cell, long east, long north, double band = 0,
                 const SweepOptions& options = {});

struct ViewshedOptions {
    double range = 400e3;  ///< metres
    double cell = 0;       ///< metres; 0: the terrain's resolution. Never finer than the terrain says anything about
    double k = standard_k;
    SweepOptions sweep{};
};

/// A viewshed on its antenna's tangent plane.
struct Viewshed {
    geo::LocalFrame frame;
    std::size_t half = 0;
    double cell = 0;
    std::vector<float> above_ground;  ///< metres; rows from north to south; NaN: out of range or no terrain data
    double missing = 0;               ///< share of cells without terrain data (taken as sea for the rays)
    std::string terrain;              ///< source and resolution

    std::size_t side() const { return 2 * half + 1; }
    /// The cell that holds the point, or NaN.
    float at(geo::Point p) const;
};

/// Errors: an antenna below the terrain under it, options that are not positive, more than 2^30 cells.
base::Result<Viewshed> viewshed(const geo::Terrain& terrain, const geo::Geoid& geoid, const geo::Position& antenna,
                                const ViewshedOptions& options);

/// The terrain around an antenna as sweep() wants it: lifted `up` coordinates relative to the antenna. `missing` gets
/// the share of cells without data.
std::vector<float> lifted_surface(const geo::Terrain& terrain, const geo::Geoid& geoid, const geo::LocalFrame& frame,
                                  std::size_t half, double cell, double k, std::size_t threads, double& missing);

}  // namespace asman::coverage
