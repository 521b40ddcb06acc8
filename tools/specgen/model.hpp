// The distinct items of a category over its editions, and the names that generated code gives them.
#pragma once

#include <asman/asterix/spec.hpp>

#include <map>
#include <string>
#include <vector>

namespace specgen {

using namespace asman::asterix;

/// Items of several editions that one type can read: the newest form, which has every field of the older ones.
struct Variant {
    const Node* node = nullptr;
    std::string name;  ///< "I020", or "I080_0_26" where a newer edition gives the item another layout
    std::size_t slot = 0;
    std::vector<std::string> editions;  ///< newest first
};

struct Category {
    std::uint8_t number = 0;
    std::string title;
    std::vector<const Edition*> editions;  ///< oldest first
    std::vector<const Edition*> expansions;
    std::vector<Variant> variants;  ///< by slot
    /// The slot of an item of one of the editions.
    std::map<const Item*, std::size_t> slots;
};

/// By number. Slots follow the order of items in the newest edition, then older ones.
std::vector<Category> categories(const SpecSet& set);

std::string three(std::uint8_t category);
/// A C++ identifier in lower case: "mode3a", "do_", "n1".
std::string identifier(std::string_view name);
/// The same for a type: "Mode3a".
std::string type_identifier(std::string_view name);
std::string quoted(std::string_view text);

/// All tables as constant data.
std::string emit_tables(const SpecSet& set, const std::vector<Category>& categories);
/// Typed views and values of a category: header and source.
std::string emit_header(const Category& category);
std::string emit_source(const Category& category);
/// The header that has all of them, and calls a function with the view of a record.
std::string emit_views(const std::vector<Category>& categories);

}  // namespace specgen
