// What recordings look like at their start, and where they go on.
#pragma once

#include <asman/asterix/frames.hpp>

namespace asman::asterix {

inline constexpr std::size_t gps_header = 2200, gps_stamp = 10;
inline constexpr std::size_t ff_header = 8, ff_trailer = 4;
inline constexpr std::size_t oradis_header = 6, rply_header = 8;

/// Whether ORADIS frames of whole data blocks fill the first `end` octets.
bool filled_with_oradis(Bytes b, std::size_t end);

/// Whether the four octets before `end` are the trailer of the final format.
bool ends_as_ff(Bytes b, std::size_t end);

/// The longest frame by which a lost framing is found again.
inline constexpr std::size_t longest_sound = 2048;
/// The first place in [from, to) of `b` from which four sound frames follow each other, or fewer up to the end of `b`
/// where that is the end of all (`last`). A frame is sound where everything that can be checked is right: of blocks,
/// that their categories have names.
std::optional<std::size_t> frames_again(Framing framing, Bytes b, std::size_t from, std::size_t to, bool last);
/// Whether a frame of so many octets at the start of `b` ends where another begins, or everything ends.
bool frame_follows(Framing framing, Bytes b, std::size_t length);

}  // namespace asman::asterix
