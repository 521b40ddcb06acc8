#include <asman/base/config.hpp>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace asman::base {
namespace {

/// A document and what was asked of it so far. Shared by all its sections.
struct Doc {
    std::string file;
    toml::table root;
    std::optional<Error> first_error;
    struct Asked {
        std::set<std::string, std::less<>> keys;
        std::string label;  ///< "[clause.terms]" as shown to people
    };
    std::map<const toml::table*, Asked> asked;

    Place place(const toml::source_region& where, std::string_view item) const {
        return {file, static_cast<std::uint32_t>(where.begin.line), static_cast<std::uint32_t>(where.begin.column),
                std::string(item)};
    }
    void keep(Error e) {
        if (!first_error) first_error = std::move(e);
    }
};

/// Where a key's own text begins (a value's position would point behind the '=').
toml::source_region key_region(const toml::table& table, std::string_view key) {
    const auto it = table.find(key);
    if (it == table.cend()) return table.source();
    const auto& source = it->first.source();
    return source.begin.line != 0 ? source : it->second.source();
}

std::string_view kind_name(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::table:
            return "a table";
        case toml::node_type::array:
            return "an array";
        case toml::node_type::string:
            return "a string";
        case toml::node_type::integer:
            return "an integer";
        case toml::node_type::floating_point:
            return "a number";
        case toml::node_type::boolean:
            return "true or false";
        case toml::node_type::date:
            return "a date";
        case toml::node_type::time:
            return "a time of day";
        case toml::node_type::date_time:
            return "a date-time";
        case toml::node_type::none:
            break;
    }
    return "nothing";
}

/// A finite number, integer or float.
std::optional<double> as_number(const toml::node& node) {
    if (const auto* i = node.as_integer()) return static_cast<double>(i->get());
    if (const auto* f = node.as_floating_point(); f && std::isfinite(f->get())) return f->get();
    return std::nullopt;
}

/// The text of a TOML date or offset date-time in the form that parse_time reads.
std::optional<std::string> time_text(const toml::node& node) {
    std::ostringstream out;
    if (const auto* d = node.as_date()) {
        out << d->get();
    } else if (const auto* t = node.as_date_time(); t && t->get().offset) {
        out << t->get();
    } else {
        return std::nullopt;
    }
    return out.str();
}

std::string list_of(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& n : names) out += (out.empty() ? "" : ", ") + n;
    return out;
}

}  // namespace

struct Section::Impl {
    std::shared_ptr<Doc> doc;
    const toml::table* table = nullptr;  ///< null: an absent table
    toml::source_region where;           ///< of the table, or of the parent of an absent one
    std::string label;                   ///< "clause.terms"; empty: the root

    static std::shared_ptr<Impl> make(std::shared_ptr<Doc> doc, const toml::table* table, toml::source_region where,
                                      std::string label) {
        if (table) doc->asked[table].label = label;
        return std::make_shared<Impl>(Impl{std::move(doc), table, std::move(where), std::move(label)});
    }

    const toml::node* find(std::string_view key) const {
        if (!table) return nullptr;
        auto& keys = doc->asked[table].keys;
        if (keys.find(key) == keys.end()) keys.emplace(key);
        return table->get(key);
    }
    std::string path(std::string_view key) const {
        return label.empty() ? std::string(key) : label + "." + std::string(key);
    }
    std::string in_label() const { return label.empty() ? std::string() : " in [" + label + "]"; }
    Place place_of(std::string_view key) const {
        if (!table || key.empty()) return doc->place(where, key.empty() ? label : path(key));
        return doc->place(key_region(*table, key), path(key));
    }
    void missing(std::string_view key, std::string_view wanted) const {
        doc->keep({Errc::missing, doc->place(where, path(key)),
                   "'" + std::string(key) + "' is missing" + in_label() + ": " + std::string(wanted) + " is required"});
    }
    void wrong_kind(std::string_view key, std::string_view wanted, const toml::node& found) const {
        doc->keep(
            {Errc::bad_value, doc->place(found.source(), path(key)),
             "'" + std::string(key) + "' must be " + std::string(wanted) + ", found " + std::string(kind_name(found))});
    }

