// A sensor as the tracker has it: its beam, its plots that wait, what is learnt of its sight.
#pragma once

#include "associate/clutter.hpp"
#include "filter/locate.hpp"
#include "manage/crossings.hpp"
#include "register/registrar.hpp"

#include <asman/picture/nouns.hpp>
#include <asman/track/frame.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

namespace asman::track {

/// Data seconds since the tracker's own epoch (the first time it was given).
using Seconds = double;

inline constexpr double kHoldDegrees = 1.5;  ///< a plot waits until the beam is so far past it
inline constexpr double kHeightSigma = 9;    ///< of a reported pressure altitude: its step of 100 ft
inline constexpr double kSpeedSigma = 160;   ///< unknown velocity of a new track, 1σ per axis, m/s

inline constexpr double kLongWait = 15;  ///< s until a plot is due: longer counts as this

inline constexpr std::uint32_t kNobody = 0xffffffff;

/// A position message that an aircraft sent of itself, kept for some seconds: other receivers may have heard it too.
struct Message {
    geo::Point point;
    Seconds t = -1e9;
    std::uint32_t address = 0, sensor = 0;
    std::uint32_t slot = kNobody, generation = 0;  ///< the track that took it
    template <class Archive>
    void fields(Archive& a) {
        a(point, t, address, sensor, slot, generation);
    }
};

/// A report taken in, corrected for bias at the next advance, waiting for the beam to pass its neighbourhood.
struct Plot {
    Seconds t = 0;
    std::uint32_t sensor = 0;
    bool polar = true;
    Polar at;           ///< polar: bias removed, the bias' own uncertainty added
    Seconds stamp = 0;  ///< time as the sensor has it; t is without its time bias
    double raw_range = 0, raw_azimuth = 0;
    double noise_range = 1, noise_azimuth = 1;        ///< variances of noise alone
    double variance_time = 0;                         ///< of the time bias, s²
    Eigen::Vector3d place = Eigen::Vector3d::Zero();  ///< at the report's height, or the nominal one
    double variance = 0;                              ///< geodetic: m² per axis, the larger one
    double east = 0, north = 0, both = 0;             ///< geodetic: the two variances and their covariance, m²
    geo::Point point;                                 ///< geodetic
    std::optional<double> pressure_height, geometric_height;
    double variance_geometric = 30 * 30;  ///< of the geometric height, m²
    bool garbled = false;                 ///< a part of the reply was found so: a code or a height that is not valid
    bool replied = false;                 ///< a transponder or ADS-B spoke: not an echo alone
    picture::ReportedIdentity identity;
    std::optional<double> ground_speed, track_angle, vertical_rate, turn_rate;
    double variance_velocity = 4;                  ///< of ground speed and track angle, per axis, m²/s²
    std::uint32_t told_first = 0, told_count = 0;  ///< what else the aircraft told: a part of the sensor's list
    bool simulated = false;
    picture::SensorKind kind = picture::SensorKind::combined;
    bool self_reported = false;       ///< the place is the aircraft's own navigation (ADS-B), which errs slowly
    std::uint32_t message = kNobody;  ///< its place among the messages kept
    double false_density = 0;         ///< false plots per m² here, per scan
    double new_density = 0;           ///< aircraft per m² here that this look would show for the first time
    double newborn = 0;               ///< share of them that appeared lately, and had not been there all along
    Rim rim;                          ///< how deep its place lies within the traffic seen; set with new_density
    Crossing crossing;                ///< and how far a new aircraft there came over the rim
    // In one batch: the tracks near it, a part of the sensor's list, and whether a cluster has taken it.
    std::uint32_t near_first = 0, near_count = 0;
    bool taken = false;
    template <class Archive>
    void fields(Archive& a) {
        a(t, sensor, polar, at, stamp, raw_range, raw_azimuth, noise_range, noise_azimuth, variance_time, place,
          variance, east, north, both, kind, turn_rate, variance_velocity, point, pressure_height, geometric_height,
          variance_geometric, garbled, replied, identity, ground_speed, track_angle, vertical_rate, simulated,
          self_reported, message, false_density, new_density, newborn, rim, crossing, told_first, told_count);
    }
};

/// A value that a plot's aircraft told, `age` seconds before the plot's time.
struct ToldValue {
    picture::Derived value;
    Seconds age = 0;
    template <class Archive>
    void fields(Archive& a) {
        a(value.bits, value.kind, value.detail, age);
    }
};

/// A polar measurement without its sensor's errors.
inline Polar corrected(double range, double azimuth, const ParameterVector& bias, double variance_range,
                       double variance_azimuth) {
    const double a = azimuth - bias[kAzimuth];
    return {std::max((range - bias[kRange]) / (1 + bias[kGain]), 10.0), std::sin(a), std::cos(a), variance_range,
            variance_azimuth};
}

/// When a beam is expected to pass a track.
struct Visit {
    Seconds ripe = 0;  ///< when its neighbourhood has been passed
    Seconds pass = 0;
    std::uint32_t slot = 0, generation = 0;
    bool operator<(const Visit& o) const {  // for a heap with the earliest on top; ties by slot
        return ripe != o.ripe ? ripe > o.ripe : slot > o.slot;
    }
    template <class Archive>
    void fields(Archive& a) {
        a(ripe, pass, slot, generation);
    }
};

/// A rotating beam followed by the azimuths of its plots.
struct Beam {
    bool known = false;
    Seconds t = 0;
    double azimuth = 0;  ///< at t
    double rate = 0;     ///< rad/s
    double error = 1;    ///< smoothed |azimuth error| of prediction, rad
    template <class Archive>
    void fields(Archive& a) {
        a(known, t, azimuth, rate, error);
    }
    void see(Seconds time, double azimuth_seen);
    double at(Seconds time) const { return azimuth + rate * (time - t); }
    bool steady() const { return known && error < 0.3; }
};

/// What every batch looks at stands first, together.
struct alignas(64) SensorState {
    /// Distance from the antenna, m; 0 where that is not known (a receiver of reports that carry their own place).
    double distance(const Eigen::Vector3d& place) const { return placed ? (place - site.place).norm() : 0; }
    double reach() const { return max_range > 0 ? max_range : 4e5; }  ///< m
    /// Whether a batch has anything to do for it.
    bool idle() const { return pending.empty() && fixes.empty() && next_visit > clock; }

