// Parses specification tables. Built twice: into specgen, and into the library for tables given at run time.
#include <asman/asterix/spec.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace asman::asterix {

namespace {

struct Line {
    std::uint32_t number = 0;
    std::size_t indent = 0;
    std::vector<std::string_view> words;
    std::string_view title;
    std::string_view body;  ///< without indentation
};

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t v = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), v);
    if (ec != std::errc{} || end != text.data() + text.size()) return {};
    return v;
}

/// "25", "1/2^7", "180/2^23", "3/20", "10^3".
std::optional<double> power(std::string_view text) {
    double v = 0;
    const auto hat = text.find('^');
    const auto base_text = text.substr(0, hat);
    const auto [end, ec] = std::from_chars(base_text.data(), base_text.data() + base_text.size(), v);
    if (ec != std::errc{} || end != base_text.data() + base_text.size()) return {};
    if (hat == std::string_view::npos) return v;
    const auto exponent = number(text.substr(hat + 1));
    if (!exponent || *exponent > 64) return {};
    return std::pow(v, *exponent);
}
std::optional<double> fraction(std::string_view text) {
    const auto slash = text.find('/');
    const auto top = power(text.substr(0, slash));
    if (!top || slash == std::string_view::npos) return top;
    const auto bottom = power(text.substr(slash + 1));
    if (!bottom || *bottom == 0) return {};
    return *top / *bottom;
}

/// Exact where eight digits suffice, else a tenth of the step.
std::uint8_t decimals(double lsb) {
    double scale = 1;
    for (std::uint8_t d = 0; d <= 8; ++d, scale *= 10)
        if (std::fmod(lsb * scale, 1) == 0) return d;
    std::uint8_t d = 0;
    for (double step = 1; d < 15 && step > lsb / 10; step /= 10) ++d;
    return d;
}

std::vector<Line> split(std::string_view text) {
    std::vector<Line> out;
    std::uint32_t line_number = 0;
    while (!text.empty()) {
        const auto end = text.find('\n');
        auto line = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        ++line_number;
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        const auto start = line.find_first_not_of(' ');
        if (start == std::string_view::npos || line[start] == '#') continue;
        Line parsed;
        parsed.number = line_number;
        parsed.indent = start;
        parsed.body = line.substr(start);
        auto rest = parsed.body;
        if (const auto quote = rest.find(" \"");
            quote != std::string_view::npos && rest.back() == '"' && rest.size() > quote + 2) {
            parsed.title = rest.substr(quote + 2, rest.size() - quote - 3);
            rest = rest.substr(0, quote);
        }
        while (!rest.empty()) {
            const auto space = rest.find(' ');
            if (space != 0) parsed.words.push_back(rest.substr(0, space));
            rest = space == std::string_view::npos ? std::string_view{} : rest.substr(space + 1);
        }
        out.push_back(std::move(parsed));
    }
    return out;
}

}  // namespace

class SpecParser {
  public:
    SpecParser(SpecSet& set, std::string_view file, std::string_view text)
        : set_(set), file_(file), lines_(split(text)) {}

    std::expected<const Edition*, SpecError> run() {
        if (!parse()) return std::unexpected(error_);
        return set_.order_.back();
    }

  private:
    bool bad(const Line& line, std::string reason) {
        error_ = {file_, line.number, std::move(reason)};
        return false;
    }
    bool more() const { return at_ < lines_.size(); }
    const Line& line() const { return lines_[at_]; }

