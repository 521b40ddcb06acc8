// Typed views (zero-copy), values (to build records from) and their encoders, one header and one source a category.
#include "model.hpp"

#include <algorithm>
#include <set>

namespace specgen {

namespace {

std::string str(std::size_t n) {
    return std::to_string(n);
}

std::string exact(double v) {
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%a", v);
    return buffer;
}

std::string unsigned_type(std::size_t bits) {
    return bits == 1    ? "bool"
           : bits <= 8  ? "std::uint8_t"
           : bits <= 16 ? "std::uint16_t"
           : bits <= 32 ? "std::uint32_t"
                        : "std::uint64_t";
}

/// How an element is read, kept and written.
struct Scalar {
    std::string type;           ///< of the accessor
    std::string value_type;     ///< in a Value
    std::string expression;     ///< reads it, from the pointer `p`
    std::string raw_type, raw;  ///< the bits themselves, where `type` is not them already
    std::string put;            ///< writes `x` to `w`
    std::string doc;
};

std::string cast(const std::string& type, const std::string& e) {
    return "static_cast<" + type + ">(" + e + ")";
}

std::string place(std::size_t bit, std::size_t width) {
    return "<" + str(bit) + ", " + str(width) + ">(p)";
}

Scalar scalar(const Node& n, std::size_t bit) {
    Scalar s;
    const auto width = str(n.bits);
    s.doc =
        std::string(n.name) + (n.title.empty() ? "" : std::string(n.name.empty() ? "" : ", ") + std::string(n.title));
    if (n.kind == Kind::element && (n.coding == Coding::ascii || n.coding == Coding::icao)) {
        const bool icao = n.coding == Coding::icao;
        s.type = s.value_type = "Text<" + str(n.bits / (icao ? 6 : 8)) + ">";
        s.expression = std::string(icao ? "detail::icao" : "detail::ascii") + place(bit, n.bits);
        s.put = std::string("w.") + (icao ? "icao" : "ascii") + "(x)";
        return s;
    }
    if (n.bits > 64) {
        s.type = "Bytes";
        s.value_type = "std::vector<std::byte>";
        s.expression = "Bytes(p + " + str(bit / 8) + ", " + str(n.bits / 8) + ")";
        s.put = "w.bytes(x, " + str(n.bits / 8) + ")";
        return s;
    }
    if (n.kind == Kind::element && n.coding == Coding::quantity) {
        s.type = s.value_type = "double";
        s.raw_type = n.is_signed ? "std::int64_t" : "std::uint64_t";
        s.raw = std::string("detail::") + (n.is_signed ? "signed_bits" : "bits") + place(bit, n.bits);
        s.expression = cast("double", s.raw) + " * " + exact(n.lsb);
        s.put = "w.quantity(x, " + exact(n.lsb) + ", " + width + ", " + (n.is_signed ? "true" : "false") + ")";
        s.doc += ", " + (n.unit == "1" ? std::string("without dimension") : std::string(n.unit)) +
                 " (least significant bit " + std::string(n.lsb_text) + ")";
        return s;
    }
    if (n.kind == Kind::element && n.is_signed) {
        s.type = s.value_type = n.bits <= 32 ? "std::int32_t" : "std::int64_t";
        s.expression = cast(s.type, "detail::signed_bits" + place(bit, n.bits));
        s.put = "w.integer(x, " + width + ")";
        return s;
    }
    s.type = s.value_type = unsigned_type(n.bits);
    const auto bits = "detail::bits" + place(bit, n.bits);
    s.expression = n.bits == 1 ? bits + " != 0" : cast(s.type, bits);
    s.put = "w.bits(x, " + width + ")";
    if (n.kind == Kind::choice) s.doc += "; meaning by " + std::string(n.selectors);
    for (const Meaning& m : n.table())
        s.doc += (m.value == n.table()[0].value ? ": " : "; ") + str(m.value) + " " + std::string(m.text);
    if (n.coding == Coding::octal) s.doc += " (octal digits)";
    return s;
}

/// A quantity whose unit a sibling chooses ("380/IAS/IM"): read and written as a double.
bool sibling_choice(const Node& n, const std::set<std::string>& siblings) {
    if (n.kind != Kind::choice || n.selectors.find(',') != std::string_view::npos) return false;
    const auto last = std::string(n.selectors.substr(n.selectors.rfind('/') + 1));
    return siblings.contains(last) && std::all_of(n.nodes().begin(), n.nodes().end(), [](const Node& c) {
               return c.kind == Kind::element && (c.coding == Coding::quantity || c.when.empty());
           });
}

/// A leaf of a group or an extent, with its name made unique in its class.
struct Leaf {
    const Node* node;
    std::size_t bit;
    std::string path, id;
    std::set<std::string> siblings;
    std::size_t extent = 0;
};

void leaves(const Node& n, std::size_t bit, const std::string& prefix, std::vector<Leaf>& out, bool spares) {
    std::set<std::string> siblings;
    for (const Node& c : n.nodes()) siblings.insert(std::string(c.name));
    for (const Node& c : n.nodes()) {
        if (c.kind == Kind::group)
            leaves(c, bit, prefix + std::string(c.name) + "/", out, spares);
        else if (c.kind != Kind::spare)
            out.push_back({&c, bit, prefix + std::string(c.name), "", siblings, 0});
        else if (spares)
            out.push_back({&c, bit, "", "", {}, 0});
        bit += c.bits;
    }
}

void name_leaves(std::vector<Leaf>& all) {
    std::set<std::string> used;
    for (Leaf& l : all) {
        if (l.node->kind == Kind::spare) continue;
        std::string flat = l.path;
        std::replace(flat.begin(), flat.end(), '/', '_');
        l.id = identifier(flat);
        while (!used.insert(l.id).second) l.id += "_";
    }
}

Scalar leaf_scalar(const Leaf& l) {
    Scalar s = scalar(*l.node, l.bit);
    if (!sibling_choice(*l.node, l.siblings)) return s;
    const Node& n = *l.node;
    const auto slash = l.id.rfind('_');
    const auto selector = identifier(n.selectors.substr(n.selectors.rfind('/') + 1));
    const auto flat = (l.path.find('/') == std::string::npos ? "" : l.id.substr(0, slash + 1)) + selector;
    s.raw_type = "std::uint64_t";
    s.raw = "detail::bits" + place(l.bit, n.bits);
    std::string factor = "1.0";
    for (const Node& c : n.nodes())
        if (!c.when.empty()) {
            factor = "(SELECTOR == " + std::string(c.when) + " ? " + exact(c.lsb) + " : " + factor + ")";
            s.doc += "; " + std::string(c.when) + ": " + std::string(c.unit);
        }
    auto with = [&](const std::string& e) {
        std::string out = factor;
        for (auto at = out.find("SELECTOR"); at != std::string::npos; at = out.find("SELECTOR")) out.replace(at, 8, e);
        return out;
    };
    s.type = s.value_type = "double";
    s.expression = cast("double", s.raw) + " * " + with(flat + "()");
    s.put = "w.quantity(x, " + with("v." + flat) + ", " + str(n.bits) + ", false)";
    return s;
}

std::string indent(const std::string& text, std::size_t by) {
    std::string out;
    std::size_t at = 0;
    while (at < text.size()) {
        const auto end = std::min(text.find('\n', at), text.size());
        if (end > at) out += std::string(by, ' ') + text.substr(at, end - at);
        out += '\n';
        at = end + 1;
    }
    return out;
}

std::string doc(const std::string& text) {
    return text.empty() ? "" : "/// " + text + "\n";
}

/// Writes classes: the text of the header, and definitions for the source.
class Types {
  public:
    std::string source;

