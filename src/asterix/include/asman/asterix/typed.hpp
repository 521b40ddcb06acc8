// What the generated typed views and values are made of.
#pragma once

#include <asman/asterix/record.hpp>

#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

namespace asman::asterix {

/// Characters of a fixed-width text item.
template <std::size_t N>
struct Text {
    std::array<char, N> characters{};
    Text() { characters.fill(' '); }
    Text(std::string_view text) {  // NOLINT: a text where a text is expected
        characters.fill(' ');
        std::memcpy(characters.data(), text.data(), text.size() < N ? text.size() : N);
    }
    Text(const char* text) : Text(std::string_view(text)) {}
    /// Without the spaces at its end, nor what some write instead: NUL, or '@' (six-bit code 0).
    std::string_view view() const {
        std::size_t n = N;
        while (n && (characters[n - 1] == ' ' || characters[n - 1] == '\0' || characters[n - 1] == '@')) --n;
        return {characters.data(), n};
    }
    bool operator==(const Text&) const = default;
};

/// Six-bit characters: '@' to '_' for codes 0 to 31, ' ' to '?' for 32 to 63. Of these ICAO Annex 10 vol. IV, table 3-8
/// has the letters, the digits and the space; the others are kept, so that what was read can be written again.
char icao_character(std::uint64_t code);
/// The code of a character, or 64.
std::uint8_t icao_code(char c);
/// A letter, a digit or the space.
bool icao_alphabet(std::uint64_t code);

namespace detail {

/// Bits of fixed place: the compiler makes one load and a shift of it.
template <std::size_t Bit, std::size_t Width>
inline std::uint64_t bits(const std::byte* p) {
    constexpr std::size_t first = Bit / 8, last = (Bit + Width - 1) / 8, behind = (last + 1) * 8 - Bit - Width;
    static_assert(Width >= 1 && Width <= 64);
    if constexpr (last - first < 8) {
        std::uint64_t v = 0;
        for (std::size_t i = first; i <= last; ++i) v = v << 8 | static_cast<std::uint8_t>(p[i]);
        v >>= behind;
        if constexpr (Width < 64) v &= (std::uint64_t{1} << Width) - 1;
        return v;
    } else {
        return get_bits(p, Bit, Width);
    }
}
template <std::size_t Bit, std::size_t Width>
inline std::int64_t signed_bits(const std::byte* p) {
    return static_cast<std::int64_t>(bits<Bit, Width>(p) << (64 - Width)) >> (64 - Width);
}
template <std::size_t Bit, std::size_t Width>
Text<Width / 6> icao(const std::byte* p) {
    Text<Width / 6> out;
    const auto v = bits<Bit, Width>(p);
    for (std::size_t i = 0; i < Width / 6; ++i) out.characters[i] = icao_character(v >> (Width - 6 * (i + 1)) & 63);
    return out;
}
template <std::size_t Bit, std::size_t Width>
Text<Width / 8> ascii(const std::byte* p) {
    static_assert(Bit % 8 == 0);
    Text<Width / 8> out;
    std::memcpy(out.characters.data(), p + Bit / 8, Width / 8);
    return out;
}
inline bool extension(const std::byte* p, std::size_t octet) {
    return (static_cast<std::uint8_t>(p[octet]) & 1) != 0;
}

/// Length of a chain of `step` octets, each link but the last with its lowest bit set.
inline std::size_t chain(const std::byte* p, std::size_t step) {
    std::size_t at = step;
    while (extension(p, at - 1)) at += step;
    return at;
}

/// Writes items, most significant bit first. The first fault stays.
class Writer {
  public:
    explicit Writer(std::vector<std::byte>& out) : out_(out), at_(out.size()) {}
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;
    /// Cuts `out` to what was written; until then it has room to spare.
    ~Writer() {
        flush();
        out_.resize(at_);
    }
    Fault fault = Fault::none;

