// The odds of two labellings against every way in which a pair's scans may have been taken.
#include "manage/labels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace asman::track {
namespace {

struct Scan {
    double wrong;  ///< chance that its plots were taken the wrong way round
    double told;   ///< ln of what its replies say for the other labelling
};

/// P(exchanged at the end) as the sum over all 2^n ways, of which each scan may or may not have exchanged the two.
double enumerated(double prior, const std::vector<Scan>& scans) {
    double sum[2] = {0, 0};
    for (std::uint32_t ways = 0; ways < 2U << scans.size(); ++ways) {
        bool exchanged = ways >> scans.size() & 1;
        double w = exchanged ? prior : 1 - prior;
        for (std::size_t n = 0; n < scans.size(); ++n) {
            const bool now = ways >> n & 1;
            w *= now ? scans[n].wrong : 1 - scans[n].wrong;
            exchanged ^= now;
            if (exchanged) w *= std::exp(scans[n].told);
        }
        sum[exchanged] += w;
    }
    return sum[1] / (sum[0] + sum[1]);
}

TEST(Labels, OddsAreThoseOfAllWaysTogether) {
    std::mt19937 g(3);
    std::uniform_real_distribution<double> u(0, 1);
    for (int draw = 0; draw < 200; ++draw) {
        std::vector<Scan> scans(1 + g() % 9);
        for (Scan& s : scans) s = {0.5 * u(g), 6 * (u(g) - 0.5)};
        const double prior = 0.01 + 0.4 * u(g);
        double odds = std::log(prior / (1 - prior));
        for (const Scan& s : scans) odds = confused(odds, s.wrong) + s.told;
        Labelling l;
        l.whole = odds;
        EXPECT_NEAR(l.exchanged(), enumerated(prior, scans), 1e-9);
    }
}

TEST(Labels, ConfusionLeadsToDoubtAndNoFurther) {
    for (const double odds : {-12.0, -3.0, 0.0, 2.0, 12.0}) {
        EXPECT_NEAR(confused(odds, 0), odds, 1e-6);
        EXPECT_NEAR(confused(odds, 0.5), 0, 1e-12);
        EXPECT_LE(std::abs(confused(odds, 0.1)), std::abs(odds) + 1e-12);
    }
}

TEST(Labels, AValueSpeaksForWhoHadIt) {
    std::mt19937 g(4);
    std::uniform_real_distribution<double> u(0, 1);
    for (int draw = 0; draw < 500; ++draw) {
        const double a = 300 * u(g), b = 300 * u(g), v = 300 * u(g), drift = 1 + 100 * u(g), va = 1 + 900 * u(g);
        const double said = steadier(v, a, va, b, va, drift);
        EXPECT_DOUBLE_EQ(said, -steadier(v, b, va, a, va, drift));
        if (std::abs(v - a) < std::abs(v - b)) {
            EXPECT_GE(said, 0);
        }
        // The less certain, the less it says.
        EXPECT_LE(std::abs(steadier(a, a, va, b, va, 1000)), std::abs(steadier(a, a, va, b, va, 1e-9)) + 1e-9);
    }
}

}  // namespace
}  // namespace asman::track
