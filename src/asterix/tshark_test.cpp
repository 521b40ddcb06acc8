// Field by field against Wireshark's dissector, where it is installed: on the recordings beside the project and on
// records made from the tables. docs/asterix.md explains each disagreement.
#include <asman/asterix/decode.hpp>
#include <asman/asterix/frames.hpp>
#include <asman/asterix/typed.hpp>

#include "recordings_for_tests.hpp"
#include "records_for_tests.hpp"
#include "tshark_for_tests.hpp"
#include "walk.hpp"

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

#include <cmath>
#include <cstdlib>
#include <set>

namespace asman::asterix {
namespace {

const bool everything = test::at_length();

const tshark::Dissector& dissector() {
    static const tshark::Dissector one;
    return one;
}

/// A value that both should give.
struct Leaf {
    const Node* node;
    std::uint64_t raw;
    Bytes bytes;
    std::size_t bit;
};

/// The elements of a record by path, as tshark spells paths; a choice as its bits.
struct Leaves : Visitor {
    std::map<std::string, std::vector<Leaf>, std::less<>> at;
    std::string path;
    std::vector<std::size_t> ends;

    void enter(const Node& n) {
        ends.push_back(path.size());
        if (!path.empty()) path += '_';
        path += n.name;
    }
    void leave(const Node&) {
        path.resize(ends.back());
        ends.pop_back();
    }
    bool choice(const Node& n, Bytes b, std::size_t bit) {
        element(n, b, bit);
        return true;
    }
    void element(const Node& n, Bytes b, std::size_t bit) {
        at[path].push_back({&n, n.bits > 64 ? 0 : get_bits(b.data(), bit, n.bits), b, bit});
    }
};

/// As tshark prints text: up to the first octet 0, what is no text in its place marked or spelt.
std::string printed_text(const Leaf& leaf) {
    std::string text;
    const bool icao = leaf.node->coding == Coding::icao;
    for (std::size_t i = 0; i < leaf.node->bits / (icao ? 6 : 8); ++i) {
        const auto code =
            icao ? get_bits(leaf.bytes.data(), leaf.bit + i * 6, 6) : get_bits(leaf.bytes.data(), leaf.bit + i * 8, 8);
        if (icao)
            text += icao_alphabet(code) ? icao_character(code) : ' ';
        else if (code == 0)
            break;
        else if (code >= 0x80)
            text += "\xEF\xBF\xBD";
        else if (code >= 7 && code <= 13)
            text += std::string("\\") + "abtnvfr"[code - 7];
        else
            text += static_cast<char>(code);
    }
    return text;
}

/// Whether the value that tshark prints is the leaf's.
bool same(const Leaf& leaf, tshark::Type type, const std::string& printed) {
    const Node& n = *leaf.node;
    if (type == tshark::Type::text) return printed_text(leaf) == printed;
    if (type == tshark::Type::number) return std::strtoull(printed.c_str(), nullptr, 0) == leaf.raw;
    const auto wide = sign_extended(leaf.raw, n.bits);
    const double units = n.is_signed ? static_cast<double>(wide) : static_cast<double>(leaf.raw);
    const double value = units * (n.coding == Coding::quantity ? n.lsb : 1);
    return std::abs(std::strtod(printed.c_str(), nullptr) - value) <= 1e-9 * std::max(1.0, std::abs(value));
}

/// Where tshark 4.0 does otherwise, and is not followed: docs/asterix.md has the grounds.
struct Otherwise {
    int category;
    const char* path;  ///< of fields, by how it starts
    const char* what;
};
constexpr Otherwise otherwise[] = {
    {4, "120_CC_CP", "a choice of tables: tshark names it CP"},
    {4, "170_MS1", "tshark reads the six-bit characters as octets"},
    {4, "171_MS2", "tshark reads the six-bit characters as octets"},
    {19, "553_REFTR3", "tshark takes its bits from the first extent"},
    {19, "553_REFTR4", "tshark takes its bits from the first extent"},
    {20, "020_CF", "the third extent, which tshark does not know"},
    {34, "120_HGT", "two's complement; tshark reads no sign"},
    {240, "051", "blocks of video: tshark gives them no field"},
    {240, "052", "blocks of video: tshark gives them no field"},
};
const char* known_otherwise(int category, std::string_view path) {
    for (const auto& o : otherwise)
        if (o.category == category && path.starts_with(o.path)) return o.what;
    return nullptr;
}

struct Field {
    std::size_t compared = 0, different = 0;
    std::string example;
};

class Agreement {
  public:
    std::size_t records = 0, left_out = 0, compared = 0;
    std::map<std::string, Field> fields;  ///< by "062 1.19 380_IAS_IM"

