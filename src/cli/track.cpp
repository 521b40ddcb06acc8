// asman track: the common benchmark's plots, or a recording of ASTERIX, through the tracker.
#include "commands.hpp"
#include "track_recording.hpp"

#include <asman/track/benchmark.hpp>

#include <fmt/core.h>

#include <chrono>
#include <memory>

namespace asman::cli {
namespace {

struct TrackOptions {
    track::BenchmarkFiles files;
    RecordingTrack recording;
    std::string date;
    track::Config config;
    bool no_registration = false, json = false;
};

double wall_seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

int run_recording(const TrackOptions& o, const track::Config& config) {
    RecordingTrack recording = o.recording;
    recording.tracks = o.files.tracks;
    if (!o.date.empty()) {
        const auto day = base::parse_time(o.date);
        if (!day) return report(day.error());
        recording.date = base::date_of(*day);
    }
    Progress progress("tracking");
    const auto done = track_recording(recording, config, [&](double f) { progress.at(f); });
    if (!done) return report(done.error());
    const track::Counters& c = done->counters;
    if (o.json)
        fmt::print(
            "{{\"reports\":{},\"used\":{},\"without_position\":{},\"sensors\":{},\"data_s\":{:.1f},\"updates\":{},"
            "\"misses\":{},\"tracks_confirmed\":{},\"rows\":{}}}\n",
            done->reports, c.used, done->without_position, done->sensors, done->data_seconds, c.updates, c.misses,
            c.tracks_confirmed, done->rows);
    else
        fmt::print("{} reports of {} sensors in {:.0f} s, {} used; {} tracks confirmed, {} rows\n", done->reports,
                   done->sensors, done->data_seconds, c.used, c.tracks_confirmed, done->rows);
    return Exit::ok;
}

int run(const TrackOptions& o) {
    track::Config config = o.config;
    config.registration = !o.no_registration;
    if (!o.recording.file.empty()) return run_recording(o, config);
    if (o.files.plots.empty() || o.files.meta.empty())
        return report({base::Errc::missing, {}, "either --plots and --meta, or --recording"});
    Progress progress("tracking");
    const auto done = track::run_benchmark(o.files, config, wall_seconds, [&](double f) { progress.at(f); });
    if (!done) return report(done.error());
    const track::Counters& c = done->counters;
    if (o.json) {
        fmt::print(
            "{{\"plots\":{},\"used\":{},\"updates\":{},\"misses\":{},\"tracks_confirmed\":{},\"rows\":{},"
            "\"seconds\":{:.3f},\"plots_per_second\":{:.0f}}}\n",
            done->plots, c.used, c.updates, c.misses, c.tracks_confirmed, done->rows, done->seconds,
            done->plots_per_second());
        return Exit::ok;
    }
    fmt::print("{} plots, {} used, {} tracks confirmed, {} rows; {:.2f} s in the tracker, {:.0f} plots a second\n",
               done->plots, c.used, c.tracks_confirmed, done->rows, done->seconds, done->plots_per_second());
    return Exit::ok;
}

}  // namespace

void add_track(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<TrackOptions>();
    CLI::App* sub = app.add_subcommand("track", "Run the tracker over a recording, or the plots of a benchmark scene");
    sub->add_option("--recording", o->recording.file,
                    "a recording of ASTERIX, in any framing that `asman decode` reads");
    sub->add_option("--sensor", o->recording.sensors,
                    "with --recording: SAC/SIC=LAT,LON,HEIGHT of a radar that it does not tell; may be repeated");
    sub->add_option("--date", o->date, "with --recording: YYYY-MM-DD on which it begins, where it does not say");
    sub->add_option("--epoch", o->recording.epoch, "with --recording: seconds between two rows of a track")
        ->check(CLI::Range(0.1, 3600.0));

    sub->add_option("--plots", o->files.plots, "plots.csv: time,sensor,range_m,azimuth_deg,height_m,mode3a,addr");
    sub->add_option("--meta", o->files.meta, "meta.json: the sensors as the tracker may know them");
    sub->add_option("--out", o->files.tracks, "tracks.csv: confirmed tracks at every epoch")->required();
    sub->add_flag("--no-registration", o->no_registration, "do not estimate the sensors' biases");
    sub->add_option("--confirm", o->config.confirm_existence, "probability of existence from which a track is shown")
        ->check(CLI::Range(0.0, 1.0));
    sub->add_flag("--ablate-imm", o->config.ablate_imm, "one near-constant-velocity mode (for comparison)");
    sub->add_flag("--ablate-marginals", o->config.ablate_marginals,
                  "nearest neighbour in place of association probabilities (for comparison)");
    sub->add_flag("--ablate-unseen", o->config.ablate_unseen,
                  "new aircraft as likely everywhere and at any speed (for comparison)");
    sub->add_flag("--ablate-resolution", o->config.ablate_resolution, "Ablation: every plot is one aircraft's");
    sub->add_flag("--ablate-escape", o->config.ablate_escape,
                  "tracks that fly harder than foreseen are not looked for (for comparison)");
    sub->add_flag("--ablate-multiscan", o->config.ablate_multiscan,
                  "pairs that came together keep their labels whatever later scans say (for comparison)");
    sub->add_flag("--json", o->json, "print the summary as JSON");
    sub->footer(
        "Example:\n  asman track --plots scene/plots.csv --meta scene/meta.json --out tracks.csv\n"
        "  asman track --recording radar.raw --sensor 44/2=43.9,18.6,1670 --out tracks.csv");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
