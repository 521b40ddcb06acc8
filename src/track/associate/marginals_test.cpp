#include "associate/marginals.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace asman::track {
namespace {

Cluster random_cluster(std::mt19937& g, std::size_t n, std::size_t m, double strength) {
    std::uniform_real_distribution<double> u(0, 1);
    Cluster c;
    c.resize(n, m);
    for (auto& v : c.none) v = 0.05 + 0.5 * u(g);
    for (auto& v : c.weight) v = u(g) < 0.3 ? 0 : std::exp(strength * (u(g) - 0.5));
    return c;
}

/// Every joint hypothesis, one by one.
void enumerate(const Cluster& c, const std::function<void(const std::vector<int>&, double)>& visit) {
    std::vector<int> plot(c.tracks, -1);
    const std::function<void(std::size_t, std::uint32_t, double)> walk = [&](std::size_t i, std::uint32_t used,
                                                                             double w) {
        if (i == c.tracks) return visit(plot, w);
        plot[i] = -1;
        walk(i + 1, used, w * c.none[i]);
        for (std::size_t j = 0; j < c.plots; ++j)
            if (!(used >> j & 1)) {
                plot[i] = static_cast<int>(j);
                walk(i + 1, used | 1U << j, w * c.at(i, j));
            }
        plot[i] = -1;
    };
    walk(0, 0, 1);
}

TEST(Marginals, ExactOnesAreTheEnumeratedOnes) {
    std::mt19937 g(1);
    for (int round = 0; round < 200; ++round) {
        const std::size_t n = 1 + g() % 4, m = 1 + g() % 4;
        const Cluster c = random_cluster(g, n, m, 6);
        std::vector<double> pair(n * m, 0);
        double total = 0;
        enumerate(c, [&](const std::vector<int>& plot, double w) {
            total += w;
            for (std::size_t i = 0; i < n; ++i)
                if (plot[i] >= 0) pair[i * m + static_cast<std::size_t>(plot[i])] += w;
        });
        Marginals out;
        exact_marginals(c, out);
        for (std::size_t k = 0; k < n * m; ++k) EXPECT_NEAR(out.pair[k], pair[k] / total, 1e-12);
    }
}

TEST(Marginals, PropagationIsExactForOneTrackAndNearOtherwise) {
    std::mt19937 g(2);
    double worst = 0;
    for (int round = 0; round < 200; ++round) {
        const std::size_t n = 1 + g() % 4, m = 1 + g() % 4;
        const Cluster c = random_cluster(g, n, m, 3);
        Marginals a, b;
        exact_marginals(c, a);
        propagated_marginals(c, b);
        for (std::size_t k = 0; k < n * m; ++k) {
            if (n == 1) {
                EXPECT_NEAR(a.pair[k], b.pair[k], 1e-9);
            }
            worst = std::max(worst, std::abs(a.pair[k] - b.pair[k]));
        }
    }
    EXPECT_LT(worst, 0.12);
}

TEST(Marginals, PruningKeepsTheBestOfEachSetAndSumsStayProbabilities) {
    std::mt19937 g(3);
    for (int round = 0; round < 200; ++round) {
        const std::size_t n = 1 + g() % 4, m = 1 + g() % 4;
        const Cluster c = random_cluster(g, n, m, 8);
        Marginals out;
        ASSERT_TRUE(pruned_marginals(c, out));
        for (const auto& kept : out.best)
            enumerate(c, [&](const std::vector<int>& plot, double w) {
                std::uint32_t detected = 0, used = 0;
                for (std::size_t i = 0; i < n; ++i)
                    if (plot[i] >= 0) detected |= 1U << i, used |= 1U << plot[i];
                if (detected == kept.detected && used == kept.used) {
                    EXPECT_LE(w, kept.weight * (1 + 1e-12));
                }
            });
        for (std::size_t i = 0; i < n; ++i) {
            double s = out.none[i];
            for (std::size_t j = 0; j < m; ++j) s += out.pair[i * m + j];
            EXPECT_NEAR(s, 1, 1e-9);
        }
    }
}

TEST(Marginals, TwoTracksBetweenTwoPlotsKeepApart) {
    // Both tracks see both plots nearly alike: plain marginals would draw both to the middle.
    Cluster c;
    c.resize(2, 2);
    c.none = {0.1, 0.1};
    c.weight = {100, 80, 80, 100};
    Marginals plain, pruned;
    exact_marginals(c, plain);
    ASSERT_TRUE(pruned_marginals(c, pruned));
    EXPECT_LT(plain.pair[0], 0.65);
    EXPECT_GT(pruned.pair[0], 0.95);
    EXPECT_GT(pruned.pair[3], 0.95);
}

TEST(Marginals, TwoTracksMayShareAPlot) {
    Cluster c;
    c.resize(2, 1);
    c.none = {0.1, 0.1};
    c.weight = {5, 3};
    c.shared = {{.a = 0, .b = 1, .plot = 0, .weight = 50}};
    c.apart = {1, 0.2, 0.2, 1};
    Marginals out;
    marginals(c, out);
    const double total = 0.01 + 0.5 + 0.3 + 50;
    EXPECT_NEAR(out.shared[0], 50 / total, 1e-12);
    EXPECT_NEAR(out.pair[0], 0.5 / total, 1e-12);
    EXPECT_NEAR(out.pair[1], 0.3 / total, 1e-12);
    EXPECT_NEAR(out.alone[0], 0.01 / total, 1e-12);
    EXPECT_NEAR(out.none[0], 0.31 / total, 1e-12);
    EXPECT_NEAR(out.none[1], 0.51 / total, 1e-12);
}

TEST(Marginals, PlotsOfTheirOwnSpeakForAsMuchAsTheyAreResolved) {
    Cluster c;
    c.resize(2, 2);
    c.none = {0.1, 0.1};
    c.weight = {4, 0, 0, 5};
    c.shared = {{.a = 0, .b = 1, .plot = 0, .weight = 7}, {.a = 0, .b = 1, .plot = 1, .weight = 2}};
    c.apart = {1, 0.3, 0.3, 1};
    Marginals out;
    marginals(c, out);
    const double total = 0.01 + 0.1 * 4 + 0.1 * 5 + 4 * 5 * 0.3 + 7 + 2;
    EXPECT_NEAR(out.pair[0], (0.4 + 6) / total, 1e-12);
    EXPECT_NEAR(out.pair[3], (0.5 + 6) / total, 1e-12);
    EXPECT_NEAR(out.shared[0], 7 / total, 1e-12);
    EXPECT_NEAR(out.shared[1], 2 / total, 1e-12);
    EXPECT_NEAR(out.alone[0], 1 - (0.4 + 6 + 7) / total, 1e-12);
}

TEST(Marginals, WithSharedPlotsSumsStayProbabilities) {
    std::mt19937 g(4);
    std::uniform_real_distribution<double> u(0, 20);
    for (int round = 0; round < 200; ++round) {
        const std::size_t n = 2 + g() % 3, m = 1 + g() % 4;
        Cluster c = random_cluster(g, n, m, 8);
        c.apart.assign(n * n, 0.5);
        double heaviest = 0;
        for (std::uint8_t a = 0; a < n; ++a)
            for (std::uint8_t b = a + 1; b < n; ++b)
                c.shared.push_back({a, b, static_cast<std::uint8_t>(g() % m), u(g)});
        Marginals out;
        marginals(c, out);
        for (std::size_t i = 0; i < n; ++i) {
            double s = out.none[i];
            for (std::size_t j = 0; j < m; ++j) s += out.pair[i * m + j];
            for (std::size_t k = 0; k < c.shared.size(); ++k)
                if (c.shared[k].a == i || c.shared[k].b == i) s += out.shared[k];
            EXPECT_NEAR(s, 1, 1e-9);
        }
        for (std::size_t j = 0; j < m; ++j) {
            double s = out.alone[j];
            for (std::size_t i = 0; i < n; ++i) s += out.pair[i * m + j];
            for (std::size_t k = 0; k < c.shared.size(); ++k)
                if (c.shared[k].plot == j) s += out.shared[k];
            EXPECT_NEAR(s, 1, 1e-9);
        }
        for (const double p : out.shared) heaviest = std::max(heaviest, p);
        EXPECT_GT(heaviest, 0);
    }
}

TEST(Marginals, NearestNeighbourGivesEachPlotOnce) {
    Cluster c;
    c.resize(2, 1);
    c.none = {0.1, 0.1};
    c.weight = {50, 60};
    Marginals out;
    nearest_neighbour(c, out);
    EXPECT_EQ(out.pair[0], 0);
    EXPECT_EQ(out.pair[1], 1);
}

}  // namespace
}  // namespace asman::track
