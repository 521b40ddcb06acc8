// The life of one accord as a function of time and knowledge: who has signed, consented, is bound, has left, is
// suspended (rules 3 to 8). Everything is computed from text and acts; nothing is typed in.
#pragma once

#include <asman/accord/act.hpp>
#include <asman/accord/law.hpp>
#include <asman/accord/text.hpp>

#include <memory>
#include <string>
#include <vector>

namespace asman::accord {

/// `t ⊕ n months`, with the time of day kept.
Time plus_months(Time t, std::uint32_t months);
Time plus_days(Time t, std::uint32_t days);

inline constexpr Time never = Time::max();

/// What one party's acts amount to, for one version of the text, at one state of knowledge.
struct Participation {
    Time signed_at = never, consent_at = never, entry = never;
    bool original = false;
};

/// One party over all versions.
struct Member {
    State state;
    std::vector<Participation> version;  ///< beside Family::versions
    Time provisional_at = never;
    std::vector<std::pair<Time, Time>> bound;  ///< half-open; of the accord as such
    Time leaves_at = never;                    ///< the last known end
    bool bound_at(Time t) const;
};

struct Suspension {
    const Act* act = nullptr;
    Time from, until = never;  ///< until: by the text's days; resumptions are looked at per pair
    bool beyond_text = false;  ///< stops only the suspender's own sending
    bool covers(State grantor, State receiver, std::string_view clause, bool of_all) const;
};

/// All that is known of an accord at one state of knowledge. Times inside may lie in the future.
struct Snapshot {
    std::vector<Member> members;  ///< sorted by state
    std::vector<Suspension> suspensions;
    std::vector<const Act*> visible;
    Time entry_event = never;  ///< of the first version: S of the terms
    Time term_end = never;     ///< for all, where the term does not renew or a notice was given by every party
    const Member* member(State s) const;
};

/// Why a clause does not hold between two states at an instant: the first hindrance found.
struct Hindrance {
    enum class Kind : std::uint8_t {
        none,
        sealed,
        removed,       ///< by a what-if
        not_named,     ///< the clause is not from the one, or not to the other
        not_accepted,  ///< the receiver is a newcomer whom the grantor has not accepted
        not_bound,     ///< `state` is not, or not yet, or no longer
        version,       ///< another version binds the two
        parent,
        reserved,
        suspended,
        reciprocity,  ///< `clause` of the same group does not hold
    } kind = Kind::none;
    State state;
    const Act* act = nullptr;
    std::string_view clause;
    bool none() const { return kind == Kind::none; }
};

/// An accord with all its versions and acts.
class Family {
  public:
    std::string id;
    std::vector<std::shared_ptr<const Text>> versions;  ///< sorted; the first is version 1
    std::vector<Act> acts;                              ///< accepted, by (recorded, effective, place)
    const Family* parent = nullptr;
    bool sealed = false;
    bool signed_by_acts = false;       ///< where signatures are required, a text's own [signed] signs for nobody
    bool shadow = false;               ///< taken as in force between those who have signed (rule 23)
    std::vector<std::string> removed;  ///< clauses and sites taken out by a what-if

    /// Computes snapshots and breakpoints; the parent first.
    void settle(bool hindsight);

    /// Instants at which anything may change, sorted.
    const std::vector<Time>& breakpoints() const { return breakpoints_; }
    /// What was known at `known`. Never null after settle().
    const Snapshot& at(Time known) const;

    /// Index of the latest version that binds both at t, or -1.
    int version_between(State a, State b, Time t, const Snapshot& s) const;
    /// A clause holds from g to r at t, as known in `s` (and the parent's snapshot at `known`).
    bool operative(const Clause& c, std::size_t version, State g, State r, Time t, Time known) const {
        return hindrance(c, version, g, r, t, known).none();
    }
    Hindrance hindrance(const Clause& c, std::size_t version, State g, State r, Time t, Time known) const;
    /// The same in words: "RUS is not bound: signed on 2022-08-16, no deposit yet".
    std::string why_not(const Hindrance& h, std::size_t version, Time t, Time known) const;
    /// Both are bound and the parent allows it: what a site needs.
    bool stands(State a, State b, Time t, Time known) const;
    /// The parent's end has ended this one between them (parent_effect "ends").
    bool ended_by_parent(State a, State b, Time t, Time known) const;
    /// Whether the text itself says when its parties signed.
    bool signed_on(const Text& t) const { return t.signed_on && !signed_by_acts; }

    /// Whether a resumption that works at t lifts a suspension: its own doer's, and meant after it. One that was meant
    /// for an earlier suspension, and is only recorded later, lifts no new one.
    bool lifts(const Act& a, const Suspension& x, Time t) const;
    Time start(const Act& a) const;  ///< when an act works: late for what widens, early for what narrows (rule 5)
    bool hindsight() const { return hindsight_; }

  private:
    /// Taken as in force (`shadow`): the latest version that both have signed and not left; else versions.size().
    std::size_t shadow_version(const Member* a, const Member* b, Time t) const;
    Hindrance by_itself(const Clause& c, std::size_t version, State g, State r, Time t, Time known) const;
    bool parent_allows(State a, State b, Time t, Time known) const;
    bool may_receive(const Clause& c, std::size_t version, State g, State r, Time t, const Snapshot& s) const;
    Snapshot snapshot(Time known) const;
    void participation(Snapshot& s) const;
    void bind(Snapshot& s) const;
    Time left_by_notice(const Snapshot& s, State p) const;
    void suspensions(Snapshot& s) const;
    void collect(const Snapshot& s, std::vector<Time>& out) const;
    bool removed_name(std::string_view name) const;

    bool hindsight_ = false;
    std::vector<Time> recorded_;       ///< knowledge changes here, sorted; snapshots_[i] holds from recorded_[i-1]
    std::vector<Snapshot> snapshots_;  ///< one more than recorded_
    std::vector<Time> breakpoints_;
};

}  // namespace asman::accord
