// TOML with places: every value knows file, line and column; a key that nobody read is an error with the nearest known
// name.
//
//     ASMAN_TRY(auto doc, Config::parse(text, "node.toml"));
//     auto root = doc.root();
//     auto name = root.string("name");                 // required
//     auto range = root.number_or("range_km", 250.0);
//     for (auto& s : root.tables("sensor")) { auto id = s.string("id"); … }
//     ASMAN_CHECK(doc.finish());                       // first error of any read above, or an unknown key
//
// Reads never fail one by one: the first error is kept and reported by finish(), so that reading code stays flat.
#pragma once

#include <asman/base/result.hpp>
#include <asman/base/time.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace asman::base {

class Config;

/// One table of a document. Cheap to copy; valid as long as its Config.
class Section {
  public:
    bool has(std::string_view key) const;
    bool is_string(std::string_view key) const;  ///< present, and a string (where a key takes "all" or a list)
    /// Where a key's value stands (or the table itself where the key is absent).
    Place place(std::string_view key = {}) const;

    std::string string(std::string_view key) const;  ///< required
    std::string string_or(std::string_view key, std::string fallback) const;
    double number(std::string_view key) const;  ///< integer or float; required
    double number_or(std::string_view key, double fallback) const;
    std::int64_t integer(std::string_view key) const;
    std::int64_t integer_or(std::string_view key, std::int64_t fallback) const;
    bool boolean_or(std::string_view key, bool fallback) const;
    Time time(std::string_view key) const;  ///< TOML date (00:00Z) or offset date-time; a local date-time is an error
    std::optional<Time> time_opt(std::string_view key) const;
    std::optional<double> number_opt(std::string_view key) const;
    std::optional<std::string> string_opt(std::string_view key) const;
    std::vector<std::string> strings(std::string_view key) const;              ///< empty when absent
    std::vector<double> numbers(std::string_view key) const;                   ///< empty when absent
    std::vector<std::vector<double>> number_rows(std::string_view key) const;  ///< [[1,2],[3,4]]; empty when absent
    Section table(std::string_view key) const;                ///< an empty table when absent (has() tells)
    std::vector<Section> tables(std::string_view key) const;  ///< [[key]]; empty when absent
    std::vector<std::string> keys() const;                    ///< sorted; does not mark them read

    /// One of the given names; the error lists them. Returns the index.
    std::size_t one_of(std::string_view key, const std::vector<std::string>& names) const;
    std::size_t one_of_or(std::string_view key, const std::vector<std::string>& names, std::size_t fallback) const;

    /// Keeps an error of the caller's at this key (only the first error of a document is kept).
    void reject(std::string_view key, Errc code, std::string reason) const;

  private:
    friend class Config;
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

class Config {
  public:
    static Result<Config> parse(std::string_view text, std::string file);
    static Result<Config> load(const std::string& path);
    Section root() const;
    /// The first error met, or an unknown key; else nothing.
    Result<void> finish() const;
    /// Keys that were asked for so far, by table ("": the root; "clause.onward"): what a reader knows of its format.
    std::map<std::string, std::set<std::string>> asked() const;
    /// Keys that the text has, by table.
    std::map<std::string, std::set<std::string>> present() const;

  private:
    Section root_;
};

/// The known name nearest to `wrong` by edit distance, or empty when none is near.
std::string nearest_name(std::string_view wrong, const std::vector<std::string>& known);

Result<std::string> read_file(const std::string& path);
Result<void> write_file(const std::string& path, std::string_view text);

}  // namespace asman::base
