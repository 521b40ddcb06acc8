#include "records_for_tests.hpp"

#include <rapidcheck/gtest.h>

namespace asman::sources {
namespace {

TEST(Datagram, OneBadRecordLosesItsBlockOnly) {
    auto s = radar();
    auto bytes = block({plot()});
    auto broken = block({plot()});
    broken.back() = std::byte{0xFF};
    broken.pop_back();
    broken[2] = static_cast<std::byte>(broken.size());
    const auto good = block({plot()});
    bytes.insert(bytes.end(), broken.begin(), broken.end());
    bytes.insert(bytes.end(), good.begin(), good.end());
    Decoded out;
    s.decode("feed", bytes, noon, out);
    s.finish(out);
    EXPECT_EQ(out.reports.size(), 2u);
    const auto& feed = s.feeds().at("feed");
    EXPECT_EQ(feed.bad_records, 1u);
    ASSERT_TRUE(feed.first_error);
    EXPECT_EQ(feed.first_error->code, base::Errc::syntax);
}

RC_GTEST_PROP(Datagram, EveryRecordIsCountedOnce, (const std::string& noise)) {
    auto s = source({sensor(1, SensorKind::combined), sensor(3, SensorKind::ads_b)}, Simulation::accept);
    auto bytes = block({plot(), plot()});
    const auto more = block({squitter()});
    bytes.insert(bytes.end(), more.begin(), more.end());
    for (std::size_t i = 0; i < noise.size(); ++i)
        bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = static_cast<std::byte>(noise[i]);
    Decoded out;
    s.decode("feed", bytes, noon, out);
    std::uint64_t records = 0;
    for (const auto& state : s.sensors()) {
        const auto& n = state.counters;
        records += n.records;
        RC_ASSERT(n.records == n.reports + n.service + n.field_monitors + n.test_targets + n.wrong_simulation +
                                   n.no_position + n.no_time + n.bad_time + n.doubtful + n.ended + n.other);
    }
    RC_ASSERT(records <= s.feeds().at("feed").records);
    for (const auto& r : out.reports)
        RC_ASSERT(std::isfinite(r.polar() ? r.range + r.azimuth : r.point->lat + r.point->lon));
}

// ------------------------------------------------------------------------------------------------------------- clocks

}  // namespace
}  // namespace asman::sources
