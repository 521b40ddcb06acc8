// What a sensor measured, before it becomes bytes.
#pragma once

#include <asman/base/time.hpp>
#include <asman/picture/nouns.hpp>
#include <asman/simulate/scenario.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace asman::simulate {

/// One plot of a radar.
struct RadarPlot {
    base::Time time;
    double range = 0;    ///< slant range, metres
    double azimuth = 0;  ///< radians from true north
    bool primary = false, secondary = false;
    bool mode_s = false;  ///< the reply is a Mode S reply: address and callsign
    picture::Mode3A mode_3a = 0;
    bool garbled = false;     ///< of Mode 3/A and C, by another reply
    double flight_level = 0;  ///< as encoded by the transponder (25 or 100 ft steps)
    std::uint32_t address = 0;
    std::string callsign;
    double amplitude = 0;  ///< of the primary echo, dB over the threshold
};

/// A rotating sensor's mark: north or the beginning of a sector.
struct BeamMark {
    base::Time time;
    bool north = false;
    double azimuth = 0;  ///< radians
};

/// One ADS-B report.
struct AdsbReport {
    base::Time time;  ///< of applicability and of reception
    geo::Point at;
    double geometric_height = 0;  ///< metres above the ellipsoid
    double flight_level = 0;
    double ground_speed = 0;   ///< m/s
    double track_angle = 0;    ///< radians
    double vertical_rate = 0;  ///< m/s
    std::uint32_t address = 0;
    picture::Mode3A mode_3a = 0;
    std::string callsign;
    std::uint8_t emitter_category = 3, nic = 8, nac_p = 9, sil = 3;
    std::uint8_t emergency = 0;  ///< 0 none, 1 general, 3 minimum fuel, 4 no communications, 5 unlawful interference
};

/// Data blocks of 048 and 034, as one datagram: the plots of a sector, then the marks. Empty when there is nothing.
std::vector<std::byte> encode_radar(const SensorSpec& sensor, const std::vector<RadarPlot>& plots,
                                    const std::vector<BeamMark>& marks);
/// Data blocks of 021, one a datagram.
std::vector<std::vector<std::byte>> encode_ads_b(const SensorSpec& sensor, const std::vector<AdsbReport>& reports);

}  // namespace asman::simulate
