// The tracker: target reports of one or hundreds of sensors in, tracks out. A deterministic function of its inputs: no
// clock, thread, log or global state inside; time moves by advance() alone.
#pragma once

#include <asman/base/result.hpp>
#include <asman/base/time.hpp>
#include <asman/picture/nouns.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace asman::track {

class Frame;

/// What an operator may set. The defaults describe aircraft and sensors in general, not any scene.
struct Config {
    /// A report older than this before now() is refused (counted as late).
    base::Duration max_lateness = base::seconds(10);
    /// A report later than this after now() is refused (counted as future).
    base::Duration max_future = base::seconds(5);
    /// A track without a report for so long is deleted.
    base::Duration max_coast = base::seconds(60);
    /// Existence above which a tentative track becomes confirmed where its next plot is due within some seconds (less
    /// where it takes longer); below which a confirmed one is not shown, and below which a track is dropped.
    double confirm_existence = 0.97;
    double show_existence = 0.5;
    double drop_existence = 2e-5;
    /// A position less certain than this (1σ, metres, root of the summed variances) is not shown.
    double max_position_sigma = 1500;
    /// Expected aircraft per km² in airspace that no sensor has watched yet, and new ones per km² and second.
    double initial_density_per_km2 = 3e-4;
    double birth_rate_per_km2_s = 2e-7;
    /// Height of an aircraft that tells none: mean and 1σ, metres above the ellipsoid.
    double unknown_height = 6500;
    double unknown_height_sigma = 3000;
    /// Geometric minus pressure altitude before anything is learnt, 1σ in metres.
    double pressure_offset_sigma = 250;
    /// Registration: estimate what is off in each sensor from common aircraft. 1σ of what is unknown of a radar's range
    /// (metres), range gain, azimuth and time stamps (seconds), and of the latency of ADS-B and multilateration.
    bool registration = true;
    double registration_sigma_range = 120;
    double registration_sigma_gain = 1e-4;
    double registration_sigma_azimuth = 0.2 * geo::deg;
    double registration_sigma_time = 0.1;
    double registration_sigma_latency = 0.1;
    /// Threads that share the work of one advance(), the caller's own counted. The results are the same for any number.
    unsigned threads = 1;
    /// Bounds of memory and of work.
    std::uint32_t max_tracks = 200'000;
    /// A sensor that sends more in one second of now() is set aside until it has kept below for five.
    std::uint32_t max_reports_per_second_per_sensor = 20'000;
    /// For the ablation table of docs/tracker.md only.
    bool ablate_imm = false;         ///< one near-constant-velocity mode
    bool ablate_marginals = false;   ///< nearest neighbour in place of association probabilities
    bool ablate_unseen = false;      ///< new aircraft are as likely everywhere and at any speed
    bool ablate_resolution = false;  ///< every plot is one aircraft's
    bool ablate_multiscan = false;   ///< a pair that came together keeps its labels whatever later scans say
    bool ablate_escape = false;      ///< a track that no mode foresaw is not looked for
};

/// What happened to the reports given. Every report ends in exactly one of used, or a refused_* counter.
struct Counters {
    std::uint64_t reports = 0;
    std::uint64_t used = 0;      ///< taken for association (as update, or start of a track)
    std::uint64_t repeated = 0;  ///< of these: one ADS-B message that another receiver had heard too
    std::uint64_t refused_unknown_sensor = 0;
    std::uint64_t refused_no_position = 0;   ///< plot of a sensor without position: counted, not tracked
    std::uint64_t refused_unhealthy = 0;     ///< the sensor had said NOGO, overload or time source invalid
    std::uint64_t refused_malformed = 0;     ///< NaN, infinite or negative where that means nothing, or no position
    std::uint64_t refused_out_of_range = 0;  ///< far beyond the sensor's instrumented range
    std::uint64_t refused_late = 0;
    std::uint64_t refused_future = 0;
    std::uint64_t refused_duplicate = 0;  ///< same sensor, time and place as one just taken
    std::uint64_t refused_flood = 0;
    std::uint64_t updates = 0;         ///< track updates by a report
    std::uint64_t misses = 0;          ///< passes of a beam without a report
    std::uint64_t tracks_started = 0;  ///< tentative
    std::uint64_t tracks_confirmed = 0;
    std::uint64_t tracks_dropped = 0;
    std::uint64_t labels_exchanged = 0;  ///< pairs whose numbers were exchanged when later evidence told them apart
    bool operator==(const Counters&) const = default;
    template <class Archive>
    void fields(Archive& a) {
        a(reports, used, repeated, refused_unknown_sensor, refused_no_position, refused_unhealthy, refused_malformed,
          refused_out_of_range, refused_late, refused_future, refused_duplicate, refused_flood, updates, misses,
          tracks_started, tracks_confirmed, tracks_dropped, labels_exchanged);
    }
};

