#include "hdlc.hpp"

#include "octets.hpp"

#include <algorithm>
#include <array>

namespace asman::asterix {

namespace {

constexpr std::byte flag{0x7E}, escape{0x7D}, toggle{0x20};
constexpr std::uint32_t unnumbered = 0x03;

/// CRC of ISO/IEC 13239, 4.2.5.2 (x^16 + x^12 + x^5 + 1, bits reflected), by octets.
constexpr auto table = [] {
    std::array<std::uint16_t, 256> t{};
    for (unsigned i = 0; i < 256; ++i) {
        unsigned v = i;
        for (int k = 0; k < 8; ++k) v = v & 1 ? v >> 1 ^ 0x8408 : v >> 1;
        t[i] = static_cast<std::uint16_t>(v);
    }
    return t;
}();
constexpr std::uint32_t start = 0xFFFF, good = 0xF0B8;

std::uint32_t check(std::uint32_t fcs, Bytes b) {
    for (const std::byte x : b) fcs = fcs >> 8 ^ table[(fcs ^ std::to_integer<std::uint32_t>(x)) & 0xFF];
    return fcs;
}

}  // namespace

std::size_t hdlc_frame(Bytes b) {
    if (b.size() < hdlc_header + 3 + hdlc_check || octet_at(b, 1) != unnumbered) return 0;
    std::uint32_t fcs = check(start, b.first(hdlc_header));
    // The frame has no length: after each block the check may follow, or another block.
    for (std::size_t at = hdlc_header; at < longest_hdlc;) {
        const auto n = block_at(b, at);
        if (n == 0 || at + n + hdlc_check > std::min(b.size(), longest_hdlc)) return 0;
        fcs = check(fcs, b.subspan(at, n));
        at += n;
        if (check(fcs, b.subspan(at, hdlc_check)) == good) return at + hdlc_check;
    }
    return 0;
}

std::size_t hdlc_stuffed(Bytes b, std::vector<std::byte>& out) {
    out.clear();
    if (b.empty() || b[0] != flag) return 0;
    std::size_t at = 1;
    while (at < b.size() && b[at] == flag) ++at;
    for (; at < b.size() && b[at] != flag && out.size() < longest_hdlc; ++at) {
        const bool escaped = b[at] == escape;
        if (escaped && ++at == b.size()) return 0;
        out.push_back(escaped ? b[at] ^ toggle : b[at]);
    }
    const bool whole = at < b.size() && b[at] == flag && out.size() >= hdlc_header + 3 + hdlc_check;
    if (!whole || check(start, out) != good || octet_at(out, 1) != unnumbered) return 0;
    return filled_with_blocks(out, hdlc_header, out.size() - hdlc_check) ? at : 0;
}

}  // namespace asman::asterix
