// Records made from the tables of every edition, for tests.
#pragma once

#include <asman/asterix/json.hpp>

#include "records_for_tests.hpp"

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

namespace asman::asterix {

inline std::string name_of(const Edition& e) {
    return std::to_string(e.category) + " " + std::string(e.number);
}

/// Calls `f` with records of every edition; those of another order than they seem (001) are left out.
template <class F>
std::size_t every_edition(Making making, F f) {
    const int each = test::at_length() ? 5000 : 300;
    std::size_t made = 0;
    for (const Edition* edition : editions()) {
        if (edition->expansion) continue;
        const Edition* expansion = find_edition(edition->category, {}, true);
        Dice dice(edition->category * 1000u + edition->items);
        std::vector<std::byte> bytes;
        for (int i = 0; i < each; ++i) {
            bytes.clear();
            const Uap* uap = RecordMaker(dice, making).record(*edition, expansion, bytes);
            Record record;
            record.expansion = expansion;
            Problem problem;
            const bool read = index_record(*edition, bytes, record, problem);
            if (edition->uaps == 1 && making != Making::wild) {
                EXPECT_TRUE(read) << name_of(*edition) << ": " << problem.text();
            }
            if (!read || record.uap != uap || record.bytes.size() != bytes.size()) continue;
            ++made;
            f(record);
            if (testing::Test::HasFailure()) return made;
        }
    }
    EXPECT_GT(made, 60u * static_cast<unsigned>(each));
    return made;
}

inline std::string json_of(const Record& record) {
    std::string json;
    to_json(record, 0, json);
    return json;
}

}  // namespace asman::asterix
