// A small law and sky for the tests of this room: A to B with onward consent, B to C, three sensors.
#pragma once

#include <asman/release/exporter.hpp>

#include <fmt/core.h>

#include <string>
#include <vector>

namespace asman::release::testing {

inline const State A("AAA"), B("BBB"), C("CCC");

inline std::string clause(const std::string& id, const std::string& from, const std::string& to,
                          const std::string& more) {
    return fmt::format(
        "[[clause]]\nid = \"{}\"\ncertainty = \"public\"\nsource = \"\"\nfrom = [\"{}\"]\nto = [\"{}\"]\n"
        "product = \"tracks\"\narea = \"all\"\nvalidity_s = 300\n{}\n",
        id, from, to, more);
}

inline std::string text(const std::string& id, const std::string& parties, const std::string& clauses) {
    return fmt::format(
        "format = 1\nid = \"{}\"\nparties = [{}]\n[signed]\non = 2030-01-01\ncertainty = \"public\"\nsource = \"\"\n"
        "[entry]\nconsent = \"signature\"\nrule = \"on_signature\"\n"
        "[[site]]\nid = \"plot\"\nhost = {}\nowner = {}\nsensors = [\"BBB/plot\"]\n"
        "[[region]]\nname = \"all\"\npolygon = [[30, 60], [30, 80], [50, 80], [50, 60]]\n{}",
        id, parties, parties.substr(0, 5), parties.substr(7, 5), clauses);
}

inline constexpr const char* fields =
    "fields = [\"velocity\", \"height\", \"mode_3a\", \"address\", \"callsign\", \"flight_class\", "
    "\"standard_identity\", "
    "\"emergency\", \"accuracy\"]\n";

inline accord::Files files(const std::string& ab = "", const std::string& bc = "") {
    accord::Files f;
    f["law.toml"] =
        "format = 1\nsignatures = \"none\"\n[[state]]\ncode = \"AAA\"\n[[state]]\ncode = \"BBB\"\n[[state]]\ncode = "
        "\"CCC\"\n";
    f["AB.toml"] = text("AB", "\"AAA\", \"BBB\"", clause("ab", "AAA", "BBB", fields + ab));
    f["BC.toml"] =
        text("BC", "\"BBB\", \"CCC\"", clause("bc", "BBB", "CCC", fields + ("includes_onward = true\n" + bc)));
    return f;
}

inline std::string act(const std::string& accord, const std::string& kind, const std::string& by, Time at) {
    return fmt::format(
        "format = 1\n[[act]]\naccord = \"{}\"\nkind = \"{}\"\nby = \"{}\"\neffective_at = {}\n"
        "certainty = \"public\"\nsource = \"\"\n",
        accord, kind, by, base::format_time(at));
}

inline Time noon(double s = 0) {
    return *base::parse_time("2030-06-01T12:00:00Z") + base::seconds(s);
}

inline picture::Track track(std::uint64_t number, Time t, double lat, double lon, State owner = B,
                            std::uint32_t sensor = 1) {
    picture::Track out;
    out.number = number;
    out.confirmed = true;
    out.kinematics.time = out.last_report = t;
    out.first_seen = t - base::seconds(100);
    out.kinematics.at = geo::Point::degrees(lat, lon);
    out.kinematics.velocity = {200, 10};
    out.kinematics.covariance = Eigen::Vector4d(2500, 2500, 4, 4).asDiagonal();
    out.kinematics.pressure_altitude = geo::PressureAltitude::from_flight_level(250);
    out.identity.address = 0x600000 + static_cast<std::uint32_t>(number);
    out.identity.callsign = "X" + std::to_string(number);
    out.lineage = {{owner, {sensor}, out.first_seen, t, 10}};
    return out;
}

inline const picture::Sensor* sensor_of(picture::SensorId id) {
    static const std::vector<picture::Sensor> sensors = [] {
        std::vector<picture::Sensor> s(2);
        s[0].id = {1};
        s[0].name = "BBB/radar";
        s[0].owner = s[0].host = B;
        s[1].id = {2};
        s[1].name = "BBB/plot";
        s[1].owner = B;
        s[1].host = C;
        s[1].accord = "BC";
        return s;
    }();
    for (const auto& s : sensors) {
        if (s.id == id) return &s;
    }
    return nullptr;
}

inline Exporter exporter(const std::string& secret = "s") {
    return Exporter({.self = B, .secret = secret}, sensor_of);
}

/// One view that serves every clause.
inline std::vector<Batch> release(Exporter& e, std::span<const picture::Track> local,
                                  std::span<const picture::Contribution> foreign, const accord::LawView& view, Time now,
                                  Time law_now, std::span<const State> receivers) {
    const LocalView whole{{}, local};
    return e.release(std::span(&whole, 1), foreign, view, now, law_now, receivers);
}
inline std::vector<Batch> release(Exporter& e, std::span<const picture::Track> local,
                                  std::span<const picture::Contribution> foreign, const accord::LawView& view, Time now,
                                  std::span<const State> receivers) {
    return release(e, local, foreign, view, now, now, receivers);
}

/// A's track as B holds it.
inline picture::Contribution held(std::uint64_t number, Time t, double lat, double lon, const accord::LawView& view) {
    picture::Contribution c;
    c.originator = c.via = A;
    c.number = number;
    for (const auto& g : view.grants(A, B)) c.clauses = {g.reference()};
    c.track = track(number, t, lat, lon, A, 0);
    c.valid_until = t + base::seconds(300);
    return c;
}

}  // namespace asman::release::testing
