#include <asman/study/world_bench.hpp>

#include <asman/geo/point.hpp>
#include <asman/outputs/outputs.hpp>
#include <asman/picture/archive.hpp>
#include <asman/sources/asterix.hpp>

#include <Eigen/LU>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <unordered_map>

namespace asman::study {
namespace {

/// Values with counts, for percentiles.
class Weighted {
  public:
    void add(double value, std::uint64_t count) {
        if (count > 0) all_.emplace_back(value, count);
        total_ += count;
    }
    double percentile(double share) {
        std::ranges::sort(all_);
        std::uint64_t sum = 0;
        for (const auto& [v, n] : all_)
            if (static_cast<double>(sum += n) >= share * static_cast<double>(total_)) return v;
        return 0;
    }
    double most() const { return all_.empty() ? 0 : std::ranges::max(all_).first; }

  private:
    std::vector<std::pair<double, std::uint64_t>> all_;
    std::uint64_t total_ = 0;
};

/// Resident memory of the process, bytes; 0 where the system does not say.
std::uint64_t resident() {
    std::ifstream in("/proc/self/status");
    std::string word;
    while (in >> word)
        if (word == "VmHWM:") {
            std::uint64_t kb = 0;
            in >> kb;
            return kb * 1024;
        }
    return 0;
}

struct Bench {
    const WorldBenchOptions& o;
    const std::function<double()>&clock, &processor, &own;
    simulate::Globe globe;
    sources::AsterixSource source;
    track::Tracker tracker;
    sources::Decoded decoded;
    WorldBenchResult r;
    base::Hasher digest;
    bool measuring = false;
    /// Latency on a clock that runs as the data: when the step before was finished, and what came of it.
    struct Line {
        double finish = 0;
        Weighted latency;
        void add(double due, double step, double took, std::uint64_t reports) {
            finish = std::max(due, finish) + took;
            latency.add(finish - (due - step), reports);
        }
    };
    Line wall, alone, critical;
    /// Processor time of all threads and of this one; the longer of this one's and the others' is what threads that run
    /// undisturbed side by side would take at most (with two: had each a core).
    struct Spent {
        double all = 0, mine = 0;
        double longest() const { return std::max(mine, all - mine); }
        Spent operator-(const Spent& o) const { return {all - o.all, mine - o.mine}; }
        Spent operator+(const Spent& o) const { return {all + o.all, mine + o.mine}; }
    };
    Spent spent() const { return {processor(), own()}; }
    std::uint64_t waiting = 0;
    std::vector<std::uint64_t> waits_before;
    std::int64_t next_picture = 0;

    /// Decodes what arrived up to `until`, then gives it to the tracker.
    void take(const std::vector<simulate::Datagram>& datagrams, std::size_t& next, base::Time until) {
        const double t0 = clock();
        decoded.clear();
        for (; next < datagrams.size() && datagrams[next].received <= until; ++next) {
            const auto& d = datagrams[next];
            source.decode(d.feed, d.bytes, d.received, decoded);
            if (measuring) r.bytes += d.bytes.size(), ++r.datagrams;
        }
        const double t1 = clock(), p1 = processor();
        for (const auto& m : decoded.services) tracker.service(m);
        for (const auto& p : decoded.reports) tracker.report(p);
        const double t2 = clock();
        if (!measuring) return;
        r.processor += processor() - p1;
        r.decode += t1 - t0;
        r.track += t2 - t1;
        r.reports += decoded.reports.size();
    }

    void show() {
        const double t0 = clock();
        const Spent p0 = spent();
        const auto tracks = tracker.picture(tracker.now());
        const double t1 = clock();
        const Spent p = spent() - p0;
        const auto blocks = outputs::asterix_062(tracks, {.sac = 1, .sic = 1, .simulated = true});
        const double t2 = clock();
        base::Writer w;
        for (const auto& k : tracks) picture::put(w, k);
        digest.add(w.bytes());
        if (!measuring) return;
        wall.finish += t1 - t0;  // the next step's reports wait for it
        alone.finish += p.all;
        critical.finish += p.longest();
        r.processor += p.all;
        r.picture += t1 - t0;
        r.encode += t2 - t1;
        for (const auto& b : blocks) r.output_bytes += b.size();
    }

    /// One step of data up to `until`: what has arrived is decoded and tracked.
    void step(base::Time until, std::size_t arrived, double busy, Spent before) {
        const double t0 = clock();
        const Spent p0 = spent();
        tracker.advance(until);
        const double took = clock() - t0;
        const Spent p = spent() - p0;
        r.processor += measuring ? p.all : 0;
        const std::uint64_t left = tracker.waiting();
        if (measuring) {
            r.track += took;
            const double due = (until - globe.start()).seconds();
            const std::uint64_t updated = arrived + waiting - left;
            wall.add(due, o.step, busy + took, updated);
            alone.add(due, o.step, before.all + p.all, updated);
            critical.add(due, o.step, before.longest() + p.longest(), updated);
        }
        if (until.ns >= next_picture) {
            next_picture = until.ns + base::seconds(o.picture_period).ns;
            show();
        }
        waiting = left;
    }

