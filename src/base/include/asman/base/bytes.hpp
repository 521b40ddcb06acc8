// Byte cursors: bounded reading and growing writing, little-endian, for our own file and envelope formats.
#pragma once

#include <asman/base/digest.hpp>

#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

namespace asman::base {

/// Reads from a span; after a read past the end, or of a bool that is neither 0 nor 1, every further read returns a
/// zero value and ok() is false.
class Reader {
  public:
    explicit Reader(Bytes bytes) : rest_(bytes) {}
    bool ok() const { return ok_; }
    bool empty() const { return rest_.empty(); }
    std::size_t left() const { return rest_.size(); }

    template <class T>
        requires std::is_arithmetic_v<T>
    T get() {
        static_assert(std::endian::native == std::endian::little);
        if constexpr (std::is_same_v<T, bool>) {  // any other byte in a bool would be undefined
            const auto v = get<std::uint8_t>();
            return v > 1 ? bad<bool>() : v == 1;
        }
        T v{};
        if (rest_.size() < sizeof(T)) return bad<T>();
        std::memcpy(&v, rest_.data(), sizeof(T));
        rest_ = rest_.subspan(sizeof(T));
        return v;
    }
    /// A view into the underlying bytes, valid as long as those are.
    Bytes take(std::size_t n) {
        if (rest_.size() < n) {
            ok_ = false;
            rest_ = {};
            return {};
        }
        auto out = rest_.first(n);
        rest_ = rest_.subspan(n);
        return out;
    }
    /// A u32 length followed by that many bytes.
    Bytes block() { return take(get<std::uint32_t>()); }
    std::string_view text() {
        auto b = block();
        return {reinterpret_cast<const char*>(b.data()), b.size()};
    }

  private:
    template <class T>
    T bad() {
        ok_ = false;
        rest_ = {};
        return T{};
    }
    Bytes rest_;
    bool ok_ = true;
};

class Writer {
  public:
    template <class T>
        requires std::is_arithmetic_v<T>
    void put(T v) {
        const auto at = out_.size();
        out_.resize(at + sizeof(T));
        std::memcpy(out_.data() + at, &v, sizeof(T));
    }
    void raw(Bytes b) { out_.insert(out_.end(), b.begin(), b.end()); }
    void block(Bytes b) {
        put(static_cast<std::uint32_t>(b.size()));
        raw(b);
    }
    void text(std::string_view s) { block(as_bytes(s)); }
    const std::vector<std::byte>& bytes() const { return out_; }
    std::vector<std::byte> take() { return std::move(out_); }
    void clear() { out_.clear(); }

  private:
    std::vector<std::byte> out_;
};

}  // namespace asman::base
