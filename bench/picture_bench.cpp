// What a node asks most often of geography and of the fusion: is a place inside a region; one picture of many states.
//   cmake --preset release -DASMAN_BENCH=ON && cmake --build --preset release --target picture_bench
//   build/release/bench/picture_bench
#include <asman/fuse/joint.hpp>
#include <asman/geo/region.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <numbers>
#include <random>

namespace {

using namespace asman;

/// A coast of 20,000 vertices, some 1,900 km across.
geo::Ring coast() {
    geo::Ring out;
    const auto centre = geo::Point::degrees(48, 67);
    for (int i = 0; i < 20'000; ++i)
        out.push_back(geo::direct(centre, 2 * std::numbers::pi * i / 20'000,
                                  900'000 + 60'000 * std::sin(i * 0.01) + 900 * std::sin(i)));
    return out;
}

void ask(benchmark::State& state, const geo::Region& region) {
    std::int64_t i = 0, inside = 0;
    for (auto _ : state) {
        const auto x = static_cast<double>(i++);
        inside += region.contains(geo::Point::degrees(48 + 10 * std::sin(x * 0.37), 67 + 15 * std::cos(x * 0.73)));
    }
    state.SetItemsProcessed(i);
    state.counters["inside"] = static_cast<double>(inside) / static_cast<double>(i);
}

void inside_a_state(benchmark::State& state) {
    ask(state, geo::Region::polygons({{coast(), {}}}));
}
BENCHMARK(inside_a_state);

void inside_a_strip_along_its_border(benchmark::State& state) {
    ask(state, geo::Region::strip({coast()}, 50'000));
}
BENCHMARK(inside_a_strip_along_its_border);

picture::Track track(geo::Point at, Eigen::Vector2d velocity, std::uint32_t address, picture::State by,
                     std::uint32_t sensor, base::Time t) {
    picture::Track out;
    out.number = address;
    out.kinematics.time = t;
    out.kinematics.at = at;
    out.kinematics.velocity = velocity;
    out.kinematics.covariance = Eigen::Vector4d(8100, 8100, 25, 25).asDiagonal();
    out.identity.address = address;
    out.confirmed = true;
    out.existence = 0.99;
    out.first_seen = out.last_report = t;
    out.lineage = {{by, {sensor}, t, t, 5}};
    return out;
}

/// A second of the joint picture of `range(0)` aircraft: own, Kazakh for all, Russian for every other one.
void joint_picture(benchmark::State& state) {
    const picture::State own("KGZ"), kaz("KAZ"), rus("RUS");
    std::mt19937 random(3);
    std::uniform_real_distribution<double> unit(0, 1);
    const base::Time start{1'700'000'000'000'000'000};
    std::vector<picture::Track> local;
    std::vector<picture::Contribution> foreign;
    for (std::uint32_t i = 1; i <= state.range(0); ++i) {
        const auto at = geo::Point::degrees(36 + 18 * unit(random), 50 + 40 * unit(random));
        const Eigen::Vector2d velocity(400 * unit(random) - 200, 200);
        local.push_back(track(at, velocity, i, own, 1, start));
        for (const auto& by : {kaz, rus}) {
            if (by == rus && i % 2 == 0) continue;
            picture::Contribution c;
            c.originator = c.via = by;
            c.number = i;
            c.clauses = {{"accord", "tracks", 1, {}}};
            c.valid_until = start + base::seconds(1'000'000);
            c.track = track(geo::direct(at, unit(random) * 6, 60), velocity, i, by, by == kaz ? 2 : 3, start);
            foreign.push_back(std::move(c));
        }
    }
    fuse::Joint joint(own);
    auto now = start;
    for (auto _ : state) {
        joint.set_local(local);
        for (const auto& c : foreign) joint.put_foreign(c);
        joint.advance(now);
        benchmark::DoNotOptimize(joint.tracks().data());
    }
    state.counters["tracks"] = static_cast<double>(joint.tracks().size());
    state.counters["contributions"] = benchmark::Counter(
        static_cast<double>((local.size() + foreign.size()) * static_cast<std::size_t>(state.iterations())),
        benchmark::Counter::kIsRate);
}
BENCHMARK(joint_picture)->Arg(500)->Arg(5'000)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