    bool parse() {
        if (lines_.empty()) return bad(Line{}, "an empty table");
        while (more()) {
            const Line& now = line();
            if (now.indent != 0) return bad(now, "unexpected indentation");
            const auto word = now.words[0];
            const auto second = now.words.size() > 1 ? now.words[1] : std::string_view{};
            if (word == "category" || word == "expansion") {
                const auto category = number(second);
                if (!category || *category > 255) return bad(now, "a category is a number up to 255");
                edition_.category = static_cast<std::uint8_t>(*category);
                edition_.expansion = word == "expansion";
                edition_.title = set_.keep(now.title);
                ++at_;
            } else if (word == "edition") {
                edition_.number = set_.keep(second);
                ++at_;
            } else if (word == "date") {
                edition_.date = set_.keep(second);
                ++at_;
            } else if (word == "source") {
                edition_.source = set_.keep(now.body.substr(std::min(now.body.size(), std::size_t{7})));
                ++at_;
            } else if (word == "oracle") {
                edition_.oracle = second == "yes";
                ++at_;
            } else if (word == "uap") {
                if (!parse_uap()) return false;
            } else if (word == "select") {
                if (!parse_select()) return false;
            } else if (second == "=") {
                if (!refer(now)) return false;
            } else {
                Node node;
                if (!parse_node(node, 0)) return false;
                if (!add_item(now, node, edition_.number)) return false;
            }
        }
        return finish();
    }

    bool refer(const Line& now) {
        if (now.words.size() != 3) return bad(now, "a reference is NAME = EDITION");
        for (const Edition* other : set_.order_) {
            if (other->category != edition_.category || other->expansion != edition_.expansion) continue;
            if (other->number != now.words[2]) continue;
            const Item* item = other->find(now.words[0]);
            if (!item) break;
            ++at_;
            return add_item(now, *item->node, item->since);
        }
        return bad(now, "edition " + std::string(now.words[2]) + " of this category has no item '" +
                            std::string(now.words[0]) + "', or was not read before");
    }

    bool add_item(const Line& now, const Node& node, std::string_view since) {
        if (items_.size() + 1 >= max_slots) return bad(now, "more items than a category may have");
        for (const Item& item : items_)
            if (item.node->name == node.name) return bad(now, "item '" + std::string(node.name) + "' twice");
        auto& kept = set_.nodes_.emplace_back(std::vector<Node>{node});
        items_.push_back({kept.data(), static_cast<std::uint16_t>(items_.size()), since});
        return true;
    }

    /// One node and what is indented beneath it.
    bool parse_node(Node& node, int depth) {
        const Line& now = line();
        if (depth > 12) return bad(now, "nested too deep");
        const auto& words = now.words;
        if (words[0] == "spare") {
            const auto bits = words.size() > 1 ? number(words[1]) : std::nullopt;
            if (!bits || *bits == 0 || *bits > 64) return bad(now, "spare needs a number of bits");
            node.kind = Kind::spare;
            node.bits = *bits;
            ++at_;
            return true;
        }
        if (words[0] == "-") {
            node.kind = Kind::absent;
            ++at_;
            return true;
        }
        if (words.size() < 2) return bad(now, "'" + std::string(words[0]) + "' needs a kind or a width");
        node.name = words[0] == "." ? std::string_view{} : set_.keep(words[0]);
        node.title = set_.keep(now.title);
        if (const auto bits = number(words[1])) return parse_element(node, *bits, 2, depth);
        return parse_structure(node, depth);
    }

    bool parse_structure(Node& node, int depth) {
        const Line& now = line();
        const auto kind = now.words[1];
        const auto argument = now.words.size() > 2 ? now.words[2] : std::string_view{};
        if (kind == "explicit") {
            node.kind = Kind::opaque;
            ++at_;
            return true;
        }
        if (kind == "group")
            node.kind = Kind::group;
        else if (kind == "extended")
            node.kind = Kind::extended;
        else if (kind == "repetitive")
            node.kind = Kind::repetitive;
        else if (kind == "compound")
            node.kind = Kind::compound;
        else
            return bad(now, "unknown kind '" + std::string(kind) + "'");
        if (node.kind == Kind::repetitive || node.kind == Kind::compound) {
            const bool chained = argument == "fx" || (argument.empty() && node.kind == Kind::compound);
            const auto octets = chained ? std::optional<std::uint32_t>{0} : number(argument);
            if (!octets || *octets > 4) return bad(now, "'" + std::string(kind) + "' needs a number of octets or fx");
            node.octets = static_cast<std::uint8_t>(*octets);
        }
        ++at_;
        std::vector<Node> children;
        if (!parse_children(now.indent, children, depth)) return false;
        if (children.empty()) return bad(now, "nothing beneath it");
        return close(now, node, std::move(children));
    }

