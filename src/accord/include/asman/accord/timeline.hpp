// The life of accords: stretches of one state each, what happened when, and the picture of it.
#pragma once

#include <asman/accord/law.hpp>

#include <optional>
#include <string>
#include <vector>

namespace asman::accord {

/// A stretch in which an accord, or one party's part in it, stands in one state.
struct Span {
    Time from, until;  ///< half-open; Time::max(): as far as is known for ever
    AccordState state = AccordState::unsigned_;
    std::uint32_t version = 1;
    bool assumed = false;  ///< rests on a date that is not public
};

struct PartySpan {
    State party;
    std::vector<Span> spans;  ///< signed_, operative (bound), ended (left)
};

/// Of one accord, in order of time.
struct Life {
    std::string id, title;
    std::vector<Span> spans;
    std::vector<PartySpan> parties;
    std::vector<Change> changes;
    std::vector<Time> term_ends;  ///< within the stretch that was asked for
    std::vector<Annotation> annotations;
};

/// Lives of all accords, or of the one with this id; terms up to ten years after the last change.
std::vector<Life> lives(const Law& law, const std::string& id = {});

/// As JSON: spans, changes, terms, annotations, with the certainty of each.
std::string timeline_json(const Law& law, const std::string& id = {});

/// How far after the last change the picture goes.
inline constexpr int years_after_last = 10;

/// As a picture. Of the whole set a row an accord; of one accord a row for it and one for each party. Public and
/// assumed stretches differ by hatching, states by shade: it can be read in print and by the colour-blind.
std::string timeline_svg(const Law& law, const std::string& id = {});

}  // namespace asman::accord
