// What a radar sees, measured: speed and error beside GDAL's viewshed and the ray caster, memory, many radars, siting.
//
//     viewshed_bench            one radar, 400 km, cells of 90 m, over made terrain: asman and GDAL in one run
//     viewshed_bench fine       cells of 30 m, the terrain read from disk: time and peak memory
//     viewshed_bench hundred    100 radars of 400 km, cells of 90 m, onto one map
//     viewshed_bench siting     2,000 positions × 4 masts on a made surface of 2 m, far horizon from coarser terrain
//     viewshed_bench real FILE LAT LON   real terrain, cells of half its own: asman and GDAL in one run
#include <asman/coverage/siting.hpp>
#include <asman/coverage/viewshed.hpp>

#include <fmt/core.h>
#include <gdal.h>
#include <gdal_alg.h>
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <random>

namespace {

using namespace asman::coverage;
using asman::geo::deg;
using asman::geo::Point;
namespace geo = asman::geo;

constexpr double earth = 6371008.8;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}
double processor() {
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    const auto s = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
    };
    return s(u.ru_utime) + s(u.ru_stime);
}
double peak_gb() {
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    return static_cast<double>(u.ru_maxrss) * 1024 / 1e9;
}

/// Hills of four scales; the antenna stands 30 m above the middle.
float made(double e, double n) {
    return static_cast<float>(1500 * (1 + std::sin(e / 31e3) * std::cos(n / 27e3)) +
                              400 * std::sin(e / 4.1e3 + 1) * std::sin(n / 3.3e3) +
                              120 * std::sin(e / 700) * std::cos(n / 900));
}

struct Scene {
    std::vector<float> elevation, surface;  ///< above the sea; lifted, from the antenna
    std::size_t half = 0;
    double cell = 0, mast = 30, k = standard_k;
    std::size_t side() const { return 2 * half + 1; }
};

struct Dataset {
    GDALDatasetH handle = nullptr;
    ~Dataset() {
        if (handle) GDALClose(handle);
    }
};

/// GDAL's own: one height above ground, curvature as its coefficient 1 − 1/k… takes it.
bool gdal_viewshed(const Scene& s, double above, double curvature, Dataset& out) {
    GDALAllRegister();
    Dataset data{GDALCreate(GDALGetDriverByName("MEM"), "", static_cast<int>(s.side()), static_cast<int>(s.side()), 1,
                            GDT_Float32, nullptr)};
    double transform[6] = {-(static_cast<double>(s.half) + 0.5) * s.cell, s.cell, 0,
                           (static_cast<double>(s.half) + 0.5) * s.cell,  0,      -s.cell};
    GDALSetGeoTransform(data.handle, transform);
    if (GDALRasterIO(GDALGetRasterBand(data.handle, 1), GF_Write, 0, 0, static_cast<int>(s.side()),
                     static_cast<int>(s.side()), const_cast<float*>(s.elevation.data()), static_cast<int>(s.side()),
                     static_cast<int>(s.side()), GDT_Float32, 0, 0) != CE_None)
        return false;
    const double t = now(), cpu = processor();
    out.handle = GDALViewshedGenerate(GDALGetRasterBand(data.handle, 1), "MEM", "", nullptr, 0, 0, s.mast, above, 255,
                                      0, 0, -1, curvature, GVM_Edge, static_cast<double>(s.half) * s.cell, nullptr,
                                      nullptr, GVOT_NORMAL, nullptr);
    if (!out.handle) return false;
    const double cells = static_cast<double>(GDALGetRasterXSize(out.handle)) * GDALGetRasterYSize(out.handle);
    fmt::print("GDAL viewshed, one height above ground:            {:.3f} s, {:.3f} s of processor, {:.2f} ns a cell\n",
               now() - t, processor() - cpu, (processor() - cpu) * 1e9 / cells);
    return true;
}

std::vector<float> our_sweep(const Scene& s, std::size_t threads) {
    std::vector<float> result;
    double wall = 1e9, cpu = 1e9;
    for (int i = 0; i < 3; ++i) {
        result = s.surface;
        const double t = now(), c = processor();
        sweep(result, s.half, s.cell, {.threads = threads});
        wall = std::min(wall, now() - t), cpu = std::min(cpu, processor() - c);
    }
    fmt::print(
        "asman sweep, all heights at once, {} thread(s):      {:.3f} s, {:.3f} s of processor, {:.2f} ns a cell\n",
        threads, wall, cpu, cpu * 1e9 / static_cast<double>(s.side() * s.side()));
    return result;
}

