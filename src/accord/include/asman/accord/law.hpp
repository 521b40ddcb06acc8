// The law: all texts and acts that a node knows, what they mean at an instant, and the structure that decides.
//
//     auto law = Law::load(files, {.world = {&borders, {}}});       // never fails: what cannot be read seals itself
//     auto view = law.at(now);                                      // immutable, cheap to copy
//     if (!view.holds_at(later)) view = law.at(later);              // law.next_change_after(now) tells when
//     auto d = view.decide(object, grantor, receiver, later);
#pragma once

#include <asman/accord/act.hpp>
#include <asman/accord/decide.hpp>
#include <asman/accord/text.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace asman::accord {

/// Contents by name relative to the accords' folder: "RUS-KGZ-2022.toml", "acts/….toml", "keys/….toml",
/// "regions/….geojson", "law.toml".
using Files = std::map<std::string, std::string>;

/// Reads the folder (its *.toml, acts/*.toml, keys/*.toml, regions/*.geojson) without judging it.
base::Result<Files> read_folder(const std::string& path);

struct Options {
    const geo::Borders* borders = nullptr;  ///< must outlive load(), not the law
    AreaCache* areas = nullptr;             ///< optional; used during load() only
    Duration skew{0};                       ///< bound ε on clock difference: 1 s live, 0 offline (rule 13)
};

/// Something that people must see: a sealed text, a refused act.
struct Alarm {
    enum class Kind : std::uint8_t {
        sealed,
        act_refused,
        suspension_beyond_text,
        key_refused,           ///< a certificate or revocation that its state's root has not signed
        unsigned_restriction,  ///< obeyed all the same: it only narrows
        vanished,              ///< a reload no longer finds it; an act, key or restriction is kept
    } kind = Kind::sealed;
    std::string accord;  ///< empty: all
    base::Error error;
    std::string text() const;
};

enum class AccordState : std::uint8_t { unsigned_, signed_, provisional, operative, suspended, ended, sealed };
std::string_view name(AccordState state);

struct PartyStatus {
    State state;
    bool has_signed = false, consented = false, bound = false, left = false;
    std::optional<Time> bound_since;
    std::optional<Time> leaves_at;  ///< by a notice or withdrawal already known
};

struct AccordStatus {
    std::string id, title;
    std::vector<State> parties;
    AccordState state = AccordState::unsigned_;
    bool assumed = false;                    ///< certainty: rests on a date that is not public
    std::vector<std::string> assumed_dates;  ///< "RUS-TJK-2021: deposit by RUS, 2022-03-01"
    std::optional<Time> in_force_since, term_ends;
    std::vector<PartyStatus> of_party;
    std::vector<std::string> suspensions;  ///< in words
    base::Digest digest;                   ///< of the latest version in force, or of version 1
    std::uint32_t version = 1;
};

/// A change on the timeline of an accord.
struct Change {
    Time at;
    std::string accord;
    std::string what;  ///< "enters into force", "suspended by ARM", "ends"
    bool assumed = false;
};

/// A clause that holds from one state to another in an interval, with what must be checked.
class Grant {
  public:
    const Text& text() const { return *text_; }
    const Clause& clause() const { return *clause_; }
    const picture::ClauseRef& reference() const { return reference_; }
    State grantor() const { return grantor_; }
    State receiver() const { return receiver_; }
    Time since() const { return since_; }  ///< the clause has held without a break from here
    Time until() const { return until_; }  ///< and will, as far as is known, up to here
    const std::vector<std::string>& assumed() const { return assumed_; }

  private:
    friend class Law;
    friend class LawView;
    friend struct Evaluator;
    friend struct Compiler;
    struct Limit {
        const Exclusion* exclusion;
        std::string_view scope;  ///< "clause", id of an accord, "national restriction …"
    };
    std::shared_ptr<const Text> text_;
    const Clause* clause_ = nullptr;
    picture::ClauseRef reference_;
    State grantor_, receiver_;
    Time since_, until_;
    std::vector<std::string> assumed_;
    /// Exclusions of the clause, its accord, the accord's parents, the grantor: towards every receiver the same.
    std::shared_ptr<const std::vector<Limit>> limits_;
};

