#include <asman/base/config.hpp>
#include <asman/study/assess.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace asman::study {
namespace {

using nlohmann::json;

std::string trimmed(std::string_view s) {
    const auto from = s.find_first_not_of(" \t\r");
    if (from == std::string_view::npos) return {};
    return std::string(s.substr(from, s.find_last_not_of(" \t\r") - from + 1));
}

base::Result<std::vector<Route>> read_lines(const std::string& text, const std::string& path) {
    const auto doc = json::parse(text, nullptr, false);
    const auto bad = [&](const std::string& why) { return base::fail(base::Errc::syntax, {.source = path}, why); };
    if (doc.is_discarded() || !doc.is_object() || !doc.contains("features") || !doc["features"].is_array())
        return bad("neither pairs of airports nor a GeoJSON FeatureCollection");
    std::vector<Route> out;
    for (const auto& f : doc["features"]) {
        const json geometry = f.is_object() && f.contains("geometry") ? f["geometry"] : json();
        if (!geometry.is_object() || geometry.value("type", "") != "LineString" || !geometry.contains("coordinates") ||
            !geometry["coordinates"].is_array())
            return bad("a route is a GeoJSON LineString");
        Route r;
        r.name = f.contains("properties") && f["properties"].is_object() ? f["properties"].value("name", "") : "";
        if (r.name.empty()) r.name = "route " + std::to_string(out.size() + 1);
        for (const auto& c : geometry["coordinates"]) {
            if (!c.is_array() || c.size() < 2 || !c[0].is_number() || !c[1].is_number() ||
                !(std::abs(c[0].get<double>()) <= 180 && std::abs(c[1].get<double>()) <= 90))
                return bad("a place of a route is [longitude, latitude] in degrees");
            r.points.push_back(geo::Point::degrees(c[1].get<double>(), c[0].get<double>()));
        }
        if (r.points.size() < 2) return bad("a route has two places at least");
        out.push_back(std::move(r));
    }
    return out;
}

}  // namespace

base::Result<std::vector<Route>> read_routes(const std::string& path,
                                             const std::function<std::optional<geo::Point>(std::string_view)>& place) {
    ASMAN_TRY(const auto text, base::read_file(path));
    if (const auto first = text.find_first_not_of(" \t\r\n"); first != std::string::npos && text[first] == '{')
        return read_lines(text, path);
    std::vector<Route> out;
    std::uint32_t line = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        std::string_view words(text.data() + at, end - at);
        at = end + 1, ++line;
        words = words.substr(0, words.find('#'));
        if (trimmed(words).empty()) continue;
        const auto comma = words.find(',');
        const base::Place where{path, line, 1, {}};
        if (comma == std::string_view::npos)
            return base::fail(base::Errc::syntax, where, "a route is two airports with a comma between");
        const auto from = trimmed(words.substr(0, comma)), to = trimmed(words.substr(comma + 1));
        const auto a = place(from), b = place(to);
        if (!a || !b)
            return base::fail(base::Errc::unknown_name, where, "the scenario has no airport '" + (a ? to : from) + "'");
        out.push_back({from + "-" + to, {*a, *b}});
    }
    return out;
}

}  // namespace asman::study
