#include "common.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace asman::outputs {
namespace {

using picture::JointTrack;
using picture::Track;

Json kinematics(const Track& t) {
    const auto& k = t.kinematics;
    Json out{{"time", base::format_time(k.time, 3)},
             {"speed_m_s", rounded(ground_speed(k), 2)},
             {"course_deg", rounded(course(k), 2)},
             {"sigma_m", rounded(position_sigma(k), 1)}};
    if (k.pressure_altitude) out["flight_level"] = rounded(k.pressure_altitude->flight_level(), 2);
    if (k.geometric_height) out["height_m"] = rounded(k.geometric_height->m, 1);
    if (k.vertical_rate) out["vertical_rate_m_s"] = rounded(*k.vertical_rate, 2);
    if (k.pressure_altitude && k.sigma_pressure_altitude > 0)
        out["sigma_flight_level"] = rounded(k.sigma_pressure_altitude / geo::foot / 100, 2);
    if (k.geometric_height && k.sigma_geometric_height > 0)
        out["sigma_height_m"] = rounded(k.sigma_geometric_height, 1);
    if (k.vertical_rate && k.sigma_vertical_rate > 0)
        out["sigma_vertical_rate_m_s"] = rounded(k.sigma_vertical_rate, 2);
    if (k.turn_rate != 0) out["turn_rate_deg_s"] = rounded(k.turn_rate / geo::deg, 3);
    if (k.acceleration != 0) out["acceleration_m_s2"] = rounded(k.acceleration, 3);
    return out;
}

void add_identity(Json& out, const Track& t) {
    const auto& i = t.identity;
    if (i.address) out["address"] = hex_address(*i.address);
    if (i.mode_3a) out["mode_3a"] = octal(*i.mode_3a);
    if (i.mode_3a && !i.mode_3a_valid) out["mode_3a_valid"] = false;
    if (!i.callsign.empty()) out["callsign"] = i.callsign;
    if (i.special_position) out["spi"] = true;
    if (i.emergency) out["emergency"] = i.emergency;
    out["identity"] = picture::name(t.standard_identity);
    out["class"] = picture::name(t.flight_class);
}

void add_status(Json& out, const Track& t) {
    out["existence"] = rounded(t.existence, 4);
    out["confirmed"] = t.confirmed;
    out["coasting"] = t.coasting;
    out["primary_only"] = t.primary_only;
    out["simulated"] = t.simulated;
    out["first_seen"] = base::format_time(t.first_seen, 3);
    out["last_report"] = base::format_time(t.last_report, 3);
}

Json lineage(const picture::Lineage& entries) {
    Json out = Json::array();
    for (const auto& e : entries)
        out.push_back({{"state", e.state.text()},
                       {"sensor", e.sensor.value},
                       {"first", base::format_time(e.first, 3)},
                       {"last", base::format_time(e.last, 3)},
                       {"reports", e.reports}});
    return out;
}

/// The latest report as its sensor measured it.
Json measured(const picture::Measurement& m) {
    Json out{{"sensor", m.sensor.value},
             {"time", base::format_time(m.time, 3)},
             {"kind", picture::name(m.kind)},
             {"replied", m.replied}};
    if (m.polar()) {
        out["range_m"] = rounded(m.range, 1);
        out["azimuth_deg"] = rounded(geo::wrap_2pi(m.azimuth) / geo::deg, 4);
    }
    if (m.pressure_altitude) out["flight_level"] = rounded(m.pressure_altitude->flight_level(), 2);
    if (m.mode_3a) out["mode_3a"] = octal(*m.mode_3a);
    if (m.mode_3a && !m.mode_3a_valid) out["mode_3a_valid"] = false;
    return out;
}

Json contributions(const JointTrack& t) {
    Json out = Json::array();
    for (const auto& c : t.contributions) {
        Json one{{"originator", c.originator.text()}, {"number", c.number}};
        if (!c.via.empty()) one["via"] = c.via.text();
        if (!c.clauses.empty()) {
            one["clauses"] = Json::array();
            for (const auto& clause : c.clauses) one["clauses"].push_back(clause.text());
        }
        if (c.coarsening.grid > 0) one["grid_m"] = rounded(c.coarsening.grid, 1);
        if (c.coarsening.delay.ns > 0) one["delay_s"] = rounded(c.coarsening.delay.seconds(), 3);
        if (!c.assumed.empty()) one["assumed"] = c.assumed;
        one["lineage"] = lineage(c.track.lineage);
        out.push_back(std::move(one));
    }
    return out;
}

const Track& track_of(const Track& t) {
    return t;
}
const Track& track_of(const JointTrack& t) {
    return t.fused;
}
void add_sources(Json& out, const Track& t) {
    out["lineage"] = lineage(t.lineage);
}
void add_sources(Json& out, const JointTrack& t) {
    if (!t.airspace.empty()) out["airspace"] = t.airspace.text();
    out["contributions"] = contributions(t);
}

template <class T>
Json properties(const T& t) {
    const auto& track = track_of(t);
    Json out{{"number", t.number}};
    out.update(kinematics(track));
    add_identity(out, track);
    add_status(out, track);
    add_sources(out, t);
    if (track.measured) out["measured"] = measured(*track.measured);
    return out;
}

/// Longitude first, then latitude; GeoJSON (RFC 7946) has a third number for ellipsoidal height only.
Json position(const picture::Kinematics& k) {
    Json out{rounded(k.at.lon_deg(), 7), rounded(k.at.lat_deg(), 7)};
    if (k.geometric_height) out.push_back(rounded(k.geometric_height->m, 1));
    return out;
}

template <class T>
std::string feature_collection(std::span<const T> tracks, base::Time now) {
    Json features = Json::array();
    for (const auto& t : tracks) {
        const auto& k = track_of(t).kinematics;
        features.push_back({{"type", "Feature"},
                            {"id", t.number},
                            {"geometry", {{"type", "Point"}, {"coordinates", position(k)}}},
                            {"properties", properties(t)}});
    }
    return dump(
        {{"type", "FeatureCollection"}, {"time", base::format_time(now, 3)}, {"features", std::move(features)}});
}

template <class T>
std::string line(const T& t, picture::State owner) {
    const auto& k = track_of(t).kinematics;
    Json out{{"v", 1}, {"type", "track"}};
    if (!owner.empty()) out["state"] = owner.text();
    out["lat"] = rounded(k.at.lat_deg(), 7);
    out["lon"] = rounded(k.at.lon_deg(), 7);
    out.update(properties(t));
    // East m, north m, east m/s, north m/s: the upper triangle by rows.
    out["covariance"] = Json::array();
    for (int i = 0; i < 4; ++i)
        for (int j = i; j < 4; ++j) out["covariance"].push_back(rounded(k.covariance(i, j), 3));
    const auto& modes = track_of(t).mode_probabilities;
    if (std::ranges::any_of(modes, [](float p) { return p > 0; }))
        out["modes"] = {
            {"straight", rounded(modes[0], 3)}, {"turn", rounded(modes[1], 3)}, {"speed_change", rounded(modes[2], 3)}};
    return dump(out);
}

}  // namespace

