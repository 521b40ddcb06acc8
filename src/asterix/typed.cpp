// What generated code shares: characters and field specifications.
#include <asman/asterix/typed.hpp>

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

void detail::Writer::field_spec(std::span<const bool> present, unsigned octets) {
    std::size_t last = 0;
    const std::size_t per_octet = octets ? 8 : 7;
    for (std::size_t k = 0; k < present.size(); ++k)
        if (present[k]) last = k / per_octet;
    if (octets) last = octets - 1;
    for (std::size_t i = 0; i <= last; ++i) {
        unsigned v = 0;
        for (std::size_t k = 0; k < per_octet; ++k)
            if (const std::size_t n = i * per_octet + k; n < present.size() && present[n]) v |= 0x80u >> k;
        if (!octets && i < last) v |= 1;
        bits(v, 8);
    }
}

}  // namespace asman::asterix
