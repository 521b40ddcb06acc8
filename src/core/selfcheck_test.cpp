#include <asman/core/selfcheck.hpp>

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

namespace asman::core {
namespace {

const std::size_t cases = test::cases(2000);

TEST(Selfcheck, WhatAThirdPartyGetsDependsOnNothingThatIsNotItsBusiness) {
    const auto p = non_interference(cases, 1);
    EXPECT_EQ(p.failures, 0u) << p.counterexample;
    EXPECT_EQ(p.cases, cases);
}

TEST(Selfcheck, ALeakIsSeen) {
    EXPECT_GT(non_interference(200, 1, accord::Mutation::ignore_onward_consent).failures, 0u);
}

}  // namespace
}  // namespace asman::core