std::string geojson(std::span<const JointTrack> tracks, base::Time now) {
    return feature_collection(tracks, now);
}
std::string geojson(std::span<const Track> tracks, base::Time now) {
    return feature_collection(tracks, now);
}
std::string ndjson(const Track& track, picture::State owner) {
    return line(track, owner);
}
std::string ndjson(const JointTrack& track, picture::State owner) {
    return line(track, owner);
}

std::string aircraft_json(std::span<const JointTrack> tracks, base::Time now, std::uint64_t messages) {
    constexpr std::array<const char*, 8> emergencies{"none",  "general",  "lifeguard", "minfuel",
                                                     "nordo", "unlawful", "downed",    "reserved"};
    Json aircraft = Json::array();
    for (const auto& t : tracks) {
        const auto& k = t.fused.kinematics;
        const auto& i = t.fused.identity;
        // '~' marks what is no ICAO address, as the readers of this format expect.
        Json a{{"hex", i.address ? hex_address(*i.address) : "~" + hex_address(static_cast<std::uint32_t>(t.number))},
               {"type", "other"}};
        if (!i.callsign.empty()) a["flight"] = i.callsign;
        if (k.pressure_altitude) a["alt_baro"] = std::lround(k.pressure_altitude->m / geo::foot);
        if (k.geometric_height) a["alt_geom"] = std::lround(k.geometric_height->m / geo::foot);
        a["gs"] = rounded(ground_speed(k) / geo::knot, 1);
        a["track"] = rounded(course(k), 2);
        if (k.vertical_rate) a["baro_rate"] = std::lround(*k.vertical_rate / geo::foot * 60);
        if (i.mode_3a) a["squawk"] = octal(*i.mode_3a);
        if (i.emergency < emergencies.size()) a["emergency"] = emergencies[i.emergency];
        if (i.special_position) a["spi"] = 1;
        a["lat"] = rounded(k.at.lat_deg(), 6);
        a["lon"] = rounded(k.at.lon_deg(), 6);
        const double seen = rounded(std::max(0.0, (now - t.fused.last_report).seconds()), 1);
        a["seen_pos"] = seen;
        a["seen"] = seen;
        if (t.fused.simulated) a["simulated"] = true;
        aircraft.push_back(std::move(a));
    }
    return dump({{"now", rounded(now.seconds(), 1)}, {"messages", messages}, {"aircraft", std::move(aircraft)}});
}

}  // namespace asman::outputs
