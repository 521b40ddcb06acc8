#include <asman/modes/framing.hpp>

#include <algorithm>
#include <charconv>

namespace asman::modes {
namespace {

constexpr std::byte escape{0x1A};

/// Bytes after the escape and the type: counter, signal, message. 0: not a type that is known.
std::size_t body_size(std::byte type) {
    switch (std::to_integer<char>(type)) {
        case '1':
            return 6 + 1 + 2;
        case '2':
            return 6 + 1 + 7;
        case '3':
            return 6 + 1 + 14;
        default:
            return 0;
    }
}

bool hexadecimal(std::string_view text, std::vector<std::byte>& out) {
    if (text.size() % 2 != 0) return false;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        std::uint8_t v = 0;
        const auto [end, error] = std::from_chars(text.data() + i, text.data() + i + 2, v, 16);
        if (error != std::errc() || end != text.data() + i + 2) return false;
        out.push_back(std::byte{v});
    }
    return true;
}

template <class T>
std::optional<T> number(std::string_view text, int base = 10) {
    T v{};
    std::from_chars_result r{};
    if constexpr (std::is_floating_point_v<T>)
        r = std::from_chars(text.data(), text.data() + text.size(), v, std::chars_format::fixed);
    else
        r = std::from_chars(text.data(), text.data() + text.size(), v, base);
    if (text.empty() || r.ec != std::errc() || r.ptr != text.data() + text.size()) return std::nullopt;
    return v;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
    while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
    return text;
}

}  // namespace

void BeastReader::feed(base::Bytes bytes, std::vector<Frame>& out) {
    for (const std::byte b : bytes) {
        if (escaped_) {
            escaped_ = false;
            if (b == escape && want_ > 0) {
                take(b, out);
            } else if (const auto size = body_size(b)) {
                skipped_ += have_;  // a frame begins where the last one was not whole
                have_ = 0;
                want_ = size;
            } else {
                skipped_ += have_ + 2;
                have_ = want_ = 0;
            }
        } else if (b == escape) {
            escaped_ = true;
        } else if (want_ > 0) {
            take(b, out);
        } else {
            ++skipped_;
        }
    }
}

bool BeastReader::take(std::byte b, std::vector<Frame>& out) {
    buffer_[have_++] = b;
    if (have_ < want_) return false;
    Frame frame;
    std::uint64_t counter = 0;
    for (std::size_t i = 0; i < 6; ++i) counter = counter << 8 | std::to_integer<std::uint64_t>(buffer_[i]);
    frame.counter = counter;
    frame.signal = std::to_integer<std::uint8_t>(buffer_[6]);
    frame.message.assign(buffer_.begin() + 7, buffer_.begin() + static_cast<std::ptrdiff_t>(want_));
    out.push_back(std::move(frame));
    have_ = want_ = 0;
    return true;
}

std::optional<Frame> parse_avr(std::string_view line) {
    line = trimmed(line);
    if (line.size() < 2 || line.back() != ';') return std::nullopt;
    const char kind = line.front();
    line = line.substr(1, line.size() - 2);
    Frame frame;
    if (kind == '@') {
        if (line.size() < 12) return std::nullopt;
        frame.counter = number<std::uint64_t>(line.substr(0, 12), 16);
        if (!frame.counter) return std::nullopt;
        line.remove_prefix(12);
    } else if (kind != '*') {
        return std::nullopt;
    }
    if (line.size() > 28 || !hexadecimal(line, frame.message)) return std::nullopt;
    const auto size = frame.message.size();
    return size == 2 || size == 7 || size == 14 ? std::optional(std::move(frame)) : std::nullopt;
}

std::optional<SbsMessage> parse_sbs(std::string_view line) {
    std::array<std::string_view, 22> field{};
    std::size_t count = 0;
    for (line = trimmed(line); count < field.size(); ++count) {
        const auto comma = line.find(',');
        field[count] = trimmed(line.substr(0, comma));
        if (comma == std::string_view::npos) {
            ++count;
            break;
        }
        line.remove_prefix(comma + 1);
    }
    if (count < 5 || field[0] != "MSG") return std::nullopt;
    const auto type = number<int>(field[1]);
    const auto address = number<std::uint32_t>(field[4], 16);
    if (!type || *type < 1 || *type > 8 || !address || *address > 0xFFFFFF) return std::nullopt;
    SbsMessage m;
    m.type = *type;
    m.address = *address;
    m.callsign = field[10];
    m.altitude = number<int>(field[11]);
    m.ground_speed = number<double>(field[12]);
    m.track = number<double>(field[13]);
    m.lat = number<double>(field[14]);
    m.lon = number<double>(field[15]);
    m.vertical_rate = number<double>(field[16]);
    if (const auto squawk = number<std::uint16_t>(field[17], 8); squawk && *squawk <= 07777) m.squawk = squawk;
    const auto flag = [&](std::size_t i) { return field[i] == "1" || field[i] == "-1"; };
    m.emergency = flag(19);
    m.spi = flag(20);
    if (!field[21].empty()) m.on_ground = flag(21);
    const bool placed = m.lat && m.lon && *m.lat >= -90 && *m.lat <= 90 && *m.lon >= -180 && *m.lon <= 180;
    if (!placed) m.lat = m.lon = std::nullopt;
    return m;
}

}  // namespace asman::modes
