// Look-ups in specification tables, and their text.
#include <asman/asterix/spec.hpp>

#include <charconv>

namespace asman::asterix {

const Node* Node::find(std::string_view child_name) const {
    for (const Node& n : nodes()) {
        if (n.name == child_name && n.kind != Kind::extent) return &n;
        if (n.kind == Kind::extent)
            if (const Node* inner = n.find(child_name)) return inner;
    }
    return nullptr;
}

std::string_view Node::text(std::uint64_t value) const {
    for (const Meaning& m : table())
        if (m.value == value) return m.text;
    return {};
}

const Item* Edition::find(std::string_view name) const {
    for (const Item& i : all())
        if (i.node->name == name) return &i;
    return nullptr;
}

bool older(std::string_view a, std::string_view b) {
    auto part = [](std::string_view& s) {
        unsigned v = 0;
        const auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), v);
        s.remove_prefix(static_cast<std::size_t>(end - s.data()));
        if (!s.empty()) s.remove_prefix(1);
        return v;
    };
    while (!a.empty() || !b.empty()) {
        const auto x = part(a), y = part(b);
        if (x != y) return x < y;
    }
    return false;
}

std::string SpecError::text() const {
    return file + ":" + std::to_string(line) + ": " + reason;
}

namespace {

void coding(const Node& n, std::string& out) {
    auto sign = [&] { out += n.is_signed ? " signed" : " unsigned"; };
    switch (n.coding) {
        case Coding::raw:
            break;
        case Coding::table:
            out += " table";
            break;
        case Coding::octal:
            out += " octal";
            break;
        case Coding::ascii:
            out += " ascii";
            break;
        case Coding::icao:
            out += " icao";
            break;
        case Coding::bds:
            out += " bds";
            if (!n.unit.empty()) out.append(" ").append(n.unit);
            break;
        case Coding::integer:
            sign();
            break;
        case Coding::quantity:
            sign();
            out.append(" ").append(n.lsb_text).append(" ").append(n.unit);
            break;
    }
    for (const Limit& l : n.bounds()) out.append(" ").append(l.relation).append(" ").append(l.text);
}

void title(const Node& n, std::string& out) {
    if (!n.title.empty()) out.append(" \"").append(n.title).append("\"");
    out += '\n';
}

void print(const Node& n, std::size_t indent, std::string& out);

void children(const Node& n, std::size_t indent, std::string& out) {
    for (const Node& c : n.nodes()) print(c, indent, out);
}

void element(const Node& n, std::size_t indent, std::string& out) {
    coding(n, out);
    title(n, out);
    for (const Meaning& m : n.table()) {
        out.append(indent + 2, ' ').append(std::to_string(m.value)).append(" = ").append(m.text) += '\n';
    }
}

void alternatives(const Node& n, std::size_t indent, std::string& out) {
    out.append(" case ").append(n.selectors);
    title(n, out);
    for (const Node& c : n.nodes()) {
        out.append(indent + 2, ' ');
        if (c.when.empty())
            out += "otherwise";
        else
            out.append("when ").append(c.when);
        if (c.kind == Kind::group) {
            out += " group\n";
            children(c, indent + 4, out);
        } else {
            if (c.coding == Coding::raw) out += " raw";
            element(c, indent + 2, out);
        }
    }
}

void print(const Node& n, std::size_t indent, std::string& out) {
    out.append(indent, ' ');
    if (n.kind == Kind::spare) {
        out.append("spare ").append(std::to_string(n.bits)) += '\n';
        return;
    }
    if (n.kind == Kind::absent) {
        out += "-\n";
        return;
    }
    out.append(n.name.empty() ? "." : n.name).append(" ");
    const auto counted = [&](const char* kind) {
        out += kind;
        if (n.octets)
            out.append(" ").append(std::to_string(n.octets));
        else if (n.kind == Kind::repetitive)
            out += " fx";
        title(n, out);
        children(n, indent + 2, out);
    };
    switch (n.kind) {
        case Kind::element:
            out += std::to_string(n.bits);
            element(n, indent, out);
            break;
        case Kind::choice:
            out += std::to_string(n.bits);
            alternatives(n, indent, out);
            break;
        case Kind::group:
            counted("group");
            break;
        case Kind::repetitive:
            counted("repetitive");
            break;
        case Kind::compound:
            counted("compound");
            break;
        case Kind::opaque:
            out += "explicit";
            title(n, out);
            break;
        case Kind::extended:
            out += "extended";
            title(n, out);
            for (const Node& extent : n.nodes()) {
                children(extent, indent + 2, out);
                if (extent.octets) out.append(indent + 2, ' ').append("-\n");
            }
            break;
        default:
            out += '\n';
            break;
    }
}

}  // namespace

std::string to_text(const Edition& edition) {
    auto category = std::to_string(edition.category);
    category.insert(0, 3 - category.size(), '0');
    std::string out = (edition.expansion ? "expansion " : "category ") + category + " \"";
    out.append(edition.title).append("\"\nedition ").append(edition.number) += '\n';
    if (!edition.date.empty()) out.append("date ").append(edition.date) += '\n';
    if (!edition.source.empty()) out.append("source ").append(edition.source) += '\n';
    out += edition.oracle ? "oracle yes\n" : "oracle no\n";
    for (const Item& item : edition.all()) {
        out += '\n';
        print(*item.node, 0, out);
    }
    for (const Uap& uap : edition.orders()) {
        out += "\nuap";
        if (!uap.name.empty()) out.append(" ").append(uap.name);
        std::size_t i = 0;
        for (const Item* item : uap.order()) {
            out += i++ % 7 == 0 ? "\n  " : " ";
            out.append(item ? item->node->name : "-");
        }
        out += '\n';
    }
    if (!edition.selector.empty()) {
        out.append("\nselect ").append(edition.selector) += '\n';
        for (const Choice& c : edition.variants())
            out.append("  ").append(std::to_string(c.value)).append(" = ").append(edition.uap[c.uap].name) += '\n';
    }
    return out;
}

}  // namespace asman::asterix
