#include "terrain_raster.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>

namespace asman::geo {
namespace {

namespace fs = std::filesystem;

/// Relief with cells of 10″ or more (ETOPO, GEBCO, SRTM30_PLUS) goes on under the sea; SRTM and Copernicus do not.
constexpr double bathymetry_from = 10.0 / 3600;
/// The package's ETOPO5 lies 2 cells too far west and 3/4 of a cell too far north: found by least squares against
/// SRTM30_PLUS (55–90°E 34–50°N: 340 m RMS before, 261 m after) and confirmed by the published elevations of 26
/// airports on five continents (168 m before, 71 m after).
constexpr double etopo5_east = 2.0 / 12, etopo5_south = 0.75 / 12;  // degrees

base::Place place(const std::string& path) {
    return {path, 0, 0, {}};
}

std::string said_or(const std::string& otherwise) {
    const auto said = message();
    return said.empty() ? otherwise : said;
}

bool contains(std::string_view text, std::string_view word) {
    return text.find(word) != std::string_view::npos;
}

/// What the reference system says of heights.
void read_heights(Raster& r, OGRSpatialReferenceH srs) {
    const char* datum = OSRGetAttrValue(srs, "VERT_DATUM", 0);
    const char* system = OSRGetAttrValue(srs, "VERT_CS", 0);
    const std::string vertical = std::string(datum ? datum : "") + " " + (system ? system : "");
    if (contains(vertical, "llipsoid") || (vertical == " " && OSRIsGeographic(srs) && OSRGetAxesCount(srs) == 3)) {
        r.ellipsoidal = true;
        r.notes.push_back("heights above the ellipsoid, made heights above the sea with EGM96");
    } else if (vertical != " " && !contains(vertical, "EGM96")) {
        r.notes.push_back("heights above '" + std::string(system ? system : datum) +
                          "', taken as above EGM96 (geoids differ by about a metre)");
    }
}

base::Result<void> warp(Raster& r, OGRSpatialReferenceH) {
    const SpatialReference wgs84(OSRNewSpatialReference(nullptr));
    OSRImportFromEPSG(wgs84.get(), 4326);
    char* wkt = nullptr;
    OSRExportToWkt(wgs84.get(), &wkt);
    Dataset warped(GDALAutoCreateWarpedVRT(r.parts.back().get(), nullptr, wkt, GRA_Bilinear, 0.125, nullptr));
    CPLFree(wkt);
    if (!warped) return base::fail(base::Errc::bad_value, place(r.path), said_or("the raster cannot be warped"));
    r.parts.push_back(std::move(warped));
    return {};
}

void read_unit(Raster& r) {
    std::string unit = GDALGetRasterUnitType(r.band());
    std::ranges::transform(unit, unit.begin(), [](unsigned char c) { return std::tolower(c); });
    if (unit == "ft" || unit == "foot" || unit == "feet") r.to_metres = foot;
    if (unit.starts_with("us survey") || unit == "us-ft") r.to_metres = 1200.0 / 3937;
}

bool is_etopo5(const std::string& path) {
    return fs::path(path).filename() == "etopo5.cdf";
}

base::Result<void> locate(Raster& r) {
    if (GDALGetGeoTransform(r.parts.back().get(), r.transform) != CE_None)
        return base::fail(base::Errc::bad_value, place(r.path), "the raster says not where it lies (no geotransform)");
    auto& g = r.transform;
    if (g[2] != 0 || g[4] != 0 || !(g[1] > 0) || !(g[5] < 0))
        return base::fail(base::Errc::bad_value, place(r.path), "the raster is rotated or mirrored; north must be up");
    r.width = GDALGetRasterXSize(r.parts.back().get()), r.height = GDALGetRasterYSize(r.parts.back().get());
    // Some netCDF files print their steps as floats: a global raster is taken to be exactly global. Tiles with shared
    // edges may make it a column more than once round.
    const auto turn = static_cast<std::ptrdiff_t>(std::llround(360.0 / g[1]));
    if (std::abs(r.width * g[1] - 360.0) < 1.5 * g[1] && r.width >= turn) {
        r.around = turn;
        const double centre = g[0] + 0.5 * g[1];
        g[1] = 360.0 / static_cast<double>(turn);
        g[0] = centre - 0.5 * g[1];
    }
    if (is_etopo5(r.path)) g[0] += etopo5_east, g[3] -= etopo5_south;
    r.bathymetry = r.step_lat() > bathymetry_from;
    return {};
}

/// Files that a mosaic draws on and that are not there: GDAL would read nothing, or nothing but an error.
void list_holes(Raster& r) {
    char** files = GDALGetFileList(r.parts.front().get());
    for (int i = 0; i < CSLCount(files); ++i) {
        std::error_code ec;
        const std::string file = files[i];
        if (!file.starts_with("/vsi") && !fs::exists(file, ec)) r.holes.push_back(fs::path(file).filename().string());
    }
    CSLDestroy(files);
}

base::Result<Raster> finish(Raster r) {
    if (GDALGetRasterCount(r.parts.back().get()) == 0) {
        // A file of several variables: the elevation of ETOPO5 is ROSE.
        Dataset variable(GDALOpen(("NETCDF:\"" + r.path + "\":ROSE").c_str(), GA_ReadOnly));
        if (!variable || GDALGetRasterCount(variable.get()) == 0)
            return base::fail(base::Errc::bad_value, place(r.path), "the file holds no raster band");
        r.parts.push_back(std::move(variable));
    }
    const char* projection = GDALGetProjectionRef(r.parts.back().get());
    const SpatialReference srs(projection && *projection ? OSRNewSpatialReference(projection) : nullptr);
    if (srs) {
        read_heights(r, srs.get());
        read_unit(r);
        if (OSRIsProjected(srs.get())) ASMAN_CHECK(warp(r, srs.get()));
    } else {
        read_unit(r);
    }
    ASMAN_CHECK(locate(r));
    list_holes(r);
    return r;
}

/// A raster file by its name; SRTM also comes zipped.
bool is_tile(const fs::path& p) {
    auto extension = p.extension().string();
    std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
    if (extension == ".zip") return p.stem().extension() == ".hgt" || contains(p.stem().string(), "SRTM");
    for (const char* known : {".hgt", ".tif", ".tiff", ".dt0", ".dt1", ".dt2"})
        if (extension == known) return true;
    return false;
}

std::vector<std::string> tiles_in(const std::string& folder) {
    std::vector<std::string> out;
    std::error_code ec;
    for (fs::recursive_directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec)) {
        if (it.depth() > 3) it.disable_recursion_pending();
        if (it->is_regular_file(ec) && is_tile(it->path())) out.push_back(it->path().string());
    }
    std::ranges::sort(out);
    return out;
}

std::string tile_name(int lat, int lon) {
    char text[32];
    std::snprintf(text, sizeof text, "%c%02d%c%03d", lat < 0 ? 'S' : 'N', std::abs(lat), lon < 0 ? 'W' : 'E',
                  std::abs(lon));
    return text;
}

}  // namespace

