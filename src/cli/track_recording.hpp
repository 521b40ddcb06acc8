// asman track --recording: what others recorded, through the tracker.
#pragma once

#include <asman/base/result.hpp>
#include <asman/track/tracker.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace asman::cli {

struct RecordingTrack {
    std::string file;
    std::optional<base::Date> date;    ///< on which it begins, where it does not say
    std::vector<std::string> sensors;  ///< "SAC/SIC=LAT,LON,HEIGHT", where the recording does not say
    std::string tracks;                ///< CSV to be written; empty: none
    double epoch = 5;                  ///< s of data between two rows of a track
};

struct RecordingSummary {
    std::uint64_t reports = 0, rows = 0, without_position = 0;
    std::size_t sensors = 0;
    double data_seconds = 0;
    track::Counters counters;
    std::vector<picture::Sensor> known;  ///< in order of id
    std::vector<track::Registration> registration;
    track::JointRegistration joint;
};

/// Writes time (UTC), track_id, lat, lon, ve, vn, z, hp, sigma_m, address, code, callsign, existence, reports.
base::Result<RecordingSummary> track_recording(const RecordingTrack& options, const track::Config& config,
                                               const std::function<void(double)>& progress = {});

}  // namespace asman::cli
