// A track as others see it.
#include "manage/state.hpp"

#include <algorithm>
#include <cmath>

namespace asman::track {

namespace {

constexpr double kMaxHeightSigma = 150;  ///< m
constexpr double kGeometricMemory = 60;  ///< s for which a geometric height that the aircraft told settles the matter

/// East and north at a place of the frame, from the anchor beneath it.
Eigen::Matrix2d towards(const Anchor& from, const Anchor& to) {
    return (to.axes * from.axes.transpose()).topLeftCorner<2, 2>();
}

}  // namespace

bool Tracker::Impl::show(const TrackState& k, Seconds at, picture::Track& out) const {
    Imm f = k.f;
    const double dt = at - k.t;
    const double existence = k.existence;
    if (dt > 0) f.predict(motion_of(k), std::min(dt, 120.0));
    const Moments m = f.moments();
    const double sigma = std::sqrt(std::max(m.covariance(0, 0) + m.covariance(1, 1), 0.0));
    if (!(k.established ? existence >= config.show_existence : sure(k)) || sigma > config.max_position_sigma)
        return false;

    const double h0 = k.height(at, config.unknown_height), e = f.mean(iE);
    const double sigma_e = std::sqrt(std::max(f.variance(iE, iE), 0.0));
    const Eigen::Vector3d place = k.anchor.to_global(m.mean(0), m.mean(1), ground_range ? 0 : h0 + e);
    const Anchor here = frame->anchor(place);
    const Eigen::Vector3d v = k.anchor.velocity_to_global(m.mean(0), m.mean(1), m.mean(2), m.mean(3));
    const Eigen::Matrix2d turn = towards(k.anchor, here);

    picture::Kinematics& q = out.kinematics;
    q = {};
    q.time = time(at);
    q.at = frame->point(place);
    q.velocity = {here.axes.row(0).dot(v), here.axes.row(1).dot(v)};
    Eigen::Matrix4d rotate = Eigen::Matrix4d::Zero();
    rotate.topLeftCorner<2, 2>() = rotate.bottomRightCorner<2, 2>() = turn;
    q.covariance = rotate * m.covariance * rotate.transpose();
    q.covariance.topLeftCorner<2, 2>().diagonal().array() += slow_error(k, at);
    q.turn_rate = -(f.mu[1] * f.x[iP][1] + f.mu[2] * f.x[iP][2]);
    q.acceleration = f.mu[3] * f.x[iP][3];
    const auto square = [&](int mode) {
        return f.mu[mode] * (f.x[iP][mode] * f.x[iP][mode] + f.p[packed(iP, iP)][mode]);
    };
    q.sigma_turn_rate = std::sqrt(std::max(square(1) + square(2) - q.turn_rate * q.turn_rate, 0.0));
    q.sigma_acceleration = std::sqrt(std::max(square(3) - q.acceleration * q.acceleration, 0.0));
    // A height that one reply alone tells, or that hardly anything is known of any more, is not told.
    const bool whose = k.second.its && k.second.other >= 2 && k.second.turns >= 2;  // perhaps another's
    if (const double variance = k.vertical.variance(at);
        !whose && k.vertical.proven() && variance < kMaxHeightSigma * kMaxHeightSigma) {
        q.pressure_altitude = geo::PressureAltitude{h0};
        q.sigma_pressure_altitude = std::sqrt(variance);
        q.vertical_rate = k.vertical.rate();
        q.sigma_vertical_rate = std::sqrt(std::max(k.vertical.rate_variance(), 0.0));
    }
    if (k.height_open && sigma_e < 1000) {
        q.geometric_height = geo::EllipsoidalHeight{h0 + e};
        const bool told = at - k.geometric_at < kGeometricMemory;
        q.sigma_geometric_height = told ? sigma_e : std::sqrt(sigma_e * sigma_e + common_height_variance(k, h0));
    }

    out.number = k.number;
    out.first_seen = time(k.first_seen);
    out.last_report = time(k.last_report);
    const auto latest = [&](Seconds s) { return s > -1e8 ? time(s) : base::Time::min(); };
    out.latest = {latest(k.latest.primary), latest(k.latest.secondary),
                  latest(k.latest.mode_s),  latest(k.latest.multilateration),
                  latest(k.latest.ads_b),   latest(k.latest.pressure_height),
                  latest(k.latest.code)};
    out.measured.reset();
    if (const auto& from = k.measured; from.sensor < sensors.size()) {
        const picture::Sensor& s = sensors[from.sensor].info;
        auto& told = out.measured.emplace();
        told.sensor = s.id;
        told.sac = s.sac;
        told.sic = s.sic;
        told.time = time(from.t);
        told.kind = from.kind;
        told.replied = from.replied;
        told.simulated = from.simulated;
        if (from.polar) told.range = from.range, told.azimuth = from.azimuth;
        if (from.pressure_height) told.pressure_altitude = geo::PressureAltitude{*from.pressure_height};
        told.mode_3a = from.code;
        told.mode_3a_valid = from.code_valid;
        told.address = from.address;
    }
    out.derived.clear();
    for (const auto& told : k.told)
        if (at - told.at <= picture::derived_memory.seconds()) out.derived.push_back({told.value, time(told.at)});
    std::sort(out.derived.begin(), out.derived.end(), [](const auto& a, const auto& b) {
        return std::pair(a.told.kind, a.told.detail) < std::pair(b.told.kind, b.told.detail);
    });
    out.existence = existence;
    out.confirmed = true;
    double fastest = 1e9;
    out.lineage.clear();
    for (const Link& l : k.links) {
        const SensorState& s = sensors[l.sensor];
        if (l.reports == 0) continue;
        fastest = std::min(fastest, std::max(s.period, 1.0));
        out.lineage.push_back({s.info.owner, s.info.id, time(l.first), time(l.last), l.reports});
    }
    std::sort(out.lineage.begin(), out.lineage.end());
    out.coasting = at - k.last_report > 2.2 * fastest;
    out.simulated = k.simulated;
    out.primary_only = k.replies == 0;
    out.mode_probabilities = {static_cast<float>(f.mu[0]), static_cast<float>(f.mu[1] + f.mu[2]),
                              static_cast<float>(f.mu[3]), 0.0F};
    out.identity = {};
    out.identity.address = k.address;
    out.identity.mode_3a = k.code;
    out.identity.callsign = k.callsign;
    out.identity.special_position = k.special_position;
    out.identity.emergency = k.emergency;
    out.recent_codes = k.recent_codes;
    return true;
}

}  // namespace asman::track
