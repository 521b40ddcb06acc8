// Which framing a file has, by its first octets.
#include <asman/asterix/frames.hpp>

#include "formats.hpp"
#include "hdlc.hpp"
#include "octets.hpp"

#include <algorithm>

namespace asman::asterix {

namespace {

bool looks_ff(Bytes b) {
    if (b.size() < ff_header + 3 + ff_trailer) return false;
    const std::size_t length = big16(b, 0);
    if (length < ff_header + 3 + ff_trailer || length > b.size()) return false;
    return ends_as_ff(b, length) && filled_with_blocks(b, ff_header, length - ff_trailer);
}

bool looks_rply(Bytes b) {
    if (b.size() < 11) return false;
    const std::size_t length = little32(b, 0);
    return length >= 3 && length <= 65535 && 8 + length <= b.size() && filled_with_blocks(b, 8, 8 + length);
}

bool has_name(std::uint32_t category) {
    return !category_name(static_cast<std::uint8_t>(category)).empty();
}

/// From `at` on, blocks follow each other with `between` octets behind each. The fewer there are, the more must be
/// known of them: that they fill the file, or that their categories have names; what is left at the end may be a
/// trailer, or a block that was cut.
bool looks_like_blocks(Bytes b, std::size_t at, std::size_t between) {
    if (at >= b.size()) return false;
    const auto first = b[at];
    int blocks = 0, named = 0;
    bool all_of_one = true;
    for (; blocks < 8 && at < b.size(); ++blocks) {
        const auto n = block_at(b, at);
        if (n == 0 && b.size() - at >= 16) return false;
        if (n == 0 || at + n + between > b.size()) break;
        named += has_name(octet_at(b, at));
        all_of_one = all_of_one && b[at] == first;
        at += n + between;
    }
    const bool filled = blocks > 0 && b.size() - at < 16;
    if (filled || blocks == 8) return 2 * named >= blocks || all_of_one;
    return blocks >= 3 && (named == blocks || all_of_one);
}

/// The first frames are of whole blocks; the last may be cut by the end of what is seen.
bool looks_oradis(Bytes b) {
    std::size_t at = 0;
    for (int i = 0; i < 8 && at + oradis_header < b.size(); ++i) {
        const std::size_t n = big16(b, at);
        if (n <= oradis_header) return false;
        if (at + n > b.size()) return i > 0;
        if (!filled_with_blocks(b, at + oradis_header, at + n)) return false;
        at += n;
    }
    return at > 0;
}

bool looks_hdlc(Bytes b) {
    std::vector<std::byte> unescaped;
    b = b.first(std::min<std::size_t>(b.size(), 2 * longest_hdlc + 2));
    return hdlc_frame(b) != 0 || hdlc_stuffed(b, unescaped) != 0;
}

}  // namespace

bool filled_with_oradis(Bytes b, std::size_t end) {
    std::size_t at = 0;
    while (at + oradis_header < end) {
        const std::size_t n = big16(b, at);
        if (n <= oradis_header || at + n > end || !filled_with_blocks(b, at + oradis_header, at + n)) return false;
        at += n;
    }
    return at > 0 && at == end;
}

Framing detect(Bytes b) {
    if (b.size() >= 4) {
        const auto magic = big32(b, 0);
        if (magic == 0xA1B2C3D4 || magic == 0xD4C3B2A1 || magic == 0xA1B23C4D || magic == 0x4D3CB2A1)
            return Framing::pcap;
        if (magic == 0x0A0D0D0A) return Framing::pcapng;
    }
    if (looks_ff(b)) return Framing::ff;
    if (looks_hdlc(b)) return Framing::hdlc;
    const bool raw = looks_like_blocks(b, 0, 0);
    if (!raw && looks_like_blocks(b, gps_header, gps_stamp)) return Framing::gps;
    if (looks_rply(b)) return Framing::rply;
    if (looks_oradis(b)) return Framing::oradis;
    return raw ? Framing::raw : Framing::automatic;
}

}  // namespace asman::asterix
