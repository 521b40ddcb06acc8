#include <asman/coverage/output.hpp>

#include <fmt/format.h>

#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <gdal.h>
#include <gdal_alg.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <mutex>

namespace asman::coverage {
namespace {

struct Close {
    void operator()(void* d) const { GDALClose(d); }
};
using Dataset = std::unique_ptr<void, Close>;

struct Quiet {
    Quiet() {
        static std::once_flag registered;
        std::call_once(registered, [] { GDALAllRegister(); });
        CPLPushErrorHandler(CPLQuietErrorHandler);
        CPLErrorReset();
    }
    ~Quiet() { CPLPopErrorHandler(); }
};

std::unexpected<base::Error> failed(const std::string& path, const std::string& what) {
    const std::string message = CPLGetLastErrorMsg();
    return base::fail(base::Errc::io, {path, 0, 0, {}}, message.empty() ? what : what + ": " + message);
}

std::string wgs84() {
    OGRSpatialReferenceH srs = OSRNewSpatialReference(nullptr);
    OSRImportFromEPSG(srs, 4326);
    char* text = nullptr;
    OSRExportToWkt(srs, &text);
    std::string out = text ? text : "";
    CPLFree(text);
    OSRDestroySpatialReference(srs);
    return out;
}

base::Result<Dataset> in_memory(const std::string& path, const Grid& g, const std::vector<Layer>& layers,
                                const Metadata& metadata) {
    for (const auto& l : layers)
        if (l.values.size() != g.size())
            return base::fail(base::Errc::bad_value, "layer '" + l.name + "' is not of the grid's size");
    GDALDriverH driver = GDALGetDriverByName("MEM");
    Dataset data(GDALCreate(driver, "", static_cast<int>(g.columns), static_cast<int>(g.rows),
                            static_cast<int>(layers.size()), GDT_Float32, nullptr));
    if (!data) return failed(path, "no memory for the raster");
    // Edges, not centres; a grid over the antimeridian goes on beyond 180°.
    double transform[6] = {(g.north_west.lon - g.step_lon / 2) / geo::deg,
                           g.step_lon / geo::deg,
                           0,
                           (g.north_west.lat + g.step_lat / 2) / geo::deg,
                           0,
                           -g.step_lat / geo::deg};
    GDALSetGeoTransform(data.get(), transform);
    GDALSetProjection(data.get(), wgs84().c_str());
    for (const auto& [key, value] : metadata) GDALSetMetadataItem(data.get(), key.c_str(), value.c_str(), nullptr);
    for (std::size_t i = 0; i < layers.size(); ++i) {
        GDALRasterBandH band = GDALGetRasterBand(data.get(), static_cast<int>(i + 1));
        GDALSetRasterNoDataValue(band, std::numeric_limits<double>::quiet_NaN());
        GDALSetDescription(band, layers[i].name.c_str());
        GDALSetRasterUnitType(band, layers[i].unit.c_str());
        GDALSetMetadataItem(band, "description", layers[i].description.c_str(), nullptr);
        if (GDALRasterIO(band, GF_Write, 0, 0, static_cast<int>(g.columns), static_cast<int>(g.rows),
                         const_cast<float*>(layers[i].values.data()), static_cast<int>(g.columns),
                         static_cast<int>(g.rows), GDT_Float32, 0, 0) != CE_None)
            return failed(path, "the raster cannot be filled");
    }
    return data;
}

}  // namespace

base::Result<void> write_geotiff(const std::string& path, const Grid& grid, const std::vector<Layer>& layers,
                                 const Metadata& metadata) {
    const Quiet quiet;
    ASMAN_TRY(const auto data, in_memory(path, grid, layers, metadata));
    GDALDriverH driver = GDALGetDriverByName("COG");
    if (!driver) return failed(path, "this GDAL cannot write cloud-optimised GeoTIFF");
    char** options = CSLSetNameValue(nullptr, "COMPRESS", "DEFLATE");
    options = CSLSetNameValue(options, "OVERVIEW_RESAMPLING", "NEAREST");
    const Dataset file(GDALCreateCopy(driver, path.c_str(), data.get(), FALSE, options, nullptr, nullptr));
    CSLDestroy(options);
    if (!file) return failed(path, "the GeoTIFF cannot be written");
    return {};
}

base::Result<void> write_contours(const std::string& path, const Grid& grid, const Layer& layer,
                                  const std::vector<double>& values, const Metadata& metadata) {
    const Quiet quiet;
    ASMAN_TRY(const auto data, in_memory(path, grid, {layer}, metadata));
    std::error_code ec;
    std::filesystem::remove(path, ec);  // OGR refuses to write over a file
    GDALDriverH driver = GDALGetDriverByName("GeoJSON");
    const Dataset file(GDALCreate(driver, path.c_str(), 0, 0, 0, GDT_Unknown, nullptr));
    if (!file) return failed(path, "the GeoJSON cannot be written");
    OGRSpatialReferenceH srs = OSRNewSpatialReference(nullptr);
    OSRImportFromEPSG(srs, 4326);
    OSRSetAxisMappingStrategy(srs, OAMS_TRADITIONAL_GIS_ORDER);
    std::string description = layer.name + " [" + layer.unit + "]";
    for (const auto& [key, value] : metadata) description += "; " + key + ": " + value;
    char** options = CSLSetNameValue(nullptr, "DESCRIPTION", description.c_str());
    options = CSLSetNameValue(options, "COORDINATE_PRECISION", "5");
    options = CSLSetNameValue(options, "RFC7946", "YES");
    OGRLayerH out = GDALDatasetCreateLayer(file.get(), layer.name.c_str(), srs, wkbLineString, options);
    CSLDestroy(options);
    OSRDestroySpatialReference(srs);
    if (!out) return failed(path, "the GeoJSON cannot be written");
    OGRFieldDefnH field = OGR_Fld_Create("value", OFTReal);
    OGR_L_CreateField(out, field, TRUE);
    OGR_Fld_Destroy(field);
    std::string levels;
    for (const double v : values) levels += (levels.empty() ? "" : ",") + fmt::format("{:.6g}", v);
    char** contour = CSLSetNameValue(nullptr, "FIXED_LEVELS", levels.c_str());
    contour = CSLSetNameValue(contour, "ELEV_FIELD", "0");
    contour = CSLSetNameValue(contour, "NODATA", "nan");
    const auto status = GDALContourGenerateEx(GDALGetRasterBand(data.get(), 1), out, contour, nullptr, nullptr);
    CSLDestroy(contour);
    if (status != CE_None) return failed(path, "contours cannot be drawn");
    return {};
}

namespace {

/// Capitals, digits and a few signs, three columns by five rows, a bit a dot from the upper left.
std::uint16_t glyph(char c) {
    static constexpr std::string_view signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ.,:-/()<>+%";
    static constexpr std::uint16_t dots[] = {
        0b111101101101111, 0b010110010010111, 0b111001111100111, 0b111001111001111, 0b101101111001001,
        0b111100111001111, 0b111100111101111, 0b111001001010010, 0b111101111101111, 0b111101111001111,
        0b010101111101101, 0b110101110101110, 0b011100100100011, 0b110101101101110, 0b111100110100111,
        0b111100110100100, 0b011100101101011, 0b101101111101101, 0b111010010010111, 0b001001001101010,
        0b101101110101101, 0b100100100100111, 0b101111111101101, 0b110101101101101, 0b010101101101010,
        0b110101110100100, 0b010101101110011, 0b110101110101101, 0b011100010001110, 0b111010010010010,
        0b101101101101111, 0b101101101101010, 0b101101111111101, 0b101101010101101, 0b101101010010010,
        0b111001010100111, 0b000000000000010, 0b000000000010100, 0b000010000010000, 0b000000111000000,
        0b001001010100100, 0b001010010010001, 0b100010010010100, 0b001010100010001, 0b100010001010100,
        0b000010111010000, 0b101001010100101};
    static_assert(std::size(dots) == signs.size());
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    const auto at = signs.find(upper);
    return at == std::string_view::npos ? 0 : dots[at];
}

class Canvas {
  public:
    Canvas(std::size_t width, std::size_t height) : width_(width), height_(height), dots_(3 * width * height, 255) {}
    void dot(std::ptrdiff_t x, std::ptrdiff_t y, std::array<std::uint8_t, 3> c) {
        if (x < 0 || y < 0 || x >= static_cast<std::ptrdiff_t>(width_) || y >= static_cast<std::ptrdiff_t>(height_))
            return;
        const auto at = static_cast<std::size_t>(y) * width_ + static_cast<std::size_t>(x);
        for (std::size_t i = 0; i < 3; ++i) dots_[i * width_ * height_ + at] = c[i];  // band after band
    }
    void box(std::ptrdiff_t x, std::ptrdiff_t y, std::ptrdiff_t w, std::ptrdiff_t h, std::array<std::uint8_t, 3> c) {
        for (std::ptrdiff_t j = y; j < y + h; ++j)
            for (std::ptrdiff_t i = x; i < x + w; ++i) dot(i, j, c);
    }
    void text(std::ptrdiff_t x, std::ptrdiff_t y, std::string_view words, std::ptrdiff_t scale = 2) {
        for (const char c : words) {
            const auto bits = glyph(c);
            for (int i = 0; i < 15; ++i)
                if (bits >> (14 - i) & 1) box(x + i % 3 * scale, y + i / 3 * scale, scale, scale, {30, 30, 30});
            x += 4 * scale;
        }
    }
    std::size_t width() const { return width_; }
    std::size_t height() const { return height_; }
    std::vector<std::uint8_t>& dots() { return dots_; }

