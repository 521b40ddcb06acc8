// How receivers hand on what they heard: Beast (binary), AVR (hexadecimal lines), SBS (comma separated lines).
#pragma once

#include <asman/base/digest.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asman::modes {

struct Frame {
    std::vector<std::byte> message;        ///< 2 (Mode A/C), 7 or 14 bytes
    std::optional<std::uint64_t> counter;  ///< 12 MHz, 48 bits, of the receiver's clock
    std::uint8_t signal = 0;               ///< 0 … 255, receiver's own measure
};

/// Cuts a stream of Beast frames (0x1A type, 6 bytes counter, 1 byte signal, message; 0x1A doubled inside) wherever it
/// was cut into packets. Damaged frames are skipped and counted.
class BeastReader {
  public:
    void feed(base::Bytes bytes, std::vector<Frame>& out);
    std::uint64_t skipped_bytes() const { return skipped_; }

  private:
    bool take(std::byte b, std::vector<Frame>& out);
    std::array<std::byte, 21> buffer_{};
    std::size_t have_ = 0, want_ = 0;
    bool escaped_ = false;
    std::uint64_t skipped_ = 0;
};

/// One line of AVR: "*8D…;" or "@<12 hex digits of counter>8D…;". Nothing when it is none.
std::optional<Frame> parse_avr(std::string_view line);

/// One line of SBS ("MSG,3,…"), with what it carries. Times of day are the receiver's, local or UTC by its setting:
/// they are not used.
struct SbsMessage {
    int type = 0;  ///< transmission type 1 … 8
    std::uint32_t address = 0;
    std::string callsign;
    std::optional<int> altitude;                               ///< feet
    std::optional<double> ground_speed, track, vertical_rate;  ///< knots, degrees, feet per minute
    std::optional<double> lat, lon;                            ///< degrees
    std::optional<std::uint16_t> squawk;
    bool emergency = false, spi = false;
    std::optional<bool> on_ground;
};
std::optional<SbsMessage> parse_sbs(std::string_view line);

}  // namespace asman::modes