void judge(const Scene& s, const std::vector<float>& result, const Dataset& seen, double above) {
    const int width = GDALGetRasterXSize(seen.handle), height = GDALGetRasterYSize(seen.handle);
    std::vector<unsigned char> visible(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    if (GDALRasterIO(GDALGetRasterBand(seen.handle, 1), GF_Read, 0, 0, width, height, visible.data(), width, height,
                     GDT_Byte, 0, 0) != CE_None)
        return;
    double placed[6];
    GDALGetGeoTransform(seen.handle, placed);
    std::mt19937 random(3);
    const auto h = static_cast<long>(s.half), side = static_cast<long>(s.side());
    std::uniform_int_distribution<long> any(-h + 2, h - 2);
    int cells = 0, ours = 0, theirs = 0, outside = 0;
    double mean = 0, worst = 0;
    while (cells < 20000) {
        const long e = any(random), n = any(random);
        if (std::hypot(e, n) > static_cast<double>(s.half) - 3) continue;
        const auto [exact, low, high] = cast_ray(s.surface, s.half, s.cell, e, n, 0.5);
        const double got = result[static_cast<std::size_t>((h - n) * side + h + e)];
        const long column = std::lround((static_cast<double>(e) * s.cell - placed[0]) / s.cell - 0.5),
                   row = std::lround((placed[3] - static_cast<double>(n) * s.cell) / s.cell - 0.5);
        if (column < 0 || row < 0 || column >= width || row >= height) continue;
        ++cells;
        mean += std::abs(got - exact), worst = std::max(worst, std::abs(got - exact));
        outside += got < low - 0.05 || got > high + 0.05 ? 1 : 0;
        ours += (got <= above) != (exact <= above) ? 1 : 0;
        theirs += (visible[static_cast<std::size_t>(row * width + column)] != 0) != (exact <= above) ? 1 : 0;
    }
    fmt::print(
        "against the ray caster, {} cells: asman {:.3f} m mean, {:.1f} m worst, {} outside its bound (half a cell "
        "across);\n  on the wrong side of {:.0f} m above ground: asman {}, GDAL {} ({:.1f} %)\n",
        cells, mean / cells, worst, outside, above, ours, theirs, 100.0 * theirs / cells);
}

int single() {
    Scene s;
    s.half = 4444, s.cell = 90;
    s.elevation.resize(s.side() * s.side()), s.surface.resize(s.elevation.size());
    const auto at = [&](std::size_t i) { return (static_cast<double>(i) - static_cast<double>(s.half)) * s.cell; };
    const double antenna = made(0, 0) + s.mast, drop = 2 * 6378137.0 * 4 / 3;
    for (std::size_t r = 0; r < s.side(); ++r)
        for (std::size_t c = 0; c < s.side(); ++c) {
            const double e = at(c), n = -at(r);
            s.elevation[r * s.side() + c] = made(e, n);
            s.surface[r * s.side() + c] = static_cast<float>(made(e, n) - antenna - (e * e + n * n) / drop);
        }
    fmt::print("synthetic terrain, {0} x {0} cells of {1} m ({2:.1f} million), one radar, 400 km\n", s.side(), s.cell,
               static_cast<double>(s.side() * s.side()) / 1e6);
    our_sweep(s, 1);
    const auto result = our_sweep(s, 2);
    Dataset seen;
    constexpr double above = 500;
    if (!gdal_viewshed(s, above, 0.75, seen)) return 1;
    judge(s, result, seen, above);
    return 0;
}

int real(const std::string& file, double lat, double lon) {
    const auto store = geo::TerrainStore::open(file);
    if (!store) return fmt::print("{}\n", store.error().text()), 1;
    const auto geoid = geo::Geoid::open();
    const Point p = Point::degrees(lat, lon);
    const auto near = store->box({p.lat - 0.1, p.lon - 0.1}, {p.lat + 0.1, p.lon + 0.1});
    if (!near) return fmt::print("{}\n", near.error().text()), 1;
    Scene s;
    s.cell = store->resolution() / 2, s.half = static_cast<std::size_t>(300e3 / s.cell);
    const geo::Position antenna{p, geoid.ellipsoidal(p, {near->elevation_or(p, 0) + s.mast})};
    const geo::LocalFrame frame(antenna);
    double missing = 0;
    const double t = now(), cpu = processor();
    auto lifted = lifted_surface(*store, geoid, frame, s.half, s.cell, s.k, 2, missing);
    if (!lifted) return fmt::print("{}\n", lifted.error().text()), 1;
    fmt::print(
        "real terrain {}, {} x {} cells of {:.0f} m round {}, {}, 300 km; brought onto the plane in {:.2f} s, {:.2f} s "
        "of "
        "processor; {:.1f} % of it missing\n",
        store->source(), s.side(), s.side(), s.cell, lat, lon, now() - t, processor() - cpu, missing * 100);
    s.surface = std::move(*lifted);
    // GDAL bends the earth itself: it gets what asman's raster is without its curvature.
    s.elevation = s.surface;
    const auto at = [&](std::size_t i) { return (static_cast<double>(i) - static_cast<double>(s.half)) * s.cell; };
    const double up = near->elevation_or(p, 0) + s.mast, drop = 2 * 6378137.0 * 4 / 3;
    for (std::size_t r = 0; r < s.side(); ++r)
        for (std::size_t c = 0; c < s.side(); ++c)
            s.elevation[r * s.side() + c] += static_cast<float>(up + (at(c) * at(c) + at(r) * at(r)) / drop);
    const auto result = our_sweep(s, 2);
    Dataset seen;
    constexpr double above = 1000;
    if (!gdal_viewshed(s, above, 0.75, seen)) return 1;
    judge(s, result, seen, above);
    return 0;
}

/// A mosaic of one tile of 1″ at every degree: what it costs to read is real, what it shows is made.
std::string mosaic(const std::filesystem::path& folder, int south, int north, int west, int east) {
    std::filesystem::create_directories(folder);
    {
        constexpr int n = 3601;
        std::string bytes(2 * n * n, 0);
        for (int r = 0; r < n; ++r)
            for (int c = 0; c < n; ++c) {
                // Periodic over a degree, so that tiles meet.
                const double x = 2 * std::numbers::pi * c / 3600, y = 2 * std::numbers::pi * r / 3600;
                const int v = static_cast<int>(1500 + 700 * std::sin(x) * std::cos(y) +
                                               300 * std::sin(7 * x + 1) * std::sin(9 * y) +
                                               100 * std::sin(80 * x) * std::cos(70 * y));
                const auto at = static_cast<std::size_t>(2 * (r * n + c));
                bytes[at] = static_cast<char>(v >> 8), bytes[at + 1] = static_cast<char>(v & 255);
            }
        std::ofstream(folder / "N00E000.hgt", std::ios::binary) << bytes;
    }
    std::ofstream out(folder / "mosaic.vrt");
    out << fmt::format(
        "<VRTDataset rasterXSize=\"{}\" rasterYSize=\"{}\"><SRS>EPSG:4326</SRS><GeoTransform>{:.12f}, {:.12e}, "
        "0, {:.12f}, 0, {:.12e}</GeoTransform><VRTRasterBand dataType=\"Int16\" band=\"1\">",
        (east - west) * 3600, (north - south) * 3600, static_cast<double>(west), 1 / 3600.0, static_cast<double>(north),
        -1 / 3600.0);
    for (int lat = south; lat < north; ++lat)
        for (int lon = west; lon < east; ++lon)
            out << fmt::format(
                "<SimpleSource><SourceFilename relativeToVRT=\"1\">N00E000.hgt</SourceFilename><SourceBand>1"
                "</SourceBand><SrcRect xOff=\"0\" yOff=\"0\" xSize=\"3600\" ySize=\"3600\"/><DstRect xOff=\"{}\" "
                "yOff=\"{}\" xSize=\"3600\" ySize=\"3600\"/></SimpleSource>",
                (lon - west) * 3600, (north - 1 - lat) * 3600);
    out << "</VRTRasterBand></VRTDataset>";
    return (folder / "mosaic.vrt").string();
}

int fine() {
    const auto folder = std::filesystem::temp_directory_path() / "asman_viewshed_bench";
    const auto store = geo::TerrainStore::open(mosaic(folder, 37, 48, 68, 82));
    if (!store) return fmt::print("{}\n", store.error().text()), 1;
    const auto geoid = geo::Geoid::open();
    const Point p = Point::degrees(42.5, 75);
    const double t = now(), cpu = processor();
    const auto v = viewshed(*store, geoid, {p, {4000}}, {.range = 400e3, .cell = 30});
    if (!v) return fmt::print("{}\n", v.error().text()), 1;
    fmt::print(
        "synthetic terrain on disk ({}), {} x {} cells of 30 m ({:.0f} million): {:.1f} s, {:.1f} s of processor, with "
        "reading; peak memory {:.2f} GB; {:.3f} % missing\n",
        store->source(), v->side(), v->side(), static_cast<double>(v->side() * v->side()) / 1e6, now() - t,
        processor() - cpu, peak_gb(), v->missing * 100);
    std::filesystem::remove_all(folder);
    return 0;
}

geo::Terrain made_raster(double south, double north, double west, double east, double step_seconds) {
    const double step = step_seconds / 3600;
    const auto rows = static_cast<std::size_t>((north - south) / step),
               columns = static_cast<std::size_t>((east - west) / step);
    std::vector<float> z(rows * columns);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c)
            z[r * columns + c] = made(static_cast<double>(c) * step * 82e3, static_cast<double>(r) * step * 111e3);
    return geo::Terrain::grid(Point::degrees(north - step / 2, west + step / 2), step * deg, step * deg, rows, columns,
                              std::move(z), fmt::format("made terrain, {:.0f} arc seconds", step_seconds));
}

