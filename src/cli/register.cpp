// asman register: every radar's bias from the plots of common aircraft.
#include "commands.hpp"

#include <asman/track/benchmark.hpp>

#include <fmt/core.h>

#include <memory>

namespace asman::cli {
namespace {

struct Options {
    track::BenchmarkFiles files;
    bool json = false;
};

int run(const Options& o) {
    Progress progress("registering");
    const auto done = track::run_benchmark(o.files, {}, {}, [&](double f) { progress.at(f); });
    if (!done) return report(done.error());
    if (!o.json) fmt::print("{:>8} {:>20} {:>24} {:>9} {}\n", "sensor", "range bias m", "azimuth bias °", "plots", "");
    for (const auto& r : done->registration) {
        const double azimuth = r.azimuth_bias / geo::deg, sigma = r.azimuth_sigma / geo::deg;
        if (o.json)
            fmt::print(
                "{{\"sensor\":{},\"range_bias_m\":{:.2f},\"range_sigma_m\":{:.2f},\"azimuth_bias_deg\":{:.5f},"
                "\"azimuth_sigma_deg\":{:.5f},\"plots\":{},\"observable\":{},\"jumps\":{}}}\n",
                r.sensor.value, r.range_bias, r.range_sigma, azimuth, sigma, r.samples, r.observable, r.jumps);
        else
            fmt::print("{:>8} {:>11.1f} ± {:<6.1f} {:>13.4f} ± {:<8.4f} {:>9} {}\n", r.sensor.value, r.range_bias,
                       r.range_sigma, azimuth, sigma, r.samples, r.observable ? "" : "not observable");
    }
    return Exit::ok;
}

}  // namespace

void add_register(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<Options>();
    CLI::App* sub = app.add_subcommand("register", "Estimate radars' range and azimuth biases from their plots");
    sub->add_option("--plots", o->files.plots, "plots.csv as for `asman track`")->required();
    sub->add_option("--meta", o->files.meta, "meta.json as for `asman track`")->required();
    sub->add_flag("--json", o->json, "one JSON object a sensor and line");
    sub->footer("Example:\n  asman register --plots scene/plots.csv --meta scene/meta.json");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
