// Terrain from files: the part of a raster that a box needs.
#include "terrain_raster.hpp"

#include <asman/geo/terrain.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <mutex>

namespace asman::geo {
namespace {

constexpr double pi = std::numbers::pi;
constexpr float no_value = std::numeric_limits<float>::quiet_NaN();
constexpr const char* etopo5 = "/usr/share/ferret-vis/data/etopo5.cdf";
/// More cells than this in one box are refused: 4 GiB of floats.
constexpr double max_cells = 1'073'741'824.0;
/// ETOPO5 against SRTM30_PLUS (55–90°E 34–50°N): 110 m off in the plains, 1.25 times the roughness in the mountains.
constexpr TerrainError etopo5_error{110, 1.25};
/// No land lies lower (the Dead Sea's shore: −430 m); without bathymetry anything below is a void.
constexpr float lowest_land = -450;

base::Place place(const std::string& path) {
    return {path, 0, 0, {}};
}

/// The part of the raster that a box needs.
struct Window {
    std::ptrdiff_t first_column = 0, columns = 0, first_row = 0, rows = 0;
    double asked = 0;  ///< cells that the box would have if the raster went on everywhere
};

base::Result<Window> window(const Raster& r, Point sw, Point ne) {
    if (!(sw.lat < ne.lat))
        return base::fail(base::Errc::bad_value, place(r.path), "the box's south must be below its north");
    const auto& g = r.transform;
    const double step_lon = r.step_lon() * deg, step_lat = r.step_lat() * deg;
    const double west_centre = (g[0] + 0.5 * g[1]) * deg, north_centre = (g[3] + 0.5 * g[5]) * deg;
    Window w;
    double span = ne.lon - sw.lon;
    if (span <= 0) span += 2 * pi;  // over the antimeridian
    double from = wrap_2pi(sw.lon - west_centre);
    if (r.around == 0 && from + span > 2 * pi) from -= 2 * pi;  // the box begins west of the raster
    // One cell more on each side, for interpolation at the box's edge.
    w.first_column = static_cast<std::ptrdiff_t>(std::floor(from / step_lon)) - 1;
    auto last_column = static_cast<std::ptrdiff_t>(std::ceil((from + span) / step_lon)) + 1;
    w.first_row = static_cast<std::ptrdiff_t>(std::floor((north_centre - ne.lat) / step_lat)) - 1;
    auto last_row = static_cast<std::ptrdiff_t>(std::ceil((north_centre - sw.lat) / step_lat)) + 1;
    // What lies beyond the poles is nowhere.
    const auto rows_in_all = static_cast<double>(last_row - w.first_row + 1) -
                             std::max(0.0, std::floor((ne.lat - pi / 2) / step_lat) + 1) -
                             std::max(0.0, std::floor((-pi / 2 - sw.lat) / step_lat) + 1);
    w.asked = rows_in_all * std::min<double>(static_cast<double>(last_column - w.first_column + 1),
                                             r.around > 0 ? static_cast<double>(r.around) : 1e18);
    w.first_row = std::max<std::ptrdiff_t>(w.first_row, 0);
    last_row = std::min<std::ptrdiff_t>(last_row, r.height - 1);
    if (r.around > 0) {
        if (last_column - w.first_column + 1 >= r.around) w.first_column = 0, last_column = r.around - 1;
    } else {
        w.first_column = std::max<std::ptrdiff_t>(w.first_column, 0);
        last_column = std::min<std::ptrdiff_t>(last_column, r.width - 1);
    }
    w.columns = last_column - w.first_column + 1;
    w.rows = last_row - w.first_row + 1;
    if (w.columns <= 0 || w.rows <= 0)
        return base::fail(base::Errc::missing, place(r.path), "the raster has nothing inside the box asked for");
    if (static_cast<double>(w.columns) * static_cast<double>(w.rows) > max_cells)
        return base::fail(base::Errc::full, place(r.path), "the box holds more than 2^30 cells; ask for a smaller one");
    return w;
}

base::Result<std::vector<float>> read(const Raster& r, const Window& w) {
    std::vector<float> values(static_cast<std::size_t>(w.columns * w.rows));
    std::ptrdiff_t done = 0;
    while (done < w.columns) {  // at most two pieces where the box lies over the raster's seam
        std::ptrdiff_t from = w.first_column + done;
        const std::ptrdiff_t end = r.around > 0 ? r.around : r.width;
        if (r.around > 0) from = ((from % r.around) + r.around) % r.around;
        const std::ptrdiff_t n = std::min<std::ptrdiff_t>(w.columns - done, end - from);
        const auto status =
            GDALRasterIO(r.band(), GF_Read, static_cast<int>(from), static_cast<int>(w.first_row), static_cast<int>(n),
                         static_cast<int>(w.rows), values.data() + done, static_cast<int>(n), static_cast<int>(w.rows),
                         GDT_Float32, 0, static_cast<int>(w.columns * static_cast<std::ptrdiff_t>(sizeof(float))));
        if (status != CE_None)
            return base::fail(base::Errc::io, place(r.path),
                              message().empty() ? "the raster cannot be read" : message());
        done += n;
    }
    return values;
}

/// Stored numbers to metres above the sea; voids to NaN.
void to_elevations(const Raster& r, const Window& w, std::vector<float>& values) {
    int has = 0, has_scale = 0, has_offset = 0;
    const double no_data = GDALGetRasterNoDataValue(r.band(), &has);
    const double scale = GDALGetRasterScale(r.band(), &has_scale), offset = GDALGetRasterOffset(r.band(), &has_offset);
    const auto factor = static_cast<float>((has_scale && scale != 0 ? scale : 1.0) * r.to_metres);
    const auto shift = static_cast<float>((has_offset ? offset : 0.0) * r.to_metres);
    for (float& v : values) {
        // A declared no-data value of 0 is how some SRTM derivatives mark the sea.
        const bool none = (has && no_data != 0 && static_cast<double>(v) == no_data) || v < -30000.0f;
        v = none ? no_value : v * factor + shift;
    }
    if (r.ellipsoidal) {
        static const Geoid geoid = Geoid::open();
        for (std::ptrdiff_t i = 0; i < w.rows; ++i)
            for (std::ptrdiff_t j = 0; j < w.columns; ++j) {
                const auto& g = r.transform;
                const auto p = Point::degrees(g[3] + (static_cast<double>(w.first_row + i) + 0.5) * g[5],
                                              g[0] + (static_cast<double>(w.first_column + j) + 0.5) * g[1]);
                values[static_cast<std::size_t>(i * w.columns + j)] -= static_cast<float>(geoid.undulation(p));
            }
    }
    // The sea's floor cannot be told from a depression on land, and a beam travels over the water.
    for (float& v : values) {
        if (r.bathymetry && v < 0) v = 0;
        if (v < lowest_land) v = no_value;
    }
}

bool is_etopo5(const std::string& path) {
    return std::filesystem::path(path).filename() == "etopo5.cdf";
}

std::string describe(const std::string& path, double step_lat_deg) {
    const auto file = std::filesystem::path(path).filename();
    const std::string what = is_etopo5(path) ? "ETOPO5 (ferret-datasets, re-registered)" : file.string();
    const double seconds = step_lat_deg * 3600;
    char text[64];
    if (seconds > 59.5)
        std::snprintf(text, sizeof text, ", %.3g arc minutes", seconds / 60);
    else
        std::snprintf(text, sizeof text, ", %.3g arc seconds (%.0f m)", seconds, seconds / 3600 * deg * 6371008.8);
    return what + text;
}

std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t most = 12;
    std::string out;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i) out += (i > 0 ? " " : "") + names[i];
    if (names.size() > most) out += " and " + std::to_string(names.size() - most) + " more";
    return out;
}

}  // namespace

