#include <asman/base/config.hpp>
#include <asman/geo/region.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

namespace asman::geo {
namespace {

using base::Errc;
using base::Result;
using Json = nlohmann::json;

/// A reader of one feature, which knows where it stands for its errors.
struct Feature {
    const std::string& source;
    std::size_t index;

    std::unexpected<base::Error> bad(std::string reason) const {
        return base::fail(Errc::bad_value, {source, 0, 0, "features[" + std::to_string(index) + "]"},
                          std::move(reason));
    }
    Result<Point> point(const Json& json) const {
        if (!json.is_array() || json.size() < 2 || !json[0].is_number() || !json[1].is_number()) {
            return bad("a position must be [longitude, latitude]");
        }
        const double lon = json[0].get<double>();
        const double lat = json[1].get<double>();
        // Files of the whole earth go a rounding error beyond its edge.
        constexpr double slack = 1e-6;
        if (!(std::abs(lat) <= 90 + slack) || !(std::abs(lon) <= 180 + slack)) {
            return bad("a position lies outside ±180°, ±90°");
        }
        return Point{std::clamp(lat, -90.0, 90.0) * deg, wrap_pi(lon * deg)};
    }
    Result<Ring> ring(const Json& json) const {
        if (!json.is_array() || json.size() < 4) return bad("a ring must have at least four positions");
        Ring out;
        out.reserve(json.size());
        for (const auto& p : json) {
            ASMAN_TRY(auto q, point(p));
            out.push_back(q);
        }
        if (out.front() != out.back()) return bad("a ring must end where it begins");
        out.pop_back();
        return out;
    }
    Result<Polygon> polygon(const Json& json) const {
        if (!json.is_array() || json.empty()) return bad("a polygon must be an array of rings");
        Polygon out;
        for (std::size_t i = 0; i < json.size(); ++i) {
            ASMAN_TRY(auto r, ring(json[i]));
            if (i == 0) {
                out.outer = std::move(r);
            } else {
                out.holes.push_back(std::move(r));
            }
        }
        return out;
    }
    Result<std::vector<Polygon>> polygons(const Json& geometry) const {
        if (!geometry.is_object()) return bad("a geometry is required");
        const auto type =
            geometry.value("type", Json()).is_string() ? geometry["type"].get<std::string>() : std::string();
        const auto coordinates = geometry.find("coordinates");
        if (coordinates == geometry.end() || !coordinates->is_array()) return bad("a geometry needs coordinates");
        std::vector<Polygon> out;
        if (type == "Polygon") {
            ASMAN_TRY(auto p, polygon(*coordinates));
            out.push_back(std::move(p));
        } else if (type == "MultiPolygon") {
            for (const auto& each : *coordinates) {
                ASMAN_TRY(auto p, polygon(each));
                out.push_back(std::move(p));
            }
        } else {
            return bad("a state's geometry must be a Polygon or MultiPolygon, found '" + type + "'");
        }
        return out;
    }
    Result<std::string> property(const Json& feature, const char* key) const {
        const auto properties = feature.find("properties");
        if (properties == feature.end() || !properties->is_object()) return bad("properties are required");
        const auto it = properties->find(key);
        if (it == properties->end() || !it->is_string())
            return bad(std::string("properties.") + key + " must be a string");
        return it->get<std::string>();
    }
};

Result<StateArea> read_state(const Json& json, const Feature& feature) {
    if (!json.is_object()) return feature.bad("a feature must be an object");
    StateArea out;
    ASMAN_TRY(out.iso3, feature.property(json, "iso3"));
    ASMAN_TRY(out.name, feature.property(json, "name"));
    if (out.iso3.size() != 3 || !std::ranges::all_of(out.iso3, [](char c) { return c >= 'A' && c <= 'Z'; })) {
        return feature.bad("properties.iso3 must be three capital letters, found '" + out.iso3.substr(0, 16) + "'");
    }
    const auto geometry = json.find("geometry");
    if (geometry == json.end()) return feature.bad("a geometry is required");
    ASMAN_TRY(out.polygons, feature.polygons(*geometry));
    out.land = Region::polygons(out.polygons);
    return out;
}

using Edge = std::pair<Point, Point>;
Edge undirected(Point a, Point b) {
    return a < b ? Edge{a, b} : Edge{b, a};
}

constexpr double cell = 10 * deg;
constexpr std::size_t cell_rows = 18;
constexpr std::size_t cell_columns = 36;

std::size_t cell_of(Point p) {
    const auto clamp = [](double x, std::size_t n) {
        return static_cast<std::size_t>(std::clamp(x, 0.0, static_cast<double>(n - 1)));
    };
    const auto row = clamp((p.lat + std::numbers::pi / 2) / cell, cell_rows);
    return row * cell_columns + clamp((wrap_pi(p.lon) + std::numbers::pi) / cell, cell_columns);
}

/// A cap of the sphere of directions from the earth's centre.
struct Cap {
    Ecef centre;
    double radius = 0;  ///< radians
    bool meets(const Cap& other) const {
        const double between = std::acos(std::clamp(centre.dot(other.centre), -1.0, 1.0));
        return between <= radius + other.radius + 1e-6;
    }
};

Ecef direction(Point p) {
    return to_ecef({p, {0}}).normalized();
}

/// Holds the ring's vertices; where it is less than half the sphere it then holds the edges and the inside too.
Cap cap_of(const Ring& ring) {
    Ecef sum = Ecef::Zero();
    for (const auto& p : ring) sum += direction(p);
    if (!(sum.norm() > 1e-9)) return {Ecef::UnitX(), std::numbers::pi};
    Cap out{sum.normalized(), 0};
    for (const auto& p : ring) {
        out.radius = std::max(out.radius, std::acos(std::clamp(out.centre.dot(direction(p)), -1.0, 1.0)));
    }
    if (out.radius >= std::numbers::pi / 2) out.radius = std::numbers::pi;
    return out;
}

Cap cap_of_cell(std::size_t row, std::size_t column) {
    const double south = -std::numbers::pi / 2 + static_cast<double>(row) * cell;
    const double west = -std::numbers::pi + static_cast<double>(column) * cell;
    Cap out{direction({south + cell / 2, west + cell / 2}), 0};
    for (const double lat : {south, south + cell}) {
        for (const double lon : {west, west + cell}) {
            out.radius = std::max(out.radius, std::acos(std::clamp(out.centre.dot(direction({lat, lon})), -1.0, 1.0)));
        }
    }
    return out;
}

template <class Visit>
void each_ring(const StateArea& state, Visit visit) {
    for (const auto& polygon : state.polygons) {
        visit(polygon.outer);
        for (const auto& hole : polygon.holes) visit(hole);
    }
}

}  // namespace

base::Result<Borders> Borders::parse(std::string_view geojson, const std::string& source) {
    const auto json = Json::parse(geojson, nullptr, false);
    if (json.is_discarded()) return base::fail(Errc::syntax, {source, 0, 0, {}}, "not a JSON document");
    if (!json.is_object() || !json.contains("features") || !json["features"].is_array()) {
        return base::fail(Errc::bad_value, {source, 0, 0, {}}, "a GeoJSON FeatureCollection is required");
    }
    Borders out;
    const auto& features = json["features"];
    for (std::size_t i = 0; i < features.size(); ++i) {
        ASMAN_TRY(auto state, read_state(features[i], Feature{source, i}));
        out.states_.push_back(std::move(state));
    }
    std::ranges::stable_sort(out.states_, {}, &StateArea::iso3);
    const auto twice = std::ranges::adjacent_find(out.states_, {}, &StateArea::iso3);
    if (twice != out.states_.end()) {
        return base::fail(Errc::duplicate, {source, 0, 0, twice->iso3}, "the state stands in the file twice");
    }
    out.index();
    return out;
}

void Borders::index() {
    near_.assign(cell_rows * cell_columns, {});
    std::vector<Cap> cells;
    for (std::size_t r = 0; r < cell_rows; ++r) {
        for (std::size_t c = 0; c < cell_columns; ++c) cells.push_back(cap_of_cell(r, c));
    }
    for (std::uint32_t i = 0; i < states_.size(); ++i) {
        for (const auto& polygon : states_[i].polygons) {
            const auto cap = cap_of(polygon.outer);
            for (std::size_t k = 0; k < cells.size(); ++k) {
                if ((near_[k].empty() || near_[k].back() != i) && cap.meets(cells[k])) near_[k].push_back(i);
            }
        }
    }
}

base::Result<Borders> Borders::load(const std::string& path) {
    ASMAN_TRY(const auto text, base::read_file(path));
    return parse(text, path);
}

const StateArea* Borders::find(std::string_view iso3) const {
    const auto it =
        std::ranges::lower_bound(states_, iso3, {}, [](const StateArea& s) { return std::string_view(s.iso3); });
    return it != states_.end() && it->iso3 == iso3 ? &*it : nullptr;
}

std::vector<std::vector<Point>> Borders::common_border(std::string_view a, std::string_view b) const {
    const auto* first = find(a);
    const auto* second = find(b);
    std::vector<std::vector<Point>> out;
    if (!first || !second || first == second) return out;
    std::set<Edge> shared;
    each_ring(*second, [&](const Ring& ring) {
        for (std::size_t i = 0; i < ring.size(); ++i) shared.insert(undirected(ring[i], ring[(i + 1) % ring.size()]));
    });
    each_ring(*first, [&](const Ring& ring) {
        const auto n = ring.size();
        const auto is_shared = [&](std::size_t i) {
            return shared.contains(undirected(ring[i % n], ring[(i + 1) % n]));
        };
        // Begin behind an edge that is not shared, so that the line is not split where the ring happens to begin.
        std::size_t start = 0;
        while (start < n && is_shared(start)) ++start;
        if (start == n) {  // an enclave: the whole ring
            auto& line = out.emplace_back(ring);
            if (!line.empty()) line.push_back(line.front());
            return;
        }
        bool open = false;
        for (std::size_t k = 1; k <= n; ++k) {
            const auto i = (start + k) % n;
            if (!is_shared(i)) {
                open = false;
                continue;
            }
            if (!open) out.push_back({ring[i]});
            out.back().push_back(ring[(i + 1) % n]);
            open = true;
        }
    });
    return out;
}

const StateArea* Borders::state_at(Point p) const {
    if (!std::isfinite(p.lat) || !std::isfinite(p.lon) || near_.empty()) return nullptr;
    for (const auto i : near_[cell_of(p)]) {
        if (states_[i].land.contains(p, true)) return &states_[i];
    }
    return nullptr;
}

}  // namespace asman::geo
