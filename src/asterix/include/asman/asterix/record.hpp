// A record as it lies in its datagram, with the places of its items. Nothing is copied: a Record is valid as long as
// the bytes it was read from.
#pragma once

#include <asman/asterix/spec.hpp>

#include <array>
#include <optional>

namespace asman::asterix {

/// What can be wrong with bytes.
enum class Fault : std::uint8_t {
    none,
    truncated_block,    ///< fewer octets than the block's length says
    bad_length,         ///< a block's length below 3
    truncated_record,   ///< the field specification runs past the end of the block
    truncated_item,     ///< an item runs past the end of the block
    unknown_field,      ///< a field number which the edition does not use
    unknown_subfield,   ///< a sub-field of a compound item which the edition does not use
    unknown_extension,  ///< an extent which the edition does not know
    zero_length,        ///< an explicit item of length 0
    out_of_range,       ///< encoding: a value that its bits cannot hold
    unknown_item,       ///< encoding: an item that the edition does not have
    too_long,           ///< encoding: more than a block, a count or a length octet can hold
    bad_value,          ///< encoding: text that is not of its kind
};
/// "item runs past the end of the block"
std::string_view name(Fault fault);

/// A fault and its place.
struct Problem {
    Fault fault = Fault::none;
    std::uint8_t category = 0;
    std::uint64_t datagram = 0;  ///< counted from 0 by the reader
    std::uint32_t offset = 0;    ///< octets from the start of the datagram
    std::string_view item = {};  ///< "130", empty where no item is concerned; belongs to the edition's table
    /// "datagram 12, offset 40, category 048 item 130: an item runs past the end of the block"
    std::string text() const;
};

struct Source {
    std::uint8_t sac = 0, sic = 0;
    auto operator<=>(const Source&) const = default;
};

struct Record {
    const Edition* edition = nullptr;
    const Edition* expansion = nullptr;  ///< for RE; nullptr: its bytes are not interpreted
    const Uap* uap = nullptr;
    Bytes bytes;                              ///< from the field specification to the last item
    std::uint32_t offset = 0;                 ///< of the record in its datagram
    std::uint16_t fspec = 0;                  ///< octets of the field specification
    std::array<std::uint16_t, max_slots> at;  ///< by slot: offset of the item in `bytes`; 0: not there

    std::uint8_t category() const { return edition->category; }
    const std::byte* item(std::size_t slot) const { return at[slot] ? bytes.data() + at[slot] : nullptr; }
    bool has(std::string_view item_name) const;
    /// The bytes of an item, empty where it is absent.
    Bytes raw(std::string_view item_name) const;
    Bytes raw(const Item& item) const;
    /// SAC and SIC of item 010.
    std::optional<Source> source() const;
};

/// Indexes the record at the start of `bytes` (the rest of its block). On success `record.bytes` is cut to its length.
/// On failure `problem` has fault, item and the offset within `bytes`. Never reads past the end.
bool index_record(const Edition& edition, Bytes bytes, Record& record, Problem& problem);

/// Octets that `node` takes at the start of `bytes`; 0 and a fault where it does not fit.
std::size_t measure(const Node& node, Bytes bytes, Fault& fault);

/// Unsigned value of `width` (1 to 64) bits that start `bit` bits after `p`, most significant first.
std::uint64_t get_bits(const std::byte* p, std::size_t bit, std::size_t width);

/// The raw bits of an element by path ("020/TYP", "380/IAS/IM"), if the record carries it.
std::optional<std::uint64_t> element(const Record& record, std::string_view path);

/// The value of a quantity by path ("140", "105/LAT"), in the unit of the table.
std::optional<double> quantity(const Record& record, std::string_view path);

/// Ways to say with other bytes what a record says. An encoder of asman writes none of them; a record that has none is
/// canonical, and comes back from its values byte for byte.
enum class Irregular : std::uint8_t {
    none,
    spare_bits,      ///< spare bits that are set
    empty_octets,    ///< a field specification with octets at its end that name nothing
    bare_extent,     ///< a last extent that holds spare bits only
    random_fields,   ///< items by random field sequencing (001, 002, 008)
    repeated_field,  ///< an item that is there twice
};
std::string_view name(Irregular irregular);

struct Irregularity {
    Irregular what = Irregular::none;
    std::string_view item = {};  ///< "271"; empty where the record's own field specification is meant
};
/// The first irregularity of a record.
Irregularity irregularity(const Record& record);

}  // namespace asman::asterix