    bool parse_children(std::size_t indent, std::vector<Node>& children, int depth) {
        if (!more() || line().indent <= indent) return true;
        const auto inner = line().indent;
        while (more() && line().indent > indent) {
            if (line().indent != inner) return bad(line(), "unexpected indentation");
            Node child;
            if (!parse_node(child, depth + 1)) return false;
            children.push_back(child);
        }
        return true;
    }

    const Node* keep(std::vector<Node> nodes) { return set_.nodes_.emplace_back(std::move(nodes)).data(); }

    static std::uint32_t sum(const std::vector<Node>& nodes) {
        std::uint32_t bits = 0;
        for (const Node& n : nodes) {
            if (n.bits == 0) return 0;
            bits += n.bits;
        }
        return bits;
    }

    /// Attaches the children, with the widths that follow from them.
    bool close(const Line& now, Node& node, std::vector<Node> children) {
        if (node.kind == Kind::extended) return close_extended(now, node, children);
        if (node.kind == Kind::group) {
            node.bits = sum(children);
            if (node.bits == 0) return bad(now, "a group of fixed bits has a member without a width");
        }
        if (node.kind == Kind::repetitive) {
            if (children.size() != 1) return bad(now, "a repetitive item has one child");
            if (node.octets == 0 && (children[0].bits == 0 || (children[0].bits + 1) % 8 != 0))
                return bad(now, "what repeats by extension bits fills octets but for one bit");
        }
        node.children = static_cast<std::uint32_t>(children.size());
        node.child = keep(std::move(children));
        return true;
    }

    bool close_extended(const Line& now, Node& node, std::vector<Node>& parts) {
        std::vector<Node> extents, members;
        auto flush = [&](bool fx) {
            Node extent;
            extent.kind = Kind::extent;
            extent.octets = fx ? 1 : 0;
            extent.bits = sum(members) + (fx ? 1 : 0);
            extent.children = static_cast<std::uint32_t>(members.size());
            const bool whole = sum(members) != 0 && extent.bits % 8 == 0;
            extent.child = keep(std::move(members));
            members.clear();
            extents.push_back(extent);
            return whole;
        };
        for (Node& part : parts) {
            if (part.kind != Kind::absent)
                members.push_back(part);
            else if (!flush(true))
                return bad(now, "an extent does not fill octets");
        }
        if (!members.empty() && !flush(false)) return bad(now, "the last extent does not fill octets");
        node.children = static_cast<std::uint32_t>(extents.size());
        node.child = keep(std::move(extents));
        return true;
    }

    /// words[from …] say the coding; the lines beneath are a table, or alternatives.
    bool parse_element(Node& node, std::uint32_t bits, std::size_t from, int depth) {
        const Line& now = line();
        if (bits == 0 || bits > 8 * 65535) return bad(now, "a width is at least one bit");
        node.bits = bits;
        if (now.words.size() > from && now.words[from] == "case") return parse_cases(node, depth);
        if (!parse_coding(node, now, from)) return false;
        ++at_;
        if (node.coding == Coding::table) return parse_table(node, now);
        return true;
    }

