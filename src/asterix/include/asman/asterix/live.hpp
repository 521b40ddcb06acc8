// The editions of a live feed: nothing of a source is decoded before the first of its records have shown which edition
// it speaks.
#pragma once

#include <asman/asterix/probe.hpp>

#include <deque>

namespace asman::asterix {

/// What bounds the waiting. A source is one SAC/SIC; all that it sends stays in order.
struct LiveLimits {
    std::uint64_t clear = 3;      ///< so many records to which an edition has nothing to object decide for it
    std::uint64_t records = 16;   ///< so many decide in any case; so do as many datagrams of one source that wait
    std::uint64_t watched = 512;  ///< records that are looked at after that, at 32, 64 … of them: a mistake is mended
    std::size_t octets = 1 << 20;  ///< of all datagrams that wait; beyond it all are decided on what there is
};

/// What the records of one source in one category decided. Given once, and again only where later ones refute it.
struct EditionDecision {
    EditionGuess guess;
    const Edition* edition = nullptr;  ///< as which it is read from now on; nullptr: its blocks are opaque
    const Edition* told = nullptr;     ///< the edition that was told, where one was
    std::optional<Refuted> refuted;    ///< that the data refute it
    std::uint64_t records = 0;         ///< on which it rests; a block that cannot be read counts as one
    bool again = false;                ///< it was decided otherwise before
    /// Something that a person should look at: the data refute what was told or what category 247 says, or no edition
    /// reads them (well).
    bool odd() const { return refuted || !edition || guess.mistaken || guess.doubtful(); }
    /// "category 062 of 25/100: edition 0.17 (certainty 0.98; next 1.12), by 16 records"
    std::string text() const;
};

/// Between the socket and the DatagramReader:
///
///     live.add(frame);
///     while (const Frame* ready = live.next()) decode(*ready, live.editions());
///
/// What comes out depends on the datagrams alone, not on when they came: a replay decides alike.
class LiveEditions {
  public:
    /// `told`: the categories that `base` tells the editions of; one that the data refute is opaque unless `insist`.
    explicit LiveEditions(Editions base = {}, std::vector<std::uint8_t> told = {}, bool insist = false,
                          LiveLimits limits = {});
    /// A datagram; copied where it must wait. Everything that is ready must have been taken by next() before.
    void add(const Frame& frame);
    /// Nothing more will come: decides on what there is.
    void finish();
    /// The next datagram to decode; nullptr: there is none yet. Valid until the next call of any of these.
    const Frame* next();
    /// By which next() is to be read. Changes with add() only.
    const Editions& editions() const { return editions_; }
    /// Since the last call.
    std::vector<EditionDecision> take_decisions();
    /// Datagrams that wait, and what they hold.
    std::size_t waiting() const { return waiting_.size(); }
    std::size_t waiting_octets() const { return octets_; }

  private:
    using Key = std::pair<std::uint8_t, std::optional<Source>>;
    struct Standing {
        bool decided = false, watched = true;
        const Edition* edition = nullptr;
        std::uint64_t next = 0;  ///< records at which it is judged again
    };
    struct Waiting {
        Frame frame;
        std::vector<std::byte> bytes;
        std::vector<std::optional<Source>> sources;
    };
    std::vector<Key> look(const Frame& frame);
    static std::vector<std::optional<Source>> sources_of(Bytes datagram);
    bool is_told(std::uint8_t category) const;
    bool undecided(const std::optional<Source>& source) const;
    void judge(const Key& key, Standing& standing);
    void decide(const Key& key, Standing& standing);
    void decide_all();
    void use(const Key& key, const Edition* edition);
    void release();

    Editions base_, editions_;
    std::vector<std::uint8_t> told_;
    bool insist_;
    LiveLimits limits_;
    EditionProbe probe_;
    /// By one comparison of numbers: every block of every datagram asks.
    struct Less {
        static std::uint32_t number(const Key& k) {
            const auto& [category, source] = k;
            return std::uint32_t{category} << 17 |
                   (source ? 1U << 16 | std::uint32_t{source->sac} << 8 | source->sic : 0U);
        }
        bool operator()(const Key& a, const Key& b) const { return number(a) < number(b); }
    };
    std::map<Key, Standing, Less> standings_;
    std::size_t undecided_ = 0;
    std::deque<Waiting> waiting_, ready_;
    std::size_t octets_ = 0;
    Waiting current_;
    std::optional<Frame> passing_;
    std::vector<EditionDecision> decisions_;
};

}  // namespace asman::asterix
