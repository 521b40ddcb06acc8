#include <asman/base/assignment.hpp>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <algorithm>

namespace asman::base {
namespace {

/// Tries every assignment.
double best_of_all(const std::vector<std::vector<double>>& score, std::size_t row, std::uint32_t used) {
    if (row == score.size()) return 0;
    double best = best_of_all(score, row + 1, used);
    for (std::size_t c = 0; c < score[row].size(); ++c) {
        if ((used >> c & 1) != 0 || score[row][c] <= 0) continue;
        best = std::max(best, score[row][c] + best_of_all(score, row + 1, used | 1u << c));
    }
    return best;
}

TEST(Assignment, IsTheBestOfAll) {
    EXPECT_TRUE(rc::check("small graphs", [] {
        const auto rows = *rc::gen::inRange<std::size_t>(0, 7);
        const auto columns = *rc::gen::inRange<std::size_t>(1, 7);
        std::vector score(rows, std::vector<double>(columns, 0));
        std::vector<PossiblePair> pairs;
        for (std::size_t r = 0; r < rows; ++r) {
            for (std::size_t c = 0; c < columns; ++c) {
                score[r][c] = *rc::gen::inRange(-5, 12);
                if (*rc::gen::inRange(0, 3) == 0) score[r][c] = 0;
                pairs.push_back({static_cast<std::uint32_t>(r), static_cast<std::uint32_t>(c), score[r][c]});
            }
        }
        const auto found =
            best_assignment(static_cast<std::uint32_t>(rows), static_cast<std::uint32_t>(columns), pairs);
        RC_ASSERT(found.size() == rows);
        double sum = 0;
        std::vector<std::uint32_t> used;
        for (std::size_t r = 0; r < rows; ++r) {
            if (found[r] == unassigned) continue;
            RC_ASSERT(score[r][found[r]] > 0);
            RC_ASSERT(std::ranges::find(used, found[r]) == used.end());
            used.push_back(found[r]);
            sum += score[r][found[r]];
        }
        RC_ASSERT(std::abs(sum - best_of_all(score, 0, 0)) < 1e-9);
    }));
}

TEST(Assignment, EmptyAndWorthlessGraphsAssignNothing) {
    EXPECT_TRUE(best_assignment(0, 0, {}).empty());
    const std::vector<PossiblePair> none{{0, 0, 0.0}, {1, 0, -3.0}};
    EXPECT_EQ(best_assignment(2, 1, none), (std::vector{unassigned, unassigned}));
}

}  // namespace
}  // namespace asman::base