    bool parse_coding(Node& node, const Line& now, std::size_t from) {
        const auto& words = now.words;
        node.kind = Kind::element;
        if (words.size() <= from || words[from] == "raw") return true;
        const auto word = words[from];
        if (word == "table")
            node.coding = Coding::table;
        else if (word == "octal")
            node.coding = Coding::octal;
        else if (word == "ascii")
            node.coding = Coding::ascii;
        else if (word == "icao")
            node.coding = Coding::icao;
        else if (word == "bds")
            node.coding = Coding::bds, node.unit = words.size() > from + 1 ? set_.keep(words[from + 1]) : "";
        else if (word == "signed" || word == "unsigned")
            return parse_number(node, now, from);
        else
            return bad(now, "unknown coding '" + std::string(word) + "'");
        return true;
    }

    bool parse_number(Node& node, const Line& now, std::size_t from) {
        const auto& words = now.words;
        node.is_signed = words[from] == "signed";
        node.coding = Coding::integer;
        std::size_t i = from + 1;
        const auto relation = [&](std::size_t k) { return words[k][0] == '<' || words[k][0] == '>'; };
        if (i < words.size() && !relation(i)) {
            const auto lsb = fraction(words[i]);
            if (!lsb || *lsb <= 0 || i + 1 >= words.size() || relation(i + 1))
                return bad(now, "a quantity needs the value of its least significant bit and a unit");
            node.coding = Coding::quantity;
            node.lsb = *lsb;
            node.decimals = decimals(*lsb);
            node.lsb_text = set_.keep(words[i]);
            node.unit = set_.keep(words[i + 1]);
            i += 2;
        }
        std::vector<Limit> limits;
        for (; i + 1 < words.size(); i += 2) {
            const auto value = fraction(words[i + 1]);
            if (!relation(i) || !value) return bad(now, "a bound is a relation and a number");
            limits.push_back({set_.keep(words[i]), set_.keep(words[i + 1]), *value});
        }
        if (i != words.size()) return bad(now, "'" + std::string(words[i]) + "' is left over");
        if (limits.empty()) return true;
        node.limits = static_cast<std::uint32_t>(limits.size());
        node.limit = set_.limits_.emplace_back(std::move(limits)).data();
        return true;
    }

    bool parse_table(Node& node, const Line& now) {
        std::vector<Meaning> table;
        while (more() && line().indent > now.indent) {
            const Line& row = line();
            const auto value = row.words.size() > 1 && row.words[1] == "=" ? number(row.words[0]) : std::nullopt;
            if (!value || (node.bits < 32 && *value >> node.bits)) return bad(row, "a row is VALUE = text, and fits");
            const auto text = row.body.substr(row.body.find('=') + 1);
            const auto start = text.find_first_not_of(' ');
            table.push_back(
                {*value, set_.keep(start == std::string_view::npos ? std::string_view{} : text.substr(start))});
            ++at_;
        }
        node.meanings = static_cast<std::uint32_t>(table.size());
        node.meaning = set_.meanings_.emplace_back(std::move(table)).data();
        return true;
    }

    bool parse_cases(Node& node, int depth) {
        const Line now = line();
        if (now.words.size() != 4) return bad(now, "case needs the path of the element that chooses");
        node.kind = Kind::choice;
        node.selectors = set_.keep(now.words[3]);
        ++at_;
        std::vector<Node> alternatives;
        while (more() && line().indent > now.indent) {
            const Line& row = line();
            Node child;
            std::size_t from = 1;
            if (row.words[0] == "when" && row.words.size() > 2)
                child.when = set_.keep(row.words[1]), from = 2;
            else if (row.words[0] != "otherwise" || row.words.size() < 2)
                return bad(row, "when VALUE coding, or otherwise coding");
            child.bits = node.bits;
            if (row.words[from] == "group") {
                child.kind = Kind::group;
                ++at_;
                std::vector<Node> members;
                if (!parse_children(row.indent, members, depth + 1)) return false;
                if (!close(row, child, std::move(members))) return false;
                if (child.bits != node.bits) return bad(row, "an alternative has another width");
            } else if (!parse_element(child, node.bits, from, depth)) {
                return false;
            }
            alternatives.push_back(child);
        }
        if (alternatives.empty()) return bad(now, "a case without alternatives");
        node.children = static_cast<std::uint32_t>(alternatives.size());
        node.child = keep(std::move(alternatives));
        return true;
    }

