// What a display is told once: what each sensor sees over the terrain, and the days on which the law changes.
#pragma once

#include <asman/accord/law.hpp>
#include <asman/geo/point.hpp>
#include <asman/geo/terrain.hpp>
#include <asman/serve/snapshot.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace asman::cli {

/// The outline of each sensor at a flight level (standard atmosphere, above mean sea level): the farthest place at
/// which a target is seen over the terrain, within the instrumented range. Sensors without position or range are left
/// out.
std::vector<serve::Cover> cover_of(const std::vector<picture::Sensor>& sensors, const geo::Terrain& terrain,
                                   const geo::Geoid& geoid, double flight_level);

/// On standard error: missing tiles by name, datums, the share without data and what is taken `instead` of it.
void say_what_lacks(const geo::Terrain& terrain, std::string_view instead);

/// Terrain for a box: in memory where it has no more than 2^27 cells, else read in pieces. `path` empty: the default.
/// What is missing or was converted is said on standard error.
base::Result<geo::TerrainStore> open_terrain(const std::string& path, geo::Point south_west, geo::Point north_east);

/// The timeline of all accords, by day.
std::vector<serve::LawChange> law_changes(const accord::Law& law);

}  // namespace asman::cli
