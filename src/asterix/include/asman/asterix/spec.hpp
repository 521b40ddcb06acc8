// What a specification says about a category: its items, their bits, and the order in which a record carries them.
// The same structures serve tables parsed from text and the tables that are compiled into the library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace asman::asterix {

using Bytes = std::span<const std::byte>;

enum class Kind : std::uint8_t {
    element,     ///< a number of bits with a meaning
    spare,       ///< bits without one; zero in a canonical record
    group,       ///< members one after the other
    extended,    ///< extents, each but perhaps the last ended by a bit that says whether another follows
    extent,      ///< members, and the extension bit where `octets` is 1
    repetitive,  ///< a count in `octets` octets, then so many of the child; `octets` 0: one octet each, ended by a bit
    opaque,      ///< a length octet that counts itself, then bytes (explicit items: SP, RE)
    compound,    ///< a sub-field specification, then those of the children that it names; `octets` 0: chained by bits
    choice,      ///< one of the children, all of one width, by the value of other elements
    absent,      ///< a position of a compound item that is not used
    random,      ///< random field sequencing of 001, 002, 008: a count, then field number and item, each
};

enum class Coding : std::uint8_t { raw, table, integer, quantity, octal, ascii, icao, bds };

/// A bound on a value: `text` as in the table ("-90", "255/4").
struct Limit {
    std::string_view relation = {};  ///< "<", "<=", ">", ">="
    std::string_view text = {};
    double value = 0;
};

/// One line of a table: the meaning of one value.
struct Meaning {
    std::uint32_t value = 0;
    std::string_view text = {};
};

/// A piece of an item, and of its pieces in turn.
struct Node {
    Kind kind = Kind::element;
    Coding coding = Coding::raw;
    bool is_signed = false;
    std::uint8_t octets = 0;          ///< see Kind
    std::uint32_t bits = 0;           ///< width where it is fixed, else 0; an extent counts its extension bit
    std::string_view name = {};       ///< "SAC"; empty for the only child of a repetitive item
    std::string_view title = {};      ///< "System Area Code"; may be empty
    std::string_view unit = {};       ///< of a quantity, as in the table: "NM", "°", "FL"; "1" without dimension
    std::string_view lsb_text = {};   ///< "180/2^23"
    std::uint8_t decimals = 0;        ///< digits after the point that tell the values of a quantity apart
    double lsb = 1;                   ///< value of the least significant bit, in `unit`
    std::string_view selectors = {};  ///< choice: paths of the elements that choose, split by commas ("380/IAS/IM")
    std::string_view when = {};       ///< child of a choice: values of the selectors, split by commas; empty: otherwise
    const Node* child = nullptr;
    std::uint32_t children = 0;
    const Meaning* meaning = nullptr;
    std::uint32_t meanings = 0;
    const Limit* limit = nullptr;
    std::uint32_t limits = 0;

    std::span<const Node> nodes() const { return {child, children}; }
    std::span<const Meaning> table() const { return {meaning, meanings}; }
    std::span<const Limit> bounds() const { return {limit, limits}; }
    /// The child of that name, or nullptr.
    const Node* find(std::string_view child_name) const;
    /// The text for a value of a table, or an empty one.
    std::string_view text(std::uint64_t value) const;
};

/// An item of a category. `slot` numbers the distinct items of a category over all its editions: equal items of two
/// editions share it, and with it their type.
struct Item {
    const Node* node = nullptr;
    std::uint16_t slot = 0;
    std::string_view since = {};  ///< the edition whose table spells it out
};

/// The order of items in a record; nullptr where a field number is not used. At most 255.
struct Uap {
    std::string_view name = {};
    const Item* const* item = nullptr;
    std::uint32_t items = 0;
    std::span<const Item* const> order() const { return {item, items}; }
};

/// Which UAP, by the value of an element ("020/TYP": 0 plot, 1 track).
struct Choice {
    std::uint32_t value = 0;
    std::uint32_t uap = 0;
};

/// The largest number of slots of a category, and of items of an edition.
inline constexpr std::size_t max_slots = 128;

struct Edition {
    std::uint8_t category = 0;
    bool expansion = false;        ///< of the reserved expansion field (RE), not of the category
    bool oracle = false;           ///< compared with an independent machine-readable specification
    std::string_view number = {};  ///< "1.32"
    std::string_view title = {};
    std::string_view date = {};    ///< of the standard, "2024-07-01"; may be empty
    std::string_view source = {};  ///< whence the figures, where there is no oracle
    const Item* item = nullptr;
    std::uint32_t items = 0;
    const Uap* uap = nullptr;
    std::uint32_t uaps = 0;
    std::string_view selector = {};  ///< path of the element that chooses the UAP; empty: there is one UAP
    const Choice* choice = nullptr;
    std::uint32_t choices = 0;
    std::uint32_t slots = 0;  ///< every slot of the category is below it

    std::span<const Item> all() const { return {item, items}; }
    std::span<const Uap> orders() const { return {uap, uaps}; }
    std::span<const Choice> variants() const { return {choice, choices}; }
    /// The item of that name ("048" has "010"), or nullptr.
    const Item* find(std::string_view name) const;
};

/// Editions compiled into the library, by category, then expansions after editions, oldest first.
std::span<const Edition* const> editions();
/// One of them; an empty number is the newest. nullptr: not known.
const Edition* find_edition(std::uint8_t category, std::string_view number = {}, bool expansion = false);
/// What a category is called, with a table or without: "ARTAS Track Messages". Empty: not known here.
std::string_view category_name(std::uint8_t category);
/// Older than, by numbers: "1.9" before "1.10".
bool older(std::string_view a, std::string_view b);

struct SpecError {
    std::string file;
    std::uint32_t line = 0;
    std::string reason;
    std::string text() const;
};

/// Tables read from text (docs/asterix.md describes the format). Owns everything its editions point to; must not be
/// copied while they are in use.
class SpecSet {
  public:
    SpecSet() = default;
    SpecSet(const SpecSet&) = delete;
    SpecSet& operator=(const SpecSet&) = delete;
    SpecSet(SpecSet&&) = default;
    SpecSet& operator=(SpecSet&&) = default;

    /// Reads one table. "NAME = 1.27" refers to an edition of the same category added before. The slots of its items
    /// are their places in the table.
    std::expected<const Edition*, SpecError> add(std::string_view file, std::string_view text);
    std::span<const Edition* const> editions() const { return order_; }

  private:
    friend class SpecParser;
    std::string_view keep(std::string_view text);

    std::deque<std::string> strings_;
    std::deque<std::vector<Node>> nodes_;
    std::deque<std::vector<Meaning>> meanings_;
    std::deque<std::vector<Limit>> limits_;
    std::deque<std::vector<Item>> items_;
    std::deque<std::vector<const Item*>> uap_items_;
    std::deque<std::vector<Uap>> uaps_;
    std::deque<std::vector<Choice>> choices_;
    std::deque<Edition> editions_;
    std::vector<const Edition*> order_;
};

/// The table of an edition as text, with every item spelt out.
std::string to_text(const Edition& edition);

}  // namespace asman::asterix
