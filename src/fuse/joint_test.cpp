#include <asman/fuse/joint.hpp>

#include "estimate.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <cmath>
#include <random>

namespace asman::fuse {
namespace {

using base::seconds;
constexpr Time start{1'700'000'000'000'000'000};
const State KGZ("KGZ"), KAZ("KAZ"), TJK("TJK"), RUS("RUS");

double real(double low, double high) {
    return low + (high - low) * (*rc::gen::inRange(0, 1'000'001)) * 1e-6;
}

struct Aircraft {
    geo::Point at;
    Eigen::Vector2d velocity;
    std::optional<std::uint32_t> address;
};

/// A track of the aircraft with the given error.
Track track_of(const Aircraft& a, std::uint64_t number, Time t, Eigen::Vector2d error = {0, 0}, double sigma = 100,
               State by = KGZ) {
    Track out;
    out.number = number;
    const geo::LocalFrame frame({a.at, {0}});
    const Eigen::Vector2d p = a.velocity * (t - start).seconds() + error;
    out.kinematics.time = t;
    out.kinematics.at = frame.from_local({p.x(), p.y(), -p.squaredNorm() / 2 / 6.371e6}).at;
    out.kinematics.velocity = a.velocity;
    out.kinematics.covariance = Eigen::Vector4d(sigma * sigma, sigma * sigma, 25, 25).asDiagonal();
    out.identity.address = a.address;
    out.primary_only = !a.address;
    out.confirmed = true;
    out.existence = 0.99;
    out.first_seen = start;
    out.last_report = t;
    out.lineage = {{by, {by == KGZ ? 1u : by == KAZ ? 2u : by == TJK ? 3u : 4u}, start, t, 5}};
    return out;
}

Contribution foreign(State originator, State via, Track t) {
    Contribution c;
    c.originator = originator;
    c.via = via;
    c.number = t.number;
    c.clauses = {{std::string(originator.text()) + "-2020", "tracks", 1, {}}};
    c.valid_until = t.kinematics.time + seconds(30);
    c.track = std::move(t);
    return c;
}

const Aircraft airliner{geo::Point::degrees(42, 74), {200, 50}, 0x600123};

TEST(Joint, OneAircraftSeenByTwoStatesIsOneTrack) {
    Joint joint(KGZ);
    const std::vector own{track_of(airliner, 7, start, {50, 0})};
    joint.set_local(own);
    joint.put_foreign(foreign(KAZ, KAZ, track_of(airliner, 31, start - seconds(1), {-80, 30}, 60, KAZ)));
    joint.advance(start);
    ASSERT_EQ(joint.tracks().size(), 1u);
    const auto& t = joint.tracks()[0];
    EXPECT_EQ(t.contributions.size(), 2u);
    EXPECT_EQ(t.contributions[0].originator, KAZ);
    EXPECT_EQ(t.fused.lineage.size(), 2u);
    EXPECT_EQ(t.fused.kinematics.time, start);
    EXPECT_LT(t.fused.kinematics.covariance(0, 0), own[0].kinematics.covariance(0, 0));
    EXPECT_LT(geo::distance(t.fused.kinematics.at, airliner.at), 90);
    EXPECT_EQ(joint.find(t.number), &t);
    EXPECT_EQ(joint.find(99), nullptr);
}

TEST(Joint, WhatIsAloneStaysAsItIs) {
    Joint joint(KGZ);
    const std::vector own{track_of(airliner, 7, start)};
    joint.set_local(own);
    auto far = airliner;
    far.at = geo::direct(far.at, 1, 30'000);
    joint.put_foreign(foreign(TJK, TJK, track_of(far, 5, start, {0, 0}, 100, TJK)));
    joint.advance(start);
    ASSERT_EQ(joint.tracks().size(), 2u);
    EXPECT_EQ(joint.tracks()[0].fused.kinematics.at, own[0].kinematics.at);
    EXPECT_EQ(joint.tracks()[0].fused.kinematics.covariance, own[0].kinematics.covariance);
}

TEST(Joint, NumbersAreStableThroughLossAndReturn) {
    Joint joint(KGZ);
    std::uint64_t number = 0;
    for (int i = 0; i < 40; ++i) {
        const auto t = start + seconds(i);
        // The own sensors lose it from 10 to 20 s and give a new local number; the partner holds it throughout.
        std::vector<Track> own;
        if (i < 10) own.push_back(track_of(airliner, 7, t, {60, 20}));
        if (i >= 20) own.push_back(track_of(airliner, 8, t, {-60, 20}));
        joint.set_local(own);
        joint.put_foreign(foreign(KAZ, KAZ, track_of(airliner, 31, t, {-20, 30}, 60, KAZ)));
        joint.advance(t);
        ASSERT_EQ(joint.tracks().size(), 1u) << i;
        if (i == 0) number = joint.tracks()[0].number;
        EXPECT_EQ(joint.tracks()[0].number, number);
    }
}

TEST(Joint, IdentityIsEvidenceAndNoKey) {
    auto other = airliner;
    other.at = geo::direct(airliner.at, 0, 700);
    const auto held = [&](std::optional<std::uint32_t> mine, std::optional<std::uint32_t> theirs, geo::Point at) {
        auto a = airliner, b = other;
        a.address = mine;
        b.address = theirs;
        b.at = at;
        Joint joint(KGZ);
        joint.set_local(std::vector{track_of(a, 1, start)});
        joint.put_foreign(foreign(KAZ, KAZ, track_of(b, 1, start, {0, 0}, 100, KAZ)));
        joint.advance(start);
        return joint.tracks().size();
    };
    EXPECT_EQ(held(0x1, 0x1, other.at), 1u);     // 700 m apart, the same address: one
    EXPECT_EQ(held(0x1, 0x2, other.at), 2u);     // different addresses: two
    EXPECT_EQ(held(0x1, 0x2, airliner.at), 1u);  // the very same place and course: one was mistyped
    EXPECT_EQ(held(0x1, 0x1, geo::direct(airliner.at, 0, 8'000)), 2u);  // a duplicated address far away: two
}

TEST(Joint, SimulatedAndLiveAreNeverOne) {
    Joint joint(KGZ);
    auto sim = track_of(airliner, 1, start);
    sim.simulated = true;
    joint.set_local(std::vector{sim});
    joint.put_foreign(foreign(KAZ, KAZ, track_of(airliner, 1, start, {0, 0}, 100, KAZ)));
    joint.advance(start);
    EXPECT_EQ(joint.tracks().size(), 2u);
}

TEST(Joint, CopiesAreKeptBesideAndAreNoEvidence) {
    const auto fused = [](bool copies) {
        Joint joint(KGZ);
        joint.set_local(std::vector{track_of(airliner, 7, start, {50, 0})});
        joint.put_foreign(foreign(KAZ, KAZ, track_of(airliner, 31, start, {-80, 30}, 60, KAZ)));
        if (copies) {
            // KAZ's data again by way of RUS under another number, and KGZ's own data handed back by KAZ.
            joint.put_foreign(foreign(KAZ, RUS, track_of(airliner, 900, start - seconds(2), {-80, 30}, 60, KAZ)));
            joint.put_foreign(foreign(KGZ, KAZ, track_of(airliner, 901, start, {50, 0})));
        }
        joint.advance(start);
        EXPECT_EQ(joint.tracks().size(), 1u);
        EXPECT_EQ(joint.tracks()[0].contributions.size(), copies ? 4u : 2u);
        EXPECT_EQ(joint.counters().copies, copies ? 2u : 0u);
        return joint.tracks()[0].fused;
    };
    const auto without = fused(false), with = fused(true);
    EXPECT_EQ(without.kinematics.at, with.kinematics.at);
    EXPECT_EQ(without.kinematics.covariance, with.kinematics.covariance);
    EXPECT_EQ(without.lineage, with.lineage);
    // Own data that came back is no track by itself.
    Joint joint(KGZ);
    joint.put_foreign(foreign(KGZ, KAZ, track_of(airliner, 901, start)));
    joint.advance(start);
    EXPECT_TRUE(joint.tracks().empty());
}

TEST(Joint, ExpiryIsAtTheInstant) {
    Joint joint(KGZ);
    auto c = foreign(KAZ, KAZ, track_of(airliner, 1, start, {0, 0}, 100, KAZ));
    c.valid_until = start + seconds(10);
    joint.put_foreign(c);
    joint.advance(Time{(start + seconds(10)).ns - 1});
    EXPECT_EQ(joint.tracks().size(), 1u);
    joint.advance(start + seconds(10));
    EXPECT_TRUE(joint.tracks().empty());
    EXPECT_EQ(joint.foreign(), 0u);
    EXPECT_EQ(joint.counters().expired, 1u);
    c.valid_until = Time::max();
    joint.put_foreign(c);
    joint.advance(start + seconds(75));
    EXPECT_EQ(joint.tracks().size(), 1u);
    joint.advance(start + seconds(75.001));
    EXPECT_TRUE(joint.tracks().empty());  // however long it claims to hold
}

TEST(Joint, DropsByClausePartnerAndNumber) {
    Joint joint(KGZ);
    auto onward = foreign(KAZ, RUS, track_of(airliner, 1, start, {0, 0}, 100, KAZ));
    onward.clauses.push_back({"KGZ-RUS-2022", "onward-kaz", 1, {}});
    joint.put_foreign(onward);
    joint.put_foreign(foreign(RUS, RUS, track_of(airliner, 2, start, {0, 0}, 100, RUS)));
    EXPECT_EQ(joint.drop_clause("KGZ-RUS-2022", "another"), 0u);
    EXPECT_EQ(joint.drop_clause("KGZ-RUS-2022", ""), 1u);
    joint.put_foreign(onward);
    EXPECT_EQ(joint.drop_clause("KAZ-2020", "tracks"), 1u);  // the first hop's clause counts too
    joint.put_foreign(onward);
    EXPECT_EQ(joint.drop_partner(RUS), 2u);
    joint.put_foreign(onward);
    joint.drop_foreign(KAZ, RUS, 1);
    EXPECT_EQ(joint.foreign(), 0u);
}

TEST(Joint, HostileContributionsAreCountedAndChangeNothing) {
    Joint joint(KGZ);
    const auto nan = std::nan("");
    const auto put = [&](auto change) {
        auto c = foreign(KAZ, KAZ, track_of(airliner, 1, start, {0, 0}, 100, KAZ));
        change(c);
        joint.put_foreign(c);
    };
    put([&](Contribution& c) { c.track.kinematics.at.lat = nan; });
    put([&](Contribution& c) { c.track.kinematics.velocity.x() = 1e9; });
    put([&](Contribution& c) { c.track.kinematics.covariance.setZero(); });
    put([&](Contribution& c) { c.track.kinematics.covariance(0, 0) = -1; });
    put([&](Contribution& c) { c.track.kinematics.time = Time::max(); });
    put([&](Contribution& c) { c.track.kinematics.time = Time::min(); });
    put([&](Contribution& c) { c.originator = State{}; });
    put([&](Contribution& c) { c.originator = c.via = KGZ; });
    put([&](Contribution& c) { c.coarsening.grid = nan; });
    put([&](Contribution& c) { c.track.kinematics.vertical_rate = nan; });
    EXPECT_EQ(joint.counters().refused_malformed, 10u);
    EXPECT_EQ(joint.foreign(), 0u);
    put([&](Contribution& c) { c.track.kinematics.time = start + seconds(3600); });  // far ahead: not used yet
    joint.advance(start);
    EXPECT_TRUE(joint.tracks().empty());

    Config small;
    small.max_per_partner = 2;
    Joint bounded(KGZ, small);
    for (std::uint64_t n = 0; n < 5; ++n) bounded.put_foreign(foreign(KAZ, KAZ, track_of(airliner, n, start)));
    bounded.put_foreign(foreign(RUS, RUS, track_of(airliner, 1, start)));
    EXPECT_EQ(bounded.foreign(), 3u);
    EXPECT_EQ(bounded.counters().refused_full, 3u);
}

// --- properties of the picture --------------------------------------------------------------------------------------

bool same(const JointTrack& a, const JointTrack& b) {
    return a.fused.kinematics.at == b.fused.kinematics.at &&
           a.fused.kinematics.velocity == b.fused.kinematics.velocity &&
           a.fused.kinematics.covariance == b.fused.kinematics.covariance && a.fused.lineage == b.fused.lineage &&
           a.contributions.size() == b.contributions.size();
}

/// Traffic of a few aircraft as three partners and the own state tell it.
struct Traffic {
    std::vector<Aircraft> aircraft;
    std::vector<Track> own;
    std::vector<Contribution> others;
};
Traffic traffic(std::mt19937& random, int n, Time t, State without = {}) {
    Traffic out;
    std::normal_distribution<double> gauss;
    std::uniform_real_distribution<double> unit(0, 1);
    for (int i = 0; i < n; ++i) {
        Aircraft a{geo::direct(geo::Point::degrees(42, 74), unit(random) * 6.28, 120'000 * std::sqrt(unit(random))),
                   {400 * unit(random) - 200, 400 * unit(random) - 200},
                   0x600000u + static_cast<std::uint32_t>(i)};
        if (i % 3 == 0) a.address.reset();
        out.aircraft.push_back(a);
        for (const auto by : {KGZ, KAZ, TJK, RUS}) {
            const bool sees = unit(random) < 0.7;
            const Eigen::Vector2d error(80 * gauss(random), 80 * gauss(random));
            if (!sees || by == without) continue;
            auto track = track_of(a, 100u + static_cast<std::uint64_t>(i), t, error, 80, by);
            if (by == KGZ) {
                out.own.push_back(track);
            } else {
                out.others.push_back(foreign(by, by, track));
                if (by == KAZ) {
                    track.number += 1000;
                    out.others.push_back(foreign(KAZ, RUS, track));
                }
            }
        }
    }
    return out;
}

TEST(Joint, TheOrderOfInputsChangesNothing) {
    EXPECT_TRUE(rc::check("shuffled and repeated inputs", [] {
        const auto seed = *rc::gen::arbitrary<std::uint32_t>();
        Joint a(KGZ), b(KGZ);
        std::mt19937 shuffle(seed);
        for (int step = 0; step < 3; ++step) {
            std::mt19937 random(seed);
            auto scene = traffic(random, 30, start + seconds(step));
            a.set_local(scene.own);
            for (const auto& c : scene.others) a.put_foreign(c);
            std::ranges::shuffle(scene.others, shuffle);
            std::ranges::shuffle(scene.own, shuffle);
            for (const auto& c : scene.others) b.put_foreign(c);
            for (const auto& c : scene.others) b.put_foreign(c);  // duplicates change nothing
            b.set_local(scene.own);
            a.advance(start + seconds(step));
            b.advance(start + seconds(step));
            RC_ASSERT(a.tracks().size() == b.tracks().size());
            for (std::size_t i = 0; i < a.tracks().size(); ++i) {
                RC_ASSERT(a.tracks()[i].number == b.tracks()[i].number);
                RC_ASSERT(same(a.tracks()[i], b.tracks()[i]));
            }
        }
    }));
}

TEST(Joint, WhatIsRemovedLeavesNoTrace) {
    EXPECT_TRUE(rc::check("as if KAZ had never sent", [] {
        const auto seed = *rc::gen::arbitrary<std::uint32_t>();
        Joint with(KGZ), never(KGZ);
        for (int step = 0; step < 3; ++step) {
            const auto t = start + seconds(step);
            std::mt19937 random(seed), again(seed);
            const auto all = traffic(random, 30, t), rest = traffic(again, 30, t, KAZ);
            with.set_local(all.own);
            never.set_local(rest.own);
            for (const auto& c : all.others) with.put_foreign(c);
            for (const auto& c : rest.others) never.put_foreign(c);
            if (step == 2) RC_ASSERT(with.drop_clause("KAZ-2020", "") > 0u || all.others.size() == rest.others.size());
            with.advance(t);
            never.advance(t);
        }
        RC_ASSERT(with.tracks().size() == never.tracks().size());
        std::size_t matched = 0;
        for (const auto& t : with.tracks()) {
            for (const auto& u : never.tracks()) matched += same(t, u) ? 1 : 0;
        }
        RC_ASSERT(matched == with.tracks().size());
    }));
}

TEST(Joint, ARestoredOneGoesOnAsTheSavedOne) {
    EXPECT_TRUE(rc::check("at any step", [] {
        const auto seed = *rc::gen::arbitrary<std::uint32_t>();
        Joint a(KGZ), b(KGZ);
        for (int step = 0; step < 4; ++step) {
            std::mt19937 random(seed);
            const auto scene = traffic(random, 20, start + seconds(step));
            for (auto* j : {&a, &b}) {
                j->set_local(scene.own);
                for (const auto& c : scene.others) j->put_foreign(c);
            }
            if (step == 1) {
                Joint fresh(KGZ);
                RC_ASSERT(fresh.restore(a.save()).has_value());
                RC_ASSERT(fresh.save() == a.save());
                b = std::move(fresh);
            }
            a.advance(start + seconds(step));
            b.advance(start + seconds(step));
            RC_ASSERT(a.save() == b.save());
        }
        const auto bytes = a.save();
        Joint other(RUS), fresh(KGZ);
        RC_ASSERT(!other.restore(bytes).has_value());
        RC_ASSERT(!fresh.restore(std::span(bytes).first(bytes.size() - 1)).has_value());
    }));
}

TEST(Joint, AlmostEveryAircraftIsOneTrack) {
    std::mt19937 random(7);
    Joint joint(KGZ);
    const auto scene = traffic(random, 200, start);
    joint.set_local(scene.own);
    for (const auto& c : scene.others) joint.put_foreign(c);
    joint.advance(start);
    std::size_t seen = 0;
    for (std::size_t i = 0; i < scene.aircraft.size(); ++i) {
        const auto n = 100 + i;
        const auto is = [&](const auto& x) { return x.number % 1000 == n; };
        seen += std::ranges::any_of(scene.own, is) || std::ranges::any_of(scene.others, is) ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(joint.tracks().size()), static_cast<double>(seen), 2);
    for (const auto& t : joint.tracks()) {
        for (const auto& c : t.contributions) EXPECT_EQ(c.number % 1000, t.contributions[0].number % 1000);
    }
}

// --- estimation -----------------------------------------------------------------------------------------------------

TEST(Fusion, IsConsistentForAnyCommonPartUpToItsShare) {
    // a = c + x, b = c + y with c at most the share of either covariance. The fused covariance must not promise more
    // than the true one, which has a closed form here: E = Wa Pa Waᵀ + Wb Pb Wbᵀ + Wa C Wbᵀ + Wb C Waᵀ ≤ P.
    EXPECT_TRUE(rc::check("random covariances and common parts", [] {
        std::mt19937 random(*rc::gen::arbitrary<std::uint32_t>());
        std::normal_distribution<double> gauss;
        const auto spread = [&](double scale) {
            Eigen::Matrix4d m;
            for (int i = 0; i < 16; ++i) m(i) = scale * gauss(random);
            return Eigen::Matrix4d(m * m.transpose() + 0.01 * scale * scale * Eigen::Matrix4d::Identity());
        };
        const double share = real(0.05, 1);
        const Eigen::Matrix4d c = spread(1);
        // What is not common: as much as makes c its share, and more.
        const double other = (1 - share) / share;
        const Eigen::Matrix4d pa = c + other * c + spread(real(0, 2)), pb = c + other * c + spread(real(0, 2));
        const auto draw = [&] { return Eigen::Vector4d(gauss(random), gauss(random), gauss(random), gauss(random)); };
        const Estimate a{draw(), pa}, b{draw(), pb};
        const auto fused = intersect(a, b, share);
        // The gains are read off from how the mean moves.
        Eigen::Matrix4d wb;
        for (int i = 0; i < 4; ++i) {
            wb.col(i) = intersect(a, {b.mean + Eigen::Vector4d::Unit(i), pb}, share).mean - fused.mean;
        }
        const Eigen::Matrix4d wa = Eigen::Matrix4d::Identity() - wb;
        const Eigen::Matrix4d cross = wa * c * wb.transpose();
        const Eigen::Matrix4d real_error =
            wa * pa * wa.transpose() + wb * pb * wb.transpose() + cross + cross.transpose();
        const Eigen::Matrix4d slack = fused.covariance - real_error;
        const double least = Eigen::SelfAdjointEigenSolver<Eigen::Matrix4d>(slack).eigenvalues()(0);
        RC_ASSERT(least > -1e-6 * fused.covariance.trace());
        RC_ASSERT(fused.covariance.determinant() <= pa.determinant() * 1.000001);
        RC_ASSERT(fused.covariance.determinant() <= pb.determinant() * 1.000001);
        RC_ASSERT(fused.covariance.determinant() <= intersect(a, b, 1).covariance.determinant() * 1.000001);
    }));
}

TEST(Fusion, TwoFiltersOfOneManoeuvringAircraftAreBetterTogetherAndStayConsistent) {
    // Two Kalman filters see the same random accelerations through different sensors and rates: their errors share the
    // process noise. q = 2 m²/s³, sensors of 80 m each 4 s and 120 m each 6 s.
    constexpr double q = 2;
    struct Filter {
        double sigma;
        int period;
        Eigen::Vector4d x = Eigen::Vector4d::Zero();
        Eigen::Matrix4d p = Eigen::Vector4d(1e4, 1e4, 100, 100).asDiagonal();
    };
    Eigen::Matrix4d f = Eigen::Matrix4d::Identity(), noise = Eigen::Matrix4d::Zero();
    f(0, 2) = f(1, 3) = 1;
    noise(0, 0) = noise(1, 1) = q / 3;
    noise(0, 2) = noise(2, 0) = noise(1, 3) = noise(3, 1) = q / 2;
    noise(2, 2) = noise(3, 3) = q;
    const Eigen::Matrix4d root = noise.llt().matrixL();
    std::mt19937 random(11);
    std::normal_distribution<double> gauss;
    double nees = 0, alone = 0, naive = 0, error_fused = 0, error_a = 0, error_b = 0;
    int n = 0;
    for (int run = 0; run < 200; ++run) {
        Eigen::Vector4d truth(100 * gauss(random), 100 * gauss(random), 10 * gauss(random), 10 * gauss(random));
        Filter a{80, 4}, b{120, 6};
        for (int t = 1; t <= 120; ++t) {
            truth = f * truth + root * Eigen::Vector4d(gauss(random), gauss(random), gauss(random), gauss(random));
            for (auto* k : {&a, &b}) {
                k->x = f * k->x;
                k->p = f * k->p * f.transpose() + noise;
                if (t % k->period != 0) continue;
                const Eigen::Vector2d z = truth.head<2>() + k->sigma * Eigen::Vector2d(gauss(random), gauss(random));
                const Eigen::Matrix2d s =
                    k->p.topLeftCorner<2, 2>() + k->sigma * k->sigma * Eigen::Matrix2d::Identity();
                const Eigen::Matrix<double, 4, 2> gain = k->p.leftCols<2>() * s.inverse();
                k->x += gain * (z - k->x.head<2>());
                k->p -= gain * k->p.topRows<2>();
            }
            if (t < 40) continue;
            const auto fused = intersect({a.x, a.p}, {b.x, b.p}, Config{}.common_share);
            const auto share_nees = [&](const Estimate& k) {
                const Eigen::Vector4d e = k.mean - truth;
                return e.dot(k.covariance.inverse() * e);
            };
            nees += share_nees(fused);
            alone += 0.5 * (share_nees({a.x, a.p}) + share_nees({b.x, b.p}));
            naive += share_nees(intersect({a.x, a.p}, {b.x, b.p}, 0));
            error_fused += (fused.mean - truth).head<2>().squaredNorm();
            error_a += (a.x - truth).head<2>().squaredNorm();
            error_b += (b.x - truth).head<2>().squaredNorm();
            ++n;
        }
    }
    RecordProperty("nees_fused", std::to_string(nees / n));
    RecordProperty("nees_alone", std::to_string(alone / n));
    RecordProperty("nees_if_taken_as_independent", std::to_string(naive / n));
    RecordProperty("rmse_ratio_to_better", std::to_string(std::sqrt(error_fused / error_a)));
    EXPECT_LT(nees, 1.02 * alone);   // promises no more than the filters themselves do
    EXPECT_GT(nees, 0.5 * alone);    // and is not timid
    EXPECT_GT(naive, 1.05 * alone);  // as if they were independent, it would promise too much
    EXPECT_LT(error_fused, 0.9 * error_a);
    EXPECT_LT(error_fused, 0.7 * error_b);
}

TEST(Fusion, OneEstimateTwiceTeachesNothingUnderIntersection) {
    const Estimate a{Eigen::Vector4d(1, 2, 3, 4), Eigen::Vector4d(9, 4, 1, 2).asDiagonal()};
    const auto twice = intersect(a, a, 1);
    EXPECT_TRUE(twice.covariance.isApprox(a.covariance, 1e-9));
    EXPECT_TRUE(twice.mean.isApprox(a.mean, 1e-9));
    EXPECT_TRUE(intersect(a, a, 0).covariance.isApprox(0.5 * a.covariance, 1e-9));
}

TEST(Predict, MovesOnTheRoundEarthAndBackAgain) {
    EXPECT_TRUE(rc::check("poles and the antimeridian too", [] {
        Aircraft a{{real(-1.57, 1.57), real(-3.1415, 3.1415)}, {real(-300, 300), real(-300, 300)}, {}};
        const auto k = track_of(a, 1, start).kinematics;
        const auto later = predict(k, start + seconds(30), 2);
        RC_ASSERT(std::abs(geo::distance(k.at, later.at) - 30 * a.velocity.norm()) < 5);
        RC_ASSERT(std::abs(later.velocity.norm() - a.velocity.norm()) < 0.1);
        const auto back = predict(later, start, 2);
        RC_ASSERT(geo::distance(back.at, k.at) < 1);
        RC_ASSERT(later.covariance(0, 0) + later.covariance(1, 1) > k.covariance(0, 0) + k.covariance(1, 1));
        RC_ASSERT(sound(later));
    }));
    Aircraft turning{geo::Point::degrees(42, 74), {200, 0}, {}};
    auto k = track_of(turning, 1, start).kinematics;
    k.turn_rate = 3 * geo::deg;
    const auto later = predict(k, start + seconds(10), 2);
    EXPECT_NEAR(std::atan2(later.velocity.x(), later.velocity.y()) / geo::deg, 120, 0.5);
}

TEST(Fusion, HeightsAreNotAveragedAndCellsAreRemembered) {
    auto a = track_of(airliner, 1, start), b = track_of(airliner, 2, start, {0, 0}, 100, KAZ);
    a.kinematics.pressure_altitude = geo::PressureAltitude{10'000};
    a.kinematics.sigma_pressure_altitude = 30;
    b.kinematics.pressure_altitude = geo::PressureAltitude{10'030};
    b.kinematics.sigma_pressure_altitude = 8;
    std::vector<Contribution> both{foreign(KAZ, KAZ, b)};
    both.push_back({});
    both[1].originator = KGZ;
    both[1].number = 1;
    both[1].track = a;
    const auto t = fuse(both, KGZ, start);
    EXPECT_EQ(t.kinematics.pressure_altitude->m, 10'030);
    EXPECT_EQ(t.kinematics.sigma_pressure_altitude, 8);
    // A coarse contribution hardly moves an exact one, even if its exporter forgot the cell's variance.
    both[0].coarsening.grid = 10'000;
    both[0].track.kinematics.at = geo::direct(airliner.at, 1, 4'000);
    EXPECT_LT(geo::distance(fuse(both, KGZ, start).kinematics.at, airliner.at), 20);
}

TEST(Joint, FiveThousandAircraftOfThreeStatesAreFiveThousandTracks) {
    std::mt19937 random(3);
    std::uniform_real_distribution<double> unit(0, 1);
    std::vector<Track> own;
    std::vector<Contribution> others;
    for (std::uint64_t i = 0; i < 5'000; ++i) {
        Aircraft a{geo::Point::degrees(36 + 18 * unit(random), 50 + 40 * unit(random)),
                   {400 * unit(random) - 200, 200},
                   static_cast<std::uint32_t>(i)};
        own.push_back(track_of(a, i, start));
        others.push_back(foreign(KAZ, KAZ, track_of(a, i, start, {40, 40}, 90, KAZ)));
        if (i % 2 == 0) others.push_back(foreign(RUS, RUS, track_of(a, i, start, {-40, 40}, 90, RUS)));
    }
    Joint joint(KGZ);
    joint.set_local(own);
    for (const auto& c : others) joint.put_foreign(c);
    joint.advance(start);
    joint.advance(start + seconds(1));
    EXPECT_NEAR(static_cast<double>(joint.tracks().size()), 5'000, 50);
}

}  // namespace
}  // namespace asman::fuse