base::Result<Raster> open_raster(const std::string& path) {
    Raster r;
    r.path = path;
    Dataset data(GDALOpen(path.c_str(), GA_ReadOnly));
    if (!data) return base::fail(base::Errc::io, place(path), said_or("not a raster that GDAL can read"));
    r.parts.push_back(std::move(data));
    return finish(std::move(r));
}

base::Result<Raster> open_folder(const std::string& path) {
    const auto tiles = tiles_in(path);
    if (tiles.empty())
        return base::fail(base::Errc::missing, place(path), "no terrain tile in this folder (*.hgt, *.tif, *.dt2)");
    char** names = nullptr;
    for (const auto& t : tiles) names = CSLAddString(names, t.c_str());
    char** arguments = CSLAddString(nullptr, "-resolution");
    for (const char* a : {"highest", "-r", "bilinear"}) arguments = CSLAddString(arguments, a);
    GDALBuildVRTOptions* options = GDALBuildVRTOptionsNew(arguments, nullptr);
    int usage = 0;
    Raster r;
    r.path = path;
    Dataset mosaic(GDALBuildVRT("", static_cast<int>(tiles.size()), nullptr, names, options, &usage));
    GDALBuildVRTOptionsFree(options);
    CSLDestroy(arguments), CSLDestroy(names);
    if (!mosaic)
        return base::fail(base::Errc::bad_value, place(path), said_or("the tiles of this folder do not fit together"));
    r.parts.push_back(std::move(mosaic));
    return finish(std::move(r));
}

TileIndex index_folder(const std::string& path) {
    TileIndex out;
    for (const auto& t : tiles_in(path)) {
        const Dataset data(GDALOpen(t.c_str(), GA_ReadOnly));
        double g[6];
        if (!data || GDALGetGeoTransform(data.get(), g) != CE_None) continue;
        out.add(g[0], g[3] + GDALGetRasterYSize(data.get()) * g[5], g[0] + GDALGetRasterXSize(data.get()) * g[1], g[3]);
    }
    return out;
}

std::vector<std::string> TileIndex::absent(Point sw, Point ne) const {
    std::vector<std::string> out;
    double east = ne.lon_deg();
    if (east <= sw.lon_deg()) east += 360;  // over the antimeridian
    for (int lat = static_cast<int>(std::floor(sw.lat_deg())); lat < ne.lat_deg(); ++lat)
        for (int lon = static_cast<int>(std::floor(sw.lon_deg())); lon < east; ++lon) {
            const double y = lat + 0.5, x = lon + 0.5 - (lon >= 180 ? 360 : 0);
            const auto holds = [&](const Box& b) { return b.south <= y && y <= b.north && b.west <= x && x <= b.east; };
            if (std::ranges::none_of(boxes_, holds)) out.push_back(tile_name(lat, lon >= 180 ? lon - 360 : lon));
        }
    return out;
}

}  // namespace asman::geo