    /// The class of a node that is not a single element, after those of its parts. `path` is of the item ("130/SRL").
    /// All stand beside each other, with names within each other: members of a class within a class cannot be made by
    /// optional::emplace() in clang (their initializers are known at the end of the outermost).
    std::string view(const Node& n, const std::string& name, const std::string& path) {
        switch (n.kind) {
            case Kind::group:
                return flat(n, name, path);
            case Kind::extended:
                return flat(n, name, path);
            case Kind::repetitive:
                return repetitive(n, name, path);
            default:
                return compound(n, name, path);
        }
    }

  private:
    static std::string open(const Node& n, const std::string& name, const std::string& member = "p") {
        return doc(std::string(n.name) + (n.title.empty() ? "" : ", " + std::string(n.title))) + "class " + name +
               " {\n  public:\n    explicit " + name + "(const std::byte* bytes) : " + member + "(bytes) {}\n";
    }
    static std::string close(const std::string& name) {
        return "    static void put(detail::Writer& w, const Value& v);\n    Value to_value() const;\n\n  private:\n   "
               " const std::byte* p;\n};  // " +
               name + "\n";
    }

    /// Groups, and extended items: members of fixed place.
    std::string flat(const Node& n, const std::string& name, const std::string& path) {
        std::vector<Leaf> all;
        std::vector<std::size_t> ends;  // octets up to the end of each extent
        if (n.kind == Kind::group) {
            leaves(n, 0, "", all, true);
        } else {
            std::size_t bit = 0;
            for (const Node& extent : n.nodes()) {
                const auto from = all.size();
                leaves(extent, bit, "", all, true);
                for (auto i = from; i < all.size(); ++i) all[i].extent = ends.size();
                bit += extent.bits;
                ends.push_back(bit / 8);
            }
        }
        name_leaves(all);
        std::string h = open(n, name), value, visit, to;
        if (n.kind == Kind::group)
            h += "    static constexpr std::size_t octets = " + str(n.bits / 8) +
                 ";\n    std::size_t length() const { return octets; }\n";
        else
            h += extents(n, ends);
        std::size_t opened = 0;
        for (const Leaf& l : all) {
            if (l.node->kind == Kind::spare) continue;
            const Scalar s = leaf_scalar(l);
            h += accessor(l, s);
            value += indent(doc(s.doc), 8) + "        " +
                     (l.extent ? "std::optional<" + s.value_type + ">" : s.value_type) + " " + l.id + "{};\n";
            for (; opened < l.extent; ++opened) visit += "        if (!extent" + str(opened + 1) + "()) return;\n";
            visit += "        visitor(\"" + path + "/" + l.path + "\", " + (l.extent ? "*" : "") + l.id + "());\n";
            to += convert(l, s);
        }
        h += "    struct Value {\n" + value + "    };\n";
        h += "    template <class V>\n    void visit_fields(V&& visitor) const {\n" + visit + "    }\n";
        put_flat(n, all, name);
        source += name + "::Value " + name + "::to_value() const {\n    Value made;\n" + to + "    return made;\n}\n";
        return h + close(name);
    }

