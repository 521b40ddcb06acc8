// asman selfcheck: what must hold for every law, on laws drawn at random.
#include "commands.hpp"

#include <asman/core/selfcheck.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace asman::cli {
namespace {

struct SelfcheckOptions {
    std::size_t cases = 2000;
    std::uint64_t seed = 1;
    std::string mutation;
    bool json = false;
};

using Results = std::vector<accord::PropertyResult>;

/// How many cases a mutation gets to be caught in.
constexpr std::size_t mutation_cases = 150;

Results check(std::size_t cases, std::uint64_t seed, accord::Mutation mutation,
              const std::function<void(double)>& progress) {
    auto out = accord::selfcheck(cases, seed, mutation, [&](double f) { progress(0.9 * f); });
    out.push_back(core::non_interference(cases, seed, mutation));
    progress(1);
    return out;
}

std::size_t failures(const Results& results) {
    std::size_t out = 0;
    for (const auto& p : results) out += p.failures;
    return out;
}

void print(const Results& results) {
    for (const auto& p : results) {
        fmt::print("{:>8} cases, {:>4} failed  {}\n", p.cases, p.failures, p.name);
        if (p.failures) fmt::print("         {}\n", p.counterexample);
    }
}

/// What caught a mutation, the quickest first: with a broken engine each property stops at its first failure.
std::vector<accord::PropertyResult> catchers(const Results& results) {
    Results out;
    for (const auto& p : results)
        if (p.failures) out.push_back(p);
    std::ranges::stable_sort(out, {}, &accord::PropertyResult::cases);
    return out;
}

void print_mutation(const std::string& name, const Results& results) {
    const auto by = catchers(results);
    fmt::print("{:<24}{}\n", name, by.empty() ? "NOT CAUGHT" : "caught");
    for (const auto& p : by) fmt::print("{:>24} after {:>4} cases  {}\n", "", p.cases, p.name);
}

nlohmann::ordered_json json_of(const Results& results) {
    auto out = nlohmann::ordered_json::array();
    for (const auto& p : results)
        out.push_back(
            {{"property", p.name}, {"cases", p.cases}, {"failures", p.failures}, {"counterexample", p.counterexample}});
    return out;
}

int run(const SelfcheckOptions& o) {
    const auto& names = accord::mutation_names();
    Progress progress("accords");
    if (!o.mutation.empty()) {
        const auto it = std::ranges::find(names, o.mutation);
        if (it == names.end())
            return report({base::Errc::unknown_name,
                           {},
                           fmt::format("no mutation '{}'; there are: {}", o.mutation, fmt::join(names, " "))});
        const auto mutation = static_cast<accord::Mutation>(it - names.begin());
        const auto results = check(o.cases, o.seed, mutation, [&](double f) { progress.at(f); });
        if (mutation == accord::Mutation::none) {
            print(results);
            return failures(results) ? Exit::failed : Exit::ok;
        }
        for (const auto& p : catchers(results)) fmt::print("{}\n  {}\n", p.name, p.counterexample);
        fmt::print("the mutation {} is {}\n", o.mutation, failures(results) ? "caught" : "not caught");
        return failures(results) ? Exit::ok : Exit::failed;
    }
    const auto share = 1.0 / static_cast<double>(names.size());
    const auto results = check(o.cases, o.seed, accord::Mutation::none, [&](double f) { progress.at(share * f); });
    bool good = failures(results) == 0;
    nlohmann::ordered_json j{{"format", 1}, {"seed", o.seed}, {"properties", json_of(results)}};
    if (!o.json) {
        print(results);
        fmt::print("\nengines broken on purpose, {} cases a property:\n", mutation_cases);
        std::fflush(stdout);
    }
    for (std::size_t m = 1; m < names.size(); ++m) {
        const auto broken = check(mutation_cases, o.seed, static_cast<accord::Mutation>(m),
                                  [&](double f) { progress.at(share * (static_cast<double>(m) + f)); });
        good = good && failures(broken) > 0;
        if (!o.json) print_mutation(names[m], broken);
        j["mutations"][names[m]] = {{"caught", failures(broken) > 0}, {"by", json_of(catchers(broken))}};
    }
    if (o.json) fmt::print("{}\n", j.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    return good ? Exit::ok : Exit::failed;
}

}  // namespace

void add_selfcheck(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<SelfcheckOptions>();
    CLI::App* sub = app.add_subcommand("selfcheck", "Check what must hold for all inputs, on many drawn ones");
    sub->footer("Examples:\n  asman selfcheck accords --cases 2000");
    sub->require_subcommand(1);
    CLI::App* accords =
        sub->add_subcommand("accords", "The properties of law: default deny, exclusions, consent, terms");
    accords->add_option("--cases", o->cases, "cases of each property")->capture_default_str();
    accords->add_option("--seed", o->seed, "another seed draws other cases")->capture_default_str();
    accords->add_option("--mutation", o->mutation, "only this engine, broken on purpose: the properties must catch it");
    accords->add_flag("--json", o->json, "as JSON");
    accords->footer(
        "Examples:\n  asman selfcheck accords --cases 100000\n  asman selfcheck accords --mutation skip-exclusions");
    accords->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
