// Cursor on Target. Source: MITRE, "Cursor on Target Message Router User's Guide" and the base schema Event.xsd 2.0:
// event attributes, the type tree "a-<affiliation>-A", `how`, `opex`, unknown values of a point as 9999999.
#include "common.hpp"

#include <fmt/format.h>

#include <cmath>

namespace asman::outputs {
namespace {

char affiliation(picture::Identity identity) {
    switch (identity) {
        case picture::Identity::pending:
            return 'p';
        case picture::Identity::unknown:
            return 'u';
        case picture::Identity::assumed_friend:
            return 'a';
        case picture::Identity::friendly:
            return 'f';
        case picture::Identity::neutral:
            return 'n';
        case picture::Identity::suspect:
            return 's';
        case picture::Identity::hostile:
            return 'h';
    }
    return 'u';
}

/// Printable ASCII with XML's five escaped; anything else becomes '?'.
std::string xml(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&apos;";
                break;
            default:
                out += c >= ' ' && c <= '~' ? c : '?';
        }
    }
    return out;
}

std::string known(bool is, double value) {
    return is && std::isfinite(value) ? fmt::format("{:.1f}", value) : std::string("9999999.0");
}

/// What the format has no field for: flight level (never mixed into `hae`), code, who contributed.
std::string remarks(const picture::JointTrack& t) {
    std::string out;
    const auto add = [&](const std::string& word) { out += (out.empty() ? "" : " ") + word; };
    if (t.fused.kinematics.pressure_altitude)
        add(fmt::format("FL{:03.0f}", t.fused.kinematics.pressure_altitude->flight_level()));
    if (t.fused.identity.mode_3a) add("A" + octal(*t.fused.identity.mode_3a));
    if (t.fused.identity.address) add("ICAO " + hex_address(*t.fused.identity.address));
    std::string from;
    for (const auto& c : t.contributions)
        if (from.find(c.originator.text()) == std::string::npos)
            from += (from.empty() ? "" : "+") + std::string(c.originator.text());
    if (!from.empty()) add("from " + from);
    if (t.fused.simulated) add("SIMULATED");
    return out;
}

}  // namespace

std::string cursor_on_target(const picture::JointTrack& track, picture::State owner, base::Duration stale) {
    const auto& k = track.fused.kinematics;
    const std::string time = base::format_time(k.time, 3);
    const bool has_height = k.geometric_height.has_value();
    std::string out = fmt::format(
        R"(<event version="2.0" uid="asman.{}.{}" type="a-{}-A{}" how="m-f"{} time="{}" start="{}" stale="{}">)",
        owner.empty() ? "local" : owner.text(), track.number, affiliation(track.fused.standard_identity),
        track.fused.flight_class == picture::FlightClass::civil ? "-C" : "",
        track.fused.simulated ? R"( opex="s-asman")" : "", time, time, base::format_time(k.time + stale, 3));
    out += fmt::format(R"(<point lat="{:.7f}" lon="{:.7f}" hae="{}" ce="{}" le="{}"/><detail>)", k.at.lat_deg(),
                       k.at.lon_deg(), known(has_height, has_height ? k.geometric_height->m : 0),
                       known(true, position_sigma(k)), known(has_height, k.sigma_geometric_height));
    out += fmt::format(R"(<track course="{:.2f}" speed="{:.2f}"/>)", course(k), ground_speed(k));
    if (!track.fused.identity.callsign.empty())
        out += fmt::format(R"(<contact callsign="{}"/>)", xml(track.fused.identity.callsign));
    out += fmt::format("<remarks>{}</remarks></detail></event>", xml(remarks(track)));
    return out;
}

}  // namespace asman::outputs
