// specgen: reads spec/asterix/*.txt and writes the C++ that the asterix room is built with.
//   specgen OUT TABLE...
#include "model.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

namespace {

/// Leaves a file alone whose text would not change: what includes it is not built again.
bool write(const std::filesystem::path& path, const std::string& text) {
    if (std::ifstream old(path, std::ios::binary); old) {
        const std::string have{std::istreambuf_iterator<char>(old), {}};
        if (have == text) return true;
    }
    std::ofstream out(path, std::ios::binary);
    out << text;
    return static_cast<bool>(out.flush());
}

/// "048-1.27.txt": the tables of one category, before the edition.
struct Table {
    std::filesystem::path path;
    std::string family, edition, text;  ///< "048", "1.27"
    bool begun = false, done = false;
};

Table read(const std::filesystem::path& path) {
    const auto stem = path.stem().string();
    const auto dash = stem.rfind('-');
    std::ifstream in(path, std::ios::binary);
    return {path, stem.substr(0, dash), stem.substr(dash + 1), {std::istreambuf_iterator<char>(in), {}}};
}

/// Editions that a table refers to by "NAME = EDITION".
std::vector<std::string> references(const std::string& text) {
    std::vector<std::string> out;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name, sign, edition, rest;
        if (line.starts_with(' ') || !(words >> name >> sign >> edition) || sign != "=" || words >> rest) continue;
        out.push_back(edition);
    }
    return out;
}

/// A table after those that it refers to. Empty: done; else what is wrong.
std::string load(Table& table, std::vector<Table>& all, asman::asterix::SpecSet& set) {
    if (table.done) return {};
    if (table.begun) return table.path.string() + ": refers to itself";
    table.begun = true;
    for (const auto& edition : references(table.text))
        for (Table& other : all)
            if (other.family == table.family && other.edition == edition)
                if (auto problem = load(other, all, set); !problem.empty()) return problem;
    table.done = true;
    const auto added = set.add(table.path.string(), table.text);
    return added ? std::string{} : added.error().text();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: specgen OUT TABLE...\n";
        return 2;
    }
    std::vector<Table> tables;
    for (int i = 2; i < argc; ++i) tables.push_back(read(argv[i]));
    asman::asterix::SpecSet set;
    for (Table& table : tables) {
        if (const auto problem = load(table, tables, set); !problem.empty()) {
            std::cerr << problem << '\n';
            return 1;
        }
    }
    const std::filesystem::path out = argv[1], headers = out / "include/asman/asterix";
    std::error_code ignored;
    std::filesystem::create_directories(headers, ignored);
    const auto all = specgen::categories(set);
    bool ok = write(out / "tables.cpp", specgen::emit_tables(set, all));
    ok = write(headers / "views.hpp", specgen::emit_views(all)) && ok;
    for (const auto& c : all) {
        const auto name = "cat" + specgen::three(c.number);
        ok = write(headers / (name + ".hpp"), specgen::emit_header(c)) && ok;
        ok = write(out / (name + ".cpp"), specgen::emit_source(c)) && ok;
    }
    if (!ok) std::cerr << "specgen: cannot write below " << out << '\n';
    return ok ? 0 : 1;
}