/// A sensor's estimated errors: measured range = (1 + gain) · true + range; measured azimuth = true + azimuth; time
/// stamp = true time + time. Of reports that carry their own place only the time (their latency) is estimated.
struct Registration {
    struct Estimate {
        double value = 0, sigma = 0;  ///< with its 1σ
        bool learns = false;          ///< is estimated at all
        bool observable = false;      ///< common aircraft tell it: the data halved what was unknown at least
    };
    picture::SensorId sensor;
    Estimate range;             ///< metres
    Estimate gain;              ///< 1
    Estimate azimuth;           ///< radians
    Estimate time;              ///< seconds
    std::uint64_t samples = 0;  ///< reports that the estimate rests on
    std::uint32_t jumps = 0;    ///< how often the sensor was found changed and learnt anew
};

/// The same errors of all sensors together: what is known of one of them hangs on the others.
struct JointRegistration {
    enum class Error : std::uint8_t { range, gain, azimuth, time };
    struct Row {
        picture::SensorId sensor;
        Error error = Error::range;
        double prior = 0;  ///< 1σ before any data
    };
    std::vector<Row> rows;  ///< what is estimated: m, 1, rad, s
    Eigen::VectorXd value;
    Eigen::MatrixXd covariance;
};

/// Tracks aircraft from target reports. Not thread-safe; movable. Reports may come from any number of sensors, a little
/// out of order (max_lateness). Call advance() with the node's data time before the reports of that time.
class Tracker {
  public:
    explicit Tracker(Config config = {});
    /// For the benchmark's plane; the product's frame is the ellipsoid. `frame` must not be null.
    Tracker(Config config, std::shared_ptr<const Frame> frame);
    ~Tracker();
    Tracker(Tracker&&) noexcept;
    Tracker& operator=(Tracker&&) noexcept;

    /// Makes a sensor known. A second call with the same id is an error (duplicate), as are values that mean nothing
    /// (bad_value: negative σ, probability beyond 0…1, not finite). A sensor without position is known; its plots
    /// are counted, not tracked, and reports that carry their own place (ADS-B, multilateration) are.
    base::Result<void> add_sensor(const picture::Sensor& sensor);

    /// Takes one target report; what it tells is in the picture from the next advance() on, which works through all
    /// that has come since the last one. Never fails: what cannot be used is counted.
    void report(const picture::TargetReport& report);
    /// North marks and sector crossings drive beam and health.
    void service(const picture::ServiceMessage& message);
    /// Moves time: pending reports whose beam has passed are associated, misses counted, tracks coast and end. A time
    /// before the last one given changes nothing.
    void advance(base::Time now);
    base::Time now() const;

    /// Confirmed tracks, predicted to `at` (normally now()), sorted by number. Valid until the next call of a non-const
    /// member.
    std::span<const picture::Track> picture(base::Time at);
    /// Numbers of tracks dropped after having been confirmed, since the last call, in order of ending.
    std::vector<std::uint64_t> take_ended();

    const Counters& counters() const;
    /// Of every sensor whose errors are estimated, in order of id.
    std::vector<Registration> registration() const;
    /// Worked out when asked for, in the cube of the number of sensors; empty for more than about two hundred.
    JointRegistration joint_registration() const;
    /// Tracks held, tentative ones too.
    std::size_t size() const;
    /// Reports taken that wait for the next advance or for their sensor's beam to pass.
    std::size_t waiting() const;
    /// How long reports waited from detection until they were used, in data time: [n] counts those of n to n + 1
    /// wait_step seconds, the last entry all longer ones.
    static constexpr double wait_step = 0.01;
    std::span<const std::uint64_t> waits() const;

    /// All that the tracker knows, as bytes. A tracker that is restored from them goes on as this one does, to the same
    /// bytes. Not an exchange format: a snapshot is read by the version that wrote it.
    std::vector<std::byte> save() const;
    /// Sensors are in the snapshot; the configuration is the caller's, and must be the one it was saved under for the
    /// same bytes to follow. Fails with bad_value where the bytes are no snapshot of this version or were damaged.
    static base::Result<Tracker> restore(base::Bytes snapshot, Config config = {});
    static base::Result<Tracker> restore(base::Bytes snapshot, Config config, std::shared_ptr<const Frame> frame);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace asman::track
