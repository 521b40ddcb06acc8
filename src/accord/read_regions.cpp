// Named regions: states' land, strips along a common border, polygons, circles, GeoJSON, and what they make together.
#include "distance_field.hpp"
#include "names.hpp"
#include "read.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace asman::accord {
namespace {

using base::Errc;
using base::Section;
using Kind = RegionSpec::Kind;

constexpr std::size_t most_vertices = 200'000;  ///< a text from outside must not exhaust the node

std::optional<geo::Point> point_of(double lat, double lon) {
    if (!(std::abs(lat) <= 90 && std::abs(lon) <= 180)) return std::nullopt;
    return geo::Point{lat * geo::deg, geo::wrap_pi(lon * geo::deg)};
}

std::optional<geo::Ring> ring_of(const std::vector<std::vector<double>>& rows) {
    geo::Ring ring;
    if (rows.size() > most_vertices) return std::nullopt;
    for (const auto& r : rows) {
        if (r.size() != 2) return std::nullopt;
        const auto p = point_of(r[0], r[1]);
        if (!p) return std::nullopt;
        ring.push_back(*p);
    }
    if (ring.size() > 1 && ring.front() == ring.back()) ring.pop_back();
    if (ring.size() < 3) return std::nullopt;
    return ring;
}

/// A GeoJSON ring has [lon, lat].
std::optional<geo::Ring> json_ring(const nlohmann::json& j) {
    if (!j.is_array() || j.size() > most_vertices) return std::nullopt;
    std::vector<std::vector<double>> rows;
    for (const auto& p : j) {
        if (!p.is_array() || p.size() < 2 || !p[0].is_number() || !p[1].is_number()) return std::nullopt;
        rows.push_back({p[1].get<double>(), p[0].get<double>()});
    }
    return ring_of(rows);
}

bool json_polygon(const nlohmann::json& rings, std::vector<geo::Polygon>& out) {
    if (!rings.is_array() || rings.empty()) return false;
    geo::Polygon polygon;
    for (std::size_t i = 0; i < rings.size(); ++i) {
        auto ring = json_ring(rings[i]);
        if (!ring) return false;
        if (i == 0) {
            polygon.outer = std::move(*ring);
        } else {
            polygon.holes.push_back(std::move(*ring));
        }
    }
    out.push_back(std::move(polygon));
    return true;
}

bool json_geometry(const nlohmann::json& j, std::vector<geo::Polygon>& out, int depth = 0) {
    if (!j.is_object() || depth > 4) return false;
    const auto type = j.value("type", std::string());
    const auto at = [&](const char* key) { return j.contains(key) ? j[key] : nlohmann::json(); };
    if (type == "FeatureCollection") {
        const auto features = at("features");
        return features.is_array() &&
               std::ranges::all_of(features, [&](const auto& f) { return json_geometry(f, out, depth + 1); });
    }
    if (type == "Feature") return json_geometry(at("geometry"), out, depth + 1);
    if (type == "Polygon") return json_polygon(at("coordinates"), out);
    if (type == "MultiPolygon") {
        const auto polygons = at("coordinates");
        return polygons.is_array() &&
               std::ranges::all_of(polygons, [&](const auto& p) { return json_polygon(p, out); });
    }
    return false;
}

class RegionReader {
  public:
    RegionReader(const Section& section, const Names& names) : s_(section), names_(names) {}

    void read() {
        spec_.name = read_id(s_, "name");
        for (const auto& r : *names_.regions) {
            if (r.name == spec_.name) {
                s_.reject("name", Errc::duplicate, fmt::format("region '{}' is defined twice", spec_.name));
                return;
            }
        }
        if (!kind()) return;
        auto area = std::make_shared<Area>();
        area->name = spec_.name;
        if (!build(*area)) return;
        const bool known = found_ != nullptr;
        if (known) *area = *found_;
        area->name = spec_.name;
        if (!known) {
            base::Hasher h;
            h.add("asman region 1");
            const auto of_region = area->region.digest();
            h.add(std::as_bytes(std::span(of_region.value)));
            area->digest = h.finish();
            area->field = std::make_shared<const DistanceField>(area->region);
            if (names_.world->areas && !key_of_area_.empty()) (*names_.world->areas)[key_of_area_] = area;
        }
        // A digest in the text binds it to these very vertices (rule 2).
        if (const auto hex = s_.string_opt("digest"); hex && *hex != area->digest.hex()) {
            s_.reject("digest", Errc::conflict,
                      fmt::format("region '{}' has other vertices than the text was written for: digest is {}",
                                  spec_.name, area->digest.hex()));
            return;
        }
        spec_.area = std::move(area);
        names_.regions->push_back(std::move(spec_));
    }

