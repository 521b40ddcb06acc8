// One radar over made terrain: the lowest visible height of every cell (all altitudes at once) beside GDAL's viewshed
// (one altitude), in one run: speed, and error of both against the ray caster.
//
//     viewshed_bench [cells to the edge = 4444] [metres a cell = 90] [threads = 2]
#include <asman/coverage/viewshed.hpp>

#include <fmt/core.h>
#include <gdal.h>
#include <gdal_alg.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <random>

namespace {

using asman::coverage::cast_ray;
using asman::coverage::sweep;

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Hills of four scales; the antenna stands 30 m above the middle.
float terrain(double e, double n) {
    return static_cast<float>(1500 * (1 + std::sin(e / 31e3) * std::cos(n / 27e3)) +
                              400 * std::sin(e / 4.1e3 + 1) * std::sin(n / 3.3e3) +
                              120 * std::sin(e / 700) * std::cos(n / 900));
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t half = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 4444, side = 2 * half + 1;
    const double cell = argc > 2 ? std::atof(argv[2]) : 90, mast = 30, drop = 2 * 6371e3 * 4 / 3;
    asman::coverage::SweepOptions options;
    options.threads = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 2;
    std::vector<float> elevation(side * side);
    for (std::size_t r = 0; r < side; ++r)
        for (std::size_t c = 0; c < side; ++c)
            elevation[r * side + c] = terrain((static_cast<double>(c) - static_cast<double>(half)) * cell,
                                              (static_cast<double>(half) - static_cast<double>(r)) * cell);
    const double antenna = elevation[half * side + half] + mast;
    fmt::print("synthetic terrain, {} x {} cells of {} m ({:.1f} million)\n", side, side, cell,
               static_cast<double>(side * side) / 1e6);

    // Curvature and refraction, as the tangent plane has them.
    std::vector<float> surface(side * side);
    for (std::size_t r = 0; r < side; ++r)
        for (std::size_t c = 0; c < side; ++c) {
            const double e = (static_cast<double>(c) - static_cast<double>(half)) * cell,
                         n = (static_cast<double>(half) - static_cast<double>(r)) * cell;
            surface[r * side + c] = static_cast<float>(elevation[r * side + c] - antenna - (e * e + n * n) / drop);
        }
    std::vector<float> result;
    double best = 1e9;
    for (int i = 0; i < 3; ++i) {
        result = surface;
        const double t = now();
        sweep(result, half, cell, options);
        best = std::min(best, now() - t);
    }
    fmt::print("asman sweep, all altitudes, {} thread(s): {:.3f} s, {:.2f} ns a cell\n", options.threads, best,
               best * 1e9 / static_cast<double>(side * side));

    GDALAllRegister();
    GDALDatasetH data = GDALCreate(GDALGetDriverByName("MEM"), "", static_cast<int>(side), static_cast<int>(side), 1,
                                   GDT_Float32, nullptr);
    double transform[6] = {-(static_cast<double>(half) + 0.5) * cell, cell, 0,
                           (static_cast<double>(half) + 0.5) * cell,  0,    -cell};
    GDALSetGeoTransform(data, transform);
    if (GDALRasterIO(GDALGetRasterBand(data, 1), GF_Write, 0, 0, static_cast<int>(side), static_cast<int>(side),
                     elevation.data(), static_cast<int>(side), static_cast<int>(side), GDT_Float32, 0, 0) != CE_None)
        return 1;
    // GDAL's target height is above ground: it answers for one height; here 500 m above ground.
    const double above = 500, t = now();
    GDALDatasetH seen =
        GDALViewshedGenerate(GDALGetRasterBand(data, 1), "MEM", "", nullptr, 0, 0, mast, above, 255, 0, 0, -1, 0.75,
                             GVM_Edge, static_cast<double>(half) * cell, nullptr, nullptr, GVOT_NORMAL, nullptr);
    const double gdal = now() - t;
    if (!seen) return 1;
    const int width = GDALGetRasterXSize(seen), height = GDALGetRasterYSize(seen);
    fmt::print("GDAL viewshed, one altitude, 1 thread: {:.3f} s, {:.2f} ns a cell\n", gdal,
               gdal * 1e9 / (static_cast<double>(width) * height));
    std::vector<unsigned char> visible(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    if (GDALRasterIO(GDALGetRasterBand(seen, 1), GF_Read, 0, 0, width, height, visible.data(), width, height, GDT_Byte,
                     0, 0) != CE_None)
        return 1;
    double placed[6];
    GDALGetGeoTransform(seen, placed);

    std::mt19937 random(3);
    const auto h = static_cast<long>(half);
    std::uniform_int_distribution<long> any(-h + 2, h - 2);
    int cells = 0, ours = 0, theirs = 0;
    double mean = 0, worst = 0;
    while (cells < 20000) {
        const long e = any(random), n = any(random);
        if (std::hypot(e, n) > static_cast<double>(half) - 3) continue;
        const double exact = cast_ray(surface, half, cell, e, n, 0, options).exact;
        const double got = result[static_cast<std::size_t>((h - n) * static_cast<long>(side) + h + e)];
        const long column = std::lround((static_cast<double>(e) * cell - placed[0]) / cell - 0.5),
                   row = std::lround((placed[3] - static_cast<double>(n) * cell) / cell - 0.5);
        if (column < 0 || row < 0 || column >= width || row >= height) continue;
        ++cells;
        mean += std::abs(got - exact), worst = std::max(worst, std::abs(got - exact));
        ours += (got <= above) != (exact <= above) ? 1 : 0;
        theirs += (visible[static_cast<std::size_t>(row * width + column)] != 0) != (exact <= above) ? 1 : 0;
    }
    fmt::print(
        "against the ray caster, {} cells: asman {:.3f} m mean, {:.1f} m worst; wrong at {:.0f} m above ground: asman "
        "{:.3f} %, GDAL {:.3f} %\n",
        cells, mean / cells, worst, above, 100.0 * ours / cells, 100.0 * theirs / cells);
    GDALClose(seen);
    GDALClose(data);
    return 0;
}
