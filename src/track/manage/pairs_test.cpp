// Two aircraft close to one another.
#include "manage/world_test.hpp"

#include <gtest/gtest.h>

namespace asman::track {
namespace {

using namespace test;

base::Time at(double s) {
    return base::Time{} + base::seconds(s);
}

/// Some traffic, and at `from` an aircraft 500 m beside one that has flown there for a long time.
World pair(unsigned seed, double from) {
    World w = busy_world(15, seed);
    w.aircraft[1] = {.x = 5e3, .y = 20e3, .vx = 190, .vy = 60};
    w.aircraft.push_back({.x = 5e3 + 300, .y = 20e3 - 400, .vx = 190, .vy = 60, .from = from});
    return w;
}

int tracks_near(const World& w, std::span<const picture::Track> tracks, double t) {
    return static_cast<int>(std::count_if(tracks.begin(), tracks.end(), [&](const picture::Track& k) {
        return geo::distance(w.point(w.aircraft[1], t), k.kinematics.at) < 1500;
    }));
}

TEST(Pairs, AnAircraftThatComesOutOfAnothersPlotsIsFoundSoon) {
    int found = 0;
    for (unsigned seed = 1; seed <= 10; ++seed) {
        const World w = pair(seed, 60);
        Tracker t = tracker_for(w);
        feed(t, w.reports(), 76);
        found += tracks_near(w, t.picture(at(76)), 76) == 2;
    }
    EXPECT_GE(found, 8);
}

TEST(Pairs, ALoneAircraftIsOneTrack) {
    int one = 0;
    for (unsigned seed = 1; seed <= 10; ++seed) {
        const World w = pair(seed, 1e8);
        Tracker t = tracker_for(w);
        feed(t, w.reports(), 110);
        one += tracks_near(w, t.picture(at(110)), 110) == 1;
    }
    EXPECT_EQ(one, 10);
}

TEST(Pairs, BothOfAPairAreHeld) {
    int both = 0;
    for (unsigned seed = 1; seed <= 10; ++seed) {
        const World w = pair(seed, 0);
        Tracker t = tracker_for(w);
        feed(t, w.reports(), 110);
        both += tracks_near(w, t.picture(at(110)), 110) == 2;
    }
    EXPECT_GE(both, 9);
}

}  // namespace
}  // namespace asman::track
