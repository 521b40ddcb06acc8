// Our tables against an independent machine-readable specification, item by item: names, bits, order, signs, steps,
// units, repetition. What is compared is read from its own text here, by a reader that shares nothing with ours.
#include <asman/asterix/spec.hpp>

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

namespace asman::asterix {
namespace {

const std::string specs = ASMAN_SOURCE_DIR "/../shared/data/asterix-specs";

/// A line with those indented beneath it.
struct Tree {
    std::string text;
    int indent = -1;
    std::vector<Tree> below;
    const Tree* find(const std::string& start) const {
        for (const Tree& t : below)
            if (t.text.starts_with(start)) return &t;
        return nullptr;
    }
};

Tree read_tree(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::vector<std::pair<int, std::string>> lines;
    for (std::string line; std::getline(in, line);) {
        const auto start = line.find_first_not_of(' ');
        if (start == std::string::npos) continue;
        const auto end = line.find_last_not_of(" \r");
        lines.emplace_back(static_cast<int>(start), line.substr(start, end - start + 1));
    }
    std::size_t at = 0;
    const std::function<void(Tree&)> fill = [&](Tree& parent) {
        while (at < lines.size() && lines[at].first > parent.indent) {
            Tree child{lines[at].second, lines[at].first, {}};
            ++at;
            fill(child);
            parent.below.push_back(std::move(child));
        }
    };
    Tree root;
    fill(root);
    return root;
}

bool prose(const Tree& t) {
    return t.text.starts_with("definition") || t.text.starts_with("description") || t.text.starts_with("remark");
}

/// "name "Title"" → name.
std::string name_of(const std::string& text) {
    return text.substr(0, text.find(' '));
}

double value(const std::string& text) {
    const auto slash = text.find('/');
    const auto one = [](const std::string& t) {
        const auto hat = t.find('^');
        const double base = std::strtod(t.c_str(), nullptr);
        return hat == std::string::npos ? base : std::pow(base, std::strtod(t.c_str() + hat + 1, nullptr));
    };
    return slash == std::string::npos ? one(text) : one(text.substr(0, slash)) / one(text.substr(slash + 1));
}

std::string show(double v) {
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%.17g", v);
    return buffer;
}

std::string trimmed(std::string s) {
    while (!s.empty() && s.front() == ' ') s.erase(0, 1);
    while (!s.empty() && s.back() == ' ') s.pop_back();
    return s;
}

/// "quantity signed step unit limits", the same words for both sides.
std::string oracle_coding(const Tree& t) {
    const auto& s = t.text;
    if (s == "table") {
        std::string out = "table";
        for (const Tree& row : t.below) out += " " + row.text.substr(0, row.text.find(':'));
        return out;
    }
    if (s.starts_with("string ")) return s.substr(7);
    if (s.starts_with("bds")) return s;
    const bool is_signed = s.starts_with("signed"), is_unsigned = s.starts_with("unsigned");
    if (!is_signed && !is_unsigned) return s;
    const auto rest = s.substr(is_signed ? 7 : 9);
    std::string out = is_signed ? "signed" : "unsigned", bounds;
    if (rest.starts_with("quantity")) {
        const auto quote = rest.find('"'), end = rest.find('"', quote + 1);
        const auto unit = rest.substr(quote + 1, end - quote - 1);
        out += " " + show(value(trimmed(rest.substr(9, quote - 9)))) + " " + (unit.empty() ? "1" : unit);
        bounds = rest.substr(end + 1);
    } else {
        bounds = rest.substr(7);
    }
    std::vector<std::string> words;
    for (std::size_t at = 0; at < bounds.size();) {
        const auto end = std::min(bounds.find(' ', at), bounds.size());
        if (end > at) words.push_back(bounds.substr(at, end - at));
        at = end + 1;
    }
    for (std::size_t i = 0; i + 1 < words.size(); i += 2) out += " " + words[i] + show(value(words[i + 1]));
    return out;
}

std::string our_coding(const Node& n) {
    std::string out;
    switch (n.coding) {
        case Coding::raw:
            return "raw";
        case Coding::octal:
            return "octal";
        case Coding::ascii:
            return "ascii";
        case Coding::icao:
            return "icao";
        case Coding::bds:
            return n.unit.empty() ? "bds" : "bds " + std::string(n.unit);
        case Coding::table:
            out = "table";
            for (const Meaning& m : n.table()) out += " " + std::to_string(m.value);
            return out;
        case Coding::integer:
            out = n.is_signed ? "signed" : "unsigned";
            break;
        case Coding::quantity:
            out = std::string(n.is_signed ? "signed " : "unsigned ") + show(n.lsb) + " " + std::string(n.unit);
            break;
    }
    for (const Limit& l : n.bounds()) out += " " + std::string(l.relation) + show(l.value);
    return out;
}

using Lines = std::vector<std::string>;

std::string selectors(std::string text) {
    std::erase(text, '(');
    std::erase(text, ')');
    std::erase(text, ' ');
    if (!text.empty() && text.back() == ':') text.pop_back();
    return text;
}

void oracle_variation(const std::string& name, const Tree& owner, const std::string& pad, Lines& out);

void oracle_members(const Tree& t, const std::string& pad, Lines& out) {
    for (const Tree& m : t.below) {
        if (prose(m)) continue;
        if (m.text == "-" || m.text.starts_with("spare "))
            out.push_back(pad + m.text);
        else
            oracle_variation(name_of(m.text), m, pad, out);
    }
}

/// The one thing beneath `owner` that is not prose.
void oracle_variation(const std::string& name, const Tree& owner, const std::string& pad, Lines& out) {
    for (const Tree& v : owner.below) {
        if (prose(v)) continue;
        const auto& s = v.text;
        if (s.starts_with("element ")) {
            const Tree& c = v.below.at(0);
            if (!c.text.starts_with("case")) {
                out.push_back(pad + name + " " + s.substr(8) + " " + oracle_coding(c));
            } else {
                out.push_back(pad + name + " " + s.substr(8) + " case " + selectors(c.text.substr(4)));
                for (const Tree& w : c.below)
                    out.push_back(pad + "  when " + selectors(w.text) + " " + oracle_coding(w.below.at(0)));
            }
        } else if (s.starts_with("case")) {
            out.push_back(pad + name + " case " + selectors(s.substr(4)));
            for (const Tree& w : v.below) oracle_variation("when " + selectors(w.text), w, pad + "  ", out);
        } else if (s.starts_with("explicit")) {
            out.push_back(pad + name + " explicit");
        } else if (s.starts_with("repetitive")) {
            out.push_back(pad + name + " " + s);
            oracle_variation("", v, pad + "  ", out);
        } else {
            out.push_back(pad + name + " " + s);
            oracle_members(v, pad + "  ", out);
        }
        return;
    }
}

void our_node(const Node& n, const std::string& name, const std::string& pad, Lines& out) {
    const auto all = [&] {
        for (const Node& c : n.nodes()) our_node(c, std::string(c.name), pad + "  ", out);
    };
    const auto head = pad + name + " ";
    switch (n.kind) {
        case Kind::spare:
            out.push_back(pad + "spare " + std::to_string(n.bits));
            break;
        case Kind::absent:
            out.push_back(pad + "-");
            break;
        case Kind::element:
            out.push_back(head + std::to_string(n.bits) + " " + our_coding(n));
            break;
        case Kind::group:
            out.push_back(head + "group"), all();
            break;
        case Kind::opaque:
            out.push_back(head + "explicit");
            break;
        case Kind::compound:
            out.push_back(head + "compound" + (n.octets ? " " + std::to_string(n.octets) : "")), all();
            break;
        case Kind::repetitive:
            out.push_back(head + "repetitive " + (n.octets ? std::to_string(n.octets) : "fx"));
            our_node(*n.child, "", pad + "  ", out);
            break;
        case Kind::extended:
            out.push_back(head + "extended");
            for (const Node& e : n.nodes()) {
                for (const Node& c : e.nodes()) our_node(c, std::string(c.name), pad + "  ", out);
                if (e.octets) out.push_back(pad + "  -");
            }
            break;
        case Kind::choice: {
            // The oracle says the width once for elements, in each alternative where those may be groups.
            const bool outside =
                std::any_of(n.nodes().begin(), n.nodes().end(), [](const Node& c) { return c.kind == Kind::group; });
            out.push_back(head + (outside ? "" : std::to_string(n.bits) + " ") + "case " + std::string(n.selectors));
            for (const Node& c : n.nodes()) {
                const auto when = "when " + (c.when.empty() ? "default" : std::string(c.when));
                if (outside)
                    our_node(c, when, pad + "  ", out);
                else
                    out.push_back(pad + "  " + when + " " + our_coding(c));
            }
            break;
        }
        default:
            break;
    }
}

void oracle_uap(const Tree& t, const std::string& name, Lines& out) {
    out.push_back("uap" + name);
    for (const Tree& f : t.below) out.push_back("  " + f.text);
}

Lines oracle_lines(const Tree& root) {
    Lines out;
    if (root.below.at(0).text.starts_with("ref")) {
        Tree owner;
        owner.below = {*root.find("compound")};
        oracle_variation("RE", owner, "", out);
        return out;
    }
    for (const Tree& item : root.find("items")->below) oracle_variation(name_of(item.text), item, "", out);
    const Tree* several = root.find("uaps");
    if (!several) {
        oracle_uap(*root.find("uap"), "", out);
        return out;
    }
    for (const Tree& u : several->find("variations")->below) oracle_uap(u, " " + u.text, out);
    const Tree* choice = several->find("case");
    out.push_back("select " + choice->text.substr(5));
    for (const Tree& row : choice->below) out.push_back("  " + row.text);
    return out;
}

Lines our_lines(const Edition& e) {
    Lines out;
    for (const Item& i : e.all()) our_node(*i.node, std::string(i.node->name), "", out);
    for (const Uap& u : e.orders()) {
        out.push_back("uap" + (u.name.empty() ? "" : " " + std::string(u.name)));
        for (const Item* i : u.order()) out.push_back("  " + (i ? std::string(i->node->name) : "-"));
    }
    if (!e.selector.empty()) out.push_back("select " + std::string(e.selector));
    for (const Choice& c : e.variants())
        out.push_back("  " + std::to_string(c.value) + ": " + std::string(e.uap[c.uap].name));
    return out;
}

TEST(Oracle, EveryTableIsItsEqual) {
    ASMAN_NEED(std::filesystem::exists(specs), specs);
    std::size_t compared = 0, lines = 0, marked = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(specs)) {
        if (file.path().extension() != ".ast") continue;
        const auto stem = file.path().stem().string();
        const bool expansion = stem.starts_with("ref-");
        const auto category = std::stoi(file.path().parent_path().filename().string().substr(3));
        const auto* e = find_edition(static_cast<std::uint8_t>(category), stem.substr(4), expansion);
        ASSERT_NE(e, nullptr) << "no table for " << file.path();
        EXPECT_TRUE(e->oracle) << file.path();
        const auto want = oracle_lines(read_tree(file.path())), have = our_lines(*e);
        ++compared;
        lines += want.size();
        for (std::size_t i = 0; i < std::max(want.size(), have.size()); ++i) {
            const auto& w = i < want.size() ? want[i] : std::string("(end)");
            const auto& h = i < have.size() ? have[i] : std::string("(end)");
            if (w == h) continue;
            ADD_FAILURE() << file.path().filename() << " of " << category << " line " << i << "\n oracle: " << w
                          << "\n ours:   " << h;
            break;
        }
    }
    for (const Edition* e : editions()) marked += e->oracle;
    EXPECT_EQ(compared, marked) << "tables say that they have an oracle, and it is not there";
    EXPECT_GT(lines, 10'000u);
}

/// Lines of each item of `e` that `base` has not ("+") and the other way round ("-"), in order.
Lines differences(const Edition& e, const Edition& base) {
    Lines out;
    const auto lines_of = [](const Edition& edition, std::string_view name) {
        Lines lines;
        if (const Item* i = edition.find(name)) our_node(*i->node, std::string(name), "", lines);
        return lines;
    };
    for (const Item& item : e.all()) {
        const std::string name(item.node->name);
        auto mine = lines_of(e, name), theirs = lines_of(base, name);
        // The longest common lines stay out.
        std::vector<std::vector<std::size_t>> common(mine.size() + 1, std::vector<std::size_t>(theirs.size() + 1));
        for (std::size_t i = mine.size(); i-- > 0;)
            for (std::size_t j = theirs.size(); j-- > 0;)
                common[i][j] =
                    mine[i] == theirs[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
        std::size_t i = 0, j = 0;
        while (i < mine.size() || j < theirs.size()) {
            if (i < mine.size() && j < theirs.size() && mine[i] == theirs[j])
                ++i, ++j;
            else if (j == theirs.size() || (i < mine.size() && common[i + 1][j] >= common[i][j + 1]))
                out.push_back(name + " +" + mine[i++]);
            else
                out.push_back(name + " -" + theirs[j++]);
        }
    }
    for (const Item& item : base.all())
        if (!e.find(item.node->name)) out.push_back(std::string(item.node->name) + " is not there");
    const auto order = [](const Edition& edition) {
        Lines names;
        for (const Item* i : edition.uap->order()) names.emplace_back(i ? i->node->name : "-");
        return names;
    };
    if (order(e) != order(base)) out.push_back("another UAP");
    return out;
}

struct Neighbour {
    std::uint8_t category;
    const char *edition, *base;  ///< `base` has an oracle, or differs from one that has as said in its own row
    Lines differences;
};

/// What the sources of the tables without an oracle say, against the next edition that has one.
const std::vector<Neighbour>& neighbours() {
    static const std::vector<Neighbour> all{
        {10,
         "0.31",
         "1.1",
         {"202 +  VX 16 signed 0.25 m/s >=-8192 <=8192", "202 +  VY 16 signed 0.25 m/s >=-8192 <=8192",
          "202 -  VX 16 signed 0.0625 m/s >=-8192 <=8192", "202 -  VY 16 signed 0.0625 m/s >=-8192 <=8192",
          "210 +  AX 8 signed 0.25 m/s² >=-31 <=31", "210 +  AY 8 signed 0.25 m/s² >=-31 <=31",
          "210 -  AX 8 signed 0.0625 m/s² >=-31 <=31", "210 -  AY 8 signed 0.0625 m/s² >=-31 <=31"}},
        {20, "1.5", "1.9", {"500 +    XY 16 signed 0.25 1", "500 -    XY 16 unsigned 0.25 1"}},
        {34, "1.26", "1.27", {}},
        {48,
         "1.15",
         "1.27",
         {"020 +  spare 2", "020 -  ERR 1 table 0 1", "020 -  XPP 1 table 0 1",
          "030 +   7 table 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
          "030 -   7 table 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31",
          "090 +  FL 14 signed 0.25 FL", "090 -  FL 14 unsigned 0.25 FL", "230 +  STAT 3 table 0 1 2 3 4 5",
          "230 +  spare 2", "230 -  STAT 3 table 0 1 2 3 4 5 7", "230 -  SI 1 table 0 1", "230 -  spare 1"}},
        {48,
         "1.21",
         "1.27",
         {"020 +  spare 1", "020 -  ERR 1 table 0 1",
          "030 +   7 table 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23",
          "030 -   7 table 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31",
          "090 +  FL 14 signed 0.25 FL", "090 -  FL 14 unsigned 0.25 FL"}},
        {48,
         "1.23",
         "1.27",
         {"030 +   7 table 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23",
          "030 -   7 table 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31",
          "090 +  FL 14 signed 0.25 FL", "090 -  FL 14 unsigned 0.25 FL"}},
        {62,
         "1.12",
         "1.16",
         {"080 -  SDS 2 table 0 1 2 3", "080 -  EMS 3 table 0 1 2 3 4 5 6 7", "080 -  PFT 1 table 0 1",
          "080 -  FPLT 1 table 0 1", "080 -  -", "080 -  DUPT 1 table 0 1", "080 -  DUPF 1 table 0 1",
          "080 -  DUPM 1 table 0 1", "080 -  spare 4", "080 -  -", "340 +  HEIGHT 16 signed 25 ft",
          "340 -  HEIGHT 16 unsigned 25 ft"}},
        {63, "1.0", "1.6", {}},
        {65, "1.3", "1.4", {"040 +  spare 2", "040 -  STTN 1 raw", "040 -  spare 1"}},
    };
    return all;
}

TEST(Oracle, WhatHasNoneDiffersFromItsNeighbourAsItsSourceSays) {
    std::size_t without = 0;
    for (const Edition* e : editions()) without += !e->oracle;
    EXPECT_EQ(without, neighbours().size() + 1) << "062 0.17 is of its own kind: a recording proves it";
    for (const auto& n : neighbours()) {
        const auto *e = find_edition(n.category, n.edition), *base = find_edition(n.category, n.base);
        ASSERT_TRUE(e && base) << +n.category << " " << n.edition;
        EXPECT_FALSE(e->oracle);
        EXPECT_TRUE(base->oracle);
        EXPECT_FALSE(e->source.empty()) << "a table without an oracle names its source";
        EXPECT_EQ(differences(*e, *base), n.differences) << +n.category << " " << n.edition;
    }
}

TEST(Oracle, ATableSurvivesItsOwnText) {
    SpecSet set;
    for (const Edition* e : editions()) {
        const auto text = to_text(*e);
        const auto again = set.add("again", text);
        ASSERT_TRUE(again) << again.error().text();
        EXPECT_EQ(our_lines(**again), our_lines(*e)) << +e->category << " " << e->number;
        EXPECT_EQ(to_text(**again), text);
    }
}

TEST(Oracle, AWrongTableIsRefusedWithItsLine) {
    const auto refused = [](std::string_view text) {
        SpecSet set;
        const auto e = set.add("t.txt", text);
        return e ? std::string("accepted") : e.error().text();
    };
    EXPECT_EQ(refused("category 999\n"), "t.txt:1: a category is a number up to 255");
    EXPECT_EQ(refused("category 48\nedition 1.0\n010 grp\n"), "t.txt:3: unknown kind 'grp'");
    EXPECT_EQ(refused("category 48\nedition 1.0\n010 8 signed 1/0 NM\n"),
              "t.txt:3: a quantity needs the value of its least significant bit and a unit");
    EXPECT_EQ(refused("category 48\nedition 1.0\n020 extended\n  A 6\n  -\n"),
              "t.txt:3: an extent does not fill octets");
    EXPECT_EQ(refused("category 48\nedition 1.0\n010 8\nuap\n  010 020\n"),
              "t.txt:4: the UAP names '020', which is no item");
    EXPECT_EQ(refused("category 48\nedition 1.0\n010 = 0.9\n"),
              "t.txt:3: edition 0.9 of this category has no item '010', or was not read before");
}

}  // namespace
}  // namespace asman::asterix
