#include "area.hpp"

#include "recording.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace asman::cli {
namespace {

std::optional<double> real(std::string_view text) {
    double v = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (ec != std::errc{} || end != text.data() + text.size() || !std::isfinite(v)) return {};
    return v;
}

/// "600" with LAT and LON in it.
std::optional<geo::Point> point_in(const asterix::Record& r, const std::string& item) {
    const auto lat = asterix::quantity(r, item + "/LAT"), lon = asterix::quantity(r, item + "/LON");
    if (!lat || !lon) return {};
    return geo::Point::degrees(*lat, *lon);
}

/// Metres above the ellipsoid, near enough for an area: the standard atmosphere's.
std::optional<double> height(const asterix::Record& r) {
    auto level = asterix::quantity(r, "090/FL");
    if (!level) level = asterix::quantity(r, "090/HGT");
    if (!level) return {};
    // 048 until 1.31: the table says unsigned, radars send two's complement.
    return geo::PressureAltitude::from_flight_level(*level >= 2048 ? *level - 4096 : *level).m;
}

/// East, north and up of the sensor, metres.
Eigen::Vector3d by_range(double range, double azimuth, std::optional<double> above) {
    constexpr double radius = 6'371'000;
    // The earth falls away under the line of sight; where no height is told, the target is taken to be on it.
    double up = above ? *above - range * range / (2 * radius) : 0;
    up = std::clamp(up, -range, range);
    const double ground = std::sqrt(range * range - up * up);
    return {ground * std::sin(azimuth), ground * std::cos(azimuth), up};
}

}  // namespace

base::Result<Area> Area::from(const std::vector<std::string>& corners) {
    std::vector<double> v;
    for (const auto& c : corners)
        if (const auto d = real(c)) v.push_back(*d);
    if (v.size() != 4 || corners.size() != 4 || v[0] > v[2] || v[0] < -90 || v[2] > 90 || std::abs(v[1]) > 180 ||
        std::abs(v[3]) > 180)
        return base::fail(base::Errc::bad_value, "--area needs SOUTH,WEST,NORTH,EAST in degrees");
    return Area{v[0], v[1], v[2], v[3]};
}

bool Area::contains(const geo::Point& at) const {
    const double lat = at.lat_deg(), lon = at.lon_deg();
    if (lat < south || lat > north) return false;
    return west <= east ? lon >= west && lon <= east : lon >= west || lon <= east;
}

base::Result<void> Sites::add(const std::string& text) {
    const auto equals = text.find('='), comma = text.find(',', equals == std::string::npos ? 0 : equals);
    if (equals != std::string::npos && comma != std::string::npos) {
        const auto source = source_from(text.substr(0, equals));
        const auto lat = real(std::string_view(text).substr(equals + 1, comma - equals - 1)),
                   lon = real(std::string_view(text).substr(comma + 1));
        if (source && lat && lon && std::abs(*lat) <= 90 && std::abs(*lon) <= 180) {
            sites_[*source] = {geo::LocalFrame({geo::Point::degrees(*lat, *lon), {}}), true};
            return {};
        }
    }
    return base::fail(base::Errc::bad_value, "--site: '" + text + "' is not SAC/SIC=LATITUDE,LONGITUDE");
}

void Sites::hear(const asterix::Record& record, asterix::Source source) {
    const bool radar = record.category() == 34, reference = record.category() == 19;
    if (!radar && !reference) return;
    const auto at = point_in(record, radar ? "120" : "600");
    if (!at) return;
    auto& site = sites_[source];
    if (site.told || site.frame.origin().at == *at) return;
    const double up = asterix::quantity(record, "120/HGT").value_or(0);
    site.frame = geo::LocalFrame({*at, {up}});
}

std::optional<geo::Point> Sites::position(const asterix::Record& r, std::optional<asterix::Source> source) const {
    for (const char* item : {"105", "131", "130", "041"})
        if (const auto at = point_in(r, item)) return at;
    const auto site = source ? sites_.find(*source) : sites_.end();
    if (site == sites_.end()) return {};
    const auto& frame = site->second.frame;
    const auto c = r.category();
    if (c == 1 || c == 48) {
        const auto rho = asterix::quantity(r, "040/RHO"), theta = asterix::quantity(r, "040/THETA");
        if (!rho || !theta) return {};
        auto above = height(r);
        if (above) *above -= frame.origin().height.m;
        return frame.from_local(by_range(*rho * geo::nautical_mile, *theta * geo::deg, above)).at;
    }
    if (c == 10 || c == 20) {
        const auto x = asterix::quantity(r, "042/X"), y = asterix::quantity(r, "042/Y");
        if (x && y) return frame.from_local({*x, *y, 0}).at;
    }
    return {};
}

}  // namespace asman::cli
