// Terrain: elevation above mean sea level on a regular latitude-longitude grid.
#pragma once

#include <asman/base/result.hpp>
#include <asman/geo/point.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace asman::geo {

/// An elevation raster in memory. Pixel centres; rows from north to south. Safe to share between threads.
class Terrain {
  public:
    Terrain() = default;  ///< no data anywhere
    /// Flat terrain at sea level everywhere, for tests and the benchmark; source says so.
    static Terrain flat(double elevation_m = 0);
    static Terrain grid(Point north_west_centre, double step_lat, double step_lon, std::size_t rows,
                        std::size_t columns, std::vector<float> elevations, std::string source);
    /// Any raster GDAL reads (GeoTIFF, .hgt, VRT, netCDF: for ETOPO5 of Debian's ferret-datasets the variable ROSE),
    /// cut to a box (radians; south < north; west may be > east over the antimeridian). Elevations are taken as above
    /// mean sea level. What is below it becomes 0: bathymetry cannot be told from a depression on land, and a beam
    /// travels over the water. A raster in a projection is warped to latitude and longitude.
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
    /// Share of the cells of the box asked for that have no data (0: complete). A product says so loudly.
    double missing() const;

    struct Data;

  private:
    std::shared_ptr<const Data> data_;
};

}  // namespace asman::geo
