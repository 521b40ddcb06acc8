// The text of an accord: immutable, signed by its parties, identified by the digest of its canonical form (rules 1, 2).
// docs/accords.md is the reference of the format.
#pragma once

#include <asman/accord/terms.hpp>
#include <asman/base/config.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace asman::accord {

/// A date with what it rests on.
struct Sourced {
    Time at;
    bool assumed = false;
    std::string source;
};

enum class Entry : std::uint8_t {
    on_signature,
    fixed_date,
    after_deposits,  ///< N days after the k-th consent (k = 0: the last of the original parties)
    after_parties,   ///< N days after the consents of named parties
};

enum class ConsentBy : std::uint8_t { signature, ratification, acceptance, deposit, adoption };

enum class ParentEffect : std::uint8_t { none, suspends, ends };

enum class Accession : std::uint8_t { closed, open, extends };

enum class SuspendedBy : std::uint8_t { any_party, named, nobody };

struct Site {
    std::string id;
    State host, owner;
    std::vector<std::string> sensors;  ///< names as in the scenario or node configuration
    base::Place place;
};

/// Who leads and who coordinates where (roles do not decide releases; incident and display read them).
struct Role {
    std::string name;  ///< owner_of_airspace, coordinator, lead
    State state;
    std::string area;  ///< a region's name; empty: everywhere
};

struct Annotation {
    Sourced date;
    std::string what;
};

/// A part of the text that people read, bound by the digest like all else. Its criteria name it.
struct Annex {
    std::string id, title;
    std::vector<std::string> paragraphs;
};

/// States as they stood on a day: receivers of onward release. Another day, or another state, is another text.
struct Group {
    std::string id;
    Time on;
    std::vector<State> states;  ///< sorted
    base::Digest digest() const;
};

/// A named region as written; canonical() prints it and the digest of what it became.
struct RegionSpec {
    enum class Kind : std::uint8_t { everywhere, land, border, polygon, circle, unite, intersect, without, geojson };
    std::string name;
    Kind kind = Kind::everywhere;
    std::vector<std::string> names;           ///< states (land, border, side) or regions
    std::string side;                         ///< border: a state, or empty for both sides
    double km = 0;                            ///< border: width; circle: radius
    std::vector<std::vector<double>> points;  ///< [lat, lon] in degrees: polygon's ring, circle's centre
    std::string file;                         ///< geojson
    std::shared_ptr<const Area> area;         ///< what it became
};

/// A text as parsed and resolved. `restriction`: a national restriction, signed by one state alone (rule 11).
struct Text {
    std::string id;
    std::uint32_t version = 1;
    std::string title;
    bool restriction = false;
    std::vector<State> parties;  ///< sorted; one for a restriction
    std::optional<State> depositary;
    std::string parent;
    ParentEffect parent_effect = ParentEffect::none;
    std::optional<Sourced> signed_on;  ///< by all the parties named; else signature acts say so
    ConsentBy consent = ConsentBy::ratification;
    Entry entry = Entry::after_deposits;
    Time entry_date;  ///< fixed_date
    bool entry_date_assumed = false;
    std::string entry_source;       ///< of the fixed date
    std::uint32_t entry_count = 0;  ///< after_deposits: k; 0: last
    std::uint32_t entry_days = 0;
    std::vector<State> entry_parties;  ///< after_parties
    std::uint32_t term_months = 0;     ///< 0: indefinite
    bool renews = false;
    std::uint32_t notice_months = 0;      ///< before a term's end
    std::optional<Time> ends_at;          ///< exclusive
    std::uint32_t withdrawal_months = 0;  ///< from receipt
    bool withdrawal_allowed = false;
    Accession accession = Accession::closed;
    SuspendedBy suspension = SuspendedBy::any_party;
    std::vector<State> suspension_by;
    bool suspension_of_all = false;     ///< scope = "accord": between all parties
    std::uint32_t suspension_days = 0;  ///< 0: until the suspender resumes
    std::vector<RegionSpec> regions;    ///< in the order of the text: a region is named before it is used
    std::vector<Clause> clauses;
    std::vector<Exclusion> exclusions;
    std::vector<Site> sites;
    std::vector<Role> roles;
    std::vector<Annotation> annotations;
    std::vector<Annex> annexes;
    std::vector<Criterion> criteria;
    std::vector<Group> groups;
    std::string geoid;  ///< the source that mean-sea-level bands stand on ("EGM96")
    std::string file;
    base::Place parent_place, version_place;
    base::Digest digest;

    const Clause* clause(std::string_view clause_id) const;
    const Site* site(std::string_view site_id) const;
    const Group* group(std::string_view group_id) const;
    bool has_party(State s) const;
    /// Whether a clause of this text covers a sensor of the grantor's: its own that stand under no accord, or those of
    /// this accord's sites that the clause names.
    bool covers(const Clause& clause, std::string_view site_accord, std::string_view sensor) const;
};

/// Areas that were built before, by what they were built from: for whoever loads much the same texts many times. Good
/// for one set of borders only.
using AreaCache = std::map<std::string, std::shared_ptr<const Area>>;

/// What names in a text mean outside it.
struct World {
    AreaCache* areas = nullptr;             ///< optional
    std::vector<std::string> states;        ///< known codes, sorted; empty: those of `borders`, else any three capitals
    const geo::Borders* borders = nullptr;  ///< states' land; null: texts that need it are refused
    std::map<std::string, std::string>
        files;  ///< GeoJSON by name relative to the accords' folder ("regions/x.geojson")
};

/// Reads a text. Every fault is refused with file, line, column and the nearest known name.
base::Result<Text> parse_text(std::string_view toml, const std::string& file, const World& world);

/// Keys by table ("": the root; "clause.onward").
using KeyList = std::map<std::string, std::set<std::string>>;
/// What the reader asked for while it read a text, and what the text has: the format as the reader knows it.
struct KeysOf {
    KeyList asked, present;
};
base::Result<KeysOf> keys_of(std::string_view toml, const std::string& file, const World& world);
/// What the readers of acts/ and keys/, and of law.toml, ask for.
base::Result<KeyList> keys_of_filing(std::string_view toml, const std::string& file);
base::Result<KeyList> keys_of_law(std::string_view toml, const std::string& file);

/// JSON Schema (draft 2020-12) of a text, for editors. Lists of names come from the reader itself; a test holds every
/// key against what it asks for.
std::string schema_of_text();
/// The same of files in acts/ and keys/, and of law.toml.
std::string schema_of_filing();
std::string schema_of_law();

/// The canonical form: what is signed and digested. Layout, comments and the order of tables do not count; regions go
/// in with the digest of their resolved vertices. Parsing it again gives the same text (rule 2).
std::string canonical(const Text& text);

}  // namespace asman::accord
