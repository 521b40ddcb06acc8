#include <asman/accord/selfcheck.hpp>

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

namespace asman::accord {
namespace {

const std::size_t cases = test::cases(2000);

TEST(Selfcheck, EveryPropertyHolds) {
    for (const auto& p : selfcheck(cases, 1)) {
        EXPECT_EQ(p.failures, 0u) << p.name << "\n" << p.counterexample;
        EXPECT_EQ(p.cases, cases);
    }
}

TEST(Selfcheck, EveryMutationIsCaught) {
    for (std::size_t m = 1; m < mutation_names().size(); ++m) {
        std::size_t caught = 0;  // until the first: what is caught soon costs little
        for (std::uint64_t seed = 1; seed <= 15 && caught == 0; ++seed)
            for (const auto& p : selfcheck(10, seed, static_cast<Mutation>(m))) caught += p.failures;
        EXPECT_GT(caught, 0u) << mutation_names()[m];
    }
}

}  // namespace
}  // namespace asman::accord
