// Release decisions a second on one core: 50 accords of 20 clauses each among 30 states.
//   cmake --preset release -DASMAN_BENCH=ON && cmake --build --preset release --target release_bench
//   build/release/bench/release_bench
#include <asman/accord/large_law.hpp>

#include <benchmark/benchmark.h>

#include <cstdio>

namespace {

using namespace asman;

struct World {
    accord::LargeLaw large;
    accord::Law law;
    accord::LawView view;
    std::vector<accord::Object> objects, busy;
    std::vector<std::pair<picture::State, picture::State>> pairs;
};

/// `kind`: percent of the accords that join many states; 100: every clause of every accord is from all to all.
const World& world(int kind) {
    static std::map<int, World> worlds;
    auto& w = worlds[kind];
    if (!w.objects.empty()) return w;
    accord::LargeLawOptions o;
    o.multilateral_percent = kind;
    o.everybody = kind == 100;
    w.large = accord::large_law(o);
    w.law = accord::Law::load(w.large.files, {});
    for (const auto& a : w.law.alarms()) std::printf("%s\n", a.text().c_str());
    w.view = w.law.at(w.large.now);
    w.objects = w.large.objects(20'000);
    w.busy = w.large.objects(20'000, true);
    std::size_t grants = 0;
    for (const auto& g : w.large.states) {
        for (const auto& r : w.large.states) {
            const auto n = w.view.grants(g, r).size();
            grants += n;
            if (n > 0) w.pairs.emplace_back(g, r);
        }
    }
    std::printf("kind %d: %zu pairs of states joined by a clause, %.1f clauses each\n", kind, w.pairs.size(),
                static_cast<double>(grants) / static_cast<double>(w.pairs.size()));
    return w;
}

/// Each object towards each of the 30 states, as an exporter asks.
void every_receiver(benchmark::State& state) {
    const auto& w = world(static_cast<int>(state.range(0)));
    std::size_t i = 0, released = 0, decided = 0;
    for (auto _ : state) {
        const auto& o = w.objects[i++ % w.objects.size()];
        const auto grantor = w.large.states[i % w.large.states.size()];
        for (const auto& r : w.large.states) released += w.view.decide(o, grantor, r, w.large.now).released();
        decided += w.large.states.size();
    }
    state.counters["decisions"] = benchmark::Counter(static_cast<double>(decided), benchmark::Counter::kIsRate);
    state.counters["released"] = static_cast<double>(released) / static_cast<double>(decided);
}

/// Only between states that at least one clause joins: no cheap answers.
void joined_pairs(benchmark::State& state) {
    const auto& w = world(static_cast<int>(state.range(0)));
    const auto& objects = state.range(1) ? w.busy : w.objects;
    std::size_t i = 0, released = 0;
    for (auto _ : state) {
        const auto& o = objects[i % objects.size()];
        const auto& [g, r] = w.pairs[i++ * 7919 % w.pairs.size()];
        released += w.view.decide(o, g, r, w.large.now).released();
    }
    state.counters["decisions"] = benchmark::Counter(static_cast<double>(i), benchmark::Counter::kIsRate);
    state.counters["released"] = static_cast<double>(released) / static_cast<double>(i);
}

/// From the acts to the structure that decides: what a change of law costs.
void compile(benchmark::State& state) {
    const auto& w = world(static_cast<int>(state.range(0)));
    for (auto _ : state) benchmark::DoNotOptimize(w.law.at(w.large.now));
}

BENCHMARK(every_receiver)->ArgName("kind")->Arg(20)->Arg(60)->MinWarmUpTime(1);
BENCHMARK(joined_pairs)->ArgsProduct({{20, 60, 100}, {0, 1}})->ArgNames({"kind", "busy"})->MinWarmUpTime(1);
BENCHMARK(compile)->Arg(20)->Arg(100)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
