// Rasters as cloud-optimised GeoTIFF, and their lines of equal value as GeoJSON.
#include "gdal_files.hpp"

#include <asman/coverage/output.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace asman::coverage {
namespace {

SpatialReference wgs84() {
    SpatialReference srs(OSRNewSpatialReference(nullptr));
    OSRImportFromEPSG(srs.get(), 4326);
    OSRSetAxisMappingStrategy(srs.get(), OAMS_TRADITIONAL_GIS_ORDER);
    return srs;
}

void set_reference(GDALDatasetH data, OGRSpatialReferenceH srs, const Metadata& metadata) {
    char* text = nullptr;
    OSRExportToWkt(srs, &text);
    GDALSetProjection(data, text ? text : "");
    CPLFree(text);
    for (const auto& [key, value] : metadata) GDALSetMetadataItem(data, key.c_str(), value.c_str(), nullptr);
}

void describe(GDALRasterBandH band, const std::string& name, const std::string& unit, const std::string& description) {
    GDALSetRasterNoDataValue(band, std::numeric_limits<double>::quiet_NaN());
    GDALSetDescription(band, name.c_str());
    GDALSetRasterUnitType(band, unit.c_str());
    GDALSetMetadataItem(band, "description", description.c_str(), nullptr);
}

/// A dataset over arrays that are there already: nothing is copied.
base::Result<Dataset> over_arrays(const std::string& path, std::size_t columns, std::size_t rows,
                                  std::span<const float* const> bands) {
    Dataset data(GDALCreate(GDALGetDriverByName("MEM"), "", static_cast<int>(columns), static_cast<int>(rows), 0,
                            GDT_Float32, nullptr));
    if (!data) return gdal_failed(path, "no memory for the raster");
    for (const float* values : bands) {
        char pointer[64];
        const int n = CPLPrintPointer(pointer, const_cast<float*>(values), sizeof pointer - 1);
        pointer[n] = 0;
        char** options = CSLSetNameValue(nullptr, "DATAPOINTER", pointer);
        const auto status = GDALAddBand(data.get(), GDT_Float32, options);
        CSLDestroy(options);
        if (status != CE_None) return gdal_failed(path, "the raster cannot be filled");
    }
    return data;
}

base::Result<Dataset> in_memory(const std::string& path, const Grid& g, const std::vector<Layer>& layers,
                                const Metadata& metadata) {
    std::vector<const float*> bands;
    for (const auto& l : layers) {
        if (l.values.size() != g.size())
            return base::fail(base::Errc::bad_value, "layer '" + l.name + "' is not of the grid's size");
        bands.push_back(l.values.data());
    }
    ASMAN_TRY(auto data, over_arrays(path, g.columns, g.rows, bands));
    // Edges, not centres; a grid over the antimeridian goes on beyond 180°.
    double transform[6] = {(g.north_west.lon - g.step_lon / 2) / geo::deg,
                           g.step_lon / geo::deg,
                           0,
                           (g.north_west.lat + g.step_lat / 2) / geo::deg,
                           0,
                           -g.step_lat / geo::deg};
    GDALSetGeoTransform(data.get(), transform);
    set_reference(data.get(), wgs84().get(), metadata);
    for (std::size_t i = 0; i < layers.size(); ++i)
        describe(GDALGetRasterBand(data.get(), static_cast<int>(i + 1)), layers[i].name, layers[i].unit,
                 layers[i].description);
    return data;
}

base::Result<void> write_cog(const std::string& path, const Dataset& data) {
    GDALDriverH driver = GDALGetDriverByName("COG");
    if (!driver) return gdal_failed(path, "this GDAL cannot write cloud-optimised GeoTIFF");
    char** options = nullptr;
    for (const char* option : {"COMPRESS=DEFLATE", "PREDICTOR=YES", "OVERVIEW_RESAMPLING=NEAREST", "BIGTIFF=IF_SAFER"})
        options = CSLAddString(options, option);
    const Dataset file(GDALCreateCopy(driver, path.c_str(), data.get(), FALSE, options, nullptr, nullptr));
    CSLDestroy(options);
    if (!file) return gdal_failed(path, "the GeoTIFF cannot be written");
    return {};
}

}  // namespace

