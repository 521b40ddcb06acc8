#include <asman/modes/cpr.hpp>

#include <array>
#include <cmath>
#include <numbers>

namespace asman::modes {
namespace {

constexpr double steps = 131072;  // 2^17
constexpr int zones = 15;         // NZ

/// Latitudes at which the number of longitude zones falls by one: from 59 at the equator to 2, at 87° to 1. Equation of
/// DO-260B A.1.7.2.d solved for the latitude.
std::array<double, 60> transitions() {
    std::array<double, 60> out{};
    for (int nl = 2; nl < 60; ++nl) {
        const double a = 1 - std::cos(std::numbers::pi / (2 * zones));
        const double b = 1 - std::cos(2 * std::numbers::pi / nl);
        out[static_cast<std::size_t>(nl)] = std::acos(std::sqrt(a / b)) * 180 / std::numbers::pi;
    }
    out[2] = 87;
    return out;
}

double modulo(double a, double b) {
    return a - b * std::floor(a / b);
}

/// Degrees of a latitude zone.
double latitude_zone(bool odd, bool surface) {
    return (surface ? 90.0 : 360.0) / (4 * zones - (odd ? 1 : 0));
}

double longitude_zone(double lat, bool odd, bool surface) {
    return (surface ? 90.0 : 360.0) / std::max(longitude_zones(lat) - (odd ? 1 : 0), 1);
}

double wrap_180(double lon) {
    return modulo(lon + 180, 360) - 180;
}

}  // namespace

int longitude_zones(double lat) {
    static const auto table = transitions();
    const double a = std::abs(lat);
    for (int nl = 59; nl >= 2; --nl)
        if (a < table[static_cast<std::size_t>(nl)]) return nl;
    return a == 87 ? 2 : 1;
}

std::optional<LatLon> decode_pair(const CprPosition& even, const CprPosition& odd, bool odd_is_newer) {
    if (even.odd || !odd.odd || even.surface || odd.surface) return std::nullopt;
    const double lat_even_part = even.lat / steps, lat_odd_part = odd.lat / steps;
    const double j = std::floor(59 * lat_even_part - 60 * lat_odd_part + 0.5);
    double lat_even = latitude_zone(false, false) * (modulo(j, 60) + lat_even_part);
    double lat_odd = latitude_zone(true, false) * (modulo(j, 59) + lat_odd_part);
    if (lat_even >= 270) lat_even -= 360;
    if (lat_odd >= 270) lat_odd -= 360;
    if (std::abs(lat_even) > 90 || std::abs(lat_odd) > 90) return std::nullopt;
    const int nl = longitude_zones(lat_even);
    if (nl != longitude_zones(lat_odd)) return std::nullopt;
    const double lat = odd_is_newer ? lat_odd : lat_even;
    const double lon_even_part = even.lon / steps, lon_odd_part = odd.lon / steps;
    const double m = std::floor(lon_even_part * (nl - 1) - lon_odd_part * nl + 0.5);
    const int n = std::max(nl - (odd_is_newer ? 1 : 0), 1);
    const double lon = 360.0 / n * (modulo(m, n) + (odd_is_newer ? lon_odd_part : lon_even_part));
    return LatLon{lat, wrap_180(lon)};
}

std::optional<LatLon> decode_near(const CprPosition& position, LatLon reference) {
    const double dlat = latitude_zone(position.odd, position.surface);
    const double lat_part = position.lat / steps;
    const double j = std::floor(reference.lat / dlat) + std::floor(0.5 + modulo(reference.lat, dlat) / dlat - lat_part);
    const double lat = dlat * (j + lat_part);
    if (!(std::abs(lat) <= 90)) return std::nullopt;
    const double dlon = longitude_zone(lat, position.odd, position.surface);
    const double lon_part = position.lon / steps;
    const double m = std::floor(reference.lon / dlon) + std::floor(0.5 + modulo(reference.lon, dlon) / dlon - lon_part);
    return LatLon{lat, wrap_180(dlon * (m + lon_part))};
}

CprPosition encode_cpr(LatLon position, bool odd, bool surface) {
    const double dlat = latitude_zone(odd, surface);
    const double scale = surface ? 4 * steps : steps;  // a surface position sends the lowest 17 of 19 bits
    const auto part = [&](double x, double zone) {
        const double full = (surface ? 4 : 1) * zone;
        const auto v = static_cast<std::int64_t>(std::floor(scale * modulo(x, full) / full + 0.5));
        return static_cast<std::uint32_t>(v & 0x1FFFF);
    };
    const auto lat_bits = part(position.lat, dlat);
    // The zone's longitude width depends on the latitude as it will be decoded.
    const double lat_part = lat_bits / steps;
    const double decoded = dlat * (lat_part + std::floor((position.lat / dlat) - lat_part + 0.5));
    return {odd, surface, lat_bits, part(position.lon, longitude_zone(decoded, odd, surface))};
}

}  // namespace asman::modes
