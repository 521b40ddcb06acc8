// Which edition does a source speak? Every edition of a category reads a sample; the one that fits best is taken, and
// how sure that is is said.
#pragma once

#include <asman/asterix/decode.hpp>
#include <asman/asterix/frames.hpp>

namespace asman::asterix {

/// Elements of a record that cannot be meant: beyond the bounds of the table, spare bits set, text that is none, a time
/// of day beyond the day, a value that the table of meanings does not have.
unsigned implausible(const Record& record);

/// What the blocks of one source in one category came to.
struct EditionGuess {
    std::uint8_t category = 0;
    std::optional<Source> source;      ///< of item 010; absent where a record has none
    const Edition* edition = nullptr;  ///< the best, the newest of equals
    const Edition* rival = nullptr;    ///< the best that reads otherwise; nullptr: all read alike
    std::uint64_t blocks = 0, failed = 0, records = 0, implausible = 0;  ///< as `edition` reads them
    double certainty = 0;                                                ///< 0 to 1: how much better than the rival
    bool newest = false;  ///< it is the newest compiled in, or reads like it
    /// Not even the best reads this well: more than every tenth block fails, or two elements a record are implausible.
    bool doubtful() const { return failed * 10 > blocks || implausible > 2 * records; }
    /// "category 062 of 25/100: edition 0.17 (certainty 0.98, rather than 1.12)"
    std::string text() const;
};

class EditionProbe {
  public:
    /// Looks at a datagram. Sources beyond the first 256 are left to the default.
    void add(Bytes datagram);
    std::vector<EditionGuess> guesses() const;
    /// `base` with the best edition of every source that was seen.
    Editions apply(Editions base) const;

  private:
    struct Score {
        std::uint64_t failed = 0, records = 0, implausible = 0;
    };
    struct Candidate {
        std::uint64_t blocks = 0;
        std::vector<Score> scores;  ///< by edition of the category, oldest first
    };
    std::map<std::pair<std::uint8_t, std::optional<Source>>, Candidate> seen_;
};

/// Probes up to `frames` datagrams of a recording.
EditionProbe probe(FrameReader& recording, std::size_t frames = 500);

}  // namespace asman::asterix
