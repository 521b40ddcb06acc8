#include <asman/base/config.hpp>
#include <asman/track/benchmark.hpp>

#include <gtest/gtest.h>

#include <algorithm>

#include <cmath>
#include <cstdio>
#include <random>
#include <string>

namespace asman::track {
namespace {

constexpr const char* kMeta = R"({"mode": "psr", "frame": "plane", "epoch_s": 5.0, "duration": 60.0, "sensors": [
  {"id": 1, "x": -20000.0, "y": 0.0, "scan_s": 4.0, "rmax_m": 150000.0, "sigma_r_m": 50.0, "sigma_az_deg": 0.08, "pd": 0.9, "clutter_per_scan": 5},
  {"id": 2, "x": 20000.0, "y": 5000.0, "scan_s": 5.0, "rmax_m": 150000.0, "sigma_r_m": 50.0, "sigma_az_deg": 0.08, "pd": 0.9, "clutter_per_scan": 5}]})";

class Benchmark : public ::testing::Test {
  protected:
    std::string path(const std::string& name) const {
        return ::testing::TempDir() + "asman_track_" + ::testing::UnitTest::GetInstance()->current_test_info()->name() +
               "_" + name;
    }
    BenchmarkFiles files(const std::string& plots, const std::string& meta = kMeta) {
        EXPECT_TRUE(base::write_file(path("plots.csv"), plots));
        EXPECT_TRUE(base::write_file(path("meta.json"), meta));
        return {path("plots.csv"), path("meta.json"), path("tracks.csv")};
    }
    void TearDown() override {
        for (const char* n : {"plots.csv", "meta.json", "tracks.csv"}) std::remove(path(n).c_str());
    }
};

/// Two aircraft abreast, seen by both radars on every turn.
std::string plots_of_two(double until) {
    std::mt19937 g(4);
    std::normal_distribution<double> n;
    std::vector<std::pair<double, std::string>> rows;
    const double x[2] = {-20e3, 20e3}, y[2] = {0, 5e3}, scan[2] = {4, 5};
    for (int s = 0; s < 2; ++s)
        for (double turn = 0; turn < until; turn += scan[s])
            for (int a = 0; a < 2; ++a) {
                double t = turn, azimuth = 0, range = 0;
                for (int k = 0; k < 4; ++k) {
                    const double dx = -10e3 + 200 * t - x[s], dy = 40e3 + 20e3 * a - y[s];
                    range = std::hypot(dx, dy);
                    azimuth = std::atan2(dx, dy);
                    if (azimuth < 0) azimuth += 6.283185307179586;
                    t = turn + scan[s] * azimuth / 6.283185307179586;
                }
                char row[96];
                std::snprintf(row, sizeof row, "%.4f,%d,%.2f,%.5f,,,\n", t, s + 1, range + 50 * n(g),
                              std::fmod(azimuth / geo::deg + 0.08 * n(g) + 360, 360.0));
                rows.emplace_back(t, row);
            }
    std::sort(rows.begin(), rows.end());
    std::string out = "time,sensor,range_m,azimuth_deg,height_m,mode3a,addr\n";
    for (const auto& r : rows) out += r.second;
    return out;
}

TEST_F(Benchmark, WritesTheTracksOfEveryEpoch) {
    const BenchmarkFiles f = files(plots_of_two(60));
    const auto done = run_benchmark(f);
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(done->counters.used, done->plots);
    const auto text = base::read_file(f.tracks);
    ASSERT_TRUE(text);
    EXPECT_EQ(text->substr(0, text->find('\n')), "time,track_id,x,y,vx,vy,existence");
    double t = 0, x = 0, y = 0, vx = 0, vy = 0;
    long id = 0;
    int last = 0;
    for (std::size_t at = text->find('\n') + 1; at < text->size(); at = text->find('\n', at) + 1) {
        ASSERT_EQ(std::sscanf(text->c_str() + at, "%lf,%ld,%lf,%lf,%lf,%lf", &t, &id, &x, &y, &vx, &vy), 6);
        if (t < 59) continue;
        ++last;
        EXPECT_NEAR(x, -10e3 + 200 * t, 250);
        EXPECT_LT(std::min(std::abs(y - 40e3), std::abs(y - 60e3)), 250);
        EXPECT_NEAR(vx, 200, 25);
    }
    EXPECT_EQ(last, 2);
}

TEST_F(Benchmark, CuttingTheFileAtAnEpochLeavesWhatWasWrittenUpToIt) {
    const auto whole = files(plots_of_two(60));
    ASSERT_TRUE(run_benchmark(whole));
    const std::string all = *base::read_file(whole.tracks);
    const auto cut = files(plots_of_two(60).substr(0, [] {
        const std::string s = plots_of_two(60);
        std::size_t at = s.find('\n') + 1;
        while (at < s.size() && std::stod(s.substr(at)) <= 40) at = s.find('\n', at) + 1;
        return at;
    }()));
    ASSERT_TRUE(run_benchmark(cut));
    const std::string some = *base::read_file(cut.tracks);
    const auto up_to = [](const std::string& s) { return s.substr(0, s.find("\n45.0,")); };
    EXPECT_GT(up_to(all).size(), 200U);
    EXPECT_EQ(up_to(all), up_to(some));
}

TEST_F(Benchmark, ErrorsNameFileAndLine) {
    const auto code = [&](const std::string& plots, const std::string& meta) {
        const auto r = run_benchmark(files(plots, meta));
        EXPECT_FALSE(r);
        return r ? std::pair{base::Errc::io, 0U} : std::pair{r.error().code, r.error().place.line};
    };
    const std::string head = "time,sensor,range_m,azimuth_deg,height_m,mode3a,addr\n";
    EXPECT_EQ(code(head + "1,1,2000,3,,,\n2,1,oops,3,,,\n", kMeta), std::pair(base::Errc::syntax, 3U));
    EXPECT_EQ(code(head + "1,1,2000,3\n", kMeta), std::pair(base::Errc::syntax, 2U));
    EXPECT_EQ(code("a,b\n", kMeta), std::pair(base::Errc::missing, 1U));
    EXPECT_EQ(code(head, "not json").first, base::Errc::bad_value);
    EXPECT_EQ(code(head, R"({"frame": "moon"})").first, base::Errc::bad_value);
    EXPECT_EQ(code(head, R"({"sensors": [{"id": 1}]})").first, base::Errc::missing);
    EXPECT_FALSE(run_benchmark({path("absent.csv"), path("absent.json"), ""}));
}

TEST_F(Benchmark, NumbersThatMeanNothingAreRefusedAndCounted) {
    const std::string head = "time,sensor,range_m,azimuth_deg,height_m,mode3a,addr\n";
    const auto done = run_benchmark(
        files(head + "1,1,nan,3,,,\n1,1,-5,3,,,\n1,1,inf,3,,,\n2,9,2000,3,,,\n3,1,9e9,3,,,\n4,1,20000,3,,,\n"));
    ASSERT_TRUE(done);
    EXPECT_EQ(done->counters.refused_malformed, 3U);
    EXPECT_EQ(done->counters.refused_unknown_sensor, 1U);
    EXPECT_EQ(done->counters.refused_out_of_range, 1U);
    EXPECT_EQ(done->counters.used, 1U);
}

}  // namespace
}  // namespace asman::track
