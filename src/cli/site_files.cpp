#include "site_files.hpp"

#include <asman/base/config.hpp>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace asman::cli {
namespace {

using nlohmann::json;

double rounded(double x, double digits) {
    return std::round(x * digits) / digits;
}
json place(geo::Point p) {
    return {rounded(p.lon_deg(), 1e7), rounded(p.lat_deg(), 1e7)};
}

base::Result<Plot> plot_of(const json& ring, const std::string& path) {
    const auto bad = [&](const std::string& why) { return base::fail(base::Errc::syntax, {.source = path}, why); };
    geo::Polygon polygon;
    for (const auto& c : ring) {
        if (!c.is_array() || c.size() < 2 || !c[0].is_number() || !c[1].is_number())
            return bad("a corner is [longitude, latitude]");
        const double x = c[0].get<double>(), y = c[1].get<double>();
        if (!(std::abs(x) <= 180 && std::abs(y) <= 90)) return bad("a corner is [longitude, latitude] in degrees");
        polygon.outer.push_back(geo::Point::degrees(y, x));
    }
    if (polygon.outer.size() > 1 && polygon.outer.front() == polygon.outer.back()) polygon.outer.pop_back();
    if (polygon.outer.size() < 3) return bad("a plot has three corners at least");
    // Longitudes are counted from the first corner's: a plot may lie on the antimeridian.
    const auto first = polygon.outer.front();
    double south = first.lat, north = first.lat, west = 0, east = 0, lat = 0, lon = 0;
    for (const auto& c : polygon.outer) {
        const double off = geo::wrap_pi(c.lon - first.lon);
        south = std::min(south, c.lat), north = std::max(north, c.lat);
        west = std::min(west, off), east = std::max(east, off);
        lat += c.lat / static_cast<double>(polygon.outer.size()),
            lon += off / static_cast<double>(polygon.outer.size());
    }
    if (!(north > south && east > west)) return bad("the plot has no area");
    Plot out;
    out.middle = {lat, geo::wrap_pi(first.lon + lon)};
    out.south_west = {south, geo::wrap_pi(first.lon + west)};
    out.north_east = {north, geo::wrap_pi(first.lon + east)};
    out.area = geo::Region::polygons({polygon});
    return out;
}

json mast_json(const coverage::MastResult& m) {
    return {{"mast_m", m.mast},
            {"worst", rounded(m.worst, 10)},
            {"best", rounded(m.best, 10)},
            {"sigma", rounded(m.sigma, 100)},
            {"as_good_as_best", m.equal}};
}

}  // namespace

base::Result<std::vector<Plot>> read_plots(const std::string& path) {
    ASMAN_TRY(const auto text, base::read_file(path));
    const auto doc = json::parse(text, nullptr, false);
    const auto bad = [&](const std::string& why) { return base::fail(base::Errc::syntax, {.source = path}, why); };
    if (doc.is_discarded() || !doc.is_object()) return bad("not GeoJSON");
    json features = json::array({doc});
    if (const auto it = doc.find("features"); it != doc.end() && it->is_array()) features = *it;
    std::vector<Plot> out;
    for (const auto& f : features) {
        if (!f.is_object()) return bad("a feature is an object");
        const json& g = f.contains("geometry") ? f["geometry"] : f;
        if (!g.is_object() || g.value("type", json()) != "Polygon" || !g.contains("coordinates") ||
            !g["coordinates"].is_array() || g["coordinates"].empty())
            return bad("a plot is a GeoJSON Polygon");
        ASMAN_TRY(auto plot, plot_of(g["coordinates"][0], path));
        if (const auto p = f.find("properties"); p != f.end() && p->is_object() && p->contains("name"))
            plot.name = (*p)["name"].is_string() ? (*p)["name"].get<std::string>() : (*p)["name"].dump();
        if (plot.name.empty()) plot.name = fmt::format("plot {}", out.size() + 1);
        out.push_back(std::move(plot));
    }
    if (out.empty()) return bad("the file holds no plot");
    return out;
}

