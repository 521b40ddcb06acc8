// What 062/380 says of a recording of a Mode S radar, against the registers in the recording itself.
#include <asman/asterix/cat048.hpp>
#include <asman/asterix/cat062.hpp>
#include <asman/asterix/decode.hpp>
#include <asman/outputs/outputs.hpp>
#include <asman/sources/asterix.hpp>
#include <asman/sources/file.hpp>
#include <asman/track/tracker.hpp>

#include <gtest/gtest.h>
#include <asman_test/environment.hpp>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace asman::core {
namespace {

/// What a Mode S radar recorded: who told which register when, read without the tracker.
struct Told {
    std::uint64_t mb = 0;
    base::Time at;
};
using Tellers = std::map<std::uint32_t, std::vector<Told>>;

void listen(base::Bytes bytes, base::Time received, Tellers& out) {
    const asterix::Editions editions;
    asterix::DatagramReader reader(bytes, editions);
    while (const auto* event = reader.next()) {
        if (event->what != asterix::What::record || event->category != 48) continue;
        const asterix::cat048::View v(event->record);
        const auto registers = v.i250();
        if (!registers || !v.i220() || !v.i140()) continue;
        const auto at = base::start_of(base::date_of(received)) + base::seconds(*v.i140());
        for (std::size_t i = 0; i < registers->size(); ++i) {
            const auto r = (*registers)[i];
            out[*v.i220()].push_back({r.mbdata() << 8 | unsigned{r.bds1()} << 4 | r.bds2(), at});
        }
    }
}

TEST(AircraftDerivedData, OfARecordedModeSRadar) {
    const std::string path = ASMAN_SOURCE_DIR "/../shared/data/asterix/jahorina.raw";
    ASMAN_NEED(std::filesystem::exists(path), path);
    const auto recording = sources::read_recording(path, base::Date{2010, 2, 1});
    ASSERT_TRUE(recording);
    sources::AsterixConfig config;
    config.simulation = sources::Simulation::accept;
    picture::Sensor radar;
    radar.id = {1};
    radar.name = "recorded";
    radar.sac = 23;
    radar.sic = 2;
    radar.kind = picture::SensorKind::combined;
    radar.scan_period = base::seconds(5);
    radar.position = geo::Position{geo::Point::degrees(43.73, 18.56), {1900}};
    config.sensors.push_back(radar);
    auto source = std::move(*sources::AsterixSource::make(std::move(config)));
    track::Tracker tracker;
    ASSERT_TRUE(tracker.add_sensor(radar));
    Tellers tellers;
    asterix::Editions editions;
    ASSERT_TRUE(editions.set(62, "1.19"));
    int tracks = 0, headings = 0, speeds = 0, selected = 0, settings = 0, turns = 0, machs = 0, with_address = 0;
    const auto look = [&](const asterix::Record& record) {
        const asterix::cat062::View v(record);
        ++tracks;
        const auto d = v.i380_1_19();
        if (!d || !d->adr()) return;
        ++with_address;
        headings += d->mhg() && v.i295()->mhg();
        speeds += d->tas() && d->iar() && d->gs();
        selected += d->sal() && d->fss();
        settings += d->bps().has_value();
        turns += d->ran() && d->tan();
        machs += d->mac().has_value();
        // Every register is one that this aircraft told, and the oldest is as old as it was told last.
        const auto& told = tellers[*d->adr()];
        const auto mb = d->mb();
        double oldest = 0;
        for (std::size_t i = 0; mb && i < mb->size(); ++i) {
            const auto last = std::find_if(told.rbegin(), told.rend(), [&](const Told& o) { return o.mb == (*mb)[i]; });
            ASSERT_NE(last, told.rend()) << std::hex << *d->adr() << " never told " << (*mb)[i];
            oldest = std::max(oldest, (tracker.now() - last->at).seconds());
        }
        EXPECT_NEAR(mb ? *v.i295()->mb() : 0, oldest, 0.13) << std::hex << *d->adr();
    };
    auto next = recording->frames.front().time + base::seconds(10);
    sources::Decoded decoded;
    for (const auto& frame : recording->frames) {
        listen(frame.bytes, frame.time, tellers);
        source.decode("file", frame.bytes, frame.time, decoded);
        for (const auto& s : decoded.services) tracker.service(s);
        for (const auto& r : decoded.reports) tracker.report(r);
        decoded.clear();
        tracker.advance(frame.time);
        if (frame.time < next) continue;
        next = next + base::seconds(5);
        for (const auto& bytes : outputs::asterix_062(tracker.picture(frame.time), {.sac = 1, .sic = 1})) {
            asterix::DatagramReader reader(bytes, editions);
            while (const auto* event = reader.next()) {
                ASSERT_EQ(event->what, asterix::What::record) << event->problem.text();
                look(event->record);
            }
        }
    }
    for (const auto& [name, n] : {std::pair{"tracks", tracks},
                                  {"with_address", with_address},
                                  {"heading", headings},
                                  {"speeds", speeds},
                                  {"selected_altitude", selected},
                                  {"pressure_setting", settings},
                                  {"roll_and_track", turns},
                                  {"mach", machs}})
        RecordProperty(name, n);
    EXPECT_GT(with_address, 100);
    EXPECT_GT(selected, with_address / 2) << "of " << with_address;
    EXPECT_GT(settings, with_address / 2);
    EXPECT_GT(headings, with_address / 2);
    EXPECT_GT(speeds, with_address / 2);
    EXPECT_GT(turns, with_address / 2);
}

}  // namespace
}  // namespace asman::core
