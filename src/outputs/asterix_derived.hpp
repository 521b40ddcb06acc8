// 062/380 and its ages in 062/295.
#pragma once

#include <asman/asterix/cat062.hpp>
#include <asman/outputs/outputs.hpp>

namespace asman::outputs {

/// What the wire's bits can hold; 0 for what is not a number.
double held(double v, double low, double high);

/// What the aircraft told of itself within picture::derived_memory, each value with its age.
void put_derived(asterix::cat062::Fields& f, const picture::Track& track);

}  // namespace asman::outputs
