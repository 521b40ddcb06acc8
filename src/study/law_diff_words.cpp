// A comparison of laws as a table, as JSON and as a map.
#include <asman/study/law_diff.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace asman::study {
namespace {

using nlohmann::ordered_json;

template <typename T>
ordered_json amounts(const Amounts<T>& a) {
    const auto rounded = [](T x) {
        return std::is_floating_point_v<T> ? ordered_json(std::round(static_cast<double>(x))) : ordered_json(x);
    };
    return {{"before", rounded(a.before)},
            {"after", rounded(a.after)},
            {"gained", rounded(a.gained)},
            {"lost", rounded(a.lost)}};
}

std::string text(picture::State s) {
    return std::string(s.text());
}

std::string print(const ordered_json& j) {
    return j.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string signed_pair(double gained, double lost) {
    if (std::round(gained) == 0 && std::round(lost) == 0) return "=";
    std::string out;
    if (std::round(gained) != 0) out += fmt::format("+{:.0f}", gained);
    if (std::round(lost) != 0) out += fmt::format("{}-{:.0f}", out.empty() ? "" : " ", lost);
    return out;
}

template <typename T>
std::string column(const Amounts<T>& a) {
    return fmt::format("{:>8.0f} {:>8.0f} {:>15}", static_cast<double>(a.before), static_cast<double>(a.after),
                       signed_pair(static_cast<double>(a.gained), static_cast<double>(a.lost)));
}

constexpr std::size_t most_tracks_shown = 20;

}  // namespace

std::string law_diff_text(const LawDiff& d) {
    std::string out;
    auto it = std::back_inserter(out);
    std::string states;
    for (const auto& s : d.states) states += (states.empty() ? "" : " ") + text(s);
    fmt::format_to(it, "before: law {}\nafter:  law {}\nlogs of {}, {} to {}{}\nthe law's clock: {} to {}\n\n",
                   d.laws[0].hex().substr(0, 16), d.laws[1].hex().substr(0, 16), states, base::format_time(d.first),
                   base::format_time(d.last), d.simulated ? " (simulated)" : "", base::format_time(d.law_first),
                   base::format_time(d.law_last));
    fmt::format_to(it, "{:9}{:^33} {:^33} {:^33}\n", "", "tracks", "track-minutes", "airspace, km²");
    fmt::format_to(it, "{:<4}{:<5}", "to", "of");
    for (int i = 0; i < 3; ++i) fmt::format_to(it, "{:>8} {:>8} {:>15} ", "before", "after", "");
    out += "\n";
    for (const auto& p : d.pairs) {
        fmt::format_to(it, "{:<4}{:<5}{} {} {}", p.receiver.text(), p.originator.text(), column(p.tracks),
                       column(p.minutes), column(p.area));
        if (p.changed) fmt::format_to(it, "  {} minutes otherwise", p.changed);
        out += "\n";
    }
    if (d.pairs.empty()) out += "nothing goes to anybody under either\n";
    if (!d.products.empty())
        fmt::format_to(it, "\n{:<4}{:<5}{:<15}{:^33} {:^33}\n", "to", "from", "beside tracks", "objects",
                       "object-minutes");
    for (const auto& p : d.products) {
        fmt::format_to(it, "{:<4}{:<5}{:<15}{} {}", p.receiver.text(), p.from.text(), p.product, column(p.objects),
                       column(p.minutes));
        if (p.changed) fmt::format_to(it, "  {} otherwise", p.changed);
        out += "\n";
    }
    if (!d.tracks.empty()) out += "\ntracks that differ (minutes gained and lost; under what)\n";
    for (std::size_t i = 0; i < std::min(d.tracks.size(), most_tracks_shown); ++i) {
        const auto& t = d.tracks[i];
        fmt::format_to(it, "  {} of {} {:>5} {:<8} {:<10} {} -> {}\n", t.receiver.text(), t.originator.text(), t.track,
                       t.label,
                       t.minutes.gained || t.minutes.lost
                           ? signed_pair(static_cast<double>(t.minutes.gained), static_cast<double>(t.minutes.lost))
                           : "otherwise",
                       t.under[0].empty() ? "nothing" : t.under[0], t.under[1].empty() ? "nothing" : t.under[1]);
    }
    if (d.tracks.size() > most_tracks_shown)
        fmt::format_to(it, "  and {} more (--json has all)\n", d.tracks.size() - most_tracks_shown);
    bool head = false;
    for (const auto& c : d.clauses) {
        if (std::abs(c.seconds[0] - c.seconds[1]) < 1e-6 && !c.other_text) continue;
        if (!head) out += "\nclauses that differ (seconds in which they hold)\n";
        head = true;
        fmt::format_to(it, "  {} to {} {:<32} {:<14} {:>8.0f} {:>8.0f}{}\n", c.from.text(), c.to.text(), c.clause,
                       c.product, c.seconds[0], c.seconds[1], c.other_text ? "  another text" : "");
    }
    if (!d.assumed.empty()) out += "\nrests on assumed dates:\n";
    for (const auto& a : d.assumed) out += "  " + a + "\n";
    return out;
}

std::string law_diff_json(const LawDiff& d) {
    ordered_json j{{"format", 1}};
    j["laws"] = {d.laws[0].hex(), d.laws[1].hex()};
    j["states"] = ordered_json::array();
    for (const auto& s : d.states) j["states"].push_back(text(s));
    j["simulated"] = d.simulated;
    j["first"] = base::format_time(d.first);
    j["last"] = base::format_time(d.last);
    j["law_first"] = base::format_time(d.law_first);
    j["law_last"] = base::format_time(d.law_last);
    j["pairs"] = ordered_json::array();
    for (const auto& p : d.pairs)
        j["pairs"].push_back({{"receiver", text(p.receiver)},
                              {"originator", text(p.originator)},
                              {"tracks", amounts(p.tracks)},
                              {"track_minutes", amounts(p.minutes)},
                              {"track_minutes_otherwise", p.changed},
                              {"airspace_km2", amounts(p.area)}});
    j["products"] = ordered_json::array();
    for (const auto& p : d.products)
        j["products"].push_back({{"receiver", text(p.receiver)},
                                 {"from", text(p.from)},
                                 {"product", p.product},
                                 {"objects", amounts(p.objects)},
                                 {"object_minutes", amounts(p.minutes)},
                                 {"otherwise", p.changed},
                                 {"messages", {p.messages[0], p.messages[1]}}});
    j["tracks"] = ordered_json::array();
    for (const auto& t : d.tracks)
        j["tracks"].push_back({{"receiver", text(t.receiver)},
                               {"originator", text(t.originator)},
                               {"track", t.track},
                               {"label", t.label},
                               {"minutes", amounts(t.minutes)},
                               {"minutes_otherwise", t.changed},
                               {"under", {t.under[0], t.under[1]}}});
    j["clauses"] = ordered_json::array();
    for (const auto& c : d.clauses)
        j["clauses"].push_back({{"from", text(c.from)},
                                {"to", text(c.to)},
                                {"clause", c.clause},
                                {"product", c.product},
                                {"seconds", {c.seconds[0], c.seconds[1]}},
                                {"another_text", c.other_text}});
    j["assumed"] = d.assumed;
    return print(j);
}

std::string law_diff_geojson(const LawDiff& d) {
    ordered_json features = ordered_json::array();
    for (const auto& c : d.cells) {
        const double south = c.centre.lat_deg() - c.north_south / 2, north = c.centre.lat_deg() + c.north_south / 2;
        const double west = c.centre.lon_deg() - c.east_west / 2, east = c.centre.lon_deg() + c.east_west / 2;
        const auto at = [](double lon, double lat) {
            return ordered_json::array({std::round(lon * 1e5) / 1e5, std::round(lat * 1e5) / 1e5});
        };
        const bool before = c.minutes.before > 0, after = c.minutes.after > 0;
        const char* change = before && after ? (c.minutes.gained || c.minutes.lost ? "partly" : "same")
                             : after         ? "gained"
                                             : "lost";
        features.push_back(
            {{"type", "Feature"},
             {"geometry",
              {{"type", "Polygon"},
               {"coordinates",
                {{at(west, south), at(east, south), at(east, north), at(west, north), at(west, south)}}}}},
             {"properties",
              {{"receiver", text(c.receiver)},
               {"originator", text(c.originator)},
               {"change", change},
               {"track_minutes", amounts(c.minutes)},
               {"km2", std::round(c.km2)}}}});
    }
    return ordered_json{{"type", "FeatureCollection"}, {"features", std::move(features)}}.dump(
               -1, ' ', false, ordered_json::error_handler_t::replace) +
           "\n";
}

}  // namespace asman::study
