#include <asman/geo/point.hpp>

#include <GeographicLib/Geodesic.hpp>
#include <cmath>

namespace asman::geo {
namespace {

// WGS-84 (NGA.STND.0036).
constexpr double a = 6'378'137.0;
constexpr double f = 1 / 298.257223563;
constexpr double b = a * (1 - f);
constexpr double e2 = f * (2 - f);
constexpr double second_e2 = e2 / (1 - e2);

const GeographicLib::Geodesic& ellipsoid() {
    return GeographicLib::Geodesic::WGS84();
}

/// A longitude in (−π, π]; atan2 gives −π for y = −0.
double longitude(double x, double y) {
    const double lon = std::atan2(y, x);
    return lon <= -std::numbers::pi ? std::numbers::pi : lon;
}

}  // namespace

double wrap_pi(double angle) {
    const double w = std::remainder(angle, 2 * std::numbers::pi);
    return w <= -std::numbers::pi ? std::numbers::pi : w;
}

double wrap_2pi(double angle) {
    const double w = std::fmod(angle, 2 * std::numbers::pi);
    if (w >= 0) return w + 0.0;  // −0 becomes 0
    const double up = w + 2 * std::numbers::pi;
    return up >= 2 * std::numbers::pi ? 0.0 : up;  // a tiny negative angle rounds to the full turn; NaN stays
}

Ecef to_ecef(const Position& p) {
    const double s = std::sin(p.at.lat);
    const double c = std::cos(p.at.lat);
    const double n = a / std::sqrt(1 - e2 * s * s);  // radius of curvature in the prime vertical
    const double r = (n + p.height.m) * c;
    return {r * std::cos(p.at.lon), r * std::sin(p.at.lon), (n * (1 - e2) + p.height.m) * s};
}

// Bowring (1976) in (sine, cosine) pairs, so that the poles are ordinary points; three rounds reach rounding error from
// −10 km to 100,000 km.
Position from_ecef(const Ecef& x) {
    const double p = std::hypot(x.x(), x.y());
    const double z = x.z();
    double s = a * z;  // of the reduced latitude
    double c = b * p;
    if (p == 0 && z == 0) return {{0, 0}, {-a}};  // the centre: every latitude is right
    double sin_lat = 0;
    double cos_lat = 1;
    for (int round = 0; round < 3; ++round) {
        const double h = std::hypot(s, c);
        s /= h;
        c /= h;
        sin_lat = z + second_e2 * b * s * s * s;
        cos_lat = p - e2 * a * c * c * c;
        s = (1 - f) * sin_lat;
        c = cos_lat;
    }
    const double h = std::hypot(sin_lat, cos_lat);
    sin_lat /= h;
    cos_lat /= h;
    return {{std::atan2(sin_lat, cos_lat), longitude(x.x(), x.y())},
            {p * cos_lat + z * sin_lat - a * std::sqrt(1 - e2 * sin_lat * sin_lat)}};
}

LocalFrame::LocalFrame(const Position& origin) : origin_(origin), centre_(to_ecef(origin)) {
    const double sp = std::sin(origin.at.lat);
    const double cp = std::cos(origin.at.lat);
    const double sl = std::sin(origin.at.lon);
    const double cl = std::cos(origin.at.lon);
    rotation_ << -sl, cl, 0, -sp * cl, -sp * sl, cp, cp * cl, cp * sl, sp;
}

Inverse inverse(Point from, Point to) {
    double s12 = 0;
    double azi1 = 0;
    double azi2 = 0;
    ellipsoid().Inverse(from.lat_deg(), from.lon_deg(), to.lat_deg(), to.lon_deg(), s12, azi1, azi2);
    return {s12, azi1 * deg, azi2 * deg};
}

double distance(Point from, Point to) {
    double s12 = 0;
    ellipsoid().Inverse(from.lat_deg(), from.lon_deg(), to.lat_deg(), to.lon_deg(), s12);
    return s12;
}

Point direct(Point from, double azimuth, double metres) {
    double lat = 0;
    double lon = 0;
    ellipsoid().Direct(from.lat_deg(), from.lon_deg(), azimuth / deg, metres, lat, lon);
    return {lat * deg, wrap_pi(lon * deg)};
}

}  // namespace asman::geo
