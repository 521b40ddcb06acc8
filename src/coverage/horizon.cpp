#include "geometry.hpp"

#include <asman/coverage/horizon.hpp>

#include <algorithm>
#include <cmath>

namespace asman::coverage {
namespace {

constexpr double pi = std::numbers::pi;
constexpr float below_all = -10.0f;  // tangent of a horizon that masks nothing above −84°

/// Geodetic position and geoid undulation along one ray of the tangent plane, exact at the knots and linear between.
class Ray {
  public:
    Ray(const geo::LocalFrame& frame, const geo::Geoid& geoid, double radius, double azimuth)
        : frame_(frame), geoid_(geoid), radius_(radius), sin_(std::sin(azimuth)), cos_(std::cos(azimuth)) {
        // Near the poles longitude is no smooth function of the distance: a knot every 200 m.
        spacing_ = std::abs(frame.origin().at.lat) > 75 * geo::deg ? 200.0 : 8000.0;
        left_ = right_ = knot(0);
    }
    /// `rho` must not decrease from call to call.
    std::pair<geo::Point, double> at(double rho) {
        while (rho > right_.rho) left_ = right_, right_ = knot(left_.rho + spacing_);
        const double f = right_.rho > left_.rho ? (rho - left_.rho) / (right_.rho - left_.rho) : 0;
        const double turn = geo::wrap_pi(right_.at.lon - left_.at.lon);
        return {{left_.at.lat + f * (right_.at.lat - left_.at.lat), geo::wrap_pi(left_.at.lon + f * turn)},
                left_.undulation + f * (right_.undulation - left_.undulation)};
    }

