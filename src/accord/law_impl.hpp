// What Law and LawView hold.
#pragma once

#include <asman/accord/law.hpp>

#include "clause_index.hpp"
#include "distance_field.hpp"

#include "life.hpp"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace asman::accord {

/// A national restriction with its own acts: signed by its state alone, ended by its withdrawal (rule 11).
struct Restriction {
    std::shared_ptr<const Text> text;
    std::vector<Act> acts;
    bool hindsight = false;
    State state() const { return text->parties[0]; }
    /// It holds from when it was signed or, where nobody says, from ever, until its withdrawal was recorded and works.
    bool holds(Time t) const;
    void changes(std::vector<Time>& out) const;
};

struct Law::Impl {
    Keyring keyring;
    Duration skew{0};
    bool hindsight = false, shadow = false;
    bool sealed_all = false;
    std::map<std::string, std::unique_ptr<Family>> families;
    std::map<std::string, base::Error> sealed;  ///< ids, with why
    std::vector<Restriction> restrictions;
    std::vector<Act> acts;  ///< accepted
    std::vector<Alarm> alarms;
    std::vector<std::string> removed;  ///< by what-ifs

    /// What files say; `before`: what was known already and must not vanish.
    static std::shared_ptr<const Impl> read(const Files& files, const Options& options, const Impl* before);
    /// Links children to parents; seals those whose parent is unknown or that stand in a cycle.
    void link_parents();
    void point_to_parents();  ///< the links alone, of texts that were judged before
    void settle();
    void seal(const std::string& id, base::Error error);
    base::Result<void> accept(Act act);
    base::Result<void> accept(Certificate certificate);
    base::Result<void> accept(Revocation revocation);
    /// Marks the acts whose key is revoked by what was recorded.
    void apply_revocations();
    void warn_of_unsigned_restrictions();
    std::shared_ptr<Impl> copy() const;
};

/// What a reload must keep (rules 1 and 9): a text is immutable, acts are only added, and nothing that narrows vanishes
/// with its file. keep_texts() looks at texts and restrictions, keep_record() at acts and keys.
void keep_texts(const Law::Impl& before, Law::Impl& now);
void keep_record(const Law::Impl& before, Law::Impl& now, std::vector<Act>& acts);

/// What of a grant decides most objects, in some cache lines: when it holds, band, class, identity, area. What it
/// refuses, the whole evaluation refuses for the same reason; all else goes on to the whole evaluation.
struct Quick {
    static constexpr std::uint8_t no_band = 255;
    Time since, until;
    double band_from = 0, band_to = 0;
    const DistanceField* area = nullptr;
    std::uint64_t view = 0;
    State grantor;
    Product product = Product::tracks;
    std::uint8_t area_slot = 0;  ///< of the pair's areas; those beyond 63 share none
    std::uint8_t band_kind = no_band;
    bool unknown_height = false;
    bool own_sensors = true;
    bool rare_after_class = false;     ///< has nationalities
    bool rare_after_identity = false;  ///< has addresses, callsigns or criteria
    std::uint8_t classes = 0x07;       ///< bit of each FlightClass that matches
    std::uint8_t identities = 0x7f;    ///< bit of each Identity that matches

    explicit Quick(const Grant& g);
    /// The reason of a refusal; nothing: ask the whole evaluation. `memo`: answers of areas so far, two bits a slot.
    struct Memo {
        std::uint64_t asked = 0, inside = 0;
    };
    std::optional<Reason> refuses(const Object& o, Time now, Duration skew, Memo& memo) const;
};

/// The law at an instant, compiled.
struct LawView::Impl {
    Time from = Time::min(), until = Time::max();
    Duration skew{0};
    std::shared_ptr<const Law::Impl> law;            ///< for explanations: why something does not hold
    std::vector<std::shared_ptr<const Text>> texts;  ///< keeps what grants point to
    std::vector<Grant> grants;                       ///< by pair, each in the order of preference
    std::vector<Quick> quick;                        ///< beside grants
    std::vector<State> states;                       ///< sorted
    std::array<std::uint16_t, 1024> slot_of{};       ///< hash of a state's code → 1 + index; 0: none
    struct Pair {
        std::uint32_t begin = 0, end = 0;                       ///< into grants
        std::uint8_t dormant = 0;                               ///< products that a clause would grant if it held
        Time all_since = Time::min(), all_until = Time::max();  ///< in between, all of its grants hold
        std::shared_ptr<const ClauseIndex> index;               ///< where there are many
    };
    std::vector<Pair> pairs;  ///< states × states
    std::vector<AccordStatus> status;
    std::map<std::pair<std::string, std::string>, Time> sites;  ///< (accord, sensor) → since; those that stand
    std::set<std::string> sealed;                               ///< accords whose sites are not judged

    void index_states();
    std::optional<std::size_t> index(State s) const;
    const Pair* pair(State g, State r) const;
};

/// Builds the view of an instant.
struct Compiler {
    Compiler(const Law::Impl& the_law, Time at, LawView::Impl& view) : law(the_law), t(at), out(view) {}
    const Law::Impl& law;
    Time t;
    LawView::Impl& out;

    void compile();

  private:
    void bounds();
    void family(const Family& f);
    void clause(const Family& f, std::size_t version, const Clause& c, State g, State r);
    std::shared_ptr<const std::vector<Grant::Limit>> limits(const Grant& g, const Family& f);
    void sites(const Family& f);
    void arrange();
    void index_clauses();
    std::vector<std::tuple<State, State, Product>> dormant_;
    /// Of the clause and grantor before, which most often are the next one's as well.
    std::tuple<const Clause*, State, std::shared_ptr<const std::vector<Grant::Limit>>> limits_before_{};
};

AccordStatus status_of(const Family& f, Time t, Time known);
/// Dates that are not public and on which an answer about t rests: about the pair, or about the accord as a whole.
std::vector<std::string> assumed_dates(const Family& f, std::size_t version, Time t, Time known,
                                       const std::pair<State, State>* pair = nullptr);

}  // namespace asman::accord
