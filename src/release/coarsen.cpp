#include "coarsen.hpp"

#include <asman/accord/law.hpp>

#include <algorithm>
#include <cmath>

namespace asman::release {
namespace {

namespace field = accord::field;

constexpr double velocity_step = 10;   ///< m/s, of velocities that go with a coarsened position
constexpr double unknown_speed = 350;  ///< m/s, 1σ of a velocity that is not told

void bound_accuracy(picture::Kinematics& k) {
    // Powers of two of the bound: what is told is a class, not the estimate.
    const auto bounded = [](double variance, double least) {
        double sigma = least;
        while (sigma * sigma < variance && sigma < 1e7) sigma *= 2;
        return sigma * sigma;
    };
    const double position = bounded(std::max(k.covariance(0, 0), k.covariance(1, 1)), accuracy_bound);
    const double velocity = bounded(std::max(k.covariance(2, 2), k.covariance(3, 3)), 20);
    k.covariance = Eigen::Vector4d(position, position, velocity, velocity).asDiagonal();
    k.sigma_pressure_altitude = std::max(k.sigma_pressure_altitude, 50.0);
    k.sigma_geometric_height = std::max(k.sigma_geometric_height, 100.0);
}

void coarsen_position(picture::Kinematics& k, double grid) {
    const auto cell = accord::cell_of(k.at, grid);
    k.at = cell.centre;
    for (int i = 0; i < 2; ++i) k.velocity[i] = std::round(k.velocity[i] / velocity_step) * velocity_step;
    // A uniform spread over the cell; what the estimate knew between position and velocity would undo it.
    Eigen::Matrix4d c = Eigen::Matrix4d::Zero();
    c(0, 0) = k.covariance(0, 0) + cell.east_west * cell.east_west / 12;
    c(1, 1) = k.covariance(1, 1) + cell.north_south * cell.north_south / 12;
    for (int i = 2; i < 4; ++i) c(i, i) = k.covariance(i, i) + velocity_step * velocity_step / 12;
    k.covariance = c;
    k.turn_rate = 0;
}

void remove_velocity(picture::Kinematics& k) {
    k.velocity.setZero();
    k.covariance.block<2, 2>(0, 2).setZero();
    k.covariance.block<2, 2>(2, 0).setZero();
    k.covariance.block<2, 2>(2, 2) = Eigen::Matrix2d::Identity() * unknown_speed * unknown_speed;
    k.vertical_rate.reset();
    k.turn_rate = 0;
}

void remove_height(picture::Kinematics& k) {
    k.pressure_altitude.reset();
    k.geometric_height.reset();
    k.vertical_rate.reset();
    k.sigma_pressure_altitude = k.sigma_geometric_height = 0;
}

}  // namespace

picture::Track coarsened(const picture::Track& track, const accord::Decision& d) {
    picture::Track out = track;
    const auto has = [&](std::uint16_t bits) { return (d.fields & bits) == bits; };
    auto& k = out.kinematics;
    if (d.grid > 0) {
        coarsen_position(k, d.grid);
        // When a turning antenna saw it tells in which direction.
        out.last_report = std::max(out.last_report, k.time);
        for (auto& e : out.lineage) e.first = e.last = out.last_report;
    }
    if (!has(field::accuracy) || d.grid > 0) bound_accuracy(k);
    if (!has(field::velocity)) remove_velocity(k);
    if (!has(field::height)) remove_height(k);
    auto& id = out.identity;
    if (!has(field::mode_3a)) {
        id.mode_3a.reset();
        id.mode_3a_valid = true;
        out.recent_codes.clear();
    }
    if (!has(field::address)) id.address.reset();
    if (!has(field::callsign)) id.callsign.clear();
    if (!has(field::emergency)) {
        id.emergency = 0;
        id.special_position = false;
    }
    if (!has(field::flight_class)) out.flight_class = picture::FlightClass::unknown;
    if (!has(field::standard_identity)) out.standard_identity = picture::Identity::pending;
    out.mode_probabilities = {};
    out.latest = {};
    out.measured.reset();
    out.derived.clear();
    k.acceleration = k.sigma_vertical_rate = k.sigma_acceleration = k.sigma_turn_rate = 0;
    // On the wire goes one triangle: what is entered in the audit must be what arrives.
    for (int i = 0; i < 4; ++i)
        for (int j = 0; j < i; ++j) k.covariance(i, j) = k.covariance(j, i);
    return out;
}

picture::Coarsening coarsening_of(const accord::Decision& d, const picture::Coarsening& before) {
    picture::Coarsening out;
    out.grid = std::max(d.grid, before.grid);
    out.delay = std::max(d.delay, before.delay);
    out.identity_removed = before.identity_removed || (d.fields & field::identifying) != field::identifying;
    out.height_removed = before.height_removed || (d.fields & field::height) == 0;
    return out;
}

picture::Contribution granted(const picture::Contribution& held, const accord::Decision& d, base::Duration offset) {
    picture::Contribution c;
    c.clauses = held.clauses;
    c.clauses.push_back(d.grant->reference());
    c.coarsening = coarsening_of(d, held.coarsening);
    c.assumed = held.assumed;
    c.assumed.insert(c.assumed.end(), d.grant->assumed().begin(), d.grant->assumed().end());
    std::ranges::sort(c.assumed);
    c.assumed.erase(std::unique(c.assumed.begin(), c.assumed.end()), c.assumed.end());
    c.valid_until = d.valid_until - offset;
    c.track = coarsened(held.track, d);
    return c;
}

}  // namespace asman::release
