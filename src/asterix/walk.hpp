// One way through a record for all who read it by its tables: JSON, checks, generic access.
#pragma once

#include <asman/asterix/record.hpp>

#include <string>

namespace asman::asterix {

/// Calls a visitor for every piece of a record that index_record() has accepted, in the order of the UAP:
///
///     enter(node), leave(node)            around each named piece
///     begin(node), end(node)              around the content of a group, an extended, compound or repetitive item
///     next(node)                          before each repetition
///     element(node, bytes, bit)           a number of bits with a meaning
///     spare(node, bytes, bit)             bits without one
///     choice(node, bytes, bit)            a choice, as bits; true: taken so, its alternative is not gone into
///     unchosen(node, bytes, bit)          a choice of which no alternative applies
///     opaque(node, content)               bytes behind a length octet, RE where its expansion does not fit
///     subfields(node, octets)             the sub-field specification of a compound item
///     extent(node)                        before the members of each extent of an extended item
template <class Visitor>
class Walk {
  public:
    Walk(const Record& record, Visitor& visitor) : record_(record), visit_(visitor) {}

    void items() {
        for (const Item* i : record_.uap->order())
            if (i && i->node->kind != Kind::random && record_.at[i->slot]) item(*i);
    }

    /// One that the record has.
    void item(const Item& i) {
        const Node& n = *i.node;
        visit_.enter(n);
        const auto rest = record_.bytes.subspan(record_.at[i.slot]);
        n.kind == Kind::opaque ? explicit_item(n, rest) : static_cast<void>(node(n, rest, 0));
        visit_.leave(n);
    }

    /// The node whose bits start at `bit` of `b`; returns the bits that it takes.
    std::size_t node(const Node& n, Bytes b, std::size_t bit) {
        switch (n.kind) {
            case Kind::element:
                visit_.element(n, b, bit);
                return n.bits;
            case Kind::choice:
                return choice(n, b, bit);
            case Kind::group:
                visit_.begin(n);
                members(n, b, bit);
                visit_.end(n);
                return n.bits;
            case Kind::extended:
                return extended(n, b);
            case Kind::repetitive:
                return repetitive(n, b);
            case Kind::compound:
                return compound(n, b);
            case Kind::opaque:
                visit_.opaque(n, content(b));
                return octet(b, 0) * std::size_t{8};
            default:
                return n.bits;
        }
    }

  private:
    static std::uint8_t octet(Bytes b, std::size_t i) { return static_cast<std::uint8_t>(b[i]); }
    static Bytes content(Bytes b) { return b.subspan(1, octet(b, 0) - 1u); }

    /// RE by its expansion where that fits exactly; bytes otherwise.
    void explicit_item(const Node& n, Bytes b) {
        const auto inside = content(b);
        Fault fault = Fault::none;
        if (n.name == "RE" && record_.expansion && !inside.empty() &&
            measure(*record_.expansion->item->node, inside, fault) == inside.size())
            node(*record_.expansion->item->node, inside, 0);
        else
            visit_.opaque(n, inside);
    }

    void members(const Node& n, Bytes b, std::size_t bit) {
        for (const Node& c : n.nodes()) {
            if (c.kind == Kind::spare) {
                visit_.spare(c, b, bit);
            } else {
                visit_.enter(c);
                node(c, b, bit);
                visit_.leave(c);
            }
            bit += c.bits;
        }
    }

    std::size_t choice(const Node& n, Bytes b, std::size_t bit) {
        if (visit_.choice(n, b, bit)) return n.bits;
        const Node* found = chosen(n);
        if (found) return node(*found, b, bit);
        visit_.unchosen(n, b, bit);
        return n.bits;
    }
    const Node* chosen(const Node& n) const {
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
        return found;
    }

    std::size_t extended(const Node& n, Bytes b) {
        visit_.begin(n);
        std::size_t bit = 0;
        for (const Node& extent : n.nodes()) {
            visit_.extent(extent);
            members(extent, b, bit);
            bit += extent.bits;
            if (!extent.octets || !(octet(b, bit / 8 - 1) & 1)) break;
        }
        visit_.end(n);
        return bit;
    }

    std::size_t repetitive(const Node& n, Bytes b) {
        visit_.begin(n);
        std::size_t at = n.octets;
        std::uint64_t left = n.octets ? get_bits(b.data(), 0, n.octets * 8u) : 1;
        while (left) {
            visit_.next(*n.child);
            auto took = node(*n.child, b.subspan(at), 0);
            if (n.octets) {
                --left;
            } else {
                ++took;
                left = octet(b, at + took / 8 - 1) & 1;
            }
            at += took / 8;
        }
        visit_.end(n);
        return at * 8;
    }

    std::size_t compound(const Node& n, Bytes b) {
        std::size_t at = n.octets;
        if (!at)
            while (octet(b, at++) & 1) {
            }
        const std::size_t fspec = at, per_octet = n.octets ? 8 : 7;
        visit_.begin(n);
        visit_.subfields(n, b.first(fspec));
        for (std::size_t k = 0; k < n.children && k < fspec * per_octet; ++k) {
            if (!(octet(b, k / per_octet) & 0x80u >> k % per_octet)) continue;
            visit_.enter(n.child[k]);
            at += node(n.child[k], b.subspan(at), 0) / 8;
            visit_.leave(n.child[k]);
        }
        visit_.end(n);
        return at * 8;
    }

    const Record& record_;
    Visitor& visit_;
};

/// A visitor that takes nothing, to be derived from.
struct Visitor {
    void enter(const Node&) {}
    void leave(const Node&) {}
    void begin(const Node&) {}
    void end(const Node&) {}
    void next(const Node&) {}
    void element(const Node&, Bytes, std::size_t) {}
    void spare(const Node&, Bytes, std::size_t) {}
    bool choice(const Node&, Bytes, std::size_t) { return false; }
    void unchosen(const Node&, Bytes, std::size_t) {}
    void opaque(const Node&, Bytes) {}
    void subfields(const Node&, Bytes) {}
    void extent(const Node&) {}
};

inline std::int64_t sign_extended(std::uint64_t v, std::size_t bits) {
    return static_cast<std::int64_t>(v << (64 - bits)) >> (64 - bits);
}

}  // namespace asman::asterix
