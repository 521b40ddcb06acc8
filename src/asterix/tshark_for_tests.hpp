// What Wireshark's dissector reads in records: an independent decoder for tests, where it is installed.
#pragma once

#include <asman_test/command.hpp>

#include <asman/asterix/record.hpp>

#include "framings_for_tests.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace asman::asterix::tshark {

/// The lines that a command prints; what it says besides is dropped.
inline std::vector<std::string> lines_of(const std::string& command) {
    std::vector<std::string> out;
    const auto all = test::output_of(command + " 2>/dev/null");
    for (std::size_t at = 0, end; (end = all.find('\n', at)) != std::string::npos; at = end + 1)
        out.push_back(all.substr(at, end - at));
    return out;
}

inline std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> out;
    for (;;) {
        const auto end = text.find(at);
        out.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

enum class Type : std::uint8_t { number, scaled, text };

/// The fields of one edition, by path: "380_IAS_IM", "010_SAC", "380_ADR_VALUE".
using Fields = std::map<std::string, Type, std::less<>>;

/// Every edition that this tshark has, by category and number.
class Dissector {
  public:
    Dissector() {
        for (const auto& line : lines_of("tshark -G fields")) {
            const auto column = split(line, '\t');
            if (column.size() < 4 || column[0] != "F" || !column[2].starts_with("asterix.") || column[3] == "FT_NONE")
                continue;
            const std::string_view name = std::string_view(column[2]).substr(8);
            const auto end = name.find_first_not_of("0123456789");
            if (end != 3 || name[3] != '_') continue;
            const auto category = std::stoi(std::string(name.substr(0, 3)));
            auto path = name.substr(4);
            // What it reads where no version is told has names without one; it is one of those that have.
            if (!path.starts_with('V')) continue;
            const auto major = path.find('_'), minor = path.find('_', major + 1);
            const auto version =
                std::string(path.substr(1, major - 1)) + "." + std::string(path.substr(major + 1, minor - major - 1));
            path.remove_prefix(minor + 1);
            fields_[{category, version}][std::string(path)] = column[3] == "FT_DOUBLE"   ? Type::scaled
                                                              : column[3] == "FT_STRING" ? Type::text
                                                                                         : Type::number;
        }
    }
    bool installed() const { return !fields_.empty(); }
    /// nullptr: tshark does not have that edition.
    const Fields* fields(int category, std::string_view number) const {
        const auto found = fields_.find({category, std::string(number)});
        return found == fields_.end() ? nullptr : &found->second;
    }

    /// One row for each record, one column for each field, in order; a field that is there n times has n values.
    using Row = std::vector<std::vector<std::string>>;
    std::vector<Row> read(const Edition& edition, const std::vector<Bytes>& records) const {
        const auto path = std::filesystem::temp_directory_path() / ("asman-" + std::to_string(::getpid()) + ".pcap");
        {
            std::vector<framings_for_tests::Octets> packets;
            for (const Bytes r : records) packets.push_back(packet(edition.category, r));
            const auto capture = framings_for_tests::pcap(packets, 101);
            std::ofstream(path, std::ios::binary)
                .write(reinterpret_cast<const char*>(capture.data()), static_cast<std::streamsize>(capture.size()));
        }
        const auto lines = lines_of(command(edition, path.string()));
        std::filesystem::remove(path);
        std::vector<Row> out;
        for (const auto& line : lines) {
            Row row;
            for (const auto& cell : split(line, '\t'))
                row.push_back(cell.empty() ? std::vector<std::string>{} : split(cell, separator));
            out.push_back(std::move(row));
        }
        return out;
    }

  private:
    static constexpr char separator = '\x1E';

    std::string command(const Edition& edition, const std::string& path) const {
        char category[4];
        std::snprintf(category, sizeof category, "%03u", unsigned{edition.category});
        std::string out = "tshark -r " + path +
                          " -d udp.port==8600,asterix -T fields -E occurrence=a -E aggregator=" + separator +
                          " -o 'asterix.i" + category + "_version:Version " + std::string(edition.number) + "'";
        std::string prefix = std::string(" -e asterix.") + category + "_V";
        for (const char c : edition.number) prefix += c == '.' ? '_' : c;
        prefix += "_";
        for (const auto& [name, type] : *fields(edition.category, edition.number)) out += prefix + name;
        return out;
    }
    static framings_for_tests::Octets packet(std::uint8_t category, Bytes record) {
        framings_for_tests::Octets block{category};
        for (const auto octet : framings_for_tests::big(record.size() + 3, 2)) block.push_back(octet);
        for (const std::byte b : record) block.push_back(static_cast<std::uint8_t>(b));
        return framings_for_tests::ip4(framings_for_tests::udp(block));
    }

    std::map<std::pair<int, std::string>, Fields> fields_;
};

}  // namespace asman::asterix::tshark
