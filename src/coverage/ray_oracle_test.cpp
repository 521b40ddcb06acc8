// The whole way from a terrain raster to the lowest visible height, against a ray caster that shares nothing with it:
// it walks each line of sight on the ellipsoid and asks the terrain under it, with no raster of its own.
#include <asman/coverage/viewshed.hpp>

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>

namespace asman::coverage {
namespace {

using geo::deg;
using geo::Point;

class RayCaster {
  public:
    RayCaster(const geo::Terrain& terrain, const geo::Geoid& geoid, const geo::Position& antenna, double k)
        : terrain_(terrain), geoid_(geoid), antenna_(antenna) {
        const auto x = geo::to_ecef(antenna);
        up_ = {std::cos(antenna.at.lat) * std::cos(antenna.at.lon), std::cos(antenna.at.lat) * std::sin(antenna.at.lon),
               std::sin(antenna.at.lat)};
        east_ = {-std::sin(antenna.at.lon), std::cos(antenna.at.lon), 0};
        north_ = {-std::sin(antenna.at.lat) * std::cos(antenna.at.lon),
                  -std::sin(antenna.at.lat) * std::sin(antenna.at.lon), std::cos(antenna.at.lat)};
        origin_ = x;
        // Gaussian curvature of the ellipsoid at the antenna: 1/(M·N).
        const double a = 6378137.0, b = 6356752.314245, c2 = a * a / b / b;
        const double w = 1 + (c2 - 1) * std::cos(antenna.at.lat) * std::cos(antenna.at.lat);
        lift_ = (1 - 1 / k) / (2 * (a * a / b) / w);
    }
    /// The ground that stands at (east, north) of the tangent plane.
    geo::Position ground(double east, double north) const {
        double z = -antenna_.height.m - (east * east + north * north) / (2 * 6.37e6);
        geo::Position p;
        for (int i = 0; i < 12; ++i) {
            p = geo::from_ecef(origin_ + east * east_ + north * north_ + z * up_);
            p.height.m = terrain_.elevation_or(p.at, 0) + geoid_.undulation(p.at);
            const double before = z;
            z = up_.dot(geo::to_ecef(p) - origin_);
            if (std::abs(z - before) < 1e-3) break;
        }
        return p;
    }
    /// Elevation tangent of a position, refraction included, per metre in the tangent plane.
    double tangent(const geo::Position& p) const {
        const Eigen::Vector3d d = geo::to_ecef(p) - origin_;
        const double rho = std::hypot(d.dot(east_), d.dot(north_));
        return (d.dot(up_) + lift_ * rho * rho) / rho;
    }
    /// Height over the ground at (east, north) at which it comes into sight: over the terrain as it is, and over the
    /// lowest and highest terrain within `band` metres of each point of the ray.
    std::array<double, 3> lowest(double east, double north, double step, double near, double band) const {
        const double rho = std::hypot(east, north), ue = east / rho, un = north / rho;
        std::array<double, 3> horizon{-10, -10, -10};
        for (double r = near; r < rho - step / 2; r += step) {
            const auto here = tangent(ground(r * ue, r * un));
            double low = here, high = here;
            for (const double along : {-band, 0.0, band})
                for (const double across : {-band, -band / 2, 0.0, band / 2, band}) {
                    const double e = (r + along) * ue + across * un, n = (r + along) * un - across * ue;
                    // Its height at the ray's own place: what interpolation may take for the terrain there.
                    auto p = ground(r * ue, r * un);
                    const auto q = ground(e, n);
                    p.height.m += (q.height.m - geoid_.undulation(q.at)) - (p.height.m - geoid_.undulation(p.at));
                    const double t = tangent(p);
                    low = std::min(low, t), high = std::max(high, t);
                }
            horizon[0] = std::max(horizon[0], here), horizon[1] = std::max(horizon[1], low),
            horizon[2] = std::max(horizon[2], high);
        }
        std::array<double, 3> out{};
        const auto foot = ground(east, north);
        for (std::size_t i = 0; i < 3; ++i) {
            double below = 0, above = 40e3;
            if (tangent(foot) >= horizon[i]) continue;
            for (int j = 0; j < 40; ++j) {
                const double middle = (below + above) / 2;
                (tangent({foot.at, {foot.height.m + middle}}) < horizon[i] ? below : above) = middle;
            }
            out[i] = above;
        }
        return out;
    }