  private:
    /// Remembers the key, and whether an area was built for it before.
    bool built_before(std::string key) {
        key_of_area_ = std::move(key);
        if (!names_.world->areas) return false;
        const auto it = names_.world->areas->find(key_of_area_);
        if (it == names_.world->areas->end()) return false;
        found_ = it->second;
        return true;
    }

    bool kind() {
        static const std::vector<std::pair<const char*, Kind>> kinds{
            {"everywhere", Kind::everywhere},  {"land", Kind::land},          {"border", Kind::border},
            {"polygon", Kind::polygon},        {"circle", Kind::circle},      {"union", Kind::unite},
            {"intersection", Kind::intersect}, {"difference", Kind::without}, {"geojson", Kind::geojson}};
        int found = 0;
        for (const auto& [key, value] : kinds) {
            if (!s_.has(key)) continue;
            spec_.kind = value;
            key_ = key;
            ++found;
        }
        if (found == 1) return true;
        s_.reject(
            found ? key_ : "name", found ? Errc::conflict : Errc::missing,
            fmt::format("region '{}' must have exactly one of land, border, polygon, circle, union, intersection, "
                        "difference, geojson, everywhere",
                        spec_.name));
        return false;
    }

    bool build(Area& area) {
        switch (spec_.kind) {
            case Kind::everywhere:
                if (!s_.boolean_or("everywhere", false)) {
                    s_.reject("everywhere", Errc::bad_value, "'everywhere' can only be true");
                    return false;
                }
                area.region = geo::Region::everywhere();
                area.words = "everywhere";
                return true;
            case Kind::land:
                return land(area);
            case Kind::border:
                return border(area);
            case Kind::polygon:
                return polygon(area);
            case Kind::circle:
                return circle(area);
            case Kind::geojson:
                return geojson(area);
            case Kind::unite:
            case Kind::intersect:
            case Kind::without:
                return combination(area);
        }
        return false;
    }

    const geo::StateArea* land_of(std::string_view code) {
        if (!names_.world->borders) {
            s_.reject(key_, Errc::missing, "the region needs states' borders, and none are loaded");
            return nullptr;
        }
        const auto* found = names_.world->borders->find(code);
        if (!found) {
            s_.reject(key_, Errc::unknown_name, fmt::format("the borders hold no state '{}'", code));
        }
        return found;
    }

    bool land(Area& area) {
        spec_.names = {std::string(read_state(s_, "land", names_).text())};
        const auto* found = spec_.names[0].empty() ? nullptr : land_of(spec_.names[0]);
        if (!found) return false;
        if (built_before("land " + spec_.names[0])) return true;
        area.region = found->land;
        area.words = "the land of " + spec_.names[0];
        return true;
    }

    bool border(Area& area) {
        const auto states = s_.strings("border");
        if (states.size() != 2 || states[0] == states[1]) {
            s_.reject("border", Errc::bad_value, "'border' names two states: [\"KAZ\", \"KGZ\"]");
            return false;
        }
        for (const auto& code : states) {
            if (checked_state(s_, "border", code, names_).empty()) return false;
        }
        spec_.names = states;
        if (!s_.has("km")) s_.number("km");
        const double width = read_km(s_, "km", 1, 0.1, 2000);
        spec_.km = width / 1000;
        const auto side = s_.string("side");
        if (side != "both" && side != states[0] && side != states[1]) {
            s_.reject("side", Errc::bad_value,
                      fmt::format("'side' must be \"both\", \"{}\" or \"{}\", found '{}'", states[0], states[1], side));
            return false;
        }
        const auto* a = land_of(states[0]);
        const auto* b = land_of(states[1]);
        if (!a || !b) return false;
        if (side != "both") spec_.side = side;
        if (built_before(fmt::format("border {} {} {} {}", states[0], states[1], spec_.km, side))) return true;
        const auto lines = names_.world->borders->common_border(states[0], states[1]);
        if (lines.empty()) {
            s_.reject("border", Errc::unknown_name,
                      fmt::format("{} and {} have no common border", states[0], states[1]));
            return false;
        }
        // Only the two states' own land: a point of a third state near a tripoint lies in no strip.
        const auto land = spec_.side.empty() ? a->land.unite(b->land) : (spec_.side == states[0] ? a->land : b->land);
        area.region = geo::Region::strip(lines, width).intersect(land);
        area.words = fmt::format("{} km along the border of {} and {}, {}", spec_.km, states[0], states[1],
                                 spec_.side.empty() ? "on both sides" : "on the side of " + spec_.side);
        return true;
    }

