// A recording that the test makes: one Mode S radar that says where it stands, three aircraft for two minutes.
#include "track_recording.hpp"
#include "observability.hpp"

#include <asman/asterix/cat034.hpp>
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/encode.hpp>
#include <asman/geo/point.hpp>

#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>
#include <random>
#include <set>
#include <sstream>

namespace asman::cli {
namespace {

using namespace asterix;

constexpr double kTurn = 5, kStart = 43'200;
const geo::Position kRadar{geo::Point::degrees(46.0, 8.0), {500}};

struct Folder {
    std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("asman-recording-" + std::to_string(::getpid()));
    Folder() { std::filesystem::create_directories(path); }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const char* name) const { return (path / name).string(); }
};

template <class Fields>
void append(std::ofstream& out, const Fields& f) {
    BlockWriter writer(Fields::category, 60'000);
    ASSERT_TRUE(writer.add(f)) << writer.problem().text();
    const auto bytes = writer.finish();
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

geo::Position place(int aircraft, double t) {
    return {geo::Point::degrees(46.4 + 0.2 * aircraft, 8.1 + 0.0025 * t), {9000.0 + 600 * aircraft}};
}

/// `tells`: whether the radar's service messages say where it stands.
void record(const std::string& path, bool tells) {
    std::ofstream out(path, std::ios::binary);
    const geo::LocalFrame frame(kRadar);
    for (int turn = 0; turn < 24; ++turn) {
        cat034::Fields north;
        north.i010 = {.sac = 20, .sic = 3};
        north.i000 = std::uint8_t{1};
        north.i030 = kStart + kTurn * turn;
        north.i041 = kTurn;
        if (tells) north.i120 = {.hgt = 500, .lat = 46, .lon = 8};
        append(out, north);
        for (int k = 0; k < 3; ++k) {
            double t = kTurn * turn, azimuth = 0, range = 0;
            for (int round = 0; round < 3; ++round) {
                const Eigen::Vector3d local = frame.to_local(place(k, t));
                azimuth = geo::wrap_2pi(std::atan2(local.x(), local.y()));
                range = local.norm();
                t = kTurn * (turn + azimuth / (2 * std::numbers::pi));
            }
            cat048::Fields plot;
            plot.i010 = {.sac = 20, .sic = 3};
            plot.i140 = kStart + t;
            plot.i020.emplace().typ = 5;
            plot.i040 = {.rho = range / geo::nautical_mile, .theta = azimuth / geo::deg};
            plot.i090 = {.v = false, .g = false, .fl = (9000.0 + 600 * k) / geo::foot / 100};
            plot.i220 = static_cast<std::uint32_t>(0x4B0001 + k);
            append(out, plot);
        }
    }
}

/// Two radars, the second of them off in range, azimuth and time, and `aircraft` on crossing courses.
struct Second {
    geo::Position at{geo::Point::degrees(46.7, 9.4), {700}};
    double range = 140, azimuth = 0.15 * geo::deg, time = 0.06;
};

geo::Position crossing(int aircraft, double t) {
    const double course = 2.4 * aircraft, speed = 0.0012 + 0.00004 * aircraft;  // degrees a second
    return {geo::Point::degrees(46.4 + 0.1 * (aircraft % 5 - 2) + speed * t * std::cos(course),
                                8.8 + 0.15 * (aircraft % 7 - 3) + 1.4 * speed * t * std::sin(course)),
            {8000.0 + 152.4 * aircraft}};
}

void record_two(const std::string& path, const Second& second, int aircraft, int turns, bool both) {
    struct Said {
        double time;
        cat048::Fields plot;
    };
    std::vector<Said> said;
    std::mt19937 g(3);
    std::normal_distribution<double> n;
    for (int radar = 0; radar < (both ? 2 : 1); ++radar) {
        const geo::LocalFrame frame(radar == 0 ? kRadar : second.at);
        const double turn = radar == 0 ? kTurn : 6;
        for (int k = 0; k < static_cast<int>(turns * kTurn / turn); ++k)
            for (int a = 0; a < aircraft; ++a) {
                double t = turn * k, azimuth = 0, range = 0;
                for (int round = 0; round < 3; ++round) {
                    const Eigen::Vector3d local = frame.to_local(crossing(a, t));
                    azimuth = geo::wrap_2pi(std::atan2(local.x(), local.y()));
                    range = local.norm();
                    t = turn * (k + azimuth / (2 * std::numbers::pi));
                }
                if (radar == 1) t += second.time, range += second.range, azimuth += second.azimuth;
                Said s{.time = kStart + t, .plot = {}};
                s.plot.i010 = {.sac = 20, .sic = static_cast<std::uint8_t>(3 + radar)};
                s.plot.i140 = s.time;
                s.plot.i020.emplace().typ = 5;
                s.plot.i040 = {.rho = (range + 40 * n(g)) / geo::nautical_mile,
                               .theta = geo::wrap_2pi(azimuth + 0.06 * geo::deg * n(g)) / geo::deg};
                s.plot.i090 = {.v = false, .g = false, .fl = (8000.0 + 152.4 * a) / geo::foot / 100};
                s.plot.i220 = static_cast<std::uint32_t>(0x4B0001 + a);
                said.push_back(s);
            }
    }
    std::stable_sort(said.begin(), said.end(), [](const Said& x, const Said& y) { return x.time < y.time; });
    std::ofstream out(path, std::ios::binary);
    for (const auto& s : said) append(out, s.plot);
}

std::vector<std::vector<std::string>> rows(const std::string& path) {
    std::vector<std::vector<std::string>> out;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        out.emplace_back();
        std::istringstream cells(line);
        for (std::string cell; std::getline(cells, cell, ',');) out.back().push_back(cell);
    }
    return out;
}

TEST(TrackRecording, WritesTheTracksOfARadarThatSaysWhereItStands) {
    const Folder folder;
    record(folder.file("radar.raw"), true);
    const auto done = track_recording({.file = folder.file("radar.raw"),
                                       .date = base::Date{2024, 5, 1},
                                       .sensors = {},
                                       .tracks = folder.file("tracks.csv"),
                                       .epoch = 5},
                                      {});
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(done->reports, 72U);
    EXPECT_EQ(done->counters.tracks_confirmed, 3U);
    const auto table = rows(folder.file("tracks.csv"));
    ASSERT_EQ(table.size(), done->rows + 1);
    EXPECT_GT(table.size(), 50U);
    std::set<std::string> addresses;
    for (std::size_t i = 1; i < table.size(); ++i) {
        addresses.insert(table[i].at(9));
        const auto t = base::parse_time(table[i].at(0));
        ASSERT_TRUE(t);
        const double since = (*t - *base::parse_time("2024-05-01T12:00:00Z")).seconds();
        const int k = std::stoi(table[i].at(9), nullptr, 16) - 0x4B0001;
        const auto truth = place(k, since).at;
        const auto at = geo::Point::degrees(std::stod(table[i].at(2)), std::stod(table[i].at(3)));
        if (since > 30) {
            EXPECT_LT(geo::distance(truth, at), 300) << i;
        }
    }
    EXPECT_EQ(addresses, (std::set<std::string>{"4b0001", "4b0002", "4b0003"}));
}

TEST(TrackRecording, TwoRadarsOfARecordingAreRegisteredOneAgainstTheOther) {
    const Folder folder;
    const Second off;
    record_two(folder.file("two.raw"), off, 24, 60, true);
    const auto done = track_recording({.file = folder.file("two.raw"),
                                       .date = base::Date{2024, 5, 1},
                                       .sensors = {"20/3=46,8,500", "20/4=46.7,9.4,700"},
                                       .tracks = "",
                                       .epoch = 5},
                                      {});
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(done->rows, 0U);
    ASSERT_EQ(done->registration.size(), 2U);
    const auto& a = done->registration[0];
    const auto& b = done->registration[1];
    // What both are off together is told less than what one is off against the other.
    const auto difference = [&](const track::Registration::Estimate& x, const track::Registration::Estimate& y) {
        return x.value - y.value;
    };
    EXPECT_NEAR(difference(b.azimuth, a.azimuth), off.azimuth, 0.03 * geo::deg);
    EXPECT_NEAR(difference(b.time, a.time), off.time, 0.04);
    EXPECT_NEAR(b.range.value, off.range, 4 * b.range.sigma);
    EXPECT_NEAR(a.range.value, 0, 4 * a.range.sigma);
    const auto seen = observability(done->joint);
    ASSERT_EQ(seen.together.size(), 4U);
    const auto& time = seen.together[3];
    EXPECT_EQ(time.error, SensorError::time);
    EXPECT_FALSE(time.observable()) << "nothing tells a time that both are off by";
    EXPECT_NEAR(time.sigma, time.prior, 0.02 * time.prior);
    EXPECT_LT(time.difference, 0.04);
    EXPECT_LT(std::abs(difference(b.time, a.time) - off.time), 4 * time.difference);
}

TEST(TrackRecording, OneRadarAloneIsNotRegistered) {
    const Folder folder;
    record_two(folder.file("one.raw"), {}, 10, 30, false);
    const auto done = track_recording({.file = folder.file("one.raw"),
                                       .date = base::Date{2024, 5, 1},
                                       .sensors = {"20/3=46,8,500"},
                                       .tracks = "",
                                       .epoch = 5},
                                      {});
    ASSERT_TRUE(done) << done.error().text();
    for (const auto& r : done->registration) EXPECT_EQ(r.samples, 0U);
    EXPECT_TRUE(observability(done->joint).together.empty());
}

TEST(TrackRecording, ARadarWhosePlaceNobodySaysIsAnErrorThatNamesTheOption) {
    const Folder folder;
    record(folder.file("radar.raw"), false);
    RecordingTrack o{.file = folder.file("radar.raw"),
                     .date = base::Date{2024, 5, 1},
                     .sensors = {},
                     .tracks = folder.file("tracks.csv"),
                     .epoch = 5};
    const auto without = track_recording(o, {});
    ASSERT_FALSE(without);
    EXPECT_NE(without.error().text().find("--sensor"), std::string::npos);
    o.sensors = {"20/3=46,8,500"};
    const auto with = track_recording(o, {});
    ASSERT_TRUE(with) << with.error().text();
    EXPECT_EQ(with->counters.tracks_confirmed, 3U);
    o.file = "/nowhere/at.all";
    EXPECT_EQ(track_recording(o, {}).error().code, base::Errc::io);
}

}  // namespace
}  // namespace asman::cli
