// asman register: every sensor's systematic errors from the plots of common aircraft.
#include "commands.hpp"

#include <asman/track/benchmark.hpp>

#include <fmt/core.h>

#include <memory>
#include <string>

namespace asman::cli {
namespace {

struct Options {
    track::BenchmarkFiles files;
    bool json = false;
};

using Estimate = track::Registration::Estimate;

std::string text(const Estimate& e, double unit, int decimals) {
    if (!e.learns) return "–";
    const std::string both = fmt::format("{:.{}f} ± {:.{}f}", e.value / unit, decimals, e.sigma / unit, decimals);
    return e.observable ? both : "(" + both + ")";
}

void print_line(const track::Registration& r) {
    fmt::print("{:>8} {:>20} {:>20} {:>22} {:>20} {:>9} {:>5}\n", r.sensor.value, text(r.range, 1, 1),
               text(r.gain, 1e-6, 0), text(r.azimuth, geo::deg, 4), text(r.time, 1e-3, 0), r.samples, r.jumps);
}

void print_json(const track::Registration& r) {
    const auto part = [](const char* name, const Estimate& e, double unit) {
        return fmt::format(",\"{0}\":{1:.6g},\"{0}_sigma\":{2:.6g},\"{0}_observable\":{3}", name, e.value / unit,
                           e.sigma / unit, e.observable);
    };
    fmt::print("{{\"sensor\":{},\"plots\":{},\"jumps\":{}{}{}{}{}}}\n", r.sensor.value, r.samples, r.jumps,
               r.range.learns ? part("range_bias_m", r.range, 1) : "",
               r.gain.learns ? part("range_gain_ppm", r.gain, 1e-6) : "",
               r.azimuth.learns ? part("azimuth_bias_deg", r.azimuth, geo::deg) : "",
               r.time.learns ? part("time_bias_s", r.time, 1) : "");
}

int run(const Options& o) {
    Progress progress("registering");
    const auto done = track::run_benchmark(o.files, {}, {}, [&](double f) { progress.at(f); });
    if (!done) return report(done.error());
    if (!o.json)
        fmt::print("{:>8} {:>20} {:>20} {:>22} {:>20} {:>9} {:>5}\n", "sensor", "range m", "range gain 1e-6",
                   "azimuth °", "time ms", "plots", "jumps");
    for (const auto& r : done->registration) o.json ? print_json(r) : print_line(r);
    if (!o.json)
        fmt::print(
            "measured less true, ± 1σ; a figure in brackets is hardly more than what was assumed before: these "
            "aircraft do not tell it\n");
    return Exit::ok;
}

}  // namespace

void add_register(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<Options>();
    CLI::App* sub =
        app.add_subcommand("register", "Estimate radars' biases of range, azimuth and time from their plots");
    sub->add_option("--plots", o->files.plots, "plots.csv as for `asman track`")->required();
    sub->add_option("--meta", o->files.meta, "meta.json as for `asman track`")->required();
    sub->add_flag("--json", o->json, "one JSON object a sensor and line");
    sub->footer("Example:\n  asman register --plots scene/plots.csv --meta scene/meta.json");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
