// Compact position reporting. Source: RTCA DO-260B appendix A.1.7; ICAO Doc 9871 C.2.6.
#pragma once

#include <asman/modes/message.hpp>

namespace asman::modes {

/// Degrees, WGS-84; −180 ≤ lon < 180.
struct LatLon {
    double lat = 0, lon = 0;
};

/// Number of longitude zones at a latitude, 1 … 59.
int longitude_zones(double lat);

/// Position from an even and an odd message, at the newer one of them. Airborne only: surface positions need a
/// reference. Nothing when the pair straddles a change of zones, or they are not a pair.
std::optional<LatLon> decode_pair(const CprPosition& even, const CprPosition& odd, bool odd_is_newer);

/// Position of one message near a reference: within 180 NM airborne, 45 NM on the surface.
std::optional<LatLon> decode_near(const CprPosition& position, LatLon reference);

/// The inverse, for tests and simulation.
CprPosition encode_cpr(LatLon position, bool odd, bool surface = false);

}  // namespace asman::modes