int hundred() {
    const auto terrain = made_raster(35, 53, 60, 90, 3);
    std::vector<Instrument> radars;
    std::mt19937 random(7);
    std::uniform_real_distribution<double> lat(39.5, 48.5), lon(66, 84);
    for (int i = 0; i < 100; ++i) {
        auto& r = radars.emplace_back();
        r.sensor.name = fmt::format("radar {}", i + 1);
        r.sensor.kind = asman::picture::SensorKind::mode_s;
        r.sensor.max_range = 400e3;
        const Point p = Point::degrees(lat(random), lon(random));
        r.sensor.position = geo::Position{p, {terrain.elevation_or(p, 0) + 30}};
    }
    fmt::print("made terrain of {:.0f} million cells of 3 arc seconds\n",
               static_cast<double>(terrain.view()->rows * terrain.view()->columns) / 1e6);
    const auto grid = Grid::over(Point::degrees(36, 61), Point::degrees(52, 89), 2e3);
    const double t = now(), cpu = processor();
    const auto joint = Joint::make(*grid, terrain, {}, radars, {.threads = 2, .sweep_cell = 90});
    if (!joint) return fmt::print("{}\n", joint.error().text()), 1;
    const double swept = now() - t;
    std::size_t seen = 0;
    for (std::size_t c = 0; c < grid->size(); ++c) seen += std::isnan(joint->lowest(c, {}, {})[0]) ? 0 : 1;
    fmt::print(
        "100 radars, 400 km, cells of 90 m, onto a map of {} cells of 2 km: {:.1f} s ({:.1f} s of processor), of which "
        "{:.1f} s sweeps; {:.0f} % of the map seen; peak memory {:.2f} GB\n",
        grid->size(), now() - t, processor() - cpu, swept,
        100.0 * static_cast<double>(seen) / static_cast<double>(grid->size()), peak_gb());
    return 0;
}

