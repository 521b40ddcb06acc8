#include <asman/track/benchmark.hpp>

#include "benchmark/scene.hpp"

#include <asman/base/config.hpp>

#include <fmt/format.h>

#include <cmath>
#include <iterator>

namespace asman::track {

namespace {

void write_row(std::string& out, const Scene& scene, double time, const picture::Track& k) {
    const picture::Kinematics& q = k.kinematics;
    auto to = std::back_inserter(out);
    if (scene.plane) {
        const Eigen::Vector2d p = PlaneFrame::unlabel(q.at);
        fmt::format_to(to, "{:.1f},{},{:.2f},{:.2f}", time, k.number, p.x(), p.y());
    } else {
        fmt::format_to(to, "{:.1f},{},{:.8f},{:.8f}", time, k.number, q.at.lat_deg(), q.at.lon_deg());
    }
    fmt::format_to(to, ",{:.3f},{:.3f}", q.velocity.x(), q.velocity.y());
    if (scene.heights) {
        out += ',';
        if (q.pressure_altitude) fmt::format_to(to, "{:.1f}", q.pressure_altitude->m);
    }
    fmt::format_to(to, ",{:.4f}\n", k.existence);
}

}  // namespace

base::Result<BenchmarkSummary> run_benchmark(const BenchmarkFiles& files, const Config& config,
                                             const std::function<double()>& clock,
                                             const std::function<void(double)>& progress) {
    ASMAN_TRY(Scene scene, read_scene(files.plots, files.meta));
    Tracker tracker(config, scene.frame);
    for (const auto& s : scene.sensors) ASMAN_CHECK(tracker.add_sensor(s));

    BenchmarkSummary summary;
    summary.plots = scene.reports.size();
    std::string out = scene.plane ? "time,track_id,x,y,vx,vy" : "time,track_id,lat,lon,ve,vn";
    if (scene.heights) out += scene.pressure ? ",hp" : ",z";
    out += ",existence\n";

    const auto since = [&] { return clock ? clock() : 0.0; };
    const double begun = since();
    double writing = 0;
    std::int64_t epoch = 1;
    const auto emit = [&](double until) {  // every epoch before a plot at `until`
        for (; static_cast<double>(epoch) * scene.epoch < until; ++epoch) {
            const double at = static_cast<double>(epoch) * scene.epoch;
            const base::Time t = kSceneStart + base::seconds(at);
            tracker.advance(t);
            const auto shown = tracker.picture(t);
            const double paused = since();
            for (const auto& k : shown) {
                write_row(out, scene, at, k);
                ++summary.rows;
            }
            if (progress && scene.duration > 0) progress(at / scene.duration);
            writing += since() - paused;
        }
    };
    tracker.advance(kSceneStart);
    for (const auto& r : scene.reports) {
        const double t = (r.time - kSceneStart).seconds();
        if (std::isfinite(t) && t <= scene.duration + scene.epoch) emit(t);
        tracker.advance(r.time);
        tracker.report(r);
    }
    emit(scene.duration + 1e-6);
    summary.seconds = since() - begun - writing;
    summary.counters = tracker.counters();
    summary.registration = tracker.registration();
    summary.joint = tracker.joint_registration();
    if (!files.tracks.empty()) ASMAN_CHECK(base::write_file(files.tracks, out));
    return summary;
}

}  // namespace asman::track
