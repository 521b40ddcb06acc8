// Which of two tracks is which aircraft, after they could not be told apart: both accounts, until later evidence
// decides.
//
// The filters of a pair that came together and parted are right as a set whichever went where (Svensson, Svensson,
// Guerriero & Willett, "Set JPDA filter for multitarget tracking", IEEE TSP 59(10), 2011); what is in doubt is which of
// them goes on with which number (the mixed labelling of Boers, Sviestins & Driessen, "Mixed labelling in multitarget
// particle filtering", IEEE TAES 46(2), 2010). Two joint hypotheses are enough: as the tracks have it, and exchanged.
// Their odds run over all scans of all radars, and no state is kept twice.
#pragma once

#include "filter/vertical.hpp"

#include <asman/picture/nouns.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace asman::track {

/// What was known of an aircraft when it was last told apart from its neighbour.
struct Known {
    std::optional<std::uint32_t> address;
    double address_weight = 0;
    std::optional<picture::Mode3A> code;
    std::uint32_t replies = 0, echoes = 0;
    Vertical vertical;
    bool pressure_based = false;
    bool parted = false;
    std::optional<std::uint32_t> parted_from;
    double speed = 0, speed_variance = 1e9;  ///< m/s
    template <class Archive>
    void fields(Archive& a) {
        a(address, address_weight, code, replies, echoes, vertical, pressure_based, parted, parted_from, speed,
          speed_variance);
    }
};

/// Two labellings of two tracks.
struct Labelling {
    struct Side {
        std::uint32_t slot = 0, generation = 0;
        Known known;
        /// ln of what its replies since the last judgement say for the other labelling. Written where its track is.
        double told = 0;
        /// The latest heights that were surely its own, since the two were told apart again.
        double height_at = -1e9, height = 0;
        int heights = 0;  ///< that agree, in a row
        template <class Archive>
        void fields(Archive& a) {
            a(slot, generation, known, told, height_at, height, heights);
        }
    };
    Side side[2];
    double odds = 0;                  ///< ln of exchanged : kept, by identities, without heights and speeds
    double whole = 0;                 ///< with them
    double opened = 0, together = 0;  ///< since when; when they were last not told apart
    double judged = -1e9;             ///< when `whole` was last worked out
    template <class Archive>
    void fields(Archive& a) {
        a(side, odds, whole, opened, together, judged);
    }
    int side_of(std::uint32_t slot) const { return side[1].slot == slot; }
    double exchanged() const;  ///< probability
};

/// ln odds after a scan whose two plots may have been taken the wrong way round with probability q ≤ ½.
double confused(double odds, double q);
/// ln of what a value says for one of two predictions against the other, where most aircraft go on as they are.
double steadier(double value, double one, double variance_one, double other, double variance_other, double drift);

}  // namespace asman::track
