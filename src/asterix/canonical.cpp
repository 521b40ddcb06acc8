// Whether a record says what it says in the one way in which an encoder writes it.
#include "walk.hpp"

#include <algorithm>
#include <utility>

namespace asman::asterix {

namespace {

struct Regularity : Visitor {
    Irregularity found;
    std::string_view item;
    int depth = 0;
    const Node* last_extent = nullptr;

    void note(Irregular what) {
        if (found.what == Irregular::none) found = {what, item};
    }
    void enter(const Node& n) {
        if (depth++ == 0) item = n.name;
    }
    void leave(const Node&) { --depth; }
    void spare(const Node& n, Bytes b, std::size_t bit) {
        for (std::size_t left = n.bits; left;) {
            const auto width = std::min<std::size_t>(left, 64);
            if (get_bits(b.data(), bit, width)) note(Irregular::spare_bits);
            bit += width;
            left -= width;
        }
    }
    void subfields(const Node& n, Bytes octets) {
        if (n.octets == 0 && octets.size() > 1 && (octets.back() & std::byte{0xFE}) == std::byte{0})
            note(Irregular::empty_octets);
    }
    void extent(const Node& e) { last_extent = &e; }
    void end(const Node& n) {
        if (n.kind != Kind::extended || last_extent == n.child) return;
        const auto members = last_extent->nodes();
        if (std::ranges::all_of(members, [](const Node& m) { return m.kind == Kind::spare; }))
            note(Irregular::bare_extent);
    }
};

/// Field numbers that the record's own specification names.
Irregular of_fields(const Record& record) {
    const auto fspec = record.bytes.first(record.fspec);
    if (fspec.size() > 1 && (fspec.back() & std::byte{0xFE}) == std::byte{0}) return Irregular::empty_octets;
    std::array<bool, max_slots> seen{};
    for (std::size_t k = 0; k < record.uap->items && k / 7 < fspec.size(); ++k) {
        const Item* item = record.uap->item[k];
        if (!item || (fspec[k / 7] & (std::byte{0x80} >> k % 7)) == std::byte{0}) continue;
        if (item->node->kind == Kind::random) return Irregular::random_fields;
        if (std::exchange(seen[item->slot], true)) return Irregular::repeated_field;
    }
    return Irregular::none;
}

}  // namespace

std::string_view name(Irregular irregular) {
    switch (irregular) {
        case Irregular::none:
            return "none";
        case Irregular::spare_bits:
            return "spare bits that are set";
        case Irregular::empty_octets:
            return "a field specification with octets at its end that name nothing";
        case Irregular::bare_extent:
            return "a last extent that holds spare bits only";
        case Irregular::random_fields:
            return "random field sequencing";
        case Irregular::repeated_field:
            return "an item that is there twice";
    }
    return "?";
}

Irregularity irregularity(const Record& record) {
    if (const auto what = of_fields(record); what != Irregular::none) return {what, {}};
    Regularity regularity;
    Walk(record, regularity).items();
    return regularity.found;
}

}  // namespace asman::asterix
