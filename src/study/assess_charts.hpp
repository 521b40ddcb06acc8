// The drawings of an assessment's page, as SVG. Nothing is told by colour alone: what only an accord shows is hatched.
#pragma once

#include <asman/study/assess.hpp>

#include <string>
#include <string_view>

namespace asman::study::charts {

/// "381 518"
std::string grouped(double number);
std::string day(base::Time t);
const LevelResult* level_nearest(const StateResult& s, double level);

/// Patterns that the other drawings use; once on a page.
std::string patterns();
/// Area seen over time, a strip a state: own sensors, and with what others release. Changes of law are numbered.
std::string timeline(const Assessment& a, double level);
/// A bar: own, joint, and by two as a line, against the largest.
std::string bar(const LevelResult& l, double most);
/// What a state sees, with borders where given. `symbol`: the borders' symbol on this page, or empty.
std::string map(const SightMap& m, const std::string& symbol, const std::string& title);
/// Borders within a map's frame as a symbol that maps use.
std::string border_symbol(const SightMap& m, const geo::Borders& borders, const std::string& id);
/// How many approaches have how much warning: own, and jointly.
std::string histogram(const Distribution& own, const Distribution& joint, double in_time, const std::string& title);
/// A map's frame round the stretches of border that lie on it, without cells.
SightMap frame_of(const SightMap& map, const std::vector<SegmentResult>& segments);
/// The border's stretches on a map, by the share of approaches seen in time.
std::string border_map(const SightMap& frame, const std::vector<SegmentResult>& segments, bool joint,
                       const std::string& symbol, const std::string& title);

}  // namespace asman::study::charts
