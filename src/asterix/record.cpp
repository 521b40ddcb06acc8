// Walks field specifications: where each item lies, and how long it is.
#include <asman/asterix/record.hpp>

#include <algorithm>
#include <bit>
#include <charconv>

namespace asman::asterix {

namespace {

std::uint8_t octet(Bytes b, std::size_t i) {
    return static_cast<std::uint8_t>(b[i]);
}

std::size_t fail(Fault& fault, Fault what) {
    fault = what;
    return 0;
}

std::size_t measure_extended(const Node& n, Bytes b, Fault& fault) {
    std::size_t at = 0;
    for (const Node& extent : n.nodes()) {
        at += extent.bits / 8;
        if (at > b.size()) return fail(fault, Fault::truncated_item);
        if (!extent.octets || !(octet(b, at - 1) & 1)) return at;
    }
    return fail(fault, Fault::unknown_extension);
}

std::size_t measure_repetitive(const Node& n, Bytes b, Fault& fault) {
    const Node& child = *n.child;
    if (n.octets == 0) {
        const std::size_t step = (child.bits + 1) / 8;
        for (std::size_t at = step; at <= b.size(); at += step)
            if (!(octet(b, at - 1) & 1)) return at;
        return fail(fault, Fault::truncated_item);
    }
    if (b.size() < n.octets) return fail(fault, Fault::truncated_item);
    const std::uint64_t count = get_bits(b.data(), 0, n.octets * 8u);
    if (child.bits) {
        const std::uint64_t total = n.octets + count * (child.bits / 8);
        return total > b.size() ? fail(fault, Fault::truncated_item) : static_cast<std::size_t>(total);
    }
    std::size_t at = n.octets;
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto step = measure(child, b.subspan(at), fault);
        if (step == 0) return 0;
        at += step;
    }
    return at;
}

std::size_t measure_compound(const Node& n, Bytes b, Fault& fault) {
    std::size_t at = 0;
    if (n.octets) {
        at = n.octets;
        if (at > b.size()) return fail(fault, Fault::truncated_item);
    } else {
        do {
            if (at == b.size()) return fail(fault, Fault::truncated_item);
        } while (octet(b, at++) & 1);
    }
    const std::size_t fspec = at, per_octet = n.octets ? 8 : 7;
    for (std::size_t i = 0; i < fspec; ++i) {
        auto present = static_cast<std::uint8_t>(n.octets ? octet(b, i) : octet(b, i) & 0xFE);
        while (present) {
            const auto bit = static_cast<std::size_t>(std::countl_zero(present));
            present = static_cast<std::uint8_t>(present & ~(0x80u >> bit));
            const std::size_t k = i * per_octet + bit;
            if (k >= n.children || n.child[k].kind == Kind::absent) return fail(fault, Fault::unknown_subfield);
            const auto step = measure(n.child[k], b.subspan(at), fault);
            if (step == 0) return 0;
            at += step;
        }
    }
    return at;
}

/// Places of the fields named by the FSPEC; `stop` ends early, behind that item.
struct Indexer {
    const Edition& edition;
    const Uap& uap;
    Bytes bytes;
    Record& record;
    Problem& problem;

    bool fail(Fault fault, std::size_t at, const Item* item) {
        problem.fault = fault;
        problem.offset = static_cast<std::uint32_t>(at);
        problem.item = item ? item->node->name : std::string_view{};
        return false;
    }

    bool run(const Node* stop) {
        std::size_t fspec = 0;
        do {
            if (fspec == bytes.size()) return fail(Fault::truncated_record, fspec, nullptr);
        } while (octet(bytes, fspec++) & 1);
        record.fspec = static_cast<std::uint16_t>(fspec);
        std::size_t at = fspec;
        for (std::size_t i = 0; i < fspec; ++i) {
            auto present = static_cast<std::uint8_t>(octet(bytes, i) & 0xFE);
            while (present) {
                const auto bit = static_cast<std::size_t>(std::countl_zero(present));
                present = static_cast<std::uint8_t>(present & ~(0x80u >> bit));
                const std::size_t k = i * 7 + bit;
                const Item* item = k < uap.items ? uap.item[k] : nullptr;
                if (!item) return fail(Fault::unknown_field, i, nullptr);
                if (!field(*item, at)) return false;
                if (item->node == stop) return true;
            }
        }
        record.bytes = bytes.first(at);
        return true;
    }

