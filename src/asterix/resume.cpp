// Where a recording goes on behind octets that are no frame.
#include "formats.hpp"
#include "octets.hpp"

#include <algorithm>

namespace asman::asterix {

namespace {

constexpr int enough = 4;

bool has_name(Bytes b, std::size_t at) {
    return !category_name(static_cast<std::uint8_t>(octet_at(b, at))).empty();
}

/// Whether blocks with names fill [at, end).
bool named_blocks(Bytes b, std::size_t at, std::size_t end) {
    if (at >= end || end > b.size()) return false;
    while (at < end) {
        const auto n = block_at(b, at);
        if (n == 0 || at + n > end || !has_name(b, at)) return false;
        at += n;
    }
    return true;
}

/// Octets of the sound frame at `at`; 0: none.
std::size_t sound_frame(Framing framing, Bytes b, std::size_t at) {
    if (at + 8 > b.size()) return 0;
    std::size_t n = 0, header = 0, trailer = 0;
    switch (framing) {
        case Framing::ff:
            n = big16(b, at), header = ff_header, trailer = ff_trailer;
            break;
        case Framing::rply:
            n = little32(b, at), header = rply_header;
            n = n > longest_sound ? 0 : n + header;
            break;
        case Framing::oradis:
            n = big16(b, at), header = oradis_header;
            break;
        case Framing::gps:
            n = block_at(b, at), trailer = gps_stamp;
            n = n ? n + trailer : 0;
            break;
        default:
            n = block_at(b, at);
            break;
    }
    if (n < header + trailer + 3 || n > longest_sound || at + n > b.size()) return 0;
    if (framing == Framing::ff && !ends_as_ff(b, at + n)) return 0;
    return named_blocks(b, at + header, at + n - trailer) ? n : 0;
}

}  // namespace

bool ends_as_ff(Bytes b, std::size_t end) {
    return std::ranges::all_of(b.subspan(end - ff_trailer, ff_trailer),
                               [](std::byte x) { return x == std::byte{0xA5}; });
}

bool frame_follows(Framing framing, Bytes b, std::size_t length) {
    if (length >= b.size() || sound_frame(framing, b, length) != 0) return true;
    // A category that nobody knows is believed where it goes on.
    return framing == Framing::raw && b[length] == b[0] && block_at(b, length) != 0;
}

std::optional<std::size_t> frames_again(Framing framing, Bytes b, std::size_t from, std::size_t to, bool last) {
    for (auto at = from; at < std::min(to, b.size()); ++at) {
        auto end = at;
        int frames = 0;
        for (; frames < enough; ++frames) {
            const auto n = sound_frame(framing, b, end);
            if (n == 0) break;
            end += n;
        }
        if (frames == enough || (last && frames > 0 && end == b.size())) return at;
    }
    return {};
}

}  // namespace asman::asterix
