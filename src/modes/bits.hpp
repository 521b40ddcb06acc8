// Bits of a message, counted from 1 as the standards do.
#pragma once

#include <asman/modes/message.hpp>

#include <cstdint>

namespace asman::modes {

class Bits {
  public:
    explicit Bits(base::Bytes bytes) : bytes_(bytes) {}
    /// Bits first … last, most significant first; last − first < 32 and within the message.
    std::uint32_t operator()(std::size_t first, std::size_t last) const {
        std::uint32_t v = 0;
        for (std::size_t i = first - 1; i < last; ++i)
            v = v << 1 | (std::to_integer<std::uint32_t>(bytes_[i / 8]) >> (7 - i % 8) & 1);
        return v;
    }
    bool operator()(std::size_t bit) const { return (*this)(bit, bit) != 0; }
    /// Two's complement: a sign bit, then the magnitude's bits.
    std::int32_t with_sign(std::size_t first, std::size_t last) const {
        const auto v = static_cast<std::int32_t>((*this)(first + 1, last));
        return (*this)(first) ? v - (1 << (last - first)) : v;
    }

  private:
    base::Bytes bytes_;
};

/// Six-bit characters of Annex 10 table 3-9; nothing where a code is none of them. Trailing spaces are cut.
std::optional<std::string> six_bit_text(const Bits& bits, std::size_t first, std::size_t characters);

/// The seven bytes of a Comm-B register. `altitude` (feet) where the same reply carries one: speeds must fit it.
CommB decode_comm_b(base::Bytes register_bytes, std::optional<int> altitude);

}  // namespace asman::modes
