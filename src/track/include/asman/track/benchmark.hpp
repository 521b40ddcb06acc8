// The common benchmark's files (plots.csv, meta.json) through the tracker: `asman track`, `asman register`.
#pragma once

#include <asman/base/result.hpp>
#include <asman/track/tracker.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace asman::track {

/// What a run did and how long the tracker itself took (reading and writing files not counted).
struct BenchmarkSummary {
    std::uint64_t plots = 0;
    std::uint64_t rows = 0;  ///< written
    double seconds = 0;      ///< in report(), advance() and picture()
    Counters counters;
    std::vector<Registration> registration;
    JointRegistration joint;
    double plots_per_second() const { return seconds > 0 ? static_cast<double>(plots) / seconds : 0; }
};

struct BenchmarkFiles {
    std::string plots, meta;
    std::string tracks;  ///< empty: nothing is written
};

/// Reads plots.csv and meta.json, runs the tracker causally, writes at every epoch the confirmed tracks predicted to
/// it: time,track_id,x,y,vx,vy[,z|hp],existence on a plane, time,track_id,lat,lon,ve,vn[,z|hp],existence on the
/// ellipsoid. Errors name file and line. `clock` gives seconds for the summary's timing (the tracker itself has no
/// clock); may be empty.
base::Result<BenchmarkSummary> run_benchmark(const BenchmarkFiles& files, const Config& config = {},
                                             const std::function<double()>& clock = {},
                                             const std::function<void(double)>& progress = {});

}  // namespace asman::track
