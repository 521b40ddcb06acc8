// JSON to records, from the tables.
#include <asman/asterix/json.hpp>
#include <asman/asterix/typed.hpp>

#include "json_value.hpp"

#include <algorithm>

namespace asman::asterix {

namespace {

using detail::Writer;

std::optional<std::uint64_t> from_hex(std::string_view text) {
    std::uint64_t v = 0;
    if (text.empty() || text.size() > 16) return {};
    for (const char c : text) {
        const int d = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
        if (d < 0) return {};
        v = v << 4 | static_cast<std::uint64_t>(d);
    }
    return v;
}

std::optional<std::vector<std::byte>> bytes_from_hex(std::string_view text) {
    std::vector<std::byte> out;
    if (text.size() % 2) return {};
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto v = from_hex(text.substr(i, 2));
        if (!v) return {};
        out.push_back(static_cast<std::byte>(*v));
    }
    return out;
}

/// The members of an object by their places in a list of up to 255 names. Both are mostly in one order.
struct Places {
    const Json* value[256];  ///< where present
    bool present[256] = {};
    bool all = true;       ///< every member has a place, and none has two
    std::string stranger;  ///< the first that has not

    template <class Name>
    Places(const Json& v, std::size_t count, Name name) {
        std::size_t k = 0;
        for (std::size_t i = 0; i < v.keys.size(); ++i) {
            const std::string& key = v.keys[i];
            std::size_t tried = 0;
            for (; tried < count; ++tried, k = k + 1 < count ? k + 1 : 0)
                if (const std::string_view known = name(k); known.size() == key.size() && known == key) break;
            if (tried == count || present[k] || key.empty()) {
                all = false;
                stranger = key;
                return;
            }
            present[k] = true;
            value[k] = &v.array[i];
        }
    }
};

/// Encodes a record; the path of what fails is in `where`.
class Encoder {
  public:
    Encoder(const Json& items, std::vector<std::byte>& out) : items_(items), w_(out) {}
    std::string where;
    std::string reason;

    bool record(const Edition& edition, const Edition* expansion) {
        expansion_ = expansion;
        const Uap* uap = choose(edition);
        const Places at(items_, uap->items,
                        [&](std::size_t k) { return uap->item[k] ? uap->item[k]->node->name : std::string_view{}; });
        if (!at.all) return reason = "no item of this edition, or given twice", where = at.stranger, false;
        w_.field_spec({at.present, uap->items}, 0);
        for (std::size_t k = 0; k < uap->items; ++k)
            if (at.present[k] && !item(*uap->item[k]->node, *at.value[k])) return false;
        return true;
    }

  private:
    bool bad(const Node& n, std::string why) {
        if (reason.empty()) reason = std::move(why);
        where = std::string(n.name.empty() ? "[]" : n.name) + (where.empty() ? "" : "/" + where);
        return false;
    }
    bool inside(const Node& n, bool ok) { return ok || bad(n, {}); }

    const Uap* choose(const Edition& edition) const {
        const Json* value = look(edition.selector);
        for (const Choice& c : edition.variants())
            if (value && value->integer == c.value) return edition.uap + c.uap;
        return edition.uap;
    }

    /// The value at a path of the record ("020/TYP").
    const Json* look(std::string_view path) const {
        const Json* at = path.empty() ? nullptr : &items_;
        while (at && !path.empty()) {
            const auto slash = path.find('/');
            at = at->find(path.substr(0, slash));
            path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
        }
        if (const Json* v = at ? at->find("value") : nullptr) return v;
        return at;
    }

    bool item(const Node& n, const Json& v) {
        if (n.kind == Kind::opaque && v.type == Json::Type::object) return inside(n, expansion(n, v));
        return node(n, v);
    }

    bool expansion(const Node& n, const Json& v) {
        if (n.name != "RE" || !expansion_) return bad(n, "no expansion is known: give its bytes in hexadecimal");
        const auto start = w_.size();
        w_.bits(0, 8);
        if (!node(*expansion_->item->node, v)) return false;
        const auto length = w_.size() - start;
        if (length > 255) return bad(n, "longer than 255 octets");
        w_.patch(start, static_cast<std::byte>(length));
        return true;
    }

