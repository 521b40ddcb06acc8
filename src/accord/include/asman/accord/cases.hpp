// Plain-text cases (*.accord-test): given these accords, this object, this time; then released to whom, under what
// clause, with what coarsened. A lawyer can read and write one; docs/accords.md has the reference.
#pragma once

#include <asman/accord/law.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace asman::accord {

/// An object in words: "track at 43.1 74.5, level 250, civil, measured 2024-01-01T12:00:00Z". Owns what the object
/// points to.
class ObjectInWords {
  public:
    /// `when`: the time of measurement where the words do not give one.
    static base::Result<ObjectInWords> parse(std::string_view words, const base::Place& place);
    /// The object, for a law and an instant. Held data names its clauses by accord and id; versions are looked up in
    /// `view`.
    Object object(const LawView& view, State grantor, Time when);

  private:
    struct Hop {
        State from;
        std::string clause;
    };
    Object object_;
    bool measured_ = false;
    std::string callsign_;
    std::vector<Hop> held_;
    struct OwnedSource {
        State owner;
        std::string accord, name;
    };
    std::vector<OwnedSource> sensors_;
    std::vector<Source> sources_;
    std::vector<picture::ClauseRef> clauses_;
    std::vector<State> hops_;
};

struct CaseResult {
    std::string title;
    base::Place place;
    std::size_t checks = 0;
    std::vector<std::string> failures;  ///< "file:12: expected …, found …"
};

/// Where the named laws ("law: NAME") are: folders of accords.
struct CaseWorld {
    std::string laws;                       ///< folder that holds them, for `law: NAME`
    std::string real;                       ///< folder for `law: real`
    const geo::Borders* borders = nullptr;  ///< null: cases under `law: real` are skipped, with a word
};

/// Runs all cases of one file. An error: the file is not of the format.
base::Result<std::vector<CaseResult>> run_cases(std::string_view text, const std::string& file, const CaseWorld& world);

}  // namespace asman::accord
