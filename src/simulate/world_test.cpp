#include <asman/asterix/cat021.hpp>
#include <asman/asterix/cat034.hpp>
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/asterix/frames.hpp>
#include <asman/simulate/calibration.hpp>
#include <asman/simulate/recorded.hpp>
#include <asman/simulate/recording.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>

namespace asman::simulate {
namespace {

const std::string made = R"(format = 1
name = "made"
start = 2024-01-15T23:58:00Z
seed = 3
[weather]
qnh_hpa = 1030
surface_deviation_k = -15
[traffic]
aircraft = 25
max_leg_km = 600
[[state]]
code = "KGZ"
[[airport]]
icao = "AAAA"
state = "KGZ"
lat = 43.0
lon = 74.5
elevation_m = 100
[[airport]]
icao = "BBBB"
lat = 44.5
lon = 77.0
elevation_m = 100
[[airport]]
icao = "CCCC"
lat = 41.5
lon = 72.0
elevation_m = 100
[[sensor]]
name = "radar"
owner = "KGZ"
kind = "combined"
sac = 7
sic = 8
airport = "AAAA"
primary_reference_range_km = 250
[[sensor]]
name = "station"
owner = "KGZ"
kind = "ads_b"
sac = 7
sic = 9
airport = "AAAA"
[[intruder]]
name = "i"
route = ["44.5,76.0", "42.9,74.0"]
rcs_m2 = 5
[[intruder.level]]
name = "high"
altitude_m = 8000
[[intruder.level]]
name = "low"
above_ground_m = 100
after_s = -30
[[flight]]
name = "nordo"
callsign = "KGZ9976"
state = "KGZ"
address = "601ABC"
mode_3a = "4621"
route = ["44.0,73.5", "42.5,75.0"]
[[flight.event]]
at_s = 100
mode_3a = "7600"
)";

Scenario scenario(const std::string& extra = "") {
    auto s = Scenario::parse(made + extra, "made.toml");
    if (!s) ADD_FAILURE() << s.error().text();
    return *s;
}

World world(const Scenario& s) {
    auto w = World::make(s, geo::Terrain::flat(100), geo::Geoid{});
    if (!w) ADD_FAILURE() << w.error().text();
    return std::move(*w);
}

std::vector<Datagram> run(World& w, double seconds, std::int64_t step_ms = 100) {
    std::vector<Datagram> out;
    const auto end = w.scenario().start + base::seconds(seconds);
    for (auto t = w.now(); t < end;) {
        t = std::min(end, t + base::milliseconds(step_ms));
        for (auto& d : w.step(t)) {
            EXPECT_LE(d.received, t);
            out.push_back(std::move(d));
        }
    }
    return out;
}

/// Time of day in seconds since the scenario's start.
double since_start(const Scenario& s, double time_of_day) {
    const double start = std::fmod(static_cast<double>(s.start.ns / 1'000'000'000), 86400.0);
    double t = time_of_day - start;
    if (t < -43200) t += 86400;
    return t;
}

TEST(World, PlotsLieWhereTheAircraftAre) {
    const auto s = scenario();
    auto w = world(s);
    const auto sent = run(w, 240);
    const geo::LocalFrame frame(*w.sensors()[0].position);
    const asterix::Editions editions;
    std::map<std::string, int> seen;
    int plots = 0, false_plots = 0, primary_only = 0, north = 0, sectors = 0, reports = 0;
    double range_squares = 0, azimuth_squares = 0;
    for (const auto& d : sent) {
        asterix::DatagramReader reader(d.bytes, editions);
        while (const auto* event = reader.next()) {
            ASSERT_EQ(event->what, asterix::What::record) << event->problem.text();
            if (event->category == 34) {
                const asterix::cat034::View v(event->record);
                (*v.i000() == 1 ? north : sectors)++;
                EXPECT_EQ(v.i010()->sac(), 7);
                continue;
            }
            if (event->category == 21) {
                ++reports;
                const asterix::cat021::View v(event->record);
                EXPECT_TRUE(v.i040()->sim().value_or(false));
                const double t = since_start(s, *v.i071());
                const auto at = s.start + base::seconds(t);
                bool found = false;
                for (const auto& truth : w.truth(at)) {
                    if (truth.address != *v.i080()) continue;
                    found = true;
                    const auto p = geo::Point::degrees(v.i131()->lat(), v.i131()->lon());
                    EXPECT_LT(geo::distance(p, truth.position.at), 250);
                    EXPECT_NEAR(*v.i140() * geo::foot, truth.position.height.m, 10);
                    EXPECT_NEAR(*v.i145(), truth.pressure_altitude.flight_level(), 0.6);
                    EXPECT_FALSE(truth.intruder);
                }
                EXPECT_TRUE(found);
                continue;
            }
            ++plots;
            const asterix::cat048::View v(event->record);
            EXPECT_TRUE(v.i020()->sim());
            const auto at = s.start + base::seconds(since_start(s, *v.i140()));
            EXPECT_LT(at, d.received);
            const double range = v.i040()->rho() * geo::nautical_mile, azimuth = v.i040()->theta() * geo::deg;
            const bool only_primary = v.i020()->typ() == 1;
            primary_only += only_primary ? 1 : 0;
            EXPECT_EQ(v.i090().has_value(), !only_primary);
            EXPECT_EQ(v.i220().has_value(), v.i020()->typ() >= 5);
            const Truth* nearest = nullptr;
            double best = 3000, error_range = 0, error_azimuth = 0;
            const auto truths = w.truth(at);
            for (const auto& truth : truths) {
                const auto enu = frame.to_local(truth.position);
                const double r = enu.norm(), a = geo::wrap_pi(azimuth - std::atan2(enu.x(), enu.y()));
                const double distance = std::hypot(range - r, a * r);
                if (distance < best) best = distance, nearest = &truth, error_range = range - r, error_azimuth = a;
            }
            if (!nearest) {
                ++false_plots;
                EXPECT_TRUE(only_primary);
                continue;
            }
            seen[nearest->id]++;
            range_squares += error_range * error_range;
            azimuth_squares += error_azimuth * error_azimuth;
            if (nearest->intruder) {
                EXPECT_TRUE(only_primary);
            }
        }
    }
    const int matched = plots - false_plots;
    ASSERT_GT(matched, 300);
    EXPECT_NEAR(north, 24, 1);
    EXPECT_NEAR(sectors, 24 * 32, 33);
    EXPECT_GT(reports, 1000);
    EXPECT_NEAR(false_plots, 2 * 24, 30);
    EXPECT_GT(seen["i/high"], 15);
    EXPECT_GT(primary_only, 20);
    // The noise is what the scenario says.
    EXPECT_NEAR(std::sqrt(range_squares / matched), 50, 10);
    EXPECT_NEAR(std::sqrt(azimuth_squares / matched) / geo::deg, 0.08, 0.015);
}

TEST(World, RadioFailureChangesTheCodeOnTheWire) {
    const auto s = scenario();
    auto w = world(s);
    const asterix::Editions editions;
    std::map<int, int> before, after;
    for (const auto& d : run(w, 200)) {
        asterix::DatagramReader reader(d.bytes, editions);
        while (const auto* event = reader.next()) {
            if (event->category != 48) continue;
            const asterix::cat048::View v(event->record);
            if (v.i220() != 0x601abcu) continue;
            (since_start(s, *v.i140()) < 100 ? before : after)[v.i070()->mode3a()]++;
        }
    }
    EXPECT_GT(before[04621], 5);
    EXPECT_EQ(before[07600], 0);
    EXPECT_GT(after[07600], 5);
    EXPECT_EQ(after[04621], 0);
}

TEST(World, TheSameSeedGivesTheSameBytesWhateverTheSteps) {
    const auto s = scenario();
    auto a = world(s), b = world(s);
    const auto x = run(a, 60, 100), y = run(b, 60, 1700);
    ASSERT_EQ(x.size(), y.size());
    for (std::size_t i = 0; i < x.size(); ++i) {
        EXPECT_EQ(x[i].received, y[i].received);
        EXPECT_EQ(x[i].bytes, y[i].bytes);
    }
    auto other = s;
    other.seed = 4;
    auto c = world(other);
    const auto z = run(c, 60);
    EXPECT_FALSE(std::ranges::equal(x, z, {}, &Datagram::bytes, &Datagram::bytes));
}

TEST(World, AnotherSensorOrFlightChangesNothingForTheRest) {
    auto alone = world(scenario());
    auto more = world(scenario(R"([[sensor]]
name = "second"
owner = "KGZ"
kind = "combined"
sac = 1
sic = 1
airport = "BBBB"
)"));
    const auto x = run(alone, 60);
    auto y = run(more, 60);
    std::erase_if(y, [](const Datagram& d) { return d.feed == "second"; });
    ASSERT_EQ(x.size(), y.size());
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_EQ(x[i].bytes, y[i].bytes);
}

TEST(World, TruthAndFirstEntry) {
    auto w = world(scenario());
    EXPECT_EQ(w.intruders(), (std::vector<std::string>{"i/high", "i/low"}));
    const auto start = w.scenario().start;
    const auto region = geo::Region::circle(geo::Point::degrees(43.5, 74.75), 20e3);
    const auto entry = w.first_entry("i/high", region, start, start + base::seconds(1500));
    ASSERT_TRUE(entry);
    EXPECT_FALSE(region.contains(w.truth("i/high", *entry - base::milliseconds(200))->position.at));
    EXPECT_TRUE(region.contains(w.truth("i/high", *entry)->position.at));
    // The lower one flies thirty seconds ahead on the same route.
    const auto low = w.first_entry("i/low", region, start, start + base::seconds(1500));
    ASSERT_TRUE(low);
    EXPECT_NEAR((*entry - *low).seconds(), 30, 3);
    EXPECT_FALSE(w.first_entry("i/high", geo::Region::circle(geo::Point::degrees(10, 10), 20e3), start,
                               start + base::seconds(60)));
    const auto at = w.truth("i/low", start + base::seconds(50));
    ASSERT_TRUE(at);
    EXPECT_TRUE(at->intruder);
    EXPECT_FALSE(at->transponder);
    EXPECT_NEAR(at->position.height.m, 200, 1);
    EXPECT_GT(w.truth(start).size(), 10u);
    // Every generated flight's callsign is on the list of the expected.
    const auto expected = w.expected(picture::State("KGZ"));
    for (const auto& t : w.truth(start + base::seconds(30)))
        if (t.expected && !t.intruder) {
            EXPECT_TRUE(std::ranges::binary_search(expected, t.callsign)) << t.callsign;
        }
}

TEST(Calibration, PredictionsAreWhatHappens) {
    auto w = world(scenario());
    const auto c = calibrate(w, geo::Geoid{}, 240);
    ASSERT_TRUE(c) << c.error().text();
    EXPECT_GT(c->looks, 200u);
    EXPECT_LT(c->brier, 0.5 * c->brier_constant + 0.02);
    // Where nearly every look should detect, nearly every one did.
    const auto& top = c->bins[9];
    ASSERT_GT(top.looks, 100u);
    EXPECT_NEAR(static_cast<double>(top.detected) / static_cast<double>(top.looks), top.predicted, 0.05);
    EXPECT_NE(calibration_svg(*c, "made").find("Brier"), std::string::npos);
    EXPECT_FALSE(calibrate(w, geo::Geoid{}, 0));
}

TEST(Calibration, RecordedReportsTellTheSameAsTheTruth) {
    const auto s = scenario();
    auto w = world(s);
    const auto truth = calibrate(w, geo::Geoid{}, 240);
    ASSERT_TRUE(truth);
    auto again = world(s);
    RecordedPlots recorded;
    const asterix::Editions editions;
    for (const auto& d : run(again, 240)) recorded.add(d.bytes, editions);
    ASSERT_GT(recorded.plots.size(), 200u);
    const auto c = calibrate_recorded(recorded, s, again.terrain(), geo::Geoid{});
    ASSERT_TRUE(c) << c.error().text();
    EXPECT_TRUE(c->unknown.empty());
    ASSERT_EQ(c->sensors.size(), 1u);  // the radar; the ADS-B station sends no plots
    const auto& radar = c->sensors.front();
    EXPECT_NEAR(radar.period, w.sensors()[0].scan_period.seconds(), 0.1);
    EXPECT_GT(radar.aircraft, 5u);
    // Who predicts as well from the recording alone as from the truth; what is not known are aircraft never seen.
    const auto& top = c->calibration.bins[9];
    ASSERT_GT(top.looks, 100u);
    EXPECT_NEAR(static_cast<double>(top.detected) / static_cast<double>(top.looks), top.predicted, 0.05);
    EXPECT_LT(c->calibration.brier, truth->brier + 0.05);
    EXPECT_LE(c->calibration.looks, truth->looks + truth->looks / 10);
    // Every plot of an aircraft is a look that was seen.
    std::size_t detected = 0;
    for (const auto& b : c->calibration.bins) detected += b.detected;
    EXPECT_NEAR(static_cast<double>(detected), static_cast<double>(recorded.plots.size()),
                0.03 * static_cast<double>(recorded.plots.size()));
    // A radar that is said to reach a third as far is found out: plots come from where it should be blind.
    auto wrong = s;
    for (auto& x : wrong.sensors) x.sensor.max_range /= 3;
    const auto off = calibrate_recorded(recorded, wrong, again.terrain(), geo::Geoid{});
    ASSERT_TRUE(off);
    EXPECT_GT(off->calibration.brier, c->calibration.brier + 0.05);
    EXPECT_GT(off->sensors.front().seen_where_blind, radar.seen_where_blind + 50);
    auto other = s;
    for (auto& x : other.sensors) x.sensor.sic = static_cast<std::uint8_t>(x.sensor.sic + 100);
    EXPECT_FALSE(calibrate_recorded(recorded, other, again.terrain(), geo::Geoid{}));
}

TEST(Recording, PcapReadsBackAsTheSameDatagrams) {
    const auto path = (std::filesystem::temp_directory_path() / "asman_simulate_test.pcap").string();
    auto w = world(scenario());
    const auto sent = run(w, 30);
    {
        auto file = PcapWriter::open(path);
        ASSERT_TRUE(file);
        for (const auto& d : sent) ASSERT_TRUE(file->add(d));
        ASSERT_TRUE(file->close());
    }
    std::string problem;
    auto reader = asterix::FrameReader::open(path, problem);
    ASSERT_TRUE(reader) << problem;
    std::size_t n = 0;
    while (const auto* frame = reader->next()) {
        ASSERT_LT(n, sent.size());
        EXPECT_TRUE(std::ranges::equal(frame->payload, sent[n].bytes));
        EXPECT_EQ(frame->received, sent[n].received.ns);
        EXPECT_EQ(frame->port, 8600 + sent[n].sensor.value);
        ++n;
    }
    EXPECT_EQ(n, sent.size());
    std::filesystem::remove(path);
    EXPECT_FALSE(PcapWriter::open("/nowhere/x.pcap"));
}

}  // namespace
}  // namespace asman::simulate
