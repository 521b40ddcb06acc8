// The data blocks of a datagram, and whose they are, without a table.
#pragma once

#include <asman/asterix/spec.hpp>

#include <optional>

namespace asman::asterix {

/// SAC and SIC behind the field specification of the first record.
inline std::optional<Source> source_of(Bytes block) {
    const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(block[i]); };
    std::size_t p = 0;
    if (block.empty() || !(octet(0) & 0x80)) return {};
    while (p < block.size() && octet(p) & 1) ++p;
    if (p + 2 >= block.size()) return {};
    return Source{octet(p + 1), octet(p + 2)};
}

/// Calls take(category, payload, offset of the payload) for each block up to the first that is none. Empty ones are
/// left out.
template <class Take>
void each_block(Bytes datagram, Take&& take) {
    const auto octet = [&](std::size_t i) { return static_cast<std::uint8_t>(datagram[i]); };
    for (std::size_t at = 0; at + 3 < datagram.size();) {
        const std::size_t length = static_cast<std::size_t>(octet(at + 1)) << 8 | octet(at + 2);
        const auto category = octet(at);
        if (category == 0 || length < 3 || length > datagram.size() - at) break;
        if (length > 3) take(category, datagram.subspan(at + 3, length - 3), at + 3);
        at += length;
    }
}

}  // namespace asman::asterix
