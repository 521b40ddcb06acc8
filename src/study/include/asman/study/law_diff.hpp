// Two laws over the same recordings: which tracks, minutes and airspace each party gains or loses (what-if, shadow).
#pragma once

#include <asman/accord/law.hpp>
#include <asman/picture/nouns.hpp>

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace asman::study {

struct LawDiffOptions {
    std::vector<std::string> logs;       ///< input logs, one a state; folders are taken for all *.asmanlog in them
    std::optional<base::Time> law_time;  ///< where the law's clock stands at the start of each log; else as recorded
    double cell = 20'000;                ///< metres a side, of the grid that airspace is counted in
};

/// The same amount under both laws, and what only one of them gives.
template <typename T>
struct Amounts {
    T before{}, after{}, gained{}, lost{};
};

/// What one state gets of another's own data, directly or through others.
struct PairDiff {
    picture::State receiver, originator;
    Amounts<std::size_t> tracks, minutes;  ///< minutes: of each track, those in which it goes at all
    std::size_t changed = 0;               ///< minutes under both, by another clause or otherwise coarsened
    Amounts<double> area;                  ///< km² of cells in which something goes
};

struct TrackDiff {
    picture::State receiver, originator;
    std::uint64_t track = 0;  ///< in the originator's own picture
    std::string label;        ///< callsign, address or code, as far as it tells one
    Amounts<std::size_t> minutes;
    std::size_t changed = 0;
    std::array<std::string, 2>
        under;  ///< way of the last sample: "RUS-KGZ-2022/tracks-kgz", "A-B/c, B-C/d through BBB"
};

struct CellDiff {
    picture::State receiver, originator;
    geo::Point centre;
    double north_south = 0, east_west = 0;  ///< degrees
    double km2 = 0;
    Amounts<std::size_t> minutes;  ///< of tracks
};

/// What one state gets from another that is no track. Objects are plots; alerts by kind and track; decisions by track
/// and identity; incidents; sensors.
struct ProductDiff {
    picture::State receiver, from;
    std::string product;
    Amounts<std::size_t> objects, minutes;  ///< minutes: of each object, those for which it is said; of plots none
    std::size_t changed = 0;                ///< plots, or minutes, under both, by another clause or otherwise coarsened
    std::array<std::size_t, 2> messages{};  ///< that say it, renewals too
};

/// A clause, and for how much of the time it holds under either law, of every product.
struct ClauseDiff {
    picture::State from, to;
    std::string clause, product;
    std::array<double, 2> seconds{};
    bool other_text = false;  ///< under both, but with another digest
};

struct LawDiff {
    std::array<base::Digest, 2> laws;
    std::vector<picture::State> states;  ///< whose logs were read
    base::Time first, last;              ///< of the data
    base::Time law_first, law_last;
    bool simulated = false;
    std::vector<PairDiff> pairs;
    std::vector<ProductDiff> products;
    std::vector<TrackDiff> tracks;  ///< those that differ
    std::vector<CellDiff> cells;    ///< those in which something goes
    std::vector<ClauseDiff> clauses;
    std::vector<std::string> assumed;  ///< dates that are not public and that something of this rests on
};

/// Errors: those of the logs and of their nodes' configurations; two logs of one state; none.
base::Result<LawDiff> law_diff(const std::array<accord::Law, 2>& laws, const LawDiffOptions& options,
                               const std::function<void(double)>& progress = {});

std::string law_diff_text(const LawDiff& d);
std::string law_diff_json(const LawDiff& d);
/// Cells as polygons, with what each receiver gains or loses there.
std::string law_diff_geojson(const LawDiff& d);

}  // namespace asman::study