    void bits(std::uint64_t v, unsigned width) {
        if (have_ + width >= 64) return spill(v, width);
        if (v >> width) return fail(Fault::out_of_range);
        pending_ = pending_ << width | v;
        have_ += width;
    }
    void integer(std::int64_t v, unsigned width) {
        const std::int64_t top = std::int64_t{1} << (width - 1);
        if (v < -top || v >= top) return fail(Fault::out_of_range);
        bits(static_cast<std::uint64_t>(v) & (~std::uint64_t{0} >> (64 - width)), width);
    }
    /// Rounded to the nearest multiple of `lsb`.
    void quantity(double v, double lsb, unsigned width, bool is_signed) {
        // Below 2^51 the sum with 1.5 · 2^52 has no bits behind the point: rounded as nearbyint() rounds, without a
        // call.
        const double units = v / lsb;
        const double raw = std::abs(units) < 0x1p51 ? units + 0x1.8p52 - 0x1.8p52 : std::nearbyint(units);
        if (!(raw > -9.2e18 && raw < 9.2e18)) return fail(Fault::out_of_range);
        if (is_signed) return integer(static_cast<std::int64_t>(raw), width);
        if (raw < 0) return fail(Fault::out_of_range);
        bits(static_cast<std::uint64_t>(raw), width);
    }
    template <std::size_t N>
    void icao(const Text<N>& text) {
        for (const char c : text.characters) {
            const auto code = icao_code(c);
            if (code > 63) return fail(Fault::bad_value);
            bits(code, 6);
        }
    }
    template <std::size_t N>
    void ascii(const Text<N>& text) {
        for (const char c : text.characters) bits(static_cast<std::uint8_t>(c), 8);
    }
    void count(std::size_t n, unsigned octets) { n >> (8 * octets) ? fail(Fault::too_long) : bits(n, 8 * octets); }
    /// A length octet and bytes.
    void opaque(Bytes content) {
        if (content.size() > 254) return fail(Fault::too_long);
        bits(content.size() + 1, 8);
        append(content);
    }
    void bytes(Bytes content, std::size_t exactly) {
        if (content.size() != exactly) return fail(Fault::bad_value);
        append(content);
    }
    /// A field specification of `octets` octets, or a chain as long as it must be where `octets` is 0.
    void field_spec(std::span<const bool> present, unsigned octets);
    void fail(Fault what) {
        if (fault == Fault::none) fault = what;
    }

    /// Octets that `out` will have; only between whole octets.
    std::size_t size() const { return at_ + have_ / 8; }
    /// Sets an octet that was written before.
    void patch(std::size_t at, std::byte octet) {
        flush();
        out_[at] = octet;
    }

  private:
    void room(std::size_t n) {
        if (at_ + n > out_.size()) out_.resize(at_ + n + 256);
    }
    void append(Bytes content) {
        flush();
        if (content.empty()) return;
        room(content.size());
        std::memcpy(out_.data() + at_, content.data(), content.size());
        at_ += content.size();
    }
    /// The whole octets of what is pending, by one store of eight.
    void flush() {
        if (have_ < 8) return;
        room(8);
        std::uint64_t aligned = pending_ << (64 - have_);
        if constexpr (std::endian::native == std::endian::little) aligned = std::byteswap(aligned);
        std::memcpy(out_.data() + at_, &aligned, 8);
        at_ += have_ / 8;
        have_ %= 8;
    }
    /// Less than 64 bits are pending.
    void spill(std::uint64_t v, unsigned width);
    std::vector<std::byte>& out_;
    std::size_t at_;
    std::uint64_t pending_ = 0;
    unsigned have_ = 0;
};

/// The order of an edition, filled by slots: what every generated encoder does. `has` has a flag a slot.
template <std::size_t Slots, class Put>
bool encode_record(const Edition& edition, const Uap& uap, const std::array<bool, Slots>& has,
                   std::vector<std::byte>& out, Problem& problem, Put put) {
    const auto start = out.size();
    std::array<const Item*, 256> items;
    std::array<std::uint8_t, 37> fields{};
    std::size_t wanted = 0, found = 0, last = 0;
    for (const bool flag : has) wanted += flag;
    for (std::size_t k = 0; k < uap.items; ++k) {
        const Item* item = uap.item[k];
        if (!item || item->slot >= Slots || !has[item->slot]) continue;
        items[found++] = item;
        last = k / 7;
        fields[last] = static_cast<std::uint8_t>(fields[last] | 0x80u >> k % 7);
    }
    problem = {.category = edition.category};
    if (found != wanted) {
        problem.fault = Fault::unknown_item;
        return false;
    }
    {
        Writer w(out);
        for (std::size_t i = 0; i <= last; ++i) w.bits(fields[i] | unsigned{i < last}, 8);
        for (std::size_t i = 0; i < found && problem.fault == Fault::none; ++i) {
            put(items[i]->slot, w);
            problem.fault = w.fault;
            problem.item = items[i]->node->name;
        }
    }
    if (problem.fault != Fault::none) out.resize(start);
    return problem.fault == Fault::none;
}

}  // namespace detail
}  // namespace asman::asterix