    std::optional<std::string> string(std::string_view key) const {
        const auto* node = find(key);
        if (!node) return std::nullopt;
        if (const auto* s = node->as_string()) return s->get();
        wrong_kind(key, "a string", *node);
        return std::nullopt;
    }
    std::optional<double> number(std::string_view key) const {
        const auto* node = find(key);
        if (!node) return std::nullopt;
        if (const auto v = as_number(*node)) return v;
        wrong_kind(key, "a finite number", *node);
        return std::nullopt;
    }
    std::optional<std::int64_t> integer(std::string_view key) const {
        const auto* node = find(key);
        if (!node) return std::nullopt;
        if (const auto* i = node->as_integer()) return i->get();
        wrong_kind(key, "an integer", *node);
        return std::nullopt;
    }
    std::optional<Time> time(std::string_view key) const {
        const auto* node = find(key);
        if (!node) return std::nullopt;
        if (const auto text = time_text(*node)) {
            if (auto t = parse_time(*text)) return *t;
            doc->keep({Errc::bad_value, doc->place(node->source(), path(key)), parse_time(*text).error().reason});
            return std::nullopt;
        }
        wrong_kind(key, "a date (2023-11-02) or a date-time with offset (2023-11-02T00:00:00Z)", *node);
        return std::nullopt;
    }
    /// An array's elements, or null when absent or no array (then the error is kept).
    const toml::array* array(std::string_view key, std::string_view wanted) const {
        const auto* node = find(key);
        if (!node) return nullptr;
        if (const auto* a = node->as_array()) return a;
        wrong_kind(key, wanted, *node);
        return nullptr;
    }
};

namespace {

std::optional<std::vector<double>> number_row(const toml::array& row) {
    std::vector<double> out;
    out.reserve(row.size());
    for (const auto& v : row) {
        const auto n = as_number(v);
        if (!n) return std::nullopt;
        out.push_back(*n);
    }
    return out;
}

/// The first key (in the order of the text) that nobody asked for, with its table.
struct Unread {
    const toml::table* table = nullptr;
    std::string key;
    toml::source_region where;
};

void find_unread(const Doc& doc, const toml::table& table, std::optional<Unread>& first);

void find_unread_in(const Doc& doc, const toml::node& node, std::optional<Unread>& first) {
    if (const auto* t = node.as_table()) {
        // A table whose key was asked for but that nobody opened has been judged by its reader.
        if (doc.asked.contains(t)) find_unread(doc, *t, first);
    } else if (const auto* a = node.as_array()) {
        for (const auto& e : *a) find_unread_in(doc, e, first);
    }
}

void find_unread(const Doc& doc, const toml::table& table, std::optional<Unread>& first) {
    const auto asked = doc.asked.find(&table);
    for (const auto& [key, node] : table) {
        if (asked != doc.asked.end() && asked->second.keys.contains(key.str())) {
            find_unread_in(doc, node, first);
            continue;
        }
        const auto where = key_region(table, key.str());
        if (!first || where.begin < first->where.begin) first = Unread{&table, std::string(key.str()), where};
    }
}

Error unknown_key(const Doc& doc, const Unread& unread) {
    std::vector<std::string> known;
    std::string label;
    if (const auto it = doc.asked.find(unread.table); it != doc.asked.end()) {
        known.assign(it->second.keys.begin(), it->second.keys.end());
        label = it->second.label;
    }
    std::string reason = "unknown key '" + unread.key + "'" + (label.empty() ? "" : " in [" + label + "]");
    if (const auto near = nearest_name(unread.key, known); !near.empty()) reason += "; did you mean '" + near + "'?";
    return {Errc::unknown_key, doc.place(unread.where, label.empty() ? unread.key : label + "." + unread.key), reason};
}

}  // namespace

bool Section::has(std::string_view key) const {
    return impl_ && impl_->find(key) != nullptr;
}

bool Section::is_string(std::string_view key) const {
    const auto* node = impl_ ? impl_->find(key) : nullptr;
    return node && node->is_string();
}

Place Section::place(std::string_view key) const {
    return impl_ ? impl_->place_of(key) : Place{};
}

