// What of the sensors' errors the data tell, and what not: for `asman register`.
#pragma once

#include <asman/track/tracker.hpp>

#include <string_view>
#include <vector>

namespace asman::cli {

using SensorError = track::JointRegistration::Error;
/// "range", "gain", "azimuth", "time".
std::string_view name(SensorError e);

/// One kind of error of all sensors that have it: what all share, and what one has beyond another. Flights tell
/// differences; what all share needs a reference, or other geometry.
struct Together {
    SensorError error = SensorError::range;
    std::size_t sensors = 0;
    double sigma = 0, prior = 0;  ///< 1σ of the mean over the sensors, and before any data: m, 1, rad, s
    double difference = 0;        ///< 1σ of a difference between two of them, root mean square; 0 for one sensor
    bool observable() const { return sigma < 0.5 * prior; }
};

/// Two errors that hang together so that neither is known but by the other.
struct Mixed {
    track::JointRegistration::Row first, second;
    double correlation = 0;
};

struct Observability {
    std::vector<Together> together;
    std::vector<Mixed> mixed;  ///< the strongest first, at most ten
};

Observability observability(const track::JointRegistration& joint);

}  // namespace asman::cli