    void second(bool measure, double from) {
        measuring = measure;
        const auto& datagrams = globe.second();
        std::size_t next = 0;
        const auto steps = static_cast<int>(std::lround(1 / o.step));
        for (int k = 1; k <= steps; ++k) {
            const base::Time until = globe.start() + base::seconds(from + k * o.step);
            const double t0 = clock();
            const Spent p0 = spent();
            const std::uint64_t before = tracker.counters().used;
            take(datagrams, next, until);
            step(until, tracker.counters().used - before, clock() - t0, spent() - p0);
        }
    }

    void compare();
};

void Bench::compare() {
    const auto tracks = tracker.picture(tracker.now());
    const auto truth = globe.truth();
    std::unordered_map<std::uint32_t, const simulate::Truth*> by_address;
    for (const auto& t : truth) by_address[t.address] = &t;
    std::unordered_map<std::uint32_t, double> nearest;  // looked up only
    double nees = 0;
    for (const auto& k : tracks) {
        const auto at = k.identity.address ? by_address.find(*k.identity.address) : by_address.end();
        const double d = at == by_address.end() ? 1e9 : geo::distance(at->second->position.at, k.kinematics.at);
        if (d > 2000) {
            ++r.extra;
            continue;
        }
        const geo::LocalFrame here({k.kinematics.at, at->second->position.height});
        const Eigen::Vector2d e = here.to_local(at->second->position).head<2>();
        nees += e.dot(k.kinematics.covariance.topLeftCorner<2, 2>().inverse() * e);
        const auto [it, fresh] = nearest.try_emplace(at->first, d);
        if (!fresh) ++r.extra;
        it->second = std::min(it->second, d);
    }
    r.nees = tracks.size() > r.extra ? nees / static_cast<double>(tracks.size() - r.extra) : 0;
    r.tracks = tracks.size();
    r.tracks_held = tracker.size();
    r.aircraft = truth.size();
    std::size_t polar = 0, line = 0;
    for (const auto& t : truth) {
        const auto it = nearest.find(t.address);
        if (it == nearest.end()) continue;
        const double d2 = it->second * it->second;
        ++r.matched;
        r.rms += d2;
        if (t.position.at.lat_deg() > 80) r.rms_polar += d2, ++polar;
        if (std::abs(t.position.at.lon_deg()) > 175) r.rms_date_line += d2, ++line;
    }
    const auto root = [](double& sum, std::size_t n) { sum = n ? std::sqrt(sum / static_cast<double>(n)) : 0; };
    root(r.rms, r.matched);
    root(r.rms_polar, polar);
    root(r.rms_date_line, line);
}

}  // namespace

base::Result<WorldBenchResult> bench_world(const WorldBenchOptions& o, const std::function<double()>& clock,
                                           const std::function<double()>& processor, const std::function<double()>& own,
                                           const std::function<void(double)>& progress) {
    simulate::Globe globe(o.globe);
    ASMAN_TRY(auto source,
              sources::AsterixSource::make(
                  {.sensors = globe.sensors(), .simulation = sources::Simulation::only, .editions = {}, .insist = {}}));
    track::Config config;
    config.threads = o.threads;
    Bench b{o,
            clock,
            processor,
            own,
            std::move(globe),
            std::move(source),
            track::Tracker(config),
            {},
            {},
            {},
            false,
            {},
            {},
            {},
            0,
            {},
            0};
    for (const auto& s : b.globe.sensors()) ASMAN_CHECK(b.tracker.add_sensor(s));
    const auto warm = static_cast<int>(o.warm_up), all = warm + static_cast<int>(o.seconds);
    Weighted waits;
    for (int s = 0; s < all; ++s) {
        if (s == warm) b.waits_before.assign(b.tracker.waits().begin(), b.tracker.waits().end());
        b.second(s >= warm, s);
        if (progress) progress((s + 1.0) / all);
    }
    auto& r = b.r;
    for (std::size_t k = 0; k < b.waits_before.size(); ++k)
        waits.add(static_cast<double>(k + 1) * track::Tracker::wait_step, b.tracker.waits()[k] - b.waits_before[k]);
    r.sensors = b.globe.sensors().size();
    r.radars = b.globe.radars();
    r.radar_cover = b.globe.radar_cover();
    r.receiver_cover = b.globe.receiver_cover();
    r.data_seconds = all - warm;
    r.latency_p50 = b.wall.latency.percentile(0.5);
    r.latency_p99 = b.wall.latency.percentile(0.99);
    r.latency_max = b.wall.latency.most();
    r.one_core_p50 = b.alone.latency.percentile(0.5);
    r.one_core_p99 = b.alone.latency.percentile(0.99);
    r.cores_p50 = b.critical.latency.percentile(0.5);
    r.cores_p99 = b.critical.latency.percentile(0.99);
    r.wait_p50 = waits.percentile(0.5);
    r.wait_p99 = waits.percentile(0.99);
    b.compare();
    r.counters = b.tracker.counters();
    r.resident = resident();
    r.digest = b.digest.finish();
    return r;
}

}  // namespace asman::study
