// From a datagram to its records. Reading goes on at the next block where a record cannot be read.
#pragma once

#include <asman/asterix/record.hpp>

#include <map>
#include <string>
#include <vector>

namespace asman::asterix {

/// What a version number exchange says of one category.
struct Announced {
    std::uint8_t category = 0;
    std::string number;                ///< "2.1"
    const Edition* edition = nullptr;  ///< nullptr: there is no table of it
};
/// Item 247/550; empty for a record of another category.
std::vector<Announced> announced(const Record& message);

/// Which edition reads which category, per source where sources differ. Newest compiled-in editions unless told.
class Editions {
  public:
    Editions();
    /// The edition for every source not named otherwise. False: there is no such edition.
    bool set(std::uint8_t category, std::string_view number);
    /// The edition for one source.
    bool set(std::uint8_t category, Source source, std::string_view number);
    /// A table of one's own (it must outlive this); expansions too.
    void set(const Edition& edition);
    void set(Source source, const Edition& edition);
    /// Blocks of this category (of this source) are not decoded: opaque.
    void set_opaque(std::uint8_t category) { any_[category] = nullptr; }
    void set_opaque(std::uint8_t category, Source source);
    /// The edition of the reserved expansion field; an empty number: leave it uninterpreted.
    bool set_expansion(std::uint8_t category, std::string_view number);
    /// What a version number exchange (a record of category 247) says of its sender's editions, from now on. Returns
    /// how many categories it set; those that it names in an edition without a table are left as they are.
    std::size_t learn(const Record& message);
    /// nullptr: the category is not known, or not to be decoded; its blocks are opaque.
    const Edition* find(std::uint8_t category, std::optional<Source> source = {}) const;
    const Edition* expansion(std::uint8_t category) const { return expansion_[category]; }

  private:
    std::array<const Edition*, 256> any_{};
    std::array<const Edition*, 256> expansion_{};
    std::array<bool, 256> mixed_{};
    std::map<std::pair<std::uint8_t, Source>, const Edition*> by_source_;
};

enum class What : std::uint8_t {
    record,   ///< `record` is valid
    opaque,   ///< a block (or the rest of one) of a category or source without an edition: `bytes`
    problem,  ///< `problem` says what; reading goes on at the next block
    trailer,  ///< up to 16 octets after the last block that are no block: `bytes`
};

/// What next() found. Valid until the next call.
struct Event {
    What what = What::record;
    std::uint8_t category = 0;
    /// SAC and SIC: of the record, or of the one before in its block where it has none; of a trailer: of the last
    /// block.
    std::optional<Source> source = {};
    Record record;
    Bytes bytes = {};  ///< opaque: the block's payload; problem: from what cannot be read to the end of its block
    Problem problem = {};
};

/// Reads one datagram:
///
///     DatagramReader reader(datagram, editions);
///     while (const Event* event = reader.next())
///         if (event->what == What::record) use(event->record);
class DatagramReader {
  public:
    DatagramReader(Bytes datagram, const Editions& editions, std::uint64_t number = 0)
        : bytes_(datagram), editions_(&editions), number_(number) {}
    /// Both must outlive the reader: temporaries do not.
    DatagramReader(Bytes, const Editions&&, std::uint64_t = 0) = delete;
    DatagramReader(std::vector<std::byte>&&, const Editions&, std::uint64_t = 0) = delete;
    const Event* next();

  private:
    const Event* next_block();
    const Event* next_record();
    const Event* fail(Fault fault, std::size_t offset);
    const Event* give_opaque();
    const Edition* choose();

    Bytes bytes_;
    const Editions* editions_;
    std::uint64_t number_;
    std::size_t at_ = 0;   ///< next block, or next record within a block
    std::size_t end_ = 0;  ///< of the block that is being read
    std::size_t blocks_ = 0;
    Event event_;
};

}  // namespace asman::asterix
