// The maps that `asman coverage` writes.
#pragma once

#include <asman/coverage/output.hpp>
#include <asman/simulate/scenario.hpp>

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace asman::cli {

/// What sensors, over what ground, for what target.
struct CoverageSetting {
    simulate::Scenario scenario;
    geo::TerrainStore terrain;
    geo::Geoid geoid;
    geo::Point south_west, north_east;
    std::vector<coverage::Instrument> instruments;
    coverage::Target target;
    coverage::JointOptions joint;
    coverage::Metadata metadata;
    geo::Borders borders;  ///< may hold none
};

/// GeoTIFF of all layers, pictures, contours into `folder`; the areas seen by level.
base::Result<nlohmann::json> write_maps(const CoverageSetting& s, const coverage::Joint& joint,
                                        const std::vector<double>& levels, const std::filesystem::path& folder);

}  // namespace asman::cli
