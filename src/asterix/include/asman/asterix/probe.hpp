// Which edition does a source speak? Every edition of a category reads a sample; the one that fits best is taken, and
// how sure that is is said.
#pragma once

#include <asman/asterix/decode.hpp>
#include <asman/asterix/frames.hpp>

namespace asman::asterix {

/// Elements of a record that cannot be meant: beyond the bounds of the table, spare bits set, text that is none, a time
/// of day beyond the day, a value that the table of meanings does not have.
unsigned implausible(const Record& record);

/// How one edition reads the sample of one source.
struct EditionFit {
    std::uint64_t blocks = 0, failed = 0, records = 0, implausible = 0;
    Problem first = {};  ///< of the first that failed
    /// Implausible elements a record, where a block that cannot be read counts as ten. 0: nothing to object to.
    double badness() const;
};

/// What the blocks of one source in one category came to.
struct EditionGuess {
    std::uint8_t category = 0;
    std::optional<Source> source;  ///< of item 010; absent where a record has none
    /// What category 247 says, where that fits; else the best, the newest of equals. nullptr: no edition reads most of
    /// the blocks, and they are better left as they are.
    const Edition* edition = nullptr;
    EditionFit fit;                     ///< as `edition` reads them, or the best where there is none
    std::vector<const Edition*> alike;  ///< the others that fit as well, oldest first
    const Edition* rival = nullptr;     ///< the best of those that fit less well; nullptr: there is none
    double certainty = 0;               ///< 0 to 1: how much better than the rival; 1 without one
    bool said = false;                  ///< category 247 said so
    const Edition* mistaken = nullptr;  ///< what category 247 said, where that does not fit
    bool newest = false;                ///< it is the newest compiled in, or that fits as well
    /// Even the best does not read this well: more than every tenth block fails, or two elements a record are
    /// implausible.
    bool doubtful() const { return fit.failed * 10 > fit.blocks || fit.implausible > 2 * fit.records; }
    /// "category 062 of 25/100: edition 0.17 (certainty 0.98; next 1.12)"
    std::string text() const;
    /// "category 062 of 25/100: "
    std::string text_of_source() const;
};

/// An edition that was told, but that the data refute: another reads them, this one does not.
struct Refuted {
    const Edition* told = nullptr;
    EditionFit fit;
    EditionGuess guess;
    /// "category 021 of 0/5: edition 2.6 does not fit (0 of 1 blocks fail, 4 implausible elements in 2 records), 0.26
    /// does"
    std::string text() const;
};

class EditionProbe {
  public:
    /// Looks at a datagram. Sources beyond the first 256 are left to the default.
    void add(Bytes datagram);
    /// The payload of one block, at `offset` of datagram number `datagram`.
    void add_block(std::uint8_t category, Bytes block, std::size_t offset, std::uint64_t datagram);
    std::vector<EditionGuess> guesses() const;
    /// Of one source; nothing where nothing of it was seen.
    std::optional<EditionGuess> guess(std::uint8_t category, std::optional<Source> source) const;
    /// How one edition reads one source.
    std::optional<EditionFit> fit(const Edition& edition, std::optional<Source> source) const;
    /// `base` with the edition of every source that was seen, but for the categories `told`; sources that no edition
    /// reads are opaque.
    Editions apply(Editions base, std::span<const std::uint8_t> told = {}) const;
    /// Sources whose edition in `told` is refuted by the data.
    std::vector<Refuted> refuted(const Editions& told) const;
    std::optional<Refuted> refuted(const Edition& told, std::optional<Source> source) const;

  private:
    using Key = std::pair<std::uint8_t, std::optional<Source>>;
    struct Seen {
        std::vector<EditionFit> fits;  ///< by edition of the category, oldest first
    };
    void hear(Bytes block);
    EditionGuess guess(const Key& key, const Seen& seen) const;

    std::map<Key, Seen> seen_;
    std::uint64_t datagrams_ = 0;
    std::map<std::pair<std::uint8_t, Source>, const Edition*> said_;  ///< by category 247
};

/// Probes up to `frames` datagrams of a recording.
EditionProbe probe(FrameReader& recording, std::size_t frames = 500);

}  // namespace asman::asterix
