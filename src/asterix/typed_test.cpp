// Typed views, JSON and the tables themselves, on records made from the tables of every edition.
#include <asman/asterix/decode.hpp>
#include <asman/asterix/json.hpp>
#include <asman/asterix/probe.hpp>
#include <asman/asterix/views.hpp>

#include "differential_for_tests.hpp"
#include "records_for_tests.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace asman::asterix {
namespace {

std::string name_of(const Edition& e) {
    return std::to_string(e.category) + " " + std::string(e.number);
}

/// Calls `f` with records of every edition; those of another order than they seem (001) are left out.
template <class F>
std::size_t every_edition(Making making, F f) {
    const int each = std::getenv("ASMAN_LONG") ? 5000 : 300;
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

std::string json_of(const Record& record) {
    std::string json;
    to_json(record, 0, json);
    return json;
}

TEST(EveryEdition, ACanonicalRecordComesBackFromJsonAndFromValues) {
    every_edition(Making::canonical, [](const Record& record) {
        ASSERT_EQ(irregularity(record).what, Irregular::none) << json_of(record);
        const auto json = json_of(record);
        FromJson back;
        std::string reason;
        ASSERT_TRUE(from_json(json, back, reason)) << name_of(*record.edition) << ": " << reason << "\n" << json;
        ASSERT_TRUE(std::ranges::equal(back.bytes, record.bytes)) << name_of(*record.edition) << "\n" << json;
        ASSERT_TRUE(with_view(record, [&](const auto& view) {
            std::vector<std::byte> out;
            Problem problem;
            ASSERT_TRUE(encode(view.to_fields(), *record.edition, out, problem)) << problem.text() << "\n" << json;
            ASSERT_TRUE(std::ranges::equal(out, record.bytes)) << name_of(*record.edition) << "\n" << json;
        }));
    });
}

TEST(EveryEdition, TheTypedViewReadsWhatTheTableSays) {
    for (const auto making : {Making::canonical, Making::wild})
        every_edition(making, [](const Record& record) {
            const auto difference = differential::compare(record);
            ASSERT_EQ(difference, "") << name_of(*record.edition) << "\n" << json_of(record);
        });
}

TEST(EveryEdition, APlausibleRecordIsFoundPlausible) {
    every_edition(Making::plausible, [](const Record& record) {
        ASSERT_EQ(implausible(record), 0u) << name_of(*record.edition) << "\n" << json_of(record);
    });
}

TEST(EveryEdition, WhatIsIrregularIsSaid) {
    std::size_t irregular = 0;
    every_edition(Making::wild, [&](const Record& record) {
        const auto found = irregularity(record);
        irregular += found.what != Irregular::none;
        FromJson back;
        std::string reason;
        const bool same = from_json(json_of(record), back, reason) && std::ranges::equal(back.bytes, record.bytes);
        ASSERT_TRUE(same || found.what != Irregular::none) << name_of(*record.edition) << "\n" << json_of(record);
    });
    EXPECT_GT(irregular, 1000u);
}

}  // namespace
}  // namespace asman::asterix
