// The files of 'asman site': plots as GeoJSON in, ranked positions as GeoJSON out.
#pragma once

#include <asman/base/result.hpp>
#include <asman/coverage/siting.hpp>

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace asman::cli {

struct Plot {
    std::string name;
    geo::Region area;
    geo::Point middle, south_west, north_east;
};

/// Polygons of a GeoJSON file, one plot a feature; a plot without a name gets its number.
base::Result<std::vector<Plot>> read_plots(const std::string& path);

/// One plot's result: what it rests on, the best `show` of all, and by mast how much the position matters.
nlohmann::json siting_json(const Plot& plot, const coverage::Siting& result, const coverage::SitingOptions& options,
                           const std::string& unit, std::size_t show);

/// GeoJSON (RFC 7946) of results, for the display and for others: each plot's outline, and each position with its gain
/// at every mast, best first. What the figures mean is said in members beside the features.
nlohmann::json siting_geojson(const std::vector<Plot>& plots, const std::vector<coverage::Siting>& results,
                              const coverage::SitingOptions& options, const std::string& goal, const std::string& unit,
                              bool geoid);

}  // namespace asman::cli
