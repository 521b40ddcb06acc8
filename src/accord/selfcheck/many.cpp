// Laws in which dozens of clauses with every kind of term join two states: there the engine decides by masks
// (clause_index.hpp). An explanation asks one clause after the other, by the whole evaluation.
#include "draw.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

namespace asman::accord::drawn {
namespace {

const State grantor = states[0], receiver = states[1];
constexpr auto not_a_number = std::numeric_limits<double>::quiet_NaN();

template <class T, std::size_t N>
const T& one_of(Random& r, const T (&list)[N]) {
    return list[r() % N];
}

std::string more_terms(Random& r, const Terms& drawn) {
    const auto unknown = [&] { return one_of(r, {"release", "withhold"}); };
    std::string out;
    if (!drawn.band && chance(r, 40)) {
        const int from = 500 * whole(r, 0, 8);
        out += fmt::format("band = {{ kind = \"{}\", from = {}, to = {} }}\nunknown_height = \"{}\"\n",
                           one_of(r, {"msl", "ellipsoid"}), from, from + 500 * whole(r, 2, 18), unknown());
    }
    if (chance(r, 30))
        out += fmt::format("identities = [\"{}\"]\nunknown_identity = \"{}\"\n",
                           one_of(r, {"friend", "suspect", "hostile"}), unknown());
    if (chance(r, 10)) out += fmt::format("nationalities = [\"CCC\"]\nunknown_nationality = \"{}\"\n", unknown());
    if (chance(r, 10)) out += fmt::format("callsigns = [\"ABC*\"]\nunknown_callsign = \"{}\"\n", unknown());
    if (chance(r, 5)) out += fmt::format("criteria = [\"silent\"]\nunknown_criteria = \"{}\"\n", unknown());
    if (chance(r, 20)) out += fmt::format("sensors = [{}]\n", one_of(r, {"\"site:hill\"", "\"own\", \"site:hill\""}));
    return out;
}

WorldSpec draw_crowd(Random& r) {
    WorldSpec w;
    auto a = draw_accord(r, "X");
    a.parties = {grantor, receiver, states[2]};
    a.count = std::min(a.count, static_cast<int>(a.parties.size()));
    a.clauses.clear();
    a.keys = "geoid = \"EGM96\"\n";
    a.tables = fmt::format(
        "[[site]]\nid = \"hill\"\nhost = \"{}\"\nowner = \"{}\"\nsensors = [\"AAA/hill\"]\n[[criterion]]\nid = "
        "\"silent\"\nsign = \"no_transponder\"\n",
        receiver.text(), grantor.text());
    for (int i = 0, n = chance(r, 20) ? whole(r, 60, 150) : whole(r, 20, 50); i < n; ++i) {
        auto c = draw_clause(r, a, i);
        c.from = grantor;
        c.to = {chance(r, 90) ? receiver : states[2]};
        c.more = more_terms(r, c.terms);
        a.clauses.push_back(std::move(c));
    }
    for (const auto& p : a.parties) w.acts.push_back({a.id, ActKind::ratification, p, a.signed_on, a.signed_on});
    w.accords.push_back(std::move(a));
    return w;
}

/// An object, and what its spans point to.
struct Drawn {
    Object object;
    std::vector<Source> sources;
    std::vector<std::uint64_t> views;
};

Drawn draw_detailed(Random& r, const WorldSpec& w, std::span<const Grant> grants, Time now) {
    Drawn d;
    auto& o = d.object = draw_object(r, w, now);
    o.identity = static_cast<picture::Identity>(whole(r, 0, 6));
    if (chance(r, 50)) o.nationality = states[r() % states.size()];
    if (chance(r, 50)) o.callsign = one_of(r, {"ABC12", "XYZ"});
    if (chance(r, 50)) o.transponder = chance(r, 50);
    // Often at the very limit of a band.
    if (chance(r, 30)) o.pressure_altitude = geo::PressureAltitude::from_flight_level(whole(r, 0, 500));
    const auto metres = [&] {
        return chance(r, 3) ? not_a_number : chance(r, 50) ? 500 * whole(r, 0, 24) : real(r, 0, 12'000);
    };
    if (chance(r, 50)) o.msl = geo::MslAltitude{metres()};
    if (chance(r, 50)) o.ellipsoidal = geo::EllipsoidalHeight{metres()};
    if (chance(r, 2)) o.at = {not_a_number, not_a_number};
    if (chance(r, 5)) o.time = now + base::seconds(1);
    if (chance(r, 5)) o.near_excluded = true;
    for (int i = whole(r, 0, 2); i > 0; --i) {
        if (chance(r, 90))
            d.sources.push_back({grantor, {}, "AAA/radar"});
        else
            d.sources.push_back({chance(r, 70) ? grantor : receiver, "X", "AAA/hill"});
    }
    for (int i = chance(r, 30) ? whole(r, 1, 2) : 0; i > 0 && !grants.empty(); --i)
        d.views.push_back(grants[r() % grants.size()].clause().view);
    o.sources = d.sources;
    o.views = d.views;
    return d;
}

}  // namespace

std::optional<std::string> many_decide_as_each(Random& r, Mutation m) {
    const auto w = draw_crowd(r);
    const auto law = Law::load(files_of(w, m), {});
    for (const auto& a : law.alarms()) return "the drawn law does not load: " + a.text();
    for (int i = 0; i < 4; ++i) {
        const auto now = draw_instant(r, w);
        const auto view = law.at(now);
        for (int k = 0; k < 5; ++k) {
            const auto drawn = draw_detailed(r, w, view.grants(grantor, receiver), now);
            const auto& o = drawn.object;
            const auto d = view.decide(o, grantor, receiver, now), e = view.explain(o, grantor, receiver, now).decision;
            if (!same_answer(d, e)) {
                const auto of = [](const Decision& x) {
                    return fmt::format("{} by {}", name(x.reason), x.grant ? x.grant->reference().text() : "none");
                };
                return fmt::format("{}, identity {}: at once {}, each alone {}", words_of(o, grantor, receiver, now),
                                   picture::name(o.identity), of(d), of(e));
            }
        }
    }
    return {};
}

}  // namespace asman::accord::drawn
