#include "clock.hpp"

#include "records_for_tests.hpp"

#include <rapidcheck/gtest.h>

#include <cmath>
#include <numbers>

namespace asman::sources {
namespace {

RC_GTEST_PROP(Clock, ATimeOfDayComesBackFromHalfADayAround, ()) {
    const base::Time t{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000) * 1'000'000'000 +
                       *rc::gen::inRange<std::int64_t>(0, 128) * 7'812'500};
    const auto near = t + base::seconds(*rc::gen::inRange(-43'199, 43'200));
    const double tod = static_cast<double>(t.ns % 86'400'000'000'000) * 1e-9;
    RC_ASSERT(unwrap_day(tod, near) == t);
}

RC_GTEST_PROP(Clock, ATruncatedTimeComesBackFromFourMinutesAround, ()) {
    const base::Time t{*rc::gen::inRange<std::int64_t>(86'400, 4'000'000'000) * 1'000'000'000};
    const auto near = t + base::seconds(*rc::gen::inRange(-180, 181));
    const double tod = static_cast<double>(t.ns % 86'400'000'000'000) * 1e-9;
    // Around midnight the turns of both days meet: nearer than half of the last, shorter turn (384 s).
    RC_ASSERT(unwrap_512(std::fmod(tod, 512), near) == t);
}

TEST(Clock, TheBeamPassesEachAzimuthOnceATurn) {
    Beam beam;
    EXPECT_FALSE(beam.passed(1, noon));
    beam.mark(noon, 0, std::nullopt);
    EXPECT_FALSE(beam.passed(1, noon)) << "how fast does it turn?";
    beam.mark(noon, 0, base::seconds(4));
    EXPECT_EQ(beam.passed(std::numbers::pi, noon + base::seconds(3)), noon + base::seconds(2));
    EXPECT_EQ(beam.passed(std::numbers::pi, noon + base::seconds(1)), noon - base::seconds(2));
    EXPECT_EQ(beam.passed(std::numbers::pi, noon + base::seconds(7)), noon + base::seconds(6));
    EXPECT_FALSE(beam.passed(1, noon + base::seconds(9)));
}

}  // namespace
}  // namespace asman::sources