    bool field(const Item& item, std::size_t& at) {
        const Node& node = *item.node;
        std::size_t length = node.bits / 8;
        if (length == 0) {
            if (node.kind == Kind::random) return random_fields(at);
            Fault fault = Fault::none;
            length = measure(node, bytes.subspan(at), fault);
            if (length == 0) return fail(fault, at, &item);
        } else if (length > bytes.size() - at) {
            return fail(Fault::truncated_item, at, &item);
        }
        record.at[item.slot] = static_cast<std::uint16_t>(at);
        at += length;
        return true;
    }

    /// A count, then field reference number and item, each. A repeated item keeps its first place.
    bool random_fields(std::size_t& at) {
        if (at == bytes.size()) return fail(Fault::truncated_item, at, nullptr);
        std::size_t count = octet(bytes, at++);
        for (; count; --count) {
            if (at == bytes.size()) return fail(Fault::truncated_item, at, nullptr);
            const std::size_t frn = octet(bytes, at++);
            const Item* item = frn >= 1 && frn <= uap.items ? uap.item[frn - 1] : nullptr;
            if (!item || item->node->kind == Kind::random) return fail(Fault::unknown_field, at - 1, nullptr);
            const auto before = record.at[item->slot];
            if (!field(*item, at)) return false;
            if (before) record.at[item->slot] = before;
        }
        return true;
    }
};

/// The UAP of this record, where the category has several.
bool choose_uap(const Edition& edition, Bytes bytes, Record& record, Problem& problem) {
    const auto slash = edition.selector.find('/');
    const Item* selector = edition.find(edition.selector.substr(0, slash));
    record.uap = edition.uap;
    if (!selector) return true;
    // A record may lack the item (or the first UAP may not fit what follows it): then the first UAP stands.
    if (!Indexer{edition, edition.uap[0], bytes, record, problem}.run(selector->node) || !record.at[selector->slot]) {
        problem = {};
        return true;
    }
    record.bytes = bytes;
    const auto value = element(record, edition.selector);
    for (const Choice& c : edition.variants())
        if (value && c.value == *value) record.uap = edition.uap + c.uap;
    return true;
}

}  // namespace

std::uint64_t get_bits(const std::byte* p, std::size_t bit, std::size_t width) {
    p += bit / 8;
    bit %= 8;
    std::uint64_t v = static_cast<std::uint8_t>(*p) & (0xFFu >> bit);
    std::size_t have = 8 - bit;
    while (have + 8 <= width) {
        v = v << 8 | static_cast<std::uint8_t>(*++p);
        have += 8;
    }
    if (have >= width) return v >> (have - width);
    const std::size_t left = width - have;
    return v << left | static_cast<std::uint64_t>(static_cast<std::uint8_t>(*++p)) >> (8 - left);
}

std::size_t measure(const Node& n, Bytes b, Fault& fault) {
    if (n.bits) {
        const std::size_t octets = n.bits / 8;
        return octets > b.size() ? fail(fault, Fault::truncated_item) : octets;
    }
    switch (n.kind) {
        case Kind::extended:
            return measure_extended(n, b, fault);
        case Kind::repetitive:
            return measure_repetitive(n, b, fault);
        case Kind::compound:
            return measure_compound(n, b, fault);
        case Kind::opaque: {
            if (b.empty()) return fail(fault, Fault::truncated_item);
            const std::size_t length = octet(b, 0);
            if (length == 0) return fail(fault, Fault::zero_length);
            return length > b.size() ? fail(fault, Fault::truncated_item) : length;
        }
        default:
            return fail(fault, Fault::unknown_field);
    }
}

bool index_record(const Edition& edition, Bytes bytes, Record& record, Problem& problem) {
    record.edition = &edition;
    bytes = bytes.first(std::min<std::size_t>(bytes.size(), 65535));
    std::fill_n(record.at.begin(), edition.slots, std::uint16_t{0});
    if (edition.uaps == 1) {
        record.uap = edition.uap;
    } else {
        choose_uap(edition, bytes, record, problem);
        std::fill_n(record.at.begin(), edition.slots, std::uint16_t{0});
    }
    return Indexer{edition, *record.uap, bytes, record, problem}.run(nullptr);
}

bool Record::has(std::string_view item_name) const {
    const Item* i = edition->find(item_name);
    return i && at[i->slot] != 0;
}

Bytes Record::raw(const Item& i) const {
    if (!at[i.slot]) return {};
    const auto rest = bytes.subspan(at[i.slot]);
    Fault fault = Fault::none;
    return rest.first(measure(*i.node, rest, fault));
}

Bytes Record::raw(std::string_view item_name) const {
    const Item* i = edition->find(item_name);
    return i ? raw(*i) : Bytes{};
}

std::optional<Source> Record::source() const {
    const auto b = raw("010");
    if (b.size() < 2) return {};
    return Source{octet(b, 0), octet(b, 1)};
}

