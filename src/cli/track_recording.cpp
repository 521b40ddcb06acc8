#include "track_recording.hpp"

#include <asman/node/playback.hpp>
#include <asman/sources/asterix.hpp>
#include <asman/sources/file.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

namespace asman::cli {
namespace {

constexpr double shortest_turn = 1, longest_turn = 25;  ///< s

/// Everything that a recording says, decoded.
struct Heard {
    sources::Decoded all;
    std::vector<picture::Sensor> sensors;
    std::uint64_t without_position = 0;
};

Heard decode(const sources::Recording& recording, sources::AsterixSource& source) {
    Heard out;
    for (const auto& frame : recording.frames) source.decode("recording", frame.bytes, frame.time, out.all);
    source.finish(out.all);
    for (const auto& s : source.sensors()) {
        out.sensors.push_back(s.sensor);
        out.without_position += s.counters.no_position;
    }
    const auto by_time = [](const auto& a, const auto& b) { return a.time < b.time; };
    std::stable_sort(out.all.reports.begin(), out.all.reports.end(), by_time);
    std::stable_sort(out.all.services.begin(), out.all.services.end(), by_time);
    return out;
}

double median(std::vector<double> v) {
    if (v.empty()) return 0;
    const auto middle = v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2);
    std::nth_element(v.begin(), middle, v.end());
    return *middle;
}

/// How long a radar's turn takes: as it says itself, else between its north marks, else between two plots of one
/// aircraft. 0 where nothing tells.
double turn_of(picture::SensorId id, const sources::Decoded& all) {
    std::vector<double> told, marks, plots;
    std::optional<base::Time> north;
    for (const auto& m : all.services) {
        if (m.sensor != id) continue;
        if (m.rotation_period) told.push_back(m.rotation_period->seconds());
        if (!m.north) continue;
        if (north) marks.push_back((m.time - *north).seconds());
        north = m.time;
    }
    if (!told.empty()) return median(told);
    if (marks.size() > 1) return median(marks);
    std::map<std::uint32_t, base::Time> latest;
    for (const auto& r : all.reports) {
        if (r.sensor != id || !r.polar() || !r.identity.address) continue;
        const auto [at, fresh] = latest.try_emplace(*r.identity.address, r.time);
        const double since = (r.time - at->second).seconds();
        if (!fresh && since > shortest_turn && since < longest_turn) plots.push_back(since);
        at->second = r.time;
    }
    return median(plots);
}

class Rows {
  public:
    explicit Rows(const std::string& path) : out_(path) {
        out_ << "time,track_id,lat,lon,ve,vn,z,hp,sigma_m,address,code,callsign,existence,reports\n";
    }
    void add(const picture::Track& t) {
        const auto& k = t.kinematics;
        std::uint32_t reports = 0;
        for (const auto& l : t.lineage) reports += l.reports;
        const auto number = [](const auto& h, int decimals) {
            return h ? fmt::format("{:.{}f}", h->m, decimals) : std::string();
        };
        const double sigma = std::sqrt((k.covariance(0, 0) + k.covariance(1, 1)) / 2);
        out_ << fmt::format("{},{},{:.7f},{:.7f},{:.2f},{:.2f},{},{},{:.1f},{},{},{},{:.4f},{}\n",
                            base::format_time(k.time, 3), t.number, k.at.lat_deg(), k.at.lon_deg(), k.velocity.x(),
                            k.velocity.y(), number(k.geometric_height, 1), number(k.pressure_altitude, 1), sigma,
                            t.identity.address ? fmt::format("{:06x}", *t.identity.address) : "",
                            t.identity.mode_3a ? fmt::format("{:04o}", *t.identity.mode_3a) : "", t.identity.callsign,
                            t.existence, reports);
        ++count_;
    }
    std::uint64_t count() const { return count_; }
    bool finish() { return static_cast<bool>(out_.flush()); }

  private:
    std::ofstream out_;
    std::uint64_t count_ = 0;
};

}  // namespace

base::Result<RecordingSummary> track_recording(const RecordingTrack& o, const track::Config& config,
                                               const std::function<void(double)>& progress) {
    ASMAN_TRY(const auto recording, sources::read_recording(o.file, o.date));
    sources::AsterixConfig decoding;
    decoding.simulation = sources::Simulation::accept;
    std::uint32_t id = 1;
    for (const auto& text : o.sensors) {
        ASMAN_TRY(auto sensor, node::parse_sensor_option(text));
        decoding.sensors.push_back(std::move(sensor));
    }
    for (const auto& told : recording.told)
        if (std::ranges::none_of(decoding.sensors,
                                 [&](const auto& s) { return s.sac == told.sac && s.sic == told.sic; }))
            decoding.sensors.push_back(told);
    for (auto& s : decoding.sensors) s.id = {id++};
    ASMAN_TRY(auto source, sources::AsterixSource::make(std::move(decoding)));
    Heard heard = decode(recording, source);
    if (heard.all.reports.empty())
        return base::fail(base::Errc::missing, {.source = o.file},
                          heard.without_position > 0
                              ? "its plots are of radars whose place is not known: --sensor SAC/SIC=LAT,LON,HEIGHT"
                              : "it holds no target report");

    RecordingSummary out;
    out.without_position = heard.without_position;
    out.sensors = heard.sensors.size();
    track::Tracker tracker(config);
    for (auto s : heard.sensors) {
        const bool polar =
            std::ranges::any_of(heard.all.reports, [&](const auto& r) { return r.sensor == s.id && r.polar(); });
        if (polar && s.scan_period.ns == 0) s.scan_period = base::seconds(turn_of(s.id, heard.all));
        ASMAN_CHECK(tracker.add_sensor(s));
    }
    std::optional<Rows> rows;
    if (!o.tracks.empty()) rows.emplace(o.tracks);
    const auto& reports = heard.all.reports;
    const auto& services = heard.all.services;
    const base::Time start = reports.front().time, end = reports.back().time + base::seconds(1);
    out.data_seconds = (end - start).seconds();
    std::size_t r = 0, m = 0;
    base::Time shown = start;
    for (base::Time now = start; now <= end; now = now + base::seconds(0.1)) {
        tracker.advance(now);
        for (; m < services.size() && services[m].time <= now; ++m) tracker.service(services[m]);
        for (; r < reports.size() && reports[r].time <= now; ++r) tracker.report(reports[r]);
        if ((now - shown).seconds() < o.epoch) continue;
        shown = now;
        if (rows)
            for (const auto& t : tracker.picture(now)) rows->add(t);
        if (progress) progress((now - start).seconds() / out.data_seconds);
    }
    if (rows && !rows->finish()) return base::fail(base::Errc::io, {.source = o.tracks}, "cannot be written");
    out.reports = reports.size();
    out.rows = rows ? rows->count() : 0;
    out.counters = tracker.counters();
    out.known = heard.sensors;
    out.registration = tracker.registration();
    out.joint = tracker.joint_registration();
    return out;
}

}  // namespace asman::cli
