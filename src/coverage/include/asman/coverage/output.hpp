// Products as files: cloud-optimised GeoTIFF, contours as GeoJSON, a picture with a legend, a cross-section as SVG.
#pragma once

#include <asman/coverage/joint.hpp>

#include <map>
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

/// A picture of one layer: colours by class (value ≥ bound), a legend, title, and the terrain's name. `marks` are drawn
/// as crosses. Cells without value are grey.
struct PictureClass {
    double bound = 0;
    std::array<std::uint8_t, 3> colour{};
    std::string label;
};
base::Result<void> write_png(const std::string& path, const Grid& grid, const Layer& layer,
                             const std::vector<PictureClass>& classes, const std::string& title,
                             const std::vector<geo::Point>& marks, const Metadata& metadata);
/// Classes of equal steps from violet (low) to yellow (high).
std::vector<PictureClass> classes_of(double from, double to, int count, const std::string& unit);

/// A vertical cut along a great circle: the ground, and the lowest altitude seen by at least 1, 2 and 3 sensors.
struct Section {
    std::vector<double> distance, ground;  ///< metres from the start; metres above mean sea level
    std::array<std::vector<double>, 3> lowest;
    geo::Point from, to;
    std::string terrain;
};
base::Result<Section> section(const geo::Terrain& terrain, const geo::Geoid& geoid,
                              const std::vector<Instrument>& instruments, const Target& target, geo::Point from,
                              geo::Point to, std::size_t points = 400, const JointOptions& options = {});
std::string section_svg(const Section& section, const std::string& title, double ceiling = 12e3);

}  // namespace asman::coverage
