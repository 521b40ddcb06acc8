// There and back by values and by JSON, on records made from the tables of every edition; what is irregular or
// implausible is told.
#include <asman/asterix/probe.hpp>
#include <asman/asterix/views.hpp>

#include "every_edition_for_tests.hpp"

namespace asman::asterix {
namespace {

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
