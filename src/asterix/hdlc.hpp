// HDLC frames as recorders of serial lines write them.
#pragma once

#include <asman/asterix/spec.hpp>

#include <vector>

namespace asman::asterix {

/// Address and control, and the frame check sequence behind the data.
inline constexpr std::size_t hdlc_header = 2, hdlc_check = 2;
inline constexpr std::size_t longest_hdlc = 4096;

/// Octets of the bare frame at the start of `b` (header, data blocks, check): 0 where there is none.
std::size_t hdlc_frame(Bytes b);
/// The frame between flags (7E) at the start of `b`, its escapes undone into `out`. Returns the octets it takes with
/// its first flag, without its last; 0 where there is none.
std::size_t hdlc_stuffed(Bytes b, std::vector<std::byte>& out);

}  // namespace asman::asterix
