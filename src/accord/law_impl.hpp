// What Law and LawView hold.
#pragma once

#include <asman/accord/law.hpp>

#include "life.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace asman::accord {

/// law.toml: who may sign, and whether signatures are asked for.
struct Keyring {
    bool required = false;
    std::vector<std::string> states;  ///< sorted
    std::map<State, base::PublicKey> keys;
};
base::Result<Keyring> parse_keyring(std::string_view toml, const std::string& file);

struct Law::Impl {
    Keyring keyring;
    Duration skew{0};
    bool hindsight = false;
    bool sealed_all = false;
    std::map<std::string, std::unique_ptr<Family>> families;
    std::map<std::string, base::Error> sealed;  ///< ids, with why
    std::vector<std::shared_ptr<const Text>> restrictions;
    std::vector<Act> acts;  ///< accepted
    std::vector<Alarm> alarms;
    std::vector<std::string> removed;  ///< by what-ifs

    /// Links children to parents; seals those whose parent is unknown or that stand in a cycle.
    void link_parents();
    void point_to_parents();  ///< the links alone, of texts that were judged before
    void settle();
    void seal(const std::string& id, base::Error error);
    base::Result<void> accept(Act act);
    std::shared_ptr<Impl> copy() const;
};

/// The law at an instant, compiled.
struct LawView::Impl {
    Time from = Time::min(), until = Time::max();
    Duration skew{0};
    std::vector<std::shared_ptr<const Text>> texts;  ///< keeps what grants point to
    std::vector<Grant> grants;                       ///< by pair, each in the order of preference
    std::vector<State> states;                       ///< sorted
    struct Pair {
        std::uint32_t begin = 0, end = 0;  ///< into grants
        std::uint8_t dormant = 0;          ///< products that a clause would grant if it held
    };
    std::vector<Pair> pairs;  ///< states × states
    std::vector<AccordStatus> status;
    std::map<std::pair<std::string, std::string>, Time> sites;  ///< (accord, sensor) → since; those that stand
    std::set<std::string> sealed;                               ///< accords whose sites are not judged

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
    void limits(Grant& g, const Family& f);
    void sites(const Family& f);
    void arrange();
    std::vector<std::tuple<State, State, Product>> dormant_;
};

AccordStatus status_of(const Family& f, Time t, Time known);
/// Dates that are not public and on which an answer about t rests: about the pair, or about the accord as a whole.
std::vector<std::string> assumed_dates(const Family& f, std::size_t version, Time t, Time known,
                                       const std::pair<State, State>* pair = nullptr);

}  // namespace asman::accord