json siting_json(const Plot& plot, const coverage::Siting& r, const coverage::SitingOptions& o, const std::string& unit,
                 std::size_t show) {
    json out{{"plot", plot.name},
             {"remark", r.remark},
             {"positions_equal", r.positions_equal},
             {"positions", r.positions},
             {"left_out_on_objects", r.left_out},
             {"before", rounded(r.before, 10)},
             {"unit", unit},
             {"flight_level", geo::PressureAltitude{o.altitude}.flight_level()},
             {"surface_sigma_m", o.surface_sigma},
             {"near_surface", r.near_surface},
             {"far_terrain", r.far_terrain},
             {"ranked", json::array()},
             {"by_mast", json::array()}};
    for (std::size_t i = 0; i < std::min(show, r.ranked.size()); ++i) {
        const auto& m = r.ranked[i];
        out["ranked"].push_back({{"lat", rounded(m.at.lat_deg(), 1e7)},
                                 {"lon", rounded(m.at.lon_deg(), 1e7)},
                                 {"ground_m", rounded(m.ground, 100)},
                                 {"mast_m", m.mast},
                                 {"gain", rounded(m.gain, 100)}});
    }
    for (const auto& m : r.masts) out["by_mast"].push_back(mast_json(m));
    return out;
}

json siting_geojson(const std::vector<Plot>& plots, const std::vector<coverage::Siting>& results,
                    const coverage::SitingOptions& o, const std::string& goal, const std::string& unit, bool geoid) {
    json out{{"type", "FeatureCollection"},
             {"goal", goal},
             {"unit", unit},
             {"masts_m", o.masts},
             {"flight_level", std::round(geo::PressureAltitude{o.altitude}.flight_level())},
             {"surface_sigma_m", o.surface_sigma},
             {"horizontal_datum", "WGS-84"},
             {"vertical_datum", geoid ? "metres above mean sea level (EGM96)"
                                      : "metres above mean sea level; geoid not available: taken as the ellipsoid"},
             {"plots", json::array()},
             {"features", json::array()}};
    for (std::size_t i = 0; i < results.size(); ++i) {
        const auto& r = results[i];
        out["plots"].push_back(siting_json(plots[i], r, o, unit, 0));
        for (const auto& line : plots[i].area.outline()) {
            json ring = json::array();
            for (const auto& p : line) ring.push_back(place(p));
            if (!line.empty() && !(line.front() == line.back())) ring.push_back(place(line.front()));
            out["features"].push_back({{"type", "Feature"},
                                       {"properties", {{"kind", "plot"}, {"plot", plots[i].name}}},
                                       {"geometry", {{"type", "Polygon"}, {"coordinates", {ring}}}}});
        }
        // A position once, in the order of its best mast, with its gain at each.
        std::map<std::pair<double, double>, std::size_t> index;
        std::vector<const coverage::SitedMast*> positions;
        std::vector<std::vector<double>> gains;
        for (const auto& m : r.ranked) {
            const auto [it, fresh] = index.try_emplace({m.at.lat, m.at.lon}, positions.size());
            if (fresh) positions.push_back(&m), gains.emplace_back(o.masts.size(), 0);
            const auto k = std::ranges::find(o.masts, m.mast) - o.masts.begin();
            gains[it->second][static_cast<std::size_t>(k)] = rounded(m.gain, 100);
        }
        for (std::size_t k = 0; k < positions.size(); ++k)
            out["features"].push_back({{"type", "Feature"},
                                       {"properties",
                                        {{"kind", "position"},
                                         {"plot", plots[i].name},
                                         {"rank", k + 1},
                                         {"ground_m", rounded(positions[k]->ground, 100)},
                                         {"gains", gains[k]}}},
                                       {"geometry", {{"type", "Point"}, {"coordinates", place(positions[k]->at)}}}});
    }
    return out;
}

}  // namespace asman::cli
