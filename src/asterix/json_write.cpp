// Records to JSON, from the tables.
#include <asman/asterix/bds.hpp>
#include <asman/asterix/json.hpp>

#include "json_value.hpp"
#include "walk.hpp"

#include <charconv>
#include <cmath>
#include <utility>

namespace asman::asterix {

namespace {

constexpr double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

template <class Integer>
void integer(Integer v, std::string& out) {
    char buffer[24];
    const auto [end, ec] = std::to_chars(buffer, buffer + sizeof buffer, v);
    out.append(buffer, static_cast<std::size_t>(end - buffer));
}

/// raw · lsb with so many decimals that each raw value has its own text; zeros at the end left out.
void quantity(double raw, const Node& n, std::string& out) {
    const double scaled = std::nearbyint(raw * n.lsb * powers[n.decimals]);
    if (std::abs(scaled) > 9e17) {
        char buffer[40];
        out.append(buffer,
                   static_cast<std::size_t>(std::to_chars(buffer, buffer + sizeof buffer, raw * n.lsb).ptr - buffer));
        return;
    }
    auto v = static_cast<std::int64_t>(scaled);
    if (v < 0) out += '-', v = -v;
    std::size_t decimals = n.decimals;
    while (decimals && v % 10 == 0) v /= 10, --decimals;
    char buffer[24];
    char* p = buffer + sizeof buffer;
    for (std::size_t i = 0; i < decimals; ++i) *--p = static_cast<char>('0' + v % 10), v /= 10;
    if (decimals) *--p = '.';
    do *--p = static_cast<char>('0' + v % 10);
    while (v /= 10);
    out.append(p, static_cast<std::size_t>(buffer + sizeof buffer - p));
}

constexpr char digits[] = "0123456789abcdef";

void hex(std::uint64_t v, std::size_t bits, std::string& out) {
    out += '"';
    for (std::size_t i = (bits + 3) / 4; i-- > 0;) out += digits[v >> (4 * i) & 15];
    out += '"';
}

void hex(Bytes b, std::string& out) {
    out += '"';
    for (const std::byte x : b) {
        out += digits[std::to_integer<unsigned>(x) >> 4];
        out += digits[std::to_integer<unsigned>(x) & 15];
    }
    out += '"';
}

/// Walks a record into text.
class JsonWriter : public Visitor {
  public:
    JsonWriter(const JsonOptions& options, std::string& out) : options_(options), out_(out) {}

    void enter(const Node& n) {
        if (out_.back() != '{') out_ += ',';
        out_ += '"';
        out_ += n.name;
        out_ += "\":";
    }
    void begin(const Node& n) { out_ += n.kind == Kind::repetitive ? '[' : '{'; }
    void end(const Node& n) { out_ += n.kind == Kind::repetitive ? ']' : '}'; }
    void next(const Node&) {
        if (out_.back() != '[') out_ += ',';
    }
    void unchosen(const Node& n, Bytes b, std::size_t bit) { integer(get_bits(b.data(), bit, n.bits), out_); }
    void opaque(const Node&, Bytes content) { hex(content, out_); }

    void element(const Node& n, Bytes b, std::size_t bit) {
        if (n.bits > 64)
            return n.coding == Coding::ascii ? characters(n, b, bit) : hex(b.subspan(bit / 8, n.bits / 8), out_);
        const std::uint64_t v = get_bits(b.data(), bit, n.bits);
        switch (n.coding) {
            case Coding::raw:
                n.bits > widest_number ? hex(v, n.bits, out_) : integer(v, out_);
                break;
            case Coding::bds:
                hex(v, n.bits, out_);
                break;
            case Coding::table:
                table(n, v);
                break;
            case Coding::integer:
                n.is_signed ? integer(sign_extended(v, n.bits), out_) : integer(v, out_);
                break;
            case Coding::quantity:
                quantity(n.is_signed ? static_cast<double>(sign_extended(v, n.bits)) : static_cast<double>(v), n, out_);
                break;
            case Coding::octal:
                out_ += '"';
                for (std::size_t i = (n.bits + 2) / 3; i-- > 0;) out_ += static_cast<char>('0' + (v >> (3 * i) & 7));
                out_ += '"';
                break;
            case Coding::icao:
                icao(n, v);
                break;
            case Coding::ascii:
                characters(n, b, bit);
                break;
        }
    }