std::string Section::string(std::string_view key) const {
    if (!has(key)) {
        if (impl_) impl_->missing(key, "a string");
        return {};
    }
    return impl_->string(key).value_or("");
}
std::string Section::string_or(std::string_view key, std::string fallback) const {
    return string_opt(key).value_or(std::move(fallback));
}
std::optional<std::string> Section::string_opt(std::string_view key) const {
    return impl_ ? impl_->string(key) : std::nullopt;
}

double Section::number(std::string_view key) const {
    if (!has(key)) {
        if (impl_) impl_->missing(key, "a number");
        return 0;
    }
    return impl_->number(key).value_or(0);
}
double Section::number_or(std::string_view key, double fallback) const {
    return number_opt(key).value_or(fallback);
}
std::optional<double> Section::number_opt(std::string_view key) const {
    return impl_ ? impl_->number(key) : std::nullopt;
}

std::int64_t Section::integer(std::string_view key) const {
    if (!has(key)) {
        if (impl_) impl_->missing(key, "an integer");
        return 0;
    }
    return impl_->integer(key).value_or(0);
}
std::int64_t Section::integer_or(std::string_view key, std::int64_t fallback) const {
    return impl_ ? impl_->integer(key).value_or(fallback) : fallback;
}

bool Section::boolean_or(std::string_view key, bool fallback) const {
    if (!has(key)) return fallback;
    const auto* node = impl_->find(key);
    if (const auto* b = node->as_boolean()) return b->get();
    impl_->wrong_kind(key, "true or false", *node);
    return fallback;
}

Time Section::time(std::string_view key) const {
    if (!has(key)) {
        if (impl_) impl_->missing(key, "a date or date-time");
        return {};
    }
    return impl_->time(key).value_or(Time{});
}
std::optional<Time> Section::time_opt(std::string_view key) const {
    return impl_ ? impl_->time(key) : std::nullopt;
}

std::vector<std::string> Section::strings(std::string_view key) const {
    std::vector<std::string> out;
    const auto* a = impl_ ? impl_->array(key, "an array of strings") : nullptr;
    if (!a) return out;
    for (const auto& e : *a) {
        if (const auto* s = e.as_string()) {
            out.push_back(s->get());
        } else {
            impl_->wrong_kind(key, "an array of strings", e);
        }
    }
    return out;
}

std::vector<double> Section::numbers(std::string_view key) const {
    const auto* a = impl_ ? impl_->array(key, "an array of numbers") : nullptr;
    if (!a) return {};
    if (auto row = number_row(*a)) return *row;
    impl_->wrong_kind(key, "an array of finite numbers", *a);
    return {};
}

std::vector<std::vector<double>> Section::number_rows(std::string_view key) const {
    std::vector<std::vector<double>> out;
    const auto* a = impl_ ? impl_->array(key, "an array of arrays of numbers") : nullptr;
    if (!a) return out;
    for (const auto& e : *a) {
        auto row = e.is_array() ? number_row(*e.as_array()) : std::nullopt;
        if (row) {
            out.push_back(std::move(*row));
        } else {
            impl_->wrong_kind(key, "an array of arrays of finite numbers", e);
        }
    }
    return out;
}

Section Section::table(std::string_view key) const {
    Section out;
    if (!impl_) return out;
    const auto* node = impl_->find(key);
    const auto* table = node ? node->as_table() : nullptr;
    if (node && !table) impl_->wrong_kind(key, "a table", *node);
    out.impl_ = Impl::make(impl_->doc, table, table ? table->source() : impl_->where, impl_->path(key));
    return out;
}

std::vector<Section> Section::tables(std::string_view key) const {
    std::vector<Section> out;
    const auto* a = impl_ ? impl_->array(key, "an array of tables, [[" + std::string(key) + "]]") : nullptr;
    if (!a) return out;
    for (const auto& e : *a) {
        if (const auto* t = e.as_table()) {
            Section s;
            s.impl_ = Impl::make(impl_->doc, t, t->source(), impl_->path(key));
            out.push_back(std::move(s));
        } else {
            impl_->wrong_kind(key, "an array of tables", e);
        }
    }
    return out;
}

std::vector<std::string> Section::keys() const {
    std::vector<std::string> out;
    if (!impl_ || !impl_->table) return out;
    for (const auto& entry : *impl_->table) out.emplace_back(entry.first.str());
    std::ranges::sort(out);
    return out;
}

