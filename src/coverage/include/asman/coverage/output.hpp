// Products as files: cloud-optimised GeoTIFF, contours as GeoJSON, a picture with a legend, a cross-section as SVG.
#pragma once

#include <asman/coverage/joint.hpp>
#include <asman/coverage/viewshed.hpp>
#include <asman/geo/region.hpp>

#include <map>
#include <span>
#include <string>
#include <vector>

namespace asman::coverage {

/// One raster over the grid. NaN: no value.
struct Layer {
    std::string name;  ///< "lowest_altitude_1"
    std::string unit;  ///< "m above mean sea level"
    std::string description;
    std::vector<float> values;
};

/// What every file carries in its metadata: terrain source, scenario, target, model, time of law …
using Metadata = std::map<std::string, std::string>;

/// WGS-84 (EPSG:4326), Float32, a band a layer with name, unit and description; no-data is NaN.
base::Result<void> write_geotiff(const std::string& path, const Grid& grid, const std::vector<Layer>& layers,
                                 const Metadata& metadata);

/// Lines of equal value as GeoJSON (RFC 7946: WGS-84), each with properties `layer`, `value`, `unit`.
base::Result<void> write_contours(const std::string& path, const Grid& grid, const Layer& layer,
                                  const std::vector<double>& values, const Metadata& metadata);

/// A class of values (value ≥ bound) on a picture.
struct PictureClass {
    double bound = 0;
    std::array<std::uint8_t, 3> colour{};
    std::string label;
};
/// Classes of equal steps from light to dark, one hue: more is darker.
std::vector<PictureClass> classes_of(double from, double to, int count, const std::string& unit);
struct Mark {
    geo::Point at;
    std::string name;
};
/// A picture of one layer with its legend, borders where given, graticule and scale; metadata stand below it and in the
/// file (PNG text). Cells without value are white.
struct Picture {
    std::string title;
    std::vector<PictureClass> classes;
    std::string none = "none";  ///< what no value means
    std::vector<Mark> marks;    ///< drawn as triangles, named where they are few
    const geo::Borders* borders = nullptr;
};
base::Result<void> write_png(const std::string& path, const Grid& grid, const Layer& layer, const Picture& picture,
                             const Metadata& metadata);

/// One sensor's view as cloud-optimised GeoTIFF on its tangent plane (ellipsoidal orthographic projection at the
/// antenna): lowest visible height above ground, metres, a cell being the place whose ground stands over it.
base::Result<void> write_view(const std::string& path, const Viewshed& view, const Metadata& metadata);

/// A vertical cut along a great circle: the ground, and how many sensors see a target at each altitude over it.
struct Section {
    std::vector<double> distance, ground;  ///< metres from the start; metres above mean sea level (NaN: no data)
    std::vector<double> altitude;          ///< metres above mean sea level
    std::vector<std::uint8_t> sensors;     ///< [point][altitude]: with probability ≥ 0.5 on one look
    geo::Point from, to;
    std::string terrain;
    std::vector<std::string> seeing;  ///< names of the sensors that see anything of it

    std::uint8_t at(std::size_t point, std::size_t level) const { return sensors[point * altitude.size() + level]; }
    /// Lowest altitude at which at least `count` sensors see; NaN: none.
    double lowest(std::size_t point, std::uint8_t count) const;
};
struct SectionOptions {
    std::size_t points = 400;           ///< 2 … 100,000
    double ceiling = 13e3, rise = 100;  ///< metres: altitudes from 0 to the ceiling
    JointOptions joint{};
};
base::Result<Section> section(const geo::TerrainStore& terrain, const geo::Geoid& geoid,
                              const std::vector<Instrument>& instruments, const Target& target, geo::Point from,
                              geo::Point to, const SectionOptions& options = {});
/// The same from sweeps that are there already; views of sensors that do not reach the line cost nothing.
base::Result<Section> section(const geo::TerrainStore& terrain, const geo::Geoid& geoid,
                              std::span<const SensorView* const> views, const Target& target, geo::Point from,
                              geo::Point to, const SectionOptions& options = {});
std::string section_svg(const Section& section, const std::string& title);

}  // namespace asman::coverage
