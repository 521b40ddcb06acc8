#include <asman/geo/terrain.hpp>

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace asman::geo {
namespace {

Terrain plane() {
    // elevation = 100·row + 10·column
    std::vector<float> z;
    for (int r = 0; r < 5; ++r)
        for (int c = 0; c < 7; ++c) z.push_back(static_cast<float>(100 * r + 10 * c));
    return Terrain::grid(Point::degrees(44, 70), 1 * deg, 1 * deg, 5, 7, z, "made plane");
}

TEST(Terrain, InterpolatesAPlaneExactly) {
    const auto t = plane();
    EXPECT_NEAR(*t.elevation(Point::degrees(43.25, 72.5)), 75 + 25, 1e-3);
    EXPECT_NEAR(*t.elevation(Point::degrees(44, 70)), 0, 1e-3);
    EXPECT_NEAR(*t.elevation(Point::degrees(40, 76)), 460, 1e-3);
    // Half a cell beyond the centres belongs to it, more does not.
    EXPECT_TRUE(t.elevation(Point::degrees(44.49, 69.51)));
    EXPECT_FALSE(t.elevation(Point::degrees(44.51, 70)));
    EXPECT_FALSE(t.elevation(Point::degrees(42, 69.4)));
    EXPECT_FALSE(t.elevation(Point::degrees(42, 76.6)));
    EXPECT_NEAR(t.resolution(), 111195, 5);
}

TEST(Terrain, AHoleIsNoHeight) {
    std::vector<float> z(9, 5.0f);
    z[4] = std::numeric_limits<float>::quiet_NaN();
    const auto t = Terrain::grid(Point::degrees(1, 0), 1 * deg, 1 * deg, 3, 3, z, "hole");
    EXPECT_FALSE(t.elevation(Point::degrees(0.2, 0.9)));
    EXPECT_NEAR(t.missing(), 1.0 / 9, 1e-12);
    EXPECT_FALSE(Terrain{}.elevation({}));
    EXPECT_EQ(Terrain::flat(12).elevation_or(Point::degrees(89, 179), 0), 12);
}

TEST(Terrain, GoesRoundTheEarth) {
    std::vector<float> z(3 * 36);
    for (int r = 0; r < 3; ++r)
        for (int c = 0; c < 36; ++c) z[static_cast<std::size_t>(r * 36 + c)] = static_cast<float>(std::min(c, 36 - c));
    const auto t = Terrain::grid(Point::degrees(10, 0), 10 * deg, 10 * deg, 3, 36, z, "round");
    EXPECT_TRUE(t.view()->wraps);
    EXPECT_NEAR(*t.elevation(Point::degrees(0, -5)), 0.5, 1e-6);
    EXPECT_NEAR(*t.elevation(Point::degrees(0, 180)), 18, 1e-6);
    EXPECT_NEAR(*t.elevation(Point::degrees(0, -175)), 17.5, 1e-6);
}

TEST(Terrain, ErrorsNameTheFile) {
    const auto absent = Terrain::load("/nowhere/x.tif", Point::degrees(1, 1), Point::degrees(2, 2));
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().place.source, "/nowhere/x.tif");
    const auto junk = std::filesystem::temp_directory_path() / "asman_terrain_junk.tif";
    std::ofstream(junk) << "II*\0this is no raster";
    const auto bad = Terrain::load(junk.string(), Point::degrees(1, 1), Point::degrees(2, 2));
    EXPECT_FALSE(bad);
    std::filesystem::remove(junk);
}

TEST(Terrain, Etopo5) {
    const auto t = Terrain::load_default(Point::degrees(36, 66), Point::degrees(46, 82));
    if (!t) {
        if (test::data_required()) FAIL() << t.error().text();
        GTEST_SKIP() << "ferret-datasets is not installed";
    }
    EXPECT_NE(t->source().find("ETOPO5"), std::string::npos);
    EXPECT_NEAR(t->resolution(), 9266, 10);
    EXPECT_EQ(t->missing(), 0);
    // The steppe north of the Chu is low, the Tien Shan south of it is not; Issyk-Kul's surface lies at 1607 m.
    EXPECT_LT(*t->elevation(Point::degrees(44.5, 73.5)), 700);
    EXPECT_GT(*t->elevation(Point::degrees(42.4, 74.6)), 2500);
    EXPECT_NEAR(*t->elevation(Point::degrees(42.45, 77.2)), 1607, 30);
    EXPECT_FALSE(t->elevation(Point::degrees(30, 70)));
    // Published elevations of airports in valleys: a displaced grid would put them into the mountains.
    struct Place {
        double lat, lon, elevation;
    };
    double sum = 0;
    const Place places[] = {{43.061, 74.478, 627}, {40.609, 72.793, 892},  {43.352, 77.040, 681}, {38.543, 68.825, 785},
                            {40.215, 69.695, 442}, {39.543, 76.020, 1380}, {36.665, 68.911, 444}};
    for (const auto& p : places) {
        const double d = *t->elevation(Point::degrees(p.lat, p.lon)) - p.elevation;
        sum += d * d / std::size(places);
    }
    EXPECT_LT(std::sqrt(sum), 200);  // as the file lies: 520 m
    // Over the seam of the file (0°E) and over the antimeridian.
    const auto greenwich = Terrain::load_default(Point::degrees(40, -5), Point::degrees(50, 5));
    ASSERT_TRUE(greenwich);
    EXPECT_TRUE(greenwich->elevation(Point::degrees(47, -0.02)));
    EXPECT_GT(*greenwich->elevation(Point::degrees(45.2, 2.9)), 500);  // Massif Central
    const auto date_line = Terrain::load_default(Point::degrees(60, 175), Point::degrees(70, -170));
    ASSERT_TRUE(date_line);
    EXPECT_TRUE(date_line->elevation(Point::degrees(66, -179.98)));
    EXPECT_TRUE(date_line->elevation(Point::degrees(66, 179.98)));
    // The sea is flat.
    EXPECT_EQ(*date_line->elevation(Point::degrees(61, -178)), 0);
}

TEST(Terrain, SharedGeoTiff) {
    const std::string path = std::string(ASMAN_SOURCE_DIR) + "/../shared/data/terrain/central_asia_1arcmin.tif";
    ASMAN_NEED(std::filesystem::exists(path), path);
    const auto t = Terrain::load(path, Point::degrees(40, 70), Point::degrees(44, 78));
    ASSERT_TRUE(t) << t.error().text();
    EXPECT_NEAR(t->resolution(), 1853, 3);
    EXPECT_NEAR(*t->elevation(Point::degrees(42.45, 77.2)), 1607, 15);  // Issyk-Kul
    EXPECT_FALSE(Terrain::load(path, Point::degrees(-10, 10), Point::degrees(-5, 20)));
}

}  // namespace
}  // namespace asman::geo