std::size_t Section::one_of(std::string_view key, const std::vector<std::string>& names) const {
    if (!has(key)) {
        if (impl_) impl_->missing(key, "one of " + list_of(names));
        return 0;
    }
    return one_of_or(key, names, 0);
}

std::size_t Section::one_of_or(std::string_view key, const std::vector<std::string>& names,
                               std::size_t fallback) const {
    const auto found = string_opt(key);
    if (!found) return fallback;
    const auto it = std::ranges::find(names, *found);
    if (it != names.end()) return static_cast<std::size_t>(it - names.begin());
    std::string reason =
        "'" + *found + "' is not a value of '" + std::string(key) + "': expected one of " + list_of(names);
    if (const auto near = nearest_name(*found, names); !near.empty()) reason += "; did you mean '" + near + "'?";
    reject(key, Errc::bad_value, std::move(reason));
    return fallback;
}

void Section::reject(std::string_view key, Errc code, std::string reason) const {
    if (impl_) impl_->doc->keep({code, impl_->place_of(key), std::move(reason)});
}

Result<Config> Config::parse(std::string_view text, std::string file) {
    auto parsed = toml::parse(text, file);
    if (!parsed) {
        const auto& error = parsed.error();
        const auto& at = error.source().begin;
        return fail(Errc::syntax,
                    {std::move(file), static_cast<std::uint32_t>(at.line), static_cast<std::uint32_t>(at.column), {}},
                    std::string(error.description()));
    }
    auto doc = std::make_shared<Doc>();
    doc->file = std::move(file);
    doc->root = std::move(parsed).table();
    Config out;
    const auto* root = &doc->root;
    out.root_.impl_ = Section::Impl::make(doc, root, root->source(), {});
    return out;
}

Result<Config> Config::load(const std::string& path) {
    ASMAN_TRY(const auto text, read_file(path));
    return parse(text, path);
}

Section Config::root() const {
    return root_;
}

Result<void> Config::finish() const {
    if (!root_.impl_) return {};
    const auto& doc = *root_.impl_->doc;
    std::optional<Unread> unread;
    find_unread(doc, doc.root, unread);
    if (doc.first_error) {
        // A misspelled required key is both missing and unknown; the misspelling is what helps its writer.
        if (unread && doc.first_error->code == Errc::missing) {
            auto unknown = unknown_key(doc, *unread);
            const auto& item = doc.first_error->place.item;
            const auto key = item.substr(item.rfind('.') + 1);
            if (unknown.reason.find("did you mean '" + key + "'") != std::string::npos) {
                return std::unexpected(std::move(unknown));
            }
        }
        return std::unexpected(*doc.first_error);
    }
    if (unread) return std::unexpected(unknown_key(doc, *unread));
    return {};
}

namespace {

/// Edits from one name to the other: insertions, deletions, substitutions and swaps of neighbours (optimal string
/// alignment).
std::size_t edits(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before.swap(last);
        last.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j < row.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row.back();
}

}  // namespace

std::string nearest_name(std::string_view wrong, const std::vector<std::string>& known) {
    std::string_view best;
    std::size_t best_edits = 0;
    if (wrong.size() > 256) return {};  // a name from outside must not cost the square of its length
    for (const auto& name : known) {
        if (name.size() > 256) continue;
        const auto found = edits(wrong, name);
        // Near: at most a third of the longer name, and one edit always.
        if (found > std::max<std::size_t>(1, std::max(wrong.size(), name.size()) / 3)) continue;
        if (best.empty() || found < best_edits) {
            best = name;
            best_edits = found;
        }
    }
    return std::string(best);
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail(Errc::io, {path, 0, 0, {}}, "cannot open the file");
    std::ostringstream out;
    out << in.rdbuf();
    // An empty file sets failbit on the output stream; only a fault of the input is an error.
    if (in.bad()) return fail(Errc::io, {path, 0, 0, {}}, "cannot read the file");
    return std::move(out).str();
}

Result<void> write_file(const std::string& path, std::string_view text) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    if (!out) return fail(Errc::io, {path, 0, 0, {}}, "cannot open the file for writing");
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.close();
    if (!out) return fail(Errc::io, {path, 0, 0, {}}, "cannot write the file");
    return {};
}

}  // namespace asman::base
