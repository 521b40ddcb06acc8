// asman bench: what the program's parts cost on this machine.
#include "commands.hpp"

#include <asman/study/world_bench.hpp>

#include <fmt/core.h>

#include <chrono>
#include <ctime>
#include <memory>

namespace asman::cli {
namespace {

struct BenchOptions {
    study::WorldBenchOptions world;
    bool json = false;
};

double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double seconds_of(clockid_t clock) {
    timespec t{};
    clock_gettime(clock, &t);
    return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

void print_json(const study::WorldBenchResult& r, unsigned threads) {
    fmt::print(
        "{{\"threads\":{},\"sensors\":{},\"radars\":{},\"radar_cover\":[{},{:.2f},{}],\"receiver_cover\":[{},{:.2f},{}]"
        ","
        "\"data_s\":{:.0f},\"reports\":{},\"reports_per_s\":{:.0f},\"decode_s\":{:.3f},\"track_s\":{:.3f},"
        "\"picture_s\":{:.3f},\"processor_s\":{:.3f},\"encode_s\":{:.3f},\"real_time_factor\":{:.3f},\"one_core_"
        "factor\":{:.3f},"
        "\"latency_p50_ms\":{:.1f},\"latency_p99_ms\":{:.1f},\"latency_max_ms\":{:.1f},\"one_core_p50_ms\":{:.1f},"
        "\"one_core_p99_ms\":{:.1f},\"cores_p50_ms\":{:.1f},\"cores_p99_ms\":{:.1f},\"wait_p50_ms\":{:.0f},\"wait_p99_"
        "ms\":{:.0f},"
        "\"tracks\":{},\"tracks_held\":{},\"aircraft\":{},\"matched\":{},\"extra\":{},\"rms_m\":{:.1f},\"nees\":{:.2f},"
        "\"rms_polar_m\":{:.1f},\"rms_date_line_m\":{:.1f},\"resident_bytes\":{},\"digest\":\"{}\"}}\n",
        threads, r.sensors, r.radars, r.radar_cover.least, r.radar_cover.mean, r.radar_cover.most,
        r.receiver_cover.least, r.receiver_cover.mean, r.receiver_cover.most, r.data_seconds, r.reports,
        r.reports_per_second(), r.decode, r.track, r.picture, r.processor, r.encode, r.speed(), r.one_core_speed(),
        1e3 * r.latency_p50, 1e3 * r.latency_p99, 1e3 * r.latency_max, 1e3 * r.one_core_p50, 1e3 * r.one_core_p99,
        1e3 * r.cores_p50, 1e3 * r.cores_p99, 1e3 * r.wait_p50, 1e3 * r.wait_p99, r.tracks, r.tracks_held, r.aircraft,
        r.matched, r.extra, r.rms, r.nees, r.rms_polar, r.rms_date_line, r.resident, r.digest.hex());
}

void print_text(const study::WorldBenchResult& r, const study::WorldBenchOptions& o) {
    const double n = static_cast<double>(r.reports), s = r.data_seconds;
    fmt::print(
        "simulated: {} aircraft, each under {}–{} radars (mean {:.1f}) and {}–{} ADS-B receivers (mean {:.1f})\n",
        r.aircraft, r.radar_cover.least, r.radar_cover.most, r.radar_cover.mean, r.receiver_cover.least,
        r.receiver_cover.most, r.receiver_cover.mean);
    fmt::print("{} radars, {} receivers; {:.0f} s of data: {} reports, {:.0f} a second\n", r.radars,
               r.sensors - r.radars, s, r.reports, r.reports_per_second());
    fmt::print(
        "tracker, {} thread{}: {:.2f} s, and {:.2f} s for pictures every {:.0f} s: {:.2f} × real time, {:.0f} reports "
        "a second\n",
        o.threads, o.threads == 1 ? "" : "s", r.track, r.picture, o.picture_period, r.speed(),
        n / (r.track + r.picture));
    fmt::print("processor time of all threads {:.2f} s, of {:.0f} s of data: {:.2f} × real time on one core\n",
               r.processor, s, r.one_core_speed());
    fmt::print("apart, one thread: decoding {:.2f} s ({:.0f} reports a second), 062 {:.2f} s ({:.1f} MB)\n", r.decode,
               n / r.decode, r.encode, static_cast<double>(r.output_bytes) * 1e-6);
    fmt::print(
        "latency at 1 ×, arrival to updated track: p50 {:.1f} ms, p99 {:.1f} ms, longest {:.1f} ms (steps of {:.0f} "
        "ms, decoding included)\n",
        1e3 * r.latency_p50, 1e3 * r.latency_p99, 1e3 * r.latency_max, 1e3 * o.step);
    fmt::print("by processor time, as if one core did it all: p50 {:.1f} ms, p99 {:.1f} ms\n", 1e3 * r.one_core_p50,
               1e3 * r.one_core_p99);
    if (o.threads == 2)
        fmt::print("and with a core for each thread: p50 {:.1f} ms, p99 {:.1f} ms\n", 1e3 * r.cores_p50,
                   1e3 * r.cores_p99);
    fmt::print("from detection, with the sensors' own delay and the wait for the beam: p50 {:.0f} ms, p99 {:.0f} ms\n",
               1e3 * r.wait_p50, 1e3 * r.wait_p99);
    fmt::print(
        "{} confirmed tracks ({} held): {} of {} aircraft within 2 km, {} tracks beside; RMS {:.1f} m (NEES {:.2f} of "
        "2), beyond 80°N "
        "{:.1f} m, within 5° of 180° {:.1f} m\n",
        r.tracks, r.tracks_held, r.matched, r.aircraft, r.extra, r.rms, r.nees, r.rms_polar, r.rms_date_line);
    fmt::print("resident {:.2f} GB, the simulator's part included\npictures {}\n",
               static_cast<double>(r.resident) * 1e-9, r.digest.hex());
}

int run(const BenchOptions& o) {
    Progress progress("benchmark");
    const auto r = study::bench_world(
        o.world, wall_seconds, [] { return seconds_of(CLOCK_PROCESS_CPUTIME_ID); },
        [] { return seconds_of(CLOCK_THREAD_CPUTIME_ID); }, [&](double f) { progress.at(f); });
    if (!r) return report(r.error());
    o.json ? print_json(*r, o.world.threads) : print_text(*r, o.world);
    return Exit::ok;
}

}  // namespace

void add_bench(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<BenchOptions>();
    CLI::App* bench = app.add_subcommand("bench", "Measure what parts of the program cost on this machine");
    bench->require_subcommand(1);
    bench->footer("Example:\n  asman bench world --aircraft 2000 --seconds 20 --threads 2");
    CLI::App* sub = bench->add_subcommand("world", "The whole world's traffic through decoder and tracker");
    auto& w = o->world;
    sub->add_option("--aircraft", w.globe.aircraft, "aircraft, half of them in dense areas")->capture_default_str();
    sub->add_option("--seconds", w.seconds, "seconds of data that are measured")->capture_default_str();
    sub->add_option("--warm-up", w.warm_up, "seconds of data before that")->capture_default_str();
    sub->add_option("--threads", w.threads, "threads of the tracker")->check(CLI::Range(1, 256))->capture_default_str();
    sub->add_option("--step", w.step, "seconds of data from one advance to the next")
        ->check(CLI::Range(0.001, 1.0))
        ->capture_default_str();
    sub->add_option("--radars-over", w.globe.radars_over, "radars that see a place, on average")->capture_default_str();
    sub->add_option("--receivers-over", w.globe.receivers_over, "and ADS-B receivers")->capture_default_str();
    sub->add_option("--seed", w.globe.seed, "of the simulation")->capture_default_str();
    sub->add_flag("--json", o->json, "one JSON object");
    sub->footer("Example:\n  asman bench world --aircraft 2000 --seconds 20 --threads 2");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