    bool polygon(Area& area) {
        spec_.points = s_.number_rows("polygon");
        auto ring = ring_of(spec_.points);
        if (!ring) {
            s_.reject("polygon", Errc::bad_value, "'polygon' is at least three [latitude, longitude] in degrees");
            return false;
        }
        area.region = geo::Region::polygons({geo::Polygon{std::move(*ring), {}}});
        area.words = fmt::format("polygon '{}' of {} corners", spec_.name, spec_.points.size());
        return true;
    }

    bool circle(Area& area) {
        const auto centre = s_.numbers("circle");
        const auto p = centre.size() == 2 ? point_of(centre[0], centre[1]) : std::nullopt;
        if (!p) {
            s_.reject("circle", Errc::bad_value, "'circle' is its centre, [latitude, longitude] in degrees");
            return false;
        }
        if (!s_.has("radius_km")) s_.number("radius_km");
        const double radius = read_km(s_, "radius_km", 1, 0.01, 5000);
        spec_.points = {centre};
        spec_.km = radius / 1000;
        area.region = geo::Region::circle(*p, radius);
        area.words = fmt::format("circle of {} km around {}, {}", spec_.km, centre[0], centre[1]);
        return true;
    }

    bool geojson(Area& area) {
        spec_.file = s_.string("geojson");
        const auto it = names_.world->files.find(spec_.file);
        if (it == names_.world->files.end()) {
            std::vector<std::string> known;
            for (const auto& [name, text] : names_.world->files) known.push_back(name);
            s_.reject("geojson", Errc::unknown_name,
                      fmt::format("no file '{}' among the accords{}", spec_.file, near(spec_.file, known)));
            return false;
        }
        const auto json = nlohmann::json::parse(it->second, nullptr, false);
        std::vector<geo::Polygon> polygons;
        if (json.is_discarded() || !json_geometry(json, polygons) || polygons.empty()) {
            s_.reject("geojson", Errc::syntax,
                      fmt::format("'{}' is not GeoJSON of polygons with [longitude, latitude] in degrees", spec_.file));
            return false;
        }
        area.region = geo::Region::polygons(std::move(polygons));
        area.words = "the polygons of " + spec_.file;
        return true;
    }

    /// Digests of the named regions, in order; empty where one is not known.
    std::string parts() const {
        std::string out = key_;
        for (const auto& name : spec_.names) {
            const auto it = std::ranges::find(*names_.regions, name, &RegionSpec::name);
            if (it == names_.regions->end()) return {};
            out += " " + it->area->digest.hex();
        }
        return out;
    }

    bool combination(Area& area) {
        spec_.names = s_.strings(key_);
        if (const auto of = parts(); spec_.names.size() >= 2 && !of.empty() && built_before(of)) return true;
        if (spec_.names.size() < 2) {
            s_.reject(key_, Errc::bad_value, fmt::format("'{}' names at least two regions", key_));
            return false;
        }
        for (std::size_t i = 0; i < spec_.names.size(); ++i) {
            const Area* part = nullptr;
            std::vector<std::string> known;
            for (const auto& r : *names_.regions) {
                known.push_back(r.name);
                if (r.name == spec_.names[i]) part = r.area.get();
            }
            if (!part) {
                s_.reject(key_, Errc::unknown_name,
                          fmt::format("no region '{}' before this one{}", spec_.names[i], near(spec_.names[i], known)));
                return false;
            }
            if (i == 0) {
                area.region = part->region;
            } else if (spec_.kind == Kind::unite) {
                area.region = area.region.unite(part->region);
            } else if (spec_.kind == Kind::intersect) {
                area.region = area.region.intersect(part->region);
            } else {
                area.region = area.region.without(part->region);
            }
            area.words += (i ? (spec_.kind == Kind::unite       ? " together with "
                                : spec_.kind == Kind::intersect ? " where it is also "
                                                                : " without ")
                             : "") +
                          part->words;
        }
        return true;
    }

    const Section& s_;
    const Names& names_;
    RegionSpec spec_;
    std::string key_, key_of_area_;
    std::shared_ptr<const Area> found_;
};

}  // namespace

void read_regions(const Section& root, const Names& names) {
    for (const auto& s : root.tables("region")) RegionReader(s, names).read();
}

}  // namespace asman::accord
