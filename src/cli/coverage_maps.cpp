#include "coverage_maps.hpp"

#include <fmt/format.h>

#include <cmath>

namespace asman::cli {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

struct LevelLayers {
    coverage::Layer sensors, states, probability, interval, sigma, why;
};

std::string named(double level) {
    return fmt::format("FL{:03.0f}", level);
}

LevelLayers level_layers(const coverage::Joint& joint, double level, const coverage::Target& target) {
    const auto n = joint.grid().size();
    const std::string at = named(level);
    LevelLayers l{
        {"sensors_" + at, "1", "sensors that detect with probability 0.5 or more on one look", std::vector<float>(n)},
        {"states_" + at, "1", "owners of these sensors", std::vector<float>(n)},
        {"probability_" + at, "1", "that at least one sensor detects on one look", std::vector<float>(n)},
        {"interval_" + at, "s", "expected between detections", std::vector<float>(n)},
        {"accuracy_" + at, "m", "1 sigma per axis from one round of looks", std::vector<float>(n)},
        {"blind_" + at, "1", "0 seen, 1 range, 2 terrain, 3 cone of silence, 4 no terrain data, 5 below the beam",
         std::vector<float>(n)}};
    // A flight level as a height in the standard atmosphere: the weather's departure is not known here.
    const double altitude = geo::PressureAltitude::from_flight_level(level).m;
    for (std::size_t i = 0; i < n; ++i) {
        const auto seen = joint.seen(i, altitude, target, {});
        l.sensors.values[i] = seen.sensors, l.states.values[i] = seen.states;
        l.probability.values[i] = static_cast<float>(seen.probability);
        l.interval.values[i] = std::isfinite(seen.interval) ? static_cast<float>(seen.interval) : nan;
        l.sigma.values[i] = std::isfinite(seen.sigma) ? static_cast<float>(seen.sigma) : nan;
        l.why.values[i] = static_cast<float>(seen.why);
    }
    return l;
}

std::vector<coverage::Layer> lowest_layers(const CoverageSetting& s, const coverage::Joint& joint) {
    const auto n = joint.grid().size();
    const std::string unit = "m above mean sea level";
    std::vector<coverage::Layer> out{
        {"lowest_altitude_1", unit, "lowest altitude seen by at least one sensor", std::vector<float>(n)},
        {"lowest_altitude_2", unit, "lowest altitude seen by at least two sensors", std::vector<float>(n)},
        {"lowest_altitude_3", unit, "lowest altitude seen by at least three sensors", std::vector<float>(n)}};
    if (s.joint.bounds)
        for (const auto& [name, what] : {std::pair{"lowest_altitude_1_if_lower", "lower by 1 sigma"},
                                         {"lowest_altitude_1_if_higher", "higher by 2 sigma"}})
            out.push_back(
                {name, unit,
                 fmt::format("lowest altitude seen by one sensor if all terrain is {} of what its raster may be "
                             "off; NaN: none up to 20 km",
                             what),
                 std::vector<float>(n)});
    for (std::size_t i = 0; i < n; ++i) {
        const auto v = joint.lowest(i, s.target, {});
        for (std::size_t k = 0; k < 3; ++k) out[k].values[i] = v[k];
        if (!s.joint.bounds) continue;
        const auto b = joint.bounds(i, s.target, {});
        out[3].values[i] = b[0], out[4].values[i] = b[1];
    }
    return out;
}

std::vector<coverage::PictureClass> count_classes() {
    auto out = coverage::classes_of(1, 6, 5, "");
    const char* labels[] = {"one sensor", "two", "three", "four", "five or more"};
    for (std::size_t i = 0; i < out.size(); ++i) out[i].label = labels[i];
    return out;
}

std::vector<coverage::PictureClass> blind_classes() {
    return {{0, {66, 130, 186}, "seen"},          {1, {240, 240, 240}, "beyond range, or too small"},
            {2, {176, 160, 134}, "terrain"},      {3, {236, 202, 122}, "cone of silence"},
            {4, {90, 90, 90}, "no terrain data"}, {5, {196, 156, 190}, "below the beam"}};
}

}  // namespace

base::Result<nlohmann::json> write_maps(const CoverageSetting& s, const coverage::Joint& joint,
                                        const std::vector<double>& levels, const std::filesystem::path& folder) {
    const auto& grid = joint.grid();
    coverage::Picture picture;
    if (!s.borders.states().empty()) picture.borders = &s.borders;
    for (const auto& i : s.instruments) picture.marks.push_back({i.sensor.position->at, i.sensor.name});
    auto layers = lowest_layers(s, joint);
    picture.title = "Lowest altitude at which " + s.metadata.at("target") + " is seen";
    picture.classes = coverage::classes_of(0, 12000, 8, "m");
    picture.none = "not seen up to 20 km";
    ASMAN_CHECK(coverage::write_png((folder / "lowest.png").string(), grid, layers[0], picture, s.metadata));
    ASMAN_CHECK(coverage::write_contours((folder / "lowest.geojson").string(), grid, layers[0],
                                         {500, 1000, 2000, 4000, 6000, 9000}, s.metadata));
    auto summary = nlohmann::json::array();
    for (const double level : levels) {
        auto l = level_layers(joint, level, s.target);
        double area = 0, twice = 0;
        for (std::size_t i = 0; i < grid.size(); ++i) {
            const double a = grid.area(i / grid.columns) / 1e6;
            if (l.sensors.values[i] >= 1) area += a;
            if (l.sensors.values[i] >= 2) twice += a;
        }
        summary.push_back(
            {{"flight_level", level}, {"area_km2", std::round(area)}, {"area_by_2_km2", std::round(twice)}});
        picture.title = "Sensors that see " + s.metadata.at("target") + " at " + named(level);
        picture.classes = count_classes(), picture.none = "none";
        ASMAN_CHECK(coverage::write_png((folder / ("sensors_" + named(level) + ".png")).string(), grid, l.sensors,
                                        picture, s.metadata));
        ASMAN_CHECK(coverage::write_contours((folder / ("sensors_" + named(level) + ".geojson")).string(), grid,
                                             l.sensors, {0.5, 1.5, 2.5}, s.metadata));
        picture.title = "Why it is blind at " + named(level);
        picture.classes = blind_classes();
        ASMAN_CHECK(coverage::write_png((folder / ("blind_" + named(level) + ".png")).string(), grid, l.why, picture,
                                        s.metadata));
        for (auto* x : {&l.sensors, &l.states, &l.probability, &l.interval, &l.sigma, &l.why})
            layers.push_back(std::move(*x));
    }
    ASMAN_CHECK(coverage::write_geotiff((folder / "coverage.tif").string(), grid, layers, s.metadata));
    return summary;
}

}  // namespace asman::cli
