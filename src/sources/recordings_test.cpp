// Recordings of others: record counts as the README beside them says, and what their reports come to.
#include <asman/sources/asterix.hpp>
#include <asman/sources/file.hpp>

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace asman::sources {
namespace {

const std::string folder = ASMAN_SOURCE_DIR "/../shared/data/asterix/";

struct Played {
    Recording recording;
    FeedCounters feed;
    std::vector<SensorState> sensors;
    std::vector<picture::TargetReport> reports;
    std::size_t services = 0;
    double farthest = 0;  ///< of a report's time from its frame's, seconds
};

Played play(const std::string& name, std::vector<picture::Sensor> sensors = {}) {
    Played out;
    const base::Date day{2010, 2, 1};
    auto recording = read_recording(folder + name, day);
    EXPECT_TRUE(recording) << recording.error().text();
    if (!recording) return out;
    AsterixConfig config;
    config.sensors = std::move(sensors);
    config.simulation = Simulation::accept;
    auto source = std::move(*AsterixSource::make(config));
    Decoded decoded;
    const auto take = [&](base::Time received) {
        out.services += decoded.services.size();
        for (auto& r : decoded.reports) {
            out.farthest = std::max(out.farthest, std::abs((r.time - received).seconds()));
            out.reports.push_back(std::move(r));
        }
        decoded.clear();
    };
    for (const auto& frame : recording->frames) {
        source.decode("file", frame.bytes, frame.time, decoded);
        take(frame.time);
    }
    source.finish(decoded);
    take(recording->frames.back().time);
    out.feed = source.feeds().at("file");
    out.sensors = source.sensors();
    out.recording = std::move(*recording);
    return out;
}

using Counts = std::map<std::uint8_t, std::uint64_t>;

picture::Sensor radar_of(const Played& p) {
    auto s = p.sensors.at(0).sensor;
    s.feed.clear();
    s.position = geo::Position{geo::Point::degrees(43.77, 18.57), {1900}};
    return s;
}

TEST(Recordings, CountsAreThoseOfSeveralDecoders) {
    ASMAN_NEED(std::filesystem::exists(folder), folder);
    const std::vector<std::tuple<const char*, const char*, Counts>> expected{
        {"cc_cat_034_048.pcap", "pcap", {{34, 34}, {48, 128}}},
        {"cc_cat_062_065.pcap", "pcap", {{62, 2}, {65, 1}}},
        {"cc_parsegps.gps", "gps", {{34, 3}, {48, 15}}},
        {"cc_cat048.raw", "raw", {{48, 1}}},
        {"cc_cat034.raw", "raw", {{34, 1}}},
        {"cc_cat21_re.ast", "raw", {{21, 2}}},
        {"jade_final_frame_062_30min.ff", "ff", {{62, 34957}}},
        {"jahorina.raw", "raw", {{34, 20}, {48, 2099}}},
        {"lebl_smr.ast", "raw", {{10, 52659}}},
        {"zr_asterix_cat21.ast", "raw", {{21, 11}}},
    };
    for (const auto& [name, framing, counts] : expected) {
        const auto p = play(name);
        EXPECT_EQ(p.recording.framing, framing) << name;
        EXPECT_EQ(p.feed.by_category, counts) << name;
        EXPECT_EQ(p.feed.bad_records, 0u) << name << ": " << (p.feed.first_error ? p.feed.first_error->text() : "");
        EXPECT_TRUE(std::ranges::is_sorted(p.recording.frames, {}, &FileFrame::time)) << name;
        // Every record of a category that is read ends in one counter.
        for (const auto& s : p.sensors) {
            const auto& n = s.counters;
            EXPECT_EQ(n.records, n.reports + n.service + n.field_monitors + n.test_targets + n.wrong_simulation +
                                     n.no_position + n.no_time + n.bad_time + n.doubtful + n.ended + n.other)
                << name;
            EXPECT_EQ(n.bad_time, 0u) << name;
        }
    }
}

TEST(Recordings, PlotsOfARadarWithoutPositionAreListedAndThoseOfAPlacedOneTracked) {
    ASMAN_NEED(std::filesystem::exists(folder), folder);
    const auto without = play("jahorina.raw");
    EXPECT_TRUE(without.reports.empty());
    ASSERT_EQ(without.sensors.size(), 1u);
    EXPECT_GT(without.sensors[0].counters.no_position, 1000u);
    EXPECT_EQ(without.services, 20u);

    const auto placed = play("jahorina.raw", {radar_of(without)});
    EXPECT_EQ(placed.sensors.size(), 1u);
    EXPECT_EQ(placed.reports.size(), without.sensors[0].counters.no_position);
    EXPECT_LT(placed.farthest, 2) << "two pieces, the later one first: put in order";
    std::size_t addressed = 0;
    for (const auto& r : placed.reports) {
        addressed += r.identity.address.has_value();
        EXPECT_LT(r.range, 300 * geo::nautical_mile);
    }
    EXPECT_GT(addressed * 2, placed.reports.size()) << "a Mode S radar";
}

TEST(Recordings, RadarsThatSayWhereTheyStandNeedNoConfiguration) {
    ASMAN_NEED(std::filesystem::exists(folder), folder);
    const auto without = play("cc_cat_034_048.pcap");
    ASSERT_FALSE(without.recording.told.empty());
    for (const auto& s : without.recording.told)  // Croatian radars
        EXPECT_LT(geo::distance(s.position->at, geo::Point::degrees(45, 16)), 400e3) << s.name;
    EXPECT_TRUE(without.reports.empty());
    auto told = without.recording.told;
    for (std::size_t i = 0; i < told.size(); ++i) told[i].id = {static_cast<std::uint32_t>(i + 1)};
    EXPECT_GT(play("cc_cat_034_048.pcap", told).reports.size(), 0u);
}

TEST(Recordings, SystemTracksOfHalfAnHour) {
    ASMAN_NEED(std::filesystem::exists(folder), folder);
    const auto p = play("jade_final_frame_062_30min.ff");
    EXPECT_GT(p.reports.size(), 30'000u);
    const auto span = (p.recording.frames.back().time - p.recording.frames.front().time).seconds();
    EXPECT_NEAR(span, 1800, 60);
    EXPECT_LT(p.farthest, 30);
    for (const auto& r : p.reports) {
        ASSERT_TRUE(r.point && r.source_track);
        EXPECT_EQ(r.kind, picture::SensorKind::tracker);
    }
}

TEST(Recordings, AdsBReportsCarryTheirOwnPlaces) {
    ASMAN_NEED(std::filesystem::exists(folder), folder);
    const auto p = play("zr_asterix_cat21.ast");
    EXPECT_EQ(p.reports.size(), 11u);
    for (const auto& r : p.reports) EXPECT_TRUE(r.point && r.identity.address && r.sigma_horizontal > 0);
}

TEST(Recordings, WhatIsNoRecordingIsAnErrorWithItsPath) {
    EXPECT_EQ(read_recording("/nowhere/at.all").error().code, base::Errc::io);
    const auto path = std::filesystem::temp_directory_path() / ("asman-empty-" + std::to_string(::getpid()));
    std::ofstream(path).close();
    const auto empty = read_recording(path.string());
    ASSERT_FALSE(empty);
    EXPECT_EQ(empty.error().place.source, path.string());
    std::filesystem::remove(path);
}

}  // namespace
}  // namespace asman::sources