    struct Order {
        std::string_view name;
        std::vector<std::string_view> fields;
        Line line;
    };

    bool parse_uap() {
        const Line now = line();
        Order order{now.words.size() > 1 ? set_.keep(now.words[1]) : std::string_view{}, {}, now};
        ++at_;
        while (more() && line().indent > 0) {
            for (const auto word : line().words) order.fields.push_back(word);
            ++at_;
        }
        if (order.fields.empty() || order.fields.size() > 255) return bad(now, "a UAP has 1 to 255 fields");
        orders_.push_back(std::move(order));
        return true;
    }

    bool parse_select() {
        const Line now = line();
        if (now.words.size() != 2) return bad(now, "select needs the path of an element");
        edition_.selector = set_.keep(now.words[1]);
        ++at_;
        while (more() && line().indent > 0) {
            const Line& row = line();
            const auto value = row.words.size() == 3 && row.words[1] == "=" ? number(row.words[0]) : std::nullopt;
            std::uint32_t uap = 0;
            while (value && uap < orders_.size() && orders_[uap].name != row.words[2]) ++uap;
            if (!value || uap >= orders_.size()) return bad(row, "a row is VALUE = name of a UAP above");
            choices_.push_back({*value, uap});
            ++at_;
        }
        return true;
    }

    bool finish() {
        const Line& last = lines_.back();
        if (edition_.category == 0 || edition_.number.empty()) return bad(last, "no category or no edition");
        if (items_.empty()) return bad(last, "no items");
        if (orders_.empty() && !edition_.expansion) return bad(last, "no uap");
        if (edition_.expansion && (items_.size() != 1 || items_[0].node->name != "RE"))
            return bad(last, "an expansion is one item named RE");
        auto& items = set_.items_.emplace_back(std::move(items_));
        edition_.item = items.data();
        edition_.items = static_cast<std::uint32_t>(items.size());
        edition_.slots = edition_.items;
        auto& uaps = set_.uaps_.emplace_back();
        for (const Order& order : orders_)
            if (!resolve(order, uaps)) return false;
        edition_.uap = uaps.data();
        edition_.uaps = static_cast<std::uint32_t>(uaps.size());
        auto& choices = set_.choices_.emplace_back(std::move(choices_));
        edition_.choice = choices.data();
        edition_.choices = static_cast<std::uint32_t>(choices.size());
        set_.order_.push_back(&set_.editions_.emplace_back(edition_));
        return true;
    }

    bool resolve(const Order& order, std::vector<Uap>& uaps) {
        static constexpr Node rfs{.kind = Kind::random, .name = "rfs"};
        static constexpr Item rfs_item{.node = &rfs, .slot = max_slots - 1};
        auto& fields = set_.uap_items_.emplace_back();
        for (const auto name : order.fields) {
            const Item* item = name == "rfs" ? &rfs_item : edition_.find(name);
            if (!item && name != "-")
                return bad(order.line, "the UAP names '" + std::string(name) + "', which is no item");
            fields.push_back(item);
        }
        uaps.push_back({order.name, fields.data(), static_cast<std::uint32_t>(fields.size())});
        return true;
    }

    SpecSet& set_;
    std::string file_;
    std::vector<Line> lines_;
    std::size_t at_ = 0;
    Edition edition_;
    std::vector<Item> items_;
    std::vector<Order> orders_;
    std::vector<Choice> choices_;
    SpecError error_;
};

std::string_view SpecSet::keep(std::string_view text) {
    if (text.empty()) return {};
    return strings_.emplace_back(text);
}

std::expected<const Edition*, SpecError> SpecSet::add(std::string_view file, std::string_view text) {
    return SpecParser(*this, file, text).run();
}

}  // namespace asman::asterix
