// JSON Schema (2020-12) of what to_json() writes for the records of an edition, from its table.
#include <asman/asterix/json.hpp>

#include "json_value.hpp"

#include <utility>
#include <vector>

namespace asman::asterix {
namespace {

class SchemaWriter {
  public:
    SchemaWriter(std::uint8_t category, std::string& out) : category_(category), out_(out) {}

    void items(const Edition& e) {
        out_ += R"({"type":"object","additionalProperties":false,"properties":{)";
        bool first = true;
        for (const Item& i : e.all())
            if (i.node->kind != Kind::random) property(*i.node, first);
        out_ += "}}";
    }

  private:
    void property(const Node& n, bool& first) {
        if (!std::exchange(first, false)) out_ += ',';
        json_string(n.name, out_);
        out_ += ':';
        node(n);
    }
    void node(const Node& n) {
        switch (n.kind) {
            case Kind::element:
                return element(n);
            case Kind::choice:
                return alternatives(n);
            case Kind::repetitive:
                out_ += R"({"type":"array","items":)";
                node(*n.child);
                break;
            case Kind::opaque:
                return opaque(n);
            default:
                return members(n);
        }
        describe(n);
    }
    /// A group has all of its members; of extents and sub-fields, those that are there.
    void members(const Node& n) {
        out_ += R"({"type":"object","additionalProperties":false,"properties":{)";
        bool first = true;
        std::vector<std::string_view> always;
        const auto those_of = [&](const Node& parent, bool required) {
            for (const Node& c : parent.nodes()) {
                if (c.kind == Kind::spare || c.kind == Kind::absent) continue;
                property(c, first);
                if (required) always.push_back(c.name);
            }
        };
        if (n.kind == Kind::extended)
            for (const Node& extent : n.nodes()) those_of(extent, &extent == n.child);
        else
            those_of(n, n.kind == Kind::group);
        out_ += '}';
        if (!always.empty()) {
            out_ += R"(,"required":[)";
            for (const auto& name : always) {
                json_string(name, out_);
                out_ += ',';
            }
            out_.back() = ']';
        }
        describe(n);
    }
    void alternatives(const Node& n) {
        out_ += R"({"anyOf":[)";
        for (const Node& c : n.nodes()) {
            node(c);
            out_ += ',';
        }
        integers(0, n.bits);
        out_ += "}]}";
    }
    /// RE by any of its expansions, or bytes.
    void opaque(const Node& n) {
        out_ += R"({"anyOf":[)";
        for (const Edition* e : editions())
            if (n.name == "RE" && e->expansion && e->category == category_) {
                node(*e->item->node);
                out_ += ',';
            }
        out_ += R"({"type":"string","pattern":"^([0-9a-f]{2})*$"}])";
        describe(n);
    }
    void element(const Node& n) {
        const auto digits = [&](const char* set, std::uint32_t count) {
            out_.append(R"({"type":"string","pattern":"^)").append(set).append("{");
            out_.append(std::to_string(count)).append("}$\"");
        };
        switch (n.coding) {
            case Coding::quantity:
                out_ += R"({"type":"number")";
                break;
            case Coding::octal:
                digits("[0-7]", (n.bits + 2) / 3);
                break;
            case Coding::icao:
                out_.append(R"({"type":"string","pattern":"^([A-Z0-9 @]{0,)").append(std::to_string(n.bits / 6));
                out_.append("}|0x[0-9a-f]{").append(std::to_string(n.bits / 4)).append("})$\"");
                break;
            case Coding::ascii:
                out_.append(R"({"type":"string","maxLength":)").append(std::to_string(n.bits / 8));
                break;
            case Coding::table:
                out_ += R"({"anyOf":[)";
                integers(0, n.bits);
                out_ += R"(},{"type":"object","required":["value","text"]}])";
                break;
            default:
                if (n.coding == Coding::bds || n.bits > 64 || (n.coding == Coding::raw && n.bits > widest_number))
                    digits("[0-9a-f]", (n.bits + 3) / 4);
                else
                    integers(n.is_signed ? -(std::int64_t{1} << (n.bits - 1)) : 0, n.bits - n.is_signed);
        }
        describe(n);
    }
    /// Without the brace at its end.
    void integers(std::int64_t least, std::uint32_t bits) {
        out_.append(R"({"type":"integer","minimum":)").append(std::to_string(least)).append(R"(,"maximum":)");
        out_ += std::to_string(~std::uint64_t{0} >> (64 - bits));
    }
    void describe(const Node& n) {
        std::string text(n.title);
        if (!n.unit.empty() && n.unit != "1") text.append(text.empty() ? "" : ", ").append(n.unit);
        if (!text.empty()) {
            out_ += R"(,"description":)";
            json_string(text, out_);
        }
        out_ += '}';
    }

    std::uint8_t category_;
    std::string& out_;
};

}  // namespace

void json_schema(const Edition& edition, std::string& out) {
    out += R"({"$schema":"https://json-schema.org/draft/2020-12/schema","title":"ASTERIX category )";
    out.append(std::to_string(edition.category)).append(" edition ").append(edition.number);
    out += R"( as JSON, version )";
    out.append(std::to_string(json_version)).append(R"(","type":"object",)");
    out += R"("required":["datagram","offset","category","edition","items"],"properties":{)";
    out += R"("datagram":{"type":"integer","minimum":0},"offset":{"type":"integer","minimum":0},"category":{"const":)";
    out.append(std::to_string(edition.category)).append(R"(},"edition":{"const":")").append(edition.number);
    out += R"("},"expansion":{"type":"string"},"registers":{"type":"array"},"items":)";
    SchemaWriter(edition.category, out).items(edition);
    out += "}}";
}

}  // namespace asman::asterix
