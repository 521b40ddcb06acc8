#include "model.hpp"

#include <algorithm>
#include <set>

namespace specgen {

namespace {

/// Raw bits, tables and unsigned integers read alike.
int reading(const Node& n) {
    switch (n.coding) {
        case Coding::raw:
        case Coding::table:
            return 0;
        case Coding::integer:
            return n.is_signed ? 1 : 0;
        default:
            return 2 + static_cast<int>(n.coding);
    }
}

bool same_choice(const Node& a, const Node& b);

bool same_element(const Node& a, const Node& b) {
    if (a.kind != b.kind || a.bits != b.bits) return false;
    if (a.kind == Kind::choice) return same_choice(a, b);
    return reading(a) == reading(b) && a.is_signed == b.is_signed && a.lsb == b.lsb && a.unit == b.unit;
}

bool same_choice(const Node& a, const Node& b) {
    if (a.selectors != b.selectors || a.children != b.children) return false;
    for (std::size_t i = 0; i < a.children; ++i)
        if (a.child[i].when != b.child[i].when || !same_element(a.child[i], b.child[i])) return false;
    return true;
}

/// Named fields with their places, within bits that all share.
void fields(const Node& n, const std::string& prefix, std::size_t bit,
            std::map<std::string, std::pair<std::size_t, const Node*>>& out) {
    for (const Node& c : n.nodes()) {
        if (c.kind == Kind::group)
            fields(c, prefix + std::string(c.name) + "/", bit, out);
        else if (c.kind != Kind::spare)
            out[prefix + std::string(c.name)] = {bit, &c};
        bit += c.bits;
    }
}

bool covers_members(const Node& newer, const Node& old) {
    std::map<std::string, std::pair<std::size_t, const Node*>> have, want;
    fields(newer, "", 0, have);
    fields(old, "", 0, want);
    return std::all_of(want.begin(), want.end(), [&](const auto& w) {
        const auto it = have.find(w.first);
        return it != have.end() && it->second.first == w.second.first &&
               same_element(*it->second.second, *w.second.second);
    });
}

/// Whether a view of `newer` reads everything that `old` lays out.
bool covers(const Node& newer, const Node& old) {
    if (newer.kind != old.kind || newer.octets != old.octets || newer.bits != old.bits || newer.name != old.name)
        return false;
    switch (newer.kind) {
        case Kind::group:
            return covers_members(newer, old);
        case Kind::repetitive:
            return covers(*newer.child, *old.child);
        case Kind::extended:
            if (old.children > newer.children) return false;
            for (std::size_t i = 0; i < old.children; ++i)
                if (old.child[i].bits != newer.child[i].bits || !covers_members(newer.child[i], old.child[i]))
                    return false;
            return true;
        case Kind::compound:
            if (old.children > newer.children) return false;
            for (std::size_t i = 0; i < old.children; ++i)
                if (old.child[i].kind != Kind::absent && !covers(newer.child[i], old.child[i])) return false;
            return true;
        case Kind::opaque:
            return true;
        default:
            return same_element(newer, old);
    }
}

void add(Category& c, const Edition& edition) {
    for (const Item& item : edition.all()) {
        Variant* found = nullptr;
        bool first = true;
        for (Variant& v : c.variants) {
            if (v.node->name != item.node->name) continue;
            first = false;
            if (covers(*v.node, *item.node)) {
                found = &v;
                break;
            }
            if (covers(*item.node, *v.node)) {
                v.node = item.node;
                found = &v;
                break;
            }
        }
        if (!found) {
            std::string name = "I" + std::string(item.node->name);
            if (!first) name += "_" + std::string(edition.number);
            std::replace(name.begin(), name.end(), '.', '_');
            c.variants.push_back({item.node, name, c.variants.size(), {}});
            found = &c.variants.back();
        }
        found->editions.emplace_back(edition.number);
        c.slots[&item] = found->slot;
    }
}

}  // namespace

std::vector<Category> categories(const SpecSet& set) {
    std::map<std::uint8_t, Category> by_number;
    for (const Edition* e : set.editions()) {
        Category& c = by_number[e->category];
        c.number = e->category;
        if (e->expansion) {
            c.expansions.push_back(e);
        } else {
            c.editions.push_back(e);
        }
    }
    std::vector<Category> out;
    const auto by_edition = [](const Edition* a, const Edition* b) { return older(a->number, b->number); };
    for (auto& [number, c] : by_number) {
        std::sort(c.editions.begin(), c.editions.end(), by_edition);
        std::sort(c.expansions.begin(), c.expansions.end(), by_edition);
        c.title = c.editions.back()->title;
        for (auto it = c.editions.rbegin(); it != c.editions.rend(); ++it) add(c, **it);
        out.push_back(std::move(c));
    }
    return out;
}

std::string three(std::uint8_t category) {
    auto s = std::to_string(category);
    return s.insert(0, 3 - s.size(), '0');
}

std::string identifier(std::string_view name) {
    static const std::set<std::string> reserved{
        "do",       "if",     "or",     "and",    "not",    "xor",    "int",      "new",    "for",
        "try",      "asm",    "auto",   "case",   "else",   "enum",   "this",     "true",   "void",
        "value",    "visit",  "bits",   "size",   "length", "octets", "p",        "put",    "made",
        "long",     "short",  "char",   "float",  "double", "signed", "unsigned", "static", "const",
        "default",  "delete", "class",  "using",  "goto",   "bool",   "break",    "while",  "switch",
        "register", "union",  "return", "sizeof", "export", "import", "module",   "friend", "inline"};
    std::string out;
    for (const char c : name)
        out += std::isalnum(static_cast<unsigned char>(c))
                   ? static_cast<char>(std::tolower(static_cast<unsigned char>(c)))
                   : '_';
    if (out.empty()) return "element";
    if (std::isdigit(static_cast<unsigned char>(out[0]))) out.insert(0, "n");
    return reserved.contains(out) ? out + "_" : out;
}

std::string type_identifier(std::string_view name) {
    auto out = identifier(name);
    out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
    return out == "Value" || out == "Value_" ? "Value_" : out;
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

}  // namespace specgen