int siting() {
    const Point centre = Point::degrees(42.85, 74.85);
    const double n = 112 / 6.36e6, e = 112 / (6.38e6 * std::cos(centre.lat));
    geo::Polygon square;
    square.outer = {{centre.lat - n, centre.lon - e},
                    {centre.lat - n, centre.lon + e},
                    {centre.lat + n, centre.lon + e},
                    {centre.lat + n, centre.lon - e}};
    const double reach = 2000, cell = 2, dlat = cell / 6.36e6, dlon = cell / (6.38e6 * std::cos(centre.lat));
    const auto side = static_cast<std::size_t>(2 * reach / cell) + 1;
    std::vector<float> z(side * side);
    for (std::size_t r = 0; r < side; ++r)
        for (std::size_t c = 0; c < side; ++c) {
            const double x = static_cast<double>(c) * cell - reach, y = reach - static_cast<double>(r) * cell;
            z[r * side + c] = x > 60 && x < 100 && std::abs(y) < 60       ? 788.0f
                              : y < -120 && y > -150 && std::abs(x) < 300 ? 782.0f
                                                                          : 770.0f;
        }
    const auto surface =
        geo::Terrain::grid({centre.lat + reach / 6.36e6, centre.lon - reach / (6.38e6 * std::cos(centre.lat))}, dlat,
                           dlon, side, side, z, "made surface of 2 m");
    const auto far = made_raster(38, 48, 68, 82, 30);
    Instrument type;
    type.sensor.name = "new";
    type.sensor.kind = asman::picture::SensorKind::combined;
    type.sensor.max_range = 370e3, type.primary_range = 300e3, type.primary_reference_range = 200e3;
    SitingOptions o;
    o.target = {.transponder = false, .ads_b = false, .rcs = 3};
    const double t = now(), cpu = processor();
    const auto s = site(geo::Region::polygons({square}), surface, far, {}, {}, type, {}, o);
    if (!s) return fmt::print("{}\n", s.error().text()), 1;
    fmt::print("{} positions x {} masts: {:.1f} s ({:.1f} s of processor); {}\n", s->positions, o.masts.size(),
               now() - t, processor() - cpu, s->remark);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "single";
    if (what == "single") return single();
    if (what == "fine") return fine();
    if (what == "hundred") return hundred();
    if (what == "siting") return siting();
    if (what == "real" && argc == 5) return real(argv[2], std::atof(argv[3]), std::atof(argv[4]));
    fmt::print("viewshed_bench [single | fine | hundred | siting | real FILE LAT LON]\n");
    return 2;
}
