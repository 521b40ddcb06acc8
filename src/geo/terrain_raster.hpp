// One raster as GDAL opens it, with what its numbers mean. Only the terrain files of this room include it.
#pragma once

#include <asman/base/result.hpp>
#include <asman/geo/gdal.hpp>
#include <asman/geo/point.hpp>

#include <string>
#include <vector>

namespace asman::geo {

using namespace gdal;

/// A raster in latitude and longitude, north up. GDAL's datasets serve one thread at a time.
struct Raster {
    std::vector<Dataset> parts;  ///< the one to read is the last; the others are what it draws on
    std::string path;
    double transform[6] = {};  ///< GDAL's geotransform, degrees
    int width = 0, height = 0;
    std::ptrdiff_t around = 0;       ///< columns once round the earth; 0: the raster does not go round it
    bool ellipsoidal = false;        ///< heights above the ellipsoid, not above the sea
    double to_metres = 1;            ///< of a stored unit
    bool bathymetry = false;         ///< may hold the sea's floor: coarse global relief does
    std::vector<std::string> notes;  ///< what a user of it must be told
    std::vector<std::string> holes;  ///< files that a mosaic names and that are not there

    GDALRasterBandH band() const { return GDALGetRasterBand(parts.back().get(), 1); }
    double step_lon() const { return transform[1]; }
    double step_lat() const { return -transform[5]; }
};

/// Opens a raster file; one in a projection is warped. Errors: not a raster, no place, rotated.
base::Result<Raster> open_raster(const std::string& path);
/// A folder of tiles as one raster (at the finest resolution among them): *.hgt, *.tif, *.dt0 … dt2, *.zip of SRTM,
/// three folders deep.
base::Result<Raster> open_folder(const std::string& path);

/// Names of the 1° cells of a box (south-west corners: "N42E074") whose middle no tile of the folder covers.
class TileIndex {
  public:
    void add(double west, double south, double east, double north) { boxes_.push_back({west, south, east, north}); }
    std::vector<std::string> absent(Point south_west, Point north_east) const;
    bool empty() const { return boxes_.empty(); }

  private:
    struct Box {
        double west, south, east, north;
    };
    std::vector<Box> boxes_;
};
TileIndex index_folder(const std::string& path);

}  // namespace asman::geo
