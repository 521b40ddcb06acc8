// What the ASTERIX targets share: inputs that are datagrams of one edition, and a mutator that makes them from the
// tables.
//
// An input is an octet that chooses the edition of its first block's category (modulo their number), and a datagram.
#pragma once

#include <asman/asterix/decode.hpp>

#include "../src/asterix/records_for_tests.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace fuzzing {

using namespace asman::asterix;

/// Editions by category, and what each target is given to read them with: made once.
struct Readers {
    std::array<std::vector<const Edition*>, 256> editions;
    std::array<std::vector<Editions>, 256> readers;
    std::vector<std::uint8_t> categories;

    Readers() {
        for (const Edition* e : asman::asterix::editions()) {
            if (e->expansion) continue;
            if (editions[e->category].empty()) categories.push_back(e->category);
            editions[e->category].push_back(e);
            readers[e->category].emplace_back().set(*e);
        }
    }
};
inline const Readers& known() {
    static const Readers all;
    return all;
}

/// Executions and records by category; appended as a line to the file that ASMAN_FUZZ_COUNTS names, at the end.
struct Counts {
    std::uint64_t executions = 0, problems = 0, opaque = 0, trailers = 0;
    std::array<std::uint64_t, 256> records{};
    const char* target = "";

    ~Counts() {
        const char* path = std::getenv("ASMAN_FUZZ_COUNTS");
        std::FILE* file = path ? std::fopen(path, "a") : nullptr;
        if (!file) return;
        std::fprintf(file, "{\"target\":\"%s\",\"executions\":%llu,\"problems\":%llu,\"opaque\":%llu,\"records\":{",
                     target, static_cast<unsigned long long>(executions), static_cast<unsigned long long>(problems),
                     static_cast<unsigned long long>(opaque));
        const char* comma = "";
        for (std::size_t c = 0; c < records.size(); ++c)
            if (records[c]) {
                std::fprintf(file, "%s\"%zu\":%llu", comma, c, static_cast<unsigned long long>(records[c]));
                comma = ",";
            }
        std::fprintf(file, "}}\n");
        std::fclose(file);
    }
};
inline Counts counts;

[[noreturn]] inline void found(const char* what) {
    std::fprintf(stderr, "found: %s\n", what);
    std::abort();
}

/// Reads an input; `check` is called with each record.
template <class F>
int read(const char* target, const unsigned char* data, std::size_t size, F check) {
    counts.target = target;
    ++counts.executions;
    if (size < 2) return 0;
    static const Editions newest;
    const auto& readers = known().readers[data[1]];
    const Bytes datagram(reinterpret_cast<const std::byte*>(data + 1), size - 1);
    DatagramReader reader(datagram, readers.empty() ? newest : readers[data[0] % readers.size()]);
    while (const Event* e = reader.next()) {
        switch (e->what) {
            case What::record:
                ++counts.records[e->category];
                check(e->record);
                break;
            case What::problem:
                ++counts.problems;
                if (e->problem.offset > datagram.size() || e->problem.text().empty())
                    found("a place beyond the datagram");
                break;
            case What::opaque:
                ++counts.opaque;
                break;
            case What::trailer:
                ++counts.trailers;
                break;
        }
    }
    return 0;
}

/// Makes blocks of records from the tables of one edition.
inline std::size_t make(std::uint8_t* data, std::size_t most, Dice& dice) {
    const auto& all = known();
    const auto category = all.categories[dice.below(all.categories.size())];
    const auto& editions = all.editions[category];
    const auto which = dice.below(editions.size());
    static std::vector<std::byte> bytes;
    bytes.assign(1, static_cast<std::byte>(which));
    const auto blocks = dice.one_in(8) ? 2 : 1;
    for (std::uint64_t b = 0; b < blocks; ++b) {
        const auto start = bytes.size();
        bytes.insert(bytes.end(), {static_cast<std::byte>(category), std::byte{0}, std::byte{0}});
        const auto records = dice.one_in(4) ? 2 : 1;
        for (std::uint64_t r = 0; r < records; ++r)
            RecordMaker(dice, dice.one_in(3) ? Making::canonical : Making::wild)
                .record(*editions[which], dice.one_in(2) ? nullptr : find_edition(category, {}, true), bytes);
        const auto length = bytes.size() - start;
        bytes[start + 1] = static_cast<std::byte>(length >> 8);
        bytes[start + 2] = static_cast<std::byte>(length);
    }
    const auto size = std::min(bytes.size(), most);
    std::memcpy(data, bytes.data(), size);
    return size;
}

/// The first block's length says what is there again.
inline void mend(std::uint8_t* data, std::size_t size) {
    if (size < 4 || size > 65536) return;
    data[2] = static_cast<std::uint8_t>((size - 1) >> 8);
    data[3] = static_cast<std::uint8_t>((size - 1) & 0xFF);
}

}  // namespace fuzzing