  private:
    std::size_t width_, height_;
    std::vector<std::uint8_t> dots_;
};

}  // namespace

std::vector<PictureClass> classes_of(double from, double to, int count, const std::string& unit) {
    // Stops of a perceptually even scale, violet to yellow.
    constexpr std::array<std::array<double, 3>, 5> stops{
        {{68, 1, 84}, {59, 82, 139}, {33, 145, 140}, {94, 201, 98}, {253, 231, 37}}};
    std::vector<PictureClass> out;
    for (int i = 0; i < count; ++i) {
        const double f = count > 1 ? static_cast<double>(i) / (count - 1) * 4 : 0;
        const auto k = std::min<std::size_t>(static_cast<std::size_t>(f), 3);
        PictureClass c;
        c.bound = from + (to - from) * i / count;
        for (std::size_t j = 0; j < 3; ++j)
            c.colour[j] =
                static_cast<std::uint8_t>(stops[k][j] + (f - static_cast<double>(k)) * (stops[k + 1][j] - stops[k][j]));
        c.label = fmt::format("{:.0f} {}", c.bound, unit);
        out.push_back(c);
    }
    return out;
}

base::Result<void> write_png(const std::string& path, const Grid& grid, const Layer& layer,
                             const std::vector<PictureClass>& classes, const std::string& title,
                             const std::vector<geo::Point>& marks, const Metadata& metadata) {
    if (layer.values.size() != grid.size())
        return base::fail(base::Errc::bad_value, "layer '" + layer.name + "' is not of the grid's size");
    const Quiet quiet;
    // A degree of latitude is as long as it should be against one of longitude; about 900 dots wide.
    const double scale = 900.0 / static_cast<double>(grid.columns);
    const double tall = grid.step_lat / (grid.step_lon * std::cos(grid.at(grid.rows / 2, 0).lat)) * scale;
    const auto map_width = static_cast<std::size_t>(static_cast<double>(grid.columns) * scale);
    const auto map_height =
        std::clamp<std::size_t>(static_cast<std::size_t>(static_cast<double>(grid.rows) * tall), 50, 2000);
    constexpr std::size_t head = 30, legend = 190;
    Canvas canvas(map_width + legend, map_height + head + 24);
    canvas.text(8, 8, title, 3);
    for (std::size_t y = 0; y < map_height; ++y)
        for (std::size_t x = 0; x < map_width; ++x) {
            const std::size_t row = y * grid.rows / map_height, column = x * grid.columns / map_width;
            const float v = layer.values[row * grid.columns + column];
            std::array<std::uint8_t, 3> colour{225, 225, 225};
            for (const auto& c : classes)
                if (v >= c.bound) colour = c.colour;
            canvas.dot(static_cast<std::ptrdiff_t>(x), static_cast<std::ptrdiff_t>(y + head), colour);
        }
    for (const auto& m : marks) {
        const double column = geo::wrap_2pi(m.lon - grid.north_west.lon + grid.step_lon / 2) / grid.step_lon;
        const double row = (grid.north_west.lat + grid.step_lat / 2 - m.lat) / grid.step_lat;
        if (column > static_cast<double>(grid.columns) || row < 0 || row > static_cast<double>(grid.rows)) continue;
        const auto x =
            static_cast<std::ptrdiff_t>(column / static_cast<double>(grid.columns) * static_cast<double>(map_width));
        const auto y =
            static_cast<std::ptrdiff_t>(row / static_cast<double>(grid.rows) * static_cast<double>(map_height) + head);
        canvas.box(x - 5, y - 1, 11, 3, {255, 255, 255}), canvas.box(x - 1, y - 5, 3, 11, {255, 255, 255});
        canvas.box(x - 4, y, 9, 1, {200, 20, 20}), canvas.box(x, y - 4, 1, 9, {200, 20, 20});
    }
    auto y = static_cast<std::ptrdiff_t>(head + 6);
    const auto x = static_cast<std::ptrdiff_t>(map_width + 12);
    for (auto c = classes.rbegin(); c != classes.rend(); ++c, y += 22) {
        canvas.box(x, y, 18, 16, c->colour);
        canvas.text(x + 26, y + 3, c->label);
    }
    canvas.box(x, y, 18, 16, {225, 225, 225});
    canvas.text(x + 26, y + 3, "none");
    const auto terrain = metadata.find("terrain");
    if (terrain != metadata.end())
        canvas.text(8, static_cast<std::ptrdiff_t>(map_height + head + 8), "terrain: " + terrain->second);

    const Dataset picture(GDALCreate(GDALGetDriverByName("MEM"), "", static_cast<int>(canvas.width()),
                                     static_cast<int>(canvas.height()), 3, GDT_Byte, nullptr));
    if (!picture ||
        GDALDatasetRasterIO(picture.get(), GF_Write, 0, 0, static_cast<int>(canvas.width()),
                            static_cast<int>(canvas.height()), canvas.dots().data(), static_cast<int>(canvas.width()),
                            static_cast<int>(canvas.height()), GDT_Byte, 3, nullptr, 0, 0, 0) != CE_None)
        return failed(path, "no memory for the picture");
    for (const auto& [key, value] : metadata) GDALSetMetadataItem(picture.get(), key.c_str(), value.c_str(), nullptr);
    Dataset file(
        GDALCreateCopy(GDALGetDriverByName("PNG"), path.c_str(), picture.get(), FALSE, nullptr, nullptr, nullptr));
    if (!file) return failed(path, "the picture cannot be written");
    file.reset();  // writes a sidecar of metadata that nothing needs: the legend says it
    std::error_code ec;
    std::filesystem::remove(path + ".aux.xml", ec);
    return {};
}

}  // namespace asman::coverage
