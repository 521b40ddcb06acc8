// specgen: reads spec/asterix/*.txt and writes the C++ that the asterix room is built with.
//   specgen OUT TABLE...
#include "model.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

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

/// "048-1.27.txt" before "048-1.32.txt", editions by number: references go to older ones.
bool before(const std::filesystem::path& a, const std::filesystem::path& b) {
    const auto x = a.stem().string(), y = b.stem().string();
    const auto i = x.rfind('-'), j = y.rfind('-');
    if (x.substr(0, i) != y.substr(0, j)) return x.substr(0, i) < y.substr(0, j);
    return asman::asterix::older(x.substr(i + 1), y.substr(j + 1));
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) {
        std::cerr << "usage: specgen OUT TABLE...\n";
        return 2;
    }
    std::vector<std::filesystem::path> files(argv + 2, argv + argc);
    std::sort(files.begin(), files.end(), before);
    asman::asterix::SpecSet set;
    for (const auto& file : files) {
        std::ifstream in(file, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        if (const auto edition = set.add(file.string(), text); !edition) {
            std::cerr << edition.error().text() << '\n';
            return 1;
        }
    }
    const std::filesystem::path out = argv[1], headers = out / "include/asman/asterix";
    std::error_code ignored;
    std::filesystem::create_directories(headers, ignored);
    const auto all = specgen::categories(set);
    bool ok = write(out / "tables.cpp", specgen::emit_tables(set, all));
    for (const auto& c : all) {
        const auto name = "cat" + specgen::three(c.number);
        ok = write(headers / (name + ".hpp"), specgen::emit_header(c)) && ok;
        ok = write(out / (name + ".cpp"), specgen::emit_source(c)) && ok;
    }
    if (!ok) std::cerr << "specgen: cannot write below " << out << '\n';
    return ok ? 0 : 1;
}