    static std::string convert(const Leaf& l, const Scalar& s) {
        if (s.type == s.value_type) return "    made." + l.id + " = " + l.id + "();\n";
        if (l.extent)
            return "    if (const auto b = " + l.id + "()) made." + l.id + ".emplace(b->begin(), b->end());\n";
        return "    made." + l.id + ".assign(" + l.id + "().begin(), " + l.id + "().end());\n";
    }

    static std::string extents(const Node& n, const std::vector<std::size_t>& ends) {
        std::string h;
        for (std::size_t k = 1; k < ends.size(); ++k)
            h += "    bool extent" + str(k) + "() const { return " + (k > 1 ? "extent" + str(k - 1) + "() && " : "") +
                 "detail::extension(p, " + str(ends[k - 1] - 1) + "); }\n";
        h += "    std::size_t length() const {\n        return ";
        for (std::size_t k = ends.size() - 1; k > 0; --k) h += "extent" + str(k) + "() ? " + str(ends[k]) + " : ";
        h += str(ends[0]) + ";\n    }\n";
        (void)n;
        return h;
    }

    static std::string accessor(const Leaf& l, const Scalar& s) {
        std::string h = indent(doc(s.doc), 4);
        const auto one = [&](const std::string& type, const std::string& id, const std::string& e) {
            if (!l.extent) return "    " + type + " " + id + "() const { return " + e + "; }\n";
            auto inner = e;
            // Within an extent every accessor is optional; so is the sibling that chooses a unit.
            return "    std::optional<" + type + "> " + id + "() const {\n        if (!extent" + str(l.extent) +
                   "()) return {};\n        return " + inner + ";\n    }\n";
        };
        h += one(s.type, l.id, s.expression);
        if (!s.raw.empty()) h += one(s.raw_type, l.id + "_raw", s.raw);
        return h;
    }