namespace {

/// Follows `path` from `node`, whose bits start at `bit` of `b`.
std::optional<std::uint64_t> descend(const Node& node, Bytes b, std::size_t bit, std::string_view path);

std::optional<std::uint64_t> in_members(const Node& node, Bytes b, std::size_t bit, std::string_view path) {
    const auto name = path.substr(0, path.find('/'));
    for (const Node& child : node.nodes()) {
        if (child.name == name && child.kind != Kind::spare)
            return descend(child, b, bit, path.substr(std::min(path.size(), name.size() + 1)));
        bit += child.bits;
    }
    return {};
}

std::optional<std::uint64_t> in_compound(const Node& node, Bytes b, std::string_view path) {
    const auto name = path.substr(0, path.find('/'));
    std::size_t at = node.octets;
    if (!at)
        while (octet(b, at++) & 1) {
        }
    const std::size_t fspec = at, per_octet = node.octets ? 8 : 7;
    for (std::size_t k = 0; k < node.children && k < fspec * per_octet; ++k) {
        if (!(octet(b, k / per_octet) & 0x80u >> k % per_octet)) continue;
        const Node& child = node.child[k];
        if (child.name == name)
            return descend(child, b.subspan(at), 0, path.substr(std::min(path.size(), name.size() + 1)));
        Fault fault = Fault::none;
        at += measure(child, b.subspan(at), fault);
    }
    return {};
}

std::optional<std::uint64_t> descend(const Node& node, Bytes b, std::size_t bit, std::string_view path) {
    switch (node.kind) {
        case Kind::element:
            if (!path.empty() || node.bits > 64) return {};
            return get_bits(b.data(), bit, node.bits);
        case Kind::group:
            return in_members(node, b, bit, path);
        case Kind::extended:
            for (const Node& extent : node.nodes()) {
                if (const auto v = in_members(extent, b, bit, path)) return v;
                bit += extent.bits;
                if (!extent.octets || !(octet(b, bit / 8 - 1) & 1)) break;
            }
            return {};
        case Kind::compound:
            return in_compound(node, b, path);
        default:
            return {};
    }
}

}  // namespace

std::optional<std::uint64_t> element(const Record& record, std::string_view path) {
    const auto slash = path.find('/');
    const Item* item = record.edition->find(path.substr(0, slash));
    if (!item || !record.at[item->slot]) return {};
    return descend(*item->node, record.bytes.subspan(record.at[item->slot]), 0,
                   slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1));
}

std::optional<double> quantity(const Record& record, std::string_view path) {
    const auto raw = element(record, path);
    if (!raw) return {};
    auto rest = path;
    const Node* n = nullptr;
    while (!rest.empty()) {
        const auto slash = rest.find('/');
        const auto part = rest.substr(0, slash);
        if (n)
            n = n->find(part);
        else if (const Item* item = record.edition->find(part))
            n = item->node;
        if (!n) return {};
        rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
    }
    if (n->coding != Coding::quantity) return {};
    const auto extended = static_cast<std::int64_t>(*raw << (64 - n->bits)) >> (64 - n->bits);
    return (n->is_signed ? static_cast<double>(extended) : static_cast<double>(*raw)) * n->lsb;
}

std::string_view name(Fault fault) {
    switch (fault) {
        case Fault::none:
            return "nothing";
        case Fault::truncated_block:
            return "the block is longer than what is there";
        case Fault::bad_length:
            return "the block's length is below 3";
        case Fault::truncated_record:
            return "the field specification runs past the end of the block";
        case Fault::truncated_item:
            return "the item runs past the end of the block";
        case Fault::unknown_field:
            return "a field number that the edition does not use";
        case Fault::unknown_subfield:
            return "a sub-field that the edition does not use";
        case Fault::unknown_extension:
            return "an extent that the edition does not know";
        case Fault::zero_length:
            return "an explicit item of length 0";
        case Fault::out_of_range:
            return "a value that its bits cannot hold";
        case Fault::unknown_item:
            return "an item that the edition does not have";
        case Fault::too_long:
            return "more than a block, a count or a length can hold";
        case Fault::bad_value:
            return "a value that is not of its kind";
    }
    return "?";
}

std::string Problem::text() const {
    auto three = std::to_string(category);
    three.insert(0, 3 - three.size(), '0');
    std::string out =
        "datagram " + std::to_string(datagram) + ", offset " + std::to_string(offset) + ", category " + three;
    if (!item.empty()) out.append(" item ").append(item);
    return out.append(": ").append(name(fault));
}

}  // namespace asman::asterix
