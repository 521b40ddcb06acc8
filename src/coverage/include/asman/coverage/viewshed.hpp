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
    /// Diffraction margin: terrain at distance r masks as if it stood clearance·√r higher, √metres. See
    /// fresnel_clearance().
    double clearance = 0;
};

/// Clearance for rays that must pass terrain by a fraction of the first Fresnel zone's radius, √(λ·d1·d2/(d1 + d2))
/// (ITU-R P.526-15, equation 2): taken for a target far behind what masks (d2 ≫ d1), which is its largest. 0.6 leaves
/// free-space propagation. Wavelength in metres: 0.29 for replies and ADS-B (1090 MHz), 0.23 for L band, 0.10 for S.
double fresnel_clearance(double fraction, double wavelength);

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
    SweepOptions sweep{};  ///< near_field 0: one terrain cell
};

/// A viewshed on its antenna's tangent plane.
struct Viewshed {
    geo::LocalFrame frame;
    std::size_t half = 0;
    double cell = 0;
    std::vector<float> above_ground;  ///< metres; rows from north to south; NaN: out of range or no terrain data
    double missing = 0;               ///< share of cells without terrain data (taken as sea for the rays)
    double k = standard_k;
    std::string terrain;  ///< source and resolution

    std::size_t side() const { return 2 * half + 1; }
    /// Above the ground at a place on the ground (its height counts far away, where the normal leans), bilinear; the
    /// nearest cell beside cells that are out of range; NaN out of range.
    float at(const geo::Position& ground) const;
    /// The lowest visible height above the ellipsoid over a place with this ground; NaN out of range.
    double lowest_visible(const geo::Position& ground) const;
};

/// Terrain is read in pieces where the store is not in memory: beside the raster itself (4 bytes a cell) 256 MiB and
/// GDAL's cache. Errors: an antenna below the terrain under it or outside it, options that are not positive, more than
/// 2^30 cells, terrain that cannot be read.
base::Result<Viewshed> viewshed(const geo::TerrainStore& terrain, const geo::Geoid& geoid, const geo::Position& antenna,
                                const ViewshedOptions& options);

/// The terrain around an antenna as sweep() wants it: `up` coordinates relative to the antenna, lifted for refraction,
/// of the ground that stands over each cell. `missing` gets the share of cells without data, which are taken as sea.
base::Result<std::vector<float>> lifted_surface(const geo::TerrainStore& terrain, const geo::Geoid& geoid,
                                                const geo::LocalFrame& frame, std::size_t half, double cell, double k,
                                                std::size_t threads, double& missing);

}  // namespace asman::coverage
