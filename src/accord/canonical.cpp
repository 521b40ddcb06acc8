// The canonical form of a text: TOML with every value written out, in one order.
#include "names.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace asman::accord {
namespace {

class Printer {
  public:
    void table(std::string_view header) { out_ += fmt::format("\n{}\n", header); }
    void text(std::string_view key, std::string_view value) { raw(key, toml_quoted(value)); }
    void raw(std::string_view key, std::string_view value) { out_ += fmt::format("{} = {}\n", key, value); }
    void number(std::string_view key, double v) { raw(key, fmt::format("{}", v)); }
    void whole(std::string_view key, std::uint32_t v) { raw(key, fmt::format("{}", v)); }
    void truth(std::string_view key, bool v) { raw(key, v ? "true" : "false"); }
    void time(std::string_view key, Time t) { raw(key, base::format_time(t, t.ns % 1'000'000'000 ? 9 : 0)); }
    void strings(std::string_view key, const std::vector<std::string>& values) {
        std::string list;
        for (const auto& v : values) list += (list.empty() ? "" : ", ") + toml_quoted(v);
        raw(key, "[" + list + "]");
    }
    void states(std::string_view key, const std::vector<State>& values) {
        std::vector<std::string> list;
        for (const auto& s : values) list.emplace_back(s.text());
        strings(key, list);
    }
    void fields(std::string_view key, std::uint16_t bits) {
        std::vector<std::string> list;
        for (std::size_t i = 0; i < field_names().size(); ++i) {
            if (bits >> i & 1) list.push_back(field_names()[i]);
        }
        strings(key, list);
    }
    void certainty(bool assumed) { text("certainty", certainty_names()[assumed ? 1 : 0]); }
    void date(std::string_view key, const Sourced& d) {
        time(key, d.at);
        certainty(d.assumed);
        text("source", d.source);
    }
    std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

void print_match(Printer& p, const Match& m, bool for_grant) {
    const auto unknown = [&](std::string_view key, bool matches) {
        p.text(key, matches == for_grant ? "release" : "withhold");
    };
    if (m.area) p.text("area", m.area->name);
    if (m.band) {
        p.raw("band",
              fmt::format("{{ kind = \"{}\", from = {}, to = {} }}", name(m.band->kind), m.band->from, m.band->to));
        unknown("unknown_height", m.unknown_height);
    }
    std::vector<std::string> list;
    if (!m.classes.empty()) {
        for (const auto c : m.classes) list.emplace_back(picture::name(c));
        p.strings("classes", list);
        unknown("unknown_class", m.unknown_class);
    }
    if (!m.nationalities.empty()) {
        p.states("nationalities", m.nationalities);
        unknown("unknown_nationality", m.unknown_nationality);
    }
    if (!m.identities.empty()) {
        list.clear();
        for (const auto i : m.identities) {
            list.push_back(identity_names()[static_cast<std::size_t>(i) -
                                            static_cast<std::size_t>(picture::Identity::assumed_friend)]);
        }
        p.strings("identities", list);
        unknown("unknown_identity", m.unknown_identity);
    }
    if (!m.addresses.empty()) {
        list.clear();
        for (const auto a : m.addresses) list.push_back(fmt::format("{:06X}", a));
        p.strings("addresses", list);
        unknown("unknown_address", m.unknown_address);
    }
    if (!m.callsigns.empty()) {
        p.strings("callsigns", m.callsigns);
        unknown("unknown_callsign", m.unknown_callsign);
    }
    if (!m.criteria.empty()) {
        list.clear();
        for (const auto& c : m.criteria) list.push_back(c.id);
        p.strings("criteria", list);
        unknown("unknown_criteria", m.unknown_criteria);
    }
}

template <class T>
std::vector<const T*> by_id(const std::vector<T>& values) {
    std::vector<const T*> out;
    for (const auto& v : values) out.push_back(&v);
    std::ranges::sort(out, {}, [](const T* v) { return v->id; });
    return out;
}

void print_criterion(Printer& p, const Criterion& c) {
    p.table("[[criterion]]");
    p.text("id", c.id);
    p.text("sign", sign_names()[static_cast<std::size_t>(c.sign)]);
    std::vector<std::string> codes;
    for (const auto code : c.codes) codes.push_back(fmt::format("{:04o}", code));
    if (!codes.empty()) p.strings("codes", codes);
    if (!c.annex.empty()) p.text("annex", c.annex);
}

void print_exclusions(Printer& p, std::string_view header, const std::vector<Exclusion>& exclusions) {
    for (const auto* x : by_id(exclusions)) {
        p.table(header);
        p.text("id", x->id);
        print_match(p, x->match, false);
        if (!x->towards.empty()) p.states("towards", x->towards);
    }
}

void print_region(Printer& p, const RegionSpec& r) {
    using Kind = RegionSpec::Kind;
    p.table("[[region]]");
    p.text("name", r.name);
    const auto points = [&] {
        std::string list;
        for (const auto& row : r.points) list += fmt::format("{}[{}, {}]", list.empty() ? "" : ", ", row[0], row[1]);
        return "[" + list + "]";
    };
    switch (r.kind) {
        case Kind::everywhere:
            p.truth("everywhere", true);
            break;
        case Kind::land:
            p.text("land", r.names[0]);
            break;
        case Kind::border:
            p.strings("border", r.names);
            p.number("km", r.km);
            p.text("side", r.side.empty() ? "both" : r.side);
            break;
        case Kind::polygon:
            p.raw("polygon", points());
            break;
        case Kind::circle:
            p.raw("circle", fmt::format("[{}, {}]", r.points[0][0], r.points[0][1]));
            p.number("radius_km", r.km);
            break;
        case Kind::unite:
            p.strings("union", r.names);
            break;
        case Kind::intersect:
            p.strings("intersection", r.names);
            break;
        case Kind::without:
            p.strings("difference", r.names);
            break;
        case Kind::geojson:
            p.text("geojson", r.file);
            break;
    }
    p.text("digest", r.area->digest.hex());
}

void print_clause(Printer& p, const Clause& c) {
    p.table("[[clause]]");
    p.text("id", c.id);
    p.text("title", c.title);
    p.certainty(c.assumed);
    p.text("source", c.source);
    if (c.from_parties) {
        p.text("from", "parties");
    } else {
        p.states("from", c.from);
    }
    if (c.to_parties) {
        p.text("to", "parties");
    } else {
        p.states("to", c.to);
    }
    p.text("product", name(c.product));
    print_match(p, c.match, true);
    p.fields("fields", c.fields);
    p.number("grid_km", c.grid / 1000);
    p.number("delay_s", c.delay.seconds());
    p.number("rate_s", c.rate.seconds());
    p.number("validity_s", c.validity.seconds());
    p.truth("includes_onward", c.includes_onward);
    std::vector<std::string> sensors;
    if (c.own_sensors) sensors.push_back("own");
    for (const auto& s : c.sites) sensors.push_back("site:" + s);
    p.strings("sensors", sensors);
    if (c.product == Product::target_reports) {
        p.text("unassociated", c.unassociated ? "release" : "withhold");
        p.text("form", form_names()[static_cast<std::size_t>(c.form)]);
    }
    p.text("reciprocity", c.reciprocity);
    p.truth("provisional", c.provisional);
    p.text("when_stopped", when_stopped_names()[static_cast<std::size_t>(c.when_stopped)]);
    print_exclusions(p, "[[clause.exclusion]]", c.exclusions);
    if (c.onward) {
        p.table("[clause.onward]");
        std::vector<std::string> to;
        for (const auto& s : c.onward->named) to.emplace_back(s.text());
        for (const auto& g : c.onward->groups) to.push_back("group:" + g);
        p.strings("to", to);
        p.whole("hops", c.onward->hops);
        p.number("grid_km", c.onward->grid / 1000);
        p.number("delay_s", c.onward->delay.seconds());
        if (c.onward->fields) p.fields("fields", *c.onward->fields);
    }
}

void print_rules(Printer& p, const Text& t) {
    p.table("[entry]");
    p.text("consent", consent_names()[static_cast<std::size_t>(t.consent)]);
    p.text("rule", entry_names()[static_cast<std::size_t>(t.entry)]);
    if (t.entry == Entry::fixed_date) {
        p.time("date", t.entry_date);
        p.certainty(t.entry_date_assumed);
        p.text("source", t.entry_source);
    }
    if (t.entry == Entry::after_deposits) p.whole("count", t.entry_count);
    if (t.entry == Entry::after_parties) p.states("parties", t.entry_parties);
    if (t.entry == Entry::after_deposits || t.entry == Entry::after_parties) p.whole("days", t.entry_days);
    p.table("[term]");
    if (t.term_months > 0) {
        p.whole("months", t.term_months);
        p.text("renewal", t.renews ? "automatic" : "none");
        if (t.renews) p.whole("notice_months", t.notice_months);
    }
    if (t.ends_at) p.time("ends_at", *t.ends_at);
    if (t.withdrawal_allowed) {
        p.table("[withdrawal]");
        p.whole("months", t.withdrawal_months);
    }
    p.table("[suspension]");
    p.text("by", suspended_by_names()[static_cast<std::size_t>(t.suspension)]);
    if (t.suspension == SuspendedBy::named) p.states("parties", t.suspension_by);
    p.text("scope", t.suspension_of_all ? "accord" : "own_pairs");
    p.whole("days", t.suspension_days);
}

void print_head(Printer& p, const Text& t) {
    p.whole("format", 1);
    p.text("id", t.id);
    p.whole("version", t.version);
    p.text("title", t.title);
    if (t.restriction) {
        p.text("national_restriction_of", t.parties[0].text());
    } else {
        p.states("parties", t.parties);
        if (t.depositary) p.text("depositary", t.depositary->text());
        if (!t.parent.empty()) {
            p.text("parent", t.parent);
            p.text("parent_effect", parent_effect_names()[static_cast<std::size_t>(t.parent_effect)]);
        }
        p.text("accession", accession_names()[static_cast<std::size_t>(t.accession)]);
    }
    p.text("geoid", t.geoid);
    if (t.signed_on) {
        p.table("[signed]");
        p.date("on", *t.signed_on);
    }
}

}  // namespace

std::string canonical(const Text& t) {
    Printer p;
    print_head(p, t);
    if (!t.restriction) {
        print_rules(p, t);
        for (const auto* s : by_id(t.sites)) {
            p.table("[[site]]");
            p.text("id", s->id);
            p.text("host", s->host.text());
            p.text("owner", s->owner.text());
            p.strings("sensors", s->sensors);
        }
    }
    for (const auto* a : by_id(t.annexes)) {
        p.table("[[annex]]");
        p.text("id", a->id);
        p.text("title", a->title);
        p.strings("paragraphs", a->paragraphs);
    }
    for (const auto* c : by_id(t.criteria)) print_criterion(p, *c);
    for (const auto* g : by_id(t.groups)) {
        p.table("[[group]]");
        p.text("id", g->id);
        p.time("on", g->on);
        p.states("states", g->states);
        p.text("digest", g->digest().hex());
    }
    for (const auto& r : t.regions) print_region(p, r);
    print_exclusions(p, "[[exclusion]]", t.exclusions);
    for (const auto* c : by_id(t.clauses)) print_clause(p, *c);
    for (const auto& r : t.roles) {
        p.table("[[role]]");
        p.text("role", r.name);
        p.text("state", r.state.text());
        if (!r.area.empty()) p.text("area", r.area);
    }
    for (const auto& a : t.annotations) {
        p.table("[[annotation]]");
        p.date("on", a.date);
        p.text("what", a.what);
    }
    return p.take();
}

}  // namespace asman::accord
