#include "names.hpp"
#include "read.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace asman::accord {
namespace {

using base::Errc;
using base::Section;

/// The value for 'unknown' stands beside each term (rule 12): leaving it out is an error, and so is giving it without.
bool read_unknown(const Section& s, std::string_view key, bool wanted, bool for_grant) {
    if (!wanted) {
        if (s.has(key)) {
            s.reject(key, Errc::conflict, fmt::format("'{}' stands without the term that it belongs to", key));
        }
        return false;
    }
    const bool release = s.one_of(key, unknown_names()) == 0;
    return release == for_grant;
}

std::optional<Band> read_band(const Section& s) {
    if (!s.has("band")) return std::nullopt;
    const auto b = s.table("band");
    Band out;
    out.kind = static_cast<HeightKind>(b.one_of("kind", height_kind_names()));
    out.from = b.number("from");
    out.to = b.number("to");
    if (b.has("from") && b.has("to") && !(out.from < out.to)) {
        b.reject("to", Errc::bad_value, fmt::format("the band from {} to {} is empty", out.from, out.to));
    }
    return out;
}

std::vector<std::uint32_t> read_addresses(const Section& s) {
    std::vector<std::uint32_t> out;
    for (const auto& text : s.strings("addresses")) {
        std::uint32_t v = 0;
        bool good = text.size() == 6;
        for (const char c : text) {
            const int d = c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
            good = good && d >= 0;
            v = v << 4 | static_cast<std::uint32_t>(d & 15);
        }
        if (!good) {
            s.reject("addresses", Errc::bad_value,
                     fmt::format("'{}' is not a 24-bit address: six digits 0–9, A–F", text.substr(0, 40)));
        }
        out.push_back(v);
    }
    std::ranges::sort(out);
    return out;
}

void read_criteria_named(const Section& s, const Names& names, Match& m, bool for_grant) {
    std::vector<std::string> known;
    for (const auto& c : *names.criteria) known.push_back(c.id);
    for (const auto& id : read_known(s, "criteria", "criterion", known)) {
        const auto it = std::ranges::find(*names.criteria, id, &Criterion::id);
        if (it != names.criteria->end()) m.criteria.push_back(*it);
    }
    m.unknown_criteria = read_unknown(s, "unknown_criteria", s.has("criteria"), for_grant);
}

std::shared_ptr<const Area> read_area(const Section& s, const Names& names) {
    const auto name = s.string("area");
    std::vector<std::string> known;
    for (const auto& r : *names.regions) {
        if (r.name == name) return r.area;
        known.push_back(r.name);
    }
    if (s.has("area")) {
        s.reject("area", Errc::unknown_name, fmt::format("no region '{}' in this text{}", name, near(name, known)));
    }
    return nullptr;
}

/// The receivers of onward release: states, and dated groups of this text as "group:ID".
void read_receivers(const Section& o, const Names& names, Onward& out) {
    std::vector<std::string> known;
    for (const auto& g : *names.groups) known.push_back("group:" + g.id);
    for (const auto& text : o.strings("to")) {
        if (!text.starts_with("group:")) {
            out.named.push_back(checked_state(o, "to", text, names));
            continue;
        }
        const auto it = std::ranges::find(known, text);
        if (it == known.end()) {
            o.reject("to", Errc::unknown_name, fmt::format("no '{}' in this text{}", text, near(text, known)));
            continue;
        }
        const auto& group = (*names.groups)[static_cast<std::size_t>(it - known.begin())];
        out.groups.push_back(group.id);
        out.to.insert(out.to.end(), group.states.begin(), group.states.end());
    }
    std::ranges::sort(out.named);
    std::ranges::sort(out.groups);
    if (std::ranges::adjacent_find(out.named) != out.named.end() ||
        std::ranges::adjacent_find(out.groups) != out.groups.end()) {
        o.reject("to", Errc::duplicate, "'to' names the same receiver twice");
    }
    out.to.insert(out.to.end(), out.named.begin(), out.named.end());
    std::ranges::sort(out.to);
    out.to.erase(std::unique(out.to.begin(), out.to.end()), out.to.end());
    if (out.to.empty()) o.reject("to", Errc::missing, "'to' must name the receivers of onward release");
}

std::optional<Onward> read_onward(const Section& s, const Names& names, const Clause& clause) {
    if (!s.has("onward")) return std::nullopt;
    const auto o = s.table("onward");
    Onward out;
    read_receivers(o, names, out);
    out.hops = read_count(o, "hops", 1, 8);
    if (out.hops == 0) o.reject("hops", Errc::bad_value, "'hops' must be at least 1");
    out.grid = read_km(o, "grid_km", 0, 0, 500);
    out.delay = read_seconds(o, "delay_s", {});
    if (o.has("fields")) out.fields = read_fields(o, "fields");
    if (out.delay >= clause.validity) {
        o.reject("delay_s", Errc::conflict, "the onward delay is not shorter than the clause's validity");
    }
    return out;
}

void read_parts(const Section& s, const Names& names, Clause& c) {
    if (s.is_string("from")) {
        c.from_parties = s.string("from") == "parties";
        if (!c.from_parties) c.from = {read_state(s, "from", names)};
    } else {
        c.from = read_parties(s, "from", names);
    }
    for (const auto& state : c.from) {
        if (!state.empty() && std::ranges::find(names.parties, std::string(state.text())) == names.parties.end()) {
            s.reject("from", Errc::unknown_name,
                     fmt::format("'{}' is not a party{}", state.text(), near(state.text(), names.parties)));
        }
    }
    if (s.is_string("to")) {
        c.to_parties = s.string("to") == "parties";
        if (!c.to_parties) {
            s.reject("to", Errc::bad_value, "'to' is \"parties\" or a list of parties: [\"KGZ\"]");
        }
    } else {
        c.to = read_parties(s, "to", names);
    }
    if (!s.has("from")) s.string("from");
    if (!s.has("to")) s.string("to");
    if (s.has("from") && !c.from_parties && c.from.empty()) s.reject("from", Errc::missing, "'from' names no party");
    if (s.has("to") && !c.to_parties && c.to.empty()) s.reject("to", Errc::missing, "'to' names no party");
    for (const auto& f : c.from) {
        if (c.from.size() == 1 && std::ranges::binary_search(c.to, f)) {
            s.reject("to", Errc::conflict, fmt::format("'{}' grants to itself", f.text()));
        }
    }
}

void read_sensors(const Section& s, const std::vector<Site>& sites, Clause& c) {
    if (!s.has("sensors")) return;
    c.own_sensors = false;
    std::vector<std::string> known{"own"};
    for (const auto& site : sites) known.push_back("site:" + site.id);
    for (const auto& text : s.strings("sensors")) {
        if (std::ranges::find(known, text) == known.end()) {
            s.reject("sensors", Errc::unknown_name,
                     fmt::format("unknown sensors '{}': expected \"own\" or \"site:ID\"{}", text, near(text, known)));
        } else if (text == "own") {
            c.own_sensors = true;
        } else {
            c.sites.push_back(text.substr(5));
        }
    }
    std::ranges::sort(c.sites);
}

Clause read_clause(const Section& s, const Names& names, const std::vector<Site>& sites) {
    Clause c;
    c.id = read_id(s, "id");
    c.place = s.place("id");
    c.title = s.string_or("title", "");
    c.source = s.string_or("source", "");
    c.assumed = read_certainty(s);
    read_parts(s, names, c);
    c.product = static_cast<Product>(s.one_of("product", product_names()));
    if (!s.has("area")) s.string("area");  // default deny: an area is always named, "everywhere" is one too
    c.match = read_match(s, names, true);
    c.exclusions = read_exclusions(s, names);
    if (!s.has("fields")) s.string("fields");
    c.fields = read_fields(s, "fields");
    c.grid = read_km(s, "grid_km", 0, 0, 500);
    c.delay = read_seconds(s, "delay_s", {});
    c.rate = read_seconds(s, "rate_s", {});
    if (!s.has("validity_s")) s.number("validity_s");
    c.validity = read_seconds(s, "validity_s", base::seconds(1));
    if (c.delay >= c.validity) {
        s.reject("delay_s", Errc::conflict,
                 fmt::format("delay of {} s is not shorter than the validity of {} s: nothing would ever be released",
                             c.delay.seconds(), c.validity.seconds()));
    }
    c.onward = read_onward(s, names, c);
    c.includes_onward = s.boolean_or("includes_onward", false);
    read_sensors(s, sites, c);
    if (c.product == Product::target_reports) {
        c.unassociated = s.one_of("unassociated", unknown_names()) == 0;
        c.form = static_cast<Form>(s.one_of("form", form_names()));
        if (c.form == Form::polar && (c.fields & field::sensor_position) == 0) {
            s.reject("form", Errc::conflict, "the polar form needs the field sensor_position");
        }
        if (c.form == Form::polar && c.grid > 0) {
            s.reject("grid_km", Errc::conflict, "a grid cannot coarsen the polar form: range and azimuth undo it");
        }
    }
    c.reciprocity = s.string_or("reciprocity", "");
    c.provisional = s.boolean_or("provisional", false);
    c.when_stopped = static_cast<WhenStopped>(s.one_of_or("when_stopped", when_stopped_names(), 0));
    return c;
}

}  // namespace