  private:
    void table(const Node& n, std::uint64_t v) {
        if (!options_.text) return integer(v, out_);
        out_ += "{\"value\":";
        integer(v, out_);
        out_ += ",\"text\":";
        json_string(n.text(v), out_);
        out_ += '}';
    }

    /// Code 0 is written '@'; a value with another code that is no character, in hexadecimal after "0x".
    void icao(const Node& n, std::uint64_t v) {
        const auto start = out_.size();
        out_ += '"';
        for (std::size_t i = n.bits / 6; i-- > 0;) {
            const auto code = v >> (6 * i) & 63;
            if (code != 0 && !icao_alphabet(code)) {
                out_.resize(start);
                out_ += "\"0x";
                for (std::size_t k = n.bits / 4; k-- > 0;) out_ += digits[v >> (4 * k) & 15];
                break;
            }
            out_ += icao_character(code);
        }
        while (out_.back() == ' ') out_.pop_back();
        out_ += '"';
    }

    void characters(const Node& n, Bytes b, std::size_t bit) {
        std::string text;
        for (std::size_t i = 0; i < n.bits / 8; ++i) text += static_cast<char>(get_bits(b.data(), bit + 8 * i, 8));
        while (!text.empty() && text.back() == ' ') text.pop_back();
        json_string(text, out_);
    }

    const JsonOptions& options_;
    std::string& out_;
};

/// Looked up once: a search a record would be felt.
const Edition* newest_expansion(std::uint8_t category) {
    static const auto newest = [] {
        std::array<const Edition*, 256> out{};
        for (const Edition* e : editions())
            if (e->expansion) out[e->category] = e;
        return out;
    }();
    return newest[category];
}

/// Those that can be decoded; nothing where there are none.
void registers_to_json(const Record& record, std::string& out) {
    bool first = true;
    for (const CarriedRegister& r : registers(record)) {
        const auto decoded = decode_bds(r.bds, r.bits);
        if (std::holds_alternative<std::monostate>(decoded)) continue;
        out += std::exchange(first, false) ? ",\"registers\":[" : ",";
        out.append("{\"item\":\"").append(r.item).append("\",\"bds\":\"");
        out.append({digits[r.bds >> 4u], ',', digits[r.bds & 15u]}).append("\",\"values\":");
        to_json(decoded, out);
        out += '}';
    }
    if (!first) out += ']';
}

}  // namespace

void json_string(std::string_view text, std::string& out) {
    out += '"';
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (u < 0x20 || u >= 0x7F) {
            out += "\\u00";
            out += digits[u >> 4];
            out += digits[u & 15];
        } else {
            out += c;
        }
    }
    out += '"';
}

void items_to_json(const Record& record, std::string& out, const JsonOptions& options) {
    JsonWriter writer(options, out);
    out += '{';
    Walk(record, writer).items();
    out += '}';
}

void to_json(const Record& record, std::uint64_t datagram, std::string& out, const JsonOptions& options) {
    out += "{\"datagram\":";
    integer(datagram, out);
    out += ",\"offset\":";
    integer(record.offset, out);
    out += ",\"category\":";
    integer(static_cast<unsigned>(record.category()), out);
    out += ",\"edition\":\"";
    out += record.edition->number;
    out += '"';
    if (record.expansion && record.expansion != newest_expansion(record.category()) && record.has("RE")) {
        out += ",\"expansion\":\"";
        out += record.expansion->number;
        out += '"';
    }
    out += ",\"items\":";
    items_to_json(record, out, options);
    if (options.registers) registers_to_json(record, out);
    out += '}';
}

void opaque_to_json(std::uint8_t category, Bytes payload, std::uint64_t datagram, std::string& out) {
    out += "{\"datagram\":";
    integer(datagram, out);
    out += ",\"category\":";
    integer(static_cast<unsigned>(category), out);
    out += ",\"bytes\":";
    hex(payload, out);
    out += '}';
}

}  // namespace asman::asterix
