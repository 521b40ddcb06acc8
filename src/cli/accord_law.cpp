// asman accord status, check, timeline.
#include "accord.hpp"

#include <asman/accord/timeline.hpp>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace asman::cli {
namespace {

using nlohmann::json;

std::string day(base::Time t) {
    const auto text = base::format_time(t);
    return text.ends_with("T00:00:00Z") ? text.substr(0, 10) : text;
}

json status_json(const accord::AccordStatus& s) {
    json j{{"id", s.id},
           {"title", s.title},
           {"state", accord::name(s.state)},
           {"certainty", s.assumed ? "assumed" : "public"}};
    j["parties"] = json::array();
    for (const auto& p : s.parties) j["parties"].push_back(std::string(p.text()));
    j["assumed"] = s.assumed_dates;
    j["version"] = s.version;
    j["digest"] = s.digest.hex();
    j["in_force_since"] = s.in_force_since ? json(base::format_time(*s.in_force_since)) : json();
    j["term_ends"] = s.term_ends ? json(base::format_time(*s.term_ends)) : json();
    j["suspensions"] = s.suspensions;
    for (const auto& p : s.of_party) {
        j["party"][std::string(p.state.text())] = {
            {"signed", p.has_signed},
            {"consented", p.consented},
            {"bound", p.bound},
            {"left", p.left},
            {"bound_since", p.bound_since ? json(base::format_time(*p.bound_since)) : json()},
            {"leaves_at", p.leaves_at ? json(base::format_time(*p.leaves_at)) : json()}};
    }
    return j;
}

int status(const LawOptions& o, const std::string& at) {
    const auto t = base::parse_time(at);
    if (!t) return report(t.error());
    const auto loaded = load_law(o);
    if (!loaded) return report(loaded.error());
    const auto view = loaded->law.at(*t);
    if (o.json) {
        json j{{"at", base::format_time(*t)},
               {"law", loaded->law.digest().hex()},
               {"hindsight", loaded->law.is_hindsight()}};
        j["accords"] = json::array();
        for (const auto& s : view.status()) j["accords"].push_back(status_json(s));
        fmt::print("{}\n", j.dump(2));
        return Exit::ok;
    }
    for (const auto& s : view.status()) {
        std::string parties;
        for (const auto& p : s.parties) parties += (parties.empty() ? "" : " ") + std::string(p.text());
        fmt::print("{:<16} {:<12} {:<8} {}\n", s.id, accord::name(s.state), s.assumed ? "assumed" : "public", parties);
        if (s.in_force_since) {
            fmt::print("{:<16}   since {}{}\n", "", day(*s.in_force_since),
                       s.term_ends ? ", present term ends " + day(*s.term_ends) : std::string());
        }
        for (const auto& x : s.suspensions) fmt::print("{:<16}   {}\n", "", x);
        for (const auto& p : s.of_party) {
            if (p.left) fmt::print("{:<16}   {} has left\n", "", p.state.text());
        }
        for (const auto& a : s.assumed_dates) fmt::print("{:<16}   rests on an assumption: {}\n", "", a);
    }
    return Exit::ok;
}

int check(const LawOptions& o) {
    const auto loaded = load_law(o);
    if (!loaded) return report(loaded.error());
    for (const auto& t : loaded->law.texts()) {
        if (!o.json) {
            fmt::print("{} {} version {}: {} clauses, digest {}\n", t->file, t->id, t->version, t->clauses.size(),
                       t->digest.hex());
        }
    }
    if (o.json) {
        json j{{"law", loaded->law.digest().hex()}, {"alarms", json::array()}};
        for (const auto& a : loaded->law.alarms()) j["alarms"].push_back({{"accord", a.accord}, {"text", a.text()}});
        fmt::print("{}\n", j.dump(2));
    }
    return loaded->law.alarms().empty() ? Exit::ok : Exit::failed;
}

int timeline(const LawOptions& o, const std::string& svg, const std::string& id) {
    const auto loaded = load_law(o);
    if (!loaded) return report(loaded.error());
    const auto& law = loaded->law;
    const auto texts = law.texts();
    if (!id.empty() && std::ranges::none_of(texts, [&](const auto& t) { return t->id == id; })) {
        std::vector<std::string> known;
        for (const auto& t : texts) known.push_back(t->id);
        const auto near = base::nearest_name(id, known);
        return report({base::Errc::unknown_name,
                       {},
                       fmt::format("no accord '{}'{}", id, near.empty() ? "" : "; did you mean '" + near + "'?")});
    }
    if (!svg.empty()) {
        const auto written = base::write_file(svg, accord::timeline_svg(law, id));
        if (!written) return report(written.error());
    }
    if (o.json) {
        fmt::print("{}", accord::timeline_json(law, id));
        return Exit::ok;
    }
    for (const auto& c : law.timeline())
        if (id.empty() || c.accord == id)
            fmt::print("{:<20} {:<16} {}{}\n", day(c.at), c.accord, c.what, c.assumed ? "  (assumed)" : "");
    return Exit::ok;
}

}  // namespace

static void add_schema(CLI::App& accord) {
    auto what = std::make_shared<std::string>("text");
    CLI::App* s = accord.add_subcommand("schema", "JSON Schema of a format, for editors");
    s->add_option("format", *what, "text, acts or law")
        ->check(CLI::IsMember({"text", "acts", "law"}))
        ->capture_default_str();
    s->footer("Example:\n  asman accord schema text > accord.schema.json");
    s->callback([what] {
        fmt::print("{}", *what == "text"   ? accord::schema_of_text()
                         : *what == "acts" ? accord::schema_of_filing()
                                           : accord::schema_of_law());
    });
}

void add_accord_law(CLI::App& accord, Outcome& outcome) {
    add_schema(accord);
    auto o = std::make_shared<LawOptions>();
    auto at = std::make_shared<std::string>();
    CLI::App* s = accord.add_subcommand("status", "State of every accord at an instant");
    o->add(*s);
    s->add_option("--at", *at, "2023-11-02 or 2023-11-02T00:00:00Z")->required();
    s->footer("Example:\n  asman accord status --at 2023-11-02 --json");
    s->callback([o, at, &outcome] { outcome.code = status(*o, *at); });

    auto c = std::make_shared<LawOptions>();
    CLI::App* k = accord.add_subcommand("check", "Load a folder of accords and say what is wrong with it");
    c->add(*k);
    k->footer("Example:\n  asman accord check --accords my-accords");
    k->callback([c, &outcome] { outcome.code = check(*c); });

    auto t = std::make_shared<LawOptions>();
    auto svg = std::make_shared<std::string>();
    auto id = std::make_shared<std::string>();
    CLI::App* l = accord.add_subcommand("timeline", "Every change of every accord, in order");
    t->add(*l);
    l->add_option("--svg", *svg, "also draw it into this file");
    l->add_option("--accord", *id, "of this accord only");
    l->footer("Example:\n  asman accord timeline --svg timeline.svg");
    l->callback([t, svg, id, &outcome] { outcome.code = timeline(*t, *svg, *id); });
}

}  // namespace asman::cli