    void put_flat(const Node& n, const std::vector<Leaf>& all, const std::string& full) {
        source += "void " + full + "::put(detail::Writer& w, [[maybe_unused]] const Value& v) {\n";
        const bool extended = n.kind == Kind::extended;
        if (extended && n.children > 1) {
            source += "    std::size_t last = 0;\n";
            for (std::size_t k = 1; k < n.children; ++k) {
                std::string any;
                for (const Leaf& l : all)
                    if (l.extent == k && l.node->kind != Kind::spare)
                        any += (any.empty() ? "" : " || ") + ("v." + l.id);
                if (!any.empty()) source += "    if (" + any + ") last = " + str(k) + ";\n";
            }
        }
        std::size_t k = 0;
        auto end = [&] {
            if (!extended || !n.child[k].octets) return;
            const bool final = k + 1 == n.children;
            source += final ? "    w.bits(0, 1);\n"
                            : "    w.bits(last > " + str(k) + ", 1);\n    if (last == " + str(k) + ") return;\n";
        };
        for (const Leaf& l : all) {
            for (; k < l.extent; ++k) end();
            if (l.node->kind == Kind::spare) {
                source += "    w.bits(0, " + str(l.node->bits) + ");\n";
                continue;
            }
            const Scalar s = leaf_scalar(l);
            auto stmt = s.put;
            const auto at = stmt.find("(x");
            stmt.replace(at + 1, 1, l.extent ? "v." + l.id + ".value_or(" + s.value_type + "{})" : "v." + l.id);
            source += "    " + stmt + ";\n";
        }
        for (; extended && k < n.children; ++k) end();
        source += "}\n";
    }

    std::string repetitive(const Node& n, const std::string& name, const std::string& path) {
        const Node& c = *n.child;
        const bool single = c.kind != Kind::group;
        std::string h = open(n, name, "p_"), before, nested, read, value;
        const auto stride = n.octets ? c.bits / 8 : (c.bits + 1) / 8;
        std::string put, to, visit;
        if (single) {
            const Scalar s = scalar(c, 0);
            h += indent(doc(s.doc), 4);
            nested = "    using Element = " + s.type + ";\n";
            read = "const std::byte* p = at(i);\n        return " + s.expression + ";";
            value = s.value_type;
            put = "        " + s.put + ";\n";
            to = s.type == s.value_type ? "made.push_back((*this)[i]);"
                                        : "made.emplace_back((*this)[i].begin(), (*this)[i].end());";
            visit = "visitor(\"" + path + "\", (*this)[i]);";
        } else {
            before = view(c, name + "_Element", path);
            nested = "    using Element = " + name + "_Element;\n";
            read = "return Element(at(i));";
            value = "Element::Value";
            put = "        Element::put(w, x);\n";
            to = "made.push_back((*this)[i].to_value());";
            visit = "(*this)[i].visit_fields(visitor);";
        }
        h += nested;
        h += "    std::size_t size() const { return " +
             (n.octets ? cast("std::size_t", "detail::bits<0, " + str(n.octets * 8) + ">(p_)")
                       : "detail::chain(p_, " + str(stride) + ") / " + str(stride)) +
             "; }\n";
        h += "    std::size_t length() const { return " + str(n.octets) + " + size() * " + str(stride) + "; }\n";
        h += "    /// `i` must be below size().\n    Element operator[](std::size_t i) const {\n        " + read +
             "\n    }\n";
        h += "    using Value = std::vector<" + value + ">;\n";
        h += "    template <class V>\n    void visit_fields(V&& visitor) const {\n        for (std::size_t i = 0, n = "
             "size(); i < n; ++i) " +
             visit + "\n    }\n";
        source += "void " + name + "::put(detail::Writer& w, const Value& v) {\n";
        if (n.octets)
            source += "    w.count(v.size(), " + str(n.octets) + ");\n";
        else
            source += "    if (v.empty()) w.fail(Fault::bad_value);\n    std::size_t left = v.size();\n";
        source += "    for (const auto& x : v) {\n" + put + (n.octets ? "" : "        w.bits(--left != 0, 1);\n") +
                  "    }\n}\n";
        source += name + "::Value " + name +
                  "::to_value() const {\n    Value made;\n    made.reserve(size());\n    for (std::size_t i = 0, n = "
                  "size(); i < n; ++i) " +
                  to + "\n    return made;\n}\n";
        return before + h +
               "    static void put(detail::Writer& w, const Value& v);\n    Value to_value() const;\n\n  private:\n   "
               " const std::byte* at(std::size_t i) const { return p_ + " +
               str(n.octets) + " + i * " + str(stride) + "; }\n    const std::byte* p_;\n};  // " + name + "\n";
    }

