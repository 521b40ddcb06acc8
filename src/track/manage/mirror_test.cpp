// Mirrors: one radar shows an aircraft a second time, farther off.
#include "manage/world_test.hpp"

#include <gtest/gtest.h>

namespace asman::track {
namespace {

using test::Aircraft;
using test::World;

/// Tracks with the address, nearest to `at` first, after all reports up to `until`.
std::vector<double> distances(World& world, const std::vector<picture::TargetReport>& reports, double until,
                              std::uint32_t address, const geo::Point& at) {
    Tracker tracker;
    for (const auto& s : world.sensors) EXPECT_TRUE(tracker.add_sensor(s));
    for (const auto& r : reports) {
        if ((r.time - base::Time{}).seconds() > until) break;
        tracker.advance(r.time);
        tracker.report(r);
    }
    const base::Time end = base::Time{} + base::seconds(until);
    tracker.advance(end);
    std::vector<double> out;
    for (const auto& k : tracker.picture(end))
        if (k.identity.address == address) out.push_back(geo::inverse(k.kinematics.at, at).distance);
    std::ranges::sort(out);
    return out;
}

/// Both worlds' reports in order.
std::vector<picture::TargetReport> both(const World& a, const World& b) {
    auto out = a.reports();
    const auto more = b.reports();
    out.insert(out.end(), more.begin(), more.end());
    std::ranges::stable_sort(out, {}, &picture::TargetReport::time);
    for (std::size_t i = 0; i < out.size(); ++i) out[i].number = i;
    return out;
}

TEST(Mirror, AnImageThatWasThereFirstIsWithdrawn) {
    constexpr std::uint32_t kAddress = 0x4b1234;
    World world, image;
    for (World* w : {&world, &image}) {
        w->false_per_scan = 0;
        w->radar(1, 0, 0, 5, picture::SensorKind::mode_s);
    }
    world.radar(2, 60e3, -20e3, 6, picture::SensorKind::mode_s);
    const Aircraft real{.x = 0, .y = 50e3, .vx = 200, .vy = 0, .from = 30, .address = kAddress, .code = 01234};
    world.aircraft = {real};
    image.aircraft = {{.x = -40e3, .y = 45e3, .vx = 0, .vy = 180, .address = kAddress, .code = 01234}};
    const auto reports = both(world, image);
    // Nothing tells the image from an aircraft while it is alone.
    EXPECT_EQ(distances(world, reports, 29, kAddress, world.point(real, 29)).size(), 1U);
    for (const double t : {100.0, 115.0}) {
        const auto d = distances(world, reports, t, kAddress, world.point(real, t));
        ASSERT_EQ(d.size(), 1U) << t;
        EXPECT_LT(d[0], 1500) << t;
    }
}

TEST(Mirror, TwoAircraftOfOneAddressBothSeenByTwoRadarsAreBothShown) {
    constexpr std::uint32_t kAddress = 0x4b1234;
    World world;
    world.false_per_scan = 0;
    world.radar(1, 0, 0, 5, picture::SensorKind::mode_s);
    world.radar(2, 60e3, -20e3, 6, picture::SensorKind::mode_s);
    world.aircraft = {{.x = 0, .y = 50e3, .vx = 200, .vy = 0, .address = kAddress, .code = 01234},
                      {.x = -40e3, .y = 45e3, .vx = 0, .vy = 180, .address = kAddress, .code = 01234}};
    const auto reports = world.reports();
    for (const double t : {60.0, 115.0})
        EXPECT_EQ(distances(world, reports, t, kAddress, world.point(world.aircraft[0], t)).size(), 2U) << t;
}

}  // namespace
}  // namespace asman::track
