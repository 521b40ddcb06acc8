// What recordings look like at their start.
#pragma once

#include <asman/asterix/spec.hpp>

namespace asman::asterix {

inline constexpr std::size_t gps_header = 2200, gps_stamp = 10;
inline constexpr std::size_t ff_header = 8, ff_trailer = 4;
inline constexpr std::size_t oradis_header = 6;

/// Whether ORADIS frames of whole data blocks fill the first `end` octets.
bool filled_with_oradis(Bytes b, std::size_t end);

}  // namespace asman::asterix