    std::string compound(const Node& n, const std::string& name, const std::string& path) {
        std::string before, nested, walk, access, value, visit, put_present, put, to;
        std::set<std::string> used, used_types;
        for (std::size_t k = 0; k < n.children; ++k) {
            const Node& c = n.child[k];
            put_present += c.kind == Kind::absent ? "false, " : "";
            if (c.kind == Kind::absent) continue;
            auto id = identifier(c.name), type = type_identifier(c.name);
            while (!used.insert(id).second) id += "_";
            while (!used_types.insert(type).second) type += "_";
            const auto sub = path + "/" + std::string(c.name);
            const bool single = c.kind == Kind::element || c.kind == Kind::choice;
            std::string length = c.bits ? str(c.bits / 8) : type + "(bytes + at).length()", value_type;
            if (single) {
                const Scalar s = scalar(c, 0);
                value_type = s.value_type;
                access += indent(doc(s.doc), 4) + optional(s.type, id, k, s.expression);
                if (!s.raw.empty()) access += optional(s.raw_type, id + "_raw", k, s.raw);
                visit += "        if (at_[" + str(k) + "]) visitor(\"" + sub + "\", *" + id + "());\n";
                auto stmt = s.put;
                stmt.replace(stmt.find("(x") + 1, 1, "*v." + id);
                put += "    if (v." + id + ") " + stmt + ";\n";
                to += s.type == s.value_type
                          ? "    made." + id + " = " + id + "();\n"
                          : "    if (const auto b = " + id + "()) made." + id + ".emplace(b->begin(), b->end());\n";
            } else if (c.kind == Kind::opaque) {
                length = cast("std::uint8_t", "bytes[at]");
                value_type = "std::vector<std::byte>";
                access += optional("Bytes", id, k, "Bytes(p + 1, static_cast<std::uint8_t>(*p) - 1u)");
                visit += "        if (at_[" + str(k) + "]) visitor(\"" + sub + "\", *" + id + "());\n";
                put += "    if (v." + id + ") w.opaque(*v." + id + ");\n";
                to += "    if (const auto b = " + id + "()) made." + id + ".emplace(b->begin(), b->end());\n";
            } else {
                before += view(c, name + "_" + type, sub);
                nested += "    using " + type + " = " + name + "_" + type + ";\n";
                value_type = type + "::Value";
                access += indent(doc(std::string(c.name) + (c.title.empty() ? "" : ", " + std::string(c.title))), 4) +
                          optional(type, id, k, type + "(p)");
                visit += "        if (at_[" + str(k) + "]) " + id + "()->visit_fields(visitor);\n";
                put += "    if (v." + id + ") " + type + "::put(w, *v." + id + ");\n";
                to += "    if (const auto x = " + id + "()) made." + id + " = x->to_value();\n";
            }
            value += indent(doc(std::string(c.name) + (c.title.empty() ? "" : ", " + std::string(c.title))), 8) +
                     "        std::optional<" + value_type + "> " + id + "{};\n";
            put_present += "v." + id + ".has_value(), ";
            const auto per = n.octets ? 8u : 7u;
            walk += "        if (fspec > " + str(k / per) + " && (" +
                    cast("std::uint8_t", "bytes[" + str(k / per) + "]") + " & " + str(0x80u >> k % per) + ")) at_[" +
                    str(k) + "] = static_cast<std::uint16_t>(at), at += " + length + ";\n";
        }
        std::string h = before + doc(std::string(n.name) + (n.title.empty() ? "" : ", " + std::string(n.title))) +
                        "class " + name + " {\n  public:\n" + nested;
        h += "    explicit " + name + "(const std::byte* bytes) : p_(bytes) {\n        const std::size_t fspec = " +
             (n.octets ? str(n.octets) : std::string("detail::chain(bytes, 1)")) +
             ";\n        std::size_t at = fspec;\n" + walk +
             "        length_ = at;\n    }\n    std::size_t length() const { return length_; }\n" + access;
        h += "    struct Value {\n" + value +
             "    };\n    template <class V>\n    void visit_fields(V&& visitor) const {\n" + visit + "    }\n";
        h += "    static void put(detail::Writer& w, const Value& v);\n    Value to_value() const;\n\n  private:\n    "
             "const std::byte* p_;\n    std::size_t length_ = 0;\n    std::array<std::uint16_t, " +
             str(n.children) + "> at_{};\n};  // " + name + "\n";
        source += "void " + name + "::put(detail::Writer& w, const Value& v) {\n    const bool present[] = {" +
                  put_present + "};\n    w.field_spec(present, " + str(n.octets) + ");\n" + put + "}\n";
        source += name + "::Value " + name + "::to_value() const {\n    Value made;\n" + to + "    return made;\n}\n";
        return h;
    }

