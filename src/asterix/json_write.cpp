// Records to JSON, from the tables.
#include <asman/asterix/json.hpp>
#include <asman/asterix/typed.hpp>

#include <bit>
#include <charconv>
#include <cmath>

namespace asman::asterix {

namespace {

constexpr double powers[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
constexpr std::size_t widest_number = 32;  ///< bits of a raw value that is written as a number

std::uint8_t octet(Bytes b, std::size_t i) {
    return static_cast<std::uint8_t>(b[i]);
}

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

void key(const Node& n, std::string& out) {
    if (out.back() != '{') out += ',';
    out += '"';
    out += n.name;
    out += "\":";
}

class JsonWriter {
  public:
    JsonWriter(const Record& record, const JsonOptions& options, std::string& out)
        : record_(record), options_(options), out_(out) {}

    void items() {
        out_ += '{';
        for (const Item* item : record_.uap->order()) {
            if (!item || item->node->kind == Kind::random || !record_.at[item->slot]) continue;
            key(*item->node, out_);
            const auto rest = record_.bytes.subspan(record_.at[item->slot]);
            if (item->node->kind == Kind::opaque)
                opaque(*item->node, rest);
            else
                node(*item->node, rest, 0);
        }
        out_ += '}';
    }

  private:
    /// Writes the node whose bits start at `bit` of `b`; returns the bits that it took.
    std::size_t node(const Node& n, Bytes b, std::size_t bit) {
        switch (n.kind) {
            case Kind::element:
                element(n, b, bit);
                return n.bits;
            case Kind::choice:
                return choice(n, b, bit);
            case Kind::group:
                out_ += '{';
                members(n, b, bit);
                out_ += '}';
                return n.bits;
            case Kind::extended:
                return extended(n, b);
            case Kind::repetitive:
                return repetitive(n, b);
            case Kind::compound:
                return compound(n, b);
            case Kind::opaque:
                hex(b.subspan(1, octet(b, 0) - 1u), out_);
                return octet(b, 0) * std::size_t{8};
            default:
                return n.bits;
        }
    }

    /// RE by its expansion where that fits exactly; bytes otherwise.
    void opaque(const Node& n, Bytes b) {
        const auto content = b.subspan(1, octet(b, 0) - 1u);
        Fault fault = Fault::none;
        if (n.name == "RE" && record_.expansion &&
            measure(*record_.expansion->item->node, content, fault) == content.size() && !content.empty()) {
            node(*record_.expansion->item->node, content, 0);
        } else {
            hex(content, out_);
        }
    }

    void members(const Node& n, Bytes b, std::size_t bit) {
        for (const Node& c : n.nodes()) {
            if (c.kind != Kind::spare) {
                key(c, out_);
                node(c, b, bit);
            }
            bit += c.bits;
        }
    }

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
                n.is_signed ? integer(extend(v, n.bits), out_) : integer(v, out_);
                break;
            case Coding::quantity:
                quantity(n.is_signed ? static_cast<double>(extend(v, n.bits)) : static_cast<double>(v), n, out_);
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
    static std::int64_t extend(std::uint64_t v, std::size_t bits) {
        return static_cast<std::int64_t>(v << (64 - bits)) >> (64 - bits);
    }

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
            const char c = code == 0 ? '@' : icao_character(code);
            if (c == '?') {
                out_.resize(start);
                out_ += "\"0x";
                for (std::size_t k = n.bits / 4; k-- > 0;) out_ += digits[v >> (4 * k) & 15];
                break;
            }
            out_ += c;
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

    std::size_t choice(const Node& n, Bytes b, std::size_t bit) {
        std::string now;
        auto paths = n.selectors;
        while (!paths.empty()) {
            const auto comma = paths.find(',');
            const auto v = asterix::element(record_, paths.substr(0, comma));
            if (!now.empty()) now += ',';
            now += v ? std::to_string(*v) : "?";
            paths = comma == std::string_view::npos ? std::string_view{} : paths.substr(comma + 1);
        }
        const Node* found = nullptr;
        for (const Node& c : n.nodes())
            if (c.when == now || (c.when.empty() && !found)) found = &c;
        if (found) return node(*found, b, bit);
        integer(get_bits(b.data(), bit, n.bits), out_);
        return n.bits;
    }

    std::size_t extended(const Node& n, Bytes b) {
        out_ += '{';
        std::size_t bit = 0;
        for (const Node& extent : n.nodes()) {
            members(extent, b, bit);
            bit += extent.bits;
            if (!extent.octets || !(octet(b, bit / 8 - 1) & 1)) break;
        }
        out_ += '}';
        return bit;
    }

    std::size_t repetitive(const Node& n, Bytes b) {
        out_ += '[';
        std::size_t at = n.octets;
        std::uint64_t left = n.octets ? get_bits(b.data(), 0, n.octets * 8u) : 1;
        for (bool first = true; left; first = false) {
            if (!first) out_ += ',';
            auto took = node(*n.child, b.subspan(at), 0);
            if (n.octets) {
                --left;
            } else {
                ++took;
                left = octet(b, at + took / 8 - 1) & 1;
            }
            at += took / 8;
        }
        out_ += ']';
        return at * 8;
    }

    std::size_t compound(const Node& n, Bytes b) {
        std::size_t at = n.octets;
        if (!at)
            while (octet(b, at++) & 1) {
            }
        const std::size_t fspec = at, per_octet = n.octets ? 8 : 7;
        out_ += '{';
        for (std::size_t k = 0; k < n.children && k < fspec * per_octet; ++k) {
            if (!(octet(b, k / per_octet) & 0x80u >> k % per_octet)) continue;
            key(n.child[k], out_);
            at += node(n.child[k], b.subspan(at), 0) / 8;
        }
        out_ += '}';
        return at * 8;
    }

    const Record& record_;
    const JsonOptions& options_;
    std::string& out_;
};

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
    JsonWriter(record, options, out).items();
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
    out += "\",\"items\":";
    items_to_json(record, out, options);
    out += '}';
}

}  // namespace asman::asterix
