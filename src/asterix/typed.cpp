// What generated code shares: characters and field specifications.
#include <asman/asterix/typed.hpp>

#include <algorithm>

namespace asman::asterix {

bool icao_alphabet(std::uint64_t code) {
    return (code >= 1 && code <= 26) || (code >= 48 && code <= 57) || code == 32;
}

char icao_character(std::uint64_t code) {
    return static_cast<char>(code < 32 ? '@' + code : code);
}

std::uint8_t icao_code(char c) {
    if (c >= ' ' && c <= '?') return static_cast<std::uint8_t>(c);
    return c >= '@' && c <= '_' ? static_cast<std::uint8_t>(c - '@') : std::uint8_t{64};
}

void detail::Writer::spill(std::uint64_t v, unsigned width) {
    if (width < 64 && v >> width) return fail(Fault::out_of_range);
    flush();
    if (have_ + width > 63) {  // the first octet by itself: at most 7 + 56 bits are left
        const auto rest = width - 8;
        pending_ = pending_ << 8 | v >> rest;
        have_ += 8;
        flush();
        v &= (std::uint64_t{1} << rest) - 1;
        width = rest;
    }
    pending_ = pending_ << width | v;
    have_ += width;
}

void detail::Writer::field_spec(std::span<const bool> present, unsigned octets) {
    const std::size_t per_octet = octets ? 8 : 7;
    std::size_t count = present.size();
    if (!octets)
        while (count && !present[count - 1]) --count;
    const std::size_t last = octets ? octets : count ? (count + 6) / 7 : 1;
    for (std::size_t i = 0; i < last; ++i) {
        unsigned v = 0;
        const std::size_t first = i * per_octet, end = std::min(count, first + per_octet);
        for (std::size_t k = first; k < end; ++k) v |= unsigned{present[k]} << (7 - (k - first));
        bits(octets ? v : v | unsigned{i + 1 < last}, 8);
    }
}

}  // namespace asman::asterix