  private:
    const geo::Terrain& terrain_;
    const geo::Geoid& geoid_;
    geo::Position antenna_;
    Eigen::Vector3d origin_, up_, east_, north_;
    double lift_ = 0;
};

/// More of them in the long run.
int samples(int few) {
    return test::at_length() ? 10 * few : few;
}

struct Outcome {
    int cells = 0, outside = 0;
    double mean = 0, worst = 0, beyond = 0;
};

Outcome compare(const geo::Terrain& terrain, const geo::Geoid& geoid, const geo::Position& antenna, double range,
                double cell, int samples) {
    Outcome out;
    ViewshedOptions options{.range = range, .cell = cell};
    const auto v = viewshed(terrain, geoid, antenna, options);
    if (!v) {
        ADD_FAILURE() << v.error().text();
        return out;
    }
    const RayCaster caster(terrain, geoid, antenna, standard_k);
    std::mt19937 random(11);
    std::uniform_int_distribution<int> any(-static_cast<int>(v->half), static_cast<int>(v->half));
    // Terrain within this does not mask, here as there.
    const double near = (std::floor(terrain.resolution() / cell) + 1) * cell;
    while (out.cells < samples) {
        const double e = any(random) * cell, n = any(random) * cell, rho = std::hypot(e, n);
        if (rho > range - 2 * cell || rho < 2 * near) continue;
        const auto foot = caster.ground(e, n);
        const double got = v->lowest_visible(foot) - foot.height.m;
        // A cell across is half a cell of its own raster and half a cell between rays, and the slant of a diagonal.
        const auto [exact, low, high] = caster.lowest(e, n, cell / 2, near, cell);
        out.cells++;
        out.mean += std::abs(got - exact) / samples, out.worst = std::max(out.worst, std::abs(got - exact));
        // Single precision at 100 km below the tangent plane, and the slope of the place itself.
        const double beyond = std::max(low - got, got - high) - 0.3;
        out.outside += beyond > 0 ? 1 : 0, out.beyond = std::max(out.beyond, beyond);
    }
    testing::Test::RecordProperty("mean_m", std::to_string(out.mean));
    testing::Test::RecordProperty("worst_m", std::to_string(out.worst));
    return out;
}

geo::Terrain hills(double lat, double lon) {
    // Around any place, over the pole too: heights by the distance along three great circles.
    const std::size_t rows = 300, columns = lat > 80 ? 3600 : 420;
    const double step = 0.02, step_lon = lat > 80 ? 0.1 : 0.02;
    const double north = lat > 80 ? 90 - step / 2 : lat + 3, west = lon - 0.5 * step_lon * static_cast<double>(columns);
    std::vector<float> z(rows * columns);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < columns; ++c) {
            const auto x = geo::to_ecef(
                {Point::degrees(north - step * static_cast<double>(r), west + step_lon * static_cast<double>(c)), {0}});
            z[r * columns + c] = static_cast<float>(1200 + 700 * std::sin(x.x() / 19e3) * std::cos(x.y() / 23e3) +
                                                    400 * std::sin(x.z() / 9e3 + x.y() / 31e3));
        }
    return geo::Terrain::grid({north * deg, geo::wrap_pi(west * deg)}, step * deg, step_lon * deg, rows, columns, z,
                              "made hills");
}

TEST(RayOracle, MadeHillsAnywhereOnTheEarth) {
    const auto geoid = geo::Geoid::open();
    for (const auto& [lat, lon] : {std::pair{43.0, 75.0}, {-1.0, 179.95}, {66.0, -179.9}, {89.2, 10.0}}) {
        const auto terrain = hills(lat, lon);
        const Point at = Point::degrees(lat, lon);
        const geo::Position antenna{at, geoid.ellipsoidal(at, {terrain.elevation_or(at, 0) + 60})};
        const auto out = compare(terrain, geoid, antenna, 150e3, 1000, samples(15));
        EXPECT_EQ(out.outside, 0) << lat << ' ' << out.beyond << " m beyond, mean " << out.mean << ", worst "
                                  << out.worst;
    }
}

TEST(RayOracle, SmoothSeaFarAway) {
    // 400 km: the ellipsoid, the geoid and the leaning normal at their largest.
    const auto geoid = geo::Geoid::open();
    const auto terrain = geo::Terrain::flat(0);
    for (const double lat : {0.0, 43.0, 89.0}) {
        const Point at = Point::degrees(lat, 20);
        const auto out = compare(terrain, geoid, {at, geoid.ellipsoidal(at, {40})}, 400e3, 1000, samples(4));
        // Between rows √2 km apart the sea bulges by 3 cm; seen from the horizon at 26 km that is 0.45 m at 400 km.
        EXPECT_LT(out.worst, 0.3 + 0.45) << lat;
    }
}

TEST(RayOracle, RealTerrain) {
    const std::string path = std::string(ASMAN_SOURCE_DIR) + "/../shared/data/terrain/central_asia_1arcmin.tif";
    if (!std::filesystem::exists(path)) GTEST_SKIP() << "shared data absent";
    const auto terrain = geo::Terrain::load(path, Point::degrees(39, 69), Point::degrees(47, 81));
    ASSERT_TRUE(terrain);
    const auto geoid = geo::Geoid::open();
    for (const auto& [lat, lon] : {std::pair{42.8532, 74.8465}, {41.0, 76.2}}) {
        const auto antenna = antenna_over(*terrain, geoid, Point::degrees(lat, lon), 0, 25);
        // An antenna in a valley's lowest cell may stand below what bilinear terrain says at its own place.
        const geo::Position above{
            antenna.at,
            {std::max(antenna.height.m, geoid.ellipsoidal(antenna.at, {*terrain->elevation(antenna.at)}).m + 25)}};
        const auto out = compare(*terrain, geoid, above, 250e3, 1800, samples(20));
        EXPECT_EQ(out.outside, 0) << out.beyond << " m beyond, mean " << out.mean << ", worst " << out.worst;
    }
}

}  // namespace
}  // namespace asman::coverage