    bool node(const Node& n, const Json& v) {
        switch (n.kind) {
            case Kind::element:
                return element(n, v) || bad(n, "a value that is not of its kind, or too large");
            case Kind::choice:
                return choice(n, v);
            case Kind::group:
                return v.type == Json::Type::object ? inside(n, group(n, v)) : bad(n, "not an object");
            case Kind::extended:
                return v.type == Json::Type::object ? inside(n, extended(n, v)) : bad(n, "not an object");
            case Kind::repetitive:
                return v.type == Json::Type::array ? inside(n, repetitive(n, v)) : bad(n, "not an array");
            case Kind::compound:
                return v.type == Json::Type::object ? inside(n, compound(n, v)) : bad(n, "not an object");
            case Kind::opaque: {
                const auto content = v.type == Json::Type::string ? bytes_from_hex(v.string) : std::nullopt;
                if (!content || content->size() > 254) return bad(n, "not hexadecimal of at most 254 octets");
                w_.opaque(*content);
                return true;
            }
            default:
                return bad(n, "cannot be given");
        }
    }

    bool group(const Node& n, const Json& v) {
        std::size_t hint = 0, found = 0;
        return members(n, v, hint, found) && (found == v.keys.size() || stranger(n, v));
    }
    /// Those of `v` that `n` names, in order; how many they were is added to `found`.
    bool members(const Node& n, const Json& v, std::size_t& hint, std::size_t& found) {
        for (const Node& c : n.nodes()) {
            if (c.kind == Kind::spare) {
                w_.bits(0, c.bits);
                continue;
            }
            const Json* member = v.find(c.name, hint);
            found += member != nullptr;
            if (!member)
                zero(c.bits);
            else if (!node(c, *member))
                return false;
        }
        return true;
    }
    /// Says which of the members of `v` is too many.
    bool stranger(const Node& owner, const Json& v) {
        reason = "is given twice";
        for (const std::string& key : v.keys) {
            where = key;
            if (!owner.find(key)) return reason = "has no member of this name", false;
        }
        return false;
    }
    void zero(std::size_t bits) {
        for (; bits > 32; bits -= 32) w_.bits(0, 32);
        w_.bits(0, static_cast<unsigned>(bits));
    }

    /// Extents up to the last that has a member in `v`.
    bool extended(const Node& n, const Json& v) {
        std::size_t last = 0, hint = 0, found = 0;
        for (std::size_t k = n.children; k-- > 1 && last == 0;)
            for (const Node& c : n.child[k].nodes())
                if (c.kind != Kind::spare && v.find(c.name)) last = k;
        for (std::size_t k = 0; k <= last; ++k) {
            if (!members(n.child[k], v, hint, found)) return false;
            if (n.child[k].octets) w_.bits(k < last, 1);
        }
        return found == v.keys.size() || stranger(n, v);
    }

    bool repetitive(const Node& n, const Json& v) {
        const auto count = v.array.size();
        if (n.octets ? count >> (8 * n.octets) : count == 0) return reason = "too many, or none", false;
        if (n.octets) w_.count(count, n.octets);
        for (std::size_t i = 0; i < count; ++i) {
            if (!node(*n.child, v.array[i])) return false;
            if (!n.octets) w_.bits(i + 1 < count, 1);
        }
        return true;
    }

    bool compound(const Node& n, const Json& v) {
        const Places at(v, n.children, [&](std::size_t k) { return n.child[k].name; });
        if (!at.all) return reason = "has no member of this name, or twice", where = at.stranger, false;
        w_.field_spec({at.present, n.children}, n.octets);
        for (std::size_t k = 0; k < n.children; ++k)
            if (at.present[k] && !node(n.child[k], *at.value[k])) return false;
        return true;
    }

    bool choice(const Node& n, const Json& v) {
        std::string now;
        auto paths = n.selectors;
        while (!paths.empty()) {
            const auto comma = paths.find(',');
            const Json* chosen = look(paths.substr(0, comma));
            if (!now.empty()) now += ',';
            now += chosen && chosen->integer ? std::to_string(*chosen->integer) : "?";
            paths = comma == std::string_view::npos ? std::string_view{} : paths.substr(comma + 1);
        }
        const Node* found = nullptr;
        for (const Node& c : n.nodes())
            if (c.when == now || (c.when.empty() && !found)) found = &c;
        const Node plain{.kind = Kind::element, .bits = n.bits, .name = n.name};
        return inside(n, node(found ? *found : plain, v));
    }

    bool element(const Node& n, const Json& v) {
        if (v.type == Json::Type::object) {
            const Json* value = v.find("value");  // as written with texts
            return value && value->type != Json::Type::object && element(n, *value);
        }
        const bool ok = v.type == Json::Type::number ? number(n, v) : v.type == Json::Type::string && text(n, v.string);
        return ok && w_.fault == Fault::none;
    }