    void compare(const Edition& edition, const std::vector<std::vector<std::byte>>& made) {
        std::vector<Bytes> kept;
        std::vector<Record> read;
        for (const auto& bytes : made) {
            Record record;
            Problem problem;
            ASSERT_TRUE(index_record(edition, bytes, record, problem));
            if (beyond_tshark(record)) {
                ++left_out;
                continue;
            }
            kept.push_back(record.bytes);
            read.push_back(record);
        }
        const auto rows = dissector().read(edition, kept);
        ASSERT_EQ(rows.size(), kept.size()) << edition.category + 0 << " " << edition.number;
        const auto* known = dissector().fields(edition.category, edition.number);
        for (std::size_t i = 0; i < kept.size(); ++i) compare(read[i], *known, rows[i]);
    }

  private:
    /// Records of which tshark 4.0 takes other lengths than the standard says, and so reads nothing after that place.
    static bool beyond_tshark(const Record& record) {
        switch (record.category()) {
            case 1:  // every record in the order of plots
                return record.uap != &record.edition->uap[0];
            case 4:  // positions of 8 octets where they are 10
                return element(record, "170/CPW/LAT") || element(record, "171/CPW/LAT");
            case 62:  // of 510 it seeks the extension bit in the first of three octets
                return record.has("510");
            default:
                return false;
        }
    }

    void compare(const Record& record, const tshark::Fields& known, const tshark::Dissector::Row& row) {
        ++records;
        Leaves leaves;
        Walk(record, leaves).items();
        as_tshark_names_them(leaves, known);
        std::size_t column = 0;
        for (const auto& [name, type] : known) {
            const auto values = leaves.at.extract(name);
            compare(record, name, type, values ? values.mapped() : std::vector<Leaf>{}, row[column++]);
        }
        for (const auto& [path, values] : leaves.at) compare(record, path, tshark::Type::number, values, {});
    }
    void compare(const Record& record, const std::string& name, tshark::Type type, const std::vector<Leaf>& values,
                 const std::vector<std::string>& theirs) {
        if (theirs.empty() && values.empty()) return;
        Field& f = fields[std::to_string(record.category()) + " " + std::string(record.edition->number) + " " + name];
        for (std::size_t k = 0; k < std::max(values.size(), theirs.size()); ++k) {
            ++f.compared, ++compared;
            const bool both = k < values.size() && k < theirs.size();
            if (both && same(values[k], type, theirs[k])) continue;
            if (type == tshark::Type::text && theirs.empty() && printed_text(values[k]).empty()) continue;
            if (f.different++ == 0)
                f.example = "ours " + (k < values.size() ? std::to_string(values[k].raw) : "none") + ", theirs " +
                            (k < theirs.size() ? theirs[k] : "none");
        }
    }

