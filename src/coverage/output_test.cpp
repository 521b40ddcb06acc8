#include <asman/base/config.hpp>
#include <asman/coverage/output.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

namespace asman::coverage {
namespace {

using geo::Point;

struct Output : testing::Test {
    std::filesystem::path folder = std::filesystem::temp_directory_path() / "asman_coverage_output";
    Grid grid = *Grid::over(Point::degrees(40, 70), Point::degrees(44, 76), 10e3);
    Layer layer{"height", "m", "a made cone", std::vector<float>(grid.size())};
    Output() {
        std::filesystem::create_directories(folder);
        for (std::size_t i = 0; i < grid.size(); ++i)
            layer.values[i] = static_cast<float>(geo::distance(grid.at(i), Point::degrees(42, 73)) / 100);
        layer.values[0] = std::numeric_limits<float>::quiet_NaN();
    }
    ~Output() override { std::filesystem::remove_all(folder); }
};

TEST_F(Output, GeoTiffReadsBackInPlace) {
    const auto path = (folder / "x.tif").string();
    const auto done = write_geotiff(path, grid, {layer}, {{"terrain", "made"}});
    ASSERT_TRUE(done) << done.error().text();
    const auto back = geo::Terrain::load(path, Point::degrees(40.5, 70.5), Point::degrees(43.5, 75.5));
    ASSERT_TRUE(back) << back.error().text();
    for (const auto& p : {Point::degrees(41, 72), Point::degrees(43.2, 75.1)})
        EXPECT_NEAR(*back->elevation(p), geo::distance(p, Point::degrees(42, 73)) / 100, 12);
    EXPECT_FALSE(write_geotiff("/nowhere/x.tif", grid, {layer}, {}));
    EXPECT_FALSE(write_geotiff(path, grid, {{"short", "m", "", {1.0f}}}, {}));
}

TEST_F(Output, ContoursCarryValueUnitAndTerrain) {
    const auto path = (folder / "x.geojson").string();
    const auto done = write_contours(path, grid, layer, {500, 1000}, {{"terrain", "made"}});
    ASSERT_TRUE(done) << done.error().text();
    const auto text = base::read_file(path);
    ASSERT_TRUE(text);
    EXPECT_NE(text->find("\"value\": 500"), std::string::npos) << text->substr(0, 400);
    EXPECT_NE(text->find("terrain: made"), std::string::npos);
    EXPECT_NE(text->find("LineString"), std::string::npos);
}

TEST_F(Output, PictureHasALegendAndCellsOfItsClasses) {
    const auto path = (folder / "x.png").string();
    Picture picture;
    picture.title = "made cone", picture.classes = classes_of(0, 3000, 6, "m");
    picture.marks = {{Point::degrees(42, 73), "middle"}};
    const auto done = write_png(path, grid, layer, picture, {{"terrain", "made"}, {"vertical_datum", "made sea"}});
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_GT(std::filesystem::file_size(path), 2000u);
    const auto bytes = base::read_file(path);
    EXPECT_EQ(bytes->substr(1, 3), "PNG");
    // What it rests on is in the file, not only in its dots.
    EXPECT_NE(bytes->find("vertical_datum"), std::string::npos);
    EXPECT_NE(bytes->find("made sea"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(path + ".aux.xml"));
    layer.values.pop_back();
    EXPECT_FALSE(write_png(path, grid, layer, picture, {}));
}

TEST_F(Output, OneSensorsViewLiesOnItsTangentPlane) {
    std::vector<float> z(300 * 300);
    for (std::size_t r = 0; r < 300; ++r)
        for (std::size_t c = 0; c < 300; ++c) z[r * 300 + c] = c > 200 ? 2000.0f : 500.0f;
    const auto terrain =
        geo::Terrain::grid(Point::degrees(43.5, 71.5), 0.01 * geo::deg, 0.01 * geo::deg, 300, 300, z, "made step");
    const geo::Position antenna{Point::degrees(42, 73), {540}};
    const auto v = viewshed(terrain, {}, antenna, {.range = 80e3, .cell = 500});
    ASSERT_TRUE(v) << v.error().text();
    const auto path = (folder / "view.tif").string();
    const auto done = write_view(path, *v, {{"terrain", v->terrain}});
    ASSERT_TRUE(done) << done.error().text();
    // Read back through its projection: the same heights at the same places.
    const auto back = geo::Terrain::load(path, Point::degrees(41.6, 72.4), Point::degrees(42.4, 73.6));
    ASSERT_TRUE(back) << back.error().text();
    for (const auto& p : {Point::degrees(42.1, 72.6), Point::degrees(41.9, 73.2), Point::degrees(42.2, 72.9)}) {
        const auto got = back->elevation(p);
        ASSERT_TRUE(got);
        EXPECT_NEAR(*got, v->at({p, {*terrain.elevation(p)}}), 3);
    }
}

TEST_F(Output, SectionOverAWall) {
    std::vector<float> z(400 * 600, 100.0f);
    for (std::size_t r = 0; r < 400; ++r)
        for (std::size_t c = 300; c < 304; ++c) z[r * 600 + c] = 3000;
    const auto terrain =
        geo::Terrain::grid(Point::degrees(44, 70), 0.01 * geo::deg, 0.01 * geo::deg, 400, 600, z, "made wall");
    Instrument i;
    i.sensor.name = "r";
    i.sensor.kind = picture::SensorKind::mode_s;
    i.sensor.position = geo::Position{Point::degrees(42, 72), {130}};
    i.sensor.max_range = 250e3;
    const auto s = section(terrain, {}, {i}, {}, Point::degrees(42, 72.2), Point::degrees(42, 74), {.points = 200});
    ASSERT_TRUE(s) << s.error().text();
    EXPECT_NEAR(s->ground.front(), 100, 1);
    EXPECT_LE(s->lowest(0, 1), 200);
    // Behind the wall the shadow begins above its top and grows.
    EXPECT_GT(s->lowest(199, 1), 4500);
    EXPECT_TRUE(std::isnan(s->lowest(199, 2)));
    EXPECT_EQ(s->seeing, std::vector<std::string>{"r"});
    const auto svg = section_svg(*s, "made");
    EXPECT_NE(svg.find("made wall"), std::string::npos);
    EXPECT_EQ(svg.find("nan"), std::string::npos);
    EXPECT_FALSE(section(terrain, {}, {i}, {}, Point::degrees(42, 72), Point::degrees(42, 72)));
}

}  // namespace
}  // namespace asman::coverage