    bool placed = false, healthy = true;
    bool sweeps = false;  ///< rotates: its misses are counted by its beam
    bool alive = false;
    bool dirty = false;  ///< something of it waits for the next batch
    Seconds period = 0;
    double max_range = 0;
    Seconds clock = 0;           ///< what has been seen of it is complete up to here
    Seconds latest = 0;          ///< newest report or service message
    Seconds next_visit = 1e300;  ///< the earliest of `visits`
    double latency = 0;          ///< how far behind now() its data come, s
    Seconds first = 0;           ///< data
    std::vector<Plot> pending;   ///< in order of arrival
    std::size_t prepared = 0;    ///< how many of them are laid down
    struct Fix {
        Seconds t = 0;
        double azimuth = 0;
        template <class Archive>
        void fields(Archive& a) {
            a(t, azimuth);
        }
    };
    std::vector<Fix> fixes;  ///< azimuths seen since the last batch, for the beam
    // One batch: plots at the front whose beam has passed, and the tracks near them.
    std::size_t ripe = 0;
    std::vector<std::uint32_t> near;
    std::vector<Visit> visits, due;
    Beam beam;
    // Flood: reports in the present second, and until when it is set aside for one.
    std::int64_t second = 0;
    std::uint32_t in_second = 0;
    Seconds calm_at = -1e9;
    std::uint32_t recent_next = 0;
    Site site;
    // Duplicates: the latest few reports.
    struct Recent {
        Seconds t = -1;
        double a = 0, b = 0;
        template <class Archive>
        void fields(Archive& archive) {
            archive(t, a, b);
        }
    };
    Recent recent[16];
    picture::Sensor info;
    std::vector<ToldValue> told;  ///< what the aircraft of those pending told, in their order
    ClutterMap echoes, replies;
    /// Learnt by distance, in sixteenths of the range: a line of the cache each.
    struct alignas(64) Ring {
        double detection = 0;             ///< of an aircraft that it can see
        double visibility = 0;            ///< that it can see an aircraft of which nothing is known
        double passes = 0, hits = 0;      ///< of well-established tracks
        double chances = 0, visible = 0;  ///< passes of such tracks, and the sum of their visibility
        void settle(double declared);     ///< the first two from the rest
        template <class Archive>
        void fields(Archive& a) {
            a(detection, visibility, passes, hits, chances, visible);
        }
    };
    static constexpr int kRings = 16;
    Ring rings[kRings];
    const Ring& ring(double range) const { return rings[ring_number(range)]; }
    int ring_number(double range) const {
        return std::clamp(static_cast<int>(kRings * range / reach()), 0, kRings - 1);
    }
    void declare_detection();  ///< before anything is learnt
    void learn_detection(double range, double hit);
    void learn_visibility(double range, double v);
    void forget_taken();  ///< plots that clusters have taken, and what their aircraft told
    template <class Archive>
    void fields(Archive& a) {
        a(placed, healthy, sweeps, alive, dirty, period, clock, latest, next_visit, latency, first, pending, prepared,
          told, fixes, visits, beam, second, in_second, calm_at, recent_next, max_range, site, recent, info, echoes,
          replies, rings);
    }
};

}  // namespace asman::track
