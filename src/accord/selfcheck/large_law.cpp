#include <asman/accord/large_law.hpp>

#include "draw.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace asman::accord {
namespace {

using drawn::chance;
using drawn::list;
using drawn::Random;
using drawn::real;
using drawn::whole;

/// A star-shaped polygon, or a circle.
std::string region(Random& r, int number) {
    const double lat = real(r, 36, 54), lon = real(r, 46, 86), radius = real(r, 1, 6);
    auto out = fmt::format("[[region]]\nname = \"r{}\"\n", number);
    if (chance(r, 25))
        return out + fmt::format("circle = [{:.4f}, {:.4f}]\nradius_km = {:.1f}\n", lat, lon, radius * 100);
    out += "polygon = [";
    const int corners = whole(r, 4, 60);
    for (int i = 0; i < corners; ++i) {
        const double angle = 2 * std::numbers::pi * i / corners, reach = radius * real(r, 0.7, 1);
        out += fmt::format("{}[{:.4f}, {:.4f}]", i ? ", " : "", lat + reach * std::cos(angle),
                           lon + 1.3 * reach * std::sin(angle));
    }
    return out + "]\n";
}

std::string terms(Random& r, int regions, bool grant) {
    const auto unknown = [&] { return chance(r, 50) ? "release" : "withhold"; };
    auto out = fmt::format("area = \"r{}\"\n", whole(r, 0, regions - 1));
    if (chance(r, 40)) {
        const int from = whole(r, 0, 200);
        out += fmt::format("band = {{ kind = \"flight_level\", from = {}, to = {} }}\nunknown_height = \"{}\"\n", from,
                           from + whole(r, 50, 300), unknown());
    }
    if (chance(r, 40))
        out += fmt::format("classes = [\"{}\"]\nunknown_class = \"{}\"\n", chance(r, 80) == grant ? "civil" : "state",
                           unknown());
    return out;
}

std::string clause(Random& r, const std::vector<State>& parties, int number, int regions, bool everybody) {
    const auto from = parties[r() % parties.size()];
    std::vector<State> to;
    for (const auto& p : parties) {
        if (p != from && chance(r, 60)) to.push_back(p);
    }
    if (to.empty()) to.push_back(parties[0] == from ? parties[1] : parties[0]);
    const int delay = chance(r, 30) ? whole(r, 1, 60) : 0;
    auto out = fmt::format(
        "[[clause]]\nid = \"c{}\"\ncertainty = \"public\"\nsource = \"\"\nfrom = {}\nto = {}\nproduct = "
        "\"{}\"\n{}fields = [\"velocity\", \"height\"]\ngrid_km = {}\ndelay_s = {}\nrate_s = {}\nvalidity_s = {}\n",
        number, everybody ? "\"parties\"" : list({from}), everybody ? "\"parties\"" : list(to),
        chance(r, 80) ? "tracks" : "alerts", terms(r, regions, true), chance(r, 30) ? whole(r, 1, 20) : 0, delay,
        chance(r, 20) ? 10 : 0, delay + 60);
    if (chance(r, 30)) out += fmt::format("[[clause.exclusion]]\nid = \"x\"\n{}", terms(r, regions, false));
    return out;
}

std::string accord_text(Random& r, const std::string& id, const std::vector<State>& parties, const LargeLawOptions& o) {
    const int regions = 6;
    auto out = fmt::format(
        "format = 1\nid = \"{}\"\nparties = {}\n[signed]\non = 2029-01-01\ncertainty = \"public\"\nsource = \"\"\n"
        "[entry]\nconsent = \"signature\"\nrule = \"on_signature\"\n",
        id, list(parties));
    for (int i = 0; i < regions; ++i) out += region(r, i);
    out += fmt::format("[[exclusion]]\nid = \"state\"\nclasses = [\"state\"]\nunknown_class = \"release\"\n");
    out += fmt::format("[[exclusion]]\nid = \"area\"\n{}", terms(r, regions, false));
    for (int i = 0; i < o.clauses; ++i) out += clause(r, parties, i, regions, o.everybody);
    return out;
}

}  // namespace

LargeLaw large_law(const LargeLawOptions& o) {
    LargeLaw out;
    out.seed = o.seed;
    out.now = base::start_of({2030, 6, 1});
    Random r(o.seed);
    for (int i = 0; i < o.states; ++i)
        out.states.push_back(State(std::string{static_cast<char>('A' + i / 26), static_cast<char>('A' + i % 26), 'X'}));
    out.files["law.toml"] = "format = 1\nsignatures = \"none\"\n";
    for (int i = 0; i < o.accords; ++i) {
        auto parties = out.states;
        std::shuffle(parties.begin(), parties.end(), r);
        if (!o.everybody)
            parties.resize(
                static_cast<std::size_t>(chance(r, o.multilateral_percent) ? whole(r, 3, std::min(12, o.states)) : 2));
        std::ranges::sort(parties);
        const auto id = "A" + std::to_string(i);
        out.files[id + ".toml"] = accord_text(r, id, parties, o);
    }
    return out;
}

std::vector<Object> LargeLaw::objects(std::size_t count, bool busy) const {
    Random r(seed + 1);
    std::vector<Object> out(count);
    for (auto& o : out) {
        o.time = now - base::seconds(chance(r, 80) ? 0 : whole(r, 0, 59));
        o.at = busy ? geo::Point::degrees(real(r, 42, 48), real(r, 60, 72))
                    : geo::Point::degrees(real(r, 32, 58), real(r, 42, 90));
        o.sigma = real(r, 20, 600);
        if (chance(r, 67)) o.pressure_altitude = geo::PressureAltitude::from_flight_level(real(r, 0, 450));
        o.flight_class = chance(r, 33)   ? picture::FlightClass::unknown
                         : chance(r, 90) ? picture::FlightClass::civil
                                         : picture::FlightClass::state;
        o.previous = o.time - base::seconds(4);
    }
    return out;
}

}  // namespace asman::accord
