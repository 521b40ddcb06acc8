// From values to data blocks.
#pragma once

#include <asman/asterix/record.hpp>

#include <vector>

namespace asman::asterix {

/// Builds one data block of several records:
///
///     BlockWriter block(cat048::category);
///     cat048::Fields f;
///     f.i010 = {.sac = 25, .sic = 13};
///     f.i140 = 3600.5;
///     if (!block.add(f)) report(block.problem());
///     send(block.finish());
class BlockWriter {
  public:
    /// `most`: octets that a block may have; the edition is the newest compiled in unless given.
    explicit BlockWriter(std::uint8_t category, std::size_t most = 1400, const Edition* edition = nullptr);

    /// Appends a record of generated Fields. False: it does not fit (fault too_long; finish() and add it again), or
    /// problem() says what is wrong with it; the block is as it was.
    template <class Fields>
    bool add(const Fields& fields) {
        const auto start = bytes_.size();
        problem_ = {};
        if (Fields::category != category_ || !edition_)
            problem_ = {.fault = Fault::unknown_item, .category = category_};
        else if (encode(fields, *edition_, bytes_, problem_))
            return keep(start);
        return false;
    }
    /// Appends a record as it is, from its field specification on.
    bool add_bytes(Bytes record);

    std::size_t records() const { return records_; }
    const Problem& problem() const { return problem_; }
    /// The block with its header, empty where there are no records. Valid until the next add(), which begins a new one.
    Bytes finish();

  private:
    bool keep(std::size_t start);
    std::uint8_t category_;
    std::size_t most_, records_ = 0;
    const Edition* edition_;
    std::vector<std::byte> bytes_;
    std::vector<std::byte> done_;
    Problem problem_;
};

}  // namespace asman::asterix