    static std::string optional(const std::string& type, const std::string& id, std::size_t k, const std::string& e) {
        return "    std::optional<" + type + "> " + id + "() const {\n        if (!at_[" + str(k) +
               "]) return {};\n        const std::byte* p = p_ + at_[" + str(k) + "];\n        return " + e +
               ";\n    }\n";
    }
};

std::string editions_of(const Variant& v) {
    std::string out = "Editions ";
    for (auto it = v.editions.rbegin(); it != v.editions.rend(); ++it)
        out += (it == v.editions.rbegin() ? "" : ", ") + *it;
    return out;
}

bool single(const Node& n) {
    return n.kind == Kind::element || n.kind == Kind::choice;
}

struct Output {
    std::string classes, access, fields, items, visit, has, put, to, source;
};

void add_variant(const Variant& v, const std::string& path, Types& types, Output& o) {
    const Node& n = *v.node;
    auto id = v.name;
    id[0] = 'i';
    for (char& c : id) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto slot = str(v.slot);
    const auto title = std::string(n.title.empty() ? n.name : n.title);
    const auto method = [&](const std::string& type, const std::string& name, const std::string& e) {
        o.access += "    std::optional<" + type + "> " + name +
                    "() const {\n        const std::byte* p = record_->item(" + slot +
                    ");\n        if (!p) return {};\n        return " + e + ";\n    }\n";
    };
    o.items += "    " + id + " = " + slot + ",\n";
    o.access += indent(doc(title + ". " + editions_of(v)), 4);
    std::string value_type;
    if (single(n)) {
        const Scalar s = scalar(n, 0);
        o.access += indent(doc(s.doc), 4);
        method(s.type, id, s.expression);
        if (!s.raw.empty()) method(s.raw_type, id + "_raw", s.raw);
        value_type = s.value_type;
        auto stmt = s.put;
        stmt.replace(stmt.find("(x") + 1, 1, "*f." + id);
        o.put += "        case " + slot + ": " + stmt + "; break;\n";
        o.visit += "        if (const auto x = " + id + "()) visitor(\"" + path + "\", *x);\n";
        o.to += s.type == s.value_type
                    ? "    f." + id + " = " + id + "();\n"
                    : "    if (const auto b = " + id + "()) f." + id + ".emplace(b->begin(), b->end());\n";
    } else if (n.kind == Kind::opaque) {
        method("Bytes", id, "Bytes(p + 1, static_cast<std::uint8_t>(*p) - 1u)");
        value_type = "std::vector<std::byte>";
        o.put += "        case " + slot + ": w.opaque(*f." + id + "); break;\n";
        o.visit += "        if (const auto x = " + id + "()) visitor(\"" + path + "\", *x);\n";
        o.to += "    if (const auto b = " + id + "()) f." + id + ".emplace(b->begin(), b->end());\n";
    } else {
        o.classes += types.view(n, v.name, path);
        method(v.name, id, v.name + "(p)");
        value_type = v.name + "::Value";
        o.put += "        case " + slot + ": " + v.name + "::put(w, *f." + id + "); break;\n";
        o.visit += "        if (const auto x = " + id + "()) x->visit_fields(visitor);\n";
        o.to += "    if (const auto x = " + id + "()) f." + id + " = x->to_value();\n";
    }
    o.fields += indent(doc(title), 4) + "    std::optional<" + value_type + "> " + id + "{};\n";
    o.has += "f." + id + ".has_value(), ";
}

}  // namespace

namespace {

std::pair<std::string, std::string> emit(const Category& c) {
    const auto ns = "cat" + three(c.number);
    Types types;
    Output o;
    for (const Variant& v : c.variants) add_variant(v, std::string(v.node->name), types, o);
    std::string h =
        "// Generated by specgen from spec/asterix. Do not edit.\n// Category " + three(c.number) + ", " + c.title +
        ".\n#pragma once\n\n#include <asman/asterix/typed.hpp>\n\nnamespace asman::asterix::" + ns + " {\n\n";
    h += "inline constexpr std::uint8_t category = " + str(c.number) + ";\n\n" + o.classes;
    h += "\n/// The items, for View::has().\nenum class Item : std::uint16_t {\n" + o.items + "};\n";
    h += "\n/// Values to build a record from: set what it shall carry.\nstruct Fields {\n    static constexpr "
         "std::uint8_t category = " +
         ns + "::category;\n" + o.fields + "};\n";
    h += "\n/// A record of this category, of any edition; valid as long as the Record and its bytes.\nclass View {\n  "
         "public:\n"
         "    /// `record.category()` must be this category.\n    explicit View(const Record& record) : "
         "record_(&record) {}\n    View(Record&&) = delete;\n"
         "    bool has(Item item) const { return record_->at[static_cast<std::size_t>(item)] != 0; }\n" +
         o.access +
         "    /// Calls visitor(path, value) for every element, in the order of the tables.\n    template <class V>\n  "
         "  void visit_fields(V&& visitor) const {\n" +
         o.visit + "    }\n    Fields to_fields() const;\n\n  private:\n    const Record* record_;\n};\n";
    h += "\n/// Appends the record to `out`. False: `problem` has fault and item, and `out` is as it was.\nbool "
         "encode(const Fields& fields, const Edition& edition, std::vector<std::byte>& out, Problem& problem);\n\n}  "
         "// namespace asman::asterix::" +
         ns + "\n";

    std::string selector = "    const Uap* uap = edition.uap;\n";
    const Edition& newest = *c.editions.back();
    if (newest.uaps > 1) {
        const auto slash = newest.selector.find('/');
        const auto item = "f.i" + std::string(newest.selector.substr(0, slash)),
                   field = identifier(newest.selector.substr(slash + 1));
        selector += "    for (const Choice& choice : edition.variants())\n        if (" + item +
                    " && choice.value == static_cast<std::uint32_t>(" + item + "->" + field +
                    ")) uap = edition.uap + choice.uap;\n";
    }
    std::string s = "// Generated by specgen from spec/asterix. Do not edit.\n#include <asman/asterix/" + ns +
                    ".hpp>\n\nnamespace asman::asterix::" + ns + " {\n\n" + types.source;
    s += "\nnamespace {\n\nvoid put(const Fields& f, std::size_t slot, detail::Writer& w) {\n    switch (slot) {\n" +
         o.put +
         "        default: break;\n    }\n}\n\n}  // namespace\n\n"
         "Fields View::to_fields() const {\n    Fields f;\n" +
         o.to +
         "    return f;\n}\n\n"
         "bool encode(const Fields& f, const Edition& edition, std::vector<std::byte>& out, Problem& problem) {\n" +
         selector + "    const std::array<bool, " + str(c.variants.size()) + "> has{" + o.has +
         "};\n"
         "    return detail::encode_record(edition, *uap, has, out, problem,\n"
         "                                 [&](std::size_t slot, detail::Writer& w) { put(f, slot, w); });\n}\n\n}  // "
         "namespace asman::asterix::" +
         ns + "\n";
    return {h, s};
}

}  // namespace

std::string emit_header(const Category& c) {
    return emit(c).first;
}
std::string emit_source(const Category& c) {
    return emit(c).second;
}

std::string emit_views(const std::vector<Category>& categories) {
    std::string h = "// Generated by specgen from spec/asterix. Do not edit.\n// The typed views of all categories: "
                    "include one "
                    "category's header where that is enough.\n#pragma once\n\n",
                cases;
    for (const Category& c : categories) {
        const auto ns = "cat" + three(c.number);
        h += "#include <asman/asterix/" + ns + ".hpp>\n";
        cases += "        case " + str(c.number) + ": f(" + ns + "::View(record)); return true;\n";
    }
    return h +
           "\nnamespace asman::asterix {\n\n/// Calls `f` with the View of the record's category. False: it has "
           "none.\ntemplate <class F>\nbool with_view(const Record& record, F&& f) {\n    switch (record.category()) "
           "{\n" +
           cases + "        default: return false;\n    }\n}\n\n}  // namespace asman::asterix\n";
}

}  // namespace specgen