struct TerrainStore::Data {
    Raster raster;
    TileIndex tiles;
    std::string source;
    std::mutex reading;  ///< a GDAL dataset serves one thread at a time
};

base::Result<TerrainStore> TerrainStore::open(const std::string& path) {
    std::error_code ec;
    if (!std::filesystem::exists(path, ec)) return base::fail(base::Errc::io, place(path), "no such file");
    ASMAN_CHECK(ready());
    const Quiet quiet;
    const bool folder = std::filesystem::is_directory(path, ec);
    ASMAN_TRY(auto raster, folder ? open_folder(path) : open_raster(path));
    if (raster.ellipsoidal && !Geoid::open().available())
        return base::fail(base::Errc::missing, place(path),
                          "its heights are above the ellipsoid, and EGM96 (Debian's proj-data) is not installed");
    TerrainStore out;
    out.data_ = std::make_shared<Data>();
    if (folder) out.data_->tiles = index_folder(path);
    out.data_->source = describe(path, raster.step_lat());
    out.data_->raster = std::move(raster);
    return out;
}

base::Result<Terrain> TerrainStore::box(Point south_west, Point north_east) const {
    if (!data_) return terrain_;
    auto& d = *data_;
    const std::scoped_lock lock(d.reading);
    const Quiet quiet;
    const Raster& r = d.raster;
    ASMAN_TRY(const Window w, window(r, south_west, north_east));
    ASMAN_TRY(auto values, read(r, w));
    to_elevations(r, w, values);
    const auto& g = r.transform;
    const Point nw{(g[3] + (static_cast<double>(w.first_row) + 0.5) * g[5]) * deg,
                   wrap_pi((g[0] + (static_cast<double>(w.first_column) + 0.5) * g[1]) * deg)};
    auto notes = r.notes;
    if (const auto absent = d.tiles.empty() ? std::vector<std::string>{} : d.tiles.absent(south_west, north_east);
        !absent.empty())
        notes.push_back(std::to_string(absent.size()) + " tiles of 1° are missing in " + r.path + ": " +
                        listed(absent));
    if (!r.holes.empty())
        notes.push_back(std::to_string(r.holes.size()) + " files of the mosaic " + r.path +
                        " are not there: " + listed(r.holes));
    return Terrain::part(nw, r.step_lat() * deg, r.step_lon() * deg, static_cast<std::size_t>(w.rows),
                         static_cast<std::size_t>(w.columns), std::move(values), d.source, w.asked, std::move(notes),
                         is_etopo5(r.path) ? etopo5_error : TerrainError{});
}

TerrainStore::TerrainStore(Terrain terrain) : terrain_(std::move(terrain)) {}
bool TerrainStore::in_memory() const {
    return !data_;
}
const std::string& TerrainStore::source() const {
    return data_ ? data_->source : terrain_.source();
}
double TerrainStore::resolution() const {
    return data_ ? data_->raster.step_lat() * deg * 6371008.8 : terrain_.resolution();
}

base::Result<Terrain> Terrain::load(const std::string& path, Point south_west, Point north_east) {
    ASMAN_TRY(const auto store, TerrainStore::open(path));
    return store.box(south_west, north_east);
}

base::Result<TerrainStore> TerrainStore::open_default() {
    std::error_code ec;
    if (!std::filesystem::exists(etopo5, ec))
        return base::fail(base::Errc::missing, place(etopo5),
                          "ETOPO5 is not installed: it comes with Debian's package ferret-datasets");
    return open(etopo5);
}

base::Result<Terrain> Terrain::load_default(Point south_west, Point north_east) {
    ASMAN_TRY(const auto store, TerrainStore::open_default());
    return store.box(south_west, north_east);
}

}  // namespace asman::geo
