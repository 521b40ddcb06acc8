// The same record read twice: by its typed view, which knows no table, and by its table, which knows no type.
#pragma once

#include <asman/asterix/typed.hpp>
#include <asman/asterix/views.hpp>

#include "walk.hpp"

#include <algorithm>
#include <bit>
#include <string>
#include <vector>

namespace asman::asterix::differential {

/// Paths and values, mixed to one number each. Both sides mix alike.
inline std::uint64_t mix(std::uint64_t h, std::string_view text) {
    for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
    return h;
}
inline std::uint64_t mix(std::uint64_t h, std::uint64_t v) {
    h = (h ^ v) * 0x9E3779B97F4A7C15u;
    return h ^ h >> 32;
}
constexpr std::uint64_t start = 0xCBF29CE484222325u;

/// What visit_fields() of a view tells.
struct Typed {
    std::vector<std::uint64_t>& out;
    void operator()(const char* path, double v) {
        out.push_back(mix(mix(start, path), std::bit_cast<std::uint64_t>(v)));
    }
    void operator()(const char* path, Bytes b) {
        out.push_back(mix(mix(start, path), {reinterpret_cast<const char*>(b.data()), b.size()}));
    }
    template <std::size_t N>
    void operator()(const char* path, const Text<N>& t) {
        out.push_back(mix(mix(start, path), {t.characters.data(), N}));
    }
    template <class T>
        requires std::is_integral_v<T>
    void operator()(const char* path, T v) {
        out.push_back(mix(mix(start, path), static_cast<std::uint64_t>(static_cast<std::int64_t>(v))));
    }
};

/// The same from the table.
struct Generic : Visitor {
    explicit Generic(std::vector<std::uint64_t>& values) : out(values) {}
    std::vector<std::uint64_t>& out;
    std::vector<std::uint64_t> paths{start};

    void enter(const Node& n) {
        const auto h = paths.size() == 1 ? paths.back() : mix(paths.back(), "/");
        paths.push_back(mix(h, n.name));
    }
    void leave(const Node&) { paths.pop_back(); }
    void give(std::uint64_t v) { out.push_back(mix(paths.back(), v)); }
    void give(std::string_view text) { out.push_back(mix(paths.back(), text)); }

    void opaque(const Node&, Bytes content) { give({reinterpret_cast<const char*>(content.data()), content.size()}); }
    /// A view reads a choice of units, and the bits of any other.
    bool choice(const Node& n, Bytes b, std::size_t bit) {
        const bool units = std::ranges::any_of(n.nodes(), [](const Node& c) { return c.coding == Coding::quantity; });
        if (!units) unchosen(n, b, bit);
        return !units;
    }
    void unchosen(const Node& n, Bytes b, std::size_t bit) { give(get_bits(b.data(), bit, n.bits)); }
    void element(const Node& n, Bytes b, std::size_t bit) {
        if (n.coding == Coding::ascii || n.coding == Coding::icao) return characters(n, b, bit);
        if (n.bits > 64) return give({reinterpret_cast<const char*>(b.data()) + bit / 8, n.bits / 8});
        const auto raw = get_bits(b.data(), bit, n.bits);
        const auto wide = sign_extended(raw, n.bits);
        if (n.coding == Coding::quantity)
            give(std::bit_cast<std::uint64_t>((n.is_signed ? static_cast<double>(wide) : static_cast<double>(raw)) *
                                              n.lsb));
        else
            give(n.is_signed ? static_cast<std::uint64_t>(wide) : raw);
    }
    void characters(const Node& n, Bytes b, std::size_t bit) {
        std::string text;
        const std::size_t width = n.coding == Coding::icao ? 6 : 8;
        for (std::size_t i = 0; i < n.bits / width; ++i) {
            const auto code = get_bits(b.data(), bit + i * width, width);
            text += width == 6 ? icao_character(code) : static_cast<char>(code);
        }
        give(text);
    }
};

/// Empty: both read the same values under the same names, in the same order within each item. A view may read more
/// where a newer edition gives a name to bits that are spare in the record's.
inline std::string compare(const Record& record) {
    thread_local std::vector<std::uint64_t> typed, generic;
    typed.clear();
    generic.clear();
    if (!with_view(record, [](const auto& view) { view.visit_fields(Typed{typed}); })) return "no view";
    Record in_order = record;
    in_order.expansion = nullptr;  // views have the bytes of RE
    Generic visitor(generic);
    // Views go by slots, records by their UAP.
    std::vector<const Item*> items;
    for (const Item* i : record.uap->order())
        if (i && i->node->kind != Kind::random && record.at[i->slot] && std::ranges::find(items, i) == items.end())
            items.push_back(i);
    std::ranges::sort(items, {}, &Item::slot);
    Walk walk(in_order, visitor);
    for (const Item* i : items) walk.item(*i);
    std::size_t at = 0;
    for (const auto v : typed)
        if (at < generic.size() && generic[at] == v) ++at;
    if (at == generic.size()) return {};
    return "value " + std::to_string(at) + " of " + std::to_string(generic.size()) + " by the table is none of the " +
           std::to_string(typed.size()) + " of the view";
}

}  // namespace asman::asterix::differential
