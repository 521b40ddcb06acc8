// From a datagram to its records. Reading goes on at the next block where a record cannot be read.
#pragma once

#include <asman/asterix/record.hpp>

#include <map>

namespace asman::asterix {

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
    /// The edition of the reserved expansion field; an empty number: leave it uninterpreted.
    bool set_expansion(std::uint8_t category, std::string_view number);
    /// nullptr: the category is not known, and its blocks are opaque.
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
    opaque,   ///< a block of a category without an edition: `bytes` is its payload
    problem,  ///< `problem` says what; reading goes on at the next block
    trailer,  ///< up to 16 octets after the last block that are no block: `bytes`
};

/// What next() found. Valid until the next call.
struct Event {
    What what = What::record;
    std::uint8_t category = 0;
    Record record;
    Bytes bytes = {};
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
    const Event* next();

  private:
    const Event* next_block();
    const Event* next_record();
    const Event* fail(Fault fault, std::size_t offset);
    const Edition* choose() const;

    Bytes bytes_;
    const Editions* editions_;
    std::uint64_t number_;
    std::size_t at_ = 0;   ///< next block, or next record within a block
    std::size_t end_ = 0;  ///< of the block that is being read
    std::size_t blocks_ = 0;
    Event event_;
};

}  // namespace asman::asterix
