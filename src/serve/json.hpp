// Writes JSON text into one buffer: enough for the messages of this room, and quick.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace asman::serve {

/// The longest prefix of `text` that is one UTF-8 code point, in bytes; 0 when it is none (overlong, surrogate, cut
/// off).
std::size_t utf8_length(std::string_view text);

/// A JSON writer. The caller keeps objects and arrays balanced; commas are set here.
class JsonWriter {
  public:
    JsonWriter& open_object() { return open('{'); }
    JsonWriter& close_object() { return close('}'); }
    JsonWriter& open_array() { return open('['); }
    JsonWriter& close_array() { return close(']'); }
    JsonWriter& key(std::string_view name) {
        comma();
        quote(name);
        out_.push_back(':');
        fresh_ = true;
        return *this;
    }
    JsonWriter& value(std::string_view text) {
        comma();
        quote(text);
        return *this;
    }
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(bool b) {
        comma();
        out_.append(b ? std::string_view("true") : std::string_view("false"));
        return *this;
    }
    template <std::integral T>
    JsonWriter& value(T number) {
        comma();
        fmt::format_to(std::back_inserter(out_), "{}", number);
        return *this;
    }
    /// With this many decimals, without trailing zeros; null when not finite.
    JsonWriter& value(double number, int decimals) {
        if (!std::isfinite(number)) return null();
        comma();
        const std::size_t start = out_.size();
        fmt::format_to(std::back_inserter(out_), "{:.{}f}", number, decimals);
        if (decimals > 0) {
            std::size_t end = out_.size();
            while (out_[end - 1] == '0') --end;
            if (out_[end - 1] == '.') --end;
            out_.resize(end);
        }
        if (std::string_view(out_.data() + start, out_.size() - start) == "-0") {
            out_.resize(start);
            out_.push_back('0');
        }
        return *this;
    }
    JsonWriter& null() {
        comma();
        out_.append(std::string_view("null"));
        return *this;
    }
    template <class T>
    JsonWriter& field(std::string_view name, const T& v) {
        return key(name).value(v);
    }
    JsonWriter& field(std::string_view name, double v, int decimals) { return key(name).value(v, decimals); }

    std::string text() const { return fmt::to_string(out_); }

  private:
    JsonWriter& open(char bracket) {
        comma();
        out_.push_back(bracket);
        fresh_ = true;
        return *this;
    }
    JsonWriter& close(char bracket) {
        out_.push_back(bracket);
        fresh_ = false;
        return *this;
    }
    void comma() {
        if (!fresh_) out_.push_back(',');
        fresh_ = false;
    }
    void quote(std::string_view text);

    fmt::memory_buffer out_;
    bool fresh_ = true;  ///< nothing before it at this level
};

}  // namespace asman::serve