    /// Their names for ours.
    static void as_tshark_names_them(Leaves& leaves, const tshark::Fields& known) {
        std::map<std::string, std::vector<Leaf>, std::less<>> out;
        for (auto& [path, values] : leaves.at) {
            if (path.ends_with("_EP") && known.contains(path.substr(0, path.size() - 3))) {
                // A bit that says whether the value applies, and the value: one field of theirs.
                const auto whole = path.substr(0, path.size() - 3);
                for (std::size_t k = 0; k < values.size(); ++k) {
                    const auto& value = leaves.at[whole + "_VAL"][k];
                    out[whole].push_back(value);
                    out[whole].back().raw |= values[k].raw << value.node->bits;
                }
            } else if (path.ends_with("_VAL") && known.contains(path.substr(0, path.size() - 4))) {
            } else if (path == "250_BDSREGISTER") {
                out["250_MBDATA"] = values;
            } else if (known.contains(path)) {
                out[path] = values;
            } else if (known.contains(path + "_VALUE")) {
                out[path + "_VALUE"] = values;
            } else if (const auto list = known.lower_bound(path + "_");
                       list != known.end() && list->first.starts_with(path + "_")) {
                // A list ended by a bit: tshark names its values, and shows the first.
                out[list->first] = {values[0]};
            } else {
                out[path] = values;
            }
        }
        leaves.at = std::move(out);
    }
};

void report(const Agreement& a) {
    std::size_t different = 0, explained = 0, listed = 0;
    for (const auto& [name, f] : a.fields) {
        if (!f.different) continue;
        const auto path = name.substr(name.find_last_of(' ') + 1);
        const char* why = known_otherwise(std::atoi(name.c_str()), path);
        (why ? explained : different) += f.different;
        if (!why && listed++ < 20)
            ADD_FAILURE() << name << ": " << f.different << " of " << f.compared << " differ: " << f.example;
    }
    std::printf(
        "tshark: %zu records (%zu left out), %zu fields, %zu values compared: %zu differ as explained, %zu "
        "besides\n",
        a.records, a.left_out, a.fields.size(), a.compared, explained, different);
}

using Kept = std::vector<std::vector<std::byte>>;

bool has(const Edition* edition) {
    return !edition->expansion && dissector().fields(edition->category, edition->number);
}

TEST(Tshark, ReadsRecordsMadeFromTheTablesAlike) {
    if (!dissector().installed()) GTEST_SKIP() << "tshark is not installed";
    Agreement all;
    for (const Edition* edition : editions()) {
        if (!has(edition)) continue;
        Dice dice(edition->category * 1000u + edition->items);
        Kept records;
        for (int i = 0; i < (everything ? 2000 : 60); ++i) {
            std::vector<std::byte> bytes;
            const Uap* uap = RecordMaker(dice, Making::plausible).record(*edition, nullptr, bytes);
            Record record;
            Problem problem;
            if (index_record(*edition, bytes, record, problem) && record.uap == uap) records.push_back(bytes);
        }
        all.compare(*edition, records);
    }
    report(all);
    EXPECT_GT(all.records, 1500u);
    // Every disagreement that is known shows, so that none stays in the list after its time.
    for (const auto& o : otherwise)
        EXPECT_TRUE(std::ranges::any_of(
            all.fields,
            [&](const auto& f) {
                const auto path = std::string_view(f.first).substr(f.first.find_last_of(' ') + 1);
                return f.second.different && std::atoi(f.first.c_str()) == o.category && path.starts_with(o.path);
            }))
            << o.category << " " << o.path;
}

TEST(Tshark, ReadsTheRecordingsAlike) {
    if (!dissector().installed()) GTEST_SKIP() << "tshark is not installed";
    ASMAN_NEED(std::filesystem::exists(recordings_folder), recordings_folder);
    // 062 0.17 is no edition of tshark's: the bytes of that recording fit others by chance.
    const Editions as_newest;
    std::map<int, Kept> records;
    for (const auto& file : std::filesystem::recursive_directory_iterator(recordings_folder)) {
        std::string problem;
        if (!file.is_regular_file() || file.path().extension() == ".md" || file.path().filename() == "cc_asterix.pcap")
            continue;
        auto frames = FrameReader::open(file.path().string(), problem);
        ASSERT_TRUE(frames) << problem;
        std::map<int, std::size_t> taken;
        while (const Frame* frame = frames->next()) {
            DatagramReader reader(frame->payload, as_newest, frame->number);
            while (const Event* e = reader.next())
                if (e->what == What::record && (everything || taken[e->category]++ < 500))
                    records[e->category].emplace_back(e->record.bytes.begin(), e->record.bytes.end());
        }
    }
    Agreement all;
    for (auto edition = editions().rbegin(); edition != editions().rend(); ++edition) {
        if (!has(*edition)) continue;
        auto& kept = records[(*edition)->category];
        Kept fit;
        for (const auto& r : kept) {
            Record record;
            Problem p;
            if (index_record(**edition, r, record, p) && record.bytes.size() == r.size()) fit.push_back(r);
        }
        if (!fit.empty()) all.compare(**edition, fit);
        if (!everything) kept.clear();
    }
    report(all);
    EXPECT_GT(all.records, 1500u);
}

}  // namespace
}  // namespace asman::asterix
