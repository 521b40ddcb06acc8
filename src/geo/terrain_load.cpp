// Terrain from files. The only place of this room that knows GDAL.
#include <asman/geo/terrain.hpp>

#include <cpl_conv.h>
#include <cpl_error.h>
#include <gdal.h>
#include <gdal_utils.h>
#include <gdalwarper.h>
#include <ogr_srs_api.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>
#include <mutex>

namespace asman::geo {
namespace {

constexpr double pi = std::numbers::pi;
constexpr const char* etopo5 = "/usr/share/ferret-vis/data/etopo5.cdf";
/// The package's ETOPO5 lies 2 cells too far west and 3/4 of a cell too far north: found by least squares against
/// SRTM30_PLUS (55–90°E 34–50°N: 340 m RMS before, 261 m after) and confirmed by the published elevations of 26
/// airports on five continents (168 m before, 71 m after).
constexpr double etopo5_east = 2.0 / 12, etopo5_south = 0.75 / 12;  // degrees
/// More cells than this in one box are refused: 4 GiB of floats.
constexpr double max_cells = 1'073'741'824.0;

struct Close {
    void operator()(void* d) const { GDALClose(d); }
};
using Dataset = std::unique_ptr<void, Close>;

/// GDAL prints its errors on standard error by default; here they become Error::reason.
struct Quiet {
    Quiet() { CPLPushErrorHandler(CPLQuietErrorHandler); }
    ~Quiet() { CPLPopErrorHandler(); }
};

base::Place place(const std::string& path) {
    return {path, 0, 0, {}};
}

std::string gdal_message(const std::string& otherwise) {
    const std::string text = CPLGetLastErrorMsg();
    return text.empty() ? otherwise : text;
}

base::Result<Dataset> open_geographic(const std::string& path) {
    Dataset data(GDALOpen(path.c_str(), GA_ReadOnly));
    if (!data) return base::fail(base::Errc::io, place(path), gdal_message("not a raster that GDAL can read"));
    if (GDALGetRasterCount(data.get()) == 0) {
        // A file of several variables: the elevation of ETOPO5 is ROSE.
        Dataset variable(GDALOpen(("NETCDF:\"" + path + "\":ROSE").c_str(), GA_ReadOnly));
        if (!variable || GDALGetRasterCount(variable.get()) == 0)
            return base::fail(base::Errc::bad_value, place(path), "the file holds no raster band");
        data = std::move(variable);
    }
    const char* projection = GDALGetProjectionRef(data.get());
    if (projection && *projection) {
        OGRSpatialReferenceH srs = OSRNewSpatialReference(projection);
        const bool projected = srs && OSRIsProjected(srs) != 0;
        OSRDestroySpatialReference(srs);
        if (projected) {
            OGRSpatialReferenceH wgs84 = OSRNewSpatialReference(nullptr);
            OSRImportFromEPSG(wgs84, 4326);
            char* wkt = nullptr;
            OSRExportToWkt(wgs84, &wkt);
            Dataset warped(GDALAutoCreateWarpedVRT(data.get(), nullptr, wkt, GRA_Bilinear, 0.125, nullptr));
            CPLFree(wkt);
            OSRDestroySpatialReference(wgs84);
            if (!warped)
                return base::fail(base::Errc::bad_value, place(path), gdal_message("the raster cannot be warped"));
            // The VRT holds its own reference to the source.
            data = std::move(warped);
        }
    }
    return data;
}

/// The part of the raster's columns that a box needs; `turn` whole turns are already taken off.
struct Window {
    std::ptrdiff_t first_column = 0, columns = 0, first_row = 0, rows = 0;
    bool wraps = false;
};

base::Result<Window> window(const std::string& path, const double (&g)[6], int width, int height, Point sw, Point ne) {
    if (g[2] != 0 || g[4] != 0 || !(g[1] > 0) || !(g[5] < 0))
        return base::fail(base::Errc::bad_value, place(path), "the raster is rotated or mirrored; north must be up");
    if (!(sw.lat < ne.lat))
        return base::fail(base::Errc::bad_value, place(path), "the box's south must be below its north");
    const double step_lon = g[1] * deg, step_lat = -g[5] * deg;
    const double west_centre = (g[0] + 0.5 * g[1]) * deg, north_centre = (g[3] + 0.5 * g[5]) * deg;
    Window w;
    w.wraps = std::abs(width * g[1] - 360.0) < 0.5 * g[1];
    double span = ne.lon - sw.lon;
    if (span <= 0) span += 2 * pi;  // over the antimeridian
    double from = wrap_2pi(sw.lon - west_centre);
    if (!w.wraps && from + span > 2 * pi) from -= 2 * pi;  // the box begins west of the raster
    // One cell more on each side, for interpolation at the box's edge.
    w.first_column = static_cast<std::ptrdiff_t>(std::floor(from / step_lon)) - 1;
    auto last_column = static_cast<std::ptrdiff_t>(std::ceil((from + span) / step_lon)) + 1;
    w.first_row =
        std::max<std::ptrdiff_t>(static_cast<std::ptrdiff_t>(std::floor((north_centre - ne.lat) / step_lat)) - 1, 0);
    const auto last_row = std::min<std::ptrdiff_t>(
        static_cast<std::ptrdiff_t>(std::ceil((north_centre - sw.lat) / step_lat)) + 1, height - 1);
    if (w.wraps) {
        if (last_column - w.first_column + 1 >= width) w.first_column = 0, last_column = width - 1;
    } else {
        w.first_column = std::max<std::ptrdiff_t>(w.first_column, 0);
        last_column = std::min<std::ptrdiff_t>(last_column, width - 1);
    }
    w.columns = last_column - w.first_column + 1;
    w.rows = last_row - w.first_row + 1;
    if (w.columns <= 0 || w.rows <= 0)
        return base::fail(base::Errc::missing, place(path), "the raster has nothing inside the box asked for");
    if (static_cast<double>(w.columns) * static_cast<double>(w.rows) > max_cells)
        return base::fail(base::Errc::full, place(path), "the box holds more than 2^30 cells; ask for a smaller one");
    return w;
}

base::Result<std::vector<float>> read(const std::string& path, GDALRasterBandH band, const Window& w, int width) {
    std::vector<float> values(static_cast<std::size_t>(w.columns * w.rows));
    std::ptrdiff_t done = 0;
    while (done < w.columns) {  // at most two pieces where the box lies over the raster's seam
        std::ptrdiff_t from = w.first_column + done;
        if (w.wraps) from = ((from % width) + width) % width;
        const std::ptrdiff_t n = std::min<std::ptrdiff_t>(w.columns - done, width - from);
        const auto status =
            GDALRasterIO(band, GF_Read, static_cast<int>(from), static_cast<int>(w.first_row), static_cast<int>(n),
                         static_cast<int>(w.rows), values.data() + done, static_cast<int>(n), static_cast<int>(w.rows),
                         GDT_Float32, 0, static_cast<int>(w.columns * static_cast<std::ptrdiff_t>(sizeof(float))));
        if (status != CE_None)
            return base::fail(base::Errc::io, place(path), gdal_message("the raster cannot be read"));
        done += n;
    }
    int has = 0;
    const double no_data = GDALGetRasterNoDataValue(band, &has);
    for (float& v : values) {
        // A declared no-data value of 0 is how some SRTM derivatives mark the sea.
        if (has && no_data != 0 && static_cast<double>(v) == no_data) v = std::numeric_limits<float>::quiet_NaN();
        if (v < -30000.0f) v = std::numeric_limits<float>::quiet_NaN();
        if (v < 0) v = 0;
    }
    return values;
}

bool is_etopo5(const std::string& path) {
    return std::filesystem::path(path).filename() == "etopo5.cdf";
}

std::string describe(const std::string& path, double step_lat_deg) {
    const std::string what =
        is_etopo5(path) ? "ETOPO5 (ferret-datasets, re-registered)" : std::filesystem::path(path).filename().string();
    const double seconds = step_lat_deg * 3600;
    char text[64];
    if (seconds > 59.5)
        std::snprintf(text, sizeof text, ", %.3g arc minutes", seconds / 60);
    else
        std::snprintf(text, sizeof text, ", %.3g arc seconds (%.0f m)", seconds, seconds / 3600 * deg * 6371008.8);
    return what + text;
}

}  // namespace

base::Result<Terrain> Terrain::load(const std::string& path, Point south_west, Point north_east) {
    static std::once_flag registered;
    std::call_once(registered, [] { GDALAllRegister(); });
    std::error_code ec;
    if (!std::filesystem::exists(path, ec)) return base::fail(base::Errc::io, place(path), "no such file");
    const Quiet quiet;
    CPLErrorReset();
    ASMAN_TRY(auto data, open_geographic(path));
    double g[6];
    if (GDALGetGeoTransform(data.get(), g) != CE_None)
        return base::fail(base::Errc::bad_value, place(path), "the raster says not where it lies (no geotransform)");
    const int width = GDALGetRasterXSize(data.get()), height = GDALGetRasterYSize(data.get());
    // Some netCDF files print their steps as floats: a global raster is taken to be exactly global.
    if (std::abs(width * g[1] - 360.0) < 0.5 * g[1]) {
        const double centre = g[0] + 0.5 * g[1];
        g[1] = 360.0 / width;
        g[0] = centre - 0.5 * g[1];
    }
    if (is_etopo5(path)) g[0] += etopo5_east, g[3] -= etopo5_south;
    ASMAN_TRY(const Window w, window(path, g, width, height, south_west, north_east));
    ASMAN_TRY(auto values, read(path, GDALGetRasterBand(data.get(), 1), w, width));
    const Point nw{(g[3] + (static_cast<double>(w.first_row) + 0.5) * g[5]) * deg,
                   wrap_pi((g[0] + (static_cast<double>(w.first_column) + 0.5) * g[1]) * deg)};
    return grid(nw, -g[5] * deg, g[1] * deg, static_cast<std::size_t>(w.rows), static_cast<std::size_t>(w.columns),
                std::move(values), describe(path, -g[5]));
}

base::Result<Terrain> Terrain::load_default(Point south_west, Point north_east) {
    std::error_code ec;
    if (!std::filesystem::exists(etopo5, ec))
        return base::fail(base::Errc::missing, place(etopo5),
                          "ETOPO5 is not installed: it comes with Debian's package ferret-datasets");
    return load(etopo5, south_west, north_east);
}

}  // namespace asman::geo
