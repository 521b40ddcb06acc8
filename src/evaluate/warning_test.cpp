#include <asman/evaluate/warning.hpp>

#include <gtest/gtest.h>

namespace asman::evaluate {
namespace {

using picture::State;

picture::Track track_at(double lat, double lon, base::Time now) {
    picture::Track t;
    t.confirmed = true;
    t.kinematics.time = now;
    t.kinematics.at = geo::Point::degrees(lat, lon);
    t.kinematics.velocity = {200, 0};
    return t;
}

picture::JointTrack joint(picture::Track track, std::vector<picture::Contribution> parts) {
    picture::JointTrack j;
    j.fused = std::move(track);
    j.contributions = std::move(parts);
    return j;
}

TEST(Warning, counts_from_the_third_sight_and_splits_by_cause) {
    WarningWatch watch;
    const TruePosition truth{"south/low", {geo::Point::degrees(40, 73), {4000}}, {200, 0}};
    for (int s = 0; s < 20; ++s) {
        const base::Time now{base::seconds(s).ns};
        picture::Contribution own, foreign;
        own.track = foreign.track = track_at(40, 73.001, now);
        foreign.originator = State("KAZ");
        foreign.via = State("RUS");
        foreign.clauses = {{"A", "x", 1, {}}, {"B", "y", 1, {}}};
        std::vector<picture::Contribution> parts;
        if (s >= 5) parts.push_back(foreign);
        if (s >= 12) parts.push_back(own);
        std::vector<picture::JointTrack> picture;
        if (!parts.empty()) picture.push_back(joint(track_at(40, 73.001, now), parts));
        watch.observe(now, picture, std::span(&truth, 1));
    }
    const auto result = watch.result({{"south/low", base::Time{base::seconds(100).ns}}, {"never", std::nullopt}});
    ASSERT_EQ(result.size(), 2u);
    EXPECT_FALSE(result[0].first_warning_s());
    EXPECT_DOUBLE_EQ(*result[1].first_warning_s(), 93);
    EXPECT_DOUBLE_EQ(*result[1].by_cause_s("KAZ via RUS: A/x + B/y"), 93);
    EXPECT_DOUBLE_EQ(*result[1].by_cause_s("own"), 86);
    EXPECT_FALSE(result[1].by_cause_s("nobody"));
    EXPECT_DOUBLE_EQ(result[1].continuity, 1);
}

TEST(Warning, a_track_that_answers_or_is_elsewhere_is_no_warning) {
    WarningWatch watch;
    const TruePosition truth{"x", {geo::Point::degrees(40, 73), {4000}}, {200, 0}};
    for (int s = 0; s < 10; ++s) {
        const base::Time now{base::seconds(s).ns};
        auto answering = track_at(40, 73, now);
        answering.primary_only = false;
        auto slow = track_at(40, 73, now);
        slow.kinematics.velocity = {0, -90};
        std::vector<picture::JointTrack> picture{joint(answering, {}), joint(slow, {}),
                                                 joint(track_at(40, 73.2, now), {})};
        watch.observe(now, picture, std::span(&truth, 1));
    }
    EXPECT_FALSE(watch.result({{"x", base::Time{base::seconds(60).ns}}})[0].first);
}

TEST(Warning, seen_only_inside_is_negative) {
    WarningWatch watch;
    const TruePosition truth{"x", {geo::Point::degrees(40, 73), {4000}}, {200, 0}};
    for (int s = 0; s < 3; ++s) {
        const base::Time now{base::seconds(s + 50).ns};
        const auto t = track_at(40, 73, now);
        const std::vector<picture::JointTrack> picture{joint(t, {})};
        watch.observe(now, picture, std::span(&truth, 1));
    }
    EXPECT_DOUBLE_EQ(*watch.result({{"x", base::Time{base::seconds(40).ns}}})[0].first_warning_s(), -12);
}

}  // namespace
}  // namespace asman::evaluate
