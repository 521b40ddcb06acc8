// Terrain: elevation above mean sea level on a regular latitude-longitude grid.
#pragma once

#include <asman/base/result.hpp>
#include <asman/geo/point.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace asman::geo {

/// By how much elevations may be off: 1σ = √(floor² + (per_roughness·r)²), r the rms difference of a cell to its eight
/// neighbours. What is inside a cell is about 0.55·r: SRTM30_PLUS averaged to cells of 5′ against itself
/// (55–90°E 34–50°N, 26,000 cells; 0.4 to 0.6 for any r).
struct TerrainError {
    double floor = 5;
    double per_roughness = 0.55;
};

/// An elevation raster in memory. Pixel centres; rows from north to south. Safe to share between threads.
class Terrain {
  public:
    Terrain() = default;  ///< no data anywhere
    /// Flat terrain at sea level everywhere, for tests and the benchmark; source says so.
    static Terrain flat(double elevation_m = 0);
    static Terrain grid(Point north_west_centre, double step_lat, double step_lon, std::size_t rows,
                        std::size_t columns, std::vector<float> elevations, std::string source);
    /// One box of a TerrainStore that is used no more.
    static base::Result<Terrain> load(const std::string& path, Point south_west, Point north_east);
    /// ETOPO5 in its usual place, else an error that names the Debian package.
    static base::Result<Terrain> load_default(Point south_west, Point north_east);

    /// Bilinear; nothing outside the data.
    std::optional<double> elevation(Point p) const;
    double elevation_or(Point p, double fallback) const { return elevation(p).value_or(fallback); }
    /// What it is and how fine: "ETOPO5 (ferret-datasets), 5 arc minutes". Named in every result.
    const std::string& source() const;
    /// Size of a cell, metres (north–south); 0 for flat terrain.
    double resolution() const;

    /// The raster itself, for sweeps that read millions of cells. Valid as long as any copy of the terrain. NaN: no
    /// data. `wraps`: the columns go round the whole earth.
    struct View {
        Point north_west;  ///< centre of the first cell
        double step_lat = 0, step_lon = 0;
        std::size_t rows = 0, columns = 0;
        bool wraps = false;
        const float* values = nullptr;
    };
    /// Nothing for flat or absent terrain.
    std::optional<View> view() const;
    /// Share of the box asked for that has no data, voids and what lies outside the raster (0: complete). A product
    /// says so loudly.
    double missing() const;
    TerrainError error() const;
    /// What a user must be told: missing tiles by name, a vertical datum that was converted or is not EGM96.
    const std::vector<std::string>& notes() const;

    struct Data;

  private:
    friend class TerrainStore;
    /// A grid that was cut from a box of `asked` cells.
    static Terrain part(Point north_west_centre, double step_lat, double step_lon, std::size_t rows,
                        std::size_t columns, std::vector<float> elevations, std::string source, double asked,
                        std::vector<std::string> notes, TerrainError error);
    std::shared_ptr<const Data> data_;
};

/// Terrain on disk, opened once and read box by box: what does not fit in memory is taken in pieces. Decoded blocks
/// stay in a cache of 256 MiB (GDAL's), so boxes that overlap are cheap. Safe to share between threads.
class TerrainStore {
  public:
    /// Any raster that GDAL reads (GeoTIFF, .hgt, Copernicus tiles, VRT, netCDF: for ETOPO5 of Debian's ferret-datasets
    /// the variable ROSE), or a folder of tiles, which becomes one mosaic at the finest resolution among them. A raster
    /// in a projection is warped to latitude and longitude. Heights are metres or feet as the raster says; above the
    /// ellipsoid where its reference system says so (made heights above the sea with EGM96), else above mean sea level.
    /// With cells of 10″ and more, which go on under the sea, what is below 0 becomes 0; finer ones keep land below
    /// the sea.
    static base::Result<TerrainStore> open(const std::string& path);
    /// ETOPO5 in its usual place, else an error that names the Debian package.
    static base::Result<TerrainStore> open_default();
    /// `path`, or the default where it is empty.
    static base::Result<TerrainStore> open_or_default(const std::string& path) {
        return path.empty() ? open_default() : open(path);
    }
    /// Terrain that is in memory already: every box is all of it.
    TerrainStore(Terrain terrain);  // NOLINT(google-explicit-constructor)
    TerrainStore() : TerrainStore(Terrain{}) {}
    bool in_memory() const;
    /// A box in radians; south < north; west may be > east over the antimeridian.
    base::Result<Terrain> box(Point south_west, Point north_east) const;
    const std::string& source() const;
    /// Size of a cell, metres (north–south); 0 for flat terrain.
    double resolution() const;

    struct Data;

  private:
    Terrain terrain_;
    std::shared_ptr<Data> data_;  ///< null: in memory
};

}  // namespace asman::geo
