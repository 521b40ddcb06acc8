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
    /// Any raster GDAL reads (GeoTIFF, .hgt, netCDF: for ETOPO5 of Debian's ferret-datasets the variable ROSE), cut to
    /// a box (radians; south < north; west may be > east over the antimeridian). Depths of the sea become 0.
    static base::Result<Terrain> load(const std::string& path, Point south_west, Point north_east);
    /// ETOPO5 in its usual place, else an error that names the Debian package.
    static base::Result<Terrain> load_default(Point south_west, Point north_east);

    /// Bilinear; nothing outside the data.
    std::optional<double> elevation(Point p) const;
    double elevation_or(Point p, double fallback) const { return elevation(p).value_or(fallback); }
    /// What it is and how fine: "ETOPO5 (ferret-datasets), 5 arc minutes". Named in every result.
    const std::string& source() const;
    /// Size of a cell, metres (north–south).
    double resolution() const;

    struct Data;

  private:
    std::shared_ptr<const Data> data_;
};

}  // namespace asman::geo
