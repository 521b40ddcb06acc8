// asman register: every sensor's systematic errors from the plots of common aircraft.
#include "commands.hpp"
#include "observability.hpp"
#include "track_recording.hpp"

#include <asman/track/benchmark.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>

namespace asman::cli {
namespace {

struct RegisterOptions {
    track::BenchmarkFiles files;
    RecordingTrack recording;
    std::string date;
    bool json = false;
};

/// What came out, whichever way the plots came in.
struct Found {
    std::vector<track::Registration> sensors;
    track::JointRegistration joint;
    std::map<std::uint32_t, std::string> names;
    std::string name(picture::SensorId id) const {
        const auto at = names.find(id.value);
        return at == names.end() ? std::to_string(id.value) : at->second;
    }
};

using Estimate = track::Registration::Estimate;

/// What an error is printed in.
struct Unit {
    double size;
    int decimals;
    const char *text, *key;
};
Unit unit_of(SensorError e) {
    switch (e) {
        case SensorError::range:
            return {1, 1, "m", "range_bias_m"};
        case SensorError::gain:
            return {1e-6, 0, "·10⁻⁶", "range_gain_ppm"};
        case SensorError::azimuth:
            return {geo::deg, 4, "°", "azimuth_bias_deg"};
        case SensorError::time:
            break;
    }
    return {1e-3, 0, "ms", "time_bias_s"};
}

std::string text(const Estimate& e, SensorError kind) {
    if (!e.learns) return "–";
    const Unit u = unit_of(kind);
    const std::string both =
        fmt::format("{:.{}f} ± {:.{}f}", e.value / u.size, u.decimals, e.sigma / u.size, u.decimals);
    return e.observable ? both : "(" + both + ")";
}

void print_line(const Found& found, const track::Registration& r) {
    fmt::print("{:>8} {:>20} {:>20} {:>22} {:>20} {:>9} {:>5}\n", found.name(r.sensor),
               text(r.range, SensorError::range), text(r.gain, SensorError::gain),
               text(r.azimuth, SensorError::azimuth), text(r.time, SensorError::time), r.samples, r.jumps);
}

void print_together(const Together& t) {
    const Unit u = unit_of(t.error);
    fmt::print("  {:<8} together ± {:.{}f} {}", name(t.error), t.sigma / u.size, u.decimals, u.text);
    if (t.sensors > 1) fmt::print(", one against another ± {:.{}f} {}", t.difference / u.size, u.decimals, u.text);
    if (!t.observable())
        fmt::print(": not told what all are off together (± {:.{}f} {} before any plot)", t.prior / u.size, u.decimals,
                   u.text);
    fmt::print("\n");
}

void print_table(const Found& found) {
    fmt::print("{:>8} {:>20} {:>20} {:>22} {:>20} {:>9} {:>5}\n", "sensor", "range m", "range gain 1e-6", "azimuth °",
               "time ms", "plots", "jumps");
    for (const auto& r : found.sensors) print_line(found, r);
    fmt::print(
        "measured less true, ± 1σ; a figure in brackets is hardly more than what was assumed before: these aircraft do "
        "not tell it\n");
    if (found.joint.rows.empty()) return;
    const Observability seen = observability(found.joint);
    fmt::print("errors of one kind:\n");
    for (const auto& t : seen.together) print_together(t);
    for (const auto& m : seen.mixed)
        fmt::print("hardly told apart: {} of {} and {} of {} (correlation {:+.2f})\n", name(m.first.error),
                   found.name(m.first.sensor), name(m.second.error), found.name(m.second.sensor), m.correlation);
}

void print_json(const Found& found, const track::Registration& r) {
    const auto part = [](const Estimate& e, SensorError kind) {
        if (!e.learns) return std::string();
        const Unit u = unit_of(kind);
        const double size = kind == SensorError::time ? 1 : u.size;
        return fmt::format(",\"{0}\":{1:.6g},\"{0}_sigma\":{2:.6g},\"{0}_observable\":{3}", u.key, e.value / size,
                           e.sigma / size, e.observable);
    };
    const auto name = found.names.find(r.sensor.value);
    fmt::print("{{\"sensor\":{}{},\"plots\":{},\"jumps\":{}{}{}{}{}}}\n", r.sensor.value,
               name == found.names.end() ? "" : fmt::format(",\"name\":\"{}\"", name->second), r.samples, r.jumps,
               part(r.range, SensorError::range), part(r.gain, SensorError::gain),
               part(r.azimuth, SensorError::azimuth), part(r.time, SensorError::time));
}

void print_json(const Observability& seen) {
    for (const auto& t : seen.together) {
        const Unit u = unit_of(t.error);
        const double size = t.error == SensorError::time ? 1 : u.size;
        fmt::print(
            "{{\"together\":\"{}\",\"sensors\":{},\"sigma\":{:.6g},\"prior_sigma\":{:.6g},\"difference_sigma\":{:.6g},"
            "\"observable\":{}}}\n",
            u.key, t.sensors, t.sigma / size, t.prior / size, t.difference / size, t.observable());
    }
    for (const auto& m : seen.mixed)
        fmt::print("{{\"mixed\":[[{},\"{}\"],[{},\"{}\"]],\"correlation\":{:.3f}}}\n", m.first.sensor.value,
                   unit_of(m.first.error).key, m.second.sensor.value, unit_of(m.second.error).key, m.correlation);
}

base::Result<Found> find(const RegisterOptions& o) {
    Progress progress("registering");
    const auto at = [&](double f) { progress.at(f); };
    Found out;
    if (o.recording.file.empty()) {
        if (o.files.plots.empty() || o.files.meta.empty())
            return base::fail(base::Errc::missing, {}, "either --plots and --meta, or --recording");
        ASMAN_TRY(auto done, track::run_benchmark(o.files, {}, {}, at));
        out.sensors = std::move(done.registration);
        out.joint = std::move(done.joint);
        return out;
    }
    RecordingTrack recording = o.recording;
    if (!o.date.empty()) {
        ASMAN_TRY(const auto day, base::parse_time(o.date));
        recording.date = base::date_of(day);
    }
    ASMAN_TRY(auto done, track_recording(recording, {}, at));
    out.sensors = std::move(done.registration);
    out.joint = std::move(done.joint);
    for (const auto& s : done.known) out.names[s.id.value] = fmt::format("{}/{}", s.sac, s.sic);
    return out;
}

int run(const RegisterOptions& o) {
    const auto found = find(o);
    if (!found) return report(found.error());
    if (o.json) {
        for (const auto& r : found->sensors) print_json(*found, r);
        print_json(observability(found->joint));
    } else {
        print_table(*found);
    }
    if (std::ranges::none_of(found->sensors, [](const auto& r) { return r.samples > 0; }))
        fmt::print(
            stderr,
            "asman: nothing tells these errors: a radar's show only against another's plots of the same aircraft, "
            "or against ADS-B or multilateration reports of it\n");
    return Exit::ok;
}

}  // namespace

void add_register(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<RegisterOptions>();
    CLI::App* sub =
        app.add_subcommand("register", "Estimate sensors' biases of range, azimuth and time from common aircraft");
    sub->add_option("--recording", o->recording.file,
                    "a recording of ASTERIX, in any framing that `asman decode` reads");
    sub->add_option("--sensor", o->recording.sensors,
                    "with --recording: SAC/SIC=LAT,LON,HEIGHT of a radar that it does not tell; may be repeated");
    sub->add_option("--date", o->date, "with --recording: YYYY-MM-DD on which it begins, where it does not say");
    sub->add_option("--plots", o->files.plots, "plots.csv as for `asman track`");
    sub->add_option("--meta", o->files.meta, "meta.json as for `asman track`");
    sub->add_flag("--json", o->json, "one JSON object a line: the sensors, then what is told of them together");
    sub->footer(
        "Examples:\n  asman register --recording radars.raw --sensor 20/3=46.0,8.0,500 --sensor 20/4=46.9,9.2,620\n"
        "  asman register --plots scene/plots.csv --meta scene/meta.json");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