    bool number(const Node& n, const Json& v) {
        if (n.coding == Coding::quantity) {
            w_.quantity(v.number, n.lsb, n.bits, n.is_signed);
            return true;
        }
        if (!v.integer || n.bits > 64 || n.coding == Coding::ascii || n.coding == Coding::icao ||
            n.coding == Coding::octal)
            return false;
        if (n.is_signed)
            w_.integer(*v.integer, n.bits);
        else if (*v.integer < 0)
            return false;
        else
            w_.bits(static_cast<std::uint64_t>(*v.integer), n.bits);
        return true;
    }

    bool text(const Node& n, std::string_view s) {
        switch (n.coding) {
            case Coding::octal: {
                std::uint64_t v = 0;
                if (s.size() > 21) return false;
                for (const char c : s) {
                    if (c < '0' || c > '7') return false;
                    v = v << 3 | static_cast<std::uint64_t>(c - '0');
                }
                w_.bits(v, n.bits);
                return true;
            }
            case Coding::ascii:
                if (s.size() > n.bits / 8) return false;
                for (std::size_t i = 0; i < n.bits / 8; ++i)
                    w_.bits(i < s.size() ? static_cast<std::uint8_t>(s[i]) : ' ', 8);
                return true;
            case Coding::icao:
                return icao(n, s);
            case Coding::raw:
            case Coding::bds: {
                if (n.bits > 64) {
                    const auto content = bytes_from_hex(s);
                    if (content) w_.bytes(*content, n.bits / 8);
                    return content.has_value();
                }
                const auto v = from_hex(s);
                if (v) w_.bits(*v, n.bits);
                return v.has_value();
            }
            default:
                return false;
        }
    }

    bool icao(const Node& n, std::string_view s) {
        if (s.starts_with("0x")) {
            const auto v = from_hex(s.substr(2));
            if (v) w_.bits(*v, n.bits);
            return v.has_value();
        }
        if (s.size() > n.bits / 6) return false;
        for (std::size_t i = 0; i < n.bits / 6; ++i) {
            const char c = i < s.size() ? s[i] : ' ';
            const auto code = icao_code(c);
            if (code != 0 && !icao_alphabet(code)) return false;
            w_.bits(code, 6);
        }
        return true;
    }

    const Json& items_;
    Writer w_;
    const Edition* expansion_ = nullptr;
};

}  // namespace

bool from_json(std::string_view line, FromJson& out, std::string& reason) {
    Json json;
    std::size_t place = 0;
    if (!parse_json(line, json, place)) {
        reason = "column " + std::to_string(place + 1) + ": not JSON";
        return false;
    }
    const Json* category = json.find("category");
    const Json* items = json.find("items");
    const Json* payload = json.find("bytes");
    if (!category || !category->integer || *category->integer < 1 || *category->integer > 255 ||
        !(items ? items->type == Json::Type::object : payload && payload->type == Json::Type::string)) {
        reason = "a line needs \"category\" (1 to 255) and \"items\" of a record, or \"bytes\" of a block";
        return false;
    }
    const Json* datagram = json.find("datagram");
    out.datagram = datagram && datagram->integer ? static_cast<std::uint64_t>(*datagram->integer) : 0;
    out.category = static_cast<std::uint8_t>(*category->integer);
    if (!items) {
        auto bytes = bytes_from_hex(payload->string);
        out.edition = nullptr;
        if (bytes) out.bytes = std::move(*bytes);
        if (!bytes) reason = "\"bytes\": not hexadecimal";
        return bytes.has_value();
    }
    const Json* number = json.find("edition");
    out.edition = find_edition(out.category, number ? std::string_view(number->string) : std::string_view{});
    if (!out.edition) {
        reason = "no table for category " + std::to_string(out.category) +
                 (number ? " edition " + number->string : std::string{});
        return false;
    }
    const Json* expansion_number = json.find("expansion");
    const Edition* expansion = find_edition(
        out.category, expansion_number ? std::string_view(expansion_number->string) : std::string_view{}, true);
    out.bytes.clear();
    Encoder encoder(*items, out.bytes);
    if (encoder.record(*out.edition, expansion)) return true;
    reason = "item " + encoder.where + ": " + encoder.reason;
    return false;
}

}  // namespace asman::asterix
