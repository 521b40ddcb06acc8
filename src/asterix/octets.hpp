// Numbers in octets.
#pragma once

#include <asman/asterix/spec.hpp>

namespace asman::asterix {

inline std::uint32_t octet_at(Bytes b, std::size_t i) {
    return static_cast<std::uint8_t>(b[i]);
}
inline std::uint32_t big16(Bytes b, std::size_t i) {
    return octet_at(b, i) << 8 | octet_at(b, i + 1);
}
inline std::uint32_t big32(Bytes b, std::size_t i) {
    return big16(b, i) << 16 | big16(b, i + 2);
}
inline std::uint32_t little16(Bytes b, std::size_t i) {
    return octet_at(b, i) | octet_at(b, i + 1) << 8;
}
inline std::uint32_t little32(Bytes b, std::size_t i) {
    return little16(b, i) | little16(b, i + 2) << 16;
}

/// The length of the data block at `at`, 0 where there is none.
inline std::size_t block_at(Bytes b, std::size_t at) {
    if (at + 3 > b.size() || octet_at(b, at) == 0) return 0;
    const std::size_t length = big16(b, at + 1);
    return length < 3 ? 0 : length;
}

/// Whether blocks fill exactly [at, end).
inline bool filled_with_blocks(Bytes b, std::size_t at, std::size_t end) {
    if (at >= end) return false;
    while (at < end) {
        const auto n = block_at(b, at);
        if (n == 0 || at + n > end) return false;
        at += n;
    }
    return true;
}

}  // namespace asman::asterix
