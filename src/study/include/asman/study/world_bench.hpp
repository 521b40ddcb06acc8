// `asman bench world`: the whole world's traffic through decoder and tracker, and what it costs.
#pragma once

#include <asman/base/digest.hpp>
#include <asman/base/result.hpp>
#include <asman/simulate/globe.hpp>
#include <asman/track/tracker.hpp>

#include <functional>

namespace asman::study {

struct WorldBenchOptions {
    simulate::GlobeSpec globe;
    unsigned threads = 2;
    double warm_up = 40, seconds = 60;  ///< of data: not measured, measured
    double step = 0.02;                 ///< seconds of data between two advances
    double picture_period = 4;          ///< seconds of data between two pictures
};

/// Everything about the measured stretch; times are of the wall, in seconds.
struct WorldBenchResult {
    std::size_t sensors = 0, radars = 0;
    simulate::GlobeCover radar_cover, receiver_cover;
    std::uint64_t reports = 0, bytes = 0, datagrams = 0;
    double data_seconds = 0;
    double decode = 0;   ///< ASTERIX to reports
    double track = 0;    ///< report(), advance()
    double picture = 0;  ///< picture()
    double encode = 0;   ///< pictures to ASTERIX 062
    double processor =
        0;  ///< processor time of all threads in `track` and `picture`; what a busy machine adds is not in it
    std::uint64_t output_bytes = 0;
    /// Latency at 1 ×: from the arrival of a datagram until the tracks that it feeds are updated, for every report.
    /// What was measured of each step is laid on a clock that runs as the data did; a step's work waits for the one
    /// before.
    double latency_p50 = 0, latency_p99 = 0, latency_max = 0;
    /// The same by processor time: as if one core did the work of all threads, and nothing else ran. What a busy
    /// machine adds is not in it, nor what a second core would save.
    double one_core_p50 = 0, one_core_p99 = 0;
    /// And as if two threads had a core each and nothing else ran: of every step the longer of the two threads'
    /// processor times. Means nothing for more than two.
    double cores_p50 = 0, cores_p99 = 0;
    /// The same for radar plots, which wait until the beam has passed their neighbourhood: the wait is a part of the
    /// method and not of the machine, in seconds of data from detection to update.
    double wait_p50 = 0, wait_p99 = 0;
    std::size_t tracks = 0, tracks_held = 0;           ///< confirmed; tentative too
    std::size_t aircraft = 0, matched = 0;             ///< by address, within 2 km
    std::size_t extra = 0;                             ///< confirmed tracks of no aircraft, or a second one
    double rms = 0, rms_polar = 0, rms_date_line = 0;  ///< m, of the matched; beyond 80° N; within 5° of 180°
    double nees = 0;                                   ///< mean normalised position error squared: 2 is honest
    std::uint64_t resident = 0;                        ///< bytes, the simulator's included
    track::Counters counters;
    base::Digest digest;  ///< of everything that the pictures said
    double reports_per_second() const { return data_seconds > 0 ? static_cast<double>(reports) / data_seconds : 0; }
    /// × real time, by processor time of all threads on one core.
    double one_core_speed() const { return processor > 0 ? data_seconds / processor : 0; }
    double speed() const { return track + picture > 0 ? data_seconds / (track + picture) : 0; }
};

/// `clock`: seconds of the wall; `processor`: of processor time of the process; `own`: of this thread. `progress`: 0
/// … 1.
base::Result<WorldBenchResult> bench_world(const WorldBenchOptions& options, const std::function<double()>& clock,
                                           const std::function<double()>& processor, const std::function<double()>& own,
                                           const std::function<void(double)>& progress = {});

}  // namespace asman::study
