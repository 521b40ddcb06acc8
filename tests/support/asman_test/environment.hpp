// What the environment asks of the tests of every room.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace asman::test {

/// ASMAN_REQUIRE_DATA=1: what lacks its data fails.
inline bool data_required() {
    const char* said = std::getenv("ASMAN_REQUIRE_DATA");
    return said && std::string_view(said) == "1";
}

/// ASMAN_LONG: take the time.
inline bool at_length() {
    return std::getenv("ASMAN_LONG") != nullptr;
}

/// ASMAN_CASES: fewer under sanitizers, more in a long run.
inline std::size_t cases(std::size_t otherwise) {
    const char* wanted = std::getenv("ASMAN_CASES");
    return wanted ? std::strtoull(wanted, nullptr, 10) : otherwise;
}

}  // namespace asman::test

/// Skips the test, with a word, unless `there`; where data are required that is a failure.
#define ASMAN_NEED(there, what)                                               \
    do {                                                                      \
        if (!(there)) {                                                       \
            if (asman::test::data_required()) FAIL() << what << " is absent"; \
            GTEST_SKIP() << what << " is absent";                             \
        }                                                                     \
    } while (false)
