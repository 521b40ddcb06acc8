// asman simulate: a scenario's bytes as a recording, with the truth beside it.
#include "commands.hpp"

#include <asman/simulate/recording.hpp>

#include <fmt/core.h>

#include <filesystem>
#include <memory>

namespace asman::cli {
namespace {

struct SimulateOptions {
    std::string scenario, out = ".", terrain;
    double seconds = 0, truth_every = 4;
    std::int64_t seed = -1, aircraft = -1;
    bool json = false;
};

struct Totals {
    std::size_t datagrams = 0, bytes = 0, truths = 0;
};

base::Result<Totals> write(simulate::World& world, const SimulateOptions& o, base::Time end) {
    const std::filesystem::path folder(o.out);
    std::error_code ec;
    std::filesystem::create_directories(folder, ec);
    ASMAN_TRY(auto pcap, simulate::PcapWriter::open((folder / "wire.pcap").string()));
    Totals totals;
    std::string truth = simulate::truth_header();
    const auto start = world.scenario().start;
    const double length = (end - start).seconds();
    Progress progress("simulating");
    auto next_truth = start;
    for (auto t = start; t < end;) {
        t = std::min(end, t + base::milliseconds(100));
        for (const auto& d : world.step(t)) {
            ASMAN_CHECK(pcap.add(d));
            totals.datagrams++, totals.bytes += d.bytes.size();
        }
        for (; next_truth <= t; next_truth = next_truth + base::seconds(o.truth_every))
            for (const auto& x : world.truth(next_truth)) {
                truth += simulate::truth_row(start, next_truth, x);
                totals.truths++;
            }
        progress.at((t - start).seconds() / length);
    }
    ASMAN_CHECK(pcap.close());
    ASMAN_CHECK(base::write_file((folder / "truth.csv").string(), truth));
    std::string sensors = "id,name,owner,operator,host,accord,kind,sac,sic,lat,lon,height_m,range_m,group\n";
    for (const auto& s : world.sensors())
        sensors += fmt::format("{},{},{},{},{},{},{},{},{},{:.6f},{:.6f},{:.1f},{:.0f},{}\n", s.id.value, s.name,
                               s.owner.text(), s.operated_by.text(), s.host.text(), s.accord, picture::name(s.kind),
                               s.sac, s.sic, s.position->at.lat_deg(), s.position->at.lon_deg(), s.position->height.m,
                               s.max_range, simulate::group_of(s.id));
    ASMAN_CHECK(base::write_file((folder / "sensors.csv").string(), sensors));
    return totals;
}

int run(const SimulateOptions& o) {
    auto scenario = simulate::Scenario::load(o.scenario);
    if (!scenario) return report(scenario.error());
    if (o.seed >= 0) scenario->seed = static_cast<std::uint64_t>(o.seed);
    if (o.aircraft >= 0) scenario->traffic.aircraft = static_cast<std::uint32_t>(o.aircraft);
    if (!o.terrain.empty()) scenario->terrain = o.terrain;
    auto world = simulate::World::make(*scenario);
    if (!world) return report(world.error());
    const auto length = o.seconds > 0 ? base::seconds(o.seconds) : scenario->duration;
    const auto totals = write(*world, o, scenario->start + length);
    if (!totals) return report(totals.error());
    if (o.json)
        fmt::print(
            "{{\"scenario\":\"{}\",\"seed\":{},\"seconds\":{},\"datagrams\":{},\"bytes\":{},\"truth_rows\":{},"
            "\"terrain\":\"{}\"}}\n",
            scenario->name, scenario->seed, length.seconds(), totals->datagrams, totals->bytes, totals->truths,
            world->terrain_source());
    else
        fmt::print("{}: {:.0f} s, {} datagrams, {:.1f} MB, over {}\n  {}/wire.pcap, truth.csv, sensors.csv\n",
                   scenario->name, length.seconds(), totals->datagrams, static_cast<double>(totals->bytes) / 1e6,
                   world->terrain_source(), o.out);
    return Exit::ok;
}

}  // namespace

void add_simulate(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<SimulateOptions>();
    CLI::App* sub =
        app.add_subcommand("simulate", "Write what a scenario's sensors send: ASTERIX in a pcap file, with the truth");
    sub->add_option("scenario", o->scenario, "the scenario (docs/scenario.md)")->required();
    sub->add_option("--out", o->out, "folder to write wire.pcap, truth.csv and sensors.csv to")->capture_default_str();
    sub->add_option("--for", o->seconds, "seconds; the scenario's own duration unless given")
        ->check(CLI::PositiveNumber);
    sub->add_option("--seed", o->seed, "in place of the scenario's")->check(CLI::NonNegativeNumber);
    sub->add_option("--aircraft", o->aircraft, "number of generated aircraft")->check(CLI::Range(0, 900));
    sub->add_option("--terrain", o->terrain, "a raster in place of the scenario's terrain");
    sub->add_option("--truth-every", o->truth_every, "seconds between rows of truth.csv")
        ->capture_default_str()
        ->check(CLI::Range(0.1, 3600.0));
    sub->add_flag("--json", o->json, "print the summary as JSON");
    sub->footer(
        "Example:\n  asman simulate data/scenarios/central-asia.toml --for 600 --out recording\n"
        "  asman decode recording/wire.pcap | head");
    sub->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