/// The law at an instant, and for as long as nothing changes.
class LawView {
  public:
    LawView();  ///< no law: releases nothing
    Time from() const;
    Time until() const;  ///< the next instant at which anything changes; Time::max(): never
    bool holds_at(Time t) const { return from() <= t && t < until(); }

    /// Decides one object. The view must hold at `now`. No allocation, no state: the same arguments give the same
    /// answer.
    Decision decide(const Object& object, State grantor, State receiver, Time now) const;
    /// What rests on several objects at once (an alert, an identity decision, an incident): it goes under one clause
    /// that releases every one of them, and as coarsely, as late and as shortly as the meet of all (rule 17). `parts`
    /// is not empty.
    Decision decide_all(std::span<const Object> parts, State grantor, State receiver, Time now) const;
    /// Whether an exclusion keeps the object from what a grant releases, whatever else the grant asks.
    bool excluded(const Object& object, const Grant& grant) const;
    /// The same decision with its reasons in words: every clause that was tried, every exclusion, every term.
    Explanation explain(const Object& object, State grantor, State receiver, Time now) const;

    /// Clauses that hold from one state to another, in the order in which they are tried: least delay, finest grid,
    /// most fields, those with onward consent, then by name.
    std::span<const Grant> grants(State grantor, State receiver) const;
    /// The grant that a released object names: same clause, version and digest, between these two; null when it does
    /// not hold.
    const Grant* find(const picture::ClauseRef& reference, State grantor, State receiver) const;
    /// All states that the grantor has an operative clause to, sorted.
    std::vector<State> receivers(State grantor) const;

    /// Whether a sensor that stands under `accord` may feed any view: the accord holds between the site's host and
    /// owner, and names the sensor. True for an empty `accord`.
    bool site_stands(std::string_view accord, std::string_view sensor) const;
    /// Since when it has (Time::max() when it does not).
    Time site_since(std::string_view accord, std::string_view sensor) const;

    const std::vector<AccordStatus>& status() const;
    Duration skew() const;

    struct Impl;

  private:
    friend class Law;
    std::shared_ptr<const Impl> impl_;
};

class Law {
  public:
    Law();  ///< empty: releases nothing
    /// Never fails: a text that cannot be loaded seals itself and its children, with an alarm (rule 9).
    static Law load(const Files& files, const Options& options);

    /// The law of files read again. A text that changed under its id and version seals it, and so does a version that
    /// vanished; acts, keys and restrictions that were known stay, with an alarm, though their file is gone (rules 1,
    /// 9). What-ifs are to be made again.
    Law reload(const Files& files, const Options& options) const;

    /// The law with acts that arrived now. Refused acts are an error and change nothing; the caller keeps and shows it.
    base::Result<Law> with_acts(std::string_view toml, const std::string& name, Time recorded_at) const;
    /// What-if: without "ACCORD", "ACCORD/CLAUSE" or "ACCORD/SITE". An unknown name is an error.
    base::Result<Law> without(std::string_view name) const;
    /// As it was known at `known`: acts recorded later are left out.
    Law as_of(Time known) const;
    /// With everything that is known now applied to the past (rule 5): for people, never for release.
    Law hindsight() const;
    bool is_hindsight() const;
    /// With every accord that is signed and not in force taken as if it were, between those who have signed: what would
    /// go (rule 23). For the grantor's own people, never for release.
    Law shadow() const;
    bool is_shadow() const;

    LawView at(Time t) const;
    /// The first instant after t at which any accord changes, as known with all acts loaded; Time::max(): none.
    Time next_change_after(Time t) const;
    /// Every change, in order of time.
    std::vector<Change> timeline() const;

    const std::vector<Alarm>& alarms() const;
    std::vector<std::shared_ptr<const Text>> texts() const;  ///< by id and version
    const Keyring& keyring() const;                          ///< roots, certificates, revocations
    const std::vector<Act>& acts() const;                    ///< those accepted, in order of recording
    /// Of everything: two nodes with the same digest decide alike.
    base::Digest digest() const;

    struct Impl;

  private:
    std::shared_ptr<const Impl> impl_;
};

}  // namespace asman::accord