  private:
    struct Knot {
        double rho = 0;
        geo::Point at;
        double undulation = 0;
    };
    Knot knot(double rho) const {
        const double up = -frame_.origin().height.m - rho * rho / (2 * radius_);
        const auto p = frame_.from_local({rho * sin_, rho * cos_, up}).at;
        return {rho, p, geoid_.undulation(p)};
    }
    const geo::LocalFrame& frame_;
    const geo::Geoid& geoid_;
    double radius_, sin_, cos_, spacing_ = 8000;
    Knot left_, right_;
};

}  // namespace

double k_of_gradient(double per_km) {
    return 1 / (1 + 6371.0 * per_km * 1e-6);
}
double gradient_of_refractivity(double surface_n) {
    return -7.32 * std::exp(0.005577 * surface_n);
}

base::Result<Horizon> Horizon::make(const geo::Terrain& terrain, const geo::Geoid& geoid, const geo::Position& antenna,
                                    const HorizonOptions& options) {
    const bool finite =
        std::isfinite(antenna.at.lat) && std::isfinite(antenna.at.lon) && std::isfinite(antenna.height.m);
    if (!finite || std::abs(antenna.at.lat) > pi / 2)
        return base::fail(base::Errc::bad_value, "the antenna's position is not one on the earth");
    if (!(options.range > 0) || !(options.k > 0) || !(options.azimuth_step > 0))
        return base::fail(base::Errc::bad_value, "range, azimuth step and effective-earth factor must be positive");
    Horizon h;
    h.frame_ = geo::LocalFrame(antenna);
    h.k_ = options.k;
    h.source_ = terrain.source();
    const double cell = terrain.resolution();
    h.range_step_ =
        options.range_step > 0 ? options.range_step : (cell > 0 ? std::clamp(cell / 2, 100.0, 2000.0) : 1000.0);
    const double near_field = options.near_field > 0 ? options.near_field : cell;
    const double radius = curvature_radius(antenna.at.lat);
    h.lift_ = refraction_lift(antenna.at.lat, options.k);
    h.azimuths_ = std::max<std::size_t>(8, static_cast<std::size_t>(std::llround(2 * pi / options.azimuth_step)));
    h.ranges_ = static_cast<std::size_t>(std::ceil(options.range / h.range_step_));
    h.tangent_.resize(h.azimuths_ * h.ranges_);
    std::size_t without_data = 0;
    for (std::size_t a = 0; a < h.azimuths_; ++a) {
        Ray ray(h.frame_, geoid, radius, 2 * pi * static_cast<double>(a) / static_cast<double>(h.azimuths_));
        float highest = below_all;
        for (std::size_t i = 0; i < h.ranges_; ++i) {
            const double rho = h.range_step_ * static_cast<double>(i + 1);
            const auto [p, undulation] = ray.at(rho);
            const auto elevation = terrain.elevation(p);
            if (!elevation) ++without_data;
            if (rho >= near_field) {
                // The ellipsoid falls away below the tangent plane, and its normal leans outward.
                const double lean = rho / radius, height = elevation.value_or(0) + undulation;
                const double up =
                    -antenna.height.m - radius * (1 - std::sqrt(1 - lean * lean)) + height * std::cos(lean);
                const double out = rho + height * lean;
                const double raise = options.clearance * std::sqrt(out);
                highest = std::max(highest, static_cast<float>((up + raise + h.lift_ * out * out) / out));
            }
            h.tangent_[a * h.ranges_ + i] = highest;
        }
    }
    h.assumed_sea_ = static_cast<double>(without_data) / static_cast<double>(h.tangent_.size());
    return h;
}

double Horizon::tangent_at(double azimuth, double rho) const {
    // The samples that stand before the target: those at i·step ≤ rho.
    const auto before = static_cast<std::ptrdiff_t>(rho / range_step_) - 1;
    if (before < 0) return below_all;
    const auto column = std::min<std::size_t>(static_cast<std::size_t>(before), ranges_ - 1);
    const double position = geo::wrap_2pi(azimuth) / (2 * pi) * static_cast<double>(azimuths_);
    const auto left = static_cast<std::size_t>(position) % azimuths_, right = (left + 1) % azimuths_;
    const double f = position - std::floor(position);
    return (1 - f) * tangent_[left * ranges_ + column] + f * tangent_[right * ranges_ + column];
}

double Horizon::margin_local(const Eigen::Vector3d& enu) const {
    const double rho = std::hypot(enu.x(), enu.y());
    if (rho > range()) return -1;
    if (rho < 1) return enu.z() > 0 ? pi / 2 : -1;
    const double tangent = (enu.z() + lift_ * rho * rho) / rho;
    return tangent - tangent_at(std::atan2(enu.x(), enu.y()), rho);
}

double Horizon::margin(const geo::Position& target) const {
    return margin_local(frame_.to_local(target));
}

geo::EllipsoidalHeight Horizon::lowest_visible(geo::Point at) const {
    const Eigen::Vector3d foot = frame_.to_local(geo::Position{at, {0}});
    const Eigen::Vector3d normal = frame_.to_local(geo::Position{at, {1}}) - foot;
    const double azimuth = std::atan2(foot.x(), foot.y());
    double height = 0;
    for (int i = 0; i < 4; ++i) {  // the normal leans: the horizontal distance grows a little with the height
        const Eigen::Vector3d x = foot + height * normal;
        const double rho = std::max(1.0, std::hypot(x.x(), x.y()));
        const double wanted_up = tangent_at(azimuth, rho) * rho - lift_ * rho * rho;
        height += (wanted_up - x.z()) / normal.z();
    }
    return {height};
}

geo::Position antenna_over(const geo::Terrain& terrain, const geo::Geoid& geoid, geo::Point at, double elevation_msl,
                           double mast) {
    double lowest = terrain.elevation_or(at, elevation_msl);
    if (const double cell = terrain.resolution(); cell > 0)
        for (int i = 0; i < 8; ++i)
            lowest = std::min(lowest, terrain.elevation_or(geo::direct(at, i * pi / 4, cell), lowest));
    const double ground = std::max(elevation_msl, lowest);
    return {at, geoid.ellipsoidal(at, {ground + mast})};
}

}  // namespace asman::coverage
