// Typed views read what the tables say, on records made from the tables of every edition.
#include <asman/asterix/views.hpp>

#include "differential_for_tests.hpp"
#include "every_edition_for_tests.hpp"

namespace asman::asterix {
namespace {

TEST(EveryEdition, TheTypedViewReadsWhatTheTableSays) {
    for (const auto making : {Making::canonical, Making::wild})
        every_edition(making, [](const Record& record) {
            const auto difference = differential::compare(record);
            ASSERT_EQ(difference, "") << name_of(*record.edition) << "\n" << json_of(record);
        });
}

}  // namespace
}  // namespace asman::asterix
