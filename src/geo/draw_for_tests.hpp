// Numbers drawn for properties.
#pragma once

#include <rapidcheck.h>

namespace asman::geo {

/// Uniform from `low` to `high`.
inline double real(double low, double high) {
    return low + (high - low) * (*rc::gen::inRange(0, 1'000'000'001)) * 1e-9;
}

}  // namespace asman::geo