base::Result<void> write_geotiff(const std::string& path, const Grid& grid, const std::vector<Layer>& layers,
                                 const Metadata& metadata) {
    ASMAN_CHECK(ready());
    const Quiet quiet;
    ASMAN_TRY(const auto data, in_memory(path, grid, layers, metadata));
    return write_cog(path, data);
}

base::Result<void> write_view(const std::string& path, const Viewshed& view, const Metadata& metadata) {
    ASMAN_CHECK(ready());
    const Quiet quiet;
    const float* band = view.above_ground.data();
    ASMAN_TRY(const auto data, over_arrays(path, view.side(), view.side(), {&band, 1}));
    const double edge = (static_cast<double>(view.half) + 0.5) * view.cell;
    double transform[6] = {-edge, view.cell, 0, edge, 0, -view.cell};
    GDALSetGeoTransform(data.get(), transform);
    const auto& origin = view.frame.origin();
    const SpatialReference srs(OSRNewSpatialReference(nullptr));
    const auto text = fmt::format("+proj=ortho +lat_0={:.9f} +lon_0={:.9f} +ellps=WGS84 +units=m +no_defs",
                                  origin.at.lat_deg(), origin.at.lon_deg());
    if (OSRImportFromProj4(srs.get(), text.c_str()) != OGRERR_NONE)
        return gdal_failed(path, "the projection is not known to PROJ");
    auto all = metadata;
    all["antenna"] = fmt::format("{:.6f}, {:.6f}, {:.1f} m above the ellipsoid", origin.at.lat_deg(),
                                 origin.at.lon_deg(), origin.height.m);
    all["horizontal_datum"] = "WGS-84; the antenna's tangent plane, in which lines of sight are straight";
    all["vertical_datum"] = "above ground";
    all["place_of_a_cell"] =
        "the ground that stands over it: ground h metres high at distance d lies h*d/6371 km nearer than on the "
        "ellipsoid";
    set_reference(data.get(), srs.get(), all);
    describe(GDALGetRasterBand(data.get(), 1), "lowest_visible_above_ground", "m",
             "lowest visible height above ground, all altitudes at once; NaN: out of range");
    return write_cog(path, data);
}

base::Result<void> write_contours(const std::string& path, const Grid& grid, const Layer& layer,
                                  const std::vector<double>& values, const Metadata& metadata) {
    ASMAN_CHECK(ready());
    const Quiet quiet;
    ASMAN_TRY(const auto data, in_memory(path, grid, {layer}, metadata));
    std::error_code ec;
    std::filesystem::remove(path, ec);  // OGR refuses to write over a file
    const Dataset file(GDALCreate(GDALGetDriverByName("GeoJSON"), path.c_str(), 0, 0, 0, GDT_Unknown, nullptr));
    if (!file) return gdal_failed(path, "the GeoJSON cannot be written");
    std::string description = layer.name + " [" + layer.unit + "]";
    for (const auto& [key, value] : metadata) description += "; " + key + ": " + value;
    char** options = CSLSetNameValue(nullptr, "DESCRIPTION", description.c_str());
    options = CSLSetNameValue(options, "COORDINATE_PRECISION", "5");
    options = CSLSetNameValue(options, "RFC7946", "YES");
    OGRLayerH out = GDALDatasetCreateLayer(file.get(), layer.name.c_str(), wgs84().get(), wkbLineString, options);
    CSLDestroy(options);
    if (!out) return gdal_failed(path, "the GeoJSON cannot be written");
    OGRFieldDefnH value = OGR_Fld_Create("value", OFTReal);
    OGR_L_CreateField(out, value, TRUE);
    OGR_Fld_Destroy(value);
    std::string levels;
    for (const double v : values) levels += (levels.empty() ? "" : ",") + fmt::format("{:.6g}", v);
    char** contour = CSLSetNameValue(nullptr, "FIXED_LEVELS", levels.c_str());
    contour = CSLSetNameValue(contour, "ELEV_FIELD", "0");
    contour = CSLSetNameValue(contour, "NODATA", "nan");
    const auto status = GDALContourGenerateEx(GDALGetRasterBand(data.get(), 1), out, contour, nullptr, nullptr);
    CSLDestroy(contour);
    if (status != CE_None) return gdal_failed(path, "contours cannot be drawn");
    return {};
}

}  // namespace asman::coverage
