// asman selfcheck: what must hold for every law, on laws drawn at random.
#include "commands.hpp"

#include <asman/accord/selfcheck.hpp>

#include <fmt/core.h>

#include <algorithm>
#include <memory>

namespace asman::cli {
namespace {

struct Options {
    std::size_t cases = 2000;
    std::uint64_t seed = 1;
    std::string mutation = "none";
};

int run(const Options& o) {
    const auto& names = accord::mutation_names();
    const auto it = std::ranges::find(names, o.mutation);
    if (it == names.end()) {
        std::string known;
        for (const auto& n : names) known += " " + n;
        return report({base::Errc::unknown_name, {}, "no mutation '" + o.mutation + "'; there are:" + known});
    }
    const auto mutation = static_cast<accord::Mutation>(it - names.begin());
    Progress progress("accords");
    const auto results = accord::selfcheck(o.cases, o.seed, mutation, [&](double f) { progress.at(f); });
    std::size_t failures = 0;
    for (const auto& p : results) {
        failures += p.failures;
        fmt::print("{:>8} cases, {:>4} failed  {}\n", p.cases, p.failures, p.name);
        if (p.failures) fmt::print("         {}\n", p.counterexample);
    }
    if (mutation != accord::Mutation::none) {
        fmt::print("the mutation {} is {}\n", o.mutation, failures ? "caught" : "not caught");
        return failures ? Exit::ok : Exit::failed;
    }
    return failures ? Exit::failed : Exit::ok;
}

}  // namespace

void add_selfcheck(CLI::App& app, Outcome& outcome) {
    auto o = std::make_shared<Options>();
    CLI::App* sub = app.add_subcommand("selfcheck", "Check what must hold for all inputs, on many drawn ones");
    sub->footer("Examples:\n  asman selfcheck accords --cases 2000");
    sub->require_subcommand(1);
    CLI::App* accords =
        sub->add_subcommand("accords", "The properties of law: default deny, exclusions, consent, terms");
    accords->add_option("--cases", o->cases, "cases of each property")->capture_default_str();
    accords->add_option("--seed", o->seed, "another seed draws other cases")->capture_default_str();
    accords->add_option("--mutation", o->mutation, "break the engine on purpose: the properties must catch it");
    accords->footer(
        "Examples:\n  asman selfcheck accords --cases 100000\n  asman selfcheck accords --mutation skip-exclusions");
    accords->callback([o, &outcome] { outcome.code = run(*o); });
}

}  // namespace asman::cli
