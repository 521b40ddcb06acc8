// Terrain as it lies on disks: tiles, mosaics, voids, datums. The files are made here.
#include <asman/geo/terrain.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

namespace asman::geo {
namespace {

namespace fs = std::filesystem;

constexpr int srtm3 = 1201;

/// An SRTM 3″ tile: rows from the north, corners on whole degrees, big-endian metres.
void write_hgt(const fs::path& path, int lat, int lon, const std::function<int(double, double)>& z) {
    std::string bytes;
    bytes.reserve(2 * srtm3 * srtm3);
    for (int r = 0; r < srtm3; ++r)
        for (int c = 0; c < srtm3; ++c) {
            const int v = z(lat + 1 - r / 1200.0, lon + c / 1200.0);
            bytes += static_cast<char>(v >> 8 & 255), bytes += static_cast<char>(v & 255);
        }
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
}

int slope(double lat, double lon) {
    return static_cast<int>(std::lround(100 * (lat - 40) + 10 * (lon - 70)));
}

struct TerrainFiles : testing::Test {
    // Tests of one executable may run side by side: a folder each.
    fs::path folder = fs::temp_directory_path() /
                      ("asman_terrain_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) +
                       std::to_string(getpid()));
    TerrainFiles() { fs::create_directories(folder); }
    ~TerrainFiles() override { fs::remove_all(folder); }
    /// A virtual raster of one source, as gdalbuildvrt writes it.
    std::string vrt(const std::string& name, const std::string& source, const std::string& system,
                    const std::string& band = "") {
        const auto path = folder / name;
        std::ofstream(path) << "<VRTDataset rasterXSize=\"1201\" rasterYSize=\"1201\"><SRS>" << system
                            << "</SRS><GeoTransform>73.99958333333333, 8.3333333333333e-4, 0, 43.00041666666667, 0, "
                               "-8.3333333333333e-4</GeoTransform><VRTRasterBand dataType=\"Int16\" band=\"1\">"
                            << band << "<SimpleSource><SourceFilename relativeToVRT=\"1\">" << source
                            << "</SourceFilename><SourceBand>1</SourceBand></SimpleSource></VRTRasterBand>"
                               "</VRTDataset>";
        return path.string();
    }
};

TEST_F(TerrainFiles, AnSrtmTileLiesWhereItsNameSays) {
    write_hgt(folder / "N42E074.hgt", 42, 74, slope);
    const auto t = Terrain::load((folder / "N42E074.hgt").string(), Point::degrees(42, 74), Point::degrees(43, 75));
    ASSERT_TRUE(t) << t.error().text();
    EXPECT_NEAR(t->resolution(), 92.66, 0.01);
    EXPECT_NE(t->source().find("N42E074.hgt, 3 arc seconds (93 m)"), std::string::npos) << t->source();
    for (const auto& [lat, lon] : {std::pair{42.0, 74.0}, {43.0, 75.0}, {42.5, 74.25}, {42.013, 74.987}})
        EXPECT_NEAR(*t->elevation(Point::degrees(lat, lon)), 100 * (lat - 40) + 10 * (lon - 70), 1) << lat << lon;
    EXPECT_TRUE(t->notes().empty());
}

TEST_F(TerrainFiles, AFolderIsOneMosaicAndMissingTilesAreNamed) {
    write_hgt(folder / "north" / "N42E074.hgt", 42, 74, slope);
    write_hgt(folder / "north" / "N42E075.hgt", 42, 75, slope);
    write_hgt(folder / "N41E075.hgt", 41, 75, slope);
    std::ofstream(folder / "readme.txt") << "no tile";
    const auto store = TerrainStore::open(folder.string());
    ASSERT_TRUE(store) << store.error().text();
    const auto t = store->box(Point::degrees(41, 74), Point::degrees(43, 76));
    ASSERT_TRUE(t) << t.error().text();
    // Over the seams nothing jumps.
    for (const auto& [lat, lon] : {std::pair{42.5, 74.9999}, {42.5, 75.0001}, {42.0001, 75.5}, {41.9999, 75.5}})
        EXPECT_NEAR(*t->elevation(Point::degrees(lat, lon)), 100 * (lat - 40) + 10 * (lon - 70), 1) << lat << lon;
    EXPECT_FALSE(t->elevation(Point::degrees(41.5, 74.5)));
    EXPECT_NEAR(t->missing(), 0.25, 0.01);
    ASSERT_EQ(t->notes().size(), 1u);
    EXPECT_NE(t->notes()[0].find("1 tiles of 1° are missing"), std::string::npos) << t->notes()[0];
    EXPECT_NE(t->notes()[0].find("N41E074"), std::string::npos) << t->notes()[0];
    // A box without holes says nothing, and one that goes on beyond the tiles counts what it lacks.
    const auto whole = store->box(Point::degrees(42.1, 74.1), Point::degrees(42.9, 75.9));
    ASSERT_TRUE(whole);
    EXPECT_TRUE(whole->notes().empty());
    EXPECT_EQ(whole->missing(), 0);
    const auto beyond = store->box(Point::degrees(42.1, 75), Point::degrees(42.9, 77));
    ASSERT_TRUE(beyond);
    EXPECT_NEAR(beyond->missing(), 0.5, 0.01);
    EXPECT_NE(beyond->notes().at(0).find("N42E076"), std::string::npos);
    EXPECT_FALSE(TerrainStore::open((folder / "empty").string()));
    fs::create_directories(folder / "empty");
    const auto empty = TerrainStore::open((folder / "empty").string());
    ASSERT_FALSE(empty);
    EXPECT_NE(empty.error().text().find("no terrain tile"), std::string::npos);
}

TEST_F(TerrainFiles, OverTheAntimeridianTilesMeet) {
    const auto across = [](double lat, double lon) {
        return static_cast<int>(100 * lat + (lon > 0 ? lon - 180 : lon + 180) * 50);
    };
    write_hgt(folder / "N66E179.hgt", 66, 179, across);
    write_hgt(folder / "N66W180.hgt", 66, -180, across);
    const auto east =
        Terrain::load((folder / "N66E179.hgt").string(), Point::degrees(66, 179), Point::degrees(67, -179));
    ASSERT_TRUE(east) << east.error().text();
    EXPECT_NEAR(*east->elevation(Point::degrees(66.5, 179.99)), 6650, 2);
    EXPECT_NEAR(east->missing(), 0.5, 0.01);
    EXPECT_FALSE(east->elevation(Point::degrees(66.5, -179.9)));
    // A folder on both sides of the line spans the earth as GDAL lays it out: a box on either side is read from it.
    const auto store = TerrainStore::open(folder.string());
    ASSERT_TRUE(store) << store.error().text();
    const auto both = store->box(Point::degrees(66.1, 179.5), Point::degrees(66.9, -179.5));
    ASSERT_TRUE(both) << both.error().text();
    EXPECT_NEAR(*both->elevation(Point::degrees(66.5, 179.99)), 6650, 2);
    EXPECT_NEAR(*both->elevation(Point::degrees(66.5, -179.99)), 6650, 2);
    EXPECT_LT(both->missing(), 0.01);
    EXPECT_TRUE(both->notes().empty());
}

TEST_F(TerrainFiles, VoidsAreNoHeightAndLandBelowTheSeaStays) {
    write_hgt(folder / "N42E089.hgt", 42, 89, [](double lat, double lon) {
        return lat > 42.5 ? -154 : lon > 89.5 ? -32768 : 20;
    });
    const auto t = Terrain::load((folder / "N42E089.hgt").string(), Point::degrees(42, 89), Point::degrees(43, 90));
    ASSERT_TRUE(t);
    EXPECT_NEAR(*t->elevation(Point::degrees(42.8, 89.3)), -154, 1e-6);  // the Turpan depression
    EXPECT_FALSE(t->elevation(Point::degrees(42.2, 89.8)));
    EXPECT_NEAR(t->missing(), 0.25, 0.01);
}

TEST_F(TerrainFiles, HeightsAboveTheEllipsoidAndInFeetAreConverted) {
    write_hgt(folder / "N42E074.hgt", 42, 74, [](double, double) { return 1000; });
    const auto load = [&](const std::string& path) {
        return Terrain::load(path, Point::degrees(42.2, 74.2), Point::degrees(42.8, 74.8));
    };
    const Point p = Point::degrees(42.5, 74.5);
    const auto ellipsoid = load(vrt("ellipsoid.vrt", "N42E074.hgt", "EPSG:4979"));
    const auto geoid = Geoid::open();
    if (geoid.available()) {
        ASSERT_TRUE(ellipsoid) << ellipsoid.error().text();
        EXPECT_NEAR(*ellipsoid->elevation(p), 1000 - geoid.undulation(p), 0.05);
        EXPECT_GT(std::abs(geoid.undulation(p)), 20);
        ASSERT_EQ(ellipsoid->notes().size(), 1u);
        EXPECT_NE(ellipsoid->notes()[0].find("ellipsoid"), std::string::npos);
    } else {
        EXPECT_FALSE(ellipsoid);
    }
    const auto copernicus = load(vrt("egm2008.vrt", "N42E074.hgt", "EPSG:4326+3855"));
    ASSERT_TRUE(copernicus) << copernicus.error().text();
    EXPECT_NEAR(*copernicus->elevation(p), 1000, 1e-3);
    ASSERT_EQ(copernicus->notes().size(), 1u);
    EXPECT_NE(copernicus->notes()[0].find("EGM2008"), std::string::npos) << copernicus->notes()[0];
    const auto egm96 = load(vrt("egm96.vrt", "N42E074.hgt", "EPSG:4326+5773"));
    ASSERT_TRUE(egm96);
    EXPECT_TRUE(egm96->notes().empty());
    const auto feet = load(vrt("feet.vrt", "N42E074.hgt", "EPSG:4326", "<UnitType>ft</UnitType>"));
    ASSERT_TRUE(feet);
    EXPECT_NEAR(*feet->elevation(p), 304.8, 1e-3);
}

TEST_F(TerrainFiles, AMosaicWithAHoleSaysSo) {
    const auto path = vrt("hole.vrt", "N42E074.hgt", "EPSG:4326");  // the tile is not there
    const auto t = Terrain::load(path, Point::degrees(42.2, 74.2), Point::degrees(42.8, 74.8));
    if (t) {
        ASSERT_FALSE(t->notes().empty());
        EXPECT_NE(t->notes()[0].find("N42E074.hgt"), std::string::npos);
    } else {
        EXPECT_NE(t.error().text().find("N42E074.hgt"), std::string::npos) << t.error().text();
    }
}

TEST_F(TerrainFiles, ManyThreadsReadOneStore) {
    write_hgt(folder / "N42E074.hgt", 42, 74, slope);
    const auto store = TerrainStore::open((folder / "N42E074.hgt").string());
    ASSERT_TRUE(store);
    std::vector<int> good(4, 0);
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < good.size(); ++i)
            threads.emplace_back([&, i] {
                for (int k = 0; k < 5; ++k) {
                    const double south = 42.1 + 0.1 * static_cast<double>(i);
                    const auto t = store->box(Point::degrees(south, 74.3), Point::degrees(south + 0.1, 74.6));
                    const auto p = Point::degrees(south + 0.05, 74.45);
                    good[i] += t && std::abs(*t->elevation(p) - (100 * (p.lat_deg() - 40) + 44.5)) < 1 ? 1 : 0;
                }
            });
    }
    for (const int g : good) EXPECT_EQ(g, 5);
}

}  // namespace
}  // namespace asman::geo