Match read_match(const Section& s, const Names& names, bool for_grant) {
    Match m;
    if (s.has("area")) m.area = read_area(s, names);
    m.band = read_band(s);
    m.unknown_height = read_unknown(s, "unknown_height", m.band.has_value(), for_grant);
    for (const auto& text : s.strings("classes")) {
        const auto found = picture::flight_class_of(text);
        if (!found || *found == picture::FlightClass::unknown) {
            s.reject("classes", Errc::unknown_name,
                     fmt::format("unknown class '{}': expected civil or state{}", text, near(text, class_names())));
        } else {
            m.classes.push_back(*found);
        }
    }
    m.unknown_class = read_unknown(s, "unknown_class", s.has("classes"), for_grant);
    m.nationalities = read_states(s, "nationalities", names);
    m.unknown_nationality = read_unknown(s, "unknown_nationality", s.has("nationalities"), for_grant);
    for (const auto& text : s.strings("identities")) {
        const auto it = std::ranges::find(identity_names(), text);
        if (it == identity_names().end()) {
            s.reject("identities", Errc::unknown_name,
                     fmt::format("unknown identity '{}'{}", text, near(text, identity_names())));
        } else {
            m.identities.push_back(static_cast<picture::Identity>(static_cast<int>(picture::Identity::assumed_friend) +
                                                                  (it - identity_names().begin())));
        }
    }
    m.unknown_identity = read_unknown(s, "unknown_identity", s.has("identities"), for_grant);
    m.addresses = read_addresses(s);
    m.unknown_address = read_unknown(s, "unknown_address", s.has("addresses"), for_grant);
    m.callsigns = s.strings("callsigns");
    std::ranges::sort(m.callsigns);
    m.unknown_callsign = read_unknown(s, "unknown_callsign", s.has("callsigns"), for_grant);
    read_criteria_named(s, names, m, for_grant);
    refuse_empty(s, "classes", m.classes.empty());
    refuse_empty(s, "nationalities", m.nationalities.empty());
    refuse_empty(s, "identities", m.identities.empty());
    refuse_empty(s, "addresses", m.addresses.empty());
    refuse_empty(s, "callsigns", m.callsigns.empty());
    refuse_empty(s, "criteria", m.criteria.empty());
    std::ranges::sort(m.classes);
    std::ranges::sort(m.identities);
    return m;
}

std::vector<Exclusion> read_exclusions(const Section& s, const Names& names) {
    std::vector<Exclusion> out;
    for (const auto& e : s.tables("exclusion")) {
        Exclusion x;
        x.id = read_id(e, "id");
        x.place = e.place("id");
        x.match = read_match(e, names, false);
        x.towards = read_states(e, "towards", names);
        for (const auto& other : out) {
            if (other.id == x.id) {
                e.reject("id", Errc::duplicate, fmt::format("exclusion '{}' stands twice", x.id));
            }
        }
        out.push_back(std::move(x));
    }
    return out;
}

std::vector<Clause> read_clauses(const Section& root, const Names& names, const std::vector<Site>& sites) {
    std::vector<Clause> out;
    for (const auto& s : root.tables("clause")) {
        auto c = read_clause(s, names, sites);
        for (const auto& other : out) {
            if (other.id == c.id) {
                s.reject("id", Errc::duplicate,
                         fmt::format("clause '{}' stands twice, first at line {}", c.id, other.place.line));
            }
        }
        out.push_back(std::move(c));
    }
    return out;
}

}  // namespace asman::accord
